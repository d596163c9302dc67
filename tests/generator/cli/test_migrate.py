"""`starmodel migrate`: from an entity to a database and back, and what is said when it cannot be."""

import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from shop_project import Shop

HEAD = '''
from starmodel import Access, Entity, EntityConfig, Field, StateStore


class Product(Entity):
    """Something the shop sells."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)

'''
FIRST = "0001_create_product"


@pytest.fixture
def products(shop: Shop) -> Shop:
    """A project with an entity in SQL."""
    define(shop, "title: str = ''", "stock: int = 0")
    return shop


def define(shop: Shop, *fields: str) -> None:
    shop.write("shop/entities.py", HEAD + "".join(f"    {field}\n" for field in fields))


def rows(shop: Shop, statement: str, file: str = "app.db") -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(shop.root / file)) as connection, connection:
        return connection.execute(statement).fetchall()


def begin(shop: Shop) -> None:
    assert shop.starmodel("migrate", "new").code == 0
    assert shop.starmodel("migrate", "up").code == 0
    rows(shop, "INSERT INTO product (id, title, stock, row_version) VALUES ('1', 'Pot', 3, 1)")


def test_from_an_entity_to_a_database_and_back(products: Shop) -> None:
    check = products.starmodel("migrate", "check")
    assert (check.code, check.out) == (3, "create table product\n")
    assert "Run `starmodel migrate new`." in check.err

    new = products.starmodel("migrate", "new", folder="shop")
    assert (new.code, new.out) == (0, f"migrations/versions/{FIRST}.py\n")
    assert new.err == "  create table product\nRead it, then apply it: `starmodel migrate up`.\n"
    assert {path for path in products.tree() if path.startswith("migrations/")} == {
        *(f"migrations/{name}" for name in ("env.py", "alembic.ini", "script.py.mako")),
        *(f"migrations/versions/{FIRST}.{kind}" for kind in ("py", "json")),
    }
    again = products.starmodel("migrate", "new")
    assert (again.code, again.out) == (0, "") and "nothing to write" in again.err
    assert products.starmodel("migrate", "check").code == 0

    pending = products.starmodel("migrate", "status")
    assert (pending.code, pending.out) == (0, f"pending  {FIRST}\n")
    assert "1 migration is pending in sqlite:///app.db" in pending.err
    up = products.starmodel("migrate", "up", folder="shop")
    assert (up.code, up.out) == (0, "")
    assert up.err == f"  {FIRST}\n1 migration applied to sqlite:///app.db.\n"
    assert (products.root / "app.db").exists(), "relative to the project, wherever one stands"
    assert products.starmodel("migrate", "up").err == "sqlite:///app.db is up to date.\n"
    assert products.starmodel("migrate", "status").out == f"applied  {FIRST}\n"

    down = products.starmodel("migrate", "down")
    assert down.code == 0 and "1 migration taken back" in down.err
    assert rows(products, "SELECT name FROM sqlite_master WHERE name = 'product'") == []
    assert "No migration was applied" in products.starmodel("migrate", "down").err


def test_a_rename_keeps_what_is_there(products: Shop) -> None:
    begin(products)
    define(products, "name: str = Field('', renamed_from='title')", "stock: int = 0")
    new = products.starmodel("migrate", "new", "Call it a name")
    assert new.out == "migrations/versions/0002_call_it_a_name.py\n"
    assert "rename column product.title to name" in new.err
    assert products.starmodel("migrate", "up").code == 0
    assert rows(products, "SELECT name, stock FROM product") == [("Pot", 3)]
    assert products.starmodel("migrate", "check").code == 0


def test_what_would_be_lost_is_announced(products: Shop) -> None:
    begin(products)
    tree = products.tree()
    define(products, "name: str = ''", "stock: int = 0")
    stopped = products.starmodel("migrate", "new")
    assert (stopped.code, stopped.out) == (1, "")
    assert "error[SM551] destructive-migration: the column `product.title`" in stopped.err
    assert 'Field(renamed_from="title")' in stopped.err
    assert stopped.err.endswith("No migration was written.\n")
    assert products.tree().keys() == tree.keys()

    wrong = products.starmodel("migrate", "new", "--accept", "drop-column:product.titel")
    assert wrong.code == 2 and "no such finding" in wrong.err
    assert "help: what can be accepted: drop-column:product.title\n" in wrong.err
    accepted = products.starmodel("migrate", "new", "--accept", "drop-column:product.title")
    assert accepted.code == 0
    assert "Accepted:\n- drop-column:product.title: " in products.read(accepted.out.strip())
    assert products.starmodel("migrate", "up").code == 0
    assert rows(products, "SELECT name FROM product") == [("",)]
    assert products.starmodel("migrate", "down", "0001", "--yes").code == 0
    assert rows(products, "SELECT title, stock FROM product") == [("", 3)]


def test_what_json_holds_is_looked_at(products: Shop) -> None:
    define(products, "sizes: list[str] = Field(default_factory=list[str])")
    assert products.starmodel("migrate", "new").code == 0
    define(products, "sizes: list[str | None] = Field(default_factory=list[str | None])")
    check = products.starmodel("migrate", "check")
    noted = "note what product.sizes holds now, which is JSON\n"
    assert (check.code, check.out) == (3, noted)
    added = products.starmodel("migrate", "new")
    assert (added.code, added.out) == (0, "migrations/versions/0002_change_product_sizes.py\n")
    assert products.starmodel("migrate", "check").code == 0
    define(products, "sizes: list[int] = Field(default_factory=list[int])")
    check = products.starmodel("migrate", "check")
    assert check.code == 3 and "Run `starmodel migrate new`." not in check.err, "it would refuse"
    assert "SM551" in check.err and "--accept change-shape:product.sizes" in check.err
    stopped = products.starmodel("migrate", "new")
    assert stopped.code == 1 and "SM551" in stopped.err
    assert "`[]` can no longer be null" in stopped.err
    done = products.starmodel("migrate", "new", "--accept", "change-shape:product.sizes")
    assert done.code == 0
    assert products.starmodel("migrate", "up").code == 0
    assert products.starmodel("migrate", "down", "0001").code == 0


def test_rows_get_what_they_lack(products: Shop) -> None:
    begin(products)
    define(products, "title: str = ''", "stock: int = 0", "sku: str")
    stopped = products.starmodel("migrate", "new")
    assert stopped.code == 1 and "SM553" in stopped.err and "--backfill product.sku=" in stopped.err
    for wrong in ("product.sku", "sku='x'", "product.nothing='x'"):
        assert products.starmodel("migrate", "new", "--backfill", wrong).code == 2
    wrong = products.starmodel("migrate", "new", "--backfill", "product.sklu='x'")
    assert "help: columns are named as in product.sku" in wrong.err
    done = products.starmodel("migrate", "new", "--backfill", "product.sku='P-' || id")
    assert done.code == 0
    assert products.starmodel("migrate", "up").code == 0
    assert rows(products, "SELECT sku FROM product") == [("P-1",)]


def test_a_reference_becomes_a_column_and_a_reference_again(products: Shop) -> None:
    config = "EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)"
    kind = f"\n\nclass Kind(Entity):\n    model_config = {config}\n"
    head = HEAD.replace("Field, StateStore", "Field, Ref, StateStore")

    def declare(field: str) -> None:
        products.write("shop/entities.py", f"{head}    {field}\n{kind}")

    declare("kind: Ref['Kind']")
    assert products.starmodel("migrate", "new").code == 0
    assert products.starmodel("migrate", "up").code == 0
    rows(products, "INSERT INTO kind (id, row_version) VALUES ('k', 1)")
    rows(products, "INSERT INTO product (id, kind_id, row_version) VALUES ('1', 'k', 1)")
    for field, before, after in (
        ("kind: str", "kind_id", "kind"),
        ("kind: Ref['Kind']", "kind", "kind_id"),
        ("kind: str | None = None", "kind_id", "kind"),
    ):
        declare(field)
        stopped = products.starmodel("migrate", "new")
        assert stopped.code == 1 and "renamed_from" not in stopped.err
        assert f'--backfill product.{after}="{before}"' in stopped.err
        given = ("--backfill", f"product.{after}={before}")
        accepted = ("--accept", f"drop-column:product.{before}")
        done = products.starmodel("migrate", "new", *given, *accepted)
        assert done.code == 0 and "SM556" not in done.err, done.err
        assert products.starmodel("migrate", "up").code == 0
        assert rows(products, f"SELECT {after} FROM product") == [("k",)]


def test_what_a_factory_makes_is_no_value_of_rows(products: Shop) -> None:
    begin(products)
    rows(products, "INSERT INTO product (id, title, stock, row_version) VALUES ('2', '', 0, 1)")
    define(
        products,
        "title: str = ''",
        "stock: int = 0",
        "code: str = Field(default_factory=lambda: str(1), max_length=9, unique=True)",
        "sizes: dict[str, int] = Field(default_factory=lambda: {'a': 1})",
    )
    stopped = products.starmodel("migrate", "new")
    assert stopped.code == 1
    assert "each row needs a value of its own, which a default cannot give" in stopped.err
    assert "a `default_factory` makes values for new records only" in stopped.err
    found = re.findall(r'--backfill ([.\w]+)="(.*?)"`', stopped.err)
    assert [name for name, _ in found] == ["product.code", "product.sizes"]
    options = [part for name, value in found for part in ("--backfill", f"{name}={value}")]
    assert products.starmodel("migrate", "new", *options).code == 0
    assert products.starmodel("migrate", "up").code == 0
    kept = rows(products, "SELECT code, sizes FROM product ORDER BY id")
    assert kept == [("1", "{}"), ("2", "{}")]


def test_a_backfill_for_one_database_is_written_with_a_warning(products: Shop) -> None:
    begin(products)
    define(products, "title: str = ''", "stock: int = 0", "code: str")
    given = ("migrate", "new", "--backfill")
    refused = products.starmodel(*given, "product.code=5")
    assert refused.code == 2
    assert refused.err.startswith("error: --backfill product.code: 5 is no text\n")
    done = products.starmodel(*given, "product.code=printf('%03d', stock)")
    assert done.code == 0
    assert "warning[SM556]" in done.err and "PostgreSQL: `printf()` is SQLite's" in done.err
    assert products.starmodel("migrate", "up").code == 0
    assert rows(products, "SELECT code FROM product") == [("003",)]


def test_rows_that_do_not_fit_change_nothing(products: Shop) -> None:
    begin(products)
    rows(products, "INSERT INTO product (id, title, stock, row_version) VALUES ('2', 'Pot', 0, 1)")
    define(products, "title: str = Field('', unique=True)", "stock: int = 0")
    new = products.starmodel("migrate", "new")
    assert new.code == 0 and "warning[SM554]" in new.err
    up = products.starmodel("migrate", "up")
    assert up.code == 2
    assert up.err.startswith(
        f"error: {new.out.strip()} failed: UNIQUE constraint failed: product.title."
        " Nothing was applied to sqlite:///app.db\nhelp: change the rows that do not fit, or the"
    )
    assert products.starmodel("migrate", "status").out.startswith(
        f"applied  {FIRST}\npending  0002"
    )


def test_a_column_gets_a_value_of_its_type(products: Shop) -> None:
    begin(products)
    define(products, "title: str = ''", "stock: int = 0", "made: AwareDatetime")
    products.change(
        "shop/entities.py",
        "\nfrom starmodel",
        "\nfrom pydantic import AwareDatetime\nfrom starmodel",
    )
    stopped = products.starmodel("migrate", "new")
    suggested = "--backfill product.made=\"'2024-12-31 23:59:59+00:00'\""
    assert stopped.code == 1 and suggested in stopped.err
    wrong = products.starmodel("migrate", "new", "--backfill", "product.made=''")
    assert wrong.code == 2
    assert wrong.err.startswith(
        f"error: --backfill product.made: '' is no datetime\nhelp: as in {suggested}\n"
    )
    given = "product.made='2024-12-31 23:59:59+00:00'"
    assert products.starmodel("migrate", "new", "--backfill", given).code == 0
    assert products.starmodel("migrate", "up").code == 0
    assert rows(products, "SELECT made FROM product") == [("2024-12-31 23:59:59.000000",)]


@pytest.mark.parametrize(
    ("given", "said"),
    [("nope", "no such column: nope"), ("NULL", "NOT NULL constraint failed: product.publisher")],
)
def test_which_migration_failed_is_said(products: Shop, given: str, said: str) -> None:
    begin(products)
    define(products, "title: str = ''", "stock: int = 0", "note: str = ''")
    assert products.starmodel("migrate", "new").code == 0
    define(products, "title: str = ''", "stock: int = 0", "note: str = ''", "publisher: str")
    new = products.starmodel("migrate", "new", "--backfill", f"product.publisher={given}")
    up = products.starmodel("migrate", "up")
    assert (up.code, up.out) == (2, "")
    assert up.err.startswith(
        f"error: {new.out.strip()} failed: {said}. Nothing was applied to sqlite:///app.db\n"
    )
    assert "0002_add_product_note" not in up.err, "it was applied, and is not any more"
    assert "help: " in up.err and "--backfill" in up.err
    assert products.starmodel("migrate", "status").out.startswith(
        f"applied  {FIRST}\npending  0002"
    )


def test_rows_do_not_go_unasked(products: Shop) -> None:
    begin(products)
    define(products, "title: str = ''", "stock: int = 0", "note: str = ''")
    assert products.starmodel("migrate", "new").code == 0
    assert products.starmodel("migrate", "up").code == 0
    define(products, "title: str = ''", "stock: int = 0", "note: str | None = None")
    assert products.starmodel("migrate", "new").code == 0
    assert products.starmodel("migrate", "up").code == 0
    assert products.starmodel("migrate", "down").code == 0, "nothing is dropped"
    for arguments, gone in ((("0001",), "column product.note"), (("base",), "table product")):
        stopped = products.starmodel("migrate", "down", *arguments)
        assert (stopped.code, stopped.out) == (2, "")
        assert f"would be:\n  {gone}\nerror: nothing was taken back" in stopped.err
        assert "help: say `--yes` if it is meant" in stopped.err
    assert rows(products, "SELECT title FROM product") == [("Pot",)]
    assert products.starmodel("migrate", "down", "base", "--yes").code == 0
    assert rows(products, "SELECT name FROM sqlite_master WHERE name = 'product'") == []


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("n", 2)])
def test_on_a_terminal_it_asks(products: Shop, answer: str, code: int) -> None:
    begin(products)
    here, there = os.openpty()
    os.write(here, f"{answer}\n".encode())
    done = subprocess.run(
        [sys.executable, "-m", "starmodel_generator", "migrate", "down"],
        cwd=products.root,
        stdin=there,
        capture_output=True,
        text=True,
        check=False,
    )
    os.close(here)
    os.close(there)
    assert done.returncode == code and "Take it back? [y/N]" in done.stderr
    assert bool(rows(products, "SELECT 1 FROM sqlite_master WHERE name = 'product'")) == (code == 2)


def test_sql_for_a_review(products: Shop) -> None:
    begin(products)
    define(products, "title: str = ''", "stock: int = Field(0, ge=0)")
    assert products.starmodel("migrate", "new", "no debts").code == 0
    written = products.starmodel("migrate", "sql", "--dialect", "postgresql")
    assert written.code == 0
    assert "ADD CONSTRAINT" in written.out and "CREATE TABLE" not in written.out
    assert written.out.startswith("BEGIN;") and written.out.endswith("COMMIT;\n\n")
    rebuilt = products.starmodel("migrate", "sql", "0002")
    assert "CREATE TABLE _alembic_tmp_product" in rebuilt.out
    assert rebuilt.out.startswith("PRAGMA foreign_keys=OFF;")
    whole = products.starmodel("migrate", "sql", "base:head")
    with closing(sqlite3.connect(products.root / "other.db")) as connection:
        connection.executescript(whole.out)
    assert rows(products, "SELECT version_num FROM alembic_version", "other.db") == [
        ("0002_no_debts",)
    ]
    back = products.starmodel("migrate", "sql", "--down", "--dialect", "postgresql")
    assert "DROP CONSTRAINT" in back.out
    assert products.starmodel("migrate", "sql", "head:base").code == 2
    assert products.starmodel("migrate", "sql", "0009").code == 2


def test_a_migration_written_by_hand(products: Shop) -> None:
    begin(products)
    new = products.starmodel("migrate", "new", "--empty", "Round the stock")
    assert new.out == "migrations/versions/0002_round_the_stock.py\n"
    products.change(
        new.out.strip(),
        '"""Apply the migration."""\n    op.execute("SELECT 1")',
        '"""Apply the migration."""\n    op.execute("UPDATE product SET stock = 10")',
    )
    assert products.starmodel("migrate", "up").code == 0
    assert rows(products, "SELECT stock FROM product") == [(10,)]
    assert products.starmodel("migrate", "check").code == 0
    define(products, "title: str = ''", "stock: int = 0", "note: str = ''")
    assert (
        products.starmodel("migrate", "new").out == "migrations/versions/0003_add_product_note.py\n"
    )
    assert 'down_revision = "0002_round_the_stock"' in products.read(
        "migrations/versions/0003_add_product_note.py"
    )


def test_alembic_by_itself(products: Shop) -> None:
    assert products.starmodel("migrate", "new").code == 0
    for arguments in (["upgrade", "head"], ["check-nothing"], ["current"]):
        command = [sys.executable, "-m", "alembic", "-c", "migrations/alembic.ini", *arguments]
        done = subprocess.run(
            command, cwd=products.root, capture_output=True, text=True, check=False
        )
        assert (done.returncode == 0) == (arguments != ["check-nothing"]), done.stderr
    assert done.stdout == f"{FIRST} (head)\n"
    assert products.starmodel("migrate", "status").out == f"applied  {FIRST}\n"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://me:secret@db/shop", "mysql://me:***@db/shop is no database URL"),
        ("app.db", "app.db is no database URL"),
        ("sqlite://", "in memory is gone"),
        ("sqlite:///absent/app.db", "sqlite:///absent/app.db cannot be read"),
        ("postgresql://me:secret@127.0.0.1:1/shop", "postgresql://me:***@127.0.0.1:1/shop cannot"),
    ],
)
def test_a_database_that_cannot_be_used(products: Shop, url: str, said: str) -> None:
    products.starmodel("migrate", "new")
    for command in ("up", "down", "status"):
        done = products.starmodel("migrate", command, "--database-url", url)
        assert (done.code, done.out) == (2, "") and said in done.err
        assert "secret" not in done.err and "Traceback" not in done.err


def test_a_database_that_is_newer_than_the_files(products: Shop) -> None:
    begin(products)
    rows(products, "UPDATE alembic_version SET version_num = '0007_later'")
    for command in ("up", "down", "status"):
        done = products.starmodel("migrate", command)
        assert done.code == 2 and "is at the migration 0007_later, which is not in" in done.err


def test_a_history_that_was_changed(products: Shop) -> None:
    begin(products)
    define(products, "title: str = ''", "stock: int = 0", "note: str = ''")
    products.starmodel("migrate", "new")
    folder = products.root / "migrations/versions"
    second = folder / "0002_add_product_note.py"
    text = second.read_text()

    def said() -> str:
        done = products.starmodel("migrate", "check")
        assert (done.code, done.out) == (2, "")
        return done.err

    other = folder / "0002_other.py"
    other.write_text(text.replace("0002_add_product_note", "0002_other"))
    (folder / "0002_other.json").write_bytes(second.with_suffix(".json").read_bytes())
    assert "two heads: 0002_add_product_note.py and 0002_other.py" in said()
    other.write_text(text)
    assert "are the same revision" in said()
    other.unlink()
    assert "0002_other.json has no revision beside it" in said()
    (folder / "0002_other.json").unlink()

    snapshot = second.with_suffix(".json").read_text()
    second.with_suffix(".json").unlink()
    assert "0002_add_product_note.json is missing" in said()
    second.with_suffix(".json").write_text(snapshot[:-9])
    assert "is not what was written" in said()
    second.with_suffix(".json").write_text(snapshot)
    second.write_text(text.replace(f'down_revision = "{FIRST}"', 'down_revision = "0000_gone"'))
    assert "follows 0000_gone, which is not there" in said()
    second.write_text("def")
    assert "is not valid Python" in said()
    second.write_text(text)
    assert products.starmodel("migrate", "check").code == 0


def test_nothing_to_migrate(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> None:
    new = shop.starmodel("migrate", "new")
    assert new.code == 2 and "no entity is kept in SQL" in new.err
    assert shop.starmodel("migrate", "check").code == 0
    up = shop.starmodel("migrate", "up")
    assert up.code == 2 and "there are no migrations yet" in up.err
    shop.change("shop/entities.py", "amount: int = 1", "amount")
    assert shop.starmodel("migrate", "new").code == 1
    nowhere = Shop(tmp_path_factory.mktemp("nowhere"))
    (nowhere.root / "pyproject.toml").unlink()
    assert nowhere.starmodel("migrate", "status").code == 2


def test_writing_needs_no_database_libraries(products: Shop) -> None:
    program = (
        "import sys; sys.argv = ['starmodel', 'migrate', 'new'];"
        " from starmodel_generator.entry import main; code = main();"
        " print({'alembic', 'sqlalchemy', 'sqlmodel'} & set(sys.modules)); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=products.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "set()"), done.stderr

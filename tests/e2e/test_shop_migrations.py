"""The three committed migrations of the shop, on databases with rows in them."""

import shutil
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
from migrated_database import Database, PostgreSQLDatabase
from shop_example import ShopExample

FIRST, SECOND, THIRD = (
    "0001_first_tables",
    "0002_rename_title_to_name",
    "0003_dimensions_and_notes",
)
ROWS = (
    "INSERT INTO tag (id, name, row_version) VALUES ('t1', 'tea', 1), ('t2', 'gift', 2)",
    "INSERT INTO product (id, title, sku, price, stock, status, row_version)"
    " VALUES ('p1', 'Sencha ''🍵''', 'TEA-1', 750, 120, 'active', 7),"
    " ('p2', 'Teapot', 'TOOL-1', 3400, 0, 'draft', 1)",
    "INSERT INTO product_tags (product_id, tag_id, position)"
    " VALUES ('p1', 't1', 0), ('p1', 't2', 1)",
    "INSERT INTO customer (id, name, email, row_version) VALUES ('c1', 'Ada', 'ada@example.org', 1)",
    'INSERT INTO "order" (id, customer_id, status, placed_at, row_version)'
    " VALUES ('o1', 'c1', 'open', NULL, 4)",
    "INSERT INTO order_line (id, order_id, product_id, quantity, price, row_version)"
    " VALUES ('l1', 'o1', 'p1', 3, 750, 1)",
)
OLD = "id, sku, price, stock, status, row_version"
JSON = {"accept": "application/json"}
DIMENSIONS = "dimensions_width, dimensions_height, dimensions_depth"


def rows(database: Database, columns: str, table: str) -> list[tuple[Any, ...]]:
    return database.run(f'SELECT {columns} FROM "{table}" ORDER BY id')


def test_they_make_an_empty_database_what_the_entities_are(unmigrated_shop: ShopExample) -> None:
    shop = unmigrated_shop
    up = shop.starmodel("migrate", "up")
    assert (up.code, up.out) == (0, "")
    assert up.err.splitlines()[:3] == [f"  {FIRST}", f"  {SECOND}", f"  {THIRD}"]
    tables = shop.database.reflect()
    assert {*tables} == {"tag", "product", "product_tags", "customer", "order", "order_line"}
    check = shop.migrate("check")
    assert (check.code, check.out) == (0, "")

    down = shop.migrate("down", "base", "--yes")
    assert down.code == 0, down.err
    assert shop.database.reflect() == {}
    assert shop.migrate("up").code == 0
    assert shop.database.reflect() == tables

    # They lead to where a single one would, made of the entities of today.
    assert shop.migrate("down", "base", "--yes").code == 0
    # Where Python writes bytecode, its folder is among them.
    shutil.rmtree(shop.folder / "migrations" / "versions")
    assert shop.migrate("new", "all at once").code == 0
    assert shop.migrate("up").code == 0
    assert shop.database.reflect() == tables


def test_rows_of_the_first_shop_are_there_in_todays(unmigrated_shop: ShopExample) -> None:
    shop, database = unmigrated_shop, unmigrated_shop.database
    assert shop.migrate("up", FIRST).code == 0
    oldest = database.reflect()
    for statement in ROWS:
        database.run(statement)
    before = shop.dump()
    old, titles = rows(database, OLD, "product"), rows(database, "title", "product")

    assert shop.migrate("up").code == 0
    assert shop.migrate("check").code == 0
    assert rows(database, OLD, "product") == old
    assert rows(database, "name", "product") == titles == [("Sencha '🍵'",), ("Teapot",)]
    assert rows(database, DIMENSIONS, "product") == [(0, 0, 0)] * 2
    assert rows(database, "id, customer_id, status, placed_at, row_version, note", "order") == [
        ("o1", "c1", "open", None, 4, "")
    ]
    now = shop.dump()
    for table in ("tag", "product_tags", "customer", "order_line"):
        assert now[table] == before[table]

    with shop.server() as server:
        product = httpx.get(f"{server.url}/product/p1", headers=JSON).json()
        assert product["version"] == 7
        assert product["state"] == {
            "id": "p1",
            "name": "Sencha '🍵'",
            "sku": "TEA-1",
            "price": "7.50" if database.dialect == "sqlite" else "750.00",
            "stock": 120,
            "status": "active",
            "dimensions": {"width": 0, "height": 0, "depth": 0},
            "tags": ["t1", "t2"],
        }
    for table in ("outbox", "idempotency", "tombstone"):
        database.run(f"DROP TABLE starmodel_{table}")

    # And back: what was new is gone, all else is as it was.
    assert shop.migrate("down", SECOND, "--yes").code == 0
    assert shop.migrate("down", FIRST, "--yes").code == 0
    assert database.reflect() == oldest
    assert shop.dump() == before
    assert shop.migrate("down", "base", "--yes").code == 0
    assert database.reflect() == {}


def test_several_who_migrate_at_once_do_so_one_after_the_other(
    unmigrated_shop: ShopExample,
) -> None:
    with ThreadPoolExecutor(3) as several:
        done = [*several.map(unmigrated_shop.starmodel, ["migrate"] * 3, ["up"] * 3)]
    assert [each.code for each in done] == [0, 0, 0], done
    assert sum("3 migrations applied" in each.err for each in done) == 1
    assert sum("is up to date" in each.err for each in done) == 2


def test_the_app_does_not_start_on_an_old_database(unmigrated_shop: ShopExample) -> None:
    shop = unmigrated_shop
    assert shop.migrate("up", SECOND).code == 0
    done = shop.run()
    assert done.returncode == 3
    assert THIRD in done.stderr and "Run `starmodel migrate up`" in done.stderr
    # uvicorn says that it begins and that it fails, and the app says why.
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 4


def test_the_app_does_not_start_without_its_database(tmp_path: Path) -> None:
    with socket.socket() as port:
        port.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{port.getsockname()[1]}/shop"
        shop = ShopExample(tmp_path, PostgreSQLDatabase(f"postgresql://ada:secret@{address}"))
        done = shop.run()
    assert done.returncode == 3
    assert f"There is no PostgreSQL at {address}" in done.stderr
    assert "Traceback" not in done.stderr and "secret" not in done.stderr
    assert done.stderr.count("\n") == 4

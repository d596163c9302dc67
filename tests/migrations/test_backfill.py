"""What an author gives rows can be read back, on both databases, or the migration is not applied."""

from pathlib import Path
from typing import Any

import pytest
from migrated_database import Database
from migration_project import Project
from table_schemas import INTEGER, column, index, key, numeric, plain, table, text
from table_schemas import database as schema

from starmodel.stores.sql.tables.codec import POSTGRESQL, SQLITE
from starmodel_generator.migrations.alembic_runner import MigrationFailure
from starmodel_generator.migrations.autodetector import diff_schemas
from starmodel_generator.migrations.backfill.backfill_options import is_of_type, suggestion
from starmodel_generator.migrations.migration_plan import MigrationOptions
from starmodel_schemas import ColumnType, LengthCheck
from starmodel_schemas.database_schema import PlainColumnName

OLD = schema(table("patron", column("age", INTEGER)))
KINDS: list[PlainColumnName] = [
    *("bool", "integer", "float", "bytes", "date", "time", "datetime", "naive_datetime"),
    *("interval", "uuid", "json"),
]


def apply(database: Database, folder: Path, type_: ColumnType, given: str) -> Any:
    """Add a column with a backfill to a table with one row; what the store reads then."""
    project = Project(folder, database.url)
    project.write(OLD)
    project.migrator.upgrade()
    database.insert(OLD, {"patron": [{"id": "1", "age": 7}]})
    new = schema(table("patron", column("age", INTEGER), column("joined", type_)))
    project.write(new, MigrationOptions(backfills={"patron.joined": given}))
    project.migrator.upgrade()
    value = database.run("SELECT joined FROM patron")[0][0]
    kind = type_.name if type_.kind == "plain" else type_.kind
    read = (SQLITE if database.dialect == "sqlite" else POSTGRESQL)[kind].decode
    return read(value) if read else value


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_suggested_can_be_read(
    kind: PlainColumnName, database: Database, tmp_path: Path
) -> None:
    added = column("joined", plain(kind))
    option = suggestion(added, table("patron", added))
    name, _, given = option.removeprefix("--backfill ").partition("=")
    assert name == "patron.joined"
    apply(database, tmp_path, plain(kind), given.strip('"'))


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("datetime", "'2026-01-02T03:04:05+01:00'"),
        ("datetime", "current_timestamp"),
        ("uuid", "'F0000000-0000-0000-0000-000000000001'"),
        ("interval", "'PT1H'"),
        ("bool", "1"),
        ("json", "5"),
        ("float", "'1.5'"),
        ("bytes", "'abc'"),
        ("integer", "age * 2"),
    ],
)
def test_a_value_is_written_as_the_databasekeeps_it(
    kind: PlainColumnName, given: str, database: Database, tmp_path: Path
) -> None:
    assert apply(database, tmp_path, plain(kind), given) is not None


@pytest.mark.parametrize(
    ("kind", "given", "like"),
    [
        ("datetime", "lower('SOON')", "2024-12-31 23:59:59, in UTC"),
        ("date", "upper('x')", "2024-12-31"),
        ("uuid", "upper('x')", "32 digits"),
        ("json", "upper('x')", "no json"),
        ("integer", "upper('x')", "no integer"),
        ("bool", "age", "no bool"),
    ],
)
def test_an_expression_of_another_type_changes_nothing(
    kind: PlainColumnName, given: str, like: str, database: Database, tmp_path: Path
) -> None:
    with pytest.raises(MigrationFailure) as failure:
        apply(database, tmp_path, plain(kind), given)
    assert failure.value.file == "0002_add_patron_joined.py"
    if database.dialect == "sqlite":
        assert "patron.joined would have values that are no " in str(failure.value)
        assert like in str(failure.value)
    assert database.select(OLD) == {"patron": [{"id": "1", "age": 7}]}


@pytest.mark.parametrize(
    ("type_", "given"),
    [
        *((plain(name), "''") for name in KINDS if name != "bytes"),
        (plain("datetime"), "0"),
        (plain("datetime"), "'2026'"),
        (plain("naive_datetime"), "'2026-01-02T03:04:05Z'"),
        (plain("time"), "'5'"),
        (plain("bool"), "2"),
        (plain("integer"), "1.5"),
        (plain("integer"), "true"),
        (numeric(9, 2), "'much'"),
        (numeric(9, 2), "0.125"),
        (text(3), "5"),
        (text(3), "true"),
        (text(3), "-1.5"),
        (text(3), "('long')"),
        (plain("integer"), "('many')"),
    ],
)
def test_a_literal_of_another_type_is_known(type_: ColumnType, given: str) -> None:
    assert not is_of_type(given, column("joined", type_))


def test_an_expression_and_a_text_are_taken() -> None:
    for given in ("lower('A')", "NULL", "age || ''", "(SELECT min(joined) FROM other)"):
        assert is_of_type(given, column("joined", plain("datetime")))
    assert is_of_type("'5'", column("name", text(3)))
    assert is_of_type("0.5", column("price", numeric(9, 2)))


def test_what_is_suggested_for_references_and_unique_texts() -> None:
    whole = table(
        "book",
        column("author_id"),
        column("isbn", text(13)),
        key("book", "author_id", "author"),
        index("book", "isbn", unique=True),
    )
    by_name = {item.name: item for item in whole.columns}
    assert suggestion(by_name["author_id"], whole) == (
        '--backfill book.author_id="(SELECT id FROM author ORDER BY id LIMIT 1)"'
    )
    assert suggestion(by_name["isbn"], whole) == '--backfill book.isbn="CAST(id AS text)"'


def test_what_is_suggested_gives_each_row_of_a_unique_column_its_own() -> None:
    short = LengthCheck(name="c", column="code", maximum=8)
    number = "(SELECT count(*) FROM book AS other WHERE other.id <= book.id)"
    for added, check, value in (
        (column("code", text(8)), short, f"CAST({number} AS text)"),
        (column("code", text(40)), short.model_copy(update={"maximum": 40}), "CAST(id AS text)"),
        (column("code", INTEGER), None, number),
        (column("code", numeric(9, 0)), None, number),
    ):
        whole = table("book", added, index("book", "code", unique=True))
        if check is not None:
            whole = whole.model_copy(update={"checks": (check,)})
        assert suggestion(added, whole) == f'--backfill book.code="{value}"'


def test_each_row_of_a_unique_column_gets_its_own(database: Database, tmp_path: Path) -> None:
    project = Project(tmp_path, database.url)
    project.write(OLD)
    project.migrator.upgrade()
    database.insert(OLD, {"patron": [{"id": "1", "age": 7}, {"id": "2", "age": 7}]})
    added = column("number", INTEGER)
    whole = table("patron", column("age", INTEGER), added, index("patron", "number", unique=True))
    _, _, given = suggestion(added, whole).removeprefix("--backfill ").partition("=")
    project.write(schema(whole), MigrationOptions(backfills={"patron.number": given.strip('"')}))
    project.migrator.upgrade()
    assert sorted(number for (number,) in database.run("SELECT number FROM patron")) == [1, 2]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("now()", "SQLite: no such function: now"),
        ("id::text", "SQLite: unrecognized token"),
        ("gen_random_uuid()", "SQLite: no such function"),
        ("name ILIKE 'a'", "SQLite: near"),
        ("strftime('%Y', name)", "PostgreSQL: `strftime()`"),
        ("lower(hex(randomblob(16)))", "PostgreSQL: `hex()`"),
        ("max(age, 0)", "PostgreSQL: `max()`"),
        ("age == 1", "PostgreSQL: `==`"),
        ('"none"', 'PostgreSQL: `"none"`'),
        ("name IS NOT 'a'", "PostgreSQL: `IS`"),
        ("name ->> '$.a'", "PostgreSQL: a path"),
    ],
)
def test_what_one_database_understands_is_warned_of(given: str, said: str) -> None:
    new = table("patron", column("age", INTEGER), column("name"), column("joined", text(40)))
    old = table("patron", column("age", INTEGER), column("name"))
    [finding] = diff_schemas(
        schema(old), schema(new), MigrationOptions(backfills={"patron.joined": given})
    ).findings
    assert (finding.kind, finding.subject, finding.stops) == ("dialect", "patron.joined", False)
    assert f"cannot be read by {said}" in finding.message


@pytest.mark.parametrize(
    "given",
    [
        "'P-' || id",
        "coalesce(name, 'now() == x')",
        "CASE WHEN age IN (1, 2) THEN 'a' ELSE substr(name, 1, 3) END",
        "(SELECT max(id) FROM patron)",
        "CAST(gone AS text)",
        "'12:00'",
        '"name"',
        "current_timestamp",
    ],
)
def test_what_both_understand_needs_no_warning(given: str) -> None:
    new = table("patron", column("age", INTEGER), column("name"), column("joined", text(40)))
    old = table("patron", column("age", INTEGER), column("name"), column("gone", INTEGER))
    answers = MigrationOptions(frozenset({"drop-column:patron.gone"}), {"patron.joined": given})
    plan = diff_schemas(schema(old), schema(new), answers)
    assert [finding.code for finding in plan.findings] == ["drop-column"]

"""Tables whose rows the database numbers: made, written anew, renamed, begun with rows that are there."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import asyncpg  # pyright: ignore[reportMissingTypeStubs]
import pytest
from migrated_database import Database, SQLiteDatabase
from migration_project import Project
from table_schemas import INTEGER, at_least, column, index, key, link, table
from table_schemas import database as schema

from starmodel_generator.emission.schema_json import schema_text
from starmodel_generator.migrations.alembic_runner import BASE
from starmodel_generator.migrations.autodetector import diff_schemas
from starmodel_generator.migrations.migration_plan import MigrationOptions
from starmodel_generator.migrations.writer.description import describe
from starmodel_schemas import ColumnSchema, DatabaseSchema, TableSchema

_DRIVER: Any = asyncpg
NUMBER = ColumnSchema(name="id", type=INTEGER, path=("id",), identity=True)
GIVEN = ColumnSchema(name="id", type=INTEGER, path=("id",))
ORDERS = table("order", NUMBER, column("count", INTEGER))
REFERENCE = ColumnSchema(name="order_id", type=INTEGER, path=("order",))
LINES = table("line", NUMBER, REFERENCE, key("line", "order_id", "order", "cascade"))


def add(database: Database, table: str, **values: object) -> int:
    """Insert a row; the number that it gets."""
    values = {"row_version": 1, **values}
    names = ", ".join(f'"{name}"' for name in values)
    holes = database.placeholders(len(values))
    insert = f'INSERT INTO "{table}" ({names}) VALUES ({holes}) RETURNING id'
    return database.run(insert, [*values.values()])[0][0]


def apply(project: Project, database: Database, way: str, start: str, end: str) -> None:
    """Take the database from one revision to another: by Alembic, or by the SQL that it writes."""
    if way == "up":
        project.migrator.upgrade(end)
        return
    script = project.migrator.sql(start, end, "sqlite" if is_sqlite(database) else "postgresql")
    if isinstance(database, SQLiteDatabase):
        with closing(sqlite3.connect(database.path)) as connection:
            connection.executescript(script)
        return

    async def run() -> None:
        connection = await _DRIVER.connect(database.url)
        try:
            await connection.execute(script)
        finally:
            await connection.close()

    asyncio.run(run())


def is_sqlite(database: Database) -> bool:
    return isinstance(database, SQLiteDatabase)


@pytest.mark.parametrize("way", ["up", "sql"])
@pytest.mark.parametrize(
    "changed",
    [
        table("order", NUMBER, column("count", INTEGER), at_least("order", "count", "0")),
        table("order", NUMBER),
        table("order", NUMBER, column("count"), index("order", "count")),
        table("order", NUMBER, column("count", INTEGER), column("note", default="none")),
        table("order", NUMBER, column("count", INTEGER, nullable=True)),
    ],
)
def test_a_number_is_never_used_again(
    database: Database, tmp_path: Path, way: str, changed: TableSchema
) -> None:
    project = Project(tmp_path, database.url)
    first = project.write(schema(ORDERS, LINES))
    apply(project, database, way, BASE, first)
    assert [add(database, "order", count=1) for _ in range(3)] == [1, 2, 3]
    assert add(database, "line", order_id=2) == 1
    database.run('DELETE FROM "order" WHERE id = 3')

    after = schema(changed, LINES)
    answers = _accepting(schema(ORDERS, LINES), after)
    second = project.write(after, answers)
    apply(project, database, way, first, second)
    assert add(database, "order", **_values(changed)) == 4
    assert add(database, "line", order_id=4) == 2
    if is_sqlite(database):
        assert database.run("SELECT * FROM sqlite_sequence ORDER BY name") == [
            ("line", 2),
            ("order", 4),
        ]
    database.run('DELETE FROM "order"')
    assert database.run("SELECT count(*) FROM line") == [(0,)]
    if way == "up":
        project.migrator.downgrade(first)
        assert add(database, "order", count=1) == 5
        project.migrator.downgrade(BASE)
        assert database.reflect() == {}


def test_rows_that_are_there_are_numbered_on(database: Database, tmp_path: Path) -> None:
    project = Project(tmp_path, database.url)
    before = schema(table("order", GIVEN, column("count", INTEGER)), LINES)
    first = project.write(before)
    project.migrator.upgrade()
    as_it_was = database.reflect()
    for id in (2, 7):
        assert add(database, "order", id=id, count=1) == id
    assert add(database, "line", order_id=7) == 1
    plan = diff_schemas(before, schema(ORDERS, LINES))
    assert (plan.findings, describe(plan.up)) == ((), ("number the rows of order by id",))
    assert describe(plan.down) == ("no longer number the rows of order by id",)

    project.write(schema(ORDERS, LINES))
    project.migrator.upgrade()
    assert [add(database, "order", count=1) for _ in range(2)] == [8, 9]
    assert database.run('SELECT count FROM "order" WHERE id = 7') == [(1,)]
    database.run('DELETE FROM "order" WHERE id = 7')
    assert database.run("SELECT count(*) FROM line") == [(0,)]

    project.migrator.downgrade(first)
    assert database.reflect() == as_it_was
    with pytest.raises((sqlite3.IntegrityError, _DRIVER.NotNullViolationError)):
        add(database, "order", count=1)
    assert add(database, "order", id=3, count=1) == 3


def test_numbers_go_on_behind_a_rename(database: Database, tmp_path: Path) -> None:
    project = Project(tmp_path, database.url)
    project.write(schema(ORDERS, LINES))
    project.migrator.upgrade()
    assert add(database, "order", count=1) == 1
    renamed = table("purchase", NUMBER, column("number", INTEGER, was="count"), was="order")
    line = table("line", NUMBER, REFERENCE, key("line", "order_id", "purchase", "cascade"))
    project.write(schema(renamed, line))
    project.migrator.upgrade()
    assert add(database, "purchase", number=1) == 2
    assert add(database, "line", order_id=2) == 1


def test_what_was_made_by_hand_is_still_numbered_when_it_is_written_anew(tmp_path: Path) -> None:
    file = SQLiteDatabase(tmp_path / "test.db")
    project = Project(tmp_path, file.url)
    last = project.write(schema(ORDERS))
    project.migrator.upgrade()
    assert [add(file, "order", count=1) for _ in range(2)] == [1, 2]
    file.run('DELETE FROM "order"')
    versions = project.folder / "versions"
    (versions / "0002_by_hand.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n\n"
        f'revision = "0002_by_hand"\ndown_revision = "{last}"\n\n\n'
        "def upgrade() -> None:\n"
        '    with op.batch_alter_table("order") as batch:\n'
        '        batch.alter_column("count", nullable=True)\n\n\n'
        "def downgrade() -> None:\n    pass\n"
    )
    project.migrator.upgrade()
    assert add(file, "order", count=None) == 3


def test_link_tables_refer_by_number(database: Database, tmp_path: Path) -> None:
    project = Project(tmp_path, database.url)
    pairs = link("order_tags", "order", "tag")
    numbers = {"type": INTEGER}
    pairs = pairs.model_copy(
        update={"columns": tuple(each.model_copy(update=numbers) for each in pairs.columns)}
    )
    project.write(schema(ORDERS, table("tag", NUMBER), pairs))
    project.migrator.upgrade()
    assert (add(database, "order", count=1), add(database, "tag")) == (1, 1)
    database.run("INSERT INTO order_tags VALUES (1, 1, 0)")
    database.run("DELETE FROM tag")
    assert database.run("SELECT count(*) FROM order_tags") == [(0,)]


def test_a_snapshot_of_before_reads_as_it_was() -> None:
    before = schema(table("order", GIVEN))
    assert "identity" not in schema_text(before)
    assert DatabaseSchema.model_validate_json(schema_text(before)) == before
    assert DatabaseSchema.model_validate_json(schema_text(schema(ORDERS))) == schema(ORDERS)


def _accepting(before: DatabaseSchema, after: DatabaseSchema) -> MigrationOptions:

    findings = diff_schemas(before, after).findings
    return MigrationOptions(frozenset(each.key for each in findings if not each.is_warning))


def _values(table: TableSchema) -> dict[str, object]:
    given: dict[str, object] = {"count": 1, "note": "x"}
    types = {each.name: each.type for each in table.columns}
    return {
        name: str(value) if name == "count" and types[name] != INTEGER else value
        for name, value in given.items()
        if name in types
    }

"""The SQL of a migration is what a person may run, whatever stands in a value."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import asyncpg  # pyright: ignore[reportMissingTypeStubs]
import pytest
from migrated_database import Database, SQLiteDatabase
from migration_project import Project
from table_schemas import choices, column, table
from table_schemas import database as schema

from starmodel_generator.migrations.alembic_runner import BASE, Dialect
from starmodel_schemas import DatabaseSchema

_DRIVER: Any = asyncpg
VALUES = ("e%f", "100%%", "%(x)s", "a\\:b", "a\\\\:b", ":b:", "it's :c", "\\")
NAMED = schema(
    table("thing", column("value", default="e%f \\:b"), choices("thing", "value", *VALUES))
)
BEGUN = schema(table("thing"))


def dialect_of(database: Database) -> Dialect:
    return "sqlite" if isinstance(database, SQLiteDatabase) else "postgresql"


def by_hand(database: Database, script: str) -> None:
    """Run a script as `psql` or `sqlite3` does."""
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


def accepted(database: Database, schema: DatabaseSchema) -> list[str]:
    rows = [{"id": str(number), "value": value} for number, value in enumerate(VALUES)]
    database.insert(schema, {"thing": rows})
    return [row["value"] for row in database.select(schema)["thing"]]


@pytest.mark.parametrize("way", ["up", "sql"])
def test_values_arrive_unharmed(database: Database, tmp_path: Path, way: str) -> None:
    project = Project(tmp_path, database.url)
    last = project.write(NAMED)
    if way == "up":
        project.migrator.upgrade()
    else:
        by_hand(database, project.migrator.sql(BASE, last, dialect_of(database)))
    assert accepted(database, NAMED) == list(VALUES)
    with pytest.raises(Exception, match=r"(?i)check"):
        database.insert(NAMED, {"thing": [{"id": "x", "value": "e%%f"}]})


@pytest.mark.parametrize("way", ["up", "sql"])
def test_rows_get_the_default_that_was_meant(database: Database, tmp_path: Path, way: str) -> None:
    project = Project(tmp_path, database.url)
    first = project.write(BEGUN)
    project.migrator.upgrade()
    database.insert(BEGUN, {"thing": [{"id": "1"}]})
    noted = schema(table("thing", column("value", default="e%f a\\:b :c")))
    last = project.write(noted)
    if way == "up":
        project.migrator.upgrade()
    else:
        by_hand(database, project.migrator.sql(first, last, dialect_of(database)))
    assert database.select(noted) == {"thing": [{"id": "1", "value": "e%f a\\:b :c"}]}

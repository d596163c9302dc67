"""What is done with a database when it is opened."""

from collections.abc import Iterable
from pathlib import Path

from starmodel.stores.sql.drivers.driver import (
    Contention,
    Dialect,
    Driver,
    DriverError,
    Statement,
    Unreachable,
)
from starmodel.stores.sql.outbox import OWN_TABLES
from starmodel.stores.sql.schema.schema_check import check_migrations
from starmodel.stores.sql.statements.statements import TableStatements

_CATALOGUE: dict[Dialect, str] = {
    "sqlite": "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?",
    "postgresql": "SELECT 1 WHERE to_regclass(?) IS NOT NULL",
}


async def prepare(
    driver: Driver, tables: Iterable[TableStatements], migrations: str | Path | None
) -> None:
    """Make the store's own tables where they are missing, and see to it that all others are there.

    Those of the entities are made by migrations. Only a temporary database gets them here.

    Raises:
        ConfigurationError: A migration is missing in the database, or was not written.
    """
    for name, columns in OWN_TABLES.items():
        if not await _is_there(driver, name):
            await _make(driver, name, columns)
    if driver.is_temporary:
        await _make_all(driver, tables)
    else:
        await check_migrations(driver, migrations, [each.table for each in tables])


async def _is_there(driver: Driver, table: str) -> bool:
    return bool(await driver.fetch(_CATALOGUE[driver.dialect], (table,)))


async def _make(driver: Driver, table: str, columns: str) -> None:
    try:
        await driver.execute([Statement(f"CREATE TABLE IF NOT EXISTS {table} ({columns})")])
    except (Contention, Unreachable):
        raise
    except DriverError:
        # Of two who make it at once PostgreSQL refuses one, in several ways, in spite of IF NOT
        # EXISTS; by then the other one has made it.
        if not await _is_there(driver, table):
            raise


async def _make_all(driver: Driver, tables: Iterable[TableStatements]) -> None:
    """Make the tables of row classes."""
    from sqlalchemy import MetaData
    from sqlalchemy.dialects import sqlite
    from sqlalchemy.schema import CreateIndex, CreateTable

    dialect = sqlite.dialect()
    found = [getattr(table.table.row, "metadata", None) for table in tables]
    statements: list[Statement] = []
    for metadata in dict.fromkeys(data for data in found if isinstance(data, MetaData)):
        # In any order: a table of SQLite may refer to one that is not there yet. SQLAlchemy's own
        # order comes with a warning where tables refer to each other.
        for table in metadata.tables.values():
            statements.append(Statement(str(CreateTable(table).compile(dialect=dialect))))
            indexes = sorted(table.indexes, key=lambda index: str(index.name))
            statements += [
                Statement(str(CreateIndex(index).compile(dialect=dialect))) for index in indexes
            ]
    if statements:
        await driver.execute(statements)

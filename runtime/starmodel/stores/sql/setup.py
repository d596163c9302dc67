"""What is done with a database when it is opened."""

from collections.abc import Iterable
from pathlib import Path

from starmodel.stores.sql.ddl import create_tables
from starmodel.stores.sql.drivers.driver import (
    ConnectionLost,
    Contention,
    Dialect,
    Driver,
    DriverError,
    Statement,
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
        made = create_tables([each.table for each in tables], driver.dialect)
        await driver.execute([Statement(sql) for sql in made])
    else:
        await check_migrations(driver, migrations, [each.table for each in tables])


async def _is_there(driver: Driver, table: str) -> bool:
    return bool(await driver.fetch(_CATALOGUE[driver.dialect], (table,)))


async def _make(driver: Driver, table: str, columns: str) -> None:
    try:
        await driver.execute([Statement(f"CREATE TABLE IF NOT EXISTS {table} ({columns})")])
    except (Contention, ConnectionLost):
        raise
    except DriverError:
        # Of two who make it at once PostgreSQL refuses one, in several ways, in spite of IF NOT
        # EXISTS; by then the other one has made it.
        if not await _is_there(driver, table):
            raise

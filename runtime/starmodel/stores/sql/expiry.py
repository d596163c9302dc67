"""Deleting what nobody needs any more: expired rows, old receipts, and what is left of rows."""

import logging
from collections.abc import Iterable

from starmodel.stores.sql.drivers.driver import Driver, DriverError, Mismatch, Statement, Violation
from starmodel.stores.sql.statements.statements import TableStatements

logger = logging.getLogger("starmodel.sql")

RECEIPT_SECONDS = 24 * 3600.0
"""For how long the receipt of a request is kept."""

TOMBSTONE_SECONDS = 30 * 24 * 3600.0
"""For how long it is remembered which version a deleted row had, each for itself.

Afterwards the highest of them is remembered for all: versions begin above it.
"""


async def sweep(driver: Driver, tables: Iterable[TableStatements], now: float) -> int:
    """Delete what nobody needs any more, and give the number of expired rows among it."""
    count = 0
    for table in tables:
        if table.table.has_expiry:
            count += await _drop_expired(driver, table, now)
    await driver.execute(
        [
            Statement(
                "DELETE FROM starmodel_idempotency WHERE created_at <= ?", (now - RECEIPT_SECONDS,)
            )
        ]
    )
    await _forget_tombs(driver, now - TOMBSTONE_SECONDS)
    return count


async def _drop_expired(driver: Driver, table: TableStatements, now: float) -> int:
    count = 0
    statement = table.select_expired(now)
    while rows := await driver.fetch(statement.sql, statement.parameters):
        before = count
        for (key,) in rows:
            try:
                results = await driver.execute(table.drop_expired(key, now))
            except Violation:
                logger.warning("An expired %s is kept: something refers to it.", table.entity)
                continue
            count += len(results[-1])
        if count == before or len(rows) < 1000:
            break
    return count


async def _forget_tombs(driver: Driver, before: float) -> None:
    old = "FROM starmodel_tombstone WHERE deleted_at <= ? AND id <> ''"
    if not await driver.fetch(f"SELECT 1 {old} LIMIT 1", (before,)):
        return
    highest = (
        "INSERT INTO starmodel_tombstone (entity, id, version, deleted_at)"
        f" SELECT entity, '', max(version), max(deleted_at) {old} GROUP BY entity"
        " ON CONFLICT (entity, id) DO UPDATE SET deleted_at = excluded.deleted_at, version ="
        " CASE WHEN excluded.version > starmodel_tombstone.version THEN excluded.version"
        " ELSE starmodel_tombstone.version END"
    )
    try:
        await driver.execute([Statement(highest, (before,)), Statement(f"DELETE {old}", (before,))])
    except DriverError as error:
        if isinstance(error, Mismatch):
            raise
        logger.warning("Old versions of deleted rows are still remembered: %s", error)

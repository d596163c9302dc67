"""Deleting what nobody needs any more: expired rows, old receipts, and what is left of rows."""

import logging
from collections.abc import Iterable

from starmodel.stores.sql.builders import delete
from starmodel.stores.sql.drivers.driver import (
    Driver,
    DriverError,
    RowCountMismatch,
    Statement,
    Violation,
)
from starmodel.stores.sql.outbox import RECEIPTS, TOMBSTONES
from starmodel.stores.sql.statements.statements import TableStatements

logger = logging.getLogger("starmodel.sql")

IDEMPOTENCY_SECONDS = 24 * 3600.0
"""For how long the receipt of a request is kept."""

TOMBSTONE_SECONDS = 30 * 24 * 3600.0
"""For how long it is remembered which version a deleted row had, each for itself.

Afterwards the highest of them is remembered for all: versions begin above it.
"""

_OLD = "deleted_at <= ? AND id <> ''"
_FORGET_RECEIPTS = delete(RECEIPTS, "created_at <= ?")
_FORGET = delete(TOMBSTONES, _OLD)
_KEEP_HIGHEST = Statement(
    f"INSERT INTO {TOMBSTONES} (entity, id, version, deleted_at)"
    f" SELECT entity, '', max(version), max(deleted_at) FROM {TOMBSTONES} WHERE {_OLD}"
    " GROUP BY entity ON CONFLICT (entity, id) DO UPDATE SET deleted_at = excluded.deleted_at,"
    f" version = CASE WHEN excluded.version > {TOMBSTONES}.version THEN excluded.version"
    f" ELSE {TOMBSTONES}.version END",
    operation="upsert",
    table=TOMBSTONES,
    reads=frozenset({TOMBSTONES}),
)


async def delete_expired_rows(driver: Driver, tables: Iterable[TableStatements], now: float) -> int:
    """Delete what nobody needs any more, and return the number of expired rows among it."""
    count = 0
    for table in tables:
        if table.table.has_expiry:
            count += await _drop_expired(driver, table, now)
    await driver.execute([_FORGET_RECEIPTS.bind(now - IDEMPOTENCY_SECONDS)])
    await _delete_old_tombstones(driver, now - TOMBSTONE_SECONDS)
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


async def _delete_old_tombstones(driver: Driver, before: float) -> None:
    if not await driver.fetch(f"SELECT 1 FROM {TOMBSTONES} WHERE {_OLD} LIMIT 1", (before,)):
        return
    try:
        await driver.execute([_KEEP_HIGHEST.bind(before), _FORGET.bind(before)])
    except DriverError as error:
        if isinstance(error, RowCountMismatch):
            raise
        logger.warning("Old versions of deleted rows are still remembered: %s", error)

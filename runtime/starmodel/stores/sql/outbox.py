"""The store's own tables, and what is done with records of commits until they are published."""

from collections.abc import Mapping

from starmodel.application.store import MAX_PENDING
from starmodel.stores.sql.builders import insert
from starmodel.stores.sql.drivers.driver import Dialect, Statement
from starmodel.stores.sql.tables.column import quote

OWN_TABLES: Mapping[str, str] = {
    "starmodel_outbox": "id TEXT NOT NULL PRIMARY KEY, created_at DOUBLE PRECISION NOT NULL,"
    " version BIGINT NOT NULL, body TEXT NOT NULL",
    "starmodel_idempotency": "key TEXT NOT NULL PRIMARY KEY, created_at DOUBLE PRECISION NOT NULL,"
    " entity TEXT NOT NULL, id TEXT NOT NULL, created BIGINT NOT NULL",
    "starmodel_tombstone": "entity TEXT NOT NULL, id TEXT NOT NULL, version BIGINT NOT NULL,"
    " deleted_at DOUBLE PRECISION NOT NULL, PRIMARY KEY (entity, id)",
}
"""The tables that every database of entities has besides: their columns, by name."""

OUTBOX = "starmodel_outbox"
RECEIPTS = "starmodel_idempotency"
TOMBSTONES = "starmodel_tombstone"

ADD = insert(OUTBOX, dict.fromkeys(("id", "created_at", "version", "body"), "?"))
INSERT_IDEMPOTENCY_RECORD = insert(
    RECEIPTS, dict.fromkeys(("key", "created_at", "entity", "id", "created"), "?")
)
SELECT_IDEMPOTENCY_RECORD = f"SELECT entity, id, created FROM {RECEIPTS} WHERE key = ?"
COUNT = f"SELECT COUNT(*) FROM {OUTBOX} WHERE created_at <= ?"
IS_PENDING = f"SELECT 1 FROM {OUTBOX} WHERE created_at <= ? LIMIT 1"


def _claim(lock: str = "") -> Statement:
    """Write the statement that takes what is pending, as if it were committed at another time.

    So nobody else finds it before that is over.
    """
    pending = f"SELECT id FROM {OUTBOX} WHERE created_at <= ? ORDER BY id LIMIT {MAX_PENDING}{lock}"
    returns = "id, version, body"
    return Statement(
        f"UPDATE {OUTBOX} SET created_at = ? WHERE id IN ({pending}) RETURNING {returns}",
        operation="update",
        table=OUTBOX,
        returns=returns,
    )


CLAIM: Mapping[Dialect, Statement] = {
    "sqlite": _claim(),
    "postgresql": _claim(" FOR UPDATE SKIP LOCKED"),
}


def add_new(table: str, key: str) -> Statement:
    """Return the statement that keeps the record of a row which is new in the same transaction.

    Its version is that of the row of `table` with the `key`.
    """
    version = f"(SELECT row_version FROM {quote(table)} WHERE {quote(key)} = ?)"
    values = {"id": "?", "created_at": "?", "body": "?", "version": version}
    return insert(OUTBOX, values, reads=[table])

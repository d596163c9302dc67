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

INSERT_IDEMPOTENCY_RECORD = insert(
    RECEIPTS, dict.fromkeys(("key", "created_at", "entity", "id", "created"), "?")
)
SELECT_IDEMPOTENCY_RECORD = f"SELECT entity, id, created FROM {RECEIPTS} WHERE key = ?"
_CLOCK: Mapping[Dialect, str] = {
    # Whoever uses the file is on one machine, so all go by the same clock.
    "sqlite": "?",
    # Nodes may each have another time, the server has one.
    "postgresql": "EXTRACT(EPOCH FROM clock_timestamp())",
}


class OutboxStatements:
    """What is done with the outbox of a database, by that database's clock.

    Attributes:
        is_pending: Asks whether there is anything that was committed so many seconds ago.
        count: Asks how much there is.
        claim: Takes some of it, as if it were committed so many seconds ago; so nobody else finds it
            before that is over.
    """

    def __init__(self, dialect: Dialect) -> None:
        self._dialect: Dialect = dialect
        self._now = now = _CLOCK[dialect]
        ago = f"{now} - CAST(? AS DOUBLE PRECISION)"
        due = f"FROM {OUTBOX} WHERE created_at <= {ago}"
        values = {"id": "?", "version": "?", "body": "?", "created_at": now}
        # Each record has an id of its own.
        self._add = insert(OUTBOX, values)._replace(is_certain=True)
        self.is_pending = f"SELECT 1 {due} LIMIT 1"
        self.count = f"SELECT COUNT(*) {due}"
        lock = " FOR UPDATE SKIP LOCKED" if dialect == "postgresql" else ""
        pending = f"SELECT id {due} ORDER BY id LIMIT {MAX_PENDING}{lock}"
        returns = "id, version, body"
        self.claim = Statement(
            f"UPDATE {OUTBOX} SET created_at = {ago} WHERE id IN ({pending}) RETURNING {returns}",
            operation="update",
            table=OUTBOX,
            returns=returns,
        )

    def add(self, ticket: str, version: int, body: str, now: float) -> Statement:
        """Return what keeps a record."""
        return self._add.bind(ticket, version, body, *self.clock(now))

    def add_new(self, table: str, key: str) -> Statement:
        """Return the statement that keeps the record of a row which is new in the same transaction.

        Its version is that of the row of `table` with the `key`. Its parameters are the ticket, the
        body, the value of the key, and `clock`.
        """
        version = f"(SELECT row_version FROM {quote(table)} WHERE {quote(key)} = ?)"
        values = {"id": "?", "body": "?", "version": version, "created_at": self._now}
        return insert(OUTBOX, values, reads=[table])

    def clock(self, now: float) -> tuple[float, ...]:
        """Return the parameters that say what time it is, where the database is not to say that."""
        return (now,) if self._dialect == "sqlite" else ()


OUTBOX_STATEMENTS: Mapping[Dialect, OutboxStatements] = {
    dialect: OutboxStatements(dialect) for dialect in _CLOCK
}

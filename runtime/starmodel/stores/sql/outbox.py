"""The store's own tables, and how a record of a commit is kept in one until it is published."""

import json
from collections.abc import Mapping
from typing import Any

from starmodel.application.json_projection import json_value
from starmodel.application.store import MAX_PENDING
from starmodel.domain import Actor, CommandRecord, Fragment
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


# `json.dumps` makes one of these each time.
_to_json = json.JSONEncoder(separators=(",", ":")).encode


def write_record(record: CommandRecord) -> str:
    """Write a record, all but its version. Arguments are kept as JSON has them."""
    actor, fragment = record.actor, record.fragment
    return _to_json(
        {
            "entity": record.entity,
            "id": record.id,
            "event": record.event,
            "arguments": json_value(record.arguments),
            "actor": [actor.id, *sorted(actor.roles)],
            "time": record.time,
            "changed": record.changed,
            "fragment": None if fragment is None else [*fragment],
            "previous": record.previous,
        }
    )


def read_record(body: str, version: int) -> CommandRecord:
    """Read what `write_record` wrote."""
    kept: dict[str, Any] = json.loads(body)
    actor_id, *roles = kept["actor"]
    fragment = kept["fragment"]
    return CommandRecord(
        kept["entity"],
        kept["id"],
        kept["event"],
        kept["arguments"],
        Actor(actor_id, frozenset(roles)),
        kept["time"],
        version,
        tuple(kept["changed"]),
        None if fragment is None else Fragment(*fragment),
        kept.get("previous", 0),
    )

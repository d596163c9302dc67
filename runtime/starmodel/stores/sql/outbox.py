"""The store's own tables, and how a record of a commit is kept in one until it is published."""

import json
from collections.abc import Mapping
from typing import Any

from starmodel.application.json_projection import json_value
from starmodel.application.store import MOST_PENDING
from starmodel.domain import Actor, CommandRecord, Fragment

OWN_TABLES: Mapping[str, str] = {
    "starmodel_outbox": "id TEXT NOT NULL PRIMARY KEY, created_at DOUBLE PRECISION NOT NULL,"
    " version BIGINT NOT NULL, body TEXT NOT NULL",
    "starmodel_idempotency": "key TEXT NOT NULL PRIMARY KEY, created_at DOUBLE PRECISION NOT NULL,"
    " entity TEXT NOT NULL, id TEXT NOT NULL, created BIGINT NOT NULL",
    "starmodel_tombstone": "entity TEXT NOT NULL, id TEXT NOT NULL, version BIGINT NOT NULL,"
    " deleted_at DOUBLE PRECISION NOT NULL, PRIMARY KEY (entity, id)",
}
"""The tables that every database of entities has besides: their columns, by name."""

ADD = "INSERT INTO starmodel_outbox (id, created_at, version, body) VALUES (?, ?, ?, ?)"
ADD_RECEIPT = (
    "INSERT INTO starmodel_idempotency (key, created_at, entity, id, created)"
    " VALUES (?, ?, ?, ?, ?)"
)
FIND_RECEIPT = "SELECT entity, id, created FROM starmodel_idempotency WHERE key = ?"
PENDING = (
    "SELECT id, version, body FROM starmodel_outbox WHERE created_at <= ? AND id > ? ORDER BY id"
    f" LIMIT {MOST_PENDING}"
)


def add_new(table: str, key: str) -> str:
    """Give the statement that keeps the record of a row which is new in the same transaction.

    Its version is the row's. `table` and `key` are quoted names.
    """
    version = f"(SELECT row_version FROM {table} WHERE {key} = ?)"
    return (
        "INSERT INTO starmodel_outbox (id, created_at, body, version)"
        f" VALUES (?, ?, ?, {version})"
    )


def write_record(record: CommandRecord) -> str:
    """Write a record, all but its version. Arguments are kept as JSON has them."""
    actor, fragment = record.actor, record.fragment
    return json.dumps(
        {
            "entity": record.entity,
            "id": record.id,
            "event": record.event,
            "arguments": json_value(record.arguments),
            "actor": [actor.id, *sorted(actor.roles)],
            "time": record.time,
            "changed": record.changed,
            "fragment": None if fragment is None else [*fragment],
        },
        separators=(",", ":"),
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
    )

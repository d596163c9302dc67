"""How a record of a commit is kept until it is published: all but its version, as JSON."""

import json
from typing import Any

from starmodel.application.json_projection import json_value
from starmodel.domain import Actor, CommandRecord, Fragment

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

"""How a record of a commit is kept until it is published: all but its version, as JSON."""

import json
from collections.abc import Mapping
from decimal import Decimal
from types import NoneType
from typing import Any

from pydantic_core import CoreConfig, PydanticSerializationError, SchemaSerializer, core_schema

from starmodel.application.json_projection import json_value
from starmodel.domain import Actor, CommandRecord, Fragment

# `json.loads` reads NaN and Infinity, too.
_write_json = SchemaSerializer(
    core_schema.any_schema(), CoreConfig(ser_json_inf_nan="constants")
).to_json

_PLAIN = frozenset[type]({bool, float, int, str, NoneType})
"""Types whose values JSON has as they are."""


def write_record(record: CommandRecord) -> str:
    """Write a record, all but its version. Arguments are kept as JSON has them."""
    actor, fragment = record.actor, record.fragment
    kept = {
        "entity": record.entity,
        "id": record.id,
        "event": record.event,
        "arguments": _arguments(record.arguments),
        "actor": [actor.id, *sorted(actor.roles)],
        "time": record.time,
        "changed": record.changed,
        "fragment": None if fragment is None else [*fragment],
        "previous": record.previous,
    }
    try:
        return _write_json(kept).decode("utf-8")
    except PydanticSerializationError:
        # Half a surrogate pair, which UTF-8 cannot hold; JSON can, as an escape.
        return json.dumps(kept, separators=(",", ":"))


def _arguments(arguments: Mapping[str, object]) -> Mapping[str, object]:
    for value in arguments.values():
        if type(value) not in _PLAIN:
            return json_value(arguments)
    return {**arguments}


def _read_int(digits: str) -> int:
    # Python reads no more than 4,300 digits: one such record would keep all others from being read.
    return int(Decimal(digits))


def read_record(body: str, version: int) -> CommandRecord:
    """Read what `write_record` wrote."""
    kept: dict[str, Any] = json.loads(body, parse_int=_read_int)
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

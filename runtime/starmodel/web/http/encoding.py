"""Values as JSON, for answers."""

import json
import math

from pydantic_core import CoreConfig, PydanticSerializationError, SchemaSerializer, core_schema

from starmodel.domain.type_guards import is_mapping, is_sequence

write_json = SchemaSerializer(
    core_schema.any_schema(), CoreConfig(ser_json_inf_nan="null", ser_json_bytes="base64")
).to_json
"""`encode_json` without its last resort: raises `PydanticSerializationError` where a text holds
half a surrogate pair."""


def encode_json(value: object) -> bytes:
    """Write a value as compact JSON in UTF-8; NaN and Infinity become `null`."""
    try:
        return write_json(value)
    except PydanticSerializationError:
        # Half a surrogate pair, which UTF-8 cannot hold; JSON can, as an escape.
        return json.dumps(_finite(value), allow_nan=False, separators=(",", ":")).encode("ascii")


def _finite(value: object) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if is_mapping(value):
        return {key: _finite(one) for key, one in value.items()}
    if is_sequence(value):
        return [_finite(one) for one in value]
    return value

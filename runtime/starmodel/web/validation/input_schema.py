"""What JSON and texts are read with: pydantic's schemas, with what StarModel's JSON differs in.

A class that pydantic has built already has a validator of its own, which pydantic-core takes
wherever the class occurs in another schema, whatever that says of it. So where a schema is
changed, its classes are read as parts first, and instances are made of these.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from enum import Flag
from typing import Any, TypeAlias, TypeGuard

from pydantic import BaseModel
from pydantic_core import CoreConfig, SchemaValidator, core_schema, to_json
from pydantic_core.core_schema import CoreSchema

from starmodel.application.copying import instance_of
from starmodel.domain.pydantic_schema import number_of
from starmodel.domain.type_guards import is_sequence

Schema: TypeAlias = dict[str, Any]
Change: TypeAlias = Callable[[Schema], Schema]

CONFIG = CoreConfig(allow_inf_nan=False, val_json_bytes="base64")
"""How JSON from outside is read, where a class does not say otherwise."""

_PARTS = (
    *("schema", "items_schema", "keys_schema", "values_schema", "choices", "fields", "steps"),
    *("lax_schema", "strict_schema", "json_schema", "python_schema", "definitions"),
    *("extras_schema", "arguments_schema"),
)
"""Where a schema has other schemas in it."""

IGNORED = "starmodel_ignored"
"""The metadata of a class's schema that names the fields which cannot be given."""

_base64 = SchemaValidator(core_schema.bytes_schema(), CONFIG)


def input_schema(schema: CoreSchema) -> CoreSchema:
    """Return the schema that reads what is sent of its values.

    Bytes are Base64 at any depth, and so are those that are keys; keys that are no texts are read
    from theirs. Numbers are finite, unless a class says that they need not be.
    """
    return changed(schema, _as_sent)


def without_booleans(schema: CoreSchema) -> CoreSchema:
    """Return the schema with numbers that are never `true` or `false`, which pydantic takes for them."""
    return changed(schema, _no_boolean)


def takes_booleans(schema: CoreSchema) -> bool:
    """Return whether pydantic might take `true` or `false` for a number in a schema."""
    return _has(schema, ("int", "float", "enum", "literal"))


def from_texts(schema: CoreSchema) -> CoreSchema:
    """Return the schema with choices that are known by their texts, as a form has them."""
    return changed(schema, _from_text)


def changed(schema: CoreSchema, change: Change) -> CoreSchema:
    """Return a schema with each part of it changed, inner ones first; the same if nothing is."""
    found = _rebuilt(schema, change)
    return schema if found is schema else _rebuilt(found, _apart)


def texts_of(schema: Mapping[str, Any]) -> dict[str, object]:
    """Map the texts of choices to the choices, where these are not texts themselves."""
    values: list[Any] = []
    if schema["type"] == "literal":
        values = schema["expected"]
    elif schema["type"] == "enum":
        values = [member.value for member in schema["members"]]
    return {str(value): value for value in values if not isinstance(value, str)}


def before(function: Callable[[Any], Any], schema: Schema) -> Schema:
    """Return a schema whose values go through a function first; it is referred to as before."""
    inner: Any = {key: value for key, value in schema.items() if key != "ref"}
    return _referred(core_schema.no_info_before_validator_function(function, inner), schema)


def _rebuilt(part: Any, change: Change) -> Any:
    if _is_object(part):
        is_schema = isinstance(part.get("type"), str)
        parts = {
            key: new
            for key, value in part.items()
            if not is_schema or key in _PARTS
            if (new := _rebuilt(value, change)) is not value
        }
        if parts:
            part = {**part, **parts}
        return change(part) if is_schema else part
    if is_sequence(part):
        items = [_rebuilt(item, change) for item in part]
        if all(new is item for new, item in zip(items, part, strict=True)):
            return part
        return items if isinstance(part, list) else tuple(items)
    return part


def _is_object(part: object) -> TypeGuard[Schema]:
    return isinstance(part, dict)


def _referred(schema: CoreSchema, instead_of: Schema) -> Schema:
    """Let a schema be referred to in place of the one that it has been put around."""
    outer: Any = schema
    return {**outer, "ref": instead_of["ref"]} if "ref" in instead_of else outer


class _Parts:
    """What pydantic-core makes of a JSON object for a class that is not to be asked itself."""

    __slots__ = (
        "__dict__",
        "__pydantic_extra__",
        "__pydantic_fields_set__",
        "__pydantic_private__",
    )


def _apart(schema: Schema) -> Schema:
    """Read a class as parts, of which an instance is made afterwards."""
    if schema["type"] == "dataclass":
        return _dataclass_apart(schema)
    if schema["type"] != "model" or schema["cls"] is _Parts:
        return schema
    left_out = ("cls", "ref", "post_init", "custom_init")
    inner: Any = {key: value for key, value in schema.items() if key not in left_out}
    inner["cls"] = _Parts
    make = _maker(
        schema["cls"],
        ignored=schema.get("metadata", {}).get(IGNORED, ()),
        has_own_init=schema.get("custom_init", False),
    )
    return _referred(core_schema.no_info_after_validator_function(make, inner), schema)


def _dataclass_apart(schema: Schema) -> Schema:
    """Read a dataclass as its arguments, with which it is made afterwards."""
    cls: Any = schema["cls"]

    def make(arguments: Any) -> Any:
        return cls(**arguments[0])

    inner: Any = schema["schema"]
    return _referred(core_schema.no_info_after_validator_function(make, inner), schema)


def _maker(
    cls: type[BaseModel], *, ignored: tuple[str, ...], has_own_init: bool
) -> Callable[[Any], BaseModel]:
    def make(parts: Any) -> BaseModel:
        values: dict[str, Any] = parts.__dict__
        given: set[str] = parts.__pydantic_fields_set__
        given.difference_update(ignored)
        if has_own_init:
            return cls(**{name: values[name] for name in given})
        return instance_of(cls, values, given, parts.__pydantic_extra__)

    return make


def _as_sent(schema: Schema) -> Schema:
    match schema["type"]:
        case "model" | "dataclass" | "typed-dict":
            return _model_as_sent(schema)
        case "timedelta" if schema.get("strict"):
            return _lax_duration(schema)
        case "dict" if "keys_schema" in schema:
            keys = _rebuilt(schema["keys_schema"], _from_key)
            return schema if keys is schema["keys_schema"] else {**schema, "keys_schema": keys}
        case "enum":
            # What pydantic says of the class itself.
            kind = next((one.__name__ for one in _MIXED_IN if issubclass(schema["cls"], one)), None)
            if kind == schema.get("sub_type"):
                return schema
            rest = {key: value for key, value in schema.items() if key != "sub_type"}
            return rest if kind is None else {**rest, "sub_type": kind}
        case _:
            return schema


def _model_as_sent(schema: Schema) -> Schema:
    config = schema.get("config", {})
    if config.get("strict") and _has(schema, ("timedelta",)):
        schema = {**schema, "schema": _rebuilt(schema["schema"], _lax_duration)}
    if _has(schema, ("bytes", "float")):
        schema = {**schema, "config": {**CONFIG, **config, **_BASE64}}
    return schema


def _lax_duration(schema: Schema) -> Schema:
    """Let a duration be a number of seconds, as it is sent, also where pydantic takes only texts."""
    return {**schema, "strict": False} if schema["type"] == "timedelta" else schema


_BASE64 = {"val_json_bytes": "base64"}
_MIXED_IN = (int, str, float)


def _has(schema: object, kinds: tuple[str, ...]) -> bool:
    """Return whether a schema of one of the types is in another one."""
    if is_sequence(schema):
        return any(_has(item, kinds) for item in schema)
    if not _is_object(schema):
        return False
    kind = schema.get("type")
    if not isinstance(kind, str):
        return any(_has(item, kinds) for item in schema.values())
    return kind in kinds or any(_has(schema[key], kinds) for key in _PARTS if key in schema)


def _from_key(schema: Schema) -> Schema:
    """Read a key of an object, which JSON has as a text."""
    match schema["type"]:
        case "bytes":
            return before(_bytes_of, schema)
        case "timedelta":
            return before(_duration_of, schema)
        case _:
            return _from_text(schema)


def _from_text(schema: Schema) -> Schema:
    if schema["type"] == "enum" and issubclass(schema["cls"], Flag):
        return before(number_of, schema)
    texts = texts_of(schema)
    return before(lambda value: _choice(texts, value), schema) if texts else schema


def _choice(texts: Mapping[str, object], value: object) -> object:
    return texts.get(value, value) if isinstance(value, str) else value


def _bytes_of(key: object) -> object:
    return _base64.validate_json(to_json(key)) if isinstance(key, str) else key


def _duration_of(key: object) -> object:
    """Return the duration of a number of seconds; any other text is left as it is."""
    try:
        return timedelta(seconds=float(key)) if isinstance(key, str) else key
    except (ValueError, OverflowError):
        return key


def _no_boolean(schema: Schema) -> Schema:
    match schema["type"]:
        case "int" | "float" | "enum":
            return before(_unless_boolean, schema)
        case "literal" if not any(isinstance(value, bool) for value in schema["expected"]):
            return before(_unless_boolean, schema)
        case _:
            return schema


_NO_NUMBER = object()
"""Is a value of no type at all."""


def _unless_boolean(value: object) -> object:
    return _NO_NUMBER if isinstance(value, bool) else value

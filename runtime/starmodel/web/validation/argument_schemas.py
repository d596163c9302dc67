"""What an argument's schema says about how its text is read, worked out when it is declared."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal, TypeAlias, cast

from pydantic_core import PydanticCustomError, core_schema
from pydantic_core.core_schema import CoreSchema

from starmodel.domain.type_guards import is_mapping, is_sequence
from starmodel.web.http.request_limits import MAX_DIGITS

TextKind: TypeAlias = Literal["text", "flag", "list", "json", "value"]
"""How a text becomes a value: as it is; as yes or no; as a JSON array or one item per line; as
any JSON; or as whatever the schema makes of a single text."""

_INNER = ("schema", "lax_schema", "json_schema")
_KINDS: Mapping[str, TextKind] = {
    "str": "text",
    "any": "text",
    "bool": "flag",
    "list": "list",
    "set": "list",
    "frozenset": "list",
    "tuple": "list",
    "generator": "list",
    "dict": "json",
    "model": "json",
    "typed-dict": "json",
    "dataclass": "json",
    "arguments": "json",
    "tagged-union": "json",
    "json": "text",
}

_UNION_ORDER: tuple[TextKind, ...] = ("text", "json", "list", "value")

_FIELDS = ("model-fields", "typed-dict", "dataclass-args")
"""What has the parts of a value object."""

_ROWS = ("list", "set", "frozenset", "dict")
"""What a form may have numbered rows for."""

TOO_LONG = "This number is too long."

Schema: TypeAlias = dict[str, Any]


def text_kind(schema: CoreSchema) -> TextKind:
    """Return how a text is read as a value of the schema."""
    return _kind(cast("Schema", schema), {})


def is_optional(schema: CoreSchema) -> bool:
    """Return whether `None` is a value of the schema."""
    inner: Schema | None = cast("Schema", schema)
    while inner is not None:
        if inner["type"] in ("nullable", "none", "any"):
            return True
        if inner["type"] == "union":
            return any(is_optional(choice) for choice in _choices(inner))
        inner = _inner(inner)
    return False


def part_schema(schema: CoreSchema, names: Sequence[str]) -> CoreSchema | None:
    """Return the schema of a part of a value object, by its name and those on the way to it.

    `None` where there is none, or where it depends on the value which class is meant.
    """
    part: Schema | None = cast("Schema", schema)
    definitions: dict[str, Schema] = {}
    for name in names:
        while part is not None and part["type"] not in _FIELDS:
            if name.isdecimal() and part["type"] in _ROWS:
                break
            if part["type"] == "definitions":
                definitions.update({one["ref"]: one for one in part["definitions"]})
            if part["type"] == "definition-ref":
                part = definitions.get(part["schema_ref"])
            else:
                part = _inner(part)
        if part is not None and part["type"] == "dict":
            # A row of it has a key and a value.
            fields = {"key": part.get("keys_schema"), "value": part.get("values_schema")}
            part = {
                "type": "typed-dict",
                "fields": {key: {"schema": one} for key, one in fields.items() if one is not None},
            }
        elif part is not None and part["type"] in _ROWS:
            part = part.get("items_schema")
        else:
            given: Any = part["fields"] if part else {}
            if isinstance(given, list):
                given = {each["name"]: each for each in cast("list[Schema]", given)}
            field: Schema | None = given.get(name)
            part = field["schema"] if field else None
    return cast("CoreSchema | None", part)


def may_be_none(schema: CoreSchema) -> bool:
    """Return whether a mapping may have `None` for a value."""
    part = part_schema(schema, ("0", "value"))
    return part is not None and is_optional(part)


def bounded(schema: CoreSchema) -> CoreSchema:
    """Return the schema with a limit to its numbers, so that no text makes one slow to handle.

    Numbers of value objects are the author's own to limit; a number there has at most 4,300
    digits, Python's limit.
    """
    return cast("CoreSchema", _bounded(cast("Schema", schema)))


def field_names(schema: object) -> set[str]:
    """Collect the names of all fields of all value objects in a schema."""
    names: set[str] = set()
    pending: list[object] = [schema]
    while pending:
        part = pending.pop()
        if is_sequence(part):
            pending += part
        elif is_mapping(part):
            fields = part.get("fields")
            if part.get("type") == "dataclass-args" and is_sequence(fields):
                names.update(str(field["name"]) for field in fields if is_mapping(field))
            elif part.get("type") in ("model-fields", "typed-dict") and is_mapping(fields):
                names.update(map(str, fields))
            pending += [value for key, value in part.items() if key not in ("metadata", "ref")]
    return names


def has_aliases(schema: object) -> bool:
    """Return whether a field of a value object in a schema is looked for under an alias."""
    pending: list[object] = [schema]
    while pending:
        part = pending.pop()
        if is_sequence(part):
            pending += part
        elif is_mapping(part):
            if "validation_alias" in part:
                return True
            pending += [value for key, value in part.items() if key not in ("metadata", "ref")]
    return False


def models(schema: object) -> set[type[Any]]:
    """Collect the classes of all models and dataclasses in a schema."""
    classes: set[type[Any]] = set()
    pending: list[object] = [schema]
    while pending:
        part = pending.pop()
        if is_sequence(part):
            pending += part
        elif is_mapping(part):
            cls = part.get("cls")
            if part.get("type") in ("model", "dataclass") and isinstance(cls, type):
                classes.add(cls)
            pending += [value for key, value in part.items() if key not in ("metadata", "ref")]
    return classes


def _kind(schema: Schema, definitions: dict[str, Schema]) -> TextKind:
    inner: Schema | None = schema
    while inner is not None:
        kind = inner["type"]
        if kind == "definitions":
            definitions = {one["ref"]: one for one in inner["definitions"]}
        if kind == "definition-ref":
            inner = definitions.pop(inner["schema_ref"], None)
            continue
        if kind == "union":
            kinds = {_kind(cast("Schema", choice), definitions) for choice in _choices(inner)}
            found: list[TextKind] = [one for one in _UNION_ORDER if one in kinds]
            return found[0] if found else "flag"
        if kind == "chain":
            inner = inner["steps"][0]
            continue
        if kind in _KINDS:
            return _KINDS[kind]
        inner = _inner(inner)
    return "value"


def _choices(schema: Schema) -> list[CoreSchema]:
    return [choice[0] if isinstance(choice, tuple) else choice for choice in schema["choices"]]


def _inner(schema: Schema) -> Schema | None:
    return next((schema[key] for key in _INNER if isinstance(schema.get(key), dict)), None)


def _bounded(schema: Schema) -> Schema:
    kind = schema["type"]
    if kind == "int":
        if "ge" not in schema and "gt" not in schema:
            schema = {**schema, "gt": -(10**MAX_DIGITS)}
        if "le" not in schema and "lt" not in schema:
            schema = {**schema, "lt": 10**MAX_DIGITS}
        return schema
    if kind == "decimal" and "max_digits" not in schema:
        return cast(
            "Schema",
            core_schema.no_info_after_validator_function(_check_decimal, cast("Any", schema)),
        )
    if kind in ("nullable", "default", "list", "set", "frozenset"):
        return _with(schema, "schema", "items_schema")
    if kind == "dict":
        return _with(schema, "keys_schema", "values_schema")
    if kind == "tuple":
        return {**schema, "items_schema": [_bounded(item) for item in schema["items_schema"]]}
    if kind == "union":
        return {**schema, "choices": [_bounded(cast("Schema", one)) for one in _choices(schema)]}
    if kind.startswith("function-") and "schema" in schema:
        return _with(schema, "schema")
    return schema


def _with(schema: Schema, *keys: str) -> Schema:
    changed = {key: _bounded(schema[key]) for key in keys if key in schema}
    return {**schema, **changed}


def _check_decimal(value: Decimal) -> Decimal:
    """Refuse what has more than 100 digits before or after the point, written out."""
    exponent = value.as_tuple().exponent
    if value.adjusted() > MAX_DIGITS or (isinstance(exponent, int) and exponent < -MAX_DIGITS):
        raise PydanticCustomError("too_precise", TOO_LONG)
    return value

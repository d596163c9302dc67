"""The schemas that pydantic itself has for a field or a parameter, with its author's validators.

Where a validator comes before the type, what is sent is read by pydantic's own schema instead of
one of the type.
"""

from collections.abc import Callable
from typing import Any, cast, get_type_hints

from pydantic import BaseModel, TypeAdapter
from pydantic_core import CoreSchema

from starmodel.application.protected_values import ALL_WRITABLE, WritableParts
from starmodel.web.validation.input_schema import Schema
from starmodel.web.validation.object_schema import renamed, without_protected

_TEXT_SETTINGS = {
    "str_strip_whitespace": "strip_whitespace",
    "str_to_lower": "to_lower",
    "str_to_upper": "to_upper",
    "str_min_length": "min_length",
    "str_max_length": "max_length",
    "coerce_numbers_to_str": "coerce_numbers_to_str",
    "regex_engine": "regex_engine",
}
"""What `model_config` says of each text, by its name in a schema."""

_STRICT = frozenset(
    {
        *("bool", "int", "float", "decimal", "str", "bytes", "date", "time", "datetime"),
        *("timedelta", "uuid", "url", "enum", "list", "set", "frozenset", "tuple", "dict"),
    }
)
_OF_CLASSES = frozenset({"model", "dataclass", "typed-dict", "definition-ref"})
"""What goes by a configuration of its own."""


def field_schema(
    cls: type[BaseModel],
    name: str,
    writable: WritableParts = ALL_WRITABLE,
    *,
    for_update: bool = False,
) -> CoreSchema:
    """Return the schema that a class has for one of its fields, without its default.

    Args:
        cls: The class; all that it names has been imported.
        name: The field.
        writable: As for `object_schema`.
        for_update: As for `object_schema`.

    Raises:
        ConfigurationError: A part that is not written has no default.
    """
    cls.model_rebuild()
    whole = renamed(cast("Schema", cls.__pydantic_core_schema__))
    definitions: list[Schema] = []
    part, settings = whole, dict[str, Any]()
    while part["type"] != "model-fields":
        if part["type"] == "definitions":
            definitions = part["definitions"]
        if part["type"] == "definition-ref":
            part = next(one for one in definitions if one["ref"] == part["schema_ref"])
            continue
        settings = part.get("config", settings)
        part = part["schema"]
    field: Schema = part["fields"][name]["schema"]
    if field["type"] == "default":
        field = field["schema"]
    field = _configured(field, settings)
    if definitions:
        field = {"type": "definitions", "schema": field, "definitions": definitions}
    return without_protected(cast("CoreSchema", field), writable, for_update=for_update)


def parameter_schema(
    method: Callable[..., object], name: str, writable: WritableParts = ALL_WRITABLE
) -> CoreSchema:
    """Return the schema of the annotation that a parameter of an event has.

    Raises:
        ConfigurationError: A part that is not written has no default.
    """
    function: Any = getattr(method, "__func__", method)

    def one() -> None: ...

    # No other annotation needs to be known yet.
    one.__annotations__ = {name: function.__annotations__[name]}
    inner = function
    while hasattr(inner, "__wrapped__"):
        inner = inner.__wrapped__
    annotation = get_type_hints(one, inner.__globals__, include_extras=True)[name]
    schema = renamed(cast("Schema", TypeAdapter[Any](annotation).core_schema))
    return without_protected(cast("CoreSchema", schema), writable)


def _configured(schema: Schema, settings: Schema) -> Schema:
    """Return a schema with what `model_config` says of such values written into it."""
    kind = schema["type"]
    if kind in _OF_CLASSES:
        return schema
    said: Schema = {}
    if kind == "str":
        said = {own: settings[key] for key, own in _TEXT_SETTINGS.items() if key in settings}
    if kind in _STRICT and settings.get("strict"):
        said["strict"] = True
    if kind in ("float", "decimal") and "allow_inf_nan" in settings:
        said["allow_inf_nan"] = settings["allow_inf_nan"]
    parts: Schema = {}
    for key, value in schema.items():
        if isinstance(value, dict) and isinstance(cast("Schema", value).get("type"), str):
            if key not in ("metadata", "serialization", "function"):
                parts[key] = _configured(cast("Schema", value), settings)
        elif key in ("choices", "steps") and isinstance(value, list):
            parts[key] = [_choice(each, settings) for each in cast("list[Any]", value)]
        elif key == "items_schema" and isinstance(value, list):
            parts[key] = [_configured(each, settings) for each in cast("list[Schema]", value)]
        elif key == "choices" and isinstance(value, dict):
            choices = cast("dict[Any, Schema]", value)
            parts[key] = {tag: _configured(each, settings) for tag, each in choices.items()}
    return {**said, **schema, **parts}


def _choice(choice: Any, settings: Schema) -> Any:
    if isinstance(choice, tuple):
        schema, *rest = cast("tuple[Any, ...]", choice)
        return (_configured(schema, settings), *rest)
    return _configured(choice, settings)

"""The text of `schema.json`: the schema in one canonical form.

One leaf a line, in the schema's own order, so that a local change gives a local diff and two
branches merge. What is as by default is left out, and so is what generated events take of fields;
what `kind` a value is never. The text is ASCII, whatever the author's texts are.
"""

from json.encoder import encode_basestring_ascii as json_string
from typing import TypeAlias, cast

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from starmodel_schemas import (
    AppSchema,
    DatabaseSchema,
    EntitySchema,
    EnumSchema,
    EventSchema,
    ObjectSchema,
)
from starmodel_schemas.crud import crud_parameters

_MEMBER = " " * 4
"""How far the entities, value objects and enums of an app are indented."""

_ALWAYS = frozenset({"kind", "version"})

_Plan: TypeAlias = list[tuple[str, str, object]]
_plans: dict[type[BaseModel], _Plan] = {}


def schema_text(schema: AppSchema | DatabaseSchema) -> str:
    """Write a schema, ending with a line end; its `model_validate_json` reads it back."""
    lines: list[str] = []
    _write(schema, "", "", "", lines)
    lines.append("")
    return "\n".join(lines)


def member_text(schema: EntitySchema | ObjectSchema | EnumSchema) -> str:
    """Write a schema as it stands among those of an app, without the comma and the line's end."""
    lines: list[str] = []
    _write(schema, _MEMBER, "", _MEMBER, lines)
    return "\n".join(lines)


def _write(value: object, before: str, after: str, indent: str, lines: list[str]) -> None:
    """Write a value, `before` in front of it and `after` behind it."""
    leaf = _leaf(value)
    if leaf is not None:
        lines.append(before + leaf + after)
        return
    inner = indent + "  "
    if isinstance(value, tuple):
        opening, closing = "[", "]"
        members: list[tuple[str, object]] = [("", item) for item in cast("tuple[object]", value)]
    else:
        opening, closing = "{", "}"
        members = _members(cast("BaseModel", value))
    if not members:
        lines.append(before + opening + closing + after)
        return
    lines.append(before + opening)
    last = len(members) - 1
    for index, (key, member) in enumerate(members):
        comma = "" if index == last else ","
        leaf = _leaf(member)
        if leaf is None:
            _write(member, inner + key, comma, inner, lines)
        else:
            lines.append(inner + key + leaf + comma)
    lines.append(indent + closing + after)


def _leaf(value: object) -> str | None:
    """Write a text, a number, a bool or `None`; nothing for what has parts."""
    cls = type(value)
    if cls is str:
        return json_string(cast("str", value))
    if cls is int or cls is float:
        return repr(value)
    if cls is bool:
        return "true" if value else "false"
    return "null" if value is None else None


def _members(model: BaseModel) -> list[tuple[str, object]]:
    """Return the fields that are not as by default, each with its key."""
    values = model.__dict__
    if isinstance(model, EntitySchema):
        values = {**values, "events": tuple([_event(each, model) for each in model.events])}
    members: list[tuple[str, object]] = []
    for name, key, default in _plans.get(type(model)) or _plan(type(model)):
        value = values[name]
        if value is not default and (value != default or type(value) is not type(default)):
            members.append((key, value))
    return members


def _event(event: EventSchema, entity: EntitySchema) -> EventSchema:
    """Leave out the parameters of a generated event that follow from the fields."""
    if event.crud is None or event.parameters != crud_parameters(entity.fields, event.crud):
        return event
    return event.model_copy(update={"parameters": ()})


def _plan(cls: type[BaseModel]) -> _Plan:
    """Return name, key and default of each field, worked out once for each class."""
    plan: _Plan = [
        (name, f'"{name}": ', PydanticUndefined if name in _ALWAYS else field.default)
        for name, field in cls.model_fields.items()
    ]
    _plans[cls] = plan
    return plan

"""What is special about the events that `crud` asks for: they are generated, not an author's."""

import ast

from starmodel_generator.emission.context import an
from starmodel_generator.emission.entity.record_labels import record_words
from starmodel_schemas import (
    Default,
    EntitySchema,
    EnumType,
    EventSchema,
    ExpressionDefault,
    FactoryDefault,
    LiteralDefault,
    LiteralType,
    OptionalType,
    ParameterSchema,
    ScalarType,
    TypeRef,
)
from starmodel_schemas.address_types import PARSED
from starmodel_schemas.crud import VERSION

NEW_FIELDS_WORDS = "The fields that `create` takes."

_PLAIN = {bool: {"bool"}, int: {"int", "float"}, float: {"float"}, str: {"str"}}
_MADE = frozenset({"Decimal", "UUID", "date", "time", "datetime", "timedelta"}) | PARSED
"""Scalars that are written as a call of their class."""


def is_once(entity: EntitySchema, event: EventSchema) -> bool:
    """Return whether an event counts once, however often its request arrives.

    It does where it writes to SQL or to Redis, which keep a receipt of it.
    """
    return entity.store in ("SERVER_SQL", "SERVER_REDIS") and event.writes


def is_crud_field(event: EventSchema, parameter: ParameterSchema) -> bool:
    """Return whether a parameter is a field that a creation gives a value, or an update another."""
    return event.crud == "create" or is_field_of_update(event, parameter)


def is_field_of_update(event: EventSchema, parameter: ParameterSchema) -> bool:
    """Return whether a parameter is a field that an update may change."""
    return event.crud == "update" and parameter.name != VERSION


def crud_fields(entity: EntitySchema) -> tuple[ParameterSchema, ...]:
    """Return the fields that `update` takes, or those of `create` where there is no update.

    A creation takes all that an update does.
    """
    events = {event.crud: event for event in entity.events}
    event = events.get("update") or events.get("create")
    return () if event is None else _fields(event)


def new_fields(entity: EntitySchema) -> tuple[ParameterSchema, ...]:
    """Return the fields that `create` takes and `update` does not: ids, and what is frozen."""
    known = {field.name for field in crud_fields(entity)}
    events = {event.crud: event for event in entity.events}
    event = events.get("create")
    if event is None:
        return ()
    return tuple([field for field in _fields(event) if field.name not in known])


def _fields(event: EventSchema) -> tuple[ParameterSchema, ...]:
    """Return the parameters that are fields."""
    return tuple([each for each in event.parameters if is_crud_field(event, each)])


def fields_type(entity: EntitySchema, event: EventSchema) -> str | None:
    """Name the `TypedDict` of the fields that an event takes; `None` if it takes none."""
    if event.crud == "create" and new_fields(entity):
        return f"New{entity.name}Fields"
    is_taken = event.crud in ("create", "update") and crud_fields(entity)
    return f"{entity.name}Fields" if is_taken else None


def fields_words(entity: EntitySchema) -> str:
    """Describe the fields that `create` and `update` take."""
    taken = [f"`{one.crud}`" for one in entity.events if one.crud in ("create", "update")]
    verb = "take" if len(taken) > 1 else "takes"
    return f"The fields that {' and '.join(taken)} {verb}."


def may_be_omitted(event: EventSchema, parameter: ParameterSchema) -> bool:
    """Return whether a parameter is `UNSET` where nobody gives it.

    Those of an update are, and those of a creation whose default only the author's class can
    make, or is nothing that could stand in a signature of this type.
    """
    if event.crud == "create":
        default = parameter.default
        return isinstance(default, FactoryDefault) or not _is_written(default, parameter.type)
    return is_field_of_update(event, parameter)


def crud_words(entity: EntitySchema, event: EventSchema) -> str:
    """Describe what an event of `crud` does: `Make a product.`"""
    words = an(record_words(entity))
    match event.crud:
        case "create":
            return f"Make {words}."
        case "update":
            return f"Change {words}; what is left out stays as it is."
        case _:
            return f"Delete {words}."


def _is_written(default: Default, type_: TypeRef) -> bool:
    """Return whether a default, written out, is a value of the type, and one that calls can share."""
    while type_.kind == "constrained":
        type_ = type_.item
    if isinstance(default, LiteralDefault):
        return _is_literal(default.value, type_)
    if not isinstance(default, ExpressionDefault):
        return True
    if isinstance(type_, OptionalType):
        return _is_written(default, type_.item)
    node = ast.parse(default.expression, mode="eval").body
    if isinstance(type_, EnumType):
        return isinstance(node, ast.Attribute)
    if not isinstance(type_, ScalarType):
        return False
    if type_.name in _MADE:
        called = node.func if isinstance(node, ast.Call) else None
        return isinstance(called, ast.Name) and called.id == type_.name
    return type_.name == "bytes" and isinstance(node, ast.Constant)


def _is_literal(value: bool | int | float | str | None, type_: TypeRef) -> bool:
    if isinstance(value, str) and ("\r" in value or "\0" in value):
        # A form cannot show it, and so leaves it to the author's class.
        return False
    if isinstance(type_, OptionalType):
        return value is None or _is_literal(value, type_.item)
    if isinstance(type_, LiteralType):
        return any(value == one and type(value) is type(one) for one in type_.values)
    return value is not None and isinstance(type_, ScalarType) and type_.name in _PLAIN[type(value)]

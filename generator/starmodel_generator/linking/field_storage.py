"""How a field is kept in a table, as far as its author has to know.

`planning.columns` says the same in full, of schemas without mistakes; a test keeps the two equal.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from starmodel_generator.linking.entities.fields import LinkedField
from starmodel_generator.linking.linked_app import LinkedApp
from starmodel_schemas import (
    ConstrainedType,
    Constraints,
    EnumType,
    FieldSchema,
    ListType,
    LiteralType,
    ObjectType,
    OptionalType,
    RefType,
    ScalarType,
    TypeRef,
)

StorageKind: TypeAlias = Literal["column", "reference", "parts", "json", "links"]
"""One column; a foreign key; a column for each part; a JSON text; a table of its own."""


@dataclass(frozen=True, slots=True)
class Value:
    """A type without its options and limits, and what was said around it."""

    type: TypeRef
    constraints: Constraints
    is_optional: bool


@dataclass(frozen=True, slots=True)
class StoredValue:
    """How one field is kept: by which columns, and which values stand in them.

    `fields` are what was written of each column: the field itself, or the parts of a value
    object.
    """

    how: StorageKind
    columns: tuple[str, ...]
    fields: tuple[LinkedField, ...]


def stored_value(field: LinkedField, app: LinkedApp) -> StoredValue:
    """Return how a stored field of an entity is kept."""
    schema = field.schema
    value = value_of(schema)
    if is_links(schema):
        return StoredValue("links", (), (field,))
    if isinstance(value.type, RefType):
        return StoredValue("reference", (f"{schema.name}_id",), (field,))
    if isinstance(value.type, ObjectType) and not value.is_optional:
        parts = _stored_parts(value.type, app)
        if parts and all(_has_column(value_of(part.schema), app) for part in parts):
            columns = tuple(f"{schema.name}_{part.schema.name}" for part in parts)
            return StoredValue("parts", columns, tuple(parts))
    how: StorageKind = "column" if _has_column(value, app) else "json"
    return StoredValue(how, (schema.name,), (field,))


def stored_fields(fields: tuple[LinkedField, ...]) -> Iterator[LinkedField]:
    """The fields that are kept at all."""
    return (field for field in fields if not field.schema.computed)


def is_links(field: FieldSchema) -> bool:
    """Return whether a field is a many-to-many relation: `list[Ref[Tag]]`."""
    return isinstance(field.type, ListType) and isinstance(field.type.item, RefType)


def value_of(field: FieldSchema) -> Value:
    """Return the type of a field taken out of its options and limits."""
    type, constraints, is_optional = field.type, field.constraints, False
    while isinstance(type, OptionalType | ConstrainedType):
        if isinstance(type, OptionalType):
            is_optional = True
        else:
            said = type.constraints.model_dump(exclude_defaults=True)
            said |= constraints.model_dump(exclude_defaults=True)
            constraints = Constraints(**said)
        type = type.item
    return Value(type, constraints, is_optional)


def _stored_parts(type: ObjectType, app: LinkedApp) -> list[LinkedField]:
    linked = app.objects.get(type.object)
    return [] if linked is None else list(stored_fields(linked.fields))


def _has_column(value: Value, app: LinkedApp) -> bool:
    """Return whether a value is kept in a column of its own type, not as JSON."""
    match value.type:
        case ScalarType():
            return True
        case EnumType(enum=name):
            linked = app.enums.get(name)
            values = [] if linked is None else [each.value for each in linked.schema.members]
            return len({type(each) for each in values}) == 1
        case LiteralType(values=values):
            return len({type(each) for each in values if each is not None}) == 1
        case _:
            return False

"""Which value objects and enums an entity reaches, and in what order they can be declared."""

from typing import TypeAlias

from starmodel_schemas import (
    ConstrainedType,
    DictType,
    EntitySchema,
    EntityType,
    EnumType,
    FieldSchema,
    ListType,
    ObjectSchema,
    ObjectType,
    OptionalType,
    RequiredDefault,
    ScalarType,
    SetType,
    TupleType,
    TypeRef,
    UnionType,
)

Reference: TypeAlias = EnumType | ObjectType | EntityType
"""A type that is a class of the author's."""


def references(type_: TypeRef) -> list[Reference]:
    """Return every enum, value object and entity that a type names, in order."""
    match type_:
        case EnumType() | ObjectType() | EntityType():
            return [type_]
        case OptionalType() | ListType() | SetType() | ConstrainedType():
            return references(type_.item)
        case DictType():
            return [*references(type_.key), *references(type_.value)]
        case TupleType():
            return [found for item in type_.items for found in references(item)]
        case UnionType():
            return [found for member in type_.members for found in references(member)]
        case _:
            return []


def public_fields(schema: EntitySchema | ObjectSchema) -> list[FieldSchema]:
    """Return the fields that may be seen; a record's `id` comes first where nobody declares it."""
    return [field for field in schema.fields if not field.private]


def state_fields(entity: EntitySchema) -> list[FieldSchema]:
    """Return the public fields of an entity's state; a record's begins with its id."""
    fields = public_fields(entity)
    if entity.scope == "RECORD" and not any(field.name == "id" for field in entity.fields):
        identity = FieldSchema(name="id", type=ScalarType(name="str"), default=RequiredDefault())
        return [identity, *fields]
    return fields


def results(entity: EntitySchema) -> list[TypeRef]:
    """Return the types of what the events of an entity return or yield."""
    return [
        event.returns
        for event in entity.events
        if event.returns is not None and not event.is_creation
    ]


def objects_in_order(types: list[TypeRef], objects: dict[str, ObjectSchema]) -> list[ObjectSchema]:
    """Return the value objects that can be seen from `types`, each behind those it is made of.

    Where two need each other, or one itself, no order helps; whoever declares them writes such a
    name as text.
    """
    seen: dict[str, None] = {}
    done: list[ObjectSchema] = []

    def visit(type_: TypeRef) -> None:
        for reference in references(type_):
            if isinstance(reference, ObjectType) and reference.object not in seen:
                seen[reference.object] = None
                schema = objects[reference.object]
                for field in public_fields(schema):
                    visit(field.type)
                done.append(schema)

    for type_ in types:
        visit(type_)
    return done

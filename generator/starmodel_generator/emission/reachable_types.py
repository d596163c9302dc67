"""Which value objects and enums a client of an entity has to know."""

from typing import NamedTuple

from starmodel_generator.emission.declaration_order import (
    objects_in_order,
    public_fields,
    references,
)
from starmodel_schemas import (
    AppSchema,
    ArgumentSource,
    EntitySchema,
    EnumSchema,
    EnumType,
    ObjectSchema,
    ObjectType,
    TypeRef,
)


class ReachableTypes(NamedTuple):
    """What an entity's public fields, arguments and results are made of.

    Enums and value objects stand in the order in which they can be declared. `sent` are the
    qualified names of the value objects that a caller sends.
    """

    enums: tuple[EnumSchema, ...]
    objects: tuple[ObjectSchema, ...]
    sent: frozenset[str]


def reachable_types(
    entity: EntitySchema,
    objects: dict[str, ObjectSchema],
    enums: dict[str, EnumSchema],
) -> ReachableTypes:
    """Follow everything that a client of an entity gets or sends."""
    arguments = [
        parameter.type
        for event in entity.events
        for parameter in event.parameters
        if isinstance(parameter.source, ArgumentSource)
    ]
    received: list[TypeRef] = [field.seen_type for field in public_fields(entity)]
    received += [
        event.returns for event in entity.events if event.returns and not event.is_creation
    ]
    seen_enums: dict[str, EnumSchema] = {}
    ordered = objects_in_order([*received, *arguments], objects)
    parts = [field.type for schema in ordered for field in public_fields(schema)]
    for type_ in (*received, *arguments, *parts):
        for reference in references(type_):
            if isinstance(reference, EnumType):
                seen_enums.setdefault(reference.enum, enums[reference.enum])
    return ReachableTypes(
        enums=tuple(seen_enums.values()),
        objects=tuple(ordered),
        sent=frozenset(_parts(arguments, objects)),
    )


def owners(app: AppSchema, reaches: dict[str, ReachableTypes]) -> dict[str, str]:
    """Give, for each enum and value object, the first entity that uses it."""
    first: dict[str, str] = {}
    for entity in app.entities:
        own = reaches[entity.qualified_name]
        for schema in (*own.enums, *own.objects):
            first.setdefault(schema.qualified_name, entity.qualified_name)
    return first


def _parts(types: list[TypeRef], objects: dict[str, ObjectSchema]) -> dict[str, None]:
    """Return the value objects in some types, and those that these are made of."""
    seen: dict[str, None] = {}
    pending = list(types)
    while pending:
        for reference in references(pending.pop()):
            if isinstance(reference, ObjectType) and reference.object not in seen:
                seen[reference.object] = None
                pending += [field.type for field in public_fields(objects[reference.object])]
    return seen

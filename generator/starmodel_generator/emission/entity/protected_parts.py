"""Which parts of value objects are not written from outside."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from starmodel_generator.emission.context import Context
from starmodel_generator.emission.declaration_order import references
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import Group, Layout, prefixed
from starmodel_generator.emission.python.literals import python_string
from starmodel_generator.emission.python.type_expressions import AuthorsClasses
from starmodel_schemas import ArgumentSource, EntitySchema, ObjectSchema, ObjectType, TypeRef

MODULE = "starmodel.application.protected_values"
ID = "id"
"""The part that says which element of a list is meant."""


class ProtectedObject(NamedTuple):
    """A value object with parts that are not written from outside.

    `writable` are the others; `shows_id` says that an `id` is seen which is not among them.
    """

    schema: ObjectSchema
    writable: tuple[str, ...]
    shows_id: bool


def protected_objects(types: Sequence[TypeRef], context: Context) -> list[ProtectedObject]:
    """Return the value objects in some types, at any depth, that have protected parts."""
    found: dict[str, ProtectedObject | None] = {}
    pending = list(types)
    while pending:
        for reference in references(pending.pop(0)):
            if isinstance(reference, ObjectType) and reference.object not in found:
                schema = context.objects[reference.object]
                found[reference.object] = _protected(schema)
                pending += [field.type for field in schema.fields if not field.private]
    return [each for each in found.values() if each is not None]


def protected_of(entity: EntitySchema, context: Context) -> list[ProtectedObject]:
    """Return the value objects with protected parts that the callers of an entity send."""
    arguments = [
        parameter.type
        for event in entity.events
        for parameter in event.parameters
        if isinstance(parameter.source, ArgumentSource)
    ]
    return protected_objects(arguments, context)


def writable_statement(entity: EntitySchema, names: ModuleNames, context: Context) -> Layout | None:
    """Write the constant that names the writable parts; `None` where all are."""
    objects = protected_of(entity, context)
    if not objects:
        return None
    writable = names.use(MODULE, "Writable")
    classes = AuthorsClasses(names, context)
    items = [
        prefixed(
            f"{classes.name(ObjectType(object=each.schema.qualified_name))}: ",
            Group(f"{writable}(", tuple(_parts(each)), ")"),
        )
        for each in objects
    ]
    constant = names.define(context.names[entity.qualified_name].writable)
    type_ = names.use(MODULE, "WritableParts")
    return Group(f"{constant}: {type_} = {{", tuple(items), "}")


def _parts(each: ProtectedObject) -> Iterator[Layout]:
    if each.writable:
        yield Group("[", tuple(map(python_string, each.writable)), "]")
    if each.shows_id:
        yield "shows_id=True"


def _protected(schema: ObjectSchema) -> ProtectedObject | None:
    stored = [field for field in schema.fields if not field.computed]
    writable = tuple(field.name for field in stored if not field.private and field.writable)
    if len(writable) == len(stored):
        return None
    shows_id = any(field.name == ID and not field.private for field in stored)
    return ProtectedObject(schema, writable, shows_id and ID not in writable)

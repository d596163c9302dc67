"""References that a caller gives: they lead only to records that he may read."""

from collections.abc import Iterator

from starmodel_generator.emission.context import Context
from starmodel_generator.emission.declaration_order import public_fields
from starmodel_generator.emission.entity.record_labels import reference_of
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import Group, Layout
from starmodel_generator.emission.python.literals import python_string
from starmodel_schemas import (
    ArgumentSource,
    AuthenticatedAccess,
    EntitySchema,
    EventSchema,
    ParameterSchema,
    PublicAccess,
)


def is_hidden_from_some(entity: EntitySchema) -> bool:
    """Return whether there may be somebody for whom a record of an entity is as good as not there."""
    return entity.scope == "RECORD" and not isinstance(entity.access, PublicAccess)


def reference_checks(
    entity: EntitySchema,
    event: EventSchema,
    subject: str,
    work: str,
    fields: str,
    names: ModuleNames,
    context: Context,
) -> Iterator[Layout]:
    """Write the statements that refuse references to what the actor may not read.

    There is one for each kind of record that is hidden from some; whether a record of any other
    kind is there at all, the database says when the event is saved. `fields` is the variable
    that holds the fields which an event of `crud` is given.
    """
    shown = {field.name for field in public_fields(entity)}
    own = context.names[entity.qualified_name]
    for target, given in _references(entity, event, context).items():
        other = context.names[target]
        texts = {name: python_string(name) for name in given}
        if event.crud is None:
            values = tuple([f"{text}: {name}" for name, text in texts.items()])
        else:
            values = tuple([f"{text}: {fields}.get({text})" for text in texts.values()])
        items: list[Layout] = [
            names.use(own.module("state"), own.constant),
            names.use(other.module("state"), other.constant),
            Group("{", values, "}"),
        ]
        if event.has_instance and shown.issuperset(given):
            # What stands in these fields already may stay there.
            items.append(subject)
        yield Group(f"await {work}.check_references(", tuple(items), ")")


def _references(entity: EntitySchema, event: EventSchema, context: Context) -> dict[str, list[str]]:
    """Return the parameters that refer to records which are hidden from some, by their kind."""
    found: dict[str, list[str]] = {}
    for parameter in event.parameters:
        if isinstance(parameter.source, ArgumentSource):
            target = _target(parameter, entity, event, context)
            if target is not None and _is_checked(target, event):
                found.setdefault(target.qualified_name, []).append(parameter.name)
    return found


def _is_checked(target: EntitySchema, event: EventSchema) -> bool:
    """Return whether somebody who may run an event may have records of a kind hidden from him."""
    both = (target.access, event.access)
    is_signed_in = all(isinstance(access, AuthenticatedAccess) for access in both)
    return is_hidden_from_some(target) and not is_signed_in


def _target(
    parameter: ParameterSchema, entity: EntitySchema, event: EventSchema, context: Context
) -> EntitySchema | None:
    """Return the entity that a parameter refers to, or that its field's `foreign_key` names."""
    reference = reference_of(parameter.type)
    if reference is not None:
        return context.entities[reference[0]]
    if event.crud is None:
        return None
    for field in entity.fields:
        if field.name == parameter.name and field.foreign_key is not None:
            table = field.foreign_key.rpartition(".")[0]
            return next((one for one in context.app.entities if one.table_name == table), None)
    return None

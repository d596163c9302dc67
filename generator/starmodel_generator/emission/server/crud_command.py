"""The commands of `crud`: their statements, where no method of the author's does anything."""

from collections.abc import Iterable

from starmodel_generator.emission.context import Context
from starmodel_generator.emission.entity.crud_arguments import (
    VERSION,
    crud_words,
    is_field_of_update,
)
from starmodel_generator.emission.entity.recorded_arguments import is_recorded
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import Group, Layout, prefixed
from starmodel_generator.emission.python.literals import docstring
from starmodel_schemas import EntitySchema, EventSchema, ParameterSchema


def crud_docstring(entity: EntitySchema, event: EventSchema) -> str:
    """Describe what a command does."""
    words = crud_words(entity, event)
    if event.crud != "update":
        return docstring(words, 4)
    stale = "Raises `StaleVersion` where `version` is given, and not the current one."
    return docstring(words, 4, stale)


def crud_preparation(event: EventSchema, arguments: str, names: ModuleNames) -> list[Layout]:
    """Write what comes before anything is loaded: the fields that somebody gave are gathered.

    `arguments` is the variable that holds them.
    """
    if event.crud == "delete":
        return []
    return [prefixed(f"{arguments} = ", _given(_fields(event), names))]


def crud_steps(
    event: EventSchema,
    subject: str,
    constant: str,
    work: str,
    arguments: str,
    writable: str | None,
) -> list[Layout]:
    """Write what is done with the record: it is made, or has been loaded.

    `writable` is the constant that names the parts of value objects which are written.
    """
    match event.crud:
        case "create":
            return [f"{subject} = {constant}.make({arguments})"]
        case "update":
            rest = [arguments] if writable is None else [arguments, writable]
            return [
                Group(f"{work}.expect(", (subject, VERSION, *rest), ")"),
                Group(f"{work}.change(", (subject, *rest), ")"),
            ]
        case _:
            return [f"{work}.delete({subject})"]


def crud_record(
    entity: EntitySchema,
    event: EventSchema,
    arguments: str,
    names: ModuleNames,
    context: Context,
) -> Layout:
    """Write what the record of the event says it was called with: nothing private."""
    if event.crud == "delete":
        return "{}"
    fields = _fields(event)
    recorded = [field for field in fields if is_recorded(field, entity, context)]
    return arguments if recorded == fields else _given(recorded, names)


def _fields(event: EventSchema) -> list[ParameterSchema]:
    """Return the parameters that are fields."""
    return [
        parameter
        for parameter in event.parameters
        if event.crud == "create" or is_field_of_update(event, parameter)
    ]


def _given(fields: Iterable[ParameterSchema], names: ModuleNames) -> Layout:
    items = tuple(f"{field.name}={field.name}" for field in fields)
    return Group(f"{names.use('starmodel.domain', 'drop_unset')}(", items, ")")

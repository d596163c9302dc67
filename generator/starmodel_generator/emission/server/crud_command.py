"""The commands of `crud`: their statements, where no method of the author's does anything."""

from typing import NamedTuple

from starmodel_generator.emission.context import Context
from starmodel_generator.emission.entity.crud_arguments import (
    NEW_FIELDS_WORDS,
    crud_fields,
    crud_words,
    fields_type,
    fields_words,
    new_fields,
)
from starmodel_generator.emission.entity.recorded_arguments import is_recorded
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import Group, Layout
from starmodel_generator.emission.python.literals import docstring, python_string
from starmodel_generator.emission.python.type_expressions import Classes, argument_annotation
from starmodel_schemas import EntitySchema, EventSchema, ParameterSchema
from starmodel_schemas.crud import VERSION


class FieldsView(NamedTuple):
    """A `TypedDict`: the fields that `create` or `update` takes."""

    name: str
    bases: str
    docstring: str
    fields: tuple[str, ...]


def fields_views(
    entity: EntitySchema, names: ModuleNames, classes: Classes
) -> tuple[FieldsView, ...]:
    """Declare the fields that `create` and `update` take, each once.

    What only a creation takes stands in a class of its own, derived from that of the others.
    """
    views: list[FieldsView] = []
    for fields, name, words in (
        (crud_fields(entity), f"{entity.name}Fields", fields_words(entity)),
        (new_fields(entity), f"New{entity.name}Fields", NEW_FIELDS_WORDS),
    ):
        if not fields:
            continue
        other = names.use("starmodel.domain", "Or")
        if views:
            bases = f"{views[0].name}[{other}]"
        else:
            bases = f"{names.use('typing', 'TypedDict')}, {names.use('typing', 'Generic')}[{other}]"
        declared = [f"{one.name}: {_type(one, names, classes)} | {other}" for one in fields]
        views.append(FieldsView(names.define(name), bases, docstring(words, 4), tuple(declared)))
    return tuple(views)


def _type(parameter: ParameterSchema, names: ModuleNames, classes: Classes) -> str:
    return argument_annotation(parameter.type, parameter.constraints, names, classes)


def crud_docstring(entity: EntitySchema, event: EventSchema) -> str:
    """Describe what a command does."""
    words = crud_words(entity, event)
    if event.crud != "update":
        return docstring(words, 4)
    stale = "Raises `StaleVersion` where `version` is given, and not the current one."
    return docstring(words, 4, stale)


def crud_preparation(
    entity: EntitySchema, event: EventSchema, fields: str, names: ModuleNames
) -> list[Layout]:
    """Write what comes before anything is loaded: other fields than these are refused.

    `fields` is the variable that holds those which somebody gave.
    """
    declared = fields_type(entity, event)
    if declared is None:
        return []
    return [f"{names.use('starmodel.domain', 'check_fields')}({declared}, {fields})"]


def crud_steps(
    event: EventSchema,
    subject: str,
    constant: str,
    work: str,
    fields: str,
    writable: str | None,
) -> list[Layout]:
    """Write what is done with the record: it is made, or has been loaded.

    `writable` is the constant that names the parts of value objects which are written.
    """
    match event.crud:
        case "create":
            return [f"{subject} = {constant}.make({fields})"]
        case "update":
            rest = [fields] if writable is None else [fields, writable]
            return [
                Group(f"{work}.expect(", (subject, VERSION, *rest), ")"),
                Group(f"{work}.change(", (subject, *rest), ")"),
            ]
        case _:
            return [f"{work}.delete({subject})"]


def crud_record(
    entity: EntitySchema,
    event: EventSchema,
    fields: str,
    names: ModuleNames,
    context: Context,
) -> Layout:
    """Write what the record of the event says it was called with: nothing private."""
    if fields_type(entity, event) is None:
        return "{}"
    taken = crud_fields(entity) + (new_fields(entity) if event.crud == "create" else ())
    withheld = [one.name for one in taken if not is_recorded(one, entity, context)]
    if not withheld:
        return fields
    items = (fields, *map(python_string, withheld))
    return Group(f"{names.use('starmodel.domain', 'without')}(", items, ")")

"""The part of a client module that says what records are found by."""

from typing import NamedTuple

from starmodel_generator.emission.client.client_classes import ClientClasses, filters_name
from starmodel_generator.emission.context import Context
from starmodel_generator.emission.entity.filters import filter_types, includes_of, texts_of
from starmodel_generator.emission.entity.record_labels import plural_words
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.literals import docstring
from starmodel_generator.emission.python.type_expressions import annotation
from starmodel_schemas import EntitySchema


class FiltersView(NamedTuple):
    """The filters by which records are found, as a class of keyword arguments."""

    name: str
    base: str
    docstring: str
    fields: tuple[str, ...]


def filters_view(
    entity: EntitySchema, context: Context, names: ModuleNames, classes: ClientClasses
) -> FiltersView:
    """Decide what records of an entity are found by."""
    text = names.builtin("str")
    where = names.use_module(".where")
    types = filter_types(entity, context, where, lambda type_: annotation(type_, names, classes))
    fields = [f"{name}: {type_}" for name, type_ in types]
    if texts_of(entity, context):
        fields.append(f"q: {text}")
    if includes_of(entity):
        fields.append(f"include: {text} | {names.use('collections.abc', 'Sequence')}[{text}]")
    return FiltersView(
        name=filters_name(entity),
        base=names.use(".transport", "Paging"),
        docstring=docstring(f"What {plural_words(entity)} can be found by.", 4),
        fields=tuple(fields),
    )

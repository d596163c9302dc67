"""The part of a client module by which records are found: the filters, and the call."""

from dataclasses import dataclass

from starmodel_generator.emission.client.client_classes import ClientClasses, filters_name
from starmodel_generator.emission.context import Context
from starmodel_generator.emission.entity.filters import filters_of, includes_of, texts_of
from starmodel_generator.emission.entity.record_labels import plural_words
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import Layout
from starmodel_generator.emission.python.literals import docstring, python_string
from starmodel_generator.emission.python.type_expressions import annotation
from starmodel_schemas import EntitySchema


@dataclass(frozen=True, slots=True)
class FiltersView:
    """The filters by which records are found, as a class of keyword arguments."""

    name: str
    docstring: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FindView:
    """The call that finds records: its parameters, and what the transport is given."""

    filters: FiltersView
    parameters: tuple[Layout, ...]
    answer: str
    docstring: str
    items: tuple[Layout, ...]


def find_view(
    entity: EntitySchema, context: Context, names: ModuleNames, classes: ClientClasses
) -> FindView:
    """Decide how records of an entity are found."""
    state_type = context.names[entity.qualified_name].state_type
    text = names.builtin("str")
    several = f"{text} | {names.use('collections.abc', 'Sequence')}[{text}]"
    taken = {
        "q": text,
        "sort": several,
        "include": several,
        "limit": names.builtin("int"),
        "cursor": text,
    }
    if not texts_of(entity, context):
        del taken["q"]
    if not includes_of(entity):
        del taken["include"]
    filters = _filters(entity, context, names, classes)
    omitted = names.use(".transport", "Omitted")
    sentinel = names.use(".transport", "OMITTED")
    given = [f"{name}: {type_} | {omitted} = {sentinel}" for name, type_ in taken.items()]
    unpacked = f"**filters: {names.use('typing', 'Unpack')}[{filters.name}]"
    path = f"/{entity.snake_name}"
    words = f"Find {plural_words(entity)}, a page of them at a time: `next` is its `cursor`."
    return FindView(
        filters=filters,
        parameters=("self", "*", *given, unpacked),
        answer=f"{names.use('.transport', 'Found')}[{state_type}]",
        docstring=docstring(words, 8, f"GET {path}"),
        items=(
            python_string(path),
            f"state={state_type}.from_json",
            *(f"{name}={name}" for name in taken),
            "filters=filters",
        ),
    )


def _filters(
    entity: EntitySchema, context: Context, names: ModuleNames, classes: ClientClasses
) -> FiltersView:
    return FiltersView(
        name=filters_name(entity),
        docstring=docstring(f"What {plural_words(entity)} can be found by.", 4),
        fields=tuple(
            f"{one.name}: {annotation(one.type, names, classes)}"
            for one in filters_of(entity, context)
        ),
    )

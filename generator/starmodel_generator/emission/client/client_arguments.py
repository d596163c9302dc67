"""The views of what a client takes by name: the fields of a record, and what records are found by.

Each has a module of its own, so that a new field is one place in it.
"""

from typing import NamedTuple

from starmodel_generator.emission.client.client_classes import NamedClasses, filters_name
from starmodel_generator.emission.context import Context
from starmodel_generator.emission.entity.crud_arguments import (
    NEW_FIELDS_WORDS,
    crud_fields,
    fields_words,
    new_fields,
)
from starmodel_generator.emission.entity.filters import filter_types, includes_of, texts_of
from starmodel_generator.emission.entity.record_labels import plural_words
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.literals import docstring
from starmodel_generator.emission.python.type_expressions import annotation
from starmodel_schemas import EntitySchema


class KeywordsView(NamedTuple):
    """A `TypedDict` of keyword arguments."""

    name: str
    base: str
    docstring: str
    fields: tuple[str, ...]


class KeywordsModuleView(NamedTuple):
    """Everything that `client_fields.py.j2` and `client_filters.py.j2` lay out.

    `classes` are the imports that type checkers alone need.
    """

    name: str
    imports: str
    classes: tuple[str, ...]
    keywords: tuple[KeywordsView, ...]


def client_fields_view(entity: EntitySchema, context: Context) -> KeywordsModuleView:
    """Decide which fields the `create` and the `update` of a client take."""
    declared = (
        (crud_fields(entity), f"{entity.name}Fields", fields_words(entity)),
        (new_fields(entity), f"New{entity.name}Fields", NEW_FIELDS_WORDS),
    )
    taken = [field.name for fields, _, _ in declared for field in fields]
    names = ModuleNames(context.first_party, taken, context.classes)
    classes = NamedClasses(names, context, entity)
    views: list[KeywordsView] = []
    for fields, name, words in declared:
        if fields:
            base = views[0].name if views else names.use("typing", "TypedDict")
            lines = [f"{one.name}: {annotation(one.type, names, classes)}" for one in fields]
            views.append(KeywordsView(names.define(name), base, docstring(words, 4), tuple(lines)))
    return _view(entity, names, classes, *views)


def client_filters_view(entity: EntitySchema, context: Context) -> KeywordsModuleView:
    """Decide what a client finds records by."""
    where = ".where"
    taken = [one.name for one in entity.fields]
    names = ModuleNames(context.first_party, taken, context.classes)
    classes = NamedClasses(names, context, entity)
    text = names.builtin("str")
    types = filter_types(
        entity, context, names.use_module(where), lambda type_: annotation(type_, names, classes)
    )
    fields = [f"{name}: {type_}" for name, type_ in types]
    if texts_of(entity, context):
        fields.append(f"q: {text}")
    if includes_of(entity):
        fields.append(f"include: {text} | {names.use('collections.abc', 'Sequence')}[{text}]")
    view = KeywordsView(
        name=names.define(filters_name(entity)),
        base=names.use(".transport", "Paging"),
        docstring=docstring(f"What {plural_words(entity)} can be found by.", 4),
        fields=tuple(fields),
    )
    return _view(entity, names, classes, view)


def _view(
    entity: EntitySchema, names: ModuleNames, classes: NamedClasses, *keywords: KeywordsView
) -> KeywordsModuleView:
    block = classes.imports.import_block()
    if block:
        names.use("typing", "TYPE_CHECKING")
    return KeywordsModuleView(
        name=entity.name,
        imports=names.import_block(),
        classes=tuple(block.splitlines()),
        keywords=keywords,
    )

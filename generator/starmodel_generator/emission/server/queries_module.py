"""The view of `queries.py`: the typed function that finds the records of an entity."""

from collections.abc import Iterator
from typing import NamedTuple

from starmodel_generator.emission.context import Context
from starmodel_generator.emission.entity.filters import (
    filter_types,
    filters_of,
    includes_of,
    texts_of,
)
from starmodel_generator.emission.entity.record_labels import (
    find_function,
    plural_words,
    queries_constant,
)
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import Group, Layout
from starmodel_generator.emission.python.literals import docstring
from starmodel_generator.emission.python.type_expressions import AuthorsClasses, annotation
from starmodel_schemas import EntitySchema, RefType, TypeRef


class FiltersView(NamedTuple):
    """The `TypedDict` of all filters."""

    name: str
    base: str
    docstring: str
    fields: tuple[str, ...]


class QueriesView(NamedTuple):
    """Everything that `queries.py.j2` lays out."""

    name: str
    imports: str
    filters: FiltersView
    signature: Layout
    docstring: str
    result: Layout


def queries_view(entity: EntitySchema, context: Context) -> QueriesView:
    """Decide how the records of an entity can be found."""
    return _Queries(entity, context).view()


class _Queries:
    """Makes the view of one entity's queries."""

    def __init__(self, entity: EntitySchema, context: Context) -> None:
        self.entity = entity
        self.context = context
        self.own = context.names[entity.qualified_name]
        taken = [one.name for one in filters_of(entity, context)]
        self.names = ModuleNames(context.first_party, taken, context.classes)
        self.classes = AuthorsClasses(self.names, context)
        self.several = plural_words(entity)
        self.constant = self.names.use(self.own.module("filters"), queries_constant(entity))

    def view(self) -> QueriesView:
        names, entity = self.names, self.entity
        filters = FiltersView(
            name=names.define(f"{entity.name}Filters"),
            base=names.use("starmodel.application.queries.filter_set", "Paging"),
            docstring=docstring(
                f"What {self.several} can be found by, and how they are listed.", 4
            ),
            fields=tuple(self._fields()),
        )
        find = names.use("starmodel.application.queries.find", "find")
        return QueriesView(
            name=entity.name,
            filters=filters,
            signature=self._signature(filters.name),
            docstring=self._docstring(),
            result=Group(
                f"return await {find}(", ("services", self.constant, "query", "actor=actor"), ")"
            ),
            imports=names.import_block(),
        )

    def _fields(self) -> Iterator[str]:
        """Write the filters, then what a query takes besides them."""
        where = self.names.use_module("starmodel.where")
        for name, type_ in filter_types(self.entity, self.context, where, self._single):
            yield f"{name}: {type_}"
        text = self.names.builtin("str")
        if texts_of(self.entity, self.context):
            yield f"q: {text} | None"
        if includes_of(self.entity):
            yield f"include: {self.names.use('collections.abc', 'Sequence')}[{text}]"

    def _single(self, type_: TypeRef) -> str:
        written = annotation(type_, self.names, self.classes)
        return f"{written} | {self.names.builtin('str')}" if isinstance(type_, RefType) else written

    def _signature(self, filters: str) -> Layout:
        names = self.names
        anonymous = names.use("starmodel.domain", "ANONYMOUS")
        cls = names.use(self.entity.module, self.entity.name)
        return Group(
            f"async def {names.define(find_function(self.entity))}(",
            (
                f"services: {names.use('starmodel.application', 'Services')}",
                "*",
                f"actor: {names.use('starmodel.domain', 'Actor')} = {anonymous}",
                f"**query: {names.use('typing', 'Unpack')}[{filters}]",
            ),
            f") -> {names.use('starmodel.application.queries.find', 'QueryPage')}[{cls}]:",
        )

    def _docstring(self) -> str:
        words = f"Find {self.several} that `actor` may read, a page of them at a time."
        return docstring(words, 4)

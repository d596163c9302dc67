"""The view of `queries.py`: what the records of an entity can be found by, and what finds them."""

from collections.abc import Iterator
from typing import NamedTuple

from starmodel_generator.emission.context import Context
from starmodel_generator.emission.entity.filters import (
    Searched,
    filter_types,
    filters_of,
    includes_of,
    is_flat,
    searched_fields,
    sorts_of,
    texts_of,
)
from starmodel_generator.emission.entity.record_labels import (
    find_function,
    plural_words,
    queries_constant,
)
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import Group, Layout, named
from starmodel_generator.emission.python.literals import docstring, python_string
from starmodel_generator.emission.python.type_expressions import AuthorsClasses, annotation
from starmodel_schemas import EntitySchema, RefType, TypeRef

SEARCHABLE = "starmodel.application.queries.searchable"
"""The module of what says how a field can be searched."""


class FiltersView(NamedTuple):
    """The `TypedDict` of all filters."""

    name: str
    base: str
    docstring: str
    fields: tuple[str, ...]


class NamesView(NamedTuple):
    """A type of the names that may be given, and what it says."""

    alias: Layout
    docstring: str


class QueriesView(NamedTuple):
    """Everything that `queries.py.j2` lays out."""

    name: str
    imports: str
    names: tuple[NamesView, ...]
    filters: FiltersView
    queries: Layout
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
        self.constant = self.names.define(queries_constant(entity))

    def view(self) -> QueriesView:
        names, entity = self.names, self.entity
        sort = self._names_view("Sort", self._sorts(), self._sort_words())
        includes = [field.name for field, _ in includes_of(entity)]
        words = f"What {self.several} refer to, and what can come along with them."
        include = self._names_view("Include", includes, words) if includes else None
        filters = FiltersView(
            name=names.define(f"{entity.name}Filters"),
            base=names.use("starmodel.application.queries.filter_set", "Paging"),
            docstring=docstring(
                f"What {self.several} can be found by, and how they are listed.", 4
            ),
            fields=tuple(self._fields(bool(includes))),
        )
        find = names.use("starmodel.application.queries.find", "find")
        return QueriesView(
            name=entity.name,
            names=tuple([one for one in (sort, include) if one is not None]),
            filters=filters,
            queries=self._queries(),
            signature=self._signature(filters.name),
            docstring=self._docstring(),
            result=Group(
                f"return await {find}(", ("services", self.constant, "query", "actor=actor"), ")"
            ),
            imports=names.import_block(),
        )

    def _fields(self, includes: bool) -> Iterator[str]:
        """Write what a query is asked: what it takes besides filters, then these."""
        sequence = self.names.use("collections.abc", "Sequence")
        if texts_of(self.entity, self.context):
            yield f"q: {self.names.builtin('str')} | None"
        yield f"sort: {sequence}[{self.entity.name}Sort]"
        if includes:
            yield f"include: {sequence}[{self.entity.name}Include]"
        where = self.names.use_module("starmodel.where")
        for name, type_ in filter_types(self.entity, self.context, where, self._single):
            yield f"{name}: {type_}"

    def _sorts(self) -> list[str]:
        names = [field.name for field in sorts_of(self.entity, self.context)]
        return [sign + name for name in names for sign in ("", "-")]

    def _sort_words(self) -> str:
        return f"What {self.several} can be sorted by; with `-` in front it is descending."

    def _names_view(self, kind: str, values: list[str], words: str) -> NamesView:
        names = self.names
        name = names.define(f"{self.entity.name}{kind}")
        literal = names.use("typing", "Literal")
        head = f"{name}: {names.use('typing', 'TypeAlias')} = {literal}["
        items = tuple([python_string(value) for value in values])
        return NamesView(Group(head, items, "]"), docstring(words, 0))

    def _single(self, type_: TypeRef) -> str:
        written = annotation(type_, self.names, self.classes)
        return f"{written} | {self.names.builtin('str')}" if isinstance(type_, RefType) else written

    def _queries(self) -> Layout:
        definition = self.names.use(self.own.module("state"), self.own.constant)
        fields = [
            named(one.field.name, self._field(one))
            for one in searched_fields(self.entity, self.context)
        ]
        kind = "ColumnFilterSet" if is_flat(self.entity, self.context) else "FilterSet"
        queries = self.names.use("starmodel.application.queries.filter_set", kind)
        order = tuple(map(python_string, self.entity.order_by))
        ordered = [Group("[", order, "]")] if order else []
        return Group(f"{self.constant} = {queries}(", (definition, *ordered, *fields), ")")

    def _field(self, one: Searched) -> Layout:
        items: list[Layout] = []
        if isinstance(one.type, RefType):
            target = self.context.names[one.type.entity]
            items.append(self.names.use(target.module("state"), target.constant))
        elif one.parsed is not None:
            items.append(self.classes.parsed(one.parsed))
        elif one.kind in ("ordered", "exact", "elements"):
            items.append(annotation(one.type, self.names, self.classes))
        if one.is_nullable and one.kind != "null_only":
            items.append("nullable=True")
        found = Group(f"{self.names.use(SEARCHABLE, one.kind)}(", tuple(items), ")")
        if one.is_related:
            return Group(f"{self.names.use(SEARCHABLE, 'related')}(", (found,), ")")
        return found

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
        fields = texts_of(self.entity, self.context)
        texts = ", ".join([field.name for field in fields])
        words = f"Find {self.several} that `actor` may read, a page of them at a time."
        searched = f"`q` is what one of these contains: {texts}." if texts else ""
        if any(field.searchable for field in fields):
            searched = f"`q` is words of these, the last one perhaps begun: {texts}."
        return docstring(words, 4, searched) if searched else docstring(words, 4)

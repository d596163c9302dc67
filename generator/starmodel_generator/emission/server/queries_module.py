"""The view of `queries.py`: what the records of an entity can be found by, and what finds them."""

from dataclasses import dataclass

from starmodel_generator.emission.context import Context
from starmodel_generator.emission.entity.argument_schema import CoreSchemas
from starmodel_generator.emission.entity.filters import (
    Filter,
    Searched,
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
from starmodel_schemas import EntitySchema, ListType, RefType, TypeRef

SEARCHABLE = "starmodel.application.queries.searchable"
"""The module of what says how a field can be searched."""

LIMIT = 50


@dataclass(frozen=True, slots=True)
class FiltersView:
    """The `TypedDict` of all filters."""

    name: str
    docstring: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NamesView:
    """A type of the names that may be given, and what it says."""

    alias: Layout
    docstring: str


@dataclass(frozen=True, slots=True)
class QueriesView:
    """Everything that `queries.py.j2` lays out."""

    name: str
    imports: str
    typed_dict: str
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
        self.filters = filters_of(entity, context)
        taken = [one.name for one in self.filters]
        self.names = ModuleNames(context.first_party, taken, context.classes)
        self.classes = AuthorsClasses(self.names, context)
        self.core_schemas = CoreSchemas(self.names, context, self.classes)
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
            docstring=docstring(f"What {self.several} can be found by.", 4),
            fields=tuple([f"{one.name}: {self._annotation(one)}" for one in self.filters]),
        )
        typed_dict = names.use("typing", "TypedDict")
        taken = self._taken(bool(includes))
        find = names.use("starmodel.application.queries.find", "find")
        items = ("services", self.constant, "filters", "actor=actor")
        return QueriesView(
            name=entity.name,
            typed_dict=typed_dict,
            names=tuple([one for one in (sort, include) if one is not None]),
            filters=filters,
            queries=self._queries(),
            signature=self._signature(taken, filters.name),
            docstring=self._docstring(taken),
            result=Group(
                f"return await {find}(", (*items, *[f"{name}={name}" for name in taken]), ")"
            ),
            imports=names.import_block(),
        )

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

    def _annotation(self, filter: Filter) -> str:
        """Write the type of what a filter is given; a record is given by its id as well."""
        if isinstance(filter.type, ListType):
            sequence = self.names.use("collections.abc", "Sequence")
            return f"{sequence}[{self._single(filter.type.item)}]"
        return self._single(filter.type)

    def _single(self, type_: TypeRef) -> str:
        written = annotation(type_, self.names, self.classes)
        return f"{written} | {self.names.builtin('str')}" if isinstance(type_, RefType) else written

    def _queries(self) -> Layout:
        definition = self.names.use(self.own.module("state"), self.own.constant)
        fields = [
            named(one.field.name, self._field(one))
            for one in searched_fields(self.entity, self.context)
        ]
        kind = "ColumnQueries" if is_flat(self.entity, self.context) else "Queries"
        queries = self.names.use("starmodel.application.queries.filter_set", kind)
        return Group(f"{self.constant} = {queries}(", (definition, *fields), ")")

    def _field(self, one: Searched) -> Layout:
        items: list[Layout] = []
        if isinstance(one.type, RefType):
            target = self.context.names[one.type.entity]
            items.append(self.names.use(target.module("state"), target.constant))
        elif one.kind in ("ordered", "exact"):
            items.append(self.core_schemas.layout(one.type))
        if one.is_nullable and one.kind != "presence":
            items.append("nullable=True")
        return Group(f"{self.names.use(SEARCHABLE, one.kind)}(", tuple(items), ")")

    def _taken(self, includes: bool) -> dict[str, str]:
        """Give the parameters besides the filters, each with what is written for it."""
        names = self.names
        text, number = names.builtin("str"), names.builtin("int")
        sequence = names.use("collections.abc", "Sequence")
        taken: dict[str, str] = {}
        if texts_of(self.entity, self.context):
            taken["q"] = f"q: {text} | None = None"
        taken["sort"] = f"sort: {sequence}[{self.entity.name}Sort] = ()"
        if includes:
            taken["include"] = f"include: {sequence}[{self.entity.name}Include] = ()"
        taken["limit"] = f"limit: {number} = {LIMIT}"
        taken["cursor"] = f"cursor: {text} | None = None"
        return taken

    def _signature(self, taken: dict[str, str], filters: str) -> Layout:
        names = self.names
        anonymous = names.use("starmodel.domain", "ANONYMOUS")
        cls = names.use(self.entity.module, self.entity.name)
        return Group(
            f"async def {names.define(find_function(self.entity))}(",
            (
                f"services: {names.use('starmodel.application', 'Services')}",
                "*",
                f"actor: {names.use('starmodel.domain', 'Actor')} = {anonymous}",
                *taken.values(),
                f"**filters: {names.use('typing', 'Unpack')}[{filters}]",
            ),
            f") -> {names.use('starmodel.application.queries.find', 'QueryPage')}[{cls}]:",
        )

    def _docstring(self, taken: dict[str, str]) -> str:
        texts = [field.name for field in texts_of(self.entity, self.context)]
        says = {
            "q": f"What one of these contains: {', '.join(texts)}.",
            "sort": "What to sort by; the id decides among equals.",
            "include": "What is to come along.",
            "limit": "How many there are on a page, at most 200.",
            "cursor": "The `next` of the page before, with the same filters and the same sort.",
        }
        lines = [
            "Args:",
            "    services: The app's services.",
            "    actor: Who asks; what he may not read is left out.",
            *[f"    {name}: {says[name]}" for name in taken],
            f"    filters: See `{self.entity.name}Filters`.",
        ]
        words = f"Find {self.several}, a page of them at a time."
        return docstring(words, 4, "\n".join(lines))

"""The view of `filters.py`: what the records of an entity can be found by."""

from typing import NamedTuple

from starmodel_generator.emission.context import Context
from starmodel_generator.emission.entity.filters import Searched, is_flat, searched_fields
from starmodel_generator.emission.entity.record_labels import queries_constant
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import Group, Layout, named
from starmodel_generator.emission.python.literals import python_string
from starmodel_generator.emission.python.type_expressions import AuthorsClasses, annotation
from starmodel_schemas import EntitySchema, RefType

SEARCHABLE = "starmodel.application.queries.searchable"
"""The module of what says how a field can be searched."""


class FiltersModuleView(NamedTuple):
    """Everything that `filters.py.j2` lays out."""

    name: str
    imports: str
    filters: Layout


def filters_module_view(entity: EntitySchema, context: Context) -> FiltersModuleView:
    """Decide what the records of an entity can be found by."""
    taken = [one.field.name for one in searched_fields(entity, context)]
    names = ModuleNames(context.first_party, taken, context.classes)
    classes = AuthorsClasses(names, context)
    own = context.names[entity.qualified_name]
    constant = names.define(queries_constant(entity))
    definition = names.use(own.module("state"), own.constant)
    fields = [
        named(one.field.name, _field(one, names, classes, context))
        for one in searched_fields(entity, context)
    ]
    kind = "ColumnFilterSet" if is_flat(entity, context) else "FilterSet"
    cls = names.use("starmodel.application.queries.filter_set", kind)
    order = tuple(map(python_string, entity.order_by))
    ordered = [Group("[", order, "]")] if order else []
    return FiltersModuleView(
        name=entity.name,
        filters=Group(f"{constant} = {cls}(", (definition, *ordered, *fields), ")"),
        imports=names.import_block(),
    )


def _field(one: Searched, names: ModuleNames, classes: AuthorsClasses, context: Context) -> Layout:
    items: list[Layout] = []
    if isinstance(one.type, RefType):
        target = context.names[one.type.entity]
        items.append(names.use(target.module("state"), target.constant))
    elif one.parsed is not None:
        items.append(classes.parsed(one.parsed))
    elif one.kind in ("ordered", "exact", "elements"):
        items.append(annotation(one.type, names, classes))
    if one.is_nullable and one.kind != "null_only":
        items.append("nullable=True")
    found = Group(f"{names.use(SEARCHABLE, one.kind)}(", tuple(items), ")")
    if one.is_related:
        return Group(f"{names.use(SEARCHABLE, 'related')}(", (found,), ")")
    return found

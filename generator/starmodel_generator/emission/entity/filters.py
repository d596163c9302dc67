"""How the records of an entity in a database can be found: its filters, sorts and includes.

Everything that speaks of a query decides by this: the server's functions, the client, the pages.
"""

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple, TypeAlias

from starmodel_generator.database.columns import columns_of, link_target
from starmodel_generator.emission.context import Context
from starmodel_generator.emission.declaration_order import public_fields
from starmodel_generator.emission.entity.record_labels import reference_of
from starmodel_generator.emission.entity.type_shape import unwrap
from starmodel_schemas import (
    EntitySchema,
    EnumType,
    FieldSchema,
    ListType,
    LiteralType,
    PlainColumnType,
    RefType,
    RequiredDefault,
    ScalarType,
    TypeRef,
)

Operator: TypeAlias = Literal[
    "eq", "ne", "in", "lt", "le", "gt", "ge", "contains", "startswith", "isnull", "has"
]
Kind: TypeAlias = Literal[
    "text", "ordered", "exact", "boolean", "reference", "references", "null_only"
]
"""How a field can be searched: a text; what has an order; one of several choices; yes or no; a
reference to a record; references to several; and what can only be there or not."""

QUERY_NAMES = frozenset({"actor", "cursor", "datastar", "include", "limit", "q", "sort"})
"""What a query is asked besides its filters. A field of such a name is found by `limit__in`."""

_EQUAL: tuple[Operator, ...] = ("eq", "ne", "in")
_COMPARED: tuple[Operator, ...] = (*_EQUAL, "lt", "le", "gt", "ge")
OPERATORS: dict[Kind, tuple[Operator, ...]] = {
    "text": (*_COMPARED, "contains", "startswith"),
    "ordered": _COMPARED,
    "exact": _EQUAL,
    "boolean": ("eq", "ne"),
    "reference": _EQUAL,
    "references": ("has",),
    "null_only": (),
}
_TEXT = ScalarType(name="str")
_BOOL = ScalarType(name="bool")
_SORTED: frozenset[Kind] = frozenset({"text", "ordered", "exact", "boolean"})


class Filter(NamedTuple):
    """One filter: `price__lt`.

    `name` is what it is called, from Python as over HTTP. `type` is the type of what it is given:
    that of the field without `None` and without its limits, a list of those for `in`, a bool for
    `isnull`. A reference is a `RefType`; whoever sends one sends the id.
    """

    name: str
    field: FieldSchema
    operator: Operator
    type: TypeRef


class Searched(NamedTuple):
    """A field that records can be found by; `type` is that of its values, without `None`."""

    field: FieldSchema
    kind: Kind
    type: TypeRef
    is_nullable: bool


def filters_of(entity: EntitySchema, context: Context) -> tuple[Filter, ...]:
    """Return the filters of an entity, field by field in source order, its id first."""
    searched = searched_fields(entity, context)
    fields = {one.field.name for one in searched}
    filters: list[Filter] = []
    for one in searched:
        operators = OPERATORS[one.kind]
        if one.is_nullable:
            operators = (*operators, "isnull")
        for operator in operators:
            is_plain = operator in ("eq", "has")
            name = one.field.name if is_plain else f"{one.field.name}__{operator}"
            # What is the name of a field stands for that field.
            if name in QUERY_NAMES if is_plain else name in fields:
                continue
            filters.append(Filter(name, one.field, operator, _value_type(one.type, operator)))
    return tuple(filters)


def filter_types(
    entity: EntitySchema, context: Context, where: str, value: Callable[[TypeRef], str]
) -> Iterator[tuple[str, str]]:
    """Write the filters of an entity, one for each field: its name, and the type that it takes.

    The types are those of the module `where`, of the server or of a client; `value` writes that
    of a field's values. A field that is called like something else of a query has no filter of
    its own name, so each of its operators is one.
    """
    for one in searched_fields(entity, context):
        name, kind = one.field.name, one.kind
        if name in QUERY_NAMES:
            for each in filters_of(entity, context):
                if each.field.name == name:
                    is_several = each.operator == "in"
                    type_ = each.type.item if isinstance(each.type, ListType) else each.type
                    yield each.name, f"list[{value(type_)}]" if is_several else value(type_)
            continue
        written = value(one.type) if kind != "null_only" else ""
        types = {
            "text": f"{where}.Text",
            "ordered": f"{where}.Ordered[{written}]",
            "exact": f"{where}.Exact[{written}]",
            "reference": f"{where}.Exact[{written}]",
        }
        type_ = types.get(kind, written)
        if one.is_nullable:
            type_ = f"{type_} | {where}.Presence" if type_ else f"{where}.Presence"
        yield name, type_


def sorts_of(entity: EntitySchema, context: Context) -> tuple[FieldSchema, ...]:
    """Return the fields that records can be sorted by, the id first."""
    return tuple(one.field for one in searched_fields(entity, context) if one.kind in _SORTED)


def includes_of(entity: EntitySchema) -> tuple[tuple[FieldSchema, str], ...]:
    """Return the fields that refer to records, each with the qualified name of their entity."""
    found: list[tuple[FieldSchema, str]] = []
    for field in public_fields(entity):
        target = None if field.computed else reference_of(field.type)
        if target is not None:
            found.append((field, target[0]))
    return tuple(found)


def texts_of(entity: EntitySchema, context: Context) -> tuple[FieldSchema, ...]:
    """Return the texts that `q` searches; without any there is no `q`."""
    return tuple(
        one.field
        for one in searched_fields(entity, context)
        if one.kind == "text" and one.field.name != "id"
    )


def searched_fields(entity: EntitySchema, context: Context) -> tuple[Searched, ...]:
    """Return the public fields that are stored in a column or a link table, the id first."""
    found: tuple[Searched, ...] | None = context.searched.get(entity.qualified_name)
    if found is None:
        found = context.searched[entity.qualified_name] = _searched_fields(entity, context)
    return found


def _searched_fields(entity: EntitySchema, context: Context) -> tuple[Searched, ...]:
    fields = [field for field in public_fields(entity) if not field.computed]
    if not entity.declares_id:
        fields.insert(0, FieldSchema(name="id", type=_TEXT, default=RequiredDefault()))
    found = [_searched(field, entity, context) for field in fields]
    return tuple([one for one in found if one is not None])


def is_flat(entity: EntitySchema, context: Context) -> bool:
    """Return whether all that may be seen of a record stands in columns as it is, or in link tables.

    Then nothing is computed, and nothing has parts or is bytes.
    """
    found = {one.field.name: one.kind for one in searched_fields(entity, context)}
    return all(found.get(field.name, "null_only") != "null_only" for field in public_fields(entity))


def _searched(field: FieldSchema, entity: EntitySchema, context: Context) -> Searched | None:
    linked = link_target(field)
    if linked is not None:
        return Searched(field, "references", RefType(entity=linked), False)
    columns = tuple(columns_of(field, entity.table_name, context))
    if len(columns) != 1 or len(columns[0].column.path) != 1:
        return None
    type_, _, _ = unwrap(field.type)
    column = columns[0].column
    kind: Kind = "null_only"
    if column.type != PlainColumnType(name="json"):
        kind = _kind(type_)
    if field.name == "id":
        kind = "exact"
    if kind == "null_only" and not column.nullable:
        return None
    return Searched(field, kind, type_, column.nullable)


def _kind(type_: TypeRef) -> Kind:
    match type_:
        case RefType():
            return "reference"
        case EnumType():
            return "exact"
        case LiteralType():
            is_flag = all(isinstance(value, bool) for value in type_.values)
            return "boolean" if is_flag else "exact"
        case ScalarType(name="str"):
            return "text"
        case ScalarType(name="bool"):
            return "boolean"
        case ScalarType(name="UUID"):
            return "exact"
        case ScalarType(name="bytes"):
            return "null_only"
        case ScalarType():
            return "ordered"
        case _:
            return "null_only"


def _value_type(type_: TypeRef, operator: Operator) -> TypeRef:
    match operator:
        case "in":
            return ListType(item=type_)
        case "isnull":
            return _BOOL
        case "contains" | "startswith":
            return _TEXT
        case _:
            return type_

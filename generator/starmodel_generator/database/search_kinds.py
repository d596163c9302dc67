"""How the fields of an entity in a database can be searched: their kinds, and what these allow."""

from typing import Literal, NamedTuple, TypeAlias

from starmodel_generator.database.columns import JSON, columns_of, link_target, stored_type
from starmodel_generator.database.json_shapes import SchemaLookup
from starmodel_schemas import (
    Constraints,
    EntitySchema,
    EnumType,
    FieldSchema,
    ListType,
    LiteralType,
    RefType,
    RequiredDefault,
    ScalarType,
    SetType,
    TupleType,
    TypeRef,
)
from starmodel_schemas.address_types import PARSED

Operator: TypeAlias = Literal[
    "eq", "ne", "in", "lt", "le", "gt", "ge", "contains", "startswith", "isnull", "has"
]
Kind: TypeAlias = Literal[
    "text", "ordered", "exact", "boolean", "reference", "references", "elements", "null_only"
]
"""How a field can be searched: a text; what has an order; one of several choices; yes or no; a
reference to a record; references to several; any number of values; and what can only be there or
not."""

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
    "elements": ("contains",),
    "null_only": (),
}


def operators_of(kind: Kind, *, nullable: bool) -> tuple[Operator, ...]:
    """Return how a field of a kind can be compared."""
    return (*OPERATORS[kind], "isnull") if nullable else OPERATORS[kind]


def filter_name(field: str, operator: Operator) -> str:
    """Name a filter: `status`, `price__lt`."""
    return field if operator in ("eq", "has") else f"{field}__{operator}"


COUNT = "count"
"""The last part of `lines__count`: how many records there are of the other side of a relation."""

FOLLOWED: frozenset[Kind] = frozenset({"text", "ordered", "exact", "boolean"})
"""The kinds of the fields of another record that a list can be searched and sorted by."""


class Lookup(NamedTuple):
    """What a list is searched by that stands in another table: `customer__name`.

    `field` is that of the other record, called by both names; a count is a number of its own.
    """

    field: FieldSchema
    kind: Kind
    nullable: bool


def lookup_of(name: str, entity: EntitySchema, app: SchemaLookup) -> Lookup | None:
    """Return what a lookup stands for; `None` for nothing that a list can be searched by.

    Raises:
        KeyError: A class that it leads to is not there.
    """
    first, underscores, part = name.partition("__")
    if not underscores or "__" in part:
        return None
    if part == COUNT and any(many.name == first for many in entity.many):
        number = FieldSchema(name=name, type=ScalarType(name="int"), default=RequiredDefault())
        return Lookup(number, "ordered", False)
    reference = next((each for each in entity.fields if each.name == first), None)
    if reference is None or reference.private or reference.computed:
        return None
    referred = stored_type(reference.type, reference.constraints)
    if not isinstance(referred.type, RefType):
        return None
    target = app.entity(referred.type.entity)
    field = next((each for each in target.fields if each.name == part), None)
    if field is None or field.private or field.computed or field.name == "id":
        return None
    found = search_kind(field, target.table_name, app)
    if found is None or found[0] not in FOLLOWED:
        return None
    nullable = found[1] or referred.nullable
    return Lookup(field.model_copy(update={"name": name}), found[0], nullable)


def search_kind(field: FieldSchema, table: str, app: SchemaLookup) -> tuple[Kind, bool] | None:
    """Return how a stored field can be searched, and whether it may be `None`.

    `None` where it has no column or link table of its own, or nothing can be asked of it.
    """
    if link_target(field) is not None:
        return "references", False
    columns = tuple(columns_of(field, table, app))
    if len(columns) != 1 or len(columns[0].column.path) != 1:
        return None
    column = columns[0].column
    kind: Kind = "null_only"
    if column.type == JSON:
        kind = "null_only" if element_type(field.type, app) is None else "elements"
    else:
        kind = _kind(stored_type(field.type, field.constraints).type, app)
    if field.name == "id":
        kind = "exact"
    if kind == "null_only" and not column.nullable:
        return None
    return kind, column.nullable


def element_type(type_: TypeRef, app: SchemaLookup) -> TypeRef | None:
    """Return the type of the values of a list, a set or a tuple that it can be searched by.

    `None` where two texts of JSON may be one value, as of moments and decimals, or values have
    parts.
    """
    match stored_type(type_, Constraints()).type:
        case ListType(item=item) | SetType(item=item) | TupleType(items=(item,), variadic=True):
            stored = stored_type(item, Constraints())
        case _:
            return None
    match stored.type:
        case ScalarType() as element if element.name in _ELEMENTS and not stored.constraints.secret:
            return element
        case EnumType() as element:
            kinds = {type(member.value) for member in app.enum(element.enum).members}
            return element if kinds in ({str}, {int}) else None
        case LiteralType() as element if len({type(value) for value in element.values}) == 1:
            return element
        case _:
            return None


_ELEMENTS = frozenset({"str", "int", "bool", "date", "UUID"}) | PARSED


def _kind(type_: TypeRef, app: SchemaLookup) -> Kind:
    match type_:
        case RefType():
            return "reference"
        case EnumType():
            return "ordered" if app.enum(type_.enum).is_number else "exact"
        case LiteralType():
            is_flag = all(isinstance(value, bool) for value in type_.values)
            return "boolean" if is_flag else "exact"
        case ScalarType() if type_.name == "str" or type_.name in PARSED:
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

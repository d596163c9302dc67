"""How the records of an entity in a database can be found: its filters, sorts and includes.

Everything that speaks of a query decides by this: the server's functions, the client, the pages.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from starmodel_generator.database.columns import link_target
from starmodel_generator.database.search_kinds import (
    QUERY_NAMES,
    Kind,
    Operator,
    element_type,
    filter_name,
    lookup_of,
    operators_of,
    search_kind,
)
from starmodel_generator.emission.context import Context
from starmodel_generator.emission.declaration_order import public_fields
from starmodel_generator.emission.entity.record_labels import reference_of
from starmodel_generator.emission.entity.type_shape import unwrap
from starmodel_schemas import (
    EntitySchema,
    FieldSchema,
    ListType,
    RefType,
    RequiredDefault,
    ScalarType,
    TypeRef,
)
from starmodel_schemas.address_types import PARSED

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
    """A field that records can be found by; `type` is that of its values, without `None`.

    `parsed` is the class of URL or of IP address that the text it is compared with has to be.
    `is_related` is true of a field of what they refer to, and of how many refer to them.
    """

    field: FieldSchema
    kind: Kind
    type: TypeRef
    is_nullable: bool
    parsed: ScalarType | None = None
    is_related: bool = False


def filters_of(entity: EntitySchema, context: Context) -> tuple[Filter, ...]:
    """Return the filters of an entity, field by field in source order, its id first."""
    searched = searched_fields(entity, context)
    fields = {one.field.name for one in searched}
    filters: list[Filter] = []
    for one in searched:
        for operator in operators_of(one.kind, nullable=one.is_nullable):
            name = filter_name(one.field.name, operator)
            # What is the name of a field stands for that field.
            if name in (QUERY_NAMES if name == one.field.name else fields):
                continue
            type_ = _value_type(one.type, operator, holds_elements=one.kind == "elements")
            filters.append(Filter(name, one.field, operator, type_))
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
            "elements": f"{where}.Contains[{written}]",
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
    """Return the public texts, some of which `q` searches; without any there is no `q`."""
    return tuple(
        one.field
        for one in searched_fields(entity, context)
        if one.kind == "text" and one.field.name != "id" and not one.is_related
    )


def searched_fields(entity: EntitySchema, context: Context) -> tuple[Searched, ...]:
    """Return the public fields that are stored in a column or a link table, the id first."""
    found: tuple[Searched, ...] | None = context.searched.get(entity.qualified_name)
    if found is None:
        found = context.searched[entity.qualified_name] = _searched_fields(entity, context)
    return found


def _searched_fields(entity: EntitySchema, context: Context) -> tuple[Searched, ...]:
    # By what a serializer hides nobody is to find a record either.
    fields = [field for field in public_fields(entity) if not field.computed and field.sent is None]
    if not entity.declares_id:
        fields.insert(0, FieldSchema(name="id", type=_TEXT, default=RequiredDefault()))
    found = [_searched(field, entity, context) for field in fields]
    for name in entity.lookups:
        other = lookup_of(name, entity, context)
        if other is not None:
            type_ = unwrap(other.field.type)[0]
            related = Searched(other.field, other.kind, type_, other.nullable, is_related=True)
            found.append(_as_text(related))
    return tuple([one for one in found if one is not None])


def is_flat(entity: EntitySchema, context: Context) -> bool:
    """Return whether all that may be seen of a record stands in columns as it is, or in link tables.

    Then nothing is computed, and nothing has parts or is bytes.
    """
    found = {one.field.name: one.kind for one in searched_fields(entity, context)}
    return all(
        found.get(field.name, "null_only") not in ("null_only", "elements")
        for field in public_fields(entity)
    )


def _searched(field: FieldSchema, entity: EntitySchema, context: Context) -> Searched | None:
    found = search_kind(field, entity.table_name, context)
    if found is None:
        return None
    kind, is_nullable = found
    linked = link_target(field)
    type_ = unwrap(field.type)[0] if linked is None else RefType(entity=linked)
    if kind == "elements":
        type_ = element_type(type_, context) or type_
    return _as_text(Searched(field, kind, type_, is_nullable))


def _as_text(searched: Searched) -> Searched:
    """Return a field as it is searched: URLs and IP addresses as the texts that they are kept as."""
    type_ = searched.type
    if not isinstance(type_, ScalarType) or type_.name not in PARSED:
        return searched
    return searched._replace(type=_TEXT, parsed=type_)


def _value_type(type_: TypeRef, operator: Operator, *, holds_elements: bool) -> TypeRef:
    match operator:
        case "in":
            return ListType(item=type_)
        case "isnull":
            return _BOOL
        case "contains" | "startswith" if not holds_elements:
            return _TEXT
        case _:
            return type_

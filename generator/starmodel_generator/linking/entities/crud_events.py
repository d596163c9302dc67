"""The events that `crud` asks for: to create a record, to change one, to delete one."""

from collections.abc import Iterator, Sequence

from starmodel_generator.linking.linked_field import LinkedField
from starmodel_generator.linking.names.symbols import ClassSymbol
from starmodel_generator.linking.options.entity_options import EntityOptions
from starmodel_schemas import (
    ConstrainedType,
    Constraints,
    CrudName,
    DictType,
    EntityType,
    EventSchema,
    HolderAccess,
    HttpMethod,
    ListType,
    OptionalType,
    ParameterSchema,
    RespondName,
    ScalarType,
    SetType,
    TupleType,
    TypeRef,
    UnionType,
)
from starmodel_schemas.crud import crud_parameters
from starmodel_schemas.naming import snake_case

_SIGNATURES: dict[CrudName, str] = {
    "create": "create(**fields) -> {}",
    "update": "update(version: int | None = None, **fields) -> None",
    "delete": "delete() -> None",
}
_METHODS: dict[CrudName, HttpMethod] = {"create": "POST", "update": "PATCH", "delete": "DELETE"}


def crud_events(
    symbol: ClassSymbol,
    options: EntityOptions,
    fields: Sequence[LinkedField],
    respond: RespondName,
) -> Iterator[EventSchema]:
    """The events an entity gets besides its author's, in the order create, update, delete.

    Those of an update are all optional, whatever their defaults: what is left out stays as it is.
    """
    path = f"/{snake_case(symbol.name)}"
    own = {field.schema.name: field for field in fields}
    for kind in options.crud:
        is_creation = kind == "create"
        yield EventSchema(
            name=kind,
            function=kind,
            signature=_SIGNATURES[kind].format(symbol.name),
            method=_METHODS[kind],
            path=path if is_creation else f"{path}/{{id}}",
            respond=options.respond or respond,
            access=options.access or HolderAccess(),
            is_creation=is_creation,
            parameters=tuple(
                [
                    _parameter(each, own.get(each.name), is_strict=options.is_strict)
                    for each in crud_parameters([field.schema for field in fields], kind)
                ]
            ),
            returns=EntityType(entity=symbol.qualified_name) if is_creation else None,
            crud=kind,
        )


def _parameter(
    parameter: ParameterSchema, field: LinkedField | None, *, is_strict: bool
) -> ParameterSchema:
    """Return a parameter as the settings of its class, and the class itself, have it."""
    if field is None:
        return parameter
    changes: dict[str, object] = {"is_read_by_class": field.is_read_by_class}
    if is_strict:
        limits = parameter.constraints.model_copy(update={"strict": True})
        changes |= {"type": _strict(parameter.type), "constraints": limits}
    return parameter.model_copy(update=changes)


def _strict(type: TypeRef) -> TypeRef:
    """Return the type as `strict=True` in `model_config` means it: at any depth."""
    match type:
        case OptionalType():
            return OptionalType(item=_strict(type.item))
        case ListType() | SetType():
            return type.model_copy(update={"item": _within(type.item)})
        case DictType():
            return DictType(key=_within(type.key), value=_within(type.value))
        case TupleType():
            return type.model_copy(update={"items": tuple(map(_within, type.items))})
        case UnionType():
            return UnionType(members=tuple(map(_strict, type.members)))
        case ConstrainedType():
            limits = type.constraints.model_copy(update={"strict": True})
            return ConstrainedType(item=_strict(type.item), constraints=limits)
        case _:
            return type


def _within(type: TypeRef) -> TypeRef:
    """A type inside another one, where its limits are not those of the field."""
    if isinstance(type, ScalarType):
        return ConstrainedType(item=type, constraints=Constraints(strict=True))
    if isinstance(type, OptionalType):
        return OptionalType(item=_within(type.item))
    if isinstance(type, UnionType):
        return UnionType(members=tuple(map(_within, type.members)))
    return _strict(type)

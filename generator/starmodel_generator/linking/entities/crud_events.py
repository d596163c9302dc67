"""The events that `crud` asks for: to create a record, to change one, to delete one."""

from collections.abc import Iterator, Sequence

from starmodel_generator.linking.entities.entity_fields import LinkedField
from starmodel_generator.linking.names.class_members import Method
from starmodel_generator.linking.names.secret_names import looks_secret
from starmodel_generator.linking.names.symbols import ClassSymbol
from starmodel_generator.linking.names.unparse import literal_text, shortened, unparse
from starmodel_generator.linking.options.entity_options import EntityOptions
from starmodel_schemas import (
    ConstrainedType,
    Constraints,
    CrudName,
    DictType,
    EntityType,
    EventSchema,
    ExpressionDefault,
    FieldSchema,
    HolderAccess,
    HttpMethod,
    ListType,
    LiteralDefault,
    OptionalType,
    ParameterSchema,
    RequiredDefault,
    RespondName,
    ScalarType,
    SetType,
    TupleType,
    TypeRef,
    UnionType,
)
from starmodel_schemas.naming import snake_case

VERSION = "version"
"""The parameter of an update that says which version its caller has seen."""

_METHODS: dict[CrudName, HttpMethod] = {"create": "POST", "update": "PATCH", "delete": "DELETE"}
_SEEN = ParameterSchema(
    name=VERSION,
    type=OptionalType(item=ScalarType(name="int")),
    default=LiteralDefault(value=None),
    keyword_only=True,
)


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
    for kind in options.crud:
        written = [field for field in fields if is_written(field.schema, kind)]
        parameters = tuple(
            _parameter(field, kind, is_strict=options.is_strict) for field in written
        )
        if kind == "update":
            parameters += (_SEEN,)
        is_creation = kind == "create"
        yield EventSchema(
            name=kind,
            function=kind,
            signature=_signature(kind, written, symbol),
            method=_METHODS[kind],
            path=path if is_creation else f"{path}/{{id}}",
            respond=options.respond or respond,
            access=options.access or HolderAccess(),
            is_creation=is_creation,
            parameters=parameters,
            returns=EntityType(entity=symbol.qualified_name) if is_creation else None,
            crud=kind,
        )


def is_written(field: FieldSchema, kind: CrudName) -> bool:
    """Return whether a generated event takes a value for a field.

    An id is never changed, nor is what is frozen; one that the store hands out is never given.
    """
    if kind == "delete" or field.computed or not field.writable or field.identity:
        return False
    if field.private and not field.write_only:
        return False
    return kind == "create" or not (field.name == "id" or field.frozen)


def _parameter(linked: LinkedField, kind: CrudName, *, is_strict: bool) -> ParameterSchema:
    field = linked.schema
    constraints = field.constraints
    return ParameterSchema(
        name=field.name,
        type=_strict(field.type) if is_strict else field.type,
        default=field.default if kind == "create" else RequiredDefault(),
        constraints=constraints.model_copy(update={"strict": True}) if is_strict else constraints,
        description=field.description,
        keyword_only=True,
        private=field.write_only or looks_secret(field.name, field.type),
        multiline=field.multiline,
        is_read_by_class=linked.is_read_by_class,
    )


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


def _signature(kind: CrudName, fields: Sequence[LinkedField], symbol: ClassSymbol) -> str:
    taken = [_spelled(field, kind) for field in fields]
    if kind == "update":
        taken.append(f"{VERSION}: int | None = None")
    returned = symbol.name if kind == "create" else "None"
    return f"{kind}({', '.join(taken)}) -> {returned}"


def _spelled(field: LinkedField, kind: CrudName) -> str:
    """A parameter as the author of the field would write it."""
    annotation = None if isinstance(field.fact, Method) else field.fact.annotation
    written = f"{field.schema.name}: {'Any' if annotation is None else unparse(annotation)}"
    if kind == "update":
        return f"{written} = ..."
    match field.schema.default:
        case RequiredDefault():
            return written
        case LiteralDefault(value=value):
            return f"{written} = {shortened(literal_text(value))}"
        case ExpressionDefault(expression=expression):
            return f"{written} = {shortened(expression)}"
        case _:
            return f"{written} = ..."

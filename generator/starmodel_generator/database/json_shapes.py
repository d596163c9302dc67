"""What a field that is kept as JSON holds, from its type: enums and value objects resolved."""

from collections.abc import Iterator
from typing import Protocol, assert_never

from starmodel_schemas import (
    AnyType,
    ConstrainedType,
    Constraints,
    DictType,
    EntitySchema,
    EntityType,
    EnumSchema,
    EnumType,
    FieldSchema,
    FragmentType,
    ListType,
    LiteralType,
    ObjectSchema,
    ObjectType,
    OptionalType,
    RefType,
    RequiredDefault,
    ScalarType,
    SetType,
    TupleType,
    TypeRef,
    UnionType,
)
from starmodel_schemas.json_shape import (
    AgainShape,
    AnyShape,
    ChoicesShape,
    ColumnShape,
    DictShape,
    ListShape,
    ObjectShape,
    OptionalShape,
    PartShape,
    ScalarShape,
    TupleShape,
    UnionShape,
)

_UNLIMITED = Constraints()


class SchemaLookup(Protocol):
    """What finds the parts of a schema by their qualified names, as `AppSchema` does."""

    def entity(self, qualified_name: str, /) -> EntitySchema:
        """Return an entity; `KeyError` if there is none."""
        ...

    def object(self, qualified_name: str, /) -> ObjectSchema:
        """Return a value object; `KeyError` if there is none."""
        ...

    def enum(self, qualified_name: str, /) -> EnumSchema:
        """Return an enum; `KeyError` if there is none."""
        ...


def shape_of(
    type: TypeRef,
    app: SchemaLookup,
    limits: Constraints = _UNLIMITED,
    outer: tuple[str, ...] = (),
) -> ColumnShape:
    """Return the shape of a type; `outer` are the value objects around it, the outermost first."""
    match type:
        case ScalarType():
            return ScalarShape(name=type.name, limits=limits)
        case EnumType() if app.enum(type.enum).is_flag:
            return ScalarShape(name="int", limits=limits)
        case EnumType():
            values = tuple(member.value for member in app.enum(type.enum).members)
            return ChoicesShape(values=values)
        case LiteralType():
            return ChoicesShape(values=type.values)
        case OptionalType():
            return OptionalShape(item=shape_of(type.item, app, limits, outer))
        case ConstrainedType():
            said = limits.model_dump(exclude_defaults=True)
            inner = type.constraints.model_copy(update=said)
            return shape_of(type.item, app, inner, outer)
        case ListType():
            return ListShape(item=shape_of(type.item, app, outer=outer), limits=limits)
        case SetType():
            item = shape_of(type.item, app, outer=outer)
            return ListShape(item=item, unique=True, limits=limits)
        case TupleType():
            items = tuple(shape_of(item, app, outer=outer) for item in type.items)
            return (
                ListShape(item=items[0], limits=limits)
                if type.variadic
                else TupleShape(items=items)
            )
        case DictType():
            key = shape_of(type.key, app, outer=outer)
            value = shape_of(type.value, app, outer=outer)
            return DictShape(key=key, value=value, limits=limits)
        case ObjectType():
            return _object(type.object, app, outer)
        case UnionType():
            members = tuple(shape_of(member, app, outer=outer) for member in type.members)
            return UnionShape(members=members)
        case RefType() | EntityType():
            return _id(type.entity, app)
        case AnyType() | FragmentType():
            return AnyShape()
        case _:
            assert_never(type)


def _object(name: str, app: SchemaLookup, outer: tuple[str, ...]) -> ColumnShape:
    if name in outer:
        return AgainShape(levels=len(outer) - outer.index(name))
    parts = _parts(app.object(name).fields, app, (*outer, name))
    return ObjectShape(parts=tuple(sorted(parts, key=lambda part: part.name)))


def _parts(
    fields: tuple[FieldSchema, ...], app: SchemaLookup, outer: tuple[str, ...]
) -> Iterator[PartShape]:
    for field in fields:
        if not field.computed:
            yield PartShape(
                name=field.name,
                shape=shape_of(field.type, app, field.constraints, outer),
                required=isinstance(field.default, RequiredDefault),
            )


def _id(entity: str, app: SchemaLookup) -> ColumnShape:
    """A reference is kept as the id that it names."""
    found = app.entity(entity)
    declared = [field.type for field in found.fields if field.name == "id" and found.declares_id]
    return shape_of(declared[0], app) if declared else ScalarShape(name="str")

"""Schema values are frozen, closed, compared by their fields, and come back from JSON equal."""

from typing import get_args

import pytest
from pydantic import TypeAdapter, ValidationError

import starmodel_schemas
from starmodel_schemas import (
    AppSchema,
    ConstrainedType,
    Constraints,
    Default,
    DictType,
    EntitySchema,
    EnumMember,
    EnumSchema,
    EnumType,
    ExpressionDefault,
    FieldSchema,
    HolderAccess,
    ListType,
    LiteralDefault,
    LiteralType,
    ObjectSchema,
    ObjectType,
    OptionalType,
    RequiredDefault,
    ScalarType,
    TupleType,
    TypeRef,
    UnionType,
)
from starmodel_schemas.model import SchemaModel

INT, STR = ScalarType(name="int"), ScalarType(name="str")
TYPES: list[TypeRef] = [
    INT,
    EnumType(enum="shop.Kind"),
    LiteralType(values=("a", 1, True)),
    OptionalType(item=ListType(item=ObjectType(object="shop.Line"))),
    DictType(key=STR, value=TupleType(items=(INT, STR))),
    UnionType(members=(INT, ConstrainedType(item=STR, constraints=Constraints(max_length=3)))),
]


def an_app() -> AppSchema:
    field = FieldSchema(name="x", type=INT, default=LiteralDefault(value=1))
    entity = EntitySchema(
        name="Cart",
        module="shop",
        source="shop.py",
        snake_name="cart",
        namespace="cart",
        store="SERVER_MEMORY",
        scope="SESSION",
        access=HolderAccess(),
        fields=(field,),
    )
    line = ObjectSchema(name="Line", module="shop", fields=(field,))
    kind = EnumSchema(name="Kind", module="shop", members=(EnumMember(name="A", value="a"),))
    return AppSchema(entities=(entity,), objects=(line,), enums=(kind,))


@pytest.mark.parametrize("type_", TYPES)
def test_types_come_back_from_json(type_: TypeRef) -> None:
    adapter: TypeAdapter[TypeRef] = TypeAdapter(TypeRef)
    read = adapter.validate_json(adapter.dump_json(type_))
    assert read == type_
    assert repr(read) == repr(type_)


@pytest.mark.parametrize(
    "default",
    [
        RequiredDefault(),
        *(LiteralDefault(value=value) for value in (None, True, 1, 1.0, -0.5, "1", "")),
        ExpressionDefault(expression='Decimal("1.50")', imports=("decimal.Decimal",)),
    ],
)
def test_defaults_keep_their_kind(default: Default) -> None:
    adapter: TypeAdapter[Default] = TypeAdapter(Default)
    read = adapter.validate_json(adapter.dump_json(default))
    assert repr(read) == repr(default)


def test_values_are_frozen_and_closed() -> None:
    app = an_app()
    with pytest.raises(ValidationError):
        app.version = 1  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(ValidationError):
        AppSchema.model_validate({**app.model_dump(), "extra": 1})
    with pytest.raises(ValidationError):
        AppSchema.model_validate({**app.model_dump(), "version": 2})


def test_lookups() -> None:
    app = an_app()
    assert app.entity("shop.Cart").name == "Cart"
    assert app.object("shop.Line").name == "Line"
    assert app.enum("shop.Kind").name == "Kind"
    for find in (app.entity, app.object, app.enum):
        with pytest.raises(KeyError):
            find("shop.Missing")


def test_every_schema_class_is_frozen_and_public() -> None:
    for name in starmodel_schemas.__all__:
        value = getattr(starmodel_schemas, name)
        if isinstance(value, type) and issubclass(value, SchemaModel):
            assert value.model_config.get("frozen") and value.model_config.get("extra") == "forbid"
    kinds = {each.__name__ for each in get_args(get_args(TypeRef)[0])}
    assert kinds <= set(starmodel_schemas.__all__)

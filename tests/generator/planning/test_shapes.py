"""The shape of what is kept as JSON, from types."""

from starmodel_generator.database.columns import columns_of
from starmodel_generator.database.json_shapes import shape_of
from starmodel_schemas import (
    AppSchema,
    ConstrainedType,
    Constraints,
    DictType,
    EntitySchema,
    EnumMember,
    EnumSchema,
    EnumType,
    FieldSchema,
    ListType,
    LiteralDefault,
    ObjectSchema,
    ObjectType,
    OptionalType,
    PublicAccess,
    RefType,
    RequiredDefault,
    ScalarType,
    SetType,
    TupleType,
    TypeRef,
)
from starmodel_schemas.default import Default
from starmodel_schemas.json_shape import (
    AgainShape,
    ChoicesShape,
    DictShape,
    ListShape,
    ObjectShape,
    OptionalShape,
    PartShape,
    ScalarShape,
    TupleShape,
)
from starmodel_schemas.types import ScalarName

REQUIRED = RequiredDefault()


def scalar(name: ScalarName) -> ScalarType:
    return ScalarType(name=name)


def field(name: str, type: TypeRef, default: Default = REQUIRED, **more: object) -> FieldSchema:
    return FieldSchema.model_validate({"name": name, "type": type, "default": default, **more})


TAG = EntitySchema(
    name="Tag",
    module="shop.entities",
    source="shop/entities.py",
    snake_name="tag",
    namespace="tag",
    store="SERVER_SQL",
    scope="RECORD",
    access=PublicAccess(),
    fields=(),
)
NODE = ObjectType(object="shop.entities.Node")
APP = AppSchema(
    entities=(TAG,),
    enums=(
        EnumSchema(name="Kind", module="shop.entities", members=(EnumMember(name="A", value="a"),)),
    ),
    objects=(
        ObjectSchema(
            name="Node",
            module="shop.entities",
            fields=(
                field("weight", scalar("int"), constraints=Constraints(ge="0")),
                field("inner", ListType(item=NODE), LiteralDefault(value=None)),
                field("total", scalar("int"), computed=True),
            ),
        ),
    ),
)


def test_enums_and_objects_are_resolved() -> None:
    kinds = DictType(key=scalar("str"), value=EnumType(enum="shop.entities.Kind"))
    assert shape_of(kinds, APP) == DictShape(
        key=ScalarShape(name="str"), value=ChoicesShape(values=("a",))
    )
    assert shape_of(OptionalType(item=NODE), APP) == OptionalShape(
        item=ObjectShape(
            parts=(
                PartShape(name="inner", shape=ListShape(item=AgainShape(levels=1))),
                PartShape(
                    name="weight",
                    shape=ScalarShape(name="int", limits=Constraints(ge="0")),
                    required=True,
                ),
            )
        )
    )


def test_collections() -> None:
    text = ScalarShape(name="str")
    item = ConstrainedType(item=scalar("str"), constraints=Constraints(max_length=3))
    assert shape_of(SetType(item=item), APP, Constraints(min_length=1)) == ListShape(
        item=ScalarShape(name="str", limits=Constraints(max_length=3)),
        unique=True,
        limits=Constraints(min_length=1),
    )
    pair = TupleType(items=(scalar("str"), RefType(entity="shop.entities.Tag")))
    assert shape_of(pair, APP) == TupleShape(items=(text, text))
    many = TupleType(items=(scalar("str"),), variadic=True)
    assert shape_of(many, APP) == ListShape(item=text)


def test_only_json_has_one() -> None:
    (plain,) = columns_of(field("name", scalar("str")), "tag", APP)
    (listed,) = columns_of(field("names", ListType(item=scalar("str"))), "tag", APP)
    assert plain.column.shape is None
    assert listed.column.shape == ListShape(item=ScalarShape(name="str"))

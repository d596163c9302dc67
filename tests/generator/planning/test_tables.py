"""From entities to the tables of a database."""

from starmodel_generator.database.tables import database_schema
from starmodel_schemas import (
    AnyType,
    AppSchema,
    ColumnSchema,
    Constraints,
    EntitySchema,
    EnumMember,
    EnumSchema,
    EnumType,
    ExpressionDefault,
    FactoryDefault,
    FieldSchema,
    IndexOption,
    ListType,
    LiteralDefault,
    NumericColumnType,
    ObjectSchema,
    ObjectType,
    OptionalType,
    PlainColumnType,
    PublicAccess,
    RefType,
    RequiredDefault,
    ScalarType,
    TableSchema,
    TextColumnType,
    TypeRef,
    UnionType,
)
from starmodel_schemas.default import Default
from starmodel_schemas.types import ScalarName

REQUIRED = RequiredDefault()


def scalar(name: ScalarName) -> ScalarType:
    return ScalarType(name=name)


def field(name: str, type: TypeRef, default: Default = REQUIRED, **more: object) -> FieldSchema:
    return FieldSchema.model_validate({"name": name, "type": type, "default": default, **more})


def entity(name: str, *fields: FieldSchema, **more: object) -> EntitySchema:
    return EntitySchema.model_validate(
        {
            "name": name,
            "module": "shop.entities",
            "source": "shop/entities.py",
            "snake_name": name.lower(),
            "namespace": name.lower(),
            "store": "SERVER_SQL",
            "scope": "RECORD",
            "access": PublicAccess(),
            "fields": fields,
            **more,
        }
    )


TAG = entity("Tag", field("name", scalar("str"), unique=True))
STATUS = EnumSchema(
    name="Status",
    module="shop.entities",
    members=(EnumMember(name="OPEN", value="open"), EnumMember(name="SHUT", value="shut")),
)
SIZE = ObjectSchema(
    name="Size",
    module="shop.entities",
    fields=(
        field("width", scalar("int"), LiteralDefault(value=0), constraints=Constraints(ge="0")),
    ),
)
PRODUCT = entity(
    "Product",
    field("title", scalar("str"), constraints=Constraints(max_length=80), renamed_from="name"),
    field(
        "price",
        scalar("Decimal"),
        ExpressionDefault(expression='Decimal("1.50")', imports=("decimal.Decimal",)),
        constraints=Constraints(max_digits=12, decimal_places=2, ge="0"),
    ),
    field(
        "status",
        EnumType(enum="shop.entities.Status"),
        ExpressionDefault(expression="Status.OPEN", imports=("shop.entities.Status",)),
        index=True,
    ),
    field("size", ObjectType(object="shop.entities.Size"), FactoryDefault(factory="Size")),
    field("words", ListType(item=scalar("str")), FactoryDefault(factory="list")),
    field("total", scalar("int"), computed=True),
    field("until", OptionalType(item=scalar("date")), LiteralDefault(value=None)),
    field("maker", RefType(entity="shop.entities.Maker"), on_delete="cascade"),
    field(
        "tags", ListType(item=RefType(entity="shop.entities.Tag")), FactoryDefault(factory="list")
    ),
    indexes=(IndexOption(fields=("maker", "title"), unique=True),),
    ttl=60.0,
    renamed_from="OldProduct",
)
MAKER = entity(
    "Maker", field("id", scalar("UUID"), FactoryDefault(factory="uuid4")), declares_id=True
)
CART = entity("Cart", field("count", scalar("int"), LiteralDefault(value=0)), scope="SESSION")
NOTE = entity("Note", field("text", scalar("str")), store="SERVER_MEMORY")
APP = AppSchema(entities=(PRODUCT, TAG, MAKER, CART, NOTE), objects=(SIZE,), enums=(STATUS,))


def table(name: str) -> TableSchema:
    [found] = [each for each in database_schema(APP).tables if each.name == name]
    return found


def test_entities_in_sql_have_tables_and_their_relations_too() -> None:
    names = [each.name for each in database_schema(APP).tables]
    assert names == ["product", "product_tags", "tag", "maker", "cart"]


def test_each_field_has_its_columns() -> None:
    product = table("product")
    assert [column.name for column in product.columns] == [
        *("id", "title", "price", "status", "size_width", "words", "until", "maker_id"),
        *("row_version", "row_expires_at"),
    ]
    columns: dict[str, ColumnSchema] = {column.name: column for column in product.columns}
    assert columns["title"].type == TextColumnType(max_length=80)
    assert columns["title"].renamed_from == "name"
    assert columns["price"].type == NumericColumnType(precision=12, scale=2)
    assert columns["price"].backfill == "1.50"
    assert columns["status"].backfill == "open"
    assert columns["size_width"].path == ("size", "width")
    assert (columns["words"].type, columns["words"].backfill) == (
        PlainColumnType(name="json"),
        "[]",
    )
    assert columns["until"].nullable and columns["row_expires_at"].nullable
    assert columns["maker_id"].type == PlainColumnType(name="uuid")
    assert product.renamed_from == "old_product"


def test_limits_are_checks_and_references_are_keys() -> None:
    product = table("product")
    assert [check.name for check in product.checks] == [
        "ck_product_title_length",
        "ck_product_price_ge",
        "ck_product_status_choices",
        "ck_product_size_width_ge",
    ]
    assert [index.name for index in product.indexes] == [
        "ix_product_status",
        "uq_product_maker_id_title",
    ]
    [key] = product.foreign_keys
    assert (key.column, key.table, key.on_delete) == ("maker_id", "maker", "cascade")


def test_a_relation_of_many_to_many_is_a_table() -> None:
    tags = table("product_tags")
    assert tags.primary_key == ("product_id", "tag_id")
    assert [key.on_delete for key in tags.foreign_keys] == ["cascade", "cascade"]


def test_what_belongs_to_somebody_is_found_by_its_holder() -> None:
    cart = table("cart")
    assert cart.primary_key == ("holder",)
    assert [column.name for column in cart.columns] == ["holder", "id", "count", "row_version"]


def test_a_relation_of_many_to_many_may_lead_to_its_own_kind() -> None:
    friends = ListType(item=RefType(entity="shop.entities.Person"))
    person = entity("Person", field("friends", friends))
    [_, links] = database_schema(AppSchema(entities=(person,))).tables
    assert links.primary_key == ("person_id", "other_person_id")
    assert [key.table for key in links.foreign_keys] == ["person", "person"]


def test_a_foreign_key_of_a_plain_field_is_one() -> None:
    number = field("maker", scalar("UUID"), foreign_key="maker.id", on_delete="cascade")
    part = entity("Part", number)
    part_table, _ = database_schema(AppSchema(entities=(part, MAKER))).tables
    [key] = part_table.foreign_keys
    assert (key.name, key.column, key.table, key.target) == (
        *("fk_part_maker", "maker", "maker", "id"),
    )
    assert key.on_delete == "cascade"
    assert [index.name for index in part_table.indexes] == ["ix_part_maker"]


def test_what_may_be_none_is_nullable() -> None:
    either = UnionType(members=(scalar("int"), OptionalType(item=scalar("str"))))
    thing = entity("Thing", field("anything", AnyType()), field("either", either))
    [things] = database_schema(AppSchema(entities=(thing,))).tables
    nullable = [column.name for column in things.columns if column.nullable]
    assert nullable == ["anything", "either"]

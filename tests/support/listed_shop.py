"""The schema of a shop in a database, for what is generated of lists and forms."""

from starmodel_schemas import (
    AppSchema,
    Constraints,
    CrudName,
    Default,
    EntitySchema,
    EntitySource,
    EntityType,
    EnumMember,
    EnumSchema,
    EnumType,
    EventSchema,
    ExpressionDefault,
    FactoryDefault,
    FieldSchema,
    HttpMethod,
    ListType,
    LiteralDefault,
    ManySchema,
    ObjectSchema,
    ObjectType,
    OptionalType,
    ParameterSchema,
    PublicAccess,
    RefType,
    RequiredDefault,
    ScalarType,
    TypeRef,
)
from starmodel_schemas.naming import snake_case

MODULE = "shop.entities"
TEXT = ScalarType(name="str")
WHOLE = ScalarType(name="int")
MONEY = Constraints(max_digits=12, decimal_places=2, ge="0")
REQUIRED = RequiredDefault()


def field(name: str, type_: TypeRef, default: Default = REQUIRED, **more: object) -> FieldSchema:
    return FieldSchema.model_validate({"name": name, "type": type_, "default": default, **more})


def crud_events(
    name: str, fields: tuple[FieldSchema, ...], crud: tuple[CrudName, ...]
) -> list[EventSchema]:
    """The events that `crud` asks for, as linking adds them."""
    path = f"/{snake_case(name)}"
    methods: dict[CrudName, HttpMethod] = {"create": "POST", "update": "PATCH", "delete": "DELETE"}
    written = tuple(
        ParameterSchema(
            name=one.name,
            type=one.type,
            default=one.default,
            constraints=one.constraints,
            description=one.description,
            keyword_only=True,
        )
        for one in fields
        if one.writable and not one.private and not one.computed
    )
    version = ParameterSchema(
        name="version",
        type=OptionalType(item=WHOLE),
        default=LiteralDefault(value=None),
        keyword_only=True,
    )
    parameters = {"create": written, "update": (*written, version), "delete": ()}
    return [
        EventSchema(
            name=kind,
            function=kind,
            signature=f"{kind}()",
            method=methods[kind],
            path=path if kind == "create" else f"{path}/{{id}}",
            access=PublicAccess(),
            is_creation=kind == "create",
            parameters=parameters[kind],
            returns=EntityType(entity=f"{MODULE}.{name}") if kind == "create" else None,
            crud=kind,
        )
        for kind in crud
    ]


def entity(
    name: str,
    doc: str,
    *fields: FieldSchema,
    crud: tuple[CrudName, ...] = ("create", "update", "delete"),
    events: tuple[EventSchema, ...] = (),
    many: tuple[ManySchema, ...] = (),
) -> EntitySchema:
    return EntitySchema(
        name=name,
        module=MODULE,
        source="shop/entities.py",
        snake_name=snake_case(name),
        namespace=snake_case(name),
        doc=doc,
        store="SERVER_SQL",
        scope="RECORD",
        access=PublicAccess(),
        fields=fields,
        events=(*crud_events(name, fields, crud), *events),
        many=many,
        crud=crud,
    )


def event(name: str, doc: str, owner: str, *parameters: ParameterSchema) -> EventSchema:
    return EventSchema(
        name=name,
        function=name,
        signature=f"{name}()",
        doc=doc,
        path=f"/{owner}/{{id}}/{name}",
        access=PublicAccess(),
        parameters=parameters,
    )


STATUS = EnumSchema(
    name="Status",
    module=MODULE,
    members=tuple(
        EnumMember(name=name.upper(), value=name) for name in ("draft", "active", "retired")
    ),
)
DIMENSIONS = ObjectSchema(
    name="Dimensions",
    module=MODULE,
    doc="How large a product is, in millimetres.",
    fields=tuple(
        field(name, WHOLE, LiteralDefault(value=0), constraints=Constraints(ge="0"))
        for name in ("width", "height", "depth")
    ),
)
QUANTITY = ParameterSchema(
    name="quantity", type=WHOLE, default=REQUIRED, constraints=Constraints(ge="1", le="1000")
)
TAG = entity(
    "Tag",
    "A word that products are found by.",
    field("name", TEXT, constraints=Constraints(min_length=1, max_length=40), unique=True),
    many=(ManySchema(name="products", entity=f"{MODULE}.Product", field="tags"),),
)
PRODUCT = entity(
    "Product",
    "Something the shop sells.",
    field("name", TEXT, constraints=Constraints(min_length=1, max_length=120)),
    field("sku", TEXT, constraints=Constraints(min_length=1, max_length=32), unique=True),
    field(
        "price",
        ScalarType(name="Decimal"),
        ExpressionDefault(expression='Decimal("0.00")', imports=("decimal.Decimal",)),
        constraints=MONEY,
    ),
    field("stock", WHOLE, LiteralDefault(value=0), constraints=Constraints(ge="0"), writable=False),
    field(
        "status",
        EnumType(enum=STATUS.qualified_name),
        ExpressionDefault(expression="Status.DRAFT", imports=(f"{MODULE}.Status",)),
    ),
    field("is_fragile", ScalarType(name="bool"), LiteralDefault(value=False)),
    field("description", TEXT, LiteralDefault(value=""), constraints=Constraints(max_length=2000)),
    field(
        "available_from",
        OptionalType(item=ScalarType(name="datetime")),
        LiteralDefault(value=None),
        constraints=Constraints(timezone="aware"),
    ),
    field(
        "dimensions",
        ObjectType(object=DIMENSIONS.qualified_name),
        FactoryDefault(factory="shop.entities.Dimensions"),
    ),
    field(
        "tags",
        ListType(item=RefType(entity=f"{MODULE}.Tag")),
        FactoryDefault(factory="builtins.list"),
    ),
    events=(event("restock", "Put more of it on the shelf.", "product", QUANTITY),),
)
CUSTOMER = entity(
    "Customer",
    "Somebody who buys.",
    field("name", TEXT, constraints=Constraints(min_length=1, max_length=120)),
    field("email", TEXT, constraints=Constraints(max_length=254), unique=True),
    many=(ManySchema(name="orders", entity=f"{MODULE}.Order", field="customer"),),
)
ORDER = entity(
    "Order",
    "What a customer wants, line by line.",
    field("customer", RefType(entity=CUSTOMER.qualified_name)),
    field("note", TEXT, LiteralDefault(value=""), constraints=Constraints(max_length=500)),
    many=(ManySchema(name="lines", entity=f"{MODULE}.OrderLine", field="order"),),
    events=(
        event(
            "add_line",
            "Put a product into the order.",
            "order",
            ParameterSchema(
                name="product",
                type=EntityType(entity=PRODUCT.qualified_name),
                default=REQUIRED,
                source=EntitySource(entity=PRODUCT.qualified_name),
            ),
            QUANTITY,
        ),
    ),
)
LINE = entity(
    "OrderLine",
    "A product in an order, at the price it had.",
    field("order", RefType(entity=ORDER.qualified_name), on_delete="cascade"),
    field("product", RefType(entity=PRODUCT.qualified_name)),
    field("quantity", WHOLE, constraints=Constraints(ge="1", le="1000")),
    crud=("delete",),
)

LISTED_SHOP = AppSchema(
    entities=(TAG, PRODUCT, CUSTOMER, ORDER, LINE), objects=(DIMENSIONS,), enums=(STATUS,)
)

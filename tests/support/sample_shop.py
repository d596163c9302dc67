"""A shop that uses everything an entity can have: its source, and the schema of it.

The source is what an author would write; the schema is what linking makes of it.
"""

from starmodel_schemas import (
    AnyType,
    AppSchema,
    Constraints,
    Default,
    DictType,
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
    FragmentType,
    HolderAccess,
    ListType,
    LiteralDefault,
    LiteralType,
    ObjectSchema,
    ObjectType,
    OptionalType,
    ParameterSchema,
    PolicyAccess,
    ProviderSource,
    PublicAccess,
    RequiredDefault,
    ScalarType,
    SetType,
    SuppliedSource,
    TupleType,
    TypeRef,
)
from starmodel_schemas.types import ScalarName

SOURCES = {
    "lampshop/__init__.py": "",
    "lampshop/policies.py": '''
"""Who may do what."""

from starmodel import Actor, Entity


def may_edit(actor: Actor, entity: Entity) -> bool:
    return actor.id == "owner"


def may_see(actor: Actor, entity: Entity) -> bool:
    return actor.id in {"owner", "guest"}
''',
    "lampshop/adapters.py": '''
"""Parts of the app that the configuration names."""

from starmodel import Actor, InProcessBus, Request


class AuditedBus(InProcessBus):
    """A bus that is told apart from the default."""


def identify(request: Request) -> Actor:
    """Believe what the client says of itself; good enough for a test."""
    return Actor(id=request.headers.get(b"x-actor", b"").decode() or None)


def make_mailer() -> "Mailer":
    """Give the mailer."""
    return Mailer()


class Mailer:
    """Sends nothing."""

    def send(self, text: str) -> str:
        """Say what was sent."""
        return f"sent {text}"
''',
    "lampshop/entities.py": '''
"""The entities of the shop."""

from collections.abc import AsyncIterator, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, computed_field

from lampshop.adapters import Mailer
from lampshop.policies import may_edit, may_see
from starmodel import (
    Access,
    Actor,
    Entity,
    EntityConfig,
    Field,
    Request,
    Scope,
    UnitOfWork,
    event,
)
from starmodel.domain import Fragment


class Status(Enum):
    """How far a product has come."""

    DRAFT = "draft"
    ON_SALE = "on sale"


class Size(Enum):
    SMALL = 1
    LARGE = 2


class Note(BaseModel):
    """Something said about a product; notes answer notes."""

    text: str
    at: datetime | None = None
    secret: str = Field(default="undisclosed", private=True)
    answers: list["Note"] = []

    @computed_field
    @property
    def length(self) -> int:
        return len(self.text)


class Cart(Entity):
    """What a visitor wants to buy."""

    model_config = EntityConfig(scope=Scope.SESSION)

    products: dict[str, int] = {}
    total: Decimal = Decimal("0.00")
    wishes: list[Note] = []
    card_number: str = Field(default="4711", private=True)

    @computed_field
    @property
    def is_empty(self) -> bool:
        return not self.products

    @event
    def add(self, product: "Product", quantity: Annotated[int, Field(ge=1, le=99)] = 1) -> Decimal:
        """Put a product into the cart."""
        self.products[product.name] = self.products.get(product.name, 0) + quantity
        self.total += product.price * quantity
        return self.total

    @event
    async def wish(self, note: Note, urgent: bool = False) -> Note:
        """Ask for something that is not there."""
        self.wishes = [*self.wishes, note]
        return note

    @event
    def pay(self, password: str, mailer: Mailer) -> str:
        """Pay, and be told."""
        self.products = {}
        self.total = Decimal("0.00")
        return mailer.send(f"{len(password)} stars")

    @event
    def count_up(self, to: int) -> Iterator[int]:
        """Count, a step at a time."""
        for number in range(to):
            self.total = Decimal(number)
            yield number
        self.total = Decimal("100.00")


class Product(Entity):
    """Something for sale."""

    model_config = EntityConfig(scope=Scope.RECORD, access=may_see)

    name: str
    price: Decimal
    status: Status = Status.DRAFT
    size: Size | None = None
    released: date | None = None
    notes: list[Note] = []
    tags: set[str] = set()
    warranty: timedelta = timedelta(days=365)
    position: tuple[int, float] = (0, 0.5)
    codes: dict[Size, list[UUID]] = {}
    label: Literal["new", "used"] = "new"

    @event(access=may_edit)
    @classmethod
    def open(cls, name: str, price: Decimal, status: Status = Status.DRAFT) -> "Product":
        """Begin to sell something."""
        return cls(name=name, price=price, status=status)

    @event(access=may_edit, name="re_price")
    def set_price(
        self,
        price: Decimal,
        since: date | None = None,
        size: Size = Size.SMALL,
        tags: set[str] | None = None,
    ) -> "Product":
        """Change the price.

        With "quotes", and a back\\\\slash.
        """
        self.price = price
        self.released = since
        self.size = size
        self.tags = tags or set()
        return self

    @event(access=Access.PUBLIC)
    def label_as(self, label: Literal["new", "used"]) -> Literal["new", "used"]:
        """Say whether it is new."""
        self.label = label
        return label


class Board(Entity):
    """A board for everybody."""

    model_config = EntityConfig(scope=Scope.GLOBAL, access=Access.PUBLIC, page=False)

    lines: list[str] = []

    @event(selector="#lines", mode="append", respond="ack")
    def say(self, line: str) -> Fragment:
        """Write a line, for all to see at once."""
        self.lines = [*self.lines, line]
        return Fragment(f"<li>{len(self.lines)}</li>")

    @event(selector="#progress")
    async def work_through(self, steps: int = 2) -> AsyncIterator[Fragment]:
        """Show progress."""
        for number in range(steps):
            yield Fragment(f"<p id=\\"progress\\">{number}</p>")

    @event(method="GET")
    def search(self, text: str = "") -> list[str]:
        """Find lines."""
        return [line for line in self.lines if text in line]

    @event
    def sign(self, actor: Actor, request: Request, work: UnitOfWork) -> str:
        """Write who is there."""
        self.lines = [*self.lines, f"{actor.id} {request.path}"]
        return "signed" if work else ""
''',
}

MODULE = "lampshop.entities"


def scalar(name: ScalarName) -> ScalarType:
    """A scalar by its name."""
    return ScalarType(name=name)


def field(name: str, type: TypeRef, default: object = None, **more: object) -> FieldSchema:
    """A field; `default` is a plain value, or a `Default`."""
    return FieldSchema.model_validate(
        {"name": name, "type": type, "default": _default(default), **more}
    )


def parameter(
    name: str, type: TypeRef | None = None, default: object = None, **more: object
) -> ParameterSchema:
    """A parameter; supplied ones need no type."""
    return ParameterSchema.model_validate(
        {"name": name, "type": type or AnyType(), "default": _default(default), **more}
    )


def _supplied(what: str) -> SuppliedSource:
    return SuppliedSource.model_validate({"what": what})


def _default(default: object) -> object:
    return RequiredDefault() if default is None else default


def literal(value: bool | int | float | str | None) -> Default:
    """A default that is a plain literal."""
    return LiteralDefault(value=value)


def expression(text: str, *imports: str) -> Default:
    """A default that takes an expression."""
    return ExpressionDefault(expression=text, imports=imports)


NOTHING = literal(None)
MADE = FactoryDefault(factory="made")
STATUS = EnumType(enum=f"{MODULE}.Status")
SIZE = EnumType(enum=f"{MODULE}.Size")
NOTE = ObjectType(object=f"{MODULE}.Note")
EDITORS = PolicyAccess(function="lampshop.policies.may_edit")
READERS = PolicyAccess(function="lampshop.policies.may_see")

ENUMS = (
    EnumSchema(
        name="Size",
        module=MODULE,
        members=(EnumMember(name="SMALL", value=1), EnumMember(name="LARGE", value=2)),
    ),
    EnumSchema(
        name="Status",
        module=MODULE,
        doc="How far a product has come.",
        members=(
            EnumMember(name="DRAFT", value="draft"),
            EnumMember(name="ON_SALE", value="on sale"),
        ),
    ),
)

OBJECTS = (
    ObjectSchema(
        name="Note",
        module=MODULE,
        doc="Something said about a product; notes answer notes.",
        fields=(
            field("text", scalar("str")),
            field("at", OptionalType(item=scalar("datetime")), NOTHING),
            field("secret", scalar("str"), literal("undisclosed"), private=True),
            field("answers", ListType(item=NOTE), expression("[]")),
            field("length", scalar("int"), computed=True),
        ),
    ),
)

CART = EntitySchema(
    name="Cart",
    module=MODULE,
    source="lampshop/entities.py",
    snake_name="cart",
    namespace="cart",
    doc="What a visitor wants to buy.",
    store="SERVER_MEMORY",
    scope="SESSION",
    access=HolderAccess(),
    fields=(
        field("products", DictType(key=scalar("str"), value=scalar("int")), MADE),
        field("total", scalar("Decimal"), expression('Decimal("0.00")', "decimal.Decimal")),
        field("wishes", ListType(item=NOTE), MADE),
        field("card_number", scalar("str"), literal("4711"), private=True),
        field("is_empty", scalar("bool"), computed=True),
    ),
    events=(
        EventSchema(
            name="add",
            function="add",
            signature="add(product: Product, quantity: int = 1) -> Decimal",
            doc="Put a product into the cart.",
            path="/cart/add",
            access=HolderAccess(),
            parameters=(
                parameter("product", source=EntitySource(entity=f"{MODULE}.Product")),
                parameter(
                    "quantity",
                    scalar("int"),
                    literal(1),
                    constraints=Constraints(ge="1", le="99"),
                ),
            ),
            returns=scalar("Decimal"),
        ),
        EventSchema(
            name="wish",
            function="wish",
            signature="wish(note: Note, urgent: bool = False) -> Note",
            doc="Ask for something that is not there.",
            path="/cart/wish",
            access=HolderAccess(),
            is_async=True,
            parameters=(
                parameter("note", NOTE),
                parameter("urgent", scalar("bool"), literal(False)),
            ),
            returns=NOTE,
        ),
        EventSchema(
            name="pay",
            function="pay",
            signature="pay(password: str, mailer: Mailer) -> str",
            doc="Pay, and be told.",
            path="/cart/pay",
            access=HolderAccess(),
            parameters=(
                parameter("password", scalar("str"), private=True),
                parameter(
                    "mailer", source=ProviderSource(function="lampshop.adapters:make_mailer")
                ),
            ),
            returns=scalar("str"),
        ),
        EventSchema(
            name="count_up",
            function="count_up",
            signature="count_up(to: int) -> Iterator[int]",
            doc="Count, a step at a time.",
            path="/cart/count_up",
            access=HolderAccess(),
            is_generator=True,
            parameters=(parameter("to", scalar("int")),),
            returns=scalar("int"),
        ),
    ),
)

PRODUCT = EntitySchema(
    name="Product",
    module=MODULE,
    source="lampshop/entities.py",
    snake_name="product",
    namespace="product",
    doc="Something for sale.",
    store="SERVER_MEMORY",
    scope="RECORD",
    access=READERS,
    fields=(
        field("name", scalar("str")),
        field("price", scalar("Decimal")),
        field("status", STATUS, expression("Status.DRAFT", STATUS.enum)),
        field("size", OptionalType(item=SIZE), NOTHING),
        field("released", OptionalType(item=scalar("date")), NOTHING),
        field("notes", ListType(item=NOTE), MADE),
        field("tags", SetType(item=scalar("str")), MADE),
        field(
            "warranty", scalar("timedelta"), expression("timedelta(days=365)", "datetime.timedelta")
        ),
        field(
            "position",
            TupleType(items=(scalar("int"), scalar("float"))),
            expression("(0, 0.5)"),
        ),
        field("codes", DictType(key=SIZE, value=ListType(item=scalar("UUID"))), MADE),
        field("label", LiteralType(values=("new", "used")), literal("new")),
    ),
    events=(
        EventSchema(
            name="open",
            function="open",
            signature="open(name: str, price: Decimal, status: Status = Status.DRAFT) -> Product",
            doc="Begin to sell something.",
            path="/product/open",
            access=EDITORS,
            is_creation=True,
            parameters=(
                parameter("name", scalar("str")),
                parameter("price", scalar("Decimal")),
                parameter("status", STATUS, expression("Status.DRAFT", STATUS.enum)),
            ),
            returns=EntityType(entity=f"{MODULE}.Product"),
        ),
        EventSchema(
            name="re_price",
            function="set_price",
            signature="set_price(price: Decimal, since: date | None = None, ...) -> Product",
            doc='Change the price.\n\nWith "quotes", and a back\\slash.',
            path="/product/{id}/re_price",
            access=EDITORS,
            parameters=(
                parameter("price", scalar("Decimal")),
                parameter("since", OptionalType(item=scalar("date")), NOTHING),
                parameter("size", SIZE, expression("Size.SMALL", SIZE.enum)),
                parameter("tags", OptionalType(item=SetType(item=scalar("str"))), NOTHING),
            ),
            returns=EntityType(entity=f"{MODULE}.Product"),
        ),
        EventSchema(
            name="label_as",
            function="label_as",
            signature="label_as(label: Literal['new', 'used']) -> Literal['new', 'used']",
            doc="Say whether it is new.",
            path="/product/{id}/label_as",
            access=PublicAccess(),
            parameters=(parameter("label", LiteralType(values=("new", "used"))),),
            returns=LiteralType(values=("new", "used")),
        ),
    ),
)

BOARD = EntitySchema(
    name="Board",
    module=MODULE,
    source="lampshop/entities.py",
    snake_name="board",
    namespace="board",
    doc="A board for everybody.",
    store="SERVER_MEMORY",
    scope="GLOBAL",
    access=PublicAccess(),
    page="host",
    fields=(field("lines", ListType(item=scalar("str")), MADE),),
    events=(
        EventSchema(
            name="say",
            function="say",
            signature="say(line: str) -> Fragment",
            doc="Write a line, for all to see at once.",
            path="/board/say",
            selector="#lines",
            mode="append",
            respond="ack",
            access=PublicAccess(),
            parameters=(parameter("line", scalar("str")),),
            returns=FragmentType(),
        ),
        EventSchema(
            name="work_through",
            function="work_through",
            signature="work_through(steps: int = 2) -> AsyncIterator[Fragment]",
            doc="Show progress.",
            path="/board/work_through",
            selector="#progress",
            access=PublicAccess(),
            is_async=True,
            is_generator=True,
            parameters=(parameter("steps", scalar("int"), literal(2)),),
            returns=FragmentType(),
        ),
        EventSchema(
            name="search",
            function="search",
            signature="search(text: str = '') -> list[str]",
            doc="Find lines.",
            path="/board/search",
            method="GET",
            access=PublicAccess(),
            parameters=(parameter("text", scalar("str"), literal("")),),
            returns=ListType(item=scalar("str")),
        ),
        EventSchema(
            name="sign",
            function="sign",
            signature="sign(actor: Actor, request: Request, work: UnitOfWork) -> str",
            doc="Write who is there.",
            path="/board/sign",
            access=PublicAccess(),
            parameters=(
                parameter("actor", source=_supplied("actor")),
                parameter("request", source=_supplied("request")),
                parameter("work", source=_supplied("unit_of_work")),
            ),
            returns=scalar("str"),
        ),
    ),
)

SCHEMA = AppSchema(entities=(CART, PRODUCT, BOARD), objects=OBJECTS, enums=ENUMS)
"""What linking makes of `SOURCES`."""

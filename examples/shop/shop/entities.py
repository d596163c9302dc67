"""A shop: products, customers, and orders that take stock."""

from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, ClassVar

from pydantic import AwareDatetime, BaseModel

from starmodel import (
    Access,
    Entity,
    EntityConfig,
    Field,
    Many,
    Ref,
    Refused,
    StateStore,
    UnitOfWork,
    event,
)

Money = Annotated[Decimal, Field(max_digits=12, decimal_places=2, ge=0)]
Quantity = Annotated[int, Field(ge=1, le=1000)]


class OutOfStock(Refused):
    """Somebody wants more than there is."""


class Status(Enum):
    """Whether a product can be bought."""

    DRAFT = "draft"
    ACTIVE = "active"
    RETIRED = "retired"


class OrderStatus(Enum):
    """How far an order has come."""

    OPEN = "open"
    PLACED = "placed"
    CANCELLED = "cancelled"


class Dimensions(BaseModel):
    """How large a product is, in millimetres."""

    width: int = Field(default=0, ge=0)
    height: int = Field(default=0, ge=0)
    depth: int = Field(default=0, ge=0)


class Tag(Entity):
    """A word that products are found by."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    name: str = Field(min_length=1, max_length=40, unique=True)
    products: ClassVar[Many["Product"]]


class Product(Entity):
    """Something the shop sells."""

    model_config = EntityConfig(
        store=StateStore.SERVER_SQL,
        access=Access.PUBLIC,
        crud=True,
        indexes=[("status", "name")],
    )

    name: str = Field(min_length=1, max_length=120, index=True)
    sku: str = Field(min_length=1, max_length=32, unique=True)
    price: Money = Decimal("0.00")
    stock: int = Field(default=0, ge=0, writable=False)
    status: Status = Status.DRAFT
    dimensions: Dimensions = Field(default_factory=Dimensions)
    tags: list[Ref[Tag]] = Field(default_factory=list[Ref[Tag]])

    @event(lock=True)
    def restock(self, quantity: Quantity) -> None:
        """Put more of it on the shelf."""
        self.stock += quantity


class Customer(Entity):
    """Somebody who buys."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    name: str = Field(min_length=1, max_length=120)
    email: str = Field(max_length=254, unique=True)
    orders: ClassVar[Many["Order"]]


class Order(Entity):
    """What a customer wants, line by line."""

    model_config = EntityConfig(
        store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud={"create", "delete"}
    )

    customer: Ref[Customer]
    status: OrderStatus = Field(default=OrderStatus.OPEN, writable=False)
    placed_at: AwareDatetime | None = Field(default=None, writable=False)
    note: str = Field(default="", max_length=500)
    lines: ClassVar[Many["OrderLine"]]

    # All lock the order: nobody adds a line while somebody else places it.
    @event(lock=True)
    async def add_line(self, work: UnitOfWork, product: Product, quantity: Quantity) -> None:
        """Put a product into the order."""
        self.require_open()
        work.add(
            OrderLine,
            OrderLine(
                order=Ref(self), product=Ref(product), quantity=quantity, price=product.price
            ),
        )

    @event(lock=True)
    async def place(self, work: UnitOfWork) -> None:
        """Take the stock of every line, or fail whole."""
        self.require_open()
        lines = await self.lines.load()
        if not lines:
            raise Refused("An order needs a line at least.")
        for line in lines:
            product = await line.product.load()
            if product.stock < line.quantity:
                raise OutOfStock(f"There are only {product.stock} of {product.name}.")
            product.stock -= line.quantity
        self.status = OrderStatus.PLACED
        self.placed_at = datetime.now(UTC)

    @event(lock=True)
    async def cancel(self, work: UnitOfWork) -> None:
        """Give the stock back."""
        if self.status is OrderStatus.PLACED:
            for line in await self.lines.load():
                product = await line.product.load()
                product.stock += line.quantity
        self.status = OrderStatus.CANCELLED

    def require_open(self) -> None:
        """Refuse if the order was placed already."""
        if self.status is not OrderStatus.OPEN:
            raise Refused("The order is closed.")


class OrderLine(Entity):
    """A product in an order, at the price it had."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud={"delete"})

    order: Ref[Order] = Field(on_delete="cascade")
    product: Ref[Product]
    quantity: Quantity
    price: Money = Decimal("0.00")

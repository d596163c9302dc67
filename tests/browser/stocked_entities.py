"""A shop in a database, for tests of the generated pages of records."""

from decimal import Decimal
from enum import Enum
from typing import Annotated

from pydantic import AwareDatetime, BaseModel

from starmodel import (
    Access,
    Entity,
    EntityConfig,
    Field,
    Many,
    Ref,
    StateStore,
    UnitOfWork,
    event,
)

Quantity = Annotated[int, Field(ge=1, le=1000)]


class Status(Enum):
    """Whether a product can be bought."""

    DRAFT = "draft"
    ACTIVE = "active"
    RETIRED = "retired"


class Dimensions(BaseModel):
    """How large a product is, in millimetres."""

    width: int = Field(default=0, ge=0)
    height: int = Field(default=0, ge=0)
    depth: int = Field(default=0, ge=0)


class Tag(Entity):
    """A word that products are found by."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    name: str = Field(min_length=1, max_length=40, unique=True)
    products: Many["Product"]


class Product(Entity):
    """Something the shop sells."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    name: str = Field(min_length=1, max_length=120)
    sku: str = Field(min_length=1, max_length=32, unique=True)
    price: Decimal = Field(default=Decimal("0.00"), ge=0, max_digits=12, decimal_places=2)
    stock: int = Field(default=0, ge=0, writable=False)
    status: Status = Status.DRAFT
    is_fragile: bool = False
    description: str = Field(default="", max_length=2000)
    available_from: AwareDatetime | None = None
    dimensions: Dimensions = Field(default_factory=Dimensions)
    tags: list[Ref[Tag]] = Field(default_factory=list[Ref[Tag]])

    @event
    def restock(self, quantity: Quantity) -> None:
        """Put more of it on the shelf."""
        self.stock += quantity


class Customer(Entity):
    """Somebody who buys."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    name: str = Field(min_length=1, max_length=120)
    email: str = Field(max_length=254, unique=True)
    orders: Many["Order"]


class Order(Entity):
    """What a customer wants, line by line."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    customer: Ref[Customer]
    note: str = Field(default="", max_length=500)
    lines: Many["OrderLine"]

    @event
    def add_line(self, work: UnitOfWork, product: Product, quantity: Quantity) -> None:
        """Put a product into the order."""
        line = OrderLine(order=Ref(self), product=Ref(product), quantity=quantity)
        work.add(OrderLine, line)


class OrderLine(Entity):
    """A product in an order."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud={"delete"})

    order: Ref[Order] = Field(on_delete="cascade")
    product: Ref[Product]
    quantity: Quantity

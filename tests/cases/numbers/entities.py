"""A shop whose records have running numbers, and some that are numbered by those who make them."""

from decimal import Decimal
from typing import Annotated, ClassVar

from pydantic import BaseModel

from starmodel import (
    Access,
    Entity,
    EntityConfig,
    Field,
    Many,
    Ref,
    Scope,
    StateStore,
    UnitOfWork,
    event,
)


class Numbered(BaseModel):
    """What has a running number."""

    id: int | None = Field(default=None, primary_key=True)


class Tag(Numbered, Entity):  # pyright: ignore[reportIncompatibleVariableOverride]
    """A word that products are found by."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    name: str = Field(min_length=1, max_length=40, unique=True)
    products: ClassVar[Many["Product"]]


class Product(Entity):
    """Something the shop sells."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    id: int | None = Field(default=None, primary_key=True)  # pyright: ignore
    name: str = Field(min_length=1, max_length=120, index=True)
    price: Decimal = Field(default=Decimal("0.00"), max_digits=12, decimal_places=2, ge=0)
    tags: list[Ref[Tag]] = Field(default_factory=list[Ref[Tag]])


class Order(Entity):
    """What a customer wants, line by line."""

    model_config = EntityConfig(
        store=StateStore.SERVER_SQL,
        access=Access.PUBLIC,
        crud=True,
        indexes=[("customer", "id")],
    )

    id: Annotated[int | None, Field(primary_key=True)] = None  # pyright: ignore
    customer: str = ""
    follows: Ref["Order"] | None = Field(default=None, on_delete="set_null")
    lines: ClassVar[Many["OrderLine"]]

    @event
    @classmethod
    async def place(cls, work: UnitOfWork, product: Product, quantity: int = 1) -> "Order":
        """Order a product at once."""
        order = cls(customer="somebody")
        work.add(OrderLine(order=Ref(order), product=Ref(product), quantity=quantity))
        return order

    @event(lock=True)
    async def split(self, work: UnitOfWork) -> int:
        """Make an order that follows this one, with lines of its own; its number."""
        other = Order(customer=self.customer, follows=Ref(self))
        work.add(other)
        for line in await self.lines.load():
            work.add(OrderLine(order=Ref(other), product=line.product, quantity=line.quantity))
        await work.flush()
        assert other.id is not None
        return other.id

    @event
    def stock(self, work: UnitOfWork, names: list[str], first: int | None = None) -> None:
        """Make a product of each name; the first of them with a number of its own."""
        for name in names:
            work.add(Product(id=first, name=name))
            first = None

    @event
    async def replace(self, work: UnitOfWork, other: "Order | None" = None) -> None:
        """Be what another order follows."""
        if other is not None:
            other.follows = Ref(self)


class OrderLine(Entity):
    """So many of a product."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    id: int | None = Field(default=None, primary_key=True)  # pyright: ignore
    order: Ref[Order] = Field(on_delete="cascade")
    product: Ref[Product]
    quantity: int = Field(default=1, ge=1)


class Badge(Entity):
    """What a visitor wears."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud={"create"})

    id: int | None = Field(default=None, primary_key=True)  # pyright: ignore
    name: str = ""
    code: str = Field(default="", max_length=8, writable=False)

    def after_create(self) -> None:
        """Print its number on it."""
        self.code = f"B-{self.id:04}"


class Room(Entity):
    """A room, by the number on its door."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    id: int = Field(primary_key=True, ge=1)  # pyright: ignore
    name: str = ""


class Visit(Entity):
    """Somebody who is here, as long as the process is."""

    model_config = EntityConfig(scope=Scope.RECORD, access=Access.PUBLIC)

    id: int | None = Field(default=None, primary_key=True)  # pyright: ignore
    name: str = ""
    rooms: int = 0

    @event
    @classmethod
    def arrive(cls, name: str) -> "Visit":
        """Say that somebody is here."""
        return cls(name=name)

    @event
    def enter(self) -> None:
        """Go into another room."""
        self.rooms += 1

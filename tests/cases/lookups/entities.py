"""Lists that are searched and sorted by what stands in other tables."""

from datetime import date
from decimal import Decimal
from enum import Enum
from typing import ClassVar
from uuid import UUID, uuid4

from starmodel import Access, Entity, EntityConfig, Field, Many, Ref, StateStore


class Tier(Enum):
    """What a customer has paid for."""

    FREE = "free"
    PAID = "paid"


class Customer(Entity):
    """Somebody who buys."""

    model_config = EntityConfig(
        store=StateStore.SERVER_SQL,
        access=Access.PUBLIC,
        crud={"create"},
        lookups=["orders__count"],
        order_by="-orders__count,name",
    )

    id: UUID = Field(default_factory=uuid4)  # pyright: ignore[reportIncompatibleVariableOverride]
    name: str = Field(max_length=80)
    tier: Tier = Tier.FREE
    since: date | None = None
    credit: Decimal = Field(default=Decimal("0.00"), max_digits=8, decimal_places=2)
    secret: str = Field(default="", private=True)
    orders: ClassVar[Many["Order"]]


class Label(Entity):
    """A word on orders."""

    model_config = EntityConfig(
        store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud={"create"}, lookups=["orders__count"]
    )

    word: str
    orders: ClassVar[Many["Order"]]


class Order(Entity):
    """What a customer wants, perhaps instead of another order."""

    model_config = EntityConfig(
        store=StateStore.SERVER_SQL,
        access=Access.PUBLIC,
        crud=True,
        lookups=[
            "customer__name",
            "customer__tier",
            "customer__since",
            "customer__credit",
            "instead_of__title",
            "later__count",
        ],
    )

    title: str = Field(max_length=80)
    customer: Ref[Customer] | None = None
    instead_of: Ref["Order"] | None = Field(default=None, on_delete="set_null")
    labels: list[Ref[Label]] = Field(default_factory=list[Ref[Label]])
    later: ClassVar[Many["Order"]]

"""Entities in Redis: for each session, for all, and records that are addressed by their ids."""

from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel

from starmodel import Access, Entity, EntityConfig, Field, Scope, StateStore, event


class Size(Enum):
    """How much there is in one."""

    SMALL = "s"
    LARGE = "l"


class Line(BaseModel):
    """So many of something."""

    sku: str
    amount: int = 1
    price: Decimal = Decimal("0.00")
    note: str | None = None


class Basket(Entity):
    """What a visitor is about to buy, for a day."""

    model_config = EntityConfig(store=StateStore.SERVER_REDIS, ttl=86400)

    lines: list[Line] = []
    labels: dict[str, date] = {}
    size: Size = Size.SMALL
    token: UUID | None = Field(default=None, private=True)
    extra: Any = None

    @event
    def add(self, sku: str, amount: int = 1) -> None:
        """Put something in."""
        self.lines.append(Line(sku=sku, amount=amount))


class Tally(Entity):
    """One number for everybody."""

    model_config = EntityConfig(
        store=StateStore.SERVER_REDIS, scope=Scope.GLOBAL, access=Access.PUBLIC
    )

    total: int = Field(default=0, renamed_from="count")
    total_price: Decimal = Decimal("0.00")
    since: AwareDatetime | None = None
    pause: timedelta = timedelta(seconds=1)

    @event
    def increase(self, by: int = 1) -> None:
        """Count on."""
        self.total += by


class Room(Entity):
    """One of many, for whoever has its id."""

    model_config = EntityConfig(
        store=StateStore.SERVER_REDIS, scope=Scope.RECORD, access=Access.PUBLIC
    )

    topic: str
    seats: set[int] = set()
    part: Line | Size | None = None

    @event
    @classmethod
    def open(cls, topic: str) -> "Room":
        """Begin one."""
        return cls(topic=topic)

    @event
    def say(self, topic: str) -> None:
        """Talk of something else."""
        self.topic = topic

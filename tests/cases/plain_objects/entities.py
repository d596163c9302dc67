"""Dataclasses and a `TypedDict` as value objects, in a database and in memory."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

import pydantic.dataclasses
from pydantic import Field as PydanticField
from typing_extensions import TypedDict

from starmodel import Access, Entity, EntityConfig, Field, StateStore, event


@dataclass(frozen=True)
class Point:
    """A place."""

    x: int
    y: int = 0


@dataclass
class Line:
    """What is ordered."""

    sku: str
    price: Decimal = Decimal("1.50")
    tags: list[str] = field(default_factory=list)
    until: date | None = None
    data: bytes = b""
    points: dict[str, Point] = field(default_factory=dict)


@pydantic.dataclasses.dataclass
class Weight:
    kind: Literal["weight"] = "weight"
    grams: Annotated[int, PydanticField(ge=0)] = 0
    on: bool = False


@dataclass
class Count:
    kind: Literal["count"] = "count"
    pieces: int = 0


class Address(TypedDict):
    """Where somebody lives."""

    street: str
    number: int | None
    at: Point


class Order(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    name: str = ""
    place: Point = Field(default_factory=lambda: Point(1))
    line: Line | None = None
    lines: list[Line] = []
    places: set[Point] = set()
    amount: Annotated[Weight | Count, PydanticField(discriminator="kind")] = Field(
        default_factory=Count
    )
    address: Address | None = None
    addresses: list[Address] = []

    @event
    def add(self, line: Line, address: Address | None = None) -> Line:
        self.lines.append(line)
        self.address = address
        return line

    @event
    def spoil(self, price: str) -> None:
        self.lines[0].price = price  # pyright: ignore


class Cart(Entity):
    """Is kept in memory."""

    line: Line = Field(default_factory=lambda: Line("none"))

    @event
    def put(self, line: Line) -> None:
        self.line = line

    @event
    def rename(self, sku: str) -> None:
        self.line.sku = sku

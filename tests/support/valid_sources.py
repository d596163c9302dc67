"""Entity modules that are right, with much of what one may write: what mistakes are made in."""

SHOP = """\
import abc
import math
import datetime as dt
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum, StrEnum, auto
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal, Optional, Self
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, PositiveInt, PrivateAttr, computed_field
from pydantic import field_validator, model_validator

from starmodel import Access, Actor, BaseTable, Entity, EntityConfig, Field, Many, Ref, Scope
from starmodel import StateStore, event

LIMIT = 10
RATE = Decimal("0.25")


def today() -> date:
    return date.today()


def may(actor: Actor, entity: "Order") -> bool:
    return actor.is_authenticated


class Status(Enum):
    OPEN = "open"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return self.value.title()


class Size(StrEnum):
    S = auto()
    L = auto()


class Money(BaseModel):
    model_config = ConfigDict(frozen=True)

    amount: Decimal = Decimal("0")
    currency: Literal["EUR", "USD"] = "EUR"

    def plus(self, other: "Money") -> "Money":
        return Money(amount=self.amount + other.amount, currency=self.currency)


class Line(BaseModel):
    title: str
    price: Money = Money()
    count: PositiveInt = 1
    size: Size = Size.S

    @field_validator("title")
    @classmethod
    def strip(cls, value: str) -> str:
        return value.strip()


class Touched(BaseModel):
    touched: date = Field(default_factory=today)

    def touch(self) -> None:
        self.touched = date.today() + timedelta(days=1)


class Author(Entity, BaseTable, table=True):
    model_config = EntityConfig(access=Access.PUBLIC, crud=True)

    name: str = Field(min_length=1, max_length=LIMIT)
    born: date | None = None
    orders: ClassVar[Many["Order"]]


class Order(Touched, Entity, BaseTable, table=True):
    model_config = EntityConfig(access=may, crud={"create"})

    KINDS: ClassVar[tuple[str, ...]] = ("a", "b")
    author: Ref[Author]
    before: Ref["Order"] | None = None
    lines: list[Line] = []
    status: Status = Status.OPEN
    total: Decimal = Field(default=RATE * 2, ge=0, max_digits=9, decimal_places=2)
    code: str = Field(default_factory=lambda: uuid4().hex, unique=True)
    note: Annotated[str, Field(max_length=LIMIT * 2)] = ""
    due: dt.date = dt.date(2024, 1, 31)
    tags: set[str] = Field(default_factory=set)

    @computed_field
    @property
    def size(self) -> int:
        return len(self.lines)

    @model_validator(mode="after")
    def check(self) -> Self:
        if self.total < 0:
            raise ValueError("less than nothing")
        return self

    @event
    def add(self, title: str, price: Money, count: int = 1) -> None:
        line = Line(title=title, price=price, count=count)
        self.lines.append(line)
        self.total += line.price.amount * count
        self.touch()

    @event(method="GET")
    def matching(self, word: str = "") -> list[Line]:
        return [line for line in self.lines if word in line.title and self._fits(line)]

    def _fits(self, line: Line) -> bool:
        return line.count < math.floor(LIMIT)

    @event
    @classmethod
    def open(cls, author: Author) -> "Order":
        return cls(author=Ref(author.id))


class Counter(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_MEMORY, scope=Scope.SESSION, ttl=60 * 60)

    count: int = 0
    names: Optional[list[str]] = None
    extra: dict[str, Any] = {}  # starmodel: ignore[any-type]

    @event
    def increment(self, amount: int = 1, size: Size = Size.L) -> None:
        self.count += amount

    @event
    def steps(self) -> Iterator[int]:
        for number in range(self.count):
            yield number
"""
"""A shop in SQL."""

QUIZ = '''\
"""Another way to write."""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass
from datetime import UTC, datetime, time
from enum import IntEnum
from uuid import UUID, uuid4

import pydantic as p
from annotated_types import Ge, Len
import starmodel as sm
from starmodel import Scope, event
from typing_extensions import Self

Name = t.Annotated[str, p.StringConstraints(min_length=1, max_length=40)]
Score = t.Annotated[int, Ge(0)]
Answer = t.Literal["yes", "no"]
T = t.TypeVar("T")


class Level(IntEnum):
    LOW = 1
    HIGH = 2

    @classmethod
    def best(cls) -> Level:
        return cls.HIGH


@dataclass(slots=True)
class Tools:
    pattern: str = r"\\w+"
    flags: int = re.IGNORECASE

    def words(self, text: str) -> list[str]:
        return re.findall(self.pattern, text, self.flags)


class Cat(p.BaseModel):
    kind: t.Literal["cat"] = "cat"
    lives: int = p.Field(9, ge=0, le=9)


class Dog(p.BaseModel):
    kind: t.Literal["dog"] = "dog"
    name: Name = "Rex"


class Named:
    name: Name = "nobody"

    @property
    def initials(self) -> str:
        return "".join(part[0] for part in self.name.split())

    @initials.setter
    def initials(self, value: str) -> None:
        self.name = value


class Base(sm.Entity):
    at: p.AwareDatetime = p.Field(default_factory=lambda: datetime.now(UTC))

    def stamp(self, when: datetime | None = None) -> datetime:
        self.at = when or datetime.now(UTC)
        return self.at


class Quiz(Named, Base):
    model_config = sm.EntityConfig(scope=Scope.GLOBAL, access=sm.Access.AUTHENTICATED)

    limits: t.ClassVar[dict[str, int]] = {"low": 1}
    names: t.ClassVar = [name * 2 for name in ("a", "b")]
    pet: t.Annotated[Cat | Dog, p.Field(discriminator="kind")] = Cat()
    scores: dict[str, Score] = {}
    level: Level = Level.LOW
    answers: t.Annotated[list[Answer], Len(0, 10)] = []
    handle: UUID = p.Field(default_factory=uuid4)
    opens: time | None = None
    pair: tuple[int, str] = (1, "a")
    last: Cat | None = None

    @p.computed_field(title="Total")
    @property
    def total(self) -> int:
        return sum(self.scores.values())

    @p.field_validator("scores", mode="after")
    @classmethod
    def few(cls, value: dict[str, int], info: p.ValidationInfo) -> dict[str, int]:
        if len(value) > 10:
            raise ValueError("too many")
        return value

    @event(method="POST", name="answer")
    def give(self, player: Name, answer: Answer = "yes", *, level: Level = Level.LOW) -> int:
        points = {name: number + 1 for name, number in self.scores.items()}
        if answer == "yes" and level is Level.best():
            points[player] = points.get(player, 0) + level.value
        self.scores = points
        match self.pet:
            case Cat(lives=lives):
                self.last = Cat(lives=lives)
            case Dog() as dog:
                self.name = dog.name
        self.stamp()
        return self.total

    @event(method="GET")
    def best(self) -> str | None:
        key: t.Callable[[str], int] = lambda name: self.scores[name]
        return max(self.scores, key=key, default=None)

    @event
    async def reset(self, actor: sm.Actor) -> t.AsyncIterator[int]:
        for name in list(self.scores):
            del self.scores[name]
            yield len(self.scores)
        self.initials = actor.id[:2] if actor.is_authenticated else "x"
        Tools(flags=0).words(self.name)
'''
"""Annotations that are texts, names by their modules, mixins, a union."""

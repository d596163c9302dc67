"""The entities of the app in `web_world`."""

# pyright: reportUnknownVariableType=false
# FastHTML's components say little of their types.

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Self

from fasthtml.common import FT, H1, Li
from pydantic import model_validator

from starmodel import Access, Entity, EntityConfig, Field, Refused, Scope, event
from starmodel.errors import (
    BadRequest,
    Conflict,
    Forbidden,
    NotFound,
    PayloadTooLarge,
    StoreFull,
    TooManyRequests,
    Unauthenticated,
    UnsupportedMediaType,
)

CANARY = "the-secret-of-the-counter"

FAILURES: dict[str, Callable[[], Exception]] = {
    "value": lambda: ValueError(CANARY),
    "key": lambda: KeyError(CANARY),
    "group": lambda: ExceptionGroup(CANARY, [OSError(CANARY)]),
    "recursion": lambda: RecursionError(CANARY),
    "bad_request": lambda: BadRequest("This is no request."),
    "unauthenticated": lambda: Unauthenticated(),
    "forbidden": lambda: Forbidden(),
    "not_found": lambda: NotFound("counter", CANARY),
    "conflict": lambda: Conflict("counter", CANARY),
    "too_large": lambda: PayloadTooLarge(5),
    "media_type": lambda: UnsupportedMediaType(CANARY),
    "too_many": lambda: TooManyRequests(2.5),
    "full": lambda: StoreFull(7),
    "refused": lambda: Refused("There is no room."),
}

CLOSED: list[str] = []
"""What the generator of `steps` leaves behind when it ends."""

Title = Annotated[str, Field(min_length=1, max_length=40)]


class Counter(Entity):
    """What one session has."""

    model_config = EntityConfig(scope=Scope.SESSION)

    count: int = 0
    title: str = "Counter"
    locked: bool = False
    pin: str = Field(CANARY, private=True)

    @model_validator(mode="after")
    def stay_small(self) -> Self:
        if self.count > 1_000_000:
            raise ValueError(f"too much: {self.pin}")
        return self

    @event
    def increment(self, amount: int = 1) -> None:
        self.count += amount

    @event
    def reset(self) -> str:
        self.count = 0
        return "done"

    @event(selector="h1", mode="outer")
    def rename(self, title: Title) -> FT:
        self.title = title
        return H1(title)

    @event(respond="ack")
    def touch(self) -> None:
        """An event whose change arrives by the live stream alone."""
        self.count += 1

    @event
    def fail(self, kind: str = "value") -> None:
        raise FAILURES[kind]()

    @event(method="GET")
    def peek(self, amount: int = 1) -> int:
        """An event by GET, which changes nothing."""
        return amount

    @event(selector="#log", mode="append")
    async def steps(self, count: int = 3, fail_at: int = 0) -> AsyncIterator[FT]:
        try:
            for number in range(1, count + 1):
                if number == fail_at:
                    raise RuntimeError(CANARY)
                self.count = number
                await asyncio.sleep(0.005)
                yield Li(str(number))
        finally:
            CLOSED.append("steps")

    @event(method="PUT", path="/counter/any")
    def put(self, amount: int = 1) -> None:
        self.count += amount

    @event(method="PATCH", path="/counter/any")
    def patch(self, amount: int = 1) -> None:
        self.count += amount

    @event(method="DELETE", path="/counter/any")
    def delete(self, amount: int = 1) -> None:
        self.count += amount


class Board(Entity):
    """What is there for all who are known."""

    model_config = EntityConfig(scope=Scope.GLOBAL, access=Access.AUTHENTICATED, page=False)

    notes: list[str] = Field(default_factory=list[str])

    @event
    def post(self, note: str) -> None:
        self.notes.append(note)


class Room(Entity):
    """A record."""

    model_config = EntityConfig(scope=Scope.RECORD, access=Access.PUBLIC)

    topic: str = ""

    @event
    @classmethod
    def open(cls) -> Self:
        return cls()

    @event
    def name(self, title: Title) -> None:
        self.topic = title

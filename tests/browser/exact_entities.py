"""Records whose values no input can show exactly, for tests of what a form sends back."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, Literal
from uuid import UUID, uuid4

from pydantic import AwareDatetime, BaseModel, NaiveDatetime

from starmodel import Access, Entity, EntityConfig, Field, Ref, Scope, StateStore, event


class Level(Enum):
    """How hard it is."""

    EASY = 1
    HARD = 2


class Inner(BaseModel):
    """What is inside of a source."""

    remark: str | None = None
    depth: float = 0.5


class Source(BaseModel):
    """Where something comes from."""

    place: str = ""
    page: int = 1
    line: str = Field(default="", multiline=False)
    seen: AwareDatetime = datetime(2026, 3, 14, 9, 30, 5, 123456, tzinfo=UTC)
    at: time = time(9, 30, 5, 123456)
    wait: timedelta = timedelta(microseconds=1)
    level: Level = Level.EASY
    is_new: bool = True
    inner: Inner = Inner()


class Topic(Entity):
    """Something to ask about."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    id: str = Field(default_factory=lambda: uuid4().hex, max_length=40)
    name: str = ""


class Card(Entity):
    """A question and its answer."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    title: str
    answer: str = ""
    label: str = Field(default="", multiline=False)
    hint: str | None = None
    code: str = Field(default="", pattern="^[a-z]*$")
    weight: float = 0.0
    price: Decimal = Field(default=Decimal("0.10"), max_digits=18, decimal_places=2)
    big: int = 0
    day: date | None = None
    at: time | None = None
    seen: AwareDatetime | None = None
    due: NaiveDatetime | None = None
    wait: timedelta = timedelta(0)
    number: UUID | None = None
    raw: bytes = b""
    level: Level = Level.EASY
    kind: Literal["a", "b"] | None = None
    is_new: bool = False
    words: list[str] = []
    sizes: dict[str, int] = {}
    grid: list[list[int]] = []
    anything: Any = None
    source: Source = Source()
    topics: list[Ref[Topic]] = []
    topic: Ref[Topic] | None = None


def next_size() -> "Size":
    return Size(width=7)


class Size(BaseModel):
    """How large something is."""

    width: int = 1
    note: str = Field(default_factory=lambda: "made")


class Made(Entity):
    """Something of which the server makes the most."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    title: str
    code: str = Field(default_factory=lambda: uuid4().hex, unique=True)
    word: str | None = Field(default_factory=lambda: "word")
    count: int = Field(default_factory=lambda: 7)
    day: date | None = Field(default_factory=lambda: date(2026, 3, 14))
    words: list[str] = Field(default_factory=lambda: ["a", "b"])
    is_new: bool = Field(default_factory=lambda: True)
    size: Size = Field(default_factory=next_size)
    breaks: str = "a\r\nb"
    note: str | None = None
    is_old: bool = Field(default_factory=lambda: True, frozen=True)


class Kept(BaseModel):
    """What a plain record has of its own."""

    level: Level | None = Level.HARD
    remark: str = "as it was"


class Plain(Entity):
    """Something with defaults that no input shows, of which the server makes none."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    title: str
    seen: AwareDatetime | None = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
    names: list[str] | None = []
    kind: Literal["", "a"] | None = ""
    raw: bytes | None = b""
    words: list[str] = ["a"]
    kept: Kept = Kept()


class Spot(BaseModel):
    """A place in a warehouse."""

    row: int = 1
    notes: dict[str, str] = {}


class Box(BaseModel):
    """What a spot may be instead."""

    side: int = 1


class Warehouse(Entity):
    """Holds mappings whose keys come and go."""

    model_config = EntityConfig(scope=Scope.GLOBAL, access=Access.PUBLIC)

    stock: dict[str, int] = {"a": 1, "b": 2, "d": 3}
    nested: dict[str, dict[str, int]] = {"x": {"a": 1, "b": 2}, "y": {"a": 1}}
    spots: dict[str, Spot] = {"n": Spot(notes={"k": "v"})}
    spot: Spot = Spot(notes={"k": "v", "l": "w"})
    either: Spot | Box = Spot()

    @event
    def fill(self) -> None:
        """Put all keys into each of them, as at first."""
        self.stock = {"a": 1, "b": 2, "d": 3}
        self.nested = {"x": {"a": 1, "b": 2}, "y": {"a": 1}}
        self.spots = {"n": Spot(notes={"k": "v"})}
        self.spot = Spot(notes={"k": "v", "l": "w"})
        self.either = Spot()

    @event
    def drop(self) -> None:
        """Take keys out of each of them."""
        self.stock = {"a": 1}
        self.nested = {"x": {"b": 2}}
        self.spots = {}
        self.spot = Spot(notes={"l": "w"})
        self.either = Box()

"""An archive: entities in SQL with fields of every type, as their author wrote them."""

from functools import cache

from linked_project import link_sources

from starmodel_schemas import AppSchema

ENTITIES = '''
"""What is kept in the archive."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from pydantic import AwareDatetime, BaseModel, NaiveDatetime, computed_field, field_validator

from starmodel import Access, Entity, EntityConfig, Field, Many, Ref, Scope, StateStore

validated: list[str] = []


class Colour(Enum):
    RED = "red"
    GREEN = "it's green"


class Level(IntEnum):
    LOW = 1
    HIGH = 3


class Mixed(Enum):
    TEXT = "1"
    NUMBER = 2


class Size(BaseModel):
    width: int = Field(default=0, ge=0)
    unit: Literal["mm", "inch"] = "mm"
    colour: Colour | None = None
    secret: str = Field(default="", private=True)

    @field_validator("width")
    @classmethod
    def note(cls, width: int) -> int:
        validated.append("width")
        return width

    @computed_field
    @property
    def area(self) -> int:
        return self.width * self.width


class Note(BaseModel):
    text: str
    stars: int = 3
    at: datetime | None = None
    tags: list[str] = Field(default_factory=lambda: ["new"])
    weight: Decimal = Decimal("1.50")
    colour: Colour = Colour.RED
    secret: bytes = Field(default=b"", private=True)
    size: Size = Field(default_factory=Size)
    answers: "list[Note]" = Field(default_factory=lambda: list[Note]())
    either: "Size | Note | Decimal | int | None" = None


class Shelf(Entity):
    model_config = EntityConfig(
        store=StateStore.SERVER_SQL, access=Access.PUBLIC, unique=[("label", "row")]
    )

    id: str = Field(default="first", primary_key=True)
    label: str = Field(default="", max_length=20, unique=True)
    row: int = 0
    things: Many["Thing", "shelf"]


class Tag(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)

    id: UUID = Field(default_factory=uuid4)
    word: str = ""


class Thing(Entity):
    model_config = EntityConfig(
        store=StateStore.SERVER_SQL,
        access=Access.PUBLIC,
        indexes=[("day", "colour")],
    )

    flag: bool
    count: int
    ratio: float
    text: str
    short: str = Field(max_length=20)
    blob: bytes
    price: Decimal = Field(max_digits=18, decimal_places=4, ge=Decimal("-99999999999999.5"))
    whole: Decimal = Field(max_digits=18, decimal_places=0)
    day: date
    hour: time
    moment: AwareDatetime
    local: NaiveDatetime
    span: timedelta
    key: UUID
    colour: Colour
    level: Level
    kind: Literal["a", "b:c %s", "O'Neill"]
    step: Literal[1, 2]
    yes: Literal[True]
    number: int = Field(ge=-5, lt=10_000)
    maybe_flag: bool | None
    maybe_count: int | None
    maybe_ratio: float | None
    maybe_text: str | None
    maybe_blob: bytes | None
    maybe_price: Decimal | None = Field(max_digits=12, decimal_places=2)
    maybe_day: date | None
    maybe_hour: time | None
    maybe_moment: AwareDatetime | None
    maybe_local: NaiveDatetime | None
    maybe_span: timedelta | None
    maybe_key: UUID | None
    maybe_colour: Colour | None
    maybe_level: Level | None
    maybe_kind: Literal["a", None]
    secret: str = Field(private=True)
    size: Size
    shelf: Ref[Shelf] = Field(on_delete="cascade")
    tag: Ref[Tag] | None = Field(on_delete="set_null")
    next: Ref["Thing"] | None = Field(default=None, on_delete="set_null")
    tags: list[Ref[Tag]]
    like: list[Ref["Thing"]]
    shelf_key: str = Field(foreign_key="shelf.id")

    @computed_field
    @property
    def double(self) -> int:
        return self.count * 2


class Box(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)

    mixed: Mixed
    flags: list[bool]
    counts: list[int]
    ratios: list[float]
    texts: list[str]
    blobs: list[bytes]
    prices: list[Decimal]
    days: list[date]
    hours: list[time]
    moments: list[datetime]
    spans: list[timedelta]
    keys: list[UUID]
    colours: list[Colour]
    levels: list[Level]
    limited: list[Annotated[int, Field(ge=0, le=10)]]
    nested: list[list[Decimal | None]]
    by_text: dict[str, int]
    by_count: dict[int, str]
    by_ratio: dict[float, str]
    by_flag: dict[bool, date]
    by_price: dict[Decimal, Decimal]
    by_day: dict[date, list[int]]
    by_moment: dict[datetime, float]
    by_span: dict[timedelta, timedelta]
    by_key: dict[UUID, UUID]
    by_blob: dict[bytes, bytes]
    by_colour: dict[Colour, Note]
    by_level: dict[Level, int]
    by_kind: dict[Literal["a", 1], str]
    words: set[str]
    frozen: frozenset[Decimal]
    mixed_set: set[Colour]
    spans_set: set[timedelta]
    pair: tuple[int, Decimal]
    single: tuple[float]
    many: tuple[date, ...]
    plain: tuple[int, ...]
    either: int | str
    number: int | float | bool
    moment_or_day: datetime | date | str
    one_of: Size | Note | Colour | bytes | None
    collection: list[int] | dict[str, Decimal] | tuple[int, int] | set[str]
    deep: list[dict[str, int | Decimal]]
    note: Note
    maybe_note: Note | None
    maybe_size: Size | None
    notes: list[Note]
    maybe_words: list[str] | None
    anything: Any
    mapping: dict[str, Any]
    pair_or_none: tuple[Size, Note | None] | None


class Basket(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, scope=Scope.SESSION, ttl=3600)

    text: str = ""
    size: Size = Field(default_factory=Size)


class Motto(Entity):
    model_config = EntityConfig(
        store=StateStore.SERVER_SQL, scope=Scope.GLOBAL, access=Access.PUBLIC
    )

    text: str = ""
'''

SOURCES = {"archive/__init__.py": "", "archive/entities.py": ENTITIES.lstrip("\n")}


@cache
def archive() -> AppSchema:
    """The schema of the archive."""
    return link_sources(SOURCES, entities="archive/entities").app

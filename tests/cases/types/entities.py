"""Every type of the language, with constraints and defaults."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum, auto
from typing import Annotated, Literal, NewType, Optional
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, computed_field

from starmodel import Entity, event
from starmodel import Field as StarField

Cents = NewType("Cents", int)
Names = list[Annotated[str, Field(max_length=20)]]
LIMIT = 10


class Status(Enum):
    """Where it stands."""

    ACTIVE = "active"
    GONE = "gone"


class Size(IntEnum):
    SMALL = auto()
    LARGE = auto()


class Colour(StrEnum):
    RED = auto()
    BLUE = auto()


class Part(BaseModel):
    """A part, of parts."""

    name: str
    secret_code: str = StarField(default="", private=True)
    parts: list[Part] = []
    colour: Colour | None = None


class Everything(Entity):
    """All there is."""

    flag: bool = False
    count: int = Field(default=-1, ge=-LIMIT, le=LIMIT)
    ratio: float = 0.5
    text: str = Field(default="", max_length=200, title="Some text", description="Write away.")
    data: bytes = b"ab\x00"
    price: Decimal = Decimal("1.50")
    day: date = date(2024, 2, 29)
    at: time = time(12, 30)
    moment: AwareDatetime | None = None
    span: timedelta = timedelta(hours=1)
    key: UUID = UUID("00000000-0000-0000-0000-000000000001")
    status: Status = Status.ACTIVE
    size: Size = Size.SMALL
    level: Literal["low", "high", 3] = "low"
    maybe: Optional[int] = None
    names: Names = []
    numbers: dict[str, int] = {"one": 1}
    tags: set[str] = set()
    pair: tuple[int, str] = (1, "a")
    many: tuple[int, ...] = ()
    part: Part | None = None
    parts: list[Part] = Field(default_factory=list)
    by_status: dict[Status, Part] = {}
    cents: Cents = Cents(5)

    @computed_field
    @property
    def total(self) -> Decimal:
        """The price of all."""
        return self.price * self.count

    @event
    def change(
        self,
        flag: bool = True,
        count: Annotated[int, Field(ge=0, le=LIMIT)] = LIMIT,
        price: Decimal = Decimal("2.00"),
        day: date | None = None,
        status: Status = Status.GONE,
        level: Literal["low", "high", 3] = "high",
        names: Names | None = None,
        part: Part | None = None,
        data: bytes = b"\xff",
    ) -> Part | None:
        """Change a lot of it at once."""
        self.flag = flag
        return part

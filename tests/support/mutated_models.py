"""Entities that are right, in the styles of several schemas: what mutations of models are made in."""

HEAD = """\
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, Flag, IntEnum, StrEnum, auto
from functools import partial
from ipaddress import IPv4Address
from typing import Annotated, Any, ClassVar, Final, Generic, Literal, NamedTuple, Optional, Self, TypeVar, Union
from uuid import UUID, uuid4

from pydantic import (
    AfterValidator,
    AliasChoices,
    AliasPath,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    EmailStr,
    HttpUrl,
    JsonValue,
    NaiveDatetime,
    PlainValidator,
    PositiveInt,
    PrivateAttr,
    RootModel,
    SecretStr,
    StrictInt,
    StringConstraints,
    WrapValidator,
    computed_field,
    field_serializer,
    field_validator,
    model_serializer,
    model_validator,
)
from pydantic.alias_generators import to_camel
from typing_extensions import NotRequired, TypedDict

from starmodel import Access, Entity, EntityConfig, Field, Ref, Scope, StateStore, event

RECORD = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)
T = TypeVar("T")


def unsigned(value: Any) -> Any:
    return abs(value) if isinstance(value, int) else value


def stripped(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value
"""

HELPDESK = """

class Priority(IntEnum):
    LOW = 1
    HIGH = 5


class Channel(StrEnum):
    MAIL = "mail"
    PHONE = "phone"


class Contact(BaseModel):
    name: str = Field(default="", max_length=20)
    email: EmailStr | None = None
    age: int = Field(default=0, ge=0)


class Ticket(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    subject: str = Field(min_length=1, max_length=40)
    priority: Priority = Priority.LOW
    channel: Channel = Channel.MAIL
    contact: Contact = Field(default_factory=Contact)
    tags: list[str] = Field(default_factory=list, max_length=3)
    minutes: int = Field(default=0, ge=0, le=600)
    closed: bool = False
    due: date | None = None

    @computed_field
    @property
    def is_late(self) -> bool:
        return self.minutes > 60

    @field_validator("subject")
    @classmethod
    def tidy(cls, subject: str) -> str:
        return subject.strip() or "none"
"""

PAGILA = """

class Rating(Enum):
    G = "G"
    R = "R"


class Kept(BaseModel):
    kind: Literal["kept"] = "kept"
    days: int = 0


class Lost(BaseModel):
    kind: Literal["lost"] = "lost"
    fee: Decimal = Decimal("0.00")


class Language(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=20, unique=True)


class Film(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    id: int | None = Field(default=None, primary_key=True)
    title: str = Field(max_length=60)
    year: int | None = Field(default=None, ge=1901, le=2155)
    language: Ref[Language] | None = None
    rate: Decimal = Field(default=Decimal("4.99"), max_digits=4, decimal_places=2)
    rating: Rating = Rating.G
    features: set[str] = set()
    state: Annotated[Kept | Lost, Field(discriminator="kind")] = Field(default_factory=Kept)
    counts: dict[str, int] = {}
    seen: AwareDatetime | None = None
"""

TEMPLATE = """

class Touched(BaseModel):
    note: str = Field(default="", max_length=30)
    visits: int = 0

    def touch(self) -> None:
        self.visits += 1


class UserBase(Touched, Entity):
    model_config = EntityConfig(str_strip_whitespace=True)

    email: str = Field(max_length=40)
    is_active: bool = True
    full_name: str | None = Field(default=None, max_length=25)


class User(UserBase):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    password: str = Field(default="changethis", min_length=8, write_only=True)
    login_count: int = Field(default=0, private=True)
    homepage: HttpUrl | None = None
    nick: Annotated[str, StringConstraints(to_lower=True, max_length=8)] = "nobody"

    @model_validator(mode="after")
    def check(self) -> Self:
        if self.full_name == "root":
            raise ValueError("Root is nobody's name.")
        return self


class Item(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    title: str = Field(min_length=1, max_length=25, pattern="^[a-zA-Z ]+$")
    owner: Ref[User] | None = None
    weight: float = Field(default=0.5, gt=0)
"""

ENT = """

class Right(Flag):
    READ = 1
    WRITE = 2


class Point(NamedTuple):
    x: int
    y: int = 0


class Box(BaseModel, Generic[T]):
    value: T
    label: str = ""


@dataclass
class Line:
    sku: str
    count: int = 1
    words: list[str] = field(default_factory=list)


class Place(TypedDict):
    street: str
    number: int | None


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)

    at: int = 0


Name = Annotated[str, Field(min_length=2, max_length=9)]


class Card(Entity):
    model_config = EntityConfig(
        store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True, alias_generator=to_camel, populate_by_name=True
    )

    card_number: Name = "none"
    boxed: Box[int] | None = None
    line: Line = Field(default_factory=lambda: Line("a"))
    place: Place | None = None
    spots: frozenset[Frozen] = frozenset()
    pair: tuple[int, str] = (1, "a")
    many: tuple[int, ...] = ()
    right: Right = Right.READ
    either: int | str = 0
    raw: JsonValue = None
    span: timedelta = timedelta(0)
    when: time | None = None
    address: IPv4Address | None = None
    trimmed: Annotated[str, BeforeValidator(stripped)] = ""
    doubled: Annotated[int, AfterValidator(unsigned)] = 2
    limits: ClassVar[tuple[int, int]] = (0, 9)

    @field_serializer("span")
    def write_span(self, span: timedelta) -> str:
        return str(span)
"""

MEMORY = """

class Step(BaseModel):
    title: str = "step"
    done: bool = False


class Board(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_MEMORY, scope=Scope.SESSION)

    count: int = 0
    steps: list[Step] = []
    level: Literal["low", "high", 3] = "low"
    by_name: dict[str, Step] = {}
    price: Decimal = Field(default=Decimal("1"), ge=0, max_digits=6, decimal_places=2)
    started: NaiveDatetime = datetime(2026, 1, 31)
    blob: bytes = b"ab"

    @event
    def add(self, title: str = "new", done: bool = False, amount: Annotated[int, Field(ge=0)] = 1) -> int:
        self.steps.append(Step(title=title, done=done))
        self.count += amount
        return self.count
"""

MODELS = {
    name: HEAD.replace(
        "from __future__ import annotations\n\n",
        "" if name in ("pagila", "template") else "from __future__ import annotations\n\n",
    )
    + text
    for name, text in {
        "helpdesk": HELPDESK,
        "pagila": PAGILA,
        "template": TEMPLATE,
        "ent": ENT,
        "memory": MEMORY,
    }.items()
}

"""Models at random, as authors write them, with values that fit and values that may not.

The same seed gives the same source and the same values.
"""

from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple, TypeAlias

HEAD = """
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, Flag, IntEnum, StrEnum
from ipaddress import IPv4Address
from typing import Annotated, Any, Generic, Literal, Optional, Self, TypeVar, Union
from uuid import UUID

from pydantic import (
    AfterValidator,
    AnyUrl,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    EmailStr,
    HttpUrl,
    IPvAnyAddress,
    JsonValue,
    NaiveDatetime,
    PlainValidator,
    PositiveInt,
    Strict,
    StringConstraints,
    WrapValidator,
    computed_field,
    field_validator,
    model_validator,
)
from pydantic.alias_generators import to_camel
from typing_extensions import TypedDict

from starmodel import Access, Entity, EntityConfig, Field, StateStore


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Rank(IntEnum):
    LOW = 1
    HIGH = 10


class Word(StrEnum):
    ONE = "1"
    TWO = "two"


class Right(Flag):
    READ = 1
    WRITE = 2


class Size(BaseModel):
    width: int = Field(default=0, ge=0)
    unit: Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True)] = "cm"


class Spot(BaseModel):
    model_config = ConfigDict(frozen=True)

    kind: Literal["spot"] = "spot"
    at: int = 0


class Named(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")

    first_name: str = Field(default="", max_length=9)
    is_known: bool = False


class Route(BaseModel):
    stops: Annotated[list[Spot], Field(max_length=2)] = []
    by_day: dict[date, Size] = {}
    end: Spot | None = None


class Area(BaseModel):
    kind: Literal["area"] = "area"
    size: Size = Field(default_factory=Size)


T = TypeVar("T")


class Box(BaseModel, Generic[T]):
    value: T
    label: str = ""


class Counted(Box[PositiveInt]):
    more: int = 0


class Coded(BaseModel):
    model_config = ConfigDict(str_strip_whitespace=True)

    code: str = Field("X", max_length=5)
    number: int = 0


class Ranked(Coded):
    number: int = Field(3, ge=1)
    beside: Optional[str] = None

    @field_validator("code")
    @classmethod
    def in_capitals(cls, value: str) -> str:
        return value.upper()


class Span(BaseModel):
    first: int = 0
    last: int = 10

    @model_validator(mode="after")
    def ordered(self) -> Self:
        if self.first > self.last:
            raise ValueError("First comes first.")
        return self

    @computed_field
    @property
    def length(self) -> int:
        return self.last - self.first


class Tree(BaseModel):
    name: str = ""
    children: list["Tree"] = []


@dataclass
class Line:
    sku: str
    count: int = 1
    tags: list[str] = field(default_factory=list)


class Place(TypedDict):
    street: str
    number: int | None


def trimmed(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def split(value: Any) -> Any:
    return value.split(",") if isinstance(value, str) else value


def upper(value: str) -> str:
    return value.upper()


def even(value: int) -> int:
    if value % 2:
        raise ValueError("It is odd.")
    return value


def as_code(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 3:
        raise ValueError("It is no code.")
    return value


def or_zero(value: Any, read: Any) -> Any:
    return 0 if value == "none" else read(value)
"""


Make: TypeAlias = Callable[[Random], Any]


class Kind(NamedTuple):
    """A type as it is written, and what makes a value of JSON that fits it."""

    written: str
    make: Make
    is_key: bool = False


def _digits(random: Random) -> str:
    return f"{random.randint(-999, 999)}.{random.randint(0, 99):02}"


def _of(*values: Any) -> Make:
    def make(random: Random) -> Any:
        return random.choice(values)

    return make


def _whole(least: int, most: int, step: int = 1) -> Make:
    def make(random: Random) -> Any:
        return step * random.randint(least, most)

    return make


PLAIN = (
    Kind("int", _whole(-5, 50), is_key=True),
    Kind("Annotated[int, Field(ge=0, le=20)]", _whole(0, 20)),
    Kind("Annotated[int, Field(multiple_of=5)]", _whole(-3, 3, 5)),
    Kind("Annotated[int, Strict()]", _whole(0, 9)),
    Kind("float", _of(0.5, 1, -2.25, 1e10)),
    Kind("bool", _of(True, False)),
    Kind("str", _of("", "a", "Tea", " b ", "ö"), is_key=True),
    Kind("Annotated[str, Field(min_length=1, max_length=3)]", _of("a", "abc")),
    Kind('Annotated[str, Field(pattern="^[a-c]+$")]', _of("a", "abc")),
    Kind("Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True)]", _of(" a ")),
    Kind("Annotated[Decimal, Field(max_digits=8, decimal_places=2)]", _digits),
    Kind("Annotated[Decimal, Field(max_digits=30, decimal_places=12, gt=0)]", _of("0.5", "7")),
    Kind("date", _of("2026-01-31", "1999-12-31")),
    Kind("AwareDatetime", _of("2026-01-31T10:00:00Z", 1767225600)),
    Kind("NaiveDatetime", _of("2026-01-31T10:00:00")),
    Kind("time", _of("10:30:00")),
    Kind("timedelta", _of("PT1H", 90, 1.5)),
    Kind("UUID", _of("12345678-1234-5678-1234-567812345678"), is_key=True),
    Kind("EmailStr", _of("ann@Example.com", "bob@example.org")),
    Kind("HttpUrl", _of("https://example.com", "http://a.example/b?c=d")),
    Kind("AnyUrl", _of("ftp://example.com/x", "https://example.com")),
    Kind("IPv4Address", _of("192.0.2.1"), is_key=True),
    Kind("IPvAnyAddress", _of("192.0.2.1", "2001:db8::1")),
    Kind("Colour", _of("red", "blue"), is_key=True),
    Kind("Rank", _of(1, 10)),
    Kind("Word", _of("1", "two"), is_key=True),
    Kind("Right", _of(1, 2, 3)),
    Kind('Literal["a", "b", 3]', _of("a", 3)),
    Kind('Literal["a"] | int', _of("a", 3)),
    Kind("int | str", _of(1, "a", "1")),
    Kind("bool | str", _of(True, "a")),
    Kind("list[int] | int", _of([1], 2)),
    Kind("Annotated[int, Field(gt=-5, lt=5, multiple_of=2)]", _of(-4, 0, 2)),
    Kind("Annotated[float, Field(ge=0, multiple_of=0.5)]", _of(0, 1.5)),
    Kind("Annotated[float, Field(gt=0, allow_inf_nan=False)]", _of(0.1, 3)),
    Kind(
        "Annotated[Decimal, Field(ge=Decimal('0.05'), le=1, max_digits=3, decimal_places=2)]",
        _of("0.05", "1", 0.5),
    ),
    Kind(
        "Annotated[Decimal, Field(multiple_of=Decimal('0.05'), max_digits=6, decimal_places=2)]",
        _of("0.05", "1.10", "-2"),
    ),
    Kind(
        "Annotated[date, Field(ge=date(2026, 1, 1), lt=date(2027, 1, 1))]",
        _of("2026-01-01", "2026-12-31"),
    ),
    Kind("Annotated[NaiveDatetime, Field(gt=datetime(2026, 1, 1))]", _of("2026-01-01T00:00:01")),
    Kind("Annotated[timedelta, Field(ge=timedelta(0), le=timedelta(hours=2))]", _of("PT1H", 7200)),
    Kind("Annotated[time, Field(lt=time(12))]", _of("10:30:00", "00:00")),
    Kind(
        'Annotated[str, StringConstraints(pattern="^[a-z]+$", max_length=5, strip_whitespace=True)]',
        _of("tea", " tea "),
    ),
    Kind("Annotated[str, Strict(), Field(min_length=2)]", _of("ab", "tea")),
    Kind("Annotated[list[int], Field(min_length=1, max_length=2)]", _of([1], [1, 2])),
    Kind("Annotated[set[str], Field(max_length=2)]", _of([], ["a", "a", "b"])),
    Kind("Annotated[dict[str, int], Field(min_length=1)]", _of({"a": 1})),
    Kind("tuple[int, ...]", _of([], [1, 2])),
    Kind("tuple[str, int, bool]", _of(["a", 1, True])),
    Kind("frozenset[int]", _of([], [1, 1])),
    Kind("frozenset[Annotated[int, Field(ge=1)]]", _of([1], [2, 3])),
    Kind("dict[Colour, int]", _of({"red": 1}, {})),
    Kind("dict[bool, str]", _of({"true": "a"}, {})),
    Kind("dict[Rank, int]", _of({"1": 2}, {})),
    Kind('dict[Literal["a", "b"], int]', _of({"a": 1}, {})),
    Kind("dict[date, Decimal]", _of({"2026-01-31": "1.5"}, {})),
    Kind("dict[Annotated[str, Field(max_length=2)], int]", _of({"ab": 1}, {})),
    Kind("Named", _of({}, {"firstName": "Ada"}, {"first_name": "Ada", "isKnown": True})),
    Kind(
        "Route",
        _of(
            {}, {"stops": [{"at": 1}]}, {"by_day": {"2026-01-31": {"width": 1}}}, {"end": {"at": 2}}
        ),
    ),
    Kind("Box[Colour]", _of({"value": "red"})),
    Kind("Box[list[int]]", _of({"value": [1, "2"]}, {"value": []})),
    Kind("Box[dict[str, Size]]", _of({"value": {"a": {"width": "3"}}})),
    Kind("Box[set[Colour]]", _of({"value": ["red", "red"]})),
    Kind("Box[tuple[int, str]]", _of({"value": [1, "a"]})),
    Kind("Box[list[Box[date]] | None]", _of({"value": [{"value": "2026-01-31"}]}, {"value": None})),
    Kind("Box[date | None]", _of({"value": "2026-01-31"}, {"value": None})),
    Kind("JsonValue", _of(None, 1, "x", [1, {"a": None}])),
    Kind("Annotated[str, BeforeValidator(trimmed)]", _of(" a ", "b")),
    Kind("Annotated[list[str], BeforeValidator(split)]", _of("a,b", ["c"])),
    Kind("Annotated[str, AfterValidator(upper)]", _of("a", "B")),
    Kind("Annotated[int, AfterValidator(even)]", _of(2, 4)),
    Kind("Annotated[str, PlainValidator(as_code)]", _of("abc", "x")),
    Kind("Annotated[int, WrapValidator(or_zero)]", _of("none", 5)),
    Kind("Counted", _of({"value": 1}, {"value": "2", "more": 3})),
    Kind("Ranked", _of({"code": " ab "}, {"code": "b", "number": "2", "beside": None})),
    Kind("dict[str, list[Coded]]", _of({"a": [{"code": " b "}]}, {})),
    Kind("Span", _of({}, {"first": 3}, {"length": 3, "last": "4"})),
    Kind("Box[Span]", _of({"value": {"first": 1}})),
    Kind("Tree", _of({}, {"name": "a", "children": [{"name": "b"}, {}]})),
    Kind("Union[int, float]", _of(1, 1.5)),
    Kind("Union[str, list[str]]", _of("a", ["a", "b"])),
    Kind("Optional[Annotated[int, Field(ge=0)]]", _of(None, 1)),
    Kind("tuple[Coded, ...]", _of([], [{"number": 1}])),
    Kind("Size", _of({}, {"width": 3, "unit": " CM "})),
    Kind("Box[int]", _of({"value": 1}, {"value": "2", "label": "b"})),
    Kind("Box[Size | None]", _of({"value": None}, {"value": {"width": 1}})),
    Kind("frozenset[Spot]", _of([], [{"at": 1}, {"at": 1}, {"at": 2}])),
    Kind("Line", _of({"sku": "a"}, {"sku": "b", "count": 2, "tags": ["t"]})),
    Kind("Place", _of({"street": "s", "number": None}, {"street": "s", "number": 2})),
    Kind(
        'Annotated[Spot | Area, Field(discriminator="kind")]',
        _of({"kind": "spot", "at": 2}, {"kind": "area", "size": {"width": 1}}),
    ),
)
OTHERS: tuple[Any, ...] = (
    *(None, "", " ", "a", "3", "3.5", "x,y", 0, 1, 7, -3, 2.5, "none", "red", "2026-02-30"),
    *("2026-01-31", "not an address", [], ["a"], [1, 2], {}, {"a": 1}, {"width": -1}),
    *({"kind": "spot"}, {"kind": "other"}, {"street": 1}, {"sku": None}, "javascript:alert(1)"),
    *("192.0.2.256", "ann@", "https://", [[1]], {"1": 2}, "toolongforit", 5, "1.10", "0.05"),
    *({"firstName": "Ada", "more": 1}, {"firstName": 3}, {"stops": [{"at": "x"}]}, {"red": 1}),
    *({"value": None}, {"value": "x"}, [1, 2, 3], ["a", 1, True], "13:00:00", "P3D", "2028-01-01"),
)
KEYS = tuple(kind for kind in PLAIN if kind.is_key)
_UNHASHABLE = frozenset(
    {
        *("Counted", "JsonValue", "Line", "Named", "Place", "Ranked", "Route", "Size", "Span"),
        "Tree",
    }
)
MEMBERS = tuple(
    kind for kind in PLAIN if kind.written.isidentifier() and kind.written not in _UNHASHABLE
)


class Model(NamedTuple):
    """An entity's source, and for each field what makes a value that fits it."""

    name: str
    source: str
    fields: dict[str, Kind]


def random_model(seed: int, fields: int = 9) -> Model:
    """Return an entity of some fields; a third of the fields have validators of their own."""
    random = Random(seed)
    kinds = {f"field_{number}": _kind(random, 2) for number in range(fields)}
    settings = random.choice(["", "str_strip_whitespace=True, ", "str_max_length=12, ", ""])
    aliases = random.choice(["", "", "alias_generator=to_camel, populate_by_name=True, "])
    # Of these pydantic says less, or something else, in JSON than in Python.
    named = ("JsonValue", "Line", "Place", "int | str", "bool | str")
    if any(name in kind.written for kind in kinds.values() for name in named):
        settings = ""
    lines = [
        f"class Model{seed}(Entity):",
        "    model_config = EntityConfig(",
        f"        store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True, {settings}{aliases}",
        "    )",
        *[f"    {name}: {_field(kind, name, random)}" for name, kind in kinds.items()],
    ]
    early = [name for name in kinds if random.random() < 0.1]
    for name in early:
        lines += [
            f'    @field_validator("{name}", mode="before")',
            "    @classmethod",
            f"    def read_{name}(cls, value: Any) -> Any:",
            '        return None if value == "nothing" else value',
        ]
    return Model(f"Model{seed}", "\n".join(lines), kinds)


def _field(kind: Kind, name: str, random: Random) -> str:
    """Return the type and the default of a field as they are written."""
    choice = random.random()
    if choice < 0.1:
        return f'{kind.written} | None = Field(default=None, alias="{name.title()}")'
    if choice < 0.2:
        return f'Annotated[{kind.written} | None, Field(validation_alias="in-{name}")] = None'
    if choice < 0.25:
        return f'{kind.written} | None = Field(default=None, serialization_alias="{name}!")'
    if choice < 0.3:
        return f"{kind.written} | None = Field(default_factory=lambda: None)"
    return f"{kind.written} | None = None"


def random_value(kind: Kind, random: Random) -> Any:
    """Return a value of JSON: two of three fit."""
    chosen = random.random()
    if chosen < 0.6:
        return kind.make(random)
    return "nothing" if chosen < 0.65 else random.choice(OTHERS)


def _kind(random: Random, depth: int) -> Kind:
    choice = random.random()
    if choice < 0.6 or not depth:
        return random.choice(PLAIN)
    item = _kind(random, depth - 1)
    if choice < 0.75:
        return Kind(f"list[{item.written}]", _several(item))
    if choice < 0.82:
        key = random.choice(KEYS)
        return Kind(f"dict[{key.written}, {item.written}]", _pair(key, item))
    if choice < 0.9:
        member = random.choice((*MEMBERS, Kind("Spot", _of({"at": 1}, {"at": 2}))))
        return Kind(f"set[{member.written}]", _several(member))
    if choice < 0.95:
        return Kind(f"tuple[{item.written}, int]", _beside_four(item))
    return Kind("dict[str, Any]", _of({}, {"a": [1, None]}, {"b": {"c": "d"}}))


def _several(item: Kind) -> Make:
    def make(random: Random) -> Any:
        return [item.make(random) for _ in range(random.randint(0, 3))]

    return make


def _pair(key: Kind, item: Kind) -> Make:
    def make(random: Random) -> Any:
        return {str(key.make(random)): item.make(random)}

    return make


def _beside_four(item: Kind) -> Make:
    def make(random: Random) -> Any:
        return [item.make(random), 4]

    return make

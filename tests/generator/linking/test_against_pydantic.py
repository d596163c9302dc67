"""What linking reads from source equals what pydantic makes of the running class."""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from decimal import Decimal
from importlib import import_module
from textwrap import dedent
from types import ModuleType
from typing import Any, get_type_hints

import pytest
from linked_project import link_sources
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from starmodel_schemas import (
    Default,
    ExpressionDefault,
    FactoryDefault,
    LiteralDefault,
    RequiredDefault,
)

FIELDS = """
from __future__ import annotations

import datetime as dt
from collections.abc import Generator
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum, auto
from typing import Annotated, ClassVar, Final, Literal, NewType, Optional
from uuid import UUID

from pydantic import BaseModel, PrivateAttr, computed_field, field_validator
from pydantic import Field as PydanticField

from starmodel import Access, Entity, EntityConfig, Field, Scope, event

Sku = NewType("Sku", str)
LIMIT = 2 * 3 + 1
NAMES = ["a", "b"]


def make() -> list[int]:
    return [1]


class Size(StrEnum):
    SMALL = auto()
    LARGE = "L"


class Level(IntEnum):
    LOW = auto()
    HIGH = 10
    TOP = auto()


class Colour(str, Enum):
    RED = "r"
    CRIMSON = RED
    BLUE = "b"


class Line(BaseModel):
    name: str
    count: int = 1
    inner: Optional[Line] = None


class Named:
    name: str = "nobody"
    nick: str


class Counted(BaseModel):
    count: int = Field(0, ge=0, title="Count")
    hidden: int = 1


class Base(Entity):
    first: int = 1
    shared: str = "base"
    model_config = EntityConfig(ttl=5, title="Base")


class Thing(Named, Base, Counted):
    model_config = {"access": Access.PUBLIC, "scope": Scope.RECORD}

    nick: str = "n"
    shared: str = "thing"
    negative: int = -3
    folded: int = LIMIT
    share: float = 1 / 4
    big: int = 1 << 40
    money: Decimal = Decimal("1.50")
    day: date = date(2024, 1, 31)
    hour: time = time(1, 2)
    moment: datetime = datetime(2024, 1, 2, 3, tzinfo=timezone.utc)
    there: datetime = dt.datetime(2024, 1, 2, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    wait: timedelta = timedelta(minutes=-1.5)
    key: UUID = UUID("00000000-0000-0000-0000-000000000001")
    raw: bytes = b"\\x00a'\\""
    text: str = 'quote " and \\\\ and \\n and \\u2028 and \\ud800'
    sku: Sku = Sku("x")
    size: Size = Size.SMALL
    sizes: list[Size] = [Size.LARGE, Size("small")]
    level: Level = Level.TOP
    colours: set[Colour] = {Colour.CRIMSON}
    value: str = Colour.BLUE.value
    names: list[str] = NAMES
    made: list[int] = Field(default_factory=make)
    empty: dict[str, int] = Field(default_factory=dict)
    nothing: frozenset[int] = frozenset()
    pair: tuple[int, str] = (1, "x")
    single: tuple[int] = (1,)
    mapping: dict[str, list[int]] = {"a": [1], "b": []}
    lines: list[Line] = [Line(name="a")]
    lit: Literal["a", 1, True] = "a"
    maybe: Optional[int] = None
    bounded: Annotated[int, Field(gt=0, le=9)] = Field(3, description="Bounded")
    inside: Annotated[str, PydanticField(default="d", max_length=3)]
    required: int
    infinite: float = Field(float("inf"), allow_inf_nan=True)
    constant: ClassVar[int] = 3
    final: Final[int]
    _private: int = 3
    _made: int = PrivateAttr(4)

    @computed_field
    @property
    def double(self) -> int:
        return 2

    @computed_field(description="Half.")
    @property
    def half(self) -> float:
        return 0.5

    @property
    def plain(self) -> int:
        return 1

    @event
    def touch(self) -> None: ...

    @field_validator("nick")
    @classmethod
    def check_nick(cls, value: str) -> str:
        return value


class Derived(Thing):
    shared: str = "derived"
    first: int = 2
    added: int = 0
"""


@contextmanager
def module_of(source: str, name: str) -> Generator[ModuleType]:
    """The module that a source is when it runs."""
    module = ModuleType(name)
    sys.modules[name] = module
    try:
        exec(compile(source, name, "exec"), module.__dict__)
        yield module
    finally:
        del sys.modules[name]


def value_of(default: Default, module: ModuleType) -> Any:
    """What a default of the schema is in Python."""
    match default:
        case RequiredDefault() | FactoryDefault():
            return default
        case LiteralDefault(value=value):
            return value
        case ExpressionDefault(expression=expression, imports=imports):
            names: dict[str, Any] = {}
            for qualified in imports:
                where, _, name = qualified.rpartition(".")
                owner = module if where == "shop.entities" else import_module(where)
                names[name] = getattr(owner, name)
            return eval(expression, names)


@pytest.mark.parametrize("name", ["Thing", "Derived"])
def test_fields_defaults_and_descriptions(name: str) -> None:
    entity = link_sources(FIELDS).entity(name)
    with module_of(FIELDS, "oracle_fields") as module:
        cls: type[BaseModel] = getattr(module, name)
        stored = [field for field in entity.fields if not field.computed]
        computed = [field for field in entity.fields if field.computed]
        assert [field.name for field in stored] == [
            field for field in cls.model_fields if field != "id"
        ]
        assert [field.name for field in computed] == list(cls.model_computed_fields)
        assert [field.description for field in computed] == [
            field.description for field in cls.model_computed_fields.values()
        ]
        for field in stored:
            info = cls.model_fields[field.name]
            assert info.title == field.title
            assert info.description == field.description
            value = value_of(field.default, module)
            if isinstance(value, RequiredDefault):
                assert info.is_required(), field.name
            elif isinstance(value, FactoryDefault):
                assert not info.is_required(), field.name
            else:
                expected = info.get_default(call_default_factory=True)
                assert expected is not PydanticUndefined
                assert value == expected and type(value) is type(expected), field.name


def test_what_is_made_at_run_time_is_only_named() -> None:
    linked = link_sources(FIELDS)
    assert linked.field("Thing", "made").default == FactoryDefault(factory="shop.entities.make")
    assert linked.field("Thing", "lines").default == FactoryDefault(factory='[Line(name="a")]')


def test_enums() -> None:
    schema = link_sources(FIELDS).app
    with module_of(FIELDS, "oracle_enums") as module:
        for enum in schema.enums:
            cls = getattr(module, enum.name)
            assert [(member.name, member.value) for member in enum.members] == [
                (member.name, member.value) for member in cls
            ]


def test_limits() -> None:
    linked = link_sources(FIELDS)
    assert linked.field("Thing", "bounded").constraints.model_dump(exclude_defaults=True) == {
        "gt": "0",
        "le": "9",
    }
    assert linked.field("Thing", "inside").constraints.max_length == 3


def test_merged_configuration() -> None:
    entity = link_sources(FIELDS).entity("Derived")
    with module_of(FIELDS, "oracle_config") as module:
        config = module.Derived.model_config
        assert (config["ttl"], config["scope"].name) == (entity.ttl, entity.scope)


BASES = """
from pydantic import BaseModel
from starmodel import Entity

class A(BaseModel):
    a: int = 1
    b: int = 2
    model_config = {"title": "A"}
class B(BaseModel):
    c: int = 3
    a: str = "b"
    model_config = {"title": "B"}
class M:
    m: int = 4
    c: int = 5
class N(M):
    n: int = 6
class Counted(Entity):
    n: int = 10
    count: int = 0
class One(A, B, Entity): ...
class Two(N, B, A, Entity):
    b: int = 7
class Three(One, N):
    m: int = 8
class Four(N, A, Entity): ...
class Five(Four, Counted):
    a: int = 9
"""


@pytest.mark.filterwarnings("ignore:Field name .* shadows an attribute:UserWarning")
@pytest.mark.parametrize("name", ["One", "Two", "Three", "Four", "Five"])
def test_order_of_inherited_fields(name: str) -> None:
    # Bases without events are no entities; a derived class makes each of them a leaf.
    source = dedent(BASES) + f"class Leaf({name}): ...\n"
    entity = link_sources(source).entity("Leaf")
    with module_of(source, "oracle_bases") as module:
        cls: type[BaseModel] = module.Leaf
        expected = [(key, info.default) for key, info in cls.model_fields.items() if key != "id"]
        found = [(field.name, value_of(field.default, module)) for field in entity.fields]
        assert found == expected
        hints = get_type_hints(cls)
        for field in entity.fields:
            assert hints[field.name].__name__ == getattr(field.type, "name", None)


def test_decimals_keep_their_digits() -> None:
    default = link_sources(FIELDS).field("Thing", "money").default
    assert default == ExpressionDefault(expression='Decimal("1.50")', imports=("decimal.Decimal",))
    assert Decimal("1.50") == eval('Decimal("1.50")')

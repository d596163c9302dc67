"""Source that cannot be imported, or fails when it first runs, is refused; what is right is not."""

from collections.abc import Mapping
from typing import NamedTuple

import pytest
from linked_project import Linked, link_sources

from starmodel import Access, Scope, StateStore
from starmodel_generator.diagnostics.rules import source_rules
from starmodel_generator.diagnostics.rules.registry import rules_of
from starmodel_generator.linking.link import LinkSettings
from starmodel_generator.linking.names.library_classes import has_attribute

HEAD = """\
import abc
import datetime
import enum
import math
from abc import ABC, abstractmethod
from datetime import date, timedelta
from enum import Enum, IntEnum, StrEnum, auto
from functools import cached_property, partial
from typing import Annotated, Any, ClassVar, Final, Literal, Optional, Self, TYPE_CHECKING
from pydantic import BaseModel, ConfigDict, PrivateAttr, computed_field
from pydantic import field_serializer, field_validator, model_validator
from starmodel import Access, Actor, BaseTable, Entity, EntityConfig, Field, Many, Ref, Scope
from starmodel import StateStore, event

class Money(BaseModel):
    amount: int
    currency: str = "EUR"
    unit: int = Field(1, frozen=True)
    def twice(self) -> int:
        return self.amount * 2
class Status(Enum):
    OPEN = "open"
    CLOSED = "closed"
    @property
    def label(self) -> str:
        return self.value

"""
SQL = "model_config = EntityConfig(access=Access.PUBLIC)"


class Case(NamedTuple):
    """Two sources; `at` is the text under the carets in the bad one."""

    bad: str
    at: str
    good: str


CASES: dict[str, Case] = {
    "SM120": Case(
        "class Cart(Entity):\n    count: int = later\n    later: int = 1\n",
        "later",
        "class Cart(Entity):\n    later: int = 1\n    count: int = later\n",
    ),
    "SM121": Case(
        "if TYPE_CHECKING:\n    from shop.prices import Price\n"
        'class Cart(Entity):\n    price: "Price | None" = None\n',
        '"Price | None"',
        "from shop.prices import Price\n" 'class Cart(Entity):\n    price: "Price | None" = None\n',
    ),
    "SM122": Case(
        "class Cart(Entity):\n    due: date = Field(default_factory=date.tody)\n",
        "date.tody",
        "class Cart(Entity):\n    due: date = Field(default_factory=date.today)\n",
    ),
    "SM123": Case(
        "from shop.prices import Prise\nclass Cart(Entity): ...\n",
        "Prise",
        "from shop.prices import Price\nclass Cart(Entity): ...\n",
    ),
    "SM124": Case(
        "class Cart(Entity):\n    count: int = 0\n    def __init__(self, count): ...\n",
        "__init__",
        "class Cart(Entity):\n    count: int = 0\n    def model_post_init(self, context): ...\n",
    ),
    "SM126": Case(
        "class Line(BaseModel): ...\nclass Line(BaseModel): ...\nclass Cart(Entity): ...\n",
        "Line",
        "class Line(BaseModel): ...\nclass Lines(BaseModel): ...\nclass Cart(Entity): ...\n",
    ),
    "SM127": Case(
        f"""
class Author(Entity, BaseTable, table=True):
    {SQL}
    best: Ref["Book"]
class Book(Entity, BaseTable, table=True):
    {SQL}
    author: Ref[Author]
""",
        "best",
        f"""
class Author(Entity, BaseTable, table=True):
    {SQL}
    best: Ref["Book"] | None = None
class Book(Entity, BaseTable, table=True):
    {SQL}
    author: Ref[Author]
""",
    ),
    "SM128": Case(
        "class More(Status):\n    PAUSED = 'paused'\nclass Cart(Entity): ...\n",
        "More",
        "class Base(Enum): ...\nclass More(Base):\n    ON = 'on'\nclass Cart(Entity): ...\n",
    ),
    "SM129": Case(
        "class Cart(Entity):\n    @abstractmethod\n    def total(self) -> int: ...\n",
        "Cart",
        """
class Base(Entity, ABC):
    @abstractmethod
    def total(self) -> int: ...
class Cart(Base):
    def total(self) -> int:
        return 1
""",
    ),
    "SM130": Case(
        """
class Cart(Entity):
    count: int = 0
    @field_validator("cuont")
    @classmethod
    def check(cls, value): return value
""",
        "check",
        """
class Cart(Entity):
    count: int = 0
    @field_validator("count", "id")
    @classmethod
    def check(cls, value): return value
""",
    ),
    "SM131": Case(
        "class Size(Enum):\n    S = 1\n    S = 2\nclass Cart(Entity): ...\n",
        "S",
        "class Size(Enum):\n    S = 1\n    SMALL = 1\nclass Cart(Entity): ...\n",
    ),
    "SM132": Case(
        "from sqlmodel import SQLModel\n"
        "class Note(SQLModel, table=True): ...\nclass Cart(Entity): ...\n",
        "Note",
        "from sqlmodel import SQLModel\nclass Note(SQLModel): ...\nclass Cart(Entity): ...\n",
    ),
    "SM134": Case(
        'class Cart(Entity):\n    price: "Money" | None = None\n',
        '"Money" | None',
        'class Cart(Entity):\n    price: "Money | None" = None\n',
    ),
    "SM140": Case(
        "from dataclasses import dataclass\n@dataclass\nclass Cart(Entity): ...\n",
        "dataclass",
        """
from enum import unique
from functools import total_ordering
from typing import final
def registered(cls): return cls
@unique
class Size(Enum):
    S = 1
@final
@total_ordering
class Cart(Entity): ...
@registered  # starmodel: ignore[class-decorator]
class Line(BaseModel): ...
""",
    ),
    "SM141": Case(
        "from decimal import Decimal\n"
        "class Cart(Entity):\n    price: Decimal = Decimal(0)\nDecimal = float\n",
        "Decimal",
        "from decimal import Decimal\nimport logging\n"
        "class Cart(Entity):\n    price: Decimal = Decimal(0)\nCart = Cart\n"
        "logging = logging.getLogger()\n",
    ),
    "SM143": Case(
        'class Cart(Entity): ...\nCart.model_config = EntityConfig(namespace="basket")\n',
        "Cart.model_config",
        'class Cart(Entity):\n    model_config = EntityConfig(namespace="basket")\n',
    ),
    "SM316": Case(
        """
class Cart(Entity):
    count: int = 0
    @event
    def add(self) -> None:
        self.cuont += 1
""",
        "self.cuont",
        """
class Cart(Entity):
    count: int = 0
    @event
    def add(self) -> None:
        self.count += 1
""",
    ),
    "SM317": Case(
        """
class Cart(Entity):
    @computed_field
    @property
    def total(self) -> int: return 1
    @event
    def add(self) -> None:
        self.total = 2
""",
        "self.total",
        """
class Cart(Entity):
    value: int = 0
    @property
    def total(self) -> int: return self.value
    @total.setter
    def total(self, value: int) -> None: self.value = value
    @event
    def add(self) -> None:
        self.total = 2
""",
    ),
    "SM318": Case(
        """
class Cart(Entity):
    count: int = Field(0, frozen=True)
    @event
    def add(self) -> None:
        self.count += 1
""",
        "self.count",
        """
class Cart(Entity):
    count: int = Field(0, frozen=True)
    @event
    def add(self) -> int:
        return self.count
""",
    ),
    "SM319": Case(
        """
class Cart(Entity):
    @event
    def add(self) -> None:
        self._add(1, 2)
    def _add(self, amount: int) -> None: ...
""",
        "self._add",
        """
class Cart(Entity):
    @event
    def add(self) -> None:
        self._add(amount=1)
    def _add(self, amount: int, *more: int) -> None: ...
""",
    ),
}
PRICES = {"shop/prices.py": "from pydantic import BaseModel\nclass Price(BaseModel): ...\n"}


def linked(source: str, files: Mapping[str, str] = PRICES) -> Linked:
    return link_sources({"shop/entities.py": HEAD + source, **files})


@pytest.mark.parametrize("code", sorted(CASES))
def test_broken_rule_is_reported_where_it_is_broken(code: str) -> None:
    found = linked(CASES[code].bad)
    assert found.codes == [code], [each.message for each in found.diagnostics]
    assert found.pointed(code) == CASES[code].at
    assert found.diagnostics[0].help
    assert "`" in found.diagnostics[0].message


@pytest.mark.parametrize("code", sorted(CASES))
def test_kept_rule_is_silent(code: str) -> None:
    found = linked(CASES[code].good)
    assert found.codes == [], [each.message for each in found.diagnostics]


def test_every_rule_has_a_case() -> None:
    assert {rule.code for rule in rules_of(source_rules)} == CASES.keys() | {"SM133"}


DEAD_BODIES = {
    "return self.cuont": "SM316",
    "del self.cuont": "SM316",
    "[self.cuont for _ in range(3)]": "SM316",
    "def inner(): return self.cuont\n        inner()": "SM316",
    "print((lambda: self.cuont)())": "SM316",
    "self.price.amont += 1": "SM316",
    "return self.lines[0] or self.title.uper()": "SM316",
    "self.lines.apend(Money(amount=1))": "SM316",
    "self.status.lable": "SM316",
    "self.due.tody()": "SM316",
    "other.cuont = 1": "SM316",
    "amount.foo()": "SM316",
    "self.check_it()": "SM316",
    "super().add()": "SM316",
    "self.KIND = 'x'": "SM317",
    "self.add = 1": "SM317",
    "self.half += 1": "SM317",
    "self.sealed = 2": "SM318",
    "del self.sealed": "SM318",
    "self.price.unit = 2": "SM318",
    "other.twice = 2": "SM317",
    "self.helper()": "SM319",
    "self.helper(1, 2)": "SM319",
    "self.helper(3, amuont=1)": "SM319",
    "self.helper(amount=1, more=2)": "SM319",
    "self.count()": "SM319",
    "Money(1)": "SM319",
    "Money()": "SM319",
    "Money(amuont=1)": "SM319",
    "self.price = Money(currency='EUR')": "SM319",
    "shout('x', 'y')": "SM319",
    "timedelta(dys=1)": None,
    "math.floor()": "SM319",
    "date.tody()": "SM122",
    "math.sqroot(2)": "SM122",
    "datetime.datetime.utcnw()": "SM122",
    "self.status = Status.OPN": "SM122",
    "Status.OPEN.lable": "SM122",
    "Cart.count": "SM122",
    "str.uper('x')": "SM122",
    "nobody": "SM107",
    "total += 1": "SM107",
    "return [missing for _ in range(2)]": "SM107",
    "raise ValueEror('x')": "SM107",
    "Only()": "SM121",
    "if sys.platform == 'win32': ...\n        os.opne('x')": "SM122",
    "if IS_WINDOWS: undefined()": "SM107",
}


@pytest.mark.parametrize(("body", "code"), DEAD_BODIES.items(), ids=DEAD_BODIES)
def test_what_fails_when_it_is_called(body: str, code: str | None) -> None:
    found = linked(CART.format(body=body))
    assert found.codes == ([code] if code else []), [each.message for each in found.diagnostics]


CART = """
import os, signal, sys
from pydantic.alias_generators import to_camel
if TYPE_CHECKING:
    from shop.prices import Price as Only
IS_WINDOWS = sys.platform == "win32"
Money.LIMIT = 5  # starmodel: ignore[changed-class]
class Named(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)
    n: int
class Other(BaseModel):
    model_config = ConfigDict(populate_by_name=True)
    n: int = Field(alias="x")
def split(text: str, at: str) -> list[str]: return text.split(at)
split = partial(split, at=",")
def shout(text: str) -> str: return text.upper()
class Base(Entity, ABC):
    def known(self) -> None: ...
class Cart(Base):
    KIND: ClassVar[str] = "a"
    count: int = 0
    sealed: int = Field(0, frozen=True)
    title: str = ""
    price: Money | None = None
    lines: list[Money] = []
    status: Status = Status.OPEN
    due: date = date(2024, 1, 31)
    anything: dict[str, int] = {{}}
    named: Named | None = None
    other: Other | None = None
    _cache: int = PrivateAttr(0)
    @property
    def half(self) -> int: return self.count // 2
    @cached_property
    def slow(self) -> int: return 1
    def helper(self, amount: int, *, loud: bool = False) -> None: ...
    @staticmethod
    def free(amount: int) -> int: return amount
    @classmethod
    def make(cls, count: int) -> Self: return cls(count=count)
    @event
    def add(self, amount: int = 1, other: "Money | None" = None) -> Any:
        {body}
"""

RIGHT_BODIES = [
    "self.count += amount",
    "self._new = 1; return self._new",
    "self.known(); super().known(); self.model_copy()",
    "return self.id + self.title.upper()",
    "return self.price.amount if self.price else self.half",
    "self.slow = 2",
    "return self.lines[0].amount + self.anything['x'].bit_length()",
    "self.helper(1); self.helper(amount=1, loud=True); self.helper(*[1]); self.helper(**{'amount': 1})",
    "return self.free(1) + Cart.free(2)",
    "return self.make(1), Cart.make(count=2), type(self).make(3), self.__class__",
    "return Money(amount=1), Money(**{'amount': 1})",
    "return Named(N=1), Other(x=1), Money(amount=1, more=2)",
    "return Money.model_validate({'amount': 1}), Money.model_fields, Cart.__name__",
    "return Status.OPEN.label, Status('open'), Status['OPEN'], list(Status), Status.__members__",
    "return self.status.name + self.status.value + self.status.label",
    "if hasattr(self, 'extra'): return self.extra",
    "try:\n            return self.extra\n        except AttributeError: return None",
    "return getattr(self, 'extra', None)",
    "self = Money(amount=1); return self.nothing",
    "total = 0; total += 1; return total",
    "return [line.amount for line in self.lines if (found := line)], found",
    "match self.price:\n            case Money(amount=n): return n\n            case other: return other",
    "import json as j; return j.dumps({})",
    "global COUNT; COUNT = 1; return COUNT",
    "try:\n            return undefined\n        except NameError: return None",
    "def inner(self): return self.anything_at_all\n        return inner",
    "for other in self.lines: other.whatever if False else None",
    "return date.today(), datetime.datetime.now(datetime.UTC), math.pi, enum.Enum, abc.ABC",
    "with open('x') as file: return file.read()",
    "assert isinstance(other, Money); return other.amount",
    "return __name__, __file__, __class__",
    "x: int = 3; return x",
    "if sys.platform == 'win32': return os.startfile",
    "if sys.platform != 'win32': return None\n        return os.startfile",
    "if IS_WINDOWS: return (lambda: os.O_BINARY)()",
    "if hasattr(signal, 'SIGBREAK'): return signal.SIGBREAK",
    "return os.O_BINARY if os.name == 'nt' else 0",
    "return IS_WINDOWS and os.O_BINARY",
    "import os as _os\n        if _os.name == 'nt' and amount: return os.O_TEMPORARY",
    "return split('a,b'), Money.LIMIT",
    "def inner():\n            nonlocal other\n            other = date\n        inner(); other.today()",
    "object.__setattr__(self, '_made', 1); return self._made",
    "Cart.seen = 1; return Cart.seen",
    "return Money.__pydantic_fields__, type(self).__private_attributes__",
    "return (lambda n, *m, k=1, **o: (n, m, k, o))(1)",
    "try: ...\n        except ValueError as problem: raise problem from None",
]


@pytest.mark.parametrize("body", RIGHT_BODIES)
def test_what_works_is_left_alone(body: str) -> None:
    errors = [each.message for each in linked(CART.format(body=body)).diagnostics]
    assert [each for each in errors if "stops all other requests" not in each] == []


DEAD_CLASSES = {
    "class Cart(Entity):\n    a: int = 0\n    a: int = 1": "SM606",
    "class Cart(Entity):\n    @event\n    def a(self) -> None: ...\n    @event\n    def a(self) -> None: ...": "SM606",
    "class Cart(Entity):\n    a: int = missing()": "SM107",
    "class Cart(Entity):\n    a: int = Field(default_factory=missing)": "SM107",
    "class Cart(Entity):\n    a: int = Field(1, default_factory=int)": "SM214",
    "class Cart(Entity):\n    a: list[int] = Field(default_factory=[])": "SM214",
    "class Cart(Entity):\n    a: int = int": "SM214",
    "class Cart(Entity):\n    a: date = date.today": "SM214",
    "def two(a, b): return 1\nclass Cart(Entity):\n    a: int = Field(default_factory=two)": "SM214",
    "class Cart(Entity):\n    @cached\n    def a(self) -> int: return 1": "SM107",
    "class Cart(Entity):\n    def a(self, b=missing) -> int: return 1": "SM107",
    "class Cart(Entity):\n    def a(self, b: Missing) -> int: return 1": "SM107",
    "class Cart(Entity):\n    def a(self) -> Cart: return self": "SM120",
    "class Cart(Entity):\n    sizes: ClassVar = [1]\n    big: ClassVar = [s for s in (1,) if s in sizes]": "SM107",
    "class Cart(Entity):\n    a: Status = Status.OPN": "SM214",
    "class Cart(Entity):\n    model_config = EntityConfig()\n    class Config: ...": "SM223",
    "class Line(BaseModel):\n    model_config = ConfigDict()\n    class Config: ...\nclass Cart(Entity): ...": "SM223",
    "class Line(BaseModel):\n    def __init__(self, a): ...\nclass Cart(Entity):\n    line: Line | None = None": "SM124",
    "class Cart(Entity):\n    def __new__(cls): ...": "SM124",
    "class Mixin:\n    def __init__(self): ...\nclass Cart(Mixin, Entity): ...": "SM124",
    "class Cart(Entity):\n    model_config = EntityConfig(frozen=True)\n    a: int = 0\n    @event\n    def b(self) -> None:\n        self.a = 1": "SM318",
    "class Line(BaseModel): ...\nclass Line(Entity): ...": "SM126",
    "class Status(Enum):\n    A = 1\nclass Cart(Entity): ...": "SM126",
    "class Cart(Entity): ...\nclass Cart(Entity): ...": "SM105",
    "class Cart(BaseModel, Entity): ...": "SM117",
    "class Line(BaseModel, BaseModel): ...\nclass Cart(Entity): ...": "SM117",
    "class Line(dict, BaseModel): ...\nclass Cart(Entity): ...": "SM128",
    "class Size(Enum, str):\n    A = 'a'\nclass Cart(Entity): ...": "SM128",
    "class Size(StrEnum):\n    A = 1\nclass Cart(Entity): ...": "SM131",
    "class Size(IntEnum):\n    A = 'a'\nclass Cart(Entity): ...": "SM131",
    "class Size(Enum):\n    A = 'a'\n    def A(self): ...\nclass Cart(Entity): ...": "SM131",
    "class Cart(Entity):\n    a: int = 0\n    @field_validator\n    def b(cls, v): return v": "SM130",
    "class Cart(Entity):\n    a: int = 0\n    @field_validator('a', mode='befor')\n    @classmethod\n    def b(cls, v): return v": "SM130",
    "class Cart(Entity):\n    a: int = 0\n    @field_validator('a')\n    def b(self, v): return v": "SM130",
    "class Cart(Entity):\n    a: int = 0\n    @classmethod\n    @field_validator('a')\n    def b(cls, v): return v": "SM130",
    "class Cart(Entity):\n    a: int = 0\n    @field_validator('a')\n    @classmethod\n    def b(cls): ...": "SM130",
    "class Cart(Entity):\n    @model_validator\n    def b(self): return self": "SM130",
    "class Cart(Entity):\n    a: int = PrivateAttr(0)": "SM130",
    "class Cart(Entity):\n    @field_serializer('b')\n    def a(self, v): return v": "SM130",
    "class Cart(Entity):\n    a: int[3] = 3": "SM134",
    "class Cart(Entity):\n    def a(self, b: Optional[int, str]) -> None: ...": "SM134",
    "class Cart(Entity):\n    a: 'list'[int] = []": "SM134",
    "class Cart(Entity):\n    def a(self) -> 'int' | None: ...": "SM134",
    "class Cart(Entity):\n    a: Annotated[Money | Status, Field(discriminator='kind')] | None = None": "SM212",
    "class Line(BaseModel, table=True): ...\nclass Cart(Entity): ...": "SM111",
    "class Cart(Entity, crud=True): ...": "SM111",
    "class Size(StrEnum, total=False):\n    A = 'a'\nclass Cart(Entity): ...": "SM111",
    "class Cart(Entity):\n    model_config = EntityConfig(strict='yes')": "SM112",
    "class Line(BaseModel):\n    model_dump: ClassVar[int] = 3\nclass Cart(Entity): ...": "SM602",
    "from typing import NamedTuple\nclass Line(BaseModel, NamedTuple): ...\nclass Cart(Entity): ...": "SM128",
    "from pydantic import RootModel\nclass Cart(Entity, RootModel[list[int]]): ...": "SM128",
    "from collections.abc import Sized\nclass Cart(Entity, Sized): ...": "SM129",
    "class Size(StrEnum):\n    _x = 1\nclass Cart(Entity): ...": "SM131",
    "class Size(StrEnum):\n    A = 4 | 8\nclass Cart(Entity): ...": "SM131",
    "from enum import Flag\nclass Right(Flag):\n    A = 'a'\nclass Cart(Entity): ...": "SM131",
    "class Size(Enum):\n    A = 'a'\n    @property\n    def value(self): ...\nclass Cart(Entity): ...": "SM131",
    "class Size(StrEnum):\n    A = 'a'\n    def __new__(cls, value): ...\nclass Cart(Entity): ...": "SM131",
    "class Cart(Entity):\n    a: ClassVar | None = None": "SM134",
    "class Cart(Entity):\n    a: list[ClassVar[int]] = []": "SM134",
    "class Cart(Entity):\n    a: str = ''\n    @field_validator('a')\n    @classmethod\n    async def b(cls, value): return value": "SM130",
    "class Cart(Entity):\n    a: str = ''\n    @model_validator(mode='after')\n    async def b(self) -> Self: return self": "SM130",
    "class Cart(Entity):\n    a: str = ''\n    @field_serializer('a')\n    async def b(self, value) -> str: return value": "SM130",
    "class Cart(Entity):\n    @computed_field\n    @property\n    async def b(self) -> str: return ''": "SM130",
    "class Cart(Entity):\n    a: str = ''\n    @field_validator('a')\n    @classmethod\n    def b(cls, value): yield value": "SM130",
    "from pydantic import AfterValidator\ndef tidy(value: str): value.strip()\nclass Cart(Entity):\n    a: Annotated[str, AfterValidator(tidy)] = ''": "SM212",
    "from pydantic import BeforeValidator\nasync def tidy(value: str): return value\nTidy = Annotated[str, BeforeValidator(tidy)]\nclass Cart(Entity):\n    a: Tidy = ''": "SM212",
    "class Cart(Entity): ...\nCart = int": "SM141",
    "class Cart(Entity):\n    a: str = Field('', pattern='[')": "SM212",
    "class Cart(Entity):\n    a: str = Field('', pattern='(?=a)')": "SM212",
    "class Cart(Entity):\n    a: list[Annotated[str, Field(pattern='[')]] = []": "SM212",
    "class Cart(Entity):\n    a: int = Field(0, multiple_of=0)": "SM212",
    "class Cart(Entity):\n    a: int = Field(3, gt=1.5)": "SM212",
    "class Cart(Entity):\n    a: int = Field(3, discriminator='kind')": "SM212",
    "class Cart(Entity):\n    a: int = Field(3, fail_fast=True)": "SM212",
    "class Cart(Entity):\n    a: int = Field(3, union_mode='smart')": "SM212",
    "class Cart(Entity):\n    a: Annotated[str, Field(alias='b')] | None = None": "SM211",
    "class Cart(Entity):\n    a: Optional[Annotated[str, Field(frozen=True)]] = None": "SM211",
    "class Cart(Entity):\n    a: date = '2026-01-31'": "SM214",
    "class Cart(Entity):\n    a: Status = 'open'": "SM214",
    "class Line(BaseModel):\n    b: bytes = 'b'\nclass Cart(Entity):\n    a: Line = Line()": "SM214",
    "from dataclasses import dataclass\n@dataclass\nclass Line:\n    b: int = Field(3, ge=0)\nclass Cart(Entity):\n    a: Line | None = None": "SM214",
    "class One(BaseModel):\n    kind: Literal['one'] = 'one'\nclass Two(One):\n    kind: Literal['two'] = 'two'\nclass Cart(Entity):\n    a: Annotated[One | Two, Field(discriminator='kind')] = Two()": "SM202",
    "class One(BaseModel):\n    kind: Literal['one'] = 'one'\n    @field_validator('kind', mode='before')\n    @classmethod\n    def read(cls, value): return value\nclass Two(BaseModel):\n    kind: Literal['two'] = 'two'\nclass Cart(Entity):\n    a: Annotated[One | Two, Field(discriminator='kind')] = Two()": "SM212",
    "class One(BaseModel):\n    kind: Literal['one'] = Field('one', alias='k')\nclass Two(BaseModel):\n    kind: Literal['two'] = 'two'\nclass Cart(Entity):\n    a: Annotated[One | Two, Field(discriminator='kind')] = Two()": "SM212",
    "class Cart(Entity):\n    a: Final[int] = 3\n    @field_validator('a')\n    @classmethod\n    def read(cls, value): return value": "SM130",
    "class Cart(Entity):\n    a: 'Annotated[str, AfterValidator(missing)]' = ''": "SM107",
    "class Cart(Entity):\n    a: 'list[Annotated[str, Field(title=MISSING)]]' = []": "SM107",
    "class Cart(Entity):\n    a: Money | None = Field(None, discriminator='kind')": "SM212",
    "class Cart(Entity):\n    a: Literal['a'] = Field('a', strict=True)": "SM212",
    "class Cart(Entity):\n    a: int | str = Field(1, strict=True)": "SM212",
    f"class Cart(Entity, BaseTable, table=True):\n    {SQL}\n    id: int | None = Field(None, primary_key=True, ge=2)": "SM212",
    f"class Cart(Entity, BaseTable, table=True):\n    {SQL}\n    id: int | None = Field(None, primary_key=True, le=9)": "SM212",
    "class Cart(Entity):\n    a: Final[ClassVar[int]] = 3": "SM134",
    "class Cart(Entity):\n    a: int = 3\n    @field_validator('a')\n    @classmethod\n    def read(cls, value): assert value": "SM130",
    "class Cart(Entity):\n    @model_validator(mode='after')\n    def check(self): assert self.id": "SM130",
    "from pydantic import AfterValidator\nclass Cart(Entity):\n    a: 'Annotated[int, AfterValidator()]' = 3": "SM319",
    "from collections.abc import Mapping\nclass Size(Mapping[str, int], IntEnum):\n    A = 1\nclass Cart(Entity): ...": "SM128",
    "class Size(ABC, Enum):\n    A = 1\nclass Cart(Entity): ...": "SM128",
    "UNUSED = EntityConfig(access=Access.PULIC)\nclass Cart(Entity): ...": "SM122",
    "UNUSED = StateStore.SQL\nclass Cart(Entity): ...": "SM122",
    "class Line(BaseModel): ...\nif False:\n    class Line(BaseModel):\n        a: int = 0\nclass Cart(Entity):\n    a: Line | None = None": "SM126",
    "from ipaddress import IPv4Address\nclass Cart(Entity):\n    a: IPv4Address = 0": "SM214",
    "from pydantic import EmailStr\nclass Cart(Entity):\n    a: EmailStr = 'x'": "SM214",
    "from pydantic import EmailStr\nclass Line(BaseModel):\n    a: EmailStr = Field(default_factory=str)\nclass Cart(Entity):\n    a: Line | None = None": "SM214",
    "from datetime import dat\nclass Cart(Entity): ...": "SM123",
    "from starmodel import Entty\nclass Cart(Entity): ...": "SM123",
    "import datetme\nclass Cart(Entity): ...": "SM123",
    "import os.pth\nclass Cart(Entity): ...": "SM123",
    "from shop.prises import Price\nclass Cart(Entity): ...": "SM123",
    "from ...far import Price\nclass Cart(Entity): ...": "SM123",
}


def test_the_annotations_of_a_dataclass_are_evaluated_by_pydantic_too() -> None:
    found = link_sources("""
        from __future__ import annotations
        from dataclasses import dataclass, field
        from starmodel import Entity
        @dataclass
        class Line:
            words: "list"[str] = field(default_factory=list)
        class Cart(Entity):
            line: Line | None = None
    """)
    assert found.codes == ["SM134"]


def test_the_members_of_the_runtime_s_enums_are_known() -> None:
    for enum in (Access, Scope, StateStore):
        known = {each.name for each in enum}
        assert all(has_attribute(f"starmodel.{enum.__name__}.{name}") for name in known)
        assert has_attribute(f"starmodel.{enum.__name__}.OTHER") is False


@pytest.mark.parametrize(("source", "code"), DEAD_CLASSES.items(), ids=DEAD_CLASSES)
def test_what_cannot_be_imported(source: str, code: str) -> None:
    found = linked(source)
    assert code in found.codes, [each.message for each in found.diagnostics]
    assert found.schema is None


CHANGED_CLASSES = {
    "Cart.count = 5": "SM143",
    "Cart.add = lambda self: None": "SM143",
    "Cart.count: int = 5": "SM143",
    "Cart.count += 5": "SM143",
    "Cart.LIMIT = 4": "SM143",
    "Cart.price, other = 1, 2": "SM143",
    "del Cart.count": "SM143",
    "setattr(Cart, 'count', 5)": "SM143",
    "setattr(Cart, ''.join('count'), 5)": "SM143",
    "delattr(Cart, 'count')": "SM143",
    "type.__setattr__(Cart, 'count', 5)": "SM143",
    "Cart.model_config['title'] = 'x'": "SM143",
    "Cart.model_config.update(title='x')": "SM143",
    "Cart.model_fields['count'].default = 5": "SM143",
    "Cart.model_fields.pop('count')": "SM143",
    "Cart.__annotations__['extra'] = int": "SM143",
    "if True:\n    Cart.count = 5": "SM143",
    "try:\n    Cart.count = 5\nfinally:\n    pass": "SM143",
    "with open('x') as Cart.count: ...": "SM143",
    "for Cart.count in (1, 2): ...": "SM143",
    "def change(model):\n    model.model_rebuild()\n    model.count = 5\nchange(Cart)": "SM143",
    "MODELS = {'a': Money}\nfor model in MODELS.values():\n    model.amount = 1": "SM143",
    "Status.OPEN._value_ = 'x'": "SM143",
    "def change(*models):\n    for model in models:\n        model.count = 5\nchange(Money, Cart)": "SM143",
    "class Titled(BaseModel):\n    def __init_subclass__(cls, **kw):\n        cls.model_config['title'] = 'x'": "SM143",
    "class Titled(BaseModel):\n    @classmethod\n    def __pydantic_init_subclass__(cls, **kw):\n        cls.model_fields['a'].default = 9": "SM143",
    "for model in (Cart, Money):\n    model.model_config = {}": "SM143",
    "MODELS = [Money, Cart]\nfor model in MODELS:\n    setattr(model, 'count', 1)": "SM143",
    "Alias = Cart\nAlias.count = 5": "SM143",
    "def later():\n    Cart.count = 5": "SM143",
    "def change(model):\n    model.count = 5\nchange(Cart)": "SM143",
    "def change(a, *, model):\n    setattr(model, a, 5)\nchange('count', model=Cart)": "SM143",
    "Money.amount = 5": "SM143",
    "Status.MORE = 'more'": "SM143",
    "Counted.step = 2": "SM143",
    "Entity.model_config = {}": "SM143",
    "BaseModel.model_config['strict'] = True": "SM143",
    "Price.amount = 5": "SM143",
    "prices.Price.amount = 5": "SM143",
    "prices.Price = Money": "SM143",
    "globals()['Cart'].count = 5": "SM143",
    "Cart = Money": "SM141",
    "if True:\n    Cart = Money": "SM141",
    "try:\n    from shop.prices import Price as Cart\nexcept ImportError: ...": "SM141",
    "for Cart in (Money, Status): ...": "SM141",
    "del Cart": "SM141",
    "globals()['Cart'] = Money": "SM141",
    "def later():\n    global Cart\n    Cart = Money": "SM141",
    "(Cart := Money)": "SM141",
}
CHANGED = """
from shop import prices
from shop.prices import Price
class Counted:
    step: ClassVar[int] = 1
class Cart(Entity, Counted):
    LIMIT: ClassVar[int] = 3
    NAMES: ClassVar[dict[str, int]] = {}
    count: int = 0
    price: Price | None = None
"""


@pytest.mark.parametrize(("source", "code"), CHANGED_CLASSES.items(), ids=CHANGED_CLASSES)
def test_a_class_is_changed_outside_of_its_body(source: str, code: str) -> None:
    found = linked(f"{CHANGED}{source}\n")
    assert {each.code for each in found.diagnostics} == {code}, found.diagnostics
    assert found.diagnostics[0].help
    assert found.pointed(code) in f"{source} Price as Cart"


UNCHANGED_CLASSES = [
    "Cart.model_rebuild()",
    "Cart.model_json_schema()\nCart.model_fields['count'].default",
    "from pydantic import TypeAdapter\nTypeAdapter(Cart)\nADAPTER = TypeAdapter(list[Cart])",
    "def fill():\n    Cart.LIMIT = 4",
    "Cart.NAMES['a'] = 1\nCart.NAMES.update(b=2)",
    "def change(model):\n    return model.model_json_schema()\nchange(Cart)",
    "def fill(Cart):\n    Cart.count = 5",
    "def fill():\n    Cart = Money(amount=1)\n    Cart.amount = 5",
    "cart = Cart()\ncart.count = 5\nsetattr(cart, 'count', 5)",
    "class Plain: ...\nPlain.x = 1\nPlain = None",
    "for cart in [Cart(), Cart()]:\n    cart.count = 5",
    "SAMPLES = [Cart()]\nfor cart in SAMPLES:\n    cart.count = 5",
    "for each in Status:\n    each.hint = each.name.title()",
    "Status.OPEN.hint = 'x'",
    "class Registered:\n    def __init_subclass__(cls, **kw):\n        cls.registry = []\n"
    "        cls._seen = cls.registry\nclass Basket(Entity, Registered):\n    a: int = 0",
    "def sample(model, **values):\n    made = model(**values)\n    made.count = 3\n    return made\n"
    "SAMPLE = sample(Cart, count=1)",
    "class Counts:\n    total = 0\n    seen = []\nclass Basket(Entity, Counts):\n    a: int = 0\n"
    "    @event\n    def count(self) -> None:\n        Counts.total += 1\nBasket.seen.append(1)",
    "from sqlmodel import SQLModel\nSQLModel.metadata.naming_convention = {}",
    "KNOWN = {}\nKNOWN[Cart] = 1\nKNOWN.update(a=Cart)",
    "Cart.count = 5  # starmodel: ignore[changed-class]",
]


@pytest.mark.parametrize("source", UNCHANGED_CLASSES)
def test_what_only_reads_a_class_is_left_alone(source: str) -> None:
    found = linked(f"{CHANGED}{source}\n")
    assert [each.message for each in found.diagnostics] == []


def test_a_class_is_changed_in_another_module_that_is_read() -> None:
    files = {
        "shop/prices.py": "from pydantic import BaseModel\nclass Price(BaseModel):\n    a: int = 0\n",
        "shop/patches.py": "from shop.prices import Price\nPrice.a = 5\n",
    }
    source = "from shop import patches\nfrom shop.prices import Price\n"
    found = linked(f"{source}class Cart(Entity):\n    price: Price | None = None\n", files)
    assert [each.path for each in found.diagnostics] == ["shop/patches.py"]


RIGHT_CLASSES = [
    "class Basket(Entity):\n    a: date = Field(date(2026, 1, 2), ge=date(2026, 1, 1), lt=date(2027, 1, 1))",
    "class Basket(Entity):\n    model_config = EntityConfig(regex_engine='python-re')\n    a: str = Field('a', pattern='(?=a)')",
    "class Basket(Entity):\n    a: Annotated[str | None, Field(alias='b')] = None",
    "class Basket(Entity):\n    a: list[int] = Field([], fail_fast=True)",
    "import pydantic\nclass Basket(Entity):\n    a: 'Annotated[str, pydantic.AfterValidator(lambda v: v.strip()), Field(title=\"x\")]' = ''",
    "class Basket(Entity):\n    a: float = Field(default=0)\n    b: float = 1",
    "class Line(BaseModel, frozen=True, extra='forbid'): ...\nclass Basket(Entity):\n    a: Line = Line()",
    "from __future__ import annotations",
    "try:\n    import nothing_like_this\nexcept ImportError:\n    nothing_like_this = None",
    "if TYPE_CHECKING:\n    from shop.prices import Price\n"
    "def price() -> 'Price': ...\nclass Plain:\n    a: 'Price'",
    "import some_library\nclass Tool(some_library.Thing): ...",
    "from itertools import batched\nfrom typing import override",
    "class Plain:\n    def __init__(self): self.x = self.y = 1\n    def z(self): return self.x",
    "class Size(str, Enum):\n    A = 'a'\n    __slots__ = ()",
    "class Flagged(enum.Flag):\n    A = auto()",
    "class Line(BaseModel):\n    class Inner(BaseModel): ...\n    inner: Inner | None = None",
    "class Line(BaseModel):\n    model_config = ConfigDict(extra='allow')\n"
    "    def a(self): return self.anything",
    "class Line(BaseModel):\n    def __getattr__(self, name): ...\n    def a(self): return self.b",
    "class Mixin(Entity, ABC):\n    @abstractmethod\n    def a(self) -> int: ...",
    "class Line(BaseModel):\n    @field_validator('*', mode='before')\n    @classmethod\n"
    "    def a(cls, value, info): return value\n"
    "    @field_validator('b', check_fields=False)\n    @staticmethod\n    def c(value): return value",
    "class Line(BaseModel):\n    old: str = ''\n    @field_validator('old')\n    @classmethod\n"
    "    def refuse(cls, value): raise ValueError('no more')\n    @model_validator(mode='before')\n"
    "    @classmethod\n    def close(cls, data):\n        if data:\n            raise ValueError('x')\n"
    "        else:\n            raise ValueError('y')",
    "from pydantic import AfterValidator\ndef refuse(value): raise ValueError('no more')\n"
    "class Basket(Entity):\n    a: Annotated[str, AfterValidator(refuse), AfterValidator(str.strip)] = ''",
    "class Mixin(BaseModel):\n    @field_validator('b', check_fields=False)\n    @classmethod\n"
    "    @abstractmethod\n    def check(cls, value): ...",
    "if TYPE_CHECKING:\n    class Base(BaseModel): ...\nelse:\n    class Base(BaseModel):\n"
    "        x: int = 0\nclass Basket(Entity, Base): ...",
    "for name in ('a', 'b'):\n    globals()[name] = 1\nprint(a, b)",
    "numbers = [n for n in range(3)]\npairs = {k: v for k, v in zip(numbers, numbers)}\ndel numbers",
    "class Own(Cart if False else Money): ...",
]


@pytest.mark.parametrize("source", RIGHT_CLASSES)
def test_what_can_be_imported_is_left_alone(source: str) -> None:
    if "__future__" in source:
        text, more = f"{source}\n{HEAD}", ""
    else:
        text, more = HEAD, source
    cart = "\nclass Cart(Entity):\n    a: int = 0\n"
    found = link_sources({"shop/entities.py": f"{text}{cart}{more}\n", **PRICES})
    assert [each.message for each in found.diagnostics if each.severity == "error"] == []


@pytest.mark.parametrize("table", ["", ", table=True"])
def test_an_entity_of_an_unknown_base_under_star_imports(table: str) -> None:
    source = f"""
        from fasthtml.common import *
        from starmodel import *
        class Note(SQLEntity{table}):
            text: str = ""
    """
    found = link_sources(source)
    assert found.codes == ["SM102"]
    assert "`Note`" in found.diagnostics[0].message


def test_an_unknown_base_that_may_be_an_entity_is_told_of() -> None:
    found = link_sources("""
        from somewhere import *
        from starmodel import Entity
        class Note(Base):
            text: str = ""
        class Cart(Entity): ...
    """)
    assert found.codes == ["SM132"]
    assert found.schema is not None


def test_nothing_to_generate_is_a_mistake_that_names_what_was_seen() -> None:
    source = """
        from pydantic import BaseModel
        from starmodel import Entity
        class Note(BaseModel): ...
        class _Base(Entity): ...
        class Plain: ...
    """
    settings = LinkSettings(entities=("shop/entities.py",))
    found = link_sources(source, settings=settings)
    assert found.codes == ["SM133"]
    message = found.diagnostics[0].message
    for part in (
        "`Note` (inherits from BaseModel)",
        "`_Base` (only a base of entities)",
        "`Plain` (has no base)",
        "`shop/entities.py`",
    ):
        assert part in message


def test_no_file_at_all() -> None:
    found = link_sources({"other.py": ""}, settings=LinkSettings(entities=("shop",)))
    assert found.codes == ["SM133"]
    assert "no Python file at `shop`" in found.diagnostics[0].message


SQL_HEAD = "from starmodel import *\nfrom typing import ClassVar, TYPE_CHECKING\n"
AUTHOR = f"""
class Author(Entity, BaseTable, table=True):
    {SQL}
    best: Ref["Book"] | None = None
"""
FOR_CHECKERS = "if TYPE_CHECKING:\n    from .book import Book\n"
BOOK = f"""
class Book(Entity, BaseTable, table=True):
    {SQL}
    author: Ref["Author"]
"""


@pytest.mark.parametrize(
    ("author", "book", "fails"),
    [
        (f"from .book import Book\n{AUTHOR}", f"from .author import Author\n{BOOK}", True),
        # The app imports the author first.
        (f"from .book import Book\n{AUTHOR}", f"{BOOK}from .author import Author\n", True),
        (f"{AUTHOR}from .book import Book\n", f"from .author import Author\n{BOOK}", False),
        (f"{AUTHOR}from .book import Book\n", f"{BOOK}from .author import Author\n", False),
        (f"{FOR_CHECKERS}{AUTHOR}", f"from .author import Author\n{BOOK}", False),
        (
            f"{FOR_CHECKERS}{AUTHOR}    def a(self):\n        from .book import Book\n",
            f"from .author import Author\n{BOOK}",
            False,
        ),
        (f"from .between import Book\n{AUTHOR}", f"from .author import Author\n{BOOK}", True),
    ],
)
def test_entities_that_import_each_other(author: str, book: str, fails: bool) -> None:
    found = link_sources(
        {
            "shop/entities/author.py": SQL_HEAD + author,
            "shop/entities/book.py": SQL_HEAD + book,
            "shop/entities/between.py": "from .book import Book\n",
        }
    )
    codes = set(found.codes)
    assert codes == ({"SM123"} if fails else set()), [each.message for each in found.diagnostics]


def test_generated_modules_need_not_be_there_yet() -> None:
    settings = LinkSettings(generated=("shop.generated",))
    source = """
        from starmodel import Entity
        from shop.generated.app import create_app
        import shop.generated.client
        class Cart(Entity): ...
    """
    assert link_sources(source, settings=settings).codes == []

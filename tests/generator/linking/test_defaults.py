"""Defaults as the schema keeps them, and those that do not fit."""

import pytest
from linked_project import Linked, link_sources

from starmodel_schemas import Default, ExpressionDefault, FactoryDefault, LiteralDefault

HEAD = """
import math
from datetime import date, datetime, timezone
from decimal import Decimal
from uuid import UUID
from enum import Enum, StrEnum
from typing import *
from pydantic import *
from starmodel import Entity, Field, event
from shop.constants import DEFAULTS, LIMIT, make
import shop.constants as constants

class Mode(StrEnum):
    FAST = "fast"
    SLOW = "slow"
class Kind(Enum):
    A = 1
class Line(BaseModel):
    name: str = ""
    code: str = Field("", max_length=3)
    weight: float = 0.0
LINE = Line(code="abcd")
"""

CONSTANTS = "LIMIT = 5\nDEFAULTS = ['a', 'b']\ndef make(): ...\n"


def linked_field(written: str) -> Linked:
    return link_sources(
        {
            "shop/constants.py": CONSTANTS,
            "shop/entities.py": f"{HEAD}\nclass Thing(Entity):\n    x: {written}\n",
        }
    )


@pytest.mark.parametrize(
    ("written", "default"),
    [
        ("int = LIMIT", LiteralDefault(value=5)),
        ("int = constants.LIMIT - 1", LiteralDefault(value=4)),
        ("list[str] = DEFAULTS", ExpressionDefault(expression='["a", "b"]')),
        ("list[str] = Field(default_factory=list)", ExpressionDefault(expression="[]")),
        ("set[str] = set()", ExpressionDefault(expression="set()")),
        ("list[str] = Field(default_factory=make)", FactoryDefault(factory="shop.constants.make")),
        ("list[str] = constants.make()", FactoryDefault(factory="shop.constants.make")),
        (
            "list[str] = Field(default_factory=lambda: ['a'])",
            FactoryDefault(factory="lambda: ['a']"),
        ),
        ("date = date.today()", FactoryDefault(factory="datetime.date.today")),
        ("Line = Line()", FactoryDefault(factory="shop.entities.Line")),
        ("Annotated[int, Field(default=3)]", LiteralDefault(value=3)),
        ("str = Mode.FAST", LiteralDefault(value="fast")),
        ("Literal['fast'] = Mode.FAST", LiteralDefault(value="fast")),
        ("int = Kind.A.value", LiteralDefault(value=1)),
        ("list[str] = [Mode.FAST, 'x']", ExpressionDefault(expression='["fast", "x"]')),
        (
            "dict[str, tuple[str, ...]] = {'a': (Mode.SLOW,)}",
            ExpressionDefault(expression='{"a": ("slow",)}'),
        ),
        (
            "Mode | None = Mode.FAST",
            ExpressionDefault(expression="Mode.FAST", imports=("shop.entities.Mode",)),
        ),
        (
            "float = Field(float('inf'), allow_inf_nan=True)",
            ExpressionDefault(expression='float("inf")'),
        ),
        ("bytes = b'\\x00'", ExpressionDefault(expression='b"\\x00"')),
        ("int | None = Field(None, ge=1)", LiteralDefault(value=None)),
        ("float = Field(1, gt=0.5)", LiteralDefault(value=1)),
    ],
)
def test_defaults_of_fields(written: str, default: Default) -> None:
    assert linked_field(written).field("Thing", "x").default == default


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("int = None", "add `| None` to the type"),
        ("int = 'many'", 'has the default `"many"`, which its type does not take'),
        ("str = 5", "which its type does not take"),
        ("bool = 'perhaps'", "which its type does not take"),
        ("list[int] = ['a']", "which its type does not take"),
        ("tuple[int, str] = (1,)", "which its type does not take"),
        ("dict[str, int] = []", "which its type does not take"),
        ("Literal['a'] = 'b'", "which its type does not take"),
        ("Kind = Mode.FAST", "which its type does not take"),
        ("int = 1.5", "which its type does not take"),
        ("int = Field(0, ge=1)", "which its limit `ge=1` excludes"),
        ("Decimal = Field(Decimal('9.5'), le=9)", "which its limit `le=9` excludes"),
        ("PositiveInt = 0", "which its limit `gt=0` excludes"),
        ("str = Field('', min_length=1)", "which its limit `min_length=1` excludes"),
        ("list[int] = Field([1, 2], max_length=1)", "which its limit `max_length=1` excludes"),
        ("int = Missing", "not defined"),
        ("Mode = Mode.FSAT", "no member of `Mode`"),
        ("date = date(2024, 2, 30)", "which Python refuses"),
    ],
)
def test_defaults_that_do_not_fit(written: str, words: str) -> None:
    linked = linked_field(written)
    # Names may come from the star imports in the head, so a missing one is left to Python there.
    if "Missing" in written:
        linked = link_sources(
            "from starmodel import Entity\nclass Thing(Entity):\n    x: int = Missing\n"
        )
    assert linked.codes == ["SM214"]
    assert words in f"{linked.diagnostics[0].message} {linked.diagnostics[0].help}"


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("float = float('inf')", "a finite number"),
        ("float = -1e999", "a finite number"),
        ("float | None = math.nan", "a finite number"),
        ("Decimal = Decimal('NaN')", "a finite number"),
        ("list[float] = [0.5, float('inf')]", "a finite number"),
        ("dict[str, float] = {'a': float('-inf')}", "a finite number"),
        ("tuple[int, float] = (1, float('inf'))", "a finite number"),
        ("set[float] = {float('inf')}", "a finite number"),
        ("Decimal = Field(Decimal('1.234'), decimal_places=2)", "2 decimal places"),
        ("Decimal = Field(Decimal('12345'), max_digits=4)", "4 digits"),
        ("str = Field('b', pattern='^a')", "match pattern"),
        ("int = Field(3, multiple_of=2)", "a multiple of 2"),
        ("date = Field(date(2020, 1, 1), ge=date(2023, 1, 1))", "greater than or equal to"),
        ("date = '2024-13-45'", "month value is outside"),
        ("AwareDatetime = datetime(2024, 1, 1)", "timezone info"),
        ("NaiveDatetime = datetime(2024, 1, 1, tzinfo=timezone.utc)", "timezone info"),
        ("list[Annotated[str, Field(max_length=2)]] = ['abc']", "at most 2 characters"),
        ("Annotated[str, StringConstraints(to_upper=True, max_length=2)] = 'abc'", "max_length=2"),
        ("Line = Line(name='x' * 9, code='abcd')", "at most 3 characters"),
        ("Line = {'code': 'abcd'}", "at most 3 characters"),
        ("list[Line] = [Line(code='abcd')]", "at most 3 characters"),
        ("dict[str, Line] = {'a': Line(code='abcd')}", "at most 3 characters"),
        ("Line = Field(default_factory=lambda: Line(code='abcd'))", "at most 3 characters"),
        ("Line = LINE", "at most 3 characters"),
        ("list[int] = Field(default_factory=lambda: [1, 'x'])", "a valid integer"),
        ("UUID = 'no uuid'", "a valid UUID"),
    ],
)
def test_defaults_that_pydantic_would_refuse_at_each_save(written: str, words: str) -> None:
    linked = linked_field(written)
    assert linked.codes in (["SM214"], ["SM206", "SM214"])
    assert words in linked.diagnostics[-1].message


@pytest.mark.parametrize(
    "written",
    [
        "float = Field(float('inf'), allow_inf_nan=True)",
        "Annotated[str, StringConstraints(strip_whitespace=True, max_length=3)] = ' abc '",
        "Annotated[list[str], BeforeValidator(str.split)] = 'a b'",
        "Annotated[int, BeforeValidator(len)] = Field('abc', ge=3)",
        "list[Line] = [Line(code=make())]",
        "Line = Line(code='abc', weight=float('inf'))",
        "Decimal = Field(Decimal('1.20'), max_digits=3, decimal_places=2)",
        "int | None = Field(None, ge=1)",
    ],
)
def test_defaults_that_may_do(written: str) -> None:
    assert linked_field(written).codes == []


def test_what_a_model_says_about_its_values_counts_for_defaults() -> None:
    source = HEAD + """
class Loose(Entity):
    model_config = {"allow_inf_nan": True, "str_strip_whitespace": True}
    ratio: float = float("inf")
    name: str = Field(default="  abc  ", max_length=3)
class Short(Entity):
    model_config = {"str_max_length": 3}
    id: str = "a"
    name: str = "abcd"
class Early(Entity):
    ratio: float = float("inf")
    @field_validator("ratio", mode="before")
    @classmethod
    def check(cls, ratio): return ratio
"""
    linked = link_sources({"shop/constants.py": CONSTANTS, "shop/entities.py": source})
    assert [each.message for each in linked.diagnostics] == [
        'field `Short.name` has the default `"abcd"`, which pydantic refuses:'
        " String should have at most 3 characters"
    ]


def test_a_default_inherited_from_elsewhere_points_there() -> None:
    linked = link_sources(
        {
            "shop/base.py": "from starmodel import Entity\nclass Base(Entity):\n    x: int = None\n",
            "shop/entities.py": """
                from shop.base import Base
                class One(Base): ...
                class Two(Base): ...
            """,
        }
    )
    assert linked.codes == ["SM214"]
    span = linked.diagnostics[0].span
    assert span is not None and (span.path, span.line) == ("shop/base.py", 3)


def test_bad_bases_of_ancestors_elsewhere_are_reported() -> None:
    linked = link_sources(
        {
            "shop/base.py": "from starmodel import Entity\nclass Base(Lost, Entity): ...\n",
            "shop/entities.py": "from shop.base import Base\nclass One(Base): ...\n",
        }
    )
    assert linked.codes == ["SM107"]

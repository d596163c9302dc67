"""Defaults as the schema keeps them, and those that do not fit."""

import pytest
from linked_project import Linked, link_sources

from starmodel_schemas import Default, ExpressionDefault, FactoryDefault, LiteralDefault

HEAD = """
from datetime import date
from decimal import Decimal
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
"""


def linked_field(written: str) -> Linked:
    return link_sources(
        {
            "shop/constants.py": "LIMIT = 5\nDEFAULTS = ['a', 'b']\ndef make(): ...\n",
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

"""A name that a class body hides from itself is refused exactly where Python trips over it."""

import sys
from types import ModuleType

import pytest
from linked_project import Linked, link_sources
from pydantic import BaseModel

HEAD = """\
import datetime
from datetime import date, time
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal, Optional
from pydantic import BaseModel, Field, computed_field, field_validator
from starmodel import Entity, event
"""
LAZY = "from __future__ import annotations\n"

EITHER_WAY = {
    "None or a date": "date: date | None = None",
    "in quotation marks": "date: 'date | None' = None",
    "optional": "date: Optional[date] = None",
    "partly in quotation marks": "date: Optional['date'] = None",
    "a value of the type": "date: date = date(2020, 1, 1)",
    "made by the type": "date: date = Field(default_factory=date.today)",
    "a list of it": "date: list[date] = []",
    "below": "date: str = ''\n    due: date | None = None",
    "far inside": "date: str = ''\n    due: dict[str, list[date | None]] = {}",
    "in metadata": "date: str = ''\n    due: Annotated[date | None, Field()] = None",
    "quoted and above": "due: 'date | None' = None\n    date: str = ''",
    "a class variable": "date: ClassVar[str] = ''\n    due: date | None = None",
    "a module": "datetime: datetime.date = datetime.date(2020, 1, 1)",
    "a method": "def date(self) -> None: ...\n    due: date | None = None",
    "a builtin": "int: int = 7",
    "a generic builtin": "list: int = 0\n    tags: list[str] = []",
    "a property": "@property\n    def list(self) -> int: ...\n    tags: list[str] = []",
    "a decorator": "property: str = ''\n    @property\n    def best(self) -> int: ...",
    "a decorator that is called": (
        "field_validator: str = ''\n    tags: str = ''\n"
        "    @field_validator('tags')\n    def strip(cls, tags: str) -> str: ..."
    ),
    "a factory": "list: str = ''\n    tags: set[str] = Field(default_factory=list)",
    "a call": "max: int = 10\n    most: int = max(1, 2)",
    "a default of a parameter": "date: str = ''\n    def go(self, due: Any = date(2020, 1, 1)): ...",
    "two computed fields": (
        "@computed_field\n    @property\n    def date(self) -> date: ...\n"
        "    @computed_field\n    @property\n    def due(self) -> date: ..."
    ),
}
AT_ONCE = {
    "a parameter": "date: str = ''\n    def go(self, due: date | None = None) -> None: ...",
    "a result": "date: str = ''\n    def go(self) -> date | None: ...",
    "a result of a method's name": (
        "def list(self) -> None: ...\n    def tags(self) -> list[str]: ..."
    ),
}
"""What is hidden where annotations are evaluated in the order of the text."""

LATER = {
    "above": "due: date | None = None\n    date: str = ''",
    "above a method": "tags: list[str] = []\n    def list(self) -> None: ...",
    "a computed field": "@computed_field\n    @property\n    def date(self) -> date: ...",
}
"""What is hidden where annotations are evaluated when the class body is done."""

NEVER = {
    "no value": "date: date\n    due: date | None = None",
    "a default in the metadata": "date: Annotated[date, Field(default=None)]\n    due: date",
    "another module's name": "date: datetime.date | None = None",
    "a name of one's own": "most: int = 10\n    limit: int = most",
    "a builtin's name as a value": "max: int = 10\n    most: int = max",
    "a setter": (
        "@property\n    def type(self) -> int: ...\n"
        "    @type.setter\n    def type(self, value: int) -> None: ..."
    ),
    "a value of a literal": "date: str = ''\n    kind: Literal['date'] = 'date'",
    "a computed field in quotation marks": (
        "date: str = ''\n    @computed_field\n    @property\n    def due(self) -> 'date | None': ..."
    ),
}


@pytest.mark.parametrize("is_lazy", [False, True])
@pytest.mark.parametrize("body", [*EITHER_WAY.values(), *AT_ONCE.values(), *LATER.values()])
def test_what_is_hidden(body: str, is_lazy: bool) -> None:
    is_hidden = body in EITHER_WAY.values() or body in (LATER if is_lazy else AT_ONCE).values()
    assert ("SM607" in linked(body, is_lazy=is_lazy).codes) is is_hidden
    assert is_broken(body, is_lazy=is_lazy) is is_hidden


@pytest.mark.parametrize("is_lazy", [False, True])
@pytest.mark.parametrize("body", NEVER.values())
def test_what_is_not_hidden(body: str, is_lazy: bool) -> None:
    assert "SM607" not in linked(body, is_lazy=is_lazy).codes
    assert not is_broken(body, is_lazy=is_lazy)


@pytest.mark.parametrize(
    ("body", "statement", "written", "mended"),
    [
        (
            "date: date | None = None",
            "import datetime as dt",
            "dt.date",
            "date: dt.date | None = None",
        ),
        (
            "datetime: datetime.time | None = None",
            "import datetime as dt",
            "dt.time",
            "datetime: dt.time | None = None",
        ),
        (
            "dt: int = 0\n    time: 'time | None' = None",
            "import datetime as datetime_module",
            "datetime_module.time",
            "dt: int = 0\n    time: 'datetime_module.time | None' = None",
        ),
        (
            "list: str = ''\n    tags: list[str] = []",
            "import builtins",
            "builtins.list",
            "list: str = ''\n    tags: builtins.list[str] = []",
        ),
        (
            "event: str = ''\n    @event\n    def go(self) -> None: ...",
            "import starmodel as sm",
            "@sm.event",
            "event: str = ''\n    @sm.event\n    def go(self) -> None: ...",
        ),
        (
            "tag: tag = tag.LOW",
            "from shop.kinds import tag as tag_type",
            "tag_type",
            "tag: tag_type = tag_type.LOW",
        ),
    ],
)
def test_the_help_works(body: str, statement: str, written: str, mended: str) -> None:
    diagnostic = next(each for each in linked(body).diagnostics if each.code == "SM607")
    assert diagnostic.help == f"`{statement}`, and write `{written}` here"
    # A class in lower case is one of the things that SM602 has something to say about.
    assert [code for code in linked(mended, head=statement).codes if code != "SM602"] == []


def test_what_a_mixin_and_a_value_object_hide() -> None:
    found = link_sources(f"""\
{HEAD}
class Dated(Entity):
    date: date | None = None
    def first(self) -> None: ...

class Size(BaseModel):
    time: time | None = None

class Task(Dated):
    due: date | None = None
    size: Size | None = None

class Other(Dated):
    count: int = 0
""")
    messages = [each.message for each in found.diagnostics if each.code == "SM607"]
    assert [message.split("`")[1] for message in messages] == ["Dated.date", "Size.time"]
    assert found.pointed("SM607") == "date | None"


KINDS = "from enum import Enum\nclass tag(Enum):\n    LOW = 'low'\n"


def linked(body: str, *, is_lazy: bool = False, head: str = "") -> Linked:
    head = f"{LAZY if is_lazy else ''}{HEAD}from shop.kinds import tag\n{head}\n"
    source = f"{head}class Task(Entity):\n    {body}\n"
    return link_sources({"shop/entities.py": source, "shop/kinds.py": KINDS})


def is_broken(body: str, *, is_lazy: bool) -> bool:
    """Whether Python or pydantic trips over a model, or takes a value for a type."""
    module = ModuleType("tried_model")
    source = f"{LAZY if is_lazy else ''}{HEAD}class Task(BaseModel):\n    {body}\n"
    try:
        with pytest.MonkeyPatch.context() as patch:
            # Where pydantic looks up what stands in quotation marks.
            patch.setitem(sys.modules, module.__name__, module)
            exec(source, vars(module))
            model: type[BaseModel] = vars(module)["Task"]
            model.model_rebuild()
        fields, computed = model.model_fields.values(), model.model_computed_fields.values()
        for field in fields:
            field.get_default(call_default_factory=True, validated_data={})
    except Exception:
        return True
    types = [*(each.annotation for each in fields), *(each.return_type for each in computed)]
    return type(None) in types

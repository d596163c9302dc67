"""Places lead to the text they are about."""

import pytest
from analysed_source import facts, pointed

from starmodel_generator.analysis.positions import locate, with_spans
from starmodel_generator.diagnostics.diagnostic import Place, Related, Rule, SourceSpan, Step

TEXT = """
import a.b, c as d
from e import f as g, h
from i import *

limit: int = 3
low, high = 1, 2

def helper(first, second="x"): ...

if limit:
    class Twice(Base): ...
else:
    class \\
        Twice(Other): ...

@register(name="x")
class Größe(Entity, Mixin[int], metaclass=Meta):
    # 🛒 und so
    ünï: dict[str, list[int]] = Field(default={"ключ": -1}, ge=1 + 2)

    @property
    def total(self): ...

    @total.setter
    def total(self, value): ...

    @event(method="GET")
    async def  add(self, item: "Item", /, *rest: int, much: int = 1) -> None: self.ünï = 1

    def line(self, line, column=2): ...

    class Inner:
        def f(self):
            class Innermost: ...
"""

STEPS: dict[tuple[Step, ...], str] = {
    ("import", "a"): "a.b",
    ("import", "d"): "c as d",
    ("import", "g"): "f as g",
    ("import", "*"): "*",
    ("assign", "limit"): "limit",
    ("assign", "limit", "annotation", 0): "int",
    ("assign", "limit", "value", 0): "3",
    ("assign", "high"): "high",
    ("def", "helper"): "helper",
    ("def", "helper", "parameter", "second", "default", 0): '"x"',
    ("class", "Twice"): "Twice",
    ("class", "Twice", "base", 0): "Base",
    ("class", "Twice#2"): "Twice",
    ("class", "Twice#2", "base", 0): "Other",
    ("class", "Größe"): "Größe",
    ("class", "Größe", "decorator", 0): 'register(name="x")',
    ("class", "Größe", "decorator", 0, "keyword", "name"): "name",
    ("class", "Größe", "base", 1, "item", 0): "int",
    ("class", "Größe", "keyword", "metaclass"): "metaclass",
    ("class", "Größe", "assign", "ünï"): "ünï",
    ("class", "Größe", "assign", "ünï", "annotation", 0): "dict[str, list[int]]",
    ("class", "Größe", "assign", "ünï", "annotation", 0, "item", 1, "item", 0): "int",
    ("class", "Größe", "assign", "ünï", "annotation", 0, "value", 0): "dict",
    ("class", "Größe", "assign", "ünï", "value", 0, "function", 0): "Field",
    ("class", "Größe", "assign", "ünï", "value", 0, "keyword", "default", "key", 0): '"ключ"',
    ("class", "Größe", "assign", "ünï", "value", 0, "keyword", "default", "item", 0): "-1",
    ("class", "Größe", "assign", "ünï", "value", 0, "keyword", "ge", "right", 0): "2",
    ("class", "Größe", "def", "total"): "total",
    ("class", "Größe", "def", "total#2", "parameter", "value"): "value",
    ("class", "Größe", "def", "add"): "add",
    ("class", "Größe", "def", "add", "decorator", 0): 'event(method="GET")',
    ("class", "Größe", "def", "add", "parameter", "item"): "item",
    ("class", "Größe", "def", "add", "parameter", "item", "annotation", 0): '"Item"',
    ("class", "Größe", "def", "add", "parameter", "rest"): "rest",
    ("class", "Größe", "def", "add", "parameter", "much", "default", 0): "1",
    ("class", "Größe", "def", "add", "returns", 0): "None",
    ("class", "Größe", "def", "line", "parameter", "line"): "line",
    ("class", "Größe", "def", "line", "parameter", "column", "default", 0): "2",
    ("class", "Größe", "class", "Inner", "def", "f", "class", "Innermost"): "Innermost",
}


@pytest.mark.parametrize(("steps", "expected"), STEPS.items(), ids=str)
def test_a_place_leads_to_its_text(steps: tuple[Step, ...], expected: str) -> None:
    assert pointed(TEXT, Place("a.py", steps)) == expected


@pytest.mark.parametrize(
    ("steps", "nearest"),
    [
        (("class", "Größe", "def", "gone"), "Größe"),
        (("class", "Größe", "assign", "ünï", "annotation", 0, "item", 7), "dict[str, list[int]]"),
        (("def", "helper", "parameter", "first", "annotation", 0), "first"),
        (("class", "Twice#3"), ""),
        (("nonsense", 1), ""),
        ((), ""),
    ],
)
def test_a_place_that_is_not_there_leads_to_what_is_around_it(
    steps: tuple[Step, ...], nearest: str
) -> None:
    assert pointed(TEXT, Place("a.py", steps)) == nearest


def test_every_fact_has_a_place_that_leads_to_it() -> None:
    module = facts(TEXT)
    for found in module.classes:
        assert pointed(TEXT, found.place) == found.name
        for each in (*found.attributes, *found.methods):
            assert pointed(TEXT, each.place) == each.name
        for method in found.methods:
            for parameter in method.parameters:
                assert pointed(TEXT, parameter.place) == parameter.name
            for effect in method.effects:
                assert pointed(TEXT, effect.place) == "self.ünï"


def test_text_that_is_no_python_has_its_first_line() -> None:
    assert locate("class (", Place("a.py", ("class", "A"))) == SourceSpan("a.py", 1, 1, 1, 1)


def test_spans_are_filled_in_where_the_text_is_known() -> None:
    rule = Rule("SM999", "test", "error")
    given = SourceSpan("a.py", 1, 2, 3, 4)
    place = Place("a.py", ("class", "Größe"))
    related = (Related("the other", Place("a.py", ("def", "helper"))),)
    there, kept, elsewhere, nowhere = with_spans(
        [
            rule.report("1", place, related=related),
            rule.report("2", place, span=given),
            rule.report("3", Place("b.py")),
            rule.report("4"),
        ],
        {"a.py": TEXT},
    )
    assert there.span == SourceSpan("a.py", 18, 7, 18, 12)
    assert there.related[0].span == SourceSpan("a.py", 9, 5, 9, 11)
    assert kept.span == given
    assert elsewhere.span is None
    assert nowhere.span is None

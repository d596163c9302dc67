"""What of an event's result is a piece of a page, and how it is written."""

import subprocess
import sys

import pytest
from fastcore import xml  # pyright: ignore[reportMissingTypeStubs]

from starmodel.domain import Fragment, render_fragment


class Html:
    def __html__(self) -> str:
        return "<b>&</b>"


class Component:
    def __ft__(self) -> object:
        return [Html(), "a < b"]


class Text(str):
    def __html__(self) -> str:
        return self.upper()


@pytest.mark.parametrize(
    "value",
    [None, 0, True, 1.5, b"<b>", {}, {"a": Html()}, [], [1], ["a"], ("a", 1), Html, object()],
)
def test_a_value_is_no_fragment(value: object) -> None:
    assert render_fragment(value) is None


def test_markup_is_taken_as_it_is_and_text_is_escaped() -> None:
    assert render_fragment(Html(), "#a", "append") == Fragment("<b>&</b>", "#a", "append")
    assert render_fragment(Text("<i>")) == Fragment("<I>")
    assert render_fragment(Component()) == Fragment("<b>&</b>a &lt; b")
    assert render_fragment([Html(), None, "<i>", [Html()]]) == Fragment("<b>&</b>&lt;i&gt;<b>&</b>")


def test_text_is_a_fragment_only_where_a_selector_says_where_it_goes() -> None:
    assert render_fragment("<i>'\"") is None
    assert render_fragment("<i>'\"", "#a") == Fragment("&lt;i&gt;&#x27;&quot;", "#a")
    assert render_fragment(["a", "<"], "#a") == Fragment("a&lt;", "#a")
    assert render_fragment([1, "a"], "#a") is None


def test_a_fragment_stays_itself_and_learns_where_it_goes() -> None:
    assert render_fragment(Fragment("<p>"), "#a", "inner") == Fragment("<p>", "#a", "inner")
    assert render_fragment(Fragment("<p>", "#b"), "#a") == Fragment("<p>", "#b")


def test_an_ft_component_is_rendered_and_its_text_escaped() -> None:
    fragment = render_fragment(xml.FT("p", ("a < b",), {"id": "x"}))
    assert fragment is not None
    assert fragment.html.strip() == '<p id="x">a &lt; b</p>'


def test_no_library_is_imported_for_it() -> None:
    program = (
        "import sys; from starmodel.domain import render_fragment\n"
        "render_fragment(object()); print([m for m in sys.modules if 'fast' in m])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"

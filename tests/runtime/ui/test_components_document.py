"""docs/components.md: every component is in it, and its examples are what they say."""

import re
from typing import Any

import pytest
from document import read_document
from handmade_pages import Action, Bindings, make_renderer
from html_page import read_page

from starmodel import ui
from starmodel.ui.components.parts import Part
from starmodel.ui.view import View

SECTIONS = read_document("components.md")
EXAMPLES = [
    example
    for section in SECTIONS.values()
    for example in re.findall(r"^\| `(ui\..+?)` \|", section.text, re.MULTILINE)
]
STATE: dict[str, Any] = {
    "id": "1",
    "name": "Desk",
    "price": 5,
    "paid": True,
    "status": "open",
    "day": "2026-01-31",
    "hour": "09:30:00",
    "sold_at": "2026-01-31T09:30:00Z",
    "took": 90,
    "maker": "m1",
    "tags": ["t1"],
    "size": {"width": 1, "height": 2},
    "words": ["tea"],
    "sales": [{"day": "Mon", "revenue": 3, "costs": 1}],
    "totals": {"Jan": 3},
    "data": [1],
    "photo": "YWJj",
    "homepage": "https://example.com/",
    "rights": 3,
}


class Shop(Bindings):
    restock = Action("restock", "/thing/restock")


BINDINGS = Shop()
STATUS = ui.Choices({"open": "Open", "closed": "Closed"})


def made(example: str) -> Any:
    return eval(example, {"ui": ui, "bindings": BINDINGS, "STATUS": STATUS})


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_is_rendered(example: str) -> None:
    component = made(example)
    assert type(component).__name__ == example.removeprefix("ui.").partition("(")[0]
    if isinstance(component, ui.Field):
        record = ui.Record(BINDINGS, title="Thing", fields=[component])
        html = make_renderer().record(record).fill(STATE, View(id="1", path="/thing"))
        page = read_page(html)
        described = [one.text for one in page.all("dt")]
        assert any(one.startswith(component.title) for one in described)
        assert page.all("dd")[0].text or page.all("dd")[0].all("svg")
    elif isinstance(component, ui.Input):
        form = read_page(ui.Form(BINDINGS.restock, [component]).__html__())
        assert [one for one in form.walk() if (one.get("name") or "").startswith(component.name)]
    elif isinstance(component, Part | ui.Form):
        assert read_page(component.__html__()).text.strip()


def test_every_component_has_an_example() -> None:
    text = "".join([section.text for section in SECTIONS.values()])
    assert {name for name in ui.__all__ if f"ui.{name}(" not in text} == {"Field", "Input"}
    assert "`ui.Field`" in text and "`ui.Input`" in text

"""Smaller components: in the look of whoever answers, with anything inside."""

# pyright: basic
# FastHTML's components have no types that strict checking could use.

from typing import Any

import htpy as h
import pytest
from fasthtml.common import Div, P, to_xml
from handmade_pages import BINDINGS, RELATED, STATE, Action, make_renderer
from html_page import read_page

from starmodel import ui
from starmodel.ui.components.embedding import SERVING
from starmodel.ui.components.parts import Part
from starmodel.ui.kits.monsterui import MonsterUIKit
from starmodel.ui.view import View
from starmodel.web.ui.list_view import ListView

PARTS: list[Part] = [
    ui.Badge("New", "success"),
    ui.Notice("Closed <on> Sunday"),
    ui.Alert(P("Read this")),
    ui.EmptyState("Nothing.", ui.LinkButton("New", "/thing/new")),
    ui.Card([ui.Badge("One"), "text", h.b["two"]], "Both"),
    ui.Breadcrumbs([("Things", "/thing")], "Desk"),
    ui.Button("Go", attributes={"data-on:click": "@post('/go')"}),
    ui.LinkButton("Away", "/away", "danger"),
    ui.Dialog("terms", "Terms", ["All of ", h.i["them"]], "/terms"),
]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: type(part).__name__)
def test_a_part_has_the_look_of_the_app_that_answers(part: Part) -> None:
    before = part.__html__()
    renderer = make_renderer(MonsterUIKit())
    token = SERVING.set(renderer)
    try:
        html = part.__html__()
        assert to_xml(Div(part), indent=False) == f"<div>{html}</div>"
        assert h.div[part].__html__() == f"<div>{html}</div>"
    finally:
        SERVING.reset(token)
    assert part.__html__() == before
    assert read_page(html).text == read_page(before).text
    if not isinstance(part, ui.Breadcrumbs):
        assert html != before and "uk-" in html


def test_a_dialog_is_opened_by_its_link_and_closed_by_its_button() -> None:
    page = read_page(PARTS[-1].__html__())
    link = page.one("a", aria_haspopup="dialog")
    dialog = page.one("dialog", id=link["aria-controls"])
    assert link["href"] == "/terms"
    assert page.one(id=dialog["aria-labelledby"]).text == "Terms"
    assert dialog.one("form", method="dialog")["id"] == dialog.one("button")["form"]
    assert "All of them" in dialog.text


def test_a_button_does_what_its_attributes_say() -> None:
    button = read_page(PARTS[6].__html__()).one("button")
    assert (button["type"], button["data-on:click"]) == ("button", "@post('/go')")
    sends = ui.Button("Send", attributes={"type": "submit"}).__html__()
    assert read_page(sends).one("button")["type"] == "submit"


def test_what_is_no_markup_is_refused() -> None:
    with pytest.raises(TypeError, match="markup and texts, not of a int"):
        ui.Card(3).__html__()


def test_parts_inside_of_a_record_have_the_look_of_its_app() -> None:
    # Nested ones as well, though nothing serves while it is compiled.
    inside = Div(ui.Badge("Inside"), ui.Form(Action("make", "/thing")))
    record = ui.Record(
        BINDINGS, title="Thing", fields=[ui.Text(BINDINGS.name), ui.Badge("Between")],
        extra=[h.div[ui.Badge("Below")], inside],
    )  # fmt: skip
    renderer = make_renderer(MonsterUIKit())
    page = read_page(renderer.record(record).fill(STATE, View(id="t/1", path="/thing")))
    badges = {one.text: one["class"] for one in page.all("span") if one.get("class")}
    assert badges == dict.fromkeys(("Inside", "Between", "Below"), "uk-label")


KINDS = ui.Choices({"a": "First", "b": "<Second>"})
CHOICE = ui.Choice(BINDINGS.kind, KINDS, badges={"b": "danger"})


@pytest.mark.parametrize(
    ("value", "html"),
    [
        ("a", '<span class="badge">First</span>'),
        ("b", '<span class="badge danger">&lt;Second&gt;</span>'),
        ("gone", ""),
        (None, ""),
    ],
)
def test_a_choice_is_a_badge(value: Any, html: str) -> None:
    lines = ui.Table(BINDINGS.lines, [ui.Choice("kind", KINDS, badges={"b": "danger"})])
    record = ui.Record(BINDINGS, title="Thing", name=BINDINGS.name, fields=[CHOICE, lines])
    renderer = make_renderer()
    state = {**STATE, "kind": value, "lines": [{"kind": value}]}
    page = renderer.record(record).fill(state, View(id="t/1", related=RELATED, path="/thing"))
    assert f'<dd id="thing-kind">{html}</dd>' in page
    assert f"<span>{html}</span></td>" in page
    # It is sent anew as a whole, since its colour says something as well.
    assert renderer.fragments(record)["kind"](state) == f'<dd id="thing-kind">{html}</dd>'
    listed = ui.List(record, title="Things", columns=[BINDINGS.kind])
    view = View(list=ListView("/thing", (), [state], {}, None))
    assert f"<span>{html}</span></td>" in make_renderer().list(listed).fill({}, view)

"""Texts of an author in every place for one, under each kit with each front end: they stay texts."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from starmodel.frontends.datastar import DatastarFrontend
from starmodel.frontends.htmx import HtmxFrontend
from starmodel.settings import Settings
from starmodel.testing.contracts.kit_contract import HOSTILE_TEXTS, WORD, Node, read
from starmodel.ui import (
    Choice,
    Choices,
    Fieldset,
    Form,
    FormPage,
    Group,
    HomeEntry,
    List,
    Navigation,
    NavigationItem,
    Number,
    NumberInput,
    Picker,
    Record,
    Select,
    Table,
    Text,
    TextArea,
    TextInput,
)
from starmodel.ui.frontend import Frontend
from starmodel.ui.kit import UIAdapter
from starmodel.ui.kits.default import DefaultKit
from starmodel.ui.kits.monsterui import MonsterUIKit
from starmodel.ui.names import ActionRoute, EntityNames, Signal
from starmodel.ui.rendering.renderer import Renderer
from starmodel.ui.view import View
from starmodel.web.ui.form_state import prefilled
from starmodel.web.ui.list_view import ListView

TEXTS = (
    *HOSTILE_TEXTS[::5],
    "\x02",
    "\x020\x03",
    "\x021\x03\x022\x03",
    "a\0b",
    "half \ud83d a pair \udc00",
    "</script><script>hacked = 1</script>",
    "@get('/x') $x ${x} `x`; //",
    'hx-on:click="hacked = 1" data-on:click="hacked = 1"',
    "{t} {t0} {f0(state, view)} {state} {view} {{",
    "\N{RIGHT-TO-LEFT ISOLATE}\N{LEFT-TO-RIGHT OVERRIDE}",
    "y" * 10_000,
)
MEANT = frozenset("<>&@$`;")
"""Characters that Datastar takes for more than that, wherever in an expression they stand."""

BINDINGS: Any = SimpleNamespace(ENTITY=EntityNames("thing", "thing", is_record=True))


def action(event: str, path: str) -> Any:
    return SimpleNamespace(ROUTE=ActionRoute("thing", event, "post", path))


def pages(kit: UIAdapter, frontend: Frontend, text: str) -> Iterator[tuple[str, Node]]:
    """Every kind of page, with a text wherever an author, a record or an address has one."""
    sizes = Choices({"s": text, text: text})
    inputs = [
        TextInput("title", label=text, hint=text, placeholder=text, value=text),
        TextArea("note", label=text, hint=text, value=text),
        Select("size", sizes, label=text, hint=text, empty=text),
        Fieldset("frame", [NumberInput("width", label=text, hint=text)], label=text, hint=text),
        Picker("tags", label=text, hint=text, to="/tag", by="name", several=True),
    ]
    create = Form(action("create", "/thing"), inputs, title=text, hint=text, button=text)
    update = Form(action("update", "/thing/{id}"), inputs, title=text, hint=text, button=text)
    delete = Form(action("delete", "/thing/{id}"), title=text, hint=text, is_danger=True)
    record = Record(
        BINDINGS,
        text,
        name=Signal("$thing.title"),
        lead=text,
        fields=[
            Text(Signal("$thing.title"), label=text, hint=text),
            Choice(Signal("$thing.size"), sizes, label=text, hint=text),
            Group(Signal("$thing.frame"), [Number("width", label=text, hint=text)], label=text),
            Table(Signal("$thing.lines"), [Text("product", label=text, hint=text)], label=text),
        ],
        actions=[Form(action("rename", "/thing/{id}/rename"), inputs, title=text, hint=text)],
        edit=update,
        delete=delete,
    )
    new = FormPage(BINDINGS, text, lead=text, forms=[create])
    signals = [Signal("$thing.title"), Signal("$thing.size")]
    things = List(record, text, columns=signals, filters=signals, sorts=signals[:1], new=new)
    renderer = Renderer(
        kit,
        frontend,
        Settings(),
        Navigation(text, [NavigationItem(text, "/a")], aside=[lambda _: text]),
        {"thing": things},
        [HomeEntry(text, "/a", text, [NavigationItem(text, "/b")])],
    )
    state = {
        "id": text,
        "title": text,
        "size": text,
        "frame": {"width": 1},
        "lines": [{"product": text}],
    }
    request: Any = SimpleNamespace(address_of_list=str)
    found = ListView("/thing", (("q", text), (text, text)), [state], {}, text)
    form = prefilled(create, {"title": text, "size": text})
    view = View(id=text, message=text, list=found, form=form, request=request)
    documents = {
        "record": renderer.record(record).fill(state, view),
        "new": renderer.form_page(new).fill({}, view),
        "edit": renderer.edit_page(record, update)[0].fill({}, view),
        "delete": renderer.delete_page(record, delete)[0].fill({}, view),
        "list": renderer.list(things).fill({}, view),
        "home": renderer.home().fill({}, view),
        "error": renderer.error_page(text, [(text, text)], [NavigationItem(text, "/a")], request),
        "own": renderer.own_page(text, text, "<p>x</p>", message=text, request=request),
        "live": "".join([fill(state) for fill in renderer.fragments(record).values()]),
    }
    for name, html in documents.items():
        assert html.encode("utf-8", "replace")
        yield name, read(html.removeprefix("<!doctype html>"))


def shape(node: Node) -> list[Any]:
    """The elements, and the names of their attributes."""
    return [(one.tag, sorted(one.attributes)) for one in node.all()]


@pytest.mark.parametrize("frontend", [DatastarFrontend(), HtmxFrontend()], ids=lambda one: one.name)
@pytest.mark.parametrize("kit", [DefaultKit(), MonsterUIKit()], ids=lambda one: type(one).__name__)
def test_a_text_is_a_text_wherever_it_stands(kit: UIAdapter, frontend: Frontend) -> None:
    plain = dict(pages(kit, frontend, WORD))
    for text in TEXTS:
        for name, page in pages(kit, frontend, text):
            assert shape(page) == shape(plain[name]), (name, text[:80])
            # What a browser reads of line ends, and of a first one, is another matter.
            said = page.text.replace(text, WORD)
            assert said.count(WORD) >= plain[name].text.count(WORD) - 2, (name, text[:80])
            for one in page.all():
                for attribute, value in one.attributes.items():
                    is_code = frontend.needs_eval and attribute.startswith("data-")
                    if is_code and len(text) > 1 and MEANT.intersection(text):
                        assert text not in (value or ""), (name, attribute, text)

"""What a front end has to keep to: a class of tests, which need no browser.

    class TestFrontend(FrontendContract):
        frontend = HtmxFrontend()

        def values_of(self, data: str) -> Mapping[str, Any]: ...
        def markup_of(self, data: str) -> str: ...

pytest runs what is derived. That a page really follows what it is told is for tests of your own,
in a browser.
"""

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from types import SimpleNamespace
from typing import Any, ClassVar

import htpy as h
import pytest
from markupsafe import Markup

from starmodel.domain import Fragment
from starmodel.settings import Settings
from starmodel.testing.contracts.kit_contract import HOSTILE_TEXTS, WORD, Node, read
from starmodel.ui import (
    Choice,
    Choices,
    Date,
    Fieldset,
    Form,
    FormPage,
    Group,
    Links,
    List,
    Navigation,
    Number,
    NumberInput,
    Picker,
    Record,
    Text,
    TextInput,
)
from starmodel.ui.formats import Format
from starmodel.ui.frontend import (
    Attributes,
    EventResponseFormatter,
    Frontend,
    HoleMaker,
)
from starmodel.ui.kits.default import DefaultKit
from starmodel.ui.names import ActionRoute, EntityNames, Signal
from starmodel.ui.rendering.renderer import Renderer
from starmodel.ui.template import Filler, Holes, Renderable, State, Template
from starmodel.ui.view import View
from starmodel.web.ui.form_state import FormState, prefilled
from starmodel.web.ui.list_view import ListView

MODES = ("outer", "inner", "replace", "prepend", "append", "before", "after", "remove")
"""The ways to put a fragment into a page."""

LINE_ENDS = (
    "a\nb",
    "a\r\nb",
    "a\rb",
    "\n\n",
    "x\n\nevent: y\ndata: z",
    "data: ",
    ": comment",
    "a\0b",
)
"""Texts that would end a line or an event of a stream."""

ELSEWHERE = (
    "//evil.example",
    "https://evil.example/",
    "/\\evil.example",
    "/a\nb",
    "javascript:1",
    "",
)
"""What is no path of this site."""

_EVENT_FIELDS = {"event", "data", "id", "retry"}


class _NoFrontend(Frontend):
    """Adds nothing to a page: what is there without a script."""

    name = "none"
    request_header = b"x-none"

    @property
    def formatter(self) -> EventResponseFormatter:
        raise NotImplementedError

    def scripts(self, settings: Settings) -> Sequence[Renderable]:
        return []

    def script_sources(self, settings: Settings) -> Sequence[str]:
        return []

    def page(self, holes: HoleMaker, *, data: Mapping[str, Any], live: Filler | None) -> Attributes:
        return {}

    def text(self, path: str, format: Format) -> Attributes:
        return {}

    def token(self, path: str) -> Attributes:
        return {}

    def form(self, path: str, *, method: str, address: str, once: bool, resets: bool) -> Attributes:
        return {}

    def submit(self, path: str) -> Attributes:
        return {}

    def error(self, path: str) -> Attributes:
        return {}

    def invalid(self, path: str) -> Attributes:
        return {}

    def notice(self) -> Attributes:
        return {}


_BINDINGS: Any = SimpleNamespace(ENTITY=EntityNames("thing", "thing", is_record=True))


def _action(event: str, path: str) -> Any:
    return SimpleNamespace(ROUTE=ActionRoute("thing", event, "post", path))


_SIZES = Choices({"s": "Small <b>", "l": "Large & 'wide'"})
_INPUTS = (
    TextInput("title", hint="What it is called.", required=True),
    NumberInput("price", min=0, step="0.01", value="1.50"),
    Fieldset("frame", [NumberInput("width"), NumberInput("height")]),
    Picker("tags", to="/tag", by="name", several=True),
)
_RECORD = Record(
    _BINDINGS,
    "Thing",
    name=Signal("$thing.title"),
    fields=[
        Text(Signal("$thing.title")),
        Number(Signal("$thing.price")),
        Choice(Signal("$thing.size"), _SIZES),
        Date(Signal("$thing.due")),
        Group(Signal("$thing.frame"), [Number("width"), Number("height")]),
        Links(Signal("$thing.tags"), to="/tag", by="name"),
    ],
    actions=[
        Form(_action("rename", "/thing/{id}/rename"), _INPUTS),
        Form(_action("archive", "/thing/{id}/archive")),
    ],
    edit=Form(_action("update", "/thing/{id}"), _INPUTS, title="Edit thing"),
    delete=Form(_action("delete", "/thing/{id}"), title="Delete this thing?", is_danger=True),
)
_NEW = FormPage(
    _BINDINGS, "New thing", forms=[Form(_action("create", "/thing"), _INPUTS, title="Make")]
)
_LIST = List(
    _RECORD,
    "Things",
    columns=[Signal("$thing.title"), Signal("$thing.price")],
    sorts=[Signal("$thing.price")],
    new=_NEW,
)


@cache
def _renderer(frontend: Frontend) -> Renderer:
    return Renderer(DefaultKit(), frontend, Settings(), Navigation(), {"thing": _LIST})


def pages(frontend: Frontend, text: str = WORD) -> dict[str, Node]:
    """Return what is in pages of every kind, with a text in every place for one."""
    renderer = _renderer(frontend)
    state = {
        "id": "1",
        "title": text,
        "price": "12345.50",
        "size": "s",
        "due": "2026-01-31",
        "frame": {"width": 1, "height": 2},
        "tags": ["7"],
    }
    related = {"tags": {"7": {"name": text}}}
    edit = _RECORD.edit
    assert edit is not None
    typed = {**edit.of_state(state), "version": "3"}
    wrong = FormState(typed, "1", related, errors={"title": text, "_": text}, title=text)
    shown = ListView("/thing", (), [state], {}, "cursor")
    document, _ = renderer.edit_page(_RECORD, edit)
    documents = {
        "record": renderer.record(_RECORD).fill(state, View(id="1", related=related, message=text)),
        "new": renderer.form_page(_NEW).fill({}, View(form=prefilled(_NEW.forms[0], {}))),
        "edit": document.fill({}, View(id="1", form=wrong)),
        "list": renderer.list(_LIST).fill({}, View(list=shown, message=text)),
    }
    return {
        name: read(html.removeprefix("<!doctype html>")).find("body")[0]
        for name, html in documents.items()
    }


class FrontendContract:
    """Tests of a front end: derive a class `Test...` from it, set `frontend`, and read its dialect."""

    frontend: ClassVar[Frontend]
    """The front end to try."""

    texts: ClassVar[Sequence[str]] = HOSTILE_TEXTS
    """Texts that must come out as they went in."""

    def values_of(self, data: str) -> Mapping[str, Any]:
        """Return the values that the data of an event are made of."""
        raise NotImplementedError

    def markup_of(self, data: str) -> str:
        """Return the markup that the data of an event put into a page."""
        raise NotImplementedError

    # Attributes

    def test_each_method_gives_attributes_of_one_element(self) -> None:
        """Whatever a label, a value or an address has in it."""
        plain = {name: _shape(one) for name, one in self._attributes(WORD).items()}
        for text in (*self.texts, *LINE_ENDS):
            for name, attributes in self._attributes(text).items():
                assert _shape(attributes) == plain[name], (name, text)

    def test_what_a_page_begins_with_is_quoted(self) -> None:
        """Its values, its message and the address of its stream."""
        plain = self._page(WORD, "/live?watch=thing:1")
        for text in (*self.texts, *LINE_ENDS):
            element = self._page(text, f"/live?watch=thing:1&x={text}")
            assert element.attributes.keys() == plain.attributes.keys(), text
            assert not list(element.all()), text

    def test_paths_are_told_apart(self) -> None:
        """Each value and each error has attributes of its own; other scripts' letters are fine."""
        front = self.frontend
        paths = ("errors.thing.rename.title", "errors.thing.rename.note", "errors.thing.größe.名前")
        for method in (front.error, front.invalid, front.token):
            assert len({str(_shape_with_values(method(path))) for path in paths}) == len(paths)
        text = Format("text")
        assert len({str(_shape_with_values(front.text(path, text))) for path in paths}) == len(
            paths
        )

    def test_formats_are_told_apart(self) -> None:
        """A number, a day and a label are written in ways of their own."""
        formats = [
            Format("text"),
            Format("number"),
            Format("boolean"),
            Format("date"),
            Format("datetime"),
            Format("time"),
            Format("duration"),
            Format("choice", {"a": "A"}),
            Format("choice", {"a": "B"}),
        ]
        shapes = {str(_shape_with_values(self.frontend.text("a.b", one))) for one in formats}
        assert len(shapes) == len(formats)

    # Pages

    def test_a_page_works_without_a_script(self) -> None:
        """A front end adds attributes and scripts, and changes nothing else."""
        bare = pages(_NoFrontend())
        for name, body in pages(self.frontend).items():
            _compare(body, bare[name], name)

    def test_texts_of_records_are_texts(self) -> None:
        """A page with a hostile text has the elements that it has with a plain one."""
        plain = {name: _elements(body) for name, body in pages(self.frontend).items()}
        for text in self.texts:
            for name, body in pages(self.frontend, text).items():
                assert _elements(body) == plain[name], (name, text)

    def test_no_script_is_written_into_a_page(self) -> None:
        """Scripts have addresses, all of which the policy of pages allows, and none runs inline."""
        settings = Settings()
        sources = self.frontend.script_sources(settings)
        root = read("".join([one.__html__() for one in self.frontend.scripts(settings)]))
        scripts = root.find("script")
        assert scripts
        for script in scripts:
            address = script.attributes.get("src")
            assert address and not script.text
            assert address in sources or address in self.frontend.assets
        for body in pages(self.frontend).values():
            for one in body.all():
                assert not any(re.match("on[a-z]", name) for name in one.attributes)

    def test_assets_are_named_by_their_content(self) -> None:
        """They are served below `/_starmodel/`, for ever."""
        for path, asset in self.frontend.assets.items():
            assert re.fullmatch(r"/_starmodel/[a-z-]+-[0-9a-f]{12}\.[a-z]+", path)
            assert asset.body

    def test_requests_are_known_by_a_header(self) -> None:
        """Its name is in lower case, as ASGI has it."""
        assert re.fullmatch(rb"[a-z][a-z-]+", self.frontend.request_header)
        assert self.frontend.name

    # What a page is told

    def test_pieces_are_whole(self) -> None:
        """One after the other they are read as each by itself; a sign of life says nothing."""
        formatter = self.frontend.formatter
        content_types = [value for name, value in formatter.headers if name == b"content-type"]
        assert content_types == [b"text/event-stream"]
        pieces = [
            formatter.values({"thing": {"title": WORD}}, version=1),
            formatter.elements(Fragment("<p>a</p>\n<p>b</p>", "#a", "append")),
            formatter.deletion("thing", "1", [Fragment('<p id="x">gone</p>', "body", "append")]),
            formatter.restoration(Fragment("", "#x", "remove")),
        ]
        for piece in pieces:
            assert _events(piece)
        assert _events(b"".join(pieces)) == [one for piece in pieces for one in _events(piece)]
        assert formatter.keep_alive and not _events(formatter.keep_alive)
        # The hub puts fields of its own before a piece.
        (numbered,) = _events(b"retry: 5\nid: 7\n" + pieces[0])
        assert numbered["data"] == _events(pieces[0])[0]["data"]

    def test_a_frame_writes_what_values_writes(self) -> None:
        """A formatter that has one saves time by it, and nothing else."""
        formatter = self.frontend.formatter
        if formatter.frame is not None:
            before, after = formatter.frame
            assert before + b'{"thing":{"count":1}}' + after == formatter.values(
                {"thing": {"count": 1}}
            )

    def test_values_arrive(self) -> None:
        """Errors by name, texts as they were; what is nothing is told as an empty text."""
        errors = {"thing": {"rename": {"title": "Too long.", "_": ""}}}
        given = {
            "thing": {"a": 1, "b": None, "c": [True, 1.5, None], "d": {"e": "f"}},
            "errors": errors,
        }
        told = self._told(given)
        assert told == {
            **given,
            "thing": {"a": 1, "b": "", "c": [True, 1.5, None], "d": {"e": "f"}},
        }
        for text in (*self.texts, *LINE_ENDS, "\ud800", "</template><hx-partial>"):
            told = self._told({"thing": {"title": text, "names": [text]}})
            assert told == {"thing": {"title": text, "names": [text]}}
        # A key that is gone is told as `null`, or a page that merges mappings would keep it.
        (event,) = _events(
            self.frontend.formatter.values({"thing": {"d": {}}}, {"thing": {"d": {"e": None}}})
        )
        if self.frontend.formatter.merges:
            assert self.values_of(event["data"]) == {"thing": {"d": {"e": None}}}

    def test_markup_arrives(self) -> None:
        """In every mode, whole; a selector may hold anything."""
        for mode in MODES:
            for selector in ("#a", '[name="it\'s <b>"]'):
                (event,) = _events(
                    self.frontend.formatter.elements(Fragment("<p>a\r\nb</p>", selector, mode))
                )
                assert self.markup_of(event["data"]) == "<p>a\nb</p>"
        for mode in (None, "outer", "replace"):
            (event,) = _events(self.frontend.formatter.elements(Fragment('<p id="a">', None, mode)))
            assert self.markup_of(event["data"]) == '<p id="a">'

    @pytest.mark.parametrize("mode", ["sideways", "Outer", ""])
    def test_an_unknown_mode_is_refused(self, mode: str) -> None:
        """It is the author's mistake, whichever front end there is."""
        if mode:
            with pytest.raises(ValueError, match="mode"):
                self.frontend.formatter.elements(Fragment("<p>", "#a", mode))
        for needing in ("inner", "prepend", "append", "before", "after", "remove"):
            with pytest.raises(ValueError, match="selector"):
                self.frontend.formatter.elements(Fragment("<p>", None, needing))

    def test_a_deleted_record_is_told(self) -> None:
        """The notice is among what is told."""
        notice = [Fragment("", "#x", "remove"), Fragment('<p id="x">gone</p>', "body", "append")]
        told = self.frontend.formatter.deletion("thing", "1", notice)
        assert "gone</p>" in "".join([self.markup_of(event["data"]) for event in _events(told)])

    @pytest.mark.parametrize("path", ELSEWHERE)
    def test_a_page_is_sent_nowhere_else(self, path: str) -> None:
        """Whoever can choose where a form leads to could send people to a site of his own."""
        with pytest.raises(ValueError, match="site"):
            self.frontend.formatter.navigation(path)

    def test_a_page_is_sent_to_a_path(self) -> None:
        """The answer names it, and no header of it holds a line end."""
        headers, body = self.frontend.formatter.navigation("/thing/a%20b?x=1")
        assert b"content-type" in dict(headers)
        assert any(b"x=1" in value for _, value in headers) or b"x=1" in body
        for name, value in self.frontend.formatter.navigation("/größe")[0]:
            assert name == name.lower() and (name + value).isascii()
            assert b"\n" not in value and b"\r" not in value

    def _told(self, values: Mapping[str, object]) -> Mapping[str, Any]:
        (event,) = _events(self.frontend.formatter.values(values))
        return self.values_of(event["data"])

    def _attributes(self, text: str) -> dict[str, Attributes]:
        front = self.frontend
        address = str(Markup.escape(f"/thing/{text}"))
        form: dict[str, Any] = {"method": "post", "address": address}
        return {
            "choice": front.text("thing.size", Format("choice", {text: text, "s": text})),
            "token": front.token("thing.tags"),
            "form": front.form("thing.rename", once=True, resets=True, **form),
            "plain_form": front.form("thing.rename", once=False, resets=False, **form),
            "declare": front.declare({"errors": {"thing": {"rename": {"title": text}}}}),
            "submit": front.submit("thing.rename"),
            "error": front.error("errors.thing.rename.title"),
            "invalid": front.invalid("errors.thing.rename.title"),
            "notice": front.notice(),
        }

    def _page(self, text: str, address: str) -> Node:
        """Return the element of a page whose values are a text."""
        holes = Holes()
        attributes = self.frontend.page(
            holes,
            data={
                "thing": _whole_state,
                "errors": {"thing": {"rename": {"title": text}}},
            },
            live=lambda state, view: address,
        )
        template: Template = holes.template(h.main(dict(attributes))["."].__html__())
        html = template.fill({"title": text, "names": [text]}, View(message=text))
        (element,) = read(html).find("main")
        assert element.text == "."
        return element


def _whole_state(state: State, view: Any) -> State:
    return state


def _shape(attributes: Attributes) -> dict[str, Any]:
    """Return the names of attributes, after they have been markup."""
    return dict.fromkeys(_shape_with_values(attributes), 1)


def _shape_with_values(attributes: Attributes) -> dict[str, str | None]:
    """Return attributes as they are read from an element that has them."""
    (element,) = read(h.div(dict(attributes))["."]).find("div")
    assert element.text == "." and not list(element.all())
    assert set(element.attributes) == set(attributes)
    return element.attributes


def _compare(ours: Node, other: Node, name: str) -> None:
    """Compare two elements, all but what front ends have added."""
    assert ours.tag == other.tag, name
    assert other.attributes.items() <= ours.attributes.items(), name
    for added in ours.attributes.keys() - other.attributes.keys():
        # HTML's own attributes would mean something without a script as well.
        assert re.search("[-:@]", added), (name, added)
    assert len(ours.content) == len(other.content), name
    for one, another in zip(ours.content, other.content, strict=True):
        if isinstance(one, Node) and isinstance(another, Node):
            _compare(one, another, name)
        else:
            assert one == another, name


def _elements(root: Node) -> list[tuple[str, list[str]]]:
    return [(one.tag, sorted(one.attributes)) for one in root.all()]


def _events(body: bytes) -> list[dict[str, str]]:
    """Read a whole event stream as the HTML standard says; the values of a field are lines."""
    assert body.endswith((b"\n\n", b"\n")), "the last piece is cut"
    events: list[dict[str, str]] = []
    fields: dict[str, list[str]] = {}
    for line in re.split("\r\n|\r|\n", body.decode()):
        name, _, value = line.partition(":")
        if not line and fields:
            events.append({name: "\n".join(values) for name, values in fields.items()})
            fields = {}
        elif name:
            assert name in _EVENT_FIELDS, f"{line!r} is no field of an event"
            fields.setdefault(name, []).append(value.removeprefix(" "))
    assert not fields, "the last event is cut"
    return events


def read_json(text: str) -> Any:
    """Read JSON strictly: a browser knows no NaN."""

    def refuse(name: str) -> None:
        raise ValueError(f"{name} is no JSON")

    return json.loads(text, parse_constant=refuse)

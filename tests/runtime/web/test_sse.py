"""Events as bytes: exactly these, and no others whatever they carry."""

import json
import re
from typing import Any, cast

import pytest
from datastar_py import ServerSentEventGenerator
from datastar_py.consts import ElementPatchMode, ElementPatchNamespace

from starmodel.domain import Fragment
from starmodel.web.datastar.formatter import DatastarFormatter
from starmodel.web.datastar.sse import (
    encode_signals,
    navigate,
    patch_elements,
)

HOSTILE = [
    "a\nb",
    "a\rb",
    "a\r\nb",
    "\n\n",
    "\r\r",
    "x\n\nevent: datastar-patch-elements\ndata: elements <script>",
    "x\rdata: selector body\rdata: mode append\rdata: elements <script>",
    "a\u2028b\u2029c\x85d\x0be\x0cf\x1cg",
    "\0",
    "\ufeff",
    "data: ",
    ": comment",
    " leading and trailing ",
    "\U0001f595JS_DS\U0001f680",
    "</script>",
]


def parse(body: bytes) -> list[dict[str, list[str]]]:
    """Read an event stream as the HTML standard says, as Datastar's own parser does."""
    events: list[dict[str, list[str]]] = []
    fields: dict[str, list[str]] = {}
    for line in re.split("\r\n|\r|\n", body.decode()):
        if not line:
            if fields:
                events.append(fields)
            fields = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(":")
            fields.setdefault(name, []).append(value.removeprefix(" "))
    assert not fields, "the last event is cut"
    return events


def data_of(event: dict[str, list[str]], name: str) -> str:
    lines = [line.partition(" ")[2] for line in event["data"] if line.partition(" ")[0] == name]
    return "\n".join(lines)


def test_bytes_of_our_own() -> None:
    formatter = DatastarFormatter()
    assert formatter.values({"a": {"b": 1.5}}) == (
        b'event: datastar-patch-signals\ndata: signals {"a":{"b":1.5}}\n\n'
    )
    assert patch_elements("<p>\r\n ä\r</p>\n", namespace="svg", use_view_transition=True) == (
        b"event: datastar-patch-elements\ndata: namespace svg\ndata: useViewTransition true\n"
        b"data: elements <p>\ndata: elements  \xc3\xa4\ndata: elements </p>\ndata: elements \n\n"
    )
    assert patch_elements("<p>", selector="#a > b", mode="before", event_id="", retry=1000) == (
        b"event: datastar-patch-elements\nid: \ndata: mode before\ndata: selector #a > b\n"
        b"data: elements <p>\n\n"
    )
    assert navigate("/room/a'b?x=1&y=2") == (
        b"event: datastar-patch-elements\ndata: mode append\ndata: selector body\n"
        b'data: elements <div hidden data-init="window.location.assign(&quot;\\u002froom\\u002f'
        b'a\\u0027b?x=1\\u0026y=2&quot;)"></div>\n\n'
    )
    assert formatter.elements(Fragment("<p>", "#a", "inner")) == patch_elements(
        "<p>", selector="#a", mode="inner"
    )
    assert formatter.navigation("/a") == (formatter.headers, navigate("/a"))
    assert parse(formatter.keep_alive) == []


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_carried_arrives_and_is_never_read_as_more(text: str) -> None:
    state = {"n": {text: text, "list": [text]}}
    (event,) = parse(DatastarFormatter().values(state))
    assert set(event) == {"event", "data"}
    assert len(event["data"]) == 1
    assert json.loads(data_of(event, "signals")) == state
    (event,) = parse(patch_elements(text, selector="#a", mode="inner"))
    assert event["event"] == ["datastar-patch-elements"]
    assert {line.partition(" ")[0] for line in event["data"]} == {"mode", "selector", "elements"}
    assert data_of(event, "elements") == re.sub("\r\n?", "\n", text)


@pytest.mark.parametrize("line_end", ["\n", "\r", "\r\n", "\0"])
def test_an_option_is_one_line(line_end: str) -> None:
    text = f"a{line_end}data: elements <script>"
    for make in (
        lambda: patch_elements("<p>", selector=text, mode="inner"),
        lambda: patch_elements("<p>", event_id=text),
        lambda: DatastarFormatter().elements(Fragment("<p>", text, "inner")),
    ):
        with pytest.raises(ValueError, match="line end"):
            make()


def test_what_makes_no_event_is_refused() -> None:
    for make in (
        lambda: patch_elements("<p>", mode="append"),
        lambda: patch_elements("<p>", selector="#a", mode="outer\ndata: x"),
        lambda: patch_elements("<p>", selector="#a", mode="sideways"),
        lambda: patch_elements("<p>", namespace="xml"),
        lambda: patch_elements("<p>", retry=cast("Any", "5\ndata: x")),
        *(lambda path=path: navigate(path) for path in NOT_OURS),
    ):
        with pytest.raises(ValueError):
            make()


NOT_OURS = [
    *("//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "evil"),
    *(
        "javascript:alert(1)",
        "",
        " /a",
        "/a\tb",
        "/a\nb",
        "/a b",
        "\t//evil.example",
        "/\0",
        "/\x7f",
    ),
    *("http:/evil.example", "/a\\b", "data:text/html,x", "?x", "#x", ".", "//", "/\r\nx"),
]


def test_signals_that_a_page_could_not_follow() -> None:
    nan = float("nan")
    encoded = encode_signals({"a": None, "b": nan, "c": {"d": None, "e": [None, nan, {"f": None}]}})
    assert json.loads(encoded) == {"a": "", "b": "", "c": {"d": "", "e": [None, None, {"f": None}]}}
    # The text, and a name that only contains it, stay.
    state: dict[str, object] = {"a": "null", "nullable": "__proto__", "constructors": {"x": 1}}
    assert json.loads(encode_signals(state)) == state
    poison: dict[str, object] = {
        "d": {
            "__proto__": {"x": 1},
            "constructor": {"prototype": {"x": 1}},
            "a.constructor.prototype.x": 1,
            "a.__proto__.x": 1,
            "fine": [{"constructor": 1, "y": 2}],
        }
    }
    clean = {"d": {"fine": [{"y": 2}]}}
    assert json.loads(encode_signals(poison)) == clean
    # Half a surrogate pair is no character, but JSON can spell it.
    assert json.loads(encode_signals({"a": "\ud800"})) == {"a": "\ud800"}
    assert json.loads(encode_signals({"a": 10**50})) == {"a": 10**50}


def compare(body: bytes, expected: bytes) -> None:
    """As Datastar's own suite compares: data lines of one kind in order, kinds in any."""
    sent, wanted = parse(body), parse(expected.rstrip(b"\n") + b"\n\n")
    assert len(sent) == len(wanted)
    for one, other in zip(sent, wanted, strict=True):
        for name in ("event", "id", "retry"):
            assert one.get(name) == other.get(name), name
        kinds = {line.partition(" ")[0] for line in one["data"] + other["data"]}
        for kind in kinds:
            assert data_of(one, kind) == data_of(other, kind), kind


def test_we_say_what_datastar_py_says() -> None:
    """On what is clean: on line ends and NaN the other one is wrong."""
    sse = ServerSentEventGenerator
    for elements in ("<p>x</p>", "<p>\n  x\n</p>", "<p>ä \U0001f600 &amp;</p>"):
        for mode in ElementPatchMode:
            theirs = sse.patch_elements(elements, selector="#a", mode=mode)
            ours = patch_elements(elements, selector="#a", mode=mode.value)
            compare(ours, theirs.encode())
        compare(patch_elements(elements), sse.patch_elements(elements).encode())
    compare(
        patch_elements(
            "<g></g>", namespace="svg", use_view_transition=True, event_id="7", retry=2000
        ),
        sse.patch_elements(
            "<g></g>",
            namespace=ElementPatchNamespace.SVG,
            use_view_transition=True,
            event_id="7",
            retry_duration=2000,
        ).encode(),
    )
    states: list[Any] = [{"a": 1}, {"a": {"b": [1, "x", None, True, 1.5]}, "c": "ä\n\u2028"}]
    for signals in states:
        ours = DatastarFormatter().values(signals)
        (one,), (other,) = parse(ours), parse(sse.patch_signals(signals).encode())
        assert json.loads(data_of(one, "signals")) == json.loads(data_of(other, "signals"))

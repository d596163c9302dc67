"""Actions and signals as pages write them, and as the server reads them back."""

import json
import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any
from urllib.parse import parse_qsl, unquote
from uuid import UUID

import pytest
from pydantic import BaseModel, TypeAdapter

from starmodel import Ref
from starmodel.settings import Settings
from starmodel.web import Argument, Arguments, Request, Response, Route
from starmodel.web.app.app_state import AppState
from starmodel.web.datastar.actions import (
    UNSET,
    Action,
    ActionName,
    EntityNames,
    Expression,
    Parameter,
    Signal,
    error_signals,
    live_action,
    signals,
)

PARTS = AppState([], Settings(secret_key="k" * 40), {})


COUNTER = EntityNames("counter", "counter")


class Asks(Action):
    """An event that takes anything, asked for as generated bindings do."""

    def __call__(self, /, *ids: object, **arguments: object) -> Expression:
        return self._expression(*ids, **arguments)


def asks(method: ActionName, path: str, *, is_once: bool = False, is_whole: bool = False) -> Asks:
    """Make the action of an event."""
    return Asks(COUNTER, "increment", method, path, is_once=is_once, is_whole=is_whole)


def post_action(path: str, /, *ids: object, **arguments: object) -> Expression:
    """Write the action of a POST."""
    return asks("post", path)(*ids, **arguments)


class Show(StrEnum):
    DONE = "done"


class Level(Enum):
    HIGH = 2


class Point(BaseModel):
    x: int
    label: str = ""


def test_the_text_of_an_action() -> None:
    count = Signal("$counter.count")
    assert f"{count}" == "$counter.count"
    assert post_action("/counter/increment") == "@post('/counter/increment')"
    assert post_action("/counter/increment", amount=10) == "@post('/counter/increment?amount=10')"
    assert post_action("/counter/increment", amount=UNSET) == "@post('/counter/increment')"
    assert post_action("/a", b=True, c="x y", d=None) == (
        "@post('/a?b=true&c=x%20y', {payload: {d: null}})"
    )
    assert post_action("/a", b=count, c=Expression("el.value"), d=1) == (
        "@post('/a?d=1', {payload: {b: $counter.count, c: el.value}})"
    )
    assert asks("get", "/a")(b=1) == "@get('/a?b=1')"
    assert asks("put", "/a")() == "@put('/a')"
    assert asks("patch", "/a")() == "@patch('/a')"
    assert asks("delete", "/a")() == "@delete('/a')"
    assert isinstance(post_action("/a"), Expression)
    assert repr(UNSET) == "UNSET"
    # Arguments may have any name, also those of our own parameters.
    assert post_action("/a", path=1, ids=2, name=3) == "@post('/a?path=1&ids=2&name=3')"
    assert post_action("/a", __proto__=count) == (
        "@post('/a', {payload: {['__proto__']: $counter.count}})"
    )
    assert post_action("/a", größe=count) == (
        "@post('/a', {payload: {\"gr\\u00f6\\u00dfe\": $counter.count}})"
    )


def test_ids_in_a_path() -> None:
    assert post_action("/room/{id}/name", "a'b/c", title="x") == (
        "@post('/room/a%27b%2Fc/name?title=x')"
    )
    assert post_action("/room/{id}/name", Signal("$room.id"), title="x") == (
        "@post('/room/' + encodeURIComponent($room.id) + '/name?title=x')"
    )
    assert asks("get", "/room/{id}")(Signal("$room.id")) == (
        "@get('/room/' + encodeURIComponent($room.id))"
    )
    assert asks("get", "/room/{id}")(Signal("$room.id"), a=1) == (
        "@get('/room/' + encodeURIComponent($room.id) + '?a=1')"
    )
    assert asks("get", "/a/{b}/{c}")(1, UUID(int=2)) == f"@get('/a/1/{UUID(int=2)}')"
    for path, ids in (("/a", ("x",)), ("/a/{b}", ()), ("/a/{b}/{c}", ("x",))):
        with pytest.raises(ValueError):
            post_action(path, *ids)


def test_what_happens_once_has_a_key_that_each_click_makes_anew() -> None:
    key = "headers: {'Idempotency-Key': [...crypto.getRandomValues(new Uint32Array(4))].join('-')}"
    assert asks("post", "/product/{id}/restock", is_once=True)(7) == (
        "@post('/product/7/restock', {" + key + "})"
    )
    assert asks("put", "/x", is_once=True)(a=1, b=Expression("$b")) == (
        "@put('/x?a=1', {payload: {b: $b}, " + key + "})"
    )


def test_a_record_is_changed_by_what_is_given_and_by_no_signal_of_the_page() -> None:
    change = asks("patch", "/product/{id}", is_once=True, is_whole=True)
    changed = change(7, name="a", price=UNSET, tag=None)
    assert changed.startswith("@patch('/product/7?name=a', {payload: {tag: null}, headers: ")
    delete = asks("delete", "/product/{id}", is_once=True, is_whole=True)
    assert delete(Signal("$p.id")).startswith(
        "@delete('/product/' + encodeURIComponent($p.id), {payload: {}, headers: "
    )


def test_references_are_ids() -> None:
    author: Ref[Any] = Ref("a1")
    tags: list[Ref[Any]] = [Ref("t1"), Ref("t2")]
    action = post_action("/post", author=author, tags=tags)
    assert parse_qsl(action.partition("?")[2].rstrip("')")) == [
        ("author", "a1"),
        ("tags", '["t1","t2"]'),
    ]


def test_the_live_stream() -> None:
    options = (
        "{payload: {}, retry: 'always', retryMaxCount: Infinity, requestCancellation: 'cleanup'}"
    )
    assert live_action("counter") == f"@get('/live?watch=counter', {options})"
    assert live_action("counter", "product:a'b&c") == (
        f"@get('/live?watch=counter&watch=product:a%27b%26c', {options})"
    )


def test_signals_of_a_page() -> None:
    assert signals(counter={"count": 1, "note": "it's; $x"}, _own={"a": None}) == (
        '{"counter":{"count":1,"note":"it\\u0027s\\u003b \\u0024x"},"_own":{"a":""}}'
    )
    assert signals(a={"__proto__": {"x": 1}, "constructor": {"prototype": {"x": 1}}}) == '{"a":{}}'


def test_each_argument_has_a_signal_for_its_error() -> None:
    class Rename(Asks):
        title = Parameter()
        note = Parameter()

    rename = Rename(COUNTER, "rename", "post", "/counter/rename")
    assert rename.title.name == "title"
    assert error_signals(rename, asks("post", "/counter/increment")) == {
        "counter": {"rename": {"title": "", "note": "", "_": ""}, "increment": {"_": ""}}
    }
    assert rename.ROUTE.form == "counter.rename"
    assert error_signals() == {}


def test_names_of_signals_say_where_they_are() -> None:
    count = Signal("$counter.count")
    assert (count.path, count.name, f"{count}") == ("counter.count", "count", "$counter.count")
    assert EntityNames("order_line", "line", is_record=True).path == "/order_line"


HOSTILE = [
    *(
        "'",
        "\\",
        '"',
        "`",
        "@post('/x')",
        "$secret",
        ";",
        "<script>",
        "&amount=5",
        "#x",
        "?",
        "%27",
    ),
    *("\r\n", "\0", "\u2028", "é", "\U0001f595JS_DS\U0001f680", "a b", "+", "../..", "", "{id}"),
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_of_a_value_is_left_to_be_read_as_code(text: str) -> None:
    action = post_action("/room/{id}/x", text or "x", title=text, **{text or "x": 1})
    match = re.fullmatch(r"@post\('([A-Za-z0-9_.~%/?&=-]*)'\)", action)
    assert match is not None, action
    path, _, query = match[1].partition("?")
    assert unquote(path) == f"/room/{text or 'x'}/x"
    assert parse_qsl(query, keep_blank_values=True)[0] == ("title", text)


VALUES: list[tuple[Any, Any]] = [
    (bool, False),
    (int, -7),
    (float, 1e-7),
    (str, "it's; @post('/y') $x <b> \U0001f600"),
    (str, ""),
    (bytes, b"\xff\xfe\0"),
    (Decimal, Decimal("0.10")),
    (date, date(2026, 3, 14)),
    (time, time(9, 30, 1)),
    (datetime, datetime(2026, 3, 14, 9, 30, tzinfo=UTC)),
    (timedelta, timedelta(days=1, seconds=1.5)),
    (UUID, UUID(int=5)),
    (Show, Show.DONE),
    (Level, Level.HIGH),
    (list[str], ["a\nb", "", "[x"]),
    (list[Level], [Level.HIGH]),
    (dict[str, int], {"a'b": 1}),
    (Point, Point(x=1, label="ä")),
    (list[Point], [Point(x=1)]),
    (int | None, None),
    (str | None, None),
]


@pytest.mark.parametrize(("annotation", "value"), VALUES, ids=repr)
async def test_a_plain_value_of_any_type_is_read_back_by_the_event(
    annotation: Any, value: Any
) -> None:
    arguments = Arguments(it=Argument(TypeAdapter(annotation).core_schema))
    action = post_action("/x", it=value)
    match = re.fullmatch(r"@post\('/x(?:\?([^']*))?'(?:, \{payload: \{it: null\}\})?\)", action)
    assert match is not None
    body = b"" if match[1] else json.dumps({"it": None}).encode()

    async def handler(request: Request) -> Response:
        raise NotImplementedError

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body}

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/x",
        "query_string": (match[1] or "").encode(),
        "headers": [(b"content-type", b"application/json")],
    }
    request = Request(scope, receive, PARTS, Route("POST", "/x", handler))
    assert await arguments.read(request) == {"it": value}


def test_what_no_event_could_take() -> None:
    for value in (object(), [float("inf")], {1: object()}):
        with pytest.raises(TypeError):
            post_action("/x", it=value)

"""Which route answers, and how it is found."""

import sys
from types import FrameType
from typing import Any
from urllib.parse import quote

import pytest
from web_world import COUNTER, DATASTAR, HTML, JSON, Client, make_app

from starmodel.errors import ConfigurationError
from starmodel.settings import Settings
from starmodel.web import Argument, Arguments, Request, Resource, Response, Route, WebApplication
from starmodel.web.routing.route_table import RouteTable


async def handler(request: Request) -> Response:
    values = [f"{name}={value}" for name, value in request.path_parameters.items()]
    return Response(200, [], f"{request.route.path} {' '.join(values)}".encode())


def table_of(*paths: str) -> RouteTable:
    return RouteTable(Route("GET", path, handler) for path in paths)


def found(table: RouteTable, path: str, method: str = "GET") -> str | None:
    raw = quote(path, safe="/%")
    scope = {"path": path.replace("%2F", "/"), "raw_path": raw.encode(), "method": method}
    match = table.find(scope)
    if match is None:
        return None
    methods, parameters = match
    route = next(iter(methods.values()))
    return f"{route.path} {parameters or ''}".strip()


def test_a_path_with_placeholders_is_found_by_what_stands_around_them() -> None:
    table = table_of(
        "/room/open",
        "/room/{id}",
        "/room/{id}/close",
        "/house/{id}/close",
        "/{name}/about",
        "/room/{id}/seat/{seat}",
        "/",
    )
    for path, expected in {
        "/": "/",
        "/room/open": "/room/open",
        "/room/5": "/room/{id} {'id': '5'}",
        "/room/about": "/room/{id} {'id': 'about'}",
        "/shop/about": "/{name}/about {'name': 'shop'}",
        "/room/5/close": "/room/{id}/close {'id': '5'}",
        "/house/5/close": "/house/{id}/close {'id': '5'}",
        "/room/5/seat/7": "/room/{id}/seat/{seat} {'id': '5', 'seat': '7'}",
        "/room/ä b": "/room/{id} {'id': 'ä b'}",
        "/room/a%2Fb": "/room/{id} {'id': 'a/b'}",
        "/room/%252F": "/room/{id} {'id': '%2F'}",
        "/room/{id}": "/room/{id} {'id': '{id}'}",
        "/room/..": "/room/{id} {'id': '..'}",
    }.items():
        assert found(table, path) == expected, path
    for path in (
        *("", "/room", "/room/", "/room//close", "/room/5/", "//", "/room/5/open", "/Room/5"),
        *("/room/5/close/now", "/room/" + "x" * 201, "/room/%ff", "/room/%ed%a0%80"),
    ):
        assert found(table, path) is None, path
    assert found(table, "/room/" + "x" * 200) is not None


def test_a_server_that_does_not_tell_the_raw_path_is_served_too() -> None:
    table = table_of("/room/{id}")
    for scope in ({"path": "/room/a b"}, {"path": "/room/a b", "raw_path": None}):
        match = table.find({**scope, "method": "GET"})
        assert match is not None and match[1] == {"id": "a b"}
    scope = {"path": "/room/a b", "raw_path": b"/room/a%20b?x=/y/z", "method": "GET"}
    match = table.find(scope)
    assert match is not None and match[1] == {"id": "a b"}


def test_the_method_decides_where_two_paths_fit() -> None:
    table = RouteTable(
        [
            Route("POST", "/room/open", handler),
            Route("GET", "/room/{id}", handler),
            Route("PATCH", "/{name}/open", handler),
        ]
    )
    assert found(table, "/room/open", "POST") == "/room/open"
    assert found(table, "/room/open") == "/room/{id} {'id': 'open'}"
    assert found(table, "/room/open", "PATCH") == "/{name}/open {'name': 'room'}"
    assert found(table, "/room/open", "DELETE") == "/room/open"


def test_finding_does_not_take_longer_with_more_routes() -> None:
    steps: set[int] = set()
    for size in (10, 1000):
        paths = [f"/entity{number}/{{id}}/event" for number in range(size)]
        paths += [f"/entity{number}/{{id}}" for number in range(size)]
        paths += [f"/entity{number}" for number in range(size)]
        table = table_of(*paths)
        count = 0

        def trace(frame: FrameType, event: str, _: object) -> Any:
            nonlocal count
            frame.f_trace_opcodes = True
            count += event == "opcode"
            return trace

        previous = sys.gettrace()
        sys.settrace(trace)
        try:
            match = found(table, "/entity9/5/event")
        finally:
            sys.settrace(previous)
        assert match == "/entity9/{id}/event {'id': '5'}"
        steps.add(count)
    assert len(steps) == 1 and steps != {0}


def test_routes_that_cannot_be_told_apart_are_an_error_at_once() -> None:
    for routes in (
        [Route("GET", "/a", handler), Route("GET", "/a", handler)],
        [Route("GET", "/{a}/b", handler), Route("GET", "/{a}/b", handler)],
        [Route("GET", "/{a}/b", handler), Route("POST", "/{c}/b", handler)],
        [Route("GET", "a", handler)],
    ):
        with pytest.raises(ConfigurationError):
            RouteTable(routes)
    resource = Resource(COUNTER, routes=[Route("GET", "/live", handler)])
    with pytest.raises(ConfigurationError, match="GET /live"):
        WebApplication([resource], Settings())


async def test_methods_that_a_path_does_not_have() -> None:
    client = Client(make_app())
    for method in ("PUT", "DELETE", "TRACE", "CONNECT", "BREW", "get"):
        answer = await client.send(method, "/counter/increment", b"", JSON)
        assert (answer.status, answer.header("allow")) == (405, "POST, OPTIONS"), method
        assert answer.json["title"] == "Method not allowed"
    answer = await client.send("POST", "/counter", b"", HTML)
    assert (answer.status, answer.header("allow")) == (405, "GET, HEAD, OPTIONS")
    assert "<h1>Method not allowed</h1>" in answer.text
    answer = await client.send("OPTIONS", "/room/5/name", b"", {"origin": "https://evil.example"})
    assert (answer.status, answer.header("allow"), answer.body) == (204, "POST, OPTIONS", b"")
    assert not any(name.startswith(b"access-control") for name, _ in answer.headers)
    assert answer.header("content-length") is None


async def test_head_gives_what_get_would_without_the_body() -> None:
    client = Client(make_app())
    await client.ask("/counter")
    for path in ("/counter", "/counter/peek"):
        for kind in (JSON, HTML, DATASTAR):
            get = await client.send("GET", path, b"", kind)
            head = await client.send("HEAD", path, b"", kind)
            assert (head.status, head.headers) == (get.status, get.headers)
            assert head.body == b""
    live = await client.send("HEAD", "/live?watch=counter", b"", DATASTAR)
    assert (live.status, live.header("content-type")) == (200, "text/event-stream")


async def test_unknown_paths() -> None:
    client = Client(make_app())
    for path in (
        "/",
        "/nothing",
        "/counter/",
        "/counter/nothing",
        "/room/5/nothing",
        "/COUNTER",
    ):
        answer = await client.send("GET", path, b"", JSON)
        assert answer.status == 404
        assert answer.header("content-type") == "application/problem+json"


async def test_an_id_reaches_the_store_as_it_was_meant() -> None:
    client = Client(make_app())
    created = await client.send("POST", "/room/open", b"", JSON)
    id = created.json["state"]["id"]
    assert created.header("location") == f"/room/{id}"
    assert (await client.ask(f"/room/{id}"))["state"]["id"] == id
    encoded = "".join(f"%{ord(character):02x}" for character in id)
    assert (await client.ask(f"/room/{encoded}"))["state"]["id"] == id
    for other in (id[:-1], id + "x", id.upper() + "%00", f"{id}%2F", "%2e%2e"):
        assert (await client.send("GET", f"/room/{other}", b"", JSON)).status == 404


def test_what_surrounds_the_changed_fields_is_worked_out_once() -> None:
    plain = Route("POST", "/a", handler, event="a")
    more = Route("POST", "/b", handler, event="b", arguments=Arguments(x=_text(), y=_text()))
    Resource(COUNTER, routes=[plain, more])
    assert (plain.signals_before, plain.signals_after) == (b'{"counter":', b"}")
    assert more.signals_after == b',"errors":{"counter":{"b":{"x":"","y":"","_":""}}}}'
    assert more.errors({"x": "no"}) == {"counter": {"b": {"x": "no", "y": "", "_": ""}}}
    assert repr(more) == "<Route POST /b>"


def _text() -> Argument:
    return Argument({"type": "str"})

"""How what happened is told, by who asks and how."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from web_entities import CLOSED
from web_world import COUNTER, DATASTAR, FORM, HTML, JSON, SECRET, Client, make_app, resources

from starmodel import InProcessBus
from starmodel.application import CommandResult
from starmodel.domain import Fragment
from starmodel.settings import Settings
from starmodel.web import (
    Page,
    Request,
    Resource,
    Response,
    Route,
    WebApplication,
    respond_event,
    respond_page,
    respond_stream,
)

TYPE = {"content-type": "application/json"}


async def test_one_event_answered_in_three_ways() -> None:
    client = Client(make_app())
    answer = await client.post("/counter/increment", {"amount": 2})
    assert answer.status == 200
    assert answer.body == (
        b'event: datastar-patch-signals\ndata: signals {"counter":{"count":2},'
        b'"errors":{"counter":{"increment":{"amount":"","_":""}}},"_message":"Increment: done."}\n\n'
    )
    assert dict(answer.headers) | {b"set-cookie": b""} == {
        b"content-type": b"text/event-stream",
        b"cache-control": b"private, no-store",
        b"vary": b"accept, datastar-request, hx-request, cookie",
        b"x-accel-buffering": b"no",
        b"x-content-type-options": b"nosniff",
        b"content-length": b"%d" % len(answer.body),
        b"set-cookie": b"",
    }
    answer = await client.send("POST", "/counter/increment", b'{"amount": 3}', JSON, TYPE)
    assert answer.json == {
        "state": {"count": 5, "title": "Counter", "locked": False},
        "version": 2,
        "result": None,
    }
    assert answer.header("content-type") == "application/json"
    assert answer.header("cache-control") == "no-store"
    answer = await client.submit("/counter/increment", {"amount": "4"})
    assert (answer.status, answer.header("location"), answer.body) == (303, "/counter", b"")
    assert (await client.ask("/counter"))["state"]["count"] == 9


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        (DATASTAR, "datastar"),
        ({**DATASTAR, "accept": "application/json"}, "datastar"),
        ({**DATASTAR, "datastar-request": "false"}, "form"),
        ({**DATASTAR, "datastar-request": "true, true"}, "form"),
        (JSON, "json"),
        ({"accept": "application/json, */*;q=0.1"}, "json"),
        ({"accept": "*/*"}, "json"),
        ({}, "json"),
        (HTML, "form"),
        ({"accept": "text/event-stream"}, "form"),
    ],
)
async def test_who_gets_what(headers: dict[str, str], kind: str) -> None:
    client = Client(make_app())
    answer = await client.send("POST", "/counter/increment", b"{}", headers, TYPE)
    types = {
        "datastar": (200, "text/event-stream"),
        "json": (200, "application/json"),
        "form": (303, None),
    }
    assert (answer.status, answer.header("content-type")) == types[kind]
    # A form that says nothing of what it accepts is still a form.
    if "accept" not in headers:
        answer = await client.send(
            "POST", "/counter/increment", b"", {"content-type": FORM["content-type"]}
        )
        assert answer.status == 303


async def test_only_what_changed_is_sent() -> None:
    client = Client(make_app())
    await client.post("/counter/increment", {"amount": 2})
    assert (await client.post("/counter/increment", {"amount": 0})).signals["counter"] == {}
    answer = await client.post("/counter/rename", {"title": "<b>\r\n\u2028'"})
    assert answer.signals["counter"] == {"title": "<b>\r\n\u2028'"}
    assert answer.text.endswith(
        "\n\nevent: datastar-patch-elements\ndata: selector h1\n"
        "data: elements <h1>&lt;b&gt;\ndata: elements \u2028'</h1>\n\n"
    )
    # An event without arguments has no form whose errors could be cleared.
    assert "errors" not in (await client.post("/counter/reset")).signals


async def test_an_acknowledged_event_says_nothing_to_the_page() -> None:
    client = Client(make_app())
    answer = await client.post("/counter/touch")
    assert (answer.status, answer.body) == (204, b"")
    assert answer.header("content-length") is None
    assert "starmodel" in client.cookies
    # Only Datastar has a live stream to wait for.
    answer = await client.send("POST", "/counter/touch", b"", JSON)
    assert answer.json["state"]["count"] == 2
    assert (await client.submit("/counter/touch", {})).status == 303
    everywhere = Client(make_app(Settings(secret_key=SECRET, respond="ack")))
    assert (await everywhere.post("/counter/increment")).status == 204
    # What went wrong cannot wait.
    answer = await everywhere.post("/counter/increment", {"amount": "x"})
    assert answer.message("increment", "amount") == "Enter a whole number."
    assert (await everywhere.post("/counter/steps", {"count": 2})).status == 204


class AwayBus(InProcessBus):
    """A bus that does not reach other nodes."""

    @property
    def is_connected(self) -> bool:
        return False


async def test_nothing_is_left_to_a_bus_that_does_not_reach_all_nodes() -> None:
    """The page's stream may be on one of the others."""
    client = Client(make_app(Settings(secret_key=SECRET, respond="ack"), bus=AwayBus()))
    answer = await client.post("/counter/increment")
    assert (answer.status, answer.signals["counter"]) == (200, {"count": 1})
    answer = await client.post("/counter/steps", {"count": 2})
    assert answer.status == 200 and b'"count":' in answer.body


async def test_a_new_record() -> None:
    client = Client(make_app())
    answer = await client.send("POST", "/room/open", b"", JSON)
    path = f"/room/{answer.json['state']['id']}"
    assert (answer.status, answer.header("location")) == (201, path)
    assert answer.json["version"] == 1
    answer = await client.submit("/room/open", {}, referer="http://shop.example/rooms")
    assert answer.status == 303
    assert str(answer.header("location")).startswith("/room/")
    answer = await client.post("/room/open")
    assert answer.status == 200
    lines = answer.text.split("\n")
    assert lines[:3] == [
        "event: datastar-patch-elements",
        "data: mode append",
        "data: selector body",
    ]
    assert lines[3].startswith(
        "data: elements <div hidden" ' data-init="window.location.assign(&quot;\\u002froom\\u002f'
    )


async def test_a_generator_is_streamed() -> None:
    client = Client(make_app())
    answer = await client.post("/counter/steps", {"count": 3})
    assert answer.header("content-length") is None
    assert len(answer.chunks) == 5
    assert answer.chunks[3] == (
        b'event: datastar-patch-signals\ndata: signals {"_message":"Steps: done."}\n\n'
    )
    for number, chunk in enumerate(answer.chunks[:3], start=1):
        assert chunk == (
            b'event: datastar-patch-signals\ndata: signals {"counter":{"count":%d},'
            b'"errors":{"counter":{"steps":{"count":"","fail_at":"","_":""}}}}\n\n'
            b"event: datastar-patch-elements\ndata: mode append\ndata: selector #log\n"
            b"data: elements <li>%d</li>\n\n" % (number, number)
        )
    answer = await client.send("POST", "/counter/steps", b'{"count": 2}', JSON, TYPE)
    assert answer.json["state"]["count"] == 2
    assert len(answer.json["result"]) == 2
    assert (await client.submit("/counter/steps", {"count": "2"})).status == 303


async def test_a_generator_that_fails() -> None:
    client = Client(make_app())
    # At once: an error like any other.
    answer = await client.post("/counter/steps", {"fail_at": 1})
    assert answer.header("content-length") is not None
    assert answer.message("steps").startswith("Something went wrong.")
    answer = await client.send("POST", "/counter/steps", b'{"fail_at": 1}', JSON, TYPE)
    assert answer.status == 500
    # Later: what was told before stays told, and the error is the last of it.
    answer = await client.post("/counter/steps", {"fail_at": 3})
    assert answer.signals["counter"] == {"count": 2}
    assert answer.message("steps").startswith("Something went wrong.")
    assert (await client.ask("/counter"))["state"]["count"] == 2
    answer = await client.send("POST", "/counter/steps", b'{"fail_at": 3}', JSON, TYPE)
    assert answer.status == 500


async def test_a_client_that_goes_away_stops_the_generator() -> None:
    tasks = asyncio.all_tasks()
    client = Client(make_app())
    await client.ask("/counter")
    CLOSED.clear()
    body = json.dumps({"count": 1000}).encode()
    answer = await client.send("POST", "/counter/steps", body, DATASTAR, TYPE, disconnect_after=2)
    assert len(answer.chunks) in (2, 3)
    assert len(CLOSED) == 1
    assert (await client.ask("/counter"))["state"]["count"] <= 3
    assert asyncio.all_tasks() == tasks


async def test_cancelling_the_server_is_not_taken_for_a_client_that_goes() -> None:
    client = Client(make_app())
    await client.ask("/counter")
    CLOSED.clear()
    request = asyncio.ensure_future(client.post("/counter/steps", {"count": 1000}))
    await asyncio.sleep(0.05)
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    assert len(CLOSED) == 1


async def test_a_generator_without_a_single_yield() -> None:
    async def nothing() -> AsyncIterator[CommandResult[Any]]:
        for outcome in list[CommandResult[Any]]():
            yield outcome

    async def handler(request: Request) -> Any:
        return await respond_stream(request, COUNTER, nothing())

    route = Route("POST", "/none", handler, event="none")
    client = Client(WebApplication([Resource(COUNTER, routes=[route])], Settings()))
    assert (await client.send("POST", "/none", b"", JSON)).status == 204
    answer = await client.post("/none")
    assert (answer.status, answer.body) == (200, b"")


async def test_a_page() -> None:
    client = Client(make_app())
    await client.post("/counter/rename", {"title": "<i>"})
    answer = await client.send("GET", "/counter", b"", HTML)
    assert answer.status == 200
    assert "<title>Counter</title>" in answer.text
    assert "&lt;i&gt;" in answer.text
    assert "<i>" not in answer.text
    assert answer.header("vary") == "accept, datastar-request, hx-request, cookie"
    answer = await client.send("GET", "/counter", b"", JSON)
    assert answer.header("vary") == "accept, datastar-request, hx-request, cookie"
    # Reading stores nothing.
    assert (await Client(client.app).ask("/counter"))["version"] == 0


class Markup:
    def __init__(self, html: str) -> None:
        self.html = html

    def __html__(self) -> str:
        return self.html


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<!doctype html><p>ä\ud800", "<!doctype html><p>ä?"),
        (Markup("\n<!DOCTYPE html><p>x"), "\n<!DOCTYPE html><p>x"),
        (Markup("<html><p>x"), "<html><p>x"),
        (Markup("<p>x</p>"), "<title>Counter</title>"),
        (Page("<T>", "<L>", "<main></main>"), '<p class="lead">&lt;L&gt;</p>'),
    ],
)
async def test_what_a_page_may_be(page: Any, expected: str) -> None:
    async def handler(request: Request) -> Response:
        snapshot = await request.services.read(COUNTER, "x")
        return respond_page(request, snapshot, lambda _: page)

    route = Route("GET", "/page", handler)
    client = Client(WebApplication([Resource(COUNTER, routes=[route])], Settings()))
    assert expected in (await client.send("GET", "/page", b"", HTML)).text


async def test_the_headers_of_a_page_let_nothing_in() -> None:
    answer = await Client(make_app()).send("GET", "/counter", b"", HTML)
    policy = str(answer.header("content-security-policy"))
    assert "default-src 'none'; " in policy
    assert (
        "script-src 'self' https://cdn.jsdelivr.net/gh/starfederation/datastar@1.0.1"
        "/bundles/datastar.js 'unsafe-eval';"
    ) in policy
    for rule in ("object-src", "base-uri", "frame-ancestors"):
        assert f"{rule} 'none'" in policy
    assert "script-src 'unsafe-inline'" not in policy
    assert answer.header("x-content-type-options") == "nosniff"
    assert answer.header("referrer-policy") == "same-origin"
    assert answer.header("cross-origin-opener-policy") == "same-origin"
    own = Settings(secret_key=SECRET, datastar_url="/static/datastar.js")
    answer = await Client(make_app(own)).send("GET", "/counter", b"", HTML)
    assert "script-src 'self' 'unsafe-eval';" in str(answer.header("content-security-policy"))
    own = Settings(secret_key=SECRET, content_security_policy="default-src 'self'")
    answer = await Client(make_app(own)).send("GET", "/counter", b"", HTML)
    assert answer.header("content-security-policy") == "default-src 'self'"


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("/somewhere?x=1", "/somewhere?x=1"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nset-cookie: x=1", "/"),
        ("/a\tb", "/"),
        ("/a\0", "/"),
        ("evil", "/"),
        ("/ä", "/%C3%A4"),
    ],
)
async def test_a_form_is_never_led_to_another_site(location: str, expected: str) -> None:
    async def handler(request: Request) -> Response:
        outcome: CommandResult[None] = CommandResult("", {}, {}, 1, None)
        return respond_event(request, COUNTER, outcome, location=location)

    route = Route("POST", "/go", handler, event="go")
    client = Client(WebApplication([Resource(COUNTER, routes=[route])], Settings()))
    answer = await client.submit("/go", {})
    assert (answer.status, answer.header("location")) == (303, expected)


async def test_for_every_field_and_every_event_posting_it_changes_nothing() -> None:
    """Only what an event does with its arguments counts."""

    app = make_app()
    events = [route for resource in resources() for route in resource.routes if route.event]
    fields = ["count", "title", "locked", "pin", "id", "notes", "topic", "model_config"]
    tried = 0
    for route in events:
        for field in fields:
            if field in route.argument_names or route.event in ("fail", "open"):
                continue
            client = Client(app)
            plain = Client(app)
            path = route.path.replace("{id}", "nobody")
            own = {"note": "x", "title": "t"}
            bare = {name: own[name] for name in route.argument_names if name in own}
            hostile: dict[str, Any] = {
                **bare,
                field: 999,
                "counter": {field: 999},
                "board": {field: 999},
                "__proto__": {field: 999},
                f"counter.{field}": 999,
            }
            for each, values in ((client, hostile), (plain, bare)):
                await each.send(
                    route.method,
                    path,
                    json.dumps(values).encode(),
                    {**DATASTAR, **TYPE, "x-user": "ann", field: "999"},
                )
            assert await client.ask("/counter") == await plain.ask("/counter")
            tried += 1
    board = Client(app)
    assert set((await board.ask("/board", **{"x-user": "ann"}))["state"]["notes"]) == {"x"}
    assert tried >= 80


async def test_fragments_and_texts() -> None:
    results: list[Any] = [
        Fragment("<p>x</p>"),
        Markup("<p>x</p>"),
        [Markup("<p>x</p>"), Markup("<p>y</p>")],
        "<script>",
        {"a": 1},
        5,
    ]

    async def handler(request: Request) -> Response:
        outcome: CommandResult[Any] = CommandResult("", {}, {}, 1, results[int(request.query["n"])])
        return respond_event(request, COUNTER, outcome)

    route = Route("POST", "/go", handler, event="go")
    client = Client(WebApplication([Resource(COUNTER, routes=[route])], Settings()))
    bodies = [(await client.post(f"/go?n={number}")).text for number in range(len(results))]
    assert all(body.startswith("event: datastar-patch-signals\n") for body in bodies)
    elements = [body.partition("\n\n")[2] for body in bodies]
    assert elements[:2] == ["event: datastar-patch-elements\ndata: elements <p>x</p>\n\n"] * 2
    assert elements[2].endswith("data: elements <p>x</p><p>y</p>\n\n")
    # A text is a message, and a value is for programs.
    message = 'event: datastar-patch-signals\ndata: signals {"_message":"<script>"}\n\n'
    assert elements[3:] == [message, "", ""]

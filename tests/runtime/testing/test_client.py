"""The client that users test their apps with, on the committed counter example."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

import pytest
from counter.generated.app import configure_app, create_app
from fasthtml.common import FastHTML
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from starmodel.testing import Client
from starmodel.testing.answer import merge, read_events
from starmodel.testing.client import App

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]


def streaming(body: Callable[[Send], Awaitable[None]]) -> App:
    """Make an app whose only answer is a stream of that body."""

    async def app(scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            for step in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{step}.complete"})
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await body(send)

    return app


def test_a_session_of_a_program() -> None:
    with Client(create_app()) as client:
        first = client.post("/counter/increment", {"amount": 2})
        assert (first.status, first.state, first.version, first.result) == (
            200,
            {"count": 2, "update_count": 1},
            1,
            None,
        )
        assert client.get("/counter").state["count"] == 2
    with Client(create_app()) as other:
        assert other.get("/counter").state["count"] == 0


def test_what_is_wrong_is_told() -> None:
    with Client(create_app()) as client:
        answer = client.post("/counter/increment", {"amount": "many"})
        assert (answer.status, list(answer.errors)) == (422, ["amount"])
        with pytest.raises(AssertionError, match="422"):
            _ = answer.state
        with pytest.raises(AssertionError, match="404"):
            client.page("/nowhere")


def test_a_page_and_its_actions() -> None:
    with Client(create_app(), base_url="https://counter.example") as client:
        assert "<h1>Counter</h1>" in client.page("/counter")
        assert list(client.cookies) == ["__Host-starmodel"]
        patch = client.act("/counter/increment?amount=3", {"counter": {"count": 99}})
        assert [event.type for event in patch.events] == ["datastar-patch-signals"]
        assert patch.signals["counter"] == {"count": 3, "update_count": 1}
        form = client.submit("/counter/increment", {"amount": "4"})
        assert (form.status, form.headers["location"]) == (303, "/counter")


def test_a_live_stream_shows_what_another_tab_does() -> None:
    with Client(create_app()) as client, client.live("counter") as stream:
        stream.next()
        assert stream.signals["counter"]["count"] == 0
        client.post("/counter/increment", {"amount": 7})
        stream.next()
        assert stream.signals["counter"] == {"count": 7, "update_count": 1}
        with pytest.raises(TimeoutError) as caught:
            stream.next(within=0.05)
        assert str(caught.value) == (
            "GET /live?watch=counter: event 3 did not come within 0.05 seconds; the signals are "
            '{"counter": {"count": 7, "update_count": 1}}'
        )


def test_a_stream_that_ends_or_says_nothing_is_told() -> None:
    async def say_nothing(send: Send) -> None:
        await send({"type": "http.response.body", "body": b""})

    async def patch_once(send: Send) -> None:
        body = b'event: datastar-patch-signals\ndata: signals {"a": 1}\n\n'
        await send({"type": "http.response.body", "body": body, "more_body": True})

    with (
        Client(streaming(say_nothing)) as client,
        pytest.raises(
            TimeoutError, match="watch=a&watch=b: event 1 did not come before the stream"
        ),
        client.live("a", "b"),
    ):
        pass
    with Client(streaming(patch_once)) as client, client.live("a") as stream:
        stream.next()
        with pytest.raises(TimeoutError) as caught:
            stream.next()
        assert str(caught.value) == (
            "GET /live?watch=a: event 2 did not come before the stream ended; the signals are "
            '{"a": 1}'
        )


def test_an_unknown_watch_is_refused() -> None:
    with (
        Client(create_app()) as client,
        pytest.raises(AssertionError, match="GET /live"),
        client.live("nothing"),
    ):
        pass


def test_an_app_of_ones_own() -> None:
    app = FastHTML(default_hdrs=False, secret_key="a key for this test alone")
    configure_app(app)

    async def hello(_: Request) -> Response:
        return Response("hello")

    app.router.routes.append(Route("/hello", hello))
    with Client(app) as client:
        assert "hello" in client.page("/hello")
        assert client.post("/counter/increment").state["count"] == 1


def test_events_are_read_as_the_standard_says() -> None:
    text = ": comment\nevent: a\rdata: elements <p>\r\ndata: elements </p>\n\nretry: 10\n\n"
    [event] = read_events(text)
    assert (event.type, event.data) == ("a", {"elements": "<p>\n</p>"})
    signals = {"a": {"b": 1, "c": 2}, "d": 3}
    merge(signals, {"a": {"b": None}, "d": {"e": 4}})
    assert signals == {"a": {"c": 2}, "d": {"e": 4}}

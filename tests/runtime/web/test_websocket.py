"""`/live` over a WebSocket, as a server hands it to the app: who is let in, and how it ends."""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from web_world import COUNTER, SECRET, make_app

from starmodel.settings import Settings
from starmodel.web import WebApplication

PATIENCE = 20
Message = dict[str, Any]


class Connection:
    """A WebSocket of an app, at its other end."""

    def __init__(
        self,
        app: Any,
        path: str = "/live",
        query: str = "watch=counter",
        *,
        extensions: Mapping[str, object] | None = None,
        root_path: str = "",
        scheme: str = "ws",
        headers: Mapping[str, str] | None = None,
        send: Callable[[Message], Awaitable[None]] | None = None,
    ) -> None:
        self.incoming: asyncio.Queue[Message] = asyncio.Queue()
        self.outgoing: asyncio.Queue[Message] = asyncio.Queue()
        self.incoming.put_nowait({"type": "websocket.connect"})
        pairs = {"host": "shop.example", "upgrade": "websocket", **(headers or {})}
        scope = {
            "type": "websocket",
            "asgi": {"version": "3.0"},
            "scheme": scheme,
            "path": path,
            "raw_path": path.encode(),
            "root_path": root_path,
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in pairs.items()],
            "subprotocols": [],
            "extensions": dict(extensions or {}),
        }
        self.task = asyncio.ensure_future(app(scope, self.incoming.get, send or self.outgoing.put))

    async def next(self) -> Message:
        """Return what the app sends next."""
        return await asyncio.wait_for(self.outgoing.get(), PATIENCE)

    async def piece(self) -> Any:
        """Return the next JSON that the app sends."""
        message = await self.next()
        assert message["type"] == "websocket.send", message
        return json.loads(message["text"])


@asynccontextmanager
async def opened(host: Any = None, **settings: Any) -> AsyncGenerator[WebApplication]:
    app = make_app(Settings(secret_key=SECRET, websocket=True, **settings), host=host)
    async with app.lifespan():
        yield app


async def change(app: WebApplication, session: str, count: int) -> None:
    async with app.services.unit_of_work() as work:
        counter = await work.load(COUNTER, session)
        counter.count = count
        await work.commit(counter, "change", {})


async def test_pieces_come_until_the_other_end_goes_away() -> None:
    async with opened() as app:
        connection = Connection(app)
        accepted = await connection.next()
        assert accepted["type"] == "websocket.accept"
        [(name, cookie)] = accepted["headers"]
        assert name == b"set-cookie"
        first = await connection.piece()
        assert list(first) == ["counter", "version"]
        session = cookie.decode().removeprefix("starmodel=").partition(".")[0]
        await change(app, session, 3)
        assert (await connection.piece())["counter"] == {"count": 3}
        connection.incoming.put_nowait({"type": "websocket.disconnect", "code": 1000})
        await asyncio.wait_for(connection.task, PATIENCE)
        assert connection.outgoing.empty() and len(app.hub) == 0


async def test_whoever_says_something_is_shown_out() -> None:
    async with opened() as app:
        connection = Connection(app)
        await connection.next()
        await connection.piece()
        connection.incoming.put_nowait({"type": "websocket.receive", "text": "anything"})
        assert await connection.next() == {"type": "websocket.close", "code": 1003}
        await asyncio.wait_for(connection.task, PATIENCE)
        assert connection.outgoing.empty() and len(app.hub) == 0


@pytest.mark.parametrize("error", [ConnectionResetError(), RuntimeError("no handshake")])
async def test_nothing_is_left_of_a_handshake_that_fails(error: Exception) -> None:
    async def send(message: Message) -> None:
        assert message["type"] == "websocket.accept" and len(app.hub) == 1
        raise error

    async with opened() as app:
        task = Connection(app, send=send).task
        await asyncio.wait([task])
        # That the client is gone is no error.
        assert task.exception() is (None if isinstance(error, OSError) else error)
        assert len(app.hub) == 0


async def test_a_sign_of_life_is_an_empty_object() -> None:
    async with opened(live_keep_alive=0.01) as app:
        connection = Connection(app)
        await connection.next()
        await connection.piece()
        assert await connection.piece() == {}
        connection.incoming.put_nowait({"type": "websocket.disconnect", "code": 1000})
        await asyncio.wait_for(connection.task, PATIENCE)


async def test_the_end_of_the_process_says_that_another_is_there() -> None:
    async with opened() as app:
        connection = Connection(app)
        await connection.next()
        await connection.piece()
        app.hub.drain()
        assert await connection.next() == {"type": "websocket.close", "code": 1012}
        await asyncio.wait_for(connection.task, PATIENCE)


@pytest.mark.parametrize(
    ("query", "headers", "status"),
    [
        ("watch=counter", {"origin": "https://evil.example"}, 403),
        ("watch=counter", {"origin": "http://shop.example.evil.example"}, 403),
        ("watch=counter", {"origin": "null"}, 403),
        ("watch=counter", {"sec-fetch-site": "same-site"}, 403),
        ("watch=nothing", {}, 422),
        ("watch=room:none", {}, 404),
    ],
)
async def test_who_may_not_is_refused_as_over_http(
    query: str, headers: dict[str, str], status: int
) -> None:
    async with opened() as app:
        connection = Connection(
            app, query=query, extensions={"websocket.http.response": {}}, headers=headers
        )
        start = await connection.next()
        assert (start["type"], start["status"]) == ("websocket.http.response.start", status)
        assert (b"content-type", b"application/problem+json") in start["headers"]
        body = await connection.next()
        assert json.loads(body["body"])["status"] == status
        # A server that knows no such answer has one of its own.
        connection = Connection(app, query=query, headers=headers)
        assert await connection.next() == {"type": "websocket.close", "code": 1008}
        assert len(app.hub) == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://shop.example"},
        {"origin": "https://shop.example"},
        {"origin": "https://friend.example"},
        {"sec-fetch-site": "same-origin", "origin": "http://shop.example"},
        {},
    ],
)
async def test_pages_of_this_site_and_programs_are_let_in(headers: dict[str, str]) -> None:
    async with opened(trusted_origins=("https://friend.example",)) as app:
        connection = Connection(app, headers=headers)
        assert (await connection.next())["type"] == "websocket.accept"
        connection.incoming.put_nowait({"type": "websocket.disconnect", "code": 1000})
        await asyncio.wait_for(connection.task, PATIENCE)


async def test_below_a_path_the_cookie_is_that_path_s() -> None:
    async with opened() as app:
        connection = Connection(app, "/shop/live", root_path="/shop", scheme="wss")
        [(_, cookie)] = (await connection.next())["headers"]
        assert cookie.startswith(b"__Secure-starmodel.shop=") and b"Path=/shop;" in cookie
        connection.incoming.put_nowait({"type": "websocket.disconnect", "code": 1000})
        await asyncio.wait_for(connection.task, PATIENCE)


async def test_other_websockets_are_the_host_s() -> None:
    asked: list[str] = []

    async def host(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            asked.append(scope["path"])
            await send({"type": "websocket.close", "code": 1000})

    async with opened(host) as app:
        assert (await Connection(app, "/chat").next())["code"] == 1000
    app = make_app(Settings(secret_key=SECRET), host=host)
    async with app.lifespan():
        assert (await Connection(app).next())["code"] == 1000
    assert asked == ["/chat", "/live"]
    app = make_app(Settings(secret_key=SECRET))
    async with app.lifespan():
        assert (await Connection(app).next())["type"] == "websocket.close"

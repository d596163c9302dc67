"""The reference: an ASGI app written by hand that does the least that could be called an answer.

It believes a cookie as it is, keeps live objects, checks no version, no limit and no origin,
and has every byte prepared that can be. What StarModel costs is told as a multiple of this.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from pydantic_core import from_json

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

SSE_HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-cache"),
    (b"x-accel-buffering", b"no"),
]
HTML_HEADER = (b"content-type", b"text/html; charset=utf-8")
PREFIX = b'event: datastar-patch-signals\ndata: signals {"counter":{"count":'
SUFFIX = b"}}\n\n"


class Counter:
    """The state of one session."""

    __slots__ = ("count",)

    def __init__(self) -> None:
        self.count = 0


counters: dict[bytes, Counter] = {}
streams: set[asyncio.Queue[bytes]] = set()
published = 0


def session_of(scope: Scope) -> bytes:
    """Return the value of the session cookie, believed as it is."""
    for name, value in scope["headers"]:
        if name == b"cookie":
            for part in value.split(b"; "):
                if part.startswith(b"starmodel="):
                    return part[10:]
    return b""


async def answer(send: Send, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    """Send a whole answer."""
    length = (b"content-length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": 200, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})


async def increment(scope: Scope, receive: Receive, send: Send) -> None:
    """Add to the count of the session."""
    message = await receive()
    body = message.get("body", b"")
    while message.get("more_body", False):
        message = await receive()
        body += message.get("body", b"")
    amount = int(from_json(body)["amount"])
    session = session_of(scope)
    counter = counters.get(session)
    if counter is None:
        counter = counters[session] = Counter()
    counter.count += amount
    await answer(send, SSE_HEADERS, PREFIX + b"%d" % counter.count + SUFFIX)


async def page(scope: Scope, receive: Receive, send: Send) -> None:
    """Show the count of the session."""
    counter = counters.get(session_of(scope))
    count = counter.count if counter else 0
    body = f"""\
<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Counter</title></head>
<body data-signals="{{counter: {{count: {count}}}}}">
<h1>Counter</h1>
<p data-text="$counter.count">{count}</p>
<button data-on:click="@post('/counter/increment', {{payload: {{amount: 1}}}})">Increment</button>
</body>
</html>
"""
    await answer(send, [HTML_HEADER], body.encode())


async def write(queue: asyncio.Queue[bytes], send: Send) -> None:
    """Send what the queue gives, for ever."""
    while True:
        await send({"type": "http.response.body", "body": await queue.get(), "more_body": True})


async def stream(scope: Scope, receive: Receive, send: Send) -> None:
    """One live stream: a queue and a task that empties it."""
    await send({"type": "http.response.start", "status": 200, "headers": SSE_HEADERS})
    await send({"type": "http.response.body", "body": PREFIX + b"0" + SUFFIX, "more_body": True})
    queue: asyncio.Queue[bytes] = asyncio.Queue()
    writer = asyncio.create_task(write(queue, send))
    streams.add(queue)
    try:
        while (await receive())["type"] != "http.disconnect":
            pass
    finally:
        streams.discard(queue)
        writer.cancel()


async def publish(scope: Scope, receive: Receive, send: Send) -> None:
    """Send every stream the next number, encoded once."""
    global published
    published += 1
    event = PREFIX + b"%d" % published + SUFFIX
    for queue in streams:
        queue.put_nowait(event)
    await answer(send, [], b"")


ROUTES = {
    ("POST", "/counter/increment"): increment,
    ("GET", "/counter"): page,
    ("GET", "/live"): stream,
    ("POST", "/publish"): publish,
}


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI callable."""
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    await ROUTES[scope["method"], scope["path"]](scope, receive, send)

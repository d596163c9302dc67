"""A child process: calls one ASGI app as a server would, as often as each line of its input says.

It is run as `python -m benchmarks.worker module:name`; a name that begins with `create_` is
called for the app. A line is `{"exchange": [...], "count": n}`, the answer to it
`{"microseconds": ..., "body": ...}`: the processor time of one request, and the last body.
"""

import asyncio
import gc
import importlib
import json
import sys
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from benchmarks.exchange import Exchange

Message = MutableMapping[str, Any]
App = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Any
]


class Caller:
    """Calls the app with the messages that uvicorn would send, and no socket."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.status = 0
        self.body = b""

    async def call(self, exchange: Exchange, count: int) -> None:
        """Send the request so many times, one after the other."""
        headers = [(name.encode(), value.encode()) for name, value in exchange.headers]
        path, _, query = exchange.path.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "server": ("127.0.0.1", 8000),
            "client": ("127.0.0.1", 50000),
            "scheme": "http",
            "root_path": "",
            "method": exchange.method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
        }
        body = exchange.body.encode()
        for _ in range(count):
            await self._call_once({**scope, "headers": headers[:], "state": {}}, body)

    async def _call_once(self, scope: Message, body: bytes) -> None:
        done = asyncio.Event()
        is_sent = False
        chunks: list[bytes] = []

        async def receive() -> Message:
            nonlocal is_sent
            if not is_sent:
                is_sent = True
                return {"type": "http.request", "body": body, "more_body": False}
            await done.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.status = message["status"]
                return
            chunks.append(message.get("body", b""))
            if not message.get("more_body", False):
                done.set()

        await self.app(scope, receive, send)
        self.body = chunks[0] if len(chunks) == 1 else b"".join(chunks)


def load(name: str) -> App:
    """Import an app."""
    module, _, attribute = name.partition(":")
    found = getattr(importlib.import_module(module), attribute)
    return found() if attribute.startswith("create_") else found


async def serve(app: App) -> None:
    """Obey line by line until there are no more."""
    events: asyncio.Queue[Message] = asyncio.Queue()
    is_up = asyncio.Event()

    async def send(message: Message) -> None:
        if message["type"].endswith(".failed"):
            raise RuntimeError(str(message))
        is_up.set()

    events.put_nowait({"type": "lifespan.startup"})
    scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": {}}
    life = asyncio.ensure_future(app(scope, events.get, send))
    up = asyncio.ensure_future(is_up.wait())
    await asyncio.wait([life, up], return_when=asyncio.FIRST_COMPLETED)
    caller = Caller(app)
    # Reading blocks on purpose: while it waits for a line, nothing else is to run here.
    while line := sys.stdin.readline():
        order = json.loads(line)
        exchange = Exchange(*order["exchange"])
        count = order["count"]
        gc.collect()
        before = time.process_time()
        await caller.call(exchange, count)
        spent = time.process_time() - before
        text = caller.body.decode()
        if caller.status != 200 or exchange.expected not in text:
            raise RuntimeError(f"{exchange.path} answered {caller.status}: {text[:300]}")
        answer = {"microseconds": spent / count * 1e6, "body": text}
        print(json.dumps(answer), flush=True)
    events.put_nowait({"type": "lifespan.shutdown"})
    await life


def run(app: App) -> None:
    """Run on uvloop where it is installed, as uvicorn does."""
    try:
        import uvloop
    except ImportError:
        asyncio.run(serve(app))
    else:
        uvloop.run(serve(app))


if __name__ == "__main__":
    run(load(sys.argv[1]))

"""What a handler gives back: plain values that the application writes to the connection."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any, Final, TypeAlias

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
ASGIApplication: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers: TypeAlias = list[tuple[bytes, bytes]]
"""Names in lower case, as ASGI wants them."""

VARY: Final = (b"vary", b"accept, datastar-request, hx-request, cookie")
"""What an answer depends on besides its address: who asks, and whether a page does or a program."""

NO_STORE: Final[Headers] = [(b"cache-control", b"no-store"), VARY]
"""The headers of what nobody keeps, no cache on the way either."""

PIECE: Final = 1 << 18
"""How many bytes of a body are sent at once."""

_MAX_PAUSE = 1.0


class Response:
    """A whole answer.

    `headers` are without `content-length`, which is added on the way out. The list may be one
    that many answers share: nobody changes it.
    """

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: Headers, body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    def __repr__(self) -> str:
        return f"<Response {self.status}, {len(self.body)} bytes>"


class StreamResponse:
    """An answer that grows: status 200, and a chunk whenever `chunks` gives one.

    A client that goes away cancels `chunks`, at whatever they wait for.
    """

    __slots__ = ("chunks", "headers")

    def __init__(self, headers: Headers, chunks: AsyncIterator[bytes]) -> None:
        self.headers = headers
        self.chunks = chunks

    async def write(self, receive: Receive, send: Send, headers: Headers) -> None:
        """Send the stream to its end, or until the client goes away.

        `headers` are those of this answer and whatever the application has added to them.
        """
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        task = asyncio.current_task()
        watch = asyncio.ensure_future(_cancel_on_disconnect(receive, task))
        try:
            try:
                async for chunk in self.chunks:
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
            finally:
                await self.close()
            await send({"type": "http.response.body", "body": b""})
        except asyncio.CancelledError:
            # Ours only if the watcher saw the client go; anybody else's is passed on.
            if task is None or not watch.done() or watch.cancelled():
                raise
            task.uncancel()
        except OSError:
            # Servers say in this way, too, that the client is gone.
            return
        finally:
            watch.cancel()

    async def close(self) -> None:
        """End the chunks, so that what produces them can clean up."""
        close = getattr(self.chunks, "aclose", None)
        if close is not None:
            await close()


async def send_in_pieces(send: Send, body: bytes) -> None:
    """Send a large body, and let others have their turn on the way.

    A server is given no more of it before its client has taken what it was given.
    """
    rest = memoryview(body)
    while len(rest) > PIECE:
        piece, rest = rest[:PIECE], rest[PIECE:]
        await send({"type": "http.response.body", "body": bytes(piece), "more_body": True})
        await asyncio.sleep(0)
    await send({"type": "http.response.body", "body": bytes(rest)})


async def until_disconnect(receive: Receive) -> None:
    """Wait until the client is gone; what else there is of its request is passed over.

    A server that answers at once, again and again, is asked less and less often, at last once a
    second: nobody else would have a turn.
    """
    pause = 0.0
    while (await receive())["type"] != "http.disconnect":
        await asyncio.sleep(pause)
        pause = min(_MAX_PAUSE, 2 * pause + 0.001)


async def _cancel_on_disconnect(receive: Receive, task: "asyncio.Task[Any] | None") -> None:
    await until_disconnect(receive)
    if task is not None:
        task.cancel()

"""A small proxy before several nodes: by turns, and past those that do not answer.

It is made for trying things out: HTTP/1.1 without TLS, a connection for each request. What a node
answers is passed on as it comes, event streams included. A request is sent to another node where one
cannot be reached; where one died over it, only if it may be carried out twice.
"""

import asyncio
import re
from collections.abc import Sequence
from pathlib import Path

_CHUNK = 65536
_HOP = (b"connection:", b"keep-alive:", b"proxy-connection:")
_REPEATABLE = re.compile(rb"(GET|HEAD) |[^\0]*\r\nidempotency-key:", re.IGNORECASE)
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)


class Proxy:
    """Hands requests to nodes that listen at sockets in the file system.

    An answer says in its header `X-Node` which node it is from, counted from 1.
    """

    def __init__(self, sockets: Sequence[Path]) -> None:
        self._sockets = sockets
        self._last = -1
        # Nothing else refers to the task of an answer whose browser is gone.
        self._answers: set[object] = set()

    async def listen(self, port: int) -> asyncio.Server:
        """Listen at a port of this machine."""
        return await asyncio.start_server(self._answer, "127.0.0.1", port, limit=_CHUNK)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self._answers.add(task)
        try:
            request = await _read(reader)
            if request is None:
                writer.write(_failure(b"411 Length Required"))
            else:
                await self._forward(request, writer)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            # The browser went away, or sent what is no request.
            pass
        except asyncio.CancelledError:
            # The proxy ends; asyncio would report each answer that was not at its end.
            pass
        finally:
            self._answers.discard(task)
            writer.close()

    async def _forward(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        """Pass a request on, and then what comes back; returns when the answer has ended."""
        for _ in self._sockets:
            self._last = (self._last + 1) % len(self._sockets)
            number = self._last + 1
            try:
                node_reader, node_writer = await asyncio.open_unix_connection(
                    self._sockets[self._last]
                )
            except OSError:
                continue
            try:
                first = await _send(request, node_reader, node_writer)
                if first:
                    status, _, rest = first.partition(b"\r\n")
                    writer.write(b"%b\r\nX-Node: %d\r\n%b" % (status, number, rest))
                    await _pass_on(node_reader, writer)
                    return
            finally:
                node_writer.close()
            if not _REPEATABLE.match(request.partition(b"\r\n\r\n")[0]):
                writer.write(_failure(b"502 Bad Gateway"))
                return
        writer.write(_failure(b"503 Service Unavailable"))


async def _read(reader: asyncio.StreamReader) -> bytes | None:
    """Return a whole request, which asks its node to close; `None` where its length is not known."""
    head = await reader.readuntil(b"\r\n\r\n")
    if _CHUNKED.search(head):
        return None
    found = _LENGTH.search(head)
    body = await reader.readexactly(int(found[1])) if found else b""
    lines = [line for line in head[:-4].split(b"\r\n") if not line.lower().startswith(_HOP)]
    return b"\r\n".join([*lines, b"Connection: close", b"", body])


async def _send(
    request: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> bytes:
    """Return how the answer begins; nothing where the node died over it."""
    try:
        writer.write(request)
        await writer.drain()
        return await reader.read(_CHUNK)
    except OSError:
        return b""


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass on what comes until it ends. Where the node dies, the browser is told by the end."""
    while not writer.is_closing():
        await writer.drain()
        try:
            chunk = await reader.read(_CHUNK)
        except OSError:
            return
        if not chunk:
            return
        writer.write(chunk)


def _failure(status: bytes) -> bytes:
    return (
        b"HTTP/1.1 %b\r\nContent-Length: 0\r\nRetry-After: 1\r\nConnection: close\r\n\r\n" % status
    )

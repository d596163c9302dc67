"""A live stream over a WebSocket: the pieces that programs get, one JSON object a message.

A piece of the stream is an event of JSON (`data: {...}`), whatever carries it; here the framing is
taken off. A sign of life is an empty object. The other end has nothing to say: what it sends, up to
what the server allows, would only take up memory, so it ends the connection.
"""

from typing import Final

from starmodel.web.http.response import (
    Headers,
    Message,
    Receive,
    Response,
    Scope,
    Send,
    StreamResponse,
)

GOING_AWAY: Final = 1001
UNSUPPORTED: Final = 1003
RESTARTING: Final = 1012
_REFUSED: Final = 1008
_DATA: Final = b"data: "
_ALIVE: Final = "{}"


class WebSocketStream:
    """Carries a stream over a connection that has asked for a WebSocket.

    Args:
        receive: Gives what comes over the connection.
        send: Sends over it.
    """

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._is_gone = False

    async def write(self, stream: StreamResponse, headers: Headers) -> None:
        """Take the connection, and send the stream to its end or until the other end is gone.

        `headers` come with the answer to the handshake.
        """
        try:
            await self._send({"type": "websocket.accept", "headers": headers})
        except BaseException as error:
            await stream.close()
            # Servers say in this way, too, that the client is gone.
            if isinstance(error, OSError):
                return
            raise
        await stream.write(self._listen, self._send_piece, [])

    async def _listen(self) -> Message:
        """Wait until the other end goes away, or says something."""
        message = await self._receive()
        if message["type"] != "websocket.disconnect":
            await self._close(UNSUPPORTED)
        self._is_gone = True
        return {"type": "http.disconnect"}

    async def _close(self, code: int) -> None:
        """Close the connection, unless it is closed; nothing is sent after that."""
        if not self._is_gone:
            self._is_gone = True
            await self._send({"type": "websocket.close", "code": code})

    async def _send_piece(self, message: Message) -> None:
        if message["type"] != "http.response.body":
            return
        body: bytes = message.get("body", b"")
        is_last = not message.get("more_body", False)
        for event in body.split(b"\n\n"):
            text = piece(event)
            is_told = text is not None or (event and not is_last)
            if is_told and not self._is_gone:
                await self._send({"type": "websocket.send", "text": text or _ALIVE})
        if is_last:
            # Something is said last where the process ends, and another one is there to come back to.
            await self._close(RESTARTING if body else GOING_AWAY)


def piece(event: bytes) -> str | None:
    """Return the JSON of an event; `None` for one that has none: a comment, or a pause."""
    for line in event.split(b"\n"):
        if line.startswith(_DATA):
            return line.removeprefix(_DATA).decode("utf-8")
    return None


async def refuse_websocket(scope: Scope, send: Send, response: Response) -> None:
    """Answer a handshake with an HTTP response, where the server can; else with 403."""
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": _REFUSED})
        return
    headers = [*response.headers, (b"content-length", b"%d" % len(response.body))]
    await send(
        {"type": "websocket.http.response.start", "status": response.status, "headers": headers}
    )
    await send({"type": "websocket.http.response.body", "body": response.body})

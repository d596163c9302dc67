"""One open live stream: what it still has to send, and the task that sends it.

A stream keeps little: for each entity it watches at most one change, and a bounded number of
fragments. Whoever reads too slowly gets the newest state instead of a backlog. While there is
nothing to send, its task sleeps on a future.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from starmodel.domain import Actor
from starmodel.web.http.response import Headers, Receive, Send, StreamResponse, until_disconnect
from starmodel.web.live.list_topic import ListTopic
from starmodel.web.live.topic import BaseTopic, EntityTopic

MAX_FRAGMENTS = 64
"""How many fragments may wait in one stream. With one more they are all dropped, and the page
gets the newest state."""

MAX_FRAGMENT_BYTES = 256 * 1024
"""How many bytes they may have together."""


class LiveStream(StreamResponse):
    """The answer to one `GET /live`.

    Args:
        on_close: Is called when it is over, more than once at times.
        actor: Who reads it.
        session: Whose browser it is.
        token: Its name, which the browser sends when it comes back.
        headers: The headers of the answer.
        is_page: Whether a page of this site reads it, with signals of its own.
        tells_deletions: Whether it tells of deletions and of nothing else.

    Attributes:
        topics: The entities it watches.
        pending: What is to be sent of each entity: a change, or `None` for its newest state.
        is_sending: Whether it waits for the connection to take what it sends.
        sent: How often it has sent something.
    """

    __slots__ = (
        "_farewell",
        "_fragment_bytes",
        "_fragments",
        "_head",
        "_is_cut",
        "_is_over",
        "_is_page",
        "_on_close",
        "_send",
        "_stuck_at",
        "_task",
        "_tells_deletions",
        "_waiter",
        "actor",
        "is_sending",
        "pending",
        "sent",
        "session",
        "token",
        "topics",
    )

    def __init__(
        self,
        on_close: Callable[["LiveStream"], None],
        actor: Actor,
        session: str,
        token: str,
        headers: Headers,
        *,
        is_page: bool = False,
        tells_deletions: bool = False,
    ) -> None:
        self._is_page = is_page
        self._tells_deletions = tells_deletions
        self.headers = headers
        self.actor = actor
        self.session = session
        self.token = token
        self.topics: list[EntityTopic | ListTopic] = []
        self.pending: dict[BaseTopic, bytes | None] = {}
        self.is_sending = False
        self.sent = 0
        self._stuck_at: tuple[int, float] | None = None
        self._on_close = on_close
        self._head = b""
        self._farewell: bytes | None = None
        self._fragments: list[tuple[BaseTopic, bytes]] = []
        self._fragment_bytes = 0
        self._is_over = False
        self._is_cut = False
        self._send: Send | None = None
        self._task: asyncio.Task[Any] | None = None
        self._waiter: asyncio.Future[None] | None = None

    def __repr__(self) -> str:
        return f"<LiveStream of {len(self.topics)} topics>"

    def begin(self, head: bytes) -> None:
        """Put the fields of a first event in front of whatever is sent first."""
        self._head = head

    def enqueue(self, topic: BaseTopic, chunk: bytes, fragments: list[bytes]) -> None:
        """Have a change sent, and fragments before it.

        Where an earlier change of the entity still waits, its newest state takes the place of
        both.
        """
        if self._tells_deletions:
            deletion = getattr(topic, "deletion", b"")
            chunk, fragments = b"", [one for one in fragments if one == deletion]
            if not fragments:
                return
        if chunk:
            pending = self.pending
            pending[topic] = None if topic in pending else chunk
        for fragment in fragments:
            self.enqueue_fragment(topic, fragment)
        waiter = self._waiter
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    def enqueue_fragment(self, topic: BaseTopic, fragment: bytes) -> None:
        """Have a fragment sent with the next change; too many become the newest states."""
        self._fragments.append((topic, fragment))
        self._fragment_bytes += len(fragment)
        if len(self._fragments) > MAX_FRAGMENTS or self._fragment_bytes > MAX_FRAGMENT_BYTES:
            for dropped, _ in self._fragments:
                self.pending[dropped] = None
            self._fragments.clear()
            self._fragment_bytes = 0

    def unsubscribe(self, topic: BaseTopic) -> None:
        """Send nothing more of an entity, not even what waits to be sent."""
        topic.streams.discard(self)
        self.pending.pop(topic, None)
        self._fragments = [entry for entry in self._fragments if entry[0] is not topic]
        self._fragment_bytes = sum(len(fragment) for _, fragment in self._fragments)

    def keep_alive(self, comment: bytes) -> None:
        """Send a sign of life, unless there is something else to send."""
        waiter = self._waiter
        if waiter is not None and not waiter.done():
            self._head += comment
            waiter.set_result(None)

    def blocked_for(self, now: float) -> float:
        """Return the seconds for which the connection has taken nothing, as far as was looked.

        `now` is the loop's time. To look now and then is cheaper than to note each time.
        """
        if not self.is_sending:
            self._stuck_at = None
            return 0.0
        if self._stuck_at is None or self._stuck_at[0] != self.sent:
            self._stuck_at = (self.sent, now)
        return now - self._stuck_at[1]

    def end(self, farewell: bytes = b"") -> None:
        """Send what waits, then `farewell`, and end."""
        if self._farewell is None:
            self._farewell = farewell
        self._is_over = True
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def abort(self) -> None:
        """End at once, without waiting for whoever does not read."""
        self._is_cut = True
        self.end()
        # ASGI has no word for this. A server whose `send` is a method of the object that holds
        # the connection (uvicorn) has its connection dropped, with whatever is unread in it.
        transport = getattr(getattr(self._send, "__self__", None), "transport", None)
        abort = getattr(transport, "abort", None)
        if callable(abort):
            abort()
        elif self._task is not None:
            self._task.cancel()

    async def write(self, receive: Receive, send: Send, headers: Headers) -> None:
        """Send the stream until it ends or the browser goes away."""
        self._send = send
        self._task = asyncio.current_task()
        listener = asyncio.ensure_future(self._listen(receive))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await self._write(send)
        except asyncio.CancelledError:
            # Ours after `cut`; anybody else's is passed on.
            if not self._is_cut or self._task is None:
                raise
            self._task.uncancel()
        except OSError:
            # Servers say in this way, too, that the client is gone.
            return
        finally:
            listener.cancel()
            self._send = self._task = None
            self._on_close(self)

    async def close(self) -> None:
        """Leave without having sent anything."""
        self._on_close(self)

    async def _write(self, send: Send) -> None:
        loop = asyncio.get_running_loop()
        while True:
            if self.pending or self._fragments or self._head:
                body = self._take()
                if body:
                    self.is_sending = True
                    await send({"type": "http.response.body", "body": body, "more_body": True})
                    self.is_sending = False
                    self.sent += 1
            elif self._is_over:
                break
            else:
                self._waiter = loop.create_future()
                await self._waiter
                self._waiter = None
        self.is_sending = True
        await send({"type": "http.response.body", "body": self._farewell or b""})

    def _take(self) -> bytes:
        """Return everything that waits, as one piece."""
        pending = self.pending
        if len(pending) == 1 and not self._fragments and not self._head:
            topic, chunk = pending.popitem()
            return self._newest(topic) if chunk is None else chunk
        self.pending = {}
        fragments, self._fragments, self._fragment_bytes = self._fragments, [], 0
        head, self._head = self._head, b""
        parts = [head]
        for topic, fragment in fragments:
            # The newest state of an entity that renders itself has everything in it already.
            is_shown = topic.definition.has_html and pending.get(topic, b"") is None
            if not is_shown:
                parts.append(fragment)
        for topic, chunk in pending.items():
            parts.append(self._newest(topic) if chunk is None else chunk)
        return b"".join(parts)

    def _newest(self, topic: BaseTopic) -> bytes:
        """Return the newest state; what a page has from before may be of any age."""
        snapshot = topic.snapshot()
        return topic.clearing() + snapshot if self.sent or self._is_page else snapshot

    async def _listen(self, receive: Receive) -> None:
        """Wait for the browser to go away."""
        await until_disconnect(receive)
        self.pending.clear()
        self._fragments.clear()
        self.end()

"""(d) One change to 500 open streams, until the last of them has it."""

import selectors
import socket
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks.child import CREATE_APP, RAW, App
from benchmarks.exchange import Exchange, get, post
from benchmarks.project import Project
from benchmarks.server import Server, wire
from benchmarks.table import Row, at_most, skipped

STREAMS = 500
CHANGES = 15
STARTS = 3
SOURCE = '''"""A counter for all."""

from starmodel import Access, Entity, EntityConfig, Scope, StateStore, event

class Board(Entity):
    """One counter for all."""

    model_config = EntityConfig(
        store=StateStore.SERVER_MEMORY, scope=Scope.GLOBAL, access=Access.PUBLIC
    )

    count: int = 0

    @event(respond="ack")
    def increment(self) -> None:
        """Add one."""
        self.count += 1
'''
MARK = b'"count":'


class Spread(NamedTuple):
    """Milliseconds until everybody had a change, and KiB of memory for a stream."""

    milliseconds: float
    kib: float | None


def measure_streams(folder: Path) -> list[Row]:
    """Against a queue and a task for each stream."""
    project = Project(folder / "board", {"board": SOURCE})
    project.generate()
    ours: list[Spread] = []
    raw: list[Spread] = []
    accept = "text/event-stream, text/html, application/json"
    for _ in range(STARTS):
        raw.append(spread(RAW, get("/live", accept=accept), post("/publish", "{}")))
        live = get("/live?watch=board", accept=accept)
        app = App(CREATE_APP, project.folder)
        ours.append(spread(app, live, post("/board/increment", "{}")))
    value = median(a.milliseconds / b.milliseconds for a, b in zip(ours, raw, strict=True))
    how = f"uvicorn, {STREAMS} sockets, {STARTS} starts of {CHANGES} changes in turns"
    also = f" ({ours[-1].milliseconds:.0f} ms, {raw[-1].milliseconds:.0f} ms)"
    rows = [
        at_most("(d) one change to 500 streams, of a raw queue each", value, 1.05, "×", how, also)
    ]
    sizes = [one.kib for one in ours if one.kib is not None]
    if not sizes:
        return [*rows, skipped("(d) memory of a stream", "≤ 16 KiB", "the system does not say")]
    bare = median(one.kib for one in raw if one.kib is not None)
    how = f"resident memory, with and without {STREAMS} streams"
    also = f" (raw {bare:.1f} KiB)"
    return [*rows, at_most("(d) memory of a stream", median(sizes), 16, " KiB", how, also)]


def spread(app: App, live: Exchange, publish: Exchange) -> Spread:
    """Open the streams, and publish again and again."""
    sockets: list[socket.socket] = []
    with Server(app) as server, selectors.DefaultSelector() as selector:
        publisher = server.connect()
        tell(publisher, publish)
        # What is loaded for the first stream is not counted to each.
        first = server.connect()
        first.sendall(wire(live))
        wait_for_mark(first)
        first.close()
        before = server.memory_kib()
        for number in range(STREAMS):
            connection = server.connect()
            connection.sendall(wire(live))
            sockets.append(connection)
            if number % 50 == 49:
                time.sleep(0.02)
        for connection in sockets:
            wait_for_mark(connection)
            connection.setblocking(False)
            selector.register(connection, selectors.EVENT_READ)
        time.sleep(0.3)
        after = server.memory_kib()
        times: list[float] = []
        for _ in range(CHANGES):
            for key, _ in selector.select(0.01):
                key.fileobj.recv(65536)  # type: ignore[union-attr]
            begin = time.perf_counter()
            publisher.sendall(wire(publish))
            wait_for_all(selector)
            times.append((time.perf_counter() - begin) * 1e3)
            publisher.recv(65536)
            time.sleep(0.02)
        for connection in [publisher, *sockets]:
            connection.close()
    kib = None if before is None or after is None else (after - before) / STREAMS
    return Spread(median(times), kib)


def tell(connection: socket.socket, exchange: Exchange) -> None:
    """Send a request and read its answer, which must be a good one."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.sendall(wire(exchange))
    answer = connection.recv(65536)
    if not answer.startswith(b"HTTP/1.1 20"):
        raise RuntimeError(f"{exchange.path} answered {answer!r}")


def wait_for_mark(connection: socket.socket) -> None:
    """Read a stream until its first state is there."""
    text = b""
    while MARK not in text:
        text += connection.recv(65536)


def wait_for_all(selector: selectors.BaseSelector) -> None:
    """Read until every stream has had the change.

    Raises:
        RuntimeError: Some have not, after five seconds.
    """
    got: set[int] = set()
    while len(got) < STREAMS:
        ready = selector.select(5)
        if not ready:
            raise RuntimeError(f"Only {len(got)} of {STREAMS} streams have the change.")
        for key, _ in ready:
            if MARK in key.fileobj.recv(65536):  # type: ignore[union-attr]
                got.add(key.fd)

"""One change on a node, until a page of another node has it."""

import socket
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from benchmarks.child import CREATE_APP, App
from benchmarks.exchange import get, post
from benchmarks.project import ROOT, Project
from benchmarks.server import Server, wire
from benchmarks.table import Row, at_most

CHANGES = 200
SOURCE = '''"""A counter for all."""

from starmodel import Access, Entity, EntityConfig, Scope, StateStore, event

class Board(Entity):
    """One counter for all."""

    model_config = EntityConfig(
        store=StateStore.SERVER_REDIS, scope=Scope.GLOBAL, access=Access.PUBLIC
    )

    count: int = 0

    @event(respond="ack")
    def increment(self) -> None:
        """Add one."""
        self.count += 1
'''


def measure_nodes(folder: Path) -> list[Row]:
    """With the entity in Redis, and each bus in turn."""
    sys.path.append(str(ROOT / "tests" / "support"))
    from postgres_server import OwnServer
    from redis_server import OwnRedisServer

    project = Project(folder / "board", {"board": SOURCE})
    project.generate()
    redis, postgres = OwnRedisServer(), OwnServer()
    try:
        buses = {
            "Redis": redis.database(0),
            "PostgreSQL": postgres.create_database(),
            "a file": f"sqlite:///{folder / 'bus.db'}",
        }
        return [
            _row(
                name,
                App(CREATE_APP, project.folder),
                {
                    "STARMODEL_REDIS_URL": redis.database(0),
                    "STARMODEL_BUS_URL": url,
                },
            )
            for name, url in buses.items()
        ]
    finally:
        redis.close()
        postgres.close()


def _row(name: str, app: App, variables: Mapping[str, str]) -> Row:
    times = sorted(_times(app, variables))
    middle, slow = times[len(times) // 2], times[int(len(times) * 0.99)]
    how = f"two processes of uvicorn, the entity in Redis, {CHANGES} changes one by one"
    also = f" (half of them within {middle:.1f} ms)"
    measure = f"a change on a node, seen on another, bus through {name}: 99 of 100"
    return at_most(measure, slow, 100, " ms", how, also)


def _times(app: App, variables: Mapping[str, str]) -> list[float]:
    """Return the milliseconds from the request on one node to the stream of the other."""
    accept = "text/event-stream, text/html, application/json"
    with Server(app, variables) as one, Server(app, variables) as other, other.connect() as stream:
        stream.sendall(wire(get("/live?watch=board&only=values", accept=accept)))
        _read_until(stream, b'"count":')
        times: list[float] = []
        with one.connect() as sender:
            for number in range(CHANGES + 10):
                began = time.perf_counter()
                sender.sendall(wire(post("/board/increment", "{}")))
                _read_until(stream, b'"count":')
                if number >= 10:
                    times.append(1000 * (time.perf_counter() - began))
                _read_until(sender, b"\r\n\r\n")
        return times


def _read_until(connection: socket.socket, mark: bytes) -> None:
    text = b""
    while mark not in text:
        received = connection.recv(65536)
        if not received:
            raise RuntimeError(f"The connection has ended: {text[-300:]!r}")
        text += received

"""Several processes that serve one app: what happens on one of them is seen on all, at once."""

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.client import HTTPException
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from ports import free_port
from postgres_server import OwnServer
from redis_server import OwnRedisServer
from shop_project import starmodel

from .node_app import make_tables
from .server import HERE, Server

ROOT = HERE.parents[1]
SECRET = "the key of all nodes, which is long enough"
AT_ONCE = 5.0
"""Seconds within which something is seen on a busy machine; only a comparison would take longer."""


class Watcher:
    """A page that watches through a live stream, and remembers what it was told."""

    def __init__(self, server: Server, path: str) -> None:
        self.socket = server.open_stream(path)
        self.text = ""

    def wait(self, condition: Callable[["Watcher"], object], patience: float = AT_ONCE) -> float:
        """Read until something is so, and return how many seconds it took."""
        begin = time.monotonic()
        while not condition(self):
            left = begin + patience - time.monotonic()
            assert left > 0, f"not within {patience} s: {self.text[-2000:]}"
            self.socket.settimeout(left)
            try:
                data = self.socket.recv(1 << 20)
            except TimeoutError:
                continue
            assert data, "the stream has ended"
            self.text += data.decode()
        return time.monotonic() - begin

    @property
    def signals(self) -> dict[str, Any]:
        """What all that was told comes to."""
        found: dict[str, Any] = {}
        for text in re.findall(r"data: signals (.*)", self.text):
            for name, values in json.loads(text).items():
                found.setdefault(name, {}).update(values)
        return found

    @property
    def lines(self) -> list[int]:
        """What was appended to the page."""
        return [int(number) for number in re.findall(r"<li>(\d+)</li>", self.text)]

    @property
    def messages(self) -> list[int]:
        """What stands on a page of the chat: the list that came last, and what was appended since."""
        found: list[int] = []
        for event in self.text.split("\n\n"):
            said = [int(text) for text in re.findall(r"&lt;(\d+)&gt;", event)]
            if "mode append" in event:
                found += said
            elif 'id="messages"' in event:
                found = said
        return found


class Nodes:
    """Processes of one app.

    Attributes:
        servers: They, in the order in which they were started.
        audit: The file in which each event is written down.
    """

    def __init__(self, database: str, folder: Path, **environment: str) -> None:
        self.audit = folder / "audit"
        self.servers: list[Server] = []
        self._environment = {
            "STARMODEL_DATABASE_URL": database,
            "STARMODEL_SECRET_KEY": SECRET,
            # So that whatever is seen has been told by the bus.
            "STARMODEL_LIVE_KEEP_ALIVE": "100",
            "AUDIT": str(self.audit),
            **environment,
        }

    def start(self, **environment: str) -> Server:
        """Start one more."""
        server = Server(
            "node_app:make_app", options=["--factory"], environment=self._environment | environment
        )
        self.servers.append(server)
        return server

    def close(self) -> None:
        """Stop all."""
        for server in self.servers:
            server.__exit__(None, None, None)


def say(server: Server, number: int) -> None:
    status, _ = server.request("POST", f"/wall/say?number={number}")
    assert status == 200


@pytest.fixture(params=["sqlite", "postgresql", "redis", "in redis"])
def nodes(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Nodes]:
    """Two nodes, with a bus that fits their store, or with Redis for a bus."""
    environment: dict[str, str] = {}
    if request.param == "postgresql":
        database = request.getfixturevalue("postgres_url")
    else:
        database = f"sqlite:///{tmp_path / 'app.db'}"
    if request.param == "redis":
        environment["STARMODEL_BUS_URL"] = request.getfixturevalue("redis_url")
    elif request.param == "in redis":
        environment["WALL_STORE"] = "SERVER_REDIS"
        environment["STARMODEL_REDIS_URL"] = request.getfixturevalue("redis_url")
        environment["STARMODEL_REDIS_PREFIX"] = f"test-{uuid4().hex}"
    asyncio.run(make_tables(database))
    nodes = Nodes(database, tmp_path, **environment)
    try:
        for _ in range(2):
            nodes.start()
        yield nodes
    finally:
        nodes.close()


def test_what_happens_on_one_is_seen_on_the_other(nodes: Nodes) -> None:
    one, other = nodes.servers
    pages = [Watcher(server, "/live?watch=wall&watch=note") for server in nodes.servers]
    for page in pages:
        page.wait(lambda page: "wall" in page.signals)
    marks = [page.signals["_changes"]["note"] for page in pages]
    for number in range(1, 21):
        say(one if number % 2 else other, number)
    for page in pages:
        page.wait(lambda page: page.signals["wall"] == {"last": 20, "count": 20})
        page.wait(lambda page: len(page.lines) == 20)
        assert page.lines == [*range(1, 21)]

    status, _ = one.request("POST", "/note/write?text=new")
    assert status == 200
    for page, mark in zip(pages, marks, strict=True):
        page.wait(
            lambda page, mark=mark: page.signals["_changes"]["note"] != mark
        )  # pyright: ignore
    # An audit log has one line for each event, however many nodes there are.
    lines = nodes.audit.read_text().splitlines()
    assert len(lines) == len({*lines}) == 21
    for server in nodes.servers:
        assert server.stop()[::2] == (0, "")


def test_a_node_that_comes_later_and_one_that_is_killed(nodes: Nodes) -> None:
    one, other = nodes.servers
    late = nodes.start()
    page = Watcher(late, "/live?watch=wall")
    page.wait(lambda page: "wall" in page.signals)
    for number, server in enumerate((one, other, late), start=1):
        say(server, number)
        page.wait(
            lambda page, number=number: page.signals["wall"]["last"] == number
        )  # pyright: ignore
    other.process.kill()
    other.process.wait()
    say(one, 4)
    page.wait(lambda page: page.signals["wall"]["last"] == 4)
    other = nodes.start()
    say(other, 5)
    page.wait(lambda page: page.signals["wall"] == {"last": 5, "count": 5})


def test_what_a_killed_node_has_not_told_is_told_once(nodes: Nodes) -> None:
    doomed = nodes.start(DIES_AT="say")
    pages = [Watcher(server, "/live?watch=wall") for server in nodes.servers[:2]]
    for page in pages:
        page.wait(lambda page: "wall" in page.signals)
    with pytest.raises((ConnectionError, HTTPException)):
        doomed.request("POST", "/wall/say?number=9")
    assert doomed.process.wait() == -signal.SIGKILL
    for page in pages:
        page.wait(lambda page: page.lines == [9], 20.0)
        page.wait(lambda page: page.signals["wall"] == {"last": 9, "count": 1})
    # All search every two seconds.
    time.sleep(2.5)
    assert len(nodes.audit.read_text().splitlines()) == 1


def test_pages_come_right_when_redis_is_back(
    own_redis_server: OwnRedisServer, tmp_path: Path
) -> None:
    database = f"sqlite:///{tmp_path / 'app.db'}"
    asyncio.run(make_tables(database))
    nodes = Nodes(database, tmp_path, STARMODEL_BUS_URL=own_redis_server.database(0))
    try:
        one, other = nodes.start(), nodes.start()
        pages = [Watcher(server, "/live?watch=wall&watch=note") for server in (one, other)]
        say(one, 1)
        for page in pages:
            page.wait(lambda page: page.signals.get("wall") == {"last": 1, "count": 1})
        mark = pages[1].signals["_changes"]["note"]
        own_redis_server.kill()
        slowest = 0.0
        for number in range(2, 32):
            begin = time.monotonic()
            say(one, number)
            slowest = max(slowest, time.monotonic() - begin)
        # No request waits for the bus, and the node's own pages know at once.
        assert slowest < 1.0
        pages[0].wait(lambda page: page.signals["wall"] == {"last": 31, "count": 31})
        time.sleep(1.0)
        own_redis_server.start()
        pages[1].wait(lambda page: page.signals["wall"] == {"last": 31, "count": 31})
        pages[1].wait(lambda page: page.signals["_changes"]["note"] != mark)
        # And it goes on as before.
        say(other, 32)
        pages[0].wait(lambda page: page.signals["wall"] == {"last": 32, "count": 32})
    finally:
        nodes.close()


def test_pages_come_right_when_postgresql_is_back(
    own_postgres_server: OwnServer, tmp_path: Path
) -> None:
    database = own_postgres_server.create_database()
    asyncio.run(make_tables(database))
    nodes = Nodes(database, tmp_path)
    try:
        one, other = nodes.start(), nodes.start()
        page = Watcher(other, "/live?watch=wall")
        say(one, 1)
        page.wait(lambda page: page.signals.get("wall") == {"last": 1, "count": 1})
        own_postgres_server.kill()
        time.sleep(1.0)
        own_postgres_server.start()
        deadline = time.monotonic() + 20
        while one.request("POST", "/wall/say?number=2")[0] != 200:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        page.wait(lambda page: page.signals["wall"] == {"last": 2, "count": 2})
    finally:
        nodes.close()
        own_postgres_server.drop_database(database)


@pytest.mark.parametrize("store", ["SERVER_REDIS", "SERVER_SQL"])
def test_the_chat_on_three_nodes(
    redis_url: str, postgres_url: str, tmp_path: Path, store: str
) -> None:
    """The example with another store, and two variables."""
    folder = tmp_path / "chat"
    shutil.copytree(ROOT / "examples/chat", folder, ignore=shutil.ignore_patterns("__pycache__"))
    entities = folder / "chat/entities.py"
    entities.write_text(entities.read_text().replace("SERVER_MEMORY", store))
    url = {"STARMODEL_REDIS_URL": redis_url, "STARMODEL_DATABASE_URL": postgres_url}
    commands = [("generate",)]
    if store == "SERVER_SQL":
        commands += [("migrate", "new", "begin"), ("migrate", "up", "--database-url", postgres_url)]
    for command in commands:
        done = starmodel(folder, *command)
        assert done.code == 0, done.err
    environment = {
        "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT / "runtime")]),
        "STARMODEL_SECRET_KEY": SECRET,
        "STARMODEL_LIVE_KEEP_ALIVE": "100",
        **url,
        "STARMODEL_REDIS_PREFIX": f"test-{uuid4().hex}",
    }
    with ExitStack() as stack:
        servers = [
            stack.enter_context(
                Server(
                    "chat.generated.app:create_app",
                    options=["--factory"],
                    environment=environment,
                )
            )
            for _ in range(3)
        ]
        pages = [Watcher(server, "/live?watch=chat_room&only=values") for server in servers]
        for page in pages:
            page.wait(lambda page: "datastar-patch-signals" in page.text)
        for number in range(30):
            path = f"/chat_room/say?author=Ann&text=<{number}>"
            status, _ = servers[number % 3].request("POST", path)
            assert status == 204
        for page in pages:
            page.wait(lambda page: len(page.messages) == 30)
            assert page.messages == [*range(30)]


def run_until_it_ends(app: str, *options: str, **environment: str) -> str:
    """Run a server that cannot start, and return what it says."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "uvicorn", app, "--app-dir", str(HERE)),
            *("--port", str(free_port()), *options),
        ],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    said: list[str] = []
    deadline = time.monotonic() + 60
    try:
        for line in process.stdout:
            said.append(line)
            # A server of several processes starts those that end anew, for ever.
            if "STARMODEL_MEMORY" in line or "STARMODEL_SECRET_KEY" in line:
                break
            assert time.monotonic() < deadline, "".join(said)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
    return "".join(said)


def test_several_processes_with_state_in_memory_do_not_start() -> None:
    said = run_until_it_ends("live_app:app", "--workers", "2")
    assert "2 processes serve this app" in said
    assert "Counter" in said and 'memory = "per process"' in said
    said = run_until_it_ends("live_app:app", STARMODEL_BUS_URL="redis://127.0.0.1:1/0")
    assert "Several processes may serve this app" in said


def test_several_processes_with_state_in_memory_start_if_that_is_meant() -> None:
    with Server(
        options=["--workers", "2"], environment={"STARMODEL_MEMORY": "per process"}
    ) as server:
        assert server.request("POST", "/counter/increment")[0] == 200
        # To kill the first process would leave its workers behind.
        assert server.stop()[0] == 0

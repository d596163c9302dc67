"""A replica takes the place of a server of Redis that has acknowledged what nobody has any more."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, suppress
from itertools import count
from typing import Any

import pytest
import redis.asyncio
from redis_server import OwnRedisServer

from starmodel.application.documents import document
from starmodel.bus.redis_bus import RedisBus
from starmodel.errors import Conflict, Unavailable
from starmodel.settings import Settings
from starmodel.stores.redis.redis_backend import RedisBackend

from .world import BOARD, Browser, World

PASSWORD = "both-servers"
SECRET = "the key of all nodes, which is long enough"
_CLIENT: Any = redis.asyncio.Redis
DOCUMENT = document.Document(BOARD, [*map(document.field, ("id", "total", "note"))])


class Switch:
    """Where clients reach whichever server is the primary, as with an address that moves.

    Attributes:
        target: The port that new connections are led to.
    """

    def __init__(self, target: int) -> None:
        self.target = target
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[Any]] = set()

    async def __aenter__(self) -> "Switch":
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._server.close()
        for writer in self._writers:
            writer.close()
        await asyncio.gather(*self._tasks)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        with suppress(OSError):
            from_server, to_server = await asyncio.open_connection("127.0.0.1", self.target)
            self._writers.add(to_server)
            await asyncio.gather(_copy(reader, to_server), _copy(from_server, writer))
        writer.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


class Place:
    """A primary and a replica, behind a switch."""

    def __init__(self) -> None:
        common = {"requirepass": PASSWORD, "masterauth": PASSWORD, "repl-diskless-sync-delay": "0"}
        self.old = OwnRedisServer(**common)
        self.new = OwnRedisServer(**common)

    async def ask(self, server: OwnRedisServer, *commands: tuple[str | int, ...]) -> Any:
        """Have a server execute commands, one after the other, and return the last answer."""
        client = _CLIENT.from_url(server.url, single_connection_client=True)
        try:
            return [await client.execute_command(*command) for command in commands][-1]
        finally:
            await client.aclose()

    async def follow(self, server: OwnRedisServer, primary: OwnRedisServer) -> None:
        """Have a server be the replica of another, and wait until it has all of that."""
        await self.ask(server, ("REPLICAOF", "127.0.0.1", primary.port))
        await self.replicate(primary)

    async def replicate(self, primary: OwnRedisServer) -> None:
        """Wait until the replica has all that its primary has."""

        async def is_there() -> bool:
            # It waits for what its own connection has written.
            return await self.ask(primary, ("SET", "written", 1), ("WAIT", 1, 1000)) == 1

        await until(is_there)

    def url(self, switch: Switch) -> str:
        """The URL under which whichever is the primary is reached."""
        return f"redis://:{PASSWORD}@127.0.0.1:{switch.port}/0"

    def close(self) -> None:
        self.old.close()
        self.new.close()


@pytest.fixture
def place() -> Generator[Place]:
    place = Place()
    yield place
    place.close()


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await condition():
            await asyncio.sleep(0.01)


@asynccontextmanager
async def node(url: str) -> AsyncGenerator[World]:
    store = RedisBackend(url, [DOCUMENT])
    bus = RedisBus(store.bus_url, lambda: [SECRET])
    # So that no comparison by the clock heals anything.
    world = World(settings=Settings(live_keep_alive=100), store=store, bus=bus)
    async with world.services, world:
        yield world


async def add(world: World, number: int = 0) -> int:
    """Add one, append a number, and return the version."""
    async with world.services.unit_of_work() as work:
        for _ in work.attempts():
            board = await work.load(BOARD)
            board.total += 1
            board.note += f" {number}"
            outcome = await work.commit(board, "add", {}, None)
            if outcome is not None:
                return outcome.version
        raise work.last_conflict


async def all_show(pages: list[Browser], total: int) -> None:
    """Wait until all pages show a number."""

    async def show() -> bool:
        for page in pages:
            await page.settle()
        return all(page.signals["board"]["total"] == total for page in pages)

    await until(show)


@asynccontextmanager
async def replicated_nodes(place: Place) -> AsyncGenerator[tuple[Switch, World, World]]:
    """Serve two nodes from the old server, which the new one follows, through a proxy that switches."""
    await place.follow(place.new, place.old)
    async with (
        Switch(place.old.port) as switch,
        node(place.url(switch)) as one,
        node(place.url(switch)) as other,
    ):
        yield switch, one, other


@pytest.mark.parametrize("way", ["killed", "demoted"])
async def test_pages_show_what_is_left_after_a_failover(place: Place, way: str) -> None:
    async with replicated_nodes(place) as (switch, one, other):
        pages = [await world.browse("board") for world in (one, other)]
        for _ in range(3):
            await add(one)
        await place.replicate(place.old)
        # From here on nothing is replicated.
        await place.ask(place.new, ("REPLICAOF", "NO", "ONE"))
        lost = [await add(one), await add(other)]
        await all_show(pages, 5)
        switch.target = place.new.port
        if way == "killed":
            place.old.kill()
        else:
            # Nobody tells those who are connected.
            await place.follow(place.old, place.new)
        await all_show(pages, 3)
        assert await add(other) > max(lost)
        await all_show(pages, 4)


async def test_what_is_saved_on_the_new_server_is_there(place: Place) -> None:
    async with replicated_nodes(place) as (switch, one, other):
        pages = [await world.browse("board") for world in (one, other)]
        saved: set[int] = set()
        numbers = count(1)
        is_over = False

        async def work(world: World) -> None:
            while not is_over:
                number = next(numbers)
                try:
                    await add(world, number)
                except (Unavailable, Conflict):
                    await asyncio.sleep(0.01)
                else:
                    saved.add(number)

        async def some_are_saved() -> bool:
            return len([number for number in saved if number > begin]) > 20

        tasks = [asyncio.create_task(work(world)) for world in (one, other) * 4]
        begin = 0
        await until(some_are_saved)
        await place.replicate(place.old)
        await place.ask(place.new, ("REPLICAOF", "NO", "ONE"))
        begin = next(numbers)
        await until(some_are_saved)
        switch.target = place.new.port
        await place.follow(place.old, place.new)
        # Whoever begins now is told the truth.
        begin = next(numbers)
        await until(some_are_saved)
        is_over = True
        await asyncio.gather(*tasks)
        board = (await one.services.read(BOARD)).entity
        kept = [int(number) for number in board.note.split()]
        assert len({*kept}) == len(kept) == board.total
        missing = [number for number in saved if number not in kept]
        assert missing and max(missing) < begin
        await all_show(pages, board.total)

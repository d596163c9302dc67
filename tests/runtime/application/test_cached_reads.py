"""A cache in front of a store: nobody who was told of a change is shown what was before."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Mapping
from contextvars import ContextVar
from typing import ClassVar
from uuid import uuid4

import pytest
from ports import free_port

from starmodel import Access, Entity, EntityDefinition, MemoryRepo, Scope, StateStore
from starmodel.application import Key, PersistenceManager, Services, Stored, Write
from starmodel.application.caching import cached_reads
from starmodel.application.caching.cached_reads import CachedReads
from starmodel.application.caching.entity_cache import EntityCache
from starmodel.application.documents import document
from starmodel.bus.in_process import InProcessBus
from starmodel.bus.redis_bus import RedisBus
from starmodel.domain import ANONYMOUS, CommandRecord
from starmodel.errors import NotFound, Unavailable
from starmodel.stores.memory_cache import MemoryCache
from starmodel.stores.redis.redis_cache import RedisCache

RACES = 1_500
AT_ONCE = 250


class Tally(Entity):
    count: int = 0


TALLY = EntityDefinition(
    Tally,
    name="tally",
    namespace="tally",
    store=StateStore.SERVER_MEMORY,
    scope=Scope.RECORD,
    state=lambda tally: {"count": tally.count},
    access=Access.PUBLIC,
    cache="memory",
)
DOCUMENT = document.Document(TALLY, [document.field("id"), document.field("count")])


IS_SLOW: ContextVar[bool] = ContextVar("is_slow", default=False)


class SlowRepo(MemoryRepo):
    """Answers some as a database does: what was read may be old when it arrives."""

    is_immediate: ClassVar[bool] = False
    reads = 0

    async def load(self, key: Key) -> Stored | None:
        self.reads += 1
        found = await super().load(key)
        if IS_SLOW.get():
            await asyncio.sleep(random.random() * 0.004)
        return found


class World:
    """The services of one node."""

    def __init__(self, store: MemoryRepo, cache: EntityCache, bus: InProcessBus) -> None:
        self.store = store
        self.cache = cache
        self.bus = bus
        self.reads = CachedReads({"tally": cache}, {"tally": "record"})
        self.services = Services(
            PersistenceManager({StateStore.SERVER_MEMORY: store}),
            bus,
            definitions=[TALLY],
            cached_reads=self.reads,
        )

    async def make(self, id: str) -> None:
        async with self.services.unit_of_work() as work:
            tally = Tally(id=id)
            work.add(TALLY, tally)
            await work.commit(tally, "make", {})

    async def increase(self, id: str) -> int:
        """Run an event, and return what it is acknowledged with."""
        async with self.services.unit_of_work() as work:
            for _ in work.attempts():
                tally = await work.load(TALLY, id)
                tally.count += 1
                outcome = await work.commit(tally, "increase", {})
                if outcome is not None:
                    return outcome.version
            raise work.last_conflict

    async def count(self, id: str) -> int:
        return (await self.services.read(TALLY, id)).entity.count


@pytest.fixture
async def world() -> AsyncIterator[World]:
    world = World(SlowRepo(), MemoryCache(60.0), InProcessBus())
    async with world.services:
        yield world


@pytest.fixture
async def shared(redis_url: str) -> AsyncIterator[World]:
    cache = RedisCache(redis_url, [DOCUMENT], 60.0, prefix=f"test-{uuid4().hex}")
    world = World(SlowRepo(), cache, InProcessBus())
    async with world.services:
        yield world


async def race(world: World, id: str) -> int:
    """Have two read while one changes; return how many are stale from then on."""
    await world.make(id)

    async def read() -> None:
        IS_SLOW.set(True)
        await asyncio.sleep(random.random() * 0.003)
        await world.count(id)

    async def write() -> int:
        await asyncio.sleep(random.random() * 0.004)
        version = await world.increase(id)
        # It is acknowledged: whoever asks from now on sees it.
        seen = await world.services.read(TALLY, id)
        return seen.version < version or seen.entity.count != 1

    _, _, stale = await asyncio.gather(read(), read(), write())
    return stale or await world.count(id) != 1


async def races(world: World) -> int:
    stale = 0
    for start in range(0, RACES, AT_ONCE):
        numbers = range(start, min(RACES, start + AT_ONCE))
        stale += sum(await asyncio.gather(*(race(world, f"t{each}") for each in numbers)))
    return stale


async def test_1500_races_leave_nothing_stale(world: World) -> None:
    assert await races(world) == 0


async def test_1500_races_leave_nothing_stale_in_redis(shared: World) -> None:
    assert await races(shared) == 0


async def test_whoever_read_before_a_commit_fills_nothing_after_it() -> None:
    store = HeldRepo()
    world = World(store, MemoryCache(60.0), InProcessBus())
    async with world.services:
        await world.make("a")
        reading = asyncio.create_task(world.count("a"))
        answer = await store.held()
        await world.increase("a")
        answer.set()
        assert await reading == 0
        assert await world.count("a") == 1


async def test_what_is_read_again_is_not_asked_of_the_store(world: World) -> None:
    assert isinstance(world.store, SlowRepo)
    await world.make("a")
    for _ in range(5):
        assert await world.count("a") == 0
    assert world.store.reads == 1
    await world.increase("a")
    for _ in range(5):
        assert await world.count("a") == 1
    # The event has asked as well.
    assert world.store.reads == 3


async def test_what_was_deleted_is_not_there(world: World) -> None:
    await world.make("a")
    assert await world.count("a") == 0
    async with world.services.unit_of_work() as work:
        tally = await work.load(TALLY, "a")
        work.delete(tally)
        await work.commit(tally, "remove", {})
    with pytest.raises(NotFound):
        await world.count("a")


async def test_another_node_is_told_by_the_bus(world: World) -> None:
    bus = LossyBus()
    here = World(world.store, MemoryCache(60.0), bus)
    async with here.services:
        await world.make("a")
        assert await here.count("a") == 0
        await world.increase("a")
        assert await here.count("a") == 0  # nobody has told it yet
        version = await world.store.version(TALLY.key("a"))
        hint = CommandRecord("tally", "a", "increase", {}, ANONYMOUS, 0.0, version, ("count",))
        await bus.publish(hint)
        assert await here.count("a") == 1

        await world.increase("a")
        bus.lose()
        assert await here.count("a") == 2

        await world.increase("a")
        bus.connected = False
        assert await here.count("a") == 3


async def test_two_nodes_tell_each_other_by_a_real_bus(redis_url: str) -> None:
    store, channel = MemoryRepo(), f"{redis_url}?channel=test-{uuid4().hex}"
    nodes = [
        World(store, MemoryCache(60.0), RedisBus(channel, lambda: ["secret"])) for _ in range(2)
    ]
    one, two = nodes
    async with one.services, two.services:
        await one.make("a")
        for count in range(20):
            async with asyncio.timeout(60):
                while await two.count("a") != count:
                    await asyncio.sleep(0.001)
            assert await one.count("a") == count
            await one.increase("a")
            # Whoever was told sees it at once.
            assert await one.count("a") == count + 1


async def test_what_changed_long_ago_is_not_shown_either(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cached_reads, "REMEMBERED", 3)
    bus = LossyBus()
    here = World(world.store, MemoryCache(60.0), bus)
    async with here.services:
        await world.make("a")
        assert await here.count("a") == 0
        await world.increase("a")
        version = await world.store.version(TALLY.key("a"))
        for id in "abcdef":
            hint = CommandRecord("tally", id, "increase", {}, ANONYMOUS, 0.0, version, ("count",))
            await bus.publish(hint)
        assert await here.count("a") == 1


async def test_what_was_read_before_a_loss_is_not_kept_after_it() -> None:
    bus, store = LossyBus(), HeldRepo()
    here = World(store, MemoryCache(60.0), bus)
    async with here.services:
        await here.make("a")
        await here.make("b")
        reading = asyncio.create_task(here.count("a"))
        answer = await store.held()
        await store.commit([Write(TALLY.key("a"), {"id": "a", "count": 7}, 1)])
        bus.lose()
        # Whoever asks next has the cache emptied, and that before the answer is there.
        await here.count("b")
        answer.set()
        assert await reading == 0
        assert await here.count("a") == 7


class HeldRepo(MemoryRepo):
    """Holds back the answer to the first who asks."""

    is_immediate: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__()
        self._is_read, self._answer = asyncio.Event(), asyncio.Event()

    async def load(self, key: Key) -> Stored | None:
        found = await super().load(key)
        if not self._is_read.is_set():
            self._is_read.set()
            await self._answer.wait()
        return found

    async def held(self) -> asyncio.Event:
        """Wait until somebody has asked; what is returned lets the answer go."""
        await self._is_read.wait()
        return self._answer


class LossyBus(InProcessBus):
    """A bus between nodes that may be away."""

    connected = True

    @property
    def is_connected(self) -> bool:
        return self.connected

    def subscribe(self, handler, *, everywhere=False, lost=None):  # pyright: ignore
        if lost is not None:
            self.lose = lambda: lost("It was away.")
        return super().subscribe(handler)


class AwayCache(MemoryCache):
    """A cache that all share, and that may be away."""

    is_shared: ClassVar[bool] = True
    is_away = False
    asked = 0

    async def get(self, key: Key) -> Stored | None:
        self._ask()
        return await super().get(key)

    async def put(self, key: Key, version: int, values: Mapping[str, object] | None) -> None:
        self._ask()
        await super().put(key, version, values)

    def _ask(self) -> None:
        self.asked += 1
        if self.is_away:
            raise Unavailable(1.0) from ConnectionError("refused")


async def test_a_cache_that_is_away_is_told_later_and_said_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(cached_reads, "PAUSE", 3600.0)
    caplog.set_level(logging.INFO, "starmodel.cache")
    cache = AwayCache(60.0)
    world = World(MemoryRepo(), cache, InProcessBus())
    async with world.services:
        await world.make("a")
        assert await world.count("a") == 0
        cache.is_away = True
        await world.increase("a")
        asked = cache.asked
        for _ in range(3):
            assert await world.count("a") == 1
        assert cache.asked == asked
        assert [record.levelname for record in caplog.records] == ["WARNING"]
        # It is back, with what it had.
        cache.is_away = False
        assert (await MemoryCache.get(cache, TALLY.key("a"))) is not None
        other = World(world.store, cache, InProcessBus())
        monkeypatch.setattr(cached_reads, "time", Later)
        assert await world.count("a") == 1
        assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
        async with other.services:
            assert await other.count("a") == 1


async def test_a_server_that_is_not_there_is_no_obstacle(caplog: pytest.LogCaptureFixture) -> None:
    cache = RedisCache(f"redis://127.0.0.1:{free_port()}/0", [DOCUMENT], 60.0)
    world = World(MemoryRepo(), cache, InProcessBus())
    async with world.services:
        await world.make("a")
        for count in range(3):
            assert await world.count("a") == count
            await world.increase("a")
    [said] = [record for record in caplog.records if record.name == "starmodel.cache"]
    assert "The cache is away" in said.message


class Later:
    """The time when a cache is asked again."""

    @staticmethod
    def monotonic() -> float:
        return float("inf")


async def test_the_memory_of_a_process_keeps_what_was_asked_for_last() -> None:
    cache = MemoryCache(60.0, max_entries=2)
    keys = [TALLY.key(each) for each in "abc"]
    for key in keys[:2]:
        await cache.put(key, 1, {"count": 1})
    assert await cache.get(keys[0]) is not None
    await cache.put(keys[2], 1, {"count": 1})
    assert [await cache.get(key) is not None for key in keys] == [True, False, True]


async def test_without_a_bus_there_is_no_cache() -> None:
    """Services that were not opened hear of nothing."""
    world = World(MemoryRepo(), MemoryCache(60.0), InProcessBus())
    await world.make("a")
    assert await world.count("a") == 0
    await world.increase("a")
    assert await world.count("a") == 1

"""Entities in Redis: full and restarted servers, lost connections, many who want the same."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
import redis.asyncio
from redis_server import OwnRedisServer, OwnSentinel

from starmodel import (
    Access,
    CommandRecord,
    Entity,
    Field,
    InProcessBus,
    PersistenceManager,
    Scope,
    StateStore,
)
from starmodel.application import EntityDefinition, Key, Services, Write
from starmodel.application.documents import document
from starmodel.application.outbox_relay import OutboxRelay
from starmodel.domain import ANONYMOUS
from starmodel.errors import ConfigurationError, Conflict, InvalidState, StoreFull, Unavailable
from starmodel.stores.redis import redis_backend, redis_connection
from starmodel.stores.redis.redis_backend import RedisBackend


class Tally(Entity):
    """A number that grows."""

    total: int = 0
    note: str = Field(default="", max_length=1_000_000)
    ratio: float = 0.5
    extra: Any = None


def tally_state(tally: Tally) -> Mapping[str, object]:
    return {"total": tally.total, "note": tally.note}


TALLY = EntityDefinition(
    Tally,
    name="tally",
    namespace="tally",
    store=StateStore.SERVER_REDIS,
    scope=Scope.GLOBAL,
    state=tally_state,
    access=Access.PUBLIC,
)
DOCTOR = EntityDefinition(
    Tally,
    name="doctor",
    namespace="doctor",
    store=StateStore.SERVER_REDIS,
    scope=Scope.SESSION,
    state=tally_state,
)
FIELDS = [*map(document.field, ("id", "total", "note", "ratio")), document.anything("extra")]
DOCUMENTS = [document.Document(each, FIELDS) for each in (TALLY, DOCTOR)]
KEY = TALLY.key("")


def make(url: str, prefix: str | None = None) -> RedisBackend:
    return RedisBackend(url, DOCUMENTS, prefix=prefix or f"test-{uuid4().hex}")


@asynccontextmanager
async def opened(url: str, prefix: str | None = None) -> AsyncGenerator[Services]:
    bus = InProcessBus()
    store = make(url, prefix)
    services = Services(
        PersistenceManager({StateStore.SERVER_REDIS: store}), bus, definitions=[TALLY]
    )
    await services.open()
    try:
        yield services
    finally:
        await services.close()


def store_of(services: Services) -> RedisBackend:
    store = services.persistence.backend_for(TALLY)
    assert isinstance(store, RedisBackend)
    return store


async def add(services: Services, by: int = 1) -> int:
    async with services.unit_of_work() as work:
        for _ in work.attempts():
            tally = await work.load(TALLY)
            tally.total += by
            outcome = await work.commit(tally, "add", {}, None)
            if outcome is not None:
                return outcome.version
        raise work.last_conflict


async def test_an_event_is_saved_told_and_forgotten(redis_url: str) -> None:
    async with opened(redis_url) as services:
        records: list[CommandRecord] = []
        services.bus.subscribe(records.append)
        first = await add(services, 3)
        second = await add(services, 4)
        assert [(each.previous, each.version) for each in records] == [(0, first), (first, second)]
        # Microseconds since 1970, so that JavaScript reads them exactly.
        assert 1.7e15 < first < second < 2**53
        snapshot = await services.read(TALLY)
        assert (snapshot.entity.total, snapshot.version) == (7, second)
        await asyncio.sleep(0.05)
        assert await store_of(services).pending(0) == []


class Ticket(Entity):
    """What has a running number."""

    id: int | None = Field(default=None, primary_key=True)  # pyright: ignore
    name: str = ""


async def test_records_are_numbered(redis_url: str) -> None:
    ticket = EntityDefinition(
        Ticket,
        name="ticket",
        namespace="ticket",
        store=StateStore.SERVER_REDIS,
        scope=Scope.RECORD,
        state=lambda one: {"id": one.id},
        access=Access.PUBLIC,
    )
    documents = [document.Document(ticket, [*map(document.field, ("id", "name"))])]
    store = RedisBackend(redis_url, documents, prefix=f"test-{uuid4().hex}")
    stores = PersistenceManager({StateStore.SERVER_REDIS: store})
    services = Services(stores, InProcessBus(), definitions=[ticket])

    async def make(*numbers: int | None) -> list[int | None]:
        async with services.unit_of_work(ANONYMOUS) as work:
            tickets = [Ticket(id=number) for number in numbers]
            for one in tickets:
                work.add(one)
            assert await work.commit(tickets[0], "make", {}) is not None
            return [one.id for one in tickets]

    await store.open()
    try:
        assert await make(None, None) == [1, 2]
        assert await make(None, 10**16 + 1, None) == [10**16 + 2, 10**16 + 1, 10**16 + 3]
        async with services.unit_of_work(ANONYMOUS) as work:
            one = await work.load(Ticket, 2, lock=True)
            work.delete(one)
            work.add(other := Ticket())
            await work.flush()
            assert await work.commit(one, "replace", {}) is not None
        assert other.id == 10**16 + 4
        found = await asyncio.gather(*(make(None) for _ in range(20)))
        assert sorted(found) == [[10**16 + 5 + place] for place in range(20)]
    finally:
        await store.close()


async def test_what_json_cannot_keep_is_refused(redis_url: str) -> None:
    async with opened(redis_url) as services:
        store = store_of(services)
        whole = {"id": "", "total": 1, "note": "", "ratio": 0.5, "extra": None}
        for name, value in (("ratio", float("nan")), ("extra", (1,)), ("note", "\ud800")):
            with pytest.raises(InvalidState) as caught:
                await store.commit([Write(KEY, {**whole, name: value}, 0)])
            assert [error.name for error in caught.value.errors] == [name]
        assert await store.load(KEY) is None


async def test_documents_follow_their_entity(redis_url: str) -> None:
    prefix = f"test-{uuid4().hex}"
    client: Any = redis.asyncio.Redis.from_url(redis_url)  # pyright: ignore
    store = make(redis_url, prefix)
    await store.open()
    await client.set(store.name(KEY), b'7 {"id":"","total":3,"gone":1}')
    stored = await store.load(KEY)
    assert stored is not None and stored.version == 7
    assert stored.values == {"id": "", "total": 3, "note": "", "ratio": 0.5, "extra": None}
    [version] = await store.commit([Write(KEY, stored.values, 7)])
    kept = await client.get(store.name(KEY))
    assert json.loads(kept.partition(b" ")[2]) == stored.values and version > 7
    await store.close()

    renamed = document.Document(
        TALLY, [document.field("id"), document.field("note", renamed_from="total")]
    )
    assert renamed.read('{"id": "", "total": "x"}') == {"id": "", "note": "x"}
    # What was called so is no other field: it would be read again by a node of the release before.
    assert renamed.load('{"id": "", "total": "x", "more": 1}', 1).unknown_fields == {"more": 1}
    needed = EntityDefinition(
        Needed,
        name="needed",
        namespace="needed",
        store=StateStore.SERVER_REDIS,
        scope=Scope.GLOBAL,
        state=lambda needed: {},
        access=Access.PUBLIC,
    )
    with pytest.raises(ConfigurationError, match="the field name, which has no default"):
        document.Document(needed, [document.field("id"), document.field("name")]).read('{"id": ""}')
    await client.aclose()


class Needed(Entity):
    name: str


async def test_what_another_release_has_saved_is_kept(redis_url: str) -> None:
    """Nodes are replaced one after the other, so both releases save the same entity for a while."""
    prefix = f"test-{uuid4().hex}"
    client: Any = redis.asyncio.Redis.from_url(redis_url)  # pyright: ignore
    async with opened(redis_url, prefix) as services:
        name = store_of(services).name(KEY)

        async def kept() -> Any:
            return json.loads((await client.get(name)).partition(b" ")[2])

        await client.set(name, b'7 {"id":"","total":3,"note":"","mood":{"good":[1.5]}}')
        await add(services)
        await add(services)
        async with services.unit_of_work() as work:
            tally = await work.load(TALLY)
            for _ in range(2):
                # As the steps of a generator are saved.
                tally.total += 1
                await work.commit(tally, "step", {}, None)
        assert (await kept())["total"] == 7
        assert (await kept())["mood"] == {"good": [1.5]}
        async with services.unit_of_work() as work:
            tally = await work.load(TALLY)
            work.delete(tally)
            await work.commit(tally, "forget", {}, None)
        await add(services)
        assert "mood" not in await kept()
    await client.aclose()


async def test_many_who_want_the_same_are_all_counted(redis_url: str) -> None:
    prefix = f"test-{uuid4().hex}"
    async with opened(redis_url, prefix) as one, opened(redis_url, prefix) as other:

        async def work(services: Services) -> list[object]:
            done: list[object] = []
            for _ in range(10):
                try:
                    done.append(await add(services))
                except Conflict as conflict:
                    done.append(conflict)
            return done

        nodes = [one, other] * 16
        results = await asyncio.gather(*map(work, nodes))
        done = [each for result in results for each in result]
        versions = [each for each in done if isinstance(each, int)]
        assert (await one.read(TALLY)).entity.total == len(versions) == len({*versions})
        assert len(done) - len(versions) <= 0.05 * len(done)


@pytest.mark.parametrize("locked", ["", "a", "ab"])
async def test_what_was_locked_and_only_read_is_compared(
    redis_url: str, locked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two doctors one has to stay, also where a lease is over before the event is."""
    monkeypatch.setattr(redis_backend, "LEASE_SECONDS", 0.01)
    prefix = f"test-{uuid4().hex}"
    async with opened(redis_url, prefix) as one, opened(redis_url, prefix) as other:
        for holder in "ab":
            values = {"id": holder, "total": 1, "note": "", "ratio": 0.5, "extra": None}
            await store_of(one).commit([Write(DOCTOR.key(holder), values, 0)])

        async def leave(services: Services, mine: str, theirs: str) -> str:
            async with services.unit_of_work() as work:
                for _ in work.attempts():
                    me = await work.load(DOCTOR, mine, lock="a" in locked)
                    them = await work.load(DOCTOR, theirs, lock="b" in locked)
                    await asyncio.sleep(0.05)
                    if not them.total:
                        return "stays"
                    me.total = 0
                    if await work.commit(me, "leave", {}, None):
                        return "left"
                raise work.last_conflict

        turns = leave(one, "a", "b"), leave(other, "b", "a")
        assert sorted(await asyncio.gather(*turns)) == ["left", "stays"]


async def test_connections_that_are_lost_lose_nothing(redis_url: str) -> None:
    prefix = f"test-{uuid4().hex}"
    client: Any = redis.asyncio.Redis.from_url(redis_url)  # pyright: ignore
    async with opened(redis_url, prefix) as one, opened(redis_url, prefix) as other:
        acknowledged = unknown = 0
        is_over = False

        async def work(services: Services) -> None:
            nonlocal acknowledged, unknown
            while not is_over:
                try:
                    await add(services)
                except Unavailable:
                    unknown += 1
                except Conflict:
                    pass
                else:
                    acknowledged += 1

        workers = [asyncio.create_task(work(node)) for node in [one, other] * 4]
        for _ in range(8):
            await asyncio.sleep(0.15)
            await client.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        while acknowledged <= 100:
            await asyncio.sleep(0.05)
        is_over = True
        await asyncio.gather(*workers)
        total = (await one.read(TALLY)).entity.total
        assert acknowledged <= total <= acknowledged + unknown
    await client.aclose()


async def test_what_cannot_be_sent_fails_for_who_asked_alone(redis_url: str) -> None:
    store = make(redis_url)
    await store.open()
    bad = Key("doctor", "session", "\ud800")
    good = [Key("doctor", "session", str(number)) for number in range(250)]
    found = await asyncio.gather(*map(store.load, [bad, *good]), return_exceptions=True)
    assert isinstance(found[0], UnicodeEncodeError) and found[1:] == [None] * 250
    await store.close()


async def test_who_waits_no_longer_takes_nothing_from_others(redis_url: str) -> None:
    store = make(redis_url)
    await store.open()
    values = {"id": "", "total": 1, "note": "", "ratio": 0.5, "extra": None}
    await store.commit([Write(DOCTOR.key("here"), values, 0)])
    tasks = [
        asyncio.create_task(store.load(DOCTOR.key("here" if number % 3 else "gone")))
        for number in range(60)
    ]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    for number, each in enumerate(found):
        if number % 2 == 0:
            assert isinstance(each, asyncio.CancelledError)
        else:
            assert (each is not None) == bool(number % 3)
    await store.close()


async def test_a_server_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_connection, "SECONDS", 0.05)
    connections: list[asyncio.StreamWriter] = []

    def connected(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(writer)

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(Unavailable) as caught:
        await make(f"redis://127.0.0.1:{port}/0").open()
    assert caught.value.reason.endswith("There was no answer within 0.05 s.")
    assert len(connections) == 1
    # It is not asked twice.
    with pytest.raises(Unavailable):
        await make(f"redis://127.0.0.1:{port}/0").load(KEY)
    assert len(connections) == 2
    for writer in connections:
        writer.close()
    server.close()


class FailingBus(InProcessBus):
    is_up = False

    async def publish(self, record: CommandRecord) -> None:
        if not self.is_up:
            raise RuntimeError("down")
        await super().publish(record)


async def test_what_the_bus_did_not_take_is_published_later(redis_url: str) -> None:
    bus, store = FailingBus(), make(redis_url)
    records: list[CommandRecord] = []
    bus.subscribe(records.append)
    services = Services(
        PersistenceManager({StateStore.SERVER_REDIS: store}), bus, definitions=[TALLY]
    )
    await services.open()
    try:
        version = await add(services)
        assert records == []
        bus.is_up = True
        assert await OutboxRelay(services.persistence, bus, grace=0).publish() == 1
        assert [each.version for each in records] == [version]
    finally:
        await services.close()


async def test_what_is_left_in_the_outbox_is_published_once(redis_url: str) -> None:
    prefix = f"test-{uuid4().hex}"
    store = make(redis_url, prefix)
    await store.open()
    left = [
        CommandRecord("tally", str(number), "left", {}, ANONYMOUS, 1.0, 5, ())
        for number in range(900)
    ]
    for start in range(0, 900, 300):
        await store.commit_event([], left[start : start + 300])
    nodes = [make(redis_url, prefix) for _ in range(3)]
    told: list[str] = []

    async def relay(node: RedisBackend) -> int:
        await node.open()
        bus = InProcessBus()
        bus.subscribe(lambda record: told.append(record.id))
        persistence = PersistenceManager({StateStore.SERVER_REDIS: node})
        return await OutboxRelay(persistence, bus, grace=0.0).publish()

    assert sum(await asyncio.gather(*map(relay, nodes))) == 900
    assert sorted(told) == sorted(each.id for each in left)
    for node in [store, *nodes]:
        await node.close()


async def test_what_was_published_while_connections_break_is_told_once(redis_url: str) -> None:
    store = make(redis_url)
    await store.open()
    client: Any = redis.asyncio.Redis.from_url(redis_url)  # pyright: ignore
    refusals = [ConnectionError(), ConnectionError()]

    async def away(*command: str | int) -> None:
        raise Unavailable(1.0) from refusals.pop()

    record = CommandRecord("tally", "", "add", {}, ANONYMOUS, 1.0, 5, ())
    [ticket] = (await store.commit_event([], [record])).outbox_ids
    ask, store.ask = store.ask, away
    store.published([ticket])
    while len(refusals) == 2:
        await asyncio.sleep(0.001)
    # It is there still, and this process knows better than to tell of it again.
    assert await client.xlen(f"{store.name(KEY).split(':')[0]}:outbox") == 1
    assert await store.pending(0) == []
    while refusals:
        await asyncio.sleep(0.001)
    store.ask = ask
    assert await store.pending(0) == []
    while await store.unpublished(0):
        await asyncio.sleep(0.001)
    await store.close()
    await client.aclose()


async def test_a_server_that_is_killed_and_comes_back_empty(
    own_redis_server: OwnRedisServer,
) -> None:
    async with opened(own_redis_server.database(0)) as services:
        before = await add(services)
        own_redis_server.kill()
        with pytest.raises(Unavailable):
            await add(services)
        with pytest.raises(Unavailable):
            await services.read(TALLY)
        own_redis_server.start()
        # It has forgotten the scripts as well; versions do not go back all the same.
        assert await add(services) > before
        assert (await services.read(TALLY)).entity.total == 1


async def test_a_full_server_says_so_and_still_deletes() -> None:
    server = OwnRedisServer(maxmemory="4mb")
    try:
        store = make(server.database(0))
        await store.open()
        values = {"id": "", "total": 1, "note": "x" * 500_000, "ratio": 0.5, "extra": None}
        versions: dict[str, int] = {}
        with pytest.raises(StoreFull):
            for number in range(100):
                key = Key("doctor", "session", str(number))
                [versions[str(number)]] = await store.commit([Write(key, values, 0)])
        assert versions
        for id, version in versions.items():
            key = Key("doctor", "session", id)
            assert await store.version(key) == version
            await store.commit([Write(key, None, version)])
        await store.close()
    finally:
        server.close()


async def test_a_server_that_may_drop_entities_is_refused() -> None:
    server = OwnRedisServer(**{"maxmemory": "64mb", "maxmemory-policy": "allkeys-lru"})
    try:
        with pytest.raises(ConfigurationError, match="maxmemory-policy allkeys-lru"):
            await make(server.database(0)).open()
    finally:
        server.close()


async def test_a_cluster_is_refused() -> None:
    server = OwnRedisServer(**{"cluster-enabled": "yes"})
    try:
        with pytest.raises(ConfigurationError, match="is a cluster"):
            await make(server.database(0)).open()
    finally:
        server.close()


async def test_a_replica_is_not_written_to() -> None:
    server = OwnRedisServer(replicaof="127.0.0.1 1")
    try:
        with pytest.raises(Unavailable) as caught:
            await make(server.database(0)).open()
        assert "It is a replica, and another server is the primary." in caught.value.reason
    finally:
        server.close()


async def test_a_sentinel_is_refused() -> None:
    for scheme in ("redis+sentinel", "sentinel", "valkey+sentinel"):
        with pytest.raises(ConfigurationError, match="is that of a Sentinel"):
            make(f"{scheme}://127.0.0.1:26379/primary")
    server = OwnSentinel()
    try:
        with pytest.raises(ConfigurationError, match="is that of a Sentinel"):
            await make(server.url).open()
    finally:
        server.close()


async def test_who_may_not_come_in_is_told(redis_url: str) -> None:
    wrong = redis_url.replace("redis://:", "redis://:wrong")
    with pytest.raises(ConfigurationError, match="does not let the app in") as caught:
        await make(wrong).open()
    assert "wrong" not in str(caught.value)
    with pytest.raises(Unavailable):
        await make("redis://127.0.0.1:1/0").open()
    with pytest.raises(ConfigurationError, match="no URL of Redis"):
        make("redis://host:port/0")


async def test_who_may_no_longer_come_in_waits(own_redis_server: OwnRedisServer) -> None:
    """A password is changed while the app runs."""
    client: Any = redis.asyncio.Redis.from_url(own_redis_server.url)  # pyright: ignore
    async with opened(own_redis_server.database(0)) as services:
        await add(services)
        password = (await client.config_get("requirepass"))["requirepass"]
        await client.config_set("requirepass", "another")
        await client.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        for work in (add(services), services.read(TALLY)):
            with pytest.raises(Unavailable) as caught:
                await work
            assert "password" in caught.value.reason
        await client.config_set("requirepass", password)
        assert await add(services) > 0
    await client.aclose()

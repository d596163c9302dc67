"""What only the store in memory promises: bounds, and who has to go."""

import asyncio
from collections.abc import Sized
from contextlib import suppress

import pytest

from starmodel import MemoryRepo
from starmodel.application import Key, Write
from starmodel.errors import Conflict, LockContention, StoreFull


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def session(number: int) -> Key:
    return Key("counter", "session", str(number))


def product(number: int) -> Key:
    return Key("product", "record", str(number))


async def put(store: MemoryRepo, key: Key, ttl: float | None = None) -> int:
    [version] = await store.commit([Write(key, {"n": 1}, await store.version(key), ttl)])
    return version


async def kept(store: MemoryRepo, keys: list[Key]) -> list[Key]:
    return [key for key in keys if await store.load(key) is not None]


async def test_the_session_saved_longest_ago_goes_first() -> None:
    store = MemoryRepo(max_entries=3)
    keys = [session(number) for number in range(5)]
    for key in keys[:3]:
        await put(store, key)
    await put(store, keys[0])
    await put(store, keys[3])
    assert await kept(store, keys) == [keys[0], keys[2], keys[3]]
    await put(store, keys[4])
    assert await kept(store, keys) == [keys[0], keys[3], keys[4]]
    assert len(store) == 3


async def test_what_has_expired_goes_before_any_session() -> None:
    clock = Clock()
    store = MemoryRepo(max_entries=3, clock=clock)
    await put(store, session(1))
    await put(store, product(1), ttl=5)
    await put(store, session(2))
    clock.now = 6
    await put(store, session(3))
    keys = [session(1), session(2), session(3)]
    assert await kept(store, keys) == keys


async def test_records_are_never_dropped_and_nothing_happens_where_there_is_no_room() -> None:
    store = MemoryRepo(max_entries=3)
    await put(store, product(1))
    await put(store, product(2))
    await put(store, session(1))
    at_one = await store.version(product(1))
    # The session is written too, so only nothing could be dropped for two more.
    writes = [
        Write(product(1), {"n": 2}, at_one),
        Write(session(1), {"n": 2}, await store.version(session(1))),
        Write(product(3), {"n": 2}, 0),
    ]
    with pytest.raises(StoreFull) as caught:
        await store.commit(writes)
    assert caught.value.limit == 3
    assert await store.version(product(1)) == at_one
    assert await store.load(session(1)) is not None

    await put(store, product(3))
    assert await store.load(session(1)) is None
    with pytest.raises(StoreFull):
        await put(store, product(4))
    await put(store, product(1))
    await store.commit([Write(product(2), None, await store.version(product(2)))])
    await put(store, product(4))


async def test_a_version_never_goes_back_after_an_eviction() -> None:
    store = MemoryRepo(max_entries=1)
    high = 0
    for _ in range(10):
        high = await put(store, session(1))
    await put(store, session(2))
    assert await store.load(session(1)) is None
    assert await put(store, session(1)) > high


async def test_saving_and_deleting_for_ever_keeps_nothing() -> None:
    store = MemoryRepo(max_entries=100, clock=lambda: 0.0)
    for number in range(3000):
        version = await put(store, session(number), ttl=1000)
        if number % 2:
            await store.commit([Write(session(number), None, version)])
    assert len(store) <= 100
    held = [thing for thing in vars(store).values() if isinstance(thing, Sized)]
    assert all(len(thing) <= 1300 for thing in held)


async def test_a_large_store_evicts_without_searching() -> None:
    store = MemoryRepo(max_entries=20_000)
    for number in range(60_000):
        await put(store, session(number))
    assert 19_000 <= len(store) <= 20_000
    assert await store.load(session(59_999)) is not None


async def test_what_is_locked_is_changed_by_its_task_alone() -> None:
    store = MemoryRepo()
    await put(store, product(1))
    order: list[str] = []

    async def other(name: str) -> None:
        order.append(f"{name} comes")
        with suppress(Conflict):
            await store.commit([Write(product(1), {"n": name}, 1)])
        order.append(f"{name} is done")

    async with store.transaction() as view:
        stored = await view.lock(product(1))
        assert stored is not None and stored.version == 1
        others = [asyncio.ensure_future(other(name)) for name in ("ann", "bob")]
        for _ in range(5):
            await asyncio.sleep(0)
        # Others are not kept from anything else, nor from reading.
        await put(store, product(2))
        assert (await store.version(product(1))) == 1
        assert await view.commit([Write(product(1), {"n": "own"}, 1)]) == [2]
        order.append("own is done")
    await asyncio.gather(*others)
    assert order == ["ann comes", "bob comes", "own is done", "ann is done", "bob is done"]
    entry = await store.load(product(1))
    assert entry is not None and entry.values == {"n": "own"}
    assert vars(store)["_locks"] == {}


async def test_nobody_waits_for_ever_and_whoever_goes_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("starmodel.stores.memory.PATIENCE", 0.01)

    store = MemoryRepo()
    version = await put(store, product(1))
    async with store.transaction() as view:
        await view.lock(product(1))

        async def change() -> None:
            await store.commit([Write(product(1), {"n": 2}, version)])

        with pytest.raises(LockContention):
            await asyncio.create_task(change())
        gone = asyncio.create_task(change())
        await asyncio.sleep(0)
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
    assert await put(store, product(1)) == version + 1
    assert vars(store)["_locks"] == {}


async def test_two_who_hold_what_the_other_wants_do_not_wait_for_each_other() -> None:
    store = MemoryRepo()
    for number in (1, 2):
        await put(store, product(number))
    writes = [Write(product(number), {"n": 2}, 1) for number in (1, 2)]

    async def hold(number: int, both: asyncio.Barrier) -> bool:
        async with store.transaction() as view:
            await view.lock(product(number))
            await both.wait()
            try:
                await view.commit(writes)
            except Conflict:
                return False
            return True

    both = asyncio.Barrier(2)
    done = await asyncio.wait_for(asyncio.gather(hold(1, both), hold(2, both)), 1)
    assert done == [False, False] or sorted(done) == [False, True]
    assert vars(store)["_locks"] == {}

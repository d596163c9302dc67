"""What every store must do, run against each of them.

A new adapter is one line in `STORES`: a function that makes an empty store over a clock. It may
ask for fixtures, such as a database.
"""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from sql_tables import DocumentStore

from starmodel import EntityPersistenceBackend, MemoryRepo
from starmodel.application import Key, Stored, Write
from starmodel.errors import Conflict

MakeStore = Callable[[Callable[[], float], pytest.FixtureRequest], EntityPersistenceBackend]

STORES: dict[str, MakeStore] = {
    "memory": lambda clock, _: MemoryRepo(clock=clock),
    "sqlite": lambda clock, _: DocumentStore("sqlite://", clock=clock),
    "postgresql": lambda clock, request: DocumentStore(
        request.getfixturevalue("postgres_url"), clock=clock
    ),
}

KEY = Key("counter", "session", "s1")
OTHERS = [
    Key("counter", "session", "s2"),
    Key("draft", "user", "s1"),
    Key("tally", "session", "s1"),
    Key("motd", "global", ""),
    Key("poll", "record", "s1"),
]


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


class Opened:
    """A store that is open, and the clock it goes by."""

    def __init__(self, store: EntityPersistenceBackend, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    async def save(
        self, expected: int, key: Key = KEY, ttl: float | None = None, **values: object
    ) -> int:
        [version] = await self.store.commit([Write(key, values, expected, ttl)])
        return version

    async def delete(self, expected: int, key: Key = KEY) -> int:
        [version] = await self.store.commit([Write(key, None, expected)])
        return version

    async def load(self, key: Key = KEY) -> Stored:
        stored = await self.store.load(key)
        assert stored is not None
        return stored


@pytest.fixture(params=STORES.values(), ids=list(STORES))
async def opened(request: pytest.FixtureRequest) -> AsyncIterator[Opened]:
    """An open, empty store."""
    clock = Clock()
    store = request.param(clock, request)

    await store.open()
    try:
        yield Opened(store, clock)
    finally:
        await store.close()


async def test_what_was_never_saved_is_missing(opened: Opened) -> None:
    assert await opened.store.load(KEY) is None
    assert await opened.store.version(KEY) == 0


async def test_what_was_saved_is_there_with_its_version(opened: Opened) -> None:
    values: dict[str, object] = {
        "id": "s1",
        "count": 3,
        "ratio": 0.1,
        "on": True,
        "nothing": None,
        "text": "\x01\n\u2028é",
        "tags": ["a", {"b": [1, 2]}],
    }
    [version] = await opened.store.commit([Write(KEY, values, 0)])
    stored = await opened.load()
    assert dict(stored.values) == values
    assert stored.version == version == await opened.store.version(KEY)
    assert version > 0


async def test_keys_differ_by_entity_and_id(opened: Opened) -> None:
    for number, key in enumerate([KEY, *OTHERS]):
        await opened.save(0, key, number=number)
    for number, key in enumerate([KEY, *OTHERS]):
        assert (await opened.load(key)).values["number"] == number


async def test_a_save_needs_the_version_it_is_based_on(opened: Opened) -> None:
    first = await opened.save(0, count=1)
    second = await opened.save(first, count=2)
    assert second > first
    for expected in (0, first, second + 1):
        with pytest.raises(Conflict) as caught:
            await opened.save(expected, count=9)
        assert (caught.value.entity, caught.value.id) == ("counter", "s1")
    assert (await opened.load()).values == {"count": 2}


async def test_missing_means_version_0(opened: Opened) -> None:
    with pytest.raises(Conflict):
        await opened.save(1, count=1)
    with pytest.raises(Conflict):
        await opened.delete(1)
    assert await opened.store.load(KEY) is None


async def test_what_was_loaded_does_not_change_with_later_saves(opened: Opened) -> None:
    version = await opened.save(0, tags=["a"])
    early = await opened.load()
    await opened.save(version, tags=["b"])
    assert (early.values, early.version) == ({"tags": ["a"]}, version)


async def test_writes_are_carried_out_all_or_none(opened: Opened) -> None:
    one, two, three = OTHERS[:3]
    at_one = await opened.save(0, one, count=1)
    at_two = await opened.save(0, two, count=1)
    stale = [
        Write(one, {"count": 2}, at_one),
        Write(three, {"count": 2}, 0),
        Write(two, None, at_two + 1),
    ]
    with pytest.raises(Conflict):
        await opened.store.commit(stale)
    assert (await opened.load(one)).values == (await opened.load(two)).values == {"count": 1}
    assert await opened.store.version(one) == at_one
    assert await opened.store.load(three) is None

    stale[2] = Write(two, None, at_two)
    versions = await opened.store.commit(stale)
    assert versions[0] == await opened.store.version(one) > at_one
    assert versions[1] == await opened.store.version(three) > 0
    assert versions[2] > at_two
    assert await opened.store.load(two) is None


async def test_of_many_who_save_on_the_same_version_one_wins(opened: Opened) -> None:
    version = await opened.save(0, winner=-1)
    attempts = [opened.save(version, winner=number) for number in range(20)]
    results = await asyncio.gather(*attempts, return_exceptions=True)
    [winner] = [number for number, result in enumerate(results) if isinstance(result, int)]
    assert sum(isinstance(result, Conflict) for result in results) == 19
    assert (await opened.load()).values == {"winner": winner}


async def test_a_version_never_goes_back_when_a_key_comes_back(opened: Opened) -> None:
    version = 0
    for _ in range(5):
        version = await opened.save(version, count=1)
    deleted = await opened.delete(version)
    assert deleted > version
    again = await opened.save(0, count=1)
    assert again > deleted
    assert await opened.save(again, count=2) > again


async def test_an_entry_lives_for_its_ttl_after_the_last_save(opened: Opened) -> None:
    other = OTHERS[0]
    version = await opened.save(0, ttl=10, count=1)
    await opened.save(0, other, count=1)
    opened.clock.now += 9
    version = await opened.save(version, ttl=10, count=2)
    opened.clock.now += 9
    assert (await opened.load()).values == {"count": 2}
    opened.clock.now += 1
    assert await opened.store.load(KEY) is None
    assert await opened.store.version(KEY) == 0
    with pytest.raises(Conflict):
        await opened.save(version, ttl=10, count=3)
    assert await opened.save(0, ttl=10, count=3) > version
    assert (await opened.load(other)).values == {"count": 1}


async def test_the_ttl_may_change_with_every_save(opened: Opened) -> None:
    version = await opened.save(0, ttl=100, count=1)
    version = await opened.save(version, ttl=1, count=2)
    opened.clock.now += 2
    assert await opened.store.delete_expired() == 1
    assert await opened.store.load(KEY) is None

    version = await opened.save(0, ttl=1, count=1)
    await opened.save(version, count=2)
    opened.clock.now += 1000
    assert await opened.store.delete_expired() == 0
    assert (await opened.load()).values == {"count": 2}


async def test_expired_entries_are_swept(opened: Opened) -> None:
    for number, key in enumerate([KEY, *OTHERS]):
        await opened.save(0, key, ttl=10 if number % 2 else None, number=number)
    assert await opened.store.delete_expired() == 0
    opened.clock.now += 10
    assert await opened.store.delete_expired() == 3
    assert await opened.store.delete_expired() == 0
    left = [await opened.store.load(key) is not None for key in [KEY, *OTHERS]]
    assert left == [True, False] * 3

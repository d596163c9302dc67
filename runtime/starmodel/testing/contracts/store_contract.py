"""What a store has to keep to: classes of tests, which are coroutines.

    class TestStore(StoreContract):
        def make(self, clock, request) -> EntityPersistenceBackend:
            return MongoStore("mongodb://127.0.0.1/test", DOCUMENTS, clock=clock)

pytest runs what is derived, with anyio's plugin (`anyio_mode = "auto"`) or pytest-asyncio. A store is
made anew for each test, and has to be empty. It keeps `SAMPLE`, which has a field of each type, and
entities called as `OPEN_ENTITIES`, whose values are whatever JSON has; `DOCUMENTS` are the documents of
all of them.
"""

import asyncio
import json
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, ClassVar
from uuid import UUID

import pytest
from pydantic import AwareDatetime, BaseModel

from starmodel.application import EntityDefinition, EntityPersistenceBackend, Key, Stored, Write
from starmodel.application.documents import document
from starmodel.application.store import NOTHING, IdempotencyRecord, ReadSet, VersionCheck
from starmodel.domain import Access, Actor, CommandRecord, Entity, Fragment, Scope, StateStore
from starmodel.errors import Conflict, DuplicateRequest

OPEN_ENTITIES = ("counter", "draft", "tally", "motd", "poll")
"""The names of entities whose values are whatever JSON has."""

KEY = Key("counter", "session", "s1")
OTHERS = (
    Key("counter", "session", "s2"),
    Key("draft", "user", "s1"),
    Key("tally", "session", "s1"),
    Key("motd", "global", ""),
    Key("poll", "record", "s1"),
)


class Size(Enum):
    """A choice."""

    SMALL = "s"
    LARGE = "l"


class Place(BaseModel):
    """A value object."""

    street: str
    number: int


class Sample(Entity):
    """A field of each type."""

    on: bool | None = None
    count: int | None = None
    ratio: float | None = None
    name: str | None = None
    blob: bytes | None = None
    day: date | None = None
    hour: time | None = None
    moment: AwareDatetime | None = None
    local: datetime | None = None
    span: timedelta | None = None
    key: UUID | None = None
    price: Decimal | None = None
    size: Size | None = None
    place: Place | None = None
    data: Any = None


SAMPLE = EntityDefinition(
    Sample,
    name="sample",
    namespace="sample",
    store=StateStore.SERVER_MEMORY,
    scope=Scope.RECORD,
    state=lambda sample: {"name": sample.name},
    access=Access.PUBLIC,
)

SAMPLE_DOCUMENT = document.Document(
    SAMPLE,
    [
        *map(document.field, ("id", "on", "count", "ratio", "name")),
        document.field("blob", write=lambda given: b64encode(given).decode(), read=b64decode),
        document.field("day", write=date.isoformat, read=date.fromisoformat),
        document.field("hour", write=time.isoformat, read=time.fromisoformat),
        document.field("moment", write=datetime.isoformat, read=datetime.fromisoformat),
        document.field("local", write=datetime.isoformat, read=datetime.fromisoformat),
        document.field(
            "span",
            write=lambda given: given // timedelta(microseconds=1),
            read=lambda stored: timedelta(microseconds=stored),
        ),
        document.field("key", write=str, read=UUID),
        document.field("price", write=str, read=Decimal),
        document.field("size", write=lambda given: given.value, read=Size),
        document.field(
            "place",
            write=lambda given: {"street": given.street, "number": given.number},
            read=Place.model_validate,
        ),
        document.anything("data"),
    ],
)


class OpenDocument(document.Document):
    """The document of an entity of which nothing is known."""

    def __init__(self, name: str) -> None:
        definition = EntityDefinition(
            Entity,
            name=name,
            namespace=name,
            store=StateStore.CUSTOM,
            scope=Scope.SESSION,
            state=lambda entity: {},
            ttl=1.0,
        )
        super().__init__(definition, [])

    def write(self, values: Mapping[str, Any], unknown_fields: Mapping[str, Any] = NOTHING) -> str:
        """Return the values as JSON."""
        return json.dumps({**unknown_fields, **values})

    def load(self, text: str | bytes, version: int) -> Stored:
        """Return all that a text keeps: what is in it is a value."""
        return Stored(self.read(text), version)

    def read(self, text: str | bytes) -> dict[str, Any]:
        """Return the values that a text keeps."""
        return json.loads(text)


DOCUMENTS: tuple[document.Document, ...] = (SAMPLE_DOCUMENT, *map(OpenDocument, OPEN_ENTITIES))
"""How each of these entities becomes JSON, for stores that keep documents."""

SAMPLES: tuple[Mapping[str, object], ...] = (
    {},
    {
        "on": False,
        "count": 0,
        "ratio": 0.0,
        "name": "",
        "blob": b"",
        "span": timedelta(0),
        "price": Decimal("0.0000"),
        "data": [],
    },
    {
        "on": True,
        "count": 2**63 - 1,
        "ratio": 0.1,
        "name": "\x01\n\u2028\U0001f600é'\"\\",
        "blob": bytes(range(256)),
        "day": date(2024, 2, 29),
        "hour": time(23, 59, 59, 999999),
        "moment": datetime(2026, 7, 1, 12, 30, 0, 1, UTC),
        "local": datetime(2026, 7, 1, 12, 30, 0, 999999),
        "span": timedelta(days=-3, microseconds=7),
        "key": UUID("12345678-1234-5678-1234-567812345678"),
        "price": Decimal("12345678901234.5678"),
        "size": Size.LARGE,
        "place": Place(street="Hauptstraße", number=7),
        "data": {"a": [1, 2.5, None, True, {"b": "c"}]},
    },
    {
        "count": -(2**63),
        "ratio": -1.7976931348623157e308,
        "day": date(1, 1, 1),
        "moment": datetime(9999, 12, 31, 23, 59, 59, 999999, UTC),
        "local": datetime(1, 1, 1),
        "price": Decimal("-0.0001"),
        "size": Size.SMALL,
        "data": "text",
    },
)
"""Values of each type: none, empty ones, and those that are nearly too much."""


class Clock:
    """A clock that stands, until it is set."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        """Return what it shows, in seconds."""
        return self.now


class StoreContract:
    """What every store does.

    Attributes:
        second: How long a second of these tests lasts for the store, in seconds.
    """

    second: ClassVar[float] = 1.0

    def make(self, clock: Clock, request: pytest.FixtureRequest) -> EntityPersistenceBackend:
        """Return an empty store that is not open yet; `request` gives it fixtures of your own."""
        raise NotImplementedError

    async def advance(self, clock: Clock, seconds: float) -> None:
        """Let time pass, in seconds of these tests. A store with a clock of its own has to wait."""
        clock.now += seconds * self.second

    @pytest.fixture
    def clock(self) -> Clock:
        """The clock that the store goes by, if it can."""
        return Clock()

    @pytest.fixture
    async def store(
        self, clock: Clock, request: pytest.FixtureRequest
    ) -> AsyncIterator[EntityPersistenceBackend]:
        """An open, empty store."""
        store = self.make(clock, request)
        await store.open()
        try:
            yield store
        finally:
            await store.close()

    async def save(
        self,
        store: EntityPersistenceBackend,
        expected: int,
        key: Key = KEY,
        ttl: float | None = None,
        **values: object,
    ) -> int:
        """Save one entry, and return its version; `ttl` is in seconds of these tests."""
        seconds = None if ttl is None else ttl * self.second
        [version] = await store.commit([Write(key, values, expected, seconds)])
        return version

    async def load(self, store: EntityPersistenceBackend, key: Key = KEY) -> Stored:
        """Return what is stored, which is not nothing."""
        stored = await store.load(key)
        assert stored is not None
        return stored

    async def test_what_was_never_saved_is_missing(self, store: EntityPersistenceBackend) -> None:
        """It has version 0."""
        assert await store.load(KEY) is None
        assert await store.version(KEY) == 0
        assert await store.versions([KEY, *OTHERS]) == [0] * 6
        assert await store.load_all([KEY, OTHERS[0]]) == [None, None]

    async def test_what_was_saved_is_there_with_its_version(
        self, store: EntityPersistenceBackend
    ) -> None:
        """Whatever JSON has comes back as it was."""
        values: dict[str, object] = {
            "id": "s1",
            "count": 3,
            "ratio": 0.1,
            "on": True,
            "nothing": None,
            "text": "\x01\n\u2028é",
            "tags": ["a", {"b": [1, 2]}],
        }
        [version] = await store.commit([Write(KEY, values, 0)])
        stored = await self.load(store)
        assert dict(stored.values) == values
        assert stored.version == version == await store.version(KEY)
        assert version > 0

    @pytest.mark.parametrize("number", range(len(SAMPLES)))
    async def test_values_of_every_type_come_back_as_they_were(
        self, store: EntityPersistenceBackend, number: int
    ) -> None:
        """They have their classes, and not only equal values."""
        sample = Sample.model_validate({"id": "s", **SAMPLES[number]})
        key = SAMPLE.key("s")
        await store.commit([Write(key, vars(sample), 0)])
        kept = (await self.load(store, key)).values
        for name, value in vars(sample).items():
            assert kept[name] == value, name
            assert type(kept[name]) is type(value), name
            if isinstance(value, Decimal):
                assert Decimal(str(kept[name])).as_tuple() == value.as_tuple(), name
        assert SAMPLE.hydrate(kept) == sample

    async def test_large_values_are_kept_whole(self, store: EntityPersistenceBackend) -> None:
        """A megabyte is nothing special."""
        text = "é" * 500_000
        await self.save(store, 0, text=text, tags=["x" * 10] * 10_000)
        stored = await self.load(store)
        assert stored.values == {"text": text, "tags": ["x" * 10] * 10_000}

    async def test_keys_differ_by_entity_and_id(self, store: EntityPersistenceBackend) -> None:
        """Each has its own values and its own version."""
        keys = [KEY, *OTHERS]
        versions = [
            await self.save(store, 0, key, number=number) for number, key in enumerate(keys)
        ]
        versions[0] = await self.save(store, versions[0], number=0, more=1)
        for number, key in enumerate(keys):
            assert (await self.load(store, key)).values["number"] == number
        assert await store.versions([*reversed(keys), Key("poll", "record", "none")]) == [
            *reversed(versions),
            0,
        ]

    @pytest.mark.parametrize("id", ["a:b", "{x}", "a b", "é\U0001f600", "*", "x" * 200, "'\""])
    async def test_any_text_is_an_id(self, store: EntityPersistenceBackend, id: str) -> None:
        """Whatever is in it, nobody else has it."""
        one, another = Key("poll", "record", id), Key("poll", "record", f"{id}:")
        await self.save(store, 0, one, count=1)
        assert (await self.load(store, one)).values == {"count": 1}
        assert await store.load(another) is None

    async def test_a_save_needs_the_version_it_is_based_on(
        self, store: EntityPersistenceBackend
    ) -> None:
        """Otherwise somebody was faster."""
        first = await self.save(store, 0, count=1)
        second = await self.save(store, first, count=2)
        assert second > first
        for expected in (0, first, second + 1):
            with pytest.raises(Conflict) as caught:
                await self.save(store, expected, count=9)
            assert (caught.value.entity, caught.value.id) == ("counter", "s1")
        assert (await self.load(store)).values == {"count": 2}

    async def test_missing_means_version_0(self, store: EntityPersistenceBackend) -> None:
        """What is not there can be neither changed nor deleted."""
        with pytest.raises(Conflict):
            await self.save(store, 1, count=1)
        with pytest.raises(Conflict):
            await store.commit([Write(KEY, None, 1)])
        assert await store.load(KEY) is None

    async def test_what_was_loaded_does_not_change_with_later_saves(
        self, store: EntityPersistenceBackend
    ) -> None:
        """A store hands out values, and no live objects."""
        version = await self.save(store, 0, tags=["a"])
        early = await self.load(store)
        await self.save(store, version, tags=["b"])
        assert (early.values, early.version) == ({"tags": ["a"]}, version)

    async def test_writes_are_carried_out_all_or_none(
        self, store: EntityPersistenceBackend
    ) -> None:
        """Of several that do not all fit, none is done."""
        one, two, three = OTHERS[:3]
        at_one = await self.save(store, 0, one, count=1)
        at_two = await self.save(store, 0, two, count=1)
        stale = [
            Write(one, {"count": 2}, at_one),
            Write(three, {"count": 2}, 0),
            Write(two, None, at_two + 1),
        ]
        with pytest.raises(Conflict) as caught:
            await store.commit(stale)
        assert (caught.value.entity, caught.value.id) == (two.entity, two.id)
        loaded = [(await self.load(store, key)).values for key in (one, two)]
        assert loaded == [{"count": 1}, {"count": 1}]
        assert await store.versions([one, two, three]) == [at_one, at_two, 0]

        stale[2] = Write(two, None, at_two)
        versions = await store.commit(stale)
        assert versions[0] == await store.version(one) > at_one
        assert versions[1] == await store.version(three) > 0
        assert versions[2] > at_two
        assert await store.load(two) is None

    async def test_of_many_who_save_on_the_same_version_one_wins(
        self, store: EntityPersistenceBackend
    ) -> None:
        """All others are told."""
        version = await self.save(store, 0, winner=-1)
        attempts = [self.save(store, version, winner=number) for number in range(20)]
        results = await asyncio.gather(*attempts, return_exceptions=True)
        [winner] = [number for number, result in enumerate(results) if isinstance(result, int)]
        assert sum(isinstance(result, Conflict) for result in results) == 19
        assert (await self.load(store)).values == {"winner": winner}

    async def test_a_commit_that_is_cancelled_is_done_or_not(
        self, store: EntityPersistenceBackend
    ) -> None:
        """Nothing in between, and whoever comes next can go on."""
        version = await self.save(store, 0, count=0)
        other = OTHERS[0]
        for number in range(20):
            writes = [Write(KEY, {"count": number}, version), Write(other, {"count": number}, 0)]
            task = asyncio.ensure_future(store.commit(writes))
            for _ in range(number % 5):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            # Where it was sent, the answer may be on its way.
            await asyncio.sleep(0.02)
            now, then = await store.version(KEY), await store.version(other)
            assert (now > version) is (then > 0)
            if then:
                await store.commit([Write(other, None, then)])
            version = await self.save(store, now, count=-1)

    async def test_a_version_never_goes_back_when_a_key_comes_back(
        self, store: EntityPersistenceBackend
    ) -> None:
        """Nobody takes what is new for what he has seen before."""
        version = 0
        for _ in range(5):
            version = await self.save(store, version, count=1)
        [deleted] = await store.commit([Write(KEY, None, version)])
        assert deleted > version
        again = await self.save(store, 0, count=1)
        assert again > deleted
        assert await self.save(store, again, count=2) > again

    async def test_an_entry_lives_for_its_ttl_after_the_last_save(
        self, store: EntityPersistenceBackend, clock: Clock
    ) -> None:
        """Then it is missing in every respect."""
        other = OTHERS[0]
        version = await self.save(store, 0, ttl=10, count=1)
        await self.save(store, 0, other, count=1)
        await self.advance(clock, 6)
        version = await self.save(store, version, ttl=10, count=2)
        await self.advance(clock, 6)
        assert (await self.load(store)).values == {"count": 2}
        await self.advance(clock, 4)
        assert await store.load(KEY) is None
        assert await store.version(KEY) == 0
        assert (await store.versions([KEY, other]))[0] == 0
        with pytest.raises(Conflict):
            await self.save(store, version, ttl=10, count=3)
        assert await self.save(store, 0, ttl=10, count=3) > version
        assert (await self.load(store, other)).values == {"count": 1}

    async def test_the_ttl_may_change_with_every_save(
        self, store: EntityPersistenceBackend, clock: Clock
    ) -> None:
        """A save without one is for ever."""
        version = await self.save(store, 0, ttl=100, count=1)
        version = await self.save(store, version, ttl=1, count=2)
        await self.advance(clock, 2)
        await store.delete_expired()
        assert await store.load(KEY) is None

        version = await self.save(store, 0, ttl=1, count=1)
        await self.save(store, version, count=2)
        await self.advance(clock, 10)
        assert await store.delete_expired() == 0
        assert (await self.load(store)).values == {"count": 2}

    async def test_expired_entries_are_swept(
        self, store: EntityPersistenceBackend, clock: Clock
    ) -> None:
        """And no others."""
        for number, key in enumerate([KEY, *OTHERS]):
            await self.save(store, 0, key, ttl=10 if number % 2 else None, number=number)
        assert await store.delete_expired() == 0
        await self.advance(clock, 10)
        assert await store.delete_expired() in (0, 3)
        assert await store.delete_expired() == 0
        left = [await store.load(key) is not None for key in [KEY, *OTHERS]]
        assert left == [True, False] * 3

    async def test_an_event_is_saved_if_what_it_has_read_is_as_it_was(
        self, store: EntityPersistenceBackend
    ) -> None:
        """Otherwise nothing of it is."""
        read, missing = OTHERS[0], OTHERS[2]
        version = await self.save(store, 0, read, count=1)
        for checks in ([(read, version + 1)], [(read, 0)], [(read, version), (missing, 1)]):
            reads = ReadSet([VersionCheck(key, expected) for key, expected in checks])
            with pytest.raises(Conflict):
                await store.commit_event([Write(KEY, {"count": 1}, 0)], [], None, reads)
            assert await store.load(KEY) is None
        reads = ReadSet([VersionCheck(read, version), VersionCheck(missing, 0)])
        committed = await store.commit_event([Write(KEY, {"count": 1}, 0)], [], None, reads)
        assert [*committed.versions] == [await store.version(KEY)]


class OutboxStoreContract(StoreContract):
    """What a store does besides that keeps records and receipts."""

    async def test_records_are_kept_until_they_are_published(
        self, store: EntityPersistenceBackend, clock: Clock
    ) -> None:
        """Each with the version that its entry has got."""
        assert store.has_outbox
        actor = Actor("ann", frozenset({"admin", "clerk"}))
        fragment = Fragment("<p>\0", "#x", "inner")
        arguments = {"price": "1.50", "text": "\0", "list": [1]}
        saved = CommandRecord(
            "counter", "s1", "add", arguments, actor, 12.5, 0, ("count",), fragment
        )
        other = CommandRecord("other", "x", "seen", {}, Actor(None), 1.0, 7, (), None, 7)
        committed = await store.commit_event([Write(KEY, {"count": 1}, 0)], [saved, other])
        assert saved.version == committed.versions[0] == await store.version(KEY)
        assert other.version == 7
        assert len(committed.outbox_ids) == 2
        assert await store.pending(5 * self.second) == []
        assert await store.unpublished(5 * self.second) == 0
        await self.advance(clock, 6)
        assert await store.unpublished(5 * self.second) == 2
        pending = await store.pending(5 * self.second)
        assert [id for id, _ in pending] == [*committed.outbox_ids]
        assert [record for _, record in pending] == [saved, other]
        store.published(committed.outbox_ids[:1])
        # A store may forget it a little later.
        async with asyncio.timeout(10):
            while await store.unpublished(5 * self.second) != 1:
                await asyncio.sleep(0.01)
        assert [record for _, record in await store.pending(5 * self.second)] == [other]

    async def test_a_request_is_carried_out_once(self, store: EntityPersistenceBackend) -> None:
        """However often it is sent at once."""

        async def add(number: int) -> object:
            receipt = IdempotencyRecord("key", "poll", str(number), True)
            write = Write(Key("poll", "record", str(number)), {"number": number}, 0)
            try:
                await store.commit_event([write], [], receipt)
            except DuplicateRequest as repeated:
                return (repeated.entity, repeated.id, repeated.created)
            return number

        results = await asyncio.gather(*map(add, range(20)))
        [done] = [result for result in results if isinstance(result, int)]
        assert {*results} == {done, ("poll", str(done), True)}
        kept = [await store.load(Key("poll", "record", str(number))) for number in range(20)]
        assert sum(each is not None for each in kept) == 1
        assert await store.find_idempotency_record("key") == IdempotencyRecord(
            "key", "poll", str(done), True
        )
        assert await store.find_idempotency_record("other") is None

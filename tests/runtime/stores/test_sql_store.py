"""Entities in SQLite and in PostgreSQL alike: exact values, whole transactions, what is refused."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sql_tables import Author, Book, Item, Loan, Store, Tag, Thing

from starmodel import Actor, CommandRecord, Ref
from starmodel.application import Key, Stored, Write
from starmodel.application.store import IdempotencyRecord
from starmodel.domain import Entity, Fragment
from starmodel.errors import (
    Conflict,
    ConstraintViolation,
    DuplicateRequest,
    InvalidState,
    StarModelError,
)
from starmodel.stores.sql.drivers.driver import Statement

TEXTS = [
    "",
    " ",
    "a",
    "é",
    "日本",
    "😀",
    "\u202e",
    "'",
    '"',
    ";--",
    "\r\n\t",
    "x" * 100_000,
    "%_\\",
]
MOMENTS = [datetime(year, 1, 1, tzinfo=UTC) for year in (1, 1969, 1970, 2024, 9999)]
VALUES: dict[str, list[Any]] = {
    "on": [True, False],
    "count": [0, 1, -1, 2**31, -(2**31) - 1, 2**53 + 1, 2**63 - 1, -(2**63)]
    + [sign * 7**power for power in range(1, 22) for sign in (1, -1)],
    "ratio": [0.0, 0.1, -0.1, 1.0, 1e308, 5e-324, 2.0**53, -1e-10, 1 / 3]
    + [sign * 3.0**power for power in range(-20, 20) for sign in (1, -1)],
    "name": [*TEXTS, *map(chr, (1, 7, 0x85, 0x2028, 0xFEFF, 0xFFFD, 0x10FFFF))],
    "blob": [b"", b"\0", bytes(range(256)), b"'" * 1000],
    "day": [date.min, date.max, date(1970, 1, 1), date(2024, 2, 29), date(1582, 10, 15)],
    "hour": [time.min, time.max, time(12), time(1, 2, 3, 4)],
    "moment": [
        *MOMENTS,
        datetime.max.replace(tzinfo=UTC),
        datetime(2024, 5, 5, 12, 0, 0, 1, tzinfo=timezone(timedelta(hours=5, minutes=30))),
    ],
    "local": [datetime.min, datetime.max, datetime(2024, 3, 31, 2, 30)],
    "span": [timedelta(0), timedelta(days=-100_000_000), timedelta(microseconds=-1)]
    + [timedelta(days=3**power, microseconds=1) for power in range(12)],
    "key": [UUID(int=0), UUID(int=2**128 - 1), UUID("12345678-1234-5678-1234-567812345678")],
    "data": [
        [],
        {},
        "",
        0,
        False,
        [None],
        {"a": {"b": [1, 1.5, "x", None, True]}},
        [2**70, -0.1],
        *list(TEXTS),
        [0.1 * 3**power for power in range(-20, 20)],
        "\\u0000",
    ],
    "price": [Decimal(0), Decimal("0.0001"), Decimal("-0.0001"), Decimal("1.5")]
    + [Decimal("99999999999999.9999"), Decimal("-99999999999999.9999")]
    + [Decimal(10) ** power + Decimal("0.0003") for power in range(14)],
}
CASES = [(field, value) for field, values in VALUES.items() for value in values]

REFUSED: list[tuple[str, Any]] = [
    ("count", 2**63),
    ("count", -(2**63) - 1),
    ("ratio", float("nan")),
    ("ratio", float("inf")),
    ("name", "a\0b"),
    ("name", "\ud800"),
    ("id", "a\0b"),
    ("moment", datetime(2024, 1, 1)),
    ("moment", datetime.min.replace(tzinfo=timezone(timedelta(hours=1)))),
    ("local", datetime(2024, 1, 1, tzinfo=UTC)),
    ("hour", time(12, tzinfo=UTC)),
    ("span", timedelta.max),
    ("span", timedelta.min),
    ("data", {"a": ["b\0c"]}),
    ("data", {"\\\0": 1}),
    ("data", "\udfff"),
    ("data", [float("nan")]),
    ("price", Decimal("0.00001")),
    ("price", Decimal("100000000000000")),
    ("price", Decimal("1e40")),
    ("price", Decimal("NaN")),
    ("price", Decimal("Infinity")),
]


class World:
    """A store, and words to fill it."""

    def __init__(self, store: Store, clock: list[float]) -> None:
        self.store = store
        self.now = clock

    async def save(self, *entities: Entity, expected: int = 0) -> list[int]:
        return await self.store.commit([write(entity, expected) for entity in entities])

    async def load(self, cls: type[Entity], id: str) -> Stored:
        stored = await self.store.load(key(cls, id))
        assert stored is not None
        return stored

    async def count(self, name: str) -> int:
        [row] = await self.store.fetch(f"SELECT count(*) FROM {name}", ())
        return row[0]

    async def refused(self, *writes: Write) -> list[tuple[str, str]]:
        """Return what is wrong with what, after making sure that nothing of it was stored."""
        before = [await self.count(name) for name in ("author", "book", "tag", "starmodel_outbox")]
        records = [record("author", "x")]
        with pytest.raises(ConstraintViolation) as caught:
            await self.store.commit_event(writes, records)
        after = [await self.count(name) for name in ("author", "book", "tag", "starmodel_outbox")]
        assert after == before
        return [(error.name, error.type) for error in caught.value.errors]


@pytest.fixture(params=["sqlite", "postgresql"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """An open, empty store."""
    url = "sqlite://" if request.param == "sqlite" else request.getfixturevalue("postgres_url")

    now = [1_000_000.0]
    store = Store(url, clock=lambda: now[0])
    await store.open()
    try:
        yield World(store, now)
    finally:
        await store.close()


def key(cls: type[Entity], id: object) -> Key:
    return Key(cls.__name__.lower(), "record", str(id))


def write(entity: Entity, expected: int = 0, base: Mapping[str, Any] | None = None) -> Write:
    values = dict(entity.__dict__)
    return Write(key(type(entity), entity.id), values, expected, None, base or {})


def record(entity: str, id: str) -> CommandRecord:
    return CommandRecord(entity, id, "told", {}, Actor(), 0.0, 0, ())


async def test_every_value_comes_back_equal(world: World) -> None:
    assert len(CASES) >= 200

    things = [Thing(id=str(number)) for number, _ in enumerate(CASES)]
    for thing, (field, value) in zip(things, CASES, strict=True):
        vars(thing)[field] = value
    await world.save(*things)
    for thing, (field, value) in zip(things, CASES, strict=True):
        stored = await world.load(Thing, thing.id)
        back = stored.values[field]
        assert back == value and type(back) is type(value), (field, value)
        assert stored.values == thing.__dict__
        # The same by the way of a change.
        if field != "id":
            other = Thing(id=thing.id)
            await world.save(other, expected=1)
            changed = write(thing, 2, other.__dict__)
            assert await world.store.commit([changed]) == [3]
            assert (await world.load(Thing, thing.id)).values == thing.__dict__


@pytest.mark.parametrize(("field", "value"), REFUSED)
async def test_what_cannot_be_kept_is_refused_before_it_is_stored(
    world: World, field: str, value: Any
) -> None:
    for expected in (0, 1):
        thing = Thing(id="a")
        vars(thing)[field] = value
        with pytest.raises(InvalidState) as caught:
            await world.save(Thing(id="b"), thing, expected=expected)
        assert [error.name for error in caught.value.errors] == [field]
    assert await world.count("thing") == 0


async def test_only_a_key_as_it_is_written_leads_to_a_row(world: World) -> None:
    item = Item(id=UUID(int=0xABCDEF))
    await world.save(item)
    assert (await world.load(Item, str(item.id))).values["id"] == item.id
    for text in ("", "x", item.id.hex, str(item.id).upper(), f"{{{item.id}}}", "a\0b"):
        assert await world.store.load(key(Item, text)) is None
        assert await world.store.version(key(Item, text)) == 0
    assert await world.store.load(key(Thing, "a\0b")) is None
    found = await world.store.load_all([key(Item, "x"), key(Item, item.id)])
    assert [stored is not None for stored in found] == [False, True]


async def test_references_and_lists_of_them_keep_their_order(world: World) -> None:
    await world.save(Author(id="ann", name="Ann"), *(Tag(id=one, name=one) for one in "abc"))
    book = Book(id="b", title="", author=Ref("ann"), tags=[Ref("c"), Ref("a"), Ref("b")])
    await world.save(book)
    stored = await world.load(Book, "b")
    assert stored.values == book.__dict__
    book.tags = [Ref("b"), Ref("c")]
    assert await world.store.commit([write(book, 1, stored.values)]) == [2]
    assert (await world.load(Book, "b")).values == book.__dict__
    book.tags = []
    await world.save(book, expected=2)
    assert (await world.load(Book, "b")).values["tags"] == []

    first, second = Item(), Item()
    first.others = [Ref(str(second.id)), Ref(str(first.id))]
    second.next = Ref(str(first.id))
    await world.store.commit([write(Item(id=second.id))])
    await world.save(first)
    await world.save(second, expected=1)
    assert (await world.load(Item, str(first.id))).values == first.__dict__
    assert (await world.load(Item, str(second.id))).values == second.__dict__


async def test_those_who_refer_are_found_by_one_query(world: World) -> None:
    names = ("ann", "bob")
    await world.save(*(Author(id=name, name=name) for name in names), Tag(id="t", name="t"))
    for number in range(12):
        tags: list[Ref[Tag]] = [Ref("t")] if number % 3 == 0 else []
        author: Ref[Author] = Ref(names[number % 2])
        await world.save(Book(id=f"{number:02}", title="", author=author, tags=tags))
    found = await world.store.find("book", "author", "ann")
    assert [key.id for key, _ in found] == ["00", "02", "04", "06", "08", "10"]
    assert found[0][1].values == (await world.load(Book, "00")).values
    found = await world.store.find("book", "tags", "t")
    assert [key.id for key, _ in found] == ["00", "03", "06", "09"]
    assert await world.store.find("book", "author", "nobody") == []
    assert await world.store.find("book", "author", "a\0") == []
    keys = [key(Book, f"{number:02}") for number in (3, 99, 1, 3)]
    loaded = await world.store.load_all(keys)
    assert [stored and stored.values["id"] for stored in loaded] == ["03", None, "01", "03"]


async def test_what_a_constraint_refuses_is_told_by_the_fields_it_is_about(world: World) -> None:
    await world.save(
        Author(id="ann", name="Ann"), Author(id="bob", name="Bob"), Tag(id="t", name="t")
    )
    book = Book(id="b", title="", author=Ref("ann"), tags=[Ref("t")])
    await world.save(book)

    def other(**values: Any) -> Write:
        return write(book.model_copy(update={"id": "c", "author": Ref("ann"), **values}))

    assert await world.refused(write(Author(id="x", name="Ann"))) == [("name", "unique")]
    taken = write(Author(id="bob", name="Ann"), 1)
    assert await world.refused(write(Tag(id="new", name="")), taken) == [("name", "unique")]
    assert await world.refused(other(author=Ref("x"))) == [("author", "foreign_key")]
    assert await world.refused(other(editor=Ref("x"))) == [("editor", "foreign_key")]
    assert await world.refused(other(tags=[Ref("t"), Ref("x")])) == [("tags", "foreign_key")]
    assert await world.refused(other(pages=-1)) == [("pages", "check")]
    assert await world.refused(Write(key(Author, "ann"), None, 1)) == [("", "referenced")]
    with pytest.raises(InvalidState) as caught:
        await world.store.commit([other(tags=[Ref("t"), Ref("t")])])
    assert [error.name for error in caught.value.errors] == ["tags"]
    with pytest.raises(Conflict) as conflict:
        await world.save(Author(id="ann", name="Another"))
    assert (conflict.value.entity, conflict.value.id) == ("author", "ann")


async def test_a_record_and_those_that_refer_to_it_are_saved_in_any_order(world: World) -> None:
    author, tag = Author(id="ann", name="Ann"), Tag(id="t", name="t")
    book = Book(id="b", title="", author=Ref(author), tags=[Ref(tag)])
    loan = Loan(id="l", book=Ref(book))
    assert await world.save(loan, book, tag, author) == [1, 1, 1, 1]
    gone = [Write(key(type(one), one.id), None, 1) for one in (author, tag, book, loan)]
    assert await world.store.commit(gone) == [2, 2, 2, 2]
    assert [await world.count(name) for name in ("author", "tag", "book", "loan")] == [0] * 4
    assert await world.save(author) == [3]


async def test_a_deletion_shows_in_the_versions_of_those_that_referred(world: World) -> None:
    await world.save(*(Author(id=name, name=name) for name in ("ann", "ed")))
    await world.save(Book(id="b", title="", author=Ref("ann"), editor=Ref("ed")))
    await world.save(Loan(id="l", book=Ref("b")))
    await world.store.commit([Write(key(Author, "ed"), None, 1)])
    stored = await world.load(Book, "b")
    assert (stored.values["editor"], stored.version) == (None, 2)
    await world.store.commit([Write(key(Book, "b"), None, 2)])
    assert await world.store.version(key(Loan, "l")) == 0
    await world.save(Book(id="b", title="", author=Ref("ann")))
    [version] = await world.save(Loan(id="l", book=Ref("b")))
    assert version == 3


async def test_of_many_commits_at_once_only_those_that_fail_fail(world: World) -> None:
    await world.save(Author(id="ann", name="taken"))

    async def add(number: int) -> object:
        entities: list[Write] = [write(Tag(id=str(number), name=str(number)))]
        if number % 4 == 1:
            entities.append(write(Author(id=str(number), name="taken")))
        elif number % 4 == 2:
            entities.append(write(Author(id="ann", name="new"), 99))
        elif number % 4 == 3:
            entities.append(write(Author(id=str(number), name="a\0b")))
        try:
            await world.store.commit_event(entities, [record("tag", str(number))])
        except StarModelError as error:
            return type(error)
        return None

    results = await asyncio.gather(*map(add, range(200)))
    for number, result in enumerate(results):
        expected = (None, ConstraintViolation, Conflict, InvalidState)[number % 4]
        assert result is expected
        stored = await world.store.load(key(Tag, number))
        assert (stored is not None) is (number % 4 == 0)
    told = {told.id for _, told in await world.store.pending(0)}
    assert told == {str(number) for number in range(0, 200, 4)}


async def test_records_are_kept_until_they_are_published(world: World) -> None:
    told = CommandRecord(
        "author",
        "ann",
        "renamed",
        {"price": Decimal("1.50"), "text": "\0\ud800", "list": [1]},
        Actor("ann", frozenset({"admin", "clerk"})),
        12.5,
        0,
        ("name",),
        Fragment("<p>", "#x", "inner"),
    )
    others = [record("tag", "t"), record("other", "x")]
    others[1].version = 7
    await world.save(Author(id="ann", name="Ann"))
    writes = [write(Author(id="ann", name="A"), 1), write(Tag(id="t", name="t"))]
    committed = await world.store.commit_event(writes, [told, *others])
    assert committed.versions == [2, 1]
    assert [one.version for one in (told, *others)] == [2, 1, 7]

    assert await world.store.pending(2) == []
    assert await world.store.unpublished(2) == 0
    world.now[0] += 2
    if world.store.driver.dialect == "postgresql":
        # That goes by the server's clock, which nobody can set.
        earlier = Statement("UPDATE starmodel_outbox SET created_at = created_at - 2")
        await world.store.driver.execute([earlier])
    assert await world.store.unpublished(2) == len(committed.outbox_ids)
    pending = await world.store.pending(2)
    assert [ticket for ticket, _ in pending] == [*committed.outbox_ids]
    expected = {"price": "1.50", "text": "\0\ud800", "list": [1]}
    told.arguments = expected
    assert [one for _, one in pending] == [told, *others]
    world.store.published(committed.outbox_ids[:2])
    assert [one for _, one in await world.store.pending(2)] == others[1:]
    await asyncio.sleep(0.3)
    assert await world.count("starmodel_outbox") == 1


async def test_nodes_whose_clocks_differ_share_what_is_left(postgres_url: str) -> None:
    """One that is an hour ahead takes nothing that is under way; one behind finds what is left."""
    now = datetime.now(UTC).timestamp()

    def make(clock: float) -> Store:
        return Store(postgres_url, clock=lambda: clock)

    stores = [make(now), make(now + 3600), make(now - 3600)]
    for store in stores:
        await store.open()
    for number, store in enumerate(stores):
        author = Author(id=f"a{number}", name=f"Ann {number}")
        await store.commit_event([write(author)], [record("author", author.id)])
        await store.commit_event([], [record("other", f"o{number}")])
    for store in stores:
        assert await store.pending(600) == []
        assert await store.unpublished(600) == 0
        assert await store.unpublished(0) == 6
    # Who takes it has it for a while, whatever his clock says.
    taken = await stores[2].pending(0, lease=600)
    assert len(taken) == 6
    for store in stores:
        assert await store.pending(0) == []
        assert await store.unpublished(-700) == 6
        await store.close()


async def test_a_request_is_carried_out_once(world: World) -> None:
    async def add(number: int) -> object:
        receipt = IdempotencyRecord("key", "tag", str(number), True)
        try:
            writes = [write(Tag(id=str(number), name=str(number)))]
            await world.store.commit_event(writes, [record("tag", str(number))], receipt)
        except DuplicateRequest as repeated:
            return (repeated.entity, repeated.id, repeated.created)
        return number

    results = await asyncio.gather(*map(add, range(20)))
    [done] = [result for result in results if isinstance(result, int)]
    assert sorted(set(results) - {done}, key=str) == [("tag", str(done), True)]
    assert [await world.count(name) for name in ("tag", "starmodel_outbox")] == [1, 1]
    assert await world.store.find_idempotency_record("key") == IdempotencyRecord(
        "key", "tag", str(done), True
    )
    assert await world.store.find_idempotency_record("other") is None
    world.now[0] += 24 * 3600
    await world.store.delete_expired()
    assert await add(50) == 50


async def test_versions_go_on_after_what_is_left_of_a_row_is_forgotten(world: World) -> None:
    for number in range(3):
        [version] = await world.save(Tag(id=str(number), name=""))
        for _ in range(number):
            [version] = await world.save(Tag(id=str(number), name=""), expected=version)
        await world.store.commit([Write(key(Tag, number), None, version)])
    assert await world.count("starmodel_tombstone") == 3
    world.now[0] += 31 * 24 * 3600
    await world.store.delete_expired()
    assert await world.count("starmodel_tombstone") == 1
    assert await world.save(Tag(id="0", name="")) == [5]


async def test_who_holds_a_lock_is_alone(world: World) -> None:
    await world.save(Tag(id="t", name="0"))

    async def increment() -> None:
        async with world.store.transaction() as view:
            stored = await view.lock(key(Tag, "t"))
            assert stored is not None
            name = str(int(str(stored.values["name"])) + 1)
            changed = Write(key(Tag, "t"), {**stored.values, "name": name}, stored.version)
            await view.commit_event([changed], [])

    await asyncio.gather(*(increment() for _ in range(20)))
    assert (await world.load(Tag, "t")).values["name"] == "20"
    with pytest.raises(ValueError, match="out"):
        async with world.store.transaction() as view:
            await view.lock(key(Tag, "t"))
            raise ValueError("out")
    async with world.store.transaction() as view:
        with pytest.raises(Conflict):
            await view.commit_event([write(Tag(id="t", name=""), 99)], [])
    await increment()
    assert (await world.load(Tag, "t")).values["name"] == "21"

"""Searching in SQLite and in PostgreSQL alike, held against what Python makes of the same records."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time
from decimal import Decimal
from functools import cmp_to_key
from typing import Any
from unittest.mock import ANY
from uuid import UUID
from weakref import ref

import pytest
import sql_tables
from library_queries import BOOKS, ITEMS, THINGS, VALUES, services_of
from sql_tables import LIBRARY, Author, Book, Item, Store, Tag, Thing

from starmodel import Entity, MemoryRepo, Ref
from starmodel.application import Key, Write
from starmodel.application.queries.filter_set import FilterSet, Query
from starmodel.application.queries.find import count_records, find_page
from starmodel.application.queries.searchable import exact, ordered, text
from starmodel.application.search import Condition, Order, Search
from starmodel.errors import ConfigurationError, InvalidArguments
from starmodel.stores.sql.drivers.driver import Row, Statement
from starmodel.stores.sql.statements.search_statement import MAX_PREPARED
from starmodel.stores.sql.tables import column
from starmodel.stores.sql.tables.table import EntityTable

COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda one, other: one is not None and one == other,
    "ne": lambda one, other: one is None or one != other,
    "lt": lambda one, other: one is not None and one < other,
    "le": lambda one, other: one is not None and one <= other,
    "gt": lambda one, other: one is not None and one > other,
    "ge": lambda one, other: one is not None and one >= other,
    "in": lambda one, other: one is not None and one in other,
    "contains": lambda one, other: one is not None and other.lower() in one.lower(),
    "startswith": lambda one, other: one is not None and one.lower().startswith(other.lower()),
    "isnull": lambda one, other: (one is None) == other,
}


class World:
    """A store that is open, what it is asked, and words to fill it."""

    def __init__(self, store: Store, clock: list[float]) -> None:
        self.store = store
        self.now = clock
        self.services = services_of(store)
        self.asked: list[str] = []
        fetch = store.driver.fetch

        async def noted(sql: str, parameters: Sequence[object]) -> Sequence[Row]:
            self.asked.append(sql)
            return await fetch(sql, parameters)

        store.driver.fetch = noted

    async def save(self, *entities: Entity) -> None:
        await self.store.commit(
            [
                Write(
                    Key(type(entity).__name__.lower(), "record", str(entity.id)),
                    dict(entity.__dict__),
                    0,
                )
                for entity in entities
            ]
        )

    async def things(self, count: int, seed: int) -> list[Thing]:
        """Save things whose values come from few choices, `None` among them."""
        chosen = random.Random(seed)
        things = [Thing(id=f"t{number:03}") for number in range(count)]
        for thing in things:
            for field, pool in VALUES.items():
                vars(thing)[field] = chosen.choice([None, *pool])
        chosen.shuffle(things)
        await self.save(*things)
        return things

    async def ids(self, queries: FilterSet[Any], **query: Any) -> list[str]:
        """Return the ids of all that is found, page by page."""
        found: list[str] = []
        cursor = None
        while True:
            page = await find_page(self.services, queries, Query(cursor=cursor, **query))
            found += [str(item.id) for item in page.items]
            cursor = page.next
            if cursor is None:
                return found
            assert len(page.items) == query.get("limit", 50)


@pytest.fixture(params=["sqlite", "postgresql"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """An open, empty store."""
    url = "sqlite://" if request.param == "sqlite" else request.getfixturevalue("postgres_url")

    now = [1_000_000.0]
    store = Store(url, (*LIBRARY, LEASE_TABLE), clock=lambda: now[0])
    await store.open()
    try:
        yield World(store, now)
    finally:
        await store.close()


def in_order(things: Iterable[Any], sort: Sequence[str]) -> list[str]:
    """Sort as a query does: `None` comes after all values, the id decides among equals."""
    keys = [(name.removeprefix("-"), -1 if name.startswith("-") else 1) for name in sort]
    keys.append(("id", keys[-1][1] if keys else 1))

    def compare(one: Any, other: Any) -> int:
        for name, sign in keys:
            mine, its = getattr(one, name), getattr(other, name)
            if mine == its:
                continue
            if mine is None or its is None:
                return sign if mine is None else -sign
            return sign if mine > its else -sign
        return 0

    return [str(thing.id) for thing in sorted(things, key=cmp_to_key(compare))]


async def test_every_operator_on_every_type(world: World) -> None:
    things = await world.things(120, 1)
    tried = 0
    for name, (field, operator) in THINGS.filters.items():
        if field not in VALUES:
            continue
        values: list[Any] = [*VALUES[field]]
        if operator == "isnull":
            values = [True, False]
        elif operator == "in":
            values = [values[:3], values[:1], [], values * 5]
        elif operator in ("contains", "startswith"):
            values = ["a", "B", "%", "_", "\\", "a_", "b%", "日", "😀"]
        for value in values:
            expected = {
                thing.id for thing in things if COMPARE[operator](getattr(thing, field), value)
            }
            found = await world.ids(THINGS, filters={name: value}, limit=200)
            assert {*found} == expected, (name, value)
            assert len(found) == len(expected)
            tried += 1
    assert tried > 250


async def test_every_sort_walks_over_every_record_once(world: World) -> None:
    sorts = [[sign + field] for field in (*VALUES, "id") for sign in ("", "-")]
    sorts += [
        ["on", "-name"],
        ["-on", "name"],
        ["on", "-price", "day"],
        ["-on", "moment", "-span", "key"],
        ["name", "id", "price"],
        ["-name", "-id"],
        ["on", "-id"],
        [],
    ]

    things = await world.things(60, 2)
    for sort in sorts:
        expected = in_order(things, sort)
        for limit in (7, 200):
            assert await world.ids(THINGS, sort=sort, limit=limit) == expected, (sort, limit)


async def test_every_sort_leads_back_over_the_same_pages(world: World) -> None:
    things = await world.things(40, 6)
    for sort in [
        *[[f"{sign}{field}"] for field in VALUES for sign in ("", "-")],
        ["on", "-name"],
        [],
    ]:
        forward: list[list[str]] = []
        query = Query(sort=sort, limit=7)
        while True:
            page = await find_page(world.services, THINGS, query)
            forward.append([str(item.id) for item in page.items])
            if page.next is None:
                break
            query = replace(query, cursor=page.next)
        assert [id for ids in forward for id in ids] == in_order(things, sort)
        back = [forward[-1]]
        while page.previous is not None:
            query = replace(query, cursor=page.previous)
            page = await find_page(world.services, THINGS, query)
            back.insert(0, [str(item.id) for item in page.items])
            assert page.next is not None
            further = await find_page(world.services, THINGS, replace(query, cursor=page.next))
            assert [str(item.id) for item in further.items] == back[1]
        assert back == forward, sort


async def test_records_are_counted_up_to_a_limit(world: World) -> None:
    things = await world.things(60, 7)
    chosen = sum(thing.on is True for thing in things)

    async def count(most: int, **query: Any) -> int | None:
        return await count_records(world.services, THINGS, Query(**query), limit=most)

    assert await count(1000) == 60
    assert await count(25) == 25
    world.asked.clear()
    assert await count(1000, filters={"on": True}, sort=["-price"], limit=3) == chosen
    assert len(world.asked) == 1
    page = await find_page(world.services, THINGS, Query(limit=7))
    assert await count(1000, cursor=page.next, limit=7) == 60


async def test_a_sort_goes_with_filters_and_a_text(world: World) -> None:
    things = await world.things(100, 3)
    chosen = [
        thing
        for thing in things
        if thing.on and (thing.count or 0) >= 1 and "a" in (thing.name or "").lower()
    ]
    found = await world.ids(
        THINGS,
        filters={"on": True, "count__ge": 1},
        q="A",
        sort=["-price", "name"],
        limit=3,
    )
    assert found == in_order(chosen, ["-price", "name"])
    assert len(found) > 3


async def test_what_comes_and_goes_hides_and_repeats_nothing(world: World) -> None:
    things = await world.things(90, 4)
    chosen = random.Random(5)
    rounds = 0
    over = asyncio.Event()

    async def come_and_go() -> None:
        nonlocal rounds
        while not over.is_set():
            guests = [Thing(id=f"{chosen.random()}") for _ in range(5)]
            for guest in guests:
                for field, pool in VALUES.items():
                    vars(guest)[field] = chosen.choice([None, *pool])
            await world.save(*guests)
            rounds += 1
            keys = [Key("thing", "record", guest.id) for guest in guests[1:]]
            await world.store.commit([Write(key, None, 1) for key in keys])

    guests = asyncio.create_task(come_and_go())
    for sort in (["name"], ["-name"], ["on", "-price"], ["-moment", "count"], ["-id"], []):
        found: list[str] = []
        cursor = None
        while True:
            query = Query(sort=sort, limit=6, cursor=cursor)
            page = await find_page(world.services, THINGS, query)
            found += [item.id for item in page.items]
            cursor = page.next
            if cursor is None:
                break
            before = rounds
            while rounds == before and not guests.done():
                await asyncio.sleep(0)
        stayed = [id for id in found if id.startswith("t")]
        assert stayed == in_order(things, sort)
    over.set()
    await guests


async def test_both_databases_sort_texts_by_their_code_points(world: World) -> None:
    names = ["", "Z", "a", "ä", "é", "é", "\uffff", "😀", "a b", "a-b", "ab", "B"]

    await world.save(*[Thing(id=str(place), name=name) for place, name in enumerate(names)])
    page = await find_page(world.services, THINGS, Query(sort=["name"]))
    found: list[Any] = [getattr(item, "name") for item in page.items]  # noqa: B009
    assert found == sorted(names)


async def fill_library(world: World, count: int = 50) -> list[Book]:
    tags = [Tag(id=f"tag{number}", name=f"Tag {number}") for number in range(5)]
    authors = [Author(id=f"a{number}", name=f"Author {number}") for number in range(4)]
    books = [
        Book(
            id=f"b{number:02}",
            title=f"Book {number}",
            author=Ref(authors[number % 3]),
            editor=None if number % 2 else Ref(authors[number % 4]),
            tags=[Ref(tags[number % 5]), Ref(tags[(number + 2) % 5])],
            pages=number,
        )
        for number in range(count)
    ]
    await world.save(*tags, *authors, *books)
    return books


async def test_references_are_found_by_id(world: World) -> None:
    books = await fill_library(world)
    cases: list[tuple[dict[str, object], Callable[[Book], bool]]] = [
        ({"author": "a1"}, lambda book: book.author.id == "a1"),
        ({"author": Ref("a1", Author)}, lambda book: book.author.id == "a1"),
        ({"author__ne": "a1"}, lambda book: book.author.id != "a1"),
        ({"author__in": ["a1", "a2"]}, lambda book: book.author.id in ("a1", "a2")),
        ({"editor__ne": "a2"}, lambda book: book.editor is None or book.editor.id != "a2"),
        ({"editor__isnull": True}, lambda book: book.editor is None),
        ({"tags": "tag3"}, lambda book: "tag3" in [tag.id for tag in book.tags]),
        ({"tags": "none"}, lambda _: False),
        ({"id__in": ["b01", "b07", "zz"]}, lambda book: book.id in ("b01", "b07")),
    ]
    for filters, fits in cases:
        expected = [book.id for book in books if fits(book)]
        assert await world.ids(BOOKS, filters=filters, limit=4) == expected, filters
    both = await world.ids(BOOKS, filters={"tags": "tag1", "author": "a0"}, sort=["-pages"])
    assert both == ["b39", "b36", "b24", "b21", "b09", "b06"]


async def test_a_list_with_what_it_refers_to_takes_three_statements(world: World) -> None:
    await fill_library(world)
    world.asked.clear()
    query = Query(sort=["-pages"], include=["author", "editor", "tags"])
    page = await find_page(world.services, BOOKS, query)
    assert len(page.items) == 50
    assert {*page.included["author"]} == {"a0", "a1", "a2"}
    assert {*page.included["editor"]} == {"a0", "a2"}
    assert {*page.included["tags"]} == {f"tag{number}" for number in range(5)}
    assert len(world.asked) == 3
    assert not any("count(" in sql.lower() for sql in world.asked)


async def test_ids_may_be_uuids(world: World) -> None:
    items = [Item(id=UUID(int=number)) for number in range(1, 8)]
    items[1].next = Ref(items[0])
    items[2].others = [Ref(items[0]), Ref(items[1])]
    await world.save(*items)
    ids = [str(item.id) for item in items]
    assert await world.ids(ITEMS, limit=2) == ids
    assert await world.ids(ITEMS, sort=["-id"], limit=2) == ids[::-1]
    assert await world.ids(ITEMS, filters={"next": ids[0]}) == [ids[1]]
    assert await world.ids(ITEMS, filters={"others": ids[1]}) == [ids[2]]
    assert await world.ids(ITEMS, filters={"id__in": [items[3].id]}) == [ids[3]]
    page = await find_page(world.services, ITEMS, Query(include=["next", "others"]))
    assert [*page.included["next"]] == [ids[0]]
    assert [*page.included["others"]] == ids[:2]
    with pytest.raises(InvalidArguments, match="next: This is not a UUID"):
        await world.ids(ITEMS, filters={"next": "b"})


class Lease(Entity):
    """Ends by itself."""

    tenant: str


LEASE_TABLE = EntityTable(
    sql_tables.define(Lease, ttl=60.0), [column.text("id"), column.text("tenant")]
)
LEASES = FilterSet(LEASE_TABLE.definition, id=exact(str), tenant=text())


async def test_what_has_expired_is_not_there(world: World) -> None:
    writes = [
        Write(Key("lease", "record", f"l{n}"), {"id": f"l{n}", "tenant": "x"}, 0, 10.0 + n)
        for n in range(10)
    ]
    await world.store.commit(writes)
    services = services_of(world.store, (LEASE_TABLE.definition,))
    world.now[0] += 14.5
    page = await find_page(services, LEASES, Query(limit=3))
    assert [item.id for item in page.items] == ["l5", "l6", "l7"]
    world.now[0] += 4.0
    page = await find_page(services, LEASES, Query(limit=3, cursor=page.next))
    assert [item.id for item in page.items] == ["l9"]
    assert page.next is None


async def test_what_expires_while_it_is_read_is_shown_once_more(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    lease = Key("lease", "record", "l")
    await world.store.commit([Write(lease, {"id": "l", "tenant": "x"}, 0, 10.0)])
    fetch = world.store.fetch

    async def fetch_slowly(sql: str, parameters: Sequence[object]) -> Sequence[Row]:
        rows = await fetch(sql, parameters)
        world.now[0] += 20.0
        return rows

    monkeypatch.setattr(world.store, "fetch", fetch_slowly)
    search = Search("lease", (Order("id"),), 10)
    count, read = await world.store.search_lazily(search)
    assert [read(place).values["id"] for place in range(count)] == ["l"]
    assert await world.store.search_lazily(search) == (0, ANY)


UNKEPT: list[tuple[dict[str, object], str]] = [
    ({"count": 2**63}, "count"),
    ({"count__in": [1, -(2**70)]}, "count__in"),
    ({"name": "a\0b"}, "name"),
    ({"name__contains": "\0"}, "name__contains"),
    ({"name__startswith": "\ud800"}, "name__startswith"),
    ({"moment__lt": datetime(2024, 1, 1)}, "moment__lt"),
    ({"local": datetime(2024, 1, 1, tzinfo=UTC)}, "local"),
    ({"price": Decimal("0.00001")}, "price"),
    ({"price__ge": Decimal("1e20")}, "price__ge"),
    ({"hour": time(1, tzinfo=UTC)}, "hour"),
]


@pytest.mark.parametrize(("filters", "name"), UNKEPT)
async def test_what_cannot_be_stored_cannot_be_compared(
    world: World, filters: dict[str, object], name: str
) -> None:
    with pytest.raises(InvalidArguments) as caught:
        await world.ids(THINGS, filters=filters)
    assert [error.name for error in caught.value.errors] == [name]
    assert not world.asked


async def test_a_text_of_nothing_but_signs_is_looked_for_as_it_is(world: World) -> None:
    names = ["100%", "100", "a_b", "axb", "a\\b", "a\\\\b", "'; --", "?", "$1", ":x", "%(x)s"]
    await world.save(*[Thing(id=str(place), name=name) for place, name in enumerate(names)])
    for sought in ("%", "_", "\\", "\\\\", "'", "?", "$1", ":x", "%(x)s", "0%", "x"):
        expected = {str(place) for place, name in enumerate(names) if sought in name}
        assert {*await world.ids(THINGS, q=sought)} == expected, sought


PLANS = {"sqlite": "EXPLAIN QUERY PLAN ", "postgresql": "EXPLAIN "}


async def test_a_page_is_found_by_the_index(world: World) -> None:
    """Also one that does not come first, and where some have no value."""

    store, dialect = world.store, world.store.driver.dialect
    is_sqlite = dialect == "sqlite"
    kind = "TEXT" if is_sqlite else 'TEXT COLLATE "C"'
    setup = [] if is_sqlite else [f"ALTER TABLE thing ALTER COLUMN name TYPE {kind}"]
    setup += ["CREATE INDEX ix_name ON thing (name)", "CREATE INDEX ix_count ON thing (count)"]
    await store.driver.execute([Statement(sql) for sql in setup])
    things = [
        Thing(id=f"{n:05}", name=f"n{n * 7919 % 5003:05}", count=None if n % 5 else n)
        for n in range(5000)
    ]
    await world.save(*things)
    if not is_sqlite:
        await store.driver.execute([Statement("ANALYZE thing")])
    # Whoever only explains does not notice that there are new indexes.
    await store.driver.fetch("SELECT 1 FROM thing LIMIT 1", ())
    table = store.tables["thing"]
    key = "sqlite_autoindex_thing_1" if is_sqlite else "thing_pkey"
    for descending in (False, True):
        for last in (None, ("02500",)):
            search = Search("thing", (Order("id", descending),), 51, after=last)
            [(sql, parameters)] = table.search(search, 0.0)
            plan = await store.driver.fetch(PLANS[dialect] + sql, (*parameters, 51))
            lines = "\n".join(str(row[-1]) for row in plan)
            assert key in lines and "Sort" not in lines and "TEMP B-TREE" not in lines
    after = {"name": "n02500", "count": 2500}
    for field, index in (("name", "ix_name"), ("count", "ix_count")):
        for descending in (False, True):
            for nullable in (False, True):
                for values in (None, (after[field], "02500"), (None, "02500")):
                    if values is not None and values[0] is None and not nullable:
                        continue
                    order = (Order(field, descending, nullable), Order("id", descending))
                    search = Search("thing", order, 51, after=values)
                    for sql, parameters in table.search(search, 0.0):
                        plan = await store.driver.fetch(PLANS[dialect] + sql, (*parameters, 51))
                        lines = "\n".join(str(row[-1]) for row in plan)
                        assert index in lines, (field, descending, nullable, values, lines)
                        if values is not None:
                            # It is entered in the right place, and not read from its end.
                            assert "SEARCH" in lines or "Index Cond" in lines, lines
                        assert "Seq Scan" not in lines


class Word(str):
    """A text of which it can be known whether anybody still has it."""


def test_a_search_is_kept_as_sql_for_itself_alone() -> None:
    table = Store().tables["thing"]
    order = (Order("id"),)
    equal = [
        Search("thing", order, 51, (Condition("count", "eq", value),)) for value in (1, 1.0, True)
    ]
    assert equal[0] == equal[1] == equal[2]
    for _ in range(2):
        for search in equal:
            [(_, parameters)] = table.prepared_search(search, 0.0).queries
            assert type(parameters[0]) is type(search.conditions[0].value)
    assert table.prepared_search(equal[0], 0.0) is table.prepared_search(equal[0], 1.0)
    later = equal[0]._replace(after=("x",))
    [(_, parameters)] = table.prepared_search(later, 0.0).queries
    assert parameters == [1, "x"]


def test_only_so_many_searches_are_kept() -> None:
    table = Store().tables["thing"]

    def ask(word: Word) -> ref[Word]:
        condition = Condition("name", "eq", word)
        table.prepared_search(Search("thing", (Order("id"),), 51, (condition,)), 0.0)
        return ref(word)

    words = [ask(Word(number)) for number in range(2 * MAX_PREPARED)]
    assert sum(one() is not None for one in words) <= MAX_PREPARED


def test_what_has_expired_is_found_by_the_time_of_each_search() -> None:
    table = Store().tables["draft"]
    search = Search("draft", (Order("id"),), 51)
    first, second = (table.prepared_search(search, now).queries[0][1] for now in (0.0, 60.0))
    assert first != second


async def test_a_store_that_cannot_search_says_so() -> None:
    search = Search("counter", (Order("id"),), 10)
    with pytest.raises(ConfigurationError, match="SERVER_SQL"):
        await MemoryRepo().search(search)


async def test_a_field_without_a_column_of_its_own(world: World) -> None:
    queries = FilterSet(sql_tables.TAG, id=exact(str), size=ordered(int))

    with pytest.raises(ConfigurationError, match="no column for size"):
        await world.ids(queries, filters={"size": 1})
    with pytest.raises(ConfigurationError, match="no column for size"):
        await world.ids(queries, sort=["size"])

"""Events over entities in SQL: relations, locks, all or nothing, once only, told when committed."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, cast

import pytest
from sql_tables import AUTHOR, BOOK, DRAFT, LIBRARY, LOAN, TAG, Author, Book, Loan, Store, Tag

from starmodel import Actor, CommandRecord, InProcessBus, PersistenceManager, Ref, StateStore
from starmodel.application import Services, UnitOfWork
from starmodel.application.outbox_relay import OutboxRelay
from starmodel.domain import Entity
from starmodel.errors import (
    ConfigurationError,
    Conflict,
    ConstraintViolation,
    DuplicateRequest,
    InvalidState,
    NotFound,
    Refused,
)
from starmodel.stores.sql.drivers.driver import Row, Statement

ANN = Actor("ann")


class CountingStore(Store):
    """Counts the queries that read."""

    queries = 0

    async def fetch(self, sql: str, parameters: Sequence[object]) -> Sequence[Row]:
        self.queries += 1
        return await super().fetch(sql, parameters)


class Library:
    """An app without web around a store, and what its bus was told."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.store = CountingStore(url)
        self.records: list[CommandRecord] = []
        bus = InProcessBus()
        bus.subscribe(self.records.append)
        self.services = Services(
            PersistenceManager({StateStore.SERVER_SQL: self.store}),
            bus,
            definitions=[table.definition for table in LIBRARY],
        )

    def work(self, key: str | None = None) -> UnitOfWork:
        return self.services.unit_of_work(ANN, idempotency_key=key)

    async def add(self, *entities: Entity) -> None:
        """Add records, by an event of the first."""
        async with self.work() as work:
            for entity in entities:
                work.add(type(entity), entity)
            assert await work.commit(entities[0], "added", {}, None) is not None
        self.records.clear()

    async def fill(self) -> None:
        """Two authors, two tags, six books, a loan of each."""
        names = ("ann", "bob")
        await self.add(
            *(Author(id=name, name=name.title()) for name in names),
            *(Tag(id=name, name=name) for name in ("x", "y")),
        )
        for number in range(6):
            author = Ref[Author](names[number % 2])
            book = Book(id=str(number), title=str(number), author=author, tags=[Ref("x")])
            await self.add(book, Loan(id=f"loan-{number}", book=Ref(book)))

    async def rows(self) -> list[Sequence[Row]]:
        """Return all that is stored."""
        tables = ("author", "tag", "book", "book_tags", "loan", "starmodel_tombstone")
        queries = [f"SELECT * FROM {table} ORDER BY 1, 2" for table in tables]
        return [[tuple(row) for row in await self.store.fetch(sql, ())] for sql in queries]


@pytest.fixture(params=["sqlite", "postgresql"])
async def library(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Library]:
    """An open library."""
    url = f"sqlite:///{tmp_path / 'app.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")

    library = Library(url)
    await library.services.open()
    try:
        yield library
    finally:
        await library.services.close()


async def books_of(author: Author) -> list[Book]:
    return await cast("Any", author).books.load()


async def test_relations_are_loaded_by_few_queries_and_saved_with_the_event(
    library: Library,
) -> None:
    await library.fill()
    library.store.queries = 0
    async with library.work() as work:
        ann = await work.load(AUTHOR, "ann")
        books = await books_of(ann)
        assert [book.id for book in books] == ["0", "2", "4"]
        for book in books:
            assert await book.author.load() is ann
            tag = await book.tags[0].load()
            assert isinstance(tag, Tag) and tag.name == "x"
            book.pages += 10
        # The author, his books, their one tag.
        assert library.store.queries == 3
        assert await books_of(ann) == books
        outcome = await work.commit(ann, "edited", {}, None)
    assert outcome is not None and outcome.version == 1
    told = [(one.entity, one.id, one.event, one.version) for one in library.records]
    assert told[0] == ("author", "ann", "edited", 1)
    assert told[1:] == [("book", id, "author.edited", 2) for id in ("0", "2", "4")]
    async with library.work() as work:
        tag = await work.load(TAG, "x")
        library.store.queries = 0
        books = await tag.books.load()
        assert [book.pages for book in books] == [10, 0, 10, 0, 10, 0]
        assert {(await book.author.load()).name for book in books} == {"Ann", "Bob"}
        # The books, and both authors at once.
        assert library.store.queries == 2


async def test_relations_are_as_the_event_has_left_them(library: Library) -> None:
    await library.fill()
    async with library.work() as work:
        ann = await work.load(AUTHOR, "ann")
        work.add(Book, Book(id="9", title="new", author=Ref(ann)))
        (await work.load(BOOK, "0")).author = Ref("bob", Author)
        (await work.load(BOOK, "1")).author = Ref(ann)
        two = await work.load(BOOK, "2")
        work.delete(two)
        assert [book.id for book in await books_of(ann)] == ["1", "4", "9"]
        books = await books_of(await work.load(AUTHOR, "bob"))
        assert [book.id for book in books] == ["0", "3", "5"]
        with pytest.raises(NotFound):
            await Ref("2", Book).load()
        with pytest.raises(NotFound):
            await Ref("nowhere", Book).load()
    with pytest.raises(ConfigurationError):
        await Ref("2", Book).load()


@pytest.mark.parametrize("step", range(5))
async def test_an_event_that_fails_at_any_step_leaves_no_trace(library: Library, step: int) -> None:
    await library.fill()
    before = await library.rows()
    with pytest.raises((Refused, InvalidState, ConstraintViolation)) as caught:
        async with library.work("key") as work:
            ann = await work.load(AUTHOR, "ann")
            book = await work.load(BOOK, "0", lock=step == 1)
            ann.name = "Anna"
            book.title = "changed"
            work.add(TAG, Tag(id="z", name="z"))
            work.delete(await work.load(LOAN, "loan-1"))
            if step == 0:
                raise Refused("No.")
            if step == 1:
                book.pages = -1
            elif step == 2:
                book.tags = [Ref("nowhere")]
            elif step == 3:
                ann.name = "Bob"
            else:
                ann.secret = "much too long"
            await work.commit(book, "changed", {}, None)
    if step == 4:
        # The field is private, so its name is not told.
        assert [error.name for error in cast("Any", caught.value).errors] == [""]
    assert await library.rows() == before
    assert library.records == []
    assert await library.store.pending(0) == []
    assert await library.store.find_idempotency_record("key") is None


async def test_many_who_lock_one_row_wait_for_each_other(library: Library) -> None:
    await library.fill()
    attempts = 0

    async def turn(lock: bool) -> None:
        nonlocal attempts
        async with library.work() as work:
            for _ in work.attempts():
                attempts += 1
                book = await work.load(BOOK, "0", lock=lock)
                await asyncio.sleep(0)
                book.pages += 1
                if await work.commit(book, "turned", {}, None) is not None:
                    return

    await asyncio.gather(*(turn(True) for _ in range(30)))
    assert attempts == 30
    for _ in range(10):
        await asyncio.gather(*(turn(number > 0) for number in range(3)))
    assert (await library.services.read(BOOK, "0")).entity.pages == 60
    assert (await library.services.read(BOOK, "0")).version == 61
    with pytest.raises(Refused):
        async with library.work() as work:
            await work.load(BOOK, "0", lock=True)
            raise Refused("No.")
    await turn(True)


async def test_a_generator_lets_go_of_its_lock_when_it_yields(library: Library) -> None:
    await library.fill()
    async with library.work() as work:
        book = await work.load(BOOK, "0", lock=True)
        for number in range(3):
            book.pages += 1
            outcome = await work.checkpoint(book, "turned", {}, None)
            assert outcome.version == 2 + 2 * number
            async with library.work() as other:
                same = await other.load(BOOK, "0", lock=True)
                same.title += "!"
                assert await other.commit(same, "shouted", {}, None) is not None
    snapshot = await library.services.read(BOOK, "0")
    assert (snapshot.entity.pages, snapshot.entity.title) == (3, "0!!!")


async def test_a_request_that_is_sent_again_is_carried_out_once(library: Library) -> None:
    await library.fill()

    async def turn(key: str) -> None:
        async with library.work(key) as work:
            for _ in work.attempts():
                book = await work.load(BOOK, "0")
                if book.pages:
                    raise Refused("It was turned before.")
                book.pages += 1
                if await work.commit(book, "turned", {}, None) is not None:
                    return

    async def open(key: str) -> None:
        async with library.work(key) as work:
            tag = Tag(name=f"tag-{len(library.records)}")
            work.add(TAG, tag)
            await work.commit(tag, "open", {}, tag)

    await turn("one")
    with pytest.raises(DuplicateRequest) as caught:
        await turn("one")
    repeated = caught.value
    assert (repeated.entity, repeated.id, repeated.created) == ("book", "0", False)
    with pytest.raises(Refused):
        await turn("two")
    results = await asyncio.gather(*(open("three") for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(result, DuplicateRequest) and result.created for result in results) == 4
    assert [record.event for record in library.records] == ["turned", "open"]


async def let_a_minute_pass(library: Library) -> None:
    """Make what is in the outbox older; PostgreSQL goes by a clock that nobody can set."""
    sql = "UPDATE starmodel_outbox SET created_at = created_at - 60"
    await library.store.driver.execute([Statement(sql)])


async def test_what_was_not_published_is_published_by_the_next_process(library: Library) -> None:
    record = CommandRecord("book", "0", "left over", {"pages": 3}, ANN, 1.0, 5, ("pages",))
    await library.store.commit_event([], [record])
    await let_a_minute_pass(library)
    again = Library(library.url)
    await again.services.open()
    assert again.records == [record]
    await again.services.close()
    assert not await library.store.fetch("SELECT 1 FROM starmodel_outbox", ())


async def test_of_several_processes_one_publishes_what_is_left(library: Library) -> None:
    left = [
        CommandRecord("book", str(number), "left over", {}, ANN, 1.0, 5, ("pages",))
        for number in range(1200)
    ]
    for start in range(0, len(left), 300):
        await library.store.commit_event([], left[start : start + 300])
    await let_a_minute_pass(library)
    others = [Library(library.url) for _ in range(3)]
    for other in others:
        await other.services.persistence.open()
    relays = [OutboxRelay(each.services.persistence, each.services.bus) for each in others]
    counts = await asyncio.gather(*[relay.publish() for relay in relays])
    told = [record.id for other in others for record in other.records]
    assert sorted(told) == sorted(record.id for record in left)
    assert sum(counts) == 1200
    for other in others:
        await other.services.persistence.close()


async def test_what_belongs_to_a_session_is_kept_in_sql_as_well(library: Library) -> None:
    for number in range(3):
        async with library.work() as work:
            draft = await work.load(DRAFT, "session")
            assert draft.text == "a" * number
            draft.text += "a"
            outcome = await work.commit(draft, "typed", {}, None)
            assert outcome is not None and outcome.version == number + 1
    assert (await library.services.read(DRAFT, "other")).version == 0


async def test_whoever_takes_an_id_that_is_taken_is_told_so(library: Library) -> None:
    await library.fill()
    async with library.work() as work:
        tag = Tag(id="x", name="other")
        work.add(TAG, tag)
        with pytest.raises(Conflict):
            await work.commit(tag, "open", {}, None)

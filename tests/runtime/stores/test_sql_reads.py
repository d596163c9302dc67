"""What an event has only read is still so when it is saved, or it is run again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, cast

import pytest
from sql_tables import AUTHOR, BOOK, DRAFT, LIBRARY, TAG, Author, Book, Store, Tag

from starmodel import Entity, InProcessBus, PersistenceManager, Ref, StateStore
from starmodel.application import EntityDefinition, Services, UnitOfWork
from starmodel.errors import ConfigurationError, Refused
from starmodel.stores.sql.drivers.driver import Row, Statement, Transaction
from starmodel.stores.sql.drivers.postgres import PostgresDriver
from starmodel.stores.sql.drivers.sqlite import SQLiteDriver

ROUNDS = 15


class Library:
    """An app without web around a store."""

    def __init__(self, url: str) -> None:
        self.store = Store(url)
        self.services = Services(
            PersistenceManager({StateStore.SERVER_SQL: self.store}),
            InProcessBus(),
            definitions=[table.definition for table in LIBRARY],
        )

    def work(self) -> UnitOfWork:
        return self.services.unit_of_work()

    async def add(self, *entities: Entity) -> None:
        async with self.work() as work:
            for entity in entities:
                work.add(entity)
            assert await work.commit(entities[0], "added", {}, None) is not None

    async def change(self, definition: EntityDefinition[Any], id: str, **values: object) -> None:
        async with self.work() as work:
            entity = await work.load(definition, id)
            work.change(entity, values)
            assert await work.commit(entity, "changed", {}, None) is not None

    async def run(self, event: "Event") -> int:
        """Run an event until it is saved, and return how often that was tried."""
        times = 0
        async with self.work() as work:
            while True:
                times += 1
                subject = await event(work)
                if await work.commit(subject, "event", {}, None) is not None:
                    return times


Event = Callable[[UnitOfWork], Awaitable[Entity]]


@pytest.fixture(params=["sqlite", "postgresql"])
async def library(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Library]:
    """An open library, which has two authors."""
    url = f"sqlite:///{tmp_path / 'app.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")

    library = Library(url)
    await library.services.open()
    try:
        await library.add(Author(id="ann", name="Ann"), Author(id="bob", name="Bob"))
        yield library
    finally:
        await library.services.close()


@pytest.fixture
def executed(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[Statement]]:
    """The statements of every commit."""
    seen: list[Sequence[Statement]] = []
    for driver in (SQLiteDriver, PostgresDriver):
        execute = driver.execute

        async def note(
            self: Any, statements: Sequence[Statement], execute: Any = execute
        ) -> list[Sequence[Row]]:
            seen.append(statements)
            return await execute(self, statements)

        monkeypatch.setattr(driver, "execute", note)
    return seen


async def books_of(author: Any) -> list[Book]:
    return await author.books.load()


async def test_an_event_is_run_again_where_a_record_that_it_read_was_changed(
    library: Library,
) -> None:
    seen: list[str] = []

    async def write_book(work: UnitOfWork) -> Entity:
        author = await work.load(AUTHOR, "ann")
        seen.append(author.name)
        if len(seen) == 1:
            await library.change(AUTHOR, "ann", name="Anna")
        book = Book(id="1", title=author.name, author=Ref(author))
        work.add(book)
        return book

    assert await library.run(write_book) == 2
    assert seen == ["Ann", "Anna"]
    async with library.work() as work:
        assert (await work.load(BOOK, "1")).title == "Anna"


async def test_an_event_is_run_again_where_others_refer_to_a_record_by_now(
    library: Library,
) -> None:
    await library.add(Tag(id="t", name="t"))
    for relation, owner, definition in (("author", "ann", AUTHOR), ("tags", "t", TAG)):
        seen: list[int] = []

        async def count(
            work: UnitOfWork,
            relation: str = relation,
            owner: str = owner,
            definition: EntityDefinition[Any] = definition,
            seen: list[int] = seen,
        ) -> Entity:
            subject = await work.load(definition, owner)
            seen.append(len(await books_of(subject)))
            if len(seen) == 1:
                new = Book(title="new", author=Ref("ann"), tags=[Ref("t")])
                await library.add(new)
            elif len(seen) == 2:
                # One goes and another one comes: there are as many as before.
                [book, *_] = await library.store.find("book", relation, owner)
                await library.add(Book(title="", author=Ref("ann"), tags=[Ref("t")]))
                async with library.work() as other:
                    gone = await other.load(BOOK, book[0].id)
                    other.delete(gone)
                    assert await other.commit(gone, "gone", {}, None) is not None
            subject.name += str(seen[-1])
            return subject

        assert await library.run(count) == 3
        assert seen[1:] == [seen[0] + 1] * 2


async def test_an_event_is_run_again_where_what_was_not_there_is_made(library: Library) -> None:
    seen: list[str] = []

    async def rename(work: UnitOfWork) -> Entity:
        author = await work.load(AUTHOR, "ann")
        draft = await work.load(DRAFT, "session")
        seen.append(draft.text)
        if len(seen) == 1:
            await library.change(DRAFT, "session", text="now")
        author.name = draft.text
        return author

    assert await library.run(rename) == 2
    assert seen == ["", "now"]


async def test_what_an_event_reads_does_not_matter_where_it_saves_nothing(
    library: Library, executed: list[Sequence[Statement]]
) -> None:
    async def look(work: UnitOfWork) -> Entity:
        author = await work.load(AUTHOR, "ann")
        await library.change(AUTHOR, "ann", secret="x")
        return author

    assert await library.run(look) == 1


async def test_only_what_was_read_costs_anything(
    library: Library, executed: list[Sequence[Statement]]
) -> None:
    async def rename(work: UnitOfWork) -> Entity:
        author = await work.load(AUTHOR, "ann")
        author.name += "!"
        return author

    async def lock(work: UnitOfWork) -> Entity:
        other = await work.load(AUTHOR, "bob", lock=True)
        assert await books_of(other) == []
        return await rename(work)

    async def read(work: UnitOfWork) -> Entity:
        await work.load(AUTHOR, "bob")
        await work.load(AUTHOR, "bob")
        return await rename(work)

    def checks() -> list[str]:
        texts = [each.sql for statements in executed for each in statements]
        executed.clear()
        return [text for text in texts if text.startswith("SELECT")]

    await library.run(rename)
    assert checks() == []
    await library.run(lock)
    assert checks() == []
    await library.run(read)
    [text] = checks()
    assert text.count("row_version") == 4


async def test_many_records_are_compared_by_few_statements(
    library: Library, executed: list[Sequence[Statement]]
) -> None:
    ids = [f"{number:03}" for number in range(70)]
    await library.add(*(Book(id=id, title=id, author=Ref("ann")) for id in ids))
    stale: list[str] = []

    async def rename(work: UnitOfWork) -> Entity:
        author = await work.load(AUTHOR, "ann")
        assert len(await books_of(author)) == 70
        if stale:
            await library.change(BOOK, stale.pop(), pages=1)
        author.name += "!"
        return author

    executed.clear()
    assert await library.run(rename) == 1
    [statements] = [each for each in executed if len(each) > 3]
    # The author, two of the books, the number of the books.
    assert sum(each.sql.startswith("SELECT") for each in statements) == 4
    for id in (ids[0], ids[63], ids[64], ids[69]):
        stale.append(id)
        assert await library.run(rename) == 2


async def test_two_who_decide_by_what_the_other_changes_do_not_both_succeed(
    library: Library,
) -> None:
    def leave(own: str, other: str) -> Event:
        async def event(work: UnitOfWork) -> Entity:
            me, you = await work.load(AUTHOR, own), await work.load(AUTHOR, other)
            if you.secret == "away":
                raise Refused("Somebody has to stay.")
            me.secret = "away"
            return me

        return event

    for _ in range(ROUNDS):
        events = [leave("ann", "bob"), leave("bob", "ann")]
        done = await asyncio.gather(*map(library.run, events), return_exceptions=True)
        assert sorted(type(one).__name__ for one in done) == ["Refused", "int"]
        for id in ("ann", "bob"):
            await library.change(AUTHOR, id, secret="")


@pytest.mark.parametrize("reads", [True, False])
async def test_nobody_adds_to_what_somebody_else_sums_up(library: Library, reads: bool) -> None:
    async def close(work: UnitOfWork) -> Entity:
        author = await work.load(AUTHOR, "ann")
        author.secret = f"closed {len(await books_of(author))}"
        return author

    async def write(work: UnitOfWork) -> Entity:
        if reads:
            author = await work.load(AUTHOR, "ann")
            if author.secret:
                raise Refused("The books are closed.")
        book = Book(title="", author=Ref("ann"))
        work.add(book)
        return book

    total = 0
    for number in range(ROUNDS):
        events = [write, close, write] if number % 2 else [close, write, write]
        done = await asyncio.gather(*map(library.run, events), return_exceptions=True)
        assert all(isinstance(one, int | Refused) for one in done)
        total += sum(isinstance(one, int) for one in done) - 1
        async with library.work() as work:
            author = await work.load(AUTHOR, "ann")
            assert len(await books_of(author)) == total
            if reads:
                assert author.secret == f"closed {total}"
        await library.change(AUTHOR, "ann", secret="")


async def test_who_is_about_to_refer_is_waited_for(postgres_url: str) -> None:
    """Somebody has referred to a record, and not committed, when those who do are counted."""

    async def count_who_refer(library: Library) -> None:
        await library.add(Author(id="ann", name="Ann"))
        seen: list[int] = []
        driver = cast("PostgresDriver", library.store.driver)

        async def refer(transaction: Transaction) -> None:
            sql = (
                "INSERT INTO book (id, title, author_id, pages, row_version) VALUES (?, ?, ?, ?, ?)"
            )
            await transaction.fetch(sql, ("1", "", "ann", 0, 1))

        async def close(work: UnitOfWork) -> Entity:
            author = await work.load(AUTHOR, "ann")
            seen.append(len(await books_of(author)))
            author.name = "closed"
            return author

        async with driver.transaction() as transaction:
            await refer(transaction)
            closing = asyncio.create_task(library.run(close))
            await asyncio.sleep(0.3)
            assert not closing.done()
            await transaction.execute([])
        assert await closing == 2
        assert seen == [0, 1]

    library = Library(postgres_url)
    await library.services.open()
    try:
        await count_who_refer(library)
    finally:
        await library.services.close()


async def test_a_generator_goes_on_whatever_becomes_of_what_it_has_read(library: Library) -> None:
    async with library.work() as work:
        author, other = await work.load(AUTHOR, "ann"), await work.load(AUTHOR, "bob")
        assert await books_of(author) == []
        for number in range(3):
            author.name = f"Ann {number}"
            work.add(Book(title="", author=Ref(author)))
            await library.change(AUTHOR, "bob", secret=str(number))
            await work.checkpoint(author, "step", {}, None)
        assert other.secret == ""


async def test_two_generators_that_count_both_count_or_one_is_told(library: Library) -> None:
    await library.add(Book(id="1", title="", author=Ref("ann")))

    async def count() -> int:
        steps = 0
        async with library.work() as work:
            book = await work.load(BOOK, "1")
            for _ in range(3):
                book.pages += 1
                await asyncio.sleep(0)
                try:
                    await work.checkpoint(book, "count", {}, None)
                except Exception as error:
                    assert type(error).__name__ == "Conflict"
                    break
                steps += 1
        return steps

    steps = await asyncio.gather(count(), count())
    async with library.work() as work:
        assert (await work.load(BOOK, "1")).pages == sum(steps)


async def test_whoever_deletes_a_record_and_adds_it_anew_is_told_what_is_wrong(
    library: Library,
) -> None:
    async with library.work() as work:
        author = await work.load(AUTHOR, "ann")
        work.delete(author)
        with pytest.raises(ConfigurationError, match="deleted author ann, and adds another"):
            work.add(Author(id="ann", name="new"))

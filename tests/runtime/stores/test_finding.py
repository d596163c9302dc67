"""What an event finds: as it is in the event, and as it is still when the event is saved."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from finding_world import World
from found_app import RESOURCES, Recorded, found_app
from sql_tables import AUTHOR, BOOK, LOAN, TAG, Author, Book, Draft, Item, Loan, Tag, Thing

from starmodel import Entity, Ref, where
from starmodel.application import UnitOfWork
from starmodel.application.queries.filter_set import FilterSet
from starmodel.application.unit_of_work.finding import MAX_FOUND
from starmodel.errors import ConfigurationError, InvalidArguments, Refused
from starmodel.stores.sql.tables.table import EntityTable

Event = Callable[[UnitOfWork], Awaitable[Entity]]

KEY = UUID("5f0c1d3e-0000-4000-8000-000000000001")
MOMENT = datetime(2024, 5, 1, 12, 30, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a database is."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgres_url")
    return f"sqlite:///{tmp_path / 'app.db'}"


@pytest.fixture
async def world(url: str) -> AsyncIterator[World]:
    """An app that has two authors, and four books of the first."""
    async with World(url) as world:
        authors = [Author(id="ann", name="Ann", secret="a1"), Author(id="bob", name="Bob")]
        books = [
            Book(id=str(number), title=f"Book {number}", author=Ref("ann"), pages=number * 10)
            for number in range(4)
        ]
        await world.add(*authors, Tag(id="x", name="x"), *books)
        yield world


async def ids(found: Awaitable[list[Any]]) -> list[str]:
    return [str(each.id) for each in await found]


async def test_records_are_found_by_the_filters_of_lists(world: World) -> None:
    async with world.work() as work:
        assert await ids(work.find(Book)) == ["0", "1", "2", "3"]
        assert await ids(work.find(Book, author="ann", pages__lt=20)) == ["0", "1"]
        assert await ids(
            work.find(Book, author=Ref[Author]("ann"), pages=where.ge(10) & where.lt(30))
        ) == [
            "1",
            "2",
        ]
        assert await ids(work.find(Book, title__contains="K 2")) == ["2"]
        assert await ids(work.find(Book, id__in=["3", "1"], sort="-pages")) == ["3", "1"]
        assert await ids(work.find(Book, sort=["-pages", "title"], limit=2)) == ["3", "2"]
        ann = await work.find_one(AUTHOR, secret="a1")
        assert ann is not None and ann is await work.load(AUTHOR, "ann")
        assert await ids(work.find(Book, author=ann, editor=None, limit=1)) == ["0"]
        assert await work.find_one(Author, name="Eve") is None
        assert await work.count(Book, pages__ge=10) == 3
        assert await work.exists(Book, pages=30)
        assert not await work.exists(Book, tags="x")


async def test_what_an_event_has_done_is_seen(world: World) -> None:
    async with world.work() as work:
        first, second = await work.find(Book, sort="pages", limit=2)
        first.pages = 100
        work.delete(second)
        work.add(Book(id="more", title="New", author=Ref("bob"), pages=25, tags=[Ref("x")]))
        assert await ids(work.find(Book, sort="pages")) == ["2", "more", "3", "0"]
        assert await ids(work.find(Book, sort="-pages", limit=2)) == ["0", "3"]
        assert await ids(work.find(Book, pages__lt=30, sort="pages", limit=1)) == ["2"]
        assert await ids(work.find(Book, tags="x")) == ["more"]
        assert await work.count(Book) == 4
        assert await work.count(Book, author="ann") == 3
        assert await work.exists(Book, author="bob")
        assert not await work.exists(Book, id="1")
        assert await work.find_one(Book, pages=0) is None
        assert await work.find_one(Book, pages=100) is first
        assert await work.commit(first, "event", {}) is not None
    async with world.work() as work:
        assert await ids(work.find(Book, sort="pages")) == ["2", "more", "3", "0"]
        assert first.pages == 100


VALUES: dict[str, list[Any]] = {
    "on": [True, False],
    "count": [-3, 0, 7],
    "ratio": [0.5, 2.0],
    "name": ["Zoe", "ann", "Ann", "100%"],
    "day": [date(2024, 2, 29), date(2025, 1, 1)],
    "hour": [time(8, 30), time(20)],
    "moment": [MOMENT, MOMENT + timedelta(microseconds=1)],
    "local": [datetime(2024, 5, 1, 12, 30), datetime(2024, 5, 1, 12, 31)],
    "span": [timedelta(seconds=1), timedelta(days=2)],
    "key": [KEY],
    "price": [Decimal("1.5000"), Decimal("20")],
}
_ORDERED = ("lt", "le", "gt", "ge")


def filters_of(name: str, values: list[Any]) -> list[tuple[str, Any]]:
    """Return the filters of a field of `Thing`, each with what it may be given."""
    operators = ["ne"] if name in ("on", "key") else ["ne", *_ORDERED]
    found = [(name, value) for value in [*values, None]]
    found += [(f"{name}__{operator}", value) for operator in operators for value in values]
    found += [(f"{name}__isnull", is_null) for is_null in (True, False)]
    if name != "on":
        found.append((f"{name}__in", values[:2]))
    if name == "name":
        parts = ["A", "n", "%", "_", ""]
        found += [(f"name__{operator}", part) for operator in _PARTS for part in parts if part]
    return found


_PARTS = ("contains", "startswith")


async def test_what_is_changed_fits_as_it_would_if_it_were_stored(world: World) -> None:
    things = [Thing(id="none")]
    for name, values in VALUES.items():
        things += [
            Thing.model_validate({"id": f"{name}{place}", name: value})
            for place, value in enumerate(values)
        ]
    await world.add(*things)
    for name, values in VALUES.items():
        for asked in filters_of(name, values):
            for sort in ("id", name, f"-{name}"):
                filters = dict([asked])
                async with world.work() as work:
                    stored = await ids(work.find(Thing, sort=sort, **filters))
                async with world.work() as work:
                    for thing in await work.find(Thing):
                        thing.blob = b"changed"
                    assert await ids(work.find(Thing, sort=sort, **filters)) == stored, asked
                    assert await work.count(Thing, **filters) == len(stored), asked
                    assert await ids(work.find(Thing, sort=sort, limit=2, **filters)) == stored[:2]


async def test_references_that_are_changed_fit_as_well(world: World) -> None:
    async with world.work() as work:
        book, other, *_ = await work.find(Book)
        book.editor, book.tags = Ref("bob"), [Ref("x")]
        other.author = Ref("bob")
        assert await ids(work.find(Book, editor="bob")) == ["0"]
        assert await ids(work.find(Book, editor=None)) == ["1", "2", "3"]
        assert await ids(work.find(Book, editor__ne="bob")) == ["1", "2", "3"]
        assert await ids(work.find(Book, tags="x")) == ["0"]
        assert await ids(work.find(Book, author__in=["bob", "eve"])) == ["1"]
        items = [Item(), Item()]
        items[0].next, items[0].others = Ref(items[1]), [Ref(items[1])]
        for item in items:
            work.add(item)
        assert await work.find(Item, next=items[1]) == [items[0]]
        assert await work.find(Item, others=items[1], id=items[0].id) == [items[0]]


async def test_an_event_is_run_again_where_what_it_found_is_not_so_any_more(world: World) -> None:
    """Whatever changes what was found, or what was not."""

    async def change(work: UnitOfWork) -> None:
        (await work.load(BOOK, "0")).pages = 1

    async def add(work: UnitOfWork) -> None:
        work.add(Book(title="", author=Ref("ann"), pages=0))

    async def delete(work: UnitOfWork) -> None:
        work.delete(await work.load(BOOK, "3"))

    async def nothing(work: UnitOfWork) -> None:
        work.add(Tag(name="a"))

    searches: dict[str, Callable[[UnitOfWork], Awaitable[Any]]] = {
        "all": lambda work: work.find(Book, author="ann"),
        "none": lambda work: work.find(Book, pages=0, author="bob"),
        "first": lambda work: work.find(Book, sort="pages", limit=2),
        "last": lambda work: work.find(Book, sort="-pages", limit=2),
        "one": lambda work: work.find_one(Book, pages=30),
        "count": lambda work: work.count(Book, pages__lt=10),
        "exists": lambda work: work.exists(Book, pages=30),
        "none exists": lambda work: work.exists(Book, pages=1),
    }
    again = {
        "change": ["all", "first", "none exists"],
        "add": ["all", "first", "count"],
        "delete": ["all", "last", "one", "exists"],
        "nothing": [],
    }
    for meanwhile in (change, add, delete, nothing):
        repeated: list[str] = []
        for name, search in searches.items():
            times = await world.run_once_between(search, meanwhile)
            if times == 2:
                repeated.append(name)
            await world.restore()
        assert repeated == again[meanwhile.__name__], meanwhile.__name__


async def test_an_event_that_saves_nothing_is_not_run_again(world: World) -> None:
    async with world.work() as work:
        ann = await work.load(AUTHOR, "ann")
        assert not await work.exists(Tag, name="new")
        await world.add(Tag(name="new"))
        assert await work.commit(ann, "read", {}) is not None


def register(name: str, tried: Callable[[], Awaitable[None]]) -> Event:
    """Return the event that adds a tag of a name that nobody has."""

    async def event(work: UnitOfWork) -> Entity:
        if await work.find_one(Tag, name=name) is not None:
            raise Refused("It is taken.")
        await tried()
        tag = Tag(name=name)
        work.add(tag)
        return tag

    return event


async def run_all(*events: Awaitable[Any]) -> list[Any]:
    """Run events at once; one that is refused gives `None`."""
    results = await asyncio.gather(*events, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, Refused):
            raise result
    return [None if isinstance(result, BaseException) else result for result in results]


async def test_of_two_who_find_nobody_one_is_refused(url: str) -> None:
    """In two apps over one database: neither knows of the other."""
    async with World(url) as one, World(url) as other:
        for round in range(20):
            met = asyncio.Barrier(2)
            waits = [True, True]

            def meet(place: int, met: asyncio.Barrier = met, waits: list[bool] = waits) -> Any:
                async def wait() -> None:
                    # Both have found nobody before either goes on.
                    if waits[place]:
                        waits[place] = False
                        await met.wait()

                return wait

            name = f"name {round}"
            results = await run_all(
                one.run(register(name, meet(0))), other.run(register(name, meet(1)))
            )
            assert sum(result is not None for result in results) == 1
            async with one.work() as work:
                assert await work.count(Tag, name=name) == 1


async def test_two_who_decide_by_what_the_other_writes_do_not_both_win(url: str) -> None:
    """One looks for loans and adds a tag, the other the other way around."""
    async with World(url) as one, World(url) as other:
        await one.add(
            Author(id="ann", name="Ann"),
            *[Book(id=str(place), title="", author=Ref("ann")) for place in range(20)],
        )
        for round in range(20):
            met = asyncio.Barrier(2)
            first: set[str] = {"tag", "loan"}

            async def meet(name: str, first: set[str] = first, met: Any = met) -> None:
                if name in first:
                    first.remove(name)
                    await met.wait()

            async def tag(work: UnitOfWork, round: int = round, meet: Any = meet) -> Entity:
                if await work.exists(Loan, days=round):
                    raise Refused("There is a loan.")
                await meet("tag")
                tag = Tag(name=str(round))
                work.add(tag)
                return tag

            async def lend(work: UnitOfWork, round: int = round, meet: Any = meet) -> Entity:
                if await work.exists(Tag, name=str(round)):
                    raise Refused("There is a tag.")
                await meet("loan")
                loan = Loan(book=Ref(str(round)), days=round)
                work.add(loan)
                return loan

            results = await run_all(one.run(tag), other.run(lend))
            assert sum(result is not None for result in results) == 1


@pytest.mark.parametrize("lock", [False, True])
async def test_a_limit_holds_however_many_come_at_once(url: str, lock: bool) -> None:
    """Twelve want five places: optimistically at first, and by waiting for each other."""
    async with World(url) as one, World(url) as other:
        await one.add(
            Author(id="ann", name="Ann"), Book(id="b", title="", author=Ref("ann"), pages=5)
        )

        async def lend(work: UnitOfWork) -> Entity:
            book = await work.load(BOOK, "b")
            taken = await work.find(Loan, book=book, lock=lock)
            if len(taken) == book.pages:
                raise Refused("All are lent.")
            await asyncio.sleep(0.001)
            loan = Loan(book=Ref(book), days=len(taken))
            work.add(loan)
            return loan

        results = await run_all(*[world.run(lend) for world in (one, other) for _ in range(6)])
        assert sum(result is not None for result in results) == 5
        async with one.work() as work:
            loans = await work.find(LOAN, sort="days")
            assert [loan.days for loan in loans] == [0, 1, 2, 3, 4]


async def test_who_locks_what_he_finds_is_waited_for(world: World) -> None:
    ended: list[str] = []

    async def write(name: str) -> int:
        async def event(work: UnitOfWork) -> Entity:
            books = await work.find(Book, author="ann", lock=True)
            await asyncio.sleep(0.05)
            for book in books:
                book.pages += 1
            ended.append(name)
            return books[0]

        return await world.run(event)

    assert await asyncio.gather(write("a"), write("b"), write("c")) == [1, 1, 1]
    async with world.work() as work:
        assert [book.pages for book in await work.find(Book)] == [3, 13, 23, 33]


async def test_who_is_locked_out_by_what_is_found_is_told_the_truth(world: World) -> None:
    """One finds nobody with a lock; another, who asks for none, is the second all the same."""
    began = asyncio.Event()

    async def first(work: UnitOfWork) -> Entity:
        assert await work.find(Tag, name="n", lock=True) == []
        began.set()
        await asyncio.sleep(0.05)
        tag = Tag(name="n")
        work.add(tag)
        return tag

    async def second(work: UnitOfWork) -> Entity:
        await began.wait()
        return await register("n", lambda: asyncio.sleep(0))(work)

    results = await run_all(world.run(first), world.run(second))
    assert results[1] is None and results[0] == 1


async def test_of_two_processes_only_one_wins_each_name(url: str) -> None:
    async with World(url) as world:
        program = [sys.executable, str(Path(__file__).parents[2] / "support/finding_world.py")]
        paths = ":".join(path for path in sys.path if path)
        processes = [
            subprocess.Popen(
                [*program, url, "40"],
                stdout=subprocess.PIPE,
                stdin=subprocess.PIPE,
                text=True,
                env={"PYTHONPATH": paths},
            )
            for _ in range(2)
        ]
        for process in processes:
            assert process.stdout is not None and process.stdout.readline() == "ready\n"
        outputs = await asyncio.gather(
            *[asyncio.to_thread(process.communicate, "go\n") for process in processes]
        )
        won = [name for output, _ in outputs for name in output.split()]
        assert sorted(won) == sorted(str(number) for number in range(40))
        async with world.work() as work:
            tags = await work.find(TAG)
        assert sorted(tag.name for tag in tags) == sorted(won)


async def test_a_mistake_of_the_authors_is_told_to_him(world: World) -> None:
    async with world.work() as work:
        for search, message in (
            (work.find(Book, titel="x"), r"work\.find\(Book, titel=\.\.\.\): There is no such"),
            (work.find(Book, title__like="x"), r"title__like=\.\.\.\): .*title__contains"),
            (work.find_one(Book, pages="many"), r"work\.find_one\(Book, pages=\.\.\.\)"),
            (work.count(Book, pages=None), r"work\.count\(Book, pages=\.\.\.\)"),
            (
                work.exists(Book, pages__in=3),
                r"work\.exists\(Book, pages__in=\.\.\.\): Give a list",
            ),
            (work.find(Book, sort="colour"), r"work\.find\(Book, sort=\.\.\.\)"),
            (work.find(Book, limit=0), r"limit=0\): at least 1"),
        ):
            with pytest.raises(TypeError, match=message):
                await search
        with pytest.raises(ConfigurationError, match=r"Only those of a Scope\.RECORD in SQL"):
            await work.find(Draft)
        # What the caller of an event has given is his own mistake.
        with pytest.raises(InvalidArguments):
            await work.find_one(Book, title="\0")


async def test_more_than_anybody_wants_are_not_cut_off_in_silence(world: World) -> None:
    await world.add(*[Tag(id=f"t{number}", name="many") for number in range(MAX_FOUND)])
    async with world.work() as work:
        tags = await work.find(Tag, name="many")
        assert len(tags) == MAX_FOUND
        tags[0].name = "few"
        assert await work.commit(tags[0], "event", {}) is not None
    async with world.work() as work:
        for tag in await work.find(Tag, name="many"):
            tag.name = "changed"
        assert await ids(work.find(Tag, name="many")) == []
        assert await work.count(Tag, name="changed") == MAX_FOUND - 1
        assert await work.exists(Tag, id="x")
    async with world.work() as work:
        with pytest.raises(ConfigurationError, match="more than 1,000 records"):
            await work.find(Tag)
        assert len(await work.find(Tag, limit=MAX_FOUND + 100)) == MAX_FOUND + 1


async def test_a_generated_app_finds_by_what_its_lists_have_and_by_private_fields() -> None:
    for resource in RESOURCES:
        public: FilterSet[Any] = resource.queries
        table: EntityTable[Any] = resource.table
        fields = table.search_fields()
        own = FilterSet(resource.definition, **{name: fields[name] for name in public.fields})
        assert own.filters == public.filters
    store = Recorded()
    app = found_app(store)
    writer = RESOURCES[1].definition
    async with app.services as services:
        async with services.unit_of_work() as work:
            eve = writer.cls(name="Eve", secret="s3")
            work.add(eve)
            assert await work.commit(eve, "added", {}) is not None
        async with services.unit_of_work() as work:
            found = await work.find_one(writer, secret="s3", name__ne="Ann")
            assert found is not None and found.id == eve.id
            assert await work.find(writer.cls, secret__contains="4") == []

"""An app over a database, whose events find records; as a program, one that registers names.

Run as `python finding_world.py DATABASE COUNT`: it says "ready", waits for a line, then tries to be
the first to register each of so many names, and prints those that it has.
"""

import asyncio
import random
import sys
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self

from sql_tables import AUTHOR, BOOK, LIBRARY, Store, Tag

from starmodel import Entity, InProcessBus, PersistenceManager, Ref, StateStore
from starmodel.application import EntityDefinition, Services, UnitOfWork
from starmodel.application.queries.filter_set import FilterSet

Step = Callable[[UnitOfWork], Awaitable[Any]]
_TABLES = {table.definition: table for table in LIBRARY}


def _searchable(definition: EntityDefinition[Any]) -> FilterSet[Any] | None:
    if not definition.is_record:
        return None
    return FilterSet(definition, **_TABLES[definition].search_fields())


class World:
    """An app without web around a store."""

    def __init__(self, url: str) -> None:
        self.store = Store(url)
        self.services = Services(
            PersistenceManager({StateStore.SERVER_SQL: self.store}),
            InProcessBus(),
            definitions=[table.definition for table in LIBRARY],
            searchable=_searchable,
        )

    async def __aenter__(self) -> Self:
        await self.services.open()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.services.close()

    def work(self) -> UnitOfWork:
        """Begin an event."""
        return self.services.unit_of_work()

    async def add(self, *entities: Entity) -> None:
        """Add records, by an event of the first."""
        async with self.work() as work:
            for entity in entities:
                work.add(entity)
            assert await work.commit(entities[0], "added", {}) is not None

    async def run(self, event: Callable[[UnitOfWork], Awaitable[Entity]]) -> int:
        """Run an event until it is saved, and return how often that was tried."""
        async with self.work() as work:
            for attempt in work.attempts():
                subject = await event(work)
                if await work.commit(subject, "event", {}) is not None:
                    return attempt + 1
            raise work.last_conflict

    async def run_once_between(self, search: Step, meanwhile: Step) -> int:
        """Run an event that searches and adds a tag; somebody else commits in between, once.

        Returns how often it was tried.
        """
        is_first = True

        async def event(work: UnitOfWork) -> Entity:
            nonlocal is_first
            await search(work)
            if is_first:
                is_first = False
                async with self.work() as other:
                    await meanwhile(other)
                    subject = next(iter(other._tracked.values()))  # pyright: ignore
                    assert await other.commit(subject.entity, "meanwhile", {}) is not None
            tag = Tag(name="added")
            work.add(tag)
            return tag

        return await self.run(event)

    async def restore(self) -> None:
        """Make the books what they were: four of the first author's, with 0 to 30 pages."""
        async with self.work() as work:
            for book in await work.find(BOOK):
                work.delete(book)
            await work.commit(await work.load(AUTHOR, "ann"), "deleted", {})
        book = BOOK.cls
        author: Ref[Any] = Ref("ann")
        await self.add(
            *[
                book(id=str(place), title=f"Book {place}", author=author, pages=place * 10)
                for place in range(4)
            ]
        )


async def main(url: str, count: int) -> None:
    """Register names, several at once."""
    async with World(url) as world:
        print("ready", flush=True)
        sys.stdin.readline()
        names = [str(number) for number in range(count)]
        random.shuffle(names)

        async def register(name: str) -> None:
            async def event(work: UnitOfWork) -> Entity:
                found = await work.find_one(Tag, name=name)
                if found is not None:
                    return found
                won.add(name)
                tag = Tag(name=name)
                work.add(tag)
                return tag

            won: set[str] = set()
            async with world.work() as work:
                for _ in work.attempts():
                    won.clear()
                    subject = await event(work)
                    if await work.commit(subject, "event", {}) is not None:
                        break
            print(*won, flush=True)

        for start in range(0, count, 5):
            await asyncio.gather(*map(register, names[start : start + 5]))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))

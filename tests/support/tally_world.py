"""Tallies in a table: what tests of a store count with, in this process and in others.

As a program: `python tally_world.py URL COUNT WORKERS lock|compare` adds `COUNT` to the tally
`shared`, one at a time, and prints how many were acknowledged.
"""

import asyncio
import sys
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from starmodel import (
    Access,
    CommandRecord,
    Entity,
    InProcessBus,
    PersistenceManager,
    Scope,
    StateStore,
)
from starmodel.application import EntityDefinition, Services
from starmodel.stores.sql.backend import SQLModelBackend
from starmodel.stores.sql.ddl import create_tables
from starmodel.stores.sql.drivers.database_url import driver_for
from starmodel.stores.sql.drivers.driver import Driver, Statement
from starmodel.stores.sql.tables import column
from starmodel.stores.sql.tables.table import EntityTable


class Tally(Entity):
    """A number that grows."""

    name: str
    total: int = 0
    note: str = ""


def tally_state(tally: Tally) -> Mapping[str, object]:
    return {"id": tally.id, "name": tally.name, "total": tally.total, "note": tally.note}


TALLY = EntityDefinition(
    Tally,
    name="tally",
    namespace="tally",
    store=StateStore.SERVER_SQL,
    scope=Scope.RECORD,
    state=tally_state,
    access=Access.PUBLIC,
)


TALLY_TABLE = EntityTable(
    TALLY,
    [
        column.text("id"),
        column.text("name", unique=True),
        column.integer("total", ge=0),
        column.text("note"),
    ],
)


async def make_tables(url: str) -> None:
    """Make the table, in a database that has none."""
    driver = driver_for(url)
    await driver.open()
    for sql in create_tables([TALLY_TABLE], driver.dialect):
        await driver.execute([Statement(sql)])
    await driver.close()


@asynccontextmanager
async def opened(
    database: str | Driver | SQLModelBackend,
    *,
    subscribe: Callable[[CommandRecord], None] | None = None,
    **options: Any,
) -> AsyncGenerator[Services]:
    """The services of an app with tallies; `options` are the store's."""
    if isinstance(database, SQLModelBackend):
        store = database
    else:
        store = SQLModelBackend(database, [TALLY_TABLE], **options)
    bus = InProcessBus()
    if subscribe is not None:
        bus.subscribe(subscribe)
    persistence = PersistenceManager({StateStore.SERVER_SQL: store})
    services = Services(persistence, bus, definitions=[TALLY])
    await services.open()
    try:
        yield services
    finally:
        await services.close()


async def create(services: Services, *ids: str) -> None:
    """Make tallies, in one unit of work."""
    async with services.unit_of_work() as work:
        while True:
            tallies = [Tally(id=id, name=id) for id in ids]
            for tally in tallies:
                work.add(TALLY, tally)
            if await work.commit(tallies[0], "create", {}, None) is not None:
                return


async def add(services: Services, id: str, amount: int = 1, *, lock: bool = False) -> int:
    """Add to a tally, as a generated command does; returns its total."""
    async with services.unit_of_work() as work:
        while True:
            tally = await work.load(TALLY, id, lock=lock)
            tally.total += amount
            outcome = await work.commit(tally, "add", {"amount": amount}, tally.total)
            if outcome is not None:
                return outcome.result


async def total(services: Services, id: str) -> int:
    """The total of a tally, as it is stored."""
    return (await services.read(TALLY, id)).entity.total


async def unpublished(url: str) -> int:
    """How many records are in the outbox."""
    driver = driver_for(url)
    await driver.open()
    [row] = await driver.fetch("SELECT count(*) FROM starmodel_outbox", ())
    await driver.close()
    return row[0]


async def let_a_minute_pass(url: str) -> None:
    """Make what is in the outbox older; a server goes by a clock that nobody can set."""
    driver = driver_for(url)
    await driver.open()
    await driver.execute([Statement("UPDATE starmodel_outbox SET created_at = created_at - 60")])
    await driver.close()


async def left_alone(url: str) -> None:
    """Wait until nobody else is connected: a server may finish what a dead client has asked for."""
    driver = driver_for(url)
    await driver.open()
    others = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    async with asyncio.timeout(30):
        while (await driver.fetch(others, ()))[0][0]:
            await asyncio.sleep(0.02)
    await driver.close()


async def _main(url: str, count: int, workers: int, lock: bool) -> None:
    async with opened(url) as services:
        left = iter(range(count))
        done = 0

        async def work() -> None:
            nonlocal done
            for _ in left:
                await add(services, "shared", lock=lock)
                done += 1

        await asyncio.gather(*(work() for _ in range(workers)))
        print(done)


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "lock"))

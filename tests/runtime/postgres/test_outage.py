"""The server goes away and comes back, under load, and our process stays."""

import asyncio
import time
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
from postgres_server import OwnServer
from tally_world import add, create, let_a_minute_pass, make_tables, opened, total, unpublished

from starmodel import CommandRecord
from starmodel.application import Services
from starmodel.errors import Unavailable
from starmodel.stores.sql.builders import update
from starmodel.stores.sql.drivers.postgres import PostgresDriver

UPDATE = update(
    "tally",
    {"total": "?", "row_version": "?"},
    "id = ? AND row_version = ?",
    is_single=True,
)
WRITERS = 10
SECONDS_BETWEEN = 0.2  # of each writer: 50 writes a second in all


@pytest.fixture
async def url(own_postgres_server: OwnServer) -> AsyncIterator[str]:
    with own_postgres_server.database() as url:
        await make_tables(url)
        yield url


class Outage:
    """Writers that count what was acknowledged, and note when they were refused."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.acknowledged = 0
        self.refused_at: list[float] = []
        self.is_over = False

    async def write(self, id: str) -> None:
        """Add one again and again."""
        while not self.is_over:
            await asyncio.sleep(SECONDS_BETWEEN)
            try:
                await add(self.services, id)
            except Unavailable:
                self.refused_at.append(time.monotonic())
            else:
                self.acknowledged += 1

    async def go_on(self, count: int) -> None:
        """Return once so many more were acknowledged."""
        enough = self.acknowledged + count
        while self.acknowledged < enough:
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("way", ["stop", "kill"])
async def test_errors_last_as_long_as_the_outage(
    own_postgres_server: OwnServer, url: str, way: str
) -> None:
    server = own_postgres_server

    told: list[CommandRecord] = []
    ids = [f"tally-{number}" for number in range(WRITERS)]
    async with opened(url, subscribe=told.append) as services:
        await create(services, *ids)
        outage = Outage(services)
        writers = [asyncio.create_task(outage.write(id)) for id in ids]
        await outage.go_on(20)
        began = time.monotonic()
        await asyncio.to_thread(getattr(server, way))
        await asyncio.sleep(0.7)
        await asyncio.to_thread(server.start)
        ended = time.monotonic()
        await outage.go_on(20)
        outage.is_over = True
        await asyncio.gather(*writers)
        # What was under way at its end may hear of it a moment later.
        assert began <= min(outage.refused_at) <= max(outage.refused_at) < ended + 1
        stored = sum([await total(services, id) for id in ids])
        # What was under way as the server went is done or not; it is one write of each.
        assert outage.acknowledged <= stored <= outage.acknowledged + WRITERS
    # Whoever comes next tells of what was done and could not be acknowledged.
    await let_a_minute_pass(url)
    async with opened(url, subscribe=told.append):
        pass
    versions = {(record.id, record.version) for record in told}
    assert len(versions) == WRITERS + stored
    assert await unpublished(url) == 0


async def test_a_restart_that_nobody_saw_costs_nobody_anything(
    own_postgres_server: OwnServer, url: str
) -> None:
    async with opened(url) as services:
        await create(services, "shared")
    driver = PostgresDriver(url)
    await driver.open()
    await asyncio.gather(*(driver.fetch("SELECT pg_sleep(0.05)", ()) for _ in range(8)))
    # The event loop does not come to see that the connections were closed.
    own_postgres_server.restart()
    results = await asyncio.gather(*(driver.fetch("SELECT 1", ()) for _ in range(20)))
    assert [rows[0][0] for rows in results] == [1] * 20
    own_postgres_server.restart()
    async with driver.transaction() as transaction:
        await transaction.execute([UPDATE.bind(1, 2, "shared", 1)])
    own_postgres_server.restart()
    await asyncio.sleep(0.05)
    await driver.execute([UPDATE.bind(2, 3, "shared", 2)])
    await driver.close()


async def test_backends_that_an_administrator_ends_are_replaced(
    own_postgres_server: OwnServer, url: str
) -> None:
    driver = PostgresDriver(url)
    await driver.open()
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1"
    for _ in range(3):
        await driver.fetch("SELECT 1", ())
        own_postgres_server.run(end, urlsplit(url).path[1:])
        assert [tuple(row) for row in await driver.fetch("SELECT 1", ())] == [(1,)]
    await driver.close()

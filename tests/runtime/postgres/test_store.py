"""The store on PostgreSQL: nothing is lost, nothing is done twice, and nothing is half done."""

import asyncio
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import asynccontextmanager

import pytest
import tally_world
from killed_process import POINTS, Killer, check
from postgres_server import Server
from tally_world import (
    TALLY,
    TALLY_TABLE,
    Tally,
    add,
    create,
    make_tables,
    opened,
    total,
    unpublished,
)

from starmodel import CommandRecord
from starmodel.application import Services
from starmodel.errors import Conflict, ConstraintViolation, DuplicateRequest
from starmodel.stores.sql.backend import SQLModelBackend
from starmodel.stores.sql.drivers.driver import Contention, Driver, Row, Statement, Transaction
from starmodel.stores.sql.drivers.postgres import PostgresDriver

ROUNDS = int(os.environ.get("STARMODEL_TEST_ROUNDS", "5"))
"""How often a process is killed at each point."""


@pytest.fixture
async def url(postgres_url: str) -> str:
    await make_tables(postgres_url)
    return postgres_url


@pytest.fixture(scope="module")
def killer() -> Iterator[Killer]:
    with Killer() as killer:
        yield killer


@pytest.mark.parametrize("way", ["compare", "lock"])
@pytest.mark.parametrize("workers", [1, 500])
async def test_of_two_processes_nobody_loses_an_update(url: str, way: str, workers: int) -> None:
    async with opened(url) as services:
        await create(services, "shared")
    command = [sys.executable, tally_world.__file__, url, "500", str(workers), way]
    paths = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    processes = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=paths) for _ in range(2)
    ]
    assert [process.communicate(timeout=60)[0].strip() for process in processes] == ["500", "500"]
    async with opened(url) as services:
        assert await total(services, "shared") == 1000
    assert await unpublished(url) == 0


async def test_many_begin_on_a_new_database_at_once(postgres_server: Server) -> None:
    async def begin(url: str) -> None:
        stores = [SQLModelBackend(url, [TALLY_TABLE]) for _ in range(8)]
        await asyncio.gather(*(store.open() for store in stores))
        await asyncio.gather(*(store.close() for store in stores))

    for _ in range(ROUNDS):
        with postgres_server.database() as url:
            await begin(url)


class Refusing(Driver):
    """A driver whose database wants some of the transactions to be tried again.

    It refuses an event at most twice, so that no event runs out of its attempts.
    """

    dialect = "postgresql"

    def __init__(self, driver: Driver, share: float) -> None:
        self.driver = driver
        self.share = share
        self.random = random.Random(7)
        self.refusals = Counter[object]()

    def refuse(self) -> None:
        event = asyncio.current_task()
        if self.refusals[event] < 2 and self.random.random() < self.share:
            self.refusals[event] += 1
            raise Contention("40001")

    async def open(self) -> None:
        await self.driver.open()

    async def close(self) -> None:
        await self.driver.close()

    async def fetch(self, sql: str, parameters: Sequence[object]) -> Sequence[Row]:
        return await self.driver.fetch(sql, parameters)

    async def execute(self, statements: Sequence[Statement]) -> list[Sequence[Row]]:
        if "tally" in statements[0].sql:
            self.refuse()
        return await self.driver.execute(statements)

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Transaction]:
        async with self.driver.transaction() as transaction:
            yield RefusingTransaction(self, transaction)


class RefusingTransaction(Transaction):
    """A transaction that may have to be done again when it is nearly done."""

    def __init__(self, driver: Refusing, transaction: Transaction) -> None:
        self.driver = driver
        self.transaction = transaction

    async def fetch(self, sql: str, parameters: Sequence[object]) -> Sequence[Row]:
        return await self.transaction.fetch(sql, parameters)

    async def execute(self, statements: Sequence[Statement]) -> list[Sequence[Row]]:
        self.driver.refuse()
        return await self.transaction.execute(statements)


async def test_where_the_database_wants_it_again_it_is_done_again_and_once(url: str) -> None:
    driver = Refusing(PostgresDriver(url), 0.3)
    told: list[CommandRecord] = []
    async with opened(driver, subscribe=told.append) as services:
        names = [f"tally-{number}" for number in range(20)]
        for name in names:
            await create(services, name)
        told.clear()
        await asyncio.gather(
            *(
                add(services, name, amount, lock=amount == 3)
                for name in names
                for amount in (1, 2, 3, 4, 5, 6)
            )
        )
        assert [await total(services, name) for name in names] == [21] * 20
        # A record for every commit, and none for what was refused.
        versions = sorted((record.id, record.version) for record in told)
        assert versions == sorted((name, version) for name in names for version in range(2, 8))
    assert driver.refusals.total() > 30


async def test_an_event_over_several_rows_is_done_whole_or_not_at_all(url: str) -> None:
    async def move(services: Services, source: str, target: str, amount: int) -> None:
        async with services.unit_of_work() as work:
            for _ in work.attempts():
                giver = await work.load(TALLY, source)
                taker = await work.load(TALLY, target)
                taker.total += amount
                giver.total -= amount
                note = Tally(id=f"{source}-{target}-{amount}", name=f"{source}-{target}-{amount}")
                work.add(TALLY, note)
                arguments = {"amount": amount}
                if await work.commit(giver, "move", arguments, None) is not None:
                    return

    told: list[CommandRecord] = []
    async with opened(url, subscribe=told.append) as services:
        await create(services, "a", "b", "c")
        for id in ("a", "b", "c"):
            await add(services, id, 100)
        told.clear()
        await asyncio.gather(
            *(move(services, "a", "b", amount) for amount in range(1, 6)),
            *(move(services, "b", "c", amount) for amount in range(1, 6)),
            *(move(services, "c", "a", amount) for amount in range(1, 6)),
        )
        assert [await total(services, id) for id in ("a", "b", "c")] == [100] * 3
        assert len(told) == 45
        told.clear()
        # A balance below nothing, a name that is taken: neither leaves a trace.
        with pytest.raises(ConstraintViolation) as caught:
            await move(services, "a", "b", 101)
        assert [error.name for error in caught.value.errors] == ["total"]
        with pytest.raises((ConstraintViolation, Conflict)):
            await move(services, "a", "b", 1)
        assert [await total(services, id) for id in ("a", "b", "c")] == [100] * 3
        assert told == []
    assert await unpublished(url) == 0


async def test_more_locks_than_connections_are_given_one_after_the_other(url: str) -> None:
    async with opened(f"{url}?pool_size=2") as services:
        await create(services, *(f"tally-{number}" for number in range(10)))
        await asyncio.gather(
            *(add(services, f"tally-{number % 10}", lock=number % 3 == 0) for number in range(100))
        )
        totals = [await total(services, f"tally-{number}") for number in range(10)]
        assert totals == [10] * 10


async def test_a_request_that_comes_again_is_done_once(url: str) -> None:
    async def once(services: Services, key: str) -> str:
        try:
            async with services.unit_of_work(idempotency_key=key) as work:
                for _ in work.attempts():
                    tally = await work.load(TALLY, "shared")
                    tally.total += 1
                    if await work.commit(tally, "add", {}, None) is not None:
                        return "done"
                raise work.last_conflict
        except DuplicateRequest as repeated:
            assert (repeated.entity, repeated.id) == ("tally", "shared")
            return "repeated"

    async with opened(url) as services:
        await create(services, "shared")
        asked = [once(services, f"key-{number % 4}") for number in range(40)]
        answers = await asyncio.gather(*asked)
        assert (answers.count("done"), answers.count("repeated")) == (4, 36)
        assert await total(services, "shared") == 4
    async with opened(url) as services:
        assert await once(services, "key-1") == "repeated"
        assert await total(services, "shared") == 4


@pytest.mark.parametrize("point", POINTS)
async def test_a_process_that_is_killed_leaves_all_or_nothing(
    url: str, killer: Killer, point: str
) -> None:
    await check(url, killer, point, ROUNDS)

"""A connection pooler in front of PostgreSQL: one that keeps sessions will do, others are refused."""

import asyncio
from typing import Any

import pytest
from postgres_server import Server
from tests.support.pooler import PGBOUNCER, own_pooler, pgbouncer

from starmodel import CommandRecord
from starmodel.bus import remote
from starmodel.bus.postgres_bus import PostgresBus
from starmodel.domain import ANONYMOUS
from starmodel.errors import ConfigurationError
from starmodel.stores.sql.drivers.postgres import PostgresDriver

SECRET = "the key of all nodes, which is long enough"
# Ours is tried everywhere, the real one as well where it is installed.
POOLERS = [own_pooler] if PGBOUNCER is None else [own_pooler, pgbouncer]
IGNORED = "jit,lock_timeout,statement_timeout,idle_in_transaction_session_timeout"


@pytest.fixture
def url(postgres_server: Server) -> str:
    # No tables are made, so no database is either.
    return postgres_server.url


@pytest.fixture(params=POOLERS)
def pooler(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.mark.parametrize("ignores", ["", IGNORED])
async def test_sessions(url: str, pooler: Any, ignores: str) -> None:
    async with pooler(url, "session", ignores=ignores) as pooled:
        driver = PostgresDriver(pooled, pool_size=3)
        await driver.open()

        async def ask(number: int) -> list[str]:
            async with driver.transaction() as transaction:
                [[found]] = await transaction.fetch("SELECT ?::int", [number])
                assert found == number
                return [
                    (await transaction.fetch(f"SHOW {name}", ()))[0][0]
                    for name in ("lock_timeout", "statement_timeout", "jit", "timezone")
                ]

        found = await asyncio.gather(*map(ask, range(12)))
        # Those of ours, on each connection.
        assert found == [["10s", "30s", "off", "UTC"]] * 12
        await driver.close()


async def test_a_bus_through_sessions(url: str, pooler: Any) -> None:
    async with pooler(url, "session") as pooled:
        one, other = (PostgresBus(pooled, lambda: [SECRET]) for _ in range(2))
        heard = asyncio.Event()
        await one.open()
        await other.open()

        def hear(record: CommandRecord) -> None:
            heard.set()

        other.subscribe(hear, everywhere=True)
        await one.publish(CommandRecord("a", "b", "c", {}, ANONYMOUS, 1.0, 1, ()))
        async with asyncio.timeout(20):
            await heard.wait()
        await one.close()
        await other.close()


@pytest.mark.parametrize("ignores", ["", IGNORED])
async def test_transactions(url: str, pooler: Any, ignores: str) -> None:
    async with pooler(url, "transaction", ignores=ignores) as pooled:
        driver = PostgresDriver(pooled)
        with pytest.raises(ConfigurationError, match="such as PgBouncer in transaction mode"):
            await driver.open()
        await driver.close()


async def test_a_bus_through_transactions(
    url: str, pooler: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "ECHO_SECONDS", 0.5)
    async with pooler(url, "transaction") as pooled:
        bus = PostgresBus(pooled, lambda: [SECRET])
        with pytest.raises(ConfigurationError, match="passes no notifications on"):
            await bus.open()


async def test_a_setting_that_a_pooler_does_not_know(url: str, pooler: Any) -> None:
    async with pooler(url, "session") as pooled:
        driver = PostgresDriver(f"{pooled}?work_mem=8MB")
        with pytest.raises(ConfigurationError, match="unsupported startup parameter: work_mem"):
            await driver.open()


async def test_without_a_pooler_settings_come_with_the_connection(url: str) -> None:
    driver = PostgresDriver(f"{url}?statement_timeout=5000")
    await driver.open()
    [[found]] = await driver.fetch("SHOW statement_timeout", ())
    assert found == "5s"
    await driver.close()

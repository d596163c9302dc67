"""The driver on a real server: what it carries out, what it refuses, what it gives back."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from postgres_server import Server

from starmodel.errors import ConfigurationError
from starmodel.stores.sql.builders import delete, insert, update
from starmodel.stores.sql.drivers.driver import (
    ConnectionLost,
    Contention,
    DriverError,
    RowCountMismatch,
    Statement,
    Violation,
)
from starmodel.stores.sql.drivers.postgres import PostgresDriver
from starmodel.stores.sql.drivers.postgres_connection import read_url

TABLES = [
    "CREATE TABLE account (id text PRIMARY KEY, owner text CONSTRAINT uq_account_owner UNIQUE,"
    " balance bigint NOT NULL CONSTRAINT ck_account_balance_ge CHECK (balance >= 0),"
    " row_version bigint NOT NULL)",
    "CREATE TABLE entry (id text PRIMARY KEY, account_id text CONSTRAINT fk_entry_account_id"
    " REFERENCES account (id) ON DELETE RESTRICT, amount bigint)",
]
INSERT = insert("account", dict.fromkeys(("id", "owner", "balance", "row_version"), "?"), expects=1)
BY_VERSION = "id = ? AND row_version = ?"
UPDATE = update("account", {"balance": "?", "row_version": "?"}, BY_VERSION, is_single=True)
DELETE = delete("account", BY_VERSION, is_single=True)
ENTRY = insert("entry", dict.fromkeys(("id", "account_id", "amount"), "?"))


@asynccontextmanager
async def opened_driver(url: str, **options: Any) -> AsyncGenerator[PostgresDriver]:
    driver = PostgresDriver(url, **options)
    await driver.open()
    try:
        await driver.execute([Statement(sql) for sql in TABLES])
        for name in ("a", "b"):
            await driver.execute([INSERT.bind(name, name, 100, 1)])
        yield driver
    finally:
        await driver.close()


async def balances(driver: PostgresDriver) -> dict[str, int]:
    rows = await driver.fetch("SELECT id, balance FROM account ORDER BY id", ())
    return dict(map(tuple, rows))


async def entries(driver: PostgresDriver) -> int:
    [row] = await driver.fetch("SELECT count(*) FROM entry", ())
    return row[0]


def transfer(version: int, *, entry: str = "1") -> list[Statement]:
    return [
        UPDATE.bind(90, version + 1, "a", version),
        UPDATE.bind(110, 2, "b", 1),
        ENTRY.bind(entry, "a", -10),
    ]


TOO_MANY = [update("account", {"balance": "0"}, "true")._replace(expects=1)]
FAILING: dict[str, tuple[list[Statement], int]] = {
    "one": ([UPDATE.bind(0, 2, "a", 9)], 0),
    "one and its record": ([UPDATE.bind(0, 2, "a", 9), transfer(1)[2]], 0),
    "the first of several": (transfer(9), 0),
    "the second of several": ([transfer(1)[1], transfer(9)[0], transfer(1)[2]], 1),
    "one of a transaction": ([transfer(1)[0], DELETE.bind("b", 9)], 1),
    "more rows than expected": (TOO_MANY, 0),
    "more rows in a transaction": ([transfer(1)[2], *TOO_MANY], 1),
}


@pytest.mark.parametrize("name", FAILING)
async def test_where_one_statement_misses_nothing_is_changed(postgres_url: str, name: str) -> None:
    statements, index = FAILING[name]

    async with opened_driver(postgres_url) as driver:
        with pytest.raises(RowCountMismatch) as caught:
            await driver.execute(statements)
        assert caught.value.index == index
        assert await balances(driver) == {"a": 100, "b": 100}
        assert await entries(driver) == 0


async def test_statements_are_carried_out_together(postgres_url: str) -> None:
    async with opened_driver(postgres_url) as driver:
        assert await driver.execute(transfer(1)) == [[], [], []]
        assert await balances(driver) == {"a": 90, "b": 110}
        returning = UPDATE._replace(
            sql=f"{UPDATE.sql} RETURNING row_version", returns="row_version"
        )
        one, two, none = await driver.execute(
            [
                returning.bind(80, 3, "a", 2),
                returning.bind(120, 3, "b", 2),
                ENTRY.bind("2", "a", -10),
            ]
        )
        assert (one[0][0], two[0][0], none) == (3, 3, [])
        [rows] = await driver.execute(
            [Statement("UPDATE account SET balance = balance + 1 RETURNING id, balance")]
        )
        assert sorted(map(tuple, rows)) == [("a", 81), ("b", 121)]
        many = [ENTRY.bind(str(number), "a", 1) for number in range(10, 40)]
        assert (
            await driver.execute([DELETE._replace(expects=None).bind("c", 1), *many]) == [[]] * 31
        )
        assert await entries(driver) == 32
        assert await driver.execute([]) == []


@pytest.mark.parametrize(
    ("statements", "violation"),
    [
        (
            [INSERT.bind("c", "a", 1, 1)],
            ("unique", "uq_account_owner", ("owner",), 0),
        ),
        (
            [UPDATE.bind(1, 2, "a", 1), ENTRY.bind("1", "nobody", 1)],
            ("foreign_key", "fk_entry_account_id", ("account_id",), 1),
        ),
        (
            [UPDATE.bind(1, 2, "a", 1), DELETE.bind("b", 1)],
            ("foreign_key", "fk_entry_account_id", ("id",), 1),
        ),
        (
            [UPDATE.bind(-1, 2, "a", 1)],
            ("check", "ck_account_balance_ge", (), 0),
        ),
        (
            [UPDATE.bind(None, 2, "a", 1)],
            ("not_null", None, ("balance",), 0),
        ),
    ],
    ids=["unique", "missing reference", "still referred to", "check", "not null"],
)
async def test_a_constraint_refuses_by_name(
    postgres_url: str, statements: list[Statement], violation: tuple[object, ...]
) -> None:
    async with opened_driver(postgres_url) as driver:
        await driver.execute([ENTRY.bind("0", "b", 1)])
        with pytest.raises(Violation) as caught:
            await driver.execute(statements)
        refused = caught.value
        assert (refused.kind, refused.constraint, refused.columns, refused.index) == violation
        assert await balances(driver) == {"a": 100, "b": 100}


async def test_a_transaction_that_stays_open_keeps_others_out(postgres_url: str) -> None:
    async with opened_driver(postgres_url, pool_size=4) as driver:

        async def add(amount: int) -> None:
            async with driver.transaction() as transaction:
                select = "SELECT balance, row_version FROM account WHERE id = ? FOR UPDATE"
                [(balance, version)] = await transaction.fetch(select, ("a",))
                await asyncio.sleep(0)
                new = UPDATE.bind(balance + amount, version + 1, "a", version)
                await transaction.execute([new])

        await asyncio.gather(*(add(1) for _ in range(30)))
        assert (await balances(driver))["a"] == 130

        async with driver.transaction() as transaction:
            await transaction.fetch("UPDATE account SET balance = ? RETURNING id", (0,))
        with pytest.raises(RowCountMismatch):
            async with driver.transaction() as transaction:
                await transaction.execute(transfer(1))
        with pytest.raises(RuntimeError):
            async with driver.transaction() as transaction:
                await transaction.fetch("UPDATE account SET balance = ? RETURNING id", (0,))
                raise RuntimeError
        assert await balances(driver) == {"a": 130, "b": 100}
        assert await entries(driver) == 0


async def test_a_deadlock_and_a_lock_that_is_not_given_are_contention(postgres_url: str) -> None:
    async with opened_driver(f"{postgres_url}?lock_timeout=1500") as driver:
        lock = "SELECT 1 FROM account WHERE id = ? FOR UPDATE"
        both_hold_one = asyncio.Barrier(2)

        async def cross(first: str, second: str) -> str:
            try:
                async with driver.transaction() as transaction:
                    await transaction.fetch(lock, (first,))
                    await both_hold_one.wait()
                    await transaction.fetch(lock, (second,))
            except Contention:
                return "contention"
            return "done"

        assert sorted(await asyncio.gather(cross("a", "b"), cross("b", "a"))) == [
            "contention",
            "done",
        ]
        async with driver.transaction() as transaction:
            await transaction.fetch(lock, ("a",))
            with pytest.raises(Contention):
                await driver.execute([UPDATE.bind(1, 2, "a", 1)])
        assert await balances(driver) == {"a": 100, "b": 100}


async def test_a_statement_that_takes_too_long_is_ended(postgres_url: str) -> None:
    async with opened_driver(f"{postgres_url}?statement_timeout=200") as driver:
        with pytest.raises(ConnectionLost):
            await driver.fetch("SELECT pg_sleep(30)", ())
        assert await balances(driver) == {"a": 100, "b": 100}


async def test_whoever_is_cancelled_leaves_no_lock_and_no_connection_behind(
    postgres_url: str,
) -> None:
    async with opened_driver(f"{postgres_url}?statement_timeout=2000", pool_size=2) as driver:

        async def hold() -> None:
            async with driver.transaction() as transaction:
                await transaction.fetch("SELECT 1 FROM account FOR UPDATE", ())
                await transaction.fetch("SELECT pg_sleep(20)", ())

        for _ in range(3):
            holding = asyncio.create_task(hold())
            reading = asyncio.create_task(driver.fetch("SELECT pg_sleep(20)", ()))
            waiting = asyncio.create_task(driver.fetch("SELECT 1", ()))
            await asyncio.sleep(0.1)
            tasks = (waiting, holding, reading)
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
            assert [type(result) for result in results] == [asyncio.CancelledError] * 3
            async with asyncio.timeout(5):
                await driver.execute([Statement("UPDATE account SET owner = owner")])
        assert await balances(driver) == {"a": 100, "b": 100}


async def test_where_all_connections_are_in_use_one_waits_his_turn_or_is_told(
    postgres_url: str,
) -> None:
    async with opened_driver(f"{postgres_url}?pool_size=2&pool_timeout=0.8") as driver:
        asked = [driver.fetch("SELECT ?::bigint, pg_sleep(0.01)", (n,)) for n in range(40)]
        assert [rows[0][0] for rows in await asyncio.gather(*asked)] == list(range(40))
        [(count,)] = await driver.fetch(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()", ()
        )
        assert count == 2

        async with driver.transaction(), driver.transaction():
            with pytest.raises(ConnectionLost):
                await driver.fetch("SELECT 1", ())
        assert await entries(driver) == 0


async def test_tables_may_change_under_statements_that_are_prepared(postgres_url: str) -> None:
    async with opened_driver(postgres_url) as driver:
        for kind in ("text", "bigint", "text"):
            statement = f"ALTER TABLE entry ALTER COLUMN amount TYPE {kind} USING amount::{kind}"
            await driver.execute([Statement(statement)])
            for _ in range(3):
                await driver.fetch("SELECT amount FROM entry", ())
        async with driver.transaction() as transaction:
            assert await transaction.fetch("SELECT amount FROM entry", ()) == []


VALUES = (
    ("date", date.min, date.max, date(2024, 2, 29)),
    (
        "timestamptz",
        datetime.min.replace(tzinfo=UTC),
        datetime.max.replace(tzinfo=UTC),
        datetime(2024, 3, 31, 1, 30, 0, 1, UTC),
        datetime(2024, 3, 31, 1, 30, tzinfo=timezone(timedelta(hours=5, minutes=30))),
    ),
    ("timestamp", datetime.min, datetime.max, datetime(1999, 12, 31, 23, 59, 59, 999999)),
    ("time", time.min, time.max, time(12, 0, 0, 1)),
    ("uuid", UUID(int=0), UUID(int=2**128 - 1), UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")),
    (
        "numeric(18, 4)",
        Decimal("99999999999999.9999"),
        Decimal("-99999999999999.9999"),
        Decimal("0.0001"),
    ),
    ("bigint", 2**63 - 1, -(2**63), 0),
    ("double precision", 5e-324, 1.7976931348623157e308, 0.1, -1.0),
    ("boolean", True, False),
    ("bytea", b"", bytes(range(256)), b"x" * 100_000),
    ("text", "", " \r\n\t ", "é\u2028\U0001f600\u200f", "x" * 100_000, "'; DROP TABLE x; --"),
    ("jsonb", "null", '"?"', "[1, 2.50]", '{"a": {"b": []}}'),
)


@pytest.mark.parametrize("values", VALUES, ids=[str(values[0]) for values in VALUES])
async def test_values_come_back_equal(postgres_url: str, values: tuple[Any, ...]) -> None:
    kind, *samples = values

    async with opened_driver(postgres_url) as driver:
        await driver.execute([Statement(f"CREATE TABLE kept (place bigint, value {kind})")])
        for place, value in enumerate([*samples, None]):
            added = insert("kept", {"place": "?", "value": "?"}, expects=1)
            await driver.execute([added.bind(place, value)])
        rows = await driver.fetch("SELECT value FROM kept ORDER BY place", ())
        kept = [row[0] for row in rows]
        assert kept == [*samples, None]
        assert [type(value) for value in kept[:-1]] == [type(value) for value in samples]
        if kind == "timestamptz":
            assert all(value.tzinfo is UTC for value in kept[:-1])
        # Not PostgreSQL's infinity, which is no day.
        if kind in ("date", "timestamp", "timestamptz"):
            assert await driver.fetch("SELECT 1 FROM kept WHERE NOT isfinite(value)", ()) == []


@pytest.mark.parametrize("value", ["infinity", "-infinity", "0044-03-15 BC", "10000-01-01"])
async def test_days_that_python_does_not_know_are_refused(postgres_url: str, value: str) -> None:
    async with opened_driver(postgres_url) as driver:
        for kind in ("date", "timestamp", "timestamptz"):
            with pytest.raises(ValueError, match="1 and 9999"):
                await driver.fetch(f"SELECT '{value}'::{kind}", ())
        assert await entries(driver) == 0


async def test_what_is_no_fault_of_the_data_is_told_apart(postgres_url: str) -> None:
    async with opened_driver(postgres_url) as driver:
        for sql, parameters in (
            ("SELECT * FROM nothing", ()),
            ("SELEKT", ()),
            ("SELECT 1 WHERE 1 = ?", (2**70,)),
            ("SELECT 1", (1,)),
        ):
            with pytest.raises(DriverError) as caught:
                await driver.fetch(sql, parameters)
            assert type(caught.value) is DriverError
        assert await entries(driver) == 0


def test_urls_are_read_as_others_write_them() -> None:
    plain = read_url("postgresql://u:p%40@h:1/d")
    assert plain.url == "postgresql://u:p%40@h:1/d"
    assert (plain.pool_size, plain.pool_timeout) == (None, None)
    assert plain.settings["statement_timeout"] == "30000"
    full = read_url(
        "postgresql+asyncpg://h/d?pool_size=3&pool_timeout=0.5&ssl=require&statement_timeout=1"
    )
    assert full.url == "postgresql://h/d?statement_timeout=1&sslmode=require"
    assert (full.pool_size, full.pool_timeout) == (3, 0.5)
    assert "statement_timeout" not in full.settings
    assert read_url("postgres://h/d").url == "postgresql://h/d"
    for wrong in ("mysql://h/d", "postgresql://h/d?pool_size=0", "postgresql://h/d?pool_size=many"):
        with pytest.raises(ConfigurationError):
            read_url(wrong)


async def test_a_start_says_what_is_wrong_and_not_the_password(postgres_server: Server) -> None:
    async def open_at(url: str) -> None:
        await PostgresDriver(url).open()

    there = postgres_server.database_url("not_there")
    with pytest.raises(ConfigurationError, match="not_there"):
        await open_at(there)
    with pytest.raises(ConnectionLost) as caught:
        await open_at("postgresql://u:hunter2@127.0.0.1:1/d")
    assert "127.0.0.1:1/d" in str(caught.value)
    assert "hunter2" not in str(caught.value)

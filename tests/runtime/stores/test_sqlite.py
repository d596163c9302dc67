"""What is particular to SQLite: its file, its one writer, and other processes beside."""

import asyncio
import sqlite3
import sys
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sql_tables import Store

from starmodel.application import Key, Write
from starmodel.errors import ConfigurationError, Conflict, Unavailable
from starmodel.stores.sql.drivers import sqlite as sqlite_driver
from starmodel.stores.sql.drivers.database_url import driver_for
from starmodel.stores.sql.drivers.driver import (
    ConnectionLost,
    Contention,
    DriverError,
    RowCountMismatch,
    Statement,
    Violation,
)
from starmodel.stores.sql.drivers.sqlite import SQLiteDriver


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "app.db"


@asynccontextmanager
async def opened_store(file: Path) -> AsyncGenerator[Store]:
    store = Store(f"sqlite:///{file}")
    await store.open()
    try:
        yield store
    finally:
        await store.close()


def tag(id: object) -> Key:
    return Key("tag", "record", str(id))


def add(id: object, name: str = "") -> Write:
    return Write(tag(id), {"id": str(id), "name": name}, 0)


def dump(file: Path) -> list[str]:
    connection = sqlite3.connect(file)
    lines = list(connection.iterdump())
    connection.close()
    return lines


@pytest.mark.parametrize("failing", range(3))
async def test_a_commit_that_fails_anywhere_changes_nothing(file: Path, failing: int) -> None:
    async with opened_store(file) as store:
        await store.commit([add(name) for name in "abc"])
        before = dump(file)
        writes = [Write(tag(name), {"id": name, "name": "new"}, 1) for name in "abc"]
        writes[failing].expected = 2
        with pytest.raises(Conflict):
            await store.commit([*writes, add("d")])
        assert dump(file) == before


async def test_one_that_fails_on_its_way_takes_nothing_of_its_group_along(file: Path) -> None:
    insert = "INSERT INTO tag (id, name, row_version) VALUES (?, ?, 1)"
    bad: list[list[Statement]] = [
        [Statement(insert, ("x", "")), Statement(insert, ("x", ""))],
        [Statement(insert, ("x", "")), Statement("UPDATE tag SET name = ?", ("",), 77)],
        [Statement(insert, ("x", 2**63))],
        [Statement(insert, ("x", "\ud800"))],
        [Statement(insert, ("x",))],
        [Statement(insert, ("x", ""))] * 2 + [Statement("nonsense")],
        [Statement(insert, ("x", "")), Statement("ROLLBACK")],
        [Statement(insert, ("x", object()))],
        # Nothing can refuse the second, its author says, and is wrong.
        [Statement(insert, ("x", "")), Statement(insert, ("x", ""), is_certain=True)],
        [Statement(insert, ("x", "")), Statement(insert, ("y", "\ud800"), is_certain=True)],
    ]

    async with opened_store(file) as store:
        driver = store.driver
        calls: list[Coroutine[Any, Any, Any]] = []
        for number in range(40):
            calls.append(driver.execute([Statement(insert, (str(number), ""))]))
            calls.append(driver.execute(bad[number % len(bad)]))
        results = await asyncio.gather(*calls, return_exceptions=True)
        assert results[::2] == [[()]] * 40
        assert all(isinstance(result, Exception) for result in results[1::2])
        rows = await store.fetch("SELECT count(*) FROM tag", ())
        assert rows[0][0] == 40
        kinds = [type(result).__name__ for result in results[1:17:2]]
        assert kinds[:2] == ["Violation", "RowCountMismatch"]


async def test_all_who_are_ready_to_write_are_one_transaction(file: Path) -> None:
    async with opened_store(file) as store:
        driver = store.driver
        assert isinstance(driver, SQLiteDriver)
        asked: list[str] = []
        driver.connections[0].set_trace_callback(asked.append)
        await asyncio.gather(*(store.commit([add(number)]) for number in range(40)))
        assert asked.count("BEGIN IMMEDIATE") == asked.count("COMMIT") == 1


async def test_the_thread_that_writes_is_woken_for_each(file: Path) -> None:
    async with opened_store(file) as store:

        async def write(writer: int) -> None:
            for number in range(30):
                await store.commit([add(f"{writer}-{number}")])
                if number % 10 == writer:
                    # Until it has fallen asleep, or is about to.
                    await asyncio.sleep(0.001 * (number % 3))
                if number % 7 == writer:
                    async with store.transaction() as view:
                        await view.commit([add(f"{writer}-{number}-held")])

        async with asyncio.timeout(30):
            await asyncio.gather(*map(write, range(8)))
        rows = await store.fetch("SELECT count(*) FROM tag", ())
        assert rows[0][0] == 8 * 30 + sum(n % 7 == w for w in range(8) for n in range(30))


async def test_only_so_many_large_queries_are_known(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"_LONG": -1.0, "_MAX_SLOW": 2}.items():
        monkeypatch.setattr(sqlite_driver, name, value)
    async with opened_store(file) as store:
        for number in range(8):
            text = f"x{number // 2}"
            assert await store.driver.fetch(f"SELECT '{text}'", ()) == [(text,)]
        assert len(vars(store.driver)["_slow"]) == 2
        for number in range(8):
            await store.driver.fetch(f"SELECT {number}", ())
        assert len(vars(store.driver)["_suspected"]) == 2


async def test_a_query_that_takes_long_for_few_steps_is_read_in_a_thread(file: Path) -> None:
    large, small = "SELECT length(hex(zeroblob(30000000)))", "SELECT 1"
    async with opened_store(file) as store:
        driver = store.driver
        slow, suspected = vars(driver)["_slow"], vars(driver)["_suspected"]
        # As if somebody else had had the processor when it was asked before.
        suspected.add(small)
        assert await driver.fetch(small, ()) == [(1,)]
        assert small not in suspected | slow.keys()
        assert await driver.fetch(large, ()) == [(60000000,)]
        assert large in suspected - slow.keys()
        assert await driver.fetch(large, ()) == [(60000000,)]
        assert large in slow.keys() - suspected
        assert await driver.fetch(large, ()) == [(60000000,)]


async def test_a_query_that_has_become_short_is_read_without_a_thread_again(file: Path) -> None:
    text = "SELECT length(hex(zeroblob(?)))"
    async with opened_store(file) as store:
        slow = vars(store.driver)["_slow"]
        # As if it had been asked for much before.
        slow[text] = 0
        for _ in range(2):
            for _ in range(20):
                assert await store.driver.fetch(text, (1,)) == [(2,)]
            assert text in slow
            assert await store.driver.fetch(text, (30_000_000,)) == [(60_000_000,)]
        async with asyncio.timeout(30):
            while text in slow:
                assert await store.driver.fetch(text, (1,)) == [(2,)]


async def test_a_large_query_keeps_nobody_waiting(file: Path) -> None:
    endless = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3000000)"
        " SELECT max(i) FROM n"
    )

    async with opened_store(file) as store:
        turns, is_over = 0, False

        async def watch() -> None:
            nonlocal turns
            while not is_over:
                await asyncio.sleep(0.001)
                turns += 1

        watching = asyncio.create_task(watch())
        for _ in range(2):
            [[most]] = await store.fetch(endless, ())
            assert most == 3_000_000
        is_over = True
        await watching
        # In the thread of the event loop nobody would have had a turn before it was over.
        assert turns > 20
        for _ in range(2000):
            assert await store.load(tag("x")) is None


async def test_a_lock_that_is_held_too_long_is_taken_away(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("starmodel.stores.sql.drivers.sqlite_writer.LOCKED_SECONDS", 0.2)

    async with opened_store(file) as store:
        async with store.transaction() as view:
            other = asyncio.create_task(store.commit([add("b")]))
            await asyncio.sleep(0.4)
            assert await other == [1]
            with pytest.raises(Unavailable):
                await view.commit_event([add("a")], [])
        assert await store.load(tag("a")) is None
        assert await store.commit([add("a")]) == [1]


async def test_whoever_finds_the_file_locked_may_try_again(file: Path) -> None:
    async with opened_store(file) as store:
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        assert isinstance(store.driver, SQLiteDriver)
        writing = [asyncio.create_task(store.commit([add(number)])) for number in range(3)]
        await asyncio.sleep(0.2)
        assert await store.load(tag(0)) is None
        other.execute("COMMIT")
        assert await asyncio.gather(*writing) == [[1]] * 3
        other.close()


async def test_a_busy_file_is_contention(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("starmodel.stores.sql.drivers.sqlite.BUSY_SECONDS", 0.05)

    async with opened_store(file) as store:
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        insert = Statement("INSERT INTO tag (id, name, row_version) VALUES ('a', '', 1)")
        with pytest.raises(Contention):
            await store.driver.execute([insert])
        with pytest.raises(Conflict):
            await store.commit([add("a")])
        with pytest.raises(Conflict):
            async with store.transaction():
                pass
        other.close()
        assert await store.commit([add("a")]) == [1]


INCREMENT = """
import asyncio, sys
from sql_tables import Store
from starmodel.application import Key, Write
from starmodel.errors import Conflict

async def main():
    store = Store(f"sqlite:///{sys.argv[1]}")
    await store.open()
    key = Key("tag", "record", "counter")
    async def increment():
        while True:
            stored = await store.load(key)
            name = str(int(stored.values["name"]) + 1)
            try:
                changed = Write(key, {**stored.values, "name": name}, stored.version)
                await store.commit([changed])
                return
            except Conflict:
                await asyncio.sleep(0)
    async def work():
        for _ in range(100):
            await increment()
    await asyncio.gather(*[work() for _ in range(5)])
    await store.close()

asyncio.run(main())
"""


def script_of(text: str) -> str:
    """Return a script that finds what the tests find."""
    support = str(Path(__file__).parents[2] / "support")
    return f"import sys; sys.path[:0] = {[support, *sys.path]!r}\n{text}"


async def test_two_processes_lose_no_update(file: Path) -> None:
    async with opened_store(file) as store:
        await store.commit([add("counter", "0")])
        processes = [
            await asyncio.create_subprocess_exec(
                sys.executable, "-c", script_of(INCREMENT), str(file)
            )
            for _ in range(2)
        ]
        async with asyncio.timeout(60):
            assert [await process.wait() for process in processes] == [0, 0]
        stored = await store.load(tag("counter"))
        assert stored is not None
        assert (stored.values["name"], stored.version) == ("1000", 1001)


async def test_errors_say_what_they_are_about(file: Path) -> None:
    async with opened_store(file) as store:
        execute = store.driver.execute
        insert = "INSERT INTO author (id, name, secret, row_version) VALUES (?, ?, ?, 1)"
        await execute([Statement(insert, ("a", "Ann", ""))])
        with pytest.raises(Violation) as unique:
            await execute([Statement("SELECT 1"), Statement(insert, ("b", "Ann", ""))])
        assert (unique.value.kind, unique.value.columns) == ("unique", ("name",))
        assert (unique.value.table, unique.value.index) == ("author", 1)
        with pytest.raises(Violation) as checked:
            await execute([Statement(insert, ("b", "Bob", "much too long"))])
        assert (checked.value.kind, checked.value.constraint) == (
            "check",
            "ck_author_secret_length",
        )
        with pytest.raises(RowCountMismatch) as mismatch:
            await execute([Statement("SELECT 1"), Statement("DELETE FROM author", (), 2)])
        assert mismatch.value.index == 1
        with pytest.raises(DriverError, match="no such table"):
            await execute([Statement("DELETE FROM nowhere")])
        with pytest.raises(DriverError, match="no such table"):
            await store.driver.fetch("SELECT * FROM nowhere", ())


async def test_a_closed_database_is_unreachable(file: Path) -> None:
    driver = driver_for(f"sqlite:///{file}")
    await driver.open()
    await driver.close()
    await driver.close()
    with pytest.raises(ConnectionLost):
        await driver.fetch("SELECT 1", ())
    with pytest.raises(ConnectionLost):
        await driver.execute([Statement("SELECT 1")])
    with pytest.raises(ConnectionLost):
        async with driver.transaction():
            pass
    with pytest.raises(ConfigurationError, match="nowhere"):
        await driver_for(f"sqlite:///{file.parent}/nowhere/app.db").open()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("app.db", "no scheme"),
        ("mysql://root:secret@host/app", "mysql://"),
        ("sqlite://app.db", "sqlite:///app.db"),
        ("sqlite:///app.db?synchronous=maybe", "FULL"),
        ("sqlite:///app.db?mode=ro", "synchronous"),
    ],
)
def test_a_url_that_is_none_is_told_how_it_should_be(url: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        driver_for(url)
    assert said in str(caught.value)
    assert "secret" not in str(caught.value)


async def test_a_database_without_a_file_is_new_each_time() -> None:
    for _ in range(2):
        store = Store("sqlite://")
        await store.open()
        assert await store.commit([Write(tag("a"), {"id": "a", "name": ""}, 0)]) == [1]
        values = {"id": "b", "name": "", "secret": ""}
        await store.commit([Write(Key("author", "record", "b"), values, 0)])
        await store.close()

"""Entities in a SQLite file: exact values, whole transactions, many writers."""

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Coroutine
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sql_tables import ThingStore

from starmodel.application import Key, Write
from starmodel.errors import (
    ConfigurationError,
    Conflict,
    ConstraintViolation,
    InvalidState,
    StarModelError,
)

Check = Callable[[ThingStore], Coroutine[Any, Any, None]]

EMPTY: dict[str, Any] = dict.fromkeys(
    (
        *("on", "count", "ratio", "name", "blob", "day", "hour", "moment", "local", "span"),
        *("key", "price"),
    )
)
TEXTS = [
    "",
    " ",
    "a",
    "é",
    "日本",
    "😀",
    "\u202e",
    "'",
    '"',
    ";--",
    "\r\n\t",
    "x" * 100_000,
    "%_\\",
]
MOMENTS = [datetime(year, 1, 1, tzinfo=UTC) for year in (1, 1969, 1970, 2024, 9999)]
VALUES: dict[str, list[Any]] = {
    "on": [True, False],
    "count": [0, 1, -1, 2**31, -(2**31) - 1, 2**53 + 1, 2**63 - 1, -(2**63)]
    + [sign * 7**power for power in range(1, 22) for sign in (1, -1)],
    "ratio": [0.0, 0.1, -0.1, 1.0, 1e308, 5e-324, 2.0**53, -1e-10, 1 / 3]
    + [sign * 3.0**power for power in range(-20, 20) for sign in (1, -1)],
    "name": [*TEXTS, *map(chr, (1, 7, 0x85, 0x2028, 0xFEFF, 0xFFFD, 0x10FFFF))],
    "blob": [b"", b"\0", bytes(range(256)), b"'" * 1000],
    "day": [date.min, date.max, date(1970, 1, 1), date(2024, 2, 29), date(1582, 10, 15)],
    "hour": [time.min, time.max, time(12), time(1, 2, 3, 4)],
    "moment": [
        *MOMENTS,
        datetime.max.replace(tzinfo=UTC),
        datetime(2024, 5, 5, 12, 0, 0, 1, tzinfo=timezone(timedelta(hours=5, minutes=30))),
    ],
    "local": [datetime.min, datetime.max, datetime(2024, 3, 31, 2, 30)],
    "span": [timedelta(0), timedelta(days=-100_000_000), timedelta(microseconds=-1)]
    + [timedelta(days=3**power, microseconds=1) for power in range(12)],
    "key": [UUID(int=0), UUID(int=2**128 - 1), UUID("12345678-1234-5678-1234-567812345678")],
    "price": [Decimal(0), Decimal("0.0001"), Decimal("-0.0001"), Decimal("1.5")]
    + [Decimal("99999999999999.9999"), Decimal("-99999999999999.9999")]
    + [Decimal(10) ** power + Decimal("0.0003") for power in range(14)],
}
CASES = [(field, value) for field, values in VALUES.items() for value in values]

REFUSED: list[tuple[str, Any]] = [
    ("count", 2**63),
    ("count", -(2**63) - 1),
    ("ratio", float("nan")),
    ("ratio", float("inf")),
    ("name", "a\0b"),
    ("name", "\ud800"),
    ("moment", datetime(2024, 1, 1)),
    ("moment", datetime.min.replace(tzinfo=timezone(timedelta(hours=1)))),
    ("local", datetime(2024, 1, 1, tzinfo=UTC)),
    ("hour", time(12, tzinfo=UTC)),
    ("span", timedelta.max),
    ("span", timedelta.min),
    ("price", Decimal("0.00001")),
    ("price", Decimal("100000000000000")),
    ("price", Decimal("1e40")),
    ("price", Decimal("NaN")),
    ("price", Decimal("Infinity")),
]


def thing(id: str) -> Key:
    return Key("thing", "record", id)


def tag(id: str) -> Key:
    return Key("tag", "record", id)


def values(**given: Any) -> dict[str, Any]:
    return {**EMPTY, "tags": [], **given}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "app.db"


def run(file: Path, check: Check) -> None:
    async def main() -> None:
        store = ThingStore(str(file))
        await store.open()
        try:
            await store.make()
            await check(store)
        finally:
            await store.close()

    asyncio.run(main())


def test_every_value_comes_back_equal(file: Path) -> None:
    assert len(CASES) >= 200

    async def check(store: ThingStore) -> None:
        writes = [
            Write(thing(str(number)), values(**{field: value}), 0)
            for number, (field, value) in enumerate(CASES)
        ]
        await store.commit(writes)
        for number, (field, value) in enumerate(CASES):
            stored = await store.load(thing(str(number)))
            assert stored is not None
            back = stored.values[field]
            assert back == value and type(back) is type(value), field
            assert stored.values == values(**{field: value})

    run(file, check)


@pytest.mark.parametrize(("field", "value"), REFUSED)
def test_what_cannot_be_kept_is_refused_before_it_is_stored(
    file: Path, field: str, value: Any
) -> None:
    async def check(store: ThingStore) -> None:
        with pytest.raises(InvalidState) as caught:
            await store.commit([Write(thing("a"), values(**{field: value}), 0)])
        assert [error.name for error in caught.value.errors] == [field]
        assert await store.load(thing("a")) is None

    run(file, check)


def test_relations_keep_their_order(file: Path) -> None:
    async def check(store: ThingStore) -> None:
        for name in "abc":
            await store.commit([Write(tag(name), {"name": name}, 0)])
        [version] = await store.commit([Write(thing("t"), values(tags=["c", "a", "b"]), 0)])
        stored = await store.load(thing("t"))
        assert stored is not None and stored.values["tags"] == ["c", "a", "b"]
        await store.commit([Write(thing("t"), values(tags=["b", "c"]), version)])
        stored = await store.load(thing("t"))
        assert stored is not None and stored.values["tags"] == ["b", "c"]

    run(file, check)


@pytest.mark.parametrize(
    ("write", "names", "type"),
    [
        (Write(tag("other"), {"name": "taken"}, 0), ["name"], "unique"),
        (Write(thing("t"), values(tags=["nowhere"]), 0), [""], "reference"),
        (Write(tag("used"), None, 1), [""], "reference"),
        (Write(thing("t"), values(count=-13), 0), ["count"], "check"),
    ],
)
def test_a_constraint_names_the_field(
    file: Path, write: Write, names: list[str], type: str
) -> None:
    async def check(store: ThingStore) -> None:
        await store.commit([Write(tag("used"), {"name": "taken"}, 0)])
        await store.commit([Write(thing("user"), values(tags=["used"]), 0)])
        with pytest.raises(ConstraintViolation) as caught:
            await store.commit([write])
        assert [(error.name, error.type) for error in caught.value.errors] == [
            (name, type) for name in names
        ]

    run(file, check)


def test_of_many_commits_at_once_only_those_that_fail_fail(file: Path) -> None:
    async def check(store: ThingStore) -> None:
        await store.commit([Write(tag("taken"), {"name": "taken"}, 0)])

        async def add(number: int) -> object:
            writes = [Write(thing(str(number)), values(count=number), 0)]
            if number % 3 == 1:
                writes.append(Write(tag(str(number)), {"name": "taken"}, 0))
            elif number % 3 == 2:
                writes.append(Write(tag("taken"), {"name": "new"}, 99))
            try:
                return await store.commit(writes)
            except StarModelError as error:
                return type(error)

        results = await asyncio.gather(*map(add, range(300)))
        for number, result in enumerate(results):
            stored = await store.load(thing(str(number)))
            assert (stored is not None) is (number % 3 == 0)
            assert result == ([1], ConstraintViolation, Conflict)[number % 3]

    run(file, check)


def dump(file: Path) -> list[str]:
    with sqlite3.connect(file) as connection:
        lines = list(connection.iterdump())
    connection.close()
    return lines


@pytest.mark.parametrize("failing", range(3))
def test_a_commit_that_fails_anywhere_changes_nothing(file: Path, failing: int) -> None:
    async def check(store: ThingStore) -> None:
        await store.commit([Write(tag(name), {"name": name}, 0) for name in "abc"])
        before = dump(file)
        writes = [Write(tag(name), {"name": name * 2}, 1) for name in "abc"]
        writes[failing].expected = 2
        with pytest.raises(Conflict):
            await store.commit(writes)
        assert dump(file) == before

    run(file, check)


INCREMENT = """
import asyncio, sys
from sql_tables import ThingStore
from starmodel.application import Key, Write
from starmodel.errors import Conflict

async def main():
    store = ThingStore(sys.argv[1])
    await store.open()
    key = Key("thing", "record", "counter")
    async def increment():
        while True:
            stored = await store.load(key)
            count = stored.values["count"] + 1
            try:
                await store.commit([Write(key, {**stored.values, "count": count}, stored.version)])
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


def test_two_processes_lose_no_update(file: Path) -> None:
    async def check(store: ThingStore) -> None:
        await store.commit([Write(thing("counter"), values(count=0), 0)])
        support = Path(__file__).parents[2] / "support"
        paths = [str(support), *sys.path]
        script = f"import sys; sys.path[:0] = {paths!r}\n{INCREMENT}"
        processes = [
            await asyncio.create_subprocess_exec(sys.executable, "-c", script, str(file))
            for _ in range(2)
        ]
        async with asyncio.timeout(60):
            assert [await process.wait() for process in processes] == [0, 0]
        stored = await store.load(thing("counter"))
        assert stored is not None
        assert (stored.values["count"], stored.version) == (1000, 1001)

    run(file, check)


KILLED = """
import asyncio, sys
from sql_tables import ThingStore
from starmodel.application import Key, Write

async def main():
    store = ThingStore(sys.argv[1])
    await store.open()
    async def add(number):
        keys = [Key("tag", "record", f"{number}-{part}") for part in range(3)]
        await store.commit([Write(key, {"name": key.id}, 0) for key in keys])
        print(number, flush=True)
    for start in range(0, 1_000_000, 16):
        await asyncio.gather(*map(add, range(start, start + 16)))

asyncio.run(main())
"""


def test_what_was_acknowledged_survives_a_kill_and_nothing_is_there_in_part(file: Path) -> None:
    async def check(_: ThingStore) -> None:
        pass

    run(file, check)
    support = Path(__file__).parents[2] / "support"
    script = f"import sys; sys.path[:0] = {[str(support), *sys.path]!r}\n{KILLED}"
    acknowledged: set[int] = set()
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(file)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    for line in process.stdout:
        acknowledged.add(int(line))
        if len(acknowledged) == 200:
            process.kill()
            break
    rest = process.stdout.read().split("\n")
    process.stdout.close()
    process.wait()
    # The last line may have been cut.
    acknowledged.update(int(line) for line in rest[:-1])
    connection = sqlite3.connect(file)
    rows = [id for (id,) in connection.execute("SELECT id FROM tag")]
    connection.close()
    parts = dict.fromkeys(range(len(rows)), 0)
    for id in rows:
        parts[int(id.partition("-")[0])] += 1
    assert {count for count in parts.values() if count} == {3}
    assert acknowledged <= {number for number, count in parts.items() if count == 3}


def test_a_file_that_cannot_be_opened_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="nowhere"):
        asyncio.run(ThingStore(str(tmp_path / "nowhere" / "app.db")).open())

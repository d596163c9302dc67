"""Saving with nothing but a driver, as one writes it by hand for one table."""

import asyncio
import json
import queue
import sqlite3
import threading
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import asyncpg  # pyright: ignore[reportMissingTypeStubs]

from benchmarks.stocked import (
    POSTGRESQL,
    SQLITE,
    Item,
    Status,
    create_table,
    first_items,
)
from benchmarks.way import Way

_DRIVER: Any = asyncpg
Job = tuple[tuple[object, ...], "asyncio.Future[int]"]

NAMES = (
    *("id", "name", "sku", "description", "price", "stock", "reserved", "weight"),
    *("status", "is_listed", "created_at", "available_on", "batch", "labels"),
)
SELECT = f"SELECT {', '.join(NAMES)}, row_version FROM item WHERE id = ?"
INSERT = f"INSERT INTO item ({', '.join(NAMES)}, row_version) VALUES ({', '.join('?' * 15)})"
UPDATE = (
    f"UPDATE item SET {', '.join(f'{name} = ?' for name in NAMES[1:])}, row_version = ?"
    " WHERE id = ? AND row_version = ?"
)


class PlainSQLite(Way):
    """A commit for each save, in the event loop's thread."""

    name = "plain"

    def __init__(self, path: Path) -> None:
        self.connection = connect(path)

    async def open(self) -> None:
        begin(self.connection)

    async def save(self, id: str) -> None:
        item, version = read(self.connection, id)
        item.stock += 1
        if self.connection.execute(UPDATE, changed(item, version)).rowcount != 1:
            raise RuntimeError("Somebody else was faster.")

    async def close(self) -> None:
        self.connection.close()


class GroupedSQLite(Way):
    """A thread that writes, and commits what has gathered meanwhile."""

    name = "grouped"

    def __init__(self, path: Path) -> None:
        self.reader = connect(path)
        self.writer = connect(path)
        self.jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self.thread = threading.Thread(target=self._write)

    async def open(self) -> None:
        begin(self.writer)
        self.thread.start()

    async def save(self, id: str) -> None:
        item, version = read(self.reader, id)
        item.stock += 1
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.jobs.put((changed(item, version), future))
        if await future != 1:
            raise RuntimeError("Somebody else was faster.")

    async def close(self) -> None:
        self.jobs.put(None)
        await asyncio.to_thread(self.thread.join)
        self.reader.close()
        self.writer.close()

    def _write(self) -> None:
        while (job := self.jobs.get()) is not None:
            group = [job]
            while not self.jobs.empty():
                following = self.jobs.get()
                if following is None:
                    self.jobs.put(None)
                    break
                group.append(following)
            self.writer.execute("BEGIN IMMEDIATE")
            counts = [self.writer.execute(UPDATE, row).rowcount for row, _ in group]
            self.writer.execute("COMMIT")
            loop = group[0][1].get_loop()
            loop.call_soon_threadsafe(tell, [future for _, future in group], counts)


class PlainPostgres(Way):
    """Two journeys on a connection of one's own: read, and compare-and-set."""

    name = "plain"
    connections: ClassVar[int] = 10

    def __init__(self, url: str) -> None:
        self.url = url
        self.free: asyncio.LifoQueue[Any] = asyncio.LifoQueue()
        self.select = numbered(SELECT)
        self.update = numbered(UPDATE)

    async def open(self) -> None:
        for _ in range(self.connections):
            self.free.put_nowait(await _DRIVER.connect(self.url))
        connection = await self.free.get()
        await connection.execute("DROP TABLE IF EXISTS item")
        await connection.execute(create_table(POSTGRESQL))
        rows = [postgres_row(item) for item in first_items()]
        await connection.executemany(numbered(INSERT), [(*row, 1) for row in rows])
        self.free.put_nowait(connection)

    async def save(self, id: str) -> None:
        connection = await self.free.get()
        row = await connection.fetchrow(self.select, id)
        values: dict[str, Any] = dict(row)
        values["status"] = Status(values["status"])
        values["labels"] = json.loads(values["labels"])
        version = values.pop("row_version")
        item = Item.model_construct(None, **values)
        item.stock += 1
        changes = postgres_row(item)[1:]
        done = await connection.execute(self.update, *changes, version + 1, id, version)
        self.free.put_nowait(connection)
        if done != "UPDATE 1":
            raise RuntimeError("Somebody else was faster.")

    async def close(self) -> None:
        while not self.free.empty():
            await self.free.get_nowait().close()


def connect(path: Path) -> sqlite3.Connection:
    """Open a file as StarModel does."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def begin(connection: sqlite3.Connection) -> None:
    """Make the table, with the first items in it."""
    connection.execute(create_table(SQLITE))
    connection.executemany(INSERT, [(*sqlite_row(item), 1) for item in first_items()])


def read(connection: sqlite3.Connection, id: str) -> tuple[Item, int]:
    """Load an item, and its version."""
    row = connection.execute(SELECT, (id,)).fetchone()
    item = Item.model_construct(
        id=row[0],
        name=row[1],
        sku=row[2],
        description=row[3],
        price=Decimal(row[4]).scaleb(-2),
        stock=row[5],
        reserved=row[6],
        weight=row[7],
        status=Status(row[8]),
        is_listed=bool(row[9]),
        created_at=datetime.fromisoformat(row[10]).replace(tzinfo=UTC),
        available_on=None if row[11] is None else date.fromisoformat(row[11]),
        batch=None if row[12] is None else UUID(row[12]),
        labels=json.loads(row[13]),
    )
    return item, row[14]


def changed(item: Item, version: int) -> tuple[object, ...]:
    """Return the parameters of an update."""
    return (*sqlite_row(item)[1:], version + 1, item.id, version)


def sqlite_row(item: Item) -> tuple[object, ...]:
    """Return the columns of an item."""
    return (
        item.id,
        item.name,
        item.sku,
        item.description,
        int(item.price.scaleb(2)),
        item.stock,
        item.reserved,
        item.weight,
        item.status.value,
        int(item.is_listed),
        item.created_at.replace(tzinfo=None).isoformat(" ", "microseconds"),
        None if item.available_on is None else item.available_on.isoformat(),
        None if item.batch is None else item.batch.hex,
        json.dumps(item.labels),
    )


def postgres_row(item: Item) -> tuple[object, ...]:
    """Return the columns of an item."""
    return (
        item.id,
        item.name,
        item.sku,
        item.description,
        item.price,
        item.stock,
        item.reserved,
        item.weight,
        item.status.value,
        item.is_listed,
        item.created_at,
        item.available_on,
        item.batch,
        json.dumps(item.labels),
    )


def numbered(sql: str) -> str:
    """Write a statement as PostgreSQL has it."""
    first, *rest = sql.split("?")
    return first + "".join(f"${number}{part}" for number, part in enumerate(rest, 1))


def tell(futures: Sequence["asyncio.Future[int]"], counts: Sequence[int]) -> None:
    """Let those go on who wait."""
    for future, count in zip(futures, counts, strict=True):
        future.set_result(count)

"""SQLite: many readers, and one thread that writes.

What is to be written by many at once is written in one transaction and synced to the disk once;
a piece that fails takes nothing of the others along. Other processes may use the same file.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Sequence
from itertools import islice
from typing import Literal, TypeAlias

from starmodel.errors import ConfigurationError
from starmodel.stores.sql.driver import (
    Contention,
    Dialect,
    Driver,
    DriverError,
    Mismatch,
    Row,
    Statement,
    Unreachable,
    Violation,
    ViolationKind,
)

Synchronous: TypeAlias = Literal["OFF", "NORMAL", "FULL", "EXTRA"]
"""When a commit counts as done: https://www.sqlite.org/pragma.html#pragma_synchronous"""

_BUSY_SECONDS = 10.0
_READ_BUSY_SECONDS = 0.25
_LARGEST_GROUP = 512

_CONSTRAINTS: dict[str, ViolationKind] = {
    "SQLITE_CONSTRAINT_UNIQUE": "unique",
    "SQLITE_CONSTRAINT_PRIMARYKEY": "unique",
    "SQLITE_CONSTRAINT_FOREIGNKEY": "foreign_key",
    "SQLITE_CONSTRAINT_TRIGGER": "foreign_key",
    "SQLITE_CONSTRAINT_CHECK": "check",
    "SQLITE_CONSTRAINT_NOTNULL": "not_null",
}


class _Job:
    """A transaction that somebody waits for."""

    __slots__ = ("future", "loop", "statements")

    def __init__(self, statements: Sequence[Statement]) -> None:
        self.statements = statements
        self.loop = asyncio.get_running_loop()
        self.future: asyncio.Future[list[list[Row]]] = self.loop.create_future()


_Result: TypeAlias = "list[list[Row]] | DriverError"


class SQLiteDriver(Driver):
    """A database in a file, or in memory.

    Args:
        path: The file; an empty text for a database that is gone when it is closed.
        synchronous: How safe a commit is against the loss of power.

    One row is read in the thread of the event loop, which takes less time than to hand it to
    another; SQLite's readers wait for nobody.
    """

    dialect: Dialect = "sqlite"

    def __init__(self, path: str, *, synchronous: Synchronous = "FULL") -> None:
        self.path = path
        self.synchronous: Synchronous = synchronous
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._writer: sqlite3.Connection | None = None
        self._reader: sqlite3.Connection | None = None
        self._thread: threading.Thread | None = None

    async def open(self) -> None:
        """Open the file, and begin it if there is none.

        Raises:
            ConfigurationError: It cannot be opened.
        """
        try:
            writer = self._connect(_BUSY_SECONDS)
            if self.path:
                writer.execute("PRAGMA journal_mode = WAL")
                self._reader = self._connect(_READ_BUSY_SECONDS)
        except sqlite3.Error as error:
            raise ConfigurationError(
                f"The SQLite database {self.path} cannot be opened: {error}. Its folder has to be"
                " there, and this process has to be allowed to write to it."
            ) from error
        self._writer = writer
        self._thread = threading.Thread(
            target=self._write, args=(writer,), name="starmodel-sqlite", daemon=True
        )
        self._thread.start()

    async def close(self) -> None:
        """Write what is still to be written, and close the file."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._jobs.put(None)
            await asyncio.to_thread(thread.join)
        for connection in (self._reader, self._writer):
            if connection is not None:
                connection.close()
        self._reader = self._writer = None

    async def fetch(self, sql: str, parameters: Sequence[object]) -> list[Row]:
        """Read rows, as they are by now."""
        reader = self._reader
        if reader is None:
            # A database in memory has one connection, which belongs to the thread that writes.
            [rows] = await self.execute([Statement(sql, parameters)])
            return rows
        try:
            return reader.execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            raise _error_of(error, 0) from error

    async def execute(self, statements: Sequence[Statement]) -> list[list[Row]]:
        """Carry out the statements in one transaction, and give the rows that each returned."""
        if self._thread is None:
            raise Unreachable("The database is closed.")
        job = _Job(statements)
        self._jobs.put(job)
        return await job.future

    def _connect(self, patience: float) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path or ":memory:",
            timeout=patience,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=512,
        )
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA synchronous = {self.synchronous}")
        return connection

    def _write(self, connection: sqlite3.Connection) -> None:
        """Carry out what is waiting, in groups, until there is no more to come."""
        waiting = iter(self._jobs.get, None)
        for job in waiting:
            group = [job]
            is_last = False
            while len(group) < _LARGEST_GROUP:
                try:
                    following = self._jobs.get_nowait()
                except queue.Empty:
                    break
                if following is None:
                    is_last = True
                    break
                group.append(following)
            results = _commit(connection, group)
            for loop, pairs in _by_loop(group, results).items():
                if not loop.is_closed():
                    loop.call_soon_threadsafe(_deliver, pairs)
            if is_last:
                return


def _by_loop(
    group: list[_Job], results: list[_Result]
) -> dict[asyncio.AbstractEventLoop, list[tuple[_Job, _Result]]]:
    pairs: dict[asyncio.AbstractEventLoop, list[tuple[_Job, _Result]]] = {}
    for job, result in zip(group, results, strict=True):
        pairs.setdefault(job.loop, []).append((job, result))
    return pairs


def _deliver(pairs: list[tuple[_Job, _Result]]) -> None:
    for job, result in pairs:
        if job.future.done():
            continue
        if isinstance(result, DriverError):
            job.future.set_exception(result)
        else:
            job.future.set_result(result)


def _commit(connection: sqlite3.Connection, group: list[_Job]) -> list[_Result]:
    """Carry out a group of transactions as one, and give what became of each."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        results = [_carry_out(connection, job.statements) for job in group]
        connection.execute("COMMIT")
    except Exception as error:
        # The disk is full, or another process would not let go: nothing of the group is stored.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        return [_error_of(error, 0) for _ in group]
    return results


def _carry_out(connection: sqlite3.Connection, statements: Sequence[Statement]) -> _Result:
    # SQLite undoes a statement that fails by itself; several need a mark to go back to.
    if len(statements) == 1:
        try:
            return [_run(connection, statements[0], 0)]
        except DriverError as error:
            return error
    connection.execute("SAVEPOINT unit")
    try:
        result: _Result = [
            _run(connection, statement, index) for index, statement in enumerate(statements)
        ]
    except DriverError as error:
        connection.execute("ROLLBACK TO unit")
        result = error
    connection.execute("RELEASE unit")
    return result


def _run(connection: sqlite3.Connection, statement: Statement, index: int) -> list[Row]:
    try:
        cursor = connection.execute(statement.sql, statement.parameters)
        rows: list[Row] = cursor.fetchall()
    except Exception as error:
        # Some errors make SQLite give up the whole transaction, which is then everybody's.
        if not connection.in_transaction:
            raise
        raise _error_of(error, index) from error
    count = cursor.rowcount if cursor.description is None else len(rows)
    if statement.expects is not None and count != statement.expects:
        raise Mismatch(index)
    return rows


def _error_of(error: Exception, index: int) -> DriverError:
    """Say what an error of SQLite means. https://www.sqlite.org/rescode.html"""
    name = getattr(error, "sqlite_errorname", "")
    kind = _CONSTRAINTS.get(name)
    if kind is not None:
        _, _, about = str(error).partition(" constraint failed: ")
        if kind in ("unique", "not_null"):
            columns = [part.strip().partition(".")[2] for part in about.split(",")]
            return Violation(kind, index, None, tuple(islice(filter(None, columns), 16)))
        return Violation(kind, index, about or None)
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return Contention("Another process is writing to the database.")
    return Unreachable(f"The database failed: {error}")

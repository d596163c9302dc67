"""SQLite: many readers, and one thread that writes.

The file is in WAL mode, so those who read wait for nobody. Other processes may use it as well.
"""

import asyncio
import os
import sqlite3
import tempfile
import threading
import time
from collections.abc import AsyncGenerator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Literal, TypeAlias
from urllib.parse import quote

from starmodel.errors import ConfigurationError
from starmodel.stores.sql.drivers.driver import (
    ConnectionLost,
    Dialect,
    Driver,
    Row,
    Statement,
    Transaction,
)
from starmodel.stores.sql.drivers.sqlite_errors import is_busy, name_of, translate
from starmodel.stores.sql.drivers.sqlite_writer import Writer

Synchronous: TypeAlias = Literal["OFF", "NORMAL", "FULL", "EXTRA"]
"""When a commit counts as done: https://www.sqlite.org/pragma.html#pragma_synchronous"""

BUSY_SECONDS = 10.0
"""For how long to wait for another process that writes."""

_READERS = 4
_STEPS = 2_000
_MAX_PAUSES = 10
"""How often a query may have taken so many steps of SQLite's machine, before it goes to a thread.
Together they take about half a millisecond."""

_MAX_SLOW = 1000

_LONG = 0.005
"""Seconds of processor time that a query takes which is read in a thread from then on: large values
are compared and given in few steps."""

_SHORT = 0.0005
_MIN_SHORT = 32
"""How often in a row a query of a thread has to be short, to be read without one again: what was long
may have been the garbage collector, or what it was asked with."""


class SQLiteDriver(Driver):
    """A database in a file.

    A small query is read in the thread of the event loop, which takes less time than to hand
    it to another. One that turns out to be large is given up, and begun again in a thread; it
    goes there at once the next time.

    Args:
        path: The file; an empty text for one of its own, which is gone when it is closed.
        synchronous: When a commit counts as done. With `FULL` it survives the loss of power.
    """

    dialect: Dialect = "sqlite"

    def __init__(self, path: str, *, synchronous: Synchronous = "FULL") -> None:
        self.path = path
        self.is_temporary = not path
        self.bus_url = f"sqlite:///{quote(os.path.abspath(path))}" if path else ""
        self.synchronous: Synchronous = synchronous
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self.connections: list[sqlite3.Connection] = []
        self._reader: sqlite3.Connection | None = None
        self._writer: Writer | None = None
        self._readers: ThreadPoolExecutor | None = None
        self._local = threading.local()
        self._slow: dict[str, int] = {}
        self._suspected: set[str] = set()
        self._pauses = 0

    def __repr__(self) -> str:
        return f"<SQLiteDriver {self.path or 'in a temporary file'}>"

    async def open(self) -> None:
        """Open the file, and begin it if there is none.

        Raises:
            ConfigurationError: It cannot be opened.
        """
        try:
            writer, reader = await asyncio.to_thread(self._open)
        except sqlite3.Error as error:
            self._clean_up()
            raise ConfigurationError(
                f"The SQLite database {self.path} cannot be opened: {error}. Its folder has to be"
                " there, and this process has to be allowed to write to it."
            ) from error
        self._reader = reader
        self._readers = ThreadPoolExecutor(_READERS, "starmodel-sqlite-reader")
        self._writer = Writer(writer)

    async def close(self) -> None:
        """Write what is still to be written, and close the file."""
        writer, self._writer = self._writer, None
        readers, self._readers = self._readers, None
        self._reader = None
        if writer is not None:
            await writer.close()
        if readers is not None:
            await asyncio.to_thread(readers.shutdown)
        self._local = threading.local()
        self._clean_up()

    async def fetch(self, sql: str, parameters: Sequence[object]) -> Sequence[Row]:
        """Return the rows of one query, as of the last commit."""
        reader = self._reader
        if reader is None:
            raise ConnectionLost("The database is closed.")
        if sql not in self._slow:
            self._pauses = 0
            # A process that has to wait for a processor is no fault of the query: one that took long
            # is measured more closely the next time, which takes too long to be done always.
            clock = time.thread_time if sql in self._suspected else time.perf_counter
            started = clock()
            try:
                rows = reader.execute(sql, parameters).fetchall()
                if clock() - started > _LONG:
                    self._note_long(sql)
                elif clock is time.thread_time:
                    self._suspected.discard(sql)
                return rows
            except Exception as error:
                if name_of(error) == "SQLITE_INTERRUPT":
                    self._keep_slow(sql)
                elif not is_busy(error):
                    raise translate(error) from error
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self._read, sql, tuple(parameters))

    def _note_long(self, sql: str) -> None:
        """Measure a query more closely the next time; read it in a thread where that was done."""
        if sql in self._suspected:
            self._suspected.discard(sql)
            self._keep_slow(sql)
        elif len(self._suspected) < _MAX_SLOW:
            self._suspected.add(sql)

    def _keep_slow(self, sql: str) -> None:
        """Read a query in a thread from now on."""
        if len(self._slow) < _MAX_SLOW:
            self._slow[sql] = 0

    def _note_duration(self, sql: str, seconds: float) -> None:
        """Read a query without a thread again where it has become short."""
        count = self._slow.get(sql)
        if count is None:
            return
        if seconds > _SHORT:
            self._slow[sql] = 0
        elif count + 1 < _MIN_SHORT:
            self._slow[sql] = count + 1
        else:
            self._slow.pop(sql, None)

    async def execute(self, statements: Sequence[Statement]) -> list[Sequence[Row]]:
        """Execute the statements as one transaction, all or nothing."""
        if self._writer is None:
            raise ConnectionLost("The database is closed.")
        return await self._writer.submit(statements)

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Transaction]:
        """Keep everybody else from writing; the block has ten seconds."""
        if self._writer is None:
            raise ConnectionLost("The database is closed.")
        session = await self._writer.begin()
        try:
            yield session
        finally:
            session.end()

    def _open(self) -> tuple[sqlite3.Connection, sqlite3.Connection]:
        if self.is_temporary:
            self._folder = tempfile.TemporaryDirectory(prefix="starmodel-")
        writer = self._connect(BUSY_SECONDS)
        _use_wal(writer)
        reader = self._connect(0.0)
        reader.set_progress_handler(self._watch, _STEPS)
        return writer, reader

    def _watch(self) -> bool:
        """Return a query up that keeps the event loop waiting."""
        self._pauses += 1
        return self._pauses > _MAX_PAUSES

    def _connect(self, patience: float) -> sqlite3.Connection:
        folder = self._folder
        connection = sqlite3.connect(
            self.path if folder is None else f"{folder.name}/app.db",
            timeout=patience,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=512,
        )
        self.connections.append(connection)
        connection.execute("PRAGMA foreign_keys = ON")
        synchronous = self.synchronous if folder is None else "OFF"
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        return connection

    def _read(self, sql: str, parameters: tuple[object, ...]) -> Sequence[Row]:
        try:
            connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
            if connection is None:
                connection = self._local.connection = self._connect(BUSY_SECONDS)
            started = time.thread_time()
            rows = connection.execute(sql, parameters).fetchall()
            self._note_duration(sql, time.thread_time() - started)
            return rows
        except Exception as error:
            raise translate(error) from error

    def _clean_up(self) -> None:
        connections, self.connections = self.connections, []
        for connection in connections:
            connection.close()
        folder, self._folder = self._folder, None
        if folder is not None:
            folder.cleanup()


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch the file to WAL mode, which waits for nobody: another process may be about to."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if not is_busy(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)

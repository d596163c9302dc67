"""A bus by a file, for processes that share a SQLite database on one machine.

The file stands beside the database, `app.db-bus`, so that messages keep no writer waiting and need no
disk to have them. Every node looks at it twenty times a second, more often where something has just
come; to see that nothing is new takes eleven microseconds.
"""

import asyncio
import sqlite3
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import ClassVar, TypeVar
from urllib.parse import unquote

from starmodel.bus.remote import RemoteBus
from starmodel.errors import ConfigurationError

T = TypeVar("T")

INTERVAL = 0.05
"""Seconds between two looks at the file, where nothing has come for a while."""

_FIRST_INTERVAL = 0.002
_BUSY_SECONDS = 5.0
_KEEP_SECONDS = 60.0
_AT_ONCE = 500
_CREATE = (
    "CREATE TABLE IF NOT EXISTS message"
    " (id INTEGER PRIMARY KEY AUTOINCREMENT, created_at REAL NOT NULL, body BLOB NOT NULL)"
)
_INSERT = "INSERT INTO message (created_at, body) VALUES (?, ?)"
_SWEEP = "DELETE FROM message WHERE created_at < ?"
_LAST = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'message'"
_SELECT = f"SELECT id, body FROM message WHERE id > ? ORDER BY id LIMIT {_AT_ONCE}"


class SqliteBus(RemoteBus):
    """Sends messages through a file beside a SQLite database.

    The URL is the database's, `sqlite:////var/app.db`.
    """

    echo_hint: ClassVar[str] = "The disk may be full, or another process may hold the file."

    async def connect(self) -> None:
        """Open the file, and begin it if there is none."""
        path = unquote(self.url.partition("?")[0].partition(":///")[2])
        if not path:
            raise ConfigurationError("A bus by SQLite needs the URL of a file: sqlite:///app.db.")
        self._path = f"{path}-bus"
        self._thread = ThreadPoolExecutor(1, "starmodel-bus")
        self._swept_at = 0.0
        try:
            self._writer = await self._run(self._open)
        except sqlite3.Error as error:
            self._thread.shutdown()
            raise ConfigurationError(f"The file {self._path} cannot be opened: {error}.") from error

    async def disconnect(self) -> None:
        """Close the file."""
        await self._run(self._writer.close)
        self._thread.shutdown()

    async def send(self, batch: Sequence[bytes]) -> None:
        """Append messages."""
        await self._run(self._append, batch)

    async def receive(self) -> AsyncGenerator[bytes | None]:
        """Yield what is appended."""
        reader = await self._run(self._connect)
        try:
            [(last,)] = reader.execute(_LAST).fetchall()
            version = None
            pause = _FIRST_INTERVAL
            yield None
            while True:
                [(now,)] = reader.execute("PRAGMA data_version").fetchall()
                if now == version:
                    await asyncio.sleep(pause)
                    pause = min(2 * pause, INTERVAL)
                    continue
                version, pause = now, _FIRST_INTERVAL
                while rows := reader.execute(_SELECT, (last,)).fetchall():
                    last = rows[-1][0]
                    for _, body in rows:
                        yield body
        finally:
            reader.close()

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(
            self._path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )

    def _open(self) -> sqlite3.Connection:
        connection = self._connect()
        # Two who open it at once both want it for themselves, and SQLite waits for neither.
        deadline = time.monotonic() + _BUSY_SECONDS
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = OFF")
                connection.execute(_CREATE)
                return connection
            except sqlite3.OperationalError:
                if time.monotonic() > deadline:
                    connection.close()
                    raise
                time.sleep(0.01)

    def _append(self, batch: Sequence[bytes]) -> None:
        now = time.time()
        connection = self._writer
        connection.execute("BEGIN IMMEDIATE")
        try:
            connection.executemany(_INSERT, [(now, message) for message in batch])
            if now - self._swept_at > _KEEP_SECONDS / 6:
                self._swept_at = now
                connection.execute(_SWEEP, (now - _KEEP_SECONDS,))
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise

    async def _run(self, function: Callable[..., T], *args: object) -> T:
        """Do in the thread what may have to wait for another process."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, function, *args)

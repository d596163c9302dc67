"""The one thread that writes to a SQLite file.

What many want to write at once is written in one transaction and synced to the disk once. A
piece that fails takes nothing of the others along: SQLite undoes a single statement by itself,
and several are put between savepoints, unless nothing but the first can be refused.
"""

import asyncio
import queue
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, TypeAlias

from starmodel.stores.sql.drivers.driver import (
    ConnectionLost,
    Row,
    RowCountMismatch,
    Statement,
    Transaction,
    Violation,
)
from starmodel.stores.sql.drivers.sqlite_errors import is_refused, translate

LOCKED_SECONDS = 10.0
"""For how long one may keep all others from writing."""

SEQUENCES = "sqlite_sequence"
"""The table in which SQLite has the last number of each table whose rows it numbers."""

_LARGEST_GROUP = 256
_NORMAL = 1
"""Of `PRAGMA synchronous`: a commit is not synced to the disk, a checkpoint is."""

Rows: TypeAlias = "list[Sequence[Row]]"


class _Unit:
    """A transaction that somebody waits for."""

    __slots__ = ("future", "statements")

    def __init__(self, statements: Sequence[Statement], future: "asyncio.Future[Rows]") -> None:
        self.statements = statements
        self.future = future


class Session(Transaction):
    """A transaction that stays open; the thread does nothing else until it is over."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.begun: asyncio.Future[None] = self.loop.create_future()
        # What to do next, and who waits for it; `None` to roll back.
        self.calls: queue.SimpleQueue[tuple[_Call, asyncio.Future[Any]] | None]
        self.calls = queue.SimpleQueue()

    async def fetch(self, sql: str, parameters: Sequence[object]) -> Sequence[Row]:
        """Return the rows of a query, within the transaction."""
        return await self._call(lambda connection: _fetch(connection, sql, parameters))

    async def execute(self, statements: Sequence[Statement]) -> Rows:
        """Execute the statements and commit; on any error all is rolled back."""

        def commit(connection: sqlite3.Connection) -> Rows:
            rows = _carry_out(connection, statements)
            connection.execute("COMMIT")
            return rows

        return await self._call(commit)

    def end(self) -> None:
        """Roll back, unless it is over already."""
        self.calls.put(None)

    async def _call(self, work: "_Call") -> Any:
        future: asyncio.Future[Any] = self.loop.create_future()
        self.calls.put((work, future))
        return await future


_Call: TypeAlias = Callable[[sqlite3.Connection], Any]


class Writer:
    """Carries out transactions, one group after the other.

    Args:
        connection: The thread's own; nobody else may use it.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        [(self._synchronous,)] = connection.execute("PRAGMA synchronous").fetchall()
        self._jobs: deque[_Unit | Session | None] = deque()
        self._wakes: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._is_idle = True
        self._is_waking = False
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, name="starmodel-sqlite", daemon=True)
        self._is_open = True
        self._thread.start()

    def submit(self, statements: Sequence[Statement]) -> "asyncio.Future[Rows]":
        """Have the statements carried out as one transaction."""
        if not self._is_open:
            raise ConnectionLost("The database is closed.")
        future: asyncio.Future[Rows] = self._loop.create_future()
        self._add(_Unit(statements, future))
        return future

    async def begin(self) -> Session:
        """Begin a transaction that stays open until its `end`."""
        if not self._is_open:
            raise ConnectionLost("The database is closed.")
        session = Session()
        self._add(session)
        try:
            await session.begun
        except BaseException:
            session.end()
            raise
        return session

    async def close(self) -> None:
        """Write what is still to be written, and end the thread."""
        self._is_open = False
        self._add(None)
        await asyncio.to_thread(self._thread.join)

    def _add(self, job: "_Unit | Session | None") -> None:
        self._jobs.append(job)
        if self._is_idle and not self._is_waking:
            # Later, for two threads at work get into each other's way: all that are ready to
            # write do so first, and are one group.
            self._is_waking = True
            self._loop.call_soon(self._wake)

    def _wake(self) -> None:
        self._is_waking = False
        self._wakes.put(None)

    def _next(self) -> "_Unit | Session | None":
        while not self._jobs:
            self._is_idle = True
            # Whoever adds one from here on wakes the thread; others may have been faster.
            if not self._jobs:
                self._wakes.get()
            self._is_idle = False
        return self._jobs.popleft()

    def _run(self) -> None:
        while True:
            job = self._next()
            group: list[_Unit] = []
            while isinstance(job, _Unit):
                group.append(job)
                if len(group) == _LARGEST_GROUP or not self._jobs:
                    break
                job = self._jobs.popleft()
            if group:
                self._commit(group)
            if job is None:
                return
            if isinstance(job, Session):
                self._host(job)

    def _commit(self, group: list[_Unit]) -> None:
        """Execute a group of transactions as one, and tell each what became of it."""
        connection = self._connection
        is_alone = len(group) == 1
        results: list[Rows | Exception] = []
        is_lazy = self._synchronous > _NORMAL and not any(map(_is_lasting, group))
        try:
            if is_lazy:
                connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("BEGIN IMMEDIATE")
            for unit in group:
                results.append(
                    _carry_out(connection, unit.statements)
                    if is_alone
                    else _carry_out_among_others(connection, unit.statements)
                )
            connection.execute("COMMIT")
        except Exception as error:
            began = bool(results) or connection.in_transaction
            _roll_back(connection)
            if began and not is_alone:
                # It took the others along: each is tried again by itself.
                for unit in group:
                    self._commit([unit])
                return
            results = [translate(error)] * len(group)
        finally:
            if is_lazy:
                connection.execute(f"PRAGMA synchronous = {self._synchronous}")
        self._tell(_settle, list(zip(group, results, strict=True)))

    def _host(self, session: Session) -> None:
        """Do what a session asks for until it ends, or has taken too long."""
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
        except Exception as error:
            self._tell(_fulfil, session.begun, translate(error))
            return
        self._tell(_fulfil, session.begun, None)
        deadline = time.monotonic() + LOCKED_SECONDS
        while connection.in_transaction:
            try:
                call = session.calls.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                _roll_back(connection)
                break
            if call is None:
                _roll_back(connection)
                return
            work, future = call
            try:
                result = work(connection)
            except Exception as error:
                _roll_back(connection)
                result = translate(error)
            self._tell(_fulfil, future, result)
        # It is over; whoever still asks is told so.
        threading.Thread(target=self._refuse, args=(session,), daemon=True).start()

    def _refuse(self, session: Session) -> None:
        while (call := session.calls.get()) is not None:
            self._tell(
                _fulfil,
                call[1],
                ConnectionLost(
                    f"The database was locked for more than {LOCKED_SECONDS:g} seconds."
                ),
            )

    def _tell(self, function: Callable[..., None], *arguments: object) -> None:
        # Where the event loop was closed, nobody waits any more.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(function, *arguments)


def _is_lasting(unit: _Unit) -> bool:
    """Return whether the loss of power must not undo it.

    Numbers that were handed out are synced to the disk with the rows that have them, if there are
    any: what was written before a commit is in the file before it is.
    """
    return any(statement.table != SEQUENCES for statement in unit.statements)


def _settle(results: "list[tuple[_Unit, Rows | Exception]]") -> None:
    for unit, result in results:
        _fulfil(unit.future, result)


def _fulfil(future: "asyncio.Future[Any]", result: object) -> None:
    if future.done():
        return
    if isinstance(result, Exception):
        future.set_exception(result)
    else:
        future.set_result(result)


def _roll_back(connection: sqlite3.Connection) -> None:
    # After some errors SQLite has done so by itself.
    if connection.in_transaction:
        connection.execute("ROLLBACK")


def _carry_out_among_others(
    connection: sqlite3.Connection, statements: Sequence[Statement]
) -> "Rows | Exception":
    """Execute the statements; what they did is undone where one of them fails.

    Only an error that leaves the transaction as a whole in doubt is raised.
    """
    # Where the first alone can be refused, there is nothing else to be undone.
    is_first_alone = all(statement.is_certain for statement in statements[1:])
    if not is_first_alone:
        connection.execute("SAVEPOINT unit")
    try:
        rows = _carry_out(connection, statements)
    except Exception as error:
        refused = isinstance(error, RowCountMismatch) or is_refused(error.__cause__ or error)
        if not (refused and connection.in_transaction):
            raise
        if not is_first_alone:
            connection.execute("ROLLBACK TO unit")
            connection.execute("RELEASE unit")
        elif not isinstance(error, RowCountMismatch | Violation) or error.index:
            # It may be one that was certain, and what came before it is done.
            raise
        return error
    if not is_first_alone:
        connection.execute("RELEASE unit")
    return rows


def _carry_out(connection: sqlite3.Connection, statements: Sequence[Statement]) -> "Rows":
    results: Rows = []
    for index, statement in enumerate(statements):
        try:
            cursor = connection.execute(statement.sql, statement.parameters)
            rows: Sequence[Row] = () if cursor.description is None else cursor.fetchall()
        except Exception as error:
            raise translate(error, index) from error
        expects = statement.expects
        if expects is not None:
            count = cursor.rowcount if cursor.description is None else len(rows)
            if count != expects:
                raise RowCountMismatch(index)
        results.append(rows)
    return results


def _fetch(connection: sqlite3.Connection, sql: str, parameters: Sequence[object]) -> Sequence[Row]:
    return connection.execute(sql, tuple(parameters)).fetchall()

"""A few connections, shared by all who need one for a moment.

A connection that the server has closed is dropped, and another one made when it is needed. So a
server that is started anew needs nobody to start this process anew.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable

from starmodel.stores.sql.drivers.driver import ConnectionLost
from starmodel.stores.sql.drivers.postgres_connection import Connection

_TRUSTED_SECONDS = 30.0
"""For how long an idle connection is taken to be alive: firewalls forget those that say nothing."""

_PROBE_SECONDS = 5.0
_CLOSE_SECONDS = 5.0


class Pool:
    """Connections, made when they are needed; to be used from one event loop.

    Args:
        connect: Makes one.
        size: How many there may be.
        patience: Seconds to wait where all are in use.
    """

    def __init__(
        self, connect: Callable[[], Awaitable[Connection]], *, size: int, patience: float
    ) -> None:
        self.size = size
        self.patience = patience
        self._connect = connect
        # The one that was used last comes first: the others may be closed for want of use.
        self._idle: list[tuple[Connection, float]] = []
        self._waiting: deque[asyncio.Future[Connection | None]] = deque()
        self._leaving: set[asyncio.Task[None]] = set()
        self._count = 0
        self._is_open = False

    def __len__(self) -> int:
        """Return how many connections there are, used or not."""
        return self._count

    async def open(self) -> None:
        """Make the first connection; whatever keeps it from being made is raised as it is."""
        self._is_open = True
        try:
            self.release(await self.acquire())
        except BaseException:
            self._is_open = False
            raise

    async def close(self) -> None:
        """Close every connection, once it is released."""
        self._is_open = False
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)
        deadline = time.monotonic() + _CLOSE_SECONDS
        while self._count > len(self._idle) and time.monotonic() < deadline:
            await asyncio.sleep(0.01)
        idle, self._idle = self._idle, []
        self._count -= len(idle)
        await asyncio.gather(*self._leaving, *(_close(connection) for connection, _ in idle))

    def take(self) -> Connection | None:
        """Return a connection that is there to be used at once, `None` if there is none."""
        if self._waiting or not self._idle or not self._is_open:
            return None
        connection, since = self._idle[-1]
        if connection.is_closed() or time.monotonic() - since > _TRUSTED_SECONDS:
            return None
        self._idle.pop()
        return connection

    async def acquire(self) -> Connection:
        """Return a connection that works, to be released.

        Raises:
            Unreachable: All are in use for too long, or the pool is closed. What keeps a new one
                from being made is raised as it is.
        """
        deadline = time.monotonic() + self.patience
        while True:
            if not self._is_open:
                raise ConnectionLost("The database is closed.")
            if self._idle and (connection := await self._revive()):
                return connection
            if self._count < self.size:
                return await self._make()
            if not self._idle:
                handed = await self._wait(deadline)
                if handed is not None:
                    return handed

    def release(self, connection: Connection) -> None:
        """Take a connection back, for somebody else to use."""
        if not self._is_open or connection.is_closed() or connection.is_in_transaction():
            self.discard(connection)
            return
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_result(connection)
                return
        self._idle.append((connection, time.monotonic()))

    def discard(self, connection: Connection) -> None:
        """Take a connection back that nobody is to use again."""
        connection.terminate()
        self._count -= 1
        self._wake()

    def retire(self, connection: Connection) -> None:
        """Take a connection back that is still at work for somebody who has gone.

        The server is asked to stop it, so that it keeps no lock; meanwhile it counts.
        """
        task = asyncio.get_running_loop().create_task(_close(connection))
        self._leaving.add(task)
        task.add_done_callback(self._left)

    def _left(self, task: asyncio.Task[None]) -> None:
        self._leaving.discard(task)
        self._count -= 1
        self._wake()

    async def _revive(self) -> Connection | None:
        """Return an idle connection if it works; one that does not is dropped."""
        connection, since = self._idle.pop()
        if connection.is_closed():
            self.discard(connection)
            return None
        if time.monotonic() - since <= _TRUSTED_SECONDS:
            return connection
        try:
            async with asyncio.timeout(_PROBE_SECONDS):
                await connection.execute("SELECT 1")
        except asyncio.CancelledError:
            self.retire(connection)
            raise
        except Exception:
            # Why it does not work shows when the next one is made.
            self.discard(connection)
            return None
        return connection

    async def _make(self) -> Connection:
        self._count += 1
        try:
            return await self._connect()
        except BaseException:
            self._count -= 1
            self._wake()
            raise

    async def _wait(self, deadline: float) -> Connection | None:
        """Return the next connection that is released; `None` where there is room for a new one."""
        loop = asyncio.get_running_loop()
        waiting = loop.create_future()
        self._waiting.append(waiting)
        # Nearly everybody waits where many write: `asyncio.timeout` would take longer.
        timer = loop.call_later(deadline - time.monotonic(), self._give_up, waiting)
        try:
            return await waiting
        except asyncio.CancelledError:
            self._pass_on(waiting)
            raise
        finally:
            timer.cancel()

    def _give_up(self, waiting: "asyncio.Future[Connection | None]") -> None:
        if not waiting.done():
            error = ConnectionLost(f"All {self.size} connections to the database are in use.")
            waiting.set_exception(error)

    def _pass_on(self, waiting: "asyncio.Future[Connection | None]") -> None:
        """Return to somebody else what was meant for one who has stopped waiting."""
        if not waiting.done() or waiting.cancelled() or waiting.exception() is not None:
            return
        connection = waiting.result()
        if connection is None:
            self._wake()
        else:
            self.release(connection)

    def _wake(self) -> None:
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_result(None)
                return


async def _close(connection: Connection) -> None:
    try:
        await connection.close(timeout=_CLOSE_SECONDS)
    except Exception:
        # Nothing is lost with a connection that does not take leave.
        connection.terminate()

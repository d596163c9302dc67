"""One connection to Redis that many use at once.

What is asked for while an answer is awaited goes as the next batch: 32 workers load and save three
times as much as with a connection each.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, TypeAlias

from starmodel.errors import ConfigurationError

try:
    import hiredis
    import redis.asyncio
    from redis import exceptions
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff
except ModuleNotFoundError as error:
    if error.name not in ("redis", "hiredis"):
        raise
    raise ConfigurationError(
        f"Entities are kept in Redis, and {error.name} is not installed. Run"
        ' `pip install "starmodel-runtime[redis]"`.'
    ) from error

SECONDS = 5.0
"""How long the server may take to connect, and to answer what was sent together."""

UNREACHABLE: tuple[type[Exception], ...] = (
    exceptions.ConnectionError,
    exceptions.TimeoutError,
    OSError,
)
"""What is raised where the server cannot be reached, or does not answer."""

REFUSED: type[Exception] = exceptions.ResponseError
"""What is raised where the server refuses a command."""

FULL: type[Exception] = exceptions.OutOfMemoryError
READ_ONLY: type[Exception] = exceptions.ReadOnlyError
NO_SCRIPT: type[Exception] = exceptions.NoScriptError
NO_ACCESS: tuple[type[Exception], ...] = (
    exceptions.AuthenticationError,
    exceptions.NoPermissionError,
)

SENTINEL = (
    "STARMODEL_REDIS_URL is that of a Sentinel, which keeps no entities. Give an address at which"
    " whichever server is the primary is reached: that of a managed service or a proxy, or a virtual"
    " one that is moved."
)

_DRIVER: Any = redis.asyncio.Redis
_PARSER: Any = hiredis
_MAX_BATCH = 100
_ASK_ROLE = _PARSER.pack_command(("INFO", "replication"))
_ROLE_SECONDS = 1.0

Request: TypeAlias = tuple[bytes, asyncio.Future[Any]]
"""A command as it is sent, and what becomes its answer."""


class RedisConnection:
    """A connection, made when it is needed and made anew when it was lost.

    A server whose place was taken by a replica may keep its connections: it says that it only reads, or
    nothing, and what it reads is of the past. So it is asked now and then what it is.

    Args:
        url: `redis://user:password@host:6379/0`; see redis-py's documentation for more.

    Raises:
        ConfigurationError: It is no such URL.
    """

    def __init__(self, url: str) -> None:
        if url.startswith("valkey"):
            url = url.replace("valkey", "redis", 1)
        if "sentinel" in url.partition("://")[0]:
            raise ConfigurationError(SENTINEL)
        try:
            self._redis: Any = _DRIVER.from_url(
                url,
                retry=Retry(NoBackoff(), 0),
                socket_connect_timeout=SECONDS,
                # `_send` bounds a batch: a timer for each answer takes longer than reading it.
                socket_timeout=None,
                socket_keepalive=True,
            )
        except ValueError as error:
            raise ConfigurationError(f"STARMODEL_REDIS_URL is no URL of Redis: {error}") from None
        self._waiting: list[Request] = []
        self._task: asyncio.Task[None] | None = None
        self._connection: Any = None
        self._ask_role_at = 0.0

    async def close(self) -> None:
        """Finish what was asked for, and disconnect."""
        while self._task is not None:
            await asyncio.wait([self._task])
        if self._connection is not None:
            await self._redis.connection_pool.release(self._connection)
            self._connection = None
        await self._redis.aclose()

    def execute(self, *command: str | bytes | int) -> "asyncio.Future[Any]":
        """Send a command, and return what its answer will be."""
        loop = asyncio.get_running_loop()
        # It is packed here, so that what cannot be sent fails for who asked, not for a batch, and by
        # the parser: what redis-py does for asyncio is written in Python, and takes 7 times as long.
        packed: bytes = _PARSER.pack_command(command)
        future: asyncio.Future[Any] = loop.create_future()
        self._waiting.append((packed, future))
        if self._task is None:
            self._task = loop.create_task(self._run())
        return future

    async def _run(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:_MAX_BATCH], self._waiting[_MAX_BATCH:]
                await self._send(batch)
        finally:
            self._task = None

    async def _send(self, batch: Sequence[Request]) -> None:
        answered = 0
        is_read_only = False
        try:
            async with asyncio.timeout(SECONDS):
                connection = await self._connected()
                packed = [packed for packed, _ in batch]
                asks_role = asyncio.get_running_loop().time() >= self._ask_role_at
                if asks_role:
                    packed.insert(0, _ASK_ROLE)
                await connection.send_packed_command(packed, check_health=False)
                if asks_role:
                    await self._check_role(connection)
                for _, future in batch:
                    try:
                        answer = await connection.read_response()
                    except REFUSED as error:
                        answered += 1
                        is_read_only |= isinstance(error, READ_ONLY)
                        if not future.done():
                            future.set_exception(error)
                    else:
                        answered += 1
                        if not future.done():
                            future.set_result(answer)
                if is_read_only:
                    await connection.disconnect(nowait=True)
        except TimeoutError:
            late = TimeoutError(f"There was no answer within {SECONDS:g} s.")
            await self._give_up(late, [future for _, future in batch[answered:]])
        except BaseException as error:
            await self._give_up(error, [future for _, future in batch[answered:]])
            if not isinstance(error, Exception):
                raise

    async def _connected(self) -> Any:
        """Return the connection; a new one leads to whichever server is there now."""
        connection = self._connection
        if connection is None:
            self._ask_role_at = 0.0
            connection = self._connection = await self._redis.connection_pool.get_connection()
        elif not connection.is_connected:
            self._ask_role_at = 0.0
            await connection.connect()
        return connection

    async def _check_role(self, connection: Any) -> None:
        """Read what the server is.

        Raises:
            redis.ConnectionError: It is a replica.
        """
        try:
            answer = await connection.read_response()
        except REFUSED:
            # Not everybody may ask. A replica refuses to write all the same.
            answer = b""
        if b"role:slave" in answer:
            raise exceptions.ConnectionError("It is a replica, and another server is the primary.")
        self._ask_role_at = asyncio.get_running_loop().time() + _ROLE_SECONDS

    async def _give_up(
        self, error: BaseException, futures: Sequence["asyncio.Future[Any]"]
    ) -> None:
        """Tell all who wait, and begin anew: what comes would answer somebody else's question."""
        if self._connection is not None:
            await self._connection.disconnect(nowait=True)
        for future in futures:
            if not future.done():
                is_ours = isinstance(error, Exception)
                future.set_exception(error if is_ours else ConnectionError("It was closed."))

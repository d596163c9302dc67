"""A bus by Redis or Valkey: publish and subscribe."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

from starmodel.bus.remote import RemoteBus
from starmodel.errors import ConfigurationError

try:
    import redis.asyncio
    import redis.exceptions
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff
except ModuleNotFoundError as error:
    if error.name != "redis":
        raise
    raise ConfigurationError(
        'The bus is Redis, and redis-py is not installed. Run `pip install "starmodel-runtime[redis]"`.'
    ) from error

CHANNEL = "starmodel"
"""Where messages go. All databases of a server have the same channels, so their number follows."""

_SECONDS = 5.0
_ROLE_SECONDS = 1.0
_DRIVER: Any = redis.asyncio.Redis


class RedisBus(RemoteBus):
    """Sends messages through the channel of a server of Redis or Valkey.

    The URL is redis-py's: `redis://user:password@host:6379/0`, `rediss://` for TLS, `unix://`; in its
    query, `channel` is ours. Apps that share a database of a server have a channel each.
    """

    echo_hint: ClassVar[str] = "The user of STARMODEL_BUS_URL has to be allowed to subscribe."

    async def connect(self) -> None:
        """Connect."""
        place, _, query = self.url.partition("?")
        options = dict(parse_qsl(query))
        channel = options.pop("channel", CHANNEL)
        scheme, _, rest = place.partition(":")
        url = f"{scheme.replace('valkey', 'redis')}:{rest}?{urlencode(options)}"
        try:
            self._redis: Any = _DRIVER.from_url(
                url,
                # A connection that was lost has to be noticed: what was sent meanwhile is.
                retry=Retry(NoBackoff(), 0),
                socket_connect_timeout=_SECONDS,
                socket_timeout=_SECONDS,
                socket_keepalive=True,
            )
        except ValueError as error:
            raise ConfigurationError(f"STARMODEL_BUS_URL is no URL of Redis: {error}") from None
        database = self._redis.connection_pool.connection_kwargs.get("db") or 0
        self._channel = f"{channel}:{database}"
        self._ask_role_at = 0.0
        try:
            await self._redis.ping()
            await self._check_role()
        except BaseException:
            await self._redis.aclose()
            raise

    async def disconnect(self) -> None:
        """Close all connections."""
        await self._redis.aclose()

    async def send(self, batch: Sequence[bytes]) -> None:
        """Publish messages, all in one journey."""
        if asyncio.get_running_loop().time() >= self._ask_role_at:
            await self._check_role()
        async with self._redis.pipeline(transaction=False) as pipeline:
            for message in batch:
                pipeline.publish(self._channel, message)
            await pipeline.execute()

    async def _check_role(self) -> None:
        """See whether the server is still the one that all nodes are told by.

        One whose place was taken by a replica may keep its connections. It publishes what it is told
        to its own subscribers alone.

        Raises:
            redis.ConnectionError: It is a replica; all connections are closed.
        """
        try:
            role = (await self._redis.info("replication")).get("role")
        except redis.exceptions.ResponseError:
            # Not everybody may ask. Then a node that nobody hears is noticed as silent.
            role = None
        if role == "slave":
            await self._redis.connection_pool.disconnect()
            raise redis.exceptions.ConnectionError("It is a replica of another server.")
        self._ask_role_at = asyncio.get_running_loop().time() + _ROLE_SECONDS

    async def receive(self) -> AsyncGenerator[bytes | None]:
        """Yield what is published."""
        async with self._redis.pubsub() as subscription:
            await subscription.subscribe(self._channel)
            while True:
                message = await subscription.get_message(timeout=None)
                if message is None:
                    continue
                if message["type"] == "subscribe":
                    yield None
                elif message["type"] == "message":
                    yield message["data"]

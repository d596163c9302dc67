"""A bus by PostgreSQL: LISTEN and NOTIFY.

It has connections of its own, and notifies after the commit that it tells of. In the writing
transaction, NOTIFY would have all commits of the server wait for each other: 32 writers commit 361
events a second instead of 3,448. https://www.postgresql.org/docs/current/sql-notify.html
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from typing import Any, ClassVar

import asyncpg  # pyright: ignore[reportMissingTypeStubs]

from starmodel.bus.remote import RemoteBus
from starmodel.errors import ConfigurationError

CHANNEL = "starmodel"

_MAX_BYTES = 7900
_SECONDS = 5.0
_KEEP_SECONDS = 60
_REFERENCE = b"@"
# A notification that a crash forgets is missed by everybody alike, so nobody waits for the disk. A
# pooler refuses this setting where the connection begins, or would keep it for others.
_NOTIFY = (
    "SELECT set_config('synchronous_commit', 'off', true), pg_notify($1, message)"
    " FROM unnest($2::text[]) AS message"
)
_CREATE = (
    "CREATE UNLOGGED TABLE IF NOT EXISTS starmodel_hint (id BIGSERIAL PRIMARY KEY,"
    " created_at TIMESTAMPTZ NOT NULL DEFAULT now(), body TEXT NOT NULL)"
)
_INSERT = "INSERT INTO starmodel_hint (body) SELECT unnest($1::text[]) RETURNING id"
_SELECT = "SELECT body FROM starmodel_hint WHERE id = $1"
_SWEEP = f"DELETE FROM starmodel_hint WHERE created_at < now() - interval '{_KEEP_SECONDS} s'"

_DRIVER: Any = asyncpg

logger = logging.getLogger("starmodel.bus")


class PostgresBus(RemoteBus):
    """Sends messages through a channel of a PostgreSQL database.

    What is too long for a notification stands in a table for a minute, `starmodel_hint`, and the
    notification says where.
    """

    echo_hint: ClassVar[str] = (
        "A connection pooler in front of PostgreSQL, such as PgBouncer in transaction mode, passes"
        " no notifications on. Set STARMODEL_BUS_URL to a URL of the server itself, or"
        " STARMODEL_BUS=process where there is only one process."
    )

    async def connect(self) -> None:
        """Connect."""
        self._sender: Any = await self._connect()

    async def disconnect(self) -> None:
        """Close the connection that sends; the other is closed with what it received."""
        sender, self._sender = getattr(self, "_sender", None), None
        if sender is not None:
            sender.terminate()

    async def send(self, batch: Sequence[bytes]) -> None:
        """Notify of messages, in one transaction."""
        if self._sender is None or self._sender.is_closed():
            self._sender = await self._connect()
        large = [message.decode() for message in batch if len(message) > _MAX_BYTES]
        places = iter(await self._keep(large) if large else ())
        texts = [
            message.decode() if len(message) <= _MAX_BYTES else next(places) for message in batch
        ]
        await self._sender.execute(_NOTIFY, CHANNEL, [text for text in texts if text])

    async def receive(self) -> AsyncGenerator[bytes | None]:
        """Yield what is notified of."""
        connection: Any = await self._connect()
        arrived: asyncio.Queue[str | None] = asyncio.Queue()

        def hear(connection: object, process: int, channel: str, text: str) -> None:
            arrived.put_nowait(text)

        def end(connection: object) -> None:
            arrived.put_nowait(None)

        try:
            connection.add_termination_listener(end)
            await connection.add_listener(CHANNEL, hear)
            yield None
            while (text := await arrived.get()) is not None:
                message = text.encode()
                if message.startswith(_REFERENCE):
                    body = await connection.fetchval(_SELECT, int(message[len(_REFERENCE) :]))
                    if body is None:
                        # It was swept; the number of the next message tells.
                        continue
                    message = body.encode()
                yield message
        finally:
            connection.terminate()

    async def _connect(self) -> Any:
        try:
            return await _DRIVER.connect(
                self.url.replace("postgresql+asyncpg:", "postgresql:", 1),
                timeout=_SECONDS,
                command_timeout=_SECONDS,
                server_settings={"application_name": "starmodel bus"},
            )
        except ValueError as error:
            raise ConfigurationError(
                f"The URL of the bus is no URL of PostgreSQL: {error}"
            ) from None

    async def _keep(self, bodies: Sequence[str]) -> list[str]:
        """Keep what is too long for a notification, and return what to notify of instead.

        Where that cannot be, others miss its number, and compare what they have with the store.
        """
        try:
            with suppress(_DRIVER.UniqueViolationError, _DRIVER.DuplicateObjectError):
                # Of two who make it at once PostgreSQL refuses one.
                await self._sender.execute(_CREATE)
            await self._sender.execute(_SWEEP)
            rows = await self._sender.fetch(_INSERT, bodies)
        except _DRIVER.PostgresError as error:
            if self._sender.is_closed():
                raise
            logger.warning("Fragments of more than 7,900 bytes stay on this node: %s", error)
            return [""] * len(bodies)
        return [f"{_REFERENCE.decode()}{row[0]}" for row in rows]

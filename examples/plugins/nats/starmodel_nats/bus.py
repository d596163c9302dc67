"""A bus by NATS: publish and subscribe, without JetStream.

What JetStream would keep, nobody needs: messages are numbered, and where one is missing, pages are
compared with the store.
"""

import logging
from collections.abc import AsyncGenerator, Sequence
from typing import Any, ClassVar
from urllib.parse import parse_qsl

import nats

from starmodel.bus.remote import RemoteBus

SUBJECT = "starmodel"
"""Where messages go, unless the URL says otherwise."""

_PROBE = b""
_SECONDS = 5
_LIBRARY: Any = nats

logger = logging.getLogger("starmodel.bus")


class NatsBus(RemoteBus):
    """Sends messages through a server of NATS.

    The URL is `nats://user:password@host:4222`. Apps that share a server have a subject each:
    `nats://host:4222?subject=shop`.
    """

    echo_hint: ClassVar[str] = "The user of STARMODEL_BUS_URL has to be allowed to subscribe."

    async def connect(self) -> None:
        """Connect."""
        self._server, _, query = self.url.partition("?")
        self._subject = dict(parse_qsl(query)).get("subject", SUBJECT)
        self._sender = await self._client()

    async def disconnect(self) -> None:
        """Close the connection."""
        await self._sender.close()

    async def send(self, batch: Sequence[bytes]) -> None:
        """Publish messages."""
        if self._sender.is_closed:
            self._sender = await self._client()
        for message in batch:
            if len(message) > self._sender.max_payload:
                logger.warning("A message of %d bytes is too long for NATS", len(message))
            else:
                await self._sender.publish(self._subject, message)
        await self._sender.flush(_SECONDS)

    async def receive(self) -> AsyncGenerator[bytes | None]:
        """Yield what is published."""
        receiver = await self._client()
        try:
            subscription = await receiver.subscribe(self._subject)
            # It comes back once the subscription holds; a flush may overtake the subscription.
            await receiver.publish(self._subject, _PROBE)
            is_subscribed = False
            async for message in subscription.messages:
                if not is_subscribed:
                    is_subscribed = True
                    yield None
                if message.data != _PROBE:
                    yield message.data
        finally:
            await receiver.close()

    async def _client(self) -> Any:
        # A connection that was lost has to be noticed: what was sent meanwhile is missing.
        return await _LIBRARY.connect(
            self._server, allow_reconnect=False, connect_timeout=_SECONDS, error_cb=_ignore
        )


async def _ignore(error: Exception) -> None:
    """Leave errors to whoever is waiting: they are raised there."""

"""Telling the bus of what was committed, where whoever committed it did not live to tell."""

import asyncio
import logging

from starmodel.application.bus import EventBus
from starmodel.application.persistence import PersistenceManager
from starmodel.errors import Unavailable

logger = logging.getLogger("starmodel.relay")

INTERVAL = 2.0
"""Seconds between two searches."""

GRACE = 2.0
"""Seconds that are left to whoever has committed a record to publish it himself."""

LEASE = 30.0
"""Seconds that are left to whoever has found some to publish them."""


class OutboxRelay:
    """Publishes what stores have kept and nobody has published.

    A record is published at least once. It may be published twice: by a process that dies before
    it can take note, or that takes longer than `grace`. Of several processes that search, one
    publishes it.

    Args:
        persistence: The stores.
        bus: Is told.
        interval: Seconds between two searches.
        grace: The age of a record, in seconds, from which on it is taken to be left over.
    """

    def __init__(
        self,
        persistence: PersistenceManager,
        bus: EventBus,
        *,
        interval: float = INTERVAL,
        grace: float = GRACE,
    ) -> None:
        self._stores = [store for store in persistence.backends if store.has_outbox]
        self._bus = bus
        self._interval = interval
        self._grace = grace
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Publish what an earlier process has left, and go on searching until `close`."""
        if self._stores:
            await self.publish()
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def close(self) -> None:
        """Stop searching."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def publish(self) -> int:
        """Publish what is left over by now, and return the number of records."""
        count = 0
        for store in self._stores:
            while found := await store.pending(self._grace, LEASE):
                for ticket, record in found:
                    await self._bus.publish(record)
                    store.published([ticket])
                count += len(found)
        return count

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._interval)
            try:
                await self.publish()
            except Unavailable as error:
                logger.warning("What was committed waits to be published: %s", error.reason)
            except Exception:
                logger.exception("What was committed could not be published; it is tried again")

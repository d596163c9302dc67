"""A process that saves and publishes until it is killed, and what it said before.

Run as `python crashing.py DATABASE LOG POINT AFTER`: it prints a line for each event that was
acknowledged, appends one to the log for each record that was published, and kills itself with
SIGKILL at the point once `AFTER` events have come that far.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from typing import Any

from sql_tables import AUTHOR, LIBRARY, TAG, Author, Store, Tag

from starmodel import CommandRecord, InProcessBus, PersistenceManager, StateStore
from starmodel.application import Services
from starmodel.application.store import Committed
from starmodel.stores.sql.drivers.sqlite import SQLiteDriver

POINTS = (
    "before the write",
    "before the commit",
    "during the commit",
    "before the outbox is read",
    "after the publication",
)
WRITERS = 8


class Fuse:
    """Ends the process when it has been reached often enough."""

    def __init__(self, point: str, after: int) -> None:
        self.point = point
        self.left = after

    def reach(self, point: str) -> None:
        """Record a point; at the right one nothing else happens any more."""
        if point == self.point:
            self.left -= 1
            if self.left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)


class CrashingStore(Store):
    """A store that a fuse is in."""

    def __init__(self, url: str, fuse: Fuse) -> None:
        super().__init__(url)
        self.fuse = fuse

    async def commit_event(self, *arguments: Any, **options: Any) -> Committed:
        """Commit."""
        self.fuse.reach("before the write")
        committed = await super().commit_event(*arguments, **options)
        self.fuse.reach("before the outbox is read")
        return committed

    def published(self, outbox_ids: Sequence[str]) -> None:
        """Record what was published."""
        self.fuse.reach("after the publication")
        super().published(outbox_ids)


class CrashingBus(InProcessBus):
    """Writes down what it is told."""

    def __init__(self, log: str) -> None:
        super().__init__()
        self._log = os.open(log, os.O_APPEND | os.O_CREAT | os.O_WRONLY)

    async def publish(self, record: CommandRecord) -> None:
        """Append a line for the record, which is there even if the process dies at once."""
        os.write(self._log, f"{record.entity} {record.id} {record.version}\n".encode())
        await super().publish(record)


def lay(store: CrashingStore, fuse: Fuse) -> None:
    """Put the fuse into the thread that writes, where SQLite commits."""
    driver = store.driver
    assert isinstance(driver, SQLiteDriver)
    [writer, _] = driver.connections

    def trace(sql: str) -> None:
        if sql == "COMMIT":
            fuse.reach("before the commit")

    writer.set_trace_callback(trace)
    if fuse.point == "during the commit":
        # As many pages of the log are written as it takes until the alarm comes.
        signal.setitimer(signal.ITIMER_REAL, 0.05 + fuse.left * 0.003)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)


async def main(database: str, log: str, point: str, after: int) -> None:
    """Have several at once change a counter of their own and add two records, for ever."""
    fuse = Fuse(point, after)
    store = CrashingStore(f"sqlite:///{database}", fuse)
    services = Services(
        PersistenceManager({StateStore.SERVER_SQL: store}),
        CrashingBus(log),
        definitions=[table.definition for table in LIBRARY],
    )
    await services.open()
    lay(store, fuse)

    async def work(writer: int) -> None:
        name = f"{os.getpid()}-{writer}"
        async with services.unit_of_work() as unit:
            author = Author(id=name, name=f"{name}:0")
            unit.add(AUTHOR, author)
            await unit.commit(author, "added", {}, None)
        number = 0
        while True:
            number += 1
            async with services.unit_of_work() as unit:
                author = await unit.load(AUTHOR, name)
                author.name = f"{name}:{number}"
                for part in "ab":
                    unit.add(TAG, Tag(id=f"{name}-{number}-{part}", name=author.name))
                await unit.commit(author, "counted", {}, None)
            os.write(1, f"{name} {number}\n".encode())

    await asyncio.gather(*map(work, range(WRITERS)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])))

"""Processes that add to tallies and are killed (SIGKILL) at a chosen moment, and what they said.

Run as a program it forks a process for each line of its input, `URL|POINT|COUNT`: the process
opens the database, adds one to `shared` again and again, and dies at the point the `COUNT`th time
it comes by. It tells what it has acknowledged and published, each before anything else happens.
"""

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from tally_world import (
    TALLY_TABLE,
    add,
    create,
    left_alone,
    let_a_minute_pass,
    opened,
    total,
    unpublished,
)

from starmodel import CommandRecord
from starmodel.stores.sql.backend import SQLModelBackend
from starmodel.stores.sql.drivers.database_url import driver_for
from starmodel.stores.sql.drivers.driver import Driver, Row, Statement, Transaction

POINTS = (
    "before the write",
    "before the commit",
    "during the commit",
    "before the record is published",
    "after it is published",
)


class Said(NamedTuple):
    """What a process said before it was killed."""

    acknowledged: int
    published: tuple[int, ...]


class Fuse:
    """Ends the process the `count`th time that it comes by a point."""

    def __init__(self, point: str, count: int) -> None:
        self.point = point
        self.count = count

    def burn(self, point: str) -> bool:
        """Return whether it is time to die."""
        if point != self.point:
            return False
        self.count -= 1
        return self.count == 0

    def die(self) -> None:
        """End the process as the kernel does where memory runs out."""
        os.kill(os.getpid(), signal.SIGKILL)


class Doomed(Driver):
    """A driver whose process dies while it writes."""

    def __init__(self, driver: Driver, fuse: Fuse) -> None:
        self.driver = driver
        self.dialect = driver.dialect
        self.fuse = fuse

    async def open(self) -> None:
        await self.driver.open()

    async def close(self) -> None:
        await self.driver.close()

    async def fetch(self, sql: str, parameters: Sequence[object]) -> Sequence[Row]:
        return await self.driver.fetch(sql, parameters)

    async def execute(self, statements: Sequence[Statement]) -> list[Sequence[Row]]:
        if "UPDATE tally" not in statements[0].sql.replace('"', ""):
            return await self.driver.execute(statements)
        fuse = self.fuse
        if fuse.burn("before the write"):
            fuse.die()
        if fuse.burn("before the commit"):
            async with self.driver.transaction() as transaction:
                for statement in statements:
                    await transaction.fetch(statement.sql, statement.parameters)
                fuse.die()
        if fuse.burn("during the commit"):
            task = asyncio.ensure_future(self.driver.execute(statements))
            await asyncio.wait([task], timeout=random.uniform(0, 0.002))
            fuse.die()
        return await self.driver.execute(statements)

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Transaction]:
        async with self.driver.transaction() as transaction:
            yield transaction


class DoomedStore(SQLModelBackend):
    """A store whose process dies when it has published."""

    def __init__(self, url: str, fuse: Fuse) -> None:
        super().__init__(Doomed(driver_for(url), fuse), [TALLY_TABLE])
        self.fuse = fuse

    def published(self, outbox_ids: Sequence[str]) -> None:
        if self.fuse.burn("after it is published"):
            self.fuse.die()
        super().published(outbox_ids)


class Killer:
    """Makes processes that are killed, one after the other."""

    def __init__(self) -> None:
        self._forks = subprocess.Popen(
            [sys.executable, str(Path(__file__))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._forks.communicate()

    def kill(self, url: str, point: str, count: int) -> Said:
        """Let a process work until it dies."""
        assert self._forks.stdin is not None
        assert self._forks.stdout is not None
        self._forks.stdin.write(f"{url}|{point}|{count}\n")
        self._forks.stdin.flush()
        acknowledged = 0
        published: list[int] = []
        for line in self._forks.stdout:
            word, _, number = line.strip().partition(" ")
            if word == "acknowledged":
                acknowledged = int(number)
            elif word == "published":
                published.append(int(number))
            elif word == "killed":
                return Said(acknowledged, tuple(published))
            else:
                break
        raise AssertionError("The process that was to be killed has ended by itself.")


async def check(url: str, killer: Killer, point: str, rounds: int) -> None:
    """Kill at a point again and again; after each time everything has to be as it should.

    Every write that was acknowledged is there, and at most the one that was under way besides;
    what is there was published, by whoever wrote it or by who came next, and nothing else was.
    """
    async with opened(url) as services:
        await create(services, "shared")
    done = 0
    for _ in range(rounds):
        said = await asyncio.to_thread(killer.kill, url, point, random.randint(1, 4))
        await left_alone(url)
        await let_a_minute_pass(url)
        recovered: list[CommandRecord] = []
        async with opened(url, subscribe=recovered.append) as services:
            now = await total(services, "shared")
        acknowledged = said.acknowledged or done
        assert acknowledged <= now <= acknowledged + 1
        # Its version is one more than its total: it begins with 1.
        published = {*said.published, *(record.version for record in recovered)}
        assert published == {version + 1 for version in range(done + 1, now + 1)}, point
        assert await unpublished(url) == 0
        done = now


def _say(text: str) -> None:
    os.write(1, f"{text}\n".encode())


async def _work(url: str, fuse: Fuse) -> None:
    def published(record: CommandRecord) -> None:
        if fuse.burn("before the record is published"):
            fuse.die()
        _say(f"published {record.version}")

    async with opened(DoomedStore(url, fuse), subscribe=published) as services:
        while True:
            _say(f"acknowledged {await add(services, 'shared')}")


def _main() -> None:
    for line in sys.stdin:
        url, point, count = line.strip().split("|")
        child = os.fork()
        if child == 0:
            try:
                asyncio.run(_work(url, Fuse(point, int(count))))
            finally:
                os._exit(1)
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        _say("killed" if killed else "ended")


if __name__ == "__main__":
    _main()

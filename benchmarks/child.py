"""The parent's side of `worker`: apps called in turns, so that what disturbs one disturbs all."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from types import TracebackType
from typing import NamedTuple, Self

from benchmarks.exchange import Exchange
from benchmarks.project import ROOT, environment


class App(NamedTuple):
    """An app as `module:name`, and the folder that the module is in."""

    name: str
    folder: Path = ROOT


RAW = App("benchmarks.raw:app")
CREATE_APP = "shop.generated.app:create_app"


class Child:
    """A process with an app in it."""

    def __init__(self, app: App) -> None:
        self.app = app
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker", app.name],
            env=environment(app.folder),
            cwd=app.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.communicate()

    def send(self, exchange: Exchange, count: int) -> tuple[float, str]:
        """Send a request so often; returns the microseconds of one and the last body."""
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("The child has no pipes.")
        self._process.stdin.write(json.dumps({"exchange": exchange, "count": count}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.app.name} has ended.")
        answer = json.loads(line)
        return answer["microseconds"], answer["body"]


def time_in_turns(
    children: Mapping[str, tuple[Child, Exchange]], *, rounds: int = 15, seconds: float = 0.05
) -> dict[str, list[float]]:
    """Microseconds of processor time of one request, of each app in each round."""
    counts: dict[str, int] = {}
    for name, (child, exchange) in children.items():
        child.send(exchange, 200)
        counts[name] = max(20, int(seconds * 1e6 / child.send(exchange, 100)[0]))
    times: dict[str, list[float]] = {name: [] for name in children}
    for _ in range(rounds):
        for name, (child, exchange) in children.items():
            times[name].append(child.send(exchange, counts[name])[0])
    return times


def ratio(times: Mapping[str, list[float]], one: str, other: str) -> float:
    """Return the median of how many times as long `one` takes as `other`, round by round."""
    return median(a / b for a, b in zip(times[one], times[other], strict=True))

"""What the command line takes, as a process of its own: start, work and exit."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from benchmarks.project import COMMAND, Project, environment, many_entities
from benchmarks.table import Row, at_most

COLD = {10: 0.6, 100: 1.2, 1000: 6.0}
CHECK = {10: 40, 100: 50, 1000: 120}
PASS = (sys.executable, "-c", "pass")
PARSE = (
    sys.executable,
    "-c",
    "import sys, pathlib, libcst\nfor path in sys.argv[1:]:"
    " libcst.parse_module(pathlib.Path(path).read_text())",
)
SHAPE = "10 fields and 5 events each, 10 in a module"


def measure_generation(folder: Path) -> list[Row]:
    """Cold, unchanged, and with one entity changed; each against a reference in the same run."""
    rows = [_version(folder)]
    for count in COLD:
        rows += _project_of(folder / str(count), count)
    return rows


def _version(folder: Path) -> Row:
    times = _in_turns([(COMMAND, ("--version",)), (PASS, ())], folder, rounds=15)
    return _row(
        "`starmodel --version`",
        times,
        25,
        " ms",
        "`python -c pass`",
        "processor time; 15 rounds in turns",
    )


def _project_of(folder: Path, count: int) -> list[Row]:
    rounds = 7 if count < 1000 else 3
    project = Project(folder, many_entities(count))
    texts = [str(path) for path in project.sources]

    def forget() -> None:
        shutil.rmtree(folder / "shop" / "generated", ignore_errors=True)
        shutil.rmtree(folder / ".starmodel", ignore_errors=True)

    times = _in_turns(
        [(COMMAND, ("generate",)), (PARSE, texts)], folder, rounds=rounds, before=forget
    )
    how = f"processor time; {SHAPE}; {rounds} rounds in turns"
    name = f"{count:,} entities"
    rows = [
        _row(
            f"`generate`, cold, {name}",
            times,
            COLD[count] * 1e3,
            " ms",
            "libcst parsing the same",
            how,
        )
    ]
    times = _in_turns([(COMMAND, ("generate", "--check")), (PASS, ())], folder, rounds=15)
    rows.append(
        _row(
            f"`generate --check`, {name}",
            times,
            CHECK[count],
            " ms",
            "`python -c pass`",
            "processor time; nothing changed; 15 rounds in turns",
        )
    )
    if count == max(COLD):
        number = 0

        def change() -> None:
            nonlocal number
            number += 1
            text = project.sources[0].read_text(encoding="utf-8")
            text = re.sub(r"One Thing0[^.]*\.", f"One Thing0, number {number}.", text)
            project.sources[0].write_text(text, encoding="utf-8")

        times = _in_turns(
            [(COMMAND, ("generate",)), (PARSE, texts[:1])], folder, rounds=5, before=change
        )
        how = "processor time; its docstring; 5 rounds in turns"
        rows.append(
            _row(
                f"`generate`, one of {name} changed",
                times,
                600,
                " ms",
                "libcst parsing its module",
                how,
            )
        )
    return rows


def _row(
    measure: str, times: Sequence[list[float]], limit: float, unit: str, reference: str, how: str
) -> Row:
    ours, theirs = times
    value = median(a / b for a, b in zip(ours, theirs, strict=True))
    also = f" ({value:.1f}× {reference})"
    return at_most(measure, median(ours) * 1e3, limit, unit, how, also)


def _in_turns(
    commands: Sequence[tuple[Sequence[str], Sequence[str]]],
    folder: Path,
    *,
    rounds: int,
    before: Callable[[], None] | None = None,
) -> list[list[float]]:
    """Processor seconds of each command in each round; `before` is called ahead of every first one."""
    times: list[list[float]] = [[] for _ in commands]
    for number in range(rounds + 1):
        if before is not None:
            before()
        for place, (command, arguments) in enumerate(commands):
            spent = _processor_seconds([*command, *arguments], folder)
            if number:  # The first one compiles, and warms the file cache.
                times[place].append(spent)
    return times


def _processor_seconds(command: Sequence[str], folder: Path) -> float:
    """Run a command; the processor time it took, which is what it takes on an idle machine.

    Raises:
        RuntimeError: It failed.
    """
    nothing = subprocess.DEVNULL
    process = subprocess.Popen(
        command, cwd=folder, env=environment(), stdout=nothing, stderr=nothing
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{command} ended with {process.returncode}.")
    return usage.ru_utime + usage.ru_stime

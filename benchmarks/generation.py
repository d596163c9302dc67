"""What the command line takes, as a process of its own: start, work and exit."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import psutil

from benchmarks.project import (
    COMMAND,
    ROOT,
    Project,
    environment,
    many_entities,
    varied_entities,
)
from benchmarks.table import Row, at_most
from starmodel_generator.emission.templating import COMPILED, compile_templates

COLD = {10: 0.5, 100: 1.2, 1000: 8.0}
CHECK = {10: 20, 100: 30, 1000: 120}
VARIED = 51
CHANGED = 600
WATCHED = 120
PASS = (sys.executable, "-c", "pass")
PARSE = (
    sys.executable,
    "-c",
    "import sys, pathlib, libcst\nfor path in sys.argv[1:]:"
    " libcst.parse_module(pathlib.Path(path).read_text())",
)
SHAPE = "10 fields and 5 events each, 10 in a module"
VARIED_SHAPE = "in SQL, with CRUD, references, enums and value objects; 3 in a module"


def measure_generation(folder: Path) -> list[Row]:
    """Cold, unchanged, and with one entity changed; each against a reference in the same run."""
    installed = _installed(folder / "installed")
    rows = [_version(folder, installed)]
    for count in COLD:
        project = Project(folder / str(count), many_entities(count))
        name = f"{count:,} entities"
        rows.append(_cold(project, name, COLD[count], SHAPE, installed))
        rows.append(_check(project, name, CHECK[count], installed))
        if count == max(COLD):
            edit = Edit(project.sources[0], r"One Thing0[^.]*\.", "One Thing0, number {}.")
            rows.append(_changed(project, name, edit, installed))
            rows.append(_watched(project, name, edit, installed))
    project = Project(folder / "varied", varied_entities(VARIED))
    name = f"{VARIED} entities in SQL"
    rows.append(_cold(project, name, 7.0, VARIED_SHAPE, installed))
    edit = Edit(project.sources[-1], r"What it is about, [^.]*\.", "What it is about, {}.")
    rows.append(_changed(project, name, edit, installed))
    return rows


class Edit:
    """A text in a source that is another one each time."""

    def __init__(self, path: Path, pattern: str, text: str) -> None:
        self.path = path
        self._pattern = pattern
        self._text = text
        self._number = 0

    def __call__(self) -> None:
        self._number += 1
        text = self.path.read_text(encoding="utf-8")
        text = re.sub(self._pattern, self._text.format(self._number), text, count=1)
        self.path.write_text(text, encoding="utf-8")


def _installed(folder: Path) -> Path:
    """Return the generator as a wheel has it: with compiled templates."""
    for package in ("generator/starmodel_generator", "schemas/starmodel_schemas"):
        shutil.copytree(
            ROOT / package,
            folder / Path(package).name,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    compiled = folder / "starmodel_generator" / "emission" / COMPILED
    compiled.mkdir()
    compile_templates(compiled)
    return folder


def _version(folder: Path, installed: Path) -> Row:
    commands = [(COMMAND, ("--version",)), (PASS, ())]
    times = _in_turns(commands, folder, installed, rounds=15)
    how = "processor time; 15 rounds in turns"
    return _row("`starmodel --version`", times, 25, " ms", "`python -c pass`", how)


def _cold(project: Project, name: str, limit: float, shape: str, installed: Path) -> Row:
    def forget() -> None:
        shutil.rmtree(project.folder / "shop" / "generated", ignore_errors=True)
        shutil.rmtree(project.folder / ".starmodel", ignore_errors=True)

    rounds = 3 if limit > 2 else 7
    texts = [str(path) for path in project.sources]
    commands = [(COMMAND, ("generate",)), (PARSE, texts)]
    times = _in_turns(commands, project.folder, installed, rounds=rounds, before=forget)
    how = f"processor time; {shape}; {rounds} rounds in turns"
    measure = f"`generate`, cold, {name}"
    return _row(measure, times, limit * 1e3, " ms", "libcst parsing the same", how)


def _check(project: Project, name: str, limit: float, installed: Path) -> Row:
    commands = [(COMMAND, ("generate", "--check")), (PASS, ())]
    times = _in_turns(commands, project.folder, installed, rounds=15)
    how = "processor time; nothing changed; 15 rounds in turns"
    measure = f"`generate --check`, {name}"
    return _row(measure, times, limit, " ms", "`python -c pass`", how)


def _changed(project: Project, name: str, edit: Edit, installed: Path) -> Row:
    commands = [(COMMAND, ("generate",)), (PARSE, [str(edit.path)])]
    times = _in_turns(commands, project.folder, installed, rounds=5, before=edit)
    how = "processor time; a docstring; 5 rounds in turns"
    measure = f"`generate`, one of {name} changed"
    return _row(measure, times, CHANGED, " ms", "libcst parsing its module", how)


def _watched(project: Project, name: str, edit: Edit, installed: Path) -> Row:
    """One changed while `--watch` runs: its process's time until it has come to rest again."""
    spent: list[float] = []
    log = project.folder / "watch.log"
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [*COMMAND, "generate", "--watch"],
            cwd=project.folder,
            env=environment(installed),
            stderr=errors,
        )
        try:
            watched = psutil.Process(process.pid)
            _wait_for(log, b"Watching", 1)
            for number in range(1, 8):
                time.sleep(REST)
                before = watched.cpu_times()
                edit()
                _wait_for(log, b" written", number)
                time.sleep(REST)
                after = watched.cpu_times()
                spent.append(after.user + after.system - before.user - before.system)
        finally:
            process.terminate()
            process.wait()
    how = "processor time; a docstring; median of the last 5 of 7"
    measure = f"`generate --watch`, one of {name} changed"
    return at_most(measure, median(spent[2:]) * 1e3, WATCHED, " ms", how)


REST = 1.5
"""Seconds in which what was written is noticed and found to be up to date."""


def _wait_for(log: Path, text: bytes, count: int) -> None:
    deadline = time.monotonic() + 60
    while log.read_bytes().count(text) < count:
        if time.monotonic() > deadline:
            raise RuntimeError(f"There is no {text!r} in {log.read_bytes()!r}.")
        time.sleep(0.05)


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
    installed: Path,
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
            spent = _processor_seconds([*command, *arguments], folder, installed)
            if number:  # The first one compiles, and warms the file cache.
                times[place].append(spent)
    return times


def _processor_seconds(command: Sequence[str], folder: Path, installed: Path) -> float:
    """Run a command; the processor time it took, which is what it takes on an idle machine.

    Raises:
        RuntimeError: It failed.
    """
    nothing = subprocess.DEVNULL
    process = subprocess.Popen(
        command, cwd=folder, env=environment(installed), stdout=nothing, stderr=nothing
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{command} ended with {process.returncode}.")
    return usage.ru_utime + usage.ru_stime

"""How the commands speak: sentences and progress on stderr, data on stdout."""

import os
import re
import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING

import typer

from starmodel_generator.diagnostics.diagnostic import OutputFormat, render
from starmodel_generator.generation import Report

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_PATIENCE = 1.0
"""Seconds that a run may take before it shows a progress bar."""

_PAUSE = 0.1
"""Seconds between two drawings of it."""


def write_stderr(text: str) -> None:
    """Tell the user something."""
    typer.echo(text, err=True)


def write_stdout(text: str) -> None:
    """Write data, as it is, to stdout."""
    sys.stdout.write(text)
    sys.stdout.flush()


def show_diagnostics(report: Report, form: OutputFormat = "full") -> None:
    """Show what a report found, each with its place and fix: to people on stderr.

    What a program asked for, JSON or GitHub's annotations, is data and goes to stdout.
    """
    text = render(report.diagnostics, report.texts, form)
    if form in ("json", "github"):
        write_stdout(text)
    elif text:
        write_stderr(_colored(text) if has_color() else text.rstrip("\n"))


def has_color() -> bool:
    """Return whether stderr is a terminal whose user has nothing against colours (`NO_COLOR`)."""
    return sys.stderr.isatty() and not os.environ.get("NO_COLOR")


def _colored(text: str) -> str:
    """Colour the words that a diagnostic begins its parts with."""
    colors = {"error": "red", "warning": "yellow", "note": "cyan", "help": "cyan"}

    def style(found: re.Match[str]) -> str:
        return typer.style(found[0], fg=colors[found[1]], bold=True)

    return re.sub(r"^(error|warning|note|help)\b(\[\w+\])?", style, text.rstrip("\n"), flags=re.M)


class StageProgress:
    """A progress bar for a run that takes long, and that somebody watches.

    It has no thread of its own: it is drawn when a stage tells how far it is.
    """

    def __init__(self) -> None:
        self._next = time.monotonic() + _PATIENCE
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> "StageProgress":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Note that a stage has done so much of its work."""
        now = time.monotonic()
        if now < self._next or not sys.stderr.isatty():
            return
        self._next = now + _PAUSE
        if self._bar is None:
            # Slow to import, and seldom needed.
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn

            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                TextColumn("{task.completed}/{task.total}"),
                console=Console(stderr=True),
                auto_refresh=False,
                transient=True,
            )
            self._task = self._bar.add_task(stage)
            self._bar.start()
        if self._task is not None:
            self._bar.update(
                self._task, description=stage, completed=done, total=total, refresh=True
            )

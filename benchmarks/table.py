"""The rows that the measurements give, as a table of markdown."""

import os
import platform
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

BEGIN = "<!-- measured: python -m benchmarks --write -->"
END = "<!-- end -->"


class Row(NamedTuple):
    """One measurement: what it is, what it should be, what it was, and how it was done."""

    measure: str
    goal: str
    figure: str
    how: str
    is_met: bool | None = None

    def line(self) -> str:
        """Return the row as markdown; a goal that is missed is marked."""
        figure = f"**{self.figure}** (missed)" if self.is_met is False else self.figure
        return f"| {self.measure} | {self.goal} | {figure} | {self.how} |"


def at_most(measure: str, value: float, limit: float, unit: str, how: str, also: str = "") -> Row:
    """A row whose value should be small."""
    figure = _number(value, unit) + also
    return Row(measure, f"≤ {limit:g}{unit}", figure, how, value <= limit)


def at_least(measure: str, value: float, limit: float, unit: str, how: str, also: str = "") -> Row:
    """A row whose value should be large."""
    figure = _number(value, unit) + also
    return Row(measure, f"≥ {limit:g}{unit}", figure, how, value >= limit)


def skipped(measure: str, goal: str, why: str) -> Row:
    """A row for what could not be measured here."""
    return Row(measure, goal, "not measured", why)


def header() -> str:
    """Return the head of the table, with the machine and the day above it."""
    machine = f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores"
    return (
        f"{datetime.now(UTC):%Y-%m-%d}; {machine}.\n\n"
        "| Measure | Goal | Figure | How |\n|---|---|---|---|"
    )


def write(path: Path, rows: Iterable[Row]) -> None:
    """Put the table between the marks in a page.

    Raises:
        ValueError: The page has no marks.
    """
    text = path.read_text(encoding="utf-8")
    table = "\n".join([BEGIN, "", header(), *(row.line() for row in rows), "", END])
    pattern = re.compile(re.escape(BEGIN) + ".*" + re.escape(END), re.DOTALL)
    if not pattern.search(text):
        raise ValueError(f"{path} has no place for the table.")
    path.write_text(pattern.sub(lambda _: table, text), encoding="utf-8")


def _number(value: float, unit: str) -> str:
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:.{digits}f}{unit}"

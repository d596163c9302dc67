"""`starmodel plugins`: what installed packages add, and what of it cannot be used."""

import json
from collections import Counter
from collections.abc import Container, Iterable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Annotated

import typer

from starmodel_generator.cli.console import write_stderr, write_stdout
from starmodel_generator.plugins import TARGETS

COMMANDS = "starmodel.commands"
"""The entry point group of commands; each is a `typer.Typer`."""

GROUPS = (
    "starmodel.stores",
    "starmodel.buses",
    "starmodel.frontends",
    "starmodel.kits",
    TARGETS,
    COMMANDS,
)
"""The entry point groups of everything that a package can add."""


@dataclass(frozen=True, slots=True)
class InstalledPlugin:
    """Something that a package adds.

    Attributes:
        group: The entry point group.
        name: What the configuration, or the command line, calls it.
        package: The distribution that it comes with.
        version: That distribution's version.
        value: Where it is, `package.module:name`.
        problem: Why it cannot be used, in one line; `None` where it can.
    """

    group: str
    name: str
    package: str
    version: str
    value: str
    problem: str | None


def plugins(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Give a list of objects.")] = False,
) -> None:
    """List what installed packages add: stores, buses, front ends, kits, targets, commands.

    Each is imported, so that what cannot be is named. What comes with StarModel itself is not listed.

    Examples:

      starmodel plugins

      starmodel plugins --json | jq '.[] | select(.problem)'
    """
    found = [plugin for plugin, _ in find_plugins(GROUPS, taken=context.obj)]
    if as_json:
        write_stdout(json.dumps([asdict(one) for one in found], indent=2) + "\n")
    elif found:
        write_stdout(_table(found))
    else:
        write_stderr(f"No installed package adds anything to {', '.join(GROUPS)}.")


def find_plugins(
    groups: Iterable[str], taken: Container[str]
) -> Iterator[tuple[InstalledPlugin, object]]:
    """Yield what installed packages add, by group and name, each with what it is once loaded.

    `taken` are the names that no command can have.
    """
    for group in groups:
        points = sorted(entry_points(group=group), key=lambda point: (point.name, point.value))
        counts = Counter([point.name for point in points])
        for point in points:
            loaded, problem = _load(point)
            if problem is None and point.name in (taken if group == COMMANDS else _own(group)):
                problem = "has the name of one of StarModel's own"
            if problem is None and counts[point.name] > 1:
                problem = "has a name that is taken twice; uninstall one of the packages"
            package, version = ("?", "?") if point.dist is None else _label(point)
            plugin = InstalledPlugin(group, point.name, package, version, point.value, problem)
            yield plugin, loaded


def _own(group: str) -> Container[str]:
    """Return what comes with StarModel in a group: a name means that, whoever has it besides."""
    # Whoever looks for commands needs nothing of the runtime.
    from starmodel.plugins import BUILT_IN

    return BUILT_IN.get(group, {})


def _label(point: EntryPoint) -> tuple[str, str]:
    assert point.dist is not None
    return point.dist.name, point.dist.version


def _load(point: EntryPoint) -> tuple[object, str | None]:
    """Load an entry point; also why it cannot be used."""
    try:
        loaded: object = point.load()
    except (Exception, SystemExit) as error:
        lines = str(error).splitlines() or [""]
        return None, f"cannot be loaded: {type(error).__name__}: {lines[0]}".removesuffix(": ")
    if point.group != COMMANDS:
        return loaded, None if callable(loaded) else "is nothing that can be called"
    return loaded, None if isinstance(loaded, typer.Typer) else "is no typer.Typer"


def _table(found: Iterable[InstalledPlugin]) -> str:
    rows = [(one, (one.name, f"{one.package} {one.version}", one.value)) for one in found]
    widths = [max(len(cells[column]) for _, cells in rows) for column in range(3)]
    text, group = "", ""
    for one, cells in rows:
        if one.group != group:
            text += f"{chr(10) if group else ''}{one.group}\n"
            group = one.group
        line = "  ".join([cell.ljust(width) for cell, width in zip(cells, widths, strict=True)])
        text += f"  {line}  {one.problem or ''}".rstrip() + "\n"
    return text

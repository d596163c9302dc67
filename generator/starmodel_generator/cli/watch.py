"""`starmodel generate --watch`: write the code whenever an entity is saved."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from watchfiles import watch

from starmodel_generator.cache import Cache, load_cache
from starmodel_generator.cli.console import say
from starmodel_generator.generation import Report, generate_folder
from starmodel_generator.pipeline import run_stages
from starmodel_generator.project.discovery import CONFIGURATION_FILES, find_project

_STEP = 20
"""Milliseconds in which changes that come together count as one."""


def is_source(root: Path, path: Path) -> bool:
    """Return whether an app or its generated code may depend on a file of the project."""
    if not path.is_relative_to(root):
        return False
    parts = path.relative_to(root).parts
    hidden = any(part.startswith(".") or part == "__pycache__" for part in parts)
    return not hidden and (path.suffix == ".py" or path.name in CONFIGURATION_FILES)


def watch_project(folder: str, tell: Callable[[Report], None]) -> None:
    """Generate now and after every change of a source, until interrupted.

    `tell` gets the report of each run. What earlier runs have worked out is kept in memory.
    While there are errors, nothing is written.
    """
    project = find_project(os.path.abspath(folder))
    if project is None:
        tell(generate_folder(folder))
        return
    root = Path(project.root)
    cache = load_cache(root)
    watcher = watch(
        root,
        watch_filter=lambda _, path: is_source(root, Path(path)),
        step=_STEP,
        debounce=_STEP * 10,
        rust_timeout=100,
        yield_on_timeout=True,
        raise_interrupt=False,
        ignore_permission_denied=True,
    )
    # The watcher reports what happens from its first look on; what was saved before is generated
    # after that look, so nothing is missed in between.
    next(watcher)
    cache = _generate(folder, cache, tell, is_first=True)
    say("Watching for changes. Press Ctrl-C to end.")
    for changes in watcher:
        if changes:
            cache = _generate(folder, cache, tell, is_first=False)


def _generate(
    folder: str, cache: Cache, tell: Callable[[Report], None], *, is_first: bool
) -> Cache:
    report = generate_folder(folder, stages=partial(run_stages, cache=cache))
    # What was just written is reported as a change too; that run finds nothing to do.
    if is_first or report.has_errors or report.differences:
        tell(report)
    return (report.generation and report.generation.cache) or cache

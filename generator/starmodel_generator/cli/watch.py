"""`starmodel generate --watch`: write the code whenever an entity is saved."""

import contextlib
import os
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from watchfiles import watch

from starmodel_generator.cache import Cache, load_cache
from starmodel_generator.cli.console import write_stderr
from starmodel_generator.generation import Report, generate_folder
from starmodel_generator.incremental.incremental_update import Update, update
from starmodel_generator.pipeline import run_stages
from starmodel_generator.project.config import GeneratorConfig, read_config
from starmodel_generator.project.discovery import CONFIGURATION_FILES, find_project
from starmodel_generator.up_to_date import Standing, hash_of_file, standing

_STEP = 20
"""Milliseconds in which changes that come together count as one."""


def is_source(root: Path, path: Path) -> bool:
    """Return whether an app or its generated code may depend on a file of the project."""
    if not path.is_relative_to(root):
        return False
    parts = path.relative_to(root).parts
    hidden = any(part.startswith(".") or part == "__pycache__" for part in parts)
    return not hidden and (path.suffix == ".py" or path.name in CONFIGURATION_FILES)


def watch_project(folder: str, tell: Callable[[Report | Update], None]) -> None:
    """Generate now and after every change of a source, until interrupted.

    `tell` gets what each run has found and done. What earlier runs have worked out is kept in memory.
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
    hashes = Hashes()
    cache, written = _generate(folder, cache, hashes, tell, is_first=True)
    write_stderr("Watching for changes. Press Ctrl-C to end.")
    for changes in watcher:
        # What was just written is reported as a change too.
        if not all(_is_as_written(root, path, written) for _, path in changes):
            cache, written = _generate(folder, cache, hashes, tell, is_first=False)


def _is_as_written(root: Path, path: str, written: Mapping[str, str]) -> bool:
    """Return whether a file has the content that the last run has written, by its hash."""
    expected = written.get(os.path.relpath(path, root).replace(os.sep, "/"))
    try:
        return expected is not None and hash_of_file(path) == expected
    except OSError:
        return False


class Hashes:
    """Hashes files, each once for as long as the file system says that nobody has touched it.

    That is believed where it gives the time of the last change of anything of a file, which no
    program can set, and where the file had been at rest for longer than such a time may be coarse.
    """

    REST = 2_000_000_000
    """Nanoseconds."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[tuple[int, ...], str]] = {}

    def of(self, path: str) -> str:
        """Return the hash of a file's content; `OSError` where it cannot be read."""
        if os.name != "posix":
            return hash_of_file(path)
        status = os.stat(path)
        mark = status.st_dev, status.st_ino, status.st_ctime_ns
        known = self._known.get(path)
        if known is not None and known[0] == mark:
            return known[1]
        now = time.time_ns()
        found = hash_of_file(path)
        if max(status.st_mtime_ns, status.st_ctime_ns) < now - self.REST:
            self._known[path] = mark, found
        return found


def _generate(
    folder: str,
    cache: Cache,
    hashes: Hashes,
    tell: Callable[[Report | Update], None],
    *,
    is_first: bool,
) -> tuple[Cache, Mapping[str, str]]:
    """Run once; return the cache for the next run, and the hashes of what an update has written."""
    if not is_first:
        found = _look(folder, hashes)
        if found is not None and not found[1].changed:
            return cache, {}
        # Where a full rebuild is required all stages run, which need none of this.
        with contextlib.suppress(Exception):
            if found is not None:
                done = update(*found, cache)
                if done.written:
                    tell(done)
                return done.cache, done.hashes
    report = generate_folder(folder, stages=partial(run_stages, cache=cache))
    if is_first or report.has_errors or report.differences:
        tell(report)
    return (report.generation and report.generation.cache) or cache, {}


def _look(folder: str, hashes: Hashes) -> tuple[GeneratorConfig, Standing] | None:
    """Compare the project with its manifest; `None` where all stages have to tell."""
    try:
        project = find_project(os.path.abspath(folder))
    except OSError:
        return None
    found = standing(project, hashes.of) if project is not None else None
    if project is None or found is None:
        return None
    config = read_config(project).config
    return None if config is None else (config, found)

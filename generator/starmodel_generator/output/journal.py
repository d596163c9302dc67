"""Write many files, all or nothing, whatever happens in between.

New contents are first staged in the project's private folder; then a journal says what is to be
moved and removed; then that is done. Before the journal is there, nothing has changed; once it is
there, what it says can be finished at any time. So a run that is killed leaves the old tree, or a
journal from which the next run makes the new one (`recover`), and never a mixture of the two. A
step that fails (a folder that may not be written) is undone at once.

This guards against a killed process, not against a machine that loses power: nothing is synced.
"""

import contextlib
import errno
import json
import os
import shutil
from collections.abc import Callable, Generator, Iterable, Mapping
from pathlib import Path
from typing import cast

from starmodel_generator.output.paths import check_paths
from starmodel_generator.project.discovery import PRIVATE_FOLDER
from starmodel_generator.project.hashing import read

_STAGE = "journal"
_LIST = "journal.json"


def replace_files(root: Path, writes: Mapping[str, bytes], removals: tuple[str, ...]) -> None:
    """Write and remove files, in this order; paths are relative to the root, with `/`.

    Missing folders are made, and folders that become empty are removed. `OSError` if it could not
    be done; every file is then as it was.
    """
    if not writes and not removals:
        return
    with lock(root):
        stage = root / PRIVATE_FOLDER / _STAGE
        shutil.rmtree(stage, ignore_errors=True)
        stage.mkdir()
        paths = list(writes)
        for number, path in enumerate(paths):
            with open(f"{stage}/{number}", "wb", buffering=0) as file:
                file.write(writes[path])
        old = {path: _content(f"{root}/{path}") for path in (*writes, *removals)}
        steps = json.dumps({"writes": paths, "removals": removals})
        (stage / "unfinished").write_text(steps, encoding="utf-8")
        os.replace(stage / "unfinished", stage / _LIST)
        try:
            _finish(root, stage)
        except OSError:
            (stage / _LIST).unlink()
            _restore(root, old)
            raise
        except BaseException:
            # An interrupt: what was begun is finished, so that the tree is whole.
            if (stage / _LIST).exists():
                _finish(root, stage)
            raise


def is_interrupted(root: Path) -> bool:
    """Return whether a run was killed while it wrote, so that `recover` has something to finish."""
    return (root / PRIVATE_FOLDER / _STAGE / _LIST).exists()


def recover(root: Path, is_ours: Callable[[list[str], list[str]], bool] | None = None) -> bool:
    """Finish what a killed run had begun; whether there was anything.

    A journal is a file that somebody else may have put there. One that leads out of the project,
    or whose paths to write and to remove `is_ours` denies, is dropped.
    """
    stage = root / PRIVATE_FOLDER / _STAGE
    if not stage.exists():
        return False
    with lock(root):
        if (stage / _LIST).exists():
            try:
                writes, removals = _steps(stage)
                is_safe = not check_paths(root, [*writes, *removals])
            except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
                # No journal that a run has written.
                writes, removals, is_safe = [], [], False
            if is_safe and (is_ours is None or is_ours(writes, removals)):
                _finish(root, stage)
                return True
        shutil.rmtree(stage, ignore_errors=True)
    return False


def private_folder(root: Path) -> Path:
    """Return the project's private folder, made if it is not there, and kept out of version control."""
    folder = root / PRIVATE_FOLDER
    folder.mkdir(exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
    return folder


@contextlib.contextmanager
def lock(root: Path) -> Generator[None]:
    """Keep a second run in the same project waiting until this one has written."""
    with open(private_folder(root) / "lock", "w", encoding="utf-8") as file:
        try:
            import fcntl
        except ImportError:
            # Windows: two runs at once are the user's to avoid.
            yield
            return
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _finish(root: Path, stage: Path) -> None:
    """Do what is left of the journal's steps; doing it twice changes nothing."""
    writes, removals = _steps(stage)
    made: set[str] = set()
    for number, path in enumerate(writes):
        staged, target = f"{stage}/{number}", f"{root}/{path}"
        if os.path.exists(staged):
            folder = os.path.dirname(target)
            if folder not in made:
                os.makedirs(folder, exist_ok=True)
                made.add(folder)
            _move(staged, target)
    forget_bytecode(root, writes)
    for path in removals:
        _remove(root, path)
    # The journal goes first: without it, what is left in the stage means nothing.
    (stage / _LIST).unlink()
    shutil.rmtree(stage)


def _steps(stage: Path) -> tuple[list[str], list[str]]:
    """Return the paths that a journal is to write, in the order they were staged, and to remove."""
    steps = cast("dict[str, list[str]]", json.loads((stage / _LIST).read_text(encoding="utf-8")))
    return steps["writes"], steps["removals"]


def _move(staged: str, target: str) -> None:
    try:
        os.replace(staged, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        # Another file system: copied, and staged until that is complete.
        shutil.copyfile(staged, target)
        os.unlink(staged)


def forget_bytecode(root: Path, paths: Iterable[str]) -> None:
    """Remove what Python has cached of modules; paths are relative to the root, with `/`.

    Python takes a cached module for the current one while the file has the same size and was
    changed in the same second. So of two runs within a second the first one's code would stay.
    """
    by_folder: dict[str, set[str]] = {}
    for path in paths:
        folder, _, name = path.rpartition("/")
        by_folder.setdefault(folder, set()).add(name.removesuffix(".py"))
    for folder, names in by_folder.items():
        for compiled in (root / folder / "__pycache__").glob("*.pyc"):
            if compiled.name.partition(".")[0] in names:
                compiled.unlink(missing_ok=True)


def _remove(root: Path, path: str) -> None:
    """Remove a file, what Python has cached of it, and the folders that are empty then."""
    file = root / path
    file.unlink(missing_ok=True)
    forget_bytecode(root, [path])
    cache = file.parent / "__pycache__"
    for folder in (cache, *file.parents):
        if folder == root:
            return
        if folder.is_dir():
            try:
                folder.rmdir()
            except OSError:
                if folder != cache:
                    return


def _content(path: str) -> bytes | None:
    try:
        return read(path)
    except (FileNotFoundError, NotADirectoryError):
        return None


def _restore(root: Path, old: Mapping[str, bytes | None]) -> None:
    """Restore the content that every file had."""
    for path, content in old.items():
        file = root / path
        if content is None:
            if file.is_file():
                _remove(root, path)
        elif _content(str(file)) != content:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
            forget_bytecode(root, [path])

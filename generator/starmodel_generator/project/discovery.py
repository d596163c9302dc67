"""Where a project is, where its configuration stands, and which files hold its entities.

This module is on the way of `starmodel generate --check`, so it parses no TOML and imports next
to nothing: `config` does the reading.
"""

import os

from starmodel_generator.project.hashing import normal, read

PRIVATE_FOLDER = ".starmodel"
"""The folder in the project's root for what is never committed."""

CONFIGURATION_FILES = ("pyproject.toml", "starmodel.toml")

_TABLE = b"[tool.starmodel"
_SKIPPED = frozenset({"__pycache__", "node_modules"})


class Project:
    """A project's root, the name of the file that configures it, and the part of it that counts.

    `options` is `[tool.starmodel]` of `pyproject.toml` as it is written, or all of
    `starmodel.toml`: while it is the same, the configuration is the same.
    """

    __slots__ = ("file", "options", "root")

    def __init__(self, root: str, file: str, options: bytes) -> None:
        self.root = root
        self.file = file
        self.options = options


def find_project(folder: str) -> Project | None:
    """Return the project that a folder is in: the nearest one up whose files configure StarModel.

    `starmodel.toml` wins over a `pyproject.toml` beside it. `OSError` if a file is there that
    cannot be read.
    """
    while True:
        path = os.path.join(folder, "starmodel.toml")
        if os.path.isfile(path):
            return Project(folder, "starmodel.toml", normal(read(path)))
        path = os.path.join(folder, "pyproject.toml")
        if os.path.isfile(path):
            options = options_text(normal(read(path)))
            if options is not None:
                return Project(folder, "pyproject.toml", options)
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent


def options_text(pyproject: bytes) -> bytes | None:
    """Return the lines of `[tool.starmodel]` and its sub-tables; `None` if there are none.

    It is everything where lines alone cannot tell: the table written another way, or texts of
    several lines in it.
    """
    if b"starmodel" not in pyproject:
        return None
    kept: list[bytes] = []
    inside = False
    for line in pyproject.split(b"\n"):
        if line.startswith(b"["):
            name = line.lstrip(b"[")
            inside = name.startswith((_TABLE[1:] + b"]", _TABLE[1:] + b"."))
        if inside:
            kept.append(line)
    text = b"\n".join(kept)
    if not kept or b'"""' in text or b"'''" in text:
        return pyproject if _may_configure(pyproject) else None
    return text.rstrip()


def _may_configure(pyproject: bytes) -> bool:
    """Return whether the table is there at all, however it is written."""
    import tomllib

    try:
        tool = tomllib.loads(pyproject.decode("utf-8", "replace")).get("tool")
    except tomllib.TOMLDecodeError:
        return _TABLE in pyproject
    return isinstance(tool, dict) and "starmodel" in tool


def python_files(root: str, entry: str, *, skip: frozenset[str]) -> list[str]:
    """Return the Python files of a configured file or folder, sorted, relative to the root with `/`.

    Folders are searched through and through, without hidden ones, caches and those in `skip`
    (relative to the root: the generated code). An entry that is not there has no files.
    """
    path = os.path.join(root, entry)
    if not os.path.isdir(path):
        return [entry] if os.path.isfile(path) else []
    found: list[str] = []
    pending = [entry]
    while pending:
        folder = pending.pop()
        with os.scandir(os.path.join(root, folder)) as listing:
            for item in listing:
                name = item.name
                if name.startswith(".") or name in _SKIPPED:
                    continue
                child = f"{folder}/{name}"
                if name.endswith(".py") and item.is_file():
                    found.append(child)
                elif child not in skip and item.is_dir(follow_symlinks=False):
                    pending.append(child)
    return sorted(found)

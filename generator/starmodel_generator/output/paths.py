"""Which paths may be written: within the output folders, by name and on disk."""

import os
from collections.abc import Iterable
from pathlib import Path

from starmodel_generator.diagnostics.diagnostic import Diagnostic
from starmodel_generator.diagnostics.rules.entity_rules import CASE_COLLISION
from starmodel_generator.diagnostics.rules.project_rules import UNSAFE_PATH
from starmodel_generator.unicode_table import is_printable

_RESERVED = frozenset('\\/:*?"<>|')


def check_paths(
    root: Path, paths: Iterable[str], folders: tuple[str, ...] = ()
) -> list[Diagnostic]:
    """Return what is wrong with paths that are to be written or removed.

    `folders` are where they may be; without any, that is the whole project.

    A path may not lead out of its folder by name (`..`) or through a symbolic link, nor differ
    from another one only by case, which a Mac or Windows would take for the same file.
    """
    mistakes: list[Diagnostic] = []
    folded: dict[str, str] = {}
    checked: dict[str, str | None] = {}
    for path in sorted(set(paths)):
        plain = all(map(_is_plain, path.split("/")))
        if not (lies_within(path, folders) if folders else plain):
            where = " or ".join(f"`{folder}`" for folder in folders) or "the project"
            mistakes.append(UNSAFE_PATH.report(f"`{path}` does not lie within {where}"))
            continue
        twin = folded.setdefault(path.casefold(), path)
        if twin != path:
            mistakes.append(
                CASE_COLLISION.report(
                    f"the generated files `{twin}` and `{path}` differ only by case",
                    help="rename one of the entities: not every file system can hold both",
                )
            )
        problem = _link_problem(root, path, checked)
        if problem:
            mistakes.append(UNSAFE_PATH.report(problem))
    return list(dict.fromkeys(mistakes))


def lies_within(path: str, folders: Iterable[str]) -> bool:
    """Return whether a path leads into one of the folders, told from the names alone."""
    within = path.startswith(tuple(f"{folder}/" for folder in folders))
    return within and all(map(_is_plain, path.split("/")))


def _is_plain(part: str) -> bool:
    """Return whether it is a name that every system takes for one file or folder."""
    return part not in ("", ".", "..") and is_printable(part) and _RESERVED.isdisjoint(part)


def _link_problem(root: Path, path: str, checked: dict[str, str | None]) -> str | None:
    """Return whether a link makes the path another one; folders are looked at once."""
    if os.path.islink(f"{root}/{path}"):
        return f"`{path}` is a symbolic link; remove it, and it will be generated"
    folder = path.rpartition("/")[0]
    if folder not in checked:
        resolved, base = os.path.realpath(root / folder), os.path.realpath(root)
        inside = resolved == base or resolved.startswith(os.path.join(base, ""))
        checked[folder] = (
            None if inside else f"`{folder}` leads out of the project through a symbolic link"
        )
    return checked[folder]

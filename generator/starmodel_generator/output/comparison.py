"""Compare the files that were planned with those that are there.

The comparison is a value; nothing is written here. What the manifest does not name is somebody
else's and stays as it is. What it names is ours only with the header that it was generated with:
a manifest is a file like others, and may say anything.
"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from starmodel_generator.output.manifest import Manifest, has_conflict
from starmodel_generator.project.hashing import digest, has_header, normal, read

Verdict: TypeAlias = Literal["unchanged", "missing", "stale", "orphaned", "edited", "foreign"]


@dataclass(frozen=True, slots=True)
class FileChange:
    """What is to become of one file, and why.

    `unchanged` has the content it should have. `missing` is to be created, `stale` to be
    replaced, `orphaned` to be removed: it was generated, and nothing generates it any more.
    `edited` was generated and then changed by hand. `foreign` was never ours and stands where
    one of ours belongs. `before` and `after` are contents, `None` for no file.
    """

    path: str
    verdict: Verdict
    before: bytes | None
    after: bytes | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Every planned file and every file that is ours, sorted by path."""

    changes: tuple[FileChange, ...]

    def having(self, *verdicts: Verdict) -> tuple[FileChange, ...]:
        """Return the files of these verdicts."""
        return tuple(change for change in self.changes if change.verdict in verdicts)

    @property
    def differences(self) -> tuple[FileChange, ...]:
        """Every file that is not as it should be."""
        return tuple(change for change in self.changes if change.verdict != "unchanged")


def compare(
    planned: Mapping[str, bytes],
    existing: Mapping[str, bytes],
    manifest: Manifest | None,
) -> Comparison:
    """Judge each file; `existing` are the contents of those paths that are there."""
    owned = manifest.outputs if manifest else {}
    rivals = manifest.rivals if manifest else frozenset[str]()
    changes: list[FileChange] = []
    for path in sorted(planned.keys() | owned.keys()):
        before, after = existing.get(path), planned.get(path)
        if before is None and after is None:
            continue
        if before is None:
            verdict: Verdict = "missing"
        elif after is not None and normal(before) == after:
            verdict = "unchanged"
        elif path not in owned:
            verdict = "foreign"
        # What a merge left is nobody's edit: its markers, or both sides' lines joined.
        elif digest(before) == owned[path] or path in rivals or has_conflict(before):
            if after is None:
                verdict = "orphaned"
            else:
                verdict = "foreign" if has_header(after) and not has_header(before) else "stale"
        else:
            verdict = "edited"
        changes.append(FileChange(path, verdict, before, after))
    return Comparison(tuple(changes))


def read_existing(root: Path, paths: Iterable[str]) -> dict[str, bytes]:
    """Return the contents of those files that are there; `OSError` for one that cannot be read."""
    existing: dict[str, bytes] = {}
    for path in paths:
        try:
            existing[path] = read(f"{root}/{path}")
        except (FileNotFoundError, NotADirectoryError):
            continue
    return existing


def unified_diff(changes: Iterable[FileChange]) -> str:
    """Return what would change, as `patch` and `git apply` read it."""
    return "".join(line for change in changes for line in _file_diff(change))


def _file_diff(change: FileChange) -> Iterable[str]:
    before = _lines(change.before)
    after = _lines(change.after)
    lines = difflib.unified_diff(
        before,
        after,
        "/dev/null" if change.before is None else f"a/{change.path}",
        "/dev/null" if change.after is None else f"b/{change.path}",
    )
    for line in lines:
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(content: bytes | None) -> list[str]:
    if content is None:
        return []
    # Only `\n` ends a line: `splitlines` would also cut at U+2028, which code may hold.
    lines = normal(content).decode("utf-8", "replace").split("\n")
    return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])

"""The migrations of a project: revision files in a row, and the schema that they lead to.

`migrations/versions` holds `0001_create_product.py` and, beside it, `0001_create_product.json`:
the tables as they are once it is applied. A revision that somebody wrote has no such file; it
leaves the tables as they are, or as its author knows.
"""

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from pydantic import ValidationError

from starmodel_generator.emission.schema_json import schema_text
from starmodel_generator.migrations.autodetector import EMPTY
from starmodel_generator.migrations.writer.description import short_name
from starmodel_generator.migrations.writer.revision_text import Revision
from starmodel_generator.output.journal import replace_files
from starmodel_schemas import DatabaseSchema

VERSIONS = "versions"
_FOLDER_FILES = {
    "env.py": "migration_env",
    "script.py.mako": "migration_script",
    "alembic.ini": "migration_ini",
}


class HistoryError(Exception):
    """The migrations do not follow one another; the message says which, `help` what to do."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.help = help


@dataclass(frozen=True, slots=True)
class Entry:
    """One revision: its id, the one before, and its file's name."""

    id: str
    previous: str | None
    file: str


@dataclass(frozen=True, slots=True)
class History:
    """The revisions from the first to the newest, and the schema that they lead to."""

    entries: tuple[Entry, ...]
    schema: DatabaseSchema

    @property
    def ids(self) -> tuple[str, ...]:
        """Their ids, in that order."""
        return tuple(entry.id for entry in self.entries)

    @property
    def head(self) -> str | None:
        """The newest revision; `None` where there is none."""
        return self.entries[-1].id if self.entries else None

    def next_revision(self, message: str, name: str | None = None) -> Revision:
        """Return the revision that comes after these."""
        number = 1 + max(map(_number, self.entries), default=0)
        return Revision(f"{number:04}_{short_name(name or message)}", self.head, message)


def _number(entry: Entry) -> int:
    digits = entry.id.partition("_")[0]
    return int(digits) if digits.isascii() and digits.isdecimal() else 0


def read_history(folder: Path) -> History:
    """Read the revisions of `migrations`; an absent folder has none.

    Raises:
        HistoryError: They are not one row, or a schema is missing or unreadable.
    """
    versions = folder / VERSIONS
    paths = sorted(versions.glob("*.py")) if versions.is_dir() else []
    entries = _in_order([_read(path) for path in paths if path.name != "__init__.py"])
    schemas = {path.stem for path in versions.glob("*.json")} if versions.is_dir() else set[str]()
    unclaimed = sorted(schemas - {Path(entry.file).stem for entry in entries})
    if unclaimed:
        raise HistoryError(
            f"{unclaimed[0]}.json has no revision beside it",
            "restore the revision from version control, or delete the file with it",
        )
    newest = next((entry for entry in reversed(entries) if Path(entry.file).stem in schemas), None)
    if newest is None:
        return History(entries, EMPTY)
    return History(entries, _read_schema(versions / f"{Path(newest.file).stem}.json"))


def _read(path: Path) -> Entry:
    """A revision's ids, from its text: nothing is run."""
    values: dict[str, object] = {}
    try:
        module = ast.parse(path.read_bytes())
    except SyntaxError as error:
        raise HistoryError(
            f"{path.name} is not valid Python: line {error.lineno}", "mend the file"
        ) from error
    for statement in module.body:
        if isinstance(statement, ast.Assign):
            targets: Sequence[ast.expr] = statement.targets
        elif isinstance(statement, ast.AnnAssign):
            targets = [statement.target]
        else:
            continue
        for target in targets:
            if isinstance(target, ast.Name) and isinstance(statement.value, ast.Constant):
                values[target.id] = statement.value.value
    id, previous = values.get("revision"), values.get("down_revision")
    if not isinstance(id, str):
        raise HistoryError(
            f'{path.name} has no `revision = "..."`',
            "files in `versions` are revisions; move others elsewhere",
        )
    if _says_snapshot(module) and not path.with_suffix(".json").exists():
        raise HistoryError(
            f"{path.stem}.json is missing: it says which tables {path.name} leads to",
            "restore it from version control",
        )
    return Entry(id, previous if isinstance(previous, str) else None, path.name)


def _says_snapshot(module: ast.Module) -> bool:
    """Return whether the revision was derived from entities, by what its header says."""
    return "\nSteps:\n" in (ast.get_docstring(module) or "")


def _in_order(entries: list[Entry]) -> tuple[Entry, ...]:
    following: dict[str | None, list[Entry]] = {}
    for entry in entries:
        following.setdefault(entry.previous, []).append(entry)
    ids = {entry.id for entry in entries}
    if len(ids) < len(entries):
        files = [e.file for e in entries if sum(other.id == e.id for other in entries) > 1]
        raise HistoryError(
            f"{' and '.join(files)} are the same revision", "give one of them another id"
        )
    for previous, branch in following.items():
        if len(branch) > 1:
            after = f"follow {previous}" if previous else "are the first revision"
            raise HistoryError(
                f"there are two heads: {' and '.join(entry.file for entry in branch)} both {after}",
                "delete the one that no other database has seen, with its .json, and write it anew"
                " with `starmodel migrate new`: it will follow the other",
            )
        if previous is not None and previous not in ids:
            raise HistoryError(
                f"{branch[0].file} follows {previous}, which is not there",
                "restore that revision from version control; the history is never edited",
            )
    ordered: list[Entry] = []
    while following.get(ordered[-1].id if ordered else None):
        ordered += following[ordered[-1].id if ordered else None]
        if len(ordered) > len(entries):
            break
    if len(ordered) != len(entries):
        raise HistoryError("the revisions go in a circle", "restore them from version control")
    return tuple(ordered)


def read_schemas(folder: Path, history: History) -> tuple[DatabaseSchema, ...]:
    """Return the tables before the first revision, then those behind each; one that somebody wrote leaves
    them as they are.

    Raises:
        HistoryError: A schema is unreadable.
    """
    schemas = [EMPTY]
    for entry in history.entries:
        path = (folder / VERSIONS / entry.file).with_suffix(".json")
        schemas.append(_read_schema(path) if path.exists() else schemas[-1])
    return tuple(schemas)


def _read_schema(path: Path) -> DatabaseSchema:
    try:
        return DatabaseSchema.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise HistoryError(
            f"{path.name} is not what was written", "restore it from version control"
        ) from error


def write_revision(
    root: Path, folder: str, revision: Revision, text: str, schema: DatabaseSchema | None
) -> list[str]:
    """Write a revision and its schema, and what Alembic needs in the folder; all or nothing.

    `folder` is relative to the root, with `/`. Gives the paths that were written, the revision
    first.
    """
    path = f"{folder}/{VERSIONS}/{revision.id}"
    writes = {f"{path}.py": text.encode()}
    if schema is not None:
        writes[f"{path}.json"] = schema_text(schema).encode()
    writes |= _missing_files(root, folder)
    replace_files(root, writes, ())
    return list(writes)


def complete_folder(root: Path, folder: str) -> None:
    """Put back what Alembic needs in the folder, where it is missing."""
    replace_files(root, _missing_files(root, folder), ())


def _missing_files(root: Path, folder: str) -> dict[str, bytes]:
    starter = files("starmodel_generator") / "starter"
    return {
        f"{folder}/{name}": (starter / f"{template}.template").read_bytes()
        for name, template in _FOLDER_FILES.items()
        if not (root / folder / name).exists()
    }

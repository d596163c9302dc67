"""Whether the database is as new as the migrations that came with the app, and these as new as its
entities; asked once, at start."""

import json
import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol

from starmodel.errors import ConfigurationError
from starmodel.stores.sql.tables.table import EntityTable

_LOG = logging.getLogger("starmodel.sql")
_ASSIGNED = re.compile(
    r"""^(revision|down_revision)\b[^=\n]*=\s*(?:(["'])(.*?)\2|None)\s*$""", re.MULTILINE
)
_CATALOGUES = {
    "sqlite": "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'",
    "postgresql": "SELECT 1 WHERE to_regclass('alembic_version') IS NOT NULL",
}


class Reader(Protocol):
    """What is needed of a driver."""

    @property
    def dialect(self) -> Literal["sqlite", "postgresql"]:
        """Whose SQL it speaks."""
        ...

    async def fetch(self, sql: str, parameters: Sequence[object]) -> Sequence[Sequence[Any]]:
        """Return the rows of a query."""
        ...


class Revision(NamedTuple):
    """One revision of a folder."""

    id: str
    path: Path


async def check_migrations(
    driver: Reader, folder: str | Path | None, tables: Iterable[EntityTable[Any]] = ()
) -> None:
    """Refuse to start on a database to which migrations of the folder were not applied.

    `folder` is the project's `migrations`; without one there is nothing to compare with. Nothing
    of Alembic is imported, and no revision is run: their texts say how they follow one another,
    and the file beside the newest says which columns `tables` should have.
    A database that is newer than the app may be on its way there: that is logged, and no error.

    Raises:
        ConfigurationError: Migrations are pending, or one was not written; the message says what
            to run.
    """
    if folder is None:
        return
    found = read_revisions(Path(folder))
    revisions = [revision.id for revision in found]
    _check_tables(tables, found)
    current = await _current(driver)
    if not revisions:
        if current is None:
            raise ConfigurationError(
                f"There are no migrations in {folder}, and the database has no tables of this app."
                " Run `starmodel migrate new` and `starmodel migrate up`."
            )
        _LOG.warning(
            "There are no migrations in %s: whether the database is up to date is not known.",
            folder,
        )
        return
    if current is not None and current not in revisions:
        _LOG.warning(
            "The database is at the migration %s, which is not in %s: it is newer than this app.",
            current,
            folder,
        )
        return
    pending = revisions[revisions.index(current) + 1 :] if current else revisions
    if pending:
        count = "1 migration is" if len(pending) == 1 else f"{len(pending)} migrations are"
        raise ConfigurationError(
            f"{count} not applied to the database: {', '.join(pending)}."
            " Run `starmodel migrate up`, or `alembic -c migrations/alembic.ini upgrade head` where"
            " only the runtime is installed."
        )


async def _current(driver: Reader) -> str | None:
    if not await driver.fetch(_CATALOGUES[driver.dialect], ()):
        return None
    rows = await driver.fetch("SELECT version_num FROM alembic_version", ())
    return str(rows[0][0]) if rows else None


def _check_tables(tables: Iterable[EntityTable[Any]], revisions: Sequence[Revision]) -> None:
    """Refuse to start with entities that were changed, and no migration written."""
    tables = [*tables]
    paths = [
        path for revision in revisions if (path := revision.path.with_suffix(".json")).exists()
    ]
    if not paths:
        return
    try:
        schema = json.loads(paths[-1].read_text(encoding="utf-8"))
    except ValueError as error:
        raise ConfigurationError(
            f"{paths[-1]} is not what was written: restore it from version control."
        ) from error
    migrated = {
        table["name"]: {column["name"] for column in table["columns"]} for table in schema["tables"]
    }
    numbered = {
        table["name"]
        for table in schema["tables"]
        if any(column.get("identity", False) for column in table["columns"])
    }
    found: list[str] = []
    for name, columns in _columns(tables):
        if name not in migrated:
            found.append(f"no migration makes the table {name}")
            continue
        found += [
            f"no migration makes {name}.{column}" for column in sorted(columns - migrated[name])
        ]
        found += [f"no entity has {name}.{column}" for column in sorted(migrated[name] - columns)]
    found += [
        f"no migration numbers the rows of {table.name}"
        for table in tables
        if table.key.identity and table.name in migrated.keys() - numbered
    ]
    searched = {table["name"]: [*table.get("searchable", ())] for table in schema["tables"]}
    found += [
        f"no migration indexes what is searchable of {table.name}"
        for table in tables
        if table.name in searched and searched[table.name] != [*table.searchable]
    ]
    if found:
        raise ConfigurationError(
            f"The entities are not what the newest migration, {paths[-1].stem}, leads to:"
            f" {'; '.join(found)}. Run `starmodel migrate new` and `starmodel migrate up`."
        )


def _columns(tables: Iterable[EntityTable[Any]]) -> Iterator[tuple[str, set[str]]]:
    """The tables of entities and of their links, with the names of their columns."""
    for table in tables:
        yield table.name, {column.name for column in table.written}
        for link in table.links:
            yield link.name, {column.name for column in link.written}


def read_revisions(folder: Path) -> list[Revision]:
    """Return the revisions from the first to the newest.

    Raises:
        ConfigurationError: They are not one row.
    """
    versions = folder / "versions"
    following: dict[str | None, Revision] = {}
    for path in sorted(versions.glob("*.py")) if versions.is_dir() else []:
        found = {
            match[1]: match[3] for match in _ASSIGNED.finditer(path.read_text(encoding="utf-8"))
        }
        if "revision" not in found:
            continue
        previous = found.get("down_revision")
        if previous in following:
            raise ConfigurationError(
                f"Two migrations in {versions} follow {previous or 'nothing'}: {path.name} and"
                f" {following[previous].path.name}. Run `starmodel migrate status`."
            )
        following[previous] = Revision(found["revision"], path)
    ordered: list[Revision] = []
    while (revision := following.get(ordered[-1].id if ordered else None)) and (
        len(ordered) < len(following)
    ):
        ordered.append(revision)
    return ordered

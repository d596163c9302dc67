"""An app that starts on a database whose migrations are pending says what to run."""

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import pytest
from migrated_database import Database
from migration_project import Project
from table_schemas import column, table
from table_schemas import database as schema

from starmodel.errors import ConfigurationError
from starmodel.stores.sql.migrations import check_migrations
from starmodel_generator.migration.plan import Answers

_DROPS = Answers(frozenset({"drop-table:product"}))
FIRST = schema(table("product"))
SECOND = schema(table("product", column("note", nullable=True)))


class Driver:
    """A driver as the check needs it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.dialect: Literal["sqlite", "postgresql"] = (
            "sqlite" if database.dialect == "sqlite" else "postgresql"
        )

    async def fetch(self, sql: str, parameters: Sequence[object]) -> list[tuple[Any, ...]]:
        return await asyncio.to_thread(self.database.run, sql)


def check(database: Database, folder: Path | None) -> None:
    asyncio.run(check_migrations(Driver(database), folder))


def test_pending_migrations_keep_an_app_from_starting(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    project = Project(tmp_path, database.url)
    check(database, None)
    with pytest.raises(ConfigurationError, match=r"There are no migrations in .*migrate new"):
        check(database, project.folder)
    first = project.write(FIRST)
    with pytest.raises(ConfigurationError, match=r"^1 migration is not applied.*migrate up"):
        check(database, project.folder)
    project.migrator.up()
    check(database, project.folder)
    second = project.write(SECOND)
    third = project.write(FIRST.model_copy(update={"tables": ()}), _DROPS)
    with pytest.raises(ConfigurationError, match=f"^2 migrations are not .*: {second}, {third}\\."):
        check(database, project.folder)
    project.migrator.up()
    check(database, project.folder)
    assert caplog.records == []

    for revision in (second, third):
        (project.folder / "versions" / f"{revision}.py").unlink()
    with caplog.at_level(logging.WARNING):
        check(database, project.folder)
        check(database, tmp_path / "absent")
    assert f"at the migration {third}, which is not in" in caplog.text
    assert "whether the database is up to date is not known" in caplog.text
    assert first


def test_two_heads(database: Database, tmp_path: Path) -> None:
    project = Project(tmp_path, database.url)
    project.write(FIRST)
    second = project.write(SECOND)
    path = project.folder / "versions" / f"{second}.py"
    path.with_name("0002_other.py").write_text(path.read_text().replace(second, "0002_other"))
    with pytest.raises(ConfigurationError, match="follow 0001_create_product"):
        check(database, project.folder)

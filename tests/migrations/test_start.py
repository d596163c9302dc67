"""An app that starts on a database whose migrations are pending says what to run."""

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import pytest
from migrated_database import Database
from migration_project import Project
from sql_tables import AUTHOR_TABLE, BOOK_TABLE, LOAN_TABLE, TAG_TABLE
from table_schemas import INTEGER, TEXT, column, table
from table_schemas import database as schema
from tally_world import TALLY_TABLE

from starmodel import Access, Entity, Field, Scope, StateStore
from starmodel.application import EntityDefinition
from starmodel.errors import ConfigurationError
from starmodel.stores.sql.schema.schema_check import check_migrations
from starmodel.stores.sql.tables.column import identity
from starmodel.stores.sql.tables.table import EntityTable
from starmodel_generator.migrations.migration_plan import MigrationOptions
from starmodel_schemas import ColumnSchema, DatabaseSchema, TableSchema

_DROPS = MigrationOptions(frozenset({"drop-table:product"}))
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


def check(database: Database, folder: Path | None, tables: Sequence[EntityTable[Any]] = ()) -> None:
    asyncio.run(check_migrations(Driver(database), folder, tables))


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
    project.migrator.upgrade()
    check(database, project.folder)
    second = project.write(SECOND)
    third = project.write(FIRST.model_copy(update={"tables": ()}), _DROPS)
    with pytest.raises(ConfigurationError, match=f"^2 migrations are not .*: {second}, {third}\\."):
        check(database, project.folder)
    project.migrator.upgrade()
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


def migrated(*tables: EntityTable[Any]) -> DatabaseSchema:
    """A schema with the columns of these tables."""
    found: list[TableSchema] = []
    for each in tables:
        names = [each.key.name, *(item.name for item in each.columns if item != each.key)]
        names += ["row_expires_at"] if each.has_expiry else []
        found.append(table(each.name, *map(column, names), primary_key=(each.key.name,)))
        found += [
            TableSchema(
                name=link.name,
                primary_key=(link.owner.name, link.target.name),
                columns=tuple(column(item.name) for item in link.written),
            )
            for link in each.links
        ]
    return schema(*found)


def test_entities_that_were_changed_keep_an_app_from_starting(
    database: Database, tmp_path: Path
) -> None:
    tables = (TAG_TABLE, AUTHOR_TABLE, BOOK_TABLE, LOAN_TABLE)
    project = Project(tmp_path, database.url)
    project.write(migrated(*tables))
    project.migrator.upgrade()
    check(database, project.folder, tables)
    tally = table("tally", column("name", TEXT), column("total", INTEGER), column("old", TEXT))
    project.write(schema(*migrated(*tables).tables, tally))
    project.migrator.upgrade()
    with pytest.raises(ConfigurationError) as refusal:
        check(database, project.folder, (*tables, TALLY_TABLE))
    assert str(refusal.value) == (
        "The entities are not what the newest migration, 0002_create_tally, leads to: no migration"
        " makes tally.note; no entity has tally.old. Run `starmodel migrate new` and `starmodel"
        " migrate up`."
    )
    (tmp_path / "other").mkdir()
    other = Project(tmp_path / "other", database.url)
    other.write(schema(*migrated(*tables).tables))
    with pytest.raises(ConfigurationError, match="no migration makes the table tally"):
        check(database, other.folder, (*tables, TALLY_TABLE))
    for path in (other.folder / "versions").glob("*.json"):
        path.write_text("<<<<<<< HEAD")
    with pytest.raises(ConfigurationError, match="is not what was written"):
        check(database, other.folder, tables)


def test_two_heads(database: Database, tmp_path: Path) -> None:
    project = Project(tmp_path, database.url)
    project.write(FIRST)
    second = project.write(SECOND)
    path = project.folder / "versions" / f"{second}.py"
    path.with_name("0002_other.py").write_text(path.read_text().replace(second, "0002_other"))
    with pytest.raises(ConfigurationError, match="follow 0001_create_product"):
        check(database, project.folder)


class Seat(Entity):
    id: int | None = Field(default=None, primary_key=True)  # pyright: ignore


def test_ids_that_no_migration_numbers_keep_an_app_from_starting(
    database: Database, tmp_path: Path
) -> None:
    project = Project(tmp_path, database.url)
    seat = EntityDefinition(
        Seat,
        name="seat",
        namespace="seat",
        store=StateStore.SERVER_SQL,
        scope=Scope.RECORD,
        state=lambda seat: {"id": seat.id},
        access=Access.PUBLIC,
    )
    seats = EntityTable(seat, [identity("id")])
    given = ColumnSchema(name="id", type=INTEGER, path=("id",))
    project.write(schema(table("seat", given)))
    project.migrator.upgrade()
    with pytest.raises(ConfigurationError, match=r"no migration numbers the rows of seat\. Run"):
        check(database, project.folder, [seats])
    project.write(schema(table("seat", given.model_copy(update={"identity": True}))))
    project.migrator.upgrade()
    check(database, project.folder, [seats])


def test_an_index_of_words_that_no_migration_makes(database: Database, tmp_path: Path) -> None:
    project = Project(tmp_path, database.url)
    tags = EntityTable(TAG_TABLE.definition, TAG_TABLE.columns, searchable=["name"])
    plain = table("tag", column("name"))
    project.write(schema(plain))
    project.migrator.upgrade()
    with pytest.raises(ConfigurationError, match=r"no migration indexes .* of tag\. Run"):
        check(database, project.folder, [tags])
    project.write(schema(plain.model_copy(update={"searchable": ("name",)})))
    project.migrator.upgrade()
    check(database, project.folder, [tags])

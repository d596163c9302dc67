"""The tables of generated row classes are those that migrations make, to the last constraint."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from archive_schema import SOURCES, archive
from author_sources import author_sources
from linked_project import link_sources
from listed_shop import LISTED_SHOP
from migrated_database import Database, PostgreSQLDatabase, SQLiteDatabase
from migration_project import Project
from named_music import NAMED_MUSIC
from postgres_server import Server
from stored_project import forget, import_tables, make_rows, make_tables, settings_of, write_tables
from stored_schemas import stored_app

from starmodel.stores.sql.tables.table import EntityTable
from starmodel_generator.cli.inspection.inspect_sql import statements_text, text_of
from starmodel_generator.database.tables import database_schema
from starmodel_schemas import AppSchema

Made = tuple[AppSchema, list[EntityTable[Any]], str]
APPS = ["archive", "named", "shop", *(f"drawn{seed}" for seed in range(6))]


@pytest.fixture(scope="module", params=APPS)
def made(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Made]:
    """A schema, and its generated tables."""
    package = request.param
    root = tmp_path_factory.mktemp(package)
    settings = settings_of(f"{package}.generated")
    if package == "archive":
        app, sources = archive(), SOURCES
    elif package == "named":
        source = {"named/entities.py": NAMED_MUSIC}
        app, sources = link_sources(source, entities="named/entities").app, source
    else:
        is_shop = package == "shop"
        app = LISTED_SHOP if is_shop else stored_app(int(package[5:]), package=package, entities=6)
        sources = author_sources(app, settings)
    write_tables(root, app, settings, sources)
    yield app, import_tables(root, app, settings.package), settings.package
    forget(package)


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[Database, Database]]:
    """Two empty databases."""
    if request.param == "sqlite":
        yield SQLiteDatabase(tmp_path / "one.db"), SQLiteDatabase(tmp_path / "other.db")
        return
    server: Server = request.getfixturevalue("postgres_server")
    with server.database() as one, server.database() as other:
        yield PostgreSQLDatabase(one), PostgreSQLDatabase(other)


def test_rows_have_the_tables_of_migrations(
    made: Made, databases: tuple[Database, Database], tmp_path: Path
) -> None:
    app, tables, package = made
    by_rows, by_migration = databases
    make_rows(by_rows.url, tables, package)
    project = Project(tmp_path, by_migration.url)
    project.write(database_schema(app))
    project.migrator.upgrade()
    found, wanted = by_rows.reflect(), by_migration.reflect()
    assert found.keys() == wanted.keys()
    for name, table in wanted.items():
        assert found[name] == table, name


def plain(table: object) -> str:
    """What was found of a table; names in checks stand in quotation marks, or do not."""
    return repr(table).translate(str.maketrans("", "", "\"'\\"))


def test_columns_have_the_tables_of_migrations(
    made: Made, databases: tuple[Database, Database], tmp_path: Path
) -> None:
    app, tables, _ = made
    by_columns, by_migration = databases
    make_tables(by_columns.url, tables)
    project = Project(tmp_path, by_migration.url)
    project.write(database_schema(app))
    project.migrator.upgrade()
    found, wanted = by_columns.reflect(), by_migration.reflect()
    assert found.keys() == wanted.keys()
    for name, table in wanted.items():
        assert plain(found[name]) == plain(table), name


def test_the_store_is_told_of_all_tables(made: Made) -> None:
    app, tables, _ = made
    schema = database_schema(app)
    entities = [table for table in schema.tables if table.entity is not None]
    assert [table.name for table in tables] == [table.name for table in entities]
    for table, wanted in zip(tables, entities, strict=True):
        names = [column.name for column in wanted.columns if column.path]
        assert [column.name for column in table.columns] == names
        assert [column.field for column in table.columns] == [
            column.path[0] for column in wanted.columns if column.path
        ]
        assert [each.column for each in table.references] == [
            key.column for key in wanted.foreign_keys
        ]
        assert {*table.constraints} == {
            *(check.name for check in wanted.checks),
            *(key.name for key in wanted.foreign_keys),
            *(index.name for index in wanted.indexes if index.unique),
        }
    links = [link.name for table in tables for link in table.links]
    assert links == [table.name for table in schema.tables if table.entity is None]


def test_what_is_shown_is_what_the_store_asks(made: Made) -> None:
    app, tables, _ = made
    chosen = [entity for entity in app.entities if entity.store == "SERVER_SQL"]
    assert statements_text(app, chosen) == text_of(tables, [table.entity for table in tables])

"""Projects of which only the tables are generated: written, imported and put into a database."""

import asyncio
import importlib
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from random_values import alike
from sqlalchemy.ext.asyncio import create_async_engine

from starmodel import Entity
from starmodel.application.store import Write
from starmodel.stores.sql.backend import SQLModelBackend
from starmodel.stores.sql.ddl import create_tables
from starmodel.stores.sql.tables.row import RowBase
from starmodel.stores.sql.tables.table import EntityTable
from starmodel_generator.emission.context import Context
from starmodel_generator.emission.render import render_artifact
from starmodel_generator.emission.templating import environment
from starmodel_generator.planning import EmissionSettings, plan
from starmodel_schemas import AppSchema

KINDS = ("package", "app_package", "state", "table", "rows")


def write_tables(
    root: Path, app: AppSchema, settings: EmissionSettings, sources: dict[str, str]
) -> dict[str, str]:
    """Write what the author wrote, and the modules about tables; returns these by their paths."""
    context, templates = Context(app, settings), environment()
    generated = {
        artifact.path: render_artifact(artifact, context, templates)
        for artifact in plan(app, settings)
        if artifact.kind in KINDS
    }
    for path, text in (sources | generated).items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", errors="surrogatepass")
    return generated


def import_tables(root: Path, app: AppSchema, package: str) -> list[EntityTable[Any]]:
    """Import the tables of a generated package, in the order of the schema."""
    sys.path.insert(0, str(root))
    importlib.invalidate_caches()
    try:
        return [
            getattr(
                importlib.import_module(f"{package}.{entity.snake_name}.table"),
                Context(app, settings_of(package)).names[entity.qualified_name].table,
            )
            for entity in app.entities
        ]
    finally:
        sys.path.remove(str(root))


def settings_of(package: str) -> EmissionSettings:
    folder = package.replace(".", "/")
    return EmissionSettings(package=package, output=folder, client_output=f"{folder}/client")


def forget(package: str) -> None:
    """Forget the modules of a project."""
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        del sys.modules[name]


def with_sqlalchemy(url: str, work: Callable[[sa.Connection], None]) -> None:
    """Do something in a transaction of SQLAlchemy's own."""
    if url.startswith("sqlite"):
        engine = sa.create_engine(url)
        with engine.begin() as connection:
            work(connection)
        engine.dispose()
        return

    async def main() -> None:
        engine = create_async_engine(url.replace("postgresql", "postgresql+asyncpg"))
        async with engine.begin() as connection:
            await connection.run_sync(work)
        await engine.dispose()

    asyncio.run(main())


def make_tables(url: str, tables: Sequence[EntityTable[Any]]) -> None:
    """Make the tables of entities, as a temporary database has them."""
    dialect = "sqlite" if url.startswith("sqlite") else "postgresql"

    def make(connection: sa.Connection) -> None:
        for sql in create_tables(tables, dialect):
            connection.exec_driver_sql(sql)

    with_sqlalchemy(url, make)


def make_rows(url: str, tables: Sequence[EntityTable[Any]], package: str) -> None:
    """Make the tables of the row classes of a generated package."""
    modules = [f"{package}.{table.entity}.rows" for table in tables]
    rows = [value for name in modules for value in vars(importlib.import_module(name)).values()]
    classes = [row for row in rows if isinstance(row, type) and issubclass(row, RowBase)]
    for metadata in {row.metadata for row in classes if row is not RowBase}:
        with_sqlalchemy(url, metadata.create_all)


def assert_kept(
    url: str,
    tables: Sequence[EntityTable[Any]],
    entities: Iterable[tuple[str, Entity]],
) -> None:
    """Save entities, each with the name of its table, one by one, and load them again."""

    async def main() -> None:
        store = SQLModelBackend(url, tables, outbox=False)
        by_name = {table.name: table for table in tables}
        await store.open()
        try:
            for name, entity in entities:
                definition = by_name[name].definition
                key = definition.key(str(entity.id))
                values = dict(vars(entity))
                await store.commit([Write(key, values, 0)])
                stored = await store.load(key)
                assert stored is not None and stored.version >= 1
                for field, value in values.items():
                    found = stored.values[field]
                    assert alike(value, found), f"{name}.{field}: {value!r} is now {found!r}"
                assert list(stored.values) and set(stored.values) == set(values)
                assert definition.hydrate(stored.values) == entity
        finally:
            await store.close()

    asyncio.run(main())

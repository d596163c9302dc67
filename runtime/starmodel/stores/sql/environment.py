"""What a project's `migrations/env.py` runs: Alembic, with the care that each database needs.

All migrations that are asked for are one transaction, on SQLite as well: they are applied whole,
or nothing changes. While they run, SQLite enforces no references, since a table that is written
anew would take the rows that refer to it along; afterwards they are checked. Two processes that
migrate at the same time do so one after the other.
"""

import asyncio
import os
import sqlite3
from collections import Counter
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import context
from alembic.runtime.migration import MigrationContext, MigrationInfo
from sqlalchemy import event
from sqlalchemy.engine import Connection

from starmodel.errors import StarModelError
from starmodel.stores.sql.schema import rebuild as rebuild  # Makes Alembic use it.
from starmodel.stores.sql.tables import reserved_words as reserved_words

DEFAULT_URL = "sqlite:///app.db"
_LOCK = 0x5354_4152
"""What two processes that migrate the same PostgreSQL database agree on."""

_PATIENCE = 60.0
"""Seconds to wait for another process that writes to the SQLite database."""


class BrokenReferences(StarModelError):
    """The migration `revision` left rows of `table` that refer to rows of `target` which are not
    there."""

    def __init__(self, table: str, target: str, count: int, revision: str) -> None:
        super().__init__(
            f"{count} rows of {table} would refer to rows of {target} that are not there."
        )
        self.table = table
        self.target = target
        self.count = count
        self.revision = revision


def run_migrations() -> None:
    """Run what Alembic was asked for; only from an `env.py`.

    The database is the one that the command names, else `STARMODEL_DATABASE_URL`, else
    `sqlalchemy.url` of `alembic.ini`, else `sqlite:///app.db`. A relative path of a SQLite file
    counts from the project, the folder that holds the one with `env.py`.
    """
    url = database_url()
    if context.is_offline_mode():
        dialect = context.config.attributes.get("dialect")
        _write(dialect or ("sqlite" if is_sqlite(url) else "postgresql"))
    elif is_sqlite(url):
        engine = _sqlite_engine(url)
        with engine.connect() as connection:
            _run(connection)
        engine.dispose()
    else:
        asyncio.run(_run_postgresql(url))


def database_url() -> str:
    """Return the URL of the database that is migrated."""
    config = context.config
    return (
        config.attributes.get("database_url")
        or os.environ.get("STARMODEL_DATABASE_URL")
        or config.get_main_option("sqlalchemy.url")
        or DEFAULT_URL
    )


def is_sqlite(url: str) -> bool:
    """Return whether the URL is that of a SQLite file."""
    return url.partition(":")[0].partition("+")[0] == "sqlite"


def _sqlite_engine(url: str) -> sa.Engine:
    project = Path(context.script.dir).resolve().parent
    path = project / url.partition("://")[2].removeprefix("/")
    engine = sa.create_engine(
        f"sqlite:///{path}", connect_args={"timeout": _PATIENCE}, poolclass=sa.NullPool
    )

    def prepare(connection: sqlite3.Connection, _: object) -> None:
        # The driver would commit before a change of the schema: it is kept out of it.
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys=OFF")

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return engine


async def _run_postgresql(url: str) -> None:
    import asyncpg  # pyright: ignore[reportMissingTypeStubs]
    from sqlalchemy.ext.asyncio import create_async_engine

    address = "postgresql://" + url.partition("://")[2]
    # The driver reads the URL itself, as it does for the app.
    driver: Any = asyncpg
    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=lambda: driver.connect(address),
        poolclass=sa.NullPool,
    )
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_run)
    finally:
        await engine.dispose()


def _run(connection: Connection) -> None:
    known: Counter[tuple[str, str]] = Counter()

    def check(revision: str) -> None:
        # What was broken before is not the migration's fault.
        for (table, target), count in _broken(connection).items():
            if count > known[table, target]:
                raise BrokenReferences(table, target, count, revision)

    is_file = connection.dialect.name == "sqlite"
    told: Callable[..., None] = context.config.attributes.get("on_version_apply") or _ignore

    def applied(
        ctx: MigrationContext, step: MigrationInfo, heads: Collection[Any], run_args: object
    ) -> None:
        if is_file:
            check(str(step.up_revision_id))
        told(ctx=ctx, step=step, heads=heads, run_args=run_args)

    context.configure(connection=connection, transactional_ddl=True, on_version_apply=applied)
    with context.begin_transaction():
        if is_file:
            known += _broken(connection)
        else:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
            connection.exec_driver_sql("SET LOCAL TIME ZONE 'UTC'")
        context.run_migrations()


def _ignore(**_: Any) -> None:
    pass


def _broken(connection: Connection) -> Counter[tuple[str, str]]:
    """Return how many references lead nowhere, by table and by the table they should lead to."""
    rows = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    return Counter((str(row[0]), str(row[2])) for row in rows)


def _write(dialect: str) -> None:
    """Write the SQL instead of running it."""
    context.configure(
        dialect_name=dialect,
        # In the style that it has for a driver, every `%` would stand there twice.
        dialect_opts={"paramstyle": "named"},
        literal_binds=True,
        transactional_ddl=True,
    )
    output = context.get_context().impl
    if dialect == "sqlite":
        output.static_output("PRAGMA foreign_keys=OFF;\n")
    with context.begin_transaction():
        context.run_migrations()
    if dialect == "sqlite":
        output.static_output("PRAGMA foreign_key_check;\n")

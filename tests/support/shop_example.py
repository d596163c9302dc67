"""The example shop as its users have it: a copy of the project, a database, server processes."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, Self

from migrated_database import Database
from served_app import PACKAGES, ROOT, ServedApp
from shop_project import Done, spawn_starmodel, starmodel

EXAMPLE = ROOT / "examples" / "shop"

_JOURNAL = {
    "sqlite": (
        "CREATE TABLE journal (version BIGINT, body TEXT)",
        "CREATE TRIGGER journal AFTER INSERT ON starmodel_outbox BEGIN"
        " INSERT INTO journal VALUES (new.version, new.body); END",
    ),
    "postgresql": (
        "CREATE TABLE journal (version BIGINT, body TEXT)",
        "CREATE FUNCTION keep_journal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " INSERT INTO journal VALUES (new.version, new.body); RETURN NULL; END $$",
        "CREATE TRIGGER journal AFTER INSERT ON starmodel_outbox FOR EACH ROW"
        " EXECUTE FUNCTION keep_journal()",
    ),
}
_BREAK = {
    "sqlite": (
        'CREATE TRIGGER break_{table} BEFORE {change} ON "{table}" WHEN {when} BEGIN'
        " SELECT RAISE(ABORT, 'broken'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION break_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " RAISE 'broken' USING ERRCODE = 'check_violation'; END $$",
        'CREATE TRIGGER break_{table} BEFORE {change} ON "{table}" FOR EACH ROW'
        " WHEN ({when}) EXECUTE FUNCTION break_it()",
    ),
}
_MEND = {"sqlite": "DROP TRIGGER break_{0}", "postgresql": 'DROP TRIGGER break_{0} ON "{0}"'}
_TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name",
    "postgresql": "SELECT table_name FROM information_schema.tables"
    " WHERE table_schema = 'public' ORDER BY table_name",
}


class Told(NamedTuple):
    """What a record tells of: which version of what."""

    entity: str
    id: str
    version: int


class ShopExample:
    """A copy of `examples/shop` with a database of its own.

    Args:
        folder: Where the copy is made.
        database: Empty at first.

    Attributes:
        log: What the servers log.
        published: What the bus of `telling_shop` was told.
    """

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder = folder / "shop_example"
        self.database = database
        self.log = folder / "log"
        self.published = folder / "published"
        shutil.copytree(
            EXAMPLE,
            self.folder,
            ignore=shutil.ignore_patterns("__pycache__", ".*", "*.db", "*.db-*"),
        )

    def starmodel(self, *arguments: str) -> Done:
        """Run `starmodel` in a process of its own, with the database in its environment."""
        return spawn_starmodel(self.folder, *arguments, environment=self.environment)

    def migrate(self, *arguments: str) -> Done:
        """Run `starmodel migrate` in this process, which is faster."""
        return starmodel(self.folder, "migrate", *arguments, environment=self.environment)

    def make_tables(self) -> Self:
        """Bring the database up to the newest migration."""
        done = self.migrate("up")
        assert done.code == 0, done.err
        return self

    def server(self, app: str = "shop.main:app", **environment: str) -> ServedApp:
        """Return a server of the app; enter it to start it."""
        return ServedApp(self.folder, app, log=self.log, **{**self.environment, **environment})

    def run(self) -> subprocess.CompletedProcess[str]:
        """Run a server of the app that ends by itself, since it cannot start."""
        server = self.server()
        return subprocess.run(
            [sys.executable, "-m", "uvicorn", server.app, "--port", str(server.port)],
            cwd=self.folder,
            env=server.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def telling_server(self) -> ServedApp:
        """Return a server whose bus writes down what it is told."""
        return self.server(
            "telling_shop:create_app",
            PYTHONPATH=os.pathsep.join([*PACKAGES, str(Path(__file__).parent)]),
            SHOP_PUBLISHED=str(self.published),
        )

    @property
    def environment(self) -> Mapping[str, str]:
        """What the app and the command are told of the database."""
        return {"STARMODEL_DATABASE_URL": self.database.url}

    def logged(self) -> str:
        """What the servers have logged by now."""
        return self.log.read_text() if self.log.exists() else ""

    def dump(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return all rows of all tables, those of the store and of Alembic as well."""
        run = self.database.run
        names = [name for (name,) in run(_TABLES[self.database.dialect])]
        return {name: sorted(run(f'SELECT * FROM "{name}"'), key=repr) for name in names}

    def count(self, table: str) -> int:
        """Return the number of rows of a table."""
        [(count,)] = self.database.run(f'SELECT count(*) FROM "{table}"')
        return count

    def keep_journal(self) -> None:
        """Have the database note whatever is put into the outbox from now on."""
        for statement in _JOURNAL[self.database.dialect]:
            self.database.run(statement)

    def break_at(self, change: str, table: str, when: str = "1 = 1") -> None:
        """Have the database refuse an `UPDATE` or `INSERT` of some rows, until `mend`."""
        for statement in _BREAK[self.database.dialect]:
            self.database.run(statement.format(table=table, change=change, when=when))

    def mend(self, table: str) -> None:
        """Have the database refuse it no more."""
        self.database.run(_MEND[self.database.dialect].format(table))

    def journal(self) -> list[Told]:
        """Return what was put into the outbox, in the same transaction as what it tells of."""
        rows = self.database.run("SELECT version, body FROM journal")
        found = [(json.loads(body), version) for version, body in rows]
        return [Told(body["entity"], body["id"], version) for body, version in found]

    def told(self) -> set[Told]:
        """Return what subscribers of the `telling_server` were told."""
        lines = self.published.read_text().splitlines() if self.published.exists() else []
        return {Told(entity, id, int(version)) for entity, id, version in map(str.split, lines)}

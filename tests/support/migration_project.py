"""Migrations in a folder, written one after the other as schemas change."""

from pathlib import Path

from starmodel_generator.migrations.alembic_runner import AlembicRunner
from starmodel_generator.migrations.autodetector import diff_schemas
from starmodel_generator.migrations.history import read_history, write_revision
from starmodel_generator.migrations.migration_plan import NO_ANSWERS, MigrationOptions
from starmodel_generator.migrations.writer.description import summary
from starmodel_generator.migrations.writer.revision_text import revision_text
from starmodel_schemas import DatabaseSchema


class Project:
    """A project's migrations and a database."""

    def __init__(self, root: Path, url: str) -> None:
        self.root = root
        self.folder = root / "migrations"
        self.migrator = AlembicRunner(self.folder, url)

    def write(self, schema: DatabaseSchema, answers: MigrationOptions = NO_ANSWERS) -> str:
        """Write the migration that leads to this schema; its id."""
        history = read_history(self.folder)
        plan = diff_schemas(history.schema, schema, answers)
        assert plan.obstacles == ()
        revision = history.next_revision(summary(plan.up))
        write_revision(self.root, "migrations", revision, revision_text(revision, plan), schema)
        return revision.id

    def text(self, revision: str) -> str:
        """A revision's file."""
        return (self.folder / "versions" / f"{revision}.py").read_text(encoding="utf-8")

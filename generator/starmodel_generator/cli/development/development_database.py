"""The database while one develops: `starmodel run` brings it to what the entities say."""

import os
from collections.abc import Callable

from starmodel_generator.cli.console import write_stderr
from starmodel_generator.cli.migrate_project import failed_revision, show_findings
from starmodel_generator.migrations.alembic_runner import (
    AlembicRunner,
    MigrationFailure,
    MissingLibraries,
)
from starmodel_generator.migrations.autodetector import diff_schemas
from starmodel_generator.migrations.database_location import (
    DEFAULT_URL,
    VARIABLE,
    absolute,
    problem,
    without_password,
)
from starmodel_generator.migrations.history import (
    History,
    HistoryError,
    complete_folder,
    read_history,
    write_revision,
)
from starmodel_generator.migrations.writer.description import describe, summary
from starmodel_generator.migrations.writer.revision_text import revision_text
from starmodel_generator.project.config import GeneratorConfig
from starmodel_schemas import DatabaseSchema
from starmodel_schemas.naming import sentence_case


class DevelopmentDatabase:
    """The database that `STARMODEL_DATABASE_URL` names, else `app.db` in the project."""

    def __init__(self, config: GeneratorConfig) -> None:
        self.config = config
        self.url = os.environ.get(VARIABLE) or DEFAULT_URL
        self.head: str | None = None
        """The revision that the database is known to be at."""

    def bring_up(
        self, schema: DatabaseSchema, written: Callable[[str], None] = lambda _: None
    ) -> bool:
        """Write a migration where one is missing, and apply what is pending; say what was done.

        `written` is told the paths of files that are written. Gives whether the app can run on
        the database; what keeps it from that is shown.
        """
        try:
            history = read_history(self.config.root / self.config.migrations)
        except HistoryError as error:
            write_stderr(f"error: {self.config.migrations}: {error}\nhelp: {error.help}")
            return False
        if not schema.tables and not history.entries:
            return True
        mistake = problem(self.url)
        if mistake:
            write_stderr(f"error: {mistake}")
            return False
        head = self._write(history, schema, written)
        if head is None:
            return False
        return head == self.head or self._apply(head)

    def _write(
        self, history: History, schema: DatabaseSchema, written: Callable[[str], None]
    ) -> str | None:
        """Write what is missing; the newest revision then, `None` if nobody accepted it yet."""
        plan = diff_schemas(history.schema, schema)
        if plan.obstacles:
            show_findings(plan.findings)
            write_stderr(
                "No migration was written: say what is meant with `starmodel migrate new`."
            )
            return None
        if plan.is_empty:
            return history.head or ""
        show_findings(plan.findings)
        text = summary(plan.up)
        revision = history.next_revision(sentence_case(text))
        paths = write_revision(
            self.config.root,
            self.config.migrations,
            revision,
            revision_text(revision, plan),
            schema,
        )
        for path in paths:
            written(path)
        write_stderr(f"{paths[0]}: {'; '.join(describe(plan.up))}.")
        return revision.id

    def _apply(self, head: str) -> bool:
        config = self.config
        complete_folder(config.root, config.migrations)
        migrator = AlembicRunner(config.root / config.migrations, absolute(self.url, config.root))
        applied: list[str] = []
        try:
            migrator.upgrade(on_applied=lambda revision, _: applied.append(revision))
        except MissingLibraries as error:
            write_stderr(
                f"error: a database needs the module {error}, which is not installed\n"
                'help: pip install "starmodel[sql]"'
            )
            return False
        except MigrationFailure as error:
            name = without_password(self.url)
            words, help = (
                f"nothing was changed in {name}: {error}",
                "`starmodel migrate status` shows what is pending",
            )
            if error.file is not None:
                words, help = failed_revision(error, config.migrations, name)
            write_stderr(f"error: {words}\nhelp: {help}")
            return False
        self.head = head
        if applied:
            write_stderr(f"Applied to {without_password(self.url)}: {', '.join(applied)}.")
        return True

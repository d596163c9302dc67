"""What the `migrate` commands have in common: the project, its migrations and its database."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn, TypeAlias, TypeVar

import typer

from starmodel_generator.cli import exit_codes
from starmodel_generator.cli.console import show_diagnostics, write_stderr
from starmodel_generator.generation import Report, inspect_folder
from starmodel_generator.migrations.alembic_runner import (
    BASE,
    AlembicRunner,
    MigrationFailure,
    MissingLibraries,
)
from starmodel_generator.migrations.autodetector import EMPTY
from starmodel_generator.migrations.database_location import absolute, problem, without_password
from starmodel_generator.migrations.findings import diagnostic
from starmodel_generator.migrations.history import (
    VERSIONS,
    History,
    HistoryError,
    complete_folder,
    read_history,
    read_schemas,
)
from starmodel_generator.migrations.migration_plan import Finding
from starmodel_generator.project.config import GeneratorConfig, missing_configuration, read_config
from starmodel_generator.project.discovery import find_project
from starmodel_schemas import AppSchema, DatabaseSchema

_Result = TypeVar("_Result")

Reported: TypeAlias = tuple[str, str]
"""What went wrong, and what to do."""


@dataclass(frozen=True, slots=True)
class Target:
    """The database that a command is about, and the migrations for it."""

    config: GeneratorConfig
    history: History
    migrator: AlembicRunner
    url: str

    @property
    def name(self) -> str:
        """The database's URL as it may be shown."""
        return without_password(self.url)


def stop(message: str, help: str | None = None) -> NoReturn:
    """End the command: it could not do its work."""
    write_stderr(f"error: {message}")
    if help:
        write_stderr(f"help: {help}")
    raise typer.Exit(exit_codes.CANNOT_RUN)


def configuration() -> GeneratorConfig:
    """The project's settings."""
    folder = os.getcwd()
    project = find_project(folder)
    if project is None:
        report = Report(None, (missing_configuration(folder),))
    else:
        result = read_config(project)
        if result.config is not None:
            return result.config
        report = Report(None, result.diagnostics, texts=result.texts)
    show_diagnostics(report)
    raise typer.Exit(exit_codes.exit_code(report))


def tables() -> tuple[GeneratorConfig, DatabaseSchema]:
    """The tables of the entities as they are now; what is wrong with these ends the command."""
    report = inspect_folder(".")
    show_diagnostics(report)
    schema = report.generation.schema if report.generation else None
    if report.has_errors or report.config is None or schema is None:
        raise typer.Exit(exit_codes.exit_code(report))
    return report.config, tables_of(schema)


def tables_of(app: AppSchema | None) -> DatabaseSchema:
    """Return the tables of an app."""
    if app is None or all(entity.store != "SERVER_SQL" for entity in app.entities):
        return EMPTY
    # An app without SQL has no need of it.
    from starmodel_generator.database.tables import database_schema

    return database_schema(app)


def history_of(config: GeneratorConfig) -> History:
    """Return the project's migrations; a broken row of them ends the command."""
    try:
        return read_history(config.root / config.migrations)
    except HistoryError as error:
        stop(f"{config.migrations}: {error}", error.help)


def schemas_of(goal: Target) -> tuple[DatabaseSchema, ...]:
    """Return the tables before the first migration, then behind each; a broken file ends the command."""
    try:
        return read_schemas(goal.config.root / goal.config.migrations, goal.history)
    except HistoryError as error:
        stop(f"{goal.config.migrations}: {error}", error.help)


def target(url: str) -> Target:
    """Return the migrations, and the database with this URL."""
    mistake = problem(url)
    if mistake:
        stop(mistake)
    config = configuration()
    history = history_of(config)
    if not history.entries:
        stop("there are no migrations yet", "`starmodel migrate new` writes the first one")
    complete_folder(config.root, config.migrations)
    folder = config.root / config.migrations
    return Target(config, history, AlembicRunner(folder, absolute(url, config.root)), url)


def attempt(
    action: Callable[[], _Result],
    failed: str,
    words: Callable[[MigrationFailure], Reported] | None = None,
) -> _Result:
    """Do something with the database; an error ends the command with what it said.

    `words` tells a revision that failed, in the place of `failed`.
    """
    try:
        return action()
    except MissingLibraries as error:
        stop(
            f"migrations need the module {error}, which is not installed",
            'pip install "starmodel[sql]"',
        )
    except MigrationFailure as error:
        if words is not None and error.file is not None:
            stop(*words(error))
        stop(f"{failed}: {error}")


def failed_revision(
    error: MigrationFailure, migrations: str, database: str, *, back: bool = False
) -> Reported:
    """Which revision failed, and what to do about it."""
    what = f"{migrations}/{VERSIONS}/{error.file} failed: {str(error).rstrip('.')}."
    if back:
        return (
            f"{what} Nothing was taken back from {database}",
            "change the rows that do not fit, or what `downgrade` of that file does",
        )
    return (
        f"{what} Nothing was applied to {database}",
        "change the rows that do not fit, or the migration: edit that file; or, where no other"
        " database has it, delete it with its .json and write it anew (`starmodel migrate new`),"
        " with another default or `--backfill`",
    )


def current(target: Target) -> str | None:
    """Return the revision that the database is at; one that nobody knows ends the command."""
    found = attempt(target.migrator.current, f"{target.name} cannot be read")
    if found is not None and found not in target.history.ids:
        stop(
            f"{target.name} is at the migration {found}, which is not in"
            f" {target.config.migrations}",
            "it was migrated by newer code, or the file was removed: get the code that has it",
        )
    return found


def show_findings(findings: tuple[Finding, ...]) -> None:
    """Show what there is to know, but for what was accepted."""
    shown = tuple(diagnostic(finding) for finding in findings if not finding.accepted)
    show_diagnostics(Report(None, shown))


def counted(count: int) -> str:
    """So many migrations."""
    return "1 migration" if count == 1 else f"{count} migrations"


def applied_count(goal: Target) -> int:
    """Return how many of the migrations the database has."""
    found = current(goal)
    return goal.history.ids.index(found) + 1 if found else 0


def resolve(history: History, text: str) -> str:
    """A revision by its id or the beginning of it, which its number is."""
    ids = history.ids
    if text == "head":
        return ids[-1]
    found = [text] if text in ids else [id for id in ids if id.startswith(text)]
    if len(found) != 1:
        stop(
            f"{text} names {'no' if not found else 'more than one'} migration",
            f"there are {', '.join(ids)}",
        )
    return found[0]


def place(history: History, text: str) -> int:
    """Return how many migrations there are up to this one; none up to `base`."""
    return 0 if text == BASE else history.ids.index(resolve(history, text)) + 1

"""`starmodel migrate new`: write the difference between the last migration and the entities."""

from difflib import get_close_matches
from typing import Annotated

import typer

from starmodel_generator.cli import exit_codes
from starmodel_generator.cli.console import write_stderr, write_stdout
from starmodel_generator.cli.migrate_project import (
    configuration,
    history_of,
    show_findings,
    stop,
    tables,
)
from starmodel_generator.migrations.autodetector import diff_schemas
from starmodel_generator.migrations.backfill.backfill_options import is_of_type, suggestion
from starmodel_generator.migrations.conversions.conversion import type_words
from starmodel_generator.migrations.history import History, write_revision
from starmodel_generator.migrations.migration_plan import MigrationOptions
from starmodel_generator.migrations.safety_checks import acceptable, unused
from starmodel_generator.migrations.writer.description import describe, summary, without_values
from starmodel_generator.migrations.writer.revision_text import empty_revision_text, revision_text
from starmodel_schemas import DatabaseSchema
from starmodel_schemas.naming import sentence_case


def new(
    message: Annotated[
        str | None,
        typer.Argument(
            metavar="[MESSAGE]", help="What it is for; names the file.", show_default=False
        ),
    ] = None,
    accept: Annotated[
        list[str] | None,
        typer.Option(
            "--accept", metavar="CODE:NAME", help="A finding that is meant, as it was shown."
        ),
    ] = None,
    backfill: Annotated[
        list[str] | None,
        typer.Option(
            "--backfill", metavar="TABLE.COLUMN=SQL", help="What rows that are there already get."
        ),
    ] = None,
    empty: Annotated[
        bool, typer.Option("--empty", help="An empty migration, to write by hand.")
    ] = False,
) -> None:
    """Write a migration: the difference between the last one and the entities of today.

    No database is needed. Nothing is written while something would be lost unannounced: dropped
    columns and tables, values cut or rounded, required columns that rows have no value for. The
    message names the --accept or the --backfill that goes on. A renamed field or entity is told
    by renamed_from, and keeps its values.

    Exit codes: 0 done; 1 something has to be accepted; 2 the migrations cannot be read.

    Examples:

      starmodel migrate new

      starmodel migrate new "prices in cents" --accept drop-column:product.price

      starmodel migrate new --backfill "product.sku='P-' || id"

      starmodel migrate new --empty "import customers"
    """
    if empty:
        _new_empty(message or "migration")
        return
    config, schema = tables()
    history = history_of(config)
    _require_tables(schema, history)
    answers = MigrationOptions(frozenset(accept or ()), _backfills(backfill or []))
    _check_values(answers, schema)
    plan = diff_schemas(history.schema, schema, answers)
    columns = [f"{table.name}.{column.name}" for table in schema.tables for column in table.columns]
    for option in unused(answers, plan.findings, columns):
        if option.startswith("--accept"):
            keys = acceptable(plan.findings)
            listed = ", ".join(keys) if keys else "nothing, here"
            stop(f"{option}: no such finding", f"what can be accepted: {listed}")
        alike = get_close_matches(option.removeprefix("--backfill "), columns, n=3)
        listed = ", ".join(alike or columns)
        stop(f"{option}: no such column", f"columns are named as in {listed}")
    show_findings(plan.findings)
    if plan.obstacles:
        write_stderr("No migration was written.")
        raise typer.Exit(exit_codes.DIAGNOSTICS)
    if plan.is_empty:
        write_stderr("Entities and migrations agree; there is nothing to write.")
        return
    text = message or summary(plan.up)
    revision = history.next_revision(sentence_case(text))
    paths = write_revision(
        config.root, config.migrations, revision, revision_text(revision, plan), schema
    )
    for step in describe(plan.up):
        write_stderr(f"  {step}")
    for column in without_values(plan.down):
        write_stderr(f"  (taken back, {column} is optional and empty: no value fits every row)")
    write_stdout(f"{paths[0]}\n")
    write_stderr("Read it, then apply it: `starmodel migrate up`.")


def _check_values(answers: MigrationOptions, schema: DatabaseSchema) -> None:
    """A literal of another type than the column's ends the command: SQLite would take it."""
    for table in schema.tables:
        for column in table.columns:
            given = answers.backfills.get(f"{table.name}.{column.name}")
            if given is not None and not is_of_type(given, column):
                stop(
                    f"--backfill {table.name}.{column.name}: {given.strip()} is no"
                    f" {type_words(column.type)}",
                    f"as in {suggestion(column, table)}",
                )


def _new_empty(message: str) -> None:
    config = configuration()
    revision = history_of(config).next_revision(sentence_case(message))
    text = empty_revision_text(revision)
    paths = write_revision(config.root, config.migrations, revision, text, None)
    write_stdout(f"{paths[0]}\n")
    write_stderr("Write into it what is to be done, then apply it: `starmodel migrate up`.")


def _require_tables(schema: DatabaseSchema, history: History) -> None:
    if not schema.tables and not history.entries:
        stop(
            "no entity is kept in SQL",
            "set `store=StateStore.SERVER_SQL` in the `model_config` of one",
        )


def _backfills(given: list[str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for text in given:
        name, separator, value = text.partition("=")
        if not separator or "." not in name or not value.strip():
            stop(
                f"--backfill {text}: not of the form TABLE.COLUMN=SQL",
                "as in --backfill \"product.sku='none'\"",
            )
        values[name.strip()] = value
    return values

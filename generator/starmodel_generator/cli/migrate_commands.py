"""`starmodel migrate`: bring databases to what the entities say."""

import sys
from typing import Annotated, Literal

import typer

from starmodel_generator.cli import exit_codes
from starmodel_generator.cli.console import write_stderr, write_stdout
from starmodel_generator.cli.migrate_new import new
from starmodel_generator.cli.migrate_project import (
    Target,
    applied_count,
    attempt,
    counted,
    failed_revision,
    history_of,
    place,
    schemas_of,
    show_findings,
    stop,
    tables,
    target,
)
from starmodel_generator.migrations.alembic_runner import BASE
from starmodel_generator.migrations.autodetector import diff_schemas
from starmodel_generator.migrations.data_loss import data_losses
from starmodel_generator.migrations.database_location import DEFAULT_URL, VARIABLE, dialect_of
from starmodel_generator.migrations.writer.description import describe

app = typer.Typer(
    help=(
        "Bring databases to what the entities say.\n\n"
        "A migration is a file in [bold]migrations/versions[/bold]: how a database gets from what"
        " the entities were to what they are, and back. It is written without a database,"
        " reviewed and committed like other code, and applied to every database in turn.\n\n"
        "After a change of an entity: [bold]starmodel migrate new[/bold], read the file, then"
        " [bold]starmodel migrate up[/bold]. (While you develop, [bold]starmodel run[/bold] does"
        " both.)"
    ),
    no_args_is_help=True,
    rich_markup_mode="rich",
)

Url = Annotated[
    str,
    typer.Option(
        "--database-url",
        envvar=VARIABLE,
        help="sqlite:///app.db or postgresql://user:password@host/name",
    ),
]


app.command("new")(new)


@app.command()
def up(
    revision: Annotated[
        str | None, typer.Argument(help="The last one to apply.", show_default="the newest")
    ] = None,
    database_url: Url = DEFAULT_URL,
) -> None:
    """Apply what is pending to a database, all of it or, where anything fails, nothing.

    Examples:

      starmodel migrate up

      starmodel migrate up --database-url postgresql://shop@db/shop
    """
    goal = target(database_url)
    ids = goal.history.ids
    end = place(goal.history, revision) if revision else len(ids)
    pending = ids[applied_count(goal) : end]
    if not pending:
        write_stderr(f"{goal.name} is up to date.")
        return
    # Another process may have been faster. None is applied until all are.
    applied: list[str] = []
    attempt(
        lambda: goal.migrator.upgrade(pending[-1], lambda revision, _: applied.append(revision)),
        f"nothing was changed in {goal.name}",
        lambda error: failed_revision(error, goal.config.migrations, goal.name),
    )
    for each in applied:
        write_stderr(f"  {each}")
    if applied:
        write_stderr(f"{counted(len(applied))} applied to {goal.name}.")
    else:
        write_stderr(f"{goal.name} is up to date.")


@app.command()
def down(
    revision: Annotated[
        str | None,
        typer.Argument(
            help="The last one that stays; `base` for none.", show_default="the one before"
        ),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Do not ask before rows or their values go.")
    ] = False,
    database_url: Url = DEFAULT_URL,
) -> None:
    """Take migrations back from a database. What they dropped comes back empty.

    Where tables or columns would go that hold something, it asks; without a terminal, it does
    nothing unless --yes says so.

    Examples:

      starmodel migrate down            the last one

      starmodel migrate down 0003

      starmodel migrate down base       every table goes
    """
    goal = target(database_url)
    ids = goal.history.ids
    done = applied_count(goal)
    if done == 0:
        write_stderr(f"No migration was applied to {goal.name}.")
        return
    kept = done - 1
    if revision is not None:
        kept = place(goal.history, revision)
    if kept >= done:
        write_stderr(f"{goal.name} is not beyond {revision}.")
        return
    if not yes:
        _confirm(goal, kept, done)
    undone: list[str] = []
    attempt(
        lambda: goal.migrator.downgrade(
            ids[kept - 1] if kept else BASE, lambda revision, _: undone.append(revision)
        ),
        f"nothing was changed in {goal.name}",
        lambda error: failed_revision(error, goal.config.migrations, goal.name, back=True),
    )
    for each in undone:
        write_stderr(f"  {each}, taken back")
    write_stderr(f"{counted(done - kept)} taken back from {goal.name}.")


@app.command()
def status(database_url: Url = DEFAULT_URL) -> None:
    """List the migrations, and which of them a database has.

    Examples:

      starmodel migrate status
    """
    goal = target(database_url)
    ids = goal.history.ids
    done = applied_count(goal)
    for number, id in enumerate(ids):
        write_stdout(f"{'applied' if number < done else 'pending'}  {id}\n")
    if done < len(ids):
        verb = "is" if len(ids) - done == 1 else "are"
        write_stderr(
            f"{counted(len(ids) - done)} {verb} pending in {goal.name}. Run `starmodel migrate up`."
        )
    else:
        write_stderr(f"{goal.name} is up to date.")


@app.command()
def check() -> None:
    """Report whether the migrations lead to what the entities say; for CI. No database is needed.

    Exit codes: 0 they do; 3 they do not, and stdout lists what differs.

    Examples:

      starmodel migrate check
    """
    config, schema = tables()
    plan = diff_schemas(history_of(config).schema, schema)
    if plan.is_empty and not plan.obstacles:
        write_stderr("Entities and migrations agree.")
        return
    for step in describe(plan.up):
        write_stdout(f"{step}\n")
    advice = "Run `starmodel migrate new`."
    if plan.obstacles:
        show_findings(plan.findings)
        advice = "`starmodel migrate new` writes nothing until the errors above are settled."
    write_stderr(f"Entities and migrations differ. {advice}")
    raise typer.Exit(exit_codes.OUT_OF_DATE)


@app.command()
def sql(
    revision: Annotated[
        str | None,
        typer.Argument(
            metavar="[REVISION | FROM:TO]",
            help="One migration, or all behind FROM up to TO; `base` is before the first.",
            show_default="the newest",
        ),
    ] = None,
    dialect: Annotated[
        Literal["sqlite", "postgresql"] | None,
        typer.Option("--dialect", help="Whose SQL.", show_default="that of the database's URL"),
    ] = None,
    back: Annotated[bool, typer.Option("--down", help="The way back instead.")] = False,
    database_url: Url = DEFAULT_URL,
) -> None:
    """Print the SQL of migrations, for a review. No database is needed.

    Examples:

      starmodel migrate sql --dialect postgresql

      starmodel migrate sql 0003

      starmodel migrate sql base:head > schema.sql
    """
    goal = target(database_url)
    ids = (BASE, *goal.history.ids)
    first, separator, last = (revision or ids[-1]).partition(":")
    end = place(goal.history, last if separator else first)
    start = place(goal.history, first) if separator else end - 1
    if start >= end:
        stop(f"{revision} names no migration to write", "the older one comes first")
    kind = dialect or dialect_of(database_url) or "sqlite"
    one, other = (ids[end], ids[start]) if back else (ids[start], ids[end])
    text = attempt(
        lambda: goal.migrator.sql(one, other, kind, back=back), "the SQL cannot be written"
    )
    write_stdout(text)


def _confirm(goal: Target, kept: int, done: int) -> None:
    """Ask before anything goes that no migration brings back; a no ends the command."""
    going = data_losses(schemas_of(goal)[kept : done + 1])
    tables = {loss.table for loss in going}
    filled = attempt(lambda: goal.migrator.non_empty(tables), f"{goal.name} cannot be read")
    going = tuple(loss for loss in going if loss.table in filled)
    if not going:
        return
    write_stderr(f"Gone from {goal.name}, with what is in it, would be:")
    for loss in going:
        write_stderr(f"  {loss}")
    if not sys.stdin.isatty():
        stop("nothing was taken back, since nobody can be asked", "say `--yes` if it is meant")
    if not typer.confirm("Take it back?", err=True):
        write_stderr("Nothing was taken back.")
        raise typer.Exit(exit_codes.CANNOT_RUN)

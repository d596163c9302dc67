"""`starmodel generate`: write the code, or tell what would be written."""

import functools
from collections.abc import Callable
from dataclasses import replace
from enum import Enum
from typing import Annotated

import typer

from starmodel_generator.cli import exit_codes
from starmodel_generator.cli.console import (
    StageProgress,
    show_diagnostics,
    write_stderr,
    write_stdout,
)
from starmodel_generator.generation import Report, check_folder, generate_folder, out_of_date
from starmodel_generator.incremental.incremental_update import Update
from starmodel_generator.output.comparison import FileChange, unified_diff
from starmodel_generator.pipeline import run_stages
from starmodel_generator.up_to_date import counted, up_to_date, what_was_read, what_was_written


class Form(Enum):
    """A way to show diagnostics."""

    FULL = "full"
    CONCISE = "concise"
    JSON = "json"
    GITHUB = "github"


def generate(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; list the files that are out of date.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Write nothing; show what would change, as a diff.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite generated files that were edited by hand.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Generate now and whenever a source is saved.")
    ] = False,
    form: Annotated[
        Form,
        typer.Option(
            "--format",
            help="How to show what is wrong. What json and github give is all that is on stdout.",
        ),
    ] = Form.FULL,
) -> None:
    """Generate code from the entities of this project.

    All files are written, or none. Files that nobody edited and that nothing generates any more
    are removed; files that are not generated are never touched.

    Exit codes: 0 done; 1 something is wrong in an entity, or a generated file was edited by hand;
    2 the configuration is wrong; 3 with --check or --diff: the code is out of date.

    Examples:

      starmodel generate               write what has changed

      starmodel generate --check       for CI: is the committed code up to date?

      starmodel generate --diff | less

      starmodel generate --watch       while entities are written
    """
    if force and (check or diff):
        raise typer.BadParameter("--force writes; --check and --diff do not")
    if watch:
        if check or diff or force:
            raise typer.BadParameter("--watch writes on save; it takes no --check, --diff, --force")
        from starmodel_generator.cli.watch import watch_project

        return watch_project(".", functools.partial(_tell_run, form=form))
    with StageProgress() as progress:
        stages = functools.partial(run_stages, progress=progress)
        if check or diff:
            report = check_folder(".", stages=stages)
        else:
            report = generate_folder(".", force=force, stages=stages)
    # A program reads stdout as a whole, so with its formats everything else is for people.
    tell = _say_lines if form in (Form.JSON, Form.GITHUB) else write_stdout
    if check or diff:
        listed = out_of_date(report) if tell is _say_lines else report.obstacles
        show_diagnostics(replace(report, diagnostics=(*report.diagnostics, *listed)), form.value)
    else:
        show_diagnostics(report, form.value)
    if report.has_errors:
        tell(unified_diff(report.comparison.having("edited")) if report.comparison else "")
        write_stderr("Nothing was written.")
        raise typer.Exit(exit_codes.exit_code(report))
    if report.interrupted and not (check or diff):
        write_stderr(
            "An earlier run was killed while it wrote; what it had begun was finished first."
        )
    if check or diff:
        raise typer.Exit(_tell_differences(report, tell, diff=diff))
    write_stderr(summary(report))
    write_stderr(entity_count(report))


def _tell_run(done: Report | Update, *, form: Form) -> None:
    """Show what a run while watching has found and done."""
    if isinstance(done, Update):
        show_diagnostics(Report(None, ()), form.value)
        return write_stderr(what_was_written(done.written, done.unchanged, 0))
    report = done
    show_diagnostics(report, form.value)
    write_stderr("Nothing was written." if report.has_errors else summary(report))


def summary(report: Report) -> str:
    """Return what a run has done, in one sentence."""
    assert report.comparison is not None
    if not report.differences:
        return up_to_date(_ours(report), 0)
    changes = report.differences
    removed = sum(change.after is None for change in changes)
    unchanged = len(report.comparison.having("unchanged"))
    return what_was_written(len(changes) - removed, unchanged, removed)


def entity_count(report: Report) -> str:
    """Describe how many entities a run has found, and in how many modules."""
    schema = report.generation.schema if report.generation else None
    entities = schema.entities if schema else ()
    return what_was_read(len(entities), len({entity.module for entity in entities}))


def _ours(report: Report) -> int:
    return 1 + len(report.generation.files if report.generation else ())


def _say_lines(text: str) -> None:
    """Tell the user lines, if there are any."""
    if text:
        write_stderr(text.removesuffix("\n"))


def _tell_differences(report: Report, tell: Callable[[str], None], *, diff: bool) -> int:
    """List what is out of date; the exit code."""
    if report.interrupted:
        write_stderr("An earlier run was killed while it wrote; `starmodel generate` finishes it.")
    differences = report.differences
    if not differences and not report.interrupted and not report.obstacles:
        write_stderr(up_to_date(_ours(report), 0))
        return exit_codes.DONE
    tell(unified_diff(differences) if diff else "".join(map(_line, differences)))
    verb = "is" if len(differences) == 1 else "are"
    advice = (
        "`starmodel generate` writes nothing until the errors above are settled."
        if report.obstacles
        else "Run `starmodel generate`."
    )
    write_stderr(
        f"{_files(len(differences))} {verb} out of date. {advice}" if differences else advice
    )
    return exit_codes.OUT_OF_DATE


def _line(change: FileChange) -> str:
    return f"{change.verdict:<9} {change.path}\n"


def _files(count: int) -> str:
    return counted(count, "file")

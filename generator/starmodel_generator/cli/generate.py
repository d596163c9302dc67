"""`starmodel generate`: write the code, or tell what would be written."""

import functools
from enum import Enum
from typing import Annotated

import typer

from starmodel_generator.cli import exit_codes
from starmodel_generator.cli.console import StageProgress, give, say, show_diagnostics
from starmodel_generator.freshness import up_to_date
from starmodel_generator.generation import Report, check_folder, generate_folder
from starmodel_generator.output.tree import FileChange, unified_diff
from starmodel_generator.pipeline import run_stages


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
    form: Annotated[
        Form, typer.Option("--format", help="How to show what is wrong; json and github on stdout.")
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
    """
    if force and (check or diff):
        raise typer.BadParameter("--force writes; --check and --diff do not")
    with StageProgress() as progress:
        stages = functools.partial(run_stages, progress=progress)
        if check or diff:
            report = check_folder(".", stages=stages)
        else:
            report = generate_folder(".", force=force, stages=stages)
    show_diagnostics(report, form.value)
    if report.has_errors:
        give(unified_diff(report.comparison.having("edited")) if report.comparison else "")
        say("Nothing was written.")
        raise typer.Exit(exit_codes.exit_code(report))
    if report.interrupted and not (check or diff):
        say("An earlier run was killed while it wrote; what it had begun was finished first.")
    if check or diff:
        raise typer.Exit(_tell_differences(report, diff=diff))
    say(summary(report))
    say(found(report))


def summary(report: Report) -> str:
    """What a run has done, in one sentence."""
    assert report.comparison is not None
    if not report.differences:
        return up_to_date(_ours(report), 0)
    changes = report.differences
    removed = sum(change.after is None for change in changes)
    unchanged = len(report.comparison.having("unchanged"))
    return f"{_files(len(changes) - removed)} written, {unchanged} unchanged, {removed} removed."


def found(report: Report) -> str:
    """Say how many entities a run has found, and in how many modules."""
    schema = report.generation.schema if report.generation else None
    entities = schema.entities if schema else ()
    modules = {entity.module for entity in entities}
    return f"{_counted(len(entities), 'entity', 'entities')} in {_counted(len(modules), 'module')}."


def _ours(report: Report) -> int:
    return 1 + len(report.generation.files if report.generation else ())


def _tell_differences(report: Report, *, diff: bool) -> int:
    """List what is out of date; the exit code."""
    if report.interrupted:
        say("An earlier run was killed while it wrote; `starmodel generate` finishes it.")
    differences = report.differences
    if not differences and not report.interrupted:
        say(up_to_date(_ours(report), 0))
        return exit_codes.DONE
    give(unified_diff(differences) if diff else "".join(map(_line, differences)))
    verb = "is" if len(differences) == 1 else "are"
    say(f"{_files(len(differences))} {verb} out of date. Run `starmodel generate`.")
    return exit_codes.OUT_OF_DATE


def _line(change: FileChange) -> str:
    return f"{change.verdict:<9} {change.path}\n"


def _files(count: int) -> str:
    return _counted(count, "file")


def _counted(count: int, one: str, many: str = "") -> str:
    return f"1 {one}" if count == 1 else f"{count} {many or f'{one}s'}"

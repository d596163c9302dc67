"""The `starmodel` command: its sub-commands, and what becomes of an error that nobody expected."""

import gc
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from types import FrameType
from typing import Annotated, cast

import typer

from starmodel_generator._version import __version__
from starmodel_generator.cli import exit_codes
from starmodel_generator.cli.console import write_stderr
from starmodel_generator.cli.failure import report_bug, report_unusable

_COMMANDS = ("init", "generate", "run", "inspect", "explain", "plugins", "call", "mcp")
_SETTINGS: Mapping[str, dict[str, object]] = {
    # Its arguments are those of an operation, which says what they are.
    "call": {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []},
}
_GROUPS = ("migrate",)
_OURS = frozenset((*_COMMANDS, *_GROUPS))


def run_command(arguments: Sequence[str]) -> int:
    """Run the command line with these arguments; its exit code."""
    # A file that is being written is finished, as with Ctrl-C.
    signal.signal(signal.SIGTERM, _terminate)
    try:
        command = make_command(arguments)
        # What was imported stays; the collector need not look at it again.
        gc.freeze()
        gc.enable()
        command(list(arguments), prog_name="starmodel")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except OSError as error:
        return report_unusable(error)
    except Exception as error:
        return report_bug(error)
    return exit_codes.DONE


def _terminate(_: int, __: FrameType | None) -> None:
    sys.exit(exit_codes.TERMINATED)


def make_command(arguments: Sequence[str] = ()) -> typer.Typer:
    """Put the command together; what plugins add is looked for where it may be asked for."""
    app = typer.Typer(
        name="starmodel",
        help=(
            "Write an entity once; get the API and the live pages, as code you can read.\n\n"
            "Begin with [bold]starmodel init shop[/bold], then [bold]cd shop[/bold] and "
            "[bold]starmodel run[/bold]."
        ),
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_root)
    if arguments and arguments[0] in _COMMANDS:
        name = arguments[0]
        app.command(name, context_settings=_settings(name, arguments))(_load(name))
    elif arguments and arguments[0] in _GROUPS:
        app.add_typer(_load_group(), name=arguments[0])
    else:
        # Help, completion, or a command of somebody else's: everything has to be there.
        for name in _COMMANDS:
            app.command(name, context_settings=_settings(name, arguments))(_load(name))
        for name in _GROUPS:
            app.add_typer(_load_group(), name=name)
        for name, command in load_commands(arguments[0] if arguments else None).items():
            app.add_typer(command, name=name)
    return app


def _settings(name: str, arguments: Sequence[str]) -> dict[str, object] | None:
    """Return the settings of a command that reads arguments of its own, as they were written."""
    return {**_SETTINGS[name], "obj": tuple(arguments)} if name in _SETTINGS else None


def _load(name: str) -> Callable[..., None]:
    """A command of ours; each brings imports that the others should not have to wait for."""
    match name:
        case "init":
            from starmodel_generator.cli.init import init

            return init
        case "generate":
            from starmodel_generator.cli.generate import generate

            return generate
        case "run":
            from starmodel_generator.cli.development.run import run

            return run
        case "explain":
            from starmodel_generator.cli.explain import explain

            return explain
        case "plugins":
            from starmodel_generator.cli.list_plugins import plugins

            return plugins
        case "call":
            from starmodel_generator.cli.operations.call import call

            return call
        case "mcp":
            from starmodel_generator.cli.operations.serve_mcp import mcp

            return mcp
        case _:
            from starmodel_generator.cli.inspection.inspect_schema import inspect

            return inspect


def _load_group() -> typer.Typer:
    """Return the commands about migrations, which stand together."""
    from starmodel_generator.cli.migrate_commands import app

    return app


def load_commands(wanted: str | None = None) -> dict[str, typer.Typer]:
    """Return the commands that installed packages add, by name; one that cannot be used is left out.

    Raises:
        SystemExit: It is the one that is wanted.
    """
    from starmodel_generator.cli.list_plugins import COMMANDS, find_plugins

    commands: dict[str, typer.Typer] = {}
    for plugin, command in find_plugins([COMMANDS], taken=_OURS):
        if plugin.problem is None:
            commands[plugin.name] = cast("typer.Typer", command)
            continue
        text = f"the command {plugin.name} of {plugin.package} {plugin.version} {plugin.problem}"
        if plugin.name == wanted:
            write_stderr(f"error: {text}")
            sys.exit(exit_codes.CANNOT_RUN)
        write_stderr(f"warning: {text}")
    return commands


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"starmodel {__version__}")
        raise typer.Exit


def _root(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    context.obj = _OURS

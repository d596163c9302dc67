"""The app of a project in this process, for commands that run its operations."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import redirect_stdout
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, TypeAlias, TypeVar

import typer

from starmodel.domain import Actor
from starmodel.errors import ConfigurationError
from starmodel.web import Operation, Request, WebApplication
from starmodel.web.operations.operation_table import BoundOperation, OperationTable
from starmodel_generator.cli import exit_codes
from starmodel_generator.cli.console import write_stderr
from starmodel_generator.cli.development.development_secret import provide_secret
from starmodel_generator.cli.development.run import import_from
from starmodel_generator.diagnostics.diagnostic import render
from starmodel_generator.emission.context import Context
from starmodel_generator.emission.entity.operation_rows import app_rows
from starmodel_generator.output.manifest import FILE_NAME, read_manifest
from starmodel_generator.pipeline import emission_settings
from starmodel_generator.project.config import (
    GeneratorConfig,
    missing_configuration,
    read_config,
)
from starmodel_generator.project.discovery import find_project
from starmodel_generator.up_to_date import hash_of_file
from starmodel_schemas import AppSchema

T = TypeVar("T")

SESSION = "command-line"
"""The session that operations belong to where nobody names another."""


class LocalApp:
    """The app as its generated code stands, and all of its operations.

    Attributes:
        config: The project's settings.
        table: The operations.
    """

    def __init__(self) -> None:
        """Import the app; a process that cannot says why, and ends with code 2."""
        self.config = _read_config()
        schema = _read_schema(self.config)
        _warn_of_changes(self.config)
        self._has_development_secret = provide_secret(self.config.root)
        import_from(self.config)
        self._application = _load(self.config)
        rows = app_rows(Context(schema, emission_settings(self.config)))
        operations = [
            Operation(row.name, row.route, row.about, access=row.access, effect=row.effect)
            for row in rows
        ]
        try:
            self.table = OperationTable(operations, self._application.resources)
        except ConfigurationError as error:
            raise cannot_run(str(error)) from None

    def is_persistent(self, operation: BoundOperation) -> bool:
        """Return whether what an operation changes is there when this process has ended."""
        backend_for = self._application.services.persistence.backend_for
        return backend_for(operation.resource.definition).is_shared

    def warn_of_secret(self, operations: Iterable[BoundOperation]) -> None:
        """Say so where others may not hear of what operations change, as their secret is another."""
        if self._has_development_secret and any(
            each.operation.effect != "none" and self.is_persistent(each) for each in operations
        ):
            write_stderr(
                "warning: STARMODEL_SECRET_KEY is not set, so the project's development secret is"
                " used: processes with another one do not hear of what is changed"
            )

    def run(self, work: Callable[[Request], Awaitable[T]], actor: Actor, session: str) -> T:
        """Run something with the app open, for an actor and in a session."""

        async def within() -> T:
            async with self._application.lifespan():
                return await work(self._application.local_request(actor, session))

        try:
            # What the app prints is no data of the command's.
            with redirect_stdout(sys.stderr):
                return asyncio.run(within())
        except ConfigurationError as error:
            raise cannot_run(str(error)) from None


User: TypeAlias = Annotated[
    str | None,
    typer.Option("--as", metavar="USER", help="The id of whoever acts; by default nobody."),
]
Roles: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--role", metavar="ROLE", help="A role of whoever acts; may come several times."),
]
Session: TypeAlias = Annotated[
    str, typer.Option("--session", metavar="ID", help="The session that it belongs to.")
]


def actor_of(user: str | None, roles: Sequence[str] | None) -> Actor:
    """Return who acts, as the command line says."""
    return Actor(user, frozenset(roles or ()))


def cannot_run(problem: str, help: str = "") -> typer.Exit:
    """Say why a command cannot run; what to raise then."""
    write_stderr(f"error: {problem}")
    if help:
        write_stderr(f"help: {help}")
    return typer.Exit(exit_codes.CANNOT_RUN)


def _read_config() -> GeneratorConfig:
    project = find_project(str(Path.cwd()))
    if project is None:
        write_stderr(render((missing_configuration(str(Path.cwd())),), {}, "full").rstrip("\n"))
        raise typer.Exit(exit_codes.CANNOT_RUN)
    result = read_config(project)
    if result.config is None:
        write_stderr(render(result.diagnostics, result.texts, "full").rstrip("\n"))
        raise typer.Exit(exit_codes.CANNOT_RUN)
    return result.config


def _read_schema(config: GeneratorConfig) -> AppSchema:
    """Read what the generated code was made of: names that it has are in it."""
    path = config.root / config.output / "schema.json"
    try:
        return AppSchema.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise cannot_run(
            f"there is no {config.output}/schema.json", "run `starmodel generate` first"
        ) from None
    except ValueError:
        raise cannot_run(
            f"{config.output}/schema.json cannot be read", "run `starmodel generate --force`"
        ) from None


def _warn_of_changes(config: GeneratorConfig) -> None:
    """Say so where the generated code is not that of today's sources."""
    try:
        text = (config.root / config.output / FILE_NAME).read_text(encoding="utf-8")
        manifest = read_manifest(text)
        sources = {} if manifest is None else manifest.sources
        changed = [
            path
            for path in sources
            if sources[path] and hash_of_file(f"{config.root}/{path}") != sources[path]
        ]
    except OSError:
        return
    if changed:
        write_stderr(
            f"warning: {changed[0]} has changed since its code was generated;"
            " run `starmodel generate`"
        )


def _load(config: GeneratorConfig) -> WebApplication:
    """Import what `starmodel run` serves, and find our app in it."""
    module, _, name = config.served.partition(":")
    try:
        with redirect_stdout(sys.stderr):
            served: Any = getattr(import_module(module), name)
            if config.app is None:
                served = served()
    except Exception as error:
        told = str(error).strip() or type(error).__name__
        raise cannot_run(f"{config.served} cannot be imported: {told}") from error
    if isinstance(served, WebApplication):
        return served
    # An app of a framework has ours in front of it.
    for middleware in getattr(served, "user_middleware", ()):
        found = middleware.kwargs.get("application")
        if isinstance(found, WebApplication):
            return found
    raise cannot_run(
        f"{config.served} is no app that `create_app` or `configure_app` has made",
        "name the app in `app = ...` of [tool.starmodel]",
    )


def stdin_text() -> str:
    """Read all of stdin."""
    return sys.stdin.read()

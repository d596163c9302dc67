"""Run migrations with Alembic: on a database, or into SQL for a review."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from alembic.config import Config

Dialect: TypeAlias = Literal["sqlite", "postgresql"]
Told: TypeAlias = Callable[[str, bool], None]
"""Told when a revision was applied (true) or taken back."""

BASE = "base"
HEAD = "head"


class MigrationFailure(Exception):
    """A migration could not be run; nothing was changed. `cause` is what the database said."""

    def __init__(self, message: str, cause: Exception) -> None:
        super().__init__(message)
        self.cause = cause


class MissingLibraries(Exception):
    """Alembic, SQLAlchemy or the driver is not installed; the message names the module."""


class Migrator:
    """The migrations in a folder, for one database.

    Every method may raise `MigrationFailure` or `MissingLibraries`.
    """

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url

    def current(self) -> str | None:
        """The revision that the database is at; `None` where it has none."""
        found: list[str] = []

        def note(revisions: Any, _: object) -> list[Any]:
            found.extend(str(revision) for revision in revisions)
            return []

        self._run(lambda config: _inspect(config, note))
        return found[0] if found else None

    def up(self, revision: str = HEAD, told: Told | None = None) -> None:
        """Apply what is pending, up to a revision; one transaction for all."""
        self._run(lambda config: _command().upgrade(config, revision), told)

    def down(self, revision: str, told: Told | None = None) -> None:
        """Take back what came after a revision; `base` takes back everything."""
        self._run(lambda config: _command().downgrade(config, revision), told)

    def sql(self, start: str, end: str, dialect: Dialect, *, back: bool = False) -> str:
        """The SQL between two revisions, without a database."""
        output = io.StringIO()

        def write(config: "Config") -> None:
            config.output_buffer = output
            config.attributes["dialect"] = dialect
            run = _command().downgrade if back else _command().upgrade
            run(config, f"{start}:{end}", sql=True)

        self._run(write)
        return output.getvalue()

    def _run(self, action: Callable[["Config"], None], told: Told | None = None) -> None:
        try:
            config = self._config(told)
            action(config)
        except ImportError as error:
            raise MissingLibraries(error.name or str(error)) from error
        except Exception as error:
            raise MigrationFailure(_words(error), error) from error

    def _config(self, told: Told | None) -> "Config":
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(self.folder).replace("%", "%%"))
        config.attributes["database_url"] = self.url

        def on_version_apply(*, step: Any, **_: object) -> None:
            if told is not None:
                # Of a step back, what it leaves counts: the revision that is no more.
                told(str(step.up_revision_id), bool(step.is_upgrade))

        config.attributes["on_version_apply"] = on_version_apply
        return config


def _command() -> Any:
    from alembic import command

    return command


def _inspect(config: "Config", note: Callable[[Any, object], list[Any]]) -> None:
    """Look at the database without running anything."""
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    script = ScriptDirectory.from_config(config)
    with EnvironmentContext(config, script, fn=note, dont_mutate=True):
        script.run_env()


def _words(error: BaseException) -> str:
    """The first line of what went wrong, without the statement that SQLAlchemy adds."""
    origin = getattr(error, "orig", None)
    text = str(origin if origin is not None else error).strip() or type(error).__name__
    line = text.splitlines()[0]
    # asyncpg's errors come through SQLAlchemy with the name of their class in front.
    return line.partition(">: ")[2] or line if line.startswith("<class") else line

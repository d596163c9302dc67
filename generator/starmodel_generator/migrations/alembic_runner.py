"""Run migrations with Alembic: on a database, or into SQL for a review."""

import io
import re
import traceback
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from alembic.config import Config

Dialect: TypeAlias = Literal["sqlite", "postgresql"]
Told: TypeAlias = Callable[[str, bool], None]
"""Told when a revision was applied (true) or taken back."""

BASE = "base"
HEAD = "head"

_TEMPORARY = re.compile(r"\b_alembic_tmp_")
"""What stands before the name of a table that SQLite writes anew."""


class MigrationFailure(Exception):
    """A migration could not be run; nothing was changed. `cause` is what the database said, and
    `file` the name of the revision's file, where it is known which one failed."""

    def __init__(self, message: str, cause: Exception, file: str | None = None) -> None:
        super().__init__(message)
        self.cause = cause
        self.file = file


class MissingLibraries(Exception):
    """Alembic, SQLAlchemy or the driver is not installed; the message names the module."""


class AlembicRunner:
    """The migrations in a folder, for one database.

    Every method may raise `MigrationFailure` or `MissingLibraries`.
    """

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url

    def current(self) -> str | None:
        """Return the revision that the database is at; `None` where it has none."""
        found: list[str] = []

        def note(revisions: Any, _: object) -> list[Any]:
            found.extend(str(revision) for revision in revisions)
            return []

        self._run(lambda config: _inspect(config, note))
        return found[0] if found else None

    def non_empty(self, tables: Collection[str]) -> set[str]:
        """Those of the tables that have rows; one that is not there counts as if it had."""
        found: set[str] = set()

        def note(_: object, context: Any) -> list[Any]:
            import sqlalchemy as sa

            there = set(sa.inspect(context.connection).get_table_names())
            for name in tables:
                query = sa.select(sa.literal(1)).select_from(sa.table(name)).limit(1)
                if name not in there or context.connection.execute(query).first():
                    found.add(name)
            return []

        self._run(lambda config: _inspect(config, note))
        return found

    def upgrade(self, revision: str = HEAD, on_applied: Told | None = None) -> None:
        """Apply what is pending, up to a revision; one transaction for all."""
        self._run(lambda config: _command().upgrade(config, revision), on_applied)

    def downgrade(self, revision: str, on_applied: Told | None = None) -> None:
        """Take back what came after a revision; `base` takes back everything."""
        self._run(lambda config: _command().downgrade(config, revision), on_applied)

    def sql(self, start: str, end: str, dialect: Dialect, *, back: bool = False) -> str:
        """Return the SQL between two revisions, without a database."""
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
            raise MigrationFailure(_words(error), error, self._file(error)) from error

    def _file(self, error: Exception) -> str | None:
        """Return the revision in which an error happened."""
        broken = getattr(error, "revision", None)
        if broken is not None:
            return f"{broken}.py"
        versions = (self.folder / "versions").resolve()
        for frame, _ in traceback.walk_tb(error.__traceback__):
            path = Path(frame.f_code.co_filename)
            if path.parent.resolve() == versions:
                return path.name
        return None

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
    """Return the first line of what went wrong, without the statement that SQLAlchemy adds."""
    origin = getattr(error, "orig", None)
    text = str(origin if origin is not None else error).strip() or type(error).__name__
    line = _TEMPORARY.sub("", text.splitlines()[0])
    # asyncpg's errors come through SQLAlchemy with the name of their class in front.
    return line.partition(">: ")[2] or line if line.startswith("<class") else line

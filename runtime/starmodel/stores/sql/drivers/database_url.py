"""From the URL of a database to its driver."""

from pathlib import Path
from typing import get_args
from urllib.parse import parse_qsl, unquote

from starmodel.errors import ConfigurationError
from starmodel.stores.sql.drivers.driver import Driver
from starmodel.stores.sql.drivers.sqlite import SQLiteDriver, Synchronous

_POSTGRESQL = ("postgres", "postgresql", "postgresql+asyncpg")
_SYNCHRONOUS: dict[str, Synchronous] = {name: name for name in get_args(Synchronous)}
_SQLITE = ("sqlite", "sqlite+aiosqlite", "sqlite+pysqlite")


def driver_for(url: str, root: str | Path | None = None) -> Driver:
    """Return the driver of a database.

    `sqlite:///app.db` is a file below `root`, else the current folder, `sqlite:////var/app.db`
    one by its whole path, and `sqlite://` a database of its own, which is gone when it is closed.
    `?synchronous=NORMAL` gives up the last commits in a loss of power for speed.

    Raises:
        ConfigurationError: There is no driver for such a URL, or its library is not installed.
    """
    scheme, separator, rest = url.partition("://")
    if separator and scheme in _SQLITE:
        return _sqlite(rest, Path(root or ""))
    if separator and scheme in _POSTGRESQL:
        try:
            from starmodel.stores.sql.drivers.postgres import PostgresDriver
        except ModuleNotFoundError as error:
            if error.name != "asyncpg":
                raise
            raise ConfigurationError(
                "The database is PostgreSQL, and asyncpg is not installed."
                ' Run `pip install "starmodel-runtime[sql]"`.'
            ) from error
        return PostgresDriver(url)
    # It may hold a password, so it is not shown.
    shown = f"{scheme}://" if separator else "no scheme"
    raise ConfigurationError(
        f"The URL of the database has {shown}. STARMODEL_DATABASE_URL begins with sqlite:/// or"
        " postgresql://."
    )


def _sqlite(rest: str, root: Path) -> Driver:
    path, _, query = rest.partition("?")
    options = dict(parse_qsl(query))
    synchronous = options.pop("synchronous", "FULL").upper()
    if options or synchronous not in _SYNCHRONOUS:
        raise ConfigurationError(
            "The URL of a SQLite file takes ?synchronous= and nothing else: FULL, NORMAL, EXTRA"
            " or OFF."
        )
    if path and not path.startswith("/"):
        raise ConfigurationError(
            f"The URL of a SQLite file has three slashes, sqlite:///{path}, or four before a path"
            " that begins at the root."
        )
    name = unquote(path[1:])
    file = "" if name in ("", ":memory:") else str(root / name)
    return SQLiteDriver(file, synchronous=_SYNCHRONOUS[synchronous])

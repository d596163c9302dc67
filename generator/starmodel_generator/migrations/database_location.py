"""The URL of a database: where it leads from a project, and how it may be shown."""

import re
from pathlib import Path

from starmodel_generator.migrations.alembic_runner import Dialect

DEFAULT_URL = "sqlite:///app.db"
VARIABLE = "STARMODEL_DATABASE_URL"

_PASSWORD = re.compile(r"(://[^:/@]*):[^@/]*@")
_DIALECTS: dict[str, Dialect] = {
    "sqlite": "sqlite",
    "postgres": "postgresql",
    "postgresql": "postgresql",
}


def dialect_of(url: str) -> Dialect | None:
    """Return the kind of database; `None` where it is none of ours."""
    return _DIALECTS.get(url.partition("://")[0].partition("+")[0]) if "://" in url else None


def absolute(url: str, root: Path) -> str:
    """Return the same URL from everywhere: a relative path of a SQLite file is one from the root."""
    if dialect_of(url) != "sqlite":
        return url
    path = url.partition("://")[2].removeprefix("/")
    return f"sqlite:///{root / path}"


def without_password(url: str) -> str:
    """Return the URL as it may be shown."""
    return _PASSWORD.sub(r"\1:***@", url)


def problem(url: str) -> str | None:
    """Return what is wrong with a URL."""
    if dialect_of(url) is None:
        return (
            f"{without_password(url)} is no database URL; write sqlite:///app.db or"
            " postgresql://user:password@host/name"
        )
    if dialect_of(url) == "sqlite" and url.partition("://")[2].strip("/") in ("", ":memory:"):
        return "a SQLite database in memory is gone when the command ends; name a file"
    return None

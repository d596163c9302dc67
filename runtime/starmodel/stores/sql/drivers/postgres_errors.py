"""What PostgreSQL's errors mean. https://www.postgresql.org/docs/current/errcodes-appendix.html"""

import re
from typing import Any

import asyncpg  # pyright: ignore[reportMissingTypeStubs]

from starmodel.stores.sql.drivers.driver import (
    ConnectionLost,
    Contention,
    DriverError,
    RowCountMismatch,
    Violation,
    ViolationKind,
)
from starmodel.stores.sql.drivers.postgres_cte import MISMATCH

_DRIVER: Any = asyncpg

DATABASE_ERRORS: tuple[type[Exception], ...] = (
    _DRIVER.PostgresError,
    _DRIVER.InterfaceError,
    # Of a connection whose server has said that it goes, before it is closed.
    _DRIVER.InternalClientError,
    OSError,
    EOFError,
    TimeoutError,
)
"""What may be raised where the server is asked."""

_KINDS: dict[str, ViolationKind] = {
    "23001": "foreign_key",
    "23502": "not_null",
    "23503": "foreign_key",
    "23505": "unique",
    "23514": "check",
    "23P01": "unique",
}
_CONTENTION = {
    "40001",  # a serialization failure
    "40P01",  # a deadlock
    "55P03",  # a lock that could not be had in time
}
_LOST = {
    "25006",  # the server only reads, since another took over
    "25P03",  # a transaction was idle for too long
    "57P01",  # the server is stopped
    "57P02",  # the server has crashed
    "57P03",  # the server is starting
    "57P05",  # the connection was idle for too long
}
_TOO_LONG = "57014"
_LOST_CLASSES = {"08"}
_UNABLE_CLASSES = {
    "53",  # memory, disk, connections
    "58",  # the server's own system
}
_REFUSED_SETTING = "08P01"  # by a pooler that does not know it
_REFUSED_CLASSES = {
    "28",  # who we are
    "3D",  # the database is not there
}
_COLUMNS = re.compile(r"\(([^()]*)\)=\(")
_MISMATCH = re.compile(rf"{MISMATCH} (\d+)")


class ConnectionBroken(ConnectionLost):
    """The connection broke, and another one may work."""


def is_refused(error: BaseException) -> bool:
    """Return whether the server is there, and the URL is wrong."""
    state = _state(error)
    return state == _REFUSED_SETTING or state[:2] in _REFUSED_CLASSES


def translate(
    error: BaseException, *, is_lost: bool, index: int = 0, targets: tuple[str, ...] = ()
) -> DriverError:
    """Return what to raise for one of `DATABASE_ERRORS`.

    Args:
        error: The error.
        is_lost: Whether the connection is closed.
        index: That of the statement.
        targets: The tables that are written to, where several statements were sent as one.
    """
    state = _state(error)
    kind = _KINDS.get(state)
    if kind is not None:
        return _violation(kind, error, index, targets)
    if found := _MISMATCH.search(str(error)):
        return RowCountMismatch(int(found[1]))
    if state in _CONTENTION or isinstance(
        error, (_DRIVER.InvalidCachedStatementError, _DRIVER.OutdatedSchemaCacheError)
    ):
        return Contention(f"PostgreSQL asks to try again ({state}).")
    is_lost = is_lost or isinstance(error, _DRIVER.InternalClientError)
    if is_lost or state in _LOST or state[:2] in _LOST_CLASSES:
        return ConnectionBroken(f"The connection to PostgreSQL broke: {error}")
    if isinstance(error, TimeoutError):
        return ConnectionLost("PostgreSQL did not answer in time.")
    if state == _TOO_LONG or state[:2] in _UNABLE_CLASSES or isinstance(error, OSError):
        return ConnectionLost(f"PostgreSQL cannot work ({state}): {error}")
    return DriverError(f"PostgreSQL refuses a statement ({state}): {error}")


def _state(error: BaseException) -> str:
    """Return the five characters that say what kind of error it is."""
    return getattr(error, "sqlstate", None) or ""


def _violation(kind: ViolationKind, error: Any, index: int, targets: tuple[str, ...]) -> Violation:
    table: str | None = error.table_name
    if table is not None and table in targets:
        index = targets.index(table)
    if error.column_name:
        columns: tuple[str, ...] = (error.column_name,)
    else:
        # "Key (author_id)=(...) is not present in table ...", whatever the language.
        found = _COLUMNS.search(error.detail or "")
        columns = tuple(name.strip().strip('"') for name in found[1].split(",")) if found else ()
    return Violation(kind, error.constraint_name, columns, table=table, index=index)

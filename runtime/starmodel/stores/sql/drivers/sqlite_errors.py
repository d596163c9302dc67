"""What SQLite's errors mean. https://www.sqlite.org/rescode.html"""

import sqlite3

from starmodel.stores.sql.drivers.driver import (
    ConnectionLost,
    Contention,
    DriverError,
    Violation,
    ViolationKind,
)
from starmodel.stores.sql.tables.codec import NotStorable

_KINDS: dict[str, ViolationKind] = {
    "SQLITE_CONSTRAINT_UNIQUE": "unique",
    "SQLITE_CONSTRAINT_PRIMARYKEY": "unique",
    "SQLITE_CONSTRAINT_ROWID": "unique",
    "SQLITE_CONSTRAINT_FOREIGNKEY": "foreign_key",
    "SQLITE_CONSTRAINT_CHECK": "check",
    "SQLITE_CONSTRAINT_NOTNULL": "not_null",
    # It carries `ON DELETE RESTRICT` out as a trigger; an author's own trigger checks something.
    "SQLITE_CONSTRAINT_TRIGGER": "check",
}
_BROKEN = (
    "SQLITE_CANTOPEN",
    "SQLITE_CORRUPT",
    "SQLITE_FULL",
    "SQLITE_IOERR",
    "SQLITE_NOMEM",
    "SQLITE_NOTADB",
    "SQLITE_PERM",
    "SQLITE_READONLY",
)


def name_of(error: BaseException) -> str:
    """Return SQLite's name of an error, an empty text where it is none of SQLite's."""
    return getattr(error, "sqlite_errorname", "")


def is_busy(error: BaseException) -> bool:
    """Return whether somebody else holds the database."""
    return name_of(error).startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def is_refused(error: BaseException) -> bool:
    """Return whether it is the statement's own fault, and the transaction can go on without it."""
    return name_of(error) in _KINDS or isinstance(error, OverflowError | UnicodeError)


def translate(error: BaseException, index: int = 0) -> Exception:
    """Return the error to raise for one that came up with the statement at `index`."""
    if isinstance(error, DriverError | NotStorable):
        return error
    name = name_of(error)
    kind = _KINDS.get(name)
    if kind is not None:
        return _violation(kind, str(error), index)
    if is_busy(error):
        return Contention("Somebody else is writing to the database.")
    if isinstance(error, OverflowError):
        return NotStorable("A whole number can have 64 bits at most.", "int_parsing_size")
    if isinstance(error, UnicodeError):
        return NotStorable("A text cannot hold half of a surrogate pair.", "string_unicode")
    if isinstance(error, sqlite3.Error) and name.startswith(_BROKEN):
        return ConnectionLost(f"The database failed: {error}")
    return DriverError(f"The database refused a statement: {error}")


def _violation(kind: ViolationKind, message: str, index: int) -> Violation:
    if message.startswith("FOREIGN KEY"):
        return Violation("foreign_key", index=index)
    _, _, about = message.partition(" constraint failed: ")
    if kind == "check":
        return Violation(kind, about or None, index=index)
    # Of an index on an expression it tells the name, else `table.column, table.column`.
    name = about.partition("index '")[2].removesuffix("'")
    if name:
        return Violation(kind, name, index=index)
    parts = [part.strip().partition(".") for part in about.split(",")]
    columns = tuple([column for _, _, column in parts if column])
    return Violation(kind, None, columns, table=parts[0][0] or None, index=index)

"""The columns of an entity's table: what may be in them, and how it is written down.

A value that a database would not give back equal is refused before it is sent; nothing is
rounded or cut. PostgreSQL has a type for each of them. SQLite has numbers, texts and bytes, so
that the rest is written as SQLAlchemy's own types write it, which can therefore read it.
"""

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal, TypeAlias
from uuid import UUID

from starmodel.stores.sql.driver import Dialect

Kind: TypeAlias = Literal[
    "bool",
    "integer",
    "float",
    "text",
    "bytes",
    "date",
    "time",
    "datetime",
    "naive_datetime",
    "interval",
    "uuid",
    "json",
    "numeric",
]
Codec: TypeAlias = Callable[[Any], Any]

_MICROSECOND = timedelta(microseconds=1)
_SMALLEST, _GREATEST = -(2**63), 2**63 - 1


class NotStorable(ValueError):
    """A column cannot hold a value; the message says why, and does not show it."""


class Column:
    """One column.

    Args:
        name: What it is called in the database.
        field: The field of the entity that its value belongs to.
        kind: What it holds.
        digits: Of a numeric one, how many digits there may be: at most 18.
        decimals: How many of them are behind the point.
    """

    __slots__ = (
        "_from_sqlite",
        "_to_sqlite",
        "check",
        "decimals",
        "digits",
        "field",
        "kind",
        "name",
    )

    def __init__(
        self, name: str, field: str, kind: Kind, *, digits: int = 18, decimals: int = 0
    ) -> None:
        self.name = name
        self.field = field
        self.kind: Kind = kind
        self.digits = digits
        self.decimals = decimals
        self.check: Codec = self._numeric if kind == "numeric" else _CHECKS.get(kind, _unchanged)
        if kind == "numeric":
            self._to_sqlite: Codec | None = self._scale
            self._from_sqlite: Codec | None = self._unscale
        else:
            self._to_sqlite, self._from_sqlite = _SQLITE.get(kind, (None, None))

    def __repr__(self) -> str:
        return f"<Column {self.name}: {self.kind}>"

    def writer(self, dialect: Dialect) -> Codec | None:
        """What a checked value becomes for a database; `None` where it stays what it is."""
        return self._to_sqlite if dialect == "sqlite" else None

    def reader(self, dialect: Dialect) -> Codec | None:
        """What a value of a database was; `None` where it is that."""
        if self.kind == "interval":
            return _read_interval
        return self._from_sqlite if dialect == "sqlite" else None

    def _numeric(self, value: Decimal) -> Decimal:
        if not value.is_finite():
            raise NotStorable("This is not a finite number.")
        # Beyond that, quantizing would need more digits than decimals have by default.
        is_possible = value.adjusted() <= 18
        exact = value.quantize(Decimal(1).scaleb(-self.decimals)) if is_possible else value
        if exact != value:
            raise NotStorable(f"There may be {self.decimals} digits behind the point.")
        if abs(exact) >= Decimal(1).scaleb(self.digits - self.decimals):
            raise NotStorable(f"There may be {self.digits} digits in all.")
        return exact

    def _scale(self, value: Decimal) -> int:
        return int(value.scaleb(self.decimals))

    def _unscale(self, value: int) -> Decimal:
        return Decimal(value).scaleb(-self.decimals)


def _unchanged(value: Any) -> Any:
    return value


def _text(value: str) -> str:
    if "\0" in value:
        raise NotStorable("A text in a database has no NUL characters.")
    if not value.isascii():
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise NotStorable("A text in a database has no half characters.") from None
    return value


def _integer(value: int) -> int:
    if not _SMALLEST <= value <= _GREATEST:
        raise NotStorable("A number in a database has at most 64 bits.")
    return value


def _float(value: float) -> float:
    if not math.isfinite(value):
        raise NotStorable("This is not a finite number.")
    return value


def _moment(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise NotStorable("This moment has no time zone.")
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise NotStorable("This moment has no year between 1 and 9999 in UTC.") from None


def _naive(value: datetime | time) -> datetime | time:
    if value.tzinfo is not None:
        raise NotStorable("This time must not have a time zone.")
    return value


def _microseconds(value: timedelta) -> int:
    count = value // _MICROSECOND
    if not _SMALLEST <= count <= _GREATEST:
        raise NotStorable("A span of time in a database is at most 292,000 years.")
    return count


def _read_interval(microseconds: int) -> timedelta:
    return timedelta(microseconds=microseconds)


def _write_moment(value: datetime) -> str:
    return value.replace(tzinfo=None).isoformat(" ", "microseconds")


def _read_moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _write_naive(value: datetime) -> str:
    return value.isoformat(" ", "microseconds")


def _write_time(value: time) -> str:
    return value.isoformat("microseconds")


def _write_uuid(value: UUID) -> str:
    return value.hex


_CHECKS: dict[Kind, Codec] = {
    "text": _text,
    "json": _text,
    "integer": _integer,
    "float": _float,
    "datetime": _moment,
    "naive_datetime": _naive,
    "time": _naive,
    "interval": _microseconds,
}
"""What is sent to any database."""

_SQLITE: dict[Kind, tuple[Codec | None, Codec | None]] = {
    "bool": (int, bool),
    "date": (date.isoformat, date.fromisoformat),
    "time": (_write_time, time.fromisoformat),
    "datetime": (_write_moment, _read_moment),
    "naive_datetime": (_write_naive, datetime.fromisoformat),
    "uuid": (_write_uuid, UUID),
}
"""How SQLite has it, and back; `None` where it is the same."""

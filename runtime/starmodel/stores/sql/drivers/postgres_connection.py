"""Connections to PostgreSQL, and what goes over them.

Values are exact both ways. asyncpg's own mapping is kept but for these: a `UUID` is Python's own;
the first and the last day there is are days, not PostgreSQL's infinity; and an infinite date, or
one beyond the years 1 to 9999, is refused when it is read.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple, Protocol
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from uuid import UUID

import asyncpg  # pyright: ignore[reportMissingTypeStubs]

from starmodel.errors import ConfigurationError

_SCHEMES = ("postgres", "postgresql", "postgresql+asyncpg")
_CONNECT_SECONDS = 10.0
_STATEMENT_SECONDS = 30
_LOCK_SECONDS = 10
_IDLE_TRANSACTION_SECONDS = 60
_CACHED_STATEMENTS = 500
_CACHED_STATEMENT_BYTES = 64 * 1024

_DRIVER: Any = asyncpg
_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(2000, 1, 1)
_EPOCH_UTC = datetime(2000, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = date(2000, 1, 1).toordinal()


class Connection(Protocol):
    """What is used of asyncpg's connection."""

    async def fetch(self, query: str, *args: object) -> list[Sequence[Any]]:
        """Run a statement, which is prepared once, and return its rows."""
        ...

    async def execute(self, query: str) -> str:
        """Run a statement that has no parameters."""
        ...

    async def executemany(self, command: str, args: Sequence[Sequence[object]]) -> None:
        """Run a statement for each of several lists of parameters, in one journey."""
        ...

    async def close(self, *, timeout: float | None = None) -> None:
        """Take leave of the server."""
        ...

    def terminate(self) -> None:
        """Close it at once."""
        ...

    def get_server_pid(self) -> int:
        """Return the number of the server's process, as the server has said at the beginning."""
        ...

    def is_closed(self) -> bool:
        """Return whether it is closed, at either end."""
        ...

    def is_in_transaction(self) -> bool:
        """Return whether a transaction was begun and not ended."""
        ...


class Address(NamedTuple):
    """What a URL says: where the server is, and how many connections to have."""

    url: str
    pool_size: int | None
    pool_timeout: float | None
    settings: dict[str, str]


def read_url(url: str) -> Address:
    """Read `postgresql://user:password@host:port/database?...`.

    `pool_size` and `pool_timeout` are ours; `sslmode`, `sslrootcert` and their like are libpq's;
    anything else is a setting of the server: `?statement_timeout=5000`. The schemes `postgres`
    and `postgresql+asyncpg` are understood, and `ssl` for `sslmode`, as SQLAlchemy has them.

    Raises:
        ConfigurationError: It is no such URL.
    """
    parts = urlsplit(url)
    if parts.scheme not in _SCHEMES:
        raise ConfigurationError(
            f"The database's URL begins with {parts.scheme}:, which is not PostgreSQL's."
            " It should read postgresql://user:password@host/database."
        )
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    try:
        size = int(query.pop("pool_size")) if "pool_size" in query else None
        patience = float(query.pop("pool_timeout")) if "pool_timeout" in query else None
        if (size is not None and size < 1) or (patience is not None and not 0 < patience < 86400):
            raise ValueError
    except ValueError:
        raise ConfigurationError(
            "pool_size and pool_timeout in the database's URL are numbers greater than 0."
        ) from None
    if "ssl" in query:
        query["sslmode"] = query.pop("ssl")
    settings = {
        "application_name": "starmodel",
        "idle_in_transaction_session_timeout": str(_IDLE_TRANSACTION_SECONDS * 1000),
        # To compile a statement takes longer than any of ours.
        "jit": "off",
        "lock_timeout": str(_LOCK_SECONDS * 1000),
        "statement_timeout": str(_STATEMENT_SECONDS * 1000),
        # What an author's own query makes of a moment is the same everywhere.
        "timezone": "UTC",
    }
    own = {name: value for name, value in settings.items() if name not in query}
    address = urlunsplit(("postgresql", *parts[1:3], urlencode(query), ""))
    return Address(address, size, patience, own)


async def connect(address: Address, *, is_pooled: bool) -> Connection:
    """Make a connection; whatever keeps it from being made is raised as it is.

    Through a pooler, settings are made once it is there: poolers refuse or drop what they are told at
    the beginning.
    """
    connection: Any = await open_connection(address, None if is_pooled else address.settings)
    try:
        if is_pooled:
            calls = ", ".join(
                f"set_config(${2 * place + 1}, ${2 * place + 2}, false)"
                for place in range(len(address.settings))
            )
            settings = [text for setting in address.settings.items() for text in setting]
            await connection.fetch(f"SELECT {calls}", *settings)
        for name, encode, decode, format in _CODECS:
            await connection.set_type_codec(
                name, schema="pg_catalog", encoder=encode, decoder=decode, format=format
            )
    except BaseException:
        connection.terminate()
        raise
    return connection


async def open_connection(
    address: Address, settings: Mapping[str, str] | None = None
) -> Connection:
    """Make a connection with asyncpg's own mapping of values."""
    return await _DRIVER.connect(
        address.url,
        timeout=_CONNECT_SECONDS,
        # A little later than the server gives up by itself: it is for one that is gone.
        command_timeout=_STATEMENT_SECONDS + 5.0,
        statement_cache_size=_CACHED_STATEMENTS,
        max_cached_statement_lifetime=0,
        max_cacheable_statement_size=_CACHED_STATEMENT_BYTES,
        server_settings=settings,
    )


def _write_date(value: date) -> tuple[int]:
    return (value.toordinal() - _EPOCH_ORDINAL,)


def _read_date(value: tuple[int]) -> date:
    try:
        return date.fromordinal(value[0] + _EPOCH_ORDINAL)
    except (ValueError, OverflowError):
        raise ValueError("A date in the database is not between the years 1 and 9999.") from None


def _write_moment(value: datetime) -> tuple[int]:
    if value.tzinfo is None:
        raise TypeError("a moment needs a time zone")
    return ((value - _EPOCH_UTC) // _MICROSECOND,)


def _read_moment(value: tuple[int]) -> datetime:
    try:
        return _EPOCH_UTC + timedelta(microseconds=value[0])
    except OverflowError:
        raise ValueError("A time in the database is not between the years 1 and 9999.") from None


def _write_naive(value: datetime) -> tuple[int]:
    return ((value - _EPOCH) // _MICROSECOND,)


def _read_naive(value: tuple[int]) -> datetime:
    try:
        return _EPOCH + timedelta(microseconds=value[0])
    except OverflowError:
        raise ValueError("A time in the database is not between the years 1 and 9999.") from None


def _write_uuid(value: UUID) -> bytes:
    return value.bytes


def _read_uuid(value: bytes) -> UUID:
    return UUID(bytes=value)


_CODECS = (
    ("date", _write_date, _read_date, "tuple"),
    ("timestamptz", _write_moment, _read_moment, "tuple"),
    ("timestamp", _write_naive, _read_naive, "tuple"),
    ("uuid", _write_uuid, _read_uuid, "binary"),
)

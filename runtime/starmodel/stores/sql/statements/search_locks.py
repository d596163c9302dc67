"""Keeping two commits apart of which each might be what the other has not found.

That nothing else fits a search is not in any row that could be locked, so on PostgreSQL those who
commit what they decide by a search agree on a lock for each table: one that they share where they
have only searched it, and one of their own where they write to it. Whoever has searched nothing
needs none: what he writes counts as written after what was decided without it. On SQLite whoever
writes is alone.
"""

from collections.abc import Collection, Iterator
from zlib import crc32

from starmodel.stores.sql.drivers.driver import Dialect, Statement

_SPACE = 0x5354_4152
"""The first half of the number of each lock, which other programs are not likely to take; the next
one is that of turns."""

_EXCLUSIVE = Statement("SELECT pg_advisory_xact_lock(?, ?)", operation="select")
_SHARED = Statement("SELECT pg_advisory_xact_lock_shared(?, ?)", operation="select")


def search_locks(
    searched: Collection[str], written: Collection[str], dialect: Dialect
) -> Iterator[Statement]:
    """Return the statements that lock tables until the end of the transaction, in one order."""
    if dialect == "sqlite":
        return
    for table in sorted({*searched, *written}):
        lock = _EXCLUSIVE if table in written else _SHARED
        yield lock.bind(_SPACE, _number(table))


def search_turn(table: str) -> Statement:
    """Return the statement that waits until nobody else is about to lock what he finds in a table."""
    return _EXCLUSIVE.bind(_SPACE + 1, _number(table))


def _number(table: str) -> int:
    return crc32(table.encode()) - 2**31

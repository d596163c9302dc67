"""What JSON has of rows, without the entities in between.

Where the public state of an entity is nothing but its columns, a list need not make entities of
its rows first. Each value is written as the generated state writes it.
"""

import json
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from starmodel.stores.sql.drivers.driver import Dialect, Row
from starmodel.stores.sql.statements.selection import codec_of
from starmodel.stores.sql.tables.table import EntityTable

Convert = Callable[[Any], Any]


def _iso(value: Any) -> str:
    return value.isoformat()


def _fixed(value: Any) -> str:
    # It comes with the places of its column, and `str` would write `0E-8`.
    return f"{value:f}"


def _seconds(value: Any) -> float:
    return value.total_seconds()


_WRITTEN: dict[str, Convert] = {
    "numeric": _fixed,
    "uuid": str,
    "date": _iso,
    "time": _iso,
    "datetime": _iso,
    "naive_datetime": _iso,
    "interval": _seconds,
}
"""How JSON has a value that it does not have as it is, by the kind of its column."""


class Picture:
    """Writes what JSON has of some fields of a table's rows.

    Args:
        table: The table.
        dialect: The kind of database.
        fields: The fields, each in one column or a reference; none of them is kept as JSON.
    """

    def __init__(self, table: EntityTable[Any], dialect: Dialect, fields: Sequence[str]) -> None:
        references = {reference.field for reference in table.references}
        writers: dict[str, tuple[int, Convert | None]] = {}
        for place, column in enumerate(table.columns):
            write = str if column.field in references else _WRITTEN.get(column.kind)
            writers[column.field] = place, _writer(codec_of(column, dialect).decode, write)
        first = len(table.columns) + (2 if table.has_expiry else 1)
        for place, link in enumerate(table.links, first):
            writers[link.field] = place, _lister(codec_of(link.target, dialect).decode)
        places = [writers[field][0] for field in fields]
        self._fields = fields
        # Of a single place or none it would give no tuple; what comes last is left out again.
        self._pick: Callable[[Row], tuple[Any, ...]] = itemgetter(*places, 0, 0)
        self._written = [
            (field, place, write)
            for field in fields
            for place, write in [writers[field]]
            if write is not None
        ]

    def of(self, row: Row) -> dict[str, object]:
        """Give what JSON has of a row."""
        # Most fields are as they are in the row, so they are all taken at once.
        state = dict(zip(self._fields, self._pick(row), strict=False))
        for field, place, write in self._written:
            state[field] = write(row[place])
        return state


def _writer(decode: Convert | None, write: Convert | None) -> Convert | None:
    if decode is None or write is None:
        only = decode or write
        return None if only is None else lambda value: None if value is None else only(value)
    return lambda value: None if value is None else write(decode(value))


def _lister(decode: Convert | None) -> Convert:
    """Give what lists the ids that a row is linked with, in their order."""

    def write(pairs: str | None) -> list[str]:
        ids = [id for _, id in sorted(json.loads(pairs or "[]"))]
        return [str(id if decode is None else decode(id)) for id in ids]

    return write

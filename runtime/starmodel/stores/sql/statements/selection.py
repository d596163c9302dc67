"""Reading the table of one entity: its queries for one kind of database, and what rows mean."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from starmodel.application.store import Key, Stored
from starmodel.stores.sql.drivers.driver import Dialect, Row
from starmodel.stores.sql.tables.codec import Codec
from starmodel.stores.sql.tables.column import Column, instant, quote
from starmodel.stores.sql.tables.table import EntityTable

_BATCHES = (1, 4, 16, 64, 256)
_EXPIRES = instant("row_expires_at")


class TableQueries:
    """How the table of one entity is read.

    Attributes:
        table: What generated code says of it.
        dialect: The kind of database.
        entity: The name of the entity.
        key: The column that rows are found by.
        select: Gives the row of a key, as `read` takes it.
        version: Gives the version of a key, and when it expires.
        source: `select` without its condition.
        references: The fields that refer to other records, each with the entity it leads to.
    """

    def __init__(self, table: EntityTable[Any], dialect: Dialect) -> None:
        self.table = table
        self.dialect: Dialect = dialect
        self.entity = table.entity
        self.key = table.key
        self.references: Mapping[str, str] = {
            **{reference.field: reference.entity for reference in table.references},
            **{link.field: link.entity for link in table.links},
        }
        self.select = _with_links(table, dialect)
        expiry = ", row_expires_at" if table.has_expiry else ""
        self.version = (
            f"SELECT row_version{expiry} FROM {table.quoted} WHERE {table.key.quoted} = ?"
        )
        self.source = self.select.rpartition(" WHERE ")[0]
        self._width = len(table.columns)
        self._decoders = [
            (place, decode)
            for place, column in enumerate(table.columns)
            if (decode := codec_of(column, dialect).decode) is not None
        ]
        self._link_decoders = [codec_of(link.target, dialect).decode for link in table.links]
        self._encode_key = codec_of(table.key, dialect).encode
        self._expiry = codec_of(_EXPIRES, dialect)

    def find_key(self, text: str) -> object | None:
        """Give the value of the key column for an id; `None` where there can be no such row."""
        value = self.key.parse(text)
        return value if value is None or self._encode_key is None else self._encode_key(value)

    def read(self, row: Row, now: float) -> Stored | None:
        """Give what a row holds; `None` if its time is up."""
        width = self._width
        place = width + 1
        if self.table.has_expiry:
            place += 1
            if self.is_expired(row[width + 1], now):
                return None
        values: list[Any] = list(row[:width])
        for index, decode in self._decoders:
            if values[index] is not None:
                values[index] = decode(values[index])
        for decode in self._link_decoders:
            pairs: list[tuple[int, Any]] = sorted(json.loads(row[place] or "[]"))
            values.append([id if decode is None else decode(id) for _, id in pairs])
            place += 1
        return Stored(self.table.from_row(values), row[width])

    def read_record(self, row: Row, now: float) -> tuple[Key, Stored] | None:
        """Give the key of a record and what its row holds; `None` if its time is up."""
        stored = self.read(row, now)
        if stored is None:
            return None
        return self.table.definition.key(str(stored.values["id"])), stored

    def is_expired(self, expires_at: Any, now: float) -> bool:
        """Tell whether the time of a row is up."""
        if expires_at is None:
            return False
        read = self._expiry.decode
        moment = expires_at if read is None else read(expires_at)
        return moment <= datetime.fromtimestamp(now, UTC)

    def select_keys(self, count: int) -> tuple[str, int]:
        """Give the query for the rows of several keys, and how many keys it takes.

        It may take more than there are, so that there are few different queries: give one of
        them several times.
        """
        size = next((size for size in _BATCHES if size >= count), _BATCHES[-1])
        holes = ", ".join(["?"] * size)
        return f"{self.source} WHERE {self.table.quoted}.{self.key.quoted} IN ({holes})", size

    def select_by(self, field: str) -> str | None:
        """Give the query for the rows that refer to a record through a field, sorted by id."""
        condition = self.refers(field)
        if condition is None:
            return None
        order = f" ORDER BY {self.table.quoted}.{self.key.quoted}"
        return f"{self.source} WHERE {condition}{order}"

    def refers(self, field: str) -> str | None:
        """Give the condition that a row refers to a record through a field."""
        table = self.table
        for reference in table.references:
            if reference.field == field:
                return f"{table.quoted}.{quote(reference.column)} = ?"
        for link in table.links:
            if link.field == field:
                linked = f"SELECT {quote(link.owner)} FROM {link.quoted}"
                return (
                    f"{table.quoted}.{self.key.quoted} IN"
                    f" ({linked} WHERE {link.target.quoted} = ?)"
                )
        return None

    def moment(self, seconds: float) -> object:
        """Give a time, in seconds since 1970, as the database has it."""
        moment = datetime.fromtimestamp(seconds, UTC)
        return moment if self._expiry.encode is None else self._expiry.encode(moment)


def codec_of(column: Column, dialect: Dialect) -> Codec:
    """Give how the values of a column are written and read."""
    return column.sqlite if dialect == "sqlite" else column.postgresql


def _with_links(table: EntityTable[Any], dialect: Dialect) -> str:
    """Add to the query of a row the ids of what it is linked with, each with its position."""
    pairs = "json_group_array(json_array({}))"
    if dialect == "postgresql":
        pairs = "CAST(json_agg(json_build_array({})) AS TEXT)"
    head, _, tail = table.select.partition(" FROM ")
    for link in table.links:
        found = pairs.format(f"position, {link.target.quoted}")
        owner = f"{quote(link.owner)} = {table.quoted}.{table.key.quoted}"
        head += f", (SELECT {found} FROM {link.quoted} WHERE {owner})"
    return f"{head} FROM {tail}"

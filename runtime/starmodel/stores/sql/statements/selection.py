"""Reading the table of one entity: its queries for one kind of database, and what rows mean."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from starmodel.application.copying import hydrate
from starmodel.application.store import Key, Stored
from starmodel.stores.sql.drivers.driver import Dialect, Row, Statement
from starmodel.stores.sql.row_code import RowCode
from starmodel.stores.sql.tables.codec import Codec, Convert
from starmodel.stores.sql.tables.column import Column, quote
from starmodel.stores.sql.tables.table import EXPIRES_AT, VERSION, EntityTable, LinkTable

_BATCHES = (1, 4, 16, 64, 256)


class TableQueries:
    """How the table of one entity is read.

    Attributes:
        table: What generated code says of it.
        dialect: The kind of database.
        entity: The name of the entity.
        key: The column that rows are found by.
        select: Selects the row of a key, as `read` takes it.
        version: Selects the version of a key, and when it expires.
        selected: What it selects of a row.
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
        columns = [column.quoted for column in table.columns] + [VERSION.quoted]
        columns += [EXPIRES_AT.quoted] if table.has_expiry else []
        columns += [_linked(table, link, dialect) for link in table.links]
        by_key = f"WHERE {table.key.quoted} = ?"
        self.selected = ", ".join(columns)
        self.source = f"SELECT {self.selected} FROM {table.quoted}"
        self.select = Statement(f"{self.source} {by_key}", operation="select")
        expiry = f", {EXPIRES_AT.quoted}" if table.has_expiry else ""
        self.version = Statement(
            f"SELECT {VERSION.quoted}{expiry} FROM {table.quoted} {by_key}", operation="select"
        )
        self._width = len(table.columns)
        self._fields = tuple(column.field for column in table.columns)
        self._values_of = _values_of(table, dialect)
        self._encode_key = codec_of(table.key, dialect).encode
        self._expiry = codec_of(EXPIRES_AT, dialect)

    def find_key(self, text: str) -> object | None:
        """Return the value of the key column for an id; `None` where there can be no such row."""
        value = self.key.parse(text)
        return value if value is None or self._encode_key is None else self._encode_key(value)

    def read(self, row: Row, now: float) -> Stored | None:
        """Return what a row holds; `None` if its time is up."""
        width = self._width
        if self.table.has_expiry and self.is_expired(row[width + 1], now):
            return None
        return Stored(self._values_of(row), row[width])

    def read_record(self, row: Row, now: float) -> tuple[Key, Stored] | None:
        """Return the key of a record and what its row holds; `None` if its time is up."""
        stored = self.read(row, now)
        if stored is None:
            return None
        return self.table.definition.key(str(stored.values["id"])), stored

    def is_expired(self, expires_at: Any, now: float) -> bool:
        """Return whether the time of a row is up."""
        if expires_at is None:
            return False
        read = self._expiry.decode
        moment = expires_at if read is None else read(expires_at)
        return moment <= datetime.fromtimestamp(now, UTC)

    def select_keys(self, count: int) -> tuple[str, int]:
        """Return the query for the rows of several keys, and how many keys it takes.

        It may take more than there are, so that there are few different queries: give one of
        them several times.
        """
        return _with_keys(f"{self.source} WHERE {self.table.quoted}.{self.key.quoted}", count)

    def select_versions(self, count: int) -> tuple[str, int]:
        """Return the query for the keys and versions of several rows, and how many it takes.

        It is asked like `select_keys`.
        """
        expiry = f", {EXPIRES_AT.quoted}" if self.table.has_expiry else ""
        head = f"SELECT {self.key.quoted}, {VERSION.quoted}{expiry} FROM {self.table.quoted}"
        return _with_keys(f"{head} WHERE {self.key.quoted}", count)

    def select_by(self, field: str) -> str | None:
        """Return the query for the rows that refer to a record through a field, sorted by id."""
        condition = self.refers(field)
        if condition is None:
            return None
        order = f" ORDER BY {self.table.quoted}.{self.key.quoted}"
        return f"{self.source} WHERE {condition}{order}"

    def refers(self, field: str) -> str | None:
        """Return the condition that a row refers to a record through a field."""
        table = self.table
        for reference in table.references:
            if reference.field == field:
                return f"{table.quoted}.{quote(reference.column)} = ?"
        for link in table.links:
            if link.field == field:
                linked = f"SELECT {link.owner.quoted} FROM {link.quoted}"
                return (
                    f"{table.quoted}.{self.key.quoted} IN"
                    f" ({linked} WHERE {link.target.quoted} = ?)"
                )
        return None

    def moment(self, seconds: float) -> object:
        """Return a time, in seconds since 1970, as the database has it."""
        moment = datetime.fromtimestamp(seconds, UTC)
        return moment if self._expiry.encode is None else self._expiry.encode(moment)


def _with_keys(head: str, count: int) -> tuple[str, int]:
    """Write the rest of a query for so many keys, and return how many it takes."""
    size = next((size for size in _BATCHES if size >= count), _BATCHES[-1])
    return f"{head} IN ({', '.join(['?'] * size)})", size


def codec_of(column: Column, dialect: Dialect) -> Codec:
    """Return how the values of a column are written and read."""
    return column.sqlite if dialect == "sqlite" else column.postgresql


def steps_of(column: Column, dialect: Dialect) -> tuple[Convert | None, Convert | None]:
    """Return what makes the value of what the database has, one after the other."""
    return codec_of(column, dialect).decode, column.read


def first_link(table: EntityTable[Any]) -> int:
    """Return the place in a row of what it is linked with."""
    return len(table.columns) + (2 if table.has_expiry else 1)


def _values_of(table: EntityTable[Any], dialect: Dialect) -> Callable[[Row], dict[str, Any]]:
    """Write the function that makes the values of fields of a row."""
    code = RowCode()
    places = {column.name: place for place, column in enumerate(table.columns)}
    columns = {column.field: column for column in table.columns}
    embedded = {each.field: each for each in table.embedded}
    links = {link.field: place for place, link in enumerate(table.links)}

    def value(column: Column) -> str:
        steps = steps_of(column, dialect)
        return code.value(places[column.name], steps, nullable=column.nullable)

    for field in table.fields:
        if field in links:
            number = links[field]
            read = _link_reader(table.links[number], dialect)
            place = first_link(table) + number
            code.add(field, code.value(place, [read], nullable=False))
        elif field in embedded:
            parts = [f"{each.part!r}: {value(each)}" for each in embedded[field].columns]
            cls = code.name(embedded[field].cls)
            code.add(field, f"{code.name(hydrate)}({cls}, {{{', '.join(parts)}}})")
        else:
            code.add(field, value(columns[field]))
    return code.compiled()


def _link_reader(link: LinkTable, dialect: Dialect) -> Convert:
    """Return what makes references of the pairs of position and id that a row comes with."""
    decode, read = steps_of(link.target, dialect)
    assert read is not None

    def references(pairs: str | None) -> list[Any]:
        found = sorted(json.loads(pairs or "[]"))
        return [read(id if decode is None else decode(id)) for _, id in found]

    return references


def _linked(table: EntityTable[Any], link: LinkTable, dialect: Dialect) -> str:
    """Write the query for what a row is linked with: ids, each with its position."""
    pairs = "json_group_array(json_array({}))"
    if dialect == "postgresql":
        pairs = "CAST(json_agg(json_build_array({})) AS TEXT)"
    found = pairs.format(f"position, {link.target.quoted}")
    owner = f"{link.owner.quoted} = {table.quoted}.{table.key.quoted}"
    return f"(SELECT {found} FROM {link.quoted} WHERE {owner})"

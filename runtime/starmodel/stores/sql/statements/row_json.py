"""What JSON has of rows, without the entities in between.

Where the public state of an entity is nothing but its columns, a list need not make entities of
its rows first. Each value is written as the generated state writes it.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from starmodel.stores.sql.drivers.driver import Dialect, Row
from starmodel.stores.sql.row_code import RowCode
from starmodel.stores.sql.statements.selection import codec_of, first_link
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


class RowSerializer:
    """Writes what JSON has of some fields of a table's rows.

    Args:
        table: The table.
        dialect: The kind of database.
        fields: The fields, each in one column or a reference; none of them is kept as JSON.

    Attributes:
        serialize_all: Gives what JSON has of each of several rows.
    """

    def __init__(self, table: EntityTable[Any], dialect: Dialect, fields: Sequence[str]) -> None:
        places = {column.field: place for place, column in enumerate(table.columns)}
        links = {link.field: place for place, link in enumerate(table.links)}
        references = {reference.field for reference in table.references}
        code = RowCode()
        for field in fields:
            if field in links:
                decode = codec_of(table.links[links[field]].target, dialect).decode
                place = first_link(table) + links[field]
                code.add(field, code.value(place, [_lister(decode)], nullable=False))
                continue
            column = table.columns[places[field]]
            # A `Ref` is the text of an id; a plain foreign key is a number, where it is one.
            is_id = field in references and column.kind != "text" and column.read is not None
            write = str if is_id else _WRITTEN.get(column.kind)
            steps = codec_of(column, dialect).decode, write
            code.add(field, code.value(places[field], steps, nullable=column.nullable))
        self.serialize_all: Callable[[Iterable[Row]], list[dict[str, object]]] = (
            code.compiled_for_all()
        )


def _lister(decode: Convert | None) -> Convert:
    """Return what lists the ids that a row is linked with, in their order."""

    def write(pairs: str | None) -> list[str]:
        ids = [id for _, id in sorted(json.loads(pairs or "[]"))]
        return [str(id if decode is None else decode(id)) for id in ids]

    return write

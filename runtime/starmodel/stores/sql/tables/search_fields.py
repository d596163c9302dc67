"""What the fields of a table can be searched by: what generated queries say of the public ones."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from uuid import UUID

from pydantic_core import core_schema

from starmodel.application.queries.searchable import (
    SearchField,
    boolean,
    elements,
    exact,
    null_only,
    ordered,
    reference,
    text,
)
from starmodel.stores.sql.tables.column import Column

_IDS: dict[str, type] = {"text": str, "integer": int, "uuid": UUID}
_ORDERED: dict[str, type] = {
    "integer": int,
    "float": float,
    "numeric": Decimal,
    "date": date,
    "time": time,
    "datetime": datetime,
    "naive_datetime": datetime,
    "interval": timedelta,
}


def search_fields(columns: Iterable[Column]) -> Iterator[tuple[str, SearchField]]:
    """Return how each field can be searched that has one of the columns to itself, by its name."""
    for column in columns:
        if column.part is None:
            field = _search_field(column)
            if field is not None:
                yield column.field, field


def _search_field(column: Column) -> SearchField | None:
    is_nullable = column.nullable
    if column.field == "id" and column.kind in _IDS:
        return exact(_IDS[column.kind])
    if column.refers:
        return reference(None, nullable=is_nullable)
    if isinstance(column.read, type) and issubclass(column.read, Enum):
        return exact(column.read, nullable=is_nullable)
    choices = [
        value for check in column.checks if check.kind == "choices" for value in check.values
    ]
    if column.kind == "bool":
        return boolean(nullable=is_nullable)
    if choices:
        return SearchField("exact", core_schema.literal_schema(choices), nullable=is_nullable)
    if column.kind == "text":
        return text(nullable=is_nullable)
    if column.kind == "uuid":
        return exact(UUID, nullable=is_nullable)
    if column.kind in _ORDERED:
        return ordered(_ORDERED[column.kind], nullable=is_nullable)
    if column.elements is not None:
        return elements(column.elements, nullable=is_nullable)
    return null_only() if is_nullable else None

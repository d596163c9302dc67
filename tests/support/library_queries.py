"""How the records of `sql_tables` can be found, declared by hand as generated code does it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sql_tables import AUTHOR, BOOK, ITEM, LIBRARY, TAG, THING, Store

from starmodel import InProcessBus, StateStore
from starmodel.application import EntityDefinition, PersistenceManager, Services
from starmodel.application.queries.filter_set import FilterSet
from starmodel.application.queries.searchable import (
    boolean,
    exact,
    null_only,
    ordered,
    reference,
    references,
    text,
)

THINGS = FilterSet(
    THING,
    id=exact(str),
    on=boolean(nullable=True),
    count=ordered(int, nullable=True),
    ratio=ordered(float, nullable=True),
    name=text(nullable=True),
    blob=null_only(),
    day=ordered(date, nullable=True),
    hour=ordered(time, nullable=True),
    moment=ordered(datetime, nullable=True),
    local=ordered(datetime, nullable=True),
    span=ordered(timedelta, nullable=True),
    key=exact(UUID, nullable=True),
    price=ordered(Decimal, nullable=True),
    data=null_only(),
)
BOOKS = FilterSet(
    BOOK,
    id=exact(str),
    title=text(),
    author=reference(AUTHOR),
    editor=reference(AUTHOR, nullable=True),
    tags=references(TAG),
    pages=ordered(int),
)
ITEMS = FilterSet(
    ITEM,
    id=exact(UUID),
    next=reference(ITEM, nullable=True),
    others=references(ITEM),
)


VALUES: dict[str, list[Any]] = {
    "on": [True, False],
    "count": [0, 1, -1, 7, 2**63 - 1, -(2**63)],
    "ratio": [0.0, 0.1, -0.1, 1e308, 5e-324, -1e308],
    "name": ["", " ", "a", "A", "ab", "aB%", "a_b", "a\\b", "é", "日本", "😀", "Z", "\uffff"],
    "day": [date.min, date.max, date(2024, 2, 29), date(2024, 3, 1)],
    "hour": [time.min, time.max, time(12), time(12, 0, 0, 1)],
    "moment": [datetime(year, 1, 1, 0, 0, 0, 1, tzinfo=UTC) for year in (1, 1970, 2024, 9999)],
    "local": [datetime.min, datetime.max, datetime(2024, 3, 31, 2, 30)],
    "span": [
        timedelta(0),
        timedelta(days=-99_999_999),
        timedelta(microseconds=-1),
        timedelta(days=99_999_999, microseconds=1),
        timedelta(seconds=90, microseconds=1),
    ],
    "key": [UUID(int=0), UUID(int=2**128 - 1), UUID("12345678-1234-5678-1234-567812345678")],
    "price": [
        *map(Decimal, ("0", "0.0001", "-0.0001", "1.5")),
        *map(Decimal, ("99999999999999.9999", "-99999999999999.9999")),
    ],
}
"""Values of each field of a thing, the outermost among them."""


def services_of(
    store: Store,
    definitions: Sequence[EntityDefinition[Any]] = tuple(table.definition for table in LIBRARY),
) -> Services:
    """Put a store into services, as an app does."""
    stores = PersistenceManager({StateStore.SERVER_SQL: store})
    return Services(stores, InProcessBus(), definitions=definitions)

"""`starmodel.query`: statements of one's own, on SQLite and PostgreSQL alike."""

import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from library_queries import services_of
from sql_tables import KINDS, Store, Thing, define
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased

from starmodel import InProcessBus, MemoryRepo, StateStore
from starmodel.application import Key, PersistenceManager, Services, Write
from starmodel.errors import ConfigurationError, Unavailable
from starmodel.query import fetch, select
from starmodel.stores.sql.drivers.driver import ConnectionLost, Driver
from starmodel.stores.sql.tables import column
from starmodel.stores.sql.tables.row import RowBase
from starmodel.stores.sql.tables.table import EntityTable

SHELVED = define(Thing, name="shelved")
SHELVED_TABLE = EntityTable(SHELVED, [column.text("id"), *KINDS])


class ShelvedRow(RowBase, table=True):
    """A row of `shelved`."""

    __entity_table__ = SHELVED_TABLE

    id: str
    is_on: bool | None
    count: int | None
    ratio: float | None
    name: str | None
    blob: bytes | None
    day: date | None
    hour: time | None
    moment: datetime | None
    local: datetime | None
    span: timedelta | None
    key: UUID | None
    price: Decimal | None
    data: Any
    row_version: int


ROW: Any = ShelvedRow
"""As SQLAlchemy sees it: its attributes are columns."""

FULL: dict[str, Any] = {
    "on": True,
    "count": 2**63 - 1,
    "ratio": 0.1,
    "name": "é😀'?$1:x%s",
    "blob": bytes(range(256)),
    "day": date(1, 1, 1),
    "hour": time(1, 2, 3, 4),
    "moment": datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    "local": datetime(2024, 3, 31, 2, 30),
    "span": timedelta(days=-3, microseconds=1),
    "key": UUID(int=7),
    "price": Decimal("99999999999999.9999"),
    "data": {"a": [1, None, "é"]},
}


@pytest.fixture(params=["sqlite", "postgresql"])
async def services(request: pytest.FixtureRequest) -> AsyncIterator[Services]:
    """A store with three things: full, empty, and one with a count of 5."""
    url = "sqlite://" if request.param == "sqlite" else request.getfixturevalue("postgres_url")

    store = Store(url, (SHELVED_TABLE,))
    await store.open()
    try:
        things = [Thing(id="a"), Thing(id="b"), Thing(id="c", count=5)]
        vars(things[0]).update(FULL)
        writes = [Write(Key("shelved", "record", one.id), vars(one), 0) for one in things]
        await store.commit(writes)
        yield services_of(store, (SHELVED,))
    finally:
        await store.close()


async def test_rows_hold_what_was_stored(services: Services) -> None:
    full, empty, _ = await fetch(services, select(ShelvedRow).order_by(ShelvedRow.id))
    assert type(full) is ShelvedRow
    for field, value in FULL.items():
        name = "is_on" if field == "on" else field
        back = getattr(full, name)
        assert back == value and isinstance(back, type(value)), field
        assert getattr(empty, name) is None
    assert full.row_version == 1
    # They belong to nobody.
    full.name = "other"
    [again] = await fetch(services, select(ShelvedRow).where(ShelvedRow.id == "a"))
    assert again.name == FULL["name"]


async def test_every_type_can_be_compared(services: Services) -> None:
    for field, value in FULL.items():
        place: Any = getattr(ShelvedRow, "is_on" if field == "on" else field)
        if field != "data":
            found = await fetch(services, select(ShelvedRow.id).where(place == value))
            assert found == ["a"], field
            found = await fetch(services, select(ShelvedRow.id).where(place.in_([value])))
            assert found == ["a"], field
            [one] = await fetch(services, select(place).where(ShelvedRow.id == "a"))
            assert one == value


async def test_what_is_given_is_what_sqlalchemy_gives(services: Services) -> None:
    assert await fetch(services, select(sa.func.count()).select_from(ShelvedRow)) == [3]
    tuples = await fetch(services, select(ROW.id, ROW.count).order_by(ROW.id))
    assert [tuple(one) for one in tuples] == [("a", 2**63 - 1), ("b", None), ("c", 5)]
    [named] = await fetch(services, sa.select(ROW.id, ROW.price.label("cost")).limit(1))
    assert named.id == "a" and named.cost == FULL["price"]
    pairs = await fetch(services, sa.select(ROW).where(ROW.id == "b"))
    assert [type(one[0]) for one in pairs] == [ShelvedRow]
    other = aliased(ShelvedRow)
    joined = select(ROW, other.id).join(other, other.id > ROW.id).order_by(ROW.id, other.id)
    assert [(one.id, id) for one, id in await fetch(services, joined)] == [
        ("a", "b"),
        ("a", "c"),
        ("b", "c"),
    ]
    union = sa.union(select(ROW.id), select(ROW.name).where(ROW.name.is_not(None)))
    assert len(await fetch(services, union)) == 4
    assert await fetch(services, select(ROW).where(ROW.id == "z")) == []
    assert await fetch(services, select(ROW.id, ROW.count).where(ROW.id == "z")) == []
    within = select(ROW.id).where(ROW.id.in_(select(ROW.id).where(ROW.count > 4)))
    assert {*await fetch(services, within)} == {"a", "c"}
    counted = select(ROW.is_on, sa.func.count()).group_by(ROW.is_on).order_by(ROW.is_on.desc())
    assert {tuple(one) for one in await fetch(services, counted)} == {(True, 1), (None, 2)}
    paged = select(ROW.id).order_by(ROW.id.desc()).limit(1).offset(1)
    assert await fetch(services, paged) == ["b"]


async def test_texts_are_parameters(services: Services) -> None:
    for text in ("'; DROP TABLE shelved; --", "?", "$1", "%s", ":x", "\\", '"'):
        assert await fetch(services, select(ROW.id).where(ROW.name == text)) == []
    for text in ("?", "$1", ":x", "%s", "'"):
        contains = ROW.name.contains(text, autoescape=True)
        assert await fetch(services, select(ROW.id).where(contains)) == ["a"]
        literal = select(sa.literal(text))
        assert await fetch(services, literal) == [text]


WRITING: list[Any] = [
    sa.delete(ShelvedRow),
    sa.update(ShelvedRow).values(name="x"),
    sa.insert(ShelvedRow),
    sa.text("DELETE FROM shelved"),
    sa.text("DELETE FROM shelved RETURNING id").columns(sa.column("id")),
    sa.select(sa.delete(ShelvedRow).returning(ROW.id).cte("gone")),
    sa.select(sa.literal(1)).where(
        sa.exists(sa.select(sa.update(ShelvedRow).values(name="x").returning(ROW.id).cte()))
    ),
    "SELECT 1",
    None,
]


@pytest.mark.parametrize("statement", WRITING)
async def test_nothing_but_a_select_is_taken(statement: Any) -> None:
    services = services_of(Store("sqlite://", (SHELVED_TABLE,)), (SHELVED,))
    with pytest.raises(ConfigurationError, match="fetch"):
        await fetch(services, statement)


async def test_an_app_without_a_database_has_nothing_to_select_from() -> None:
    stores = PersistenceManager({StateStore.SERVER_MEMORY: MemoryRepo()})
    services = Services(stores, InProcessBus())
    with pytest.raises(ConfigurationError, match="no entities in SQL"):
        await fetch(services, select(ShelvedRow))


class Gone(Driver):
    """A database that cannot be reached."""

    def __init__(self, dialect: Any = "sqlite") -> None:
        self.dialect = dialect

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def fetch(self, sql: str, parameters: object) -> Any:
        raise ConnectionLost("gone")

    async def execute(self, statements: object) -> Any:
        raise ConnectionLost("gone")

    transaction: Any = None


async def test_a_database_that_does_not_answer() -> None:
    services = services_of(Store(Gone(), (SHELVED_TABLE,)), (SHELVED,))
    with pytest.raises(Unavailable):
        await fetch(services, select(ShelvedRow))


async def test_operators_that_look_like_parameters(postgres_url: str) -> None:
    services = services_of(Store(postgres_url, (SHELVED_TABLE,)), (SHELVED,))
    await services.open()
    try:
        document = sa.cast(sa.literal('{"x": 1}'), JSONB)
        keys = (document.has_key("x"), document.has_key("y"))
        columns: Any = (*keys, sa.literal_column("'what?'"))
        [row] = await fetch(services, sa.select(*columns))
        assert tuple(row) == (True, False, "what?")
    finally:
        await services.close()


def test_an_app_imports_sqlalchemy_only_for_this() -> None:
    code = (
        "import sys, starmodel.application.queries.find, starmodel.stores.sql.backend;"
        "assert not {'sqlalchemy', 'sqlmodel'} & {*sys.modules};"
        "import starmodel.query; assert 'sqlmodel' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

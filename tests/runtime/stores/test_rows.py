"""Row classes: `select(ThingRow)` reads what the store has written, and writes what it reads."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sql_tables import KINDS, THING_TABLE, Thing
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Double,
    LargeBinary,
    Text,
    Time,
    Uuid,
    create_engine,
    insert,
    select,
)
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import Field

from starmodel.application import Key, Write
from starmodel.stores.sql.backend import SQLModelBackend
from starmodel.stores.sql.drivers.driver import Statement
from starmodel.stores.sql.tables.column_types import ExactNumeric, JSONValue, Micros, UTCDateTime
from starmodel.stores.sql.tables.row import RowBase


class ThingRow(RowBase, table=True):
    """A row of `thing`."""

    __tablename__ = "thing"

    id: str = Field(sa_column=Column("id", Text(), primary_key=True))
    is_on: bool | None = Field(sa_column=Column("is_on", Boolean()))
    count: int | None = Field(sa_column=Column("count", BigInteger()))
    ratio: float | None = Field(sa_column=Column("ratio", Double()))
    name: str | None = Field(sa_column=Column("name", Text()))
    blob: bytes | None = Field(sa_column=Column("blob", LargeBinary()))
    day: date | None = Field(sa_column=Column("day", Date()))
    hour: time | None = Field(sa_column=Column("hour", Time()))
    moment: datetime | None = Field(sa_column=Column("moment", UTCDateTime()))
    local: datetime | None = Field(sa_column=Column("local", DateTime()))
    span: timedelta | None = Field(sa_column=Column("span", Micros()))
    key: UUID | None = Field(sa_column=Column("key", Uuid()))
    price: Decimal | None = Field(sa_column=Column("price", ExactNumeric(18, 4)))
    data: Any = Field(sa_column=Column("data", JSONValue()))
    row_version: int = Field(sa_column=Column("row_version", BigInteger(), nullable=False))


EMPTY = Thing(id="empty")
FULL = Thing(
    id="full",
    on=True,
    count=2**63 - 1,
    ratio=0.1,
    name="é😀",
    blob=b"\0\xff",
    day=date(1, 1, 2),
    hour=time(23, 59, 59, 999_999),
    moment=datetime(2024, 2, 29, 1, 2, 3, 4, timezone(timedelta(hours=5, minutes=30))),
    local=datetime(9999, 12, 31, 23, 59, 59, 1),
    span=timedelta(days=-3, microseconds=1),
    key=UUID(int=2**128 - 2),
    price=Decimal("99999999999999.9999"),
    data={"a": [1, None, "\u2028"], "b": 0.5},
)


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
async def test_rows_hold_what_the_store_has_written_and_the_other_way_round(
    request: pytest.FixtureRequest, tmp_path: Path, database: str
) -> None:
    url = f"sqlite:///{tmp_path / 'app.db'}"
    if database == "postgresql":
        url = request.getfixturevalue("postgres_url")

    await with_sqlalchemy(url, ThingRow.metadata.create_all)
    store = SQLModelBackend(url, [THING_TABLE])
    await store.open()
    things = [EMPTY, FULL]
    await store.commit(
        [Write(Key("thing", "record", each.id), dict(each.__dict__), 0) for each in things]
    )
    await with_sqlalchemy(url, read_and_write)
    stored = await store.load(Key("thing", "record", "again"))
    assert stored is not None
    assert stored.values == {**FULL.__dict__, "id": "again"}
    moment = stored.values["moment"]
    assert isinstance(moment, datetime) and moment.tzinfo is UTC
    await store.close()


async def with_sqlalchemy(url: str, work: Callable[[Connection], None]) -> None:
    """Do something in a transaction of SQLAlchemy's own."""
    if url.startswith("sqlite"):
        engine = create_engine(url)
        with engine.begin() as connection:
            work(connection)
        engine.dispose()
    else:
        async_engine = create_async_engine(url.replace("postgresql", "postgresql+asyncpg"))
        async with async_engine.begin() as async_connection:
            await async_connection.run_sync(work)
        await async_engine.dispose()


def read_and_write(connection: Connection) -> None:
    """Compare the rows with what was stored, and add one like the second."""
    table = ThingRow.metadata.tables["thing"]
    rows = connection.execute(select(table).order_by(table.c.id)).mappings().all()
    for row, thing in zip(rows, [EMPTY, FULL], strict=True):
        for kind in KINDS:
            assert row[kind.name] == getattr(thing, kind.field), kind.name
    connection.execute(insert(table).values(**{**rows[1], "id": "again"}))


async def test_a_database_without_a_file_has_the_tables_of_its_entities() -> None:
    store = SQLModelBackend("sqlite://", [THING_TABLE])
    await store.open()
    key = Key("thing", "record", "full")
    await store.commit([Write(key, dict(FULL.__dict__), 0)])
    stored = await store.load(key)
    assert stored is not None and stored.values == FULL.__dict__
    assert await store.driver.execute([Statement("SELECT count(*) FROM thing")]) == [[(1,)]]
    await store.close()


def test_a_module_may_be_loaded_anew() -> None:
    text = (
        "import sqlalchemy as sa\nfrom sqlmodel import Field\n"
        "from starmodel.stores.sql.tables.row import RowBase\n"
        "class PotRow(RowBase, table=True):\n    __tablename__ = 'pot'\n"
        "    id: str = Field(sa_column=sa.Column('id', sa.Text(), primary_key=True))\n"
    )
    # Those who hold on to the former class are no trouble: a warning would be an error here.
    modules = [{"__name__": "kitchen.generated.pot.table"} for _ in range(3)]
    for module in modules:
        exec(text, module)
    rows: list[Any] = [module["PotRow"] for module in modules]
    assert len({id(row) for row in rows}) == 3
    assert [column.name for column in rows[-1].metadata.tables["pot"].columns] == ["id"]

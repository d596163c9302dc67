"""Row classes: `select(ThingRow)` reads what the store has written, and writes what it reads."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sql_tables import KINDS, TAG_TABLE, THING_TABLE, Tag, Thing, define
from sqlalchemy import Connection, create_engine, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import create_async_engine

from starmodel.application import Key, Write
from starmodel.errors import ConfigurationError
from starmodel.stores.sql.backend import SQLModelBackend
from starmodel.stores.sql.drivers.driver import Statement
from starmodel.stores.sql.tables import column
from starmodel.stores.sql.tables.row import RowBase
from starmodel.stores.sql.tables.table import EntityTable


class ThingRow(RowBase, table=True):
    """A row of `thing`."""

    __entity_table__ = THING_TABLE

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


async def with_sqlalchemy(url: str, work: Callable[[Connection], object]) -> None:
    """Do something in a transaction of SQLAlchemy's own."""
    if url.startswith("sqlite"):
        engine = create_engine(url)
        try:
            with engine.begin() as connection:
                work(connection)
        finally:
            engine.dispose()
    else:
        async_engine = create_async_engine(url.replace("postgresql", "postgresql+asyncpg"))
        try:
            async with async_engine.begin() as async_connection:
                await async_connection.run_sync(work)
        finally:
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
        "from sql_tables import TAG_TABLE\n"
        "from starmodel.stores.sql.tables.row import RowBase\n"
        "class TagRow(RowBase, table=True):\n    __entity_table__ = TAG_TABLE\n"
        "    id: str\n    name: str\n    row_version: int\n"
    )
    # Those who hold on to the former class are no trouble: a warning would be an error here.
    modules = [{"__name__": "library.generated.tag.rows"} for _ in range(3)]
    for module in modules:
        exec(text, module)
    rows: list[Any] = [module["TagRow"] for module in modules]
    assert len({id(row) for row in rows}) == 3
    assert [column.name for column in rows[-1].metadata.tables["tag"].columns] == [
        *("id", "name", "row_version")
    ]


LABELS = (":name", "100%", "%s", "it's", "a\\b")
LABEL_TABLE = EntityTable(
    define(Tag, name="label"), [column.text("id"), column.text("name", choices=LABELS)]
)


class LabelRow(RowBase, table=True):
    """A row of `label`."""

    __entity_table__ = LABEL_TABLE

    id: str
    name: str
    row_version: int


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
async def test_a_check_is_not_read_as_anything_else(
    request: pytest.FixtureRequest, tmp_path: Path, database: str
) -> None:
    url = f"sqlite:///{tmp_path / 'app.db'}"
    if database == "postgresql":
        url = request.getfixturevalue("postgres_url")
    table = LabelRow.metadata.tables["label"]
    await with_sqlalchemy(url, table.create)
    rows = [{"id": name, "name": name, "row_version": 1} for name in LABELS]
    await with_sqlalchemy(url, lambda connection: connection.execute(insert(table), rows))
    other = {"id": "x", "name": "x", "row_version": 1}
    with pytest.raises(IntegrityError, match="ck_label_name_choices"):
        await with_sqlalchemy(url, lambda connection: connection.execute(insert(table), other))


def test_a_class_has_the_columns_of_its_table() -> None:
    with pytest.raises(ConfigurationError) as raised:

        class StaleRow(RowBase, table=True):  # pyright: ignore[reportUnusedClass]
            __entity_table__ = TAG_TABLE

            id: str
            title: str
            row_version: int

    assert str(raised.value) == (
        "StaleRow and the table `tag` differ in name, title. Run `starmodel generate`."
    )


def test_a_name_that_sqlalchemy_needs_has_an_underscore() -> None:
    table = EntityTable(TAG_TABLE.definition, [column.text("id"), column.text("metadata")])

    class NotedRow(RowBase, table=True):
        __entity_table__ = table

        id: str
        metadata_: str
        row_version: int

    row = NotedRow(id="a", metadata_="b", row_version=1)
    assert row.metadata_ == "b"
    assert "metadata" in NotedRow.metadata.tables["tag"].columns

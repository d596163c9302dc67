"""Tables written by hand, for tests of stores in SQL."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import AwareDatetime

from starmodel import Entity, Scope, StateStore
from starmodel.application import EntityDefinition
from starmodel.stores.sql.backend import SQLModelBackend
from starmodel.stores.sql.column import Column
from starmodel.stores.sql.driver import Driver, Statement
from starmodel.stores.sql.sqlite import SQLiteDriver
from starmodel.stores.sql.table import EntityTable, LinkTable


class Document(Entity):
    """Any values at all."""


def no_state(_: Entity) -> Mapping[str, object]:
    return {}


def document_table(name: str, scope: Scope) -> EntityTable:
    """A table that keeps all values as one JSON text."""
    return EntityTable(
        EntityDefinition(
            Document,
            name=name,
            namespace=name,
            store=StateStore.SERVER_SQL,
            scope=scope,
            state=no_state,
            ttl=1.0,
        ),
        name=name,
        key=Column("holder", "", "text"),
        columns=[Column("document", "", "json")],
        to_row=lambda values: (json.dumps(dict(values)),),
        from_row=lambda row: json.loads(row[0]),
    )


DOCUMENTS = [
    document_table("counter", Scope.SESSION),
    document_table("draft", Scope.USER),
    document_table("tally", Scope.SESSION),
    document_table("motd", Scope.GLOBAL),
    document_table("order", Scope.RECORD),
]


class DocumentStore(SQLModelBackend):
    """The documents in a database in memory."""

    def __init__(self, clock: Callable[[], float], driver: Driver | None = None) -> None:
        super().__init__(driver or SQLiteDriver(""), DOCUMENTS, clock=clock)

    async def open(self) -> None:
        await super().open()
        await self.driver.execute(
            [
                Statement(
                    f'CREATE TABLE "{table.name}" (holder TEXT PRIMARY KEY, document TEXT,'
                    " row_version BIGINT NOT NULL, row_expires_at DATETIME)",
                    (),
                )
                for table in DOCUMENTS
            ]
        )


class Tag(Entity):
    name: str


class Thing(Entity):
    """A value of each kind of column."""

    on: bool | None = None
    count: int | None = None
    ratio: float | None = None
    name: str | None = None
    blob: bytes | None = None
    day: date | None = None
    hour: time | None = None
    moment: AwareDatetime | None = None
    local: datetime | None = None
    span: timedelta | None = None
    key: UUID | None = None
    price: Decimal | None = None
    tags: list[str] = []


KINDS: dict[str, Column] = {
    "on": Column("is_on", "on", "bool"),
    "count": Column("count", "count", "integer"),
    "ratio": Column("ratio", "ratio", "float"),
    "name": Column("name", "name", "text"),
    "blob": Column("blob", "blob", "bytes"),
    "day": Column("day", "day", "date"),
    "hour": Column("hour", "hour", "time"),
    "moment": Column("moment", "moment", "datetime"),
    "local": Column("local", "local", "naive_datetime"),
    "span": Column("span", "span", "interval"),
    "key": Column("key", "key", "uuid"),
    "price": Column("price", "price", "numeric", digits=18, decimals=4),
}

SQLITE_TYPES = (
    *("BOOLEAN", "BIGINT", "DOUBLE", "TEXT", "BLOB", "DATE", "TIME", "DATETIME", "DATETIME"),
    *("BIGINT", "CHAR(32)", "BIGINT"),
)


def thing_to_row(values: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(values[name] for name in KINDS)


def thing_from_row(row: Sequence[Any]) -> dict[str, Any]:
    *values, tags = row
    return {**dict(zip(KINDS, values, strict=True)), "tags": list(tags)}


def record(cls: type[Entity], name: str) -> EntityDefinition[Any]:
    return EntityDefinition(
        cls,
        name=name,
        namespace=name,
        store=StateStore.SERVER_SQL,
        scope=Scope.RECORD,
        state=no_state,
    )


THING = EntityTable(
    record(Thing, "thing"),
    name="thing",
    key=Column("id", "id", "text"),
    columns=tuple(KINDS.values()),
    to_row=thing_to_row,
    from_row=thing_from_row,
    links=[LinkTable("tags", "thing_tags", "thing_id", "tag_id")],
    constraints={"ck_thing_count_ge": ("count",)},
)
TAG = EntityTable(
    record(Tag, "tag"),
    name="tag",
    key=Column("id", "id", "text"),
    columns=[Column("name", "name", "text")],
    to_row=lambda values: (values["name"],),
    from_row=lambda row: {"name": row[0]},
)

SCHEMA = (
    "CREATE TABLE tag (id TEXT PRIMARY KEY, name TEXT NOT NULL, row_version BIGINT NOT NULL)",
    "CREATE UNIQUE INDEX uq_tag_name ON tag (name)",
    "CREATE TABLE thing (id TEXT PRIMARY KEY, "
    + ", ".join(
        f'"{column.name}" {type}' for column, type in zip(KINDS.values(), SQLITE_TYPES, strict=True)
    )
    + ", row_version BIGINT NOT NULL, CONSTRAINT ck_thing_count_ge CHECK (count <> -13))",
    "CREATE TABLE thing_tags (thing_id TEXT NOT NULL REFERENCES thing (id) ON DELETE CASCADE,"
    " tag_id TEXT NOT NULL REFERENCES tag (id) ON DELETE RESTRICT, position BIGINT NOT NULL,"
    " PRIMARY KEY (thing_id, tag_id))",
)


class ThingStore(SQLModelBackend):
    """Things and tags in a SQLite file, made where there is none."""

    def __init__(self, path: str, **driver: Any) -> None:
        super().__init__(SQLiteDriver(path, **driver), [THING, TAG])

    async def make(self) -> None:
        """Make the tables."""
        await self.driver.execute([Statement(sql, ()) for sql in SCHEMA])

"""An entity with 14 fields in a table, as generated code would have it, and rows to begin with."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from pydantic import AwareDatetime
from sqlalchemy import Dialect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateTable

from starmodel import Access, Entity, Field, Scope, StateStore
from starmodel.application import EntityDefinition
from starmodel.stores.sql.tables import column
from starmodel.stores.sql.tables.row import RowBase
from starmodel.stores.sql.tables.table import EntityTable

COUNT = 64
"""How many rows there are; each writer has one to itself."""


class Status(Enum):
    DRAFT = "draft"
    ACTIVE = "active"


class Item(Entity):
    """Something on a shelf."""

    name: str = Field(min_length=1, max_length=200)
    sku: str
    description: str = ""
    price: Decimal = Field(max_digits=12, decimal_places=2, ge=0)
    stock: int = Field(default=0, ge=0)
    reserved: int = 0
    weight: float = 0.0
    status: Status = Status.DRAFT
    is_listed: bool = True
    created_at: AwareDatetime
    available_on: date | None = None
    batch: UUID | None = None
    labels: list[str] = []


def item_state(item: Item) -> Mapping[str, object]:
    return {"id": item.id, "name": item.name, "stock": item.stock, "status": item.status.value}


ITEM = EntityDefinition(
    Item,
    name="item",
    namespace="item",
    store=StateStore.SERVER_SQL,
    scope=Scope.RECORD,
    state=item_state,
    access=Access.PUBLIC,
)


ITEM_TABLE = EntityTable(
    ITEM,
    [
        column.text("id"),
        column.text("name"),
        column.text("sku"),
        column.text("description"),
        column.numeric("price", 12, 2),
        column.integer("stock"),
        column.integer("reserved"),
        column.double("weight"),
        column.enum("status", Status),
        column.boolean("is_listed"),
        column.instant("created_at"),
        column.date("available_on", nullable=True),
        column.uuid("batch", nullable=True),
        column.json("labels"),
    ],
)


class ItemRow(RowBase, table=True):
    """A row of `item`."""

    __entity_table__ = ITEM_TABLE

    id: str
    name: str
    sku: str
    description: str
    price: Decimal
    stock: int
    reserved: int
    weight: float
    status: str
    is_listed: bool
    created_at: datetime
    available_on: date | None
    batch: UUID | None
    labels: list[str]
    row_version: int


def create_table(dialect: Dialect) -> str:
    """Return the statement that makes the table."""
    table: Any = ItemRow
    return str(CreateTable(table.__table__).compile(dialect=dialect))


def first_items() -> list[Item]:
    """Return what is in the table at first."""
    return [
        Item(
            id=f"item-{number}",
            name=f"Item {number}",
            sku=f"SKU-{number:06}",
            description="A thing that lies on a shelf and waits. " * 4,
            price=Decimal("19.99"),
            weight=1.5,
            status=Status.ACTIVE,
            created_at=datetime(2026, 1, 1, 12, 30, tzinfo=UTC),
            available_on=date(2026, 2, 1),
            batch=UUID(int=number),
            labels=["new", "blue"],
        )
        for number in range(COUNT)
    ]


SQLITE = sqlite.dialect()
POSTGRESQL = postgresql.dialect()

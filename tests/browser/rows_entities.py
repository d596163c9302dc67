"""Records that hold lists and mappings, for tests of forms with a row for each item."""

from datetime import time
from decimal import Decimal
from enum import Enum

from pydantic import BaseModel

from starmodel import Access, Entity, EntityConfig, Field, Scope, StateStore, event


class Unit(Enum):
    """What is counted."""

    PIECE = "piece"
    CRATE = "crate"


class Line(BaseModel):
    """One line of an order."""

    product: str
    quantity: int = Field(default=1, gt=0)
    price: Decimal = Decimal("0.00")
    unit: Unit = Unit.PIECE
    is_gift: bool = False
    at: time | None = None


class Order(Entity):
    """What somebody wants."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    title: str
    lines: list[Line] = []
    marks: dict[str, int] = {"first": 1}
    words: dict[str, str] = {}
    remarks: list[str] = []
    extra: list[Line] | None = None


class Desk(Entity):
    """Takes lines without a record."""

    model_config = EntityConfig(scope=Scope.GLOBAL, access=Access.PUBLIC)

    lines: list[Line] = []

    @event
    def replace_all(self, lines: list[Line]) -> None:
        """Have these lines, and no others."""
        self.lines = lines

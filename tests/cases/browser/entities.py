"""What a browser keeps."""

from collections.abc import AsyncIterator
from decimal import Decimal

from pydantic import BaseModel

from starmodel import Entity, EntityConfig, StateStore, event


class Line(BaseModel):
    """So many of something."""

    sku: str
    amount: int = 1


class Basket(Entity):
    """What a visitor means to buy, in his browser until he forgets about it."""

    model_config = EntityConfig(store=StateStore.CLIENT_LOCAL, ttl=30 * 24 * 3600)

    count: int = 0
    total: Decimal = Decimal("0.00")
    lines: list[Line] = []
    notes: dict[str, str] = {}

    @event
    def add(self, sku: str, amount: int = 1) -> str:
        """Put something in."""
        self.lines.append(Line(sku=sku, amount=amount))
        self.count += amount
        self.notes[sku] = f"{amount} of it"
        return f"{sku} is in."

    @event
    async def fill(self, skus: list[str]) -> AsyncIterator[int]:
        """Put several things in, one after the other."""
        for sku in skus:
            self.lines.append(Line(sku=sku))
            self.count += 1
            yield self.count

    @event
    def clear(self) -> None:
        """Take everything out."""
        self.lines = []
        self.notes = {}
        self.count = 0


class Draft(Entity):
    """A text that is not sent yet, until its tab is closed."""

    model_config = EntityConfig(store=StateStore.CLIENT_SESSION)

    text: str = ""

    @event
    def write(self, text: str) -> None:
        """Put down what is written so far."""
        self.text = text

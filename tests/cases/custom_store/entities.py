"""An entity in a store that a package brings, as JSON."""

from decimal import Decimal

from pydantic import BaseModel, SecretBytes, SecretStr

from starmodel import Entity, EntityConfig, Field, StateStore, event


class Line(BaseModel):
    """Something to buy."""

    sku: str
    price: Decimal = Decimal("0.00")


class Basket(Entity):
    """What a visitor is about to buy."""

    model_config = EntityConfig(store=StateStore.CUSTOM, ttl=3600)

    lines: list[Line] = []
    coupon: SecretStr = Field(default=SecretStr(""), private=True)
    key: SecretBytes | None = Field(default=None, private=True)
    note: str = Field(default="", renamed_from="remark")

    @event
    def add(self, line: Line) -> None:
        """Put something in."""
        self.lines = [*self.lines, line]

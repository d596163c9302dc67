"""Figures of a shop that are worked out while one watches."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Annotated

from fasthtml.common import FT  # type: ignore[import-untyped,unused-ignore]
from pydantic import BaseModel, computed_field

from starmodel import Entity, EntityConfig, Field, Scope, StateStore, event


class Target(BaseModel):
    """What a region is asked to reach."""

    revenue: Decimal = Field(max_digits=12, decimal_places=2, ge=0)
    orders: int = Field(ge=0)


class Region(BaseModel):
    """The figures of one region."""

    name: str
    revenue: Decimal = Field(max_digits=12, decimal_places=2, ge=0)
    orders: int = Field(ge=0)
    target: Target

    @property
    def reached(self) -> bool:
        """Whether both targets are met."""
        return self.revenue >= self.target.revenue and self.orders >= self.target.orders


def opening_figures() -> list[Region]:
    """The figures of a new dashboard."""
    target = Target(revenue=Decimal("5000.00"), orders=40)
    return [
        Region(name="North", revenue=Decimal("4210.50"), orders=38, target=target),
        Region(name="South", revenue=Decimal("5120.00"), orders=44, target=target),
        Region(name="West", revenue=Decimal("3890.75"), orders=31, target=target),
    ]


class Dashboard(Entity):
    """Sales by region."""

    model_config = EntityConfig(
        store=StateStore.SERVER_MEMORY,
        scope=Scope.SESSION,
        ttl=3600,
        page=False,
    )

    regions: list[Region] = Field(default_factory=opening_figures)
    progress: int = Field(default=0, ge=0, le=100)
    running: bool = False

    @computed_field  # type: ignore[prop-decorator]
    @property
    def revenue(self) -> Decimal:
        """The revenue of all regions."""
        return sum((region.revenue for region in self.regions), Decimal(0))

    @computed_field  # type: ignore[prop-decorator]
    @property
    def orders(self) -> int:
        """The orders of all regions."""
        return sum(region.orders for region in self.regions)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def average_order(self) -> Decimal:
        """What an order brings."""
        if not self.orders:
            return Decimal("0.00")
        return (self.revenue / self.orders).quantize(Decimal("0.01"))

    @event
    def record_order(self, region: str, amount: Annotated[Decimal, Field(gt=0, le=10_000)]) -> None:
        """Add one order to a region."""
        for figures in self.regions:
            if figures.name == region:
                figures.orders += 1
                figures.revenue += amount

    @event(selector="#log", mode="append")
    async def recalculate(
        self, pause: Annotated[float, Field(ge=0, le=2)] = 0.4
    ) -> AsyncIterator[FT]:
        """Go through the regions one by one, and tell what was found.

        Every step is stored and shown before the next begins.
        """
        from dashboard.pages import log_line

        self.running = True
        self.progress = 0
        yield log_line("Started.")
        for number, region in enumerate(self.regions, start=1):
            await asyncio.sleep(pause)
            self.progress = number * 100 // len(self.regions)
            yield log_line(
                f"{region.name}: {'target reached' if region.reached else 'below target'}."
            )
        self.running = False
        yield log_line("Done.")

    def __ft__(self) -> FT:
        """The table of regions."""
        from dashboard.pages import region_table

        return region_table(self)

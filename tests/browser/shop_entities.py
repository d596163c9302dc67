"""The entities of the shop whose pages the browser visits."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, computed_field

from starmodel import Access, Entity, EntityConfig, Field, Scope, event


class Status(Enum):
    DRAFT = "draft"
    IN_PROGRESS = "in_progress"


class Priority(IntEnum):
    LOW = 1
    HIGH = 3


class Address(BaseModel):
    street: str
    city: str


class Line(BaseModel):
    product: str
    quantity: int
    price: Decimal
    status: Status = Status.DRAFT
    added_at: AwareDatetime = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
    tags: list[str] = []


class Step:
    """A piece of a page."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __html__(self) -> str:
        return f"<div>{self.text}</div>"


class Order(Entity):
    """An order, from the "first" product to the <parcel> {with} \\ everything.

    Its second paragraph is on no page.
    """

    title: str = "New order"
    note: str | None = Field(default=None, description="What the warehouse should know.")
    status: Status = Status.DRAFT
    priority: Priority = Priority.LOW
    urgency: Priority | None = None
    paid: bool = False
    approved: bool | None = None
    weight: float = Field(default=0.0, title="Weight in kg")
    due: date | None = None
    opens: time = time(9, 30)
    created_at: AwareDatetime = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
    wait: timedelta = timedelta(minutes=5)
    number: UUID = UUID("123e4567-e89b-12d3-a456-426614174000")
    size: Literal["s", "m"] = "m"
    address: Address = Address(street="12 Mill Lane", city="Oxford")
    billing: Address | None = None
    lines: list[Line] = []
    labels: list[str] = []
    stock: dict[str, int] = {}
    matrix: list[list[int]] = []
    anything: Any = None
    pieces: int = 0
    hidden: str = Field(default="a secret of the house", private=True)

    @computed_field
    @property
    def total(self) -> Decimal:
        """What it costs."""
        return sum((line.price * line.quantity for line in self.lines), Decimal("0.00"))

    @event
    def rename(self, title: Annotated[str, Field(min_length=1, max_length=80)]) -> None:
        """Return it another title."""
        self.title = title

    @event
    def describe(
        self,
        note: Annotated[str | None, Field(max_length=2000, description="For the team.")] = None,
        paid: bool = True,
        approved: bool | None = None,
    ) -> None:
        """Say more about it."""
        self.note = note
        self.paid = paid
        self.approved = approved

    @event
    def plan(
        self,
        status: Status,
        priority: Priority = Priority.HIGH,
        urgency: Priority | None = None,
        size: Literal["s", "m"] = "m",
        due: date | None = None,
        opens: time = time(9, 30),
        created_at: AwareDatetime | None = None,
        wait: timedelta = timedelta(minutes=5),
        number: UUID | None = None,
    ) -> None:
        """Describe when and how."""
        self.status = status
        self.priority = priority
        self.urgency = urgency
        self.size = size
        self.due = due
        self.opens = opens
        self.created_at = created_at or self.created_at
        self.wait = wait
        self.number = number or self.number

    @event
    async def add_line(
        self,
        product: str,
        price: Annotated[Decimal, Field(ge=0, decimal_places=2)],
        quantity: Annotated[int, Field(ge=1, le=999)] = 1,
        weight: float = 0.5,
    ) -> None:
        """Put a product on it."""
        if product == "broken":
            raise RuntimeError("what nobody may read")
        if product == "slow":
            await asyncio.sleep(0.5)
        tags = list(self.labels)
        line = Line(product=product, quantity=quantity, price=price, tags=tags)
        self.lines = [*self.lines, line]
        self.weight += weight
        self.stock = {**self.stock, product: quantity}
        self.matrix = [*self.matrix, [quantity, quantity * 2]]
        self.anything = {"product": product, "all": [1, 2.5, True, None]}

    @event
    def tag(
        self,
        labels: list[str],
        stock: dict[str, int],
        password: str,
        pieces: int = 10**17,
    ) -> None:
        self.labels = labels
        self.stock = stock
        self.pieces = pieces + len(password)

    @event
    def move(self) -> None:
        """Send the bill elsewhere, or no longer."""
        other = Address(street="1 Bill Street", city="York")
        self.billing = other if self.billing is None else None

    @event(selector="#progress", mode="append")
    async def work_through(
        self, pause: Annotated[float, Field(ge=0, le=2)] = 0.3
    ) -> AsyncIterator[Step]:
        """Go through it, step by step."""
        for step in range(1, 4):
            await asyncio.sleep(pause)
            self.weight = step / 4
            yield Step(f"Step {step} of 3")


class Counter(Entity):
    """A counter of one's own."""

    count: int = 0

    @event
    def increment(self, amount: int = 1) -> None:
        """Add to the count."""
        self.count += amount


class Parcel(Entity):
    """A parcel on its way."""

    model_config = EntityConfig(scope=Scope.RECORD, access=Access.PUBLIC)

    title: str
    stops: list[Address] = []

    @event
    @classmethod
    def send(cls, title: Annotated[str, Field(max_length=80)]) -> "Parcel":
        """Send a new parcel."""
        return cls(title=title)

    @event
    def stop(self, city: str) -> None:
        """Note where it has been."""
        self.stops = [*self.stops, Address(street="Depot", city=city)]

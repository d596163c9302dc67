"""Generic models as value objects: `Box[int]`, and classes made of them."""

from decimal import Decimal
from enum import Enum
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, Field as PydanticField

from starmodel import Access, Entity, EntityConfig, Field, StateStore, event

T = TypeVar("T")
K = TypeVar("K")


class Colour(Enum):
    RED = "red"


class Size(BaseModel):
    width: int = 0


class Box(BaseModel, Generic[T]):
    """Holds something."""

    value: T
    label: str = ""


class Pair(BaseModel, Generic[K, T]):
    first: K
    rest: list[T] = []
    boxed: Box[T] | None = None


class Amounts(Box[list[Annotated[Decimal, PydanticField(ge=0)]]]):
    """What is not said in brackets of a field."""

    unit: str = "EUR"


class Node(BaseModel, Generic[T]):
    value: T
    below: "list[Node[T]]" = []


class Shelf(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    number: Box[int] = Field(default_factory=lambda: Box[int](value=1))
    word: Box[str] | None = None
    sizes: list[Box[Size]] = []
    pair: Pair[Colour, int] | None = None
    maybe: Box[int | None] | None = None
    amounts: Amounts | None = None
    tree: Node[str] | None = None
    nested: Box[Box[int]] | None = None

    @event
    def fill(self, box: Box[int]) -> Box[int]:
        self.number = box
        return box

"""Entities for what surrounds pages: messages, errors, navigation, the way back."""

ENTITIES = '''
from typing import Annotated

from starmodel import Access, Entity, EntityConfig, Field, Refused, StateStore, event


class Product(Entity):
    """Something the shop sells."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    name: str = Field(min_length=1, max_length=120)
    price: int = Field(default=1, ge=0, title="Price in cents")
    stock: int = Field(default=0, writable=False)

    @event
    def restock(self, quantity: Annotated[int, Field(ge=1, le=1000)]) -> str:
        """Put more of it on the shelf."""
        self.stock += quantity
        return f"{quantity} added to {self.name}"

    @event
    def retire(self) -> None:
        """Sell it no more."""
        if self.stock:
            raise Refused(f"There are {self.stock} left.")


class Person(Entity):
    """Somebody who works here."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.AUTHENTICATED, crud=True)

    name: str


class Counter(Entity):
    """Counts."""

    count: int = 0

    @event
    def increment(self) -> None:
        self.count += 1
'''

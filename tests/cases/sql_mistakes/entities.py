"""One of each of the mistakes that are made most with entities in SQL."""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from pydantic import BaseModel

from starmodel import (
    Access,
    Entity,
    EntityConfig,
    Field,
    Many,
    Ref,
    StateStore,
    event,
)


class Warehouse(Entity):
    stock: int = 0


class Address(BaseModel):
    street: str = ""
    owner: Ref["Author"]


class Author(Entity):
    model_config = EntityConfig(
        store=StateStore.SERVER_SQL,
        access=Access.PUBLIC,
        crud={"create", "delete"},
        indexes=[("name", "tags"), ("nam",)],
    )

    name: str = Field(primary_key=True)
    tags: list[str] = Field(default=[], index=True)
    born: datetime | None = None
    address: Address | None = None
    books: Many["Book"]
    notes: ClassVar[Many["Note"]]

    @event
    def delete(self) -> None: ...


class Book(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    author: Ref[Author] = Field(on_delete="set_null")
    editor: Ref[Author] | None = None
    editor_id: str = ""
    shelf: Ref[Warehouse]
    price: Decimal = Field(default=Decimal(0), max_digits=300, decimal_places=2)
    version: int = 0
    related: dict[str, Ref["Book"]] = {}

    @event
    def edit(self) -> None: ...

    @event(method="GET")
    async def retitle(self) -> None:
        author = self.author.load()
        (await self.author.load()).name = str(author)


class Note(Entity, table=True):
    model_config = EntityConfig(access=Access.PUBLIC)

    author: Ref[Author]

"""The entities of the app in `found_app`."""

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import AwareDatetime, NaiveDatetime

from starmodel import Access, Entity, EntityConfig, Field, Ref, StateStore


class Tag(Entity):
    """A word."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)

    name: str


class Author(Entity):
    """Writes books."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)

    name: str
    secret: str = Field(default="", private=True)


class Book(Entity):
    """Has an author, perhaps an editor, and tags."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)

    title: str
    author: Ref[Author]
    editor: Ref[Author] | None = None
    tags: list[Ref[Tag]] = Field(default_factory=list[Ref[Tag]])
    pages: int = Field(default=0, ge=0)


class Thing(Entity):
    """A value of each kind of column."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)

    on: bool | None = None
    count: int | None = None
    ratio: float | None = None
    name: str | None = None
    blob: bytes | None = None
    day: date | None = None
    hour: time | None = None
    moment: AwareDatetime | None = None
    local: NaiveDatetime | None = None
    span: timedelta | None = None
    key: UUID | None = None
    price: Decimal | None = Field(default=None, max_digits=18, decimal_places=4)
    data: Any = None

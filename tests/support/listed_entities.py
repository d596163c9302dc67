"""The entities of the app in `tests/runtime/web/test_lists.py`."""

from typing import ClassVar

from starmodel import (
    Access,
    Actor,
    Entity,
    EntityConfig,
    Field,
    Many,
    Ref,
    Refused,
    StateStore,
    event,
)


class Author(Entity):
    """Writes books."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    name: str
    books: ClassVar[Many["Book"]]


class Book(Entity):
    """Something to read."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    title: str
    author: Ref[Author]
    pages: int = 0
    shelf: str | None = None
    is_lent: bool = False
    cover: bytes | None = None
    notes: list[str] = Field(default_factory=list[str])

    @event
    def lend(self) -> None:
        """Give it to somebody."""
        if self.is_lent:
            raise Refused("Somebody has it already.")
        self.is_lent = True

    @event
    def move(self, shelf: str) -> None:
        """Put it elsewhere."""
        self.shelf = shelf


def may_read(actor: Actor, diary: "Diary") -> bool:
    """Only whoever wrote it."""
    return actor.id == diary.owner


class Diary(Entity):
    """What only its owner reads."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=may_read, crud=True)

    title: str
    owner: str

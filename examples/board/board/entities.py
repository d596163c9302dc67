"""A board of sticky notes for a meeting, and what was decided there."""

from enum import StrEnum
from typing import Annotated

from fasthtml.common import FT  # type: ignore[import-untyped,unused-ignore]
from pydantic import AwareDatetime, BaseModel

from starmodel import Access, Entity, EntityConfig, Field, Scope, StateStore, event
from starmodel.domain import new_id
from starmodel.errors import Refused

Text = Annotated[str, Field(min_length=1, max_length=200)]


class Column(StrEnum):
    """Where a note is on the board."""

    WENT_WELL = "Went well"
    TO_IMPROVE = "To improve"
    IDEAS = "Ideas"


class Note(BaseModel):
    """A sticky note."""

    id: str = Field(default_factory=new_id)
    text: Text
    column: Column
    votes: int = 0


class Board(Entity):
    """The board that everybody stands before; it may be forgotten one day."""

    model_config = EntityConfig(
        store=StateStore.SERVER_REDIS,
        scope=Scope.GLOBAL,
        access=Access.PUBLIC,
        page="board.pages:page",
    )

    notes: list[Note] = []

    @event
    def add(self, text: Text, column: Column = Column.WENT_WELL) -> None:
        """Put a note on the board."""
        if len(self.notes) >= 100:
            raise Refused("The board is full.")
        self.notes = [*self.notes, Note(text=text, column=column)]

    @event
    def vote(self, note_id: str) -> None:
        """Say that a note matters."""
        self.notes = [
            note.model_copy(update={"votes": note.votes + (note.id == note_id)})
            for note in self.notes
        ]

    @event
    def move(self, note_id: str, column: Column) -> None:
        """Put a note elsewhere."""
        self.notes = [
            note.model_copy(update={"column": column}) if note.id == note_id else note
            for note in self.notes
        ]

    @event
    def remove(self, note_id: str) -> None:
        """Take a note off the board."""
        self.notes = [note for note in self.notes if note.id != note_id]

    def in_column(self, column: Column) -> list[Note]:
        """The notes of a column, the most important first."""
        found = [note for note in self.notes if note.column is column]
        return sorted(found, key=lambda note: -note.votes)

    def __ft__(self) -> FT:
        """All notes; every page on every node gets them anew after a change."""
        from board.pages import columns

        return columns(self)


class Decision(Entity):
    """What was decided; it is kept."""

    model_config = EntityConfig(
        store=StateStore.SERVER_SQL,
        crud={"create", "update", "delete"},
        access=Access.PUBLIC,
        label="what",
        order_by="-decided_at",
    )

    what: Text
    who: Annotated[str, Field(max_length=40)] = ""
    done: bool = False
    decided_at: AwareDatetime | None = Field(default=None, now="create")

    @event
    def finish(self) -> None:
        """Tick it off."""
        self.done = True

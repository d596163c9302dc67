"""All records of one kind, as pages that list them watch them.

Such a page is told that something has changed, and fetches what it shows: only the database can
say what belongs to a list that is filtered, sorted and cut into pages, and what of it the reader
may see. What it is told is a mark (see `starmodel.web.changes`) and holds nothing of any record.
"""

import asyncio
from typing import Any

from starmodel.application import EntityDefinition, Key
from starmodel.domain import Access, Actor
from starmodel.web.changes import Changes
from starmodel.web.formatter import EventResponseFormatter
from starmodel.web.sse import encode_signals
from starmodel.web.topic import Watched

INTERVAL = 0.25
"""Seconds between two hints: a list that changes all the time is fetched this often at most."""


class Collection(Watched):
    """The records of one entity.

    Args:
        definition: The entity.
        changes: Says where its changes stand.
        formatter: Writes what the streams are told.
    """

    __slots__ = ("_changes", "_is_due", "_pause", "formatter")

    def __init__(
        self,
        definition: EntityDefinition[Any],
        changes: Changes,
        formatter: EventResponseFormatter,
    ) -> None:
        super().__init__(definition, Key(definition.name, definition.scope_name, ""))
        self.formatter = formatter
        self._changes = changes
        self._is_due = False
        self._pause: asyncio.TimerHandle | None = None

    def __repr__(self) -> str:
        return f"<Collection {self.definition.name}, {len(self.streams)} streams>"

    def allows(self, actor: Actor) -> bool:
        """Tell whether the actor may know that something has changed.

        Where a policy decides about each record, anybody may: the list itself has what the
        policy grants.
        """
        return self.definition.access is not Access.AUTHENTICATED or actor.is_authenticated

    def hear(self) -> None:
        """Tell the streams of a change, at once or after a while."""
        self._is_due = True
        if self._pause is None:
            self._tell()

    def snapshot(self) -> bytes:
        """Give the hint."""
        name = self.definition.name
        signals = {"_changes": {name: self._changes.mark(name)}}
        return self.formatter.signals(encode_signals(signals))

    def close(self) -> None:
        """Tell nothing more."""
        if self._pause is not None:
            self._pause.cancel()
            self._pause = None

    def _tell(self) -> None:
        self._pause = None
        if not self._is_due:
            return
        self._is_due = False
        hint = self.snapshot()
        for stream in self.streams:
            stream.offer(self, hint, [])
        self._pause = asyncio.get_running_loop().call_later(INTERVAL, self._tell)

"""All records of one kind, as pages that list them watch them.

Such a page is told that something has changed, and fetches what it shows: only the database can
say what belongs to a list that is filtered, sorted and cut into pages, and what of it the reader
may see. What it is told is a mark (see `starmodel.web.live.change_counter`) and holds nothing of any record.

Where somebody may not see some of the records, he is told of a change only if he could see the
record before, or can see it now.
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any, NamedTuple

from starmodel.application import (
    EntityDefinition,
    EntityPersistenceBackend,
    Key,
    may_read,
    needs_signing_in,
)
from starmodel.application.readable import Turns
from starmodel.domain import Actor, Entity
from starmodel.errors import Unavailable
from starmodel.ui.frontend import EventResponseFormatter
from starmodel.web.live.change_counter import ChangeCounter
from starmodel.web.live.topic import BaseTopic, Subscriber

INTERVAL = 0.25
"""Seconds between two hints: a list that changes all the time is fetched this often at most."""

logger = logging.getLogger("starmodel.live")


class Change(NamedTuple):
    """A change of one record, which may be of another kind: one whose deletion changed others.

    `before` is the record as it was, where that is known.
    """

    definition: EntityDefinition[Any]
    key: Key
    before: Entity | None = None


class ListTopic(BaseTopic):
    """The records of one entity, of whose changes all may know who may see their list.

    Args:
        definition: The entity.
        changes: Says where its changes stand.
        formatter: Writes what the streams are told.
    """

    __slots__ = ("_changes", "_is_due", "_pause", "formatter")

    def __init__(
        self,
        definition: EntityDefinition[Any],
        changes: ChangeCounter,
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
        """Return whether the actor may watch the list at all."""
        return not needs_signing_in(self.definition.access, actor)

    def on_change(self, change: Change) -> None:
        """Tell the streams of a change, at once or after a while."""
        self.on_lost()

    def on_lost(self) -> None:
        """Tell the streams, as changes may have been missed."""
        self._is_due = True
        if self._pause is None:
            self._tell()

    def snapshot(self) -> bytes:
        """Return the hint."""
        name = self.definition.name
        return self.formatter.values({"_changes": {name: self._changes.token(name)}})

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
            stream.enqueue(self, hint, [])
        self._pause = asyncio.get_running_loop().call_later(INTERVAL, self._tell)


class PolicyListTopic(ListTopic):
    """The records of one entity, of some of which not everybody may know.

    Args:
        definition: The entity.
        changes: Says where its changes stand.
        formatter: Writes what the streams are told.
        backend: The store that keeps the records.
    """

    __slots__ = ("_backend", "_due", "_follower", "_pauses", "_waiting")

    def __init__(
        self,
        definition: EntityDefinition[Any],
        changes: ChangeCounter,
        formatter: EventResponseFormatter,
        backend: EntityPersistenceBackend,
    ) -> None:
        super().__init__(definition, changes, formatter)
        self._backend = backend
        self._waiting: list[Change] = []
        self._follower: asyncio.Task[None] | None = None
        # Each stream has a pause of its own: how long it waits tells nothing of other changes.
        self._pauses: dict[Subscriber, asyncio.TimerHandle] = {}
        self._due: set[Subscriber] = set()

    def on_change(self, change: Change) -> None:
        """Have those told of a change who may know of it."""
        self._waiting.append(change)
        if self._follower is None:
            self._follower = asyncio.get_running_loop().create_task(self._follow())

    def on_lost(self) -> None:
        """Tell all streams, as nobody knows what has changed, and so nobody learns what has."""
        for stream in list(self.streams):
            self._offer(stream)

    def close(self) -> None:
        """Tell nothing more."""
        if self._follower is not None:
            self._follower.cancel()
        for pause in self._pauses.values():
            pause.cancel()
        self._pauses.clear()
        self._due.clear()

    async def _follow(self) -> None:
        try:
            while self._waiting:
                waiting, self._waiting = self._waiting, []
                try:
                    await self._judge(waiting)
                # What is missed shows with the next change, or when the page is loaded again.
                except Unavailable as error:
                    logger.warning("Changes of %s are lost: %s", self.key.entity, error.reason)
                except Exception:
                    logger.exception("Changes of %s could not be read", self.key.entity)
        finally:
            self._follower = None

    async def _judge(self, changes: Sequence[Change]) -> None:
        """Find out who may know of some changes, and tell him once."""
        seen: list[tuple[EntityDefinition[Any], Entity | None]] = []
        keys: dict[Key, None] = {}
        for definition, key, before in changes:
            # Whom no policy decides about needs no record to be allowed to know of it.
            if before is not None or not callable(definition.access):
                seen.append((definition, before))
            if definition is self.definition and callable(definition.access):
                keys[key] = None
        for stored in await self._backend.load_all([*keys]) if keys else ():
            if stored is not None:
                seen.append((self.definition, self.definition.hydrate(stored.values)))
        told: dict[Actor, bool] = {}
        turns = Turns()
        for stream in list(self.streams):
            actor = stream.actor
            if actor not in told:
                told[actor] = await _may_know(actor, seen, turns)
            if told[actor] and stream in self.streams:
                self._offer(stream)

    def _offer(self, stream: Subscriber) -> None:
        """Return a stream the hint, at once or after its pause."""
        if stream in self._pauses:
            self._due.add(stream)
            return
        stream.enqueue(self, self.snapshot(), [])
        loop = asyncio.get_running_loop()
        self._pauses[stream] = loop.call_later(INTERVAL, self._resume, stream)

    def _resume(self, stream: Subscriber) -> None:
        del self._pauses[stream]
        if stream in self._due:
            self._due.discard(stream)
            if stream in self.streams:
                self._offer(stream)


async def _may_know(
    actor: Actor, seen: Sequence[tuple[EntityDefinition[Any], Entity | None]], turns: Turns
) -> bool:
    """Return whether the actor could see one of several records as they are or were."""
    for definition, entity in seen:
        await turns.give_way()
        if entity is None:
            is_allowed = not needs_signing_in(definition.access, actor)
        else:
            is_allowed = may_read(definition, actor, entity)
        if is_allowed:
            return True
    return False

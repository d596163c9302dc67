"""Reading records for somebody: what of them he may read, and without anybody having to wait.

A policy function is asked for each record, after it was read. So of a table that is mostly hidden
from somebody, any number of records might be read for nothing: there is a limit to that.
"""

import asyncio
from collections.abc import Sequence
from time import perf_counter
from typing import Any

from starmodel.application.authorization import may_read, needs_signing_in
from starmodel.application.definition import EntityDefinition
from starmodel.application.store import EntityPersistenceBackend
from starmodel.domain import Actor, Entity

MAX_READ = 2_000
"""How many records one request may read to find those that its actor may read."""

AT_ONCE = 256
"""How many records are read at once, where there may be many."""

_TURN = 0.002


class Turns:
    """Lets others use the event loop, in the middle of work that would keep it for long."""

    __slots__ = ("_until",)

    def __init__(self) -> None:
        self._until = perf_counter() + _TURN

    def is_due(self) -> bool:
        """Return whether it is time to give way, which takes less time than to try."""
        return perf_counter() >= self._until

    async def give_way(self) -> None:
        """Let everybody else go on, if that is due: every two milliseconds."""
        if self.is_due():
            await asyncio.sleep(0)
            self._until = perf_counter() + _TURN


class Reading(Turns):
    """What one request reads.

    Args:
        actor: Who asks.

    Attributes:
        left: How many records that a policy decides about it may still read.
    """

    __slots__ = ("actor", "left")

    def __init__(self, actor: Actor) -> None:
        super().__init__()
        self.actor = actor
        self.left = MAX_READ

    async def may_read(self, definition: EntityDefinition[Any], entity: Entity) -> bool:
        """Return whether the actor may read a record."""
        is_allowed = may_read(definition, self.actor, entity)
        # However long the policy has taken, the others have their turn before the next.
        await self.give_way()
        return is_allowed

    async def load_all(
        self,
        backend: EntityPersistenceBackend,
        definition: EntityDefinition[Any],
        ids: Sequence[str],
    ) -> dict[str, Entity]:
        """Return those of several records that are there and that the actor may read, by their ids."""
        found: dict[str, Entity] = {}
        if needs_signing_in(definition.access, self.actor):
            return found
        for start in range(0, len(ids), AT_ONCE):
            some = ids[start : start + AT_ONCE]
            stored = await backend.load_all([definition.key(id) for id in some])
            for id, each in zip(some, stored, strict=True):
                if each is not None:
                    entity = definition.hydrate(each.values)
                    if await self.may_read(definition, entity):
                        found[id] = entity
        return found

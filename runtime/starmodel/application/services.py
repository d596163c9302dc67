"""What generated commands and routes are given to work with."""

import time
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from typing import Any, Self, TypeVar, overload

from starmodel.application.authorization import (
    authorize,
    is_allowed,
    may_read,
    needs_signing_in,
)
from starmodel.application.bus import EventBus
from starmodel.application.caching.cached_reads import CachedReads
from starmodel.application.definition import EntityDefinition
from starmodel.application.documents.sealed_states import is_sent
from starmodel.application.outbox_relay import OutboxRelay
from starmodel.application.outcome import Snapshot
from starmodel.application.persistence import PersistenceManager
from starmodel.application.search import Searchable
from starmodel.application.unit_of_work.batch_loader import refers
from starmodel.application.unit_of_work.unit_of_work import UnitOfWork
from starmodel.application.unit_of_work.unit_of_work_context import BeforeImage
from starmodel.domain import ANONYMOUS, Access, Actor, Entity, StateStore
from starmodel.errors import ConfigurationError, NotFound

E = TypeVar("E", bound=Entity)


class Services:
    """The parts of one app, put together once when it starts.

    Args:
        persistence: The stores.
        bus: Told of every commit.
        definitions: The app's entities, so that an author may load them by class.
        clock: Seconds since 1970, for command records.
        unit_of_work: Makes the unit of work for one event.
        searchable: Says what the records of an entity can be found by inside of an event; `None`
            of an entity whose records cannot be found.
        cached_reads: Reads entities that have a cache.

    Attributes:
        before_image: Is told of each record that a commit has changed, before the bus is; what it
            is given has everything in it, and stays in this process.
    """

    def __init__(
        self,
        persistence: PersistenceManager,
        bus: EventBus,
        *,
        definitions: Iterable[EntityDefinition[Any]] = (),
        clock: Callable[[], float] = time.time,
        unit_of_work: "Callable[[Services, Actor], UnitOfWork]" = UnitOfWork,
        searchable: Callable[[EntityDefinition[Any]], Searchable | None] = lambda _: None,
        cached_reads: CachedReads | None = None,
    ) -> None:
        self.persistence = persistence
        self.bus = bus
        self.clock = clock
        self._definitions = {definition.cls: definition for definition in definitions}
        self._by_name = {cls.__name__: found for cls, found in self._definitions.items()}
        self._unit_of_work = unit_of_work
        self._searchable = searchable
        self._cached_reads = cached_reads
        self._searchables: dict[str, Searchable] = {}
        self._relay: OutboxRelay | None = None
        self.before_image: BeforeImage | None = None
        self.has_relations = any(
            definition.many or definition.store is StateStore.SERVER_SQL or refers(definition.cls)
            for definition in self._definitions.values()
        )

    def unit_of_work(
        self, actor: Actor = ANONYMOUS, *, idempotency_key: str | None = None
    ) -> UnitOfWork:
        """Begin a unit of work for one event of the actor's.

        With an `idempotency_key`, what the unit of work commits is committed once, however often
        it is tried; the second time it raises `DuplicateRequest`. It is for entities in SQL and in Redis.
        """
        work = self._unit_of_work(self, actor)
        if idempotency_key is not None:
            work.idempotency_key = idempotency_key
        return work

    @overload
    def definition_of(self, cls: type[E]) -> EntityDefinition[E]: ...

    @overload
    def definition_of(self, cls: type[Entity] | str) -> EntityDefinition[Any]: ...

    def definition_of(self, cls: type[Any] | str) -> EntityDefinition[Any]:
        """Return the definition of an entity class, or of the one that has this name.

        Raises:
            ConfigurationError: The app has no such entity.
        """
        if isinstance(cls, str):
            name = cls.rpartition(".")[2]
            definition = self._by_name.get(name)
        else:
            name = cls.__name__
            definition = self._definitions.get(cls)
        if definition is None:
            raise ConfigurationError(
                f"{name} is not an entity of this app. Pass its definition instead of"
                " the class, or add it to the definitions of the app's services."
            )
        return definition

    def searchable(self, definition: EntityDefinition[Any]) -> Searchable:
        """Return what the records of an entity can be found by inside of an event.

        Raises:
            ConfigurationError: They cannot be found.
        """
        found = self._searchables.get(definition.name) or self._searchable(definition)
        if found is None:
            raise ConfigurationError(
                f"The records of {definition.cls.__name__} cannot be found inside of an event."
                " Only those of a Scope.RECORD in SQL can:"
                " model_config = EntityConfig(store=StateStore.SERVER_SQL)."
            )
        self._searchables[definition.name] = found
        return found

    def definition_named(self, entity: str) -> EntityDefinition[Any]:
        """Return the definition of the entity that has this name in paths, keys and records.

        Raises:
            ConfigurationError: The app has no such entity.
        """
        for definition in self._definitions.values():
            if definition.name == entity:
                return definition
        raise ConfigurationError(f"There is no entity {entity} in this app.")

    async def read(
        self, definition: EntityDefinition[E], holder: str = "", actor: Actor = ANONYMOUS
    ) -> Snapshot[E]:
        """Return an entity as it stands. Never stores anything.

        Where nothing is stored, it is a new instance, with version 0.

        Raises:
            NotFound: There is no such record, or none that the actor may read.
            Unauthenticated, Forbidden: The actor may not read it, whichever record it is.
        """
        # Before anything is loaded, so that nobody who is not signed in learns what there is.
        authorize(actor, not needs_signing_in(definition.access, actor))
        key = definition.key(holder)
        backend = self.persistence.backend_for(definition)
        if definition.cache is not None and self._cached_reads is not None:
            stored = await self._cached_reads.load(key, backend.load)
        elif definition.is_in_browser and not is_sent(key):
            # A page begins without what its browser has kept, and asks for it.
            stored = None
        else:
            stored = await backend.load(key)
        if stored is None and definition.is_record:
            raise NotFound(definition.name, holder)
        snapshot = Snapshot(definition, key.id, stored)
        access = definition.access
        # Any other rule was decided before, and needs no instance.
        if access is not None and not isinstance(access, Access):
            if not definition.is_record:
                authorize(actor, is_allowed(access, actor, snapshot.entity))
            elif not may_read(definition, actor, snapshot.entity):
                raise NotFound(definition.name, holder)
        return snapshot

    async def open(self) -> None:
        """Open the stores, then the bus, and publish what an earlier process left unpublished."""
        await self.persistence.open()
        await self.bus.open()
        if self._cached_reads is not None:
            await self._cached_reads.open(self.bus)
        self._relay = OutboxRelay(self.persistence, self.bus)
        await self._relay.open()

    async def close(self) -> None:
        """Close the bus, then the stores."""
        async with AsyncExitStack() as stack:
            # The last one is called first, and each of them whatever becomes of the others.
            stack.push_async_callback(self.persistence.close)
            stack.push_async_callback(self.bus.close)
            if self._cached_reads is not None:
                stack.push_async_callback(self._cached_reads.close)
            if self._relay is not None:
                stack.push_async_callback(self._relay.close)

    async def __aenter__(self) -> Self:
        """Open everything, as a job or a script does: `async with application.services`."""
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close everything."""
        await self.close()

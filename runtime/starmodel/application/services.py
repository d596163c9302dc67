"""What generated commands and routes are given to work with."""

import time
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from starmodel.application.access import authorize, is_allowed
from starmodel.application.bus import EventBus
from starmodel.application.definition import EntityDefinition
from starmodel.application.outcome import Snapshot
from starmodel.application.persistence import PersistenceManager
from starmodel.application.unit_of_work import UnitOfWork
from starmodel.domain import ANONYMOUS, Actor, Entity, Scope
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
    """

    def __init__(
        self,
        persistence: PersistenceManager,
        bus: EventBus,
        *,
        definitions: Iterable[EntityDefinition[Any]] = (),
        clock: Callable[[], float] = time.time,
        unit_of_work: "Callable[[Services, Actor], UnitOfWork]" = UnitOfWork,
    ) -> None:
        self.persistence = persistence
        self.bus = bus
        self.clock = clock
        self._definitions = {definition.cls: definition for definition in definitions}
        self._unit_of_work = unit_of_work

    def unit_of_work(self, actor: Actor = ANONYMOUS) -> UnitOfWork:
        """Begin a unit of work for one event of the actor's."""
        return self._unit_of_work(self, actor)

    def definition_of(self, cls: type[E]) -> EntityDefinition[E]:
        """Give the definition of an entity class.

        Raises:
            ConfigurationError: The app has no such entity.
        """
        definition = self._definitions.get(cls)
        if definition is None:
            raise ConfigurationError(
                f"{cls.__name__} is not an entity of this app. Pass its definition instead of"
                " the class, or add it to the definitions of the app's services."
            )
        return definition

    async def read(
        self, definition: EntityDefinition[E], holder: str = "", actor: Actor = ANONYMOUS
    ) -> Snapshot[E]:
        """Give an entity as it stands. Never stores anything.

        Where nothing is stored, it is a new instance, with version 0.

        Raises:
            NotFound: There is no such record.
            Unauthenticated, Forbidden: The actor may not read it.
        """
        key = definition.key(holder)
        stored = await self.persistence.backend_for(definition).load(key)
        if stored is not None:
            entity, version = definition.restore(stored.values), stored.version
        elif definition.scope is Scope.RECORD:
            raise NotFound(definition.name, holder)
        else:
            entity, version = definition.cls(), 0
        authorize(actor, is_allowed(definition.access, actor, entity))
        return Snapshot(definition, key.id, entity, definition.state(entity), version)

    async def open(self) -> None:
        """Open the stores, then the bus."""
        await self.persistence.open()
        await self.bus.open()

    async def close(self) -> None:
        """Close the bus, then the stores."""
        await self.bus.close()
        await self.persistence.close()

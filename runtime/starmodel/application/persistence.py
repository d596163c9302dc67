"""Which entity is kept in which store."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any

from starmodel.application.definition import EntityDefinition
from starmodel.application.store import EntityPersistenceBackend
from starmodel.domain import StateStore
from starmodel.errors import ConfigurationError


class _BackendOf(dict[EntityDefinition[Any], EntityPersistenceBackend]):
    """The stores of entities, each found when it is first looked up."""

    def __init__(self, stores: Mapping[StateStore | str, EntityPersistenceBackend]) -> None:
        super().__init__()
        self._stores = stores

    def __missing__(self, definition: EntityDefinition[Any]) -> EntityPersistenceBackend:
        for place in (definition.name, definition.store):
            if place in self._stores:
                backend = self[definition] = self._stores[place]
                return backend
        raise ConfigurationError(
            f"{definition.cls.__name__} is kept in StateStore.{definition.store.name}, and no"
            f" store is given for that. Pass one: create_app(stores={{StateStore."
            f"{definition.store.name}: ...}}), or stores={{{definition.name!r}: ...}} for this"
            " entity alone."
            + (
                " STARMODEL_CUSTOM_STORE_URL takes one that a package brings."
                if definition.store is StateStore.CUSTOM
                else ""
            )
        )


class PersistenceManager:
    """Finds the store of an entity.

    `stores` maps an entity's name or a `StateStore` to a store; the name counts more. So one
    entity can be kept elsewhere than all others of its kind.

    Attributes:
        backend_of: The store of each entity, by its definition: `backend_for`, without a call.
    """

    def __init__(self, stores: Mapping[StateStore | str, EntityPersistenceBackend]) -> None:
        self.stores = dict(stores)
        self.backend_of = _BackendOf(self.stores)

    def backend_for(self, definition: EntityDefinition[Any]) -> EntityPersistenceBackend:
        """Return the store that keeps the entity.

        Raises:
            ConfigurationError: There is none.
        """
        return self.backend_of[definition]

    @property
    def backends(self) -> list[EntityPersistenceBackend]:
        """Every store, once each, in the order in which they were given."""
        return list(dict.fromkeys(self.stores.values()))

    async def open(self) -> None:
        """Open every store; if one cannot be opened, close those that were."""
        opened: list[EntityPersistenceBackend] = []
        try:
            for backend in self.backends:
                await backend.open()
                opened.append(backend)
        except BaseException:
            for backend in reversed(opened):
                await backend.close()
            raise

    async def close(self) -> None:
        """Close every store, the last one first, whatever becomes of the others."""
        async with AsyncExitStack() as stack:
            for backend in self.backends:
                stack.push_async_callback(backend.close)

    async def unpublished(self, age: float) -> int:
        """Return how many records were committed `age` seconds ago and not published, in all stores."""
        return sum([await backend.unpublished(age) for backend in self.backends])

    async def delete_expired(self) -> int:
        """Have every store delete what has expired, and return the number of entries."""
        return sum([await backend.delete_expired() for backend in self.backends])

"""Which entity is kept in which store."""

from collections.abc import Mapping
from typing import Any

from starmodel.application.definition import EntityDefinition
from starmodel.application.store import EntityPersistenceBackend
from starmodel.domain import StateStore
from starmodel.errors import ConfigurationError


class PersistenceManager:
    """Finds the store of an entity.

    `stores` maps an entity's name or a `StateStore` to a store; the name counts more. So one
    entity can be kept elsewhere than all others of its kind.
    """

    def __init__(self, stores: Mapping[StateStore | str, EntityPersistenceBackend]) -> None:
        self.stores = dict(stores)
        self._by_name: dict[str, EntityPersistenceBackend] = {}

    def backend_for(self, definition: EntityDefinition[Any]) -> EntityPersistenceBackend:
        """Return the store that keeps the entity.

        Raises:
            ConfigurationError: There is none.
        """
        backend = self._by_name.get(definition.name)
        return self._find(definition) if backend is None else backend

    def _find(self, definition: EntityDefinition[Any]) -> EntityPersistenceBackend:
        for place in (definition.name, definition.store):
            if place in self.stores:
                self._by_name[definition.name] = self.stores[place]
                return self.stores[place]
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
        """Close every store."""
        for backend in reversed(self.backends):
            await backend.close()

    async def unpublished(self, age: float) -> int:
        """Return how many records were committed `age` seconds ago and not published, in all stores."""
        return sum([await backend.unpublished(age) for backend in self.backends])

    async def delete_expired(self) -> int:
        """Have every store delete what has expired, and return the number of entries."""
        return sum([await backend.delete_expired() for backend in self.backends])

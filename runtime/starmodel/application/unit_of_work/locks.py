"""A transaction that one unit of work holds open, so that nobody else changes what it has locked."""

from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager
from typing import TypeAlias

from starmodel.application.search import Search
from starmodel.application.store import EntityPersistenceBackend, Key, Stored, VersionCheck

Found: TypeAlias = tuple[Key, Stored]


class Lock:
    """The view of a store within which a unit of work has locked something.

    Args:
        backend: The store.
        scope: The transaction, which has begun.
        view: The store as seen within it.
    """

    __slots__ = ("_backend", "_held", "_locked", "_scope", "_view")

    def __init__(
        self,
        backend: EntityPersistenceBackend,
        scope: AbstractAsyncContextManager[EntityPersistenceBackend],
        view: EntityPersistenceBackend,
    ) -> None:
        self._backend = backend
        self._scope = scope
        self._view = view
        self._held: dict[Key, Stored | None] = {}
        self._locked: set[VersionCheck] = set()

    @classmethod
    async def begin(cls, backend: EntityPersistenceBackend, keys: Iterable[Key] = ()) -> "Lock":
        """Begin a transaction, and lock some keys.

        All who lock several at once do it in the same order, so that nobody waits for one who
        waits for him.

        Raises:
            Conflict: Others were in the way.
        """
        scope = backend.transaction()
        lock = cls(backend, scope, await scope.__aenter__())
        try:
            for key in sorted({*keys}):
                lock._held[key] = await lock._lock(key)
        except BaseException:
            await lock.end()
            raise
        return lock

    async def load(self, backend: EntityPersistenceBackend, key: Key) -> Stored | None:
        """Lock a key of a store, and return what is stored there.

        Raises:
            Conflict: Others were in the way.
        """
        if backend is self._backend and key in self._held:
            return self._held.pop(key)
        if backend is not self._backend:
            return await backend.lock(key)
        return await self._lock(key)

    async def search(self, backend: EntityPersistenceBackend, search: Search) -> list[Found]:
        """Search a store, and lock what is found and whoever else decides by a search of it.

        Raises:
            Conflict: Others were in the way.
        """
        view = self.view_of(backend)
        found = await view.search_locked(search)
        if view is self._view:
            self._locked.update([VersionCheck(key, stored.version) for key, stored in found])
        return found

    def holds(self, check: VersionCheck) -> bool:
        """Return whether nobody else can change an entry of this version before the end."""
        return check in self._locked

    def view_of(self, backend: EntityPersistenceBackend) -> EntityPersistenceBackend:
        """Return the view of a store; any other than the one with the lock is its own."""
        return self._view if backend is self._backend else backend

    async def _lock(self, key: Key) -> Stored | None:
        stored = await self._view.lock(key)
        # What is not there cannot be locked: somebody else may make it.
        if stored is not None and self._view.locks:
            self._locked.add(VersionCheck(key, stored.version))
        return stored

    async def end(self) -> None:
        """Release everything; what was not committed is rolled back."""
        await self._scope.__aexit__(None, None, None)

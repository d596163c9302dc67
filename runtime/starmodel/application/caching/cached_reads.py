"""Reads of entities that have a cache in front of their store.

Events decide by what the store has. What a page or a program is shown may come from the cache. A commit
is followed by its record on the bus, before it is acknowledged; the record puts its version into the
cache, which from then on takes nothing older. Another node hears the record as well, and remembers the
version for itself: what it finds in a cache that could not be told is not shown either.
"""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, TypeAlias

from starmodel.application.bus import EventBus
from starmodel.application.caching.entity_cache import EntityCache
from starmodel.application.store import Key, Stored
from starmodel.domain import CommandRecord
from starmodel.errors import Unavailable

logger = logging.getLogger("starmodel.cache")

Load: TypeAlias = Callable[[Key], Awaitable[Stored | None]]

REMEMBERED: Final = 10_000
"""Of how many changes a node remembers the versions."""

PAUSE: Final = 1.0
"""Seconds for which a cache that was away is not asked again."""

PATIENCE: Final = 1.0
"""Seconds that a cache may take to answer."""


class CachedReads:
    """The caches of an app, and what keeps them from showing what is old.

    Args:
        caches: The cache of each entity that has one, by its name.
        scopes: The scope of each of these, by its name, as it stands in keys.
    """

    def __init__(self, caches: Mapping[str, EntityCache], scopes: Mapping[str, str]) -> None:
        self._caches = {name: _Guarded(cache) for name, cache in caches.items()}
        self._scopes = scopes
        self._bus: EventBus | None = None
        self._ends: list[Callable[[], None]] = []
        # How often records may have been lost, and how often caches were emptied for that.
        self._losses = self._cleared = 0
        # The versions of what was changed last, oldest first.
        self._versions: OrderedDict[Key, int] = OrderedDict()

    async def load(self, key: Key, load: Load) -> Stored | None:
        """Return what is stored under a key, by its cache if that knows; `load` asks the store."""
        cache = self._caches.get(key.entity)
        if cache is None or not await self._may_ask(cache):
            return await load(key)
        found = await cache.get(key)
        if found is not None and found.version >= self._versions.get(key, 0):
            return found
        losses = self._losses
        stored = await load(key)
        is_told = losses == self._losses or cache.is_shared
        if stored is not None and is_told and stored.version >= self._versions.get(key, 0):
            await cache.put(key, stored.version, stored.values)
        return stored

    async def open(self, bus: EventBus) -> None:
        """Listen to the bus."""
        self._bus = bus
        if self._caches:
            self._ends = [
                bus.subscribe(self._on_record, everywhere=True, lost=self._on_lost),
                bus.subscribe(self._on_commit),
            ]

    async def close(self) -> None:
        """Stop listening, and disconnect the caches."""
        for end in self._ends:
            end()
        self._ends, self._bus = [], None
        for cache in {id(each.cache): each.cache for each in self._caches.values()}.values():
            await cache.close()

    async def _on_record(self, record: CommandRecord) -> None:
        """Remember the version of what was changed, on this node or another."""
        key = self._key_of(record)
        if key is not None:
            self._versions[key] = max(record.version, self._versions.pop(key, 0))
            if len(self._versions) > REMEMBERED:
                self._versions.popitem(last=False)
            if not self._caches[key.entity].is_shared:
                await self._caches[key.entity].put(key, record.version, None)

    async def _on_commit(self, record: CommandRecord) -> None:
        """Tell a shared cache of what was committed here, before anybody is told of the commit."""
        key = self._key_of(record)
        if key is not None and self._caches[key.entity].is_shared:
            await self._caches[key.entity].put(key, record.version, None)

    def _on_lost(self, reason: str) -> None:
        self._losses += 1

    async def _may_ask(self, cache: "_Guarded") -> bool:
        """Return whether a cache can know of all changes that were told; one of its own is emptied
        where some were not.
        """
        if self._cleared != self._losses:
            self._cleared = self._losses
            for each in self._caches.values():
                if not each.is_shared:
                    await each.cache.clear()
        return self._bus is not None and (cache.is_shared or self._bus.is_connected)

    def _key_of(self, record: CommandRecord) -> Key | None:
        """Return the key of what a record has changed, if that has a cache."""
        scope = self._scopes.get(record.entity)
        if scope is None or record.version == record.previous:
            return None
        return Key(record.entity, scope, record.id)


class _Guarded:
    """A cache that may be away: then it is as empty, and what it was to be told waits."""

    def __init__(self, cache: EntityCache) -> None:
        self.cache = cache
        self.is_shared = cache.is_shared
        self._owed: dict[Key, int] = {}
        self._is_away = False
        self._ask_at = 0.0

    async def get(self, key: Key) -> Stored | None:
        """Return what is there under a key, once the cache knows what it was to be told."""
        found = None
        if self._is_due():
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._pay()
                    found = await self.cache.get(key)
            except (Unavailable, TimeoutError) as error:
                self._note(error)
            else:
                self._note(None)
        return found

    async def put(self, key: Key, version: int, values: Mapping[str, object] | None) -> None:
        """Keep values, or a version, which is made up for where the cache is away."""
        if values is None and self.is_shared:
            # Until it is told, whatever happens to whoever waits for that.
            self._owed[key] = max(version, self._owed.get(key, 0))
            if len(self._owed) > REMEMBERED:
                del self._owed[next(iter(self._owed))]
        if self._is_due():
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._pay()
                    if values is not None or not self.is_shared:
                        await self.cache.put(key, version, values)
            except (Unavailable, TimeoutError) as error:
                self._note(error)
            else:
                self._note(None)

    async def _pay(self) -> None:
        while self._owed:
            key, version = next(iter(self._owed.items()))
            await self.cache.put(key, version, None)
            if self._owed.get(key) == version:
                del self._owed[key]

    def _is_due(self) -> bool:
        """Return whether to ask the cache: while it is away, one asks now and then."""
        if not self._is_away:
            return True
        now = time.monotonic()
        if now < self._ask_at:
            return False
        self._ask_at = now + PAUSE
        return True

    def _note(self, error: Exception | None) -> None:
        """Say it once when the cache is away, and once when it is back."""
        was_away, self._is_away = self._is_away, error is not None
        if error is None:
            if was_away:
                logger.info("The cache is back")
            return
        self._ask_at = time.monotonic() + PAUSE
        if not was_away:
            reason = error.reason if isinstance(error, Unavailable) else "it does not answer"
            logger.warning("The cache is away, and what it had is read from the store: %s", reason)

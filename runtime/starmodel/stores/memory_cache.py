"""A cache in the memory of this process."""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import ClassVar

from starmodel.application.caching.entity_cache import EntityCache
from starmodel.application.store import Key, Stored


class MemoryCache(EntityCache):
    """Keeps what was read last.

    Args:
        ttl: Seconds after which an entry is over.
        max_entries: How many entries there may be; of more, those go that were asked for longest ago.
        clock: Seconds from any point on.
    """

    is_shared: ClassVar[bool] = False

    def __init__(
        self,
        ttl: float,
        *,
        max_entries: int = 10_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ttl = ttl
        self._max_entries = max_entries
        self._clock = clock
        # The version, the values where they are known, and when it is over.
        self._entries: OrderedDict[Key, tuple[int, Stored | None, float]] = OrderedDict()

    async def get(self, key: Key) -> Stored | None:
        """Return what is there under a key; `None` also where all that is known is a version."""
        entry = self._entries.get(key)
        if entry is None or self._clock() >= entry[2]:
            return None
        self._entries.move_to_end(key)
        return entry[1]

    async def put(self, key: Key, version: int, values: Mapping[str, object] | None) -> None:
        """Keep values, or that there is a version whose values are not known, unless it is older."""
        entry, now = self._entries.get(key), self._clock()
        if entry is not None:
            known, stored, end = entry
            # Of a version that is known, values are news, and that it is there is not.
            if now < end and (known > version or (known == version and (stored or values is None))):
                return
        self._entries[key] = (
            version,
            None if values is None else Stored(values, version),
            now + self._ttl,
        )
        self._entries.move_to_end(key)
        if len(self._entries) > self._max_entries:
            self._entries.popitem(last=False)

    async def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()

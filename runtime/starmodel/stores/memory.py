"""A store in the memory of this process.

It holds a bounded number of entries. When it is full, what has expired goes first, then the
sessions that were saved longest ago; what is kept for everybody, or is addressed by its id, is
never dropped: the store says that it is full instead.
"""

import heapq
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import islice

from starmodel.application.store import EntityPersistenceBackend, Key, Stored, Write
from starmodel.domain import Scope
from starmodel.errors import Conflict, StoreFull

_SESSION = Scope.SESSION.value


class _Entry(Stored):
    """Never changed once it is made, since it was handed out: a commit makes another."""

    __slots__ = ("expires_at",)

    def __init__(
        self, values: Mapping[str, object], version: int, expires_at: float | None
    ) -> None:
        self.values = values
        self.version = version
        self.expires_at = expires_at


class MemoryRepo(EntityPersistenceBackend):
    """Keeps entities until the process ends, their time is up, or there is no room.

    Nothing awaits within a commit, so commits do not interleave. Use it from one event loop.

    Args:
        max_entries: How many entries there may be.
        clock: Seconds from any point on; it should not be set back.
    """

    def __init__(
        self, *, max_entries: int = 100_000, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.max_entries = max_entries
        self._clock = clock
        # Saving puts an entry at the end, so both are ordered by the last save.
        self._sessions: dict[Key, _Entry] = {}
        self._others: dict[Key, _Entry] = {}
        # When entries expire, at the earliest: a heap that learns of a later save when its
        # turn comes, so that saving costs nothing here.
        self._expiries: list[tuple[float, Key]] = []
        # The highest version of anything that is gone. A key that comes back starts above it,
        # so its version does not go back, and nothing has to be kept for each key.
        self._floor = 0

    def __len__(self) -> int:
        """The number of entries, expired ones that nobody came across included."""
        return len(self._sessions) + len(self._others)

    async def load(self, key: Key) -> Stored | None:
        """Give what is stored under the key, `None` if it is missing."""
        return self._find(key)

    async def version(self, key: Key) -> int:
        """Give the version stored under the key, `0` if it is missing."""
        entry = self._find(key)
        return 0 if entry is None else entry.version

    async def commit(self, writes: Sequence[Write]) -> list[int]:
        """Carry out all the writes, or none, and give the new version of each."""
        added = 0
        for write in writes:
            entry = self._find(write.key)
            if (0 if entry is None else entry.version) != write.expected:
                raise Conflict(write.key.entity, write.key.id)
            if entry is None and write.values is not None:
                added += 1
        if added and len(self) + added > self.max_entries:
            self._make_room(added, writes)
        return [self._apply(write) for write in writes]

    async def delete_expired(self) -> int:
        """Delete every entry whose time is up, and give their number."""
        return self._sweep()

    def _entries(self, key: Key) -> dict[Key, _Entry]:
        return self._sessions if key.scope == _SESSION else self._others

    def _find(self, key: Key) -> _Entry | None:
        entry = (self._sessions if key.scope == _SESSION else self._others).get(key)
        if entry is None or entry.expires_at is None or entry.expires_at > self._clock():
            return entry
        self._drop(key)
        return None

    def _apply(self, write: Write) -> int:
        key, values, ttl = write.key, write.values, write.ttl
        entries = self._sessions if key.scope == _SESSION else self._others
        previous = entries.pop(key, None)
        version = (write.expected or self._floor) + 1
        if values is None:
            self._floor = max(self._floor, version)
            return version
        expires_at = None
        if ttl is not None:
            expires_at = self._clock() + ttl
            if previous is None or previous.expires_at is None or previous.expires_at > expires_at:
                self._expect(expires_at, key)
        entries[key] = _Entry(values, version, expires_at)
        return version

    def _drop(self, key: Key) -> None:
        entry = self._entries(key).pop(key)
        self._floor = max(self._floor, entry.version)

    def _make_room(self, added: int, writes: Sequence[Write]) -> None:
        self._sweep()
        excess = len(self) + added - self.max_entries
        if excess <= 0:
            return
        written = {write.key for write in writes}
        evictable = (key for key in self._sessions if key not in written)
        # A few at once: the front of a dictionary that much was deleted from is slow to find.
        evicted = list(islice(evictable, excess + len(self._sessions) // 1000))
        if len(evicted) < excess:
            raise StoreFull(self.max_entries)
        for key in evicted:
            self._drop(key)

    def _expect(self, expires_at: float, key: Key) -> None:
        heapq.heappush(self._expiries, (expires_at, key))
        if len(self._expiries) > 2 * len(self) + 1000:
            # Mostly of entries that were deleted before their time.
            self._expiries = [
                (entry.expires_at, key)
                for entries in (self._sessions, self._others)
                for key, entry in entries.items()
                if entry.expires_at is not None
            ]
            self._expiries.append((expires_at, key))
            heapq.heapify(self._expiries)

    def _sweep(self) -> int:
        now = self._clock()
        before = len(self)
        while self._expiries and self._expiries[0][0] <= now:
            _, key = heapq.heappop(self._expiries)
            entry = self._entries(key).get(key)
            if entry is None or entry.expires_at is None:
                continue
            if entry.expires_at <= now:
                self._drop(key)
            else:
                heapq.heappush(self._expiries, (entry.expires_at, key))
        return before - len(self)

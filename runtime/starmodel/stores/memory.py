"""A store in the memory of this process.

It holds a bounded number of entries. When it is full, what has expired goes first, then the
sessions that were saved longest ago; what is kept for everybody, or is addressed by its id, is
never dropped: the store says that it is full instead.
"""

import asyncio
import heapq
import time
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import islice
from typing import Any, ClassVar

from starmodel.application.store import (
    EntityPersistenceBackend,
    ImmediateBackend,
    Key,
    Stored,
    Write,
)
from starmodel.domain import Scope
from starmodel.errors import Conflict, LockContention, StoreFull

PATIENCE = 10.0
"""How many seconds anybody waits for those who have locked the same before him."""

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


class _KeyLock(asyncio.Lock):
    """The lock of one key: the task that holds it, and how many hold it or wait for it."""

    def __init__(self) -> None:
        super().__init__()
        self.owner: asyncio.Task[Any] | None = None
        self.users = 0


class MemoryRepo(ImmediateBackend):
    """Keeps entities until the process ends, their time is up, or there is no room.

    Nothing awaits within a commit, so commits do not interleave; before it begins, it waits for
    whoever has locked what it changes. Use it from one event loop.

    Args:
        max_entries: How many entries there may be.
        clock: Seconds from any point on; it should not be set back.
    """

    attempts_before_lock: ClassVar[int] = 1
    is_shared = False

    def __init__(
        self, *, max_entries: int = 100_000, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
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
        # The last number of each entity that has running numbers.
        self._numbers: dict[str, int] = {}
        # Of the keys that somebody has locked, and of no others.
        self._locks: dict[Key, _KeyLock] = {}

    def __len__(self) -> int:
        """Return the number of entries, expired ones that nobody came across included."""
        return len(self._sessions) + len(self._others)

    async def load(self, key: Key) -> Stored | None:
        """Return what is stored under the key, `None` if it is missing."""
        return self._find(key)

    def load_now(self, key: Key) -> Stored | None:
        """Return what is stored under the key, `None` if it is missing."""
        entry = (self._sessions if key[1] == _SESSION else self._others).get(key)
        return entry if entry is None or entry.expires_at is None else self._find(key)

    async def version(self, key: Key) -> int:
        """Return the version stored under the key, `0` if it is missing."""
        entry = self._find(key)
        return 0 if entry is None else entry.version

    async def next_numbers(self, entity: str, count: int, above: int = 0) -> list[int]:
        """Hand out numbers that are to be the ids of new records of an entity."""
        last = max(self._numbers.get(entity, 0), above)
        self._numbers[entity] = last + count
        return [*range(last + 1, last + count + 1)]

    async def commit(self, writes: Sequence[Write]) -> list[int]:
        """Execute all the writes, or none, and return the new version of each."""
        versions = self.commit_now(writes)
        if versions is not None:
            return versions
        me = asyncio.current_task()
        holds_any = any(lock.owner is me for lock in self._locks.values())
        async with AsyncExitStack() as stack:
            for key in sorted({write.key for write in writes}):
                if key not in self._locks or self._locks[key].owner is me:
                    continue
                if holds_any:
                    # To wait here might be for one who waits for what is held.
                    raise Conflict(key.entity, key.id)
                await stack.enter_async_context(self.locked(key))
            return self._carry_out(writes)

    def commit_now(self, writes: Sequence[Write]) -> list[int] | None:
        """Execute all the writes, or none; `None` where anybody has locked anything."""
        if self._locks:
            return None
        if len(writes) == 1:
            write = writes[0]
            key, values, version = write.key, write.values, write.expected + 1
            entries = self._sessions if key[1] == _SESSION else self._others
            entry = entries.get(key)
            if (
                entry is not None
                and entry.version == write.expected
                and values is not None
                and entry.expires_at is None
                and write.ttl is None
            ):
                # What nearly every event does; it goes to the end, as whatever is saved.
                del entries[key]
                entries[key] = _Entry(values, version, None)
                return [version]
        return self._carry_out(writes)

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[EntityPersistenceBackend]:
        """Return a view of the store; what it locks is its task's until the block ends."""
        async with AsyncExitStack() as stack:
            yield _View(self, stack)

    @asynccontextmanager
    async def locked(self, key: Key) -> AsyncGenerator[None]:
        """Keep all other tasks from changing an entry; they come in the order they asked.

        Raises:
            Busy: Those who asked before take too long.
        """
        lock = self._locks.setdefault(key, _KeyLock())
        lock.users += 1
        try:
            try:
                async with asyncio.timeout(PATIENCE):
                    await lock.acquire()
            except TimeoutError:
                raise LockContention(key.entity, key.id) from None
            lock.owner = asyncio.current_task()
            try:
                yield
            finally:
                lock.owner = None
                lock.release()
        finally:
            lock.users -= 1
            if not lock.users:
                del self._locks[key]

    def hand_over(self, keys: Iterable[Key]) -> None:
        """Return the locks of these keys to the task that asks, from others of its unit of work."""
        me = asyncio.current_task()
        for key in keys:
            self._locks[key].owner = me

    def _carry_out(self, writes: Sequence[Write]) -> list[int]:
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
        """Delete every entry whose time is up, and return their number."""
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


class _View(EntityPersistenceBackend):
    """The store, for a unit of work that locks entries of it, in whichever of its tasks."""

    locks: ClassVar[bool] = True

    def __init__(self, store: MemoryRepo, stack: AsyncExitStack) -> None:
        self._store = store
        self._stack = stack
        self._held: set[Key] = set()

    async def load(self, key: Key) -> Stored | None:
        return await self._store.load(key)

    async def lock(self, key: Key) -> Stored | None:
        if key not in self._held:
            await self._stack.enter_async_context(self._store.locked(key))
            self._held.add(key)
        return await self._store.load(key)

    async def version(self, key: Key) -> int:
        return await self._store.version(key)

    async def next_numbers(self, entity: str, count: int, above: int = 0) -> list[int]:
        return await self._store.next_numbers(entity, count, above)

    async def commit(self, writes: Sequence[Write]) -> list[int]:
        self._store.hand_over(self._held)
        return await self._store.commit(writes)

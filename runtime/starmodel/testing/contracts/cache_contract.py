"""What a cache has to keep to: classes of tests, which are coroutines, as of `store_contract`.

    class TestCache(CacheContract):
        def make(self, ttl, request) -> EntityCache:
            return MemcachedCache("127.0.0.1", CODECS, ttl)

A cache is made anew for each test, and has to be empty. It keeps entities called as `OPEN_ENTITIES`,
whose values are whatever JSON has.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import ClassVar

import pytest

from starmodel.application import Key, Stored
from starmodel.application.caching.entity_cache import EntityCache

KEY = Key("counter", "session", "s1")
OTHER = Key("poll", "record", "s1")


class CacheContract:
    """What every cache does.

    Attributes:
        ttl: Seconds for which it keeps an entry in the test about that.
    """

    ttl: ClassVar[float] = 0.05

    def make(self, ttl: float, request: pytest.FixtureRequest) -> EntityCache:
        """Return an empty cache; `request` gives it fixtures of your own."""
        raise NotImplementedError

    @pytest.fixture
    async def cache(self, request: pytest.FixtureRequest) -> AsyncIterator[EntityCache]:
        """An empty cache that keeps everything for a minute."""
        cache = self.make(60.0, request)
        try:
            yield cache
        finally:
            await cache.close()

    async def get(self, cache: EntityCache, key: Key = KEY) -> tuple[int, object] | None:
        """Return the version and the values that are there."""
        found: Stored | None = await cache.get(key)
        return None if found is None else (found.version, dict(found.values))

    async def test_what_was_put_is_there(self, cache: EntityCache) -> None:
        """Under its key alone."""
        assert await self.get(cache) is None
        await cache.put(KEY, 3, {"count": 1, "tags": ["é", None]})
        assert await self.get(cache) == (3, {"count": 1, "tags": ["é", None]})
        assert await self.get(cache, OTHER) is None

    async def test_nothing_older_takes_the_place_of_what_is_there(self, cache: EntityCache) -> None:
        """Whoever has read before a change and writes after it is refused."""
        await cache.put(KEY, 5, {"count": 5})
        await cache.put(KEY, 4, {"count": 4})
        await cache.put(KEY, 4, None)
        await cache.put(KEY, 5, None)
        assert await self.get(cache) == (5, {"count": 5})
        await cache.put(KEY, 6, {"count": 6})
        assert await self.get(cache) == (6, {"count": 6})

    async def test_a_version_whose_values_are_not_known_keeps_older_ones_away(
        self, cache: EntityCache
    ) -> None:
        """There is nothing to be shown until somebody knows its values, or those of a later one."""
        await cache.put(KEY, 5, {"count": 5})
        await cache.put(KEY, 10, None)
        assert await self.get(cache) is None
        await cache.put(KEY, 9, {"count": 9})
        assert await self.get(cache) is None
        await cache.put(KEY, 10, {"count": 10})
        assert await self.get(cache) == (10, {"count": 10})

    async def test_of_many_who_put_at_once_the_newest_stays(self, cache: EntityCache) -> None:
        """In whatever order they come."""
        versions = [7, 3, 20, 11, 19, 1, 15, 2]
        await asyncio.gather(*(cache.put(KEY, each, {"count": each}) for each in versions))
        assert await self.get(cache) == (20, {"count": 20})

    async def test_an_entry_is_over_after_its_time(self, request: pytest.FixtureRequest) -> None:
        """What nobody was told of is not shown for ever."""
        cache = self.make(self.ttl, request)
        await cache.put(KEY, 5, {"count": 5})
        async with asyncio.timeout(60):
            while await self.get(cache) is not None:
                await asyncio.sleep(self.ttl / 5)
        await cache.close()

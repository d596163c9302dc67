"""Every cache keeps to the contract, and a store that is read by one is a store like any other."""

from collections.abc import Callable, Sequence
from uuid import uuid4

import pytest
from pydantic import BaseModel

from starmodel import Entity, EntityPersistenceBackend, MemoryRepo, Scope, StateStore
from starmodel.application import EntityDefinition, Key, Stored, Write
from starmodel.application.caching.cached_reads import CachedReads
from starmodel.application.caching.entity_cache import EntityCache
from starmodel.application.documents import document
from starmodel.bus.in_process import InProcessBus
from starmodel.domain import ANONYMOUS, CommandRecord
from starmodel.stores.memory_cache import MemoryCache
from starmodel.stores.redis.redis_cache import RedisCache
from starmodel.testing.contracts.cache_contract import CacheContract
from starmodel.testing.contracts.store_contract import (
    DOCUMENTS,
    KEY,
    OTHERS,
    SAMPLE,
    Clock,
    StoreContract,
)


class TestMemory(CacheContract):
    def make(self, ttl: float, request: pytest.FixtureRequest) -> EntityCache:
        return MemoryCache(ttl)


def redis_cache(url: str, ttl: float) -> RedisCache:
    return RedisCache(url, DOCUMENTS, ttl, prefix=f"test-{uuid4().hex}")


class TestRedis(CacheContract):
    @pytest.fixture(autouse=True)
    def server(self, redis_url: str) -> None:
        self.url = redis_url

    def make(self, ttl: float, request: pytest.FixtureRequest) -> EntityCache:
        return redis_cache(self.url, ttl)


class Box(BaseModel):
    height: int = 1


class BoxBefore(BaseModel):
    width: int = 1


class Parcel(Entity):
    name: str = ""
    box: Box = Box()
    odd: object = object()


class ParcelBefore(Entity):
    name: str = ""
    box: BoxBefore = BoxBefore()
    odd: object = object()


class UnsaidParcel(Entity):
    """Pydantic cannot write a schema of it: what counts is what its fields are called."""

    call: Callable[[], None] | None = None
    name: str = ""


def documents(cls: type[Entity], *names: str) -> list[document.Document]:
    definition = EntityDefinition(
        cls,
        name="parcel",
        namespace="parcel",
        store=StateStore.SERVER_SQL,
        scope=Scope.RECORD,
        state=vars,
    )
    return [document.Document(definition, [document.field(name) for name in names])]


@pytest.mark.parametrize(
    "before",
    [
        documents(Parcel, "name"),
        documents(ParcelBefore, "name", "box"),
        documents(UnsaidParcel, "name"),
    ],
    ids=["a field", "a value object", "unsaid"],
)
async def test_releases_tell_each_other_versions_and_not_values(
    before: list[document.Document], redis_url: str
) -> None:
    prefix = f"test-{uuid4().hex}"
    key = Key("parcel", "record", "1")
    old = RedisCache(redis_url, before, 60.0, prefix=prefix)
    new, same = (
        RedisCache(redis_url, documents(Parcel, "name", "box"), 60.0, prefix=prefix) for _ in "12"
    )
    try:
        await old.put(key, 3, {"name": "tea", "box": {}})
        assert await new.get(key) is None
        await new.put(key, 3, {"name": "tea", "box": {"height": 7}})
        found = await same.get(key)
        assert found is not None and found.version == 3
        assert dict(found.values) == {"name": "tea", "box": {"height": 7}}
        assert await old.get(key) is None
        await old.put(key, 4, None)
        assert await new.get(key) is None
        await new.put(key, 3, {"name": "tea", "box": {"height": 7}})
        assert await new.get(key) is None, "the other release has told of a newer one"
    finally:
        for each in (old, new, same):
            await each.close()


class CachedStore(MemoryRepo):
    """A store whose every read is by a cache, but for what has a ttl, which none may have."""

    def __init__(self, cache: EntityCache, clock: Clock) -> None:
        super().__init__(clock=clock)
        self._bus = InProcessBus()
        scopes = {key.entity: key.scope for key in (KEY, *OTHERS, SAMPLE.key(""))}
        self._reads = CachedReads(dict.fromkeys(scopes, cache), scopes)
        self._passing: set[Key] = set()

    async def open(self) -> None:
        await self._reads.open(self._bus)

    async def close(self) -> None:
        await self._reads.close()

    async def load(self, key: Key) -> Stored | None:
        if key in self._passing:
            return await super().load(key)
        return await self._reads.load(key, super().load)

    async def commit(self, writes: Sequence[Write]) -> list[int]:
        self._passing |= {write.key for write in writes if write.ttl is not None}
        versions = await super().commit(writes)
        for (entity, _, id), version, write in zip(
            [write.key for write in writes], versions, writes, strict=True
        ):
            await self._bus.publish(
                CommandRecord(
                    entity, id, "save", {}, ANONYMOUS, 0.0, version, ("id",), None, write.expected
                )
            )
        return versions


class TestStoreByMemory(StoreContract):
    def make(self, clock: Clock, request: pytest.FixtureRequest) -> EntityPersistenceBackend:
        return CachedStore(MemoryCache(60.0), clock)


class TestStoreByRedis(StoreContract):
    @pytest.fixture(autouse=True)
    def server(self, redis_url: str) -> None:
        self.url = redis_url

    def make(self, clock: Clock, request: pytest.FixtureRequest) -> EntityPersistenceBackend:
        return CachedStore(redis_cache(self.url, 60.0), clock)

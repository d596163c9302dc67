"""Saving into Redis: by redis-py alone, by the store, and as a whole event."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import redis.asyncio

from benchmarks.stocked import ITEM, Item, Status, first_items
from benchmarks.way import Way
from starmodel import InProcessBus, PersistenceManager, StateStore
from starmodel.application import Services, Write
from starmodel.application.documents import document
from starmodel.stores.redis.redis_backend import RedisBackend

DOCUMENT = document.Document(
    ITEM,
    [
        *map(document.field, ("id", "name", "sku", "description")),
        document.field("price", write=str, read=Decimal),
        *map(document.field, ("stock", "reserved", "weight")),
        document.field("status", write=lambda given: given.value, read=Status),
        document.field("is_listed"),
        document.field("created_at", write=datetime.isoformat, read=datetime.fromisoformat),
        document.field("available_on", write=date.isoformat, read=date.fromisoformat),
        document.field("batch", write=str, read=UUID),
        document.field("labels"),
    ],
)


class PooledRedis(Way):
    """GET, change, SET with redis-py's pool: whoever is faster is overwritten."""

    name = "plain"

    def __init__(self, url: str) -> None:
        self._redis: Any = redis.asyncio.Redis.from_url(url)  # pyright: ignore

    async def open(self) -> None:
        for item in first_items():
            await self._redis.set(f"plain:{item.id}", DOCUMENT.write(vars(item)))

    async def save(self, id: str) -> None:
        kept = json.loads(await self._redis.get(f"plain:{id}"))
        kept["stock"] += 1
        await self._redis.set(f"plain:{id}", json.dumps(kept))

    async def close(self) -> None:
        await self._redis.aclose()


class RedisStore(Way):
    """Load the values, change one, compare-and-set."""

    name = "store"

    def __init__(self, url: str) -> None:
        self.store = RedisBackend(url, [DOCUMENT], prefix=self.name)

    async def open(self) -> None:
        await self.store.open()
        await self.store.commit([Write(ITEM.key(each.id), vars(each), 0) for each in first_items()])

    async def save(self, id: str) -> None:
        key = ITEM.key(id)
        stored = await self.store.load(key)
        assert stored is not None
        item: Item = ITEM.hydrate(stored.values)
        item.stock += 1
        await self.store.commit([Write(key, vars(item), stored.version)])

    async def close(self) -> None:
        await self.store.close()


class RedisEvent(RedisStore):
    """What a generated command does: validation, the record in the outbox, the bus."""

    name = "event"

    def __init__(self, url: str) -> None:
        super().__init__(url)
        persistence = PersistenceManager({StateStore.SERVER_SQL: self.store})
        self.services = Services(persistence, InProcessBus(), definitions=[ITEM])

    async def save(self, id: str) -> None:
        async with self.services.unit_of_work() as work:
            for _ in work.attempts():
                item = await work.load(ITEM, id)
                item.stock += 1
                if await work.commit(item, "restock", {"amount": 1}, None) is not None:
                    return

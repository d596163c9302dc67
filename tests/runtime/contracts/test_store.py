"""Every store keeps to the contract."""

import asyncio
from uuid import uuid4

import pytest
from sql_tables import DocumentStore

from starmodel import EntityPersistenceBackend, MemoryRepo
from starmodel.stores.redis.redis_backend import RedisBackend
from starmodel.testing.contracts.store_contract import (
    DOCUMENTS,
    Clock,
    OutboxStoreContract,
    StoreContract,
)


class TestMemory(StoreContract):
    def make(self, clock: Clock, request: pytest.FixtureRequest) -> EntityPersistenceBackend:
        return MemoryRepo(clock=clock)


class TestSQLite(OutboxStoreContract):
    def make(self, clock: Clock, request: pytest.FixtureRequest) -> EntityPersistenceBackend:
        return DocumentStore("sqlite://", clock=clock)


class TestPostgres(OutboxStoreContract):
    @pytest.fixture(autouse=True)
    def database(self, postgres_url: str) -> None:
        self.url = postgres_url

    def make(self, clock: Clock, request: pytest.FixtureRequest) -> EntityPersistenceBackend:
        return DocumentStore(self.url, clock=clock)


class TestRedis(OutboxStoreContract):
    second = 0.03

    @pytest.fixture(autouse=True)
    def server(self, redis_url: str) -> None:
        self.url = redis_url

    def make(self, clock: Clock, request: pytest.FixtureRequest) -> EntityPersistenceBackend:
        return RedisBackend(self.url, DOCUMENTS, prefix=f"test-{uuid4().hex}")

    async def advance(self, clock: Clock, seconds: float) -> None:
        await asyncio.sleep(seconds * self.second)

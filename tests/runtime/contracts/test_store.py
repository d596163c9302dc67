"""Every store keeps to the contract."""

import asyncio
from collections.abc import Sequence
from uuid import uuid4

import pytest
from postgres_server import Server
from sql_tables import DocumentStore

from starmodel import EntityPersistenceBackend, MemoryRepo
from starmodel.application import Key, Stored, Write
from starmodel.application.documents.sealed_states import SealedStates
from starmodel.stores.browser import BrowserBackend
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
    def database(self, postgres_server: Server, postgres_url: str) -> None:
        self.server = postgres_server
        self.url = postgres_url

    def make(self, clock: Clock, request: pytest.FixtureRequest) -> EntityPersistenceBackend:
        return DocumentStore(self.url, clock=clock)

    async def advance(self, clock: Clock, seconds: float) -> None:
        await super().advance(clock, seconds)
        # What was committed when goes by the server's clock, which nobody can set.
        earlier = "UPDATE starmodel_outbox SET created_at = created_at - $1"
        self.server.run(earlier, seconds, url=self.url)


class TestRedis(OutboxStoreContract):
    second = 0.1

    @pytest.fixture(autouse=True)
    def server(self, redis_url: str) -> None:
        self.url = redis_url

    def make(self, clock: Clock, request: pytest.FixtureRequest) -> EntityPersistenceBackend:
        return RedisBackend(self.url, DOCUMENTS, prefix=f"test-{uuid4().hex}")

    async def advance(self, clock: Clock, seconds: float) -> None:
        await asyncio.sleep(seconds * self.second)


class TestBrowser(StoreContract):
    def make(self, clock: Clock, request: pytest.FixtureRequest) -> EntityPersistenceBackend:
        return OneBrowser(DOCUMENTS, lambda: ["secret"], limit=2**22, clock=clock)


class OneBrowser(BrowserBackend):
    """The store in front of one browser, which sends with each request what it was given before."""

    _kept = SealedStates({})

    def states(self, key: Key) -> SealedStates:
        return self._kept

    async def load(self, key: Key) -> Stored | None:
        self._next_request()
        return await super().load(key)

    async def commit(self, writes: Sequence[Write]) -> list[int]:
        self._next_request()
        return await super().commit(writes)

    def _next_request(self) -> None:
        self._kept = SealedStates({**self._kept.given, **self._kept.written})

"""Every store keeps to the contract."""

import pytest
from sql_tables import DocumentStore

from starmodel import EntityPersistenceBackend, MemoryRepo
from starmodel.testing.contracts.store_contract import Clock, OutboxStoreContract, StoreContract


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

"""Every store keeps to the contract."""

import asyncio
import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from sql_tables import Document, DocumentStore, define

from starmodel import EntityPersistenceBackend, MemoryRepo
from starmodel.application.documents import document
from starmodel.stores.redis.redis_backend import RedisBackend
from starmodel.testing.contracts.store_contract import (
    OPEN_ENTITIES,
    SAMPLE,
    Clock,
    OutboxStoreContract,
    Place,
    Size,
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


def _place_values(place: Place) -> dict[str, Any]:
    return place.model_dump()


SAMPLE_DOCUMENT = document.Document(
    SAMPLE,
    [
        *map(document.field, ("id", "on", "count", "ratio", "name")),
        document.field("blob", write=lambda given: b64encode(given).decode(), read=b64decode),
        document.field("day", write=date.isoformat, read=date.fromisoformat),
        document.field("hour", write=time.isoformat, read=time.fromisoformat),
        document.field("moment", write=datetime.isoformat, read=datetime.fromisoformat),
        document.field("local", write=datetime.isoformat, read=datetime.fromisoformat),
        document.field(
            "span",
            write=lambda given: given // timedelta(microseconds=1),
            read=lambda stored: timedelta(microseconds=stored),
        ),
        document.field("key", write=str, read=UUID),
        document.field("price", write=str, read=Decimal),
        document.field("size", write=lambda given: given.value, read=Size),
        document.field("place", write=_place_values, read=Place.model_validate),
        document.anything("data"),
    ],
)


class OpenDocument(document.Document):
    """The document of an entity of which nothing is known."""

    def __init__(self, name: str) -> None:
        super().__init__(define(Document, name=name, ttl=1.0), [])

    def write(self, values: Mapping[str, Any]) -> str:
        return json.dumps(values)

    def read(self, text: str | bytes) -> dict[str, Any]:
        return json.loads(text)


class TestRedis(OutboxStoreContract):
    second = 0.03

    @pytest.fixture(autouse=True)
    def server(self, redis_url: str) -> None:
        self.url = redis_url

    def make(self, clock: Clock, request: pytest.FixtureRequest) -> EntityPersistenceBackend:
        documents = [SAMPLE_DOCUMENT, *map(OpenDocument, OPEN_ENTITIES)]
        return RedisBackend(self.url, documents, prefix=f"test-{uuid4().hex}")

    async def advance(self, clock: Clock, seconds: float) -> None:
        await asyncio.sleep(seconds * self.second)

"""The store keeps to the contract of stores.

`STARMODEL_TEST_MONGODB_URL` names a replica set whose databases may be made and dropped; without it the
tests run on a MongoDB in this process.
"""

import os
from typing import Any
from uuid import uuid4

import pytest
from in_process import Client
from starmodel_mongodb import MongoStore

from starmodel import EntityPersistenceBackend, StateStore
from starmodel.application import Key, Write
from starmodel.errors import Conflict
from starmodel.testing.contracts.store_contract import DOCUMENTS, Clock, StoreContract
from starmodel.web import Resource, Settings, WebApplication

URL = os.environ.get("STARMODEL_TEST_MONGODB_URL", "")


class InProcessStore(MongoStore):
    client_class = Client


class TestMongoStore(StoreContract):
    def make(self, clock: Clock, request: pytest.FixtureRequest) -> EntityPersistenceBackend:
        if not URL:
            return InProcessStore(f"mongodb://in-process/{uuid4().hex}", DOCUMENTS, clock=clock)
        place, mark, options = URL.partition("?")
        url = f"{place.rstrip('/')}/test_{uuid4().hex}{mark}{options}"
        return MongoStore(url, DOCUMENTS, clock=clock)


@pytest.mark.parametrize("code", [112, 11000])
async def test_who_writes_at_the_same_time_gets_a_conflict(code: int) -> None:
    store: Any = InProcessStore("mongodb://in-process/others", DOCUMENTS)
    await store.open()
    one, other = Key("counter", "session", "one"), Key("draft", "user", "other")
    await store.commit([Write(one, {"count": 1}, 0)])
    store._client.others_write = code
    with pytest.raises(Conflict):
        await store.commit([Write(one, {"count": 2}, 1), Write(other, {"text": "a"}, 0)])
    store._client.others_write = 0
    assert (await store.load(one)).values == {"count": 1}
    assert await store.load(other) is None
    await store.close()


def test_an_app_takes_the_store_by_its_url() -> None:
    [one, *_] = [each for each in DOCUMENTS if each.definition.store is StateStore.CUSTOM]
    resource = Resource(one.definition, routes=[], document=one)
    app = WebApplication([resource], Settings(custom_store_url="mongodb://127.0.0.1/shop"))
    assert type(app.services.persistence.backend_for(one.definition)) is MongoStore

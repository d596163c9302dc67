"""A MongoDB in this process, of mongomock-ng, with the methods of pymongo's asynchronous client.

What is asked is done at once, so a transaction is over before anybody else has a turn: what happens
where somebody else writes at the same time is for a test that says so.
"""

# pyright: basic
# mongomock-ng has no types that strict checking could use.

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import mongomock_ng
from pymongo.errors import WriteError


class Collection:
    """A collection whose methods are awaited."""

    def __init__(self, collection: Any, client: "Client") -> None:
        self._collection = collection
        self._client = client

    async def find_one(self, place: Any, session: Any = None) -> Any:
        return self._collection.find_one(place, session=session and session.inner)

    async def replace_one(self, place: Any, document: Any, upsert: bool, session: Any) -> None:
        if self._client.others_write:
            raise WriteError("WriteConflict", self._client.others_write)
        self._collection.replace_one(place, document, upsert=upsert, session=session.inner)

    async def update_many(self, places: Any, change: Any) -> Any:
        return self._collection.update_many(places, change)


class Session:
    """A session whose transactions are entered and left as pymongo's are."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    async def start_transaction(self) -> AbstractAsyncContextManager[None]:
        return self._transaction()

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[None]:
        with self.inner.start_transaction():
            yield


class Client:
    """A client, which is its own database.

    Attributes:
        others_write: The code of the error that a write meets where somebody else writes.
    """

    def __init__(self, url: str) -> None:
        self._client = mongomock_ng.MongoClient(url)
        self.others_write = 0

    def get_default_database(self, default: str) -> "Client":
        self._database = self._client.get_default_database(default)
        return self

    def __getitem__(self, name: str) -> Collection:
        return Collection(self._database[name], self)

    async def command(self, name: str) -> Any:
        return self._database.command(name)

    @asynccontextmanager
    async def start_session(self) -> AsyncIterator[Session]:
        with self._client.start_session() as inner:
            yield Session(inner)

    async def close(self) -> None:
        self._client.close()

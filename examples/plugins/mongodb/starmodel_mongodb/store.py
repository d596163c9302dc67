"""A store in MongoDB: a collection for each entity, a document for each instance of it."""

import time
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from pymongo import AsyncMongoClient, errors

from starmodel import EntityPersistenceBackend
from starmodel.application import Key, Stored, Write
from starmodel.errors import Conflict
from starmodel_mongodb.codec import Clock, Codec, Document


class MongoStore(EntityPersistenceBackend):
    """Keeps entities at `mongodb://host/shop?replicaSet=rs0`: a commit is one transaction."""

    client_class: ClassVar[Callable[[str], Any]] = AsyncMongoClient

    def __init__(self, url: str, documents: Sequence[Document], clock: Clock = time.time) -> None:
        self._url, self._codec = url, Codec(documents, clock)

    async def open(self) -> None:
        self._client = type(self).client_class(self._url)
        self._database = self._client.get_default_database("starmodel")
        await self._database.command("ping")

    async def close(self) -> None:
        await self._client.close()

    async def load(self, key: Key) -> Stored | None:
        found = await self._database[key.entity].find_one(self._codec.place(key))
        return self._codec.decode(key.entity, found)

    async def version(self, key: Key) -> int:
        stored = await self.load(key)
        return 0 if stored is None else stored.version

    async def commit(self, writes: Sequence[Write]) -> list[int]:
        async with self._client.start_session() as session, await session.start_transaction():
            return [await self._write(write, session) for write in writes]

    async def delete_expired(self) -> int:
        sweep = self._codec.sweep()
        swept = [await self._database[name].update_many(*sweep) for name in self._codec.entities]
        return sum([each.modified_count for each in swept])

    async def _write(self, write: Write, session: Any) -> int:
        collection, place = self._database[write.key.entity], self._codec.place(write.key)
        found = await collection.find_one(place, session=session)
        if write.expected != self._codec.version(found):
            raise Conflict(write.key.entity, write.key.id)
        kept = self._codec.encode(write, found)
        try:
            await collection.replace_one(place, kept, upsert=True, session=session)
        except errors.OperationFailure as error:
            if error.code in (112, 11000):  # Somebody else writes it, or has just made it.
                raise Conflict(write.key.entity, write.key.id) from error
            raise
        return kept["version"]

"""A cache in Redis or Valkey, which all nodes share."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import ClassVar

from pydantic import PydanticUserError
from pydantic.json_schema import GenerateJsonSchema

from starmodel.application.caching.entity_cache import EntityCache
from starmodel.application.documents.document import Document
from starmodel.application.store import Key, Stored
from starmodel.errors import ConfigurationError, InvalidState, StoreFull, Unavailable
from starmodel.stores.redis.redis_backend import RedisBackend
from starmodel.stores.redis.redis_connection import REFUSED
from starmodel.stores.redis.redis_scripts import CACHE

_RETRY_AFTER = 1.0


class RedisCache(EntityCache):
    """Keeps entities as the store in Redis does, under names of their own.

    An entry is `version shape document`, or a version alone; all releases of an app share it, so that
    each is told what the others commit, and read those of their own shape: a field that another does
    not know would have its default. The server may drop any of it when it is full, and need not keep
    it when it ends.

    Args:
        url: `redis://user:password@host:6379/0`.
        documents: How each entity is kept.
        ttl: Seconds after which an entry is over.
        prefix: What all keys begin with.

    Raises:
        ConfigurationError: The URL is none of Redis, or redis-py is not installed.
    """

    is_shared: ClassVar[bool] = True

    def __init__(
        self, url: str, documents: Iterable[Document], ttl: float, *, prefix: str = "starmodel"
    ) -> None:
        self._documents = {each.definition.name: each for each in documents}
        self._shapes = {name: _shape(each) for name, each in self._documents.items()}
        self._redis = RedisBackend(url, self._documents.values(), prefix=f"{prefix}:cache")
        self._milliseconds = max(1, round(ttl * 1000))

    async def get(self, key: Key) -> Stored | None:
        """Return what is there under a key; `None` also where all that is known is a version."""
        try:
            found = await self._redis.ask("GET", self._redis.name(key))
        except (StoreFull, REFUSED) as error:
            raise Unavailable(_RETRY_AFTER) from error
        version, _, rest = (found or b"").partition(b" ")
        shape, _, text = rest.partition(b" ")
        if shape != self._shapes[key.entity].encode():
            return None
        try:
            return Stored(self._documents[key.entity].read(text), int(version))
        except (ValueError, KeyError, TypeError, ArithmeticError, ConfigurationError):
            # Another release has kept it; the store has it as it is today.
            return None

    async def put(self, key: Key, version: int, values: Mapping[str, object] | None) -> None:
        """Keep values, or that there is a version whose values are not known, unless it is older."""
        text, shape = "", self._shapes[key.entity]
        if values is not None:
            try:
                text = f"{shape} {self._documents[key.entity].write(values)}"
            except InvalidState:
                # Not everything that a database keeps is JSON: then it is read there each time.
                return
        arguments = (version, text, self._milliseconds, shape)
        try:
            await self._redis.run(CACHE, [self._redis.name(key)], arguments)
        except (StoreFull, REFUSED) as error:
            raise Unavailable(_RETRY_AFTER) from error

    async def close(self) -> None:
        """Disconnect."""
        await self._redis.close()


class _JsonSchema(GenerateJsonSchema):
    """Writes nothing about defaults that are no JSON: they say nothing of a shape."""

    ignored_warning_kinds = {"skipped-choice", "non-serializable-default"}


def _shape(document: Document) -> str:
    """Return a hash of what a document is made of: its fields, and where pydantic can say it, their
    types and those of the value objects in them.
    """
    names = [each.name for each in document.fields]
    try:
        schema = document.definition.cls.model_json_schema(schema_generator=_JsonSchema)
    except PydanticUserError:
        schema = {}
    text = json.dumps([names, schema], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]

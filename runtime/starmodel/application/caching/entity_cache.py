"""The port of caches: values of entities with their versions, any of which may be gone at any time."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from starmodel.application.store import Key, Stored


class EntityCache(ABC):
    """A place that answers reads faster than a store.

    To fill it and to tell it of a change are one operation: `put` takes effect only where the version
    is higher than what is there. So a reader who has read before a change cannot write what he has
    read after it.

    Both raise `Unavailable` where the cache is away.
    """

    is_shared: ClassVar[bool]
    """Whether all processes that serve an app see the same entries."""

    @abstractmethod
    async def get(self, key: Key) -> Stored | None:
        """Return what is there under a key; `None` also where all that is known is a version."""

    @abstractmethod
    async def put(self, key: Key, version: int, values: Mapping[str, object] | None) -> None:
        """Keep values, or that there is a version whose values are not known, unless it is older.

        Nobody changes the values any more.
        """

    async def clear(self) -> None:
        """Forget everything; for one that is not shared."""

    async def close(self) -> None:
        """Disconnect. Called once, after the last read."""

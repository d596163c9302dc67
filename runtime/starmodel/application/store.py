"""The port of stores: what is kept, under which key, and how it is saved."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Key(NamedTuple):
    """Where one instance of an entity is kept.

    `scope` is the value of the entity's `Scope`. `id` is the entity's own for a record, else
    its holder's: the session, the actor, or `""` where there is one instance for all.
    """

    entity: str
    scope: str
    id: str


class Stored:
    """What a store holds under a key: the values of the fields, and their version.

    The values belong to the store. Whoever is given them must not change them, nor anything
    inside them.
    """

    __slots__ = ("values", "version")

    def __init__(self, values: Mapping[str, object], version: int) -> None:
        self.values = values
        self.version = version


class Write:
    """One change to commit.

    `values` are the new values of the fields, `None` to delete. The store keeps them as they
    are, so nobody else may hold on to them. `expected` is the version they are based on, `0`
    where nothing was stored. `ttl` is the number of seconds after which they are forgotten.
    """

    __slots__ = ("expected", "key", "ttl", "values")

    def __init__(
        self,
        key: Key,
        values: Mapping[str, object] | None,
        expected: int,
        ttl: float | None = None,
    ) -> None:
        self.key = key
        self.values = values
        self.expected = expected
        self.ttl = ttl


class EntityPersistenceBackend(ABC):
    """A place to keep entities.

    A store hands out values, never live objects, and keeps a version beside each. The version
    of a key grows with every commit and never goes back, also after the entry was deleted, has
    expired or was evicted. An expired entry is missing in every respect.
    """

    @abstractmethod
    async def load(self, key: Key) -> Stored | None:
        """Give what is stored under the key, `None` if it is missing."""

    @abstractmethod
    async def commit(self, writes: Sequence[Write]) -> list[int]:
        """Carry out all the writes, or none, and give the new version of each.

        A key occurs once. Deleting is a change like any other: it needs the expected version
        and gives a new one.

        Raises:
            Conflict: The version of some key is not the expected one.
            StoreFull: There is no room, and nothing that may be dropped.
        """

    @abstractmethod
    async def version(self, key: Key) -> int:
        """Give the version stored under the key, `0` if it is missing."""

    async def delete_expired(self) -> int:
        """Delete every entry whose time is up, and give their number."""
        return 0

    async def open(self) -> None:
        """Connect. Called once, before anything is loaded."""

    async def close(self) -> None:
        """Disconnect. Called once, after the last commit."""

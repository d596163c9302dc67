"""The port of stores: what is kept, under which key, and how it is saved."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from copy import copy
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple

from starmodel.application.copying import deep_copy
from starmodel.application.search import Search
from starmodel.domain import CommandRecord
from starmodel.errors import ConfigurationError, Conflict

MAX_PENDING = 500
"""How many records that were not published a store gives at once."""


class Key(NamedTuple):
    """Where one instance of an entity is kept.

    `scope` is the value of the entity's `Scope`. `id` is the entity's own for a record, else
    its holder's: the session, the actor, or `""` where there is one instance for all.
    """

    entity: str
    scope: str
    id: str


NOTHING: Mapping[str, object] = MappingProxyType({})
"""No values."""


class Stored:
    """What a store holds under a key: the values of the fields, and their version.

    The values belong to the store. Whoever is given them must not change them, nor anything
    inside them.

    Attributes:
        unknown_fields: What else is kept there, as JSON, by the name that another release of the app has for
            it. Whoever saves the entity hands it on, since nodes of several releases may run.
    """

    __slots__ = ("values", "version")

    unknown_fields: Mapping[str, Any] = NOTHING

    def __init__(self, values: Mapping[str, object], version: int) -> None:
        self.values = values
        self.version = version


class StoredWithUnknownFields(Stored):
    """The same, of an entity that another release of the app has saved."""

    __slots__ = ("unknown_fields",)

    def __init__(
        self, values: Mapping[str, object], version: int, unknown_fields: Mapping[str, Any]
    ) -> None:
        super().__init__(values, version)
        self.unknown_fields = unknown_fields


class StoredWithRelated(Stored):
    """The same, with what was found in other tables: what it was sorted by, and what came along."""

    __slots__ = ("related",)

    def __init__(self, stored: Stored, related: Mapping[str, object]) -> None:
        super().__init__(stored.values, stored.version)
        self.related = related


class Write:
    """One change to commit.

    `values` are the new values of the fields, `None` to delete. The store keeps them as they
    are, so nobody else may hold on to them. `expected` is the version they are based on, `0`
    where nothing was stored. `ttl` is the number of seconds after which they are forgotten.
    `base` are the values of the expected version, so that a store may save only what differs;
    they are empty where the writer does not know them. `unknown_fields` is what a document has besides, see
    `Stored`.
    """

    __slots__ = ("base", "expected", "key", "ttl", "unknown_fields", "values")

    def __init__(
        self,
        key: Key,
        values: Mapping[str, object] | None,
        expected: int,
        ttl: float | None = None,
        base: Mapping[str, object] = NOTHING,
        unknown_fields: Mapping[str, Any] = NOTHING,
    ) -> None:
        self.key = key
        self.values = values
        self.expected = expected
        self.ttl = ttl
        self.base = base
        self.unknown_fields = unknown_fields


class VersionCheck(NamedTuple):
    """An entry that an event has read and not changed, and its version: `0` where there was none."""

    key: Key
    version: int


class ReferrerCount(NamedTuple):
    """Who referred to a record, where an event has asked for them.

    There were `number` records of an `entity` that referred to the one of `target` through `field`.
    """

    target: VersionCheck
    entity: str
    field: str
    number: int


class SearchCheck(NamedTuple):
    """How many records an event has found, where it has looked for them.

    There were `number` that fit `search`, if no more than its limit are counted. With `ids` there
    may be more, and those were the first in its order.
    """

    search: Search
    number: int
    ids: tuple[str, ...] = ()


class ReadSet(NamedTuple):
    """What an event has relied on, which has to be so still when the event is saved.

    The records of a relation or a search that are not among `versions` are written, or locked.
    """

    versions: Sequence[VersionCheck] = ()
    referrers: Sequence[ReferrerCount] = ()
    searches: Sequence[SearchCheck] = ()


EMPTY_READ_SET = ReadSet()
"""Nothing but what is written."""


class IdempotencyRecord(NamedTuple):
    """What a request leads to that may be sent again: the record or holder `id` of an `entity`.

    `key` is the request's own, the same each time it is sent. `created` is whether it makes a
    new record.
    """

    key: str
    entity: str
    id: str
    created: bool


class Committed(NamedTuple):
    """The new version of each write, and what the store calls each record that it keeps."""

    versions: Sequence[int]
    outbox_ids: Sequence[str]


class EntityPersistenceBackend(ABC):
    """A place to keep entities.

    A store hands out values, never live objects, and keeps a version beside each. The version
    of a key grows with every commit and never goes back, also after the entry was deleted, has
    expired or was evicted. An expired entry is missing in every respect.

    `load`, `commit` and `version` are what a store has to have. The rest is for stores that can
    do more: search, follow references, lock, and keep the records of commits until they are
    published.
    """

    has_outbox: ClassVar[bool] = False
    """Whether it keeps records of what was committed until they are published, and the receipts
    of requests. Then events are saved by `commit_event`."""

    is_shared: bool = True
    """Whether all processes that serve an app see the same entries."""

    bus_url: str = ""
    """Where the processes that share it can tell each other of changes; empty where they cannot."""

    may_lag: ClassVar[bool] = False
    """Whether it may read from a replica, which is behind what was read before. Where it may not,
    a version that is lower than before is the truth: the store has lost what came after it."""

    locks: ClassVar[bool] = False
    """Whether what `lock` gave cannot be changed by others before the view commits. Where it can, what
    was locked and only read is compared like everything else."""

    attempts_before_lock: ClassVar[int] = 2
    """After so many conflicts an event locks what it loads, where the store can do that: of many
    who want the same at once all but one would run in vain."""

    immediate: "ImmediateBackend | None" = None
    """The store as one that need not wait, where it is one."""

    @abstractmethod
    async def load(self, key: Key) -> Stored | None:
        """Return what is stored under the key, `None` if it is missing."""

    @abstractmethod
    async def commit(self, writes: Sequence[Write]) -> list[int]:
        """Execute all the writes, or none, and return the new version of each.

        A key occurs once. Deleting is a change like any other: it needs the expected version
        and gives a new one.

        Raises:
            Conflict: The version of some key is not the expected one.
            StoreFull: There is no room, and nothing that may be dropped.
        """

    @abstractmethod
    async def version(self, key: Key) -> int:
        """Return the version stored under the key, `0` if it is missing."""

    async def versions(self, keys: Sequence[Key]) -> list[int]:
        """Return the version stored under each of several keys, in their order.

        It is what live streams compare, all at once: a store that others share answers it in few
        journeys.
        """
        return [await self.version(key) for key in keys]

    async def load_all(self, keys: Sequence[Key]) -> list[Stored | None]:
        """Return what is stored under each of several keys of one entity, in their order."""
        return [await self.load(key) for key in keys]

    async def next_numbers(self, entity: str, count: int, above: int = 0) -> list[int]:
        """Hand out numbers that are to be the ids of new records of an entity.

        They grow, and are greater than `above`, which somebody has given to a record himself. That
        of a record that was saved is never handed out again, also when the record is deleted.

        Raises:
            ConfigurationError: This store has no way to number records.
        """
        raise ConfigurationError(
            f"The store of {entity} does not number its records. Give them an id of their own, or"
            " keep them in SQL or in memory."
        )

    async def find(self, entity: str, field: str, id: str) -> list[tuple[Key, Stored]]:
        """Return the records of an entity that refer to the record `id` through a field.

        They are sorted by their ids.

        Raises:
            ConfigurationError: This store has no way to find them.
        """
        raise ConfigurationError(
            f"The store of {entity} cannot find records by {field}. Keep it in SQL:"
            " model_config = EntityConfig(store=StateStore.SERVER_SQL)."
        )

    async def search(self, search: Search) -> list[tuple[Key, Stored]]:
        """Return the records of an entity that fit, in the order that is asked for.

        Raises:
            InvalidArguments: A value is compared that cannot be stored in the first place.
            ConfigurationError: This store has no way to find them.
        """
        raise ConfigurationError(
            f"The store of {search.entity} cannot search its records. Keep it in SQL:"
            " model_config = EntityConfig(store=StateStore.SERVER_SQL)."
        )

    async def search_states(
        self, search: Search, fields: tuple[str, ...]
    ) -> "tuple[list[dict[str, object]], Callable[[int], Stored]] | None":
        """Search, and return what JSON has of some fields, made without any entity.

        It comes with a function that gives all that is stored of one of the records, by its
        place among those that were found. `None` says that `search` is the way.
        """
        return None

    async def search_lazily(self, search: Search) -> "tuple[int, Callable[[int], Stored]]":
        """Search, and return how many records were found, and what reads one, by its place.

        Who needs one after the other, and none for long, has them made one by one. What is read
        belongs to the caller, other than what `search` returns.
        """
        found = await self.search(search)

        def read(place: int) -> Stored:
            stored = copy(found[place][1])
            stored.values = deep_copy(stored.values)
            return stored

        return len(found), read

    async def count(self, search: Search) -> int | None:
        """Return how many records fit, `search.limit` at most; `None` where it cannot count."""
        return None

    async def search_locked(self, search: Search) -> list[tuple[Key, Stored]]:
        """Search, and lock what is found, as `lock` does."""
        return await self.search(search)

    async def lock_searches(self, entity: str) -> None:
        """Keep others from saving what they decide by a search of an entity, as `lock` does.

        Where a store cannot do that, searches are compared all the same.
        """

    def references(self, entity: str) -> Mapping[str, str]:
        """Return the fields of an entity that refer to others, each with the entity it leads to."""
        return {}

    def transaction(self) -> "AbstractAsyncContextManager[EntityPersistenceBackend]":
        """Return a view of the store, within which `lock` keeps others away until `commit`.

        A store that cannot do that gives itself: versions are compared all the same.
        """
        return nullcontext(self)

    async def lock(self, key: Key) -> Stored | None:
        """Load, and keep others from changing the entry until the view of `exclusive` commits."""
        return await self.load(key)

    async def commit_event(
        self,
        writes: Sequence[Write],
        records: Sequence[CommandRecord],
        idempotency: IdempotencyRecord | None = None,
        reads: ReadSet = EMPTY_READ_SET,
    ) -> Committed:
        """Execute the writes of an event, and keep its records and its receipt, all or none.

        Nothing is done where something that the event has read is not so any more. The `version` of each record that belongs to a write is settled here. A store that keeps
        records gives a ticket for each, and `pending` gives the record until `published` was
        told of the ticket.

        Raises:
            Conflict: The version of some key is not the expected one, or others refer to a record.
            InvalidState, ConstraintViolation: The values cannot be kept.
            DuplicateRequest: The receipt's key was committed before.
        """
        for key, version in reads.versions:
            if await self.version(key) != version:
                raise Conflict(key.entity, key.id)
        for (key, _), entity, field, number in reads.referrers:
            if len(await self.find(entity, field, key.id)) != number:
                raise Conflict(key.entity, key.id)
        for search, number, ids in reads.searches:
            found = [key.id for key, _ in await self.search(search)]
            if (found != [*ids]) if ids else len(found) != number:
                raise Conflict(search.entity, "")
        versions = await self.commit(writes)
        return Committed(versions, ())

    def published(self, outbox_ids: Sequence[str]) -> None:
        """Forget records that have been published. It may take a moment until they are gone."""

    async def pending(self, age: float, lease: float = 0.0) -> Sequence[tuple[str, CommandRecord]]:
        """Return records that were committed at least `age` seconds ago and not published.

        Each comes with its ticket, the oldest first; at most `MAX_PENDING` of them. For `lease`
        seconds nobody else is given them, so that of several processes one publishes them.
        """
        return ()

    async def unpublished(self, age: float) -> int:
        """Return how many records were committed at least `age` seconds ago and not published."""
        return 0

    async def find_idempotency_record(self, key: str) -> IdempotencyRecord | None:
        """Return the receipt that was committed under a key, `None` if there is none."""
        return None

    async def delete_expired(self) -> int:
        """Delete every entry whose time is up, and return their number."""
        return 0

    async def open(self) -> None:
        """Connect. Called once, before anything is loaded."""

    async def close(self) -> None:
        """Disconnect. Called once, after the last commit."""


class ImmediateBackend(EntityPersistenceBackend):
    """A store that need not wait: it has what it is asked for in the process, or in the request."""

    is_immediate: ClassVar[bool] = True
    """Whether it is asked by `load_now` and `commit_now`. A subclass that overrides `load` or `commit`
    alone is not, so that its own method is called."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        for name in ("load", "commit"):
            if _owner(cls, name) < _owner(cls, f"{name}_now"):
                cls.is_immediate = False

    def __init__(self) -> None:
        # No property: every event asks for it.
        self.immediate = self if self.is_immediate else None

    @abstractmethod
    def load_now(self, key: Key) -> Stored | None:
        """Do what `load` does."""

    @abstractmethod
    def commit_now(self, writes: Sequence[Write]) -> list[int] | None:
        """Do what `commit` does; `None` if it has to wait."""


def _owner(cls: type, name: str) -> int:
    """Return which of its bases a class has an attribute from; `0` is the class itself."""
    return next(place for place, base in enumerate(cls.__mro__) if name in vars(base))

"""The half of a unit of work that loads, and remembers what it has loaded."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from itertools import chain
from typing import Any, TypeVar
from uuid import UUID

from starmodel.application.authorization import authorize, may_do, may_read
from starmodel.application.definition import EntityDefinition
from starmodel.application.readable import Reading, Turns
from starmodel.application.store import (
    EMPTY_READ_SET,
    EntityPersistenceBackend,
    Key,
    ReadSet,
    ReferrerCount,
    SearchCheck,
    Stored,
    VersionCheck,
)
from starmodel.application.unit_of_work.batch_loader import (
    NO_SUCH_RECORD,
    BatchLoader,
    given_ids,
    referring,
)
from starmodel.application.unit_of_work.locks import Lock
from starmodel.application.unit_of_work.tracking import TrackedEntity
from starmodel.application.unit_of_work.unit_of_work_context import UnitOfWorkContext
from starmodel.domain import Access, Actor, Entity, Policy
from starmodel.domain.relation import Loader, Target, is_unnumbered
from starmodel.errors import (
    ArgumentError,
    ConfigurationError,
    Conflict,
    ConstraintViolation,
    NotFound,
)
from starmodel.observation import note_rerun

E = TypeVar("E", bound=Entity)
T = TypeVar("T")

ATTEMPTS = 8
"""How often an event is run before its caller is told of the conflict."""

_FIRST_DELAY = 0.004
_MAX_DELAY = 0.1


class Loading:
    """Loads entities, each once, and what they refer to.

    Attributes:
        actor: Whose event it is.
        idempotency_key: The key of a request that may be sent again, until it is carried out.
        last_conflict: Why the event was to be run again, once a commit has returned `None`.
    """

    # What most events never look at stays with the class.
    last_conflict: Conflict
    _conflicts = 0
    _outer: Loader | None = None
    # The store that keeps receipts, once there is anything to do with one.
    _keeper: EntityPersistenceBackend | None = None
    # Lets those who load at once begin one transaction together, and not one each.
    _locking: asyncio.Lock | None = None
    # What the event has said that it will lock.
    _declared: Sequence[Key] = ()
    # What is locked with the first that is loaded, all at once: see `Lock.begin`.
    _wanted: Sequence[Key] = ()
    _neighbours: BatchLoader | None = None
    # Who was asked for by what they refer to, since the last commit.
    _relations: Sequence[ReferrerCount] = ()
    # What was searched for since then, and where.
    _searches: Sequence[tuple[EntityPersistenceBackend, SearchCheck]] = ()
    # The entities that are searched by nobody else while this unit of work does it.
    _wanted_searches: Collection[str] = ()
    # The records that were added, of entities whose store numbers them, since the last flush.
    _unnumbered: list[TrackedEntity] | None = None

    def __init__(self, services: UnitOfWorkContext, actor: Actor) -> None:
        self.actor = actor
        self.idempotency_key: str | None = None
        self._services = services
        self._tracked: dict[Key, TrackedEntity] = {}
        self._latest: TrackedEntity | None = None
        self._lock: Lock | None = None
        self._wanted_of: EntityPersistenceBackend | None = None

    async def load(
        self,
        definition: EntityDefinition[E] | type[E],
        holder: str | int | UUID = "",
        *,
        lock: bool = False,
    ) -> E:
        """Return the entity of `holder`, to be changed at will.

        `holder` is the session, the actor's id or the record's id, by the entity's scope; for
        `Scope.GLOBAL` there is none. Loading the same entity again gives the same object.
        Where nothing is stored it is a new instance, unless it is a record.

        With `lock` nobody else changes it until this unit of work commits or ends, where the
        store can see to that; others who lock it wait. For a generator that is its first
        `yield`.

        Raises:
            NotFound: There is no such record, or this unit of work has deleted it.
            Conflict: Others were in the way of the lock for too long.
            ConfigurationError: A class was given that is not an entity of the app.
        """
        services = self._services
        if not isinstance(definition, EntityDefinition):
            definition = services.definition_of(definition)
        key = definition.key(holder)
        tracked = self._tracked.get(key) if self._tracked else None
        if tracked is None:
            backend = services.persistence.backend_of[definition]
            immediate = backend.immediate
            if immediate is not None and backend is not self._wanted_of:
                stored = immediate.load_now(key)
            elif backend.has_outbox:
                self._keeper = backend
                stored = await self._load_locked(backend, key, lock)
            elif backend is self._wanted_of:
                stored = await self._load_locked(backend, key, lock=False)
            else:
                stored = await backend.load(key)
            if stored is None and definition.is_record:
                raise NotFound(definition.name, key.id)
            # Where it is loaded twice at once, the first to come back counts.
            tracked = self._tracked.setdefault(
                key, TrackedEntity(definition, key, backend, stored, None)
            )
        if tracked.is_deleted:
            raise NotFound(definition.name, key.id)
        self._latest = tracked
        return tracked.entity

    def authorize(self, entity: Entity, access: Access | Policy) -> None:
        """Go on if the actor may do something with a record that was loaded here.

        Args:
            entity: The record, as it was loaded.
            access: Who may, where that is not the same as who may read it.

        Raises:
            NotFound: He may not, and may not read the record either, so for him there is none.
            Unauthenticated, Forbidden: He may not, and may read it.
        """
        tracked = self._find(entity)
        definition = tracked.definition
        if not may_do(definition, access, self.actor, entity):
            if access is definition.access or not may_read(definition, self.actor, entity):
                raise NotFound(tracked.key.entity, tracked.key.id)
            authorize(self.actor, allowed=False)

    def lock(
        self,
        definition: EntityDefinition[Any] | type[Entity],
        *holders: str | int | UUID | None,
    ) -> None:
        """Describe which entities will be loaded with `lock`, before anything is loaded.

        All are locked together with the first of them, in an order that everybody keeps to: of
        two events neither waits for the other while that one waits for it. A holder may be
        `None`, and is then left out; for `Scope.GLOBAL` there is none.

        Raises:
            ConfigurationError: A class was given that is not an entity of the app.
        """
        if not isinstance(definition, EntityDefinition):
            definition = self._services.definition_of(definition)
        backend = self._services.persistence.backend_for(definition)
        if backend.has_outbox:
            found = [holder for holder in holders or ("",) if holder is not None]
            self._declared = self._wanted = [*self._declared, *map(definition.key, found)]
            self._wanted_of = backend

    async def check_references(
        self,
        definition: EntityDefinition[Any],
        target: EntityDefinition[Any],
        values: Mapping[str, object],
        entity: Entity | None = None,
    ) -> None:
        """Go on if the actor may read every record that a caller's values refer to.

        One that he may not read is refused exactly as one that is not there, so that nobody learns
        which there are.

        Args:
            definition: The entity whose event it is.
            target: What the values refer to.
            values: References, lists of them, or ids, each by the name that errors give it.
            entity: One whose fields have these names: what they refer to already may stay there.

        Raises:
            ConstraintViolation: Some are not there for the actor.
        """
        kept = {} if entity is None else vars(entity)
        wanted = {
            name: given_ids(value) - given_ids(kept.get(name)) for name, value in values.items()
        }
        ids = sorted({*chain.from_iterable(wanted.values())})
        if not ids:
            return
        source = self._source(self._services.persistence.backend_for(target))
        found = await Reading(self.actor).load_all(source, target, ids)
        missing = [name for name, each in wanted.items() if not each <= found.keys()]
        if missing:
            errors = [ArgumentError(name, *NO_SUCH_RECORD) for name in missing]
            raise ConstraintViolation(definition.name, tuple(errors))

    async def load_reference(self, target: Target, id: str) -> Entity:
        """Return the record that a `Ref` leads to; see `Ref.load`.

        Where it was one of several that were loaded together, what the others refer to is loaded
        at the same time.
        """
        definition = self._services.definition_of(target)
        if self._neighbours is not None and definition.key(id) not in self._tracked:
            backend = self._services.persistence.backend_for(definition)
            source = self._source(backend)
            await self._neighbours.load_ahead(definition, id, self._tracked, source)
        return await self.load(definition, id)

    async def load_many(self, owner: Entity, name: str) -> list[Entity]:
        """Return the records that refer to a loaded one; see `Many.load`.

        Those that this unit of work has added or changed count as they are now.
        """
        if self._unnumbered:
            await self.flush()
        owning = self._find(owner)
        target, field = owning.definition.many[name]
        other = self._services.definition_of(target)
        backend = self._services.persistence.backend_for(other)
        id = str(owner.id)
        check = VersionCheck(owning.key, owning.expected)
        # Who is new is referred to by nobody else, and who is locked by nobody who is new.
        is_settled = owning.is_new or (self._lock is not None and self._lock.holds(check))
        stored_ones = await self._source(backend).find(other.name, field, id)
        turns = Turns()
        for key, stored in stored_ones:
            if key not in self._tracked:
                self._tracked[key] = TrackedEntity(other, key, backend, stored, None)
            await turns.give_way()
        if not is_settled and backend.has_outbox:
            relation = ReferrerCount(check, other.name, field, len(stored_ones))
            self._relations = [*self._relations, relation]
        found = referring(self._tracked.values(), other, field, id)
        entities: list[Entity] = [tracked.entity for tracked in found]
        if self._neighbours is None:
            self._neighbours = BatchLoader()
        self._neighbours.add(other.name, entities)
        return [*entities]

    async def flush(self) -> None:
        """Give each record that was added its id, where the store hands out running numbers.

        Nothing is saved by that: the records are, when the unit of work is committed, which does
        this as well for those that have no number yet. A number whose event fails in the end may
        be missing ever after.

        Raises:
            ConfigurationError: The store has no way to number records.
        """
        added, self._unnumbered = self._unnumbered, None
        by_entity: dict[str, list[TrackedEntity]] = {}
        for tracked in added or ():
            if not tracked.is_deleted:
                by_entity.setdefault(tracked.key.entity, []).append(tracked)
        for entity, group in by_entity.items():
            waiting = [tracked for tracked in group if is_unnumbered(tracked.entity)]
            above = max([tracked.entity.id or 0 for tracked in group])
            source = self._source(group[0].backend)
            numbers = await source.next_numbers(entity, len(waiting), above)
            for tracked, number in zip(waiting, numbers, strict=True):
                tracked.take_number(number)
        if by_entity:
            self._tracked = {tracked.key: tracked for tracked in self._tracked.values()}

    async def _load_locked(
        self, backend: EntityPersistenceBackend, key: Key, lock: bool
    ) -> Stored | None:
        """Load from a store that can lock, or take what was loaded ahead."""
        wanted = self._wanted if backend is self._wanted_of else ()
        if not lock and (key not in wanted or (self._tracked and self._lock is None)):
            ahead = None if self._neighbours is None else self._neighbours.pop(key)
            return await self._source(backend).load(key) if ahead is None else ahead
        return await self._locked(backend, key, lambda lock: lock.load(backend, key))

    async def _locked(
        self, backend: EntityPersistenceBackend, key: Key, work: Callable[[Lock], Awaitable[T]]
    ) -> T:
        """Do something with the lock, which begins here if there is none; `key` is what it is about."""
        wanted = self._wanted if backend is self._wanted_of else ()
        if self._locking is None:
            self._locking = asyncio.Lock()
        async with self._locking:
            while True:
                try:
                    if self._lock is None:
                        self._lock = await Lock.begin(backend, wanted)
                    return await work(self._lock)
                except Conflict:
                    conflict = Conflict(key.entity, key.id)
                    if self._lock is not None:
                        await self._unlock()
                    if self._tracked:
                        # What was loaded before may be old by now, so only the caller can go on.
                        raise conflict from None
                    await self._wait_after(conflict)

    async def _unlock(self) -> None:
        lock, self._lock = self._lock, None
        if lock is not None:
            await lock.end()

    def _source(self, backend: EntityPersistenceBackend) -> EntityPersistenceBackend:
        """Return the store, or the view of it that holds a lock."""
        return backend if self._lock is None else self._lock.view_of(backend)

    def _reads(self, backend: EntityPersistenceBackend, saved: Sequence[TrackedEntity]) -> ReadSet:
        """Return what was loaded from a store and is not saved, and is not locked either."""
        if len(self._tracked) == len(saved) and not self._relations and not self._searches:
            return EMPTY_READ_SET
        written = {tracked.key for tracked in saved}
        lock = self._lock
        checks: list[VersionCheck] = []
        for key, tracked in self._tracked.items():
            if key in written or tracked.is_new or tracked.backend is not backend:
                continue
            check = VersionCheck(key, tracked.expected)
            if lock is None or not lock.holds(check):
                checks.append(check)
        searches = [search for searched, search in self._searches if searched is backend]
        return ReadSet(checks, self._relations, searches)

    def _find(self, entity: Entity) -> TrackedEntity:
        latest = self._latest
        if latest is not None and latest.entity is entity:
            return latest
        for tracked in self._tracked.values():
            if tracked.entity is entity:
                return tracked
        raise ConfigurationError(
            f"This {type(entity).__name__} was not loaded in this unit of work, nor added to it."
        )

    def _forget(self) -> None:
        self._tracked.clear()
        self._latest = None
        self._neighbours = None
        self._relations = ()
        self._searches = ()
        self._unnumbered = None

    async def _wait_after(self, conflict: Conflict) -> None:
        """Let the others finish, for a random time that grows; give up after the last attempt."""
        self._conflicts += 1
        if self._conflicts >= ATTEMPTS:
            raise conflict
        note_rerun()
        longest = min(_FIRST_DELAY * 2 ** (self._conflicts - 1), _MAX_DELAY)
        await asyncio.sleep(random.uniform(0, longest))

"""One event, all or nothing.

Generated commands look like this:

    async with services.unit_of_work(actor) as work:
        for _ in work.attempts():
            counter = await work.load(COUNTER, session)
            counter.increment(amount=amount)
            outcome = await work.commit(counter, "increment", {"amount": amount}, None)
            if outcome is not None:
                return outcome
        raise work.last_conflict

Nothing is stored or published before `commit`, and leaving the block without it forgets
everything. A commit validates what has changed, compares versions and saves in one step, and
publishes afterwards. Where somebody else was faster, the event is run again on fresh state.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time
from decimal import Decimal
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

from starmodel.application.authorization import may_read
from starmodel.application.copying import NOTHING_REMOVED, deep_copy, deep_equal
from starmodel.application.definition import EntityDefinition
from starmodel.application.outcome import CommandResult
from starmodel.application.protected_values import ALL_WRITABLE, WritableParts, keep_protected
from starmodel.application.store import (
    EMPTY_READ_SET,
    EntityPersistenceBackend,
    IdempotencyRecord,
    ReadSet,
)
from starmodel.application.unit_of_work.finding import Finding
from starmodel.application.unit_of_work.loading import ATTEMPTS
from starmodel.application.unit_of_work.tracking import AllRecords, TrackedEntity
from starmodel.domain import Access, CommandRecord, Entity, Fragment
from starmodel.domain.ids import refuse_id
from starmodel.domain.relation import LOADER, is_unnumbered
from starmodel.errors import (
    ArgumentError,
    ConfigurationError,
    Conflict,
    ConstraintViolation,
    DuplicateId,
    DuplicateRequest,
    InvalidState,
    LockContention,
    StaleVersion,
)

if TYPE_CHECKING:
    from typing_extensions import TypeVar as DefaultedTypeVar

    # An event that returns nothing has no result to hand on.
    R = DefaultedTypeVar("R", default=None)
else:
    R = TypeVar("R")

E = TypeVar("E", bound=Entity)

_ATTEMPTS = range(ATTEMPTS)

logger = logging.getLogger("starmodel.bus")


class UnitOfWork(Finding):
    """Loads entities for one event, and saves what the event made of them.

    `services.unit_of_work(actor)` makes one. It is not to be shared between events. While it is
    open, it is what `Ref` and `Many` are loaded by.
    """

    async def __aenter__(self) -> Self:
        if self._services.has_relations:
            self._outer = LOADER.get()
            LOADER.set(self)
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._services.has_relations:
            LOADER.set(self._outer)
        if self._lock is not None:
            await self._unlock()
        # Without them, nothing that `_forget` forgets besides is of any use.
        self._tracked.clear()
        self._latest = None
        if self.idempotency_key is not None and isinstance(exc, Exception):
            await self._raise_if_repeated()

    def attempts(self) -> Iterable[int]:
        """Return what to iterate over: once for each time that the event may be run, 8 times.

        It is run again after a conflict; `commit` raises the last one.
        """
        return _ATTEMPTS

    @overload
    def add(self, entity: Entity, /) -> None: ...

    @overload
    def add(self, definition: EntityDefinition[E] | type[E], entity: E, /) -> None: ...

    def add(
        self, first: Entity | EntityDefinition[E] | type[E], second: E | None = None, /
    ) -> None:
        """Save a new record, under its own id, when the unit of work is committed.

        Its class or definition may come before it, but need not. Where its ids are running
        numbers, it has none until `flush` or the commit, unless it was given one; adding it again
        does nothing.

        Raises:
            Conflict: This unit of work has another record with that id already.
            InvalidState: Its id leads to something else, or nowhere, where it is in a path.
            ConfigurationError: It is no record of the app, or has the id of one that this unit of
                work has deleted.
        """
        if isinstance(first, Entity):
            self._add(self._services.definition_of(type(first)), first)
        elif second is None:
            raise ConfigurationError("`work.add` needs the record that is to be saved.")
        elif isinstance(first, EntityDefinition):
            self._add(first, second)
        else:
            self._add(self._services.definition_of(first), second)

    def _add(self, definition: EntityDefinition[Any], entity: Entity) -> None:
        if not definition.is_record:
            raise ConfigurationError(
                f"{definition.cls.__name__} has Scope.{definition.scope.name}: it is there when"
                " it is loaded. Only a Scope.RECORD is added."
            )
        is_waiting = definition.is_numbered and is_unnumbered(entity)
        # Nothing else is under such a key, which it has until it is numbered.
        key = definition.key(f"\0{id(entity)}" if is_waiting else entity.id)
        refusal = None if is_waiting else refuse_id(key.id)
        if refusal is not None:
            error = ArgumentError("id", refusal, "not_storable")
            raise InvalidState(key.entity, (error,))
        known = self._tracked.get(key)
        if known is not None:
            if definition.is_numbered and known.entity is entity and not known.is_deleted:
                # An event that needs the number adds what it makes, and so does its command.
                return
            if known.is_deleted:
                raise ConfigurationError(
                    f"This event has deleted {key.entity} {key.id}, and adds another one with the"
                    " same id. Change the fields of the first instead, or take another id."
                )
            raise Conflict(key.entity, key.id)
        backend = self._services.persistence.backend_for(definition)
        if backend.has_outbox:
            self._keeper = backend
        tracked = self._tracked[key] = TrackedEntity(definition, key, backend, None, entity)
        if definition.is_numbered:
            self._unnumbered = self._unnumbered or []
            self._unnumbered.append(tracked)

    def delete(self, entity: Entity) -> None:
        """Delete an entity that was loaded here, when the unit of work is committed."""
        self._find(entity).is_deleted = True

    def expect(
        self,
        entity: Entity,
        version: int | None,
        changes: Mapping[str, object],
        writable: WritableParts = ALL_WRITABLE,
    ) -> None:
        """Go on if the entity has the version that its caller has seen.

        Call it before the changes are made. `None` is the version of a caller who does not mind.
        What is not `writable` in value objects is no difference.

        Raises:
            StaleVersion: It has another; the error says which public fields are not as `changes`
                would have them.
        """
        tracked = self._find(entity)
        if version is None or version == tracked.expected:
            return
        state = tracked.definition.state(entity)
        values = entity.__dict__
        changes = keep_protected(changes, entity, writable)
        differs = {
            name: state[name]
            for name, value in changes.items()
            if name in state and not _is_equal(values.get(name), value)
        }
        raise StaleVersion(tracked.key.entity, tracked.key.id, differs, tracked.expected)

    def change(
        self,
        entity: Entity,
        changes: Mapping[str, object],
        writable: WritableParts = ALL_WRITABLE,
    ) -> None:
        """Change fields of a loaded entity, all at once.

        What is not `writable` in value objects stays as it is.
        The entity is validated when the unit of work is committed, and only then: validators that
        compare two fields never see one of them changed and the other not yet.
        """
        self._find(entity)
        changes = keep_protected(changes, entity, writable)
        live = vars(entity)
        for cached in live.keys() - type(entity).__pydantic_fields__.keys():
            del live[cached]
        live.update(deep_copy(changes))
        entity.__pydantic_fields_set__.update(changes)

    def changed_fields(self, entity: Entity) -> frozenset[str]:
        """Return the names of the fields that are not as they were when the entity was loaded.

        Of a new record they are all of them.
        """
        tracked = self._find(entity)
        live = entity.__dict__
        if not tracked.expected:
            return frozenset(tracked.base)
        return frozenset(
            [name for name, old in tracked.base.items() if not deep_equal(live.get(name), old)]
        )

    def is_changed(self) -> bool:
        """Return whether anything was changed since it was loaded or last saved."""
        return any(tracked.is_changed() for tracked in self._tracked.values())

    async def commit(
        self,
        subject: Entity | EntityDefinition[Any],
        event: str,
        arguments: Mapping[str, object],
        result: R = None,
        *,
        broadcast: Fragment | None = None,
    ) -> CommandResult[R] | None:
        """Save everything that changed, then tell the bus.

        An event that changed nothing is told to the bus as well, and saves nothing. Where anything
        is saved in a store that keeps records, everything else that was loaded from there has to
        be as it was: the event has decided by it.

        Args:
            subject: The entity whose event it was; its definition, of an event that is about no
                record in particular.
            event: The event's name.
            arguments: What it was called with.
            result: What it returned.
            broadcast: A fragment for everybody who watches the subject.

        Returns:
            What it led to; `None` if somebody else was faster. Then everything loaded is
            forgotten, and the event is to be run again if `attempts` has another one; a short
            random time has passed before that.

        Raises:
            InvalidState: The event left an entity invalid; nothing was saved.
            ConstraintViolation: What else is stored does not allow it; nothing was saved.
            Conflict: Somebody else was faster, and there was no attempt left.
            DuplicateId: A new record has the id of another.
            DuplicateRequest: The request was carried out before.
        """
        tracked = self._latest
        if tracked is None or tracked.entity is not subject:
            if isinstance(subject, EntityDefinition):
                return await self._commit(AllRecords(subject), event, arguments, result, broadcast)
            tracked = self._find(subject)
        services = self._services
        if len(self._tracked) == 1 and self._lock is None and services.before_image is None:
            try:
                is_saved = tracked.save_now()
            except Conflict as conflict:
                await self._begin_anew(conflict, tracked.backend)
                return None
            if is_saved:
                # What `record` and `outcome` make of it, without asking what is known here.
                key, version, changed = tracked.key, tracked.expected, tracked.changed
                record = CommandRecord(
                    key[0],
                    key[2],
                    event,
                    arguments,
                    self.actor,
                    services.clock(),
                    version,
                    tuple(changed),
                    broadcast,
                    tracked.previous,
                )
                try:
                    if not services.bus.publish_now(record):
                        await services.bus.publish(record)
                except Exception:
                    _log_unpublished(record)
                state = (tracked.definition, tracked.base)
                return CommandResult(
                    key[2], state, changed, version, result, False, NOTHING_REMOVED, True
                )
        return await self._commit(tracked, event, arguments, result, broadcast)

    async def _commit(
        self,
        tracked: TrackedEntity | AllRecords,
        event: str,
        arguments: Mapping[str, object],
        result: R,
        broadcast: Fragment | None,
    ) -> CommandResult[R] | None:
        if self._unnumbered:
            await self.flush()
        created, is_shown = tracked.is_new, self._is_shown(tracked)
        saved = self._prepare(event)
        if saved:
            try:
                backend = saved[0].backend
                if backend.has_outbox:
                    reads = self._reads(backend, saved)
                    return await self._commit_kept(
                        tracked, saved, event, arguments, result, broadcast, is_shown, reads
                    )
                backend = self._source(backend)
                immediate = backend.immediate
                versions = None if immediate is None else immediate.commit_now(saved)
                if versions is None:
                    versions = await backend.commit(saved)
            except Conflict as conflict:
                if self._is_new(conflict):
                    raise DuplicateId(conflict.entity, conflict.id) from None
                await self._begin_anew(conflict, saved[0].backend)
                return None
            finally:
                if self._lock is not None:
                    await self._unlock()
            self._accept(saved, versions)
        now = self._services.clock()
        await self._publish_record(tracked.record(event, arguments, self.actor, now, broadcast))
        if len(saved) > 1 or (saved and saved[0] is not tracked):
            await self._publish_others(tracked, saved, event, arguments, now)
        return tracked.outcome(result, created, is_shown=is_shown)

    async def checkpoint(
        self,
        subject: Entity,
        event: str,
        arguments: Mapping[str, object],
        result: R = None,
        *,
        broadcast: Fragment | None = None,
    ) -> CommandResult[R]:
        """Save and publish what a generator has done up to its `yield`.

        Where somebody else was faster, the fields that the generator has changed since the
        last checkpoint are put on top of the fresh state, and the others are brought up to
        date in the live entity. What was only read is not compared: the generator cannot go back
        to decide anew.

        Raises:
            InvalidState: An entity is invalid; nothing was saved since the last checkpoint.
            ConstraintViolation: What else is stored does not allow it; nothing was saved.
            Conflict: Somebody else has changed the same fields, or was faster too often.
            DuplicateRequest: The request was carried out before.
        """
        if self._unnumbered:
            await self.flush()
        tracked = self._find(subject)
        created, is_shown = tracked.is_new, self._is_shown(tracked)
        saved = self._prepare(event)
        while saved:
            try:
                if saved[0].backend.has_outbox:
                    outcome = await self._commit_kept(
                        tracked, saved, event, arguments, result, broadcast, is_shown
                    )
                    for other in saved:
                        other.normalise()
                    self._conflicts = 0
                    return outcome
                versions = await saved[0].backend.commit(saved)
            except Conflict as conflict:
                await self._wait_after(conflict)
                for other in self._tracked.values():
                    await other.merge()
                saved = self._prepare(event)
            else:
                self._accept(saved, versions)
                for other in saved:
                    other.normalise()
                break
        self._conflicts = 0
        now = self._services.clock()
        await self._publish_record(tracked.record(event, arguments, self.actor, now, broadcast))
        if len(saved) > 1 or (saved and saved[0] is not tracked):
            await self._publish_others(tracked, saved, event, arguments, now)
        return tracked.outcome(result, created, is_shown=is_shown)

    def _is_shown(self, tracked: TrackedEntity | AllRecords) -> bool:
        """Return whether the actor may read what his event is about, as it is or as it was.

        An event may be open to those who may not: they are told what it gave, and nothing else.
        """
        if isinstance(tracked, AllRecords):
            return True
        definition = tracked.definition
        if tracked.is_new or definition.access is None or definition.access is Access.PUBLIC:
            return True
        before = definition.hydrate(tracked.base) if tracked.base else tracked.entity
        return any(may_read(definition, self.actor, one) for one in (before, tracked.entity))

    def _prepare(self, event: str) -> list[TrackedEntity]:
        """Validate what has changed, and return what is to be saved, which is all in one store."""
        now = self._services.clock()
        saved = [tracked for tracked in self._tracked.values() if tracked.prepare(event, now)]
        if len(saved) > 1:
            for tracked in saved:
                if tracked.backend is not saved[0].backend:
                    raise ConfigurationError(
                        f"{event} changed {saved[0].key.entity} and {tracked.key.entity}, which"
                        " are kept in different stores, so it cannot be all or nothing."
                    )
        return saved

    async def _publish_others(
        self,
        subject: TrackedEntity | AllRecords,
        saved: list[TrackedEntity],
        event: str,
        arguments: Mapping[str, object],
        now: float,
    ) -> None:
        """Tell the bus of what was saved along with the subject of the event."""
        cause = f"{subject.key.entity}.{event}"
        for tracked in saved:
            if tracked is not subject:
                record = tracked.record(cause, arguments, self.actor, now, None)
                await self._publish_record(record)

    async def _commit_kept(
        self,
        subject: TrackedEntity | AllRecords,
        saved: list[TrackedEntity],
        event: str,
        arguments: Mapping[str, object],
        result: R,
        broadcast: Fragment | None,
        is_shown: bool,
        reads: ReadSet = EMPTY_READ_SET,
    ) -> CommandResult[R]:
        """Save where the records of a commit are saved with it, and publish them afterwards."""
        services, actor = self._services, self.actor
        backend, key, created = saved[0].backend, subject.key, subject.is_new
        now = services.clock()
        cause = f"{key.entity}.{event}"
        records = [
            subject.record(event, arguments, actor, now, broadcast),
            *(
                tracked.record(cause, arguments, actor, now, None)
                for tracked in saved
                if tracked is not subject
            ),
        ]
        receipt = None
        if self.idempotency_key is not None:
            receipt = IdempotencyRecord(self.idempotency_key, key.entity, key.id, created)
        try:
            committed = await self._source(backend).commit_event(saved, records, receipt, reads)
        except (InvalidState, ConstraintViolation) as refused:
            owner = next((each for each in saved if each.key.entity == refused.entity), subject)
            raise owner.shown(refused) from None
        finally:
            if self._lock is not None:
                await self._unlock()
        self.idempotency_key = None
        self._relations = ()
        self._searches = ()
        self._accept(saved, committed.versions)
        await self._publish(backend, records, committed.outbox_ids)
        return subject.outcome(result, created, is_shown=is_shown)

    def _accept(self, saved: Sequence[TrackedEntity], versions: Sequence[int]) -> None:
        """Record what was saved, and tell whoever needs to know what it was before."""
        tell = self._services.before_image
        for tracked, version in zip(saved, versions, strict=True):
            if tell is not None and tracked.expected:
                tell(tracked.definition, tracked.key, tracked.base, tracked.values is None)
            tracked.accept(version)

    async def _publish(
        self,
        backend: EntityPersistenceBackend,
        records: Sequence[CommandRecord],
        tickets: Sequence[str],
    ) -> None:
        # Whoever is cancelled on the way leaves the rest to the relay, as does a bus that fails.
        for place, record in enumerate(records):
            if await self._publish_record(record):
                backend.published(tickets[place : place + 1])

    async def _publish_record(self, record: CommandRecord) -> bool:
        """Tell the bus of what was committed, and return whether it has taken it.

        What is committed is done, whatever becomes of the record.
        """
        bus = self._services.bus
        try:
            if not bus.publish_now(record):
                await bus.publish(record)
        except Exception:
            _log_unpublished(record)
            return False
        return True

    async def _begin_anew(self, conflict: Conflict, backend: EntityPersistenceBackend) -> None:
        if self._lock is not None:
            await self._unlock()
        self.last_conflict = conflict
        if self._conflicts >= ATTEMPTS - 1:
            # Nobody waits for an attempt that does not come.
            raise conflict
        await self._wait_after(conflict)
        if self._conflicts >= backend.attempts_before_lock:
            loaded = [
                key
                for key, tracked in self._tracked.items()
                if tracked.backend is backend and not tracked.is_new
            ]
            declared = self._declared if backend is self._wanted_of else ()
            self._wanted, self._wanted_of = [*declared, *loaded], backend
            searched = [check.search.entity for _, check in self._searches]
            self._wanted_searches = {*self._wanted_searches, *searched}
        self._forget()

    async def _raise_if_repeated(self) -> None:
        """Report that the request was carried out before, where its event failed for that reason.

        Only then it is looked up: an event that was not carried out before costs nothing.
        """
        if self._keeper is not None and self.idempotency_key is not None:
            before = await self._keeper.find_idempotency_record(self.idempotency_key)
            if before is not None:
                raise DuplicateRequest(before.entity, before.id, created=before.created) from None

    def _is_new(self, conflict: Conflict) -> bool:
        """Return whether the conflict is over a new record, whose id is simply taken."""
        return not isinstance(conflict, LockContention) and any(
            tracked.is_new
            and not tracked.is_numbered
            and tracked.key.entity == conflict.entity
            and tracked.key.id == conflict.id
            for tracked in self._tracked.values()
        )


def _log_unpublished(record: CommandRecord) -> None:
    logger.exception("The bus failed on %s.%s, which is committed", record.entity, record.event)


def _is_equal(one: object, other: object) -> bool:
    """Return whether two values mean the same, however they are written: `1.5` and `1.50`."""
    if isinstance(one, Decimal | float | datetime | time) and type(one) is type(other):
        return one == other
    return deep_equal(one, other)

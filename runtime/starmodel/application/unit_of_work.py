"""One event, all or nothing.

Generated commands look like this:

    async with services.unit_of_work(actor) as work:
        while True:
            counter = await work.load(COUNTER, session)
            counter.increment(amount=amount)
            outcome = await work.commit(counter, "increment", {"amount": amount}, None)
            if outcome is not None:
                return outcome

Nothing is stored or published before `commit`, and leaving the block without it forgets
everything. A commit validates what has changed, compares versions and saves in one step, and
publishes afterwards. Where somebody else was faster, the event is run again on fresh state.
"""

import asyncio
import random
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from starmodel.application.definition import EntityDefinition
from starmodel.application.outcome import Outcome
from starmodel.application.store import Key
from starmodel.application.tracking import Tracked
from starmodel.application.values import same
from starmodel.domain import Actor, Entity, Fragment
from starmodel.errors import ConfigurationError, Conflict, NotFound, StaleVersion

if TYPE_CHECKING:
    from starmodel.application.services import Services

E = TypeVar("E", bound=Entity)
R = TypeVar("R")

ATTEMPTS = 8
"""How often an event is run before its caller is told of the conflict."""

_FIRST_DELAY = 0.004
_LONGEST_DELAY = 0.1


class UnitOfWork:
    """Loads entities for one event, and saves what the event made of them.

    `services.unit_of_work(actor)` makes one. It is not to be shared between events.
    """

    __slots__ = ("_conflicts", "_latest", "_services", "_tracked", "actor")

    def __init__(self, services: "Services", actor: Actor) -> None:
        self.actor = actor
        self._services = services
        self._tracked: dict[Key, Tracked] = {}
        self._latest: Tracked | None = None
        self._conflicts = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._forget()

    async def load(self, definition: EntityDefinition[E] | type[E], holder: str = "") -> E:
        """Give the entity of `holder`, to be changed at will.

        `holder` is the session, the actor's id or the record's id, by the entity's scope; for
        `Scope.GLOBAL` there is none. Loading the same entity again gives the same object.
        Where nothing is stored it is a new instance, unless it is a record.

        Raises:
            NotFound: There is no such record, or this unit of work has deleted it.
            ConfigurationError: A class was given that is not an entity of the app.
        """
        if not isinstance(definition, EntityDefinition):
            definition = self._services.definition_of(definition)
        key = definition.key(holder)
        tracked = self._tracked.get(key) if self._tracked else None
        if tracked is None:
            backend = self._services.persistence.backend_for(definition)
            stored = await backend.load(key)
            if stored is None and definition.is_record:
                raise NotFound(definition.name, holder)
            # Where it is loaded twice at once, the first to come back counts.
            tracked = self._tracked.setdefault(key, Tracked(definition, key, backend, stored, None))
        if tracked.is_deleted:
            raise NotFound(definition.name, holder)
        self._latest = tracked
        return tracked.entity

    def add(self, definition: EntityDefinition[E] | type[E], entity: E) -> None:
        """Save a new record, under its own id, when the unit of work is committed.

        Raises:
            Conflict: This unit of work has a record with that id already.
        """
        if not isinstance(definition, EntityDefinition):
            definition = self._services.definition_of(definition)
        if not definition.is_record:
            raise ConfigurationError(
                f"{definition.cls.__name__} has Scope.{definition.scope.name}: it is there when"
                " it is loaded. Only a Scope.RECORD is added."
            )
        key = definition.key(str(entity.id))
        if key in self._tracked:
            raise Conflict(key.entity, key.id)
        backend = self._services.persistence.backend_for(definition)
        self._tracked[key] = Tracked(definition, key, backend, None, entity)

    def delete(self, entity: Entity) -> None:
        """Delete an entity that was loaded here, when the unit of work is committed."""
        self._find(entity).is_deleted = True

    def expect(self, entity: Entity, version: int | None, changes: Mapping[str, object]) -> None:
        """Go on if the entity has the version that its caller has seen.

        Call it before the changes are made. `None` is the version of a caller who does not mind.

        Raises:
            StaleVersion: It has another; the error says which public fields are not as `changes`
                would have them.
        """
        tracked = self._find(entity)
        if version is None or version == tracked.expected:
            return
        state = tracked.definition.state(entity)
        values = entity.__dict__
        differs = {
            name: state[name]
            for name, value in changes.items()
            if name in state and not same(values.get(name), value)
        }
        raise StaleVersion(tracked.key.entity, tracked.key.id, differs, tracked.expected)

    def is_changed(self) -> bool:
        """Tell whether anything was changed since it was loaded or last saved."""
        return any(tracked.is_changed() for tracked in self._tracked.values())

    async def commit(
        self,
        subject: Entity,
        event: str,
        arguments: Mapping[str, object],
        result: R,
        *,
        broadcast: Fragment | None = None,
    ) -> Outcome[R] | None:
        """Save everything that changed, then tell the bus.

        An event that changed nothing is told to the bus as well, and saves nothing.

        Args:
            subject: The entity whose event it was.
            event: The event's name.
            arguments: What it was called with.
            result: What it returned.
            broadcast: A fragment for everybody who watches the subject.

        Returns:
            What it led to; `None` if somebody else was faster. Then everything loaded is
            forgotten, a short random time has passed, and the event is to be run again.

        Raises:
            InvalidState: The event left an entity invalid; nothing was saved.
            Conflict: Somebody else was faster too often, or a new record's id is taken.
        """
        tracked = self._find(subject)
        created = tracked.is_new
        saved = self._prepare(event)
        if saved:
            try:
                versions = await saved[0].backend.commit(saved)
            except Conflict as conflict:
                if self._is_new(conflict):
                    raise
                await self._wait_after(conflict)
                self._forget()
                return None
            for other in saved:
                other.accept(versions.pop(0))
        services = self._services
        now = services.clock()
        await services.bus.publish(tracked.record(event, arguments, self.actor, now, broadcast))
        if len(saved) > 1 or (saved and saved[0] is not tracked):
            await self._publish_others(tracked, saved, event, arguments, now)
        return tracked.outcome(result, created)

    async def checkpoint(
        self,
        subject: Entity,
        event: str,
        arguments: Mapping[str, object],
        result: R,
        *,
        broadcast: Fragment | None = None,
    ) -> Outcome[R]:
        """Save and publish what a generator has done up to its `yield`.

        Where somebody else was faster, the fields that the generator has changed since the
        last checkpoint are put on top of the fresh state, and the others are brought up to
        date in the live entity.

        Raises:
            InvalidState: An entity is invalid; nothing was saved since the last checkpoint.
            Conflict: Somebody else has changed the same fields, or was faster too often.
        """
        tracked = self._find(subject)
        created = tracked.is_new
        saved = self._prepare(event)
        while saved:
            try:
                versions = await saved[0].backend.commit(saved)
            except Conflict as conflict:
                await self._wait_after(conflict)
                for other in self._tracked.values():
                    await other.merge()
                saved = self._prepare(event)
            else:
                for other in saved:
                    other.accept(versions.pop(0))
                    other.normalise()
                break
        self._conflicts = 0
        services = self._services
        now = services.clock()
        await services.bus.publish(tracked.record(event, arguments, self.actor, now, broadcast))
        if len(saved) > 1 or (saved and saved[0] is not tracked):
            await self._publish_others(tracked, saved, event, arguments, now)
        return tracked.outcome(result, created)

    def _prepare(self, event: str) -> list[Tracked]:
        """Validate what has changed, and give what is to be saved, which is all in one store."""
        saved = [tracked for tracked in self._tracked.values() if tracked.prepare(event)]
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
        subject: Tracked,
        saved: list[Tracked],
        event: str,
        arguments: Mapping[str, object],
        now: float,
    ) -> None:
        """Tell the bus of what was saved along with the subject of the event."""
        cause = f"{subject.key.entity}.{event}"
        for tracked in saved:
            if tracked is not subject:
                record = tracked.record(cause, arguments, self.actor, now, None)
                await self._services.bus.publish(record)

    def _find(self, entity: Entity) -> Tracked:
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

    def _is_new(self, conflict: Conflict) -> bool:
        """Tell whether the conflict is over a new record, whose id is simply taken."""
        return any(
            tracked.is_new
            and tracked.key.entity == conflict.entity
            and tracked.key.id == conflict.id
            for tracked in self._tracked.values()
        )

    async def _wait_after(self, conflict: Conflict) -> None:
        """Let the others finish, for a random time that grows; give up after the last attempt."""
        self._conflicts += 1
        if self._conflicts >= ATTEMPTS:
            raise conflict
        longest = min(_FIRST_DELAY * 2 ** (self._conflicts - 1), _LONGEST_DELAY)
        await asyncio.sleep(random.uniform(0, longest))

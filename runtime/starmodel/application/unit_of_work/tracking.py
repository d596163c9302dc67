"""What a unit of work remembers of each entity it has to do with."""

import logging
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from pydantic import ValidationError

from starmodel.application.copying import (
    NOTHING_REMOVED,
    InvalidValues,
    Removed,
    copy_fields,
    deep_copy,
    deep_equal,
    errors_of,
    field_values,
    private_texts,
    public_errors,
    removed_keys,
    withheld,
)
from starmodel.application.definition import EntityDefinition
from starmodel.application.outcome import CommandResult, StoredState
from starmodel.application.store import NOTHING, EntityPersistenceBackend, Key, Stored, Write
from starmodel.domain import Actor, CommandRecord, Entity, Fragment
from starmodel.errors import (
    ArgumentError,
    Conflict,
    ConstraintViolation,
    InvalidState,
    NotFound,
    StarModelError,
)

R = TypeVar("R")

logger = logging.getLogger("starmodel.unit_of_work")

_MISSING = object()


class TrackedEntity(Write):
    """A live entity, what is stored of it, and what is to be stored.

    It is a `Write`: `key`, `expected` and `ttl` are settled from the start, and `prepare` sets
    `values`.

    Attributes:
        definition, backend: Where it belongs.
        entity: The live one, which the event changes.
        previous: The version before the last save; the one that is stored where nothing was saved.
        base: The stored values it started from; those of a new instance if none are stored.
            A store is given them, too.
        state: The public state of `base`, where it has been worked out.
        changed: The public fields that the last save changed.
        removed: The keys of mappings in them that are there no longer.
        is_plain: Whether `prepare` found all that changed plain; see `CommandResult`.
        is_new: Whether it is a record that the event made.
        is_numbered: Whether its store has given it its id, a running number, in this event.
        is_deleted: Whether the event deleted it.
    """

    __slots__ = (
        "_next_state",
        "backend",
        "changed",
        "definition",
        "entity",
        "is_deleted",
        "is_new",
        "is_numbered",
        "is_plain",
        "previous",
        "removed",
        "state",
    )

    _next_state: Mapping[str, object] | None
    changed: Mapping[str, object]
    entity: Any
    is_plain: bool
    previous: int
    state: Mapping[str, object] | None

    def __init__(
        self,
        definition: EntityDefinition[Any],
        key: Key,
        backend: EntityPersistenceBackend,
        stored: Stored | None,
        new: Entity | None,
    ) -> None:
        self.key = key
        self.ttl = definition.ttl
        self.definition = definition
        self.backend = backend
        self.is_new = new is not None
        self.is_numbered = False
        self.is_deleted = False
        self.removed: Removed = NOTHING_REMOVED
        if stored is not None:
            self.expected = stored.version
            self.base = stored.values
            self.unknown_fields = stored.unknown_fields
            self.entity = definition.hydrate(stored.values)
            # The state may share lists with the entity, unless there are none.
            is_asked = not definition.plain and definition.is_immutable_flat
            self.state = definition.state(self.entity) if is_asked else None
        else:
            self.expected = 0
            self.unknown_fields = NOTHING
            self.entity = definition.cls() if new is None else new
            self.base = deep_copy(field_values(self.entity))
            self.state = None

    def take_number(self, number: int) -> None:
        """Make a number the id of a new record that has none."""
        entity: Entity = self.entity
        live = vars(entity)
        for cached in live.keys() - type(entity).__pydantic_fields__.keys():
            del live[cached]
        live["id"] = number
        entity.__pydantic_fields_set__.add("id")
        self.key = self.definition.key(number)
        self.is_numbered = True

    def is_changed(self) -> bool:
        """Return whether there is anything to be saved."""
        if self.is_deleted:
            return self.expected > 0 and bool(self.base)
        live = self.entity.__dict__
        if self.is_new or (self.definition.is_immutable_flat and live != self.base):
            return True
        return _differs(live, self.base)

    def prepare(self, event: str, now: float) -> bool:
        """Return whether there is anything to be saved, and settle what.

        What validation gives, and not what the event left, is what will be stored and shown. `now`
        is the time, in seconds since 1970.

        Raises:
            InvalidState: The event left the entity invalid.
        """
        self.previous = self.expected
        self.is_plain = False
        if self.definition.now_on_update or (self.definition.now_on_create and not self.expected):
            self._set_moments(now)
        if self.expected and self.definition.plain and not self.is_deleted:
            live = self.entity.__dict__
            changed = self._plain_changes(live)
            if changed is not None:
                self.changed = changed
                self.removed = NOTHING_REMOVED
                self.is_plain = True
                self.values = {**self.base, **changed}
                self._next_state = None
                return bool(changed)
        if not self.is_changed():
            self.changed = {}
            self.removed = NOTHING_REMOVED
            return False
        if self.is_deleted:
            self._prepare_deletion()
            return True
        definition, entity = self.definition, self.entity
        try:
            if definition.is_immutable_flat:
                checked = definition.validate(entity.__dict__)
                self.values = checked.__dict__
            else:
                checked = definition.validate(field_values(entity))
                self.values = copy_fields(field_values(checked), definition.mutable_fields)
        except ValidationError as error:
            raise self._invalid(event, errors_of(error)) from None
        except InvalidValues as invalid:
            raise self._invalid(event, invalid.errors) from None
        if definition.is_record and str(checked.id) != self.key.id:
            error = ArgumentError("id", "The id of a record cannot change.", "frozen_field")
            raise self._invalid(event, [error])
        state = definition.state(checked)
        before = self._state_before() if self.state is None else self.state
        self.changed = _difference(before, state)
        self.removed = NOTHING_REMOVED
        if not definition.is_immutable_flat:
            self.removed = removed_keys(before, self.changed)
        self._next_state = state
        return bool(self.changed) or self.is_new or _differs(self.values, self.base)

    def _set_moments(self, now: float) -> None:
        """Set the fields that say when the entity was made or changed, if it was.

        What the author's code gives to a new one stays.
        """
        if self.is_deleted or not self.is_changed():
            return
        definition, live = self.definition, self.entity.__dict__
        moment = datetime.fromtimestamp(now, UTC)
        if self.expected:
            live.update(dict.fromkeys(definition.now_on_update, moment))
            return
        given = self.entity.__pydantic_fields_set__
        for name in (*definition.now_on_create, *definition.now_on_update):
            if name not in given:
                live[name] = moment

    def save_now(self) -> bool:
        """Save an entity of plain values of which no more is to be asked, and tell whether it is one.

        Raises:
            Conflict: Somebody else was faster.
        """
        immediate = self.backend.immediate if self.definition.is_simple else None
        if immediate is None or not self.expected or self.is_deleted:
            return False
        live = self.entity.__dict__
        changed = self._plain_changes(live)
        if changed is None:
            return False
        self.previous = self.expected
        if changed:
            # A copy takes half as long, and will do where nothing in it can be changed.
            is_flat = self.definition.is_immutable_flat
            self.values = live.copy() if is_flat else {**self.base, **changed}
            versions = immediate.commit_now((self,))
            if versions is None:
                return False
            self.expected = versions[0]
            self.base = self.values
        self.changed = changed
        return True

    def accept(self, version: int) -> None:
        """Record that it was saved, and has this version now."""
        self.expected = version
        self.base = self.values or {}
        self.state = self._next_state
        self.is_new = False

    def outcome(self, result: R, created: bool, *, is_shown: bool) -> CommandResult[R]:
        """Describe what the last save led to; to somebody who may not read the entity, hardly anything."""
        if not is_shown:
            return CommandResult(self.key[2], {}, {}, 0, result, created)
        definition = self.definition
        state: Mapping[str, object] | StoredState
        if self.state is not None:
            state = self.state
        elif definition.plain:
            state = (definition, self.base)
        else:
            state = definition.state(self.entity)
        return CommandResult(
            self.key[2],
            state,
            self.changed,
            self.expected,
            result,
            created,
            self.removed,
            self.is_plain,
        )

    def record(
        self,
        event: str,
        arguments: Mapping[str, object],
        actor: Actor,
        time: float,
        fragment: Fragment | None,
    ) -> CommandRecord:
        """Describe what the last save was, for the bus."""
        key = self.key
        changed, version, previous = tuple(self.changed), self.expected, self.previous
        return CommandRecord(
            key[0], key[2], event, arguments, actor, time, version, changed, fragment, previous
        )

    def shown(self, error: InvalidState | ConstraintViolation) -> StarModelError:
        """Return what the store refused to keep, without the names of private fields."""
        return type(error)(error.entity, self._public_errors([*error.errors]))

    def normalise(self) -> None:
        """Put what was stored into the live entity, where validation made it another value."""
        live, base = self.entity.__dict__, self.base
        self._refresh(
            [name for name in base if not deep_equal(live.get(name, _MISSING), base[name])]
        )

    async def merge(self) -> None:
        """Base the live entity on what is stored by now, and keep what the event has changed.

        Raises:
            NotFound: It is a record, and it is gone.
            Conflict: Somebody else changed a field that the event has changed too.
        """
        if self.is_new or self.is_deleted:
            raise Conflict(self.key.entity, self.key.id)
        stored = await self.backend.load(self.key)
        if stored is None:
            if self.definition.is_record:
                raise NotFound(self.key.entity, self.key.id)
            self.expected = 0
            self.unknown_fields = NOTHING
            self.state = None
            return
        live, base, fresh = self.entity.__dict__, self.base, stored.values
        theirs = {name for name in fresh if not deep_equal(fresh[name], base.get(name, _MISSING))}
        mine = {name for name in base if not deep_equal(live.get(name, _MISSING), base[name])}
        # It is set anew when the change is saved.
        mine.difference_update(self.definition.now_on_update)
        # Equal values are no agreement: of two who count one on, both count.
        if theirs & mine:
            raise Conflict(self.key.entity, self.key.id)
        self.base = fresh
        self.unknown_fields = stored.unknown_fields
        self.expected = stored.version
        self.state = None
        self._refresh(theirs - mine)

    def _plain_changes(self, live: Mapping[str, object]) -> dict[str, object] | None:
        """Return what is different, where that is plain and valid; else `None`.

        What is as it was stored is not validated again.
        """
        base, definition = self.base, self.definition
        plain, constrained = definition.plain, definition.constrained
        if len(live) != len(base):
            return None
        changed: dict[str, object] = {}
        try:
            for name, value in live.items():
                old = base[name]
                if value is old:
                    continue
                if name not in plain:
                    if deep_equal(value, old):
                        continue
                    return None
                if type(value) is not plain[name]:
                    return None
                if value != old:
                    if constrained and name in constrained and not definition.is_valid(name, value):
                        return None
                    changed[name] = value
        except KeyError:
            return None
        return changed

    def _prepare_deletion(self) -> None:
        # What a reader sees next: nothing of a record, a new instance of anything else.
        self.values = None
        definition = self.definition
        before = self._state_before() if self.state is None else self.state
        if definition.is_record:
            self._next_state = {}
            self.changed = dict.fromkeys(before)
        else:
            self._next_state = definition.state(definition.cls())
            self.changed = _difference(before, self._next_state)
            self.removed = removed_keys(before, self.changed)

    def _invalid(self, event: str, errors: list[ArgumentError]) -> InvalidState:
        public = self._public_errors(errors)
        if self.definition.write_only:
            errors = withheld(errors, self._hidden_texts())
        logger.warning("%s.%s left the entity invalid: %s", self.key.entity, event, errors)
        return InvalidState(self.key.entity, public)

    def _public_errors(self, errors: list[ArgumentError]) -> tuple[ArgumentError, ...]:
        names = {*self._public_names()}
        public = public_errors(errors, names | self.definition.write_only)
        return tuple(withheld(public, [*private_texts(self.entity, names)]))

    def _hidden_texts(self) -> list[str]:
        return [*private_texts(self.entity, {*self._public_names()})]

    def _public_names(self) -> Iterable[str]:
        if not self.is_new:
            return self._state_before()
        try:
            return self.definition.state(self.entity)
        except Exception:
            # It is invalid, so its state may be beyond computing. Then no name is public.
            return ()

    def _state_before(self) -> Mapping[str, object]:
        """Compute the public state that the outside knows, and leave the live entity alone."""
        if self.is_new:
            return {}
        if self.expected:
            return self.definition.state_of(self.base)
        return self.definition.initial_state()

    def _refresh(self, names: Collection[str]) -> None:
        """Bring fields of the live entity to what is stored."""
        live, base = self.entity.__dict__, self.base
        if names:
            for cached in live.keys() - base.keys():
                del live[cached]
            live.update(deep_copy({name: base[name] for name in names}))


class AllRecords:
    """The subject of an event that is about no record in particular: all those of an entity."""

    is_new = False

    def __init__(self, definition: EntityDefinition[Any]) -> None:
        self.key = definition.key("")

    def outcome(self, result: R, created: bool, *, is_shown: bool) -> CommandResult[R]:
        """Describe what the event led to: there is no state to tell."""
        return CommandResult("", {}, {}, 0, result, created)

    def record(
        self,
        event: str,
        arguments: Mapping[str, object],
        actor: Actor,
        time: float,
        fragment: Fragment | None,
    ) -> CommandRecord:
        """Describe the event, for the bus; what it has saved has records of its own."""
        return CommandRecord(self.key.entity, "", event, arguments, actor, time, 0, (), fragment)

    def shown(self, error: InvalidState | ConstraintViolation) -> StarModelError:
        """Return what the store refused to keep, and nothing of which fields it was about."""
        return type(error)(error.entity, ())


def _differs(values: Mapping[str, object], base: Mapping[str, object]) -> bool:
    for name, old in base.items():
        value = values.get(name, _MISSING)
        if value is not old and not deep_equal(value, old):
            return True
    return False


def _difference(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, object]:
    """Return what is different in `after`, or new."""
    return {
        name: value
        for name, value in after.items()
        if name not in before
        or (
            value is not before[name]
            and (value != before[name] or not deep_equal(value, before[name]))
        )
    }

"""What reading an entity and running an event lead to."""

from collections.abc import Mapping
from typing import Any, Generic, TypeAlias, TypeVar

from starmodel.application.copying import NOTHING_REMOVED, Removed
from starmodel.application.definition import EntityDefinition
from starmodel.application.store import Stored
from starmodel.domain import Entity

E = TypeVar("E", bound=Entity)
R = TypeVar("R")

StoredState: TypeAlias = tuple[EntityDefinition[Any], Mapping[str, object]]
"""A public state that nobody has asked for yet: the definition, and the values that were stored."""


class CommandResult(Generic[R]):
    """What an event led to, once it was committed.

    Attributes:
        id: The id of the key it is stored under: the record's own, or its holder's.
        changed: The public fields that are different now, computed ones too.
        version: The stored version; `0` where nothing was ever stored.
            Whoever may not read the entity is told neither its fields nor its version.
        result: What the event returned or yielded.
        created: Whether the event made a new record.
        removed: The keys of mappings in changed fields that are there no longer; see
            `removed_keys`.
        is_plain: Whether all that changed are texts, whole numbers and booleans, which JSON and
            pages have as they are.
    """

    __slots__ = ("_state", "changed", "created", "id", "is_plain", "removed", "result", "version")

    def __init__(
        self,
        id: str,
        state: Mapping[str, object] | StoredState,
        changed: Mapping[str, object],
        version: int,
        result: R,
        created: bool = False,
        removed: Removed = NOTHING_REMOVED,
        is_plain: bool = False,
    ) -> None:
        self.id = id
        self._state = state
        self.changed = changed
        self.version = version
        self.result = result
        self.created = created
        self.removed = removed
        self.is_plain = is_plain

    @property
    def state(self) -> Mapping[str, object]:
        """All public fields, as JSON has them; worked out when somebody asks."""
        state = self._state
        if isinstance(state, tuple):
            definition, values = state
            state = self._state = definition.state_of(values)
        return state


class Snapshot(Generic[E]):
    """An entity as it was when it was read; changing it changes nothing stored.

    Attributes:
        definition: What is known of its class.
        id: The id of its key.
        version: The stored version; `0` where nothing is stored and the entity is a new one.
    """

    __slots__ = ("_entity", "_state", "_stored", "definition", "id", "version")

    def __init__(self, definition: EntityDefinition[E], id: str, stored: Stored | None) -> None:
        self.definition = definition
        self.id = id
        self.version = 0 if stored is None else stored.version
        self._stored = stored
        self._entity: E | None = None
        self._state: Mapping[str, object] | None = None

    @property
    def entity(self) -> E:
        """The instance, made when somebody asks: mostly its public state is all that is shown."""
        entity = self._entity
        if entity is None:
            stored, definition = self._stored, self.definition
            made = definition.cls() if stored is None else definition.hydrate(stored.values)
            entity = self._entity = made
        return entity

    @property
    def state(self) -> Mapping[str, object]:
        """All public fields, as JSON has them."""
        state = self._state
        if state is None:
            stored = self._stored
            if stored is None or self._entity is not None:
                state = self.definition.state(self.entity)
            else:
                state = self.definition.state_of(stored.values)
            self._state = state
        return state

"""What reading an entity and running an event lead to."""

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from starmodel.application.copying import NOTHING_REMOVED, Removed
from starmodel.application.definition import EntityDefinition
from starmodel.domain import Entity

E = TypeVar("E", bound=Entity)
R = TypeVar("R")


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
    """

    __slots__ = ("_state", "changed", "created", "id", "removed", "result", "version")

    def __init__(
        self,
        id: str,
        state: Mapping[str, object] | Callable[[], Mapping[str, object]],
        changed: Mapping[str, object],
        version: int,
        result: R,
        created: bool = False,
        removed: Removed = NOTHING_REMOVED,
    ) -> None:
        self.id = id
        self._state = state
        self.changed = changed
        self.version = version
        self.result = result
        self.created = created
        self.removed = removed

    @property
    def state(self) -> Mapping[str, object]:
        """All public fields, as JSON has them; worked out when somebody asks."""
        if callable(self._state):
            self._state = self._state()
        return self._state


class Snapshot(Generic[E]):
    """An entity as it was when it was read; changing it changes nothing stored.

    `version` is `0` where nothing is stored and the entity is a new one. `id` is the id of its
    key.
    """

    __slots__ = ("definition", "entity", "id", "state", "version")

    def __init__(
        self,
        definition: EntityDefinition[E],
        id: str,
        entity: E,
        state: Mapping[str, object],
        version: int,
    ) -> None:
        self.definition = definition
        self.id = id
        self.entity = entity
        self.state = state
        self.version = version

"""What a unit of work asks of its app."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeAlias, TypeVar, overload

from starmodel.application.bus import EventBus
from starmodel.application.definition import EntityDefinition
from starmodel.application.persistence import PersistenceManager
from starmodel.application.search import Searchable
from starmodel.application.store import Key
from starmodel.domain import Entity

E = TypeVar("E", bound=Entity)

BeforeImage: TypeAlias = Callable[[EntityDefinition[Any], Key, Mapping[str, object], bool], None]
"""Is given what a record was before a commit changed it, and whether it is gone now."""


class UnitOfWorkContext(Protocol):
    """What a unit of work asks of its app; `Services` has it.

    Attributes:
        persistence: The stores.
        bus: Told of every commit.
        clock: Seconds since 1970, for command records.
        before_image: Is told of each record that a commit has changed, before the bus is.
        has_relations: Whether any entity refers to another, or is in SQL.
    """

    persistence: PersistenceManager
    bus: EventBus
    clock: Callable[[], float]
    before_image: BeforeImage | None
    has_relations: bool

    @overload
    def definition_of(self, cls: type[E]) -> EntityDefinition[E]: ...

    @overload
    def definition_of(self, cls: type[Entity] | str) -> EntityDefinition[Any]: ...

    def definition_of(self, cls: type[Any] | str) -> EntityDefinition[Any]:
        """Return the definition of an entity class, or of the one that has this name.

        Raises:
            ConfigurationError: The app has no such entity.
        """
        ...

    def searchable(self, definition: EntityDefinition[Any]) -> Searchable:
        """Return what the records of an entity can be found by.

        Raises:
            ConfigurationError: They cannot be found.
        """
        ...

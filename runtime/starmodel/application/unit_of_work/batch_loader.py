"""Loading what entities refer to, for one unit of work."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, get_args
from uuid import UUID

from starmodel.application.definition import EntityDefinition
from starmodel.application.store import Key, Stored
from starmodel.application.unit_of_work.tracking import TrackedEntity
from starmodel.domain import Entity, Ref
from starmodel.domain.type_guards import is_sequence
from starmodel.errors import UnnumberedRecord

if TYPE_CHECKING:
    from starmodel.application.store import EntityPersistenceBackend


NO_SUCH_RECORD = ("There is no such record.", "foreign_key")
"""What is said of a reference that leads nowhere, and its type for programs."""


class BatchLoader:
    """Entities that were loaded together, and what was loaded ahead for them.

    When the reference of one of them is followed, those of the others are loaded along with it:
    the products of all lines of an order take one query.
    """

    __slots__ = ("_ahead", "_groups")

    def __init__(self) -> None:
        self._groups: list[tuple[str, list[Entity]]] = []
        self._ahead: dict[Key, Stored | None] = {}

    def add(self, entity: str, together: list[Entity]) -> None:
        """Record that these were loaded together."""
        if len(together) > 1:
            self._groups.append((entity, together))

    def pop(self, key: Key) -> Stored | None:
        """Return what was loaded ahead under a key, once."""
        return self._ahead.pop(key, None)

    async def load_ahead(
        self,
        definition: EntityDefinition[Any],
        id: str,
        tracked: Iterable[Key],
        backend: "EntityPersistenceBackend",
    ) -> None:
        """Load what the neighbours of whoever refers to a record refer to in the same way."""
        if definition.key(id) in self._ahead:
            return
        for entity, together in self._groups:
            for field, target in backend.references(entity).items():
                if target != definition.name:
                    continue
                ids = dict.fromkeys(id for one in together for id in ids_in(one, field))
                if id in ids:
                    keys = [definition.key(other) for other in ids]
                    known = {*tracked}
                    missing = [key for key in keys if key not in known and key not in self._ahead]
                    found = await backend.load_all(missing)
                    self._ahead.update(zip(missing, found, strict=True))
                    return


def ids_in(entity: Entity, field: str) -> list[str]:
    """Return the ids that a field refers to: of a `Ref`, of a list of them, or none."""
    return ids_of(entity.__dict__.get(field))


def ids_of(value: object) -> list[str]:
    """Return the ids that a value refers to: a `Ref`, a list of them, or anything else."""
    several = value if is_sequence(value) else [value]
    try:
        return [one.id for one in several if isinstance(one, Ref)]
    except UnnumberedRecord:
        return [one.id for one in several if isinstance(one, Ref) and not one.is_new]


def given_ids(value: object) -> set[str]:
    """Return the ids that somebody has given: as references, entities or plain ids, alone or listed."""
    if isinstance(value, Ref | Entity):
        return {str(value.id)}
    if isinstance(value, str | int | UUID):
        return {str(value)}
    if is_sequence(value):
        return {id for one in value for id in given_ids(one)}
    return set()


def referring(
    tracked: Iterable[TrackedEntity], definition: EntityDefinition[Any], field: str, id: str
) -> list[TrackedEntity]:
    """Return those that refer to a record, as they are now and not as they are stored."""
    found = [
        each
        for each in tracked
        if each.definition is definition
        and not each.is_deleted
        and id in ids_in(each.entity, field)
    ]
    if definition.is_numbered:
        return sorted(found, key=lambda each: each.entity.id)
    return sorted(found, key=lambda each: each.key.id)


def refers(cls: type[Entity]) -> bool:
    """Return whether an entity class has a field that refers to others. Asked once, at start."""
    return any(_mentions(field.annotation) for field in cls.__pydantic_fields__.values())


def _mentions(annotation: object) -> bool:
    return annotation is Ref or any(map(_mentions, get_args(annotation)))

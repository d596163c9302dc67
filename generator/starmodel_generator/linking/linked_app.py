"""All entities of the app, linked, before it is known whether they fit together."""

from dataclasses import dataclass

from starmodel_generator.linking.entities.entities import LinkedEntity
from starmodel_generator.linking.entities.value_objects import LinkedEnum, LinkedObject


@dataclass(frozen=True, slots=True)
class LinkedApp:
    """What the checks look at: entities in order, all else by qualified name."""

    entities: tuple[LinkedEntity, ...]
    by_name: dict[str, LinkedEntity]
    objects: dict[str, LinkedObject]
    enums: dict[str, LinkedEnum]

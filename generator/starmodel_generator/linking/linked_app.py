"""All entities of the app, linked, before it is known whether they fit together."""

from dataclasses import dataclass

from starmodel_generator.linking.entities.entities import LinkedEntity
from starmodel_generator.linking.entities.value_objects import LinkedEnum, LinkedObject
from starmodel_schemas import EntitySchema, EnumSchema, ObjectSchema


@dataclass(frozen=True, slots=True)
class LinkedApp:
    """What the checks look at: entities in order, all else by qualified name."""

    entities: tuple[LinkedEntity, ...]
    by_name: dict[str, LinkedEntity]
    objects: dict[str, LinkedObject]
    enums: dict[str, LinkedEnum]

    def entity(self, qualified_name: str, /) -> EntitySchema:
        """Return an entity; `KeyError` if there is none."""
        return self.by_name[qualified_name].schema

    def object(self, qualified_name: str, /) -> ObjectSchema:
        """Return a value object; `KeyError` if there is none."""
        return self.objects[qualified_name].schema

    def enum(self, qualified_name: str, /) -> EnumSchema:
        """Return an enum; `KeyError` if there is none."""
        return self.enums[qualified_name].schema

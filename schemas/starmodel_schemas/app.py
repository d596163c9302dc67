"""The app schema: everything the generator understood, in one value."""

from typing import Literal, TypeAlias

from starmodel_schemas.entity import EntitySchema, EnumSchema, ObjectSchema
from starmodel_schemas.model import SchemaModel

SCHEMA_VERSION = 1

WebName: TypeAlias = Literal["fasthtml", "starlette", "fastapi"]


class AppSchema(SchemaModel):
    """The entities of a project, with the value objects and enums they use.

    Entities stand in order of their source file's path, then as written.
    Objects and enums are those that a field, a parameter or a return reaches,
    sorted by qualified name. `version` is the version of this format: a reader
    refuses one it does not know.
    """

    version: Literal[1] = SCHEMA_VERSION
    entities: tuple[EntitySchema, ...]
    objects: tuple[ObjectSchema, ...] = ()
    enums: tuple[EnumSchema, ...] = ()

    def entity(self, qualified_name: str) -> EntitySchema:
        """Return the entity of that qualified name; `KeyError` if there is none."""
        for entity in self.entities:
            if entity.qualified_name == qualified_name:
                return entity
        raise KeyError(qualified_name)

    def object(self, qualified_name: str) -> ObjectSchema:
        """Return the value object of that qualified name; `KeyError` if there is none."""
        for schema in self.objects:
            if schema.qualified_name == qualified_name:
                return schema
        raise KeyError(qualified_name)

    def enum(self, qualified_name: str) -> EnumSchema:
        """Return the enum of that qualified name; `KeyError` if there is none."""
        for schema in self.enums:
            if schema.qualified_name == qualified_name:
                return schema
        raise KeyError(qualified_name)

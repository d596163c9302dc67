"""What generated things are called, and where they are: one answer for all views."""

import builtins
import keyword
from dataclasses import dataclass

from starmodel_generator.emission.reach import Reach, owners, reach
from starmodel_generator.emission.shapes import Reference
from starmodel_generator.planning import EmissionSettings
from starmodel_generator.planning.tables import database_schema
from starmodel_schemas import (
    AppSchema,
    EntitySchema,
    EntityType,
    EnumSchema,
    EnumType,
    ObjectSchema,
    ObjectType,
    TableSchema,
)
from starmodel_schemas.naming import constant_case, snake_case


@dataclass(frozen=True, slots=True)
class EntityNames:
    """The names that one entity's files use for each other."""

    package: str
    """Its package: `shop.generated.counter`."""

    constant: str
    """Its definition: `COUNTER`."""

    state_type: str
    """The type of its public state: `CounterState`."""

    state_function: str
    """What picks the public state: `counter_state`."""

    page_function: str
    """What makes its page: `counter_page`."""

    fragments: str
    """The pieces of its page that are sent again when a field changes: `COUNTER_FRAGMENTS`."""

    resource: str
    """Its table of routes: `counter_resource`."""

    table: str
    """Where it is kept, of an entity in SQL: `COUNTER_TABLE`."""

    row: str
    """The class of its rows, of an entity in SQL: `CounterRow`."""

    def module(self, kind: str) -> str:
        """Give the dotted name of one of its modules: `state`, `commands`, `page` ..."""
        return f"{self.package}.{kind}"


def entity_names(entity: EntitySchema, package: str) -> EntityNames:
    """Name the generated things of an entity in a generated package (`shop.generated`)."""
    snake = entity.snake_name
    constant = constant_case(entity.name)
    return EntityNames(
        package=f"{package}.{snake}",
        constant=constant,
        state_type=f"{entity.name}State",
        state_function=f"{snake}_state",
        page_function=f"{snake}_page",
        fragments=f"{constant}_FRAGMENTS",
        resource=f"{snake}_resource",
        table=f"{constant}_TABLE",
        row=f"{entity.name}Row",
    )


def projection_name(schema: ObjectSchema) -> str:
    """Name the function that picks the public fields of a value object: `task_state`."""
    return f"{snake_case(schema.name)}_state"


def projected_type_name(schema: ObjectSchema) -> str:
    """Name the type of a value object's public fields: `TaskState`."""
    return f"{schema.name}State"


def an(name: str) -> str:
    """Write a name with its article: `a Counter`, `an Order`."""
    return f"{'an' if name[:1] in 'AEIOUaeiou' else 'a'} {name}"


CALLED = frozenset(
    "anything b64encode builtins bullets check_class column default_of definitions dt duration"
    " duration_of escape escape_attribute json_of json_value lines_of literal local_time moment"
    " number reference references restore sa segment text_of yes_or_no".split()
)
"""What the functions of generated modules call; no variable in them has such a name."""


def variable_name(name: str, *others: str) -> str:
    """Name a variable `name`, or else the first of `others` that neither Python nor we need."""
    for candidate in (name, *others):
        is_taken = candidate in CALLED or hasattr(builtins, candidate)
        if not is_taken and not keyword.iskeyword(candidate):
            return candidate
    return "value"


class Context:
    """The schema with what views look up in it, made once for a run."""

    def __init__(self, app: AppSchema, settings: EmissionSettings) -> None:
        self.app = app
        self.settings = settings
        self.entities: dict[str, EntitySchema] = {
            entity.qualified_name: entity for entity in app.entities
        }
        self.objects: dict[str, ObjectSchema] = {
            schema.qualified_name: schema for schema in app.objects
        }
        self.enums: dict[str, EnumSchema] = {schema.qualified_name: schema for schema in app.enums}
        self.names: dict[str, EntityNames] = {
            name: entity_names(entity, settings.package) for name, entity in self.entities.items()
        }
        self.reaches: dict[str, Reach] = {
            name: reach(entity, self.objects, self.enums) for name, entity in self.entities.items()
        }
        self.sent: frozenset[str] = frozenset(
            name for own in self.reaches.values() for name in own.sent
        )
        self.owners: dict[str, str] = owners(app, self.reaches)
        self.tables: dict[str, TableSchema] = {
            table.name: table for table in database_schema(app).tables
        }
        modules = [schema.module for schema in (*app.entities, *app.objects, *app.enums)]
        self.first_party: frozenset[str] = frozenset(
            module.partition(".")[0] for module in (settings.package, *modules)
        )

    def schema(self, reference: Reference) -> EnumSchema | ObjectSchema | EntitySchema:
        """Give what a type refers to."""
        match reference:
            case EnumType():
                return self.enums[reference.enum]
            case ObjectType():
                return self.objects[reference.object]
            case EntityType():
                return self.entities[reference.entity]

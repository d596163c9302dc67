"""What generated things are called, and where they are: one answer for all views."""

import keyword
from collections.abc import ItemsView, Iterable, Iterator, Mapping, ValuesView
from typing import Any, NamedTuple, TypeVar, cast

from pydantic import BaseModel

from starmodel_generator.database.tables import database_schema
from starmodel_generator.emission.declaration_order import Reference
from starmodel_generator.emission.reachable_types import owners, reachable_types
from starmodel_generator.planning import EmissionSettings
from starmodel_generator.project.hashing import digest
from starmodel_generator.standard_names import BUILTIN_NAMES
from starmodel_schemas import (
    AppSchema,
    EntitySchema,
    EntityType,
    EnumSchema,
    EnumType,
    ObjectSchema,
    ObjectType,
)
from starmodel_schemas.naming import constant_case, list_constant, snake_case

Value = TypeVar("Value")


class EntityNames(NamedTuple):
    """The names that one entity's files use for each other."""

    package: str
    """Its package: `shop.generated.counter`."""

    constant: str
    """Its definition: `COUNTER`."""

    state_type: str
    """The type of its public state in clients: `CounterState`."""

    state_function: str
    """What picks the public state: `counter_state`."""

    list: str
    """The component of the list of its records: `COUNTERS`."""

    resource: str
    """Its table of routes: `counter_resource`."""

    table: str
    """Where it is kept, of an entity in SQL: `COUNTER_TABLE`."""

    document: str
    """How it is kept as JSON, of an entity in Redis or a custom store: `COUNTER_DOCUMENT`."""

    writable: str
    """The parts of its value objects that are written from outside: `COUNTER_WRITABLE`."""

    row: str
    """The class of its rows, of an entity in SQL: `CounterRow`."""

    def module(self, kind: str) -> str:
        """Return the dotted name of one of its modules: `state`, `commands`, `pages` ..."""
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
        list=list_constant(entity.name),
        resource=f"{snake}_resource",
        table=f"{constant}_TABLE",
        document=f"{constant}_DOCUMENT",
        writable=f"{constant}_WRITABLE",
        row=f"{entity.name}Row",
    )


def projection_name(schema: ObjectSchema) -> str:
    """Name the function that picks the public fields of a value object: `task_state`."""
    return f"{snake_case(schema.name)}_state"


def an(name: str) -> str:
    """Write a name with its article: `a Counter`, `an Order`."""
    return f"{'an' if name[:1] in 'AEIOUaeiou' else 'a'} {name}"


CALLED = frozenset("""
    b64decode b64encode builtins check_class column date datetime default_of dt hydrate json json_of
    json_value sa sm time timedelta web
    """.split())
"""What the functions of generated modules call; no variable in them has such a name."""


def variable_name(name: str, *others: str) -> str:
    """Name a variable `name`, or else the first of `others` that neither Python nor we need."""
    for candidate in (name, *others):
        is_taken = candidate in CALLED or candidate in BUILTIN_NAMES
        if not is_taken and not keyword.iskeyword(candidate):
            return candidate
    return "value"


class Lookups(dict[str, Value]):
    """A dictionary that notes in `log` what is looked up: its own name and the key.

    The key is `*` where all of it is gone through. What an entity's files follow from is what
    their views have looked up.
    """

    def __init__(self, name: str, log: set[tuple[str, str]], values: Mapping[str, Value]) -> None:
        super().__init__(values)
        self._name = name
        self._log = log

    def __getitem__(self, key: str) -> Value:
        self._log.add((self._name, key))
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self._log.add((self._name, str(key)))
        return super().__contains__(key)

    def __iter__(self) -> Iterator[str]:
        self._log.add((self._name, "*"))
        return super().__iter__()

    def get(self, key: str, default: Value | None = None, /) -> Value | None:  # type: ignore[override]
        """Return the value of a key, or the default."""
        self._log.add((self._name, key))
        return super().get(key, default)

    def values(self) -> ValuesView[Value]:  # type: ignore[override]
        """Return all values."""
        self._log.add((self._name, "*"))
        return super().values()

    def items(self) -> ItemsView[str, Value]:  # type: ignore[override]
        """Return all keys with their values."""
        self._log.add((self._name, "*"))
        return super().items()

    def unnoted(self) -> dict[str, Value]:
        """Return all of it as a plain dictionary; nothing is noted."""
        return dict(super().items())

    def fingerprint(self, key: str) -> str:
        """Return a hash of the value of a key, or of everything for `*`; empty for no value."""
        if key == "*":
            texts = [f"{each} {_text(value)}" for each, value in super().items()]
            return digest("\n".join(texts).encode("utf-8", "surrogatepass"))
        value = super().get(key)
        return "" if value is None else digest(_text(value).encode("utf-8", "surrogatepass"))


def _text(value: object) -> str:
    return value.model_dump_json() if isinstance(value, BaseModel) else repr(value)


class Shared(NamedTuple):
    """What all entities of an app decide together; see the attributes of a `Context`."""

    owners: Mapping[str, str]
    sent: Iterable[str]
    classes: Iterable[str]
    first_party: Iterable[str]


class Context:
    """The schema with what views look up in it, made once for a run.

    Of a part of an app, `shared` says what all of it decides.
    """

    def __init__(
        self, app: AppSchema, settings: EmissionSettings, shared: Shared | None = None
    ) -> None:
        self.app = app
        self.settings = settings
        self.log: set[tuple[str, str]] = set()
        self.searched: dict[str, tuple[Any, ...]] = {}
        """What `emission.entity.filters` has worked out for the files that are being rendered."""

        entities = {entity.qualified_name: entity for entity in app.entities}
        objects = {schema.qualified_name: schema for schema in app.objects}
        enums = {schema.qualified_name: schema for schema in app.enums}
        reaches = {
            name: reachable_types(entity, objects, enums) for name, entity in entities.items()
        }
        named: dict[str, tuple[EnumSchema, ...]] = {}
        for enum in app.enums:
            named[enum.name] = (*named.get(enum.name, ()), enum)
        self.entities = self._lookups("entities", entities)
        self.objects = self._lookups("objects", objects)
        self.enums = self._lookups("enums", enums)
        self.enums_named = self._lookups("enums_named", named)
        self.names = self._lookups(
            "names",
            {name: entity_names(entity, settings.package) for name, entity in entities.items()},
        )
        self.reaches = self._lookups("reaches", reaches)
        schemas = (*app.entities, *app.objects, *app.enums)
        modules = (settings.package, *(schema.module for schema in schemas))
        shared = shared or Shared(
            owners=owners(app, reaches),
            sent=[name for own in reaches.values() for name in own.sent],
            classes=[schema.name for schema in schemas],
            first_party=[module.partition(".")[0] for module in modules],
        )
        self.sent = self._lookups("sent", dict.fromkeys(shared.sent, True))
        self.classes = self._lookups("classes", dict.fromkeys(shared.classes, True))
        self.owners = self._lookups("owners", shared.owners)
        self.tables = self._lookups(
            "tables", {table.name: table for table in database_schema(app).tables}
        )
        self.first_party = frozenset(shared.first_party)

    def _lookups(self, name: str, values: Mapping[str, Value]) -> Lookups[Value]:
        return Lookups(name, self.log, values)

    def begin(self) -> None:
        """Begin the files of another entity: what is looked up for them is noted from here on."""
        self.log.clear()
        self.searched.clear()

    def differences(self, other: "Context") -> frozenset[tuple[str, str]] | None:
        """Return what is another value in `other`, as `log` has it; `None` where keys differ."""
        found: set[tuple[str, str]] = set()
        for name, own in self._all().items():
            theirs = other._all()[name]
            keys = own.unnoted().keys()
            if keys != theirs.unnoted().keys():
                return None
            found |= {
                (name, key) for key in keys if own.fingerprint(key) != theirs.fingerprint(key)
            }
        return frozenset(found)

    def fingerprint(self, name: str, key: str) -> str:
        """Return a hash of what stands in one of the dictionaries under a key; see `log`."""
        lookups = self._all().get(name)
        return "" if lookups is None else lookups.fingerprint(key)

    def _all(self) -> dict[str, Lookups[Any]]:
        return {
            name: cast("Lookups[Any]", value)
            for name, value in vars(self).items()
            if isinstance(value, Lookups)
        }

    def entity(self, qualified_name: str) -> EntitySchema:
        """Return the entity of that qualified name."""
        return self.entities[qualified_name]

    def object(self, qualified_name: str) -> ObjectSchema:
        """Return the value object of that qualified name."""
        return self.objects[qualified_name]

    def enum(self, qualified_name: str) -> EnumSchema:
        """Return the enum of that qualified name."""
        return self.enums[qualified_name]

    def schema(self, reference: Reference) -> EnumSchema | ObjectSchema | EntitySchema:
        """Return what a type refers to."""
        match reference:
            case EnumType():
                return self.enums[reference.enum]
            case ObjectType():
                return self.objects[reference.object]
            case EntityType():
                return self.entities[reference.entity]

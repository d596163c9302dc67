"""What of an event can be seen from outside: its route and its arguments."""

from typing import NamedTuple

from starmodel_generator.emission.context import Context
from starmodel_generator.emission.entity.crud_arguments import crud_words
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.literals import docstring
from starmodel_generator.emission.python.type_expressions import id_annotation
from starmodel_schemas import (
    ArgumentSource,
    EntitySchema,
    EntitySource,
    EventSchema,
    HttpMethod,
    LiteralDefault,
    OptionalType,
    ParameterSchema,
    ScalarType,
    TypeRef,
)
from starmodel_schemas.naming import constant_case


class Endpoint(NamedTuple):
    """An event as its callers know it.

    `arguments` are the parameters that a caller gives, in source order; another entity is given
    by its id, as text. `has_id` says whether the path holds the id of a record.
    """

    entity: EntitySchema
    event: EventSchema
    arguments: tuple[ParameterSchema, ...]

    @property
    def function(self) -> str:
        """The author's name for it, which generated functions share."""
        return self.event.function

    @property
    def form(self) -> str:
        """The constant that is its form, of an event of the author's: `RESTOCK`."""
        return constant_case(self.event.function)

    @property
    def method(self) -> HttpMethod:
        """Its HTTP method."""
        return self.event.method

    @property
    def path(self) -> str:
        """Its path, with `{id}` where a record's id goes."""
        return self.event.path

    @property
    def argument_names(self) -> tuple[str, ...]:
        """The names of the arguments, in source order."""
        return tuple(parameter.name for parameter in self.arguments)

    @property
    def has_id(self) -> bool:
        """Whether the caller says which record is meant."""
        return self.entity.scope == "RECORD" and self.event.has_instance

    @property
    def route(self) -> str:
        """The route and where it leads: `POST /counter/reset -> Counter.reset() -> None`."""
        if self.event.crud is not None:
            words = crud_words(self.entity, self.event)
            return f"{self.method} {self.path}: {words[:1].lower()}{words[1:]}"
        return f"{self.method} {self.path} -> {self.entity.name}.{self.event.signature}"

    def docstring(self, indent: int = 4) -> str:
        """Write the author's words, and the route."""
        if self.event.crud is not None:
            words = crud_words(self.entity, self.event)
            return docstring(words, indent, f"{self.method} {self.path}")
        if self.event.doc:
            return docstring(self.event.doc, indent, self.route)
        return docstring(self.route, indent)


def endpoints(entity: EntitySchema, context: Context) -> list[Endpoint]:
    """Return the events of an entity as their callers know them, in source order."""
    return [Endpoint(entity, event, _arguments(event, context)) for event in entity.events]


def _arguments(event: EventSchema, context: Context) -> tuple[ParameterSchema, ...]:
    arguments: list[ParameterSchema] = []
    for parameter in event.parameters:
        match parameter.source:
            case ArgumentSource():
                arguments.append(parameter)
            case EntitySource(entity=name) if context.entities[name].scope == "RECORD":
                arguments.append(parameter.model_copy(update={"type": _id_type(parameter)}))
            case _:
                pass
    return tuple(arguments)


def _id_type(parameter: ParameterSchema) -> TypeRef:
    """Return the type of what names another entity: a text, or nothing where it may be missing."""
    text = ScalarType(name="str")
    return OptionalType(item=text) if is_optional(parameter) else text


def entity_annotation(parameter: ParameterSchema, context: Context, names: ModuleNames) -> str:
    """Write the type of an argument that names another entity."""
    assert isinstance(parameter.source, EntitySource)
    written = id_annotation(context.entities[parameter.source.entity], names)
    return f"{written} | None" if is_optional(parameter) else written


def is_optional(parameter: ParameterSchema) -> bool:
    """Return whether a parameter is `None` where nothing is given."""
    return isinstance(parameter.default, LiteralDefault) and parameter.default.value is None

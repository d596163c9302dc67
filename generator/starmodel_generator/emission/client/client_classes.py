"""The classes of a client module, and the defaults that a client can know."""

from starmodel_generator.emission.context import Context
from starmodel_generator.emission.declaration_order import Reference
from starmodel_generator.emission.entity.crud_arguments import crud_fields, new_fields
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import Layout
from starmodel_generator.emission.python.literals import python_value
from starmodel_generator.emission.python.type_expressions import id_annotation
from starmodel_generator.planning import has_queries
from starmodel_schemas import (
    Default,
    EntitySchema,
    EntityType,
    EnumSchema,
    EnumType,
    ExpressionDefault,
    LiteralDefault,
    ObjectSchema,
    RefType,
    ScalarType,
)


def declared_classes(entity: EntitySchema, context: Context) -> list[str]:
    """Return the names of the classes that an entity's client module declares for its values."""
    reach = context.reaches[entity.qualified_name]
    owned = [
        schema.name
        for schema in (*reach.enums, *reach.objects)
        if context.owners[schema.qualified_name] == entity.qualified_name
    ]
    return [*owned, context.names[entity.qualified_name].state_type]


def argument_classes(entity: EntitySchema) -> dict[str, str]:
    """Return the classes of what an entity's client takes by name, each with its module."""
    fields = fields_module(entity)
    found = {f"{entity.name}Fields": fields} if crud_fields(entity) else {}
    if new_fields(entity):
        found[f"New{entity.name}Fields"] = fields
    if has_queries(entity):
        found[filters_name(entity)] = filters_module(entity)
    return found


def fields_module(entity: EntitySchema) -> str:
    """Return the module of the fields that a client gives: `.product_fields`."""
    return f".{entity.snake_name}_fields"


def filters_module(entity: EntitySchema) -> str:
    """Return the module of what a client finds records by: `.product_filters`."""
    return f".{entity.snake_name}_filters"


def filters_name(entity: EntitySchema) -> str:
    """Return what the class of the filters is called by which records are found."""
    return f"{entity.name}Filters"


class ClientClasses:
    """The classes of a client module: its own, or those of the module that declares them."""

    def __init__(self, names: ModuleNames, context: Context, entity: EntitySchema) -> None:
        self._names = names
        self._context = context
        self._entity = entity

    def is_own(self, schema: EnumSchema | ObjectSchema) -> bool:
        """Return whether the module declares it."""
        return self._context.owners[schema.qualified_name] == self._entity.qualified_name

    def name(self, reference: Reference) -> str:
        """Return the name of a class, and import it where another module declares it."""
        if isinstance(reference, EntityType):
            if reference.entity == self._entity.qualified_name:
                return self._context.names[reference.entity].state_type
            return self._names.use("typing", "Any")
        schema = self._context.schema(reference)
        if isinstance(schema, EntitySchema) or self.is_own(schema):
            return schema.name
        owner = self._context.entities[self._context.owners[schema.qualified_name]]
        return self._names.use(f".{owner.snake_name}", schema.name)

    def reference(self, type_: RefType) -> str:
        """Write the type of ids: of a record that it refers to, a client knows no more."""
        return self._names.builtin("str")

    def parsed(self, type_: ScalarType) -> str:
        """Write the type of URLs and IP addresses: the text that they are sent as."""
        return self._names.builtin("str")


class ArgumentClasses(ClientClasses):
    """The classes of what a client sends: of a record's number it need not make a text."""

    def reference(self, type_: RefType) -> str:
        """Write the type of ids."""
        return id_annotation(self._context.entities[type_.entity], self._names)


class NamedClasses(ArgumentClasses):
    """The classes that a module without any of its own needs for its annotations alone.

    The module that declares them imports that module, so nothing may be imported back at run time.
    """

    def __init__(self, names: ModuleNames, context: Context, entity: EntitySchema) -> None:
        super().__init__(names, context, entity)
        self.imports = ModuleNames(context.first_party)

    def name(self, reference: Reference) -> str:
        """Return the name of a class, which type checkers import."""
        if isinstance(reference, EntityType):
            if reference.entity != self._entity.qualified_name:
                return self._names.use("typing", "Any")
            name, owner = self._context.names[reference.entity].state_type, self._entity
        else:
            schema = self._context.schema(reference)
            name = schema.name
            owner = self._context.entities[self._context.owners[schema.qualified_name]]
        return self.imports.use(f".{owner.snake_name}", name)


def client_default(
    default: Default, names: ModuleNames, classes: ClientClasses, context: Context
) -> Layout | None:
    """Write a default that a client can know; `None` for any other.

    These are plain literals and members of enums. Lists and mappings are left to the server: as
    the default of a parameter they would be shared by all calls.
    """
    if isinstance(default, LiteralDefault):
        return python_value(default.value)
    if not isinstance(default, ExpressionDefault) or len(default.imports) != 1:
        return None
    enum = context.enums.get(default.imports[0])
    if enum is None or enum.qualified_name not in context.owners:
        return None
    if not any(default.expression == f"{enum.name}.{member.name}" for member in enum.members):
        return None
    return (
        f"{classes.name(EnumType(enum=enum.qualified_name))}.{default.expression.partition('.')[2]}"
    )


_EMPTY = frozenset({"[]", "{}", "set()", "frozenset()", "()"})


def empty_collection(default: Default) -> str | None:
    """Write a default that is an empty collection; `None` for any other."""
    if isinstance(default, ExpressionDefault) and default.expression in _EMPTY:
        return default.expression
    return None

"""The view of `state.py`: what may be seen of an entity, and its definition."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias

from starmodel_generator.emission.context import (
    Context,
    an,
    projection_name,
    variable_name,
)
from starmodel_generator.emission.declaration_order import (
    objects_in_order,
    public_fields,
    results,
    state_fields,
)
from starmodel_generator.emission.entity.projection import Projection, part_of
from starmodel_generator.emission.entity.protected_parts import writable_statement
from starmodel_generator.emission.python.default_expressions import use_qualified
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import Group, Layout, named, prefixed
from starmodel_generator.emission.python.literals import docstring, python_string
from starmodel_generator.emission.python.type_expressions import AuthorsClasses
from starmodel_generator.emission.sql.row_values import without_options
from starmodel_generator.planning import is_in_sql
from starmodel_schemas import (
    AccessRule,
    AuthenticatedAccess,
    EntitySchema,
    FieldSchema,
    HolderAccess,
    NumericColumnType,
    ObjectSchema,
    ObjectType,
    PolicyAccess,
    PublicAccess,
)
from starmodel_schemas.naming import snake_case

Scales: TypeAlias = Mapping[tuple[str, str], int]
"""The places of decimals, by the qualified name of the class and the field."""


class ProjectionView(NamedTuple):
    """The function that picks the public fields of an instance."""

    signature: Layout
    docstring: str
    fields: tuple[Layout, ...]


class StateView(NamedTuple):
    """Everything that `state.py.j2` lays out."""

    name: str
    imports: str
    projections: tuple[ProjectionView, ...]
    writable: Layout | None
    definition: Layout


def state_view(entity: EntitySchema, context: Context) -> StateView:
    """Decide what the state module of an entity says."""
    fields = state_fields(entity)
    objects = objects_in_order(
        [*(field.seen_type for field in fields), *results(entity)], context.objects
    )
    names = ModuleNames(context.first_party, classes=context.classes)
    projection = Projection(names, context, AuthorsClasses(names, context))
    scales = _scales(entity, context)
    projections = [_object_projection(schema, projection, scales) for schema in objects]
    names.use(entity.module, entity.name)
    projections.append(_entity_projection(entity, fields, projection, scales))
    return StateView(
        name=entity.name,
        definition=_definition(entity, names, context),
        writable=writable_statement(entity, names, context),
        projections=tuple(projections),
        imports=names.import_block(),
    )


def read_path(entity: EntitySchema) -> str:
    """Return the path an entity is read at, with `{id}` for a record."""
    path = f"/{entity.snake_name}"
    return f"{path}/{{id}}" if entity.scope == "RECORD" else path


def _object_projection(
    schema: ObjectSchema, projection: Projection, scales: Scales
) -> ProjectionView:
    cls = projection.classes.name(ObjectType(object=schema.qualified_name))
    variable = variable_name(snake_case(schema.name))
    return ProjectionView(
        signature=Group(
            f"def {projection.names.define(projection_name(schema))}(",
            (f"{variable}: {cls}",),
            f") -> {projection.names.use('starmodel.application', 'State')}:",
        ),
        docstring=docstring(f"Return the public fields of {an(schema.name)}.", 4),
        fields=_picked(schema, public_fields(schema), variable, projection, scales),
    )


def _entity_projection(
    entity: EntitySchema, fields: list[FieldSchema], projection: Projection, scales: Scales
) -> ProjectionView:
    own = projection.context.names[entity.qualified_name]
    variable = variable_name(entity.snake_name)
    return ProjectionView(
        signature=Group(
            f"def {projection.names.define(own.state_function)}(",
            (f"{variable}: {entity.name}",),
            f") -> {projection.names.use('starmodel.application', 'State')}:",
        ),
        docstring=docstring(f"Return the public fields of {an(entity.name)}.", 4),
        fields=_picked(entity, fields, variable, projection, scales),
    )


def _picked(
    owner: EntitySchema | ObjectSchema,
    fields: list[FieldSchema],
    variable: str,
    projection: Projection,
    scales: Scales,
) -> tuple[Layout, ...]:
    picked: list[Layout] = []
    for field in fields:
        value = part_of(owner, variable, field.name)
        scale = scales.get((owner.qualified_name, field.name))
        if field.sent is not None:
            made = projection.serialized(variable, field.name)
        elif scale is None:
            made = projection.layout(field.type, value)
        else:
            made = projection.fixed(field.type, value, scale)
        picked.append(prefixed(f"{python_string(field.name)}: ", made))
    return tuple(picked)


def _scales(entity: EntitySchema, context: Context) -> Scales:
    """Find the decimals that have a column of their own, where they are kept with fixed places.

    They are seen with these places from the start, so that an answer to a request says what
    later ones will.
    """
    scales: dict[tuple[str, str], int] = {}
    if not is_in_sql(entity):
        return scales
    types = {field.name: without_options(field.type) for field in entity.fields}
    for column in context.tables[entity.table_name].columns:
        if not isinstance(column.type, NumericColumnType):
            continue
        owner, type_ = entity.qualified_name, types[column.path[0]]
        if isinstance(type_, ObjectType):
            owner = type_.object
        scales[owner, column.path[-1]] = column.type.scale
    return scales


def _definition(entity: EntitySchema, names: ModuleNames, context: Context) -> Layout:
    own = context.names[entity.qualified_name]
    definition = names.use("starmodel.application", "EntityDefinition")
    store, scope = names.use("starmodel", "StateStore"), names.use("starmodel", "Scope")
    items: list[Layout] = [
        entity.name,
        named("name", python_string(entity.snake_name)),
        named("namespace", python_string(entity.namespace)),
        f"store={store}.{entity.store}",
        f"scope={scope}.{entity.scope}",
        f"state={own.state_function}",
    ]
    if entity.ttl is not None:
        seconds = int(entity.ttl) if entity.ttl.is_integer() else entity.ttl
        items.append(f"ttl={seconds!r}")
    if entity.cache is not None:
        items.append(f"cache={python_string(entity.cache)}")
    access = _access(entity.access, names)
    if access is not None:
        items.append(f"access={access}")
    for moment in ("create", "update"):
        names_set = [python_string(field.name) for field in entity.fields if field.now == moment]
        if names_set:
            items.append(Group(f"now_on_{moment}=[", tuple(names_set), "]"))
    write_only = [python_string(field.name) for field in entity.fields if field.write_only]
    if write_only:
        items.append(Group("write_only=[", tuple(write_only), "]"))
    if entity.renders_itself:
        items.append("has_html=True")
    for name, single in (("many", False), ("one", True)):
        listed = tuple(_other_sides(entity, names, context, single=single))
        if listed:
            items.append(named(name, Group("{", listed, "}")))
    return Group(f"{names.define(own.constant)} = {definition}(", tuple(items), ")")


def _other_sides(
    entity: EntitySchema, names: ModuleNames, context: Context, *, single: bool
) -> Iterator[str]:
    """Write where the other side of each relation is kept: `"books": (Book, "author")`."""
    for many in entity.many:
        if many.single != single:
            continue
        other = context.entities[many.entity]
        cls = names.use(other.module, other.name)
        yield f"{python_string(many.name)}: ({cls}, {python_string(many.field)})"


def _access(rule: AccessRule, names: ModuleNames) -> str | None:
    match rule:
        case HolderAccess():
            return None
        case PublicAccess():
            return f"{names.use('starmodel.domain', 'Access')}.PUBLIC"
        case AuthenticatedAccess():
            return f"{names.use('starmodel.domain', 'Access')}.AUTHENTICATED"
        case PolicyAccess():
            return use_qualified(rule.function, names)

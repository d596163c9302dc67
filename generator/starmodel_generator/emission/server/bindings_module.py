"""The view of `bindings.py`: what pages of the author's own use of an entity."""

from typing import NamedTuple

from starmodel_generator.emission.context import Context
from starmodel_generator.emission.declaration_order import state_fields
from starmodel_generator.emission.entity.crud_arguments import (
    fields_type,
    is_crud_field,
    is_once,
)
from starmodel_generator.emission.entity.endpoints import Endpoint, endpoints, entity_annotation
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import Group, Layout
from starmodel_generator.emission.python.literals import docstring, python_string
from starmodel_generator.emission.python.type_expressions import (
    AuthorsClasses,
    annotation,
    id_annotation,
)
from starmodel_generator.emission.server.signal_expression import signal
from starmodel_schemas import (
    EntitySchema,
    EntitySource,
    FieldSchema,
    ParameterSchema,
    RequiredDefault,
)
from starmodel_schemas.naming import pascal_case

ACTIONS = "starmodel.web.datastar.actions"

_STORAGES = {"CLIENT_SESSION": "sessionStorage", "CLIENT_LOCAL": "localStorage"}


class ActionView(NamedTuple):
    """The class of an event's action, and its one instance."""

    name: str
    docstring: str
    parameters: tuple[str, ...]
    signature: Layout
    result: Layout
    instance: Layout


class BindingsView(NamedTuple):
    """Everything that `bindings.py.j2` lays out."""

    name: str
    imports: str
    entity: Layout
    watch: str
    watch_docstring: str
    id: str
    text: str
    is_record: bool
    is_live: bool
    signals: tuple[Layout, ...]
    errors: Layout | None
    actions: tuple[ActionView, ...]
    live_docstring: str
    signals_signature: Layout
    signals_docstring: str
    values: Layout | None
    result: Layout


def bindings_view(entity: EntitySchema, context: Context) -> BindingsView:
    """Decide what the bindings of an entity say."""
    events = endpoints(entity, context)
    fields = state_fields(entity)
    parameters = {parameter.name for event in events for parameter in event.arguments}
    defined = [*(field.name for field in fields), *(event.function for event in events)]
    is_record = entity.scope == "RECORD"
    is_live = not entity.is_in_browser
    own = ["ENTITY", "signals"]
    if is_live:
        own += ["live", "watch" if is_record else "WATCH"]
    if events:
        own.append("ERRORS")
    names = ModuleNames(context.first_party, {*defined, *own, *parameters}, context.classes)
    for name in (*own, *defined):
        names.define(name)
    names.use(ACTIONS, "Expression")
    actions = tuple(_action(event, names, context) for event in events)
    has_start = not is_record and _can_be_new(entity)
    signature, values = _signals(entity, names, context, has_start=has_start)
    names.keep_apart(parameters)
    thing = f"the {entity.name}{'' if is_record else _whose(entity)}"
    return BindingsView(
        name=entity.name,
        entity=_entity(entity, names),
        watch=entity.snake_name if is_record else python_string(entity.snake_name),
        watch_docstring=docstring(f"What `/live?watch=` calls {thing}.", 4 if is_record else 0),
        id=id_annotation(entity, names) if is_record else "",
        text=names.builtin("str") if is_record else "",
        is_record=is_record,
        is_live=is_live,
        signals=tuple(
            Group(f"{field.name} = sm.Signal(", (python_string(_signal(entity, field)),), ")")
            for field in fields
        ),
        errors=_errors(events, names) if events else None,
        actions=actions,
        live_docstring=docstring(f"Keep the page in step with {thing}: for `data-init`.", 4),
        signals_signature=signature,
        signals_docstring=docstring(
            "Declare the signals, for `data-signals`: "
            + ("as they are in `state`, else as in a new one." if has_start else "as in `state`."),
            4,
        ),
        values=values,
        result=Group(
            "return sm.Expression(",
            (Group("sm.encode_data(", (_tree(entity, has_errors=bool(events)),), ")"),),
            ")",
        ),
        imports=names.import_block(),
    )


def _entity(entity: EntitySchema, names: ModuleNames) -> Layout:
    items = [python_string(entity.snake_name), f"namespace={python_string(entity.namespace)}"]
    if entity.scope == "RECORD":
        items.append("is_record=True")
    if entity.is_in_browser:
        items.append(f"storage={python_string(_STORAGES[entity.store])}")
    return Group(f"ENTITY = {names.use(ACTIONS, 'EntityNames')}(", tuple(items), ")")


def _action(event: Endpoint, names: ModuleNames, context: Context) -> ActionView:
    fields = fields_type(event.entity, event.event)
    arguments = [each for each in event.arguments if not is_crud_field(event.event, each)]
    items: list[Layout] = ["self"]
    if event.has_id:
        items.append(f"id: {id_annotation(event.entity, names)} | sm.Expression")
    if arguments:
        items.append("*")
    items += [_parameter(parameter, names, context) for parameter in arguments]
    given = ["id"] if event.has_id else []
    given += [f"{each.name}={each.name}" for each in arguments]
    if fields is not None:
        own = context.names[event.entity.qualified_name]
        names.use(own.module("commands"), fields)
        items.append(f"**fields: {names.use('typing', 'Unpack')}[{fields}[sm.Expression]]")
        given.append("**fields")
    names.use(ACTIONS, "Action")
    parameter = names.use(ACTIONS, "Parameter") if arguments else ""
    name = names.define(f"_{pascal_case(event.function)}")
    return ActionView(
        name=name,
        docstring=event.docstring(),
        parameters=tuple([f"{each.name} = {parameter}()" for each in arguments]),
        signature=Group("def __call__(", tuple(items), ") -> sm.Expression:"),
        result=Group("return self._expression(", tuple(given), ")"),
        instance=Group(f"{event.function} = {name}(", _route(event, fields), ")"),
    )


def _route(event: Endpoint, fields: str | None) -> tuple[str, ...]:
    """Write what an action is made of: where the event is asked for, and how."""
    texts = (event.event.name, event.method.lower(), event.path)
    items = ["ENTITY", *map(python_string, texts)]
    if fields is not None:
        items.append(fields)
    if is_once(event.entity, event.event):
        items.append("is_once=True")
        if event.event.crud is not None:
            items.append("is_whole=True")
    return tuple(items)


def _errors(events: list[Endpoint], names: ModuleNames) -> Layout:
    """Return the tree of error signals, all empty: an expression that reads one that is not declared
    would stop every expression of the page.
    """
    actions = tuple([event.function for event in events])
    return Group(f"ERRORS = {names.use(ACTIONS, 'error_signals')}(", actions, ")")


def _tree(entity: EntitySchema, *, has_errors: bool) -> Layout:
    """Return all signals of the entity, by name."""
    errors = ('"errors": ERRORS',) if has_errors else ()
    return Group("{", (f"{python_string(entity.namespace)}: state", *errors), "}")


def _parameter(parameter: ParameterSchema, names: ModuleNames, context: Context) -> str:
    type_ = annotation(parameter.type, names, AuthorsClasses(names, context))
    if isinstance(parameter.source, EntitySource):
        type_ = entity_annotation(parameter, context, names)
    declared = f"{parameter.name}: {type_} | sm.Expression"
    omitted = names.use(ACTIONS, "UnsetType")
    if isinstance(parameter.default, RequiredDefault):
        return f"{declared} | {omitted}"
    return f"{declared} | {omitted} = {names.use(ACTIONS, 'UNSET')}"


def _signals(
    entity: EntitySchema, names: ModuleNames, context: Context, *, has_start: bool
) -> tuple[Layout, Layout | None]:
    own = context.names[entity.qualified_name]
    state_type = names.use("starmodel.application", "State")
    if not has_start:
        return Group("def signals(", (f"state: {state_type}",), ") -> sm.Expression:"), None
    function = names.use(own.module("state"), own.state_function)
    cls = names.use(entity.module, entity.name)
    return (
        Group("def signals(", (f"state: {state_type} | None = None",), ") -> sm.Expression:"),
        f"state = {function}({cls}())",
    )


def _signal(entity: EntitySchema, field: FieldSchema) -> str:
    return signal(entity.namespace, field.name)


def _can_be_new(entity: EntitySchema) -> bool:
    return all(
        field.computed or not isinstance(field.default, RequiredDefault) for field in entity.fields
    )


def _whose(entity: EntitySchema) -> str:
    return " of the session" if entity.scope == "SESSION" else ""

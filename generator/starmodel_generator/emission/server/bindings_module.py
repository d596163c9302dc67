"""The view of `bindings.py`: what pages of the author's own use of an entity."""

from typing import NamedTuple

from starmodel_generator.emission.context import Context
from starmodel_generator.emission.entity.crud_arguments import is_once
from starmodel_generator.emission.entity.endpoints import Endpoint, endpoints
from starmodel_generator.emission.html.markup import signal
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import Group, Layout
from starmodel_generator.emission.python.literals import docstring, python_string
from starmodel_generator.emission.python.type_expressions import AuthorsClasses, annotation
from starmodel_generator.emission.server.state_module import state_fields
from starmodel_schemas import EntitySchema, FieldSchema, ParameterSchema, RequiredDefault

ACTIONS = "starmodel.web.datastar.actions"


class ActionView(NamedTuple):
    """The function that writes an event's action."""

    signature: Layout
    docstring: str
    result: Layout


class BindingsView(NamedTuple):
    """Everything that `bindings.py.j2` lays out."""

    name: str
    imports: str
    watch: str
    watch_docstring: str
    text: str
    is_record: bool
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
    own = ["live", "signals", "watch" if is_record else "WATCH"]
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
        watch=entity.snake_name if is_record else python_string(entity.snake_name),
        watch_docstring=docstring(f"What `/live?watch=` calls {thing}.", 4 if is_record else 0),
        text=names.builtin("str") if is_record else "",
        is_record=is_record,
        signals=tuple(
            Group(f"{field.name} = sm.Signal(", (python_string(_signal(entity, field)),), ")")
            for field in fields
        ),
        errors=_errors(entity, events, names) if events else None,
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


def _action(event: Endpoint, names: ModuleNames, context: Context) -> ActionView:
    items: list[Layout] = []
    if event.has_id:
        items.append(f"id: {names.builtin('str')} | sm.Expression")
    if event.arguments:
        items.append("*")
    items += [_parameter(parameter, event, names, context) for parameter in event.arguments]
    function, *given = _call(event, names)
    given += [python_string(event.path), *(["id"] if event.has_id else [])]
    given += [f"{parameter.name}={parameter.name}" for parameter in event.arguments]
    return ActionView(
        signature=Group(f"def {event.function}(", tuple(items), ") -> sm.Expression:"),
        docstring=event.docstring(),
        result=Group(f"return {function}(", tuple(given), ")"),
    )


def _call(event: Endpoint, names: ModuleNames) -> tuple[str, ...]:
    """Name the function that makes the action of an event, and what it is given first."""
    method = event.method.lower()
    if not is_once(event.entity, event.event):
        return (names.use(ACTIONS, f"{method}_action"),)
    function = "write_action" if event.event.crud is None else "crud_action"
    return names.use(ACTIONS, function), python_string(method)


def _errors(entity: EntitySchema, events: list[Endpoint], names: ModuleNames) -> Layout:
    """Return the tree of error signals, all empty: an expression that reads one that is not declared
    would stop every expression of the page.
    """
    trees = tuple(
        Group(
            f"{python_string(event.event.name)}: [",
            tuple([python_string(name) for name in event.argument_names]),
            "]",
        )
        for event in events
    )
    items = (python_string(entity.namespace), Group("{", trees, "}"))
    return Group(f"ERRORS = {names.use(ACTIONS, 'error_signals')}(", items, ")")


def _tree(entity: EntitySchema, *, has_errors: bool) -> Layout:
    """Return all signals of the entity, by name."""
    errors = ('"errors": ERRORS',) if has_errors else ()
    return Group("{", (f"{python_string(entity.namespace)}: state", *errors), "}")


def _parameter(
    parameter: ParameterSchema, event: Endpoint, names: ModuleNames, context: Context
) -> str:
    type_ = annotation(parameter.type, names, AuthorsClasses(names, context))
    declared = f"{parameter.name}: {type_} | sm.Expression"
    is_required = isinstance(parameter.default, RequiredDefault)
    if is_required and event.event.crud == "create":
        return declared
    omitted = names.use(ACTIONS, "UnsetType")
    if is_required and event.event.crud is None:
        return f"{declared} | {omitted}"
    return f"{declared} | {omitted} = {names.use(ACTIONS, 'UNSET')}"


def _signals(
    entity: EntitySchema, names: ModuleNames, context: Context, *, has_start: bool
) -> tuple[Layout, Layout | None]:
    own = context.names[entity.qualified_name]
    state_type = names.use(own.module("state"), own.state_type)
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

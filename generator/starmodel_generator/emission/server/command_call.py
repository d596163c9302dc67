"""How a command is called: which instance is meant, and what is given for each parameter."""

from starmodel_generator.emission.context import Context
from starmodel_schemas import (
    ArgumentSource,
    EntitySchema,
    EntitySource,
    EventSchema,
    HookSchema,
    ParameterSchema,
    ProviderSource,
    RequiredDefault,
    SuppliedSource,
)
from starmodel_schemas.reserved_names import HOLDER_NAMES


def holder_of(entity: EntitySchema, event: EventSchema) -> str | None:
    """Name the parameter that says which instance the event is for; `None` if there is none."""
    return HOLDER_NAMES.get(entity.scope) if event.has_instance else None


def needs_session(entity: EntitySchema, event: EventSchema, context: Context) -> bool:
    """Return whether the event takes another entity of the session besides its own."""
    return holder_of(entity, event) != "session" and any(
        isinstance(parameter.source, EntitySource)
        and context.entities[parameter.source.entity].scope == "SESSION"
        for parameter in event.parameters
    )


def hooks_of(entity: EntitySchema, event: EventSchema) -> list[HookSchema]:
    """Return the methods of the author's that an event of `crud` calls."""
    return [hook for hook in entity.hooks if hook.crud == event.crud]


def takes_request(entity: EntitySchema, event: EventSchema) -> bool:
    """Return whether a hook of an event of `crud` takes the request."""
    request = SuppliedSource(what="request")
    return any(
        parameter.source == request
        for hook in hooks_of(entity, event)
        for parameter in hook.parameters
    )


def own_parameters(entity: EntitySchema, event: EventSchema, context: Context) -> set[str]:
    """Name the parameters that a command has besides those of the event."""
    found = {"services", "actor", "idempotency_key"}
    holder = holder_of(entity, event)
    if holder is not None:
        found.add(holder)
    if needs_session(entity, event, context):
        found.add("session")
    is_given = any(command_parameter(each, context) == "request" for each in event.parameters)
    if is_given or takes_request(entity, event):
        found.add("request")
    return found


def command_parameter(parameter: ParameterSchema, context: Context) -> str | None:
    """Name what the caller of a command gives for a parameter; `None` if it is nothing."""
    match parameter.source:
        case ArgumentSource():
            return parameter.name
        case EntitySource():
            is_record = context.entities[parameter.source.entity].scope == "RECORD"
            return f"{parameter.name}_id" if is_record else None
        case SuppliedSource():
            return "request" if parameter.source.what == "request" else None
        case ProviderSource():
            return None


def batch_events(entity: EntitySchema, context: Context) -> list[EventSchema]:
    """Return the events that need nothing but a record, and so can be asked for of many at once."""
    return [
        event
        for event in entity.events
        if event.crud in (None, "delete")
        and event.method != "GET"
        and event.has_instance
        and not event.is_generator
        and not needs_session(entity, event, context)
        and not takes_request(entity, event)
        and all(_may_be_left_out(parameter, context) for parameter in event.parameters)
    ]


def _may_be_left_out(parameter: ParameterSchema, context: Context) -> bool:
    if command_parameter(parameter, context) is None:
        return True
    is_argument = isinstance(parameter.source, ArgumentSource)
    return is_argument and not isinstance(parameter.default, RequiredDefault)

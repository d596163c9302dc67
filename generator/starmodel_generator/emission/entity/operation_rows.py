"""The operations of an entity: its events, and the reads and lists that it has, by name."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Literal, NamedTuple, TypeAlias, assert_never

from starmodel_generator.emission.context import Context, an
from starmodel_generator.emission.entity.crud_arguments import crud_words
from starmodel_generator.emission.entity.endpoints import Endpoint, endpoints
from starmodel_generator.emission.entity.record_labels import plural_words, record_words
from starmodel_generator.planning import has_queries
from starmodel_schemas import (
    AccessRule,
    AuthenticatedAccess,
    EntitySchema,
    EventSchema,
    HolderAccess,
    PolicyAccess,
    PublicAccess,
)

Effect: TypeAlias = Literal["any", "none", "create", "update", "delete"]


class OperationRow(NamedTuple):
    """One operation.

    `endpoint` is the event that it runs; `None` for a read and a list. The other fields are those
    of the runtime's `Operation`.
    """

    name: str
    route: str
    about: str
    access: str
    effect: Effect
    endpoint: Endpoint | None = None


def operation_rows(entity: EntitySchema, context: Context) -> list[OperationRow]:
    """Return the operations of an entity: read, list, and its events in source order.

    An event that is called `read` or `find` takes the place of what would be called so. An entity
    that browsers keep has none: whoever asks otherwise than by HTTP keeps nothing of it.
    """
    if entity.is_in_browser:
        return []
    snake, words = entity.snake_name, record_words(entity)
    is_record = entity.scope == "RECORD"
    access = access_words(entity.access, entity)
    route = f"GET /{snake}/{{id}}" if is_record else f"GET /{snake}"
    about = f"Read {an(words)}." if is_record else f"Read the {words}."
    rows = [OperationRow(f"{snake}.read", route, about, access, "none")]
    if has_queries(entity):
        about = f"Find {plural_words(entity)}, a page of them at a time."
        rows.append(OperationRow(f"{snake}.find", f"GET /{snake}", about, access, "none"))
    events = [
        OperationRow(
            f"{snake}.{endpoint.event.name}",
            f"{endpoint.method} {endpoint.path}",
            _about(entity, endpoint.event),
            access_words(endpoint.event.access, entity),
            _effect(endpoint.event),
            endpoint,
        )
        for endpoint in endpoints(entity, context)
    ]
    taken = {row.name for row in events}
    return [*(row for row in rows if row.name not in taken), *events]


def app_rows(context: Context) -> list[OperationRow]:
    """Return the operations of all entities."""
    return [row for entity in context.app.entities for row in operation_rows(entity, context)]


def fitting(rows: Iterable[OperationRow], pattern: str) -> list[OperationRow]:
    """Return the operations that fit a pattern of the configuration: `counter.*`."""
    return [row for row in rows if fnmatchcase(row.name, pattern)]


def exposed_rows(context: Context) -> list[OperationRow]:
    """Return the operations of the generated table: those that something asks for."""
    rows, settings = app_rows(context), context.settings
    if settings.jsonrpc:
        return rows
    return [row for row in rows if any(fitting([row], pattern) for pattern in settings.mcp)]


def access_words(access: AccessRule, entity: EntitySchema) -> str:
    """Return who may, in a word or two: `everybody`, `signed in`, a function of the author's."""
    match access:
        case HolderAccess():
            return "its user" if entity.scope == "USER" else "its session"
        case PublicAccess():
            return "everybody"
        case AuthenticatedAccess():
            return "signed in"
        case PolicyAccess():
            return access.function
        case _:
            assert_never(access)


def _about(entity: EntitySchema, event: EventSchema) -> str:
    """Return the first paragraph of what the author says of an event, on one line."""
    if event.crud is not None:
        return crud_words(entity, event)
    doc = (event.doc or "").strip().split("\n\n")[0]
    return " ".join(doc.split()) or f"Run {event.name.replace('_', ' ')}."


def _effect(event: EventSchema) -> Effect:
    if event.crud is not None:
        return event.crud
    # One that leaves its entity as it is may send a mail all the same.
    return "none" if event.method == "GET" else "any"

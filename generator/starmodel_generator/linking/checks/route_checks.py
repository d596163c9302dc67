"""Paths: SM311 for what is no path, SM601 for two of the same."""

import re
from collections.abc import Iterator

from starmodel_generator.diagnostics.diagnostic import Diagnostic, Related
from starmodel_generator.diagnostics.rules.entity_rules import INVALID_EVENT_OPTION, ROUTE_COLLISION
from starmodel_generator.linking.entities.entities import LinkedEntity
from starmodel_generator.linking.entities.events import LinkedEvent
from starmodel_generator.linking.linked_app import LinkedApp
from starmodel_generator.linking.reporting import Problem, Subject
from starmodel_schemas.reserved_names import PATHS

_SEGMENT = re.compile(r"[A-Za-z0-9._~-]+")
_LENGTH_LIMIT = 500


def check_paths(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM311: a path is none, or does not say which record it is about."""
    for entity in app.entities:
        for event in entity.events:
            problem = _path_problem(entity, event)
            if event.has_path and problem is not None:
                yield event.subject.diagnose(problem)


def _path_problem(entity: LinkedEntity, event: LinkedEvent) -> Problem | None:
    path = event.schema.path
    text = f"has the path `{path}`"
    if not path.startswith("/"):
        return Problem(INVALID_EVENT_OPTION, f"{text}, which has no `/` in front", f"`/{path}`")
    if len(path) > _LENGTH_LIMIT:
        return Problem(INVALID_EVENT_OPTION, "has a path that is too long", "shorten it")
    segments = path[1:].split("/")
    if path.count("{id}") > 1:
        return Problem(INVALID_EVENT_OPTION, f"{text}, which holds `{{id}}` twice", "keep one")
    takes_id = entity.schema.scope == "RECORD" and event.schema.has_instance
    if takes_id and "{id}" not in segments:
        help = f"put `{{id}}` into it, for example `/{entity.schema.snake_name}/{{id}}{path}`"
        return Problem(INVALID_EVENT_OPTION, f"{text}, which names no record", help)
    for segment in segments:
        if segment == "{id}":
            if takes_id:
                continue
            why = "is created" if event.schema.is_creation else "needs no id"
            return Problem(
                INVALID_EVENT_OPTION, f"{text}, but what it is about {why}", "take out `{id}`"
            )
        if segment.startswith("{"):
            help = "only `{id}` is known; other arguments come by name in the query or the body"
            return Problem(INVALID_EVENT_OPTION, f"{text} with `{segment}`", help)
        if _SEGMENT.fullmatch(segment) is None or segment in (".", ".."):
            help = "use letters, digits, `-`, `_`, `.` and `~` between single slashes"
            return Problem(INVALID_EVENT_OPTION, f"{text}, which is no plain path", help)
    return None


def check_route_collisions(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM601: two routes have the same method and path, or one is the runtime's own."""
    seen: dict[tuple[str, str], tuple[str, Subject]] = {}
    # Entities of one name are reported as such, not route by route.
    for entity in {each.schema.snake_name: each for each in app.entities}.values():
        for method, path, what, subject in _routes(entity):
            reserved = _reserved(path)
            if reserved is not None:
                text = f"would be served at `{path}`, which belongs to {reserved}"
                help = "give it another name or another `path`"
                yield subject.diagnose(Problem(ROUTE_COLLISION, text, help))
                continue
            first = seen.setdefault((method, path), (what, subject))
            if first[1] is not subject:
                yield ROUTE_COLLISION.report(
                    f"{what} and {first[0]} are both served at `{method} {path}`",
                    subject.place,
                    help="give one of them another `path` or `name`",
                    related=(Related("the other one is here", first[1].place),),
                    entity=subject.entity,
                )


def _routes(entity: LinkedEntity) -> Iterator[tuple[str, str, str, Subject]]:
    """Every route of an entity, with what it is."""
    schema = entity.schema
    base = f"/{schema.snake_name}"
    own = entity.subject
    if schema.scope == "RECORD":
        yield "GET", f"{base}/{{id}}", f"reading {own.noun}", own
    yield "GET", base, f"reading {own.noun}", own
    if schema.is_in_browser:
        yield "POST", base, f"restoring {own.noun}", own
    # What is generated comes first, so that the author's event is what is pointed at.
    for event in schema.events:
        if event.crud is not None:
            yield event.method, event.path, f"`{event.crud}` of {own.noun}", own
    if entity.is_record_in_sql and schema.page != "host":
        yield from _page_routes(entity)
    for event in entity.events:
        # One that is called like what `crud` generates is reported as such.
        if event.schema.name not in schema.crud:
            yield event.schema.method, event.schema.path, event.subject.noun, event.subject


def _page_routes(entity: LinkedEntity) -> Iterator[tuple[str, str, str, Subject]]:
    """The routes of the generated pages of records in SQL."""
    base, own = f"/{entity.schema.snake_name}", entity.subject
    if any(event.is_creation for event in entity.schema.events):
        yield "GET", f"{base}/new", f"the page that makes one of {own.noun}", own
    yield "GET", f"{base}/options", f"the choice among {own.noun}", own
    yield "POST", f"{base}/batch", f"what is done to many of {own.noun}", own
    for kind, segment in (("update", "edit"), ("delete", "delete")):
        if kind in entity.schema.crud:
            for method in ("GET", "POST"):
                yield method, f"{base}/{{id}}/{segment}", f"the `{segment}` page of {own.noun}", own


def _reserved(path: str) -> str | None:
    for known, what in PATHS.items():
        if path == known or path.startswith(known + "/"):
            return what
    return None

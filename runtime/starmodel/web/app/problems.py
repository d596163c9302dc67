"""How it is told that something went wrong: to a page, to a program, to a plain form.

No exception text leaves the process, except the sentences of `starmodel.errors`, which are made
for it. Anything unforeseen is logged under an id, and the answer has the id only.
"""

import logging
import math
from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote

from pydantic_core import ValidationError

from starmodel.errors import (
    ArgumentError,
    ConstraintViolation,
    DuplicateId,
    InvalidArguments,
    InvalidState,
    QueryTooBroad,
    Refused,
    StaleVersion,
    StarModelError,
    StoreFull,
    TooManyRequests,
    Unavailable,
    UnknownArguments,
)
from starmodel.observation import note_error
from starmodel.ui.components.pages import NavigationItem
from starmodel.web.http.encoding import encode_json
from starmodel.web.http.form_body import read_form
from starmodel.web.http.prefix import prefix_addresses
from starmodel.web.http.response import NO_STORE, VARY, Headers, Response
from starmodel.web.monitoring.request_id import request_id
from starmodel.web.routing.request import FormAgain, Request
from starmodel.web.ui.field_titles import field_title, with_part_title
from starmodel.web.validation.value_errors import invalid_arguments, loggable

logger = logging.getLogger("starmodel.web")

TITLES: Final[Mapping[int, str]] = {
    400: "Bad request",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    413: "Too large",
    415: "Unsupported media type",
    422: "Invalid values",
    429: "Too many requests",
    500: "Something went wrong",
    503: "Not available",
}
_REFUSED: Final = "Refused"
_TOO_BROAD: Final = "Too broad"
UNFORESEEN: Final = "Something went wrong. It has been noted as {}."

_MENDABLE = frozenset({400, 409, 422, 429, 500, 503})
"""Statuses after which the same form may be sent again."""

_JSON: Final[Headers] = [
    (b"content-type", b"application/problem+json"),
    *NO_STORE,
    (b"x-content-type-options", b"nosniff"),
]
_KEPT: Final = frozenset({(b"cache-control", b"private, no-cache"), VARY})
"""Headers of pages that a page about a problem has otherwise."""

_LAST_PAGE: Final = b"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Something went wrong</title></head>
<body><main><h1>Something went wrong</h1><p role="alert">This page cannot be shown.</p></main></body>
</html>
"""


class Problem:
    """What went wrong, in the words for whoever asked.

    Attributes:
        status: The HTTP status.
        title: What kind of problem it is, in a word or two; without one, as the status has it.
        has_names_as_sent: Whether the errors call arguments as the request does.
        detail: One or two sentences.
        errors: What is wrong with which argument or field.
        id: Under which the log has more.
        headers: What the answer says beside.
        version: Which version there is by now, where somebody else was faster.
        differs: What of it is not as the request would have it.
    """

    __slots__ = (
        "detail",
        "differs",
        "errors",
        "has_names_as_sent",
        "headers",
        "id",
        "status",
        "title",
        "version",
    )

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        errors: tuple[ArgumentError, ...] = (),
        id: str | None = None,
        headers: Headers | None = None,
        version: int | None = None,
        differs: Mapping[str, object] | None = None,
        title: str | None = None,
        has_names_as_sent: bool = False,
    ) -> None:
        self.status = status
        self.title = TITLES[status] if title is None else title
        self.detail = detail
        self.errors = errors
        self.id = id
        self.headers: Headers = headers or []
        self.version = version
        self.differs = differs
        self.has_names_as_sent = has_names_as_sent


def problem_of(request: Request, error: Exception) -> Problem:
    """Describe what an exception means to whoever sent the request, and log what only we may know."""
    if isinstance(error, ValidationError):
        entities = request.app_state.entities
        error = invalid_arguments(error, request.route.arguments, entities) or error
    note_error(error)
    if not isinstance(error, StarModelError) or error.status == 500:
        id = request_id(request.headers)
        resources = request.app_state.resources
        write_only = {cls: one.definition.write_only for cls, one in resources.items()}
        shown = loggable(error, write_only)
        logger.error("%r failed, noted as %s", request.route, id, exc_info=shown)
        return Problem(500, UNFORESEEN.format(id), id=id)
    headers: Headers = []
    errors: tuple[ArgumentError, ...] = ()
    detail = str(error)
    if isinstance(error, InvalidArguments):
        errors, detail = error.errors, "Some values do not fit."
    elif isinstance(error, InvalidState):
        errors, detail = error.errors, f"This would leave the {error.entity} invalid."
        logger.warning("%r left the %s invalid", request.route, error.entity)
    elif isinstance(error, ConstraintViolation | DuplicateId):
        errors, detail = error.errors, "This does not go with what is stored."
    elif isinstance(error, StaleVersion):
        errors = tuple([_difference(name, value) for name, value in error.differs.items()])
        return Problem(
            error.status, detail, errors=errors, version=error.version, differs=error.differs
        )
    elif isinstance(error, TooManyRequests | Unavailable):
        if error.__cause__ is not None:
            logger.warning("%r is not available: %s", request.route, error.__cause__)
        headers = [(b"retry-after", b"%d" % math.ceil(error.retry_after))]
    elif isinstance(error, StoreFull):
        # Whoever has asked can do nothing about it.
        reason = error.__cause__ or f"it holds {error.limit:,} entries, and may drop none of them"
        logger.error("%r finds no room in its store: %s", request.route, reason)
    title = None
    if isinstance(error, Refused | QueryTooBroad):
        title = _REFUSED if isinstance(error, Refused) else _TOO_BROAD
    as_sent = isinstance(error, UnknownArguments)
    return Problem(
        error.status,
        detail,
        errors=errors,
        headers=headers,
        title=title,
        has_names_as_sent=as_sent,
    )


def respond_problem(request: Request, problem: Problem) -> Response:
    """Respond with the status of a problem: JSON (RFC 9457) for programs, else a page."""
    if request.is_scripted or request.wants_json:
        # Some front ends take any answer for markup; to JSON the escape is the same character.
        body = encode_json(problem_members(request, problem)).replace(b"<", b"\\u003c")
        return Response(problem.status, [*_JSON, *problem.headers], body)
    headers = [header for header in request.page_headers if header not in _KEPT]
    try:
        html = prefix_addresses(_page(request, problem), request.prefix)
    except Exception:
        # What makes pages is broken itself.
        logger.exception("The page of an error could not be made")
        return Response(problem.status, [*headers, *NO_STORE, *problem.headers], _LAST_PAGE)
    body = html.encode("utf-8", "replace")
    return Response(problem.status, [*headers, *NO_STORE, *problem.headers], body)


async def respond_error(request: Request, error: Exception) -> Response:
    """Respond to a request that failed.

    Front ends read nothing but answers of status 200. So a page that ran an event gets one, and
    finds the problem among its values.
    """
    problem = problem_of(request, error)
    route = request.route
    if request.is_scripted and route.event is not None:
        return Response(200, request.formatter.headers, error_patch(request, problem))
    again = route.form_again or request.app_state.event_forms.get(route)
    if again is not None and problem.status in _MENDABLE and not request.wants_json:
        return await _form_again(request, again, problem)
    return respond_problem(request, problem)


def error_patch(request: Request, problem: Problem) -> bytes:
    """Write what shows a problem where it belongs: beside an input, or to none."""
    errors = request.route.errors(_messages(request, problem))
    return request.formatter.values({"errors": errors})


def _messages(request: Request, problem: Problem) -> dict[str, str]:
    """Describe what is wrong with which argument; `_` is what belongs to none."""
    names = request.route.argument_names
    messages: dict[str, str] = {}
    others: list[str] = []
    for error in problem.errors:
        if error.name not in names:
            title = field_title(request, error.name)
            others.append(f"{title}: {error.message}" if title else error.message)
        elif error.name not in messages:
            messages[error.name] = with_part_title(request, error)
    if others or not messages or problem.version is not None:
        messages["_"] = " ".join(others) or problem.detail
    return messages


async def _form_again(request: Request, again: FormAgain, problem: Problem) -> Response:
    """Show a form once more, with all that was typed, and what is wrong with it."""
    content_type = request.headers.get(b"content-type", b"")
    try:
        given = read_form(request.received, content_type)
    except StarModelError:
        return respond_problem(request, problem)
    if problem.version is not None:
        given = [*given, ("version", str(problem.version))]
    try:
        html = await again(request, given, _messages(request, problem))
    except StarModelError:
        # What it is about is gone, or nobody's to see any more.
        return respond_problem(request, problem)
    if request.prefix:
        html = prefix_addresses(html, request.prefix)
    headers = [*request.page_headers, *problem.headers]
    return Response(problem.status, headers, html.encode("utf-8", "replace"))


def _difference(name: str, value: object) -> ArgumentError:
    """Say beside an input what its field is now."""
    if isinstance(value, bool):
        value = "Yes" if value else "No"
    text = value if isinstance(value, str) else "" if value is None else encode_json(value).decode()
    return ArgumentError(name, f"It is now: {text}" if text else "It is empty now.", "stale")


def problem_members(request: Request, problem: Problem) -> dict[str, object]:
    """Return the members of a problem as RFC 9457 has them, in the names that a program uses."""
    return _members(problem, _aliases(request))


def _aliases(request: Request) -> Mapping[str, str]:
    """Return what a program calls the arguments that are called otherwise here."""
    arguments = request.route.arguments
    names = None if arguments is None or request.is_scripted else arguments.input_names
    return {} if names is None else names.aliases


def _members(problem: Problem, aliases: Mapping[str, str]) -> dict[str, object]:
    members: dict[str, object] = {
        "type": "about:blank",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.id is not None:
        members["id"] = problem.id
    if problem.version is not None:
        members["version"] = problem.version
    if problem.differs is not None:
        members["differs"] = {
            aliases.get(name, name): value for name, value in problem.differs.items()
        }
    if problem.errors:
        if problem.has_names_as_sent:
            aliases = {}
        members["errors"] = [
            error._replace(name=aliases.get(error.name, error.name))._asdict()
            for error in problem.errors
        ]
    return members


def _page(request: Request, problem: Problem) -> str:
    """Write the page that somebody gets in front of a browser."""
    texts = [("", problem.detail)]
    if problem.errors:
        texts = [
            (field_title(request, error.name), with_part_title(request, error))
            for error in problem.errors
        ]
    renderer = request.app_state.renderer
    return renderer.error_page(problem.title, texts, _ways_on(request, problem), request)


def _ways_on(request: Request, problem: Problem) -> list[NavigationItem]:
    """Return links that lead somewhere: back, to the list of what was asked for, home."""
    here = request.path
    links: list[NavigationItem] = []
    listed = request.app_state.renderer.lists.get(here.strip("/").partition("/")[0])
    is_refused = problem.status in (401, 403)
    if listed is not None:
        path = listed.entity.path
        # The list itself leads nowhere but to itself, unless what follows its path was wrong.
        if path != here or (request.scope["query_string"] and not is_refused):
            links.append(NavigationItem(f"All {listed.words}", path))
    origin = request.local_origin
    if origin and unquote(origin.partition("?")[0]) not in (
        here,
        "/",
        *[one.href for one in links],
    ):
        links.insert(0, NavigationItem("Back", origin))
    if request.app_state.has_home and here != "/":
        links.append(NavigationItem("Home", "/"))
    return links

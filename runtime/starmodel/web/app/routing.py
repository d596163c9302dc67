"""Routes as values, and the table that finds one with a few look-ups, however many there are."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from urllib.parse import unquote_to_bytes

from pydantic_core import to_json

from starmodel.application import EntityDefinition
from starmodel.domain.ids import MAX_ID
from starmodel.errors import ConfigurationError
from starmodel.settings import Respond
from starmodel.web.http.prefix import path_below
from starmodel.web.http.request import NO_PARAMETERS, Request
from starmodel.web.http.response import Response, Scope, StreamResponse
from starmodel.web.validation.arguments import Arguments

if TYPE_CHECKING:
    from starmodel.web.ui.form_state import Form

Method: TypeAlias = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Handler: TypeAlias = Callable[[Request], Awaitable[Response | StreamResponse]]

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing, so that any site may lead to them."""


class Route:
    """One method of one path, and the handler that answers it.

    Args:
        method: The HTTP method. A GET route answers HEAD too.
        path: The path; `{name}` stands for one segment of it.
        handler: An async function from request to answer.
        event: The event that it runs.
        arguments: The arguments that the event takes.
        respond: How a Datastar request is answered; by default as the settings say.
        json_only: Answer only who wants JSON; the host app has a page of its own there.
        form: The page that leads here, to be shown again where a plain form does not fit.
        is_asset: Whether it is the same for everybody, for ever: nobody is asked who he is.
    """

    __slots__ = (
        "arguments",
        "event",
        "form",
        "handler",
        "is_asset",
        "is_safe",
        "json_only",
        "method",
        "namespace",
        "path",
        "respond",
        "signals_after",
        "signals_before",
    )

    def __init__(
        self,
        method: Method,
        path: str,
        handler: Handler,
        *,
        event: str | None = None,
        arguments: Arguments | None = None,
        respond: Respond | None = None,
        json_only: bool = False,
        form: "Form | None" = None,
        is_asset: bool = False,
    ) -> None:
        self.method: Method = method
        self.path = path
        self.handler = handler
        self.event = event
        self.arguments = arguments
        self.respond: Respond | None = respond
        self.json_only = json_only
        self.form = form
        self.is_asset = is_asset
        self.is_safe = method in SAFE_METHODS
        self.namespace = ""
        self.signals_before = b""
        self.signals_after = b""

    def __repr__(self) -> str:
        return f"<Route {self.method} {self.path}>"

    @property
    def argument_names(self) -> tuple[str, ...]:
        """The names of the event's arguments."""
        return () if self.arguments is None else self.arguments.names

    def belong_to(self, namespace: str) -> None:
        """Compute what surrounds the changed fields in every answer.

        That is the namespace before them and, after them, the errors of the event's form, all
        empty: an event that went well clears what an earlier one left there.
        """
        self.namespace = namespace
        self.signals_before = b"{%s:" % to_json(namespace)
        self.signals_after = b"}"
        if self.argument_names:
            self.signals_after = b',"errors":%s}' % to_json(self.errors({}))

    def errors(self, messages: Mapping[str, str]) -> dict[str, dict[str, dict[str, str]]]:
        """Return the tree of error signals: the message of each argument, or an empty text.

        What belongs to no argument is called `_`.
        """
        empty = dict.fromkeys((*self.argument_names, "_"), "")
        return self.within({**empty, **messages})

    def within(self, values: Mapping[str, str]) -> dict[str, dict[str, dict[str, str]]]:
        """Put values where a tree of signals has those of this event's form."""
        return {self.namespace: {self.event or "_": {**values}}}


class Resource:
    """One entity on the web: its routes, and what is shown of it beside its signals.

    Args:
        definition: The entity.
        routes: Its routes.
        fragments: Markup to send when a field changes: a function of the state for each field.
        table: Its `EntityTable`, of an entity in SQL.
        queries: Its `FilterSet`, of an entity in SQL.
    """

    __slots__ = ("definition", "fragments", "queries", "routes", "table")

    def __init__(
        self,
        definition: EntityDefinition[Any],
        *,
        routes: Sequence[Route],
        fragments: Mapping[str, Callable[[Any], str]] | None = None,
        table: Any = None,
        queries: Any = None,
    ) -> None:
        self.definition = definition
        self.table = table
        self.queries = queries
        self.routes = tuple(routes)
        self.fragments: Mapping[str, Callable[[Any], str]] = fragments or {}
        for route in self.routes:
            route.belong_to(definition.namespace)

    def __repr__(self) -> str:
        return f"<Resource {self.definition.name}, {len(self.routes)} routes>"


Methods: TypeAlias = dict[str, Route]
Match: TypeAlias = tuple[Methods, Mapping[str, str]]


class _Shape:
    """All paths with placeholders at the same places, found by what stands at the others."""

    __slots__ = ("fixed", "paths", "placeholders")

    def __init__(self, fixed: tuple[int, ...], placeholders: tuple[int, ...]) -> None:
        self.fixed = fixed
        self.placeholders = placeholders
        self.paths: dict[tuple[str, ...], tuple[tuple[str, ...], Methods]] = {}


class RouteTable:
    """Finds the routes of a path.

    A path without placeholders is one look-up. Any other is split; for each shape that a path
    of so many segments can have (two or three in a whole app) there is one more. A path
    without placeholders wins over one with.
    """

    def __init__(self, routes: Iterable[Route]) -> None:
        """Enter the routes.

        Raises:
            ConfigurationError: Two routes have the same method and path.
        """
        self.exact: dict[str, Methods] = {}
        self._shapes: dict[int, list[_Shape]] = {}
        for route in routes:
            methods = self._methods_at(route.path)
            names = (route.method, "HEAD") if route.method == "GET" else (route.method,)
            for name in names:
                if name in methods:
                    raise ConfigurationError(f"Two routes answer {name} {route.path}.")
                methods[name] = route

    def _methods_at(self, path: str) -> Methods:
        """Return the entry of a path, and make it where there is none yet."""
        if not path.startswith("/"):
            raise ConfigurationError(f"The path of a route begins with a slash: {path!r}.")
        segments = path.split("/")[1:]
        names = [_placeholder(segment) for segment in segments]
        if not any(names):
            return self.exact.setdefault(path, {})
        fixed = tuple(place for place, name in enumerate(names) if not name)
        placeholders = tuple(place for place, name in enumerate(names) if name)
        shapes = self._shapes.setdefault(len(segments), [])
        shape = next((shape for shape in shapes if shape.fixed == fixed), None)
        if shape is None:
            shape = _Shape(fixed, placeholders)
            shapes.append(shape)
            # The more a shape says, the earlier it is tried.
            shapes.sort(key=lambda shape: (len(shape.placeholders), shape.fixed))
        words = tuple(segments[place] for place in fixed)
        called = tuple(names[place] for place in placeholders)
        known, methods = shape.paths.setdefault(words, (called, {}))
        if known != called:
            raise ConfigurationError(
                f"Two routes call the placeholders of one path differently: {path!r} has"
                f" {', '.join(called)}, another has {', '.join(known)}."
            )
        return methods

    def find(self, scope: Scope) -> Match | None:
        """Return the routes of the request's path, by method, and what its placeholders stand for.

        Where several entries fit, the one that has the request's method comes before the rest.
        An id is at most 200 characters; a longer one is an unknown path.
        """
        exact = self.exact.get(scope["path"])
        if exact is not None and scope["method"] in exact:
            return exact, NO_PARAMETERS
        match = self._find_shape(scope)
        if match is None or (exact is not None and scope["method"] not in match[0]):
            return None if exact is None else (exact, NO_PARAMETERS)
        return match

    def find_below(self, scope: Scope) -> tuple[str, Match] | None:
        """Return the path below the scope's `root_path` that has routes, and what `find` has of it.

        The path in a scope begins with the root path; in those of some frameworks it does not.
        Where a proxy leaves in place what the server puts there once more, it does so twice.
        """
        path, root_path = scope["path"], scope["root_path"]
        below = path_below(path, root_path)
        further = None if below is None else path_below(below, root_path)
        for tried in (below, further, path):
            if tried is None:
                continue
            raw = _raw_end(scope.get("raw_path") or b"", tried)
            match = self.find({"method": scope["method"], "path": tried, "raw_path": raw})
            if match is not None:
                return tried, match
        return None

    def _find_shape(self, scope: Scope) -> Match | None:
        path: str = scope["path"]
        # Only the path as it was sent tells an encoded slash from one that divides.
        raw: bytes = scope.get("raw_path") or b""
        is_encoded = b"%" in raw
        count = raw.partition(b"?")[0].count(b"/") if is_encoded else path.count("/")
        shapes = self._shapes.get(count)
        if shapes is None:
            return None
        segments = _decode(raw) if is_encoded else path.split("/")[1:]
        if segments is None:
            return None
        found: Match | None = None
        for shape in shapes:
            entry = shape.paths.get(tuple([segments[place] for place in shape.fixed]))
            if entry is None:
                continue
            values = [segments[place] for place in shape.placeholders]
            if any(not 0 < len(value) <= MAX_ID for value in values):
                continue
            names, methods = entry
            match = (methods, dict(zip(names, values, strict=True)))
            if scope["method"] in methods:
                return match
            found = found or match
        return found


def _placeholder(segment: str) -> str:
    """Return the name in `{name}`, or an empty text for a plain segment."""
    return segment[1:-1] if segment.startswith("{") and segment.endswith("}") else ""


def _raw_end(raw: bytes, path: str) -> bytes:
    """Return the end of a path as it was sent that stands for `path`; without one, all of it."""
    end = b""
    length = len(path.encode("utf-8", "replace"))
    for segment in reversed(raw.partition(b"?")[0].split(b"/")[1:]):
        end = b"/" + segment + end
        length -= 1 + len(unquote_to_bytes(segment))
        if length <= 0:
            break
    return end if length == 0 and unquote_to_bytes(end).decode("utf-8", "replace") == path else raw


def _decode(raw: bytes) -> list[str] | None:
    """Split a path as it was sent and decode each segment; what is no UTF-8 leads nowhere."""
    segments = raw.partition(b"?")[0].split(b"/")[1:]
    try:
        return [unquote_to_bytes(segment).decode("utf-8") for segment in segments]
    except UnicodeDecodeError:
        return None

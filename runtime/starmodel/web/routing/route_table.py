"""The table that finds a route with a few look-ups, however many there are."""

from collections.abc import Iterable, Mapping
from typing import TypeAlias
from urllib.parse import unquote_to_bytes

from starmodel.domain.ids import MAX_ID
from starmodel.errors import ConfigurationError
from starmodel.web.http.prefix import path_below
from starmodel.web.http.response import Scope
from starmodel.web.routing.request import NO_PARAMETERS, Route

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

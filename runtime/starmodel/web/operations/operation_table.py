"""The operations of one app, each with the route that runs it.

An operation is run by the handler of its route: what checks arguments, who may, limits, and how a
result or an error is told are those of HTTP because they are the same. What a transport brings is
a request of its own, for the session and the actor; the one that the handler sees is made of it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from pydantic_core import from_json

from starmodel.domain.ids import MAX_ID
from starmodel.errors import (
    ArgumentError,
    ConfigurationError,
    DuplicateRequest,
    InvalidArguments,
)
from starmodel.observation import OBSERVATION, note_error
from starmodel.web.app.problems import problem_members, problem_of
from starmodel.web.app.responses import respond_duplicate
from starmodel.web.http.encoding import encode_json
from starmodel.web.http.http_request import PATH
from starmodel.web.http.response import Message, Response, Scope
from starmodel.web.operations.argument_json_schema import arguments_json_schema, query_json_schema
from starmodel.web.operations.operation import Operation
from starmodel.web.operations.query_arguments import list_pairs, query_pairs
from starmodel.web.routing.request import Request, Route
from starmodel.web.routing.resource import Resource
from starmodel.web.validation import json_body
from starmodel.web.validation.messages import simple_error

_OWN: Final = frozenset(
    {
        b"accept",
        b"content-encoding",
        b"content-length",
        b"content-type",
        b"last-event-id",
        b"referer",
        b"transfer-encoding",
    }
)
"""Headers that say something about the request that brought an operation, and not about it."""

_JSON: Final = [(b"accept", b"application/json"), (b"content-type", b"application/json")]


class Outcome(NamedTuple):
    """What became of an operation.

    `status` is the HTTP status; `value` what its answer has as JSON, from 400 on a problem of
    RFC 9457.
    """

    status: int
    value: Any

    @property
    def is_problem(self) -> bool:
        """Whether it failed."""
        return self.status >= 400


class BoundOperation:
    """An operation and the route that runs it.

    Attributes:
        operation: The operation.
        route: Its route.
        resource: Whose it is.
        has_id: Whether its callers say which record is meant.
    """

    def __init__(self, operation: Operation, route: Route, resource: Resource) -> None:
        self.operation = operation
        self.route = route
        self.resource = resource
        self.has_id = "{id}" in route.path
        is_list = route.method == "GET" and route.path == f"/{resource.definition.name}"
        self._queries = resource.queries if is_list else None

    def __repr__(self) -> str:
        return f"<BoundOperation {self.operation.name}>"

    @cached_property
    def json_schema(self) -> dict[str, Any]:
        """What it takes, as JSON Schema."""
        if self._queries is not None:
            return query_json_schema(self._queries)
        return arguments_json_schema(self.route, has_id=self.has_id)

    @property
    def argument_names(self) -> Sequence[str]:
        """The names of what it takes, the id of the record first."""
        return [*self.json_schema["properties"]]

    def text_pairs(self, name: str, texts: Sequence[str]) -> list[tuple[str, str]]:
        """Return an argument that was written several times, as `run` takes it in `texts`."""
        if self._queries is None or len(texts) == 1:
            return [(name, "\n".join(texts))]
        return list_pairs(self._queries, name, texts)

    async def run(
        self,
        carrier: Request,
        arguments: Mapping[str, Any],
        texts: Iterable[tuple[str, str]] = (),
        *,
        key: bytes | None = None,
    ) -> Outcome:
        """Run it for whoever sent a request.

        Args:
            carrier: The request that brought it: its session, its actor, its headers.
            arguments: What it takes, as JSON has it.
            texts: More of what it takes, as a query string has it.
            key: The `Idempotency-Key`; by default that of the carrier.
        """
        request = carrier
        try:
            given = dict(arguments)
            id = self._take_id(given)
            known = self.argument_names
            unknown = [
                ArgumentError(name, "There is no such argument.", "unexpected")
                for name in given
                if name not in known
            ]
            if unknown:
                raise InvalidArguments(tuple(unknown))
            if json_body.has_twice(arguments):
                raise InvalidArguments((simple_error("", "duplicate"),))
            request = self._request(carrier, id, given, texts, key)
            try:
                response = await self.route.handler(request)
            except DuplicateRequest as repeated:
                note_error(repeated)
                response = await respond_duplicate(request, repeated)
        except Exception as error:
            problem = problem_of(request, error)
            self._note_end()
            return Outcome(problem.status, problem_members(request, problem))
        self._note_end()
        assert isinstance(response, Response), "programs are answered as a whole"
        return Outcome(response.status, from_json(response.body) if response.body else None)

    def _note_end(self) -> None:
        """Have an event counted as one, where somebody watches."""
        observation, event = OBSERVATION.get(), self.route.event
        if observation is not None and event is not None:
            observation.end_event(self.resource.definition.name, event)

    def _take_id(self, given: dict[str, Any]) -> str:
        if not self.has_id:
            return ""
        if "id" not in given:
            raise InvalidArguments((simple_error("id", "missing"),))
        id = given.pop("id")
        text = str(id) if isinstance(id, str | int) and not isinstance(id, bool) else ""
        if not 0 < len(text) <= MAX_ID:
            message = f"An id is a text of 1 to {MAX_ID} characters."
            raise InvalidArguments((ArgumentError("id", message, "id"),))
        return text

    def _request(
        self,
        carrier: Request,
        id: str,
        given: Mapping[str, Any],
        texts: Iterable[tuple[str, str]],
        key: bytes | None,
    ) -> "OperationRequest":
        route, body, query = self.route, b"", [*texts]
        if self._queries is not None:
            query += query_pairs(self._queries, given)
        elif route.method in ("GET", "DELETE"):
            # Where there is no body, JSON stands in this parameter.
            query += [("datastar", encode_json(given).decode("utf-8"))] if given else []
        else:
            body = encode_json(given)
        own = {*_OWN, carrier.app_state.request_header}
        headers = [(name, value) for name, value in carrier.headers.items() if name not in own]
        if key is not None:
            headers = [each for each in headers if each[0] != b"idempotency-key"]
            headers.append((b"idempotency-key", key))
        path = route.path.replace("{id}", id)
        scope: Scope = {
            **carrier.scope,
            "method": route.method,
            "path": path,
            PATH: path,
            "query_string": urlencode(query).encode("ascii"),
            "headers": [*headers, *_JSON],
        }
        return OperationRequest(carrier, scope, route, {"id": id} if self.has_id else {}, body)


class OperationRequest(Request):
    """The request that a handler sees, of an operation that came with another request."""

    __slots__ = ("_carrier",)

    has_signals = False

    def __init__(
        self,
        carrier: Request,
        scope: Scope,
        route: Route,
        path_parameters: Mapping[str, str],
        body: bytes,
    ) -> None:
        super().__init__(scope, _receive_nothing, carrier.app_state, route, path_parameters)
        self._carrier = carrier
        self._body = body
        self.actor = carrier.actor

    @property
    def session(self) -> str:
        """The session of the request that brought it, whose answer sets the cookie of a new one."""
        return self._carrier.session


class OperationTable:
    """The operations of an app, by name.

    Args:
        operations: The rows of the generated table.
        resources: The entities of the app, with their routes.

    Raises:
        ConfigurationError: There is no route for an operation.
    """

    def __init__(self, operations: Iterable[Operation], resources: Iterable[Resource]) -> None:
        routes = {
            f"{route.method} {route.path}": (route, resource)
            for resource in resources
            for route in resource.routes
        }
        self._by_name: dict[str, BoundOperation] = {}
        for operation in operations:
            found = routes.get(operation.route)
            if found is None:
                raise ConfigurationError(
                    f"The operation {operation.name} has no route {operation.route}."
                    " Run `starmodel generate`."
                )
            self._by_name[operation.name] = BoundOperation(operation, *found)

    def __iter__(self) -> Iterator[BoundOperation]:
        return iter(self._by_name.values())

    def find(self, name: object) -> BoundOperation | None:
        """Return the operation of a name, `None` where there is none."""
        return self._by_name.get(name) if isinstance(name, str) else None

    def matching(self, patterns: Iterable[str]) -> "OperationTable":
        """Return the table of those that fit one of the patterns: `counter.*`, `product.find`.

        Raises:
            ConfigurationError: Nothing fits a pattern.
        """
        chosen = OperationTable((), ())
        for pattern in patterns:
            fitting = [name for name in self._by_name if fnmatchcase(name, pattern)]
            if not fitting:
                raise ConfigurationError(f"No operation is called {pattern}.")
            chosen._by_name |= {name: self._by_name[name] for name in fitting}
        return chosen


async def _receive_nothing() -> Message:
    return {"type": "http.disconnect"}

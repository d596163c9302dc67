"""Watches requests: gives each an id, and tells logs, metrics and traces how it went."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Sequence
from contextvars import Token
from time import perf_counter
from typing import Final, Protocol

from starmodel.errors import Forbidden, StarModelError
from starmodel.observation import OBSERVATION, Observation
from starmodel.web.http.http_request import combine
from starmodel.web.http.response import ASGIApplication, Message, Receive, Scope, Send
from starmodel.web.monitoring.request_id import HEADER, OBSERVED, request_id
from starmodel.web.routing.request import Route
from starmodel.web.routing.resource import Resource

_CLIENT_CLOSED_REQUEST: Final = 499
"""What proxies note where nobody waited for an answer."""


class ObservedRequest(Observation):
    """A request that is watched.

    Attributes:
        scope: The ASGI scope.
        route: The route; `None` where the host answers, or nobody.
        entity: The entity of the route's event, `""` for none.
        is_stream: Whether it is answered with a page's live stream, which ends when the page is left.
        status: The status of the answer; 0 as long as there is none.
        is_answered: Whether an answer has begun.
        began: When it came, by `time.perf_counter`.
        duration: Seconds until it was answered; of a live stream, until it had begun.
    """

    __slots__ = (
        "began",
        "duration",
        "entity",
        "is_answered",
        "is_stream",
        "route",
        "scope",
        "status",
    )

    def __init__(
        self, id: str, scope: Scope, route: Route | None, entity: str, *, is_stream: bool
    ) -> None:
        super().__init__(id)
        self.scope = scope
        self.route = route
        self.entity = entity
        self.is_stream = is_stream
        self.status = 0
        self.is_answered = False
        self.began = perf_counter()
        self.duration = 0.0

    @property
    def place(self) -> str:
        """Where it went: the path of the route, and not what stands in its place."""
        return self.route.path if self.route is not None else ""


class RequestHook(Protocol):
    """Is told of every request; each method is called once."""

    def begin(self, request: ObservedRequest) -> None:
        """Begin: it has come."""
        ...

    def answer(self, request: ObservedRequest) -> None:
        """Note that its answer begins; a live stream is open from now on."""
        ...

    def end(self, request: ObservedRequest) -> None:
        """End: it is over, with its events and its status."""
        ...


class RequestObserver:
    """Stands around an app.

    Args:
        resources: The entities with their routes.
        stream: The route of live streams.
        find_route: Finds the route of a request.
        ignored: Routes whose requests nobody is told of.
        hooks: Those who are told.
    """

    def __init__(
        self,
        resources: Iterable[Resource],
        stream: Route,
        find_route: Callable[[Scope], Route | None],
        ignored: Collection[Route],
        hooks: Sequence[RequestHook],
    ) -> None:
        self._entities = {
            route: resource.definition.name for resource in resources for route in resource.routes
        }
        self._stream = stream
        self._find_route = find_route
        self._ignored = ignored
        self._hooks = tuple(hooks)

    async def serve(self, app: ASGIApplication, scope: Scope, receive: Receive, send: Send) -> None:
        """Have an app answer a request, and watch it."""
        scope[OBSERVED] = self
        route = self._find_route(scope)
        if route in self._ignored:
            await app(scope, receive, send)
            return
        # The id of one around us counts: to whoever asked, it is one request.
        id = request_id(combine(scope["headers"]))
        request = ObservedRequest(
            id,
            scope,
            route,
            self._entities.get(route, "") if route is not None else "",
            is_stream=route is self._stream,
        )

        async def send_observed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message.get("headers", [])
                if not any(name.lower() == HEADER for name, _ in headers):
                    headers = [*headers, (HEADER, id.encode("ascii"))]
                    message = {**message, "headers": headers}
                request.status = message["status"]
                request.is_answered = True
                request.is_stream = request.is_stream and request.status == 200
                request.duration = perf_counter() - request.began
                for hook in self._hooks:
                    hook.answer(request)
            await send(message)

        token = OBSERVATION.set(request)
        for hook in self._hooks:
            hook.begin(request)
        try:
            await app(scope, receive, send_observed)
        except BaseException as error:
            request.status = request.status or (
                _CLIENT_CLOSED_REQUEST if isinstance(error, asyncio.CancelledError) else 500
            )
            raise
        finally:
            self._end(request, token)

    def _end(self, request: ObservedRequest, token: "Token[Observation | None]") -> None:
        if not (request.is_stream and request.is_answered):
            request.duration = perf_counter() - request.began
        route = request.route
        if route is not None and route.event is not None:
            if request.error is None and request.status >= 400:
                # It was refused before anything of the event's was asked.
                is_refused = request.status < _CLIENT_CLOSED_REQUEST
                request.error = Forbidden() if is_refused else StarModelError()
            request.end_event(request.entity, route.event)
        try:
            for hook in self._hooks:
                hook.end(request)
        finally:
            OBSERVATION.reset(token)

"""The app as an ASGI callable: what it knows, it answers; everything else is its host's."""

import asyncio
import copy
from collections.abc import Awaitable, Callable, Iterable, MutableMapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, Unpack

from starmodel.application import EntityDefinition, Services, Snapshot
from starmodel.domain import Actor, Entity
from starmodel.errors import ConfigurationError, DuplicateRequest, NotFound, Unavailable
from starmodel.observation import note_error
from starmodel.settings import Settings
from starmodel.ui.components.embedding import SERVING
from starmodel.web.app.app_state import AppOptions, AppState
from starmodel.web.app.home_page import respond_home
from starmodel.web.app.lifespan import Lifespan, within_lifespan
from starmodel.web.app.problems import Problem, respond_error, respond_problem
from starmodel.web.app.responses import redirect, respond_duplicate
from starmodel.web.app.visit import HOST_ROUTE, VISIT, HasScope, Visit, visit_of
from starmodel.web.http.csrf import is_cross_site
from starmodel.web.http.http_request import PATH
from starmodel.web.http.prefix import PREFIX, path_below
from starmodel.web.http.response import (
    NO_STORE,
    PIECE,
    ASGIApplication,
    Message,
    Receive,
    Response,
    Send,
    StreamResponse,
    send_in_pieces,
)
from starmodel.web.http.response import Scope as ConnectionScope
from starmodel.web.live.hub import LiveHub
from starmodel.web.live.websocket import WebSocketStream, refuse_websocket
from starmodel.web.monitoring.health import PROBES, HealthProbes
from starmodel.web.monitoring.monitors import make_monitors
from starmodel.web.monitoring.request_id import OBSERVED
from starmodel.web.routing.request import NO_PARAMETERS, Request, Route
from starmodel.web.routing.resource import Resource
from starmodel.web.routing.route_table import Methods, RouteTable

if TYPE_CHECKING:
    from starmodel.ui.rendering.renderer import Renderer

E = TypeVar("E", bound=Entity)

NOTHING_HERE = "There is nothing at this address."

_RETRY_AFTER = 1.0


class RouteSource(Protocol):
    """What adds routes to those of the entities: the table of operations."""

    def routes(self, settings: Settings, resources: Sequence[Resource]) -> Sequence[Route]:
        """Return the routes that the settings ask for."""
        ...


class WebApplication:
    """The generated routes, and a host behind them.

    Args:
        resources: The entities with their routes.
        settings: Settings; the environment's count more.
        operations: The table of operations, for transports other than HTTP.
        host: Answers whatever is not one of the routes.
        make_host: Makes the host when it is first needed, where none is given: to import a
            framework takes longer than everything else, and many apps never need it.
        options: Parts to be used instead of the defaults; see `AppOptions`.

    Attributes:
        resources: The entities with their routes.
        settings: The settings that are in force.
        services: The stores, the bus and the unit of work, for pages and jobs of one's own.
        hub: The live streams.

    Raises:
        ConfigurationError: Two routes have the same method and path, or the settings ask for
            operations of which there is no table.
    """

    def __init__(
        self,
        resources: Iterable[Resource],
        settings: Settings | None = None,
        operations: RouteSource | None = None,
        *,
        host: ASGIApplication | None = None,
        make_host: Callable[[], ASGIApplication] | None = None,
        **options: Unpack[AppOptions],
    ) -> None:
        self.resources = resources = tuple(resources)
        self.settings = Settings.from_environment(settings)
        self._host = host
        self._make_host = make_host
        self._app_state = AppState(resources, self.settings, options)
        self.services: Services = self._app_state.services
        self.hub = LiveHub(
            resources,
            self.services,
            self.settings,
            self._app_state.formatter,
            self._app_state.changes,
            self._app_state.fragments,
        )
        self._lifespan = Lifespan(self._app_state, self.hub)
        self._trusted_origins = frozenset(map(_origin, self.settings.trusted_origins))
        probes = HealthProbes(
            self.services,
            [resource.definition for resource in resources],
            self._lifespan.open_late,
            lambda: self.hub.is_draining,
        )
        monitors = make_monitors(self.settings, self.services)
        self.routes: tuple[Route, ...] = (
            *(route for resource in resources for route in resource.routes),
            self.hub.route,
            *(probes.routes if self.settings.health else ()),
            *monitors.routes,
            *self._operation_routes(operations),
            Route("GET", "/_starmodel/{file}", _respond_asset, is_asset=True),
        )
        self._table = RouteTable(self.routes)
        self._exact = self._table.exact
        self._observer = monitors.observer(
            resources, self.hub.route, self._find_route, probes.routes
        )

    def _operation_routes(self, operations: RouteSource | None) -> Sequence[Route]:
        if operations is not None:
            return operations.routes(self.settings, self.resources)
        if self.settings.mcp or self.settings.jsonrpc:
            raise ConfigurationError(
                "STARMODEL_MCP and STARMODEL_JSONRPC need the table of operations, which is"
                " generated where the configuration asks for one of them: set `mcp` or `jsonrpc`"
                " in [tool.starmodel], and run `starmodel generate`."
            )
        return ()

    @property
    def host(self) -> ASGIApplication | None:
        """The app behind the routes."""
        if self._host is None and self._make_host is not None:
            self._host = self._make_host()
        return self._host

    @property
    def renderer(self) -> "Renderer":
        """Renders the components of the app's pages."""
        return self._app_state.renderer

    @property
    def entities(self) -> tuple[type[Entity], ...]:
        """The classes of the app's entities."""
        return self._app_state.entities

    def __repr__(self) -> str:
        return f"<WebApplication, {len(self.routes)} routes>"

    async def __call__(self, scope: ConnectionScope, receive: Receive, send: Send) -> None:
        """Respond to a request, or hand it to the host."""
        if scope["type"] != "http":
            await self._serve_other(scope, receive, send)
            return
        observer = self._observer
        if observer is not None and scope.get(OBSERVED) is not observer:
            # It asks this app once more.
            await observer.serve(self, scope, receive, send)
            return
        parts, own = self._app_state, scope
        SERVING.set(parts)
        if scope.get("root_path"):
            parts = parts.below(scope["root_path"])
            # An app around this one may have set it for its host, which we are.
            PREFIX.set("")
            found = self._table.find_below(scope)
            if found is None or found[0] not in PROBES:
                await self._lifespan.open_late()
            if found is None:
                await self._serve_host(scope, receive, send, parts)
                return
            path, (methods, parameters) = found
            own = {**scope, PATH: path}
            route = methods.get(scope["method"])
        else:
            methods = self._exact.get(scope["path"])
            route = None if methods is None else methods.get(scope["method"])
            parameters = NO_PARAMETERS
            if route is None:
                match = self._table.find(scope)
                if match is None:
                    await self._serve_host(scope, receive, send, parts)
                    return
                methods, parameters = match
                route = methods.get(scope["method"])
        if route is None:
            await self._refuse_method(methods or {}, scope, receive, send, parts)
            return
        request = Request(own, receive, parts, route, parameters)
        # What browsers say of nearly every event is known without a call.
        if (
            not route.is_safe
            and request.headers.get(b"sec-fetch-site") != b"same-origin"
            and is_cross_site(
                request.headers, scope.get("scheme") == "https", self._trusted_origins
            )
        ):
            # With its status even to a page's script: whoever sent this is no page of ours.
            problem = Problem(403, "This request came from another site.")
            await self._send(request, respond_problem(request, problem), receive, send)
            return
        if route.json_only and not request.wants_json:
            await self._serve_host(scope, receive, send, parts)
            return
        try:
            # What is the same for everybody is cached with all that was sent along with it.
            if self._app_state.identify is not None and not route.is_asset:
                await self._identify(request)
            response = await route.handler(request)
        except DuplicateRequest as repeated:
            note_error(repeated)
            response = await self._respond_duplicate(request, repeated)
        except asyncio.CancelledError:
            if not self.hub.is_draining:
                raise
            # The process ends, and the server waits no longer. Whoever has asked may ask another.
            response = await respond_error(request, Unavailable(_RETRY_AFTER))
        except Exception as error:
            response = await respond_error(request, error)
        if (
            type(response) is not Response
            or len(response.body) > PIECE
            or request.set_cookie is not None
            or request.expired_cookie is not None
            or request.method == "HEAD"
        ):
            await self._send(request, response, receive, send)
            return
        # What nearly every request ends with; `_send` does the same for every kind of answer.
        status, body = response.status, response.body
        headers = response.headers
        if status != 204:
            headers = [*headers, (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _find_route(self, scope: ConnectionScope) -> Route | None:
        if scope.get("root_path"):
            below = self._table.find_below(scope)
            found = None if below is None else below[1]
        else:
            found = self._table.find(scope)
        return None if found is None else found[0].get(scope["method"])

    async def _respond_duplicate(self, request: Request, repeated: DuplicateRequest) -> Response:
        try:
            return await respond_duplicate(request, repeated)
        except Exception as error:
            return await respond_error(request, error)

    async def _send(
        self, request: Request, response: Response | StreamResponse, receive: Receive, send: Send
    ) -> None:
        headers = response.headers
        for cookie in (request.set_cookie, request.expired_cookie):
            if cookie is not None:
                headers = [*headers, (b"set-cookie", cookie)]
        if isinstance(response, StreamResponse):
            if request.method != "HEAD":
                await response.write(receive, send, headers)
                return
            await response.close()
            status, body = 200, b""
        else:
            status, body = response.status, response.body
        if status != 204:
            headers = [*headers, (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        if request.method == "HEAD":
            body = b""
        if len(body) > PIECE:
            await send_in_pieces(send, body)
            return
        await send({"type": "http.response.body", "body": body})

    async def read(
        self,
        request: HasScope | MutableMapping[str, Any],
        definition: EntityDefinition[E],
        id: str = "",
    ) -> Snapshot[E]:
        """Read an entity for a page of one's own.

        It is the one that belongs to whoever sent the request. Where a session begins with
        that, the page's answer sets its cookie.

        Args:
            request: The host's request, or its ASGI scope.
            definition: The entity.
            id: Which record, for `Scope.RECORD`.

        Raises:
            NotFound: There is no such record.
            Unauthenticated, Forbidden: Whoever sent the request may not read it.
            ConfigurationError: The request did not come through this app.
        """
        return await self._visit(request).read(definition, id)

    async def request(self, request: HasScope | MutableMapping[str, Any]) -> Request:
        """Return our view of a request that the host is about to answer: its session and actor.

        Raises:
            ConfigurationError: The request did not come through this app.
        """
        return await self._visit(request).request()

    def local_request(self, actor: Actor, session: str) -> Request:
        """Return a request that came over no connection, for operations that this process runs.

        Args:
            actor: Who acts.
            session: The id of the session that it belongs to.
        """
        SERVING.set(self._app_state)
        scope: ConnectionScope = {
            "type": "http",
            "method": "POST",
            "path": "/",
            "query_string": b"",
            "headers": [],
        }
        return LocalRequest(scope, _receive_nothing, self._app_state, actor, session)

    def _visit(self, request: HasScope | MutableMapping[str, Any]) -> Visit:
        visit = visit_of(request)
        if visit.parts.services is not self.services:
            raise ConfigurationError("This request came through another app than this one.")
        return visit

    async def _identify(self, request: Request) -> None:
        identify = self._app_state.identify
        if identify is not None:
            actor = identify(request)
            request.actor = actor if isinstance(actor, Actor) else await actor

    def in_front_of(self, host: ASGIApplication) -> "WebApplication":
        """Return the same app with another host, sharing everything else."""
        other = copy.copy(self)
        other._host = host
        return other

    def lifespan(self, app: object = None) -> AbstractAsyncContextManager[None]:
        """Begin and end this app with another one that it is mounted in.

        `Starlette(routes=[Mount("/shop", shop)], lifespan=shop.lifespan)`: no framework does
        that by itself. Without it the app begins with the first request, and is not told of the
        end.

        Raises:
            ConfigurationError: It could not begin.
        """
        return within_lifespan(self)

    async def _serve_host(
        self, scope: ConnectionScope, receive: Receive, send: Send, parts: AppState
    ) -> None:
        """Hand a request to the host; where that has no page, show ours: home, or that there is none."""
        is_home = parts.has_home and _is_home(scope["path"], scope.get("root_path", ""))
        # A host of the author's says itself that there is nothing.
        is_ours = self._make_host is not None or self._host is None
        if not (is_home or is_ours) or scope["method"] not in ("GET", "HEAD"):
            await self._serve_elsewhere(scope, receive, send, parts)
            return
        request = Request(scope, receive, parts, HOST_ROUTE)
        if request.wants_json or request.is_scripted:
            await self._serve_elsewhere(scope, receive, send, parts)
            return
        # A host that nobody has asked for yet has no home page.
        if self._host is not None or (self._make_host is not None and not is_home):
            attempt = _Attempt(scope, send)
            await self._serve_elsewhere(scope, receive, attempt.send, parts)
            if not attempt.is_nowhere:
                return
        if is_home:
            response = await self._respond(request, _respond_home)
        else:
            response = await self._respond_problem(request, Problem(404, NOTHING_HERE))
        await self._send(request, response, receive, send)

    async def _respond(
        self, request: Request, handler: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        """Respond to a request that belongs to no route."""
        try:
            await self._identify(request)
            return await handler(request)
        except Exception as error:
            return await respond_error(request, error)

    async def _respond_problem(self, request: Request, problem: Problem) -> Response:
        """Respond with a problem; its page may say who is signed in."""

        async def respond(request: Request) -> Response:
            return respond_problem(request, problem)

        if request.wants_json or request.is_scripted:
            return respond_problem(request, problem)
        return await self._respond(request, respond)

    async def _serve_elsewhere(
        self, scope: ConnectionScope, receive: Receive, send: Send, parts: AppState
    ) -> None:
        host = self.host
        if host is None:
            request = Request(scope, receive, parts, HOST_ROUTE)
            response = await self._respond_problem(request, Problem(404, NOTHING_HERE))
            await self._send(request, response, receive, send)
            return
        visit: Visit | None = scope.get(VISIT)
        if visit is None or visit.parts.services is not self.services:
            scope[VISIT] = visit = Visit(parts, scope, send)
            send = visit.send
        SERVING.set(visit)
        if not visit.parts.prefix:
            await host(scope, receive, send)
            return
        before = PREFIX.set(visit.parts.prefix)
        try:
            await host(scope, receive, send)
        finally:
            PREFIX.reset(before)

    async def _refuse_method(
        self,
        methods: Methods,
        scope: ConnectionScope,
        receive: Receive,
        send: Send,
        parts: AppState,
    ) -> None:
        """Describe which methods there are; a path that we share with the host is its to answer."""
        if self.host is not None and any(route.json_only for route in methods.values()):
            await self._serve_host(scope, receive, send, parts)
            return
        allow = (b"allow", ", ".join([*methods, "OPTIONS"]).encode("ascii"))
        request = Request(scope, receive, parts, HOST_ROUTE)
        if request.method == "OPTIONS":
            response = Response(204, [allow, *NO_STORE], b"")
        else:
            problem = Problem(405, "This address does not do that.", headers=[allow])
            response = await self._respond_problem(request, problem)
        await self._send(request, response, receive, send)

    async def _serve_other(self, scope: ConnectionScope, receive: Receive, send: Send) -> None:
        """Follow the lifespan; websockets are the host's, but for the live stream."""
        if scope["type"] == "lifespan":
            await self._lifespan.run(self._host, scope, receive, send)
        elif scope["type"] == "websocket" and self.settings.websocket and self._is_live(scope):
            await self._serve_websocket(scope, receive, send)
        elif (host := self.host) is not None:
            await host(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1000})

    def _is_live(self, scope: ConnectionScope) -> bool:
        return self._find_route({**scope, "method": "GET"}) is self.hub.route

    async def _serve_websocket(self, scope: ConnectionScope, receive: Receive, send: Send) -> None:
        """Answer the handshake of a WebSocket for the live stream, and send that."""
        await receive()
        parts = self._app_state
        if scope.get("root_path"):
            parts = parts.below(scope["root_path"])
        await self._lifespan.open_late()
        headers = [each for each in scope["headers"] if each[0] not in _OF_HANDSHAKES]
        own = {
            **scope,
            "method": "GET",
            "scheme": "https" if scope.get("scheme") == "wss" else "http",
            "headers": [*headers, (b"accept", b"application/json")],
            PATH: self.hub.route.path,
        }
        request = Request(own, receive, parts, self.hub.route)
        # Cookies come along from any site, as with what changes something.
        if is_cross_site(request.headers, request.is_secure, self._trusted_origins):
            problem = Problem(403, "This request came from another site.")
            await refuse_websocket(scope, send, respond_problem(request, problem))
            return
        try:
            await self._identify(request)
            stream = await self.hub.respond(request)
        except Exception as error:
            await refuse_websocket(scope, send, await respond_error(request, error))
            return
        cookie = request.set_cookie
        given = [] if cookie is None else [(b"set-cookie", cookie)]
        await WebSocketStream(receive, send).write(stream, given)


_OF_HANDSHAKES = frozenset(
    {b"accept", b"datastar-request", b"hx-request", b"last-event-id", b"upgrade"}
)
"""Headers that do not count there: what comes over a WebSocket is what programs get."""


class LocalRequest(Request):
    """A request that came over no connection: nobody has to be told who sent it."""

    def __init__(
        self,
        scope: ConnectionScope,
        receive: Receive,
        app_state: AppState,
        actor: Actor,
        session: str,
    ) -> None:
        super().__init__(scope, receive, app_state, HOST_ROUTE)
        self.actor = actor
        self._session = session


async def _receive_nothing() -> Message:
    return {"type": "http.disconnect"}


class _Attempt:
    """An answer of the host's that is held back where the host has nothing at the address."""

    __slots__ = ("_around", "_scope", "_send", "is_nowhere")

    def __init__(self, scope: ConnectionScope, send: Send) -> None:
        self._scope = scope
        # An app around this one has noted here that it found us.
        self._around = scope.get("endpoint")
        self._send = send
        self.is_nowhere = False

    async def send(self, message: Message) -> None:
        """Pass on a message, unless it is of an answer that nothing is there."""
        if message["type"] == "http.response.start":
            # Frameworks note here what they found; a page of theirs may say 404 itself.
            self.is_nowhere = (
                message["status"] == 404 and self._scope.get("endpoint") is self._around
            )
        if not self.is_nowhere:
            await self._send(message)


def _is_home(path: str, root_path: str) -> bool:
    """Return whether a path is that of the app; see `RouteTable.find_below`."""
    below = path_below(path, root_path)
    return below == "/" or (below is not None and path_below(below, root_path) == "/")


def _origin(text: str) -> bytes:
    """Write a trusted origin as browsers do."""
    origin = text.rstrip("/").lower()
    if not origin.isascii() or not origin.startswith(("http://", "https://")):
        raise ConfigurationError(
            f"{text!r} is no origin that could be trusted; one looks like https://shop.example"
        )
    return origin.encode("ascii")


async def _respond_asset(request: Request) -> Response:
    """GET: a file that pages load."""
    asset = request.app_state.renderer.assets.get(f"/_starmodel/{request.path_parameters['file']}")
    if asset is None:
        raise NotFound("file", request.path_parameters["file"])
    return Response(200, asset.headers(), asset.body)


async def _respond_home(request: Request) -> Response:
    """GET: the home page or, of an app that has one page, that page."""
    entries = request.app_state.entries
    return redirect(request, entries[0].href) if len(entries) == 1 else respond_home(request)

"""StarModel in front of Starlette."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, Unpack, cast

from markupsafe import Markup

from starmodel.domain import Actor, Entity
from starmodel.errors import ConfigurationError, StarModelError, Unauthenticated
from starmodel.settings import Settings
from starmodel.web.adapters.adapter import WebAdapter
from starmodel.web.app.app_state import AppOptions, Identify
from starmodel.web.app.application import RouteSource, WebApplication
from starmodel.web.app.problems import respond_error
from starmodel.web.app.visit import VISIT, HasScope, scope_of, visit_of
from starmodel.web.http.response import ASGIApplication, Response
from starmodel.web.routing.request import Request
from starmodel.web.routing.resource import Resource

if TYPE_CHECKING:
    # To import a framework takes longer than everything else, and the routes do not need it.
    from starlette.applications import Starlette
    from starlette.requests import HTTPConnection
    from starlette.requests import Request as StarletteRequest
    from starlette.responses import HTMLResponse
    from starlette.responses import Response as StarletteResponse
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

E = TypeVar("E", bound=Entity)
StarletteT = TypeVar("StarletteT", bound="Starlette")


class StarletteFamilyAdapter(WebAdapter[StarletteT]):
    """What Starlette and the frameworks built on it have in common."""

    framework: ClassVar[str]
    """The framework's module."""

    def configure_app(
        self,
        app: StarletteT,
        resources: Iterable[Resource],
        settings: Settings | None = None,
        operations: RouteSource | None = None,
        **options: Unpack[AppOptions],
    ) -> WebApplication:
        """Put the routes into an app, in front of its own middleware and pages."""
        from starlette.middleware import Middleware

        if app.middleware_stack is not None:
            raise ConfigurationError("The app is being served already; configure it before.")
        host = cast("ASGIApplication", app)
        application = WebApplication(resources, settings, operations, host=host, **options)
        app.user_middleware.insert(0, Middleware(Front, application=application))
        self.prepare_host(app, application)
        return application

    def prepare_host(self, app: StarletteT, application: WebApplication) -> None:
        """Have an app's own pages know of the entities behind `application`."""
        app.add_exception_handler(StarModelError, _respond_error)

    def create_app(
        self,
        resources: Iterable[Resource],
        settings: Settings | None = None,
        operations: RouteSource | None = None,
        **options: Unpack[AppOptions],
    ) -> WebApplication:
        """Make a ready app, with an empty host behind the routes, made when it is first needed.

        Raises:
            ConfigurationError: The framework is not installed.
        """
        if find_spec(self.framework) is None:
            raise ConfigurationError(
                f"{self.framework} is not installed. Install starmodel-runtime[{self.framework}],"
                " or name another framework: `web` in the configuration."
            )

        def make_host() -> ASGIApplication:
            host = self.create_host(Settings.from_environment(settings))
            self.prepare_host(host, application)
            return cast("ASGIApplication", host)

        application = WebApplication(
            resources, settings, operations, make_host=make_host, **options
        )
        return application


class StarletteAdapter(StarletteFamilyAdapter["Starlette"]):
    """Puts the generated routes in front of a Starlette app."""

    framework = "starlette"

    def create_host(self, settings: Settings) -> "Starlette":
        """Make an empty Starlette app."""
        from starlette.applications import Starlette

        return Starlette()


class Front:
    """The generated routes as the outermost middleware of an app."""

    def __init__(self, app: "ASGIApp", application: WebApplication) -> None:
        self._application = application.in_front_of(app)

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Respond to a request, or hand it on."""
        await self._application(scope, receive, send)


async def read(
    request: "HasScope | MutableMapping[str, Any]", entity: type[E], id: str | None = None
) -> E:
    """Read an entity that a page of one's own shows; the page follows it.

    It is the one that belongs to whoever sent the request. Where a session begins with that, the
    answer sets its cookie.

    Args:
        request: The request, or its ASGI scope.
        entity: The class of the entity.
        id: Which record; without it the path says so, by a parameter `id` or `order_id`.

    Raises:
        NotFound: There is no such record.
        Unauthenticated, Forbidden: Whoever sent the request may not read it.
        ConfigurationError: The request did not come through an app that knows the entity.
    """
    parameters: Mapping[str, Any] = scope_of(request).get("path_params", {})
    return await visit_of(request).show(entity, id, parameters)


def page(
    request: "HasScope | MutableMapping[str, Any]",
    title: str,
    *content: object,
    lead: str = "",
    status_code: int = 200,
) -> "HTMLResponse":
    """Respond with a page of one's own in the app's look, live for what it has read.

    Args:
        request: The request, or its ASGI scope.
        title: The heading, as plain text.
        content: What stands in `<main>`: components, FT, whatever has `__html__`, and texts.
        lead: A sentence below the heading, as plain text.
        status_code: The HTTP status.

    Raises:
        TypeError: Some of the content is no markup.
    """
    from starlette.responses import HTMLResponse

    visit = visit_of(request)
    # A list: a text in it is a text, and not HTML.
    html = visit.page(title, lead, [*content, Markup()])
    response = HTMLResponse(html, status_code)
    response.raw_headers[:0] = [
        each for each in visit.parts.page_headers if each[0] != b"content-type"
    ]
    return response


async def _respond_error(request: "StarletteRequest", error: Exception) -> "StarletteResponse":
    """Respond to a request of the host's that one of our errors has ended."""
    from starlette.responses import Response as StarletteResponse

    if not isinstance(error, StarModelError) or error.status == 500:
        raise error
    given = await respond_error(visit_of(request).anonymous_request, error)
    assert isinstance(given, Response)
    response = StarletteResponse(given.body, given.status)
    response.raw_headers += given.headers
    return response


_REACHED = "starmodel.reached"
"""Where a scope that goes through a host's middleware has the list of those that came through."""


def from_middleware(
    app: "Starlette", actor_of: "Callable[[HTTPConnection], Actor | Awaitable[Actor]]"
) -> Identify:
    """Return an `identify` that asks what the middleware of the host app knows of a request.

    The generated routes answer before that middleware. So each of their requests goes through it
    once more, without its body and as far as the host's routes: `SessionMiddleware` reads the
    session, `AuthenticationMiddleware` calls its backend. What they would answer goes nowhere, so
    a session that is changed on the way is not kept.

    Args:
        app: The host app, of Starlette, FastAPI or FastHTML. Its middleware is made anew for
            this, by the first request.
        actor_of: Says who it is, an ordinary function or an async one, given the request as the
            host sees it: `connection.user`, `connection.auth`, `connection.session`.

    The `identify` raises `Unauthenticated` where the middleware lets nobody through, as for an
    `AuthenticationError` of its backend.
    """

    from starlette.requests import HTTPConnection

    @cache
    def stack() -> "ASGIApp":
        inner: ASGIApp = _arrive
        for cls, args, options in reversed(app.user_middleware):
            if cls is not Front:
                inner = cls(inner, *args, **options)
        return inner

    async def identify(request: Request) -> Actor:
        scope: Scope = request.scope
        # For a page of the host's own it has been through already.
        if VISIT not in scope:
            reached: list[Scope] = []
            sent = {**scope, "app": app, _REACHED: reached}
            await stack()(sent, _empty_body(), _send_nothing)
            if not reached:
                raise Unauthenticated()
            scope = reached[0]
        actor = actor_of(HTTPConnection(scope))
        return actor if isinstance(actor, Actor) else await actor

    return identify


async def _arrive(scope: "Scope", receive: "Receive", send: "Send") -> None:
    """Take the place of the host's routes; middleware may wait for an answer."""
    scope[_REACHED].append(scope)
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def _empty_body() -> "Receive":
    messages: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> "Message":
        return messages.pop() if messages else {"type": "http.disconnect"}

    return receive


async def _send_nothing(message: "Message") -> None:
    """Keep an answer to oneself."""

"""StarModel in front of Starlette."""

from collections.abc import Awaitable, Callable, Iterable
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, ClassVar, TypeVar, Unpack, cast

from starmodel.domain import Actor
from starmodel.errors import ConfigurationError, Unauthenticated
from starmodel.settings import Settings
from starmodel.web.adapters.adapter import WebAdapter
from starmodel.web.app.app_state import AppOptions, Identify
from starmodel.web.app.application import VISIT, WebApplication
from starmodel.web.http.response import ASGIApplication
from starmodel.web.routing.request import Request
from starmodel.web.routing.resource import Resource

if TYPE_CHECKING:
    # To import a framework takes longer than everything else, and the routes do not need it.
    from starlette.applications import Starlette
    from starlette.requests import HTTPConnection
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

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
        **options: Unpack[AppOptions],
    ) -> WebApplication:
        """Put the routes into an app, in front of its own middleware and pages."""
        from starlette.middleware import Middleware

        if app.middleware_stack is not None:
            raise ConfigurationError("The app is being served already; configure it before.")
        host = cast("ASGIApplication", app)
        application = WebApplication(resources, settings, host=host, **options)
        app.user_middleware.insert(0, Middleware(Front, application=application))
        return application

    def create_app(
        self,
        resources: Iterable[Resource],
        settings: Settings | None = None,
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
            return cast("ASGIApplication", host)

        return WebApplication(resources, settings, make_host=make_host, **options)


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

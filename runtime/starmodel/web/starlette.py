"""StarModel in front of Starlette."""

from collections.abc import Iterable
from typing import TypeVar, Unpack, cast

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send

from starmodel.errors import ConfigurationError
from starmodel.settings import Settings
from starmodel.web.adapter import WebAdapter
from starmodel.web.application import WebApplication
from starmodel.web.parts import Adapters
from starmodel.web.response import ASGIApplication
from starmodel.web.routing import Resource

StarletteT = TypeVar("StarletteT", bound=Starlette)


class StarletteFamilyAdapter(WebAdapter[StarletteT]):
    """What Starlette and the frameworks built on it have in common."""

    def configure_app(
        self,
        app: StarletteT,
        resources: Iterable[Resource],
        settings: Settings | None = None,
        **adapters: Unpack[Adapters],
    ) -> WebApplication:
        """Put the routes into an app, in front of its own middleware and pages."""
        if app.middleware_stack is not None:
            raise ConfigurationError("The app is being served already; configure it before.")
        host = cast("ASGIApplication", app)
        application = WebApplication(resources, settings, host=host, **adapters)
        app.user_middleware.insert(0, Middleware(Front, application=application))
        return application

    def create_app(
        self,
        resources: Iterable[Resource],
        settings: Settings | None = None,
        **adapters: Unpack[Adapters],
    ) -> WebApplication:
        """Make a ready app, with an empty host behind the routes."""
        host = cast("ASGIApplication", self.create_host(Settings.from_environment(settings)))
        return WebApplication(resources, settings, host=host, **adapters)


class StarletteAdapter(StarletteFamilyAdapter[Starlette]):
    """Puts the generated routes in front of a Starlette app."""

    def create_host(self, settings: Settings) -> Starlette:
        """Make an empty Starlette app."""
        return Starlette()


class Front:
    """The generated routes as the outermost middleware of an app."""

    def __init__(self, app: ASGIApp, application: WebApplication) -> None:
        self._application = application.in_front_of(app)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        await self._application(scope, receive, send)

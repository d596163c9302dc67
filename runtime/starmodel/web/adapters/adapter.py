"""The port of web frameworks: how the generated routes and an app of one's own come together."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Generic, TypeVar, Unpack

from starmodel.settings import Settings
from starmodel.web.app.app_state import AppOptions
from starmodel.web.app.application import RouteSource, WebApplication
from starmodel.web.routing.resource import Resource

HostT = TypeVar("HostT")


class WebAdapter(ABC, Generic[HostT]):
    """Puts the generated routes in front of an app of one web framework.

    The host keeps its own pages, sessions and middleware; it sees every request that is not for
    a generated route.
    """

    @abstractmethod
    def create_host(self, settings: Settings) -> HostT:
        """Make an empty app of the framework."""

    @abstractmethod
    def configure_app(
        self,
        app: HostT,
        resources: Iterable[Resource],
        settings: Settings | None = None,
        operations: RouteSource | None = None,
        **options: Unpack[AppOptions],
    ) -> WebApplication:
        """Put the routes into an app, in front of its own middleware and pages.

        Serve the app as before, or what this returns; both do the same.

        Raises:
            ConfigurationError: The app is being served already, or two routes are the same.
        """

    @abstractmethod
    def create_app(
        self,
        resources: Iterable[Resource],
        settings: Settings | None = None,
        operations: RouteSource | None = None,
        **options: Unpack[AppOptions],
    ) -> WebApplication:
        """Make a ready app, with an empty host behind the routes."""

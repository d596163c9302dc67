"""Which of the monitors an app has: nothing of the others is imported."""

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from starmodel.application import Services
from starmodel.errors import ConfigurationError
from starmodel.settings import Settings
from starmodel.web.http.response import Scope
from starmodel.web.routing.request import Route
from starmodel.web.routing.resource import Resource

if TYPE_CHECKING:
    from starmodel.web.monitoring.observer import RequestHook, RequestObserver


class Monitors:
    """What watches the requests of an app.

    Attributes:
        hooks: Those who are told of each request.
        routes: Where they answer what they know.
    """

    def __init__(self, hooks: "tuple[RequestHook, ...]", routes: tuple[Route, ...]) -> None:
        self.hooks = hooks
        self.routes = routes

    def observer(
        self,
        resources: Iterable[Resource],
        stream: Route,
        find_route: Callable[[Scope], Route | None],
        probes: Iterable[Route],
    ) -> "RequestObserver | None":
        """Return what is to stand around the app; `None` where nobody wants to know.

        Whoever asks `probes`, or for what is known, is no request of the app's.
        """
        if not self.hooks:
            return None
        from starmodel.web.monitoring.observer import RequestObserver

        ignored = frozenset([*self.routes, *probes])
        return RequestObserver(resources, stream, find_route, ignored, self.hooks)


def make_monitors(settings: Settings, services: Services) -> Monitors:
    """Make what the settings ask for.

    Raises:
        ConfigurationError: A library is not installed.
    """
    hooks: list[RequestHook] = []
    routes: list[Route] = []
    # The span of a request is the first to begin: what is logged of it names its trace.
    if settings.traces:
        hooks.append(_load("otel_tracing", "traces", "otel").OtelTracing())
    if settings.metrics:
        metrics = _load("prometheus_metrics", "metrics", "metrics").PrometheusMetrics(services)
        hooks.append(metrics)
        routes.append(metrics.route)
    if settings.logs == "json":
        from starmodel.web.monitoring.json_logs import AccessLog, log_as_json

        log_as_json()
        hooks.append(AccessLog())
    return Monitors(tuple(hooks), tuple(routes))


def _load(module: str, setting: str, extra: str) -> Any:
    try:
        return import_module(f"starmodel.web.monitoring.{module}")
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"{setting} = true needs {error.name}, which is not installed:"
            f' pip install "starmodel-runtime[{extra}]"'
        ) from error

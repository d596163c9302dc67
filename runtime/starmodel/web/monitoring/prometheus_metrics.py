"""Figures for Prometheus."""

import asyncio
import os
from math import nan
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from starmodel.application import Services
from starmodel.errors import Unavailable
from starmodel.web.http.response import Response
from starmodel.web.monitoring.observer import ObservedRequest
from starmodel.web.routing.request import Request, Route

PATH: Final = "/_starmodel/metrics"

_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_OTHER: Final = "other"
"""The method of a request that has none of the usual ones, and the route of one that has none of
ours: whatever clients send makes no new figures."""

_OVERDUE: Final = 1.0
"""Seconds after which a record that is in an outbox still is counted; all others are about to go."""
_PATIENCE: Final = 1.0
"""Seconds that stores have to answer: whoever asks for figures waits ten."""

_SEVERAL_PROCESSES: Final = "PROMETHEUS_MULTIPROC_DIR"


class PrometheusMetrics:
    """Counts requests, events and live streams.

    What is counted of a route is looked up once and kept, since to find it by its labels takes longer
    than to count.

    Args:
        services: The stores, whose outboxes are looked into, and the bus.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._requests = Counter(
            "starmodel_requests",
            "Requests that were answered.",
            ["route", "method", "status"],
            registry=registry,
        )
        self._durations = Histogram(
            "starmodel_request_duration_seconds",
            "How long requests took; live streams, until they had begun.",
            ["route", "method"],
            buckets=_BUCKETS,
            registry=registry,
        )
        self._events = Counter(
            "starmodel_events",
            "Events that have ended.",
            ["entity", "event", "outcome"],
            registry=registry,
        )
        self._reruns = Counter(
            "starmodel_event_reruns",
            "How often events were run again since others were faster.",
            ["entity", "event"],
            registry=registry,
        )
        self._streams = Gauge(
            "starmodel_live_streams",
            "Live streams that are open.",
            registry=registry,
            multiprocess_mode="livesum",
        )
        self._outbox = Gauge(
            "starmodel_outbox_records",
            "Records of events that the bus has not been told of a second after the commit.",
            registry=registry,
            multiprocess_mode="mostrecent",
        )
        self._bus = Gauge(
            "starmodel_bus_connected",
            "Whether other nodes are told of changes now.",
            registry=registry,
            multiprocess_mode="min",
        )
        self._request_children: dict[tuple[str, str, int], Counter] = {}
        self._duration_children: dict[tuple[str, str], Histogram] = {}
        self.route = Route("GET", PATH, self._respond, is_asset=True)

    def begin(self, request: ObservedRequest) -> None:
        """Do nothing."""

    def answer(self, request: ObservedRequest) -> None:
        """Count a live stream that begins."""
        if request.is_stream:
            self._count(request)
            self._streams.inc()

    def end(self, request: ObservedRequest) -> None:
        """Count a request, and the events that it led to."""
        if request.is_stream and request.is_answered:
            self._streams.dec()
        else:
            self._count(request)
        for entity, event, outcome, reruns in request.events:
            self._events.labels(entity, event, outcome).inc()
            if reruns:
                self._reruns.labels(entity, event).inc(reruns)

    def _count(self, request: ObservedRequest) -> None:
        method: str = request.scope["method"]
        place = (request.place or _OTHER, method if method in _METHODS else _OTHER)
        counted = (*place, request.status)
        counter = self._request_children.get(counted)
        if counter is None:
            counter = self._requests.labels(*counted)
            self._request_children[counted] = counter
        counter.inc()
        histogram = self._duration_children.get(place)
        if histogram is None:
            histogram = self._durations.labels(*place)
            self._duration_children[place] = histogram
        histogram.observe(request.duration)

    async def _respond(self, request: Request) -> Response:
        """GET: the figures, in the format of Prometheus."""
        try:
            async with asyncio.timeout(_PATIENCE):
                self._outbox.set(await self._services.persistence.unpublished(_OVERDUE))
        except (Unavailable, TimeoutError):
            # Everything else is known all the same, and never as much asked for as now.
            self._outbox.set(nan)
        self._bus.set(self._services.bus.is_connected)
        registry = self.registry
        if os.environ.get(_SEVERAL_PROCESSES):
            # Each of several processes writes its figures to files there; any of them adds up all.
            registry = CollectorRegistry()
            MultiProcessCollector(registry)
        headers = [
            (b"content-type", CONTENT_TYPE_LATEST.encode("ascii")),
            (b"cache-control", b"no-store"),
        ]
        return Response(200, headers, generate_latest(registry))

"""Traces: a span for each request and each event, through the API of OpenTelemetry.

What becomes of spans is said where the process sets an SDK up; without one, nothing does.
"""

from contextvars import Token
from typing import Final

from opentelemetry import context, trace
from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, StatusCode, format_trace_id
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from starmodel._version import __version__
from starmodel.web.monitoring.observer import ObservedRequest

_PARENT: Final = (b"traceparent", b"tracestate")
_PROPAGATOR: Final = TraceContextTextMapPropagator()


class OtelTracing:
    """Begins a span for each request, within the trace that its header `traceparent` names.

    The span of an event is within that of its request. A live stream's ends as soon as the stream has
    begun.
    """

    def __init__(self) -> None:
        self._tracer = trace.get_tracer("starmodel", __version__)
        self._open: dict[ObservedRequest, _Spans] = {}

    def begin(self, request: ObservedRequest) -> None:
        """Begin the spans; what the author's code begins meanwhile is within them."""
        scope, route = request.scope, request.route
        method: str = scope["method"]
        headers = dict(scope["headers"])
        carrier = {
            name.decode(): headers[name].decode("latin-1") for name in _PARENT if name in headers
        }
        attributes = {"http.request.method": method, "url.scheme": scope.get("scheme", "http")}
        if route is None:
            attributes["url.path"] = scope["path"]
        else:
            attributes["http.route"] = route.path
        span = self._tracer.start_span(
            f"{method} {request.place}".rstrip(),
            _PROPAGATOR.extract(carrier, Context()),
            SpanKind.SERVER,
            attributes,
        )
        spans = [span]
        innermost = trace.set_span_in_context(span)
        if route is not None and route.event is not None:
            names = {"starmodel.entity": request.entity, "starmodel.event": route.event}
            event = self._tracer.start_span(
                f"{request.entity}.{route.event}", innermost, SpanKind.INTERNAL, names
            )
            spans.append(event)
            innermost = trace.set_span_in_context(event)
        self._open[request] = _Spans(spans, context.attach(innermost))
        told = span.get_span_context()
        if told.is_valid:
            request.fields["trace_id"] = format_trace_id(told.trace_id)

    def answer(self, request: ObservedRequest) -> None:
        """End the span of a live stream."""
        if request.is_stream:
            self._open[request].end(request)

    def end(self, request: ObservedRequest) -> None:
        """End the spans."""
        spans = self._open.pop(request)
        spans.end(request)
        context.detach(spans.token)


class _Spans:
    """The spans of one request, outer ones first, and what the context was before."""

    __slots__ = ("spans", "token")

    def __init__(self, spans: list[Span], token: "Token[Context]") -> None:
        self.spans = spans
        self.token = token

    def end(self, request: ObservedRequest) -> None:
        """End them. Ending them again does nothing."""
        spans, self.spans = self.spans, []
        if not spans:
            return
        outer, *inner = spans
        for span, observed in zip(inner, request.events[-1:], strict=False):
            span.set_attribute("starmodel.outcome", observed.outcome)
            span.set_attribute("starmodel.reruns", observed.reruns)
            if observed.outcome == "failed":
                span.set_status(StatusCode.ERROR)
            span.end()
        outer.set_attribute("http.response.status_code", request.status)
        if request.status >= 500:
            outer.set_status(StatusCode.ERROR)
        outer.end()

"""What is told of requests and events: to Prometheus, to OpenTelemetry, to the log."""

import asyncio
import io
import json
import logging
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind
from web_entities import CANARY
from web_world import DATASTAR, HTML, JSON, SECRET, Client, make_app

from starmodel import MemoryRepo, StateStore
from starmodel.application import Key, Write
from starmodel.errors import ConfigurationError, Conflict, Unavailable
from starmodel.observation import OBSERVATION
from starmodel.settings import Settings
from starmodel.web import WebApplication

METRICS = "/_starmodel/metrics"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = "00f067aa0ba902b7"


class Contended(MemoryRepo):
    """A store in which others are faster a number of times."""

    conflicts = 0

    async def commit(self, writes: Sequence[Write]) -> list[int]:
        if self.conflicts:
            self.conflicts -= 1
            raise Conflict("counter", "")
        return await super().commit(writes)


SILENT = -2


class Kept(MemoryRepo):
    """A store that says how much waits to be published."""

    waiting = 3

    async def unpublished(self, age: float) -> int:
        if self.waiting == SILENT:
            await asyncio.sleep(60)
        if self.waiting < 0:
            raise Unavailable(1)
        return self.waiting


def observed(host: Any = None, store: MemoryRepo | None = None, **settings: Any) -> WebApplication:
    stores: Any = {} if store is None else {StateStore.SERVER_MEMORY: store}
    return make_app(Settings(secret_key=SECRET, **settings), host=host, stores=stores)


async def figures(client: Client) -> dict[str, float]:
    """Return all figures, by name and labels as they are written."""
    answer = await client.send("GET", METRICS, b"", {"accept": "text/plain"})
    assert answer.status == 200
    assert (answer.header("content-type") or "").startswith("text/plain; version=")
    assert answer.header("set-cookie") is None
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def event(name: str, outcome: str, entity: str = "counter") -> str:
    return f'starmodel_events_total{{entity="{entity}",event="{name}",outcome="{outcome}"}}'


def request(route: str, method: str, status: int) -> str:
    labels = f'method="{method}",route="{route}",status="{status}"'
    return f"starmodel_requests_total{{{labels}}}"


async def test_metrics_are_there_where_they_are_wanted() -> None:
    client = Client(observed())
    assert (await client.send("GET", METRICS, b"", JSON)).status == 404
    assert OBSERVATION.get() is None


async def test_requests_are_counted_by_route() -> None:
    client = Client(observed(metrics=True))
    await client.post("/counter/increment?amount=2")
    await client.post("/counter/increment?amount=3")
    await client.send("GET", "/counter", b"", HTML)
    await client.send("GET", "/room/nobody", b"", JSON)
    await client.send("GET", "/room/nobody-else", b"", JSON)
    await client.send("GET", "/made/up", b"", JSON)
    await client.send("GET", "/made/up/too", b"", JSON)
    await client.send("FROBNICATE", "/made/up", b"", JSON)
    found = await figures(client)
    assert found[request("/counter/increment", "POST", 200)] == 2
    assert found[request("/counter", "GET", 200)] == 1
    assert found[request("/room/{id}", "GET", 404)] == 2
    assert found[request("other", "GET", 404)] == 2
    assert found[request("other", "other", 404)] == 1
    count = 'starmodel_request_duration_seconds_count{method="POST",route="/counter/increment"}'
    assert found[count] == 2
    assert not any("made" in name or "nobody" in name or "amount" in name for name in found)


async def test_below_a_path_it_is_the_same_route() -> None:
    app = observed(metrics=True)

    async def below(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, "root_path": "/shop"}, receive, send)

    async with app.lifespan():
        await Client(below).post("/shop/counter/increment")
        assert (await figures(Client(app)))[request("/counter/increment", "POST", 200)] == 1


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        ("value", "failed"),
        ("refused", "refused"),
        ("forbidden", "refused"),
        ("key", "failed"),
        ("full", "failed"),
        ("conflict", "conflict"),
    ],
)
@pytest.mark.parametrize("is_page", [True, False])
async def test_events_are_counted_by_outcome(kind: str, outcome: str, is_page: bool) -> None:
    client = Client(observed(metrics=True))
    url = f"/counter/fail?kind={kind}"
    # To a page, everything is answered with 200.
    await client.send("POST", url, b"", DATASTAR if is_page else JSON)
    found = await figures(client)
    assert {name for name in found if name.startswith("starmodel_events_total")} == {
        event("fail", outcome)
    }


async def test_events_that_begin_with_a_refusal() -> None:
    client = Client(observed(metrics=True))
    await client.send("POST", "/counter/reset", b"", JSON, {"sec-fetch-site": "cross-site"})
    await client.post("/counter/increment?amount=lots")
    await client.post("/board/post?note=x")
    found = await figures(client)
    assert found[event("reset", "refused")] == 1
    assert found[event("increment", "refused")] == 1
    assert found[event("post", "refused", "board")] == 1


async def test_generators_are_one_event() -> None:
    client = Client(observed(metrics=True))
    await client.post("/counter/steps?count=3")
    await client.post("/counter/steps?count=3&fail_at=2")
    found = await figures(client)
    assert found[event("steps", "done")] == found[event("steps", "failed")] == 1


@pytest.mark.parametrize(("conflicts", "outcome", "reruns"), [(2, "done", 2), (8, "conflict", 7)])
async def test_runs_after_a_conflict(conflicts: int, outcome: str, reruns: int) -> None:
    store = Contended()
    client = Client(observed(store=store, metrics=True))
    store.conflicts = conflicts
    await client.post("/counter/increment")
    found = await figures(client)
    assert found[event("increment", outcome)] == 1
    again = 'starmodel_event_reruns_total{entity="counter",event="increment"}'
    assert found[again] == reruns


async def test_open_streams_are_counted_and_not_how_long_they_are() -> None:
    app = observed(metrics=True)
    async with app.lifespan():
        client = Client(app)
        await client.send("GET", "/counter", b"", HTML)
        reader = Client(app)
        reader.cookies = client.cookies
        stream = asyncio.ensure_future(
            reader.send("GET", "/live?watch=counter", b"", DATASTAR, disconnect_after=3)
        )
        async with asyncio.timeout(5):
            while not len(app.hub):
                await asyncio.sleep(0.01)
            found = await figures(client)
            assert found["starmodel_live_streams"] == 1
            assert found[request("/live", "GET", 200)] == 1
            await asyncio.sleep(0.3)
            while not stream.done():
                await client.post("/counter/increment")
                await asyncio.sleep(0.01)
        found = await figures(client)
        assert found["starmodel_live_streams"] == 0
        assert found[request("/live", "GET", 200)] == 1
        seconds = found['starmodel_request_duration_seconds_sum{method="GET",route="/live"}']
        assert seconds < 0.3
        await client.send("GET", "/live?watch=nothing", b"", DATASTAR)
        assert (await figures(client))["starmodel_live_streams"] == 0


async def test_what_waits_to_be_published(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Kept()
    client = Client(observed(store=store, metrics=True))
    found = await figures(client)
    assert found["starmodel_outbox_records"] == 3
    assert found["starmodel_bus_connected"] == 1
    monkeypatch.setattr("starmodel.web.monitoring.prometheus_metrics._PATIENCE", 0.05)
    for waiting in (-1, SILENT):
        store.waiting = waiting
        found = await figures(client)
        assert found["starmodel_outbox_records"] != found["starmodel_outbox_records"]


def test_a_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("prometheus_metrics", "otel_tracing"):
        monkeypatch.delitem(sys.modules, f"starmodel.web.monitoring.{module}", raising=False)
    for library in ("prometheus_client", "opentelemetry"):
        monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ConfigurationError, match=r"starmodel-runtime\[metrics\]"):
        observed(metrics=True)
    with pytest.raises(ConfigurationError, match=r"starmodel-runtime\[otel\]"):
        observed(traces=True)


# Traces


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "get_tracer", provider.get_tracer)
    return exporter


def parent(span: ReadableSpan) -> int:
    assert span.parent is not None
    return span.parent.span_id


async def test_spans_of_a_request_and_its_event(spans: InMemorySpanExporter) -> None:
    client = Client(observed(traces=True))
    answer = await client.post("/counter/increment?amount=2", traceparent=f"00-{TRACE}-{PARENT}-01")
    assert answer.status == 200
    inner, outer = spans.get_finished_spans()
    assert (outer.name, outer.kind) == ("POST /counter/increment", SpanKind.SERVER)
    assert (inner.name, inner.kind) == ("counter.increment", SpanKind.INTERNAL)
    assert outer.context is not None and inner.context is not None
    assert f"{outer.context.trace_id:032x}" == f"{inner.context.trace_id:032x}" == TRACE
    assert f"{parent(outer):016x}" == PARENT
    assert parent(inner) == outer.context.span_id
    assert outer.attributes == {
        "http.request.method": "POST",
        "http.route": "/counter/increment",
        "http.response.status_code": 200,
        "url.scheme": "http",
    }
    assert inner.attributes == {
        "starmodel.entity": "counter",
        "starmodel.event": "increment",
        "starmodel.outcome": "done",
        "starmodel.reruns": 0,
    }
    assert not trace.get_current_span().get_span_context().is_valid


async def test_spans_that_failed(spans: InMemorySpanExporter) -> None:
    client = Client(observed(traces=True))
    await client.send("POST", "/counter/fail?kind=key", b"", JSON)
    await client.send("GET", "/made/up", b"", JSON)
    inner, outer, lost = spans.get_finished_spans()
    assert not inner.status.is_ok and not outer.status.is_ok
    assert lost.name == "GET" and lost.attributes is not None
    assert lost.attributes["url.path"] == "/made/up"
    assert lost.status.is_ok or lost.status.status_code.name == "UNSET"
    assert CANARY not in "".join(span.to_json() for span in (inner, outer, lost))


@pytest.mark.parametrize("given", ["", "00-zz-yy-01", f"00-{'0' * 32}-{PARENT}-01", "x" * 5000])
async def test_a_parent_that_is_none(given: str, spans: InMemorySpanExporter) -> None:
    client = Client(observed(traces=True))
    await client.post("/counter/increment", traceparent=given)
    _, outer = spans.get_finished_spans()
    assert outer.parent is None


async def test_what_a_host_begins_is_within_the_span_of_the_request(
    spans: InMemorySpanExporter,
) -> None:
    async def host(scope: Any, receive: Any, send: Any) -> None:
        trace.get_tracer("host").start_span("inside").end()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    await Client(observed(host, traces=True)).send("GET", "/mine", b"", JSON)
    inside, outer = spans.get_finished_spans()
    assert outer.context is not None
    assert parent(inside) == outer.context.span_id


# Logs


@pytest.fixture
def lines() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """What the process logs where it logs to standard error, line by line."""
    root, stream = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers[:], logging.getLogger("starmodel").level
    handler = logging.StreamHandler(stream)
    root.addHandler(handler)
    try:
        yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    finally:
        root.handlers[:] = handlers
        logging.getLogger("starmodel").setLevel(level)
        for name in ("uvicorn.access", "hypercorn.access", "gunicorn.access"):
            logging.getLogger(name).disabled = False


Lines = Callable[[], list[dict[str, Any]]]


async def test_a_request_is_one_line(lines: Lines) -> None:
    client = Client(observed(logs="json"))
    answer = await client.post("/counter/increment?amount=77", **{"x-request-id": "a-1"})
    assert answer.header("x-request-id") == "a-1"
    [line] = lines()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", line.pop("time"))
    assert line.pop("duration_ms") >= 0
    assert line == {
        "level": "info",
        "logger": "starmodel.access",
        "message": "POST /counter/increment 200",
        "request_id": "a-1",
        "method": "POST",
        "route": "/counter/increment",
        "status": 200,
        "event": "counter.increment",
        "outcome": "done",
    }


@pytest.mark.parametrize(
    "given", ["", "two words", 'quo"te', "<script>", "x" * 129, "\u00e9", "a\\nb", "a;b"]
)
async def test_an_id_that_is_not_plain_is_replaced(given: str, lines: Lines) -> None:
    client = Client(observed(logs="json"))
    answer = await client.post("/counter/increment", **{"x-request-id": given})
    made = answer.header("x-request-id")
    assert made and re.fullmatch(r"[0-9a-f]{16}", made)
    assert [line["request_id"] for line in lines()] == [made]


async def test_every_record_of_a_request_has_its_id_and_so_has_the_answer(lines: Lines) -> None:
    client = Client(observed(logs="json"))
    answers = await asyncio.gather(
        *[client.send("POST", "/counter/fail?kind=key", b"", JSON) for _ in range(5)]
    )
    for answer in answers:
        id = answer.header("x-request-id")
        assert answer.json["id"] == id and answer.json["detail"].endswith(f"noted as {id}.")
        problem, access = [line for line in lines() if line["request_id"] == id]
        assert problem["level"] == "error" and "KeyError" in problem["exception"]
        assert access["outcome"] == "failed"


async def test_without_json_an_id_of_the_proxy_is_named_where_something_goes_wrong() -> None:
    client = Client(observed())
    answer = await client.send(
        "POST", "/counter/fail?kind=key", b"", JSON, {"x-request-id": "of-the-proxy"}
    )
    assert answer.json["id"] == "of-the-proxy"
    assert answer.header("x-request-id") is None


async def test_nothing_that_was_sent_is_logged(lines: Lines) -> None:
    app = observed(logs="json", metrics=True, database_url="sqlite:///hunter2.db")
    client = Client(app)
    await client.send(
        "POST",
        "/counter/rename?title=hunter2-in-the-query",
        b"hunter2-in-the-body",
        JSON,
        {"authorization": "Bearer hunter2", "x-api-key": "hunter2"},
    )
    await client.post("/board/post?note=hunter2")
    session = client.cookies
    assert session
    text = json.dumps(lines())
    assert "hunter2" not in text and SECRET not in text
    assert not any(value in text for value in session.values())


async def test_extra_fields_and_values_of_any_kind(lines: Lines) -> None:
    observed(logs="json")
    logging.getLogger("mine").warning("a\nb %s", "c", extra={"order": 7, "key": Key("a", "b", "c")})
    [line] = lines()
    assert (line["message"], line["order"], "request_id" in line) == ("a\nb c", 7, False)


async def test_a_trace_is_named(lines: Lines, spans: InMemorySpanExporter) -> None:
    client = Client(observed(logs="json", traces=True))
    await client.post("/counter/increment", traceparent=f"00-{TRACE}-{PARENT}-01")
    assert [line["trace_id"] for line in lines()] == [TRACE]


async def test_servers_no_longer_log_what_was_asked_for(lines: Lines) -> None:
    observed(logs="json")
    assert logging.getLogger("uvicorn.access").disabled


async def test_a_host_may_name_the_request_itself(lines: Lines) -> None:
    async def host(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"X-Request-Id", b"mine")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    answer = await Client(observed(host, logs="json")).send("GET", "/mine", b"", JSON)
    assert [value for name, value in answer.headers if name.lower() == b"x-request-id"] == [b"mine"]
    [line] = lines()
    assert (line["path"], line["status"]) == ("/mine", 200)


async def test_a_host_that_fails_is_told(lines: Lines) -> None:
    async def host(scope: Any, receive: Any, send: Any) -> None:
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError):
        await Client(observed(host, logs="json")).send("GET", "/mine", b"", JSON)
    assert [line["status"] for line in lines()] == [500]
    assert OBSERVATION.get() is None

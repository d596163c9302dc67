"""While a request is served nothing is looked up by reflection: a trace over every example.

What was written down when the code was generated is not to be worked out again: no call into
`inspect`, `typing` or `annotationlib`, no access to annotations, no model class built.
"""

import gc
import sys
from collections.abc import Callable
from types import FrameType, FunctionType
from typing import Any

import chat.generated.app
import counter.generated.app
import dashboard.generated.app
import pytest
import tasks.generated.app
from chat.main import app as chat_app
from dashboard.main import app as dashboard_app
from tasks.main import app as tasks_app

from starmodel.testing import Client

FORBIDDEN = (
    "inspect",
    "typing",
    "annotationlib",
    "typing_extensions",
    "pydantic._internal._generate_schema",
    "pydantic._internal._model_construction",
    "pydantic._internal._signature",
    "pydantic._internal._typing_extra",
    "pydantic.type_adapter",
)
FORBIDDEN_NAMES = {("pydantic.main", "create_model"), ("pydantic.main", "model_rebuild")}

AUTHORS_SIDE = ("fastcore", "fasthtml", "anyio", "starmodel.testing", "typing", "inspect")
"""Whose own calls are no matter of ours: what renders an author's fragment, and the test itself."""


class Trace:
    """Notes every forbidden call while it is entered."""

    def __init__(self) -> None:
        self.found: set[str] = set()

    def __enter__(self) -> "Trace":
        sys.setprofile(self._note)
        return self

    def __exit__(self, *error: object) -> None:
        sys.setprofile(None)

    def _note(self, frame: FrameType, event: str, argument: object) -> None:
        if event != "call":
            return
        module: str = frame.f_globals.get("__name__", "")
        name = frame.f_code.co_name
        # pydantic's metaclass is asked for every attribute that a class does not have.
        if name == "__getattr__" or not (
            module.startswith(FORBIDDEN)
            or (module, name) in FORBIDDEN_NAMES
            or name == "__annotate__"
        ):
            return
        caller = frame.f_back
        by: str = caller.f_globals.get("__name__", "") if caller else ""
        if not by.startswith(AUTHORS_SIDE):
            self.found.add(f"{module}.{name} from {by}.{caller and caller.f_code.co_name}")


def counter_requests(client: Client) -> None:
    client.page("/counter")
    client.get("/counter")
    client.post("/counter/increment", {"amount": 2})
    client.act("/counter/increment?amount=3", {"counter": {"count": 1}})
    client.act("/counter/increment", {"amount": "x"})
    client.submit("/counter/increment", {"amount": "4"})


def tasks_requests(client: Client) -> None:
    client.get("/task_list")
    for title in ("one", "two", ""):
        client.act("/task_list/add", {"title": title})
    task_id = client.get("/task_list").state["tasks"][0]["id"]
    client.act(f"/task_list/toggle?task_id={task_id}")
    client.act("/task_list/filter_by?show=open")
    client.act("/task_list/clear_done")
    client.act(f"/task_list/remove?task_id={task_id}")


def chat_requests(client: Client) -> None:
    client.get("/chat_room")
    client.act("/chat_room/say", {"author": "Ada", "text": "Hello"})
    client.post("/chat_room/say", {"author": "Ada", "text": "Hello"})
    client.act("/chat_room/clear")


def dashboard_requests(client: Client) -> None:
    client.get("/dashboard")
    client.act("/dashboard/record_order", {"region": "North", "amount": "10.50"})
    client.act("/dashboard/recalculate?pause=0")
    client.post("/dashboard/recalculate", {"pause": 0})


EXAMPLES: dict[str, tuple[Any, Any, Callable[[Client], None], str]] = {
    "counter": (counter.generated.app, None, counter_requests, "counter"),
    "tasks": (tasks.generated.app, tasks_app, tasks_requests, "task_list"),
    "chat": (chat.generated.app, chat_app, chat_requests, "chat_room"),
    "dashboard": (dashboard.generated.app, dashboard_app, dashboard_requests, "dashboard"),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_request_reflects(name: str) -> None:
    module, _, requests, watch = EXAMPLES[name]
    application = module.create_app()
    reached: set[str] = set()
    for route in application.routes:
        handler = route.handler
        if isinstance(handler, FunctionType):
            route.handler = noted(handler, route.path, reached)
    # Components are compiled when they are first asked for: by a page, and by a live stream.
    with Client(application) as client, client.live(watch) as stream:
        stream.next()
        client.request("GET", f"/{watch}", headers={"accept": "text/html"})
    # What earlier tests have left is no request's to clear away.
    gc.collect()
    with Client(application) as client, Trace() as trace, client.live(watch) as stream:
        stream.next()
        requests(client)
        stream.next()
    generated = {route.path for route in application.routes if route.event or watch in route.path}
    assert reached >= generated
    assert not trace.found, "\n".join(sorted(trace.found))


def noted(handler: Callable[..., Any], path: str, reached: set[str]) -> Callable[..., Any]:
    """Note that a route was served."""

    async def note(request: Any) -> Any:
        reached.add(path)
        return await handler(request)

    return note


def test_the_trace_sees_what_it_looks_for() -> None:
    import inspect

    from pydantic import TypeAdapter

    with Trace() as trace:
        inspect.signature(counter_requests)
        TypeAdapter(list[int])
    assert any("inspect.signature" in call for call in trace.found)
    assert any("type_adapter" in call for call in trace.found)

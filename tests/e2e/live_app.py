"""A small app for tests that need a real server: one counter that everybody shares."""

import asyncio
import os
from pathlib import Path

from pydantic_core.core_schema import int_schema

from starmodel import Access, Entity, EntityConfig, Scope, StateStore
from starmodel.application import CommandResult, EntityDefinition, Services
from starmodel.web import (
    Argument,
    Arguments,
    Request,
    Resource,
    Response,
    Route,
    Settings,
    WebApplication,
    respond_event,
)
from starmodel.web.datastar.actions import live_action
from starmodel.web.datastar.attributes import escape


class Counter(Entity):
    model_config = EntityConfig(scope=Scope.GLOBAL, access=Access.PUBLIC)

    count: int = 0
    note: str = ""


COUNTER = EntityDefinition(
    Counter,
    name="counter",
    namespace="counter",
    store=StateStore.SERVER_MEMORY,
    scope=Scope.GLOBAL,
    state=lambda counter: {"count": counter.count, "note": counter.note},
    access=Access.PUBLIC,
)
ARGUMENTS = Arguments(
    amount=Argument(int_schema(), default=1),
    size=Argument(int_schema(), default=0),
    milliseconds=Argument(int_schema(), default=0),
)
PAGE = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Counter</title>
<script type="module" src="/datastar.js"></script></head>
<body data-signals="{{counter: {{count: 0, note: ''}}}}">
<p id="count" data-text="$counter.count"></p>
<div data-init="{escape(live_action("counter"))}"></div>
</body></html>"""


async def increment(
    services: Services, amount: int, size: int, pause: float
) -> CommandResult[None]:
    async with services.unit_of_work() as work:
        while True:
            counter = await work.load(COUNTER)
            await asyncio.sleep(pause)
            counter.count += amount
            counter.note = "x" * size
            outcome = await work.commit(counter, "increment", {}, None)
            if outcome is not None:
                return outcome


async def answer_increment(request: Request) -> Response:
    values = await ARGUMENTS.read(request)
    outcome = await increment(
        request.services, values["amount"], values["size"], values["milliseconds"] / 1000
    )
    return respond_event(request, COUNTER, outcome)


async def respond_page(request: Request) -> Response:
    return Response(200, [(b"content-type", b"text/html; charset=utf-8")], PAGE.encode())


async def answer_engine(request: Request) -> Response:
    engine = Path(os.environ["DATASTAR_ENGINE"]).read_bytes()
    return Response(200, [(b"content-type", b"text/javascript")], engine)


async def answer_report(request: Request) -> Response:
    """Describe what the process holds."""
    report = f"{app.hub!r} {len(asyncio.all_tasks())} tasks"
    return Response(200, [(b"content-type", b"text/plain")], report.encode())


RESOURCE = Resource(
    COUNTER,
    routes=[
        Route(
            "POST",
            "/counter/increment",
            answer_increment,
            event="increment",
            arguments=ARGUMENTS,
        ),
        Route("GET", "/", respond_page),
        Route("GET", "/datastar.js", answer_engine),
        Route("GET", "/report", answer_report),
    ],
)
app = WebApplication([RESOURCE], Settings(secret_key="for tests alone, and long enough"))

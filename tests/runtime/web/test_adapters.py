"""FastHTML, Starlette and FastAPI behind the same routes: one scenario, side by side."""

import asyncio
import os
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fasthtml.common import FastHTML
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request as StarletteRequest
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from web_world import COUNTER, SECRET, resources

from starmodel.errors import ConfigurationError
from starmodel.settings import Settings
from starmodel.web import WebAdapter, WebApplication
from starmodel.web.adapters.fastapi import FastAPIAdapter
from starmodel.web.adapters.fasthtml import FastHTMLAdapter
from starmodel.web.adapters.starlette import StarletteAdapter

SETTINGS = Settings(secret_key=SECRET)
DATASTAR = {"datastar-request": "true"}


class Stamp:
    """A middleware of the host's own."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def stamped(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"x-stamp", b"1")]
            await send(message)

        await self.app(scope, receive, stamped)


class Hosts:
    """A host app of one framework, with a page and a middleware of its own."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.log: list[str] = []
        self.application: WebApplication | None = None

    @property
    def adapter(self) -> WebAdapter[Any]:
        adapters: dict[str, WebAdapter[Any]] = {
            "fasthtml": FastHTMLAdapter(),
            "starlette": StarletteAdapter(),
            "fastapi": FastAPIAdapter(),
        }
        return adapters[self.name]

    async def lifespan(self, app: Any) -> AsyncGenerator[None]:
        self.log.append("host begins")
        yield
        self.log.append("host ends")

    def make(self) -> Any:
        middleware: Iterable[Middleware] = [Middleware(Stamp)]
        if self.name == "fasthtml":
            app: Any = FastHTML(secret_key=SECRET, middleware=middleware, lifespan=self.lifespan)
        else:
            # FastHTML makes a context manager of the generator itself.
            lifespan = asynccontextmanager(self.lifespan)
            make = Starlette if self.name == "starlette" else FastAPI
            app = make(middleware=list(middleware), lifespan=lifespan)
        self.add_pages(app)
        return app

    def add_pages(self, app: Any) -> None:
        async def mine(request: StarletteRequest) -> PlainTextResponse:
            assert self.application is not None
            snapshot = await self.application.read(request, COUNTER)
            return PlainTextResponse(f"count {snapshot.entity.count}")

        async def fail(request: StarletteRequest) -> PlainTextResponse:
            raise LookupError("the host's own")

        app.router.routes.insert(0, Route("/mine", mine))
        app.router.routes.insert(0, Route("/fail", fail))
        app.router.routes.insert(0, Mount("/mounted", routes=[Route("/mine", mine)]))


@pytest.fixture(params=["fasthtml", "starlette", "fastapi"])
def hosts(request: pytest.FixtureRequest, tmp_path: Path) -> Iterable[Hosts]:
    before = os.getcwd()
    os.chdir(tmp_path)
    yield Hosts(str(request.param))
    os.chdir(before)
    # FastHTML writes a key into the working directory unless it is given one.
    assert list(tmp_path.iterdir()) == []


@asynccontextmanager
async def served(app: Any) -> AsyncGenerator[httpx.AsyncClient]:
    """Serve an app with its lifespan."""
    incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    outgoing: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
    task = asyncio.ensure_future(app(scope, incoming.get, outgoing.put))
    await incoming.put({"type": "lifespan.startup"})
    assert (await asyncio.wait_for(outgoing.get(), 10))["type"] == "lifespan.startup.complete"
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.example") as client:
        yield client
    await incoming.put({"type": "lifespan.shutdown"})
    assert (await asyncio.wait_for(outgoing.get(), 10))["type"] == "lifespan.shutdown.complete"
    await asyncio.wait_for(task, 10)


async def generated_routes(client: httpx.AsyncClient) -> list[Any]:
    """What every adapter must answer alike, byte for byte."""
    seen: list[Any] = []

    async def note(method: str, url: str, **options: Any) -> httpx.Response:
        answer = await client.request(method, url, **options)
        headers = {name: value for name, value in answer.headers.items() if name != "set-cookie"}
        seen.append((answer.status_code, headers, answer.content))
        return answer

    accept = {"accept": "application/json"}
    first = await note("POST", "/counter/increment", json={"amount": 2}, headers=DATASTAR)
    assert first.headers["set-cookie"].startswith("starmodel=")
    await note("POST", "/counter/increment?amount=3", headers=accept)
    await note("POST", "/counter/increment", data={"amount": "5"}, headers={"accept": "text/html"})
    await note("POST", "/counter/increment", json={"amount": "x"}, headers=accept)
    await note("POST", "/counter/increment", content=b"{", headers={**accept, **DATASTAR})
    await note("POST", "/counter/increment", json={}, headers={"sec-fetch-site": "cross-site"})
    await note("POST", "/counter/steps", json={"count": 2}, headers=DATASTAR)
    await note("POST", "/counter/touch", headers=DATASTAR)
    await note("PUT", "/counter/increment", headers=accept)
    await note("OPTIONS", "/counter/increment")
    await note("HEAD", "/counter", headers=accept)
    await note("GET", "/counter", headers={"accept": "text/html"})
    answer = await note("GET", "/counter", headers=accept)
    assert answer.json()["state"]["count"] == 3
    assert answer.json()["version"] == 6
    return seen


async def test_the_generated_routes_are_the_same_everywhere() -> None:
    answers: list[list[Any]] = []
    async with served(WebApplication(resources(), SETTINGS)) as client:
        answers.append(await generated_routes(client))
    for name in ("fasthtml", "starlette", "fastapi"):
        hosts = Hosts(name)
        async with served(hosts.adapter.create_app(resources(), SETTINGS)) as client:
            answers.append(await generated_routes(client))
        app = hosts.make()
        hosts.adapter.configure_app(app, resources(), SETTINGS)
        async with served(app) as client:
            answers.append(await generated_routes(client))
    assert len(answers) == 7
    for each in answers[1:]:
        assert each == answers[0]


@pytest.mark.parametrize("serve", ["the host", "what configure_app gave"])
async def test_an_app_of_ones_own(hosts: Hosts, serve: str) -> None:
    app = hosts.make()
    hosts.application = hosts.adapter.configure_app(app, resources(), SETTINGS)
    async with served(app if serve == "the host" else hosts.application) as client:
        assert hosts.log == ["host begins"]
        # Its pages read what belongs to their reader, and begin his session.
        answer = await client.get("/mine")
        assert answer.text == "count 0"
        assert "starmodel=" in answer.headers["set-cookie"]
        assert answer.headers["cache-control"] == "private"
        # Ours come before its middleware, its own do not.
        assert answer.headers["x-stamp"] == "1"
        answer = await client.post("/counter/increment", json={"amount": 7}, headers=DATASTAR)
        assert "x-stamp" not in answer.headers
        assert "set-cookie" not in answer.headers
        assert (await client.get("/mine")).text == "count 7"
        assert (await client.get("/mounted/mine")).text == "count 7"
        assert (await client.get("/nothing")).status_code == 404
        assert (await client.get("/fail")).status_code == 500
    assert hosts.log == ["host begins", "host ends"]


async def test_a_ready_app(hosts: Hosts) -> None:
    hosts.application = hosts.adapter.create_app(resources(), SETTINGS)
    hosts.add_pages(hosts.application.host)
    async with served(hosts.application) as client:
        assert (await client.get("/mine")).text == "count 0"
        assert (await client.get("/nothing")).status_code == 404


async def test_an_app_that_is_being_served_cannot_be_configured_any_more(hosts: Hosts) -> None:
    app = hosts.make()
    async with served(app):
        with pytest.raises(ConfigurationError):
            hosts.adapter.configure_app(app, resources(), SETTINGS)


async def test_a_session_of_the_hosts_own_is_left_alone() -> None:
    app: Any = FastHTML(secret_key=SECRET)

    @app.get("/visits")
    def visits(req: StarletteRequest) -> str:  # pyright: ignore[reportUnusedFunction]
        req.session["visits"] = req.session.get("visits", 0) + 1
        return str(req.session["visits"])

    FastHTMLAdapter().configure_app(app, resources(), SETTINGS)
    async with served(app) as client:
        for number in (1, 2):
            assert str(number) in (await client.get("/visits")).text
            await client.post("/counter/increment", json={"amount": 1}, headers=DATASTAR)
        assert set(client.cookies) == {"session_", "starmodel"}
        answer = await client.get("/counter", headers={"accept": "application/json"})
        assert answer.json()["state"]["count"] == 2

"""Who the host's middleware says it is, asked from routes that answer before that middleware."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from served_app import ROOT
from shop_project import Shop
from starlette.applications import Starlette
from starlette.authentication import (
    AuthCredentials,
    AuthenticationBackend,
    AuthenticationError,
    SimpleUser,
)
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import HTTPConnection
from starlette.requests import Request as StarletteRequest
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from web_world import SECRET, resources

from starmodel import ANONYMOUS, Actor
from starmodel.settings import Settings
from starmodel.web.adapters.starlette import StarletteAdapter, from_middleware

BOARD = {"accept": "application/json"}
DOCS = (ROOT / "docs" / "generated-code.md").read_text(encoding="utf-8")


class Backend(AuthenticationBackend):
    """Believes a header, and else the session."""

    async def authenticate(self, conn: HTTPConnection) -> tuple[AuthCredentials, SimpleUser] | None:
        name = conn.headers.get("x-name") or conn.session.get("name")
        if name == "broken":
            raise AuthenticationError("a text of the backend's")
        return None if name is None else (AuthCredentials(["clerk"]), SimpleUser(name))


class Log:
    """What was seen on the way, and who came in the end."""

    def __init__(self) -> None:
        self.passed: list[str] = []
        self.actors: list[Actor] = []

    def actor_of(self, connection: HTTPConnection) -> Actor:
        assert connection.app.state.name == "host"
        user = connection.user
        actor = ANONYMOUS
        if user.is_authenticated:
            actor = Actor(id=user.display_name, roles=frozenset(connection.auth.scopes))
        self.actors.append(actor)
        return actor

    async def later(self, connection: HTTPConnection) -> Actor:
        return self.actor_of(connection)

    async def note(self, request: StarletteRequest, call_next: Any) -> Any:
        self.passed.append(request.url.path)
        return await call_next(request)


async def sign_in(request: StarletteRequest) -> PlainTextResponse:
    request.session["name"] = request.query_params["name"]
    return PlainTextResponse("signed in")


def host(log: Log) -> Starlette:
    app = Starlette(
        routes=[Route("/sign-in", sign_in)],
        middleware=[
            Middleware(GZipMiddleware, minimum_size=0),
            Middleware(BaseHTTPMiddleware, dispatch=log.note),
            Middleware(SessionMiddleware, secret_key=SECRET),
            Middleware(AuthenticationMiddleware, backend=Backend()),
        ],
    )
    app.state.name = "host"
    return app


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("served", ["the host", "what configure_app gave"])
async def test_the_middleware_of_the_host_says_who_it_is(is_async: bool, served: str) -> None:
    log = Log()
    app = host(log)
    identify = from_middleware(app, log.later if is_async else log.actor_of)
    application = StarletteAdapter().configure_app(
        app, resources(), Settings(secret_key=SECRET), identify=identify
    )

    async def mine(request: StarletteRequest) -> PlainTextResponse:
        return PlainTextResponse((await application.request(request)).actor.id or "nobody")

    app.router.routes.append(Route("/mine", mine))

    transport = httpx.ASGITransport(app if served == "the host" else application)
    async with httpx.AsyncClient(transport=transport, base_url="http://t") as http:
        assert (await http.get("/board", headers=BOARD)).status_code == 401
        assert log.actors.pop() == ANONYMOUS
        posted = await http.post("/counter/increment", json={"amount": 2}, headers=BOARD)
        assert posted.json()["state"]["count"] == 2
        assert list(posted.cookies) == ["starmodel"]

        await http.get("/sign-in?name=ada")
        assert (await http.get("/board", headers=BOARD)).status_code == 200
        assert log.actors.pop() == Actor(id="ada", roles=frozenset({"clerk"}))
        other = await http.get("/board", headers={**BOARD, "x-name": "bob"})
        assert other.status_code == 200
        assert log.actors.pop().id == "bob"
        refused = await http.get("/board", headers={**BOARD, "x-name": "broken"})
        assert refused.status_code == 401
        assert "a text of the backend's" not in refused.text

        # For a page of the host's the middleware has run, and is not asked again.
        log.passed.clear()
        assert (await http.get("/mine")).text == "ada"
        assert log.passed == ["/mine"]


async def test_a_session_that_was_not_signed_here_says_nothing() -> None:
    log = Log()
    app = host(log)
    StarletteAdapter().configure_app(
        app,
        resources(),
        Settings(secret_key=SECRET),
        identify=from_middleware(app, log.actor_of),
    )

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://t") as http:
        cookie = "session=eyJuYW1lIjogImFkYSJ9.aFkAAA.Zm9yZ2Vk"
        answer = await http.get("/board", headers={**BOARD, "cookie": cookie})
        assert answer.status_code == 401


ENTITIES = """
from starmodel import Access, Actor, Entity, EntityConfig, Scope, event


class Note(Entity):
    model_config = EntityConfig(scope=Scope.GLOBAL, access=Access.AUTHENTICATED)

    text: str = ""

    @event
    def sign(self, actor: Actor) -> None:
        self.text = f"{actor.id} {' '.join(actor.roles)}"
"""
USE = """
from starmodel.testing import Client
from {module} import {app}

with Client({made}) as client:
    assert client.post("/note/sign").status == 401
    {sign_in}
    answer = client.post("/note/sign", headers={headers})
    assert answer.status == 200, answer.text
    assert answer.state["text"] == {text!r}, answer.text
"""


@pytest.mark.parametrize(
    ("start", "web", "use"),
    [
        (
            '"""shop/main.py: users',
            "starlette",
            {
                "sign_in": 'client.post("/sign-in", {"user": "ada"})',
                "headers": {},
                "text": "ada clerk",
            },
        ),
        (
            '"""shop/main.py: whoever',
            "fasthtml",
            {
                "sign_in": 'client.submit("/sign-in", {"user": "ada"})',
                "headers": {},
                "text": "ada ",
            },
        ),
        (
            '"""shop/identity.py',
            "starlette",
            {"sign_in": "", "headers": {"x-key": "the key"}, "text": "importer clerk"},
        ),
    ],
)
def test_the_examples_of_the_docs(tmp_path: Path, start: str, web: str, use: Any) -> None:
    example = next(block[7:] for block in DOCS.split("```") if block[7:].startswith(start))
    name = "main" if "main.py" in start else "identity"
    shop = Shop(tmp_path)
    shop.write("shop/entities.py", ENTITIES)
    shop.write(f"shop/{name}.py", example)
    options = f'web = "{web}"\n'
    if name == "identity":
        options += 'identify = "shop.identity:identify"\n'
    shop.write("pyproject.toml", shop.read("pyproject.toml") + options)
    done = shop.starmodel("generate")
    assert done.code == 0, done.err
    target = (
        {"module": "shop.main", "app": "app", "made": "app"}
        if name == "main"
        else {"module": "shop.generated.app", "app": "create_app", "made": "create_app()"}
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", USE.format(**target, **use)],
        cwd=tmp_path,
        env={
            "PATH": os.environ.get("PATH", ""),
            "PYTHONPATH": str(tmp_path),
            "STARMODEL_SECRET_KEY": SECRET,
            "SHOP_KEY": "the key",
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr

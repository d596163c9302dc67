"""The app of `web_entities` as it is generated, and a client that speaks ASGI to it."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Unpack, cast
from urllib.parse import urlencode, urlsplit

from generated_world import generate_world
from web_entities import Board, Counter, Room

from starmodel import Actor
from starmodel.application import EntityDefinition
from starmodel.settings import Settings
from starmodel.web import AppOptions, Request, Resource, WebApplication

SECRET = "a key that is long enough for a test of it"


generated = generate_world("web_entities")
COUNTER: EntityDefinition[Counter] = generated("counter.state").COUNTER
BOARD: EntityDefinition[Board] = generated("board.state").BOARD
ROOM: EntityDefinition[Room] = generated("room.state").ROOM


def resources() -> list[Resource]:
    """The app's entities, and their routes."""
    names = ("counter", "board", "room")
    return [getattr(generated(f"{name}.routes"), f"{name}_resource") for name in names]


def identify(request: Request) -> Actor:
    """Believe a header; nobody should do that outside of tests."""
    name = request.headers.get(b"x-user")
    return Actor() if name is None else Actor(name.decode())


def make_app(
    settings: Settings | None = None, *, host: Any = None, **adapters: Unpack[AppOptions]
) -> WebApplication:
    adapters.setdefault("identify", identify)
    return WebApplication(
        resources(), settings or Settings(secret_key=SECRET), host=host, **adapters
    )


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    chunks: list[bytes] = field(default_factory=list[bytes])

    def header(self, name: str) -> str | None:
        values = [value for key, value in self.headers if key == name.encode()]
        assert len(values) <= 1, values
        return values[0].decode("latin-1") if values else None

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def signals(self) -> dict[str, Any]:
        """All signals that the body patches."""
        merged: dict[str, Any] = {}
        for line in self.text.split("\n"):
            if line.startswith("data: signals "):
                merge(merged, json.loads(line.removeprefix("data: signals ")))
        return merged

    def message(self, event: str, argument: str = "_", namespace: str = "counter") -> str:
        """The error signal of an argument."""
        return str(self.signals["errors"][namespace][event][argument])


def merge(target: dict[str, Any], patch: Mapping[str, Any]) -> None:
    """RFC 7386."""
    for name, value in patch.items():
        if isinstance(value, dict):
            inner = target.setdefault(name, {})
            merge(inner, cast("dict[str, Any]", value))
        elif value is None:
            target.pop(name, None)
        else:
            target[name] = value


DATASTAR = {"datastar-request": "true", "accept": "text/event-stream, text/html, application/json"}
JSON = {"accept": "application/json"}
HTML = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
FORM = {**HTML, "content-type": "application/x-www-form-urlencoded"}


class Client:
    """One browser, or one program: it keeps its cookies."""

    def __init__(self, app: Callable[..., Awaitable[None]], *, scheme: str = "http") -> None:
        self.app = app
        self.scheme = scheme
        self.cookies: dict[str, str] = {}

    async def send(
        self,
        method: str,
        url: str,
        body: bytes | list[bytes] = b"",
        *headers: Mapping[str, str] | list[tuple[str, str]],
        disconnect_after: int | None = None,
        with_raw_path: bool = True,
    ) -> Answer:
        """Send a request; `disconnect_after` as many chunks of the answer the client goes."""
        chunks = [body] if isinstance(body, bytes) else list(body)
        pairs: list[tuple[str, str]] = [("host", "shop.example")]
        for group in headers:
            pairs += group.items() if isinstance(group, Mapping) else group
        if self.cookies and not any(name == "cookie" for name, _ in pairs):
            cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            pairs.append(("cookie", cookie))
        parts = urlsplit(url)
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": method,
            "scheme": self.scheme,
            "path": _decoded(parts.path),
            "raw_path": parts.path.encode("latin-1"),
            "query_string": parts.query.encode("latin-1"),
            "root_path": "",
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in pairs],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        if not with_raw_path:
            del scope["raw_path"]
        answer = Answer(0, [], b"")
        gone = asyncio.Event()

        async def receive() -> dict[str, Any]:
            if chunks:
                chunk = chunks.pop(0)
                return {"type": "http.request", "body": chunk, "more_body": bool(chunks)}
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: Mapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                assert answer.status == 0, "a second start"
                answer.status = message["status"]
                answer.headers = list(message["headers"])
                return
            answer.body += message.get("body", b"")
            answer.chunks.append(message.get("body", b""))
            if disconnect_after is not None and len(answer.chunks) >= disconnect_after:
                gone.set()
                await asyncio.sleep(0)
            if not message.get("more_body", False):
                gone.set()

        await self.app(scope, receive, send)
        for name, value in answer.headers:
            assert isinstance(name, bytes) and isinstance(value, bytes)
            assert not set(name + value) & set(b"\r\n\0")
            if name == b"set-cookie":
                cookie_name, _, rest = value.decode().partition("=")
                self.cookies[cookie_name] = rest.partition(";")[0]
        return answer

    async def post(self, url: str, values: object = None, **headers: str) -> Answer:
        """As a page does: Datastar, JSON, an answer as an event stream."""
        body = b"" if values is None else json.dumps(values).encode()
        return await self.send(
            "POST", url, body, DATASTAR, {"content-type": "application/json", **headers}
        )

    async def submit(self, url: str, values: Mapping[str, str], **headers: str) -> Answer:
        """As a form does without scripts."""
        return await self.send("POST", url, urlencode(values).encode(), {**FORM, **headers})

    async def ask(self, url: str, **headers: str) -> Any:
        """As a program does."""
        answer = await self.send("GET", url, b"", JSON, headers)
        assert answer.status == 200, answer
        return answer.json


def _decoded(path: str) -> str:
    from urllib.parse import unquote

    return unquote(path)

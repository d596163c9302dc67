"""A small app as the generator would write it, and a client that speaks ASGI to it."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self, Unpack, cast
from urllib.parse import urlencode, urlsplit

from pydantic import model_validator
from pydantic_core import core_schema as cs

from starmodel import Access, Actor, Entity, EntityConfig, Field, Scope, StateStore
from starmodel.application import EntityDefinition, Outcome, Services, authorize
from starmodel.domain import Fragment
from starmodel.errors import (
    BadRequest,
    Conflict,
    Forbidden,
    NotFound,
    PayloadTooLarge,
    Refused,
    StoreFull,
    TooManyRequests,
    Unauthenticated,
    UnsupportedMediaType,
)
from starmodel.settings import Settings
from starmodel.web import (
    Adapters,
    Argument,
    Arguments,
    Page,
    Request,
    Resource,
    Response,
    Route,
    StreamResponse,
    WebApplication,
    answer_created,
    answer_event,
    answer_page,
    answer_stream,
)
from starmodel.web.datastar.attributes import escape

SECRET = "a key that is long enough for a test of it"
CANARY = "the-secret-of-the-counter"


class Counter(Entity):
    """What one session has."""

    model_config = EntityConfig(scope=Scope.SESSION)

    count: int = 0
    title: str = "Counter"
    locked: bool = False
    pin: str = Field(CANARY, private=True)

    @model_validator(mode="after")
    def stay_small(self) -> Self:
        if self.count > 1_000_000:
            raise ValueError(f"too much: {self.pin}")
        return self


class Board(Entity):
    """What is there for all who are known."""

    model_config = EntityConfig(scope=Scope.GLOBAL, access=Access.AUTHENTICATED)

    notes: list[str] = Field(default_factory=list[str])


class Room(Entity):
    """A record."""

    model_config = EntityConfig(scope=Scope.RECORD, access=Access.PUBLIC)

    topic: str = ""


COUNTER = EntityDefinition(
    Counter,
    name="counter",
    namespace="counter",
    store=StateStore.SERVER_MEMORY,
    scope=Scope.SESSION,
    state=lambda counter: {
        "count": counter.count,
        "title": counter.title,
        "locked": counter.locked,
    },
)
BOARD = EntityDefinition(
    Board,
    name="board",
    namespace="board",
    store=StateStore.SERVER_MEMORY,
    scope=Scope.GLOBAL,
    state=lambda board: {"notes": list(board.notes)},
    access=Access.AUTHENTICATED,
)
ROOM = EntityDefinition(
    Room,
    name="room",
    namespace="room",
    store=StateStore.SERVER_MEMORY,
    scope=Scope.RECORD,
    state=lambda room: {"id": room.id, "topic": room.topic},
    access=Access.PUBLIC,
)

INCREMENT_ARGUMENTS = Arguments(amount=Argument(cs.int_schema(), default=1))
RENAME_ARGUMENTS = Arguments(title=Argument(cs.str_schema(min_length=1, max_length=40)))
FAIL_ARGUMENTS = Arguments(kind=Argument(cs.str_schema(), default="value"))
POST_ARGUMENTS = Arguments(note=Argument(cs.str_schema()))
STEPS_ARGUMENTS = Arguments(
    count=Argument(cs.int_schema(), default=3), fail_at=Argument(cs.int_schema(), default=0)
)

FAILURES: dict[str, Callable[[], Exception]] = {
    "value": lambda: ValueError(CANARY),
    "key": lambda: KeyError(CANARY),
    "group": lambda: ExceptionGroup(CANARY, [OSError(CANARY)]),
    "recursion": lambda: RecursionError(CANARY),
    "bad_request": lambda: BadRequest("This is no request."),
    "unauthenticated": lambda: Unauthenticated(),
    "forbidden": lambda: Forbidden(),
    "not_found": lambda: NotFound("counter", CANARY),
    "conflict": lambda: Conflict("counter", CANARY),
    "too_large": lambda: PayloadTooLarge(5),
    "media_type": lambda: UnsupportedMediaType(CANARY),
    "too_many": lambda: TooManyRequests(2.5),
    "full": lambda: StoreFull(7),
    "refused": lambda: Refused("There is no room."),
}


async def change(
    services: Services,
    definition: EntityDefinition[Any],
    holder: str,
    event: str,
    run: Callable[[Any], Any],
    *,
    actor: Actor = Actor(),
) -> Outcome[Any]:
    """What a generated command does."""
    async with services.unit_of_work(actor) as work:
        while True:
            entity = await work.load(definition, holder)
            result = run(entity)
            outcome = await work.commit(entity, event, {}, result)
            if outcome is not None:
                return outcome


def counter_page(state: Mapping[str, Any]) -> Page:
    return Page(str(state["title"]), "", f"<main>{state['count']}</main>")


async def read_counter(request: Request) -> Response:
    snapshot = await request.services.read(COUNTER, request.session, request.actor)
    return answer_page(request, snapshot, counter_page)


async def increment(request: Request) -> Response:
    arguments = await INCREMENT_ARGUMENTS.read(request)

    def run(counter: Counter) -> None:
        counter.count += arguments["amount"]

    outcome = await change(
        request.services, COUNTER, request.session, "increment", run, actor=request.actor
    )
    return answer_event(request, COUNTER, outcome)


async def reset(request: Request) -> Response:
    def run(counter: Counter) -> str:
        counter.count = 0
        return "done"

    outcome = await change(request.services, COUNTER, request.session, "reset", run)
    return answer_event(request, COUNTER, outcome, result=outcome.result)


async def rename(request: Request) -> Response:
    arguments = await RENAME_ARGUMENTS.read(request)

    def run(counter: Counter) -> Fragment:
        counter.title = arguments["title"]
        return Fragment(f"<h1>{escape(counter.title)}</h1>", "h1", "outer")

    return answer_event(
        request, COUNTER, await change(request.services, COUNTER, request.session, "rename", run)
    )


async def touch(request: Request) -> Response:
    """An event whose change arrives by the live stream alone."""

    def run(counter: Counter) -> None:
        counter.count += 1

    return answer_event(
        request, COUNTER, await change(request.services, COUNTER, request.session, "touch", run)
    )


async def fail(request: Request) -> Response:
    arguments = await FAIL_ARGUMENTS.read(request)
    raise FAILURES[arguments["kind"]]()


async def peek(request: Request) -> Response:
    """An event by GET, which changes nothing."""
    arguments = await INCREMENT_ARGUMENTS.read(request)
    outcome = await change(
        request.services, COUNTER, request.session, "peek", lambda _: arguments["amount"]
    )
    return answer_event(request, COUNTER, outcome, result=outcome.result)


async def steps(request: Request) -> Response | StreamResponse:
    arguments = await STEPS_ARGUMENTS.read(request)
    outcomes = run_steps(request.services, request.session, **arguments)
    return await answer_stream(
        request, COUNTER, outcomes, selector="#log", mode="append", result=str
    )


CLOSED: list[str] = []
"""What the generator of `steps` leaves behind when it ends."""


async def run_steps(
    services: Services, session: str, *, count: int, fail_at: int
) -> AsyncIterator[Outcome[Any]]:
    try:
        async with services.unit_of_work() as work:
            counter = await work.load(COUNTER, session)
            for number in range(1, count + 1):
                if number == fail_at:
                    raise RuntimeError(CANARY)
                counter.count = number
                await asyncio.sleep(0.005)
                fragment = Fragment(f"<li>{number}</li>", "#log", "append")
                yield await work.checkpoint(counter, "steps", {}, fragment)
    finally:
        CLOSED.append(session)


async def read_board(request: Request) -> Response:
    snapshot = await request.services.read(BOARD, "", request.actor)
    return answer_page(request, snapshot, lambda state: f"<p>{len(state['notes'])}")


async def post_note(request: Request) -> Response:
    arguments = await POST_ARGUMENTS.read(request)
    authorize(request.actor, request.actor.is_authenticated)

    def run(board: Board) -> None:
        board.notes.append(arguments["note"])

    outcome = await change(request.services, BOARD, "", "post", run, actor=request.actor)
    return answer_event(request, BOARD, outcome)


async def read_room(request: Request) -> Response:
    id = request.path_parameters["id"]
    snapshot = await request.services.read(ROOM, id, request.actor)
    return answer_page(request, snapshot, lambda state: Page(state["topic"], "", "<main></main>"))


async def open_room(request: Request) -> Response:
    async with request.services.unit_of_work() as work:
        room = Room()
        work.add(ROOM, room)
        outcome = await work.commit(room, "open", {}, None)
        assert outcome is not None
    return answer_created(request, ROOM, outcome)


async def name_room(request: Request) -> Response:
    arguments = await RENAME_ARGUMENTS.read(request)

    def run(room: Room) -> None:
        room.topic = arguments["title"]

    id = request.path_parameters["id"]
    return answer_event(request, ROOM, await change(request.services, ROOM, id, "name", run))


def resources() -> list[Resource]:
    """The app's entities, with routes that belong to no other app."""
    counter = [
        Route("GET", "/counter", read_counter),
        Route(
            "POST",
            "/counter/increment",
            increment,
            event="increment",
            arguments=INCREMENT_ARGUMENTS,
        ),
        Route("POST", "/counter/reset", reset, event="reset"),
        Route("POST", "/counter/rename", rename, event="rename", arguments=RENAME_ARGUMENTS),
        Route("POST", "/counter/touch", touch, event="touch", respond="ack"),
        Route("POST", "/counter/fail", fail, event="fail", arguments=FAIL_ARGUMENTS),
        Route("GET", "/counter/peek", peek, event="peek", arguments=INCREMENT_ARGUMENTS),
        Route("POST", "/counter/steps", steps, event="steps", arguments=STEPS_ARGUMENTS),
        *(
            Route(method, "/counter/any", increment, event="any", arguments=INCREMENT_ARGUMENTS)
            for method in ("PUT", "PATCH", "DELETE")
        ),
    ]
    board = [
        Route("GET", "/board", read_board, json_only=True),
        Route("POST", "/board/post", post_note, event="post", arguments=POST_ARGUMENTS),
    ]
    room = [
        Route("GET", "/room/{id}", read_room),
        Route("POST", "/room/open", open_room, event="open"),
        Route("POST", "/room/{id}/name", name_room, event="name", arguments=RENAME_ARGUMENTS),
    ]
    return [
        Resource(COUNTER, routes=counter),
        Resource(BOARD, routes=board),
        Resource(ROOM, routes=room),
    ]


def identify(request: Request) -> Actor:
    """Believe a header; nobody should do that outside of tests."""
    name = request.headers.get(b"x-user")
    return Actor() if name is None else Actor(name.decode())


def make_app(
    settings: Settings | None = None, *, host: Any = None, **adapters: Unpack[Adapters]
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

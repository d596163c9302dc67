"""A hub over a store in memory, and browsers that listen to it without a server."""

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from starmodel import (
    Access,
    Actor,
    CommandRecord,
    Entity,
    EntityConfig,
    EntityPersistenceBackend,
    EventBus,
    Field,
    InProcessBus,
    MemoryRepo,
    Scope,
    StateStore,
)
from starmodel.application import EntityDefinition
from starmodel.domain import ANONYMOUS, Fragment
from starmodel.settings import Settings
from starmodel.web.app.app_state import AppState
from starmodel.web.http.response import Message
from starmodel.web.http.session import FoundSession, SessionIdentity
from starmodel.web.live.hub import LiveHub
from starmodel.web.live.stream import LiveStream
from starmodel.web.routing.request import Request
from starmodel.web.routing.resource import Resource


class Counter(Entity):
    model_config = EntityConfig(scope=Scope.SESSION)

    count: int = 0
    secret: str = Field("", private=True)


class Room(Entity):
    model_config = EntityConfig(scope=Scope.RECORD)

    topic: str = ""
    banned: list[str] = Field(default_factory=list[str], private=True)
    lines: list[str] = Field(default_factory=list[str])


class Chat(Entity):
    model_config = EntityConfig(scope=Scope.GLOBAL)

    lines: list[int] = Field(default_factory=list[int])

    def __html__(self) -> str:
        return f'<ol id="chat">{" ".join(map(str, self.lines))}</ol>'


class Board(Entity):
    model_config = EntityConfig(scope=Scope.GLOBAL)

    total: int = 0
    note: str = ""

    def __html__(self) -> str:
        return f'<p id="board">{self.total}</p>'


def may_enter(actor: Actor, room: Room) -> bool:
    return actor.id not in room.banned


COUNTER = EntityDefinition(
    Counter,
    name="counter",
    namespace="counter",
    store=StateStore.SERVER_MEMORY,
    scope=Scope.SESSION,
    state=lambda counter: {"count": counter.count},
    ttl=1000.0,
)
ROOM = EntityDefinition(
    Room,
    name="room",
    namespace="room",
    store=StateStore.SERVER_MEMORY,
    scope=Scope.RECORD,
    state=lambda room: {"topic": room.topic, "lines": list(room.lines)},
    access=may_enter,
)
BOARD = EntityDefinition(
    Board,
    name="board",
    namespace="board",
    store=StateStore.SERVER_MEMORY,
    scope=Scope.GLOBAL,
    state=lambda board: {"total": board.total, "note": board.note},
    access=Access.PUBLIC,
    has_html=True,
)
CHAT = EntityDefinition(
    Chat,
    name="chat",
    namespace="chat",
    store=StateStore.SERVER_MEMORY,
    scope=Scope.GLOBAL,
    state=lambda chat: {"count": len(chat.lines)},
    access=Access.PUBLIC,
    has_html=True,
)
MEMBERS = EntityDefinition(
    Board,
    name="members",
    namespace="members",
    store=StateStore.SERVER_MEMORY,
    scope=Scope.GLOBAL,
    state=lambda board: {"total": board.total},
    access=Access.AUTHENTICATED,
)


class Note(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, scope=Scope.RECORD)

    text: str = ""


NOTE = EntityDefinition(
    Note,
    name="note",
    namespace="note",
    store=StateStore.SERVER_SQL,
    scope=Scope.RECORD,
    state=lambda note: {"id": note.id, "text": note.text},
    access=Access.PUBLIC,
)
STAFF_NOTE = EntityDefinition(
    Note,
    name="staff_note",
    namespace="staff_note",
    store=StateStore.SERVER_SQL,
    scope=Scope.RECORD,
    state=lambda note: {"id": note.id, "text": note.text},
    access=Access.AUTHENTICATED,
)


class Letter(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, scope=Scope.RECORD)

    text: str = ""
    readers: list[str] = Field(default_factory=list[str], private=True)


def may_open(actor: Actor, letter: Letter) -> bool:
    if "breaks" in letter.readers:
        raise RuntimeError("the policy of a canary")
    return actor.id in letter.readers


LETTER = EntityDefinition(
    Letter,
    name="letter",
    namespace="letter",
    store=StateStore.SERVER_SQL,
    scope=Scope.RECORD,
    state=lambda letter: {"id": letter.id, "text": letter.text},
    access=may_open,
)


def list_of_lines(state: Mapping[str, Any]) -> str:
    if state["topic"] == "explode":
        raise RuntimeError("no rendering")
    return '<ul id="lines">' + "".join(f"<li>{line}</li>" for line in state["lines"]) + "</ul>"


class Browser:
    """Reads one stream, keeps what a page would show, and may stop reading."""

    def __init__(self, world: "World", watch: Iterable[str], headers: Mapping[str, str]) -> None:
        self.world = world
        self.bodies: list[bytes] = []
        self.events: list[dict[str, list[str]]] = []
        self.signals: dict[str, Any] = {}
        self.chat: list[str] = []
        self.is_ended = False
        self.reads = asyncio.Event()
        self.reads.set()
        self.cookie = headers.get("cookie", "nobody")
        self._watch = "&".join(f"watch={name}" for name in watch)
        self._headers = [(name.encode(), text.encode()) for name, text in headers.items()]
        self._inbox: asyncio.Queue[Message] = asyncio.Queue()
        self._inbox.put_nowait({"type": "http.request", "body": b"", "more_body": False})
        self.task: asyncio.Task[None] | None = None

    async def connect(self, actor: Actor = ANONYMOUS) -> "Browser":
        """Open the stream; errors are raised as they would reach the dispatcher."""
        stream = await self.ask(actor)
        self.task = asyncio.create_task(stream.write(self._inbox.get, self._send, stream.headers))
        return self

    async def ask(self, actor: Actor = ANONYMOUS) -> LiveStream:
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/live",
            "query_string": self._watch.encode(),
            "headers": [(b"datastar-request", b"true"), *self._headers],
        }
        request = Request(scope, self._inbox.get, self.world.parts, self.world.hub.route)
        request.actor = actor
        return await self.world.hub.respond(request)

    async def settle(self) -> None:
        """Let everything that can happen without time passing happen."""
        for _ in range(20):
            await asyncio.sleep(0)

    async def leave(self) -> None:
        self._inbox.put_nowait({"type": "http.disconnect"})
        self.reads.set()
        if self.task is not None:
            await self.task

    @property
    def text(self) -> bytes:
        return b"".join(self.bodies)

    def elements(self) -> list[str]:
        return ["\n".join(event["elements"]) for event in self.events if "elements" in event]

    async def _send(self, message: Message) -> None:
        await self.reads.wait()
        if message["type"] == "http.response.start":
            return
        body = message["body"]
        self.is_ended = not message.get("more_body", False)
        if body:
            self.bodies.append(body)
            for block in body.decode().split("\n\n")[:-1]:
                self._take(block)

    def _take(self, block: str) -> None:
        event: dict[str, list[str]] = {}
        for line in block.split("\n"):
            name, _, value = line.partition(": ")
            if name == "data":
                name, _, value = value.partition(" ")
            event.setdefault(name, []).append(value)
        self.events.append(event)
        for html in event.get("elements", []):
            if html.startswith('<ol id="chat">'):
                self.chat = html.removeprefix('<ol id="chat">').removesuffix("</ol>").split()
            elif event.get("selector") == ["#chat"]:
                self.chat.append(html)
        if "signals" in event:
            merge(self.signals, json.loads("\n".join(event["signals"])))
            self.world.check(self)


class CookieAsItIs(SessionIdentity):
    """The session is whatever the cookie says; signing is not the subject here."""

    def find(self, cookies: bytes, *, secure: bool) -> FoundSession:
        return FoundSession(cookies.decode() or "nobody", False)

    def create(self) -> str:
        return "nobody"

    def cookie(self, session: str, *, secure: bool) -> bytes:
        return session.encode()


class World:
    """Everything around one hub."""

    def __init__(
        self,
        *,
        settings: Settings | None = None,
        store: EntityPersistenceBackend | None = None,
        bus: EventBus | None = None,
        tables: Mapping[str, Any] | None = None,
    ) -> None:
        self.settings = settings or Settings()
        self.store = MemoryRepo() if store is None else store
        self.bus = bus or InProcessBus()
        resources = [
            Resource(COUNTER, routes=[]),
            Resource(ROOM, routes=[]),
            Resource(BOARD, routes=[]),
            Resource(CHAT, routes=[]),
            Resource(MEMBERS, routes=[]),
            *(
                Resource(one, routes=[], table=(tables or {}).get(one.name))
                for one in (NOTE, STAFF_NOTE, LETTER)
            ),
        ]
        self.parts = AppState(
            resources,
            self.settings,
            {
                "stores": {
                    StateStore.SERVER_MEMORY: self.store,
                    StateStore.SERVER_SQL: MemoryRepo(),
                },
                "bus": self.bus,
                "session": CookieAsItIs(),
            },
        )
        self.services = self.parts.services
        self.hub = LiveHub(
            resources,
            self.services,
            self.settings,
            self.parts.formatter,
            self.parts.changes,
            lambda resource: {"lines": list_of_lines} if resource.definition is ROOM else {},
        )
        self.checks: list[Callable[[Browser], None]] = []

    async def __aenter__(self) -> "World":
        await self.hub.open()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.hub.close()

    def check(self, browser: Browser) -> None:
        for check in self.checks:
            check(browser)

    async def browse(
        self,
        *watch: str,
        session: str = "nobody",
        actor: Actor = ANONYMOUS,
        last_event_id: str | None = None,
    ) -> Browser:
        headers = {"cookie": session}
        if last_event_id is not None:
            headers["last-event-id"] = last_event_id
        browser = Browser(self, watch, headers)
        await browser.connect(actor)
        await browser.settle()
        return browser

    async def change(
        self,
        definition: EntityDefinition[Any],
        holder: str = "",
        fragment: Fragment | None = None,
        **values: object,
    ) -> None:
        """Run an event that sets some fields."""
        async with self.services.unit_of_work() as work:
            for _ in work.attempts():
                entity = await work.load(definition, holder)
                for name, value in values.items():
                    setattr(entity, name, value)
                if await work.commit(entity, "change", {}, None, broadcast=fragment):
                    return

    async def say(self, number: int, *, with_fragment: bool) -> None:
        """Run an event that appends to the chat, and says so with a fragment or without."""
        fragment = Fragment(str(number), "#chat", "append") if with_fragment else None
        async with self.services.unit_of_work() as work:
            for _ in work.attempts():
                chat = await work.load(CHAT)
                await asyncio.sleep(0)
                chat.lines.append(number)
                if await work.commit(chat, "say", {}, None, broadcast=fragment):
                    return

    async def make_room(self, **values: object) -> str:
        async with self.services.unit_of_work() as work:
            room = Room.model_validate(values)
            work.add(ROOM, room)
            await work.commit(room, "open", {}, None)
            return room.id


class SlowStore(MemoryRepo):
    """Gives what is stored at the time of the question, but only when the gate is open."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.gate.set()
        self.loads = 0

    async def load(self, key: Any) -> Any:
        stored = await super().load(key)
        self.loads += 1
        await self.gate.wait()
        return stored


class UnreliableBus(EventBus):
    """Keeps records until they are let go, in any order, or never."""

    def __init__(self) -> None:
        self.handler: Callable[[CommandRecord], Any] | None = None
        self.lost: Callable[[str], None] | None = None
        self.kept: list[CommandRecord] = []
        self.is_working = True

    async def publish(self, record: CommandRecord) -> None:
        if self.is_working:
            self.tell(record)
        else:
            self.kept.append(record)

    def tell(self, record: CommandRecord) -> None:
        if self.handler is not None:
            self.handler(record)

    def subscribe(
        self,
        handler: Callable[[CommandRecord], Any],
        *,
        everywhere: bool = False,
        lost: Callable[[str], None] | None = None,
    ) -> Callable[[], None]:
        self.handler, self.lost = handler, lost
        return lambda: None


def merge(into: dict[str, Any], patch: Mapping[str, Any]) -> None:
    """RFC 7386, as the browser does it."""
    for name, value in patch.items():
        if isinstance(value, dict):
            merge(into.setdefault(name, {}), cast("dict[str, Any]", value))
        elif value is None:
            into.pop(name, None)
        else:
            into[name] = value

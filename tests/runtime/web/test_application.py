"""The app as a whole: how it begins and ends, and how it gets on with its host."""

import asyncio
import gc
import logging
import re
from collections.abc import Callable
from typing import Any

import pytest
from web_world import BOARD, COUNTER, HTML, JSON, ROOM, SECRET, Client, make_app, resources

from starmodel import CommandRecord, InProcessBus, MemoryRepo, StateStore, UnitOfWork
from starmodel.application import EntityPersistenceBackend, Services
from starmodel.domain import Actor
from starmodel.errors import ConfigurationError, NotFound, Unauthenticated
from starmodel.settings import Settings
from starmodel.web import Request, WebApplication

TYPE = {"content-type": "application/json"}


class Server:
    """What a server does of the lifespan protocol."""

    def __init__(self, app: Any) -> None:
        self.incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.outgoing: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
        self.task = asyncio.ensure_future(app(scope, self.incoming.get, self.outgoing.put))

    async def tell(self, what: str) -> dict[str, Any]:
        await self.incoming.put({"type": f"lifespan.{what}"})
        return await asyncio.wait_for(self.outgoing.get(), 5)


class WatchedStore(MemoryRepo):
    def __init__(self, log: list[str]) -> None:
        super().__init__()
        self.log = log

    async def open(self) -> None:
        self.log.append("store opens")

    async def close(self) -> None:
        self.log.append("store closes")


def host_with_lifespan(log: list[str], *, fail: bool = False) -> Any:
    async def host(scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "lifespan"
        await receive()
        log.append("host begins")
        if fail:
            await send({"type": "lifespan.startup.failed", "message": "no database"})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        log.append("host ends")
        await send({"type": "lifespan.shutdown.complete"})

    return host


async def host_without_lifespan(scope: Any, receive: Any, send: Any) -> None:
    raise KeyError(scope["type"])


async def test_what_is_loaded_when_the_first_app_opens_is_no_garbage_collectors_work() -> None:
    async def opened() -> int:
        server = Server(make_app())
        await server.tell("startup")
        count = gc.get_freeze_count()
        await server.tell("shutdown")
        return count

    first = await opened()
    assert first > 0
    # What the first one leaves behind can still be collected when a second one has opened.
    assert await opened() <= first


async def test_the_app_opens_before_its_host_and_closes_after_it() -> None:
    tasks = asyncio.all_tasks()
    log: list[str] = []
    stores: dict[StateStore | str, EntityPersistenceBackend] = {
        StateStore.SERVER_MEMORY: WatchedStore(log)
    }
    server = Server(make_app(stores=stores, host=host_with_lifespan(log)))
    assert await server.tell("startup") == {"type": "lifespan.startup.complete"}
    assert await server.tell("shutdown") == {"type": "lifespan.shutdown.complete"}
    await asyncio.wait_for(server.task, 5)
    assert log == ["store opens", "host begins", "host ends", "store closes"]
    assert asyncio.all_tasks() == tasks


@pytest.mark.parametrize("host", [None, host_without_lifespan])
async def test_a_host_may_take_no_part_in_that(host: Any) -> None:
    server = Server(make_app(host=host))
    assert await server.tell("startup") == {"type": "lifespan.startup.complete"}
    assert await server.tell("shutdown") == {"type": "lifespan.shutdown.complete"}
    await asyncio.wait_for(server.task, 5)


async def test_a_host_that_cannot_begin_stops_the_app() -> None:
    log: list[str] = []
    stores: dict[StateStore | str, EntityPersistenceBackend] = {
        StateStore.SERVER_MEMORY: WatchedStore(log)
    }
    server = Server(make_app(stores=stores, host=host_with_lifespan(log, fail=True)))
    answer = await server.tell("startup")
    assert answer == {"type": "lifespan.startup.failed", "message": "no database"}
    await asyncio.wait_for(server.task, 5)
    assert log == ["store opens", "host begins", "store closes"]


async def test_without_a_secret_key_the_app_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STARMODEL_SECRET_KEY", raising=False)

    answer = await Server(make_app(Settings())).tell("startup")
    assert answer["type"] == "lifespan.startup.failed"
    assert "STARMODEL_SECRET_KEY" in answer["message"]
    assert "secrets.token_urlsafe" in answer["message"]
    monkeypatch.setenv("STARMODEL_SECRET_KEY", SECRET)
    answer = await Server(make_app(Settings())).tell("startup")
    assert answer["type"] == "lifespan.startup.complete"


async def test_a_store_that_cannot_be_opened_is_said_and_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Broken(MemoryRepo):
        async def open(self) -> None:
            raise OSError("no such host")

    with caplog.at_level(logging.ERROR):
        server = Server(make_app(stores={StateStore.SERVER_MEMORY: Broken()}))
        answer = await server.tell("startup")
        assert answer == {"type": "lifespan.startup.failed", "message": "no such host"}
    assert "The app could not start" in caplog.text


class FailingBus(InProcessBus):
    """A bus of somebody's own that does nothing right."""

    async def open(self) -> None:
        raise OSError("no such host")

    async def close(self) -> None:
        raise RuntimeError("it was never open")

    async def publish(self, record: CommandRecord) -> None:
        raise RuntimeError("canary")


async def test_what_cannot_be_closed_again_is_no_app_without_a_beginning() -> None:
    """A server takes an exception for an app that has no lifespan, and serves it."""
    log: list[str] = []
    stores: dict[StateStore | str, EntityPersistenceBackend] = {
        StateStore.SERVER_MEMORY: WatchedStore(log)
    }
    server = Server(make_app(stores=stores, bus=FailingBus()))
    answer = await server.tell("startup")
    assert answer == {"type": "lifespan.startup.failed", "message": "no such host"}
    await asyncio.wait_for(server.task, 5)
    assert log == ["store opens", "store closes"]


async def test_what_is_committed_is_done_whatever_the_bus_does(
    caplog: pytest.LogCaptureFixture,
) -> None:
    client = Client(make_app(bus=FailingBus()))
    for number in (1, 2):
        answer = await client.send("POST", "/counter/increment", b'{"amount": 1}', JSON, TYPE)
        assert answer.status == 200, answer.text
        assert (answer.json["state"]["count"], answer.json["version"]) == (number, number)
    assert caplog.text.count("The bus failed on counter.increment, which is committed") == 2


class SharedStore(MemoryRepo):
    """As a store of somebody's own that several processes share, and that says of no bus."""

    is_shared = True


class SharedBus(InProcessBus):
    is_shared = True


@pytest.mark.parametrize(
    ("workers", "bus", "is_warned"),
    [(1, InProcessBus(), False), (2, InProcessBus(), True), (2, SharedBus(), False)],
)
async def test_several_processes_need_a_bus(
    workers: int,
    bus: InProcessBus,
    is_warned: bool,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("starmodel.web.app.app_state.worker_count", lambda: workers)
    server = Server(make_app(stores={StateStore.SERVER_MEMORY: SharedStore()}, bus=bus))
    assert await server.tell("startup") == {"type": "lifespan.startup.complete"}
    assert ("2 processes serve this app, and the bus is" in caplog.text) == is_warned
    await server.tell("shutdown")


def test_a_bus_is_a_bus() -> None:
    bus: Any = object()
    with pytest.raises(ConfigurationError, match="The bus is a object, which does not inherit"):
        make_app(bus=bus)


def host_page(work: Callable[[Any], Any]) -> Any:
    async def host(scope: Any, receive: Any, send: Any) -> None:
        body = str(await work(scope)).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x-host", b"1")]})
        await send({"type": "http.response.body", "body": body})

    return host


class HostRequest:
    """As a framework has it."""

    def __init__(self, scope: Any) -> None:
        self.scope = scope


async def test_a_page_of_ones_own_reads_what_belongs_to_its_reader() -> None:
    async def page(scope: Any) -> str:
        one = await app.read(HostRequest(scope), COUNTER)
        two = await app.read(dict(scope), COUNTER)
        assert one.id == two.id
        return f"{one.entity.count} {one.state['title']}"

    app = make_app(host=host_page(page))
    client = Client(app)
    first = await client.send("GET", "/mine", b"", HTML)
    assert first.text == "0 Counter"
    assert first.header("x-host") == "1"
    cookie = client.cookies["starmodel"]
    await client.post("/counter/increment", {"amount": 3})
    again = await client.send("GET", "/mine", b"", HTML)
    assert (again.text, again.header("set-cookie")) == ("3 Counter", None)
    assert client.cookies["starmodel"] == cookie


async def test_a_page_of_ones_own_that_reads_nothing_begins_no_session() -> None:
    async def page(scope: Any) -> str:
        return "plain"

    client = Client(make_app(host=host_page(page)))
    answer = await client.send("GET", "/mine", b"", HTML)
    assert (answer.text, answer.header("set-cookie")) == ("plain", None)


async def test_a_page_of_ones_own_may_read_what_its_reader_may() -> None:
    async def page(scope: Any) -> str:
        seen: list[str] = []
        definitions: list[tuple[Any, str]] = [(BOARD, ""), (ROOM, "nobody")]
        for definition, id in definitions:
            try:
                await app.read(scope, definition, id)
                seen.append("read")
            except (Unauthenticated, NotFound) as error:
                seen.append(type(error).__name__)
        return " ".join(seen)

    app = make_app(host=host_page(page))
    client = Client(app)
    assert (await client.send("GET", "/mine")).text == "Unauthenticated NotFound"
    answer = await client.send("GET", "/mine", b"", {"x-user": "ann"})
    assert answer.text == "read NotFound"
    with pytest.raises(ConfigurationError):
        await app.read({"type": "http", "headers": []}, COUNTER)


async def test_a_path_that_is_shared_with_the_host() -> None:
    """`page=False`: the JSON is ours, the page is his."""

    async def page(scope: Any) -> str:
        return f"his {scope['method']}"

    client = Client(make_app(host=host_page(page)))
    user = {"x-user": "ann"}
    assert (await client.send("GET", "/board", b"", HTML)).text == "his GET"
    assert (await client.send("HEAD", "/board", b"", HTML)).text == "his HEAD"
    assert (await client.send("POST", "/board", b"", HTML)).text == "his POST"
    assert (await client.send("GET", "/board", b"", JSON, user)).json["state"] == {"notes": []}
    # What is ours alone stays ours.
    assert (await client.send("POST", "/counter", b"", HTML)).status == 405
    alone = Client(make_app())
    assert (await alone.send("GET", "/board", b"", HTML)).status == 404


async def test_websockets_are_the_hosts() -> None:
    seen: list[str] = []

    async def host(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["path"])

    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope: dict[str, Any] = {"type": "websocket", "path": "/counter", "headers": []}
    await make_app(host=host)(scope, receive, send)
    assert (seen, sent) == (["/counter"], [])
    await make_app()(scope, receive, send)
    assert sent == [{"type": "websocket.close", "code": 1000}]


async def test_every_part_can_be_replaced() -> None:
    records: list[CommandRecord] = []
    bus = InProcessBus()
    bus.subscribe(records.append)
    store = MemoryRepo()
    works: list[Services] = []

    def unit_of_work(services: Services, actor: Actor) -> UnitOfWork:
        works.append(services)
        return UnitOfWork(services, actor)

    async def identify(request: Request) -> Actor:
        await asyncio.sleep(0)
        return Actor(request.headers.get(b"x-user", b"nobody").decode())

    app = make_app(
        bus=bus,
        stores={"counter": store},
        unit_of_work=unit_of_work,
        clock=lambda: 1_800_000_000.0,
        identify=identify,
    )
    client = Client(app)
    await client.post("/counter/increment", {"amount": 2}, **{"x-user": "ann"})
    assert [record.actor.id for record in records] == ["ann"]
    assert [record.time for record in records] == [1_800_000_000.0]
    assert len(store) == 1
    assert works == [app.services]


async def test_an_identify_that_refuses_or_fails() -> None:
    def identify(request: Request) -> Actor:
        if b"x-fail" in request.headers:
            raise RuntimeError("the directory says no")
        raise Unauthenticated("Your token is over.")

    client = Client(make_app(identify=identify))
    answer = await client.send("GET", "/counter", b"", JSON)
    assert (answer.status, answer.json["detail"]) == (401, "Your token is over.")
    answer = await client.send("GET", "/counter", b"", JSON, {"x-fail": "1"})
    assert answer.status == 500
    assert "directory" not in answer.text


async def test_two_apps_of_the_same_routes_share_nothing() -> None:
    shared = resources()
    settings = Settings(secret_key=SECRET)
    ack = Settings(secret_key=SECRET, respond="ack")
    one, two = WebApplication(shared, settings), WebApplication(shared, ack)
    client = Client(one)
    assert (await client.post("/counter/increment", {"amount": 3})).status == 200
    client.app = two
    assert (await client.ask("/counter"))["state"]["count"] == 0
    assert (await client.post("/counter/increment", {"amount": 3})).status == 204


async def test_assets_are_served_for_ever() -> None:
    client = Client(make_app())
    page = (await client.send("GET", "/counter", b"", HTML)).text
    paths = {*re.findall(r'"(/_starmodel/[^"]+)"', page)}
    assert len(paths) == 3, "a stylesheet, an icon and the script of components"
    for path in paths:
        answer = await client.send("GET", path)
        assert answer.status == 200
        assert "immutable" in str(answer.header("cache-control"))
        assert answer.header("set-cookie") is None
        assert (await client.send("GET", f"{path}x")).status == 404


def test_settings_that_make_no_sense_are_an_error_at_once() -> None:
    for origin in ("shop.example", "ftp://shop.example", "https://größe.example", "*"):
        with pytest.raises(ConfigurationError, match="is no origin"):
            make_app(Settings(secret_key=SECRET, trusted_origins=(origin,)))


async def test_expired_entities_are_swept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("starmodel.web.app.lifespan.SWEEP_INTERVAL", 0.01)

    class Swept(MemoryRepo):
        times = 0

        async def delete_expired(self) -> int:
            self.times += 1
            if self.times == 1:
                raise OSError("for a moment")
            return 0

    store = Swept()
    server = Server(make_app(stores={StateStore.SERVER_MEMORY: store}))
    await server.tell("startup")
    await asyncio.sleep(0.1)
    await server.tell("shutdown")
    assert store.times > 1

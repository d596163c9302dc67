"""The probes for orchestrators and load balancers."""

import asyncio
import logging
from typing import Any

import pytest
from found_app import Recorded, found_app
from redis_server import OwnRedisServer
from sql_tables import Tag
from starlette.applications import Starlette
from starlette.routing import Mount
from web_world import JSON, SECRET, Answer, Client, make_app

from starmodel import InProcessBus, MemoryRepo, Scope, StateStore
from starmodel.application import EntityDefinition, Key
from starmodel.domain import Actor
from starmodel.errors import Unavailable
from starmodel.settings import Settings
from starmodel.stores.sql.statements.statements import TableStatements
from starmodel.stores.sql.tables import column
from starmodel.stores.sql.tables.column import Column
from starmodel.stores.sql.tables.table import EntityTable
from starmodel.web import Request
from starmodel.web.monitoring import health

LIVE, READY = "/_starmodel/live", "/_starmodel/ready"
OK = {"app": "ok", "server_memory": "ok", "bus": "ok"}


class Bus(InProcessBus):
    is_up = True

    @property
    def is_connected(self) -> bool:
        return self.is_up


class Shelf(MemoryRepo):
    """A store that may be away, or slow."""

    mood = "well"
    asked = 0

    async def version(self, key: Key) -> int:
        self.asked += 1
        if self.mood == "away":
            raise Unavailable(1) from OSError("postgresql://ann:hunter2@db is away")
        if self.mood == "slow":
            await asyncio.sleep(60)
        return 0


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers of stores do not count for long."""
    monkeypatch.setattr(health, "_KEPT", 0.0)
    monkeypatch.setattr(health, "_TIMEOUT", 0.05)


async def get(app: Any, path: str, method: str = "GET") -> Answer:
    client = Client(app)
    answer = await client.send(method, path, b"", JSON)
    assert client.cookies == {}
    assert answer.header("cache-control") == "no-store"
    return answer


async def test_an_app_that_is_well_is_live_and_ready() -> None:
    app = make_app()
    async with app.lifespan():
        live, ready = await get(app, LIVE), await get(app, READY)
        assert (live.status, live.json) == (200, {"status": "live"})
        assert (ready.status, ready.json) == (200, {"status": "ready", "checks": OK})
        assert (await get(app, READY, "HEAD")).body == b""


async def test_nobody_is_asked_who_he_is() -> None:
    def identify(request: Request) -> Actor:
        raise AssertionError("asked")

    app = make_app(identify=identify)
    async with app.lifespan():
        assert (await get(app, LIVE)).status == (await get(app, READY)).status == 200


@pytest.mark.parametrize(("mood", "state"), [("away", "failing"), ("slow", "no answer")])
async def test_a_store_that_does_not_answer(
    mood: str, state: str, caplog: pytest.LogCaptureFixture
) -> None:
    store = Shelf()
    app = make_app(stores={StateStore.SERVER_MEMORY: store})
    async with app.lifespan():
        store.mood = mood
        ready = await get(app, READY)
        assert ready.status == 503
        assert ready.json == {"status": "not ready", "checks": {**OK, "server_memory": state}}
        assert b"hunter2" not in ready.body
        assert (await get(app, LIVE)).status == 200
        store.mood = "well"
        with caplog.at_level(logging.INFO, "starmodel.health"):
            assert (await get(app, READY)).status == 200
    assert f"Not ready: server_memory: {state}" in caplog.messages
    assert "Ready again" in caplog.messages


async def test_a_bus_that_is_away() -> None:
    bus = Bus()
    app = make_app(bus=bus)
    async with app.lifespan():
        bus.is_up = False
        ready = await get(app, READY)
        assert (ready.status, ready.json["checks"]) == (503, {**OK, "bus": "not connected"})


async def test_a_process_that_is_about_to_end() -> None:
    app = make_app()
    async with app.lifespan():
        app.hub.drain()
        ready = await get(app, READY)
        assert (ready.status, ready.json["checks"]) == (503, {"app": "draining"})
        assert (await get(app, LIVE)).status == 200


async def test_stores_are_asked_once_in_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_KEPT", 60.0)
    store = Shelf()
    app = make_app(stores={StateStore.SERVER_MEMORY: store})
    async with app.lifespan():
        await asyncio.gather(*[get(app, READY) for _ in range(20)])
        assert 0 < store.asked <= 2


async def test_below_a_path_an_app_begins_with_the_first_question() -> None:
    app = make_app()
    outside = Starlette(routes=[Mount("/shop", app)])
    assert (await get(outside, f"/shop{LIVE}")).status == 200
    assert (await get(outside, f"/shop{READY}")).json["checks"] == OK


async def test_below_a_path_an_app_that_cannot_begin_lives_and_is_not_ready(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("STARMODEL_SECRET_KEY", raising=False)
    app = make_app(Settings())
    outside = Starlette(routes=[Mount("/shop", app)])
    assert (await get(outside, f"/shop{LIVE}")).status == 200
    ready = await get(outside, f"/shop{READY}")
    assert (ready.status, ready.json["checks"]) == (503, {"app": "not started"})


async def test_they_can_be_turned_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STARMODEL_HEALTH", "false")
    app = make_app()
    async with app.lifespan():
        client = Client(app)
        for path in (LIVE, READY):
            assert (await client.send("GET", path, b"", JSON)).status == 404


async def test_a_bus_that_is_killed_and_comes_back(own_redis_server: OwnRedisServer) -> None:
    settings = Settings(secret_key=SECRET, bus_url=own_redis_server.url, memory="per process")
    app = make_app(settings)
    async with app.lifespan():
        assert (await get(app, READY)).json["checks"] == OK
        own_redis_server.kill()
        async with asyncio.timeout(10):
            while (ready := await get(app, READY)).status == 200:
                await asyncio.sleep(0.02)
        assert ready.json["checks"] == {**OK, "bus": "not connected"}
        own_redis_server.start()
        async with asyncio.timeout(10):
            while (await get(app, READY)).status == 503:
                await asyncio.sleep(0.02)


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
async def test_a_database_that_is_away(
    dialect: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setenv("STARMODEL_SECRET_KEY", SECRET)
    url = "sqlite://" if dialect == "sqlite" else request.getfixturevalue("postgres_url")
    store = Recorded(url)
    app = found_app(store)
    async with app.lifespan():
        assert (await get(app, READY)).json["checks"] == {
            "app": "ok",
            "server_sql": "ok",
            "bus": "ok",
        }
        await store.driver.close()
        ready = await get(app, READY)
        assert (ready.status, ready.json["checks"]["server_sql"]) == (503, "failing")


@pytest.mark.parametrize("id", [column.text("id"), column.identity("id"), column.uuid("id")])
def test_a_database_is_asked_whatever_the_ids_of_its_entities_are(id: Column) -> None:
    definition = EntityDefinition(
        Tag,
        name="tag",
        namespace="tag",
        store=StateStore.SERVER_SQL,
        scope=Scope.RECORD,
        state=vars,
    )
    statements = TableStatements(EntityTable(definition, [id]), "sqlite")
    assert any(statements.find_key(one) is not None for one in health.ASKED_FOR)

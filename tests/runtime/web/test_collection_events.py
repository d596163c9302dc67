"""Events that are about no record in particular, over HTTP: one for many, all or nothing."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from generated_world import generate_world
from sql_tables import Store

from starmodel import Actor, CommandRecord, InProcessBus, StateStore
from starmodel.testing import Client
from starmodel.web import Request, Resource, WebApplication

CASE = Path(__file__).parents[2] / "cases/collections/entities.py"
generated = generate_world("collected_entities", CASE)
RESOURCES: list[Resource] = [
    generated("task.routes").task_resource,
    generated("note.routes").note_resource,
]
EDITOR = {"x-roles": "editor"}
JSON = {"accept": "application/json"}


def identify(request: Request) -> Actor:
    """The roles of a header are the sender's."""
    roles = request.headers.get(b"x-roles", b"").decode()
    return Actor("ann", frozenset(roles.split())) if roles else Actor()


def make_app(url: str, bus: InProcessBus | None = None) -> WebApplication:
    store = Store(url, [RESOURCES[0].table])
    return WebApplication(
        RESOURCES,
        stores={StateStore.SERVER_SQL: store},
        bus=bus or InProcessBus(),
        identify=identify,
    )


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a database is."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgres_url")
    return f"sqlite:///{tmp_path / 'app.db'}"


@pytest.fixture
def told() -> list[CommandRecord]:
    """What the bus of the app is told."""
    return []


@pytest.fixture
def client(url: str, told: list[CommandRecord]) -> Iterator[Client]:
    """A client of an app with three tasks."""
    bus = InProcessBus()
    bus.subscribe(told.append)
    with Client(make_app(url, bus)) as client:
        for title in ("a", "b", "c"):
            assert client.post("/task/append", {"title": title}).status == 201
        told.clear()
        yield client


def tasks(client: Client) -> dict[str, str]:
    """Return the ids of all tasks by their titles, in order."""
    return {item["title"]: item["id"] for item in client.get("/task").json["items"]}


def test_many_are_changed_by_one_event(client: Client, told: list[CommandRecord]) -> None:
    ids = tasks(client)
    given = {"ids": [ids["c"], ids["a"], ids["b"]]}
    answer = client.post("/task/reorder", given, headers=EDITOR)
    assert answer.status == 200
    assert answer.json == {"state": {}, "version": 0, "result": None}
    assert [*tasks(client)] == ["c", "a", "b"]
    [event, *others] = told
    assert (event.entity, event.id, event.event, event.version) == ("task", "", "reorder", 0)
    assert event.arguments == given and event.actor.id == "ann"
    assert {(each.id, each.event, each.changed) for each in others} == {
        (id, "task.reorder", ("place",)) for id in ids.values()
    }
    answer = client.post("/task/finish_all", headers=EDITOR)
    assert answer.json["result"] == 3
    assert all(item["is_done"] for item in client.get("/task").json["items"])
    assert client.get("/task/longest?limit=100").json["result"] == 80


def test_all_or_nothing_is_done(client: Client, told: list[CommandRecord]) -> None:
    ids = tasks(client)
    answer = client.post("/task/reorder", {"ids": [ids["b"], "nobody"]}, headers=EDITOR)
    assert answer.status == 422 and answer.json["detail"] == "There is no such task."
    assert [*tasks(client)] == ["a", "b", "c"] and not told


def test_it_says_itself_who_may(client: Client) -> None:
    given = {"ids": [*tasks(client).values()]}
    assert client.post("/task/reorder", given).status == 401
    assert client.post("/task/reorder", given, headers={"x-roles": "reader"}).status == 403
    assert client.post("/task/finish_all").status == 401
    assert client.post("/task/finish_all", headers={"x-roles": "reader"}).status == 200
    assert client.post("/task/reorder", {"ids": []}, headers=EDITOR).status == 422
    assert client.post("/task/reorder", {}, headers=EDITOR).status == 422


def test_what_comes_twice_is_done_once(client: Client) -> None:
    headers = {**EDITOR, "idempotency-key": "a-click"}
    ids = tasks(client)
    given = {"ids": [ids["c"], ids["b"], ids["a"]]}
    assert client.post("/task/reorder", given, headers=headers).status == 200
    back = {"ids": [*ids.values()]}
    assert client.post("/task/reorder", back, headers=EDITOR).status == 200
    answer = client.post("/task/reorder", given, headers=headers)
    assert answer.status == 200 and answer.json == {"state": {}, "version": 0, "result": None}
    assert [*tasks(client)] == ["a", "b", "c"]


def test_a_form_leads_back_to_the_list_and_a_script_hears_that_it_is_done(client: Client) -> None:
    answer = client.request("POST", "/task/finish_all", form={}, headers=EDITOR)
    assert answer.status == 303 and answer.headers["location"] == "/task"
    headers = {**EDITOR, "datastar-request": "true", "accept": "text/event-stream"}
    body = {"ids": [*tasks(client).values()]}
    answer = client.request("POST", "/task/reorder", json_body=body, headers=headers)
    assert answer.status == 200
    assert '"errors":{"task":{"reorder":{"ids":""' in answer.text
    assert '"_message":"Reorder: done."' in answer.text


def test_the_list_has_its_forms(client: Client) -> None:
    page = client.page("/task")
    for event in ("reorder", "finish_all"):
        assert f'action="/task/{event}"' in page
    assert 'id="task-reorder"' in page and "errors.task.reorder.ids" in page
    assert "Put tasks in an order." in page
    record = client.page(f"/task/{tasks(client)['a']}")
    assert "/task/reorder" not in record and "/task/new" in page


def test_a_plain_form_that_does_not_fit_is_shown_again_on_the_list(client: Client) -> None:
    form = {"ids": "nobody\r\nnor she"}
    headers = {**EDITOR, "accept": "text/html"}
    answer = client.request("POST", "/task/reorder", form=form, headers=headers)
    assert answer.status == 422
    assert "There is no such task." in answer.text and "nor she</textarea>" in answer.text
    assert 'id="task-finish_all"' in answer.text and ">a</a>" in answer.text
    answer = client.request("POST", "/task/reorder", form={"ids": ""}, headers=headers)
    assert answer.status == 422 and 'aria-invalid="true"' in answer.text
    assert client.request("POST", "/task/reorder", form=form).status == 401


def test_records_in_memory_have_such_events_as_well(client: Client) -> None:
    answer = client.post("/note/write_several", {"texts": ["x", "y"]})
    ids = answer.json["result"]
    assert [client.get(f"/note/{id}").json["state"]["text"] for id in ids] == ["x", "y"]
    form = client.request("POST", "/note/write_several", form={"texts": "z"})
    assert form.status == 303 and form.headers["location"] == "/"


@pytest.fixture
async def apps(url: str) -> AsyncIterator[list[httpx.AsyncClient]]:
    """Programs of two apps over one database."""
    made = [make_app(url), make_app(url)]
    for each in made:
        await each.services.open()
    clients = [
        httpx.AsyncClient(
            transport=httpx.ASGITransport(each), base_url="http://testserver", headers=JSON
        )
        for each in made
    ]
    yield clients
    for client in clients:
        await client.aclose()
    for each in made:
        await each.services.close()


async def test_of_many_who_make_the_same_at_once_one_succeeds(
    apps: list[httpx.AsyncClient],
) -> None:
    for round in range(5):
        answers = await asyncio.gather(
            *[
                apps[place % 2].post("/task/append", json={"title": f"round {round}"})
                for place in range(6)
            ]
        )
        assert sorted(each.status_code for each in answers) == [201, *[422] * 5]
    listed = (await apps[0].get("/task")).json()["items"]
    assert [(each["title"], each["place"]) for each in listed] == [
        (f"round {round}", round) for round in range(5)
    ]


async def test_the_typed_client_has_them(url: str) -> None:
    app = make_app(url)
    module: Any = generated("client")
    async with app.services:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, headers=EDITOR) as http:
            client = module.AsyncClient("http://testserver", http=http)
            made = [await client.task.append(title=title) for title in ("a", "b")]
            answer = await client.task.reorder(ids=[each.state.id for each in reversed(made)])
            assert (answer.state, answer.version, answer.result) == (None, 0, None)
            assert (await client.task.finish_all()).result == 2
            page = await client.task.find()
            assert [each.title for each in page.items] == ["b", "a"]

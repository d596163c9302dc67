"""A generated app whose `create`, `update` and `delete` call methods of the author's."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from crud_project import CrudProject

from starmodel.testing import Client, ClientResponse

JSON = {"accept": "application/json"}
ENTITIES = """
from hashlib import sha256

from starmodel import (
    Access,
    Actor,
    Entity,
    EntityConfig,
    Field,
    Refused,
    Request,
    Scope,
    StateStore,
    UnitOfWork,
    event,
)


class Settings(Entity):
    model_config = EntityConfig(
        store=StateStore.SERVER_SQL, scope=Scope.GLOBAL, access=Access.PUBLIC
    )

    limit: int = 3

    @event
    def allow(self, limit: int) -> None:
        self.limit = limit


class Entry(Entity):
    '''What was done.'''

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)

    said: str


class Named(Entity):
    '''What has a name.'''

    name: str = Field(max_length=40)
    slug: str = Field(default="", writable=False)

    def before_create(self) -> None:
        self.slug = self.name.lower().replace(" ", "-")


class Account(Named):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    password: str = Field(min_length=8, max_length=200, write_only=True)
    made_by: str = Field(default="", writable=False)
    changes: int = Field(default=0, writable=False)

    async def before_update(self, work: UnitOfWork, request: Request, actor: Actor) -> None:
        if self.name == "refused":
            raise Refused(f"Not by {actor.id}.")
        changed = work.changed_fields(self)
        if "password" in changed:
            self.password = digest(self.password)
        self.made_by = request.headers.get(b"x-from", b"").decode()
        self.changes += len(changed)

    def before_create(self, settings: Settings, actor: Actor) -> None:
        super().before_create()
        if len(self.name) > settings.limit:
            raise ValueError(f"A name has {settings.limit} letters at most.")
        if self.name == "int":
            int(self.name)
        if self.name == "key":
            raise ValueError(f"{self.password} is no password.")
        if self.name == "bad":
            self.slug = None  # type: ignore[assignment]
        self.password = digest(self.password)
        self.made_by = actor.id or ""

    def after_create(self, work: UnitOfWork) -> None:
        work.add(Entry(said=f"made {self.slug}"))
        if self.name == "odd":
            raise Refused("Take an even one.")

    async def after_update(self, work: UnitOfWork) -> None:
        work.add(Entry(said=f"changed {self.slug}"))

    def before_delete(self) -> None:
        if self.changes:
            raise Refused(f"{self.name} was changed.")

    def after_delete(self, work: UnitOfWork) -> None:
        work.add(Entry(said=f"deleted {self.slug}"))


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
"""


class World:
    def __init__(self, client: Client) -> None:
        self.client = client

    def make(self, name: str, password: str = "long enough", **headers: str) -> ClientResponse:
        fields = {"name": name, "password": password}
        return self.client.post("/account", fields, headers=headers)

    def patch(self, id: str, changes: dict[str, Any], **headers: str) -> ClientResponse:
        return self.client.request(
            "PATCH", f"/account/{id}", json_body=changes, headers={**JSON, **headers}
        )

    def delete(self, id: str) -> ClientResponse:
        return self.client.request("DELETE", f"/account/{id}", headers=JSON)

    def names(self) -> list[str]:
        return [each["name"] for each in self.client.get("/account?sort=name").json["items"]]

    def said(self) -> list[str]:
        return [each["said"] for each in self.client.get("/entry?sort=said").json["items"]]

    def password(self, id: str) -> str:
        """Return what is stored."""
        services: Any = self.client.app
        account = self.definition

        async def load() -> str:
            async with services.services.unit_of_work() as work:
                return (await work.load(account, id)).password

        return self.client.run(load())

    definition: Any = None


@pytest.fixture(params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest, projects: dict[str, CrudProject]) -> Iterator[World]:
    project = projects.get(request.param)
    if project is None:
        url = ""
        stack: ExitStack = request.getfixturevalue("stack")
        if request.param == "postgresql":
            url = stack.enter_context(request.getfixturevalue("postgres_server").database())
        folder = request.getfixturevalue("tmp_path_factory").mktemp("hooks")
        project = projects[request.param] = CrudProject(
            folder, f"hooks_{request.param}", url, ENTITIES
        )
        project.make()
        stack.enter_context(project.imported())
    with Client(project.load("generated.app").create_app()) as client:
        world = World(client)
        world.definition = project.load("generated.account.state").ACCOUNT
        yield world


@pytest.fixture(scope="module")
def projects() -> dict[str, CrudProject]:
    return {}


@pytest.fixture(scope="module")
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def test_a_creation_goes_through_its_hooks(world: World) -> None:
    before = world.said().count("made a-b")
    answer = world.make("A B", **{"x-actor": "ann"})
    assert answer.status == 201, answer.text
    state = answer.json["state"]
    assert (state["slug"], state["made_by"]) == ("a-b", "ann")
    assert len(world.password(state["id"])) == 64
    assert world.said().count("made a-b") == before + 1


def test_an_update_goes_through_its_hooks(world: World) -> None:
    state = world.make("upd").json["state"]
    first = world.password(state["id"])
    changed = world.patch(state["id"], {"name": "new"}, **{"x-from": "here"}).json["state"]
    assert (changed["name"], changed["made_by"], changed["changes"]) == ("new", "here", 1)
    assert world.password(state["id"]) == first
    world.patch(state["id"], {"password": "another one", "name": "yes"})
    second = world.password(state["id"])
    assert (len(second), second == first) == (64, False)
    assert world.client.get(f"/account/{state['id']}").json["state"]["changes"] == 3
    assert "changed upd" in world.said()
    refused = world.patch(state["id"], {"name": "refused"}, **{"x-actor": "ann"})
    assert (refused.status, refused.json["detail"]) == (422, "Not by ann.")
    assert "yes" in world.names()


@pytest.mark.parametrize(
    ("name", "status", "said"),
    [
        ("long", 422, "A name has 3 letters at most."),
        ("odd", 422, "Take an even one."),
        ("key", 422, "This is not valid."),
        ("int", 500, None),
        ("bad", 422, None),
    ],
)
def test_what_a_hook_refuses_is_not_stored(
    world: World, name: str, status: int, said: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    entries, names = world.said(), world.names()
    answer = world.make(name, password="secret-canary")
    assert answer.status == status
    if said is not None:
        assert answer.json["detail"] == said
    assert "canary" not in answer.text
    assert "invalid literal" not in answer.text
    assert (world.said(), world.names()) == (entries, names)
    page = world.client.submit("/account", {"name": name, "password": "secret-canary"})
    assert "canary" not in page.text
    if said is not None:
        assert said in page.text


def test_a_deletion_goes_through_its_hooks(world: World) -> None:
    kept, gone = (world.make(name).json["state"]["id"] for name in ("kep", "del"))
    world.patch(kept, {"name": "KEP"})
    refused = world.delete(kept)
    assert (refused.status, refused.json["detail"]) == (422, "KEP was changed.")
    assert world.delete(gone).status == 204
    assert "deleted del" in world.said()
    assert "KEP" in world.names()
    other = world.make("bat").json["state"]["id"]
    batch = world.client.request(
        "POST",
        "/account/batch",
        headers={**JSON, "content-type": "application/x-www-form-urlencoded"},
        body=f"event=delete&id={other}&id={kept}&confirmed=true".encode(),
    )
    assert batch.json == {"done": [other], "refused": [{"id": kept, "reason": "KEP was changed."}]}


def test_forms_go_through_them_as_well(world: World) -> None:
    id = world.make("frm").json["state"]["id"]
    sent = world.client.request(
        "POST",
        f"/account/{id}/edit",
        form={"name": "two", "password": "", "version": ""},
        headers={"accept": "text/html", "x-from": "page"},
    )
    assert sent.status == 303, sent.text
    assert world.client.get(f"/account/{id}").json["state"]["made_by"] == "page"


def test_another_entity_is_as_it_is_now(world: World) -> None:
    assert world.make("four").status == 422
    world.client.post("/settings/allow", {"limit": 4})
    assert world.make("four").status == 201
    world.client.post("/settings/allow", {"limit": 3})

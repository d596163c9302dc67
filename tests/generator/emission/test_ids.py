"""Records with ids of every kind: each has an address that leads to it, or is not made."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from crud_project import CrudProject

from starmodel.testing import Client

JSON = {"accept": "application/json"}
ENTITIES = '''
from __future__ import annotations

from uuid import UUID, uuid4

from starmodel import Access, Entity, EntityConfig, Field, Ref, Scope, StateStore, event

SURROGATE = "a" + chr(0xD800)


class Shelf(Entity):
    """Is called as its maker likes."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    id: str
    row: int = 0

    @event
    @classmethod
    def broken(cls) -> "Shelf":
        """Make one whose id is no text that could be sent."""
        return cls.model_construct(id=SURROGATE, row=1)


class Crate(Entity):
    """Has a UUID, and may stand in another one."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    id: UUID = Field(default_factory=uuid4)
    inside: Ref["Crate"] | None = None

    @event
    def enter(self, crate: Crate) -> None:
        self.inside = Ref(crate)


class Room(Entity):
    """Is in memory, and called by its event."""

    model_config = EntityConfig(scope=Scope.RECORD, access=Access.PUBLIC)

    name: str = ""

    @event
    @classmethod
    def open(cls, key: str) -> "Room":
        """Open a room."""
        return cls(id=key)

    @event
    @classmethod
    def broken(cls) -> "Room":
        """Make one whose id is no text that could be sent."""
        return cls.model_construct(id=SURROGATE, name="")

    @event
    def rename(self, name: str) -> None:
        self.name = name


class Tight(Entity):
    """Says of its texts what its id is not."""

    model_config = EntityConfig(
        scope=Scope.RECORD,
        access=Access.PUBLIC,
        str_max_length=10,
        str_min_length=1,
        str_to_upper=True,
        str_strip_whitespace=True,
        strict=True,
    )

    name: str = "x"

    @event
    @classmethod
    def open(cls, name: str) -> "Tight":
        return cls(name=name)

    @event
    def rename(self, name: str) -> None:
        self.name = name


class Tighter(Entity):
    """The same in SQL."""

    model_config = EntityConfig(
        store=StateStore.SERVER_SQL,
        access=Access.PUBLIC,
        crud=True,
        str_max_length=10,
        str_min_length=1,
        str_to_lower=True,
    )

    name: str = "x"


class Alone(Entity):
    """One for each session."""

    model_config = EntityConfig(str_max_length=10)

    name: str = "x"

    @event
    def rename(self, name: str) -> None:
        self.name = name
'''
IDS = [
    *("a", "A", "0", "-1", "a b", " a", "a ", " ", "a/b", "/", "//", "a//b", "/a", "a/", "../a"),
    *("..", ".", "...", ".hidden", "a.b", "new", "options", "New", "edit", "new/edit", "a/edit"),
    *("%", "%2F", "%2e%2e", "%00", "a%", "100%", "%zz", "+", "a+b", "?", "a?b=c", "#", "a#b", "&"),
    *("=", ";", ":", "a:b", "@", "!", "*", "'", '"', "<b>", "\\", "..\\a", "a\\b", "{id}", "{}"),
    *("~", "|", "^", "`", "$", ",", "[]", "(a)", "null", "true", "open", "broken", "live"),
    *("\n", "a\nb", "\r\n", "\t", "\x01", "\x1f", "\x7f", "\x85", "\u2028", "\u202e", "\ufeff"),
    *("é", "e\u0301", "日本", "\U0001f600", "\U0001f468\u200d\U0001f469", "\uffff", "\ufffd"),
    *("", "\x00", "a\x00b", "a" * 200, "a" * 201, "/" * 200, "\U0001f600" * 200, "é" * 201),
    *("a" * 5_000, "x" * 60_000),
]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def project(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CrudProject]:
    folder = tmp_path_factory.mktemp("ids")
    name = f"{request.param}ids"
    if request.param == "sqlite":
        project = CrudProject(folder, name, entities=ENTITIES)
        project.make()
        with project.imported():
            yield project
        return
    with request.getfixturevalue("postgres_server").database() as url:
        project = CrudProject(folder, name, url, entities=ENTITIES)
        project.make()
        with project.imported():
            yield project


@pytest.fixture
def client(project: CrudProject) -> Iterator[Client]:
    with Client(project.load("generated.app").create_app()) as client:
        yield client


@pytest.mark.parametrize(("path", "name"), [("/shelf", "id"), ("/room/open", "key")])
def test_an_id_leads_to_its_record_or_is_refused(client: Client, path: str, name: str) -> None:
    made = refused = 0
    for id in IDS:
        answer = client.post(path, {name: id})
        assert answer.status in (201, 422), (id, answer.text)
        if answer.status == 422:
            assert [error["name"] for error in answer.json["errors"]] == ["id"], id
            refused += 1
            continue
        made += 1
        location = answer.headers["location"]
        assert location.isascii()
        state = client.get(location)
        assert state.status == 200, (id, location)
        assert state.json["state"]["id"] == id
        assert client.get(location, headers={"accept": "text/html"}).status == 200, id
        if path == "/shelf":
            change: Any = {"row": 7}
            changed = client.request("PATCH", location, json_body=change, headers=JSON)
            assert changed.json["state"] == {"id": id, "row": 7}
            edit = client.get(f"{location}/edit", headers={"accept": "text/html"})
            assert edit.status == 200
            found = client.request("DELETE", location, headers=JSON)
            assert found.status == 204
            assert client.get(location).status == 404
        else:
            renamed = client.post(f"{location}/rename", {"name": "n"})
            assert renamed.json["state"] == {"id": id, "name": "n"}
    assert made > 75
    assert 9 <= refused <= 14


def test_what_cannot_be_sent_is_no_id(client: Client) -> None:
    for path in ("/shelf/broken", "/room/broken"):
        answer = client.post(path, {})
        assert answer.status == 422
        assert [error["name"] for error in answer.json["errors"]] == ["id"]
    body = b'{"id": "\\ud800"}'
    assert json.loads(body)["id"] == "\ud800"
    headers = {**JSON, "content-type": "application/json"}
    for path in ("/shelf", "/room/open"):
        sent = body.replace(b"id", b"key") if path == "/room/open" else body
        answer = client.request("POST", path, headers=headers, body=sent)
        assert answer.status in (400, 422)


def test_what_a_class_says_of_its_texts_is_not_said_of_its_id(client: Client) -> None:
    made = client.post("/tight/open", {"name": "abc"})
    assert made.status == 201, made.text
    location = made.headers["location"]
    state = client.get(location).json["state"]
    assert state["name"] == "ABC"
    assert len(state["id"]) == 35
    assert state["id"].islower()
    assert client.post(f"{location}/rename", {"name": "b"}).status == 200
    assert client.post(f"{location}/rename", {"name": "b" * 11}).status == 422
    made = client.post("/tighter", {"name": "ABC"})
    assert made.status == 201, made.text
    assert client.get(made.headers["location"]).json["state"]["name"] == "abc"
    assert client.post("/tighter", {"name": "b" * 11}).status == 422
    assert client.post("/alone/rename", {"name": "b"}).status == 200


async def test_a_client_is_given_the_ids_that_it_has_got(project: CrudProject) -> None:
    app = project.load("generated.app").create_app()
    await app.services.open()
    http = httpx.AsyncClient(transport=httpx.ASGITransport(app))
    crates = project.load("generated.client").AsyncClient("http://ids.test", http=http).crate
    outer = (await crates.create()).state.id
    assert isinstance(outer, UUID)
    inner = (await crates.create(inside=outer)).state.id
    assert (await crates.read(inner)).state.inside == str(outer)
    assert (await crates.enter(outer, crate=inner)).state.inside == str(inner)
    assert (await crates.update(str(outer), inside=None)).state.inside is None
    assert [each.id for each in (await crates.find(inside=outer)).items] == [inner]
    await crates.delete(inner)
    await http.aclose()
    await app.services.close()

"""A generated app whose value objects have parts that callers do not write, and hold bytes."""

from collections.abc import Iterator
from typing import Any

import pytest
from crud_project import CrudProject

from starmodel.domain import CommandRecord
from starmodel.testing import Client, ClientResponse

JSON = {"accept": "application/json"}
ENTITIES = '''
from datetime import timedelta
from enum import Enum
from itertools import count
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict

from starmodel import Access, Entity, EntityConfig, Field, StateStore, event

numbers = count(1)


class Level(Enum):
    LOW = 1
    HIGH = 2


class Address(BaseModel):
    street: str
    raw: bytes = b""
    key_safe: str = Field(default="", private=True)
    checked: bool = Field(default=False, writable=False)


class Key(BaseModel):
    id: int = Field(default_factory=lambda: next(numbers), writable=False)
    label: str
    pin: str = Field(default="none", private=True)


class Cat(BaseModel):
    kind: Literal["cat"] = "cat"
    name: str
    chip: str = Field(default="no chip", private=True)


class Dog(BaseModel):
    kind: Literal["dog"] = "dog"
    name: str
    chip: str = Field(default="no tag", private=True)


class Strict(BaseModel):
    model_config = ConfigDict(strict=True)

    number: int = 0
    wait: timedelta = timedelta(0)


class House(Entity):
    """Where somebody lives."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    address: Address = Address(street="none")
    maybe: Address | None = None
    others: list[Address] = []
    named: dict[str, Address] = {}
    pair: tuple[Address, Address] | None = None
    nested: list[list[Address]] = []
    keys: list[Key] = []
    pet: Annotated[Cat | Dog, Field(discriminator="kind")] = Cat(name="Tom")
    blobs: list[bytes] = []
    levels: dict[Level, bytes] = {}
    by_bytes: dict[bytes, int] = {}
    waits: dict[timedelta, int] = {}
    strict: Strict = Strict()

    @event
    def lock(self, secret: str) -> None:
        """Give every part that callers do not write a value of its own."""
        numbers = iter(range(1, 100))
        for each in self.addresses():
            each.key_safe = f"{secret}-{each.street}-{next(numbers)}"
            each.checked = True
        for key in self.keys:
            key.pin = f"{secret}-{key.label}"
        self.pet.chip = secret

    @event
    def secrets(self) -> list[str]:
        """Tell what is private, for the tests."""
        found = [each.key_safe for each in self.addresses()]
        return [*found, *[key.pin for key in self.keys], self.pet.chip]

    @event
    def move(self, to: Address, also: list[Address] | None = None) -> None:
        """Move to another address."""
        self.address = to
        self.others = also or []

    def addresses(self) -> list[Address]:
        found = [self.address, *([] if self.maybe is None else [self.maybe]), *self.others]
        found += [*self.named.values(), *(self.pair or ())]
        return found + [each for row in self.nested for each in row]
'''


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CrudProject]:
    project = CrudProject(tmp_path_factory.mktemp("houses"), "houses", entities=ENTITIES)
    project.make()
    with project.imported():
        yield project


@pytest.fixture
def client(project: CrudProject) -> Iterator[Client]:
    with Client(project.load("generated.app").create_app()) as client:
        yield client


def patch(client: Client, path: str, **changes: Any) -> ClientResponse:
    return client.request("PATCH", path, json_body=changes, headers=JSON)


def secrets(client: Client, path: str) -> list[str]:
    return client.post(f"{path}/secrets", {}).json["result"]


def make(client: Client, **fields: Any) -> str:
    answer = client.post("/house", fields)
    assert answer.status == 201, answer.text
    return answer.headers["location"]


def hacked(street: str) -> dict[str, Any]:
    return {"street": street, "key_safe": "hacked", "checked": True}


EVERYWHERE: dict[str, Any] = {
    "address": hacked("a"),
    "maybe": hacked("b"),
    "others": [hacked("c"), hacked("d")],
    "named": {"x": hacked("e")},
    "pair": [hacked("f"), hacked("g")],
    "nested": [[hacked("h")], [hacked("i"), hacked("j")]],
    "keys": [{"id": 999_999, "label": "front", "pin": "hacked"}],
    "pet": {"kind": "dog", "name": "Rex", "chip": "hacked"},
}
DEFAULTS = [*[""] * 10, "none", "no tag"]


def locked(client: Client) -> tuple[str, list[str]]:
    path = make(client, **EVERYWHERE)
    client.post(f"{path}/lock", {"secret": "s"})
    return path, secrets(client, path)


def test_a_caller_writes_no_part_that_is_not_his_by_creating(client: Client) -> None:
    path = make(client, **EVERYWHERE)
    assert secrets(client, path) == DEFAULTS
    state = client.get(path).json["state"]
    assert state["address"] == {"street": "a", "raw": "", "checked": False}
    assert state["nested"][1][1]["checked"] is False
    assert state["keys"][0]["id"] < 999_999
    assert "key_safe" not in client.get(path).text


def test_nor_by_an_update_and_what_is_there_stays(client: Client) -> None:
    path, before = locked(client)
    assert len(set(before)) == len(before)
    for _ in range(2):
        answer = patch(client, path, **EVERYWHERE)
        assert answer.status == 200
        assert secrets(client, path) == before
        assert answer.json["state"]["nested"][1][1]["checked"] is True
    # Other streets at the same places.
    answer = patch(
        client,
        path,
        address={"street": "a2"},
        maybe={"street": "b2"},
        others=[{"street": "c2"}, {"street": "d2"}],
        named={"x": {"street": "e2"}},
        pair=[{"street": "f2"}, {"street": "g2"}],
        nested=[[{"street": "h2"}], [{"street": "i"}, {"street": "j2"}]],
        keys=[{"label": "back"}],
        pet={"kind": "dog", "name": "Max"},
    )
    assert answer.json["state"]["nested"][1][1]["street"] == "j2"
    assert secrets(client, path) == before


def test_nor_by_a_form(client: Client) -> None:
    path, before = locked(client)
    fields = {"address.street": "by form", "address.key_safe": "hacked"}
    answer = client.request("PATCH", path, form=fields, headers=JSON)
    assert answer.status == 200, answer.text
    assert answer.json["state"]["address"]["street"] == "by form"
    assert answer.json["state"]["address"]["checked"] is True
    assert secrets(client, path) == before
    page = client.page(f"{path}/edit")
    assert "key_safe" not in page
    assert "address.checked" not in page
    assert client.request("PATCH", path, form={"others": '[{"street": "c"}, {"street": "x"}]'})
    assert secrets(client, path) == before


def test_nor_by_the_arguments_of_an_event(client: Client) -> None:
    path, _ = locked(client)
    sent = {"to": hacked("z"), "also": [hacked("y")]}
    assert client.post(f"{path}/move", sent).status == 200
    assert secrets(client, path)[0] == ""
    state = client.get(path).json["state"]
    assert state["address"] == {"street": "z", "raw": "", "checked": False}
    query = "to=" + '{"street":"q","key_safe":"hacked"}'.replace('"', "%22")
    assert client.request("POST", f"{path}/move?{query}", headers=JSON).status == 200
    assert secrets(client, path)[0] == ""


def test_what_is_private_follows_its_element_through_a_list(client: Client) -> None:
    path = make(client, others=[{"street": "a"}, {"street": "b"}, {"street": "c"}])
    client.post(f"{path}/lock", {"secret": "s"})
    none, a, b, c, *_ = secrets(client, path)

    def after(*streets: str) -> list[str]:
        patch(client, path, others=[{"street": street} for street in streets])
        return secrets(client, path)[1:-1]

    assert after("c", "a", "b") == [c, a, b]
    assert after("a", "b") == [a, b]
    assert after("b", "a") == [b, a]
    # One is gone and one is new: nothing goes from one to the other.
    assert after("a", "new") == [a, ""]
    assert after("new", "a", "more") == ["", a, ""]
    assert after("else") == [""]
    assert secrets(client, path)[0] == none
    assert after() == []
    assert c not in secrets(client, path)


def test_what_has_moved_is_not_taken_for_what_was_edited(client: Client) -> None:
    path = make(client, others=[{"street": "a"}, {"street": "b"}])
    client.post(f"{path}/lock", {"secret": "s"})
    a = secrets(client, path)[1]
    patch(client, path, others=[{"street": "c"}, {"street": "a"}])
    assert secrets(client, path)[1:-1] == ["", a]


def test_an_id_says_which_element_is_meant(client: Client) -> None:
    path = make(client, keys=[{"label": "a"}, {"label": "b"}, {"label": "c"}])
    client.post(f"{path}/lock", {"secret": "s"})
    a, b, c = client.get(path).json["state"]["keys"]
    sent = [{**c, "label": "c2"}, {**a, "label": "b"}, {"label": "new"}, {"id": 0, "label": "d"}]
    state = patch(client, path, keys=sent).json["state"]["keys"]
    assert [key["label"] for key in state] == ["c2", "b", "new", "d"]
    assert [key["id"] for key in state[:2]] == [c["id"], a["id"]]
    assert len({key["id"] for key in state}) == 4
    assert 0 not in {key["id"] for key in state}
    assert b["id"] not in {key["id"] for key in state}
    assert secrets(client, path)[1:-1] == ["s-c", "s-a", "none", "none"]
    # An id that nothing has is no reason to lose what looks the same.
    patch(client, path, keys=[{"id": 0, "label": "c2"}, {"id": 0, "label": "b"}])
    assert secrets(client, path)[1:-1] == ["s-c", "s-a"]


def test_another_kind_of_thing_has_nothing_of_the_one_before(client: Client) -> None:
    path, _ = locked(client)
    patch(client, path, pet={"kind": "cat", "name": "Rex", "chip": "hacked"}, maybe=None)
    assert secrets(client, path)[-1] == "no chip"
    patch(client, path, maybe={"street": "b"})
    assert secrets(client, path)[1] == ""
    patch(client, path, named={"y": {"street": "e"}})
    assert "s-e-5" not in secrets(client, path)


def test_nobody_is_told_what_is_kept(project: CrudProject, client: Client) -> None:
    """What is taken over from the stored record is no argument, and no difference either."""
    records: list[CommandRecord] = []

    async def listen(record: CommandRecord) -> None:
        records.append(record)

    path, _ = locked(client)
    client.app.services.bus.subscribe(listen)  # pyright: ignore
    stale = patch(client, path, version=1, address={"street": "a"}, keys=[])
    assert stale.status == 409
    assert list(stale.json["differs"]) == ["keys"]
    assert patch(client, path, address={"street": "n"}).status == 200
    assert "s-a-1" not in repr(records[-1].arguments)
    assert records[-1].event == "update"


def test_bytes_are_base64_wherever_they_are(client: Client) -> None:
    raw = {"street": "a", "raw": "AP8="}
    sent: dict[str, Any] = {
        "address": raw,
        "others": [raw],
        "named": {"x": raw},
        "pair": [raw, raw],
        "blobs": ["AP8=", ""],
        "levels": {"1": "AP8=", "2": ""},
        "by_bytes": {"AP8=": 1, "+/8=": 2},
        "waits": {"90.0": 1, "0.000001": 2},
    }
    state = client.post("/house", sent).json["state"]
    path = f"/house/{state['id']}"
    for _ in range(2):
        assert state["address"]["raw"] == "AP8="
        assert state["pair"][1]["raw"] == "AP8="
        assert state["blobs"] == ["AP8=", ""]
        assert state["levels"] == {"1": "AP8=", "2": ""}
        assert state["by_bytes"] == {"AP8=": 1, "+/8=": 2}
        assert state["waits"] == {"90.0": 1, "1e-06": 2}
        # What was sent is taken back as the same.
        answer = patch(client, path, **{name: state[name] for name in sent})
        assert answer.json["version"] == 1, answer.text
        state = client.get(path).json["state"]
    form = client.request("PATCH", path, form={"address.street": "b", "address.raw": "_-8="})
    assert form.status in (200, 303)
    assert client.get(path).json["state"]["address"]["raw"] == "/+8="
    moved = client.post(f"{path}/move", {"to": {"street": "c", "raw": "AQ=="}})
    assert moved.json["state"]["address"]["raw"] == "AQ=="
    assert patch(client, path, address={"street": "a", "raw": "A"}).status == 422
    assert patch(client, path, by_bytes={"A": 1}).status == 422


def test_a_strict_class_takes_what_it_has_sent(client: Client) -> None:
    path = make(client, strict={"number": 3, "wait": 90.5})
    state = client.get(path).json["state"]["strict"]
    assert state == {"number": 3, "wait": 90.5}
    assert patch(client, path, strict=state).json["version"] == 1
    for number in ("3", 3.0, True):
        assert patch(client, path, strict={"number": number}).status == 422
    form = client.request("PATCH", path, form={"strict.number": "4"}, headers=JSON)
    assert form.json["state"]["strict"]["number"] == 4

"""Dataclasses and `TypedDict`s as value objects: a generated app in each database, over HTTP."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from crud_project import CrudProject
from linked_project import link_sources
from pydantic import TypeAdapter, ValidationError
from stored_project import settings_of, write_tables

from starmodel.application.copying import InvalidValues, deep_copy, deep_equal, validate
from starmodel.testing import Client

JSON = {"accept": "application/json"}
ENTITIES = '''
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

import pydantic.dataclasses
from pydantic import Field as PydanticField
from typing_extensions import TypedDict

from starmodel import Access, Entity, EntityConfig, Field, StateStore, event


@dataclass(frozen=True)
class Point:
    """A place."""

    x: int
    y: int = 0


@dataclass
class Line:
    """What is ordered."""

    sku: str
    price: Decimal = Decimal("1.50")
    tags: list[str] = field(default_factory=list)
    until: date | None = None
    data: bytes = b""
    points: dict[str, Point] = field(default_factory=dict)


@pydantic.dataclasses.dataclass
class Weight:
    kind: Literal["weight"] = "weight"
    grams: Annotated[int, PydanticField(ge=0)] = 0
    on: bool = False


@dataclass
class Count:
    kind: Literal["count"] = "count"
    pieces: int = 0


class Address(TypedDict):
    """Where somebody lives."""

    street: str
    number: int | None
    at: Point


class Order(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    name: str = ""
    place: Point = Field(default_factory=lambda: Point(1))
    line: Line | None = None
    lines: list[Line] = []
    places: set[Point] = set()
    amount: Annotated[Weight | Count, PydanticField(discriminator="kind")] = Field(
        default_factory=Count
    )
    address: Address | None = None
    addresses: list[Address] = []

    @event
    def add(self, line: Line, address: Address | None = None) -> Line:
        self.lines.append(line)
        self.address = address
        return line

    @event
    def spoil(self, price: str) -> None:
        self.lines[0].price = price  # pyright: ignore


class Cart(Entity):
    """Is kept in memory."""

    line: Line = Field(default_factory=lambda: Line("none"))

    @event
    def put(self, line: Line) -> None:
        self.line = line

    @event
    def rename(self, sku: str) -> None:
        self.line.sku = sku
'''


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def project(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CrudProject]:
    folder = tmp_path_factory.mktemp("plain")
    with ExitStack() as stack:
        url = ""
        if request.param == "postgresql":
            url = stack.enter_context(request.getfixturevalue("postgres_server").database())
        project = CrudProject(folder, f"{request.param}plain", url, ENTITIES)
        project.make()
        yield stack.enter_context(project.imported())


@pytest.fixture
def client(project: CrudProject) -> Iterator[Client]:
    with Client(project.load("generated.app").create_app()) as client:
        yield client


VALUES: list[dict[str, Any]] = [
    {"place": {"x": 3}},
    {"place": {"x": "3", "y": 4}},
    {"place": {"x": "three"}},
    {"place": {}},
    {"place": [1, 2]},
    {"line": {"sku": "a", "price": "2.25", "tags": ["t"], "until": "2026-01-01"}},
    {"line": {"sku": "a", "data": "YWI="}},
    {"line": {"sku": "a", "points": {"p": {"x": 1}}}},
    {"line": {"sku": "a", "price": "x"}},
    {"line": None},
    {"lines": [{"sku": "a"}, {"sku": "b"}]},
    {"lines": [{"sku": 1}]},
    {"places": [{"x": 1}, {"x": 1}, {"x": 2, "y": 3}]},
    {"amount": {"kind": "weight", "grams": 5, "on": True}},
    {"amount": {"kind": "weight", "grams": -5}},
    {"amount": {"kind": "count", "pieces": 5}},
    {"amount": {"kind": "other"}},
    {"address": {"street": "s", "number": 1, "at": {"x": 1}}},
    {"address": {"street": "s", "number": None, "at": {"x": 1}, "more": 1}},
    {"address": {"street": "s"}},
    {"addresses": [{"street": "s", "number": "2", "at": {"x": 1, "y": 2}}]},
]


@pytest.mark.parametrize("given", VALUES, ids=json.dumps)
def test_they_are_read_as_pydantic_reads_them(
    project: CrudProject, client: Client, given: dict[str, Any]
) -> None:
    cls = project.load("entities").Order
    made = client.post("/order", {}).json["state"]["id"]
    create = client.post("/order", given)
    update = client.request("PATCH", f"/order/{made}", json_body=given, headers=JSON)
    # Bytes are sent as base64.
    sent = json.dumps(given).replace("YWI=", "ab")
    try:
        wanted = cls.model_validate_json(sent).model_dump(mode="json")
    except ValidationError:
        assert (create.status, update.status) == (422, 422)
        return
    del wanted["id"]
    wanted["places"].sort(key=repr)
    if wanted["line"] and wanted["line"]["data"] == "ab":
        wanted["line"]["data"] = "YWI="
    for answer in (create, update):
        assert answer.status in (200, 201), answer.text
        state = dict(answer.json["state"])
        id = state.pop("id")
        assert state == wanted
        assert client.get(f"/order/{id}").json["state"] == {**wanted, "id": id}


def test_an_event_takes_and_changes_them(project: CrudProject, client: Client) -> None:
    id = client.post("/order", {}).json["state"]["id"]
    address = {"street": "s", "number": None, "at": {"x": 1, "y": 0}}
    answer = client.post(f"/order/{id}/add", {"line": {"sku": "a"}, "address": address})
    assert answer.status == 200, answer.text
    assert answer.json["result"]["sku"] == "a"
    assert answer.json["state"]["address"] == address
    answer = client.post(f"/order/{id}/spoil", {"price": "3.75"})
    assert answer.json["state"]["lines"][0]["price"] == "3.75"
    # What an event has made of one is validated before it is stored.
    assert client.post(f"/order/{id}/spoil", {"price": "dear"}).status == 422
    assert client.get(f"/order/{id}").json["state"]["lines"][0]["price"] == "3.75"


def test_state_in_memory_shares_nothing(client: Client) -> None:
    assert client.post("/cart/put", {"line": {"sku": "a"}}).json["state"]["line"]["sku"] == "a"
    assert client.post("/cart/rename", {"sku": "b"}).json["state"]["line"]["sku"] == "b"
    assert client.get("/cart").json["state"]["line"]["sku"] == "b"


def test_forms_have_their_parts(client: Client) -> None:
    id = client.post("/order", {}).json["state"]["id"]
    page = client.get(f"/order/{id}/edit", headers={"accept": "text/html"}).text
    assert 'name="place.x"' in page
    assert "A place" not in page
    sent = {"place.x": "7", "place.y": "8"}
    answer = client.request("PATCH", f"/order/{id}", form=sent, headers=JSON)
    assert answer.json["state"]["place"] == {"x": 7, "y": 8}
    assert client.get(f"/order/{id}", headers={"accept": "text/html"}).status == 200


def test_a_changed_dataclass_is_validated_copied_and_compared(project: CrudProject) -> None:
    entities = project.load("entities")
    cart = entities.Cart()
    values = deep_copy({"line": cart.line})
    assert values["line"] is not cart.line
    assert deep_equal(values["line"], cart.line)
    cart.line.price = 1
    assert not deep_equal(values["line"], cart.line)
    cart.line.tags = "x"
    with pytest.raises(InvalidValues):
        validate(entities.Cart, {"id": "x", "line": cart.line})
    assert TypeAdapter(entities.Line).validate_python({"sku": "a"}) == entities.Line("a")


HEAD = """
from dataclasses import KW_ONLY, dataclass, field
from typing import NamedTuple, NotRequired
import typing
from typing_extensions import TypedDict
from pydantic import Field
from starmodel import Entity
"""


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("class A(TypedDict, total=False):\n    x: int", "keys may be missing"),
        ("class A(TypedDict):\n    x: NotRequired[int]", "may be missing"),
        ("class A(typing.TypedDict):\n    x: int", "from `typing_extensions`"),
        ("class A(NamedTuple):\n    x: int", "make it a dataclass"),
        ("@dataclass(init=False)\nclass A:\n    x: int", "change how it is made"),
        ("@dataclass\nclass A:\n    def __init__(self): ...\n    x: int = 0", "an `__init__`"),
        ("@dataclass\nclass A:\n    _x: int = 0", "begins with `_`"),
        ("@dataclass\nclass A:\n    x: int = field(default=0, init=False)", "is not given"),
        ("@dataclass\nclass A:\n    x: list[int] = []", "can be changed"),
        ("@dataclass\nclass A:\n    x: int = 0\n    y: int", "which Python refuses"),
        ("class B:\n    y: int\n@dataclass\nclass A(B):\n    x: int = 0", "is no dataclass"),
        ("class A:\n    x: int = 0", "plain class"),
    ],
)
def test_what_is_not_understood_is_refused(source: str, said: str) -> None:
    linked = link_sources(f"{HEAD}\n{source}\n\nclass Thing(Entity):\n    a: A | None = None\n")
    assert linked.schema is None
    told = " ".join(f"{each.message} {each.help}" for each in linked.diagnostics)
    assert said in told


@pytest.mark.parametrize(
    "source",
    [
        "@dataclass(slots=True, kw_only=True)\nclass A:\n    x: int = 0\n    y: int",
        "@dataclass\nclass A:\n    x: int = 0\n    _: KW_ONLY\n    y: int",
        "@dataclass\nclass B:\n    x: int\n@dataclass\nclass A(B):\n    y: int = 0",
        "class B(TypedDict):\n    x: int\nclass A(B):\n    y: int",
    ],
)
def test_fields_of_plain_classes(source: str) -> None:
    linked = link_sources(f"{HEAD}\n{source}\n\nclass Thing(Entity):\n    a: A | None = None\n")
    assert linked.codes == []
    assert [each.name for each in linked.app.object("shop.entities.A").fields] == ["x", "y"]


def test_what_pydantic_would_do_inside_of_a_dataclass_is_told() -> None:
    source = f"""{HEAD}
from starmodel import Access, EntityConfig, StateStore
@dataclass
class A:
    x: str = ""
class Thing(Entity):
    model_config = EntityConfig(
        store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True, str_to_lower=True
    )
    a: list[A] = []
"""
    linked = link_sources(source)
    assert linked.codes == ["SM221"]
    assert "`str_to_lower` of the entity" in linked.diagnostics[0].message


def test_a_typed_dict_is_alone_in_a_union() -> None:
    source = f"""{HEAD}
from typing import Literal
class A(TypedDict):
    kind: Literal["a"]
class B(TypedDict):
    kind: Literal["b"]
class Thing(Entity):
    a: A | B | None = Field(default=None, discriminator="kind")
"""
    assert link_sources(source).codes == ["SM202"]


def test_the_table_of_a_typed_dict_imports_what_it_uses(tmp_path: Path) -> None:
    source = f"""{HEAD}
from starmodel import Access, EntityConfig, StateStore
class A(TypedDict):
    x: int
class Thing(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
    a: A | None = None
"""
    sources = {"dicts/entities.py": source}
    linked = link_sources(sources, entities="dicts/entities")
    write_tables(tmp_path, linked.app, settings_of("dicts.generated"), sources)
    text = (tmp_path / "dicts/generated/thing/table.py").read_text()
    assert "def a_to_json(" in text and "check_class" not in text

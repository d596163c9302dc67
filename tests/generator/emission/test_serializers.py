"""Serializers of an entity's fields: what pydantic writes is what is sent, and the value is stored."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from crud_project import CrudProject
from linked_project import link_sources

from starmodel.testing import Client

JSON = {"accept": "application/json"}
ENTITIES = '''
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, PlainSerializer, WrapSerializer, field_serializer

from starmodel import Access, Entity, EntityConfig, Field, StateStore, event


class Size(BaseModel):
    width: int = 0


def wrapped(value: Any, write: Any) -> Any:
    return {"is": write(value)}


class Card(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    number: str = Field(default="4111111111111111", min_length=4)
    day: date = date(2026, 1, 31)
    price: Annotated[Decimal, PlainSerializer(lambda price: f"{price} EUR", return_type=str)] = Field(
        default=Decimal("1.50"), max_digits=8, decimal_places=2
    )
    size: Annotated[Size, WrapSerializer(wrapped)] = Field(default_factory=Size)
    counts: list[Annotated[int, PlainSerializer(lambda count: count * 10)]] = []
    plain: int = 0

    @field_serializer("number")
    def mask(self, number: str) -> str:
        return "*" * (len(number) - 4) + number[-4:]

    @field_serializer("day", when_used="json")
    def write_day(self, day: date) -> str:
        return f"{day:%d.%m.%Y}"

    @event
    def pay(self, price: Decimal) -> None:
        self.price = price

    @event
    def reveal(self) -> str:
        return self.number


class Note(Entity):
    """Is kept in memory."""

    text: str = ""
    count: int = 0

    @field_serializer("text")
    def shout(self, text: str) -> str:
        return text.upper()

    @event
    def say(self, text: str) -> None:
        self.text = text
'''


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def project(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CrudProject]:
    folder = tmp_path_factory.mktemp("serialized")
    with ExitStack() as stack:
        url = ""
        if request.param == "postgresql":
            url = stack.enter_context(request.getfixturevalue("postgres_server").database())
        project = CrudProject(folder, f"{request.param}serialized", url, ENTITIES)
        project.make()
        yield stack.enter_context(project.imported())


@pytest.fixture
def client(project: CrudProject) -> Iterator[Client]:
    with Client(project.load("generated.app").create_app()) as client:
        yield client


def test_what_is_sent_is_what_pydantic_writes(project: CrudProject, client: Client) -> None:
    given: dict[str, Any] = {"number": "1234567890", "size": {"width": 2}, "counts": [1, 2]}
    state = client.post("/card", given).json["state"]
    cls = project.load("entities").Card
    wanted = cls.model_validate_json(json.dumps(given)).model_dump(mode="json")
    assert state == {**wanted, "id": state["id"]}
    assert state["number"] == "******7890"
    assert (state["day"], state["price"]) == ("31.01.2026", "1.50 EUR")
    assert (state["size"], state["counts"]) == ({"is": {"width": 2}}, [10, 20])
    assert client.get(f"/card/{state['id']}").json["state"] == state
    (listed,) = [item for item in client.get("/card").json["items"] if item["id"] == state["id"]]
    assert listed == state


def test_what_is_stored_is_the_value(client: Client) -> None:
    id = client.post("/card", {"number": "9876543210"}).json["state"]["id"]
    answer = client.post(f"/card/{id}/pay", {"price": "7.25"})
    assert answer.json["state"]["price"] == "7.25 EUR"
    assert client.post(f"/card/{id}/reveal", {}).json["result"] == "9876543210"
    for query in ("number=9876543210", "number__startswith=98", "price__gt=7", "sort=number"):
        assert client.get(f"/card?{query}").status == 422
    assert client.get("/card?plain=0").status == 200
    changed = client.request("PATCH", f"/card/{id}", json_body={"plain": 1}, headers=JSON)
    assert changed.json["state"]["price"] == "7.25 EUR"


def test_an_edit_leaves_what_nobody_has_touched(client: Client) -> None:
    id = client.post("/card", {"number": "5555444433332222"}).json["state"]["id"]
    page = client.get(f"/card/{id}/edit", headers={"accept": "text/html"}).text
    assert 'value="************2222"' in page
    assert "5555444433332222" not in page
    shown = client.get(f"/card/{id}", headers={"accept": "text/html"}).text
    assert "************2222" in shown and "31.01.2026" in shown
    assert "5555444433332222" not in shown
    answer = client.request("PATCH", f"/card/{id}", form={"day": "2026-02-01"}, headers=JSON)
    assert answer.json["state"]["day"] == "01.02.2026"
    assert client.post(f"/card/{id}/reveal", {}).json["result"] == "5555444433332222"


def test_state_in_memory(client: Client) -> None:
    assert client.post("/note/say", {"text": "tea"}).json["state"] == {"text": "TEA", "count": 0}
    assert client.get("/note").json["state"]["text"] == "TEA"


def test_a_client_has_what_is_sent(project: CrudProject) -> None:
    text = (project.folder / project.package / "generated/client/card.py").read_text()
    assert "    number: str\n    day: str\n    price: Any\n" in text


HEAD = """
from typing import Annotated
from pydantic import BaseModel, Field as PydanticField, PlainSerializer, field_serializer
from pydantic import model_serializer
from starmodel import Entity, Field, event
class Part(BaseModel):
    shown: int = 0
    hidden: int = Field(default=0, private=True)
"""


@pytest.mark.parametrize(
    "source",
    [
        "class A(BaseModel):\n    x: Annotated[int, PlainSerializer(str)] = 0\n"
        "class Thing(Entity):\n    a: A | None = None",
        "class A(BaseModel):\n    x: int = 0\n    @field_serializer('x')\n"
        "    def f(self, x: int) -> str: ...\nclass Thing(Entity):\n    a: A | None = None",
        "class Thing(Entity):\n    x: int = 0\n    @field_serializer('*')\n"
        "    def f(self, x: int) -> str: ...",
        "class Thing(Entity):\n    x: int = 0\n    @model_serializer\n    def f(self): ...",
        "class Thing(Entity):\n    x: Annotated[Part | None, PlainSerializer(str)] = None",
        "class Thing(Entity):\n    @event\n"
        "    def f(self, x: Annotated[int, PlainSerializer(str)]) -> None: ...",
    ],
)
def test_other_serializers_are_refused(source: str) -> None:
    assert link_sources(f"{HEAD}\n{source}\n").codes == ["SM220"]

"""Generic models as value objects: `Box[int]`, and classes made of them, over HTTP."""

import json
import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from crud_project import CrudProject
from linked_project import link_sources
from pydantic import ValidationError

from starmodel.testing import Client

JSON = {"accept": "application/json"}
ENTITIES = '''
from decimal import Decimal
from enum import Enum
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, Field as PydanticField

from starmodel import Access, Entity, EntityConfig, Field, StateStore, event

T = TypeVar("T")
K = TypeVar("K")


class Colour(Enum):
    RED = "red"


class Size(BaseModel):
    width: int = 0


class Box(BaseModel, Generic[T]):
    """Holds something."""

    value: T
    label: str = ""


class Pair(BaseModel, Generic[K, T]):
    first: K
    rest: list[T] = []
    boxed: Box[T] | None = None


class Amounts(Box[list[Annotated[Decimal, PydanticField(ge=0)]]]):
    """What is not said in brackets of a field."""

    unit: str = "EUR"


class Node(BaseModel, Generic[T]):
    value: T
    below: "list[Node[T]]" = []


class Shelf(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    number: Box[int] = Field(default_factory=lambda: Box[int](value=1))
    word: Box[str] | None = None
    sizes: list[Box[Size]] = []
    pair: Pair[Colour, int] | None = None
    maybe: Box[int | None] | None = None
    amounts: Amounts | None = None
    tree: Node[str] | None = None
    nested: Box[Box[int]] | None = None

    @event
    def fill(self, box: Box[int]) -> Box[int]:
        self.number = box
        return box
'''


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def project(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CrudProject]:
    folder = tmp_path_factory.mktemp("generic")
    with ExitStack() as stack:
        url = ""
        if request.param == "postgresql":
            url = stack.enter_context(request.getfixturevalue("postgres_server").database())
        project = CrudProject(folder, f"{request.param}generic", url, ENTITIES)
        project.make()
        yield stack.enter_context(project.imported())


@pytest.fixture
def client(project: CrudProject) -> Iterator[Client]:
    with Client(project.load("generated.app").create_app()) as client:
        yield client


VALUES: list[dict[str, Any]] = [
    {"number": {"value": 5, "label": "five"}},
    {"number": {"value": "five"}},
    {"word": {"value": "five"}},
    {"word": {"value": 5}},
    {"sizes": [{"value": {"width": 2}}, {"value": {}}]},
    {"sizes": [{"value": 2}]},
    {"pair": {"first": "red", "rest": [1, 2], "boxed": {"value": 3}}},
    {"pair": {"first": "blue"}},
    {"pair": {"first": "red", "boxed": {"value": "x"}}},
    {"maybe": {"value": None}},
    {"maybe": {"value": 4}},
    {"amounts": {"value": ["1.50", 2]}},
    {"amounts": {"value": ["-1.50"]}},
    {"tree": {"value": "a", "below": [{"value": "b", "below": [{"value": "c"}]}]}},
    {"tree": {"value": "a", "below": [{"value": 1}]}},
    {"nested": {"value": {"value": 3}}},
    {"nested": {"value": {"value": "x"}}},
]


@pytest.mark.parametrize("given", VALUES, ids=json.dumps)
def test_they_are_read_as_pydantic_reads_them(
    project: CrudProject, client: Client, given: dict[str, Any]
) -> None:
    cls = project.load("entities").Shelf
    made = client.post("/shelf", {}).json["state"]["id"]
    create = client.post("/shelf", given)
    update = client.request("PATCH", f"/shelf/{made}", json_body=given, headers=JSON)
    try:
        wanted = cls.model_validate_json(json.dumps(given)).model_dump(mode="json")
    except ValidationError:
        assert (create.status, update.status) == (422, 422)
        return
    for answer in (create, update):
        assert answer.status in (200, 201), answer.text
        state = answer.json["state"]
        assert state == {**wanted, "id": state["id"]}
        assert client.get(f"/shelf/{state['id']}").json["state"] == state


def test_an_event_takes_them(client: Client) -> None:
    id = client.post("/shelf", {}).json["state"]["id"]
    answer = client.post(f"/shelf/{id}/fill", {"box": {"value": 7}})
    assert answer.json["result"] == {"value": 7, "label": ""}
    assert client.post(f"/shelf/{id}/fill", {"box": {"value": "x"}}).status == 422
    page = client.get(f"/shelf/{id}/edit", headers={"accept": "text/html"}).text
    assert 'name="number.value"' in page


def test_generated_code_names_them(project: CrudProject) -> None:
    folder = project.folder / project.package / "generated"
    table = (folder / "shelf/table.py").read_text()
    assert re.search(r'column.embedded\(\s+"number",\s+Box\[int\],', table)
    assert "def box_size_from_json(kept: Any) -> Box[Size]:" in table
    client = (folder / "client/shelf.py").read_text()
    assert "class BoxInt(http.Value):" in client
    assert "class PairColourInt(http.Value):" in client


HEAD = """
from typing import Annotated, Generic, TypeVar
from pydantic import BaseModel, Field
from starmodel import Entity
T = TypeVar("T")
class Box(BaseModel, Generic[T]):
    value: T
"""


@pytest.mark.parametrize(
    ("written", "said"),
    {
        "Optional[int]": "int | None",
        "Union[None, int]": "int | None",
        "List[int]": "list[int]",
        "dict[str, Optional[bool]]": "dict[str, bool | None]",
        "Tuple[int, ...]": "tuple[int, ...]",
        "Identity": "int",
        "Maybe": "int | None",
        "'int'": "int",
        "Annotated[int, 5]": "int",
        "Box[Optional[int]]": "Box[int | None]",
    }.items(),
)
def test_a_spelling_of_which_pydantic_makes_another_class_is_refused(
    written: str, said: str
) -> None:
    linked = link_sources(f"""{HEAD}
from typing import List, NewType, Optional, Tuple, Union
Identity = NewType("Identity", int)
Maybe = Optional[int]
class Thing(Entity):
    a: Box[{written}] | None = None
""")
    assert linked.schema is None
    assert linked.diagnostics[0].help in (f"write `Box[{said}]`", f"write `{said}`")


@pytest.mark.parametrize(
    "written", ["None | int", "Maybe", "Words", "dt.date", "dict[str, bool]", "Box[int]"]
)
def test_a_spelling_of_which_pydantic_makes_the_same_class_is_not(written: str) -> None:
    linked = link_sources(f"""{HEAD}
import datetime as dt
Maybe = int | None
Words = list[str]
class Thing(Entity):
    a: Box[{written}] | None = None
""")
    assert linked.diagnostics == ()


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("class Thing(Entity):\n    a: Box | None = None", "does not say of what"),
        ("class Thing(Entity):\n    a: Box[int, str] | None = None", "does not say of what"),
        (
            "class Thing(Entity):\n    a: Box[list[Annotated[int, Field(ge=0)]]] | None = None",
            "class of its own",
        ),
        (
            "class Thing(Entity):\n    a: Box[Annotated[int, Field(ge=0)]] | None = None",
            "class of its own",
        ),
        ("class Thing(Entity):\n    a: Box[complex] | None = None", "no JSON value"),
        ("class Thing(Entity):\n    a: Box[int] | Box[str] | None = None", "in a union"),
        (
            "class BoxInt(BaseModel):\n    x: int\nclass Thing(Entity):\n    a: Box[int] | None = None",
            "rename that class",
        ),
    ],
)
def test_what_is_not_understood_is_refused(source: str, said: str) -> None:
    linked = link_sources(f"{HEAD}\n{source}\n")
    assert linked.schema is None
    told = " ".join(f"{each.message} {each.help}" for each in linked.diagnostics)
    assert said in told


@pytest.mark.skipif(sys.version_info < (3, 12), reason="the statement is new in 3.12")
def test_a_class_with_type_parameters() -> None:
    linked = link_sources("""
        from pydantic import BaseModel
        from starmodel import Entity
        class Box[T](BaseModel):
            value: T
        class Thing(Entity):
            a: Box[int] | None = None
    """)
    assert linked.codes == []
    (field,) = linked.app.object("shop.entities.BoxInt").fields
    assert field.type.model_dump() == {"kind": "scalar", "name": "int"}

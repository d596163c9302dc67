"""What pydantic is told and StarModel does, over HTTP: the same values as in the author's class."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from crud_project import CrudProject

from starmodel.testing import Client, ClientResponse

JSON = {"accept": "application/json"}
ENTITIES = '''
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    StringConstraints,
    field_validator,
    model_validator,
)

from pydantic.alias_generators import to_pascal

from starmodel import Access, Entity, EntityConfig, Field, StateStore, event


def without_dots(value: Any) -> Any:
    return value.replace(".", "") if isinstance(value, str) else value


def sorted_words(words: list[str]) -> list[str]:
    return sorted(words)


class Price(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_pascal, populate_by_name=True, extra="forbid"
    )

    cents: Annotated[int, BeforeValidator(without_dots)] = 0
    currency: Annotated[str, StringConstraints(to_upper=True, max_length=3)] = "EUR"
    label: str = ""

    @model_validator(mode="before")
    @classmethod
    def fill(cls, data: Any) -> Any:
        if isinstance(data, dict) and not data.get("label"):
            data = {**data, "label": "about " + str(data.get("cents", data.get("Cents", 0)))}
        return data


class Tin(BaseModel):
    kind: Literal["tin"] = "tin"
    grams: int = 0


class Bag(BaseModel):
    kind: Literal["bag"] = "bag"
    grams: int = 0


Sku = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, max_length=4)]


class Product(Entity):
    model_config = EntityConfig(
        store=StateStore.SERVER_SQL,
        access=Access.PUBLIC,
        crud=True,
        str_strip_whitespace=True,
        validate_default=True,
    )

    sku: Sku = Field(frozen=True)
    name: str = Field(default="  none  ", max_length=6)
    words: Annotated[list[str], AfterValidator(sorted_words)] = ["b", "a"]
    price: Price = Field(default_factory=Price)
    box: Annotated[Tin | Bag, Discriminator("kind")] = Field(default_factory=Tin)
    weight: int = Field(default=0, deprecated=False, repr=False, examples=[1])

    @field_validator("name")
    @classmethod
    def title(cls, name: str) -> str:
        return name.title()

    @model_validator(mode="after")
    def weigh(self) -> Self:
        if self.box.grams > 1000:
            raise ValueError("It is too heavy.")
        return self

    @event
    def rename(self, name: Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, max_length=3)]) -> str:
        """Give it another name."""
        self.name = name
        return name


class Booking(Entity):
    """Takes nothing else."""

    model_config = EntityConfig(
        store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True, extra="forbid"
    )

    first: int = Field(alias="from")
    last: int
    guests: int = 1
    code: str = Field(default="none", private=True)


class Counter(Entity):
    """In memory, and read by pydantic alone."""

    model_config = EntityConfig(access=Access.PUBLIC)

    count: Annotated[int, BeforeValidator(without_dots)] = 0

    @event
    def count_to(self, text: str) -> None:
        """Count as far as somebody says."""
        self.count = text  # pyright: ignore
'''


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CrudProject]:
    project = CrudProject(tmp_path_factory.mktemp("pydantic"), "pydanticshop", entities=ENTITIES)
    project.make()
    with project.imported():
        yield project


@pytest.fixture
def client(project: CrudProject) -> Iterator[Client]:
    with Client(project.load("generated.app").create_app()) as client:
        yield client


def public(project: CrudProject, **values: Any) -> dict[str, Any]:
    """What the author's class makes of values."""
    product = project.load("entities").Product(**values)
    return product.model_dump(exclude={"id"}, mode="json", by_alias=True)


def state(answer: ClientResponse) -> dict[str, Any]:
    assert answer.status in (200, 201), answer.text
    found = dict(answer.json["state"])
    found.pop("id")
    return found


def test_what_a_class_forbids(client: Client) -> None:
    answer = client.post("/booking", {"from": 1, "last": 2, "code": "mine", "more": 3})
    assert {each["name"] for each in answer.json["errors"]} == {"code", "more"}
    # An alias is not what was sent where a name is not known.
    answer = client.post("/booking", {"first": 1, "last": 2})
    assert [each["name"] for each in answer.json["errors"]] == ["first"]
    location = client.post("/booking", {"from": 1, "last": 2}).headers["location"]
    for sent in ({"code": "mine"}, {"first": 3}):
        assert client.request("PATCH", location, json_body=sent, headers=JSON).status == 422
    answer = client.request("PATCH", location, json_body={"from": 5}, headers=JSON)
    assert answer.json["state"]["from"] == 5
    # Forms of pages have names, and more in them than the fields.
    page = client.submit("/booking", {"first": "1", "last": "2", "other": "x"})
    assert page.status in (200, 303)


GIVEN: list[dict[str, Any]] = [
    {"sku": "a"},
    {"sku": "  ABCD "},
    {"sku": "b", "name": "  peas   "},
    {"sku": "c", "words": ["c", "b", "a"]},
    {"sku": "d", "price": {"cents": "1.000"}},
    {"sku": "e", "price": {"Cents": "1.000.000", "Currency": "usd"}},
    {"sku": "f", "price": {"cents": 5, "label": "five"}},
    {"sku": "g", "box": {"kind": "bag", "grams": 3}},
]


@pytest.mark.parametrize("given", GIVEN)
def test_create_makes_what_pydantic_makes(
    project: CrudProject, client: Client, given: dict[str, Any]
) -> None:
    made = state(client.post("/product", given))
    assert made == public(project, **given)
    # Nor is it anything else when it comes from the database, and is saved once more.
    id = client.post("/product", given).json["state"]["id"]
    again = client.request("PATCH", f"/product/{id}", json_body={"weight": 3}, headers=JSON)
    assert state(again) == {**made, "weight": 3}
    assert {**client.get(f"/product/{id}").json["state"]} == {**made, "weight": 3, "id": id}


@pytest.mark.parametrize(
    "given",
    [
        {"sku": "abcde"},
        {"sku": "a", "name": "cabbage"},
        {"sku": "a", "price": {"cents": "1.x"}},
        {"sku": "a", "price": {"currency": "euro"}},
        {"sku": "a", "price": {"cents": 1, "unheard_of": 2}},
        {"sku": "a", "box": {"kind": "jar"}},
        {"sku": "a", "box": {"kind": "tin", "grams": 1001}},
    ],
)
def test_create_refuses_what_pydantic_refuses(
    project: CrudProject, client: Client, given: dict[str, Any]
) -> None:
    with pytest.raises(ValueError):
        public(project, **given)
    assert client.post("/product", given).status == 422


def test_an_update_reads_as_a_creation_does(project: CrudProject, client: Client) -> None:
    made = client.post("/product", {"sku": "a"}).json["state"]
    changes = {"name": " peas ", "words": ["z", "y"], "price": {"Cents": "2.000"}}
    answer = client.request("PATCH", f"/product/{made['id']}", json_body=changes, headers=JSON)
    assert state(answer) == public(project, sku="a", **changes)


def test_what_is_frozen_is_given_once(client: Client) -> None:
    made = client.post("/product", {"sku": "a"}).json["state"]
    path = f"/product/{made['id']}"
    client.request("PATCH", path, json_body={"sku": "b", "name": "peas"}, headers=JSON)
    found = client.get(path).json["state"]
    assert (found["sku"], found["name"]) == ("a", "Peas")
    page = client.get(f"{path}/edit", headers={"accept": "text/html"})
    assert 'name="name"' in page.text and 'name="sku"' not in page.text
    assert 'name="sku"' in client.get("/product/new", headers={"accept": "text/html"}).text


def test_a_form_reads_a_value_object_as_pydantic_does(project: CrudProject, client: Client) -> None:
    fields = {"sku": " AB ", "price.cents": "1.000", "price.currency": "usd"}
    answer = client.request(
        "POST",
        "/product",
        body=urlencode(fields).encode(),
        headers={**JSON, "content-type": "application/x-www-form-urlencoded"},
    )
    given = {"sku": " AB ", "price": {"cents": "1.000", "currency": "usd"}}
    assert state(answer) == public(project, **given)


def test_a_parameter_is_read_as_its_annotation_says(client: Client) -> None:
    id = client.post("/product", {"sku": "a"}).json["state"]["id"]
    assert client.post(f"/product/{id}/rename", {"name": " pea "}).json["result"] == "PEA"
    assert client.post(f"/product/{id}/rename", {"name": "peas"}).status == 422


def test_pydantic_reads_what_an_event_leaves(client: Client) -> None:
    assert client.post("/counter/count_to", {"text": "1.000"}).json["state"] == {"count": 1000}

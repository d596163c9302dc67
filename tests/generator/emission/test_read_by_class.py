"""Validators that come before the type, over HTTP: what pydantic makes of a value, or 422."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from crud_project import CrudProject
from pydantic import ValidationError

from starmodel.testing import Client

JSON = {"accept": "application/json"}
ENTITIES = """
from datetime import date
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    PlainValidator,
    StringConstraints,
    WrapValidator,
    field_validator,
)
from pydantic_core.core_schema import ValidatorFunctionWrapHandler

from starmodel import Access, Entity, EntityConfig, Field, StateStore, event


def without_dots(value: Any) -> Any:
    return value.replace(".", "") if isinstance(value, str) else value


def split(value: Any) -> Any:
    return value.split(",") if isinstance(value, str) else value


def or_zero(value: Any, read: ValidatorFunctionWrapHandler) -> int:
    return 0 if value == "none" else read(value)


def as_colour(value: Any) -> str:
    if value not in ("red", "blue"):
        raise ValueError("There are red and blue alone.")
    return str(value)


def is_even(value: int) -> int:
    if value % 2:
        raise ValueError("Enter an even number.")
    return value


Money = Annotated[int, BeforeValidator(without_dots), Field(ge=0)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, pattern="^[a-z ]+$")]


class Part(BaseModel):
    id: str = Field(default="x", writable=False)
    size: Money = 0
    hidden: str = Field(default="kept", private=True)


class Box(Entity):
    model_config = EntityConfig(
        store=StateStore.SERVER_SQL,
        access=Access.PUBLIC,
        crud=True,
        str_strip_whitespace=True,
        str_max_length=9,
    )

    price: Money = 0
    words: Annotated[list[Word], BeforeValidator(split)] = []
    count: Annotated[int, WrapValidator(or_zero)] = 0
    colour: Annotated[str, PlainValidator(as_colour)] = "red"
    inner: list[Annotated[int, BeforeValidator(without_dots)]] = []
    title: str = ""
    day: date | None = None
    label: str = Field(default="", coerce_numbers_to_str=True)
    either: int | str = Field(default=0, union_mode="left_to_right")
    part: Annotated[Part | None, BeforeValidator(lambda value: value or None)] = None

    @field_validator("title", mode="before")
    @classmethod
    def read_title(cls, value: Any) -> Any:
        return " ".join(value) if isinstance(value, list) else value

    @field_validator("day", mode="before")
    @classmethod
    def read_day(cls, value: Any) -> Any:
        return "2026-01-01" if value == "new year" else value

    @event
    def fill(
        self,
        price: Money,
        even: Annotated[int, AfterValidator(is_even)] = 0,
        words: Annotated[list[Word] | None, BeforeValidator(split)] = None,
    ) -> int:
        self.price = price
        if words is not None:
            self.words = words
        return even
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CrudProject]:
    project = CrudProject(tmp_path_factory.mktemp("readers"), "readers", entities=ENTITIES)
    project.make()
    with project.imported():
        yield project


@pytest.fixture
def client(project: CrudProject) -> Iterator[Client]:
    with Client(project.load("generated.app").create_app()) as client:
        yield client


VALUES: list[dict[str, Any]] = [
    {"price": "1.000"},
    {"price": 5},
    {"price": "-1"},
    {"price": "1.x"},
    {"words": "a,b , c"},
    {"words": ["a", " b "]},
    {"words": "a,B"},
    {"words": ""},
    {"count": "none"},
    {"count": "7"},
    {"count": "seven"},
    {"colour": "blue"},
    {"colour": "green"},
    {"colour": 7},
    {"inner": ["1.0", 2]},
    {"inner": "1.0"},
    {"title": ["a", "b"]},
    {"title": "  a  "},
    {"title": "longer than nine"},
    {"title": ["longer", "than", "nine"]},
    {"title": 7},
    {"day": "new year"},
    {"day": "2026-02-03"},
    {"day": "soon"},
    {"label": 5},
    {"label": 5.5},
    {"label": [5]},
    {"either": "5"},
    {"either": "five"},
    {"part": ""},
    {"part": {"size": "1.000"}},
    {"part": {"size": "-1"}},
]


@pytest.mark.parametrize("given", VALUES, ids=json.dumps)
def test_what_is_sent_is_read_as_pydantic_reads_it(
    project: CrudProject, client: Client, given: dict[str, Any]
) -> None:
    cls = project.load("entities").Box
    made = client.post("/box", {}).json["state"]["id"]
    create = client.post("/box", given)
    update = client.request("PATCH", f"/box/{made}", json_body=given, headers=JSON)
    try:
        wanted = cls.model_validate_json(json.dumps(given)).model_dump(mode="json")
    except ValidationError as error:
        names = {str(each["loc"][0]) for each in error.errors()}
        for answer in (create, update):
            assert answer.status == 422, answer.text
            assert {each["name"] for each in answer.json["errors"]} == names
        return
    del wanted["id"]
    if wanted["part"]:
        del wanted["part"]["hidden"]
    for answer in (create, update):
        assert answer.status in (200, 201), answer.text
        state = dict(answer.json["state"])
        id = state.pop("id")
        assert state == wanted
        assert client.get(f"/box/{id}").json["state"] == {**wanted, "id": id}


def test_an_author_says_what_is_wrong(client: Client) -> None:
    (error,) = client.post("/box", {"colour": "green"}).json["errors"]
    assert error["message"] == "There are red and blue alone."


def test_what_is_not_written_stays_unwritten(client: Client) -> None:
    sent = {"part": {"size": 1, "id": "mine", "hidden": "shown"}}
    state = client.post("/box", sent).json["state"]
    assert state["part"] == {"id": "x", "size": 1}


def test_an_event_reads_its_arguments_with_their_validators(client: Client) -> None:
    id = client.post("/box", {}).json["state"]["id"]
    answer = client.post(f"/box/{id}/fill", {"price": "2.000", "even": 4, "words": "a,b"})
    assert answer.status == 200, answer.text
    assert answer.json["result"] == 4
    assert (answer.json["state"]["price"], answer.json["state"]["words"]) == (2000, ["a", "b"])
    for sent in ({"price": "-1"}, {"price": 1, "even": 3}, {"price": 1, "words": "A"}):
        assert client.post(f"/box/{id}/fill", sent).status == 422
    (error,) = client.post(f"/box/{id}/fill", {"price": 1, "even": 3}).json["errors"]
    assert (error["name"], error["message"]) == ("even", "Enter an even number.")


def test_a_form_is_read_as_texts(client: Client) -> None:
    id = client.post("/box", {}).json["state"]["id"]
    sent = {"price": "1.000", "count": "none", "day": "new year", "colour": "blue"}
    answer = client.request("PATCH", f"/box/{id}", form=sent, headers=JSON)
    assert answer.status == 200, answer.text
    state = answer.json["state"]
    assert (state["price"], state["count"], state["day"], state["colour"]) == (
        1000,
        0,
        "2026-01-01",
        "blue",
    )

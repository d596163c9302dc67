"""What JSON from a program is taken, for fields of every kind: what pydantic takes, or nothing."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from crud_project import CrudProject
from pydantic import ValidationError

from starmodel.errors import BadRequest, InvalidArguments
from starmodel.testing import Client
from starmodel.web import Arguments
from starmodel.web.validation.arguments import update_arguments

JSON = {"accept": "application/json"}
ENTITIES = '''
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import (
    BaseModel,
    ConfigDict,
    NaiveDatetime,
    Strict,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
)

from starmodel import Access, Entity, EntityConfig, Field, StateStore, event


class Level(Enum):
    LOW = 1
    HIGH = 2


class Rank(IntEnum):
    LOW = 1
    HIGH = 2


class Word(StrEnum):
    ONE = "1"
    TRUE = "true"


class Part(BaseModel):
    number: int = 0
    exact: StrictInt = 0
    share: float = 0


class StrictPart(BaseModel):
    model_config = ConfigDict(strict=True)

    number: int = 0
    day: date | None = None


class Lax(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    flag: bool = False
    number: int = 0
    share: float = 0
    text: str = ""
    exact: Decimal = Field(default=Decimal(0), max_digits=12, decimal_places=2)
    day: date = date(2020, 1, 1)
    hour: time = time(0, 0)
    moment: NaiveDatetime = datetime(2020, 1, 1)
    span: timedelta = timedelta(0)
    key: UUID = UUID(int=0)
    level: Level = Level.LOW
    rank: Rank = Rank.LOW
    word: Word = Word.ONE
    choice: Literal[1, 2, "3"] = 1
    yes: Literal[True, False] = True
    maybe: int | None = None
    either: int | str = 0
    sure_number: StrictInt = 0
    sure_text: StrictStr = ""
    sure_flag: StrictBool = False
    sure_share: StrictFloat = 0.0
    by_field: int = Field(default=0, strict=True)
    by_mark: Annotated[int, Strict()] = 0
    numbers: list[int] = []
    sure_numbers: list[StrictInt] = []
    several: set[int] = set()
    pair: tuple[int, str] | None = None
    counts: dict[str, int] = {}
    by_number: dict[int, bool] = {}
    part: Part = Part()
    parts: list[Part] = []
    strict_part: StrictPart = StrictPart()


class Sure(Entity):
    model_config = EntityConfig(
        store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True, strict=True
    )

    flag: bool = False
    number: int = 0
    share: float = 0.0
    text: str = ""
    day: date = date(2020, 1, 1)
    key: UUID = UUID(int=0)
    level: Level = Level.LOW
    maybe: int | None = None
    either: int | bool = 0
    numbers: list[int] = []
    counts: dict[str, int] = {}
    pair: tuple[int, float] | None = None
    span: timedelta = timedelta(0)

    @event
    def count(self, number: int, exactly: StrictInt = 0) -> None:
        """Set the numbers."""
        self.number = number + exactly
'''
SCALARS: list[str] = [
    *("null", "true", "false", "0", "1", "2", "-1", "3", "1.0", "1.5", "1e2", "1e400", "-0.0"),
    *('""', '" "', '"1"', '"2"', '"3"', '" 3 "', '"1.0"', '"1.5"', '"1e2"', '"true"', '"false"'),
    *('"on"', '"yes"', '"True"', '"NaN"', '"Infinity"', '"-inf"', '"abc"', '"1_000"', '"+1"'),
    *('"2020-01-02"', '"2020-01-02T03:04"', '"03:04"', '"PT1H"', "86400", "1577934245.5"),
    *('"12345678-1234-5678-1234-567812345678"', "12345678901234567890123", '"LOW"', '"low"'),
    *('"1\\n2"', '"[1, 2]"', '"{}"', '"{\\"number\\": 1}"', '"\\u0661"', '"0x10"', "0.1e1"),
]
BODIES = [
    *SCALARS,
    *("[]", "{}", "[1]", "[1, 2]", '["1"]', "[true]", "[1.0]", '[1, "a"]', '["1", 2]', "[null]"),
    *("[[1]]", "[1, 1]", "[1, 2, 3]", '{"a": 1}', '{"a": "1"}', '{"a": true}', '{"1": true}'),
    *('{"1": 1}', '{"1.5": true}', '{"x": true}', '{"number": 1}', '{"number": "1"}'),
    *('{"number": true}', '{"number": 1.0}', '{"exact": 1}', '{"exact": "1"}', '{"share": true}'),
    *('{"share": "1.5"}', '{"share": "NaN"}', '{"share": 1e400}', '{"day": "2020-01-01"}'),
    *('{"day": 86400}', '{"other": 1}', '[{"number": 1}]', '[{"number": "1"}]', "[{}]", "[[]]"),
]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CrudProject]:
    project = CrudProject(tmp_path_factory.mktemp("kinds"), "kinds", entities=ENTITIES)
    project.make()
    with project.imported():
        yield project


@pytest.fixture
def client(project: CrudProject) -> Iterator[Client]:
    with Client(project.load("generated.app").create_app()) as client:
        yield client


REFUSED = object()


def of_pydantic(cls: Any, name: str, body: str) -> Any:
    try:
        return getattr(cls.model_validate_json(f'{{"{name}": {body}}}'), name)
    except ValidationError:
        return REFUSED


@pytest.mark.parametrize("entity", ["Lax", "Sure"])
@pytest.mark.parametrize("command", ["create", "update"])
def test_json_is_read_as_pydantic_reads_it(
    project: CrudProject, client: Client, entity: str, command: str
) -> None:
    cls = getattr(project.load("entities"), entity)
    routes = project.load(f"generated.{entity.lower()}.routes")
    fields = getattr(routes, f"{entity.upper()}_FIELDS")
    arguments = Arguments(**fields) if command == "create" else update_arguments(fields)
    taken = refused = stricter = 0
    for name in [name for name in arguments.names if name != "version"]:
        for body in BODIES:
            wanted = of_pydantic(cls, name, body)
            found = read(arguments, cls, name, body)
            told = f"{name}: {body} is {found!r}, with pydantic {wanted!r}"
            if found is REFUSED:
                stricter += wanted is not REFUSED
                refused += 1
            elif entity == "Sure" and name == "span":
                continue  # as it is sent: see `test_a_strict_duration_is_read_as_it_is_sent`
            else:
                assert type(found) is type(wanted), told
                assert repr(found) == repr(wanted), told
                taken += 1
    # What pydantic takes and we do not: booleans for numbers, and numbers that are not finite.
    assert taken > 80
    assert refused > 200
    assert 0 < stricter < 60


def read(arguments: Arguments, cls: Any, name: str, body: str) -> Any:
    """Read an argument, and let the entity have a look at it, as a command would."""
    sent = f'{{"{name}": {body}}}'.encode()
    try:
        found = arguments._read_json(sent, {})[name]  # pyright: ignore[reportPrivateUsage]
        return getattr(cls(**{name: found}), name)
    except (InvalidArguments, BadRequest, ValidationError):
        return REFUSED


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("number", False),
        ("number", True),
        ("share", True),
        ("level", True),
        ("rank", True),
        ("choice", True),
        ("maybe", False),
        ("maybe", ""),
        ("numbers", [True]),
        ("numbers", "1\n2"),
        ("counts", {"a": True}),
        ("counts", '{"a": 1}'),
        ("part", {"number": True}),
        ("parts", [{"number": 1}, {"number": False}]),
        ("part", {"share": "NaN"}),
        ("sure_number", "3"),
        ("sure_number", 3.0),
        ("by_field", "3"),
        ("by_mark", "3"),
        ("sure_numbers", ["3"]),
        ("sure_flag", 1),
        ("sure_flag", "true"),
        ("sure_share", "1.5"),
        ("sure_text", 3),
        ("part", {"exact": "3"}),
        ("strict_part", {"number": "3"}),
        ("level", "1"),
    ],
)
def test_what_is_no_value_is_422(client: Client, name: str, body: object) -> None:
    created = client.post("/lax", {name: body})
    assert created.status == 422, created.text
    assert [error["name"] for error in created.json["errors"]] == [name]
    location = client.post("/lax", {}).headers["location"]
    before = client.get(location).json
    for sent in ({name: body}, {name: body, "flag": True}):
        answer = client.request("PATCH", location, json_body=sent, headers=JSON)
        assert answer.status == 422
    assert client.get(location).json == before


def test_texts_are_read_as_texts(client: Client) -> None:
    """A form and a query string have nothing else."""
    fields = {
        "sure_number": "3",
        "sure_flag": "true",
        "sure_share": "1.5",
        "by_field": "4",
        "by_mark": "5",
        "sure_numbers": "1\n2",
        "strict_part.number": "6",
        "part.exact": "7",
        "level": "2",
        "choice": "2",
    }
    location = client.post("/lax", {}).headers["location"]
    answer = client.request("PATCH", location, form=fields, headers=JSON)
    assert answer.status == 200, answer.text
    state = answer.json["state"]
    assert (state["sure_number"], state["sure_flag"], state["sure_share"]) == (3, True, 1.5)
    assert (state["by_field"], state["by_mark"], state["sure_numbers"]) == (4, 5, [1, 2])
    assert (state["strict_part"]["number"], state["part"]["exact"]) == (6, 7)
    assert (state["level"], state["choice"]) == (2, 2)
    query = urlencode({"sure_number": "8", "numbers": "[1, 2]"})
    answer = client.request("PATCH", f"{location}?{query}", headers=JSON)
    assert answer.json["state"]["sure_number"] == 8
    sure = client.post("/sure", {}).headers["location"]
    answer = client.request("PATCH", sure, form={"number": "3", "numbers": "1\n2"}, headers=JSON)
    assert (answer.json["state"]["number"], answer.json["state"]["numbers"]) == (3, [1, 2])


def test_a_page_has_texts_in_its_json(client: Client) -> None:
    location = client.post("/lax", {}).headers["location"]
    sent = {"sure_number": "3", "level": "2", "numbers": "1\n2", "strict_part": {"number": "6"}}
    headers = {"datastar-request": "true"}
    answer = client.request("PATCH", location, json_body=sent, headers=headers)
    assert answer.status == 200
    state = client.get(location).json["state"]
    assert (state["sure_number"], state["level"], state["numbers"]) == (3, 2, [1, 2])
    assert state["strict_part"]["number"] == 6


def test_what_an_event_takes(client: Client) -> None:
    location = client.post("/sure", {}).headers["location"]
    for sent in ({"number": True}, {"number": 1, "exactly": "2"}, {"number": 1, "exactly": 2.0}):
        assert client.post(f"{location}/count", sent).status == 422
    # The class is strict, but the event has parameters of its own.
    assert (
        client.post(f"{location}/count", {"number": "1", "exactly": 2}).json["state"]["number"] == 3
    )


def test_a_strict_duration_is_read_as_it_is_sent(client: Client) -> None:
    answer = client.post("/sure", {"span": 90.5})
    assert answer.json["state"]["span"] == 90.5
    assert json.loads(answer.text)["state"]["span"] == 90.5
    assert client.post("/sure", {"span": "PT1H"}).json["state"]["span"] == 3600
    assert client.post("/sure", {"span": True}).status == 422

"""What a rule of the author's says, is told to whoever broke it; everything else is a fault."""

import importlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from served_app import ROOT
from shop_project import Shop

from starmodel.testing import Client, ClientResponse
from starmodel_schemas.naming import sentence_case

ENTITIES = '''
import json
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError

from starmodel import Access, Entity, EntityConfig, Field, Refused, Scope, event

SECRET = "the-secret-of-the-list"


class Track(BaseModel):
    title: str = Field(max_length=60)
    length: int = Field(default=1, ge=1)
    token: str = Field(default="", max_length=3, private=True)

    @field_validator("title")
    @classmethod
    def is_no_noise(cls, title: str) -> str:
        if title == "noise":
            raise ValueError("Noise is no music.")
        return title

    @model_validator(mode="after")
    def is_short(self) -> Self:
        if self.title == "short" and self.length > 9:
            raise ValueError("That is not short.")
        return self


class Span(BaseModel):
    """Is in no field and no parameter."""

    first: int = Field(ge=0)
    last: int = 0

    @model_validator(mode="after")
    def is_in_order(self) -> Self:
        if self.first > self.last:
            raise PydanticCustomError("order", "First comes first.")
        return self


class Foreign(BaseModel):
    """What another service answers."""

    api_key: int


class Playlist(Entity):
    """Music to play."""

    name: str = Field(default="Mine", max_length=20)
    tracks: list[Track] = []
    volume: int = Field(default=5, le=10)
    pin: str = Field(default=SECRET, private=True)

    @field_validator("name")
    @classmethod
    def is_a_name(cls, name: str) -> str:
        if name == "nobody":
            raise ValueError("Nobody is no name.")
        assert name != "silence", "Silence is no name."
        return name

    @field_validator("pin")
    @classmethod
    def is_a_pin(cls, pin: str) -> str:
        if pin == "0000":
            raise ValueError("Too simple: 0000")
        return pin

    @model_validator(mode="after")
    def is_bearable(self) -> Self:
        if self.volume == 9:
            raise ValueError("Nine is too loud at night.")
        if self.volume == 8:
            raise ValueError(f"Not with {self.pin}.")
        return self

    @event
    def add(self, title: str, length: int = 1) -> None:
        self.tracks = [*self.tracks, Track(title=title, length=length)]

    @event
    def add_named(self, word: str) -> None:
        self.tracks = [*self.tracks, Track(title=word.strip())]

    @event
    def add_whole(self, track: Track) -> None:
        self.tracks = [*self.tracks, track]

    @event
    def add_with_token(self, word: str) -> None:
        self.tracks = [*self.tracks, Track(title="x", token=word)]

    @event
    def bend(self, word: str) -> None:
        self.tracks = [Track(title="x")]
        self.tracks[0].token = word

    @event
    def choose(self, first: int, last: int) -> None:
        Span(first=first, last=last)

    @event
    def rename(self, name: str, volume: int = 5) -> None:
        self.name = name
        self.volume = volume

    @event
    def lock(self) -> None:
        self.pin = "0000"

    @event
    def fail(self, kind: str, word: str = "") -> None:
        match kind:
            case "value":
                raise ValueError(SECRET)
            case "key":
                raise KeyError(SECRET)
            case "zero":
                self.volume = 1 // 0
            case "assert":
                raise AssertionError(SECRET)
            case "elsewhere":
                Foreign(**json.loads('{"api_key": "the-secret-of-the-list"}'))
            case "parsed":
                Foreign.model_validate({"api_key": SECRET})
            case "parsed ours":
                Track.model_validate({"title": SECRET * 9})
            case "parsed json":
                Track.model_validate_json('{"title": "noise", "length": "the-secret-of-the-list"}')
            case "caught":
                try:
                    Track(title="noise")
                except ValidationError as error:
                    raise LookupError(str(error)) from error
            case _:
                raise Refused("Try something else.")


class Record(Entity):
    """A record on a shelf."""

    model_config = EntityConfig(
        scope=Scope.RECORD, access=Access.PUBLIC, validate_assignment=True
    )

    title: str = Field(min_length=2, max_length=20)
    shelf: int = Field(default=1, ge=1)

    @field_validator("title")
    @classmethod
    def is_no_noise(cls, title: str) -> str:
        if title == "noise":
            raise ValueError("Noise is no music.")
        return title

    @event
    @classmethod
    def open(cls, title: str, place: int = 1) -> "Record":
        return cls(title=title, shelf=place)

    @event
    def move(self, shelf: int) -> None:
        self.shelf = shelf
'''


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder: Path = tmp_path_factory.mktemp("rules")
    shop = Shop(folder)
    (folder / "shop").rename(folder / "ruledshop")
    shop.write("ruledshop/entities.py", ENTITIES)
    shop.write(
        "pyproject.toml",
        '[tool.starmodel]\nentities = ["ruledshop/entities.py"]\n'
        'output = "ruledshop/generated"\nweb = "starlette"\n',
    )
    done = shop.starmodel("generate")
    assert done.code == 0, done.err
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [str(folder), *sys.path])
        app = importlib.import_module("ruledshop.generated.app").create_app()
        with Client(app) as client:
            yield client
    for name in [name for name in sys.modules if name.partition(".")[0] == "ruledshop"]:
        del sys.modules[name]


LONG = "x" * 61


@pytest.mark.parametrize(
    ("event", "arguments", "name", "message"),
    [
        # Values that the event makes of its arguments.
        ("add", {"title": LONG}, "title", "Enter at most 60 characters."),
        ("add", {"title": "noise"}, "title", "Noise is no music."),
        ("add", {"title": "x", "length": 0}, "length", "Enter at least 1."),
        ("add", {"title": "short", "length": 10}, "", "That is not short."),
        ("add_named", {"word": LONG}, "", "Title: Enter at most 60 characters."),
        ("add_named", {"word": " noise"}, "", "Title: Noise is no music."),
        ("add_with_token", {"word": "1234"}, "", "Something that is not shown is invalid."),
        ("choose", {"first": -1, "last": 3}, "first", "Enter at least 0."),
        ("choose", {"first": 4, "last": 3}, "", "First comes first."),
        # Value objects that come as arguments.
        ("add_whole", {"track": {"title": "noise"}}, "track", "Title: Noise is no music."),
        ("add_whole", {"track": {"title": LONG}}, "track", "Title: Enter at most 60 characters."),
        (
            "add_whole",
            {"track": {"title": "short", "length": 10}},
            "track",
            "That is not short.",
        ),
        # What the event leaves.
        ("rename", {"name": "nobody"}, "name", "Nobody is no name."),
        ("rename", {"name": "silence"}, "name", "Silence is no name."),
        ("rename", {"name": "x", "volume": 9}, "", "Nine is too loud at night."),
        ("rename", {"name": "x", "volume": 8}, "", "This is not valid."),
        ("lock", {}, "", "Something that is not shown is invalid."),
        ("bend", {"word": "1234"}, "", "Tracks: Something that is not shown is invalid."),
    ],
)
def test_a_rule_is_told_beside_the_argument(
    client: Client, event: str, arguments: dict[str, Any], name: str, message: str
) -> None:
    path = f"/playlist/{event}"
    answer = client.post(path, arguments)
    assert answer.status == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    [error] = answer.json["errors"]
    # A client is told the name of a field, a reader its title.
    place = f"{sentence_case(error['name'])}: " if error["name"] and not name else ""
    assert (f"{place}{error['message']}", "input" in error) == (message, False)
    assert name in ("", error["name"])

    shown = client.act(path, arguments)
    assert shown.status == 200
    messages = shown.signals["errors"]["playlist"][event]
    assert messages[name or "_"] == message
    assert all(not text for key, text in messages.items() if key != (name or "_"))

    if event != "add_whole":
        fields = {key: str(value) for key, value in arguments.items()}
        page = client.submit(path, fields)
        assert page.status == 422
        assert message.rpartition(": ")[2] in page.text
    for each in (answer, shown):
        assert_tells_no_secret(each)
    assert client.get("/playlist").version == 0


def assert_tells_no_secret(answer: ClientResponse) -> None:
    for secret in ("the-secret-of-the-list", "0000", "api_key", "Value error", "input_value"):
        assert secret not in answer.text


@pytest.mark.parametrize(
    ("path", "arguments", "name", "message"),
    [
        ("open", {"title": "x"}, "title", "Enter at least 2 characters."),
        ("open", {"title": "noise"}, "title", "Noise is no music."),
        ("open", {"title": "Jazz", "place": 0}, "", "Shelf: Enter at least 1."),
        ("{}/move", {"shelf": 0}, "shelf", "Enter at least 1."),
    ],
)
def test_an_entity_that_an_event_makes_of_its_arguments(
    client: Client, path: str, arguments: dict[str, Any], name: str, message: str
) -> None:
    made = client.post("/record/open", {"title": "Blues"})
    assert made.status == 201
    answer = client.post(f"/record/{path.format(made.state['id'])}", arguments)
    assert answer.status == 422, answer.text
    [error] = answer.json["errors"]
    assert (error["name"], error["message"]) == (name, message)


@pytest.mark.parametrize(
    "kind",
    [
        *("value", "key", "zero", "assert"),
        *("elsewhere", "parsed", "parsed ours", "parsed json", "caught"),
    ],
)
def test_everything_else_is_a_fault_without_a_name(client: Client, kind: str) -> None:
    answer = client.post("/playlist/fail", {"kind": kind})
    assert answer.status == 500
    assert re.fullmatch(
        r"Something went wrong\. It has been noted as [0-9a-f]{16}\.", answer.json["detail"]
    )
    assert "errors" not in answer.json
    assert_tells_no_secret(answer)
    shown = client.act("/playlist/fail", {"kind": kind})
    assert "noted as" in shown.signals["errors"]["playlist"]["fail"]["_"]
    assert_tells_no_secret(shown)


def test_a_refusal_is_told(client: Client) -> None:
    answer = client.post("/playlist/fail", {"kind": "no"})
    assert (answer.status, answer.json["detail"]) == (422, "Try something else.")
    assert json.loads(answer.text)["title"] == "Refused"


def test_the_example_of_the_docs_does_what_they_say(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    (tmp_path / "shop").rename(tmp_path / "docsrules")
    docs = (ROOT / "docs" / "authoring.md").read_text(encoding="utf-8")
    shop.write("docsrules/entities.py", docs.split("### Saying no")[1].split("```")[1][7:])
    shop.write("pyproject.toml", shop.read("pyproject.toml").replace("shop/", "docsrules/"))
    done = shop.starmodel("generate")
    assert done.code == 0, done.err
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [str(tmp_path), *sys.path])
        app = importlib.import_module("docsrules.generated.app").create_app()
        with Client(app) as client:
            order = client.post("/playlist/add", {"title": "Blues", "starts": 3})
            assert order.json["errors"] == [
                {"name": "", "message": "First comes first.", "type": "order"}
            ]
            long = client.post("/playlist/add", {"title": LONG})
            assert [error["name"] for error in long.json["errors"]] == ["title"]
            for _ in range(100):
                assert client.post("/playlist/add", {"title": "Blues"}).status == 200
            full = client.post("/playlist/add", {"title": "Blues"})
            assert (full.status, full.json["detail"]) == (422, "There is no room.")
    for name in [name for name in sys.modules if name.partition(".")[0] == "docsrules"]:
        del sys.modules[name]

"""Value objects as parts of arguments: named before they are defined, and inside of themselves."""

from __future__ import annotations

import json
from typing import Any, Self
from uuid import UUID, uuid4

import pytest
from pydantic import BaseModel, ConfigDict, PrivateAttr, model_validator
from pydantic_core import SchemaValidator, ValidationError, core_schema

from starmodel import Entity, Field, Ref
from starmodel.application.protected_values import Writable, WritableParts
from starmodel.errors import ConfigurationError, InvalidArguments
from starmodel.web import Argument, Arguments
from starmodel.web.validation.object_schema import object_schema, reference_schema


class Order(BaseModel):
    lines: list[Line]


class Line(BaseModel):
    title: str


class Tree(BaseModel):
    name: str
    children: list[Tree] = []


def test_a_class_may_name_one_that_comes_later() -> None:
    validator = SchemaValidator(object_schema(Order))
    assert validator.validate_python({"lines": [{"title": "a"}]}) == Order(lines=[Line(title="a")])


def test_a_class_that_holds_itself_may_occur_more_than_once() -> None:
    pair = core_schema.tuple_schema([object_schema(Tree), object_schema(Tree)])
    tree = {"name": "a", "children": [{"name": "b"}]}
    first, second = SchemaValidator(pair).validate_python([tree, tree])
    assert first == second == Tree(name="a", children=[Tree(name="b")])
    Arguments(one=Argument(object_schema(Tree)), other=Argument(object_schema(Tree)))


class Named(Entity):
    """Has a text for an id."""


class Numbered(Entity):
    """Has a number for an id."""

    id: int = 0  # pyright: ignore


class Unique(Entity):
    """Has a UUID for an id."""

    id: UUID = Field(default_factory=uuid4)  # pyright: ignore


@pytest.mark.parametrize(
    ("cls", "text", "value", "id"),
    [
        (Named, "a b", "a b", "a b"),
        (Numbered, "12", 12, "12"),
        (Unique, "A" * 32, "a" * 32, str(UUID("a" * 32))),
    ],
)
def test_a_reference_is_made_of_an_id(cls: type[Entity], text: str, value: object, id: str) -> None:
    argument = Argument(core_schema.nullable_schema(reference_schema(cls)))
    for found in (argument.read_text(text, is_form=True), argument.read_json(value)):
        assert isinstance(found, Ref)
        assert (found, found.id) == (Ref(id, cls), id)
    assert argument.read_text("", is_form=True) is None
    several = Argument(core_schema.list_schema(reference_schema(cls)))
    assert several.read_text(f"{text}\n{text}", is_form=True) == [Ref(id, cls)] * 2


@pytest.mark.parametrize(
    ("cls", "value"),
    [(Named, ""), (Named, 1.5), (Named, {"id": "a"}), (Numbered, "x"), (Unique, 1)],
)
def test_what_cannot_be_an_id_is_refused(cls: type[Entity], value: object) -> None:
    with pytest.raises(ValidationError):
        Argument(reference_schema(cls)).read_json(value)


class Lock(BaseModel):
    label: str
    raw: bytes = b""
    pin: str = Field(default="none", alias="code")
    id: int = 7
    more: list[Lock] = []

    model_config = ConfigDict(populate_by_name=True)


class Titled(BaseModel):
    title: str
    slug: str
    raw: bytes = b""

    @model_validator(mode="before")
    @classmethod
    def fill(cls, values: dict[str, Any]) -> dict[str, Any]:
        return {"slug": str(values["title"]).lower(), **values}


class Wrapped(BaseModel):
    title: str
    slug: str

    @model_validator(mode="wrap")
    @classmethod
    def fill(cls, values: dict[str, Any], handler: Any) -> Any:
        return handler({"slug": str(values["title"]).lower(), **values})

    @model_validator(mode="after")
    def look(self) -> Self:
        assert type(self) is Wrapped
        return self


class Closed(BaseModel):
    name: str
    pin: str = "none"

    model_config = ConfigDict(extra="forbid")


class Opened(BaseModel):
    name: str
    pin: str = "none"
    _seen: int = PrivateAttr(default=3)

    model_config = ConfigDict(extra="allow", frozen=True)


class Own(BaseModel):
    name: str
    pin: str = "none"

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)


WRITABLE: WritableParts = {
    Lock: Writable(["label", "raw", "more"], shows_id=True),
    Titled: Writable(["title", "raw"]),
    Wrapped: Writable(["title"]),
    Closed: Writable(["name"]),
    Opened: Writable(["name"]),
    Own: Writable(["name"]),
}


def sent_as(cls: type[BaseModel], value: dict[str, Any], *, for_update: bool = False) -> Any:
    """Read a value object in every way there is, which all give the same."""
    argument = Argument(object_schema(cls, WRITABLE, for_update=for_update))
    again = object_schema(cls, WRITABLE, for_update=for_update)
    arguments = Arguments(it=argument, others=Argument(core_schema.list_schema(again)))
    body = json.dumps({"it": value, "others": [value]}).encode()
    whole = arguments._read_json(body, {})  # pyright: ignore[reportPrivateUsage]
    found = argument.read_json(value)
    assert argument.read_text(json.dumps(value), is_form=True) == found
    assert argument.read_json(value, is_page=True) == found
    assert whole == {"it": found, "others": [found]}
    assert type(found) is cls
    return found


def test_parts_that_callers_do_not_write_have_their_defaults() -> None:
    inner = {"label": "b", "pin": "x", "code": "x", "id": 9, "raw": "AP8="}
    found = sent_as(Lock, {**inner, "more": [inner]})
    assert found == Lock(label="b", raw=b"\0\xff", more=[Lock(label="b", raw=b"\0\xff")])
    assert found.model_fields_set == {"label", "raw", "more"}
    assert sent_as(Lock, inner, for_update=True).id == 9
    assert sent_as(Lock, inner, for_update=True).pin == "none"


@pytest.mark.parametrize("cls", [Closed, Opened, Own])
def test_what_else_a_class_says_of_its_parts_holds(cls: type[Any]) -> None:
    found = sent_as(cls, {"name": "a", "pin": "x"})
    assert (found.name, found.pin) == ("a", "none")
    assert found.model_fields_set == {"name"}
    if cls is Closed:
        with pytest.raises(InvalidArguments, match="not known here"):
            sent_as(cls, {"name": "a", "other": 1})
    if cls is Opened:
        assert sent_as(cls, {"name": "a", "pin": "x", "other": 1}).model_extra == {"other": 1}
        assert found._seen == 3


@pytest.mark.parametrize("cls", [Titled, Wrapped])
def test_a_validator_may_go_on_to_fill_in_what_callers_do_not_write(cls: type[Any]) -> None:
    assert sent_as(cls, {"title": "A", "slug": "x"}).slug == "a"


def test_a_validator_of_the_raw_object_sees_base64_read_afterwards() -> None:
    assert sent_as(Titled, {"title": "A", "raw": "AP8="}).raw == b"\0\xff"


def test_a_part_without_a_default_cannot_be_left_out() -> None:
    with pytest.raises(ConfigurationError, match=r"Line\.title"):
        object_schema(Line, {Line: Writable([])})

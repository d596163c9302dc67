"""Value objects as parts of arguments: named before they are defined, and inside of themselves."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from pydantic import BaseModel
from pydantic_core import SchemaValidator, ValidationError, core_schema

from starmodel import Entity, Field, Ref
from starmodel.web import Argument, Arguments
from starmodel.web.object_schema import object_schema, reference_schema


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

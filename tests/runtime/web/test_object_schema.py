"""Value objects as parts of arguments: named before they are defined, and inside of themselves."""

from __future__ import annotations

from pydantic import BaseModel
from pydantic_core import SchemaValidator, core_schema

from starmodel.web import Argument, Arguments
from starmodel.web.object_schema import object_schema


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

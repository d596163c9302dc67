"""A patch says which keys of a mapping are gone; one that said nothing would leave them."""

import json
from typing import Annotated, Any, Literal, NewType

import pytest
from pydantic import BaseModel, computed_field

from starmodel import Entity, EntityConfig, Field, Scope
from starmodel.application import removed_keys
from starmodel.web.datastar.sse import encode_signals
from starmodel.web.validation.mapping_fields import varying_fields

CHANGES: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ({"a": {"x": 1, "y": 2}}, {"a": {"y": 2}}, {"a": {"x": None}}),
    ({"a": {"x": 1}}, {"a": {}}, {"a": {"x": None}}),
    ({"a": {"x": {"p": 1, "q": 2}}}, {"a": {"x": {"q": 2}}}, {"a": {"x": {"p": None}}}),
    ({"a": {"x": {"p": 1}}}, {"a": {"x": None}}, {}),
    ({"a": {"x": {"p": 1}}}, {"a": {"x": [1]}}, {}),
    ({"a": {"x": 1}}, {"a": {"x": {"p": 1}}}, {}),
    ({"a": {"x": 1}}, {"a": {"y": 1, "x": None}}, {}),
    ({"a": {"x": None}}, {"a": {}}, {"a": {"x": None}}),
    ({"a": [{"x": 1}]}, {"a": [{}]}, {}),
    ({"a": {"x": 1}, "b": 1}, {"b": 2}, {}),
    ({}, {"a": {"x": 1}}, {}),
]


@pytest.mark.parametrize(("before", "after", "removed"), CHANGES)
def test_the_keys_that_are_gone(before: Any, after: Any, removed: Any) -> None:
    assert removed_keys(before, after) == removed


def test_a_key_that_is_gone_is_null_and_a_value_that_is_none_an_empty_text() -> None:
    signals = {"cart": {"stock": {"a": None, "b": {"c": 1}}, "n": None}}
    removed = {"cart": {"stock": {"x": None, "b": {"d": None}, "__proto__": None}}}
    assert json.loads(encode_signals(signals, removed)) == {
        "cart": {"stock": {"a": "", "b": {"c": 1, "d": None}, "x": None}, "n": ""}
    }
    assert encode_signals({"n": 1}, {}) == b'{"n":1}'


Grams = NewType("Grams", int)


class Flat(BaseModel):
    x: int = 1
    kind: Literal["a", "b"] = "a"
    weight: Grams = Grams(1)


class Deep(BaseModel):
    inner: dict[str, int] = {}
    parent: "Deep | None" = None


class Tree(BaseModel):
    child: "Tree | None" = None


class Everything(Entity):
    model_config = EntityConfig(scope=Scope.GLOBAL)

    number: int = 1
    text: str | None = None
    flat: Flat = Flat()
    perhaps: Flat | None = None
    tree: Tree = Tree()
    many: list[dict[str, int]] = Field(default_factory=list[dict[str, int]])
    mapping: dict[str, int] = {}
    optional: Annotated[dict[str, int] | None, "x"] = None
    deep: Deep = Deep()
    either: Flat | Deep = Flat()
    mixed: Flat | str = ""
    anything: Any = None

    @computed_field
    @property
    def counts(self) -> dict[str, int]:
        return {}

    @computed_field
    @property
    def total(self) -> int:
        return 0


def test_fields_whose_keys_may_change() -> None:
    assert varying_fields(Everything) == {
        "mapping",
        "optional",
        "deep",
        "either",
        "mixed",
        "anything",
        "counts",
    }

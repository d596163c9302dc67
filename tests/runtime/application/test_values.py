"""Copies share nothing, comparisons miss nothing, whatever an author put into a value object."""

import copy
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from functools import cached_property
from typing import Any, Self
from uuid import UUID

import pytest
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    RootModel,
    computed_field,
    field_validator,
    model_validator,
)

from starmodel.application.copying import InvalidValues, deep_copy, deep_equal, hydrate, validate


class Colour(Enum):
    RED = "red"


class Point(BaseModel, frozen=True):

    x: int = 0
    names: tuple[str, ...] = ()


class Box(BaseModel):
    """As hostile as a value object can be to those who copy and compare it."""

    model_config = ConfigDict(validate_assignment=True)

    items: list[int] = []
    point: Point = Point()
    _opened: list[int] = PrivateAttr(default_factory=list[int])
    _index: dict[int, int] = PrivateAttr(default_factory=dict[int, int])

    def model_post_init(self, context: Any, /) -> None:
        self._index = dict(enumerate(self.items))

    @cached_property
    def size(self) -> int:
        return len(self.items)

    @computed_field
    @property
    def first(self) -> int | None:
        return self.items[0] if self.items else None

    @property
    def index(self) -> dict[int, int]:
        return self._index

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 1

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        return self

    def __copy__(self) -> Self:
        return self


class BigBox(Box):
    lid: str = ""


class Loose(BaseModel):
    model_config = ConfigDict(extra="allow")


class Names(RootModel[list[str]]): ...


@dataclass
class Plain:
    items: list[int] = field(default_factory=list[int])


def everything() -> dict[str, Any]:
    return {
        "scalars": [None, True, 1, 1.5, "a", b"b", Decimal("1.0"), UUID(int=1), Colour.RED],
        "times": (date.min, time(1), datetime(2026, 1, 1, tzinfo=UTC), timedelta(1)),
        "nested": {"a": [{"b": {1, 2}}], 3: frozenset({4}), (1, 2): [5]},
        "box": BigBox(items=[1], point=Point(x=1, names=("n",)), lid="top"),
        "loose": Loose.model_validate({"extra": [1]}),
        "names": Names(["ann"]),
        "points": {Point(x=1), Point(x=2)},
        "plain": Plain([1]),
        "queue": deque([[1]]),
    }


def mutables(value: Any) -> dict[int, object]:
    """Everything inside that could be changed, by its identity."""
    found: dict[int, object] = {}
    if isinstance(value, list | set | deque | dict | BaseModel | Plain):
        found[id(value)] = value  # pyright: ignore[reportUnknownArgumentType]
    inner: list[Any] = []
    if isinstance(value, dict):
        inner = [*value.keys(), *value.values()]
    elif isinstance(value, list | set | frozenset | tuple | deque):
        inner = [*value]
    elif isinstance(value, BaseModel | Plain):
        inner = [*vars(value).values(), getattr(value, "__pydantic_extra__", None)]
        if isinstance(value, Box):
            inner.append(value.index)
    for part in inner:
        found |= mutables(part)
    return found


def test_a_copy_holds_the_same_and_shares_nothing() -> None:
    values = everything()
    copied = deep_copy(values)
    assert mutables(values).keys().isdisjoint(mutables(copied))
    for name in values:
        if name != "plain":
            assert deep_equal(values[name], copied[name]), name
        assert type(copied[name]) is type(values[name])
    box = copied["box"]
    assert isinstance(box, BigBox)
    assert (box.items, box.point, box.lid) == ([1], Point(x=1, names=("n",)), "top")
    assert copied["loose"].extra == [1]  # pyright: ignore
    assert copied["plain"] == Plain([1])


def test_the_copy_of_a_value_object_is_as_if_it_came_from_a_store() -> None:
    box = Box(items=[1, 2])
    assert box.size == 2
    box.items.append(3)
    copied = deep_copy({"box": box})["box"]
    assert isinstance(copied, Box)
    assert copied.size == 3
    assert copied.index == {0: 1, 1: 2, 2: 3}
    copied.items = [9]
    with pytest.raises(ValueError, match="valid list"):
        copied.items = 9  # pyright: ignore[reportAttributeAccessIssue]
    assert box.items == [1, 2, 3]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        (1, 1.0),
        (0.0, -0.0),
        (Decimal("1.0"), Decimal("1.00")),
        (
            datetime(2026, 1, 1, 12, tzinfo=UTC),
            datetime(2026, 1, 1, 13, tzinfo=timezone(timedelta(hours=1))),
        ),
        ([1], (1,)),
        ([1], [True]),
        ([1, 2], [2, 1]),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({"a": 1}, {"a": 1, "b": 2}),
        ({1, 2}, {1, 3}),
        ({1}, {True}),
        (Box(items=[1]), Box(items=[2])),
        (Box(), BigBox()),
        (Loose.model_validate({"a": 1}), Loose.model_validate({"a": 2})),
        (Names(["a"]), Names(["b"])),
        (None, 0),
        (Colour.RED, "red"),
    ],
)
def test_a_difference_is_noticed_even_between_equal_values(one: object, other: object) -> None:
    assert not deep_equal(one, other)
    assert not deep_equal([{"deep": one}], [{"deep": other}])
    assert deep_equal(one, deep_copy({"": one})[""])


def test_what_cannot_be_compared_counts_as_different() -> None:
    class Broken:
        def __eq__(self, other: object) -> bool:
            raise RuntimeError("never compare me")

        __hash__ = None  # pyright: ignore[reportAssignmentType]

    assert not deep_equal(Broken(), Broken())


def test_restoring_runs_no_validator_and_sets_everything_up() -> None:
    values: dict[str, object] = {"items": "not a list", "point": Point()}
    box = hydrate(Box, values)
    assert box.items == "not a list"
    assert vars(box) is values
    assert box.index == dict(enumerate("not a list"))
    assert box.model_fields_set == {"items", "point"}
    assert repr(box).startswith("Box(")
    copy.copy(hydrate(Point, {"x": 1, "names": ()}))


class Order(BaseModel):
    box: Box = Box()
    boxes: list[Box | Point] = []
    any: Any = None
    alias: int = Field(default=1, alias="aliasName", ge=0)
    name: str = ""

    @field_validator("name", mode="before")
    @classmethod
    def spoil_input(cls, value: Any) -> Any:
        return value.strip() if isinstance(value, str) else value

    @model_validator(mode="before")
    @classmethod
    def empty_input(cls, data: Any) -> Any:
        data = dict(data)
        return data

    @model_validator(mode="after")
    def no_bad_name(self) -> Self:
        if self.name == "bad":
            raise ValueError("the name is bad")
        assert self.name != "worse"
        return self


def values_of_order() -> dict[str, Any]:
    return {
        "box": Box(items=[1]),
        "boxes": [BigBox(lid="l"), Point()],
        "any": [Box()],
        "name": " n ",
    }


def test_validating_goes_into_value_objects_and_leaves_the_input_alone() -> None:
    values = values_of_order()
    before = deep_copy(values)
    order = validate(Order, {**values, "alias": 7})
    assert deep_equal(values, before)
    assert order.name == "n"
    assert order.alias == 7
    assert isinstance(order.boxes[0], BigBox)
    assert order.boxes[0].lid == "l"
    order.box.items.append(2)
    order.any[0].items.append(2)
    assert deep_equal(values, before)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("box", [("box", "list_type")]),
        ("boxes", [("boxes", "list_type")]),
        ("any", [("any", "list_type")]),
    ],
)
def test_an_invalid_value_object_is_found_wherever_it_is(
    path: str, expected: list[tuple[str, str]]
) -> None:
    values = values_of_order()
    held: Any = values[path][0] if isinstance(values[path], list) else values[path]
    vars(held)["items"] = "spoiled"
    with pytest.raises(InvalidValues) as caught:
        validate(Order, values)
    assert [(error.name, error.type) for error in caught.value.errors] == expected


def test_all_invalid_fields_are_told_with_the_authors_words_and_no_values() -> None:
    values = values_of_order()
    for held in (values["box"], values["any"][0]):
        vars(held)["items"] = "spoiled"
    with pytest.raises(InvalidValues) as caught:
        validate(Order, values)
    assert [error.name for error in caught.value.errors] == ["box", "any"]
    assert "spoiled" not in str(caught.value)
    with pytest.raises(InvalidValues) as caught:
        validate(Order, {"name": "bad"})
    assert caught.value.errors == [("", "the name is bad", "value_error")]
    with pytest.raises(InvalidValues) as caught:
        validate(Order, {"alias": -1})
    assert caught.value.errors[0].name == "alias"


class Token(BaseModel):
    word: str = Field(default="4711-canary", repr=False)


class Account(BaseModel):
    rule: str
    pins: list[str] = Field(default=["canary-0815"], repr=False)
    count: int = Field(default=987654, repr=False)
    tokens: list[Token] = [Token()]

    @field_validator("rule")
    @classmethod
    def is_read(cls, rule: str) -> str:
        match rule:
            case "int":
                int("canary")
            case "date":
                date.fromisoformat("canary")
            case "strptime":
                datetime.strptime("canary", "%Y")
            case _:
                pass
        return rule

    @model_validator(mode="after")
    def is_kept(self) -> Self:
        if self.rule == "part":
            raise ValueError(f"It is {self.tokens[0].word}.")
        if self.rule == "item":
            raise ValueError(f"It is {self.pins[0]}.")
        assert self.rule != "number", f"It is {self.count}."
        if self.rule == "words":
            raise ValueError("First comes first.")
        return self


@pytest.mark.parametrize("rule", ["int", "date", "strptime", "part", "item", "number"])
def test_what_python_says_and_what_quotes_something_private_is_not_told(rule: str) -> None:
    with pytest.raises(InvalidValues) as caught:
        validate(Account, {"rule": rule})
    assert [error.message for error in caught.value.errors] == ["This is not valid."]


def test_what_an_author_says_beside_private_values_is_told() -> None:
    with pytest.raises(InvalidValues) as caught:
        validate(Account, {"rule": "words"})
    assert [error.message for error in caught.value.errors] == ["First comes first."]

"""Frozen dataclasses with shared methods: as `dataclass(frozen=True)` would have made them."""

import copy
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, dataclass, field, fields, is_dataclass, replace
from inspect import signature
from typing import ClassVar

import pytest

from starmodel.frozen import frozen
from starmodel.ui import Number, TextInput


@frozen()
class Place:
    """Where something is."""

    x: int
    y: int = 0
    tags: list[str] = field(default_factory=list[str])
    kind: ClassVar[str] = "place"


@frozen(kw_only=True)
class Named(Place):
    """A place with a name."""

    name: str
    note: str = field(default="", kw_only=False)


@frozen(eq=True)
class Point:
    """A place that is the same as another at the same coordinates."""

    x: int
    y: int = 0


@dataclass(frozen=True)
class AsDataclass:
    """What `Point` would be."""

    x: int
    y: int = 0


def test_fields_are_given_by_place_or_by_name_and_have_defaults() -> None:
    place = Place(1, y=2)
    assert (place.x, place.y, place.tags, place.kind) == (1, 2, [], "place")
    assert Place(1).tags is not Place(1).tags
    named = Named(1, 2, ["a"], "old", name="Home")
    assert (named.x, named.y, named.tags, named.name, named.note) == (1, 2, ["a"], "Home", "old")


@pytest.mark.parametrize(
    ("cls", "args", "values", "said"),
    [
        (Place, (), {}, "missing required arguments: 'x'"),
        (Named, (), {"y": 1}, "missing required arguments: 'x', 'name'"),
        (Place, (1,), {"z": 2}, "unexpected keyword argument 'z'"),
        (Place, (1,), {"kind": 2}, "unexpected keyword argument 'kind'"),
        (Place, (1,), {"x": 2}, "multiple values for argument 'x'"),
        (Place, (1, 2, ["a"], 4), {}, "takes 3 positional arguments, and 4 were given"),
        (Named, (1, 2, ["a"], "old", 4), {"name": "Home"}, "takes 4 positional arguments, and 5"),
    ],
)
def test_other_arguments_are_refused(
    cls: Callable[..., object], args: tuple[object, ...], values: dict[str, object], said: str
) -> None:
    with pytest.raises(TypeError, match=said):
        cls(*args, **values)


def test_nothing_of_an_instance_can_be_changed() -> None:
    for name in ("x", "y", "other"):
        with pytest.raises(FrozenInstanceError):
            setattr(Place(1), name, 2)
        with pytest.raises(FrozenInstanceError):
            delattr(Place(1), name)


def test_it_is_a_dataclass_to_python() -> None:
    named = Named(1, name="Home")
    assert is_dataclass(named)
    assert [each.name for each in fields(named)] == ["x", "y", "tags", "name", "note"]
    assert repr(replace(named, y=5)) == "Named(x=1, y=5, tags=[], name='Home', note='')"
    match named:
        case Named(x, y):
            assert (x, y) == (1, 0)
    for other in (copy.copy(named), copy.deepcopy(named), pickle.loads(pickle.dumps(named))):
        assert repr(other) == repr(named)
    assert named != Named(1, name="Home")


def test_equal_fields_make_equal_instances_where_that_is_asked_for() -> None:
    assert Point(1) == Point(1, 0)
    assert Point(1) != Point(1, 1)
    assert Point(1) != AsDataclass(1)
    assert len({Point(1), Point(1, 0), Point(2)}) == 2


def test_a_dataclass_may_derive_from_it() -> None:
    @dataclass(frozen=True, eq=False, kw_only=True)
    class Stars(Number):
        most: int = 5

    stars = Stars("rating", most=3)
    assert (stars.of, stars.most, stars.grouped) == ("rating", 3, True)
    assert stars.replace(label="Rating").title == "Rating"
    with pytest.raises(FrozenInstanceError):
        stars.most = 1  # type: ignore[misc]


def test_so_may_a_class_that_is_not_decorated() -> None:
    class Shouted(TextInput):
        placeholder = "LOUD"

        def __init__(self, of: str) -> None:
            super().__init__(of, required=True)
            self.told = 1

    shouted = Shouted("name")
    assert (shouted.placeholder, shouted.required, shouted.told) == ("LOUD", True, 1)
    with pytest.raises(FrozenInstanceError):
        shouted.required = False  # type: ignore[misc]


def test_a_class_that_cannot_be_made_leaves_its_bases_frozen() -> None:
    with pytest.raises(ValueError, match="mutable default"):

        @frozen()
        class Unfit(Place):  # pyright: ignore[reportUnusedClass]
            more: list[str] = []

    @dataclass(frozen=True)
    class Fit(Place):
        more: int = 0

    assert Fit(1, more=2).more == 2


def test_its_signature_is_that_of_its_fields() -> None:
    assert [*signature(Number).parameters] == ["of", "label", "hint", "grouped"]
    assert signature(Number).parameters["grouped"].default is True

    class Shouted(TextInput):
        def __init__(self, of: str) -> None:
            super().__init__(of)

    assert [*signature(Shouted).parameters] == ["of"]

"""What is settled about a class when its definition is built, and hostile classes in the unit."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Literal, Self, cast
from uuid import UUID

import pytest
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PrivateAttr,
    computed_field,
    field_validator,
    model_validator,
)

from starmodel import Entity, EntityConfig, Field, Scope
from starmodel.application import CommandResult
from starmodel.application.introspection import leaves_traces, mutable_fields
from starmodel.errors import ConfigurationError, InvalidState

from .shop import Cart, Counter, Product, Shop, define


class Colour(StrEnum):
    RED = "red"


class Flat(Entity):
    a: int | None = None
    b: Annotated[str, Field(min_length=1)] = "x"
    c: Decimal = Decimal(0)
    d: Colour = Colour.RED
    e: Literal["x", "y"] = "x"
    f: UUID = UUID(int=0)
    g: datetime | None = Field(default=None, ge=datetime(2020, 1, 1))

    @computed_field
    @property
    def derived(self) -> list[str]:
        return [self.b]


class Listing(Entity):
    items: list[int] = []


class Free(Entity):
    value: Any = None


class WithValidator(Entity):
    a: Annotated[int, AfterValidator(lambda value: value)] = 0


class WithModelValidator(Entity):
    @model_validator(mode="after")
    def check(self) -> Self:
        return self


class WithAlias(Entity):
    a: int = Field(default=0, alias="b")


class WithCachedProperty(Entity):
    a: int = 1

    @cached_property
    def twice(self) -> int:
        return self.a * 2


class WithInit(Entity):
    a: int = 0

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)


class WithPrivate(Entity):
    a: int = 0
    _b: int = PrivateAttr(default=0)


def test_only_classes_of_immutable_values_are_flat() -> None:
    assert not mutable_fields(Flat)
    assert not mutable_fields(Counter)
    assert not mutable_fields(Product)
    for cls in (
        Cart,
        Listing,
        Free,
        WithValidator,
        WithModelValidator,
        WithAlias,
        WithCachedProperty,
        WithInit,
        WithPrivate,
    ):
        assert mutable_fields(cls), cls


class Mixed(Flat):
    items: list[int] = []
    checked: Annotated[int, AfterValidator(lambda value: value)] = 0
    free: Any = None


def test_only_what_can_be_changed_inside_is_copied() -> None:
    assert mutable_fields(Mixed) == ["items", "checked", "free"]
    assert mutable_fields(WithModelValidator) == ["id"]
    assert mutable_fields(WithPrivate) == ["id", "a"]


async def test_nothing_of_an_instance_is_shared_that_can_be_changed() -> None:
    shop = Shop()
    mixed = define(Mixed, lambda entity: {"items": [*entity.items]}, Scope.SESSION)
    async with shop.services.unit_of_work() as work:
        first = await work.load(mixed, "s1")
        first.items, first.free = [1], {"a": [1]}
        await work.commit(first, "change", {})
        first.items.append(2)
        first.free["a"].append(2)
    async with shop.services.unit_of_work() as work:
        second = await work.load(mixed, "s1")
        second.items.append(3)
        second.free["a"].append(3)
    kept = await shop.stored(mixed, "s1")
    assert (kept["items"], kept["free"]) == ([1], {"a": [1]})


def test_what_leaves_traces() -> None:
    assert leaves_traces(WithCachedProperty)
    assert leaves_traces(WithPrivate)
    assert not leaves_traces(Flat)


def test_an_open_entity_is_refused() -> None:
    class Open(Entity):
        model_config = EntityConfig(extra="allow")

    with pytest.raises(ConfigurationError, match="extra='allow'"):
        define(Open, lambda entity: {}, Scope.SESSION)


class Rig:
    """One entity class in a shop, changed by functions."""

    def __init__(self, cls: type[Any], *public: str) -> None:
        def state(entity: Any) -> Mapping[str, object]:
            return {name: getattr(entity, name) for name in public}

        self.definition = define(cls, state, Scope.SESSION)
        self.shop = Shop()

    async def change(self, **values: object) -> CommandResult[None]:
        async with self.shop.services.unit_of_work() as work:
            entity = await work.load(self.definition, "s1")
            for name, value in values.items():
                setattr(entity, name, value)
            outcome = await work.commit(entity, "change", {}, None)
            assert outcome is not None
            return outcome

    async def stored(self) -> dict[str, Any]:
        return await self.shop.stored(self.definition, "s1")


SHARED_LIST = [1, 2]
SEEN_INPUTS: list[Any] = []


def keep_input(value: Any) -> Any:
    SEEN_INPUTS.append(value)
    return value


class Hostile(Entity):
    """Validators that hand out a list of their own, keep what they were given, and empty it."""

    shared: Annotated[list[int], AfterValidator(lambda value: SHARED_LIST)] = []
    kept: Annotated[Any, BeforeValidator(keep_input)] = None

    @model_validator(mode="before")
    @classmethod
    def empty(cls, data: Any) -> Any:
        if isinstance(data, dict):
            given = cast("dict[str, Any]", data)
            copied = dict(given)
            given.clear()
            return copied
        return data


async def test_validators_get_no_hold_of_what_is_stored() -> None:
    try:
        rig = Rig(Hostile, "shared", "kept")
        SEEN_INPUTS.clear()
        await rig.change(kept=[["a"]], shared=[5])
        assert (await rig.stored())["shared"] == [1, 2]
        SHARED_LIST.append(3)
        for seen in SEEN_INPUTS:
            if seen:
                seen[0].append("late")
        values = await rig.stored()
        assert (values["shared"], values["kept"]) == ([1, 2], [["a"]])
    finally:
        del SHARED_LIST[2:]


class Grumpy(BaseModel):
    model_config = ConfigDict(frozen=True)

    items: list[int] = []

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("never compare me")

    def __hash__(self) -> int:
        raise RuntimeError("never hash me")


class Holder(Entity):
    model_config = EntityConfig(validate_assignment=True, revalidate_instances="always")

    grumpy: Grumpy = Grumpy()
    count: int = 0

    @computed_field
    @property
    def sorted_items(self) -> list[int]:
        # Changes what it looks at.
        self.grumpy.items.sort()
        return self.grumpy.items


async def test_broken_comparisons_and_computed_fields_that_change_things_do_no_harm() -> None:
    rig = Rig(Holder, "sorted_items", "count")
    outcome = await rig.change(grumpy=Grumpy(items=[3, 1, 2]))
    assert outcome.changed == {"sorted_items": [1, 2, 3]}
    version = outcome.version
    assert (await rig.stored())["grumpy"].items == [3, 1, 2]
    assert (await rig.change()).version == version
    outcome = await rig.change(count=1)
    assert outcome.changed == {"count": 1}


class Cached(Entity):
    items: list[int] = []
    _calls: list[int] = PrivateAttr(default_factory=list[int])

    @computed_field
    @cached_property
    def total(self) -> int:
        self._calls.append(1)
        return sum(self.items)

    def calls(self) -> int:
        return len(self._calls)


async def test_a_cached_property_is_never_stored_nor_read_before_the_event() -> None:
    rig = Rig(Cached, "items", "total")
    await rig.change(items=[1])
    async with rig.shop.services.unit_of_work() as work:
        entity = await work.load(rig.definition, "s1")
        assert entity.calls() == 0
        entity.items.append(2)
        assert entity.total == 3
        entity.items.append(3)
        outcome = await work.commit(entity, "add", {}, None)
    assert outcome is not None
    assert outcome.changed == {"items": [1, 2, 3], "total": 6}
    assert "total" not in await rig.stored()


class Aliased(Entity):
    model_config = EntityConfig(extra="forbid", str_strip_whitespace=True)

    first: int = Field(default=0, alias="firstOne", ge=0)
    second: str = Field(default="", validation_alias="s")


async def test_aliases_are_no_hindrance() -> None:
    rig = Rig(Aliased, "first", "second")
    outcome = await rig.change(first=3, second=" x ")
    assert outcome.state == {"first": 3, "second": "x"}
    with pytest.raises(InvalidState) as caught:
        await rig.change(first=-1)
    assert caught.value.errors[0].name == "first"


class Ageing(Entity):
    """Validation changes it every time."""

    age: int = 0
    name: str = ""

    @field_validator("age")
    @classmethod
    def grow(cls, value: int) -> int:
        return value + 1


async def test_what_is_unchanged_is_not_validated() -> None:
    rig = Rig(Ageing, "age", "name")
    assert (await rig.change(name="a")).state["age"] == 1
    for _ in range(3):
        assert (await rig.change()).state["age"] == 1
    assert (await rig.change(name="b")).state["age"] == 2


class Made(Entity):
    made_at: str = Field(default_factory=lambda: UUID(int=len(MADE)).hex)
    count: int = 0


MADE: list[int] = []


async def test_what_a_factory_made_is_told_with_the_first_save() -> None:
    MADE.clear()
    rig = Rig(Made, "made_at", "count")
    page = await rig.shop.services.read(rig.definition, "s1")
    MADE.append(1)
    async with rig.shop.services.unit_of_work() as work:
        entity = await work.load(rig.definition, "s1")
        entity.count = 1
        MADE.append(2)
        outcome = await work.commit(entity, "change", {}, None)
    assert outcome is not None
    assert outcome.state["made_at"] != page.state["made_at"]
    assert outcome.changed.keys() == {"made_at", "count"}
    assert (await rig.change(count=2)).changed == {"count": 2}


async def test_a_decimal_that_is_equal_and_written_differently_is_a_change() -> None:
    class Price(Entity):
        amount: Decimal = Decimal("1.0")

    definition = define(Price, lambda price: {"amount": str(price.amount)}, Scope.SESSION)
    shop = Shop()
    await shop.change(definition, "s1", amount=Decimal("2.0"))
    await shop.change(definition, "s1", amount=Decimal("2.00"))
    assert shop.records[1].changed == ("amount",)

"""Fields whose new values need nothing but their type to be looked at."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID, uuid4

import pytest
from pydantic import (
    AfterValidator,
    PlainSerializer,
    StringConstraints,
    field_serializer,
)
from pydantic import Field as PydanticField

from starmodel import Entity, Field, MemoryRepo, Scope
from starmodel.application.introspection import plain_schemas
from starmodel.application.store import Key, Stored, Write
from starmodel.errors import Conflict, InvalidState

from .shop import Shop, define


class Plain(Entity):
    count: int = 0
    text: str = ""
    flag: bool = False
    maybe: str | None = None
    share: float = 0.0
    short: str = Field(default="", max_length=3)
    secret: int = Field(default=0, private=True)


def plain_state(plain: Plain) -> Mapping[str, object]:
    return {
        "count": plain.count,
        "text": plain.text,
        "flag": plain.flag,
        "maybe": plain.maybe,
        "share": plain.share,
        "short": plain.short,
    }


PLAIN = define(Plain, plain_state, Scope.SESSION)


class Shouting(Entity):
    model_config = {"str_to_upper": True}

    count: int = 0
    text: str = ""
    constructor: int = 0


class Listing(Entity):
    count: Annotated[int, PydanticField(ge=0, multiple_of=2)] = 0
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)] = "x"
    items: list[int] = []
    price: Decimal = Decimal("1.00")
    secret: int = Field(default=0, private=True)


LISTING = define(
    Listing,
    lambda one: {
        "count": one.count,
        "text": one.text,
        "items": [*one.items],
        "price": str(one.price),
    },
    Scope.SESSION,
)


class Compared(Entity):
    low: int = 0
    high: Annotated[int, AfterValidator(lambda value: value)] = 0


class InItsLists(Entity):
    low: int = 0
    lists: list[Annotated[int, AfterValidator(lambda value: value)]] = []


class Written(Entity):
    count: int = 0
    by_type: Annotated[int, PlainSerializer(str)] = 0
    by_field: int = 0

    @field_serializer("by_field")
    def write(self, value: int) -> str:
        return str(value)


class Pythonic(Entity):
    model_config = {"regex_engine": "python-re"}

    name: Annotated[str, StringConstraints(pattern="^(?!no)")] = ""


def test_fields_are_plain_that_can_be_looked_at_alone() -> None:
    assert PLAIN.plain == {"count": int, "text": str, "flag": bool, "short": str}
    assert PLAIN.constrained.keys() == {"short"}
    assert LISTING.plain == {"count": int, "text": str}
    assert plain_schemas(Shouting).keys() == {"count"}
    assert not plain_schemas(Compared)
    assert not plain_schemas(InItsLists)
    assert plain_schemas(Written).keys() == {"count"}


def test_a_pattern_is_one_of_the_engine_of_its_class() -> None:
    pythonic = define(Pythonic, lambda one: {"name": one.name}, Scope.SESSION)
    assert pythonic.is_valid("name", "yes")
    assert not pythonic.is_valid("name", "no")


@pytest.mark.parametrize(
    ("values", "stored"),
    [
        ({"count": 2}, {"count": 2}),
        ({"count": True}, None),
        ({"count": "4"}, {"count": 4}),
        ({"count": 3}, None),
        ({"count": -2}, None),
        ({"text": " a "}, {"text": "a"}),
        ({"text": " "}, None),
        ({"text": "b", "items": [2]}, {"text": "b", "items": [2]}),
        ({"text": "b", "items": ["2"]}, {"text": "b", "items": [2]}),
        ({"text": "b", "items": ["x"]}, None),
        ({"text": "b", "items": [1]}, {"text": "b"}),
        ({"price": Decimal("1.0"), "count": 2}, {"count": 2, "price": "1.0"}),
        ({"price": "no"}, None),
        ({"secret": "no", "count": 2}, None),
        ({"secret": 1, "count": 2}, {"count": 2}),
    ],
)
async def test_what_is_beside_plain_changes_is_looked_at_as_well(
    values: dict[str, Any], stored: dict[str, Any] | None
) -> None:
    shop = Shop()
    await shop.change(LISTING, "s1", items=[1])
    async with shop.services.unit_of_work() as work:
        listing = await work.load(LISTING, "s1")
        for name, value in values.items():
            setattr(listing, name, value)
        if stored is None:
            with pytest.raises(InvalidState):
                await work.commit(listing, "change", {})
            return
        outcome = await work.commit(listing, "change", {})
        listing.items.append(7)
    assert outcome is not None
    assert outcome.changed == stored
    kept = await shop.stored(LISTING, "s1")
    assert outcome.state == {"price": "1.00", "text": "x", "count": 0, "items": [1], **stored}
    assert kept["items"] == outcome.state["items"]
    assert kept["secret"] == values.get("secret", 0)


@pytest.mark.parametrize(
    ("values", "stored"),
    [
        ({"count": 2, "text": "new", "flag": True}, {"count": 2, "text": "new", "flag": True}),
        ({"count": True}, {"count": 1}),
        ({"count": 2.0, "flag": 1}, {"count": 2, "flag": True}),
        ({"count": "12"}, {"count": 12}),
        ({"text": "ünïcode"}, {"text": "ünïcode"}),
        ({"text": "\ud800"}, {"text": "\ud800"}),
        ({"share": -0.0}, {"share": -0.0}),
        ({"maybe": "it is", "short": "abc"}, {"maybe": "it is", "short": "abc"}),
        ({"secret": 5}, {"secret": 5}),
    ],
)
@pytest.mark.parametrize("is_stored", [False, True])
async def test_what_an_event_sets_is_kept_as_pydantic_would_have_it(
    values: dict[str, Any], stored: dict[str, Any], is_stored: bool
) -> None:
    shop = Shop()
    if is_stored:
        await shop.change(PLAIN, "s1", text="before")
    async with shop.services.unit_of_work() as work:
        plain = await work.load(PLAIN, "s1")
        for name, value in values.items():
            setattr(plain, name, value)
        outcome = await work.commit(plain, "change", {}, None)
    assert outcome is not None
    kept = await shop.stored(PLAIN, "s1")
    assert {name: repr(kept[name]) for name in stored} == {
        name: repr(value) for name, value in stored.items()
    }
    public = {name: value for name, value in stored.items() if name != "secret"}
    assert outcome.changed == public
    assert outcome.state == plain_state(Plain(**kept))
    assert shop.records[-1].changed == (*public,)
    assert outcome.version == shop.records[-1].version == 1 + is_stored
    if outcome.is_plain:
        assert outcome.changed.keys() <= PLAIN.plain.keys()


@pytest.mark.parametrize(
    ("name", "value"),
    [("count", "many"), ("text", 5), ("flag", "perhaps"), ("short", "long")],
)
async def test_what_pydantic_would_refuse_is_refused(name: str, value: object) -> None:
    shop = Shop()
    await shop.change(PLAIN, "s1", count=1)
    async with shop.services.unit_of_work() as work:
        plain = await work.load(PLAIN, "s1")
        plain.count = 2
        setattr(plain, name, value)
        with pytest.raises(InvalidState) as caught:
            await work.commit(plain, "change", {}, None)
    assert [error.name for error in caught.value.errors] == [name]
    assert (await shop.stored(PLAIN, "s1"))["count"] == 1
    assert len(shop.records) == 1


async def test_the_state_of_an_outcome_is_that_of_its_commit() -> None:
    shop = Shop()
    await shop.change(PLAIN, "s1", count=1)
    async with shop.services.unit_of_work() as work:
        plain = await work.load(PLAIN, "s1")
        plain.count = 2
        first = await work.commit(plain, "change", {}, None)
        plain.count = 3
        second = await work.commit(plain, "change", {}, None)
    assert first is not None and second is not None
    assert (first.state["count"], second.state["count"]) == (2, 3)
    assert (first.version, second.version) == (2, 3)
    assert first.is_plain and second.is_plain


class Numbered(Entity):
    id: UUID = Field(default_factory=uuid4)  # pyright: ignore[reportIncompatibleVariableOverride]
    count: int = 0
    secret: int = Field(default=0, private=True)


def numbered_state(numbered: Numbered) -> Mapping[str, object]:
    return {"id": str(numbered.id), "count": numbered.count}


def plain_number_state(numbered: Numbered) -> Mapping[str, object]:
    return {"count": numbered.count}


@pytest.mark.parametrize("state", [numbered_state, plain_number_state])
def test_a_state_is_the_same_however_often_it_is_read(
    state: Callable[[Numbered], Mapping[str, object]],
) -> None:
    definition = define(Numbered, state, Scope.RECORD)
    for count in range(3):
        stored = Numbered(count=count, secret=7)
        found = definition.state_of(vars(stored))
        assert [*found.items()] == [*state(stored).items()]
    older = {name: value for name, value in vars(Numbered()).items() if name != "secret"}
    assert definition.state_of({**older, "secret": 1, "more": 2})["count"] == 0


class LoadsItself(MemoryRepo):
    """Has a `load` of its own."""

    async def load(self, key: Key) -> Stored | None:
        return Stored({**vars(Plain()), "text": "from elsewhere"}, 7)


class CommitsItself(MemoryRepo):
    """Has a `commit` of its own."""

    async def commit(self, writes: Sequence[Write]) -> list[int]:
        raise Conflict("plain", "s1")


class Mixed(LoadsItself):
    """Has it from a base."""


@pytest.mark.parametrize("cls", [LoadsItself, CommitsItself, Mixed])
async def test_a_store_with_a_method_of_its_own_is_asked_by_that(cls: type[MemoryRepo]) -> None:
    shop = Shop({"plain": cls()})
    async with shop.services.unit_of_work() as work:
        plain = await work.load(PLAIN, "s1")
        plain.count += 1
        outcome = await work.commit(plain, "change", {}, None) if plain.text == "" else None
        assert outcome is None
        assert plain.text == ("" if cls is CommitsItself else "from elsewhere")
    assert MemoryRepo().immediate is not None and cls().immediate is None

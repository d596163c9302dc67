"""Records that are made and changed of what somebody gave, without a method of the author's."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

import pytest
from pydantic import BaseModel, BeforeValidator, field_validator, model_validator

from starmodel import (
    Entity,
    EntityConfig,
    Field,
    InProcessBus,
    MemoryRepo,
    PersistenceManager,
    Scope,
    StateStore,
)
from starmodel.application import EntityDefinition, Services
from starmodel.errors import ConfigurationError, InvalidState


class Part(BaseModel):
    name: str = ""


class Period(Entity):
    """Is validated whenever something is assigned, and as a whole."""

    model_config = EntityConfig(scope=Scope.RECORD, validate_assignment=True)

    start: int = 0
    end: int = 0
    code: str = ""
    parts: list[Part] = Field(default_factory=lambda: [Part(name="first")])
    secret: str = Field(default="", private=True)

    @field_validator("code")
    @classmethod
    def is_no_joke(cls, code: str) -> str:
        if code == "joke":
            raise ValueError(f"{code} is no code")
        return code.upper()

    @model_validator(mode="after")
    def begins_first(self) -> Self:
        if self.start > self.end:
            raise ValueError("it ends before it starts")
        return self


def state(period: Period) -> Mapping[str, object]:
    return {"id": period.id, "start": period.start, "end": period.end, "code": period.code}


PERIOD = EntityDefinition(
    Period,
    name="period",
    namespace="period",
    store=StateStore.SERVER_MEMORY,
    scope=Scope.RECORD,
    state=state,
)


def test_what_is_given_makes_a_valid_record() -> None:
    period = PERIOD.make({"start": "1", "end": 2, "code": "a"})
    assert (period.start, period.end, period.code) == (1, 2, "A")
    assert period.parts == [Part(name="first")]
    assert period.id != PERIOD.make({}).id


def test_what_will_not_do_is_named_as_far_as_it_was_given() -> None:
    with pytest.raises(InvalidState) as caught:
        PERIOD.make({"start": "x", "code": "joke"})
    errors = {error.name: error.message for error in caught.value.errors}
    assert errors.keys() == {"start", "code"}
    assert errors["code"] == "joke is no code"
    with pytest.raises(InvalidState) as caught:
        PERIOD.make({"start": 3, "end": 1})
    assert caught.value.errors == (("", "it ends before it starts", "value_error"),)
    assert caught.value.__cause__ is None


def test_what_is_missing_is_named_unless_it_is_private() -> None:
    class Ticket(Entity):
        seat: int
        pin: str = Field(private=True)
        code: str = Field(write_only=True)

    ticket = EntityDefinition(
        Ticket,
        name="ticket",
        namespace="ticket",
        store=StateStore.SERVER_MEMORY,
        scope=Scope.RECORD,
        state=lambda made: {"id": made.id, "seat": made.seat},
        write_only=["code"],
    )
    with pytest.raises(InvalidState) as caught:
        ticket.make({})
    named = [(error.name, error.type) for error in caught.value.errors]
    assert named[0] == ("seat", "missing")
    assert [name for name, _ in named] == ["seat", "", "code"]


def defined(cls: type[Entity]) -> EntityDefinition[Any]:
    return EntityDefinition(
        cls,
        name="fee",
        namespace="fee",
        store=StateStore.SERVER_MEMORY,
        scope=Scope.RECORD,
        state=lambda made: {"id": made.id},
    )


def in_cents(value: int) -> int:
    return value * 100


class Fee(Entity):
    cents: Annotated[int, BeforeValidator(in_cents)] = 0
    parts: list[Annotated[int, BeforeValidator(in_cents)]] = []
    fine: int = 0
    name: Annotated[str, BeforeValidator(str.lower)] = ""

    @field_validator("fine", mode="before")
    @classmethod
    def read_fine(cls, value: int) -> int:
        return in_cents(value)


class Toll(Entity):
    cents: int = 0

    @model_validator(mode="before")
    @classmethod
    def read(cls, values: Any) -> Any:
        return {**values, "cents": in_cents(values["cents"])}


def test_a_validator_that_changes_its_own_result_stores_nothing() -> None:
    fee = defined(Fee)
    assert fee.make({"name": "ABC"}).name == "abc"
    given: dict[str, object] = {"cents": 3, "parts": [3], "fine": 3}
    for name, value in given.items():
        with pytest.raises(ConfigurationError, match=rf"of Fee\.{name} changes its own result"):
            fee.make({name: value})
    with pytest.raises(ConfigurationError, match=r"of Toll\.cents changes its own result"):
        defined(Toll).make({"cents": 3})


async def test_a_change_is_validated_as_a_whole_and_when_it_is_saved() -> None:
    services = Services(
        PersistenceManager({StateStore.SERVER_MEMORY: MemoryRepo()}), InProcessBus()
    )

    async with services.unit_of_work() as work:
        period = PERIOD.make({"start": 1, "end": 2})
        work.add(PERIOD, period)
        await work.commit(period, "create", {}, None)
    parts = [Part(name="a")]
    async with services.unit_of_work() as work:
        loaded = await work.load(PERIOD, period.id)
        work.change(loaded, {"start": 5, "end": 6, "code": "b", "parts": parts})
        outcome = await work.commit(loaded, "update", {}, None)
    assert outcome is not None
    assert outcome.changed == {"start": 5, "end": 6, "code": "B"}
    parts[0].name = "changed afterwards"
    async with services.unit_of_work() as work:
        loaded = await work.load(PERIOD, period.id)
        assert loaded.parts == [Part(name="a")]
        work.change(loaded, {"start": 9})
        with pytest.raises(InvalidState):
            await work.commit(loaded, "update", {}, None)

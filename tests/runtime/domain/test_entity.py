"""An entity works alone: no server, no store, no generator."""

import math

import pytest
from pydantic import BaseModel, ValidationError

from starmodel import Entity, EntityConfig, Field, Scope, StateStore, event
from starmodel.domain import Access


class Counter(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_MEMORY, scope=Scope.SESSION)

    count: int = 0
    ratio: float = 0.0

    @event
    def increment(self, amount: int = 1) -> None:
        self.count += amount


def test_an_entity_is_a_pydantic_model_without_a_metaclass_of_its_own() -> None:
    assert type(Counter) is type(BaseModel)
    counter = Counter(count=3)
    counter.increment(2)
    assert counter.count == 5
    assert counter.model_dump() == {"id": counter.id, "count": 5, "ratio": 0.0}


def test_every_instance_has_an_id_and_they_sort_by_creation() -> None:
    ids = [Counter().id for _ in range(100)]
    assert ids == sorted(set(ids))


def test_a_class_may_declare_its_own_id() -> None:
    class Product(Entity):
        id: int = Field(primary_key=True)  # pyright: ignore[reportIncompatibleVariableOverride]

    assert Product(id=7).id == 7


def test_numbers_that_json_has_not_are_refused_unless_they_are_asked_for() -> None:
    with pytest.raises(ValidationError):
        Counter(ratio=math.inf)

    class Physics(Counter):
        model_config = EntityConfig(allow_inf_nan=True)

    assert Physics(ratio=math.inf).ratio == math.inf
    assert Physics.model_config.get("scope") is Scope.SESSION


def test_the_configuration_may_be_a_plain_dictionary() -> None:
    class Board(Entity):
        model_config = {"scope": Scope.GLOBAL, "access": Access.PUBLIC, "ttl": 60}

        note: str = ""

    assert Board.model_config.get("scope") is Scope.GLOBAL
    assert Board(note="x").note == "x"

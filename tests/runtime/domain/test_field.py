"""Pydantic's `Field`, with more to say."""

from datetime import UTC, datetime
from typing import Annotated, Any

import pytest
from pydantic import Field as PydanticField
from pydantic import ValidationError

from starmodel import Entity, Field


class Product(Entity):
    sku: str = Field(primary_key=True, index=True, unique=True, min_length=2)
    shelf: str = Field(default="A", foreign_key="shelf.id", renamed_from="rack")
    cost: int = Field(default=3, private=True, ge=0)
    owner: str = Field(default="ann", private=True, repr=True)
    stock: int = Field(..., writable=False, le=10)
    tags: list[str] = Field(default_factory=list[str])
    label: Annotated[str, Field(max_length=3)] = "abc"
    plain: int = PydanticField(default=1, gt=0)


def test_what_pydantic_knows_still_holds() -> None:
    product = Product(sku="ab", stock=1)
    assert (product.shelf, product.cost, product.tags, product.label) == ("A", 3, [], "abc")
    bad = {"sku": "a", "stock": 11, "cost": -1, "label": "abcd", "plain": 0}
    with pytest.raises(ValidationError) as caught:
        Product.model_validate(bad)
    assert {error["loc"][0] for error in caught.value.errors()} == set(bad)


def test_a_private_field_is_not_shown_by_repr_unless_it_is_asked_for() -> None:
    shown = repr(Product(sku="ab", stock=1, cost=99))
    assert "cost" not in shown
    assert "ann" in shown


def test_our_own_options_leave_nothing_behind_in_pydantic() -> None:
    schema = Product.model_json_schema()["properties"]["sku"]
    assert schema == {"minLength": 2, "title": "Sku", "type": "string"}


class Stamped(Entity):
    password: str = Field(write_only=True, min_length=3, repr=True)
    made_at: datetime = Field(now="create")
    changed_at: datetime | None = Field(default=None, now="update")
    stars: int = Field(server_default=3)
    rank: int = Field(..., server_default=4)
    level: int = Field(default=5, server_default=6)
    seen_at: datetime = Field(server_default="CURRENT_TIMESTAMP")
    marks: list[int] = Field(default_factory=list[int], server_default="[]")


def stamped(**values: Any) -> Stamped:
    return Stamped.model_validate({"password": "secret", **values})


def test_what_is_write_only_is_not_shown_by_repr() -> None:
    assert "secret" not in repr(stamped())


def test_what_is_set_later_has_a_value_until_then() -> None:
    before = datetime.now(UTC)
    one = stamped()
    assert before <= one.made_at <= one.seen_at <= datetime.now(UTC)
    assert one.changed_at is None
    given = datetime(2026, 1, 2, tzinfo=UTC)
    assert stamped(made_at=given).made_at == given


def test_the_default_of_the_database_is_that_of_the_field() -> None:
    one = stamped()
    assert (one.stars, one.rank, one.level, one.marks) == (3, 4, 5, [])

"""What a database would not keep as it is is refused."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from starmodel.stores.sql.tables import column
from starmodel.stores.sql.tables.codec import NotStorable, check_class


class Part(BaseModel):
    """A value object."""

    name: str = ""


class Better(Part):
    """One that is more."""


class Open(BaseModel):
    """One that takes anything."""

    model_config = ConfigDict(extra="allow")


@pytest.mark.parametrize("value", [None, True, 1, 0.5, "a", [1, [None]], {"a": {"b": []}}])
def test_what_json_has_is_kept(value: Any) -> None:
    codec = column.anything("data").sqlite
    assert codec.encode is not None and codec.decode is not None
    assert codec.decode(codec.encode(value)) == value


@pytest.mark.parametrize(
    "value", [(1,), [(1,)], {1: "a"}, {"a": {None: 1}}, {1, 2}, Decimal(1), b"a", date.min, Part()]
)
def test_what_json_has_not_is_refused(value: Any) -> None:
    codec = column.anything("data").postgresql
    assert codec.encode is not None
    with pytest.raises(NotStorable, match="no way to keep"):
        codec.encode(value)


def test_a_value_object_is_of_its_class_and_nothing_more() -> None:
    check_class(Part(), Part)
    check_class(Open(), Open)
    for value, cls in ((Better(), Part), (Open.model_validate({"a": 1}), Open)):
        with pytest.raises(NotStorable, match="no more than that"):
            check_class(value, cls)

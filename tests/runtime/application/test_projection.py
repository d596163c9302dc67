"""What JSON has of a value that nobody has declared the type of."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum
from ipaddress import IPv4Address
from typing import Any
from uuid import UUID

import pytest
from pydantic import BaseModel, HttpUrl

from starmodel import Ref
from starmodel.application.json_projection import json_value


class Mood(Enum):
    GOOD = "good"


class Level(IntEnum):
    LOW = 1


class Secretive(BaseModel):
    password: str = "hunter2"


VALUES: list[tuple[Any, Any]] = [
    (None, None),
    (True, True),
    (10**20, 10**20),
    ("text", "text"),
    (Decimal("1.50"), "1.50"),
    (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    (date(2024, 1, 31), "2024-01-31"),
    (time(10, 30), "10:30:00"),
    (datetime(2024, 1, 31, tzinfo=UTC), "2024-01-31T00:00:00+00:00"),
    (timedelta(minutes=1), 60.0),
    (b"\x00\xff", "AP8="),
    (IPv4Address("192.0.2.1"), "192.0.2.1"),
    (HttpUrl("https://example.com"), "https://example.com/"),
    (Ref("an-id"), "an-id"),
    ([Ref(UUID(int=1))], ["00000000-0000-0000-0000-000000000001"]),
    (Mood.GOOD, "good"),
    (Level.LOW, 1),
    ([1, (2, {3})], [1, [2, [3]]]),
    ({Mood.GOOD: 1, 2: [Decimal(3)], True: None}, {"good": 1, "2": ["3"], "true": None}),
]


@pytest.mark.parametrize(("value", "wanted"), VALUES)
def test_plain_values(value: Any, wanted: Any) -> None:
    found = json_value(value)
    assert found == wanted
    assert type(found) is type(wanted)


def test_what_may_hold_something_private_is_left_out() -> None:
    assert json_value(Secretive()) is None
    assert json_value([Secretive(), object(), "a"]) == [None, None, "a"]


def test_containers_are_new() -> None:
    value = {"a": [1]}
    found = json_value(value)
    assert found == value
    assert found is not value
    assert found["a"] is not value["a"]

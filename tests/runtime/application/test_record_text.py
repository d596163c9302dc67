"""Records of commits, as text and back."""

import math
from decimal import Decimal
from types import MappingProxyType

import pytest

from starmodel.application.documents.record_text import read_record, write_record
from starmodel.domain import ANONYMOUS, Actor, CommandRecord, Fragment

RECORD = CommandRecord("item", "i1", "restock", {}, ANONYMOUS, 1.5, 3, ("stock", "name"), None, 2)


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"amount": 10**40, "is_new": True, "share": 0.1, "note": None},
        {"amount": -(10**5000)},
        {"share": math.inf, "other": -math.inf},
        {"note": "ünï\u2028\0\x7f\U0001f600"},
        {"note": "\ud800", "share": math.inf},
        {"lines": [{"a": [1, "x"]}, None]},
    ],
)
def test_what_is_written_is_read(arguments: dict[str, object]) -> None:
    record = CommandRecord(
        "item",
        "\u00fc",
        "restock",
        arguments,
        Actor("u1", frozenset({"b", "a"})),
        1.5,
        3,
        ("stock",),
        Fragment("<p>\u00fc</p>", "#p", None),
        2,
    )
    assert read_record(write_record(record), 3) == record


def test_arguments_are_kept_as_json_has_them() -> None:
    arguments = MappingProxyType({"price": Decimal("1.50"), "amount": 1})
    record = RECORD
    record.arguments = arguments
    assert read_record(write_record(record), 3).arguments == {"price": "1.50", "amount": 1}
    record.arguments = MappingProxyType({"amount": 1})
    assert read_record(write_record(record), 3).arguments == {"amount": 1}

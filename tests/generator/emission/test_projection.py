"""What JSON has of values: written out, new containers, private fields left out."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from corpus import sample_settings
from sample_shop import NOTE, SCHEMA, SIZE, STATUS, scalar

import starmodel
from starmodel_generator.emission.context import Context
from starmodel_generator.emission.entity.projection import Projection
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import flat
from starmodel_generator.emission.python.type_expressions import AuthorsClasses
from starmodel_schemas import (
    AnyType,
    DictType,
    ListType,
    LiteralType,
    OptionalType,
    SetType,
    TupleType,
    TypeRef,
    UnionType,
)


class Status(Enum):
    DRAFT = "draft"
    ON_SALE = "on sale"


class Size(Enum):
    SMALL = 1
    LARGE = 2


NAMES: dict[str, Any] = {
    "sm": starmodel,
    "Decimal": Decimal,
    "UUID": UUID,
    "date": date,
    "time": time,
    "datetime": datetime,
    "timedelta": timedelta,
    "Status": Status,
    "Size": Size,
    "b64encode": __import__("base64").b64encode,
    "note_state": vars,
    "json_value": dict,
}
UUID_TEXT = "12345678-1234-5678-1234-567812345678"
MOMENT = datetime(2024, 1, 31, 10, 0, tzinfo=UTC)


def projection(taken: frozenset[str] = frozenset()) -> Projection:
    context = Context(SCHEMA, sample_settings())
    names = ModuleNames(context.first_party, taken)
    return Projection(names, context, AuthorsClasses(names, context))


@pytest.mark.parametrize(
    ("type_", "value", "wanted"),
    [
        (scalar("int"), 10**20, 10**20),
        (scalar("Decimal"), Decimal("1.50"), "1.50"),
        (scalar("datetime"), MOMENT, "2024-01-31T10:00:00+00:00"),
        (scalar("timedelta"), timedelta(minutes=1, milliseconds=5), 60.005),
        (scalar("bytes"), b"\x00\xff", "AP8="),
        (scalar("UUID"), UUID(UUID_TEXT), UUID_TEXT),
        (STATUS, Status.ON_SALE, "on sale"),
        (LiteralType(values=("a", 1)), "a", "a"),
        (OptionalType(item=scalar("date")), None, None),
        (OptionalType(item=scalar("date")), date(2024, 1, 31), "2024-01-31"),
        (ListType(item=scalar("time")), [time(10, 30)], ["10:30:00"]),
        (SetType(item=scalar("int")), {3, 1, 2}, [1, 2, 3]),
        (SetType(item=STATUS), set(Status), ["draft", "on sale"]),
        (
            SetType(item=LiteralType(values=("a", 1))),
            {"a", 1},
            ["a", 1],
        ),
        (
            DictType(key=SIZE, value=scalar("bool")),
            {Size.LARGE: True},
            {"2": True},
        ),
        (
            DictType(key=scalar("bool"), value=scalar("int")),
            {True: 1},
            {"true": 1},
        ),
        (
            DictType(key=scalar("date"), value=ListType(item=scalar("Decimal"))),
            {date(2024, 1, 31): [Decimal(1)]},
            {"2024-01-31": ["1"]},
        ),
        (
            TupleType(items=(scalar("int"), scalar("date"))),
            (1, date(2024, 1, 31)),
            [1, "2024-01-31"],
        ),
        (TupleType(items=(scalar("int"),), variadic=True), (1, 2), [1, 2]),
        (ListType(item=NOTE), [SimpleNamespace(text="a")], [{"text": "a"}]),
        (
            UnionType(members=(scalar("date"), scalar("datetime"), scalar("int"))),
            MOMENT,
            "2024-01-31T10:00:00+00:00",
        ),
        (UnionType(members=(scalar("date"), scalar("int"))), 5, 5),
        (UnionType(members=(scalar("date"), scalar("time"))), time(10), "10:00:00"),
        (
            UnionType(members=(scalar("Decimal"), scalar("timedelta"))),
            Decimal(2),
            "2",
        ),
        (
            ListType(item=ListType(item=ListType(item=scalar("Decimal")))),
            [[[Decimal(1)]]],
            [[["1"]]],
        ),
        (AnyType(), {"a": 1}, {"a": 1}),
    ],
)
def test_values(type_: TypeRef, value: object, wanted: object) -> None:
    writer = projection()
    expression = writer.expression(type_, "value")
    assert eval(expression, {**NAMES, "value": value}) == wanted
    assert flat(writer.layout(type_, "value")) == expression


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        (ListType(item=scalar("str")), ["a"]),
        (ListType(item=ListType(item=scalar("str"))), [["a"]]),
        (DictType(key=scalar("str"), value=ListType(item=scalar("int"))), {"a": [1]}),
    ],
)
def test_containers_are_new(type_: TypeRef, value: Any) -> None:
    picked = eval(projection().expression(type_, "value"), {**NAMES, "value": value})
    assert picked == value
    assert picked is not value
    key = "a" if isinstance(value, dict) else 0
    if type_ != ListType(item=scalar("str")):
        assert picked[key] is not value[key]


def test_plain_values_are_taken_as_they_are() -> None:
    writer = projection()
    assert writer.expression(OptionalType(item=scalar("str")), "cart.name") == "cart.name"
    assert writer.expression(ListType(item=scalar("str")), "cart.names") == "list(cart.names)"
    assert writer.expression(ListType(item=NOTE), "cart.notes") == (
        "[note_state(note) for note in cart.notes]"
    )


def test_builtins_that_are_taken_are_written_with_their_module() -> None:
    writer = projection(frozenset({"list", "str"}))
    assert writer.expression(scalar("Decimal"), "x") == "builtins.str(x)"

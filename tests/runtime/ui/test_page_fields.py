"""The fields of an entity, each once for all its pages."""

import pytest

from starmodel import ui
from starmodel.ui.names import Signal

NAME, PRICE, SIZE, CODE, MAKER = (
    Signal(f"$thing.{name}") for name in ("name", "price", "size", "code", "maker")
)
FIELDS = ui.Fields(
    ui.EntityField(ui.Text(NAME), ui.TextInput(NAME)),
    ui.EntityField(ui.Number(PRICE), filter=False),
    ui.EntityField(ui.Json(SIZE), ui.JsonInput(SIZE), column=False, filter=True),
    ui.EntityField(ui.Text(CODE), ui.TextInput(CODE), frozen=True, sort=False),
    ui.EntityField(ui.Link(MAKER, to="/maker", by="name"), sort="maker__name"),
)


def test_each_page_takes_what_it_needs() -> None:
    assert [one.name for one in FIELDS.shown] == ["name", "price", "size", "code", "maker"]
    assert [one.name for one in FIELDS.inputs] == ["name", "size"]
    assert [one.name for one in FIELDS.new_inputs] == ["code", "name", "size"]
    assert FIELDS.columns == [NAME, PRICE, CODE, MAKER]
    assert FIELDS.filters == [NAME, SIZE, CODE, MAKER]
    assert FIELDS.sorts == [NAME, PRICE, "maker__name"]


def test_fields_are_left_out_and_replaced() -> None:
    assert FIELDS.without("price", "maker").columns == [NAME, CODE]
    price = ui.EntityField(ui.Number(PRICE, label="Costs"), column=False)
    changed = FIELDS.replace(price=price)
    assert [one.title for one in changed.shown][:2] == ["Name", "Costs"]
    assert PRICE not in changed.columns
    assert [*FIELDS][1].replace(column=False).sort is None
    with pytest.raises(ValueError, match="no field 'cost'"):
        FIELDS.replace(cost=price)


def test_a_list_knows_fields_by_their_signals() -> None:
    with pytest.raises(TypeError, match="by its signal"):
        _ = ui.Fields(ui.EntityField(ui.Text("name"))).columns

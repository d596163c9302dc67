"""Defaults are written anew from their syntax tree."""

import pytest

from starmodel_generator.emission.python.default_expressions import default_layout, use_qualified
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import flat, lay_out
from starmodel_schemas import ExpressionDefault, FactoryDefault, LiteralDefault, RequiredDefault


def written(expression: str, *imports: str, taken: frozenset[str] = frozenset()) -> str:
    names = ModuleNames(frozenset({"shop"}), taken)
    layout = default_layout(ExpressionDefault(expression=expression, imports=imports), names)
    assert layout is not None
    return flat(layout)


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("b'ab\\x00'", 'b"ab\\x00"'),
        ("['a', \"b\"]", '["a", "b"]'),
        ("('a',)", '("a",)'),
        ("{'a': [1, -2], 'b': {1, 2}}", '{"a": [1, -2], "b": {1, 2}}'),
        ("set()", "set()"),
        ("float('inf')", 'float("inf")'),
        ("timedelta(days=1, seconds=-5)", "timedelta(days=1, seconds=-5)"),
    ],
)
def test_expressions(expression: str, wanted: str) -> None:
    assert written(expression) == wanted


def test_imported_names_are_noted() -> None:
    names = ModuleNames(frozenset({"shop"}))
    default = ExpressionDefault(expression="Status.OPEN", imports=("shop.entities.Status",))
    assert default_layout(default, names) == "Status.OPEN"
    assert names.import_block() == "from shop.entities import Status"
    assert use_qualified("shop.bus:AuditedBus", names) == "AuditedBus"


def test_a_taken_name_is_written_with_its_module() -> None:
    taken = frozenset({"date", "set"})
    assert written("date(2024, 1, 31)", "datetime.date", taken=taken) == "dt.date(2024, 1, 31)"
    assert written("set()", taken=taken) == "builtins.set()"


def test_a_long_list_has_one_item_per_line() -> None:
    names = ModuleNames(frozenset())
    numbers = list(range(1000, 1020))
    layout = default_layout(ExpressionDefault(expression=repr(numbers)), names)
    assert layout is not None
    assert lay_out(layout, 4).splitlines() == ["[", *(f"        {n}," for n in numbers), "    ]"]


def test_what_cannot_be_written_is_nothing() -> None:
    names = ModuleNames(frozenset())
    assert default_layout(RequiredDefault(), names) is None
    assert default_layout(FactoryDefault(factory="shop.entities.make"), names) is None
    assert default_layout(LiteralDefault(value="a"), names) == '"a"'

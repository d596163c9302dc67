"""Code is laid out as black keeps it."""

import black
import pytest

from starmodel_generator.emission.python.layout import (
    Group,
    Parts,
    call,
    conditional,
    lay_out,
    prefixed,
)

SHORT = Group("increment(", ("amount=amount", "actor=actor"), ")")
LONG = Group("increment(", tuple(f"argument_{number}=number" for number in range(6)), ")")
NESTED = Group("x = Arguments(", (prefixed("first=", LONG), Group("y(", (), ")")), ")")


LITERAL = prefixed('"a": ', Group("[", tuple(f'"item {number}"' for number in range(9)), "]"))
IMPORT = Group(
    "from shop.generated.product.pages import (",
    ("DELETE_FORM_OF_PRODUCT", "EDIT_FORM_OF_PRODUCT", "NEW_PRODUCT", "PRODUCTS"),
    ")",
)


def test_what_fits_is_flat_then_together_and_else_has_one_item_per_line() -> None:
    assert lay_out(SHORT, 0) == "increment(amount=amount, actor=actor)"
    assert lay_out(SHORT, 54, ":") == (
        "increment(\n" + " " * 58 + "amount=amount, actor=actor\n" + " " * 54 + "):"
    )
    assert lay_out(SHORT, 60, ":") == (
        "increment(\n"
        + " " * 64
        + "amount=amount,\n"
        + " " * 64
        + "actor=actor,\n"
        + " " * 60
        + "):"
    )


def test_the_last_column_counts_what_follows() -> None:
    exact = Group("f(", ("a" * 40, "b" * 43), ")")
    assert "\n" not in lay_out(exact, 0)
    assert "\n" in lay_out(exact, 0, ",")


def test_wide_characters_take_two_columns() -> None:
    assert "\n" not in lay_out(Group("f(", ("é" * 80,), ")"), 0)
    assert "\n" in lay_out(Group("f(", ("日" * 44,), ")"), 0)


@pytest.mark.parametrize(
    "layout",
    [
        SHORT,
        LONG,
        NESTED,
        Group("x = {", (LITERAL, '"b": 1'), "}"),
        Group("x = [", ("a" * 40, "b" * 42), "]"),
        IMPORT,
        prefixed("x: Literal", Group("[", tuple(f'"item-{number}"' for number in range(6)), "]")),
        Group("def f(", ("a" * 80,), "): ..."),
        Group("async def f(", ("a" * 40, "b" * 42), "): ..."),
        prefixed("x = ", Parts("", "[]", ("item.isoformat()", "for item in values"))),
        prefixed("x = ", Parts("", "[]", ("item" * 12, "for item in " + "values" * 6))),
        prefixed("x = ", Parts("", "[]", ("item" * 18, "for item in " + "values" * 6))),
    ],
)
def test_black_keeps_it(layout: Group | Parts) -> None:
    text = lay_out(layout, 0) + "\n"
    assert black.format_str(text, mode=black.Mode()) == text


@pytest.mark.parametrize("length", [5, 20, 30])
def test_black_keeps_conditions(length: int) -> None:
    name = "n" * length
    value = prefixed("'due': ".replace("'", '"'), conditional(("None", f"{name} is None", name)))
    text = "x = {\n    " + lay_out(value, 4, ",") + "\n}\n"
    assert black.format_str(text, mode=black.Mode()) == text


def test_a_call_without_items_stays_whole() -> None:
    assert call("f" * 100, (), 0) == "f" * 100 + "()"

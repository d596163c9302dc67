"""Imports are exact and sorted as isort and ruff sort them."""

import pytest

from starmodel_generator.emission.python.import_block import ModuleNames, NameClash


def test_three_sections_modules_first_constants_before_classes_before_functions() -> None:
    names = ModuleNames(frozenset({"shop"}))
    for module, name in [
        ("shop.entities", "Order"),
        ("shop.entities", "make_order"),
        ("shop.entities", "LIMIT"),
        ("starmodel.web", "Route"),
        ("pydantic_core", "core_schema"),
        ("typing", "Any"),
        (".transport", "Answer"),
    ]:
        assert names.use(module, name) == name
    names.use_module("httpx")
    assert names.import_block() == (
        "from typing import Any\n"
        "\n"
        "import httpx\n"
        "from pydantic_core import core_schema\n"
        "from starmodel.web import Route\n"
        "\n"
        "from shop.entities import LIMIT, Order, make_order\n"
        "\n"
        "from .transport import Answer"
    )


def test_a_long_import_has_one_name_per_line_and_numbers_count() -> None:
    names = ModuleNames(frozenset())
    for number in (10, 9, 1, 100):
        names.use("starmodel.web", f"a_long_name_of_a_function_{number}")
    assert names.import_block() == (
        "from starmodel.web import (\n"
        "    a_long_name_of_a_function_1,\n"
        "    a_long_name_of_a_function_9,\n"
        "    a_long_name_of_a_function_10,\n"
        "    a_long_name_of_a_function_100,\n"
        ")"
    )


def test_a_taken_name_is_written_with_its_module() -> None:
    names = ModuleNames(frozenset(), {"date", "list", "sorted"})
    assert names.use("datetime", "date") == "dt.date"
    assert names.use("datetime", "time") == "time"
    assert names.builtin("list") == "builtins.list"
    assert names.builtin("dict") == "dict"
    assert names.import_block() == (
        "import builtins\nimport datetime as dt\nfrom datetime import time"
    )


def test_two_meanings_of_one_name_are_refused() -> None:
    names = ModuleNames(frozenset({"shop"}))
    names.use("shop.a", "Item")
    names.use("shop.a", "Item")
    with pytest.raises(NameClash, match=r"`Item` would be both what shop\.a calls so and"):
        names.use("shop.b", "Item")
    with pytest.raises(NameClash):
        names.define("Item")
    with pytest.raises(NameClash, match="a parameter"):
        names.keep_apart(["amount", "Item"])

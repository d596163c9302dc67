"""Imports are exact and sorted as isort and ruff sort them."""

import pytest

from starmodel_generator.emission.python.import_block import ModuleNames, NameClash


def test_three_sections_modules_first_constants_before_classes_before_functions() -> None:
    names = ModuleNames(frozenset({"shop"}), by_name=True)
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
    names = ModuleNames(frozenset(), by_name=True)
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


def test_what_the_runtime_has_stands_behind_a_name_of_its_module() -> None:
    names = ModuleNames(frozenset({"shop"}))
    assert names.use("starmodel.domain", "Actor") == "sm.Actor"
    assert names.use("starmodel.application", "CommandResult") == "sm.CommandResult"
    assert names.use("starmodel.web.app.record_routes", "list_route") == "web.list_route"
    assert names.use(".transport", "Answer") == "http.Answer"
    assert names.use("shop.entities", "CommandResult") == "CommandResult"
    assert names.import_block() == (
        "import starmodel as sm\n"
        "from starmodel import web\n"
        "\n"
        "from shop.entities import CommandResult\n"
        "\n"
        "from . import transport as http"
    )


def test_a_class_of_the_authors_keeps_its_name() -> None:
    names = ModuleNames(frozenset({"shop"}), classes={"Decimal", "Sequence"})
    assert names.use("shop.entities", "Decimal") == "Decimal"
    assert names.use("decimal", "Decimal") == "decimal.Decimal"
    assert names.use("collections.abc", "Sequence") == "collections.abc.Sequence"
    assert names.use("uuid", "UUID") == "UUID"
    assert names.import_block() == (
        "import collections.abc\n"
        "import decimal\n"
        "from uuid import UUID\n"
        "\n"
        "from shop.entities import Decimal"
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

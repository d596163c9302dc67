"""Which characters print is decided by a committed table, not by the Python that runs."""

import re
import unicodedata
from pathlib import Path

import pytest
from black.strings import str_width

import starmodel_generator
import starmodel_schemas
from starmodel_generator.emission.python.literals import comment, docstring, python_string
from starmodel_generator.unicode_table import display_width, is_printable, is_word_character

PACKAGES = [
    Path(package.__file__ or "").parent for package in (starmodel_generator, starmodel_schemas)
]
ASKS_PYTHON = re.compile(
    r"\bunicodedata\b|\.isprintable\(|\bstdlib_module_names\b|\bimport builtins\b"
)


def test_the_table_agrees_with_python_on_what_python_knows() -> None:
    differing = [
        hex(code)
        for code in range(0x110000)
        if unicodedata.category(chr(code)) != "Cn"
        and (
            is_printable(chr(code)) != chr(code).isprintable()
            or is_word_character(chr(code)) != (re.match(r"\w", chr(code)) is not None)
        )
    ]
    assert differing == []


@pytest.mark.parametrize(
    "text", ["plain", "größe", "北京 茶", "👩‍🚀 🍵", "e\u0301", "\u200b", "\U0001fa75"]
)
def test_lines_are_as_wide_as_black_takes_them_to_be(text: str) -> None:
    assert display_width(text) == str_width(text)


def test_a_character_that_is_newer_than_this_python_is_written_as_it_is() -> None:
    pink_heart = "\U0001fa77"  # new in Unicode 15, which Python 3.11 does not know
    assert is_printable(pink_heart)
    assert python_string(pink_heart) == f'"{pink_heart}"'
    assert docstring(pink_heart, 4) == f'"""{pink_heart}"""'
    assert comment(pink_heart) == pink_heart
    assert python_string("\U000e0fff") == '"\\U000e0fff"'  # assigned nowhere


def test_nothing_else_asks_python() -> None:
    asking = {
        path.name: ASKS_PYTHON.findall(path.read_text(encoding="utf-8"))
        for package in PACKAGES
        for path in package.rglob("*.py")
    }
    assert {name: {*found} for name, found in asking.items() if found} == {
        # Identifiers are compared in the form that Python compares them in.
        "syntax.py": {"unicodedata"},
        # Behind `isascii`, which every version answers alike.
        "manifest.py": {".isprintable("},
        "unicode_table.py": {"unicodedata", ".isprintable("},
        "standard_names.py": {"stdlib_module_names", "unicodedata"},
        # Whether the author's source runs on this Python is what these two are about.
        "name_scan.py": {"import builtins"},
        "library_classes.py": {"stdlib_module_names"},
    }

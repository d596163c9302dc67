"""What the generator's text functions make of every code point, as digests.

A script for any Python, with or without the packages that the generator depends on:

    python text_digests.py FOLDER_OF_THE_REPOSITORY

It prints JSON: a table of digests, one for each function and block of code points, and the names
that this Python has and our lists do not.
"""

import builtins
import json
import keyword
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from functools import partial
from hashlib import md5
from json.encoder import encode_basestring_ascii
from pathlib import Path
from types import ModuleType

BLOCK = 0x800
EVERYWHERE = ("default", "width of lines")
"""Functions that are tried on all code points, all others where nearly all letters and symbols are.

What lies beyond is ideographs, private use, and nothing at all. To quote or to measure them is
all that any function does.
"""
CROWDED = 0x20000
LINE = 64
"""Code points in one line of a text; with wide characters that is more than a line of code takes."""

NUMBERS = (0.1, 1e16, 1e22, 1e-7, 5e-324, 123456789.125, -0.0, float("inf"), float("nan"), 10**40)
NAMES = (
    "Order",
    "ORDER",
    "A\u10fcB",
    "A\ua7f2B",
    "\u019bx",
    "\u0264",
    "straße",
    "Ǆ",
    "item10",
    "item2",
)
"""Names of enums and value objects on which `str.upper` and `str.isupper` disagree between Pythons."""


def main(root: Path) -> None:
    """Print what this Python gives."""
    _find_packages(root)
    from starmodel_generator.standard_names import BUILTIN_NAMES, STANDARD_MODULES

    found = {
        "digests": {
            name: list(_digests(call, sys.maxunicode + 1 if name in EVERYWHERE else CROWDED))
            for name, call in _functions().items()
        },
        "lists": _lists(),
        "unknown builtins": sorted(_public(dir(builtins)) - BUILTIN_NAMES),
        "unknown modules": sorted(_public(sys.stdlib_module_names) - STANDARD_MODULES),
        "python": list(sys.version_info[:2]),
    }
    print(json.dumps(found))


def _find_packages(root: Path) -> None:
    """Make modules importable that need no more than Python.

    Two of the packages import pydantic and jinja2 as a whole. Here they are folders only.
    """
    folders = [root / "generator", root / "schemas"]
    sys.path[:0] = map(str, folders)
    for folder, name in zip(
        folders, ("starmodel_generator.emission", "starmodel_schemas"), strict=True
    ):
        package = ModuleType(name)
        package.__path__ = [str(folder / name.replace(".", "/"))]
        sys.modules[name] = package


def _public(names: "Iterator[str] | list[str] | frozenset[str]") -> set[str]:
    return {name for name in names if not name.startswith("_")}


def _digests(call: Callable[[str], str], end: int) -> Iterator[str]:
    for start in range(0, end, BLOCK):
        text = "".join(map(chr, range(start, start + BLOCK)))
        yield md5(call(text).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _functions() -> dict[str, Callable[[str], str]]:
    from starmodel_generator.diagnostics.code_frame import printable
    from starmodel_generator.emission.pages import input_pattern
    from starmodel_generator.emission.python import layout, literals
    from starmodel_generator.emission.server import signal_expression
    from starmodel_generator.emission.sql import sql_layout
    from starmodel_generator.linking.names.unparse import literal_text
    from starmodel_schemas import naming

    def in_lines(write: Callable[[str], str]) -> Callable[[str], str]:
        return lambda text: write("\n  ".join(_cut(text)))

    def field(text: str) -> str:
        items = [layout.named("title", literals.python_string(line)) for line in _cut(text)[::8]]
        return layout.lay_out(layout.Group("Field(", tuple(items), ")"), 4)

    def lines(text: str) -> str:
        """Lines of code of which some are just short enough, and some are not."""
        room = layout.LINE_LENGTH - LINE // 2
        written = [layout.Group("x" * room + "(", (line,), ")") for line in _cut(text, LINE // 2)]
        return "".join(layout.lay_out(line, 0) for line in written)

    def in_sql(text: str) -> str:
        return sql_layout.without_parameters(f"{' :'.join(text)}:a{':'.join(text)}")

    def in_pattern(text: str) -> str:
        return str(input_pattern.html_pattern(f"^{text}$"))

    return {
        "default": literals.python_string,
        "docstring": in_lines(partial(literals.docstring, indent=4)),
        "comment": in_lines(literals.comment),
        "value in a message": literal_text,
        "script": signal_expression.javascript,
        "schema": encode_basestring_ascii,
        "diagnostic": in_lines(printable),
        "arguments": field,
        "width of lines": lines,
        "SQL": in_sql,
        "pattern": in_pattern,
        "upper case": lambda text: naming.upper_case(text) + naming.pascal_case("_".join(text)),
    }


def _cut(text: str, size: int = LINE) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


def _lists() -> dict[str, object]:
    from starmodel_generator.emission.python.import_block import ModuleNames
    from starmodel_generator.emission.python.literals import python_value
    from starmodel_generator.linking.names.unparse import literal_text
    from starmodel_generator.linking.values.constant_folding import folded
    from starmodel_schemas import naming

    names = ModuleNames(frozenset({"shop"}))
    for name in NAMES:
        names.use("shop.entities", name)
    for module in ("compression", "cgi", "distutils", "typing", "pydantic", "annotationlib"):
        names.use(module, f"of_{module}")
    return {
        "keywords": keyword.kwlist,
        "numbers": [python_value(number) for number in NUMBERS],
        "values": [
            literal_text(bytes(range(256))),
            literal_text(Decimal("1.10")),
            literal_text(timedelta(days=-1, seconds=1.5)),
        ],
        "arithmetic": [repr(folded(sign, -7.5, 0.7)) for sign in ("+", "-", "*", "/", "//", "%")],
        "titles": [naming.title_words(name) for name in NAMES],
        "constants": [naming.constant_case(name) for name in NAMES],
        "imports": names.import_block(),
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""Texts reach Python as data: equal when read back, and black leaves them alone."""

import ast
import re
from random import Random

import black
import pytest
from docstring_text import cleandoc
from random_schemas import hostile_text

from starmodel_generator.emission.python.literals import clean, comment, docstring, python_value

NAMED = [
    "",
    '"',
    "'",
    "\\",
    '\\"',
    '"""',
    '""""""',
    'a""',
    '"a"',
    "ends with a backslash\\",
    "{{ x }} {% y %} {# z #}",
    "</script><!--",
    "*/ // #",
    "\u2028\u2029\x85",
    "\ud800",
    "\x00\x1b\x7f",
    "\r\n\r",
    "tab\there",
    "\\N{DASH} \\x41 \\u0041 \\",
    "𝒳 🏳️‍🌈 \u202e",
    "a" * 100_000,
    "\\" * 1_000 + '"' * 999,
]


def read_back(text: str) -> ast.FunctionDef:
    """Parse `text` as the docstring of a function that has one statement besides."""
    module = ast.parse(f"def f():\n    {text}\n    return 1\n")
    (function,) = module.body
    assert isinstance(function, ast.FunctionDef)
    assert len(function.body) == 2
    return function


def cleaned(text: str) -> str:
    """What `inspect.cleandoc` gives, without blank lines at either end."""
    return re.sub(r"^( *\n)+|(\n *)+$", "", cleandoc(text))


@pytest.mark.parametrize(
    "value", [*NAMED, *(text.encode("utf-8", "surrogatepass") for text in NAMED)]
)
def test_literals_are_read_back(value: str | bytes) -> None:
    assert ast.literal_eval(python_value(value)) == value


@pytest.mark.parametrize("value", [True, False, None, 0, -7, 10**30, 0.1, -0.0, 1e22, 1e-7])
def test_numbers_are_read_back(value: bool | int | float | None) -> None:
    assert repr(ast.literal_eval(python_value(value))) == repr(value)


def test_numbers_that_are_none_are_calls() -> None:
    assert python_value(float("inf")) == 'float("inf")'
    assert python_value(float("nan")) == 'float("nan")'


@pytest.mark.parametrize("text", NAMED)
def test_docstrings_are_read_back(text: str) -> None:
    if not clean(text):
        return
    alone = ast.get_docstring(read_back(docstring(text, 4)), clean=False)
    followed = ast.get_docstring(read_back(docstring(text, 4, "Ours.")), clean=False)
    assert alone is not None
    assert followed is not None
    assert cleaned(alone) == cleaned(text)
    assert cleandoc(followed).startswith(cleaned(text))
    assert cleandoc(followed).rstrip().endswith("\n\nOurs.")


def test_a_thousand_hostile_texts_are_data_and_black_keeps_them() -> None:
    random = Random(2)
    texts = [hostile_text(random) for _ in range(1_000)]
    lines: list[str] = []
    for number, text in enumerate(texts):
        data = text.encode("utf-8", "surrogatepass")
        values = f"    x={python_value(text)},\n    y={python_value(data)},"
        lines.append(f"\n\ndef f{number}(\n{values}\n):")
        lines.append(f"    {docstring('Ours.' + text, 4)}\n    return 1")
    source = "\n".join(lines).lstrip("\n") + "\n"
    functions = ast.parse(source).body
    assert len(functions) == len(texts)
    for function, text in zip(functions, texts, strict=True):
        assert isinstance(function, ast.FunctionDef)
        assert len(function.body) == 2
        values = [ast.literal_eval(value) for value in function.args.defaults]
        assert values == [text, text.encode("utf-8", "surrogatepass")]
        found = ast.get_docstring(function, clean=False)
        assert found is not None
        assert cleaned(found) == cleaned("Ours." + text)
    source.encode()
    assert black.format_str(source, mode=black.Mode()) == source


def test_readable_texts_stay_readable() -> None:
    assert python_value('He said "no".') == "'He said \"no\".'"
    assert python_value('It\'s "so".') == "'It\\'s \"so\".'"
    assert python_value("Größe 大きさ") == '"Größe 大きさ"'
    assert docstring("Change it.", 4) == '"""Change it."""'
    assert docstring("Change it.\n\n    Twice.\n    ", 4, "Ours.") == (
        '"""Change it.\n\n    Twice.\n\n    Ours.\n    """'
    )


def test_comments_stay_on_their_line() -> None:
    assert comment("shop/größe.py") == "shop/größe.py"
    assert comment("a\nimport os\r\u2028b") == "a\\nimport os\\r\\u2028b"

"""The only way for a text of the author's into generated code: as data, never as syntax.

Every function gives text that black leaves alone and that Python reads back as the very same
value. Everything that does not print is written as an escape: control characters, line
separators, direction marks, lone surrogates.
"""

import re
from functools import lru_cache
from typing import TypeAlias

from starmodel_generator.unicode_table import is_printable

Value: TypeAlias = bool | int | float | str | bytes | None

_NEEDS_CARE = re.compile(r"[^ !#-\[\]-~]")
_DOCSTRING_NEEDS_CARE = re.compile(r'[^ -\[\]-~]|"""')
_SHORT_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def python_value(value: Value) -> str:
    """Write a literal: `None`, a bool, a number, a text, bytes."""
    if isinstance(value, str):
        return python_string(value)
    if isinstance(value, bytes):
        return _python_bytes(value)
    if isinstance(value, float):
        return _python_float(value)
    return repr(value)


@lru_cache(maxsize=4096)
def python_string(text: str) -> str:
    """Write a string literal, in double quotes unless that takes more backslashes."""
    if _NEEDS_CARE.search(text) is None:
        return f'"{text}"'
    body = "".join([_escaped(character) for character in text])
    if '"""' in text:
        # Three quotes in a row stand in our code only where a docstring begins or ends.
        return '"' + body.replace('"', "\\x22") + '"'
    if text.count('"') > text.count("'"):
        return "'" + body.replace("'", "\\'") + "'"
    return '"' + body.replace('"', '\\"') + '"'


def docstring(text: str, indent: int, *paragraphs: str) -> str:
    """Write a docstring that starts in column `indent`; further lines are indented by it.

    `paragraphs` of ours follow the author's text. `inspect.cleandoc` gives the same for what is
    read back and for what went in.
    """
    lines = clean(text).split("\n")
    if lines[0].startswith(" ") and len(lines) > 1:
        # Only behind a line break is an indented first line kept.
        lines.insert(0, "")
    for paragraph in paragraphs:
        lines += ["", *paragraph.split("\n")]
    if len(lines) == 1 and lines[0].endswith('"'):
        return f'"""{_docstring_line(lines[0][:-1], first=True)}\\x22"""'
    first = _docstring_line(lines[0], first=True)
    if len(lines) == 1:
        return f'"""{first}"""'
    margin = " " * indent
    rest = [margin + _docstring_line(line) if line else "" for line in lines[1:]]
    return "\n".join([f'"""{first}', *rest, margin + '"""'])


def clean(text: str) -> str:
    """Do what `inspect.cleandoc` does, but the same in every version of Python.

    Tabs stay in a first line that is not indented: nothing in front of them can move.
    """
    first, *rest = text.split("\n")
    if first.startswith(" "):
        first = first.expandtabs().lstrip(" ")
    if not rest:
        return first
    rest = [line.expandtabs() for line in rest]
    margins = [len(line) - len(line.lstrip(" ")) for line in rest if line.strip(" ")]
    margin = min(margins, default=0)
    lines = [first, *[line[margin:] for line in rest]]
    while lines and not lines[-1].strip(" "):
        lines.pop()
    while lines and not lines[0].strip(" "):
        lines.pop(0)
    return "\n".join(lines)


def comment(text: str) -> str:
    """Make text safe behind a `#`: what does not print becomes an escape."""
    if is_printable(text):
        return text
    return "".join([_escaped(character) if character != "\\" else "\\" for character in text])


def _escaped(character: str) -> str:
    short = _SHORT_ESCAPES.get(character)
    if short is not None:
        return short
    if is_printable(character):
        return character
    return _hexadecimal(ord(character))


def _hexadecimal(code: int) -> str:
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _docstring_line(line: str, *, first: bool = False) -> str:
    if _DOCSTRING_NEEDS_CARE.search(line) is not None:
        line = "".join([_escaped(character) for character in line])
        line = re.sub('"{3,}', lambda match: '\\"' * len(match.group()), line)
    if line.endswith(" "):
        line = line[:-1] + "\\x20"
    return "\\" + line if first and line.startswith('"') else line


def _python_bytes(value: bytes) -> str:
    return 'b"' + "".join([_escaped_byte(byte) for byte in value]) + '"'


def _escaped_byte(byte: int) -> str:
    character = chr(byte)
    if character == "\\":
        return "\\\\"
    if character == '"' or not " " <= character <= "~":
        return f"\\x{byte:02x}"
    return character


def _python_float(value: float) -> str:
    text = repr(value)
    return text.replace("e+", "e") if text[-1].isdigit() else f'float("{text}")'

"""Texts and names of the author's inside of HTML, and HTML inside of Python.

A text passes through one function for each language it ends up in, innermost first: a default in
a signal is JavaScript, in an attribute, in an f-string. What comes out is one line, holds no
double quotation mark of the author's, and is data everywhere.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TypeAlias

from starmodel_generator.unicode_table import is_printable

LINE_LENGTH = 88
"""Columns of a line of an expression, where it can be broken."""

PLACEHOLDER = "\0"
"""Stands in HTML for the one placeholder of its f-string; no text that went through `html` holds it."""

ID = "{id}"
"""What stands for a record's id in the path of a route."""

Member: TypeAlias = tuple[str, "str | Sequence[Member]"]
"""A member of an object literal: its name and its value, or the members of that."""

_MARKUP = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "\t": "&#9;",
    "\n": "&#10;",
    "\r": "&#13;",
}
_MARKUP_NEEDS_CARE = re.compile('[&<>"\t\n\r\0\ud800-\udfff]')
_PYTHON_NEEDS_CARE = re.compile(r"[^\n -\[\]-~]")
_ASCII_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_JAVASCRIPT_NEEDS_CARE = re.compile(r"[^A-Za-z0-9 !#%()*+,.:=?\[\]^_{|}~-]")


def html(text: str) -> str:
    """Write a text between tags or in an attribute with double quotation marks.

    HTML has neither NUL nor lone surrogates; like a browser, this puts U+FFFD in their place.
    """
    return _MARKUP_NEEDS_CARE.sub(_markup, text)


def expression(code: str) -> str:
    """Write an expression of ours in an attribute, so that it can still be read.

    Whatever it holds of the author's has been through `javascript`, `key` or `signal`.
    """
    return code.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


def in_string(text: str) -> str:
    '''Write HTML in a `"""` string of Python; it holds no three quotation marks in a row.'''
    return _PYTHON_NEEDS_CARE.sub(_python, text)


def in_fstring(text: str, placeholder: str = "") -> str:
    '''Write HTML in a `f"""` string of Python; `placeholder` is the expression for each `PLACEHOLDER`.'''
    parts = [
        in_string(part).replace("{", "{{").replace("}", "}}") for part in text.split(PLACEHOLDER)
    ]
    return f"{{{placeholder}}}".join(parts)


def text_in_fstring(text: str) -> str:
    '''Write a text of the author's in HTML, in a `f"""` string of Python.'''
    return in_fstring(html(text))


def code_in_fstring(code: str) -> str:
    '''Write an expression of ours in an attribute, in a `f"""` string of Python.'''
    return in_fstring(expression(code))


def with_id(text: str) -> str:
    """Write HTML for an f-string, the record's id where its place is."""
    return in_fstring(text.replace(ID, PLACEHOLDER), "id")


def placeholder(code: str) -> str:
    """Mark Python in HTML for `in_template`."""
    return f"{PLACEHOLDER}{code}{PLACEHOLDER}"


def in_template(text: str) -> str:
    '''Write HTML in a `f"""` string of Python; what `placeholder` has marked is left as it is.'''
    parts = text.split(PLACEHOLDER)
    return "".join(
        [f"{{{part}}}" if place % 2 else in_fstring(part) for place, part in enumerate(parts)]
    )


def javascript(text: str) -> str:
    """Write a string literal for a Datastar expression.

    Datastar rewrites an expression's text before it compiles it, inside of strings too, so
    everything that could mean something to it, to HTML or to JavaScript is an escape.
    """
    return f"'{_JAVASCRIPT_NEEDS_CARE.sub(_javascript, text)}'"


@lru_cache(maxsize=4096)
def key(name: str) -> str:
    """Write a name as the key of an object literal.

    A plain key `__proto__` would set the prototype instead.
    """
    if name == "__proto__":
        return f"[{javascript(name)}]"
    return name if _ASCII_NAME.fullmatch(name) else javascript(name)


def object_literal(members: Sequence[Member], indent: int = 0, column: int = 0) -> str:
    """Write an object on one line, or with one member on each line where it would be too long.

    Args:
        members: What is in it.
        indent: Columns in front of the line that it begins on.
        column: Where on this line it begins.
    """
    text = _flat(members)
    if column + len(text) <= LINE_LENGTH or not members:
        return text
    margin = " " * (indent + 2)
    lines = ["{"]
    for name, value in members:
        start = f"{margin}{key(name)}: "
        shown = value if isinstance(value, str) else object_literal(value, indent + 2, len(start))
        lines.append(f"{start}{shown},")
    return "\n".join([*lines, " " * indent + "}"])


@lru_cache(maxsize=4096)
def signal(*names: str) -> str:
    """Write how an expression reads a signal: `$counter.count`.

    Datastar takes ASCII letters only for part of a signal's name; others stand in brackets.
    """
    parts = [
        f".{name}" if _ASCII_NAME.fullmatch(name) else f"[{javascript(name)}]" for name in names
    ]
    return "$" + "".join(parts).removeprefix(".")


def below(signal: str, *names: str) -> str:
    """Write how an expression reads what is below a signal."""
    return signal + "".join(
        [f".{name}" if _ASCII_NAME.fullmatch(name) else f"[{javascript(name)}]" for name in names]
    )


def _flat(members: Sequence[Member]) -> str:
    texts = [
        f"{key(name)}: {value if isinstance(value, str) else _flat(value)}"
        for name, value in members
    ]
    return f"{{{', '.join(texts)}}}"


def _markup(match: re.Match[str]) -> str:
    return _MARKUP.get(match.group(), "\ufffd")


def _python(match: re.Match[str]) -> str:
    character = match.group()
    if character == "\\":
        return "\\\\"
    if is_printable(character):
        return character
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _javascript(match: re.Match[str]) -> str:
    units = match.group().encode("utf-16-be", "surrogatepass").hex()
    return "".join([f"\\u{units[start : start + 4]}" for start in range(0, len(units), 4)])

"""Docstrings, with the indentation of the code taken out."""

import ast
from collections.abc import Sequence


def read_docstring(body: Sequence[ast.stmt]) -> str | None:
    """The docstring that a body begins with, cleaned."""
    return read_text_statement(body[0]) if body else None


def read_text_statement(node: ast.stmt) -> str | None:
    """The text of a statement that is nothing but a text, cleaned."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        value = node.value.value
        return clean_docstring(value) if isinstance(value, str) else None
    return None


def clean_docstring(text: str) -> str:
    """What `inspect.cleandoc` gives, on every Python version the same.

    The indentation that all lines but the first share is taken away, and so
    are empty lines at both ends. Only spaces and tabs count as white space.
    """
    lines = text.expandtabs().split("\n")
    margins = [len(line) - len(line.lstrip(" ")) for line in lines[1:] if line.strip(" ")]
    margin = min(margins, default=0)
    lines[0] = lines[0].lstrip(" ")
    lines[1:] = [line[margin:] for line in lines[1:]]
    while lines and not lines[-1].strip(" "):
        lines.pop()
    while lines and not lines[0].strip(" "):
        lines.pop(0)
    return "\n".join(lines)

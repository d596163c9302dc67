"""Docstrings, with the indentation of the code taken out."""

import libcst as cst

from starmodel_generator.analysis.tree import SmallOrCompound, statements_of, text_of


def read_docstring(body: cst.BaseSuite | cst.Module) -> str | None:
    """Return the docstring that a body begins with, cleaned."""
    first = next(statements_of(body), None)
    return None if first is None else read_text_statement(first)


def read_text_statement(node: SmallOrCompound) -> str | None:
    """Return the text of a statement that is nothing but a text, cleaned."""
    text = text_of(node.value) if isinstance(node, cst.Expr) else None
    return None if text is None else clean_docstring(text)


def clean_docstring(text: str) -> str:
    """Return what `inspect.cleandoc` gives, on every Python version the same.

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

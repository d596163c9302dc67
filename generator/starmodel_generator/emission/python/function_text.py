"""Functions of a generated module, statement by statement."""

from typing import NamedTuple

from starmodel_generator.emission.python.layout import Layout


class Statement(NamedTuple):
    """One statement or a part of one, in the column where it begins; `end` stands behind it."""

    indent: int
    layout: Layout
    end: str = ""


class FunctionView(NamedTuple):
    """A function: its signature, its docstring and its statements."""

    signature: Layout
    docstring: str
    statements: tuple[Statement, ...]


def block(
    indent: int, opening: str, items: tuple[Layout, ...], closing: str
) -> tuple[Statement, ...]:
    """Write items between brackets, always one on each line, so that a change is one of a line."""
    if not items:
        return (Statement(indent, opening + closing),)
    return (
        Statement(indent, opening),
        *(Statement(indent + 4, item, ",") for item in items),
        Statement(indent, closing),
    )

"""Annotations written as texts: `"Cart | None"`."""

import ast

from starmodel_generator.analysis.expressions import read_expression
from starmodel_generator.analysis.facts import Expression
from starmodel_generator.analysis.syntax import parser_warnings_silenced
from starmodel_generator.analysis.text import SourceText


def parse_expression(text: str) -> Expression | None:
    """The expression a text holds, or `None` if it is no Python expression.

    White space around it does not matter, and line breaks are as good as
    spaces, as for `typing.get_type_hints`.
    """
    joined = " ".join(text.split())
    try:
        with parser_warnings_silenced():
            node = ast.parse(joined, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return read_expression(node, SourceText(joined))

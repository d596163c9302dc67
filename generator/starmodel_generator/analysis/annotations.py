"""Annotations written as texts: `"Cart | None"`."""

from starmodel_generator.analysis.expressions import read_expression
from starmodel_generator.analysis.facts import Expression
from starmodel_generator.analysis.syntax import parse_expression as parse_tree


def parse_expression(text: str) -> Expression | None:
    """Return the expression that a text holds, or `None` if it is no Python expression.

    White space around it does not matter, and line breaks are as good as
    spaces, as for `typing.get_type_hints`.
    """
    node = parse_tree(" ".join(text.split()))
    return None if node is None else read_expression(node)

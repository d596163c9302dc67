"""How something is called, as far as the call itself tells."""

import libcst as cst

from starmodel_generator.analysis.facts import CallShape

_WRITTEN_OUT = (cst.BaseString, cst.BaseNumber, cst.List, cst.Tuple, cst.BaseSet, cst.BaseDict)


def call_shape(call: cst.Call) -> CallShape:
    """Return how many arguments a call has by position, and which by name."""
    names = tuple(each.keyword.value for each in call.args if each.keyword is not None)
    positional = sum(each.keyword is None and each.star != "**" for each in call.args)
    return CallShape(positional, names, any(each.star for each in call.args))


def plain_keywords(call: cst.Call) -> tuple[str, ...]:
    """Return which keywords are given what is written out: a constant, or a collection."""
    return tuple(
        each.keyword.value
        for each in call.args
        if each.keyword is not None and _is_written_out(each.value)
    )


def _is_written_out(node: cst.BaseExpression) -> bool:
    match node:
        case cst.Name(value="None" | "True" | "False"):
            return True
        case _:
            return isinstance(node, _WRITTEN_OUT)

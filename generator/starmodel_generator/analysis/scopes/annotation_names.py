"""What annotations name that is looked up when all of the module is there: texts, and types as texts."""

from collections.abc import Iterator

import libcst as cst

from starmodel_generator.analysis.syntax import parse_expression
from starmodel_generator.analysis.tree import (
    children_of,
    constant_of,
    index_items,
    last_name,
    text_of,
    walk,
)

_WITHOUT_A_VALUE = ("Annotated", "Literal", "Many", "One", "Ref")
_BINDING_EXPRESSIONS = frozenset(
    {cst.DictComp, cst.GeneratorExp, cst.Lambda, cst.ListComp, cst.SetComp}
)


def late_names(annotation: cst.BaseExpression, *, is_text: bool) -> Iterator[cst.Name | cst.Call]:
    """Yield the names, and the calls, in a type that pydantic evaluates when all of the module is there.

    `is_text` says that annotations are texts anyway, by `from __future__ import annotations`.
    """
    whole = _text_type(annotation)
    if whole is not None or is_text:
        pending: list[cst.CSTNode] = [whole or annotation]
    else:
        pending = [
            text
            for node in walk(annotation)
            if isinstance(node, cst.Subscript) and last_name(node.value) not in _WITHOUT_A_VALUE
            for item in index_items(node)
            if (text := _text_type(item)) is not None
        ]
    while pending:
        node = pending.pop()
        if isinstance(node, cst.Call):
            yield node
        if isinstance(node, cst.Name):
            if constant_of(node) is None:
                yield node
        elif isinstance(node, cst.Subscript) and last_name(node.value) == "Annotated":
            pending += [node.value, *index_items(node)]
        elif isinstance(node, cst.Subscript) and last_name(node.value) in _WITHOUT_A_VALUE:
            pending.append(node.value)
        elif isinstance(node, cst.Subscript) and last_name(node.value) == "ClassVar":
            continue
        elif isinstance(node, cst.Arg):
            pending.append(node.value)
        elif type(node) not in _BINDING_EXPRESSIONS:
            pending += children_of(node)


def _text_type(node: cst.CSTNode) -> cst.BaseExpression | None:
    """Return the type that a text holds; `None` for anything else."""
    text = text_of(node)
    return None if text is None else parse_expression(" ".join(text.split()))

"""Expressions of the source as values that can be compared and looked into."""

import ast
from collections.abc import Callable

from starmodel_generator.analysis.facts import (
    BinaryExpression,
    CallExpression,
    Expression,
    LiteralExpression,
    MappingExpression,
    NameExpression,
    OpaqueExpression,
    SequenceExpression,
    SubscriptExpression,
    UnaryExpression,
)
from starmodel_generator.analysis.text import SourceText

_BINARY_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.MatMult: "@",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.BitAnd: "&",
}
_UNARY_OPERATORS: dict[type[ast.unaryop], str] = {
    ast.USub: "-",
    ast.UAdd: "+",
    ast.Invert: "~",
    ast.Not: "not",
}


def read_expression(node: ast.expr, text: SourceText) -> Expression:
    """The expression a node stands for.

    Nothing is computed; what has no shape of its own (a lambda, a comparison)
    is Opaque, and so is an expression nested too deeply to be looked into.
    """
    try:
        return _read(node, text)
    except RecursionError:
        return OpaqueExpression(text.segment(node) if node.lineno == node.end_lineno else "...")


def dotted_name(node: ast.expr) -> str | None:
    """`a.b.c` where that is what the node says, else `None`."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    if not parts:
        return node.id
    parts.append(node.id)
    return ".".join(reversed(parts))


def _read(node: ast.expr, text: SourceText) -> Expression:
    read = _READERS.get(type(node))
    if read is None:
        return OpaqueExpression(text.segment(node))
    return read(node, text)


def _read_name(node: ast.Name, text: SourceText) -> Expression:
    return NameExpression(node.id)


def _read_attribute(node: ast.Attribute, text: SourceText) -> Expression:
    name = dotted_name(node)
    return OpaqueExpression(text.segment(node)) if name is None else NameExpression(name)


def _read_constant(node: ast.Constant, text: SourceText) -> Expression:
    return LiteralExpression(node.value)


def _read_subscript(node: ast.Subscript, text: SourceText) -> Expression:
    index = node.slice
    items = index.elts if isinstance(index, ast.Tuple) else [index]
    return SubscriptExpression(_read(node.value, text), tuple(_read(item, text) for item in items))


def _read_call(node: ast.Call, text: SourceText) -> Expression:
    return CallExpression(
        _read(node.func, text),
        tuple([_read(argument, text) for argument in node.args]),
        tuple([(keyword.arg or "**", _read(keyword.value, text)) for keyword in node.keywords]),
    )


def _read_list(node: ast.List, text: SourceText) -> Expression:
    return SequenceExpression("list", tuple([_read(item, text) for item in node.elts]))


def _read_tuple(node: ast.Tuple, text: SourceText) -> Expression:
    return SequenceExpression("tuple", tuple([_read(item, text) for item in node.elts]))


def _read_set(node: ast.Set, text: SourceText) -> Expression:
    return SequenceExpression("set", tuple([_read(item, text) for item in node.elts]))


def _read_dict(node: ast.Dict, text: SourceText) -> Expression:
    items: list[tuple[Expression, Expression]] = []
    for key, value in zip(node.keys, node.values, strict=True):
        read_key = OpaqueExpression("**") if key is None else _read(key, text)
        items.append((read_key, _read(value, text)))
    return MappingExpression(tuple(items))


def _read_binary(node: ast.BinOp, text: SourceText) -> Expression:
    operator = _BINARY_OPERATORS[type(node.op)]
    return BinaryExpression(operator, _read(node.left, text), _read(node.right, text))


def _read_unary(node: ast.UnaryOp, text: SourceText) -> Expression:
    return UnaryExpression(_UNARY_OPERATORS[type(node.op)], _read(node.operand, text))


# Keyed by the exact class, so each reader is only given its own kind of node.
_READERS: dict[type[ast.expr], Callable[..., Expression]] = {
    ast.Name: _read_name,
    ast.Attribute: _read_attribute,
    ast.Constant: _read_constant,
    ast.Subscript: _read_subscript,
    ast.Call: _read_call,
    ast.List: _read_list,
    ast.Tuple: _read_tuple,
    ast.Set: _read_set,
    ast.Dict: _read_dict,
    ast.BinOp: _read_binary,
    ast.UnaryOp: _read_unary,
}

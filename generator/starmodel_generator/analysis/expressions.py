"""Expressions of the source as values that can be compared and looked into."""

from collections.abc import Callable, Iterable, Sequence

import libcst as cst

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
from starmodel_generator.analysis.tree import (
    constant_of,
    dotted_name,
    index_items,
    source_of,
    starred_or_value,
)

_BINARY_OPERATORS: dict[type[cst.BaseBinaryOp], str] = {
    cst.Add: "+",
    cst.Subtract: "-",
    cst.Multiply: "*",
    cst.MatrixMultiply: "@",
    cst.Divide: "/",
    cst.FloorDivide: "//",
    cst.Modulo: "%",
    cst.Power: "**",
    cst.LeftShift: "<<",
    cst.RightShift: ">>",
    cst.BitOr: "|",
    cst.BitXor: "^",
    cst.BitAnd: "&",
}
_UNARY_OPERATORS: dict[type[cst.BaseUnaryOp], str] = {
    cst.Minus: "-",
    cst.Plus: "+",
    cst.BitInvert: "~",
    cst.Not: "not",
}


def read_expression(node: cst.CSTNode) -> Expression:
    """Return the expression that a node stands for.

    Nothing is computed; what has no shape of its own (a lambda, a comparison)
    is Opaque.
    """
    read = _READERS.get(type(node))
    return OpaqueExpression(source_of(node)) if read is None else read(node)


def read_keywords(arguments: Iterable[cst.Arg]) -> tuple[tuple[str, Expression], ...]:
    """Return the keyword arguments of a call or a class; `**x` stands under the name `**`."""
    return tuple(
        [
            ("**" if each.keyword is None else each.keyword.value, read_expression(each.value))
            for each in arguments
            if each.keyword is not None or each.star == "**"
        ]
    )


def positional_arguments(arguments: Iterable[cst.Arg]) -> list[cst.Arg]:
    """Return the arguments of a call that are not given by keyword; `*x` is one of them."""
    return [each for each in arguments if each.keyword is None and each.star != "**"]


def read_positional(arguments: Iterable[cst.Arg]) -> tuple[Expression, ...]:
    """Return the positional arguments of a call or a class; `*x` is Opaque."""
    return tuple(
        [
            OpaqueExpression(source_of(each)) if each.star else read_expression(each.value)
            for each in positional_arguments(arguments)
        ]
    )


def _read_name(node: cst.Name) -> Expression:
    constant = constant_of(node)
    return NameExpression(node.value) if constant is None else LiteralExpression(constant.value)


def _read_attribute(node: cst.Attribute) -> Expression:
    name = dotted_name(node)
    return OpaqueExpression(source_of(node)) if name is None else NameExpression(name)


def _read_constant(node: cst.CSTNode) -> Expression:
    constant = constant_of(node)
    return (
        OpaqueExpression(source_of(node)) if constant is None else LiteralExpression(constant.value)
    )


def _read_subscript(node: cst.Subscript) -> Expression:
    return SubscriptExpression(
        read_expression(node.value), tuple([read_expression(item) for item in index_items(node)])
    )


def _read_call(node: cst.Call) -> Expression:
    return CallExpression(
        read_expression(node.func), read_positional(node.args), read_keywords(node.args)
    )


def _read_elements(elements: Sequence[cst.BaseElement]) -> tuple[Expression, ...]:
    return tuple([read_expression(starred_or_value(element)) for element in elements])


def _read_list(node: cst.List) -> Expression:
    return SequenceExpression("list", _read_elements(node.elements))


def _read_tuple(node: cst.Tuple) -> Expression:
    return SequenceExpression("tuple", _read_elements(node.elements))


def _read_set(node: cst.Set) -> Expression:
    return SequenceExpression("set", _read_elements(node.elements))


def _read_dict(node: cst.Dict) -> Expression:
    items: list[tuple[Expression, Expression]] = []
    for element in node.elements:
        is_item = isinstance(element, cst.DictElement)
        key = read_expression(element.key) if is_item else OpaqueExpression("**")
        items.append((key, read_expression(element.value)))
    return MappingExpression(tuple(items))


def _read_binary(node: cst.BinaryOperation) -> Expression:
    operator = _BINARY_OPERATORS[type(node.operator)]
    return BinaryExpression(operator, read_expression(node.left), read_expression(node.right))


def _read_unary(node: cst.UnaryOperation) -> Expression:
    return UnaryExpression(_UNARY_OPERATORS[type(node.operator)], read_expression(node.expression))


# Keyed by the exact class, so each reader is only given its own kind of node.
_READERS: dict[type[cst.CSTNode], Callable[..., Expression]] = {
    cst.Name: _read_name,
    cst.Attribute: _read_attribute,
    cst.Integer: _read_constant,
    cst.Float: _read_constant,
    cst.Imaginary: _read_constant,
    cst.SimpleString: _read_constant,
    cst.ConcatenatedString: _read_constant,
    cst.Ellipsis: _read_constant,
    cst.Subscript: _read_subscript,
    cst.Call: _read_call,
    cst.List: _read_list,
    cst.Tuple: _read_tuple,
    cst.Set: _read_set,
    cst.Dict: _read_dict,
    cst.BinaryOperation: _read_binary,
    cst.UnaryOperation: _read_unary,
}

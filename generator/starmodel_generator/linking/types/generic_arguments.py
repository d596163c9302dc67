"""What stands in the brackets of a generic class, as generated code writes it.

Pydantic makes a class of its own for each spelling: `Box[Optional[int]]` is another one than
`Box[int | None]`, and no value of the one is one of the other.
"""

from collections.abc import Sequence
from functools import reduce

from starmodel_generator.analysis.facts import (
    BinaryExpression,
    CallExpression,
    Expression,
    LiteralExpression,
    NameExpression,
    SubscriptExpression,
)
from starmodel_generator.linking.names.name_resolution import Names
from starmodel_generator.linking.names.symbols import ExternalSymbol, Namespace, ValueSymbol

_DEPTH_LIMIT = 20
_NONE = LiteralExpression(None)


def respelled(
    expression: Expression, namespace: Namespace, names: Names, depth: int = 0
) -> Expression:
    """Return a type as generated code writes it, with names as in the source.

    An alias stays what it is where pydantic sees through it.
    """
    if depth > _DEPTH_LIMIT:
        return expression

    def inner(each: Expression) -> Expression:
        return respelled(each, namespace, names, depth + 1)

    match expression:
        case NameExpression(name):
            return _named(name, namespace, names, depth)
        case LiteralExpression(str(text)) if text.isidentifier():
            return NameExpression(text)
        case BinaryExpression("|", left, right):
            return BinaryExpression("|", inner(left), inner(right))
        case SubscriptExpression(NameExpression() as of, items):
            symbol = names.follow(names.resolve(of.name, namespace))
            match symbol:
                case ExternalSymbol("typing.Optional"):
                    return _joined([inner(items[0]), _NONE])
                case ExternalSymbol("typing.Union"):
                    return _joined([inner(each) for each in items])
                case ExternalSymbol("typing.Annotated"):
                    return inner(items[0])
                case ExternalSymbol("typing.Literal"):
                    return expression
                case _:
                    return SubscriptExpression(inner(of), tuple(map(inner, items)))
        case _:
            return expression


def _named(name: str, namespace: Namespace, names: Names, depth: int) -> Expression:
    written = NameExpression(name)
    if name in namespace.arguments:
        return written
    symbol = names.resolve(name, namespace)
    if isinstance(symbol, ValueSymbol):
        value = symbol.assignment.value
        if isinstance(value, CallExpression) and len(value.arguments) == 2:
            # `NewType("UserId", int)`
            return respelled(value.arguments[1], symbol.namespace, names, depth + 1)
        if value is None:
            return written
        meant = respelled(value, symbol.namespace, names, depth + 1)
        return written if meant == value else meant
    if isinstance(symbol, ExternalSymbol) and symbol.name.startswith("builtins."):
        # `List` of `typing` is known as the builtin.
        own = symbol.name.removeprefix("builtins.")
        return written if own == "None" else NameExpression(own)
    return written


def _joined(items: Sequence[Expression]) -> Expression:
    """Return types joined by `|`, `None` last."""
    ordered = sorted(items, key=lambda each: each == _NONE)
    return reduce(lambda one, other: BinaryExpression("|", one, other), ordered)

"""What a default is made of, as far as that can be known without running it.

The schema keeps defaults that are made at run time only by name. What they are made of is looked
at all the same, so that what could never be stored is found before it is.
"""

from dataclasses import dataclass
from typing import Final, cast

from starmodel_generator.analysis.annotations import parse_expression
from starmodel_generator.analysis.facts import (
    CallExpression,
    Expression,
    MappingExpression,
    NameExpression,
    OpaqueExpression,
    SequenceExpression,
)
from starmodel_generator.linking.names.mro import ClassHierarchies
from starmodel_generator.linking.names.name_resolution import Names
from starmodel_generator.linking.names.symbols import ClassSymbol, Namespace, ValueSymbol
from starmodel_generator.linking.values.constants import Constants
from starmodel_generator.linking.values.value import Constant, EnumValue, MappingValue, SetValue

_DEPTH_LIMIT = 20


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that has to be run to be known."""


UNKNOWN: Final = Unknown()


@dataclass(frozen=True, slots=True)
class ConstructedObject:
    """A value object that is made by its class: the class's name, and what it is given by name."""

    name: str
    values: tuple[tuple[str, object], ...]


class ConstructedReader:
    """Looks into the expressions of defaults.

    Values are Python's own, with the values of enum members in their place, `ConstructedObject` for value
    objects and `UNKNOWN` for the rest.
    """

    def __init__(self, names: Names, hierarchies: ClassHierarchies, constants: Constants) -> None:
        self._names = names
        self._hierarchies = hierarchies
        self._constants = constants

    def of_default(self, expression: Expression, namespace: Namespace) -> object:
        """Return what a default is."""
        return self._value(expression, namespace, 0)

    def of_factory(self, factory: Expression, namespace: Namespace) -> object:
        """Return what a default factory gives."""
        if isinstance(factory, OpaqueExpression) and factory.text.startswith("lambda:"):
            body = parse_expression(factory.text.removeprefix("lambda:").strip())
            return UNKNOWN if body is None else self._value(body, namespace, 0)
        return self._value(CallExpression(factory), namespace, 0)

    def _value(self, expression: Expression, namespace: Namespace, depth: int) -> object:
        if depth > _DEPTH_LIMIT:
            return UNKNOWN
        value = self._constants.evaluate(expression, namespace)
        if isinstance(value, Constant):
            return plain_value(value.value)
        match expression:
            case SequenceExpression(kind, items):
                parts = [self._value(item, namespace, depth + 1) for item in items]
                return tuple(parts) if kind == "tuple" else parts
            case MappingExpression(items):
                keys = [self._constants.evaluate(key, namespace) for key, _ in items]
                values = [self._value(item, namespace, depth + 1) for _, item in items]
                pairs = zip(keys, values, strict=True)
                return {
                    plain_value(key.value) if isinstance(key, Constant) else UNKNOWN: value
                    for key, value in pairs
                }
            case CallExpression(NameExpression(name), _, keywords):
                symbol = self._names.follow(self._names.resolve(name, namespace))
                if isinstance(symbol, ClassSymbol) and self._hierarchies.of(symbol).is_model:
                    values = tuple(
                        (key, self._value(each, namespace, depth + 1)) for key, each in keywords
                    )
                    return ConstructedObject(symbol.qualified_name, values)
            case NameExpression(name):
                symbol = self._names.follow(self._names.resolve(name, namespace))
                if isinstance(symbol, ValueSymbol) and symbol.assignment.value is not None:
                    return self._value(symbol.assignment.value, symbol.namespace, depth + 1)
            case _:
                pass
        return UNKNOWN


def plain_value(value: object) -> object:
    """A constant as Python has it; members of enums as their values."""
    match value:
        case EnumValue():
            return value.value
        case list():
            return [plain_value(item) for item in cast("list[object]", value)]
        case tuple():
            return tuple(plain_value(item) for item in cast("tuple[object, ...]", value))
        case SetValue(items):
            return [plain_value(item) for item in items]
        case MappingValue(items):
            return {plain_value(key): plain_value(item) for key, item in items}
        case _:
            return value


def is_known(value: object) -> bool:
    """Return whether nothing in a value has to be run."""
    match value:
        case Unknown():
            return False
        case list() | tuple():
            return all(map(is_known, cast("list[object]", value)))
        case dict():
            pairs = cast("dict[object, object]", value).items()
            return all(is_known(key) and is_known(item) for key, item in pairs)
        case _:
            return True

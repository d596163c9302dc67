"""Values worked out from source: literals, the few calls that are as good as literals, constants.

Names of constants are followed across modules. Nothing of the author's is run: what would take
running is a `NotConstant`, with the reason.
"""

from decimal import Decimal, InvalidOperation
from typing import Any, cast

from starmodel_generator.analysis.facts import (
    BinaryExpression,
    CallExpression,
    Expression,
    LiteralExpression,
    MappingExpression,
    NameExpression,
    SequenceExpression,
    UnaryExpression,
)
from starmodel_generator.linking.names.mro import ClassHierarchies
from starmodel_generator.linking.names.name_resolution import Names
from starmodel_generator.linking.names.symbols import (
    ClassSymbol,
    ExternalSymbol,
    FunctionSymbol,
    MemberSymbol,
    ModuleSymbol,
    Namespace,
    Symbol,
    UnknownSymbol,
    ValueSymbol,
    described,
)
from starmodel_generator.linking.names.unparse import shortened, unparse
from starmodel_generator.linking.values.constant_folding import (
    CALLS,
    COLLECTIONS,
    OUTSIDE_VALUES,
    UNARY,
    empty,
    folded,
    is_scalar,
)
from starmodel_generator.linking.values.enum_members import EnumMembers
from starmodel_generator.linking.values.value import (
    Constant,
    EnumValue,
    Evaluated,
    MappingValue,
    NotConstant,
    SetValue,
    plain,
)

_DEPTH_LIMIT = 40


class Constants:
    """Evaluates expressions."""

    def __init__(self, names: Names, hierarchies: ClassHierarchies) -> None:
        self._names = names
        self._hierarchies = hierarchies
        self.enums = EnumMembers(names, hierarchies, self.evaluate)
        """The members of enums."""

    def evaluate(self, expression: Expression, namespace: Namespace, depth: int = 0) -> Evaluated:
        """Return the value of an expression where it stands."""
        if depth > _DEPTH_LIMIT:
            return NotConstant(expression, "is nested too deeply, or defined by itself")
        match expression:
            case LiteralExpression(value):
                return plain(value) if value is not ... else NotConstant(expression, "is `...`")
            case NameExpression(name):
                return self._name(name, expression, namespace, depth + 1)
            case UnaryExpression(symbol, operand):
                return self._unary(expression, symbol, operand, namespace, depth + 1)
            case BinaryExpression(symbol, left, right):
                return self._binary(expression, symbol, left, right, namespace, depth + 1)
            case SequenceExpression(kind, items):
                return self._sequence(kind, items, namespace, depth + 1)
            case MappingExpression(items):
                return self._mapping(items, namespace, depth + 1)
            case CallExpression():
                return self._call(expression, namespace, depth + 1)
            case _:
                return NotConstant(expression, f"is `{shortened(unparse(expression))}`")

    def _name(
        self, name: str, expression: Expression, namespace: Namespace, depth: int
    ) -> Evaluated:
        if namespace.cls is not None and "." not in name:
            for fact in namespace.cls.attributes:
                if fact.name == name and fact.value is not None:
                    return self.evaluate(fact.value, Namespace(namespace.module), depth)
        match self._names.resolve(name, namespace):
            case ValueSymbol(where, assignment) if assignment.value is not None:
                return self.evaluate(assignment.value, where, depth)
            case MemberSymbol(owner, path):
                return self._class_member(owner, path, expression, depth)
            case ExternalSymbol(external):
                known = OUTSIDE_VALUES.get(external)
                if known is not None:
                    return known
                return NotConstant(expression, f"is `{external}` from outside the project")
            case UnknownSymbol() as unknown:
                near = self._names.near(unknown)
                return NotConstant(
                    expression,
                    f"is `{name}`, which {described(unknown)}"
                    + (f"; did you mean `{near}`?" if near else ""),
                    is_error=unknown.reason != "star",
                )
            case ClassSymbol():
                return NotConstant(expression, f"is the class `{name}`, not a value")
            case FunctionSymbol():
                return NotConstant(expression, f"is the function `{name}`, not a value")
            case ModuleSymbol():
                return NotConstant(expression, f"is the module `{name}`, not a value")
            case ValueSymbol():
                return NotConstant(expression, f"is `{name}`, which has no value")

    def _class_member(
        self, owner: ClassSymbol, path: tuple[str, ...], expression: Expression, depth: int
    ) -> Evaluated:
        hierarchy = self._hierarchies.of(owner)
        if hierarchy.is_enum:
            member = self.enums.member(owner, path[0])
            if member is None:
                return NotConstant(
                    expression,
                    f"is `{owner.name}.{path[0]}`, which is no member of `{owner.name}`"
                    " with a plain value",
                    is_error=path[0] not in self.enums.members(owner),
                )
            value = cast("EnumValue", member.value)
            if len(path) == 1:
                return member
            if path[1:] == ("value",):
                return plain(value.value)
            if path[1:] == ("name",):
                return plain(value.member)
        elif len(path) == 1:
            for cls in hierarchy.classes:
                for fact in cls.facts.attributes:
                    if fact.name == path[0] and fact.value is not None:
                        return self.evaluate(fact.value, cls.namespace, depth)
        return NotConstant(expression, f"is `{owner.name}.{'.'.join(path)}`, which is not constant")

    def _unary(
        self,
        expression: Expression,
        symbol: str,
        operand: Expression,
        namespace: Namespace,
        depth: int,
    ) -> Evaluated:
        inner = self.evaluate(operand, namespace, depth)
        if isinstance(inner, NotConstant):
            return inner
        function = UNARY.get(symbol)
        if function is None or not isinstance(inner.value, bool | int | float | Decimal):
            return NotConstant(expression, f"is `{shortened(unparse(expression))}`")
        try:
            return plain(function(cast("Any", inner.value)))
        except (ArithmeticError, TypeError) as error:
            return _refused(expression, error)

    def _binary(
        self,
        expression: Expression,
        symbol: str,
        left: Expression,
        right: Expression,
        namespace: Namespace,
        depth: int,
    ) -> Evaluated:
        first = self.evaluate(left, namespace, depth)
        if isinstance(first, NotConstant):
            return first
        second = self.evaluate(right, namespace, depth)
        if isinstance(second, NotConstant):
            return second
        value = folded(symbol, first.value, second.value)
        if value is None:
            return NotConstant(expression, f"is `{shortened(unparse(expression))}`")
        return plain(value)

    def _sequence(
        self, kind: str, items: tuple[Expression, ...], namespace: Namespace, depth: int
    ) -> Evaluated:
        parts: list[Constant] = []
        for item in items:
            part = self.evaluate(item, namespace, depth)
            if isinstance(part, NotConstant):
                return part
            parts.append(part)
        values = [part.value for part in parts]
        text = ", ".join(part.text for part in parts)
        imports = tuple(dict.fromkeys(name for part in parts for name in part.imports))
        match kind:
            case "list":
                return Constant(values, f"[{text}]", imports)
            case "tuple":
                comma = "," if len(parts) == 1 else ""
                return Constant(tuple(values), f"({text}{comma})", imports)
            case _:
                return Constant(SetValue(tuple(values)), f"{{{text}}}", imports)

    def _mapping(
        self, items: tuple[tuple[Expression, Expression], ...], namespace: Namespace, depth: int
    ) -> Evaluated:
        pairs: list[tuple[Constant, Constant]] = []
        for key_expression, value_expression in items:
            key = self.evaluate(key_expression, namespace, depth)
            if isinstance(key, NotConstant):
                return key
            value = self.evaluate(value_expression, namespace, depth)
            if isinstance(value, NotConstant):
                return value
            pairs.append((key, value))
        text = ", ".join(f"{key.text}: {value.text}" for key, value in pairs)
        imports = dict.fromkeys(name for pair in pairs for part in pair for name in part.imports)
        values = MappingValue(tuple((key.value, value.value) for key, value in pairs))
        return Constant(values, "{" + text + "}", tuple(imports))

    def _call(self, call: CallExpression, namespace: Namespace, depth: int) -> Evaluated:
        written = unparse(call.function)
        unknown = NotConstant(call, f"calls `{shortened(written)}`")
        if not isinstance(call.function, NameExpression):
            return unknown
        symbol = self._names.follow(self._names.resolve(call.function.name, namespace))
        positional: list[object] = []
        for argument in call.arguments:
            part = self.evaluate(argument, namespace, depth)
            if isinstance(part, NotConstant):
                return unknown
            positional.append(part.value)
        named: dict[str, object] = {}
        for key, argument in call.keywords:
            part = self.evaluate(argument, namespace, depth)
            if isinstance(part, NotConstant) or key == "**":
                return unknown
            named[key] = part.value
        if isinstance(symbol, ClassSymbol) and self._hierarchies.of(symbol).is_enum:
            return self._enum_call(call, symbol, positional)
        if self._is_new_type(symbol) and len(call.arguments) == 1:
            return self.evaluate(call.arguments[0], namespace, depth)
        if not isinstance(symbol, ExternalSymbol):
            return unknown
        if symbol.name in COLLECTIONS and not named and len(positional) <= 1:
            return empty(symbol.name, positional) or unknown
        maker = CALLS.get(symbol.name)
        if maker is None or not all(map(is_scalar, [*positional, *named.values()])):
            return unknown
        try:
            return plain(maker(*positional, **named))
        except (ValueError, TypeError, OverflowError, InvalidOperation) as error:
            return _refused(call, error)

    def _is_new_type(self, symbol: Symbol) -> bool:
        """Return whether calling something gives back its argument: `Sku = NewType("Sku", str)`."""
        if not isinstance(symbol, ValueSymbol):
            return False
        value = symbol.assignment.value
        if not isinstance(value, CallExpression) or not isinstance(value.function, NameExpression):
            return False
        called = self._names.resolve(value.function.name, symbol.namespace)
        return called == ExternalSymbol("typing.NewType")

    def _enum_call(
        self, call: CallExpression, enum: ClassSymbol, positional: list[object]
    ) -> Evaluated:
        member = self.enums.with_value(enum, positional[0]) if len(positional) == 1 else None
        if member is not None:
            return member
        if self._hierarchies.of(enum).inherits("enum.Flag"):
            return NotConstant(call, f"calls `{enum.name}`")
        return NotConstant(
            call, f"is `{shortened(unparse(call))}`, which is no member of the enum", is_error=True
        )


def _refused(expression: Expression, error: Exception) -> NotConstant:
    reason = f"is `{shortened(unparse(expression))}`, which Python refuses: {error}"
    return NotConstant(expression, reason, is_error=True)

"""Defaults of fields and parameters, and whether they fit their types."""

import math
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from starmodel_generator.analysis.facts import (
    BinaryExpression,
    CallExpression,
    Expression,
    NameExpression,
    ParameterFact,
    SubscriptExpression,
)
from starmodel_generator.diagnostics.rules.entity_rules import (
    INVALID_DEFAULT,
    MUTABLE_DEFAULT,
    NONLITERAL_DEFAULT,
)
from starmodel_generator.linking.names.library_classes import is_callable
from starmodel_generator.linking.names.name_resolution import Names
from starmodel_generator.linking.names.symbols import (
    ClassSymbol,
    ExternalSymbol,
    FunctionSymbol,
    Namespace,
    ValueSymbol,
)
from starmodel_generator.linking.names.unparse import shortened, unparse
from starmodel_generator.linking.reporting import Problem
from starmodel_generator.linking.types.constraints import outside_limits
from starmodel_generator.linking.types.field_options import NO_CONSTRAINTS
from starmodel_generator.linking.types.unions import references
from starmodel_generator.linking.values.constants import Constants
from starmodel_generator.linking.values.value import (
    Constant,
    EnumValue,
    Evaluated,
    MappingValue,
    NotConstant,
    SetValue,
    without_enums,
)
from starmodel_schemas import (
    AnyType,
    ConstrainedType,
    Constraints,
    Default,
    DictType,
    EnumType,
    ExpressionDefault,
    FactoryDefault,
    ListType,
    LiteralDefault,
    LiteralType,
    ObjectType,
    OptionalType,
    RefType,
    RequiredDefault,
    ScalarType,
    SetType,
    TupleType,
    TypeRef,
    UnionType,
)

_EMPTY = {
    "builtins.list": "[]",
    "builtins.dict": "{}",
    "builtins.set": "set()",
    "builtins.frozenset": "frozenset()",
    "builtins.tuple": "()",
}
REQUIRED = RequiredDefault()


class Defaults:
    """Reads defaults."""

    def __init__(self, names: Names, constants: Constants) -> None:
        self._names = names
        self._constants = constants

    def of_field(
        self,
        expression: Expression | None,
        factory: Expression | None,
        namespace: Namespace,
        type: TypeRef,
        constraints: Constraints,
        *,
        is_read_early: bool = False,
    ) -> tuple[Default, tuple[Problem, ...]]:
        """Return the default of a field; what has to be run is only named, for pydantic runs it.

        `is_read_early` is true where a validator may make a value of the type of anything.
        """
        if factory is not None:
            return self._factory(factory, namespace), self._factory_problems(factory, namespace)
        if expression is None:
            return REQUIRED, ()
        if not isinstance(type, AnyType):
            called = self._callable(expression, namespace)
            if called is not None:
                help = f"call it, or write `default_factory={called}`"
                text = f"has `{called}` itself as its default, not what it gives"
                problem = Problem(INVALID_DEFAULT, text, help)
                return FactoryDefault(factory=self._named(expression, namespace)), (problem,)
        value = self._constants.evaluate(expression, namespace)
        if isinstance(value, NotConstant):
            if value.is_error:
                help = "give it a default that can be made"
                problem = Problem(INVALID_DEFAULT, f"has a default that {value.reason}", help)
                return FactoryDefault(factory=unparse(expression)), (problem,)
            return FactoryDefault(factory=self._named(expression, namespace)), ()
        problems = () if is_read_early else self._problems(value, type, constraints)
        return default_of(value, type), problems

    def of_parameter(
        self,
        expression: Expression | None,
        namespace: Namespace,
        type: TypeRef,
        constraints: Constraints,
    ) -> tuple[Default, tuple[Problem, ...]]:
        """Return the default of a parameter, which has to be known."""
        if expression is None:
            return REQUIRED, ()
        value = self._constants.evaluate(expression, namespace)
        if isinstance(value, NotConstant):
            help = "use `None` and work the value out inside the event"
            rule = INVALID_DEFAULT if value.is_error else NONLITERAL_DEFAULT
            return REQUIRED, (Problem(rule, f"has a default that {value.reason}", help),)
        if isinstance(value.value, list | MappingValue | SetValue):
            written = shortened(value.text)
            help = "use `None`, or a tuple"
            text = f"has the default `{written}`, which all calls would share"
            return REQUIRED, (Problem(MUTABLE_DEFAULT, text, help),)
        return default_of(value, type), self._problems(value, type, constraints)

    def _problems(
        self, value: Constant, type: TypeRef, constraints: Constraints
    ) -> tuple[Problem, ...]:
        problems = misfit(value, type)
        if problems or constraints is NO_CONSTRAINTS:
            return problems
        return outside_limits(value, constraints)

    def _callable(self, expression: Expression, namespace: Namespace, depth: int = 0) -> str | None:
        """Return the class or function that an expression names, or the type that it writes."""
        if isinstance(expression, BinaryExpression) and expression.operator == "|":
            sides = (expression.left, expression.right)
            types = [self._callable(side, namespace, depth) for side in sides]
            return shortened(unparse(expression)) if any(types) else None
        written = expression.value if isinstance(expression, SubscriptExpression) else expression
        if not isinstance(written, NameExpression):
            return None
        symbol = self._names.follow(self._names.resolve(written.name, namespace))
        if isinstance(symbol, ValueSymbol) and symbol.assignment.value is not None and depth < 5:
            # The name of a type: `Name = Annotated[str, Field(max_length=40)]`.
            value = symbol.assignment.value
            is_type = isinstance(value, SubscriptExpression | BinaryExpression) and (
                self._callable(value, symbol.namespace, depth + 1) is not None
            )
            return shortened(unparse(expression)) if is_type else None
        is_type = isinstance(symbol, ExternalSymbol) and is_callable(symbol.name)
        if isinstance(symbol, ClassSymbol | FunctionSymbol) or is_type:
            return shortened(unparse(expression))
        return None

    def _factory_problems(self, factory: Expression, namespace: Namespace) -> tuple[Problem, ...]:
        """Return the problem of a `default_factory` that cannot be called."""
        parameters: tuple[ParameterFact, ...] = ()
        if isinstance(factory, NameExpression):
            symbol = self._names.follow(self._names.resolve(factory.name, namespace))
            if isinstance(symbol, FunctionSymbol) and not symbol.facts.decorators:
                parameters = symbol.facts.parameters
        required = [
            each
            for each in parameters
            if each.default is None and not each.kind.startswith("variadic")
        ]
        # Pydantic gives a factory the fields before it, if it takes one argument.
        if len(required) > 1 or any(each.kind == "keyword_only" for each in required):
            text = f"has the `default_factory` `{unparse(factory)}`, which needs arguments"
            return (Problem(INVALID_DEFAULT, text, "write a `lambda:` that gives them"),)
        value = self._constants.evaluate(factory, namespace)
        if not isinstance(value, Constant):
            return ()
        text = f"has a `default_factory` that is the value `{shortened(value.text)}`"
        help = "give it something to call, for example `list`, or make it the default"
        return (Problem(INVALID_DEFAULT, text, help),)

    def _factory(self, factory: Expression, namespace: Namespace) -> Default:
        if isinstance(factory, NameExpression):
            symbol = self._names.follow(self._names.resolve(factory.name, namespace))
            if isinstance(symbol, ExternalSymbol) and symbol.name in _EMPTY:
                return ExpressionDefault(expression=_EMPTY[symbol.name])
        return FactoryDefault(factory=self._named(factory, namespace))

    def _named(self, expression: Expression, namespace: Namespace) -> str:
        """Return the qualified name of what is called, its source text where it has none."""
        called = expression.function if isinstance(expression, CallExpression) else expression
        if isinstance(called, NameExpression):
            symbol = self._names.follow(self._names.resolve(called.name, namespace))
            if isinstance(symbol, FunctionSymbol | ClassSymbol):
                return symbol.qualified_name
            if isinstance(symbol, ExternalSymbol):
                return symbol.name.removeprefix("builtins.")
        return unparse(expression)


def default_of(value: Constant, type: TypeRef) -> Default:
    """A constant as a default; a member of an enum is its value where the type is no enum."""
    plain = value.value
    if value.imports and not any(kind == "enum" for kind, _ in references(type)):
        value = without_enums(value)
        plain = plain.value if isinstance(plain, EnumValue) else plain
    if plain is None or isinstance(plain, bool | int | str):
        return LiteralDefault(value=plain)
    if isinstance(plain, float) and math.isfinite(plain):
        return LiteralDefault(value=plain)
    return ExpressionDefault(expression=value.text, imports=value.imports)


def misfit(value: Evaluated, type: TypeRef) -> tuple[Problem, ...]:
    """Return the problem of a default that its type would never take, if there is one."""
    if not isinstance(value, Constant) or fits(value.value, type):
        return ()
    written = shortened(value.text)
    if value.value is None:
        return (
            Problem(
                INVALID_DEFAULT,
                "has the default `None`, which its type does not take",
                "add `| None` to the type, or give another default",
            ),
        )
    text = f"has the default `{written}`, which its type does not take"
    return (Problem(INVALID_DEFAULT, text, "change the default or the type"),)


def fits(value: object, type: TypeRef) -> bool:
    """Return whether pydantic may take a value for a type; where that is not sure, it does."""
    match type:
        case OptionalType(item=item):
            return value is None or fits(value, item)
        case ConstrainedType(item=item):
            return fits(value, item)
        case UnionType(members=members):
            return any(fits(value, member) for member in members)
        case ScalarType(name=name):
            return _fits_scalar(value, name)
        case EnumType(enum=enum):
            if isinstance(value, EnumValue):
                return value.enum.qualified_name == enum
            return isinstance(value, int | str)
        case LiteralType(values=values):
            plain = value.value if isinstance(value, EnumValue) else value
            return any(plain == known for known in values)
        case ListType(item=item) | SetType(item=item):
            return _fits_items(value, item)
        case TupleType(items=items, variadic=variadic):
            parts = _parts(value)
            if parts is None:
                return False
            if variadic:
                return all(fits(part, items[0]) for part in parts)
            return len(parts) == len(items) and all(map(fits, parts, items))
        case DictType(value=item):
            return isinstance(value, MappingValue) and all(
                fits(part, item) for _, part in value.items
            )
        case ObjectType():
            return isinstance(value, MappingValue)
        case RefType():
            # A `Ref(...)` is made at run time; the plain id would stay a text until it is saved.
            return False
        case _:
            return True


def _fits_items(value: object, item: TypeRef) -> bool:
    parts = _parts(value)
    return parts is not None and all(fits(part, item) for part in parts)


def _parts(value: object) -> tuple[object, ...] | None:
    if isinstance(value, SetValue):
        return value.items
    if isinstance(value, list | tuple):
        return tuple(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    return None


def _fits_scalar(value: object, name: str) -> bool:
    if isinstance(value, EnumValue):
        value = value.value
    if value is None or isinstance(value, list | tuple | SetValue | MappingValue):
        return False
    match name:
        case "str":
            return isinstance(value, str | bytes)
        case "bytes":
            return isinstance(value, str | bytes)
        case "bool":
            return isinstance(value, bool) or value in (0, 1, "true", "false", "0", "1")
        case "int":
            return _is_number(value, whole=True)
        case "float" | "Decimal":
            return _is_number(value, whole=False)
        case "UUID":
            return isinstance(value, UUID | str | bytes)
        case "date" | "datetime":
            return isinstance(value, date | datetime | str | int | float)
        case "time":
            return isinstance(value, time | str | int | float)
        case "timedelta":
            return isinstance(value, timedelta | str | int | float)
        case _:
            return True


def _is_number(value: object, *, whole: bool) -> bool:
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return False
    if not isinstance(value, int | float | Decimal):
        return False
    return not whole or value == int(value) if math.isfinite(value) else not whole

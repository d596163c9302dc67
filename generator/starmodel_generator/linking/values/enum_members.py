"""The members of enums and their values, `auto()` included."""

from collections.abc import Callable

from starmodel_generator.analysis.facts import (
    BinaryExpression,
    CallExpression,
    Expression,
    NameExpression,
)
from starmodel_generator.linking.names.mro import ClassHierarchies, ClassHierarchy
from starmodel_generator.linking.names.name_resolution import Names
from starmodel_generator.linking.names.symbols import ClassSymbol, ExternalSymbol, Namespace
from starmodel_generator.linking.values.value import (
    Constant,
    EnumValue,
    Evaluated,
    NotConstant,
    plain,
)

_IGNORED = frozenset({"_ignore_", "_order_", "_missing_"})


class EnumMembers:
    """Reads enums, each once; `evaluate` works out the values that are written."""

    def __init__(
        self,
        names: Names,
        hierarchies: ClassHierarchies,
        evaluate: Callable[[Expression, Namespace], Evaluated],
    ) -> None:
        self._names = names
        self._hierarchies = hierarchies
        self._evaluate = evaluate
        self._known: dict[ClassSymbol, dict[str, Evaluated]] = {}

    def members(self, enum: ClassSymbol) -> dict[str, Evaluated]:
        """Return the values of an enum's members by name, aliases included, in source order."""
        known = self._known.get(enum)
        if known is None:
            # Members may name each other; while one is worked out, the others are unknown.
            self._known[enum] = {}
            known = self._read(enum)
            self._known[enum] = known
        return known

    def member(self, enum: ClassSymbol, name: str) -> Constant | None:
        """A member of an enum as a constant; `None` if it has no such member."""
        value = self.members(enum).get(name)
        if not isinstance(value, Constant):
            return None
        text = f"{enum.name}.{name}"
        return Constant(EnumValue(enum, name, value.value), text, (enum.qualified_name,))

    def with_value(self, enum: ClassSymbol, value: object) -> Constant | None:
        """Return the first member that has a value: what calling the enum with it gives."""
        for name, known in self.members(enum).items():
            if isinstance(known, Constant) and known.value == value:
                return self.member(enum, name)
        return None

    def _read(self, enum: ClassSymbol) -> dict[str, Evaluated]:
        hierarchy = self._hierarchies.of(enum)
        is_text = hierarchy.inherits("builtins.str")
        methods = {method.name for method in enum.facts.methods}
        found: dict[str, Evaluated] = {}
        for fact in enum.facts.attributes:
            if fact.value is None or fact.name in methods or is_no_member(fact.name):
                continue
            if self._is_auto(fact.value, enum.namespace):
                found[fact.name] = _automatic(fact.value, fact.name, hierarchy, found)
            elif isinstance(fact.value, NameExpression) and fact.value.name in found:
                found[fact.name] = found[fact.value.name]
            elif (several := _several(fact.value, found)) is not None:
                found[fact.name] = plain(several)
            else:
                value = self._evaluate(fact.value, enum.namespace)
                if is_text and isinstance(value, Constant) and not isinstance(value.value, str):
                    value = plain(str(value.value))
                found[fact.name] = value
        return found

    def _is_auto(self, expression: Expression, namespace: Namespace) -> bool:
        return (
            isinstance(expression, CallExpression)
            and isinstance(expression.function, NameExpression)
            and self._names.resolve(expression.function.name, namespace)
            == ExternalSymbol("enum.auto")
        )


def is_no_member(name: str) -> bool:
    """Return whether Python makes no member of a name in the body of an enum."""
    return name in _IGNORED or name.startswith("__") or (name[0] == "_" and name[-1] == "_")


def _several(expression: Expression, earlier: dict[str, Evaluated]) -> int | None:
    """Return the number of members of a `Flag` together: `READ | WRITE`."""
    match expression:
        case NameExpression(name):
            known = earlier.get(name)
            value = known.value if isinstance(known, Constant) else None
            return value if isinstance(value, int) else None
        case BinaryExpression("|", left, right):
            one, other = _several(left, earlier), _several(right, earlier)
            return None if one is None or other is None else one | other
        case _:
            return None


def _automatic(
    expression: Expression, name: str, hierarchy: ClassHierarchy, earlier: dict[str, Evaluated]
) -> Evaluated:
    if any(method.name == "_generate_next_value_" for method in hierarchy.symbol.facts.methods):
        return NotConstant(expression, "is made by `_generate_next_value_`")
    if hierarchy.inherits("enum.StrEnum"):
        return plain(name.lower())
    values = [value.value for value in earlier.values() if isinstance(value, Constant)]
    # The values of a `class Color(str, Enum)` are the texts of the numbers.
    numbers = [number for value in values if (number := _number(value)) is not None]
    if len(numbers) != len(earlier):
        return NotConstant(expression, "is `auto()` after a value that is no number")
    following = max(numbers, default=0) + 1
    if hierarchy.inherits("enum.Flag"):
        following = 1 << max(numbers, default=0).bit_length()
    return plain(str(following) if hierarchy.inherits("builtins.str") else following)


def _number(value: object) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    return value if isinstance(value, int) else None

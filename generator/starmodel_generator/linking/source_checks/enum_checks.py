"""Members of enums that Python refuses, or that have other values than those written: SM131."""

from collections import Counter
from collections.abc import Iterator

from starmodel_generator.analysis.facts import AssignmentFact
from starmodel_generator.diagnostics.diagnostic import Diagnostic
from starmodel_generator.diagnostics.rules.source_rules import INVALID_ENUM
from starmodel_generator.linking.names.mro import ClassHierarchy
from starmodel_generator.linking.names.symbols import ClassSymbol
from starmodel_generator.linking.reporting import Problem, Subject
from starmodel_generator.linking.resolver import Resolver
from starmodel_generator.linking.values.enum_members import is_no_member
from starmodel_generator.linking.values.value import Constant

_ENUM_VALUES = frozenset({"__new__", "_value_", "value"})


def check_enum_members(
    symbol: ClassSymbol, hierarchy: ClassHierarchy, resolver: Resolver
) -> Iterator[Diagnostic]:
    """Report members that Python refuses, and values that are not those written."""
    counts: Counter[str] = Counter()
    methods = {method.name for method in symbol.facts.methods}
    for method in symbol.facts.methods:
        if method.name in _ENUM_VALUES:
            noun = f"method `{symbol.name}.{method.name}`"
            text = (
                "decides what the values of the enum are, and what is written is not what they are"
            )
            help = "write the values themselves, and anything else of a member in a property"
            yield Subject(noun, method.place).diagnose(Problem(INVALID_ENUM, text, help))
    for fact in symbol.facts.attributes:
        if fact.value is None:
            continue
        counts[fact.name] += 1
        text = help = None
        if counts[fact.name] > 1 and fact.container is None and not fact.name.startswith("__"):
            text, help = "is defined twice", "rename or remove one of them"
        elif fact.name in methods:
            text, help = "has the name of a method of the enum", "rename one of them"
        elif fact.name == "mro":
            text, help = "has a name that Python keeps to itself", "rename it"
        elif is_member(fact) and (known := _plain(fact, symbol, resolver)) is not None:
            value = known.value
            if hierarchy.inherits("enum.StrEnum") and not isinstance(value, str):
                text, help = (
                    f"has the value `{value!r}`, which is no text",
                    "write it in quotes",
                )
            elif (hierarchy.inherits("builtins.int") and not _makes_int(value)) or (
                hierarchy.inherits("enum.Flag") and not isinstance(value, int)
            ):
                text, help = f"has the value `{value!r}`, which is no number", "use a `StrEnum`"
        if text is not None:
            noun = f"enum member `{symbol.name}.{fact.name}`"
            yield Subject(noun, fact.place).diagnose(Problem(INVALID_ENUM, text, help))


def _plain(fact: AssignmentFact, symbol: ClassSymbol, resolver: Resolver) -> Constant | None:
    """Return the value of a member that is written as a plain value."""
    assert fact.value is not None
    value = resolver.constants.evaluate(fact.value, symbol.namespace)
    is_plain = isinstance(value, Constant) and isinstance(
        value.value, bool | int | float | str | tuple
    )
    return value if isinstance(value, Constant) and is_plain else None


def is_member(fact: AssignmentFact) -> bool:
    """Return whether an assignment in the body of an enum makes a member."""
    return fact.value is not None and not is_no_member(fact.name)


def _makes_int(value: object) -> bool:
    try:
        int(value)  # type: ignore[call-overload]
    except (TypeError, ValueError):
        return False
    return True

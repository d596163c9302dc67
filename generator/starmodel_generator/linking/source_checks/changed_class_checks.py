"""Models and enums that are changed from outside of their bodies: SM143."""

from collections.abc import Iterable, Iterator

from starmodel_generator.analysis.facts import (
    FunctionFacts,
    MappingExpression,
    ModuleFacts,
    NameChange,
    NameExpression,
    SequenceExpression,
)
from starmodel_generator.diagnostics.diagnostic import Diagnostic
from starmodel_generator.diagnostics.rules.source_rules import CHANGED_CLASS
from starmodel_generator.linking.names.mro import (
    BASE_MODEL,
    BASE_TABLE,
    ENTITY,
    SQL_MODEL,
    ClassHierarchy,
)
from starmodel_generator.linking.names.symbols import (
    ClassSymbol,
    ExternalSymbol,
    FunctionSymbol,
    MemberSymbol,
    Namespace,
    Symbol,
    ValueSymbol,
)
from starmodel_generator.linking.resolver import Resolver
from starmodel_generator.linking.source_checks.class_attributes import ClassAttributes

_BASES = (BASE_MODEL, BASE_TABLE, ENTITY, SQL_MODEL)


class ChangeChecker:
    """Checks what modules do to models and enums; `used` are classes that models inherit from."""

    def __init__(
        self, resolver: Resolver, attributes: ClassAttributes, used: Iterable[ClassSymbol]
    ) -> None:
        self._resolver = resolver
        self._attributes = attributes
        self._used = set(used)

    def check(self, module: ModuleFacts) -> Iterator[Diagnostic]:
        """Report where a module changes a class that generated code is made from."""
        for change in module.changes:
            text = self._text(change, module)
            if text is not None:
                yield CHANGED_CLASS.report(
                    f"{text}, which the generator does not see",
                    change.place,
                    help="write it in the body of the class",
                )

    def _text(self, change: NameChange, module: ModuleFacts) -> str | None:
        """Return what a change does, as a sentence without its end; `None` where it is harmless."""
        if change.through is not None:
            return self._changed_by_function(change, *change.through, module)
        for symbol in self._symbols(change.name, module):
            match symbol:
                case ClassSymbol() if self._is_model(symbol):
                    is_own = "." not in change.name
                    return None if change.is_inside or is_own else f"`{change.name}` is replaced"
                case MemberSymbol(owner, path) if self._is_model(owner):
                    if not self._is_class_variable(owner, path, change):
                        return _changed_attribute(owner.name, path[0])
                case ExternalSymbol(name):
                    text = _outside(name)
                    if text is not None:
                        return text
                case _:
                    pass
        return None

    def _symbols(self, name: str, module: ModuleFacts) -> Iterator[Symbol]:
        """Yield what a dotted name means; of a list of classes, what each of them means."""
        names, namespace = self._resolver.names, Namespace(module)
        root, each, rest = name.partition(".*.")
        value = names.resolve(root, namespace)
        if not each or not isinstance(value, ValueSymbol):
            yield names.resolve(name, namespace)
            return
        for item in _items(value):
            yield names.resolve(f"{item}.{rest}", value.namespace)

    def _is_model(self, symbol: ClassSymbol) -> bool:
        hierarchy = self._resolver.hierarchies.of(symbol)
        return hierarchy.is_model or hierarchy.is_enum or symbol in self._used

    def _is_class_variable(
        self, owner: ClassSymbol, path: tuple[str, ...], change: NameChange
    ) -> bool:
        """Return whether it is a class variable, or no part of the model at all.

        What a module sets while it is imported may be what a default or a limit is made of.
        """
        if not (change.is_late or change.is_inside or len(path) > 1):
            return False
        hierarchy = self._resolver.hierarchies.of(owner)
        first, *below = path
        if hierarchy.is_enum and below:
            # What a member has besides its name and its value.
            return first[:1] != "_" and below[0][:1] not in ("_", "*")
        if self._is_of_a_plain_class(hierarchy, first):
            return True
        members = self._resolver.members.members(hierarchy)
        member = members.annotated.get(first)
        if member is None or member.fact.annotation is None:
            known = self._attributes.of_class(hierarchy)
            return known is not None and first not in known and first[:1] not in ("_", "*")
        found = self._resolver.types.value(member.fact.annotation, member.owner.namespace)
        return found.is_class_variable

    def _is_of_a_plain_class(self, hierarchy: ClassHierarchy, name: str) -> bool:
        """Return whether a base that is no model gives a class the attribute, with no type."""
        for owner in hierarchy.classes:
            for fact in owner.facts.attributes:
                if fact.name == name:
                    known = self._resolver.hierarchies.of(owner)
                    return fact.annotation is None and not (known.is_model or known.is_enum)
        return False

    def _changed_by_function(
        self, change: NameChange, callee: str, which: int | str, module: ModuleFacts
    ) -> str | None:
        """Return how a function of the project changes the class that it is given."""
        names, namespace = self._resolver.names, Namespace(module)
        function = names.follow(names.resolve(callee, namespace))
        given = names.follow(names.resolve(change.name, namespace))
        if not isinstance(function, FunctionSymbol) or not isinstance(given, ClassSymbol):
            return None
        parameter = _parameter(function.facts, which)
        if parameter is None or not _changes(function.facts, parameter):
            return None
        return f"`{callee}` changes `{given.name}`" if self._is_model(given) else None


def _changes(facts: FunctionFacts, parameter: str) -> bool:
    """Return whether a function changes what it is given, not just an object that it makes of it."""
    if any(use.path[0] == parameter and use.access != "load" for use in facts.uses):
        return True
    kinds = {effect.kind for effect in facts.effects if effect.name.partition(".")[0] == parameter}
    return "assign" in kinds and "mutate" not in kinds


def _changed_attribute(owner: str, name: str) -> str:
    changed = f"`{owner}`" if name == "*" else f"`{owner}.{name}`"
    return f"{changed} is changed outside of the class"


def _outside(name: str) -> str | None:
    """Return what is said of a change of a base class that others made."""
    for base in _BASES:
        # The tables that SQLModel gathers are no part of a model.
        if name.startswith(f"{base}.") and not name.startswith(f"{SQL_MODEL}.metadata"):
            return f"`{name.rpartition('.')[0]}` is changed for all of its subclasses"
    return None


def _items(value: ValueSymbol) -> Iterator[str]:
    match value.assignment.value:
        case SequenceExpression(items=items):
            found = items
        case MappingExpression(items=pairs):
            found = tuple(each for _, each in pairs)
        case _:
            found = ()
    yield from (each.name for each in found if isinstance(each, NameExpression))


def _parameter(facts: FunctionFacts, which: int | str) -> str | None:
    """Return the parameter that an argument is given to."""
    if isinstance(which, str):
        return which
    positional = [each.name for each in facts.parameters if each.kind.startswith("positional")]
    rest = [each.name for each in facts.parameters if each.kind == "variadic"]
    return next(iter([*positional[which:], *rest]), None)

"""What a class has, its own and inherited: annotations and methods in pydantic's order.

Bases come first, and what a derived class defines again keeps the place it had in the base.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from starmodel_generator.analysis.facts import AssignmentFact, Expression, FunctionFacts
from starmodel_generator.linking.names.mro import ClassHierarchies, ClassHierarchy
from starmodel_generator.linking.names.name_resolution import Names
from starmodel_generator.linking.names.symbols import ClassSymbol, ExternalSymbol, Namespace
from starmodel_generator.linking.names.unparse import unparse

_PROPERTIES = frozenset({"builtins.property", "functools.cached_property"})
_ACCESSORS = (".setter", ".deleter", ".getter")


@dataclass(frozen=True, slots=True)
class Decorator:
    """A decorator of a method: what it is known as (`""` if it is nothing known) and as written."""

    name: str
    expression: Expression
    index: int


@dataclass(frozen=True, slots=True)
class Method:
    """A method as the class has it; `owner` is the class that defines it."""

    owner: ClassSymbol
    facts: FunctionFacts
    decorators: tuple[Decorator, ...]

    def decorator(self, *names: str) -> Decorator | None:
        """Return the first decorator known by one of these names."""
        for decorator in self.decorators:
            if decorator.name in names:
                return decorator
        return None

    @property
    def is_property(self) -> bool:
        """Whether it is read like a field."""
        return self.decorator(*_PROPERTIES) is not None

    @property
    def namespace(self) -> Namespace:
        """Where its annotations and defaults stand."""
        return self.owner.namespace


@dataclass(frozen=True, slots=True)
class Annotated:
    """An annotated attribute; `value` may come from a mixin that gives only the value."""

    owner: ClassSymbol
    fact: AssignmentFact
    value: Expression | None
    value_namespace: Namespace


@dataclass(frozen=True, slots=True)
class Members:
    """The members of a class by name, in pydantic's order."""

    annotated: dict[str, Annotated]
    methods: dict[str, Method]


class MemberReader:
    """Gathers the members of classes."""

    def __init__(self, names: Names, hierarchies: ClassHierarchies) -> None:
        self._names = names
        self._hierarchies = hierarchies
        self._members: dict[ClassSymbol, Members] = {}
        self._methods: dict[ClassSymbol, tuple[Method, ...]] = {}

    def members(self, hierarchy: ClassHierarchy) -> Members:
        """Everything a class has."""
        known = self._members.get(hierarchy.symbol)
        if known is None:
            known = self._gather(hierarchy)
            self._members[hierarchy.symbol] = known
        return known

    def _gather(self, hierarchy: ClassHierarchy) -> Members:
        annotated: dict[str, Annotated] = {}
        methods: dict[str, Method] = {}
        for owner in reversed(hierarchy.classes):
            for fact in owner.facts.attributes:
                if fact.annotation is None:
                    continue
                value, namespace = self._value(fact, owner, hierarchy)
                annotated[fact.name] = Annotated(owner, fact, value, namespace)
            for method in self.own_methods(owner):
                methods[method.facts.name] = method
        return Members(annotated, methods)

    def own_methods(self, owner: ClassSymbol) -> tuple[Method, ...]:
        """Return the methods a class defines itself; of several of one name the one that counts."""
        known = self._methods.get(owner)
        if known is None:
            known = tuple({method.facts.name: method for method in self._read(owner)}.values())
            self._methods[owner] = known
        return known

    def _read(self, owner: ClassSymbol) -> Iterator[Method]:
        namespace = Namespace(owner.module)
        for facts in owner.facts.methods:
            decorators = tuple(
                Decorator(self._known_as(expression, namespace), expression, index)
                for index, expression in enumerate(facts.decorators)
            )
            if any(unparse(each.expression).endswith(_ACCESSORS) for each in decorators):
                continue
            if any(each.name == "typing.overload" for each in decorators):
                continue
            yield Method(owner, facts, decorators)

    def _known_as(self, expression: Expression, namespace: Namespace) -> str:
        function = getattr(expression, "function", expression)
        name = getattr(function, "name", None)
        if not isinstance(name, str):
            return ""
        symbol = self._names.follow(self._names.resolve(name, namespace))
        return symbol.name if isinstance(symbol, ExternalSymbol) else ""

    def _value(
        self, fact: AssignmentFact, owner: ClassSymbol, hierarchy: ClassHierarchy
    ) -> tuple[Expression | None, Namespace]:
        if owner is hierarchy.symbol and fact.value is not None:
            return fact.value, owner.namespace
        # Pydantic takes the values of fields away from its models, but finds those of plain
        # mixins again, in every class that does not give a value itself.
        for cls in hierarchy.classes:
            if self._hierarchies.of(cls).is_model:
                continue
            for attribute in cls.facts.attributes:
                if attribute.name == fact.name and attribute.value is not None:
                    return attribute.value, cls.namespace
        return fact.value, owner.namespace

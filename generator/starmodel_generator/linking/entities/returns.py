"""What an event gives: nothing, a value, a fragment, a new record, or steps of these."""

from dataclasses import dataclass

from starmodel_generator.analysis.facts import (
    Expression,
    LiteralExpression,
    NameExpression,
    SubscriptExpression,
)
from starmodel_generator.diagnostics.rules.entity_rules import (
    ANY_TYPE,
    INVALID_CREATION,
    INVALID_GENERATOR,
    MISSING_RETURN,
    UNSUPPORTED_TYPE,
)
from starmodel_generator.linking.names.class_members import Method
from starmodel_generator.linking.names.mro import ClassHierarchy
from starmodel_generator.linking.names.symbols import ClassSymbol, ExternalSymbol, Namespace
from starmodel_generator.linking.reporting import Problem, Report, Subject
from starmodel_generator.linking.resolver import Resolver
from starmodel_generator.linking.types.write_only import RETURNED, has_secret_inside
from starmodel_schemas import AnyType, EntityType, OptionalType, TypeRef

_ITERATORS = frozenset({"typing.Iterator", "typing.Iterable", "typing.Generator"})
_ASYNC_ITERATORS = frozenset(
    {"typing.AsyncIterator", "typing.AsyncIterable", "typing.AsyncGenerator"}
)


@dataclass(frozen=True, slots=True)
class LinkedReturn:
    """The type of what is returned, or of one step of a generator; see `EventSchema`."""

    returns: TypeRef | None = None
    is_creation: bool = False


class ReturnReader:
    """Reads return annotations of events."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver

    def read(
        self, method: Method, hierarchy: ClassHierarchy, subject: Subject, report: Report
    ) -> LinkedReturn:
        """Return what an event gives."""
        facts = method.facts
        place = facts.place.at("returns", 0)
        is_class_method = method.decorator("builtins.classmethod") is not None
        if facts.returns is None:
            report(subject.diagnose(_missing(method)))
            unknown = AnyType() if facts.returns_value or facts.has_yield else None
            return LinkedReturn(unknown, is_creation=is_class_method)
        annotation = self._resolver.types.unquoted(facts.returns)
        if facts.has_yield:
            return self._steps(annotation, method, subject, report)
        if is_class_method:
            created = self._created(annotation, method, hierarchy, subject, report)
            if created is not None:
                return created
        returned = self._type(annotation, method, subject, report)
        if isinstance(returned, EntityType) or (
            isinstance(returned, OptionalType) and isinstance(returned.item, EntityType)
        ):
            report(subject.diagnose(_RETURNS_ENTITY, place))
            return LinkedReturn()
        return LinkedReturn(returned)

    def _steps(
        self, annotation: Expression, method: Method, subject: Subject, report: Report
    ) -> LinkedReturn:
        place = method.facts.place.at("returns", 0)
        item: Expression | None = None
        name = annotation
        if isinstance(annotation, SubscriptExpression):
            name, item = self._resolver.types.unquoted(annotation.value), annotation.items[0]
        known = ""
        if isinstance(name, NameExpression):
            names = self._resolver.names
            symbol = names.follow(names.resolve(name.name, method.namespace))
            known = symbol.name if isinstance(symbol, ExternalSymbol) else ""
        allowed = _ASYNC_ITERATORS if method.facts.is_async else _ITERATORS
        if known not in allowed:
            report(subject.diagnose(_no_iterator(method), place))
            return LinkedReturn()
        if item is None:
            return LinkedReturn(AnyType())
        step = self._type(item, method, subject, report)
        if isinstance(step, EntityType):
            report(subject.diagnose(_RETURNS_ENTITY, place))
            return LinkedReturn()
        return LinkedReturn(step)

    def _created(
        self,
        annotation: Expression,
        method: Method,
        hierarchy: ClassHierarchy,
        subject: Subject,
        report: Report,
    ) -> LinkedReturn | None:
        """Return what a classmethod that returns its own class gives; `None` for any other."""
        names = self._resolver.names
        created: object = None
        if isinstance(annotation, NameExpression):
            created = names.follow(names.resolve(annotation.name, Namespace(method.owner.module)))
        own = created == ExternalSymbol("typing.Self") or created is hierarchy.symbol
        if not own:
            if isinstance(created, ClassSymbol) and created in hierarchy.classes:
                place = method.facts.place.at("returns", 0)
                report(subject.diagnose(_CREATES_BASE, place))
                return LinkedReturn(is_creation=True)
            return None
        return LinkedReturn(EntityType(entity=hierarchy.symbol.qualified_name), is_creation=True)

    def _type(
        self, annotation: Expression, method: Method, subject: Subject, report: Report
    ) -> TypeRef | None:
        place = method.facts.place.at("returns", 0)
        resolved = self._resolver.types.result(annotation, method.namespace)
        written = annotation == LiteralExpression(None)
        secret = resolved.options.constraints.secret
        if secret or (resolved.type is not None and has_secret_inside(resolved.type)):
            report(subject.diagnose(RETURNED, place))
        for problem in (*resolved.problems, *resolved.options.problems):
            # Whoever writes `-> Any` means it.
            if problem.rule is not ANY_TYPE:
                result = Problem(problem.rule, _as_result(problem.text), problem.help)
                report(subject.diagnose(result, place))
        return None if written else resolved.type


def _as_result(text: str) -> str:
    return text.replace("has the type", "returns the type", 1)


def _missing(method: Method) -> Problem:
    if method.facts.has_yield:
        kind = "AsyncIterator" if method.facts.is_async else "Iterator"
        help = f"annotate it, for example `-> {kind}[None]`"
    elif method.decorator("builtins.classmethod") is not None:
        help = "annotate it `-> Self` if it makes a record, `-> None` if it returns nothing"
    elif method.facts.returns_value:
        help = "annotate what it returns, for example `-> int`"
    else:
        help = "it returns nothing: annotate it `-> None`"
    return Problem(MISSING_RETURN, "has no return annotation", help)


def _no_iterator(method: Method) -> Problem:
    kind = "AsyncIterator" if method.facts.is_async else "Iterator"
    return Problem(
        INVALID_GENERATOR,
        "has a `yield`, but does not return an iterator",
        f"annotate it `-> {kind}[...]`, with the type of what it yields",
    )


_CREATES_BASE = Problem(
    INVALID_CREATION,
    "returns a base class, not the class it is called on",
    "annotate it `-> Self`",
)
_RETURNS_ENTITY = Problem(
    UNSUPPORTED_TYPE,
    "returns an entity, which is no value to send",
    "return its id, or what the caller needs of it; a record is created by a classmethod",
)

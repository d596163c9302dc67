"""Names that a class body hides from itself, as the field of `date: date | None = None` does.

Python looks a name up in the class body first, and then in the module. A field without a value
binds nothing there; one with a value binds its name before its annotation is evaluated. What
stands in quotation marks, and every annotation under `from __future__ import annotations` and
since Python 3.14, is evaluated when the body is done.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from starmodel_generator.analysis.annotations import parse_expression
from starmodel_generator.analysis.facts import (
    AssignmentFact,
    BinaryExpression,
    CallExpression,
    Expression,
    FunctionFacts,
    HiddenName,
    LiteralExpression,
    MappingExpression,
    NameExpression,
    SequenceExpression,
    SubscriptExpression,
    UnaryExpression,
)
from starmodel_generator.diagnostics.diagnostic import Place

_FACTORY = "default_factory"


class _Use(NamedTuple):
    """A name in an annotation; `is_late` where it is looked up when the class body is done."""

    name: str
    is_late: bool


class BodyNames:
    """Follows a class body, statement by statement, and notes which names it hides.

    Args:
        is_lazy: Whether annotations are evaluated when the body is done.
    """

    def __init__(self, *, is_lazy: bool) -> None:
        self._is_lazy = is_lazy
        self._bound: dict[str, Place] = {}
        self._methods: dict[str, Place] = {}
        self._hidden: list[HiddenName] = []
        self._fields_at_end: list[HiddenName] = []
        self._results_at_end: list[HiddenName] = []

    def assign(self, fact: AssignmentFact) -> None:
        """Follow `name: annotation = value`."""
        if fact.value is not None:
            self._note(_called(fact.value), fact.name, fact.place.at("value", 0))
            self._bound[fact.name] = fact.place
        if fact.annotation is not None:
            place = fact.place.at("annotation", 0)
            self._annotate(fact.annotation, fact.name, place, self._fields_at_end)

    def define(self, fact: FunctionFacts) -> None:
        """Follow a method: its decorators, defaults and annotations come before its name."""
        for index, decorator in enumerate(fact.decorators):
            names = self._decorating(decorator)
            self._note(names, fact.name, fact.place.at("decorator", index))
        for parameter in fact.parameters:
            if parameter.default is not None:
                place = parameter.place.at("default", 0)
                self._note(_called(parameter.default), fact.name, place)
            if parameter.annotation is not None:
                place = parameter.place.at("annotation", 0)
                self._annotate(parameter.annotation, fact.name, place, None)
        if fact.returns is not None:
            place = fact.place.at("returns", 0)
            # Of what methods return, pydantic evaluates that of computed fields.
            late = self._results_at_end if any(map(_is_computed, fact.decorators)) else None
            self._annotate(fact.returns, fact.name, place, late)
        self._bound[fact.name] = self._methods[fact.name] = fact.place

    def found(self) -> tuple[HiddenName, ...]:
        """Return what is hidden, once the body is done."""
        late = [*_among(self._fields_at_end, self._bound)]
        # By the time pydantic looks at computed fields, the others are no attributes any more.
        late += _among(self._results_at_end, self._methods)
        return tuple(dict.fromkeys([*self._hidden, *late]))

    def _annotate(
        self, annotation: Expression, owner: str, place: Place, late: list[HiddenName] | None
    ) -> None:
        """Look at an annotation; `late` is where names that are looked up later are kept."""
        uses = list(_types(annotation, is_late=self._is_lazy))
        self._note((use.name for use in uses if not use.is_late), owner, place)
        if late is not None:
            # What hides them is known at the end.
            late += [HiddenName(use.name, owner, place, place) for use in uses if use.is_late]

    def _note(self, names: Iterable[str], owner: str, place: Place) -> None:
        uses = [HiddenName(name, owner, place, place) for name in names]
        self._hidden += _among(uses, self._bound)

    def _decorating(self, decorator: Expression) -> Iterator[str]:
        """The names a decorator calls; in `@total.setter` the method is meant that came before."""
        if isinstance(decorator, NameExpression):
            decorator = CallExpression(decorator)
        for name in _called(decorator):
            root, dot, _ = name.partition(".")
            if not dot or root not in self._methods:
                yield name


def _among(uses: Iterable[HiddenName], bound: Mapping[str, Place]) -> Iterator[HiddenName]:
    for use in uses:
        hider = bound.get(use.name.partition(".")[0])
        if hider is not None:
            yield HiddenName(use.name, use.owner, use.place, hider)


def _types(annotation: Expression, *, is_late: bool) -> Iterator[_Use]:
    """The names in an annotation."""
    match annotation:
        case NameExpression(name):
            yield _Use(name, is_late)
        case LiteralExpression(str() as text):
            parsed = parse_expression(text)
            if parsed is not None:
                yield from _types(parsed, is_late=True)
        case SubscriptExpression(NameExpression(name), items):
            yield _Use(name, is_late)
            kind = name.rpartition(".")[2]
            if kind == "Annotated":
                yield from _types(items[0], is_late=is_late)
                for item in items[1:]:
                    yield from (_Use(each, is_late) for each in _called(item))
            elif kind != "Literal":
                # `Many["Post", "author"]` names a class, and then a field of it.
                for item in items[:1] if kind in ("Many", "One") else items:
                    yield from _types(item, is_late=is_late)
        case BinaryExpression("|", left, right):
            yield from _types(left, is_late=is_late)
            yield from _types(right, is_late=is_late)
        case SequenceExpression(_, items):
            for item in items:
                yield from _types(item, is_late=is_late)
        case CallExpression():
            yield from (_Use(each, is_late) for each in _called(annotation))
        case _:
            pass


def _called(value: Expression) -> Iterator[str]:
    """The names that a value calls, subscribes or takes attributes of.

    A plain name is left out: it may well mean what the class body calls so.
    """
    match value:
        case NameExpression(name) if "." in name:
            yield name
        case CallExpression(function, arguments, keywords):
            if isinstance(function, NameExpression):
                yield function.name
            else:
                yield from _called(function)
            for argument in arguments:
                yield from _called(argument)
            for keyword, argument in keywords:
                if keyword == _FACTORY and isinstance(argument, NameExpression):
                    yield argument.name
                else:
                    yield from _called(argument)
        case SubscriptExpression():
            yield from (use.name for use in _types(value, is_late=False) if not use.is_late)
        case SequenceExpression(_, items):
            for item in items:
                yield from _called(item)
        case MappingExpression(items):
            for key, item in items:
                yield from _called(key)
                yield from _called(item)
        case BinaryExpression(_, left, right):
            yield from _called(left)
            yield from _called(right)
        case UnaryExpression(_, operand):
            yield from _called(operand)
        case _:
            pass


def _is_computed(decorator: Expression) -> bool:
    function = decorator.function if isinstance(decorator, CallExpression) else decorator
    return (
        isinstance(function, NameExpression)
        and function.name.rpartition(".")[2] == "computed_field"
    )

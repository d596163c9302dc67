"""Annotations that Python cannot evaluate: SM134."""

from collections.abc import Iterable, Iterator

from starmodel_generator.analysis.facts import (
    BinaryExpression,
    CallExpression,
    Expression,
    FunctionFacts,
    LiteralExpression,
    ModuleFacts,
    NameExpression,
    SubscriptExpression,
)
from starmodel_generator.diagnostics.diagnostic import Diagnostic, Place
from starmodel_generator.diagnostics.rules.source_rules import FAILING_ANNOTATION
from starmodel_generator.linking.names.symbols import ClassSymbol, ExternalSymbol, Namespace
from starmodel_generator.linking.names.unparse import shortened, unparse
from starmodel_generator.linking.reporting import Problem, Subject
from starmodel_generator.linking.resolver import Resolver

_PLAIN = frozenset(
    {
        *("builtins.bool", "builtins.bytes", "builtins.complex", "builtins.float", "builtins.int"),
        *("builtins.object", "builtins.str", "datetime.date", "datetime.datetime"),
        *("datetime.time", "datetime.timedelta", "decimal.Decimal", "uuid.UUID"),
    }
)
"""Types that take nothing in brackets."""

_GENERIC = frozenset(
    {
        *("builtins.dict", "builtins.frozenset", "builtins.list", "builtins.set"),
        "builtins.tuple",
    }
)
_PARTS = {"typing.Optional": (1, 1), "typing.ClassVar": (1, 1), "typing.Annotated": (2, 1_000)}
"""How many parts some forms take."""


class AnnotationChecker:
    """Checks the annotations that are evaluated; `used` are the classes of what is generated."""

    def __init__(self, resolver: Resolver, used: Iterable[ClassSymbol]) -> None:
        self._resolver = resolver
        self._used = set(used)

    def check(self, module: ModuleFacts) -> Iterator[Diagnostic]:
        """Report the annotations of a module that raise an exception."""
        at_top = Namespace(module)
        are_texts = any(
            fact.module == "__future__" and fact.name == "annotations" for fact in module.imports
        )
        if not are_texts:
            for fact in module.assignments:
                if fact.annotation is not None:
                    yield from self._report(fact.annotation, at_top, fact.place.at("annotation", 0))
            for function in module.functions:
                yield from self._function(function, at_top)
        for facts in module.classes:
            namespace = Namespace(module, facts)
            symbol = self._resolver.names.class_symbol(module, facts)
            # Pydantic evaluates the types of fields, texts or not.
            is_model = symbol in self._used or self._resolver.hierarchies.of(symbol).is_model
            for fact in facts.attributes:
                if fact.annotation is None or (are_texts and not is_model):
                    continue
                annotation = fact.annotation
                if is_model:
                    annotation = self._resolver.types.unquoted(annotation)
                yield from self._report(annotation, namespace, fact.place.at("annotation", 0))
            for method in () if are_texts else facts.methods:
                yield from self._function(method, namespace)

    def _function(self, function: FunctionFacts, namespace: Namespace) -> Iterator[Diagnostic]:
        for parameter in function.parameters:
            if parameter.annotation is not None:
                place = parameter.place.at("annotation", 0)
                yield from self._report(parameter.annotation, namespace, place)
        if function.returns is not None:
            place = function.place.at("returns", 0)
            yield from self._report(function.returns, namespace, place)

    def _report(
        self, annotation: Expression, namespace: Namespace, place: Place
    ) -> Iterator[Diagnostic]:
        for problem in self._problems(annotation, namespace):
            subject = Subject(f"annotation `{shortened(unparse(annotation))}`", place)
            yield subject.diagnose(problem)
            return

    def _problems(self, annotation: Expression, namespace: Namespace) -> Iterator[Problem]:
        match annotation:
            case BinaryExpression("|", left, right):
                for one, other in ((left, right), (right, left)):
                    if _is_text(one) and self._knows_no_texts(other, namespace):
                        whole = unparse(annotation).replace('"', "").replace("'", "")
                        text = "joins a text with `|`, which Python does not know"
                        help = f'put all of it into quotes: `"{whole}"`'
                        yield Problem(FAILING_ANNOTATION, text, help)
                        return
                for one in (left, right):
                    form = self._form(one, namespace)
                    if form is not None:
                        yield _misplaced(form)
                        return
                    yield from self._problems(one, namespace)
            case SubscriptExpression(LiteralExpression(str(quoted)), _) | CallExpression(
                LiteralExpression(str(quoted)), _
            ):
                whole = unparse(annotation).replace('"', "").replace("'", "")
                text = f"puts something in brackets behind the text `{shortened(quoted)}`"
                help = f'put all of it into quotes: `"{whole}"`'
                yield Problem(FAILING_ANNOTATION, text, help)
            case SubscriptExpression(NameExpression(name), items):
                symbol = self._resolver.names.follow(self._resolver.names.resolve(name, namespace))
                yield from self._subscript_problems(name, symbol, len(items))
                if symbol != ExternalSymbol("typing.Literal"):
                    is_annotated = symbol == ExternalSymbol("typing.Annotated")
                    for item in items:
                        form = self._form(item, namespace)
                        if form is not None and not is_annotated:
                            yield _misplaced(form)
                        yield from self._problems(item, namespace)
            case _:
                return

    def _form(self, annotation: Expression, namespace: Namespace) -> str | None:
        """Return the `ClassVar` or `Final` that an annotation is, which says nothing of values."""
        if isinstance(annotation, SubscriptExpression):
            annotation = annotation.value
        if not isinstance(annotation, NameExpression):
            return None
        names = self._resolver.names
        symbol = names.follow(names.resolve(annotation.name, namespace))
        if isinstance(symbol, ExternalSymbol) and symbol.name in (
            "typing.ClassVar",
            "typing.Final",
        ):
            return symbol.name.removeprefix("typing.")
        return None

    def _subscript_problems(self, name: str, symbol: object, count: int) -> Iterator[Problem]:
        if isinstance(symbol, ExternalSymbol):
            least, most = _PARTS.get(symbol.name, (0, 1_000))
            if symbol.name in _PLAIN:
                text = f"puts something in brackets behind `{name}`, which takes nothing there"
                yield Problem(FAILING_ANNOTATION, text, f"write `{name}` alone")
            elif not least <= count <= most:
                text = f"gives `{name}` {count} part{'s' if count != 1 else ''} in brackets"
                help = "write `T1 | T2 | None`" if "Optional" in symbol.name else "correct it"
                yield Problem(FAILING_ANNOTATION, text, help)
        elif isinstance(symbol, ClassSymbol) and self._is_plain(symbol):
            text = f"puts something in brackets behind `{name}`, which is not generic"
            yield Problem(FAILING_ANNOTATION, text, f"write `{name}` alone")

    def _is_plain(self, symbol: ClassSymbol) -> bool:
        """Return whether a class of the project surely takes nothing in brackets."""
        hierarchy = self._resolver.hierarchies.of(symbol)
        known = {"builtins.object", "pydantic.BaseModel", "starmodel.Entity", "starmodel.BaseTable"}
        return (
            not hierarchy.problems
            and hierarchy.outside <= known
            and not any(owner.facts.type_parameters for owner in hierarchy.classes)
            and not any(
                method.name == "__class_getitem__"
                for owner in hierarchy.classes
                for method in owner.facts.methods
            )
            and not any(key == "metaclass" for key, _ in symbol.facts.keywords)
        )

    def _knows_no_texts(self, expression: Expression, namespace: Namespace) -> bool:
        """Return whether `expression | "text"` raises: classes and `None` know types alone."""
        if isinstance(expression, LiteralExpression):
            return expression.value is None or isinstance(expression.value, str)
        if isinstance(expression, SubscriptExpression):
            expression = expression.value
            allowed = _GENERIC
        else:
            allowed = _GENERIC | _PLAIN
        if not isinstance(expression, NameExpression):
            return False
        symbol = self._resolver.names.resolve(expression.name, namespace)
        if isinstance(symbol, ClassSymbol):
            return True
        return isinstance(symbol, ExternalSymbol) and symbol.name in allowed


def _misplaced(form: str) -> Problem:
    text = f"has `{form}` inside of another type, where Python does not know it"
    return Problem(FAILING_ANNOTATION, text, f"write `{form}[...]` around the whole type")


def _is_text(expression: Expression) -> bool:
    return isinstance(expression, LiteralExpression) and isinstance(expression.value, str)

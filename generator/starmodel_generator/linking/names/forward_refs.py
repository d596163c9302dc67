"""Relations to classes that Python does not know yet when it meets them."""

from collections.abc import Iterator

from starmodel_generator.analysis.annotations import parse_expression
from starmodel_generator.analysis.facts import (
    BinaryExpression,
    Expression,
    LiteralExpression,
    NameExpression,
    SubscriptExpression,
)
from starmodel_generator.diagnostics.rules.sql_rules import UNQUOTED_RELATION
from starmodel_generator.linking.names.name_resolution import Names
from starmodel_generator.linking.names.symbols import ClassSymbol, ExternalSymbol
from starmodel_generator.linking.reporting import Problem

_REF = ExternalSymbol("starmodel.Ref")
_OTHER_SIDES = (ExternalSymbol("starmodel.Many"), ExternalSymbol("starmodel.One"))
_CLASS_VARIABLE = ExternalSymbol("typing.ClassVar")


class ForwardNames:
    """Finds targets of relations that have to stand in quotes."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def problems(self, annotation: Expression, owner: ClassSymbol) -> Iterator[Problem]:
        """The problem of each target that is not there when the class is made."""
        is_text = any(
            fact.module == "__future__" and fact.name == "annotations"
            for fact in owner.module.imports
        )
        yield from self._inside(annotation, owner, int(is_text))

    def _inside(self, expression: Expression, owner: ClassSymbol, quotes: int) -> Iterator[Problem]:
        """Look into an annotation; `quotes` is how often it is a text instead of code."""
        match expression:
            case LiteralExpression(str(text)):
                parsed = parse_expression(text)
                if parsed is not None and not isinstance(parsed, LiteralExpression):
                    yield from self._inside(parsed, owner, quotes + 1)
            case BinaryExpression(_, left, right):
                yield from self._inside(left, owner, quotes)
                yield from self._inside(right, owner, quotes)
            case SubscriptExpression(NameExpression(name), items):
                symbol = self._names.follow(self._names.resolve(name, owner.namespace))
                if symbol in (_REF, *_OTHER_SIDES):
                    # A `Ref` that is not there yet is waited for, a `Many` taken for a field.
                    is_waited_for = quotes > 0 and symbol == _REF
                    yield from self._target(items[0], name, owner, is_waited_for)
                    if symbol == _REF:
                        yield from self._name(items[0], name, owner)
                elif symbol == _CLASS_VARIABLE:
                    # Pydantic sees it in a text too, and then no further, but not in two texts.
                    if quotes != 1 and not isinstance(items[0], LiteralExpression):
                        yield from self._inside(items[0], owner, quotes)
                else:
                    for item in items:
                        yield from self._inside(item, owner, quotes)
            case _:
                return

    def _target(
        self, target: Expression, relation: str, owner: ClassSymbol, is_waited_for: bool
    ) -> Iterator[Problem]:
        if not isinstance(target, NameExpression):
            return
        first = target.name.partition(".")[0]
        reason = None
        if self._is_for_type_checkers(first, owner):
            reason = "which is imported under `if TYPE_CHECKING:` alone"
        elif not is_waited_for and self._is_further_down(first, owner):
            reason = "which is not there yet when the class is made"
        if reason is not None:
            own = target.name.rpartition(".")[2]
            text = f"names `{target.name}`, {reason}"
            yield Problem(UNQUOTED_RELATION, text, f'put it into quotes: `{relation}["{own}"]`')

    def _name(self, target: Expression, relation: str, owner: ClassSymbol) -> Iterator[Problem]:
        """The problem of a name in quotes that is not the class's own."""
        if not isinstance(target, LiteralExpression) or not isinstance(target.value, str):
            return
        symbol = self._names.follow(self._names.resolve(target.value, owner.namespace))
        own = target.value.rpartition(".")[2]
        if isinstance(symbol, ClassSymbol) and symbol.name != own:
            text = f"names `{symbol.name}` by another name, `{own}`, in quotes"
            help = f'write its own name: `{relation}["{symbol.name}"]`'
            yield Problem(UNQUOTED_RELATION, text, help)

    def _is_for_type_checkers(self, name: str, owner: ClassSymbol) -> bool:
        module = owner.module
        bound = [fact.type_checking for fact in module.imports if fact.bound == name]
        is_defined = any(facts.name == name for facts in module.classes)
        return bool(bound) and all(bound) and not is_defined

    def _is_further_down(self, name: str, owner: ClassSymbol) -> bool:
        if any(fact.bound == name for fact in owner.module.imports):
            return False
        classes = [facts for facts in owner.module.classes if facts.container is None]
        if owner.facts not in classes:
            return False
        return any(facts.name == name for facts in classes[classes.index(owner.facts) :])

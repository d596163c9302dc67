"""Calls compared with what is called: SM319."""

from collections.abc import Iterable, Iterator, Mapping

from starmodel_generator.analysis.facts import CallShape, ModuleFacts, NameUse, ParameterFact
from starmodel_generator.diagnostics.diagnostic import Diagnostic
from starmodel_generator.diagnostics.rules.source_rules import WRONG_ARGUMENTS
from starmodel_generator.linking.linked_field import LinkedField
from starmodel_generator.linking.names.library_classes import call_problem
from starmodel_generator.linking.names.symbols import (
    ClassSymbol,
    ExternalSymbol,
    FunctionSymbol,
    Namespace,
)
from starmodel_generator.linking.options.model_config import ConfigReader
from starmodel_generator.linking.reporting import Problem, Subject
from starmodel_generator.linking.resolver import Resolver


def argument_problem(call: CallShape, parameters: Iterable[ParameterFact]) -> str | None:
    """Return why a call does not fit some parameters, as the end of a sentence; `None` if it does."""
    taken = list(parameters)
    by_kind = {kind: [each for each in taken if each.kind == kind] for kind in _KINDS}
    positional = by_kind["positional_only"] + by_kind["positional_or_keyword"]
    named = by_kind["positional_or_keyword"] + by_kind["keyword_only"]
    if call.positional > len(positional) and not by_kind["variadic"] and not call.is_open:
        return f"with {_count(call.positional)}, but it takes {_count(len(positional))}"
    names = {each.name for each in named}
    given = {each.name for each in positional[: call.positional]}
    for keyword in call.keywords:
        if keyword not in names and not by_kind["variadic_keyword"]:
            return f"with `{keyword}=`, which it does not take"
        if keyword in given and keyword in names and not call.is_open:
            return f"with `{keyword}` given twice"
    if call.is_open:
        return None
    given.update(call.keywords)
    for each in (*positional, *by_kind["keyword_only"]):
        if each.default is None and each.name not in given:
            return f"without `{each.name}`"
    return None


_KINDS = (
    *("positional_only", "positional_or_keyword", "variadic", "keyword_only"),
    "variadic_keyword",
)


def _count(number: int) -> str:
    plain = {0: "no argument by position", 1: "1 argument by position"}
    return plain.get(number, f"{number} arguments by position")


class CallChecker:
    """Checks calls of the project's functions and models; `fields` are those of each model."""

    def __init__(
        self,
        resolver: Resolver,
        fields: Mapping[ClassSymbol, tuple[LinkedField, ...]],
        configs: ConfigReader,
    ) -> None:
        self._resolver = resolver
        self._fields = fields
        self._configs = configs

    def check(self, module: ModuleFacts) -> Iterator[Diagnostic]:
        """Report the calls in a module that fail whenever they are reached."""
        for use in module.uses:
            if use.call is None:
                continue
            names = self._resolver.names
            symbol = names.follow(names.resolve(use.name, Namespace(module)))
            problem = None
            if isinstance(symbol, FunctionSymbol):
                problem = _function_problem(use, use.call, symbol)
            elif isinstance(symbol, ClassSymbol):
                problem = self._model_problem(use.call, symbol)
            elif isinstance(symbol, ExternalSymbol):
                problem = self._outside_problem(use, use.call, module)
            if problem is not None:
                yield Subject("this code", use.place).diagnose(problem)

    def _outside_problem(
        self, use: NameUse, call: CallShape, module: ModuleFacts
    ) -> Problem | None:
        name = self._resolver.names.outside_name(use.name, module)
        text = None if name is None else call_problem(name, call)
        if text is None:
            return None
        help = f"compare it with the documentation of `{name}`"
        return Problem(WRONG_ARGUMENTS, f"calls `{use.name}` {text}", help)

    def _model_problem(self, call: CallShape, symbol: ClassSymbol) -> Problem | None:
        fields = self._fields.get(symbol)
        hierarchy = self._resolver.hierarchies.of(symbol)
        has_own_ways = any(
            method.name in ("__init__", "__new__") or "model_validator" in str(method.decorators)
            for owner in hierarchy.classes
            for method in owner.facts.methods
        )
        if fields is None or has_own_ways or call.is_open:
            return None
        form = self._resolver.types.classes.form(symbol)
        if form == "typed_dict":
            return None
        given = {*call.keywords}
        if form == "dataclass" and call.positional <= len(fields):
            given.update(field.schema.name for field in fields[: call.positional])
        elif call.positional:
            text = f"makes a `{symbol.name}` with {_count(call.positional)}"
            return Problem(WRONG_ARGUMENTS, text, "give its fields by name")
        names = {field.schema.name for field in fields}
        others = [keyword for keyword in call.keywords if keyword not in names]
        has_aliases = any(field.has_alias for field in fields)
        if others and has_aliases:
            return None
        for field in fields:
            is_required = field.schema.default.kind == "required" and not field.schema.computed
            if is_required and field.schema.name not in given:
                text = f"makes a `{symbol.name}` without `{field.schema.name}`, which is required"
                unknown = f"`{others[0]}=` is no field of it; " if others else ""
                help = f"{unknown}give it: `{field.schema.name}=...`"
                return Problem(WRONG_ARGUMENTS, text, help)
        return None


def _function_problem(use: NameUse, call: CallShape, symbol: FunctionSymbol) -> Problem | None:
    if symbol.facts.decorators or symbol.facts.container is not None or _is_rebound(symbol):
        return None
    text = argument_problem(call, symbol.facts.parameters)
    if text is None:
        return None
    help = f"it is `{symbol.facts.name}{symbol.facts.signature}`"
    return Problem(WRONG_ARGUMENTS, f"calls `{use.name}` {text}", help)


def _is_rebound(symbol: FunctionSymbol) -> bool:
    """Return whether the module gives the function's name to something else as well."""
    name, module = symbol.facts.name, symbol.module
    bound = [*module.functions, *module.assignments]
    return sum(each.name == name for each in bound) > 1 or any(
        fact.bound == name for fact in module.imports
    )

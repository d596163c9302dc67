"""Classes that look like entities and are none: SM132, SM133."""

from collections.abc import Iterable, Iterator

from starmodel_generator.analysis.facts import LiteralExpression, ModuleFacts
from starmodel_generator.diagnostics.diagnostic import Diagnostic
from starmodel_generator.diagnostics.rules.source_rules import NO_ENTITIES, PASSED_OVER
from starmodel_generator.linking.names.symbols import ClassSymbol, described
from starmodel_generator.linking.names.unparse import shortened, unparse
from starmodel_generator.linking.reporting import Problem, Subject
from starmodel_generator.linking.resolver import Resolver


def check_passed_over(
    modules: Iterable[ModuleFacts], resolver: Resolver, told: Iterable[Diagnostic]
) -> Iterator[Diagnostic]:
    """SM132: a class of the entity files is a table, or may be an entity, and is left out.

    Classes whose bases are reported already, in `told`, are not named again.
    """
    told_of = {each.place for each in told}
    for symbol in _top_classes(modules, resolver):
        hierarchy = resolver.hierarchies.of(symbol)
        bases = [symbol.place.at("base", index) for index in range(len(symbol.facts.bases))]
        is_told = any(place in told_of for place in bases)
        if hierarchy.is_entity or is_told:
            continue
        subject = Subject(f"class `{symbol.name}`", symbol.place, symbol.name)
        unknown = [
            each for each in hierarchy.problems if each.symbol and each.symbol.reason == "star"
        ]
        help = f"write `class {symbol.name}(Entity, BaseTable, table=True)`"
        if dict(symbol.facts.keywords).get("table") == LiteralExpression(True):
            bases = ", ".join(f"`{shortened(unparse(each))}`" for each in symbol.facts.bases)
            text = f"has `table=True`, but is no entity (its bases: {bases}): it is passed over"
            yield subject.diagnose(Problem(PASSED_OVER, text, help))
        elif unknown and unknown[0].symbol is not None and unknown[0].expression is not None:
            written = shortened(unparse(unknown[0].expression))
            text = f"is passed over: its base `{written}` {described(unknown[0].symbol)}"
            yield subject.diagnose(Problem(PASSED_OVER, text, f"import `{written}` by name"))


def no_entities(
    modules: Iterable[ModuleFacts], resolver: Resolver, entries: tuple[str, ...]
) -> Diagnostic:
    """SM133: there is no entity in the files that the setting `entities` names."""
    found = list(modules)
    written = ", ".join(f"`{entry}`" for entry in entries) or "the setting `entities`"
    if not found:
        return NO_ENTITIES.report(
            f"there is no Python file at {written}, so there are no entities",
            help="correct `entities` in `[tool.starmodel]`",
        )
    classes = list(_top_classes(found, resolver))
    shown = [f"`{each.name}` ({_why_not(each, resolver)})" for each in classes[:_SHOWN]]
    more = f" and {len(classes) - _SHOWN} more" if len(classes) > _SHOWN else ""
    seen = f"; passed over: {', '.join(shown)}{more}" if shown else ""
    count = f"{len(found)} module" + ("s" if len(found) != 1 else "")
    return NO_ENTITIES.report(
        f"there is no entity in the {count} at {written}{seen}",
        help="an entity inherits from `Entity` and is more than a base of others:"
        " `class Note(Entity)`",
    )


_SHOWN = 10


def _top_classes(modules: Iterable[ModuleFacts], resolver: Resolver) -> Iterator[ClassSymbol]:
    for module in modules:
        for facts in module.classes:
            if not (facts.container or "").startswith(("function ", "class ")):
                yield resolver.names.class_symbol(module, facts)


def _why_not(symbol: ClassSymbol, resolver: Resolver) -> str:
    hierarchy = resolver.hierarchies.of(symbol)
    if hierarchy.is_entity:
        return "only a base of entities"
    if not symbol.facts.bases:
        return "has no base"
    return "inherits from " + ", ".join(shortened(unparse(each)) for each in symbol.facts.bases)

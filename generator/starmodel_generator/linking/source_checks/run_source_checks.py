"""All checks of source, in the order in which they speak."""

from collections.abc import Iterator, Sequence

from starmodel_generator.analysis.facts import ModuleFacts
from starmodel_generator.diagnostics.diagnostic import Diagnostic
from starmodel_generator.diagnostics.rules.entity_rules import IMPORT_CYCLE
from starmodel_generator.linking.linked_app import LinkedApp
from starmodel_generator.linking.options.model_config import ConfigReader
from starmodel_generator.linking.resolver import Resolver
from starmodel_generator.linking.source_checks.annotation_checks import AnnotationChecker
from starmodel_generator.linking.source_checks.call_checks import CallChecker
from starmodel_generator.linking.source_checks.changed_class_checks import ChangeChecker
from starmodel_generator.linking.source_checks.class_attributes import ClassAttributes
from starmodel_generator.linking.source_checks.class_checks import ClassChecker
from starmodel_generator.linking.source_checks.find_checks import FindChecker
from starmodel_generator.linking.source_checks.ignored_class_checks import check_passed_over
from starmodel_generator.linking.source_checks.import_cycle_checks import check_circles
from starmodel_generator.linking.source_checks.method_checks import MethodChecker
from starmodel_generator.linking.source_checks.reference_cycle_checks import check_cycles
from starmodel_generator.linking.source_checks.undefined_name_checks import NameChecker


def check_source(
    app: LinkedApp,
    modules: Sequence[ModuleFacts],
    resolver: Resolver,
    configs: ConfigReader,
    generated: tuple[str, ...],
    told: Sequence[Diagnostic],
) -> Iterator[Diagnostic]:
    """Report what cannot be imported, or fails when it first runs.

    `modules` are the entity modules; those that were read for them are checked as well. `told` is
    what was reported already, and is not said twice.
    """
    attributes = ClassAttributes(resolver, configs)
    fields = {each.symbol: each.fields for each in app.objects.values()}
    fields |= {each.hierarchy.symbol: each.fields for each in app.entities}
    hierarchies = [resolver.hierarchies.of(symbol) for symbol in fields]
    used = [owner for hierarchy in hierarchies for owner in hierarchy.classes]
    names = NameChecker(resolver, attributes, generated)
    classes = ClassChecker(resolver, used)
    methods = MethodChecker(resolver, attributes, configs)
    annotations = AnnotationChecker(resolver, used)
    calls = CallChecker(resolver, fields, configs)
    searches = FindChecker(resolver, app)
    changes = ChangeChecker(resolver, attributes, used)
    for module in resolver.names.read():
        if names.is_generated(module.name):
            continue
        yield from names.check(module, told)
        yield from classes.check_module(module)
        yield from annotations.check(module)
        yield from calls.check(module)
        yield from searches.check(module)
    # Imports have been followed by now: a module may be there for what it does to others alone.
    for module in resolver.names.read():
        if not names.is_generated(module.name):
            yield from changes.check(module)
    for hierarchy in hierarchies:
        yield from classes.check_used(hierarchy)
        yield from methods.check(hierarchy)
    yield from check_cycles(app)
    if not any(each.code == IMPORT_CYCLE.code for each in told):
        yield from check_circles(app, resolver.names.read())
    yield from check_passed_over(modules, resolver, told)

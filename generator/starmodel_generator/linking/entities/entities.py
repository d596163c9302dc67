"""Which classes are entities, and what each of them is.

A class is an entity of the app when its bases lead to `starmodel.Entity` and it stands in one of
the configured entity files, unless it is only there to be inherited from. It is when

- `ABC` is among its direct bases, or
- its name starts with an underscore, or
- other entities inherit from it and it has no events, neither its own nor inherited ones.

A base that has events and is to have no routes of its own therefore says so with `ABC`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from starmodel_generator.analysis.facts import (
    AssignmentFact,
    CallExpression,
    Expression,
    LiteralExpression,
    ModuleFacts,
    NameExpression,
)
from starmodel_generator.diagnostics.diagnostic import Diagnostic, Place
from starmodel_generator.diagnostics.rules.entity_rules import (
    CONDITIONAL_ENTITY,
    DUPLICATE_ENTITY,
    DYNAMIC_BASE_CLASS,
    EVENT_OUTSIDE_ENTITY,
    FOREIGN_BASE_CLASS,
    IMPORT_CYCLE,
    INCONSISTENT_BASES,
    NESTED_ENTITY,
    STAR_IMPORT_BASE,
    UNKNOWN_NAME,
)
from starmodel_generator.linking.entities.events import LinkedEvent
from starmodel_generator.linking.entities.pydantic_hooks import Hook
from starmodel_generator.linking.linked_field import LinkedField
from starmodel_generator.linking.names.class_members import Members
from starmodel_generator.linking.names.mro import BaseProblem, ClassHierarchy
from starmodel_generator.linking.names.symbols import (
    ClassSymbol,
    ExternalSymbol,
    Namespace,
    described,
)
from starmodel_generator.linking.names.unparse import shortened, unparse
from starmodel_generator.linking.options.entity_options import EntityOptions
from starmodel_generator.linking.options.event_options import EVENT
from starmodel_generator.linking.reporting import Problem, Report, Subject
from starmodel_generator.linking.resolver import Resolver
from starmodel_schemas import EntitySchema, ManySchema

ABSTRACT = ExternalSymbol("abc.ABC")


@dataclass(frozen=True, slots=True)
class InverseRelation:
    """A `Many` or a `One` as written; `items` are what stands between its brackets."""

    name: str
    owner: ClassSymbol
    fact: AssignmentFact
    items: tuple[Expression, ...]
    is_single: bool = False

    @property
    def kind(self) -> str:
        """What it is: `Many`, or `One`."""
        return "One" if self.is_single else "Many"

    def diagnose(self, problem: Problem) -> Diagnostic:
        """Return the diagnostic of a problem with it."""
        noun = f"relation `{self.owner.name}.{self.name}`"
        subject = Subject(noun, self.fact.place, self.owner.name)
        return subject.diagnose(problem, self.fact.place.at("annotation", 0))


@dataclass(frozen=True, slots=True)
class LinkedEntity:
    """An entity with everything that was read for it.

    `hooks` are what pydantic calls, `reached` the value objects and enums that its fields and events lead to, `inverse_relations`
    its `Many`; those are in the schema once all entities are linked.
    """

    schema: EntitySchema
    hierarchy: ClassHierarchy
    options: EntityOptions
    fields: tuple[LinkedField, ...]
    events: tuple[LinkedEvent, ...]
    members: Members
    hooks: tuple[Hook, ...]
    reached: tuple[ClassSymbol, ...]
    inverse_relations: tuple[InverseRelation, ...] = ()

    def with_many(self, many: tuple[ManySchema, ...]) -> "LinkedEntity":
        """Return the entity with what its `Many` turned out to be."""
        if not many:
            return self
        return replace(self, schema=self.schema.model_copy(update={"many": many}))

    @property
    def is_record_in_sql(self) -> bool:
        """Whether it may be at an end of a relation."""
        return self.schema.store == "SERVER_SQL" and self.schema.scope == "RECORD"

    @property
    def subject(self) -> Subject:
        """The entity as the subject of a diagnostic."""
        return entity_subject(self.hierarchy.symbol)


def entity_subject(symbol: ClassSymbol) -> Subject:
    """An entity as the subject of a diagnostic."""
    return Subject(f"entity `{symbol.name}`", symbol.place, symbol.name)


def find_entities(
    modules: Iterable[ModuleFacts], resolver: Resolver, report: Report
) -> tuple[ClassHierarchy, ...]:
    """Return the entities of the app, in the order of their modules and as written."""
    hierarchies = [
        resolver.hierarchies.of(resolver.names.class_symbol(module, facts))
        for module in modules
        for facts in module.classes
    ]
    candidates: list[ClassHierarchy] = []
    for hierarchy in hierarchies:
        is_entity = hierarchy.is_entity
        _check_bases(hierarchy, is_entity, resolver, report)
        if is_entity and _is_at_top(hierarchy.symbol, report):
            candidates.append(hierarchy)
    candidates = _without_repetitions(candidates, report)
    for ancestor in _ancestors_elsewhere(candidates, hierarchies, resolver):
        _check_bases(ancestor, True, resolver, report)
    _check_stray_events(hierarchies, candidates, resolver, report)
    bases = {base for hierarchy in candidates for base in hierarchy.classes[1:]}
    return tuple(
        hierarchy for hierarchy in candidates if not _is_base_only(hierarchy, bases, resolver)
    )


def _ancestors_elsewhere(
    candidates: list[ClassHierarchy], hierarchies: list[ClassHierarchy], resolver: Resolver
) -> list[ClassHierarchy]:
    """Return the classes that entities inherit from and that are not among those of the entity files."""
    here = {hierarchy.symbol for hierarchy in hierarchies}
    found = dict.fromkeys(base for hierarchy in candidates for base in hierarchy.classes)
    return [resolver.hierarchies.of(symbol) for symbol in found if symbol not in here]


def _is_base_only(hierarchy: ClassHierarchy, bases: set[ClassSymbol], resolver: Resolver) -> bool:
    symbol = hierarchy.symbol
    if symbol.name.startswith("_") or ABSTRACT in hierarchy.direct:
        return True
    return symbol in bases and not _has_events(hierarchy, resolver)


def _has_events(hierarchy: ClassHierarchy, resolver: Resolver) -> bool:
    return any(
        method.decorator(EVENT) is not None
        for owner in hierarchy.classes
        for method in resolver.members.own_methods(owner)
    )


def _is_at_top(symbol: ClassSymbol, report: Report) -> bool:
    container = symbol.facts.container
    if container is None:
        return True
    subject = entity_subject(symbol)
    help = "move the class to the top of the module"
    if _is_nested(symbol):
        kind, _, name = container.partition(" ")
        text = f"is defined inside the {kind} `{name}`, where nobody can import it from"
        report(subject.diagnose(Problem(NESTED_ENTITY, text, help)))
    else:
        text = f"is defined inside `{container}`, so nobody knows whether it exists"
        report(subject.diagnose(Problem(CONDITIONAL_ENTITY, text, help)))
    return False


def _without_repetitions(candidates: list[ClassHierarchy], report: Report) -> list[ClassHierarchy]:
    """Without classes that a later one of the same name in the same module replaces."""
    last = {hierarchy.symbol.qualified_name: hierarchy for hierarchy in candidates}
    for hierarchy in candidates:
        other = last[hierarchy.symbol.qualified_name]
        if other is not hierarchy:
            text = f"is defined twice in `{hierarchy.symbol.module.path}`, and the later one wins"
            problem = Problem(DUPLICATE_ENTITY, text, "rename or remove one of them")
            report(entity_subject(other.symbol).diagnose(problem))
    return list(last.values())


def _check_bases(
    hierarchy: ClassHierarchy, is_entity: bool, resolver: Resolver, report: Report
) -> None:
    """Report the bases that hide something, of classes that are or look like entities.

    A base that is nowhere to be found is reported of any class that can be seen from outside:
    it may be meant to be an entity, and Python would not find the base either.
    """
    if not hierarchy.problems:
        return
    symbol = hierarchy.symbol
    is_lost = not _is_nested(symbol) and any(map(_is_lost, hierarchy.problems))
    if not (is_entity or is_lost or _looks_like_entity(hierarchy, resolver)):
        return
    subject = Subject(f"class `{symbol.name}`", symbol.place, symbol.name)
    for problem in hierarchy.problems:
        place = symbol.place.at("base", problem.index)
        described_problem = _base_problem(problem, resolver)
        if problem.kind in ("order", "cycle"):
            place = symbol.place
        report(subject.diagnose(described_problem, place))


def _is_nested(symbol: ClassSymbol) -> bool:
    return (symbol.facts.container or "").startswith(("function ", "class "))


def _is_lost(problem: BaseProblem) -> bool:
    return problem.symbol is not None and problem.symbol.reason != "star"


def _base_problem(problem: BaseProblem, resolver: Resolver) -> Problem:
    written = shortened(unparse(problem.expression)) if problem.expression is not None else ""
    match problem.kind:
        case "foreign":
            text = f"inherits from `{problem.foreign}`, which is not part of the project"
            help = "its fields and events are not seen; silence this if it has none"
            return Problem(FOREIGN_BASE_CLASS, text, help)
        case "unknown" if problem.symbol is not None:
            text = f"has the base `{written}`, which {described(problem.symbol)}"
            if problem.symbol.reason == "star":
                help = f"import `{written}` by name; an entity inherits from `starmodel.Entity`"
                return Problem(STAR_IMPORT_BASE, text, help)
            near = resolver.names.near(problem.symbol)
            help = f"did you mean `{near}`?" if near else "define it, or import it by name"
            rule = IMPORT_CYCLE if problem.symbol.reason == "cycle" else UNKNOWN_NAME
            return Problem(rule, text, help)
        case "order":
            text = "has bases that contradict each other's order"
            return Problem(INCONSISTENT_BASES, text, "list the more special base first")
        case "cycle":
            return Problem(INCONSISTENT_BASES, "inherits from itself", "remove that base")
        case _:
            text = f"has the base `{written}`, which cannot be known without running code"
            return Problem(DYNAMIC_BASE_CLASS, text, "name a class as the base")


def _looks_like_entity(hierarchy: ClassHierarchy, resolver: Resolver) -> bool:
    symbol = hierarchy.symbol
    if any(method.decorator(EVENT) for method in resolver.members.own_methods(symbol)):
        return True
    namespace = Namespace(symbol.module)
    is_table = dict(symbol.facts.keywords).get("table") == LiteralExpression(True)
    if is_table and any(each.kind == "unknown" for each in hierarchy.problems):
        return True
    for name in _names_in(symbol.facts.bases):
        if name.rpartition(".")[2].endswith("Entity"):
            return True
        found = resolver.names.follow(resolver.names.resolve(name, namespace))
        if found == ExternalSymbol("starmodel.Entity"):
            return True
        if not isinstance(found, ClassSymbol) or found is symbol:
            continue
        if resolver.hierarchies.of(found).is_entity:
            return True
    for fact in symbol.facts.attributes:
        value = fact.value
        if fact.name == "model_config" and isinstance(value, CallExpression):
            for name in _names_in((value.function,)):
                found = resolver.names.resolve(name, namespace)
                if found == ExternalSymbol("starmodel.EntityConfig"):
                    return True
    return False


def _names_in(expressions: Iterable[Expression]) -> list[str]:
    found: list[str] = []
    for expression in expressions:
        match expression:
            case NameExpression(name):
                found.append(name)
            case CallExpression(function, arguments, keywords):
                found += _names_in((function, *arguments, *(value for _, value in keywords)))
            case _:
                pass
    return found


def _check_stray_events(
    hierarchies: list[ClassHierarchy],
    candidates: list[ClassHierarchy],
    resolver: Resolver,
    report: Report,
) -> None:
    used = {owner for hierarchy in candidates for owner in hierarchy.classes}
    reported: set[Place] = set()
    for hierarchy in hierarchies:
        symbol = hierarchy.symbol
        if symbol in used or hierarchy.is_entity or hierarchy.problems:
            continue
        for method in resolver.members.own_methods(symbol):
            if method.decorator(EVENT) is not None and symbol.place not in reported:
                reported.add(symbol.place)
                subject = Subject(f"class `{symbol.name}`", symbol.place, symbol.name)
                text = "has events, but is no entity and no entity inherits from it"
                help = f"write `class {symbol.name}(Entity)`, or remove `@event`"
                report(subject.diagnose(Problem(EVENT_OUTSIDE_ENTITY, text, help)))

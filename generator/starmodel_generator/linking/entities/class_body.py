"""What stands in the body of an entity or a value object besides fields and events: SM220 to SM224.

All of it is pydantic's or SQLModel's; `pydantic_support` says what is made of it.
"""

from starmodel_generator.analysis.facts import AssignmentFact, CallExpression
from starmodel_generator.diagnostics.rules.entity_rules import INVALID_COMPUTED_FIELD
from starmodel_generator.diagnostics.rules.pydantic_rules import PRIVATE_ATTRIBUTE
from starmodel_generator.linking.entities.entity_fields import FieldReader
from starmodel_generator.linking.entities.pydantic_hooks import FIELD_SERIALIZER, Hook, hooks_of
from starmodel_generator.linking.entities.table_settings import ARGUMENTS, NAME
from starmodel_generator.linking.names.mro import ClassHierarchy
from starmodel_generator.linking.names.symbols import ClassSymbol
from starmodel_generator.linking.names.unparse import shortened, unparse
from starmodel_generator.linking.reporting import Problem, Report, Subject
from starmodel_generator.linking.resolver import Resolver
from starmodel_generator.linking.types.pydantic_support import (
    DECORATORS,
    MEMBERS,
    Support,
    sqlmodel_setting,
)
from starmodel_generator.linking.values.value import Constant


class ModelReader:
    """Reads what pydantic would, of entities and value objects alike."""

    def __init__(self, resolver: Resolver, fields: FieldReader) -> None:
        self._resolver = resolver
        self._fields = fields

    def hooks(self, hierarchy: ClassHierarchy, report: Report) -> tuple[Hook, ...]:
        """Return the validators and serializers of a model; what is not supported is reported."""
        found = hooks_of(hierarchy, self._resolver)
        for hook in found:
            support = DECORATORS[hook.decorator]
            if hook.is_assigned and hook.decorator == "pydantic.computed_field":
                report(_subject(hook.owner, hook.name).diagnose(_ASSIGNED, hook.place))
            is_sent = hook.decorator == FIELD_SERIALIZER and hook.names_fields
            is_sent = is_sent and hierarchy.is_entity
            if support.level == "refused" or (hook.decorator == FIELD_SERIALIZER and not is_sent):
                subject = _subject(hook.owner, hook.name)
                text = f"has `@{hook.decorator.rpartition('.')[2]}`, which {support.reason}"
                report(subject.diagnose(Problem(support.rule, text, support.help), hook.place))
        self._check_members(hierarchy, report)
        return found

    def _check_members(self, hierarchy: ClassHierarchy, report: Report) -> None:
        for owner in hierarchy.classes:
            is_model = self._resolver.hierarchies.of(owner).is_model
            for fact in owner.facts.attributes:
                if fact.name in MEMBERS:
                    self._check_assigned(owner, fact, hierarchy, report)
                elif (
                    is_model
                    and self._is_private_attribute(owner, fact)
                    and self._is_lost(owner, fact, hierarchy)
                ):
                    report(_subject(owner, fact.name).diagnose(_PRIVATE, fact.place))
            for method in owner.facts.methods:
                support = MEMBERS.get(method.name)
                if method.name in (NAME, ARGUMENTS):
                    support = _COMPUTED
                if support is not None and support.level == "refused":
                    problem = _refusal(f"defines `{method.name}`", support)
                    report(_class(owner).diagnose(problem, method.place))
            for nested in owner.module.classes:
                # Django's options of a table; in a value object it may be anybody's.
                names = ("Config", "Meta") if hierarchy.is_entity else ("Config",)
                if nested.name in names and nested.container == f"class {owner.name}":
                    problem = _refusal(f"has a `class {nested.name}`", MEMBERS[nested.name])
                    report(_class(owner).diagnose(problem, nested.place))

    def _check_assigned(
        self, owner: ClassSymbol, fact: AssignmentFact, hierarchy: ClassHierarchy, report: Report
    ) -> None:
        support = MEMBERS[fact.name]
        if fact.name in (NAME, ARGUMENTS) and not hierarchy.is_entity:
            support = _NO_TABLE
        if support.level != "refused" or fact.value is None:
            return
        problem = _refusal(f"has `{fact.name} = {shortened(unparse(fact.value))}`", support)
        report(_class(owner).diagnose(problem, fact.place))

    def _is_private_attribute(self, owner: ClassSymbol, fact: AssignmentFact) -> bool:
        """Return whether pydantic makes a private attribute of something in the body of a model."""
        if not fact.name.startswith("_") or (fact.name.startswith("__") and fact.name[-2:] == "__"):
            return False
        if fact.annotation is not None:
            resolved = self._resolver.types.value(fact.annotation, owner.namespace)
            return not resolved.is_class_variable
        if fact.value is None:
            return False
        is_explicit = self._resolver.options.is_private_attribute(fact.value, owner.namespace)
        return is_explicit or not self._fields.is_left_alone(fact.value, owner)

    def _is_lost(self, owner: ClassSymbol, fact: AssignmentFact, hierarchy: ClassHierarchy) -> bool:
        """Return whether a private attribute holds more than its default says, or may.

        What nobody changes is a constant, and `model_post_init` sets it whenever an instance is
        made. What changes the attributes of a value object need not be a method of it.
        """
        setters = {
            method.name
            for cls in hierarchy.classes
            for method in cls.facts.methods
            for effect in method.effects
            if effect.kind in ("assign", "mutate") and effect.name in (fact.name, "*")
        }
        if setters:
            return setters != {"model_post_init"}
        return not hierarchy.is_entity or not self._is_constant(owner, fact)

    def _is_constant(self, owner: ClassSymbol, fact: AssignmentFact) -> bool:
        value = fact.value
        if isinstance(value, CallExpression) and self._resolver.options.is_private_attribute(
            value, owner.namespace
        ):
            value = value.keyword("default") or next(iter(value.arguments), None)
        if value is None:
            return False
        return isinstance(self._resolver.constants.evaluate(value, owner.namespace), Constant)


def _class(owner: ClassSymbol) -> Subject:
    return Subject(f"class `{owner.name}`", owner.place, owner.name)


def _subject(owner: ClassSymbol, name: str) -> Subject:
    return Subject(f"`{owner.name}.{name}`", owner.place, owner.name)


def _refusal(what: str, support: Support) -> Problem:
    return Problem(support.rule, f"{what}, which {support.reason}", support.help)


_NO_TABLE = sqlmodel_setting("leave it out: a value object has no table")
_COMPUTED = sqlmodel_setting("write it as an attribute with a plain value")

_ASSIGNED = Problem(
    INVALID_COMPUTED_FIELD,
    "is a computed field that is assigned, so its type is not known",
    "write it as a method below `@computed_field` and `@property`",
)
_PRIVATE = Problem(
    PRIVATE_ATTRIBUTE,
    "is a private attribute, which is not kept",
    "make it a field with `private=True`, or a `ClassVar`; silence this if it is a cache",
)

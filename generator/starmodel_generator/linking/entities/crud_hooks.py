"""The methods of an entity that its generated commands call: `before_create` and the like."""

from collections.abc import Iterator

from starmodel_generator.analysis.facts import LiteralExpression
from starmodel_generator.diagnostics.rules.entity_rules import INVALID_HOOK, UNCALLED_HOOK
from starmodel_generator.linking.entities.event_bodies import check_body
from starmodel_generator.linking.entities.method_effects import EffectReader
from starmodel_generator.linking.entities.parameters import ParameterReader
from starmodel_generator.linking.names.class_members import Members, Method
from starmodel_generator.linking.names.mro import ClassHierarchy
from starmodel_generator.linking.names.unparse import shortened, unparse
from starmodel_generator.linking.options.entity_options import EntityOptions
from starmodel_generator.linking.reporting import Problem, Report, Subject
from starmodel_schemas import ArgumentSource, CrudName, HookName, HookSchema

_HOOKS: dict[HookName, CrudName] = {
    "before_create": "create",
    "after_create": "create",
    "before_update": "update",
    "after_update": "update",
    "before_delete": "delete",
    "after_delete": "delete",
}
_HARMLESS = frozenset({"abc.abstractmethod", "typing.final", "typing.override"})


def crud_hooks(
    hierarchy: ClassHierarchy,
    options: EntityOptions,
    members: Members,
    effects: EffectReader,
    parameters: ParameterReader,
    report: Report,
) -> Iterator[HookSchema]:
    """Return the hooks of an entity, own and inherited ones, in the order of what they are about."""
    for name, kind in _HOOKS.items():
        method = members.methods.get(name)
        if method is None:
            continue
        subject = hook_subject(method)
        if kind not in options.crud:
            # A mixin may be there for others that have it.
            if method.owner is hierarchy.symbol:
                text = f"is never called: the entity has no `{kind}` in `crud`"
                help = f'add `"{kind}"` to `crud`, or rename the method'
                report(subject.diagnose(Problem(UNCALLED_HOOK, text, help)))
            continue
        problem = _form_problem(method)
        if problem is not None:
            report(subject.diagnose(problem))
            continue
        read = parameters.read(method, hierarchy, subject, report)
        for each in read:
            if isinstance(each.source, ArgumentSource):
                text = f"takes `{each.name}`, which nobody gives"
                help = "take `UnitOfWork`, `Actor`, `Request`, or what a provider makes"
                report(subject.diagnose(Problem(INVALID_HOOK, text, help)))
        check_body(method, effects, report)
        yield HookSchema(name=name, crud=kind, is_async=method.facts.is_async, parameters=read)


def hook_subject(method: Method) -> Subject:
    """A hook as the subject of a diagnostic, named by the class that defines it."""
    noun = f"hook `{method.owner.name}.{method.facts.name}`"
    return Subject(noun, method.facts.place, method.owner.name)


def _form_problem(method: Method) -> Problem | None:
    """Return what is wrong with how a hook is written, its parameters left aside."""
    facts = method.facts
    if facts.container is not None:
        text = f"is defined inside `{facts.container}`, so nobody knows whether it exists"
        return Problem(INVALID_HOOK, text, "move it to the top of the class")
    for decorator in method.decorators:
        if decorator.name not in _HARMLESS:
            written = shortened(unparse(decorator.expression))
            text = f"has `@{written}`, and is no plain method any more"
            return Problem(INVALID_HOOK, text, "remove it, or rename the method")
    if facts.has_yield:
        return Problem(INVALID_HOOK, "has a `yield`, which nobody waits for", "do it all at once")
    is_none = facts.returns in (None, LiteralExpression(None))
    if facts.returns_value or not is_none:
        text = "returns a value, which nobody gets"
        return Problem(INVALID_HOOK, text, "change `self`, and annotate it `-> None`")
    return None

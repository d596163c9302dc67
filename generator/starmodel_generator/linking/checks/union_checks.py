"""Unions whose members are told apart by a field: SM212."""

from collections.abc import Iterator

from starmodel_generator.diagnostics.diagnostic import Diagnostic
from starmodel_generator.diagnostics.rules.entity_rules import INVALID_CONSTRAINT
from starmodel_generator.linking.linked_app import LinkedApp
from starmodel_generator.linking.reporting import Problem, Subject
from starmodel_generator.linking.types.unions import parts_of
from starmodel_schemas import LiteralType, ObjectType, TypeRef, UnionType


def check_discriminators(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM212: a member of a union does not have its discriminator, or not as a `Literal`."""
    for entity in app.entities:
        for event in entity.events:
            places = {fact.name: fact.place for fact in event.method.facts.parameters}
            for parameter in event.schema.parameters:
                noun = f"parameter `{parameter.name}` of {event.subject.noun}"
                for problem in _problems(parameter.type, app):
                    subject = Subject(noun, places[parameter.name], event.subject.entity)
                    yield subject.diagnose(problem)
    for fields in (
        *(entity.fields for entity in app.entities),
        *(linked.fields for linked in app.objects.values()),
    ):
        for field in fields:
            for problem in _problems(field.schema.type, app):
                yield field.at_type(problem)


def _problems(type: TypeRef, app: LinkedApp) -> Iterator[Problem]:
    for part in parts_of(type):
        if isinstance(part, UnionType) and part.discriminator is not None:
            yield from _union_problems(part, part.discriminator, app)


def _union_problems(union: UnionType, name: str, app: LinkedApp) -> Iterator[Problem]:
    seen: dict[object, str] = {}
    for member in union.members:
        if not isinstance(member, ObjectType) or member.object not in app.objects:
            continue
        linked = app.objects[member.object]
        own, help = linked.schema.name, f'give it one, for example `{name}: Literal["..."] = "..."`'
        found = next((field for field in linked.fields if field.schema.name == name), None)
        if found is None:
            text = f"has the discriminator `{name}`, but `{own}` has no such field"
            yield Problem(INVALID_CONSTRAINT, text, help)
        elif not isinstance(found.schema.type, LiteralType):
            text = f"has the discriminator `{name}`, which is no `Literal` in `{own}`"
            yield Problem(INVALID_CONSTRAINT, text, help)
        else:
            for value in found.schema.type.values:
                if seen.setdefault(value, own) != own:
                    text = f"has two members, `{seen[value]}` and `{own}`, whose `{name}` is"
                    yield Problem(INVALID_CONSTRAINT, f"{text} `{value!r}`", "tell them apart")

"""Unions whose members are told apart by a field, or by nothing: SM202, SM212."""

from collections.abc import Iterator

from starmodel_generator.diagnostics.diagnostic import Diagnostic
from starmodel_generator.diagnostics.rules.entity_rules import INVALID_CONSTRAINT, UNSUPPORTED_TYPE
from starmodel_generator.linking.linked_app import LinkedApp
from starmodel_generator.linking.reporting import Problem
from starmodel_generator.linking.types.unions import json_kinds, parts_of
from starmodel_schemas import LiteralType, ObjectType, TypeRef, UnionType


def check_discriminators(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM202, SM212: the members of a union cannot be told apart, by their discriminator or at all."""
    for entity in app.entities:
        for event in entity.events:
            for parameter in event.schema.parameters:
                for problem in _problems(parameter.type, app):
                    yield event.parameter_subject(parameter.name).diagnose(problem)
    for fields in (
        *(entity.fields for entity in app.entities),
        *(linked.fields for linked in app.objects.values()),
    ):
        for field in fields:
            for problem in _problems(field.schema.type, app):
                yield field.at_type(problem)


def _problems(type: TypeRef, app: LinkedApp) -> Iterator[Problem]:
    for part in parts_of(type):
        if isinstance(part, UnionType):
            yield from _dict_problems(part, app)
            yield from _base_problems(part, app)
        if isinstance(part, UnionType) and part.discriminator is not None:
            yield from _union_problems(part, part.discriminator, app)


def _dict_problems(union: UnionType, app: LinkedApp) -> Iterator[Problem]:
    """Report a `TypedDict` beside another class: once it is read, it is a `dict` like any other."""
    objects = [member for member in union.members if json_kinds(member) & {"object", "anything"}]
    for member in objects:
        linked = app.objects.get(member.object) if isinstance(member, ObjectType) else None
        if linked is not None and linked.schema.generic is not None:
            text = f"has a `{linked.schema.generic}[...]` beside another type in a union"
            help = f"give it a class of its own: `class Other({linked.schema.generic}[...])`"
            yield Problem(UNSUPPORTED_TYPE, text, help)
            return
    for member in objects:
        linked = app.objects.get(member.object) if isinstance(member, ObjectType) else None
        if linked is not None and linked.schema.form == "typed_dict" and len(objects) > 1:
            text = f"has the `TypedDict` `{linked.schema.name}` beside another class in a union"
            yield Problem(UNSUPPORTED_TYPE, text, "make it a dataclass or a pydantic model")
            return


def _base_problems(union: UnionType, app: LinkedApp) -> Iterator[Problem]:
    """Report a class beside one that inherits from it, whose values are of both."""
    objects = [app.objects.get(each.object) for each in union.members if each.kind == "object"]
    for base in objects:
        for other in objects:
            if base is None or other is None or base is other:
                continue
            if base.symbol in other.classes:
                text = f"has `{other.schema.name}` and its base `{base.schema.name}` in a union"
                help = "let both inherit from a third class that is not in the union"
                yield Problem(UNSUPPORTED_TYPE, text, help)


def _union_problems(union: UnionType, name: str, app: LinkedApp) -> Iterator[Problem]:
    seen: dict[object, str] = {}
    aliases: dict[str, str | None] = {}
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
        elif found.is_read_by_class or found.by_pydantic:
            text = f"has the discriminator `{name}`, which a validator of `{own}` reads first"
            yield Problem(INVALID_CONSTRAINT, text, "let the validator leave that field out")
        elif aliases.setdefault(name, found.schema.read_as) != found.schema.read_as:
            text = f"has the discriminator `{name}`, whose alias in `{own}` is another"
            yield Problem(INVALID_CONSTRAINT, text, "give it the same in each of them")
        else:
            for value in found.schema.type.values:
                if seen.setdefault(value, own) != own:
                    text = f"has two members, `{seen[value]}` and `{own}`, whose `{name}` is"
                    yield Problem(INVALID_CONSTRAINT, f"{text} `{value!r}`", "tell them apart")

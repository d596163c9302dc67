"""Names that cannot be what they have to be: SM105, SM147, SM603, SM604, SM605, SM606."""

import re
from collections.abc import Iterator
from dataclasses import replace

from starmodel_generator.diagnostics.diagnostic import Diagnostic, Related
from starmodel_generator.diagnostics.rules.entity_rules import (
    AMBIGUOUS_CLASS,
    CASE_COLLISION,
    DUPLICATE_ENTITY,
    DUPLICATE_MEMBER,
    INVALID_NAME,
    RENAMED_IN_REDIS,
)
from starmodel_generator.linking.entities.entities import LinkedEntity
from starmodel_generator.linking.entities.events import LinkedEvent
from starmodel_generator.linking.linked_app import LinkedApp
from starmodel_generator.linking.linked_field import LinkedField
from starmodel_generator.linking.names.suggestions import (
    POISONED,
    free_class,
    free_form,
    free_member,
)
from starmodel_generator.linking.names.symbols import ClassSymbol
from starmodel_generator.linking.reporting import Problem
from starmodel_schemas.naming import snake_case

_SIGNAL = re.compile(r"[a-z][A-Za-z0-9]*(_[A-Za-z0-9]+)*")
_NAMESPACE = re.compile(r"[A-Za-z][A-Za-z0-9]*(_[A-Za-z0-9]+)*")
_LENGTH_LIMIT = 200


def name_problem(name: str, what: str, grammar: re.Pattern[str] = _SIGNAL) -> Problem | None:
    """Return why a name cannot be a signal and a part of a path; `None` if it can.

    The rule is the grammar of Datastar's signals, narrowed to what has one meaning in the values of
    attributes, in JavaScript objects and in paths. No attribute of a page is called after an
    author's name: HTML would lose its case.
    """
    if name in POISONED:
        text = f"is {what} `{name}`, which means something else in JavaScript"
        return Problem(INVALID_NAME, text, f"for example `{free_member(name)}`")
    if len(name) > _LENGTH_LIMIT:
        text = f"is {what} of {len(name)} characters, more than a file name holds"
        return Problem(INVALID_NAME, text, f"use at most {_LENGTH_LIMIT}")
    if grammar.fullmatch(name) is not None:
        return None
    bent = re.sub(r"_+", "_", snake_case(name)).strip("_")
    help = "use ASCII letters, the first of them in lower case"
    if _SIGNAL.fullmatch(bent):
        help = f"for example `{free_form(bent)}`"
    reason = _reason(name)
    return Problem(INVALID_NAME, f"is {what} `{name}`, but {reason}", help)


def _reason(name: str) -> str:
    if not name:
        return "it is empty"
    if not name.isascii():
        return "names on the page are plain ASCII"
    if name.startswith("_") or name.endswith("_"):
        return "an underscore at the edge makes a signal local"
    if "__" in name:
        return "two underscores in a row start a modifier"
    if name[0].isupper():
        return "only classes and constants start with a capital"
    return "names on the page are letters, digits and single underscores"


def check_signal_names(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM605: the name of an entity, a field, an event or a parameter cannot be a signal."""
    for entity in app.entities:
        schema = entity.schema
        problem = name_problem(schema.snake_name, "called")
        if problem is not None:
            if schema.name.isascii() and len(schema.name) <= _LENGTH_LIMIT:
                help = f"for example `{free_class(schema.name, 'entity')}`"
                problem = replace(problem, help=help)
            yield entity.subject.diagnose(problem)
        if schema.namespace != schema.snake_name:
            problem = name_problem(schema.namespace, "given the namespace", _NAMESPACE)
            if problem is not None:
                yield entity.subject.diagnose(problem, entity.options.place)
        for event in entity.events:
            problem = name_problem(event.schema.name, "called") or _function_problem(event)
            # An event on a private method is reported as such.
            if problem is not None and not event.schema.function.startswith("_"):
                yield event.subject.diagnose(problem)
            yield from _parameter_names(event)
        for side in entity.inverse_relations:
            problem = name_problem(side.name, "called")
            if problem is not None:
                yield side.diagnose(problem)
    for fields in _all_fields(app):
        for field in fields:
            problem = None if field.schema.private else name_problem(field.schema.name, "called")
            if problem is not None:
                yield field.subject.diagnose(problem)


def _all_fields(app: LinkedApp) -> Iterator[tuple[LinkedField, ...]]:
    """The fields of every entity and value object."""
    yield from (entity.fields for entity in app.entities)
    yield from (linked.fields for linked in app.objects.values())


def _function_problem(event: LinkedEvent) -> Problem | None:
    """Generated functions keep the method's name, where capitals are for classes and constants."""
    function = event.schema.function
    if not function[:1].isupper():
        return None
    text = f"is the method `{function}`, but only classes and constants start with a capital"
    return Problem(
        INVALID_NAME, text, f"for example `{free_form(snake_case(function), is_event=True)}`"
    )


def _parameter_names(event: LinkedEvent) -> Iterator[Diagnostic]:
    for parameter in event.schema.parameters:
        if parameter.source.kind not in ("argument", "entity"):
            continue
        problem = name_problem(parameter.name, "called")
        if problem is not None:
            yield event.parameter_subject(parameter.name).diagnose(problem)


def check_entity_names(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM105, SM603: two entities have one name, or one folder."""
    seen: dict[str, LinkedEntity] = {}
    for entity in app.entities:
        first = seen.setdefault(entity.schema.snake_name, entity)
        if first is entity:
            continue
        other, own = first.hierarchy.symbol, entity.hierarchy.symbol
        related = (Related("the other one is here", other.place),)
        if own.name == other.name:
            yield DUPLICATE_ENTITY.report(
                f"entity `{own.name}` is defined in `{other.module.path}` and in"
                f" `{own.module.path}`",
                own.place,
                help="rename one of them: folders, paths and signals go by the name",
                related=related,
                entity=own.name,
            )
        else:
            yield CASE_COLLISION.report(
                f"entities `{other.name}` and `{own.name}` both become"
                f" `{entity.schema.snake_name}` in folders and paths",
                own.place,
                help="rename one of them",
                related=related,
                entity=own.name,
            )


def check_member_names(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM603, SM606: two members of a class have one name, outside, in constants or but for case."""
    for fields in _all_fields(app):
        alike: dict[str, LinkedField] = {}
        for field in fields:
            first = alike.setdefault(snake_case(field.schema.name), field)
            if first is not field and first.schema.name != field.schema.name:
                text = f"differs from `{first.schema.name}` only by case or underscores"
                yield field.subject.diagnose(Problem(CASE_COLLISION, text, "rename one of them"))
    for entity in app.entities:
        for side in entity.inverse_relations:
            if side.name in entity.members.methods:
                text = "has the name of a method of the class"
                yield side.diagnose(Problem(DUPLICATE_MEMBER, text, "rename one of them"))
        seen: dict[str, LinkedEvent] = {}
        for event in entity.events:
            first = seen.setdefault(event.schema.name, event)
            if first is not event:
                text = f"is called `{event.schema.name}` outside, like `{first.schema.function}`"
                help = "give one of them another `name`"
                yield event.subject.diagnose(Problem(DUPLICATE_MEMBER, text, help))
        folded: dict[str, LinkedEvent] = {}
        for event in entity.events:
            first = folded.setdefault(snake_case(event.schema.function), event)
            if first is not event and first.schema.name != event.schema.name:
                text = f"differs from `{first.schema.function}` only by case"
                yield event.subject.diagnose(Problem(CASE_COLLISION, text, "rename one of them"))


def check_class_names(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM603, SM604: one entity reaches two classes of the same name, or nearly so."""
    for entity in app.entities:
        own = entity.hierarchy.symbol
        seen: dict[str, ClassSymbol] = {own.name: own}
        folded: dict[str, ClassSymbol] = {snake_case(own.name): own}
        for symbol in entity.reached:
            first = seen.setdefault(symbol.name, symbol)
            if first is not symbol:
                yield AMBIGUOUS_CLASS.report(
                    f"{entity.subject.noun} uses two classes called `{symbol.name}`, of"
                    f" `{first.module.name}` and of `{symbol.module.name}`",
                    symbol.place,
                    help="rename one of them",
                    related=(Related("the other one is here", first.place),),
                    entity=entity.schema.name,
                )
                continue
            other = folded.setdefault(snake_case(symbol.name), symbol)
            if other is not symbol:
                yield CASE_COLLISION.report(
                    f"{entity.subject.noun} uses the classes `{other.name}` and `{symbol.name}`,"
                    f" which both become `{snake_case(symbol.name)}` in generated functions",
                    symbol.place,
                    help="rename one of them",
                    related=(Related("the other one is here", other.place),),
                    entity=entity.schema.name,
                )


def check_renamed(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM147: an entity in Redis was called something else, and is still kept under that name."""
    for entity in app.entities:
        old = entity.options.renamed_from
        if old is not None and entity.schema.store == "SERVER_REDIS":
            text = f"was called `{old}`, and what Redis keeps under that name would not be found"
            problem = Problem(RENAMED_IN_REDIS, text, f"call the class `{old}`, as before")
            yield entity.subject.diagnose(problem, entity.options.place_of("renamed_from"))

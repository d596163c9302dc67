"""What the bodies of events may not do: SM303, SM304, SM307, SM309."""

from starmodel_generator.diagnostics.rules.entity_rules import (
    BLOCKING_ASYNC,
    BLOCKING_SYNC,
    MISSING_AWAIT,
    UNSAFE_GET,
)
from starmodel_generator.linking.entities.method_effects import EffectReader, Found
from starmodel_generator.linking.names.class_members import Method
from starmodel_generator.linking.reporting import Problem, Report, Subject
from starmodel_schemas import ParameterSchema


def check_body(method: Method, effects: EffectReader, report: Report) -> None:
    """Report what a method, or one it calls, should not do in an event."""
    for found in effects.effects(method):
        effect, owner = found.effect, found.method
        kind = "hook" if owner.decorator("starmodel.event") is None else "event"
        noun = f"{kind} `{owner.owner.name}.{owner.facts.name}`"
        subject = Subject(noun, owner.facts.place, owner.owner.name)
        if owner is not method:
            noun = f"method `{owner.owner.name}.{owner.facts.name}`"
            subject = Subject(noun, owner.facts.place, owner.owner.name)
        if effect.kind == "await_missing":
            # What a relation leads to is named as it was written: `self.lines.load`.
            is_load = effect.name.endswith(".load")
            called = f"{effect.name}()" if is_load else f"self.{effect.name}(...)"
            help = f"write `await {called}`"
            text = f"calls `{effect.name}` and never awaits it"
            report(subject.diagnose(Problem(MISSING_AWAIT, text, help), effect.place))
        elif effect.kind == "blocking":
            rule = BLOCKING_ASYNC if method.facts.is_async else BLOCKING_SYNC
            text = f"calls `{effect.name}`, which stops all other requests while it waits"
            help = f"use an async library, or `await asyncio.to_thread({effect.name}, ...)`"
            report(subject.diagnose(Problem(rule, text, help), effect.place))


def unit_of_work(parameters: tuple[ParameterSchema, ...]) -> str | None:
    """Return the parameter through which an event could change any entity."""
    for parameter in parameters:
        if parameter.source.kind == "supplied" and parameter.source.what == "unit_of_work":
            return parameter.name
    return None


def check_get(
    method: Method,
    parameters: tuple[ParameterSchema, ...],
    written: Found | None,
    subject: Subject,
    report: Report,
    is_creation: bool,
) -> None:
    """Report an event that answers GET and may change something.

    `written` is what it may change of its entity, `None` if nothing.
    """
    help = 'use `method="POST"`'
    work = unit_of_work(parameters)
    if is_creation:
        text = "answers GET, but creates a record"
        report(subject.diagnose(Problem(UNSAFE_GET, text, help)))
    elif work is not None:
        text = f"answers GET, but may change other entities through `{work}`"
        report(subject.diagnose(Problem(UNSAFE_GET, text, help)))
    elif written is not None:
        text = f"answers GET, but {_effect_text(written, method)}"
        report(subject.diagnose(Problem(UNSAFE_GET, text, help), written.effect.place))


def _effect_text(found: Found, method: Method) -> str:
    other, dot, _ = found.effect.name.partition(".")
    if dot and not found.effect.name.startswith("super()"):
        return f"may change the entity `{other}`"
    name = "its fields" if found.effect.name == "*" else f"`self.{found.effect.name}`"
    where = "" if found.method is method else f" in `{found.method.facts.name}`"
    match found.effect.kind:
        case "assign":
            return f"assigns {name}{where}"
        case "mutate":
            return f"may change {name}{where}"
        case "call":
            return f"calls `{_called(found.effect.name)}`{where}, which cannot be read"
        case _:
            return f"hands `self` to `{found.effect.name}`{where}, which may change it"


def _called(name: str) -> str:
    return f"{name}(...)" if name.startswith("super()") else f"self.{name}(...)"

"""What `@event(...)` says about an event."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from difflib import get_close_matches

from starmodel_generator.analysis.facts import CallExpression, Expression, LiteralExpression
from starmodel_generator.diagnostics.rules.entity_rules import INVALID_EVENT_OPTION
from starmodel_generator.linking.names.class_members import Method
from starmodel_generator.linking.names.unparse import shortened
from starmodel_generator.linking.options.access_options import read_access
from starmodel_generator.linking.reporting import Problem, Report, Subject
from starmodel_generator.linking.resolver import Resolver
from starmodel_generator.linking.values.value import NotConstant
from starmodel_schemas import AccessRule, HolderAccess, HttpMethod, PatchMode, RespondName

EVENT = "starmodel.event"
"""What the decorator of an event is known as."""

_OPTIONS = ("method", "path", "selector", "mode", "respond", "access", "name", "lock")
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_MODES = ("outer", "inner", "replace", "prepend", "append", "before", "after", "remove")


@dataclass(frozen=True, slots=True)
class EventOptions:
    """What one decorator says; `None` where it says nothing."""

    method: HttpMethod = "POST"
    path: str | None = None
    selector: str | None = None
    mode: PatchMode | None = None
    respond: RespondName | None = None
    access: AccessRule | None = None
    name: str | None = None
    lock: bool = False


def read_event_options(
    method: Method,
    subject: Subject,
    resolver: Resolver,
    report: Report,
    *,
    has_instance: bool = True,
) -> EventOptions:
    """Return what the `@event` of a method says; what is wrong is reported and left out.

    `has_instance` is whether there is an entity that its policy is asked about.
    """
    options = EventOptions()
    decorator = method.decorator(EVENT)
    if decorator is None or not isinstance(decorator.expression, CallExpression):
        return options
    place = method.facts.place.at("decorator", decorator.index)
    if decorator.expression.arguments:
        text = "has an argument without a name in `@event(...)`"
        help = 'write its name, for example `@event(method="GET")`'
        report(subject.diagnose(Problem(INVALID_EVENT_OPTION, text, help), place))
    for key, expression in decorator.expression.keywords:
        changed = _option(key, expression, method, options, resolver, has_instance)
        if isinstance(changed, Problem):
            report(subject.diagnose(changed, place.at("keyword", key)))
            # One mistake is enough: what was meant is not missing besides.
            options = replace(options, access=HolderAccess()) if key == "access" else options
        else:
            options = changed
    return options


def _option(
    key: str,
    expression: Expression,
    method: Method,
    options: EventOptions,
    resolver: Resolver,
    has_instance: bool,
) -> EventOptions | Problem:
    if key not in _OPTIONS:
        near = get_close_matches(key, _OPTIONS, n=1)
        known = ", ".join(f"`{each}`" for each in _OPTIONS)
        help = f"did you mean `{near[0]}`?" if near else f"`@event` takes {known}"
        text = f"has the unknown option `{key}`" if key != "**" else "has computed options"
        return Problem(INVALID_EVENT_OPTION, text, help)
    if expression == LiteralExpression(None):
        return options
    if key == "access":
        rule = read_access(expression, method.namespace, resolver, has_instance=has_instance)
        return rule if isinstance(rule, Problem) else replace(options, access=rule)
    value = resolver.constants.evaluate(expression, method.namespace)
    if isinstance(value, NotConstant):
        text = f"has a `{key}` that {value.reason}"
        return Problem(INVALID_EVENT_OPTION, text, "write a plain text")
    written = shortened(value.text)
    if key == "lock":
        if isinstance(value.value, bool):
            return replace(options, lock=value.value)
        text = f"has `lock={written}`"
        return Problem(INVALID_EVENT_OPTION, text, "write `True` or `False`")
    if not isinstance(value.value, str):
        return Problem(
            INVALID_EVENT_OPTION, f"has `{key}={written}`, which is no text", "write a text"
        )
    text = value.value
    problem = _CHECKS.get(key, _any_text)(text, written)
    if problem is not None:
        return problem
    if key == "method":
        text = text.upper()
    return replace(options, **{key: text})  # pyright: ignore[reportArgumentType]


def _any_text(text: str, written: str) -> Problem | None:
    if any(character in text for character in "\r\n\0"):
        return Problem(
            INVALID_EVENT_OPTION, f"has {written}, which holds a line break", "write one line"
        )
    return None


def _method(text: str, written: str) -> Problem | None:
    return _one_of("method", text.upper(), written, _METHODS)


def _mode(text: str, written: str) -> Problem | None:
    return _one_of("mode", text, written, _MODES)


def _respond(text: str, written: str) -> Problem | None:
    return _one_of("respond", text, written, ("patch", "ack"))


def _one_of(key: str, text: str, written: str, known: tuple[str, ...]) -> Problem | None:
    if text in known:
        return None
    near = get_close_matches(text, known, n=1)
    choices = ", ".join(f'`"{each}"`' for each in known)
    help = f'did you mean `"{near[0]}"`?' if near else f"write one of {choices}"
    return Problem(INVALID_EVENT_OPTION, f"has `{key}={written}`, which is none", help)


_CHECKS: dict[str, Callable[[str, str], Problem | None]] = {
    "method": _method,
    "mode": _mode,
    "respond": _respond,
}

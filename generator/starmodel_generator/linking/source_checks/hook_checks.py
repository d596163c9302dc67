"""Validators and serializers that pydantic refuses, and setters of properties: SM130."""

from collections.abc import Iterable, Iterator

from starmodel_generator.analysis.facts import (
    CallExpression,
    FunctionFacts,
    LiteralExpression,
    NameExpression,
)
from starmodel_generator.diagnostics.diagnostic import Diagnostic
from starmodel_generator.diagnostics.rules.source_rules import REFUSED_DECORATOR
from starmodel_generator.linking.names.class_members import Annotated, Method
from starmodel_generator.linking.names.mro import ClassHierarchy
from starmodel_generator.linking.reporting import Problem, Subject
from starmodel_generator.linking.resolver import Resolver

_VALIDATOR, _SERIALIZER = "pydantic.field_validator", "pydantic.field_serializer"
_MODEL_VALIDATOR = "pydantic.model_validator"
_MODEL_HOOKS = {
    _MODEL_VALIDATOR: ("before", "after", "wrap"),
    "pydantic.model_serializer": ("plain", "wrap"),
}
_HOOKS = frozenset({_VALIDATOR, _SERIALIZER, "pydantic.computed_field", *_MODEL_HOOKS})
_MODES = {_VALIDATOR: ("before", "after", "wrap", "plain"), _SERIALIZER: ("plain", "wrap")}


def check_hooks(hierarchy: ClassHierarchy, resolver: Resolver) -> Iterator[Diagnostic]:
    """Report the validators, serializers and properties of a class that pydantic or Python refuses."""
    symbol = hierarchy.symbol
    members = resolver.members.members(hierarchy)
    fields = {
        name
        for name, member in members.annotated.items()
        if name[:1] != "_" and name != "model_config" and not _is_class_variable(member, resolver)
    }
    if hierarchy.is_entity:
        fields.add("id")
    knows_fields = hierarchy.is_model and not any(
        resolver.hierarchies.of(each).problems for each in hierarchy.classes
    )
    for method in resolver.members.own_methods(symbol):
        text = _hook_problem(method, fields if knows_fields else None, set(members.methods))
        text = text or _setter_problem(method, symbol.facts.methods)
        if text is not None:
            noun = f"method `{symbol.name}.{method.facts.name}`"
            subject = Subject(noun, method.facts.place, symbol.name)
            yield subject.diagnose(Problem(REFUSED_DECORATOR, *text))


def _is_class_variable(member: Annotated, resolver: Resolver) -> bool:
    annotation, namespace = member.fact.annotation, member.owner.namespace
    if annotation is None:
        return False
    found = resolver.types.value(annotation, namespace)
    return found.is_class_variable or (found.is_final and member.value is not None)


def _hook_problem(
    method: Method, fields: set[str] | None, methods: set[str]
) -> tuple[str, str] | None:
    """Return what pydantic refuses about a validator or a serializer, and what to write."""
    hooks = [each for each in method.decorators if each.name in _HOOKS]
    is_computed = any(each.name == "pydantic.computed_field" for each in hooks)
    if hooks and method.is_property and not is_computed:
        return "is a property and a hook of pydantic's", "leave out `@property`"
    if len(hooks) > 1:
        return "has several hooks of pydantic among its decorators", "write a method for each"
    if hooks and (method.facts.is_async or method.facts.has_yield):
        what = "is `async`" if method.facts.is_async else "has a `yield`"
        return (
            f"is a hook of pydantic's and {what}, but pydantic takes what calling it gives",
            "write a plain method that returns the value; an event can wait for something",
        )
    for decorator in method.decorators:
        name, call = decorator.name, decorator.expression
        short = name.rpartition(".")[2]
        allowed = _MODES.get(name) or _MODEL_HOOKS.get(name)
        if name == "pydantic.root_validator":
            return "is a `root_validator` of pydantic 1", 'use `@model_validator(mode="before")`'
        if allowed is None:
            continue
        if not isinstance(call, CallExpression):
            call = CallExpression(call)
            if name == "pydantic.model_serializer":
                continue
        mode = call.keyword("mode")
        if name in _MODES and not call.arguments:
            return f"has `@{short}` without the names of fields", f'write `@{short}("name")`'
        if name == _MODEL_VALIDATOR and mode is None and call.keyword("**") is None:
            return f"has `@{short}` without a `mode`", f'write `@{short}(mode="after")`'
        if isinstance(mode, LiteralExpression) and mode.value not in allowed:
            known = ", ".join(f'"{each}"' for each in allowed)
            return f"has `@{short}` with the mode `{mode.value}`", f"use one of {known}"
        if name in _MODES and fields is not None:
            more = methods if name == _SERIALIZER else set[str]()
            missing = _missing_fields(call, {*fields, *more, "*"})
            if missing is not None:
                return (
                    f"has `@{short}` for `{missing}`, which is no field of the class",
                    "correct the name, or give it `check_fields=False`",
                )
        if name in (_VALIDATOR, _MODEL_VALIDATOR) and _returns_nothing(method):
            what = "value" if name == _VALIDATOR or mode != LiteralExpression("after") else "self"
            return f"is a `{short}` that returns nothing, so that all is `None`", f"return `{what}`"
        if name == _VALIDATOR:
            return _validator_problem(method, decorator.index, mode)
    return None


def _returns_nothing(method: Method) -> bool:
    """Return whether a method ends without a value; one that only raises refuses all, as it means to."""
    facts = method.facts
    is_abstract = method.decorator("abc.abstractmethod") is not None
    return not (facts.returns_value or facts.always_raises or is_abstract)


def _setter_problem(method: Method, methods: Iterable[FunctionFacts]) -> tuple[str, str] | None:
    """Return what keeps the setter of a property from being made: something else stands above it."""
    name = method.facts.name
    has_setter = any(
        NameExpression(f"{name}.{kind}") in each.decorators
        for each in methods
        for kind in ("setter", "getter", "deleter")
    )
    if not has_setter or (method.decorators and method.decorators[0].name in _PROPERTIES):
        return None
    text = f"has a `@{name}.setter`, but `@property` is not the first of its decorators"
    return text, "put `@property` on top"


_PROPERTIES = frozenset({"builtins.property", "pydantic.computed_field"})


def _missing_fields(call: CallExpression, fields: set[str]) -> str | None:
    if call.keyword("check_fields") is not None:
        return None
    for argument in call.arguments:
        if isinstance(argument, LiteralExpression) and argument.value not in fields:
            return str(argument.value)
    return None


def _validator_problem(method: Method, index: int, mode: object) -> tuple[str, str] | None:
    """Return what is wrong with the form of a field's validator."""
    bound = method.decorator("builtins.classmethod")
    if bound is not None and bound.index < index:
        help = "put `@field_validator` on top"
        return "has `@classmethod` above `@field_validator`, so that it never runs", help
    parameters = method.facts.parameters
    is_static = method.decorator("builtins.staticmethod") is not None
    if bound is None and not is_static and parameters and parameters[0].name == "self":
        help = "write `@classmethod` below it, and `cls` instead of `self`"
        return "is a validator with `self`, but there is no instance yet", help
    if any(each.kind.startswith("variadic") for each in parameters) or is_static:
        return None
    takes = [each for each in parameters if each.default is None][1:]
    least = 2 if mode == LiteralExpression("wrap") else 1
    if not least <= len(takes) <= least + 1:
        written = "cls, value, handler" if least == 2 else "cls, value"
        return f"takes {len(takes)} values besides `cls`", f"write `({written})`"
    return None

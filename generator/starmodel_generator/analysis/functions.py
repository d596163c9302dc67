"""Functions and methods as written: decorators, parameters, signature."""

import ast
from collections.abc import Iterator
from typing import NamedTuple

from starmodel_generator.analysis.docstrings import read_docstring
from starmodel_generator.analysis.expressions import read_expression
from starmodel_generator.analysis.facts import (
    Effect,
    FunctionFacts,
    MemberUse,
    ParameterFact,
    ParameterKind,
)
from starmodel_generator.analysis.text import SourceText
from starmodel_generator.diagnostics import Place

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


class Outcome(NamedTuple):
    """What a function's body does; functions inside it do not count for the first two."""

    has_yield: bool
    returns_value: bool
    effects: tuple[Effect, ...]
    uses: tuple[MemberUse, ...]


def read_function(
    node: FunctionNode,
    *,
    text: SourceText,
    place: Place,
    container: str | None,
    outcome: Outcome,
    is_method: bool,
) -> FunctionFacts:
    """The facts of a function or a method; what its body does comes from `bodies`."""
    receiver = receiver_name(node) if is_method else None
    return FunctionFacts(
        name=node.name,
        decorators=tuple([read_expression(each, text) for each in node.decorator_list]),
        parameters=tuple(_read_parameters(node.args, text, place)),
        returns=None if node.returns is None else read_expression(node.returns, text),
        is_async=isinstance(node, ast.AsyncFunctionDef),
        docstring=read_docstring(node.body),
        signature=_signature(node, text, receiver),
        place=place,
        has_yield=outcome.has_yield,
        returns_value=outcome.returns_value,
        effects=outcome.effects,
        uses=outcome.uses,
        container=container,
    )


def receiver_name(node: FunctionNode) -> str | None:
    """The parameter that gets the object or the class; `None` for a static method."""
    if is_decorated(node, "staticmethod"):
        return None
    positional = node.args.posonlyargs or node.args.args
    return positional[0].arg if positional else None


def is_decorated(node: FunctionNode, name: str) -> bool:
    """Whether a plain decorator of that name stands above it."""
    return any(isinstance(each, ast.Name) and each.id == name for each in node.decorator_list)


def parameters_of(
    arguments: ast.arguments,
) -> Iterator[tuple[ast.arg, ParameterKind, ast.expr | None]]:
    """Every parameter in order, with its kind and its default."""
    positional = [*arguments.posonlyargs, *arguments.args]
    required = len(positional) - len(arguments.defaults)
    for index, argument in enumerate(positional):
        kind: ParameterKind = "positional_or_keyword"
        if index < len(arguments.posonlyargs):
            kind = "positional_only"
        yield argument, kind, arguments.defaults[index - required] if index >= required else None
    if arguments.vararg is not None:
        yield arguments.vararg, "variadic", None
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield argument, "keyword_only", default
    if arguments.kwarg is not None:
        yield arguments.kwarg, "variadic_keyword", None


def _read_parameters(
    arguments: ast.arguments, text: SourceText, place: Place
) -> Iterator[ParameterFact]:
    for argument, kind, default in parameters_of(arguments):
        yield ParameterFact(
            name=argument.arg,
            kind=kind,
            annotation=(
                None if argument.annotation is None else read_expression(argument.annotation, text)
            ),
            default=None if default is None else read_expression(default, text),
            place=place.at("parameter", argument.arg),
        )


def _signature(node: FunctionNode, text: SourceText, receiver: str | None) -> str:
    parts: list[str] = []
    previous: ParameterKind | None = None
    for argument, kind, default in parameters_of(node.args):
        if previous == "positional_only" and kind != "positional_only" and parts:
            parts.append("/")
        starred = previous in ("variadic", "keyword_only")
        if kind == "keyword_only" and not starred:
            parts.append("*")
        previous = kind
        if argument.arg == receiver:
            receiver = None
            continue
        parts.append(_parameter(argument, kind, default, text))
    if previous == "positional_only" and parts:
        parts.append("/")
    returns = "" if node.returns is None else f" -> {text.segment(node.returns)}"
    return f"({', '.join(parts)}){returns}"


def _parameter(
    argument: ast.arg, kind: ParameterKind, default: ast.expr | None, text: SourceText
) -> str:
    stars = {"variadic": "*", "variadic_keyword": "**"}.get(kind, "")
    written = stars + argument.arg
    if argument.annotation is not None:
        written += f": {text.segment(argument.annotation)}"
    if default is not None:
        equals = " = " if argument.annotation is not None else "="
        written += f"{equals}{text.segment(default)}"
    return written

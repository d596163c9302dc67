"""Functions and methods as written: decorators, parameters, signature."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import libcst as cst

from starmodel_generator.analysis.docstrings import read_docstring
from starmodel_generator.analysis.expressions import read_expression
from starmodel_generator.analysis.facts import (
    Effect,
    FunctionFacts,
    MemberUse,
    ParameterFact,
    ParameterKind,
)
from starmodel_generator.analysis.tree import FunctionNode, source_of, statements_of
from starmodel_generator.diagnostics.diagnostic import Place


class Outcome(NamedTuple):
    """What a function's body does; functions inside it do not count for the first two."""

    has_yield: bool
    returns_value: bool
    effects: tuple[Effect, ...]
    uses: tuple[MemberUse, ...]


def read_function(
    node: FunctionNode,
    *,
    place: Place,
    container: str | None,
    outcome: Outcome,
    is_method: bool,
) -> FunctionFacts:
    """Return the facts of a function or a method; what its body does comes from `bodies`."""
    receiver = receiver_name(node) if is_method else None
    return FunctionFacts(
        name=node.name.value,
        decorators=tuple([read_expression(each.decorator) for each in node.decorators]),
        parameters=tuple(_read_parameters(node.params, place)),
        returns=None if node.returns is None else read_expression(node.returns.annotation),
        is_async=node.asynchronous is not None,
        docstring=read_docstring(node.body),
        signature=_signature(node, receiver),
        place=place,
        has_yield=outcome.has_yield,
        returns_value=outcome.returns_value,
        always_raises=_raises(node.body),
        effects=outcome.effects,
        uses=outcome.uses,
        container=container,
    )


def _raises(body: cst.BaseSuite) -> bool:
    """Return whether the end of a block is never reached, as all that it ends with raises."""
    match list(statements_of(body))[-1:]:
        case [cst.Raise()]:
            return True
        case [cst.If() as branch]:
            while isinstance(branch, cst.If) and _raises(branch.body):
                branch = branch.orelse
            return isinstance(branch, cst.Else) and _raises(branch.body)
        case [cst.With(body=inner)]:
            return _raises(inner)
        case _:
            return False


def receiver_name(node: FunctionNode) -> str | None:
    """Return the parameter that gets the object or the class; `None` for a static method."""
    if is_decorated(node, "staticmethod"):
        return None
    positional = node.params.posonly_params or node.params.params
    return positional[0].name.value if positional else None


def is_decorated(node: FunctionNode, name: str) -> bool:
    """Return whether a plain decorator of that name stands above a function."""
    return any(
        isinstance(each.decorator, cst.Name) and each.decorator.value == name
        for each in node.decorators
    )


class Parameter(NamedTuple):
    """A parameter of a function or a lambda."""

    name: str
    kind: ParameterKind
    annotation: cst.BaseExpression | None
    default: cst.BaseExpression | None
    node: cst.Param


def parameters_of(parameters: cst.Parameters) -> Iterator[Parameter]:
    """Yield every parameter in order."""
    groups: tuple[tuple[ParameterKind, Sequence[object]], ...] = (
        ("positional_only", parameters.posonly_params),
        ("positional_or_keyword", parameters.params),
        ("variadic", (parameters.star_arg,)),
        ("keyword_only", parameters.kwonly_params),
        ("variadic_keyword", (parameters.star_kwarg,)),
    )
    for kind, nodes in groups:
        for node in nodes:
            if isinstance(node, cst.Param):
                annotation = None if node.annotation is None else node.annotation.annotation
                yield Parameter(node.name.value, kind, annotation, node.default, node)


def _read_parameters(parameters: cst.Parameters, place: Place) -> Iterator[ParameterFact]:
    for name, kind, annotation, default, _ in parameters_of(parameters):
        yield ParameterFact(
            name=name,
            kind=kind,
            annotation=None if annotation is None else read_expression(annotation),
            default=None if default is None else read_expression(default),
            place=place.at("parameter", name),
        )


def _signature(node: FunctionNode, receiver: str | None) -> str:
    parts: list[str] = []
    previous: ParameterKind | None = None
    for parameter in parameters_of(node.params):
        kind = parameter.kind
        if previous == "positional_only" and kind != "positional_only" and parts:
            parts.append("/")
        starred = previous in ("variadic", "keyword_only")
        if kind == "keyword_only" and not starred:
            parts.append("*")
        previous = kind
        if parameter.name == receiver:
            receiver = None
            continue
        parts.append(_parameter(parameter))
    if previous == "positional_only" and parts:
        parts.append("/")
    returns = "" if node.returns is None else f" -> {source_of(node.returns.annotation)}"
    return f"({', '.join(parts)}){returns}"


def _parameter(parameter: Parameter) -> str:
    stars = {"variadic": "*", "variadic_keyword": "**"}.get(parameter.kind, "")
    written = stars + parameter.name
    if parameter.annotation is not None:
        written += f": {source_of(parameter.annotation)}"
    if parameter.default is not None:
        equals = " = " if parameter.annotation is not None else "="
        written += f"{equals}{source_of(parameter.default)}"
    return written

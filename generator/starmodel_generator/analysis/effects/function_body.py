"""The nodes of a function's body, sorted by what is asked of them, in one walk."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import libcst as cst

from starmodel_generator.analysis.effects.known_calls import MUTABLE_BUILTIN_TYPES, MUTATING_METHODS
from starmodel_generator.analysis.functions import parameters_of
from starmodel_generator.analysis.imports import imported_names
from starmodel_generator.analysis.tree import (
    FunctionNode,
    children_of,
    children_with_targets,
    is_none,
    walk,
)

_NESTED = frozenset({cst.Lambda, cst.FunctionDef, cst.ClassDef})
_SORTED = frozenset(
    {
        cst.AnnAssign,
        cst.Assign,
        cst.Attribute,
        cst.AugAssign,
        cst.Call,
        cst.CompFor,
        cst.For,
        cst.FunctionDef,
        cst.Import,
        cst.ImportFrom,
        cst.Match,
        cst.NamedExpr,
        cst.Subscript,
        cst.WithItem,
    }
)


class BodyNode(NamedTuple):
    """A node of a function's body.

    `parent` is the node around it, `nested` says whether it stands in a function or class inside,
    `stored` whether it is the target of an assignment, a loop, a `with` or a `del`.
    """

    node: cst.CSTNode
    parent: cst.CSTNode
    nested: bool
    stored: bool


class Binding(NamedTuple):
    """`target` gets the value of `source`, one of its elements, or a container that holds it."""

    target: cst.CSTNode | str
    source: cst.BaseExpression
    gets: Literal["value", "element", "container"]


class CallSite(NamedTuple):
    """A call, the node around it, and whether it stands in a function inside."""

    call: cst.Call
    parent: cst.CSTNode
    nested: bool


@dataclass(slots=True)
class Body:
    """The nodes of a function's body, each group in the order of the text.

    `positions` numbers the nodes; `has_yield` and `returns_value` are about the function itself.
    """

    node: FunctionNode
    has_yield: bool = False
    returns_value: bool = False
    bindings: list[Binding] = field(default_factory=list[Binding])
    stores: list[cst.Attribute | cst.Subscript] = field(
        default_factory=list[cst.Attribute | cst.Subscript]
    )
    augmented: list[cst.AugAssign] = field(default_factory=list[cst.AugAssign])
    calls: list[CallSite] = field(default_factory=list[CallSite])
    attributes: list[cst.Attribute] = field(default_factory=list[cst.Attribute])
    local_functions: dict[str, FunctionNode | cst.Lambda] = field(
        default_factory=dict[str, FunctionNode | cst.Lambda]
    )
    local_imports: dict[str, str] = field(default_factory=dict[str, str])
    positions: dict[cst.CSTNode, int] = field(default_factory=dict[cst.CSTNode, int])


def walk_body(node: FunctionNode) -> Iterator[BodyNode]:
    """Yield the nodes of a function's body in the order of the text, nested functions included."""
    stack = [BodyNode(each, node, False, False) for each in reversed(children_of(node.body))]
    while stack:
        found = stack.pop()
        yield found
        current = found.node
        nested = found.nested or type(current) in _NESTED
        stack += [
            BodyNode(child, current, nested, stored)
            for child, stored in reversed(children_with_targets(current, stored=found.stored))
        ]


def sort_body(node: FunctionNode) -> Body:
    """Return the nodes of a function sorted, in one walk."""
    body = Body(node)
    for position, found in enumerate(walk_body(node)):
        current = found.node
        body.positions[current] = position
        if type(current) in _SORTED:
            _sort(found, body)
        elif not found.nested:
            if type(current) is cst.Yield:
                body.has_yield = True
            elif type(current) is cst.Return:
                body.returns_value = body.returns_value or not is_none(current.value)
    return body


def _sort(found: BodyNode, body: Body) -> None:
    match found.node:
        case cst.Attribute() as current:
            if found.stored:
                body.stores.append(current)
            elif not (isinstance(found.parent, cst.Call) and found.parent.func is current):
                body.attributes.append(current)
        case cst.Subscript() as current:
            if found.stored:
                body.stores.append(current)
        case cst.Call() as current:
            body.calls.append(CallSite(current, found.parent, found.nested))
            _bind_collected(current, body)
        case cst.Assign(targets=targets, value=value):
            body.bindings += [Binding(each.target, value, "value") for each in targets]
            if isinstance(value, cst.Lambda):
                for each in targets:
                    if isinstance(each.target, cst.Name):
                        body.local_functions[each.target.value] = value
        case cst.AnnAssign(target=target, value=cst.BaseExpression() as value):
            body.bindings.append(Binding(target, value, "value"))
        case cst.NamedExpr(target=target, value=value):
            body.bindings.append(Binding(target, value, "value"))
        case cst.AugAssign(target=target, value=value) as current:
            body.augmented.append(current)
            if isinstance(target, cst.Name):
                body.bindings.append(Binding(target, value, "container"))
        case cst.For(target=target, iter=source) | cst.CompFor(target=target, iter=source):
            body.bindings.append(Binding(target, source, "element"))
        case cst.WithItem(item=source, asname=cst.AsName(name=target)):
            body.bindings.append(Binding(target, source, "value"))
        case cst.Match(subject=subject, cases=cases):
            for name in _captures(cases):
                body.bindings.append(Binding(name, subject, "value"))
                body.bindings.append(Binding(name, subject, "element"))
        case cst.FunctionDef() as current:
            body.local_functions[current.name.value] = current
            for parameter in parameters_of(current.params):
                if parameter.default is not None:
                    body.bindings.append(Binding(parameter.name, parameter.default, "value"))
        case cst.Import() | cst.ImportFrom() as current:
            for bound, module, level, name, _, _ in imported_names(current):
                if level == 0:
                    body.local_imports[bound] = module if name is None else f"{module}.{name}"
        case _:
            pass


def _bind_collected(call: cst.Call, body: Body) -> None:
    """`rows.append(x)` makes `rows` a container that holds `x`."""
    if isinstance(call.func, cst.Attribute) and call.func.attr.value in MUTATING_METHODS:
        receiver = call.func.value
        if isinstance(receiver, cst.Name) and receiver.value not in MUTABLE_BUILTIN_TYPES:
            for argument in call.args:
                if argument.keyword is None and argument.star != "**":
                    body.bindings.append(Binding(receiver, argument.value, "container"))


def _captures(cases: Iterable[cst.MatchCase]) -> Iterable[str]:
    for case in cases:
        for node in walk(case.pattern):
            match node:
                case cst.MatchAs(name=cst.Name(value=name)):
                    yield name
                case cst.MatchMapping(rest=cst.Name(value=name)):
                    yield name
                case cst.MatchStar(name=cst.Name(value=name)):
                    yield name
                case _:
                    pass

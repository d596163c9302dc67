"""The nodes of a function's body, sorted by what is asked of them, in one walk."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from starmodel_generator.analysis.functions import FunctionNode, parameters_of
from starmodel_generator.analysis.known_calls import MUTABLE_BUILTIN_TYPES, MUTATING_METHODS
from starmodel_generator.analysis.walk import children_of

_NESTED = frozenset({ast.Lambda, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef})
_SORTED = frozenset(
    {
        ast.Attribute,
        ast.Subscript,
        ast.Call,
        ast.Assign,
        ast.AnnAssign,
        ast.NamedExpr,
        ast.AugAssign,
        ast.For,
        ast.AsyncFor,
        ast.comprehension,
        ast.withitem,
        ast.Match,
        ast.FunctionDef,
        ast.AsyncFunctionDef,
        ast.Import,
        ast.ImportFrom,
    }
)


class Binding(NamedTuple):
    """`target` gets the value of `source`, or one of its elements."""

    target: ast.expr | str
    source: ast.expr
    gets: Literal["value", "element"]


@dataclass(slots=True)
class Body:
    """The nodes of a function's body, sorted by what is asked of them.

    `calls` have the node around them, and whether they stand in a function inside; `has_yield`
    and `returns_value` are about the function itself.
    """

    node: FunctionNode
    has_yield: bool = False
    returns_value: bool = False
    bindings: list[Binding] = field(default_factory=list[Binding])
    stores: list[ast.Attribute | ast.Subscript] = field(
        default_factory=list[ast.Attribute | ast.Subscript]
    )
    augmented: list[ast.AugAssign] = field(default_factory=list[ast.AugAssign])
    calls: list[tuple[ast.Call, ast.AST, bool]] = field(
        default_factory=list[tuple[ast.Call, ast.AST, bool]]
    )
    attributes: list[ast.Attribute] = field(default_factory=list[ast.Attribute])
    local_functions: dict[str, FunctionNode | ast.Lambda] = field(
        default_factory=dict[str, FunctionNode | ast.Lambda]
    )
    local_imports: dict[str, str] = field(default_factory=dict[str, str])


def sort_body(node: FunctionNode) -> Body:
    """Walk a function once, nested functions included."""
    body = Body(node)
    stack: list[tuple[ast.AST, ast.AST, bool]] = [
        (each, node, False) for each in reversed(node.body)
    ]
    while stack:
        current, parent, nested = stack.pop()
        kind = type(current)
        if kind in _SORTED:
            _sort(current, parent, nested, body)
        if not nested:
            if kind is ast.Yield or kind is ast.YieldFrom:
                body.has_yield = True
            elif isinstance(current, ast.Return):
                body.returns_value = body.returns_value or not _is_none(current.value)
            nested = kind in _NESTED
        stack += [(child, current, nested) for child in reversed(children_of(current))]
    return body


def _is_none(node: ast.expr | None) -> bool:
    return node is None or (isinstance(node, ast.Constant) and node.value is None)


def _sort(current: ast.AST, parent: ast.AST, nested: bool, body: Body) -> None:
    match current:
        case ast.Attribute(ctx=ast.Load()):
            if not (isinstance(parent, ast.Call) and parent.func is current):
                body.attributes.append(current)
        case ast.Attribute():
            body.stores.append(current)
        case ast.Subscript():
            if not isinstance(current.ctx, ast.Load):
                body.stores.append(current)
        case ast.Call():
            body.calls.append((current, parent, nested))
            _bind_collected(current, body)
        case ast.Assign(targets=targets, value=value):
            body.bindings += [Binding(target, value, "value") for target in targets]
            if isinstance(value, ast.Lambda):
                for target in targets:
                    if isinstance(target, ast.Name):
                        body.local_functions[target.id] = value
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            body.bindings.append(Binding(target, value, "value"))
        case ast.NamedExpr(target=target, value=value):
            body.bindings.append(Binding(target, value, "value"))
        case ast.AugAssign(target=target, value=value):
            body.augmented.append(current)
            if isinstance(target, ast.Name):
                body.bindings.append(Binding(target, ast.List([value], ast.Load()), "value"))
        case (
            ast.For(target=target, iter=source)
            | ast.AsyncFor(target=target, iter=source)
            | ast.comprehension(target=target, iter=source)
        ):
            body.bindings.append(Binding(target, source, "element"))
        case ast.withitem(context_expr=source, optional_vars=ast.expr() as target):
            body.bindings.append(Binding(target, source, "value"))
        case ast.Match(subject=subject, cases=cases):
            for name in _captures(cases):
                body.bindings.append(Binding(name, subject, "value"))
                body.bindings.append(Binding(name, subject, "element"))
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            body.local_functions[current.name] = current
            for argument, _, default in parameters_of(current.args):
                if default is not None:
                    body.bindings.append(Binding(argument.arg, default, "value"))
        case ast.Import(names=names):
            for alias in names:
                bound = alias.asname or alias.name.partition(".")[0]
                body.local_imports[bound] = alias.name if alias.asname else bound
        case ast.ImportFrom(names=names, module=str(module), level=0):
            for alias in names:
                body.local_imports[alias.asname or alias.name] = f"{module}.{alias.name}"
        case _:
            pass


def _bind_collected(call: ast.Call, body: Body) -> None:
    """`rows.append(x)` makes `rows` a container that holds `x`."""
    if isinstance(call.func, ast.Attribute) and call.func.attr in MUTATING_METHODS:
        receiver = call.func.value
        is_type = isinstance(receiver, ast.Name) and receiver.id in MUTABLE_BUILTIN_TYPES
        if isinstance(receiver, ast.Name) and call.args and not is_type:
            held = ast.List(list(call.args), ast.Load())
            body.bindings.append(Binding(receiver, held, "value"))


def _captures(cases: Iterable[ast.match_case]) -> Iterable[str]:
    for case in cases:
        for node in ast.walk(case.pattern):
            match node:
                case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                    yield name
                case ast.MatchMapping(rest=str(name)):
                    yield name
                case _:
                    pass

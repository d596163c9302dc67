"""The names that the body of a scope binds, found in one walk over its statements."""

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from starmodel_generator.analysis.assignments import alias_name
from starmodel_generator.analysis.blocks import is_type_checking

_BLOCKS = ("body", "orelse", "handlers", "finalbody", "cases")


@dataclass(slots=True)
class Bound:
    """What a body binds.

    `names` are bound at run time, `checked` below `if TYPE_CHECKING:`; `elsewhere` are those that
    it declares `global` or `nonlocal`. A name that is only counted up (`x += 1`) is in neither.
    """

    names: set[str] = field(default_factory=set[str])
    checked: set[str] = field(default_factory=set[str])
    elsewhere: set[str] = field(default_factory=set[str])


def bound_in(body: Sequence[ast.stmt], *, declares: bool, has_walrus: bool) -> Bound:
    """Return the names a body binds, without those of the functions and classes in it.

    `declares` says that an annotation alone makes a name one of the scope's own, as it does in a
    function; `has_walrus` that there may be a `:=` in it.
    """
    bound = Bound()
    pending: list[tuple[ast.AST, set[str]]] = [(node, bound.names) for node in body]
    while pending:
        node, names = pending.pop()
        kind = type(node)
        if isinstance(node, ast.Global | ast.Nonlocal):
            bound.elsewhere.update(node.names)
        elif isinstance(node, ast.AnnAssign):
            if isinstance(node.target, ast.Name) and (declares or node.value is not None):
                names.add(node.target.id)
        elif isinstance(node, ast.If):
            is_for_checkers = is_type_checking(node.test)
            pending += [(each, names) for each in node.orelse]
            pending += [(each, bound.checked if is_for_checkers else names) for each in node.body]
        elif kind in _SIMPLE:
            names.update(names_bound_by(node))
        else:
            names.update(names_bound_by(node))
            for block in _BLOCKS:
                pending += [(each, names) for each in getattr(node, block, ())]
    if has_walrus:
        bound.names.update(_assigned_inside(body))
    return bound


_SIMPLE = frozenset(
    {
        *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom),
        *(ast.Assign, ast.Delete, ast.AugAssign, ast.Expr, ast.Return, ast.Raise, ast.Pass),
    }
)
"""Statements that hold no other statements of their scope."""


def names_bound_by(node: ast.AST) -> Iterator[str]:
    """Yield the names that a node itself binds, not the statements in it."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Assign(targets=targets) | ast.Delete(targets=targets):
            yield from _stored(targets)
        case ast.For(target=target) | ast.AsyncFor(target=target):
            yield from _stored([target])
        case ast.With(items=items) | ast.AsyncWith(items=items):
            yield from _stored([item.optional_vars for item in items if item.optional_vars])
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            for alias in aliases:
                yield alias.asname or alias.name.partition(".")[0]
        case ast.match_case(pattern=pattern):
            yield from captured(pattern)
        case ast.ExceptHandler(name=str(name)):
            yield name
        case ast.stmt():
            alias_of_type = alias_name(node)
            if alias_of_type is not None:
                yield alias_of_type.id
        case _:
            return


def captured(pattern: ast.pattern) -> Iterator[str]:
    """Yield the names that a pattern binds."""
    for node in ast.walk(pattern):
        match node:
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name
            case ast.MatchMapping(rest=str(name)):
                yield name
            case _:
                pass


def globals_declared(tree: ast.Module) -> Iterator[str]:
    """Yield the names that functions of a module declare `global`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            yield from node.names


def _stored(targets: Iterable[ast.expr]) -> Iterator[str]:
    for target in targets:
        if isinstance(target, ast.Name):
            yield target.id
        elif isinstance(target, ast.Tuple | ast.List):
            yield from _stored(target.elts)
        elif isinstance(target, ast.Starred):
            yield from _stored([target.value])


def _assigned_inside(body: Iterable[ast.stmt]) -> Iterator[str]:
    """Yield what `:=` binds, also inside a comprehension, which binds it around itself."""
    for statement in body:
        for each in ast.walk(statement):
            if isinstance(each, ast.NamedExpr):
                yield each.target.id

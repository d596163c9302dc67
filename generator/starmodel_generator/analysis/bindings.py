"""The names that the body of a scope binds, found in one walk."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from starmodel_generator.analysis.assignments import alias_name
from starmodel_generator.analysis.blocks import is_type_checking


@dataclass(slots=True)
class Bound:
    """What a body binds.

    `names` are bound at run time, `checked` below `if TYPE_CHECKING:`; `elsewhere` are those that
    it declares `global` or `nonlocal`. A name that is only counted up (`x += 1`) is in neither.
    """

    names: set[str] = field(default_factory=set[str])
    checked: set[str] = field(default_factory=set[str])
    elsewhere: set[str] = field(default_factory=set[str])


def bound_in(body: Sequence[ast.stmt], *, declares: bool) -> Bound:
    """Return the names a body binds, without those of the functions and classes in it.

    `declares` says that an annotation alone makes a name one of the scope's own, as it does in a
    function.
    """
    bound = Bound()
    pending: list[tuple[ast.AST, set[str]]] = [(node, bound.names) for node in body]
    while pending:
        node, names = pending.pop()
        names.update(names_bound_by(node))
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Lambda():
                continue
            case ast.Global() | ast.Nonlocal():
                bound.elsewhere.update(node.names)
            case ast.If() if is_type_checking(node.test):
                pending += [(each, names) for each in node.orelse]
                pending += [(each, bound.checked) for each in node.body]
            case ast.AnnAssign(target=ast.Name(id=name), value=None):
                if declares:
                    names.add(name)
            case ast.AugAssign(target=ast.Name(), value=value):
                pending.append((value, names))
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                names.update(_assigned_inside(node))
            case _:
                pending += [(each, names) for each in ast.iter_child_nodes(node)]
    return bound


def names_bound_by(node: ast.AST) -> Iterator[str]:
    """Yield the names that a node itself binds, not its children."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            for alias in aliases:
                yield alias.asname or alias.name.partition(".")[0]
        case (
            ast.ExceptHandler(name=str(name))
            | ast.MatchAs(name=str(name))
            | ast.MatchStar(name=str(name))
            | ast.MatchMapping(rest=str(name))
        ):
            yield name
        case ast.stmt():
            alias_of_type = alias_name(node)
            if alias_of_type is not None:
                yield alias_of_type.id
        case _:
            return


def globals_declared(tree: ast.Module) -> Iterator[str]:
    """Yield the names that functions of a module declare `global`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            yield from node.names


def _assigned_inside(node: ast.expr) -> Iterator[str]:
    """Yield what `:=` binds inside a comprehension, which is bound around it."""
    for each in ast.walk(node):
        if isinstance(each, ast.NamedExpr):
            yield each.target.id

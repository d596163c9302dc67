"""The names that the body of a scope binds, found in one walk."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import libcst as cst

from starmodel_generator.analysis.blocks import is_type_checking
from starmodel_generator.analysis.imports import imported_names
from starmodel_generator.analysis.tree import children_of, children_with_targets, walk


@dataclass(slots=True)
class Bound:
    """What a body binds.

    `names` are bound at run time, `checked` below `if TYPE_CHECKING:`; `elsewhere` are those that
    it declares `global` or `nonlocal`. A name that is only counted up (`x += 1`) is in neither.
    """

    names: set[str] = field(default_factory=set[str])
    checked: set[str] = field(default_factory=set[str])
    elsewhere: set[str] = field(default_factory=set[str])


# Most nodes are of other kinds, which is told from their class without a question for each of these.
_BINDING = frozenset(
    {
        cst.ClassDef,
        cst.ExceptHandler,
        cst.ExceptStarHandler,
        cst.FunctionDef,
        cst.Import,
        cst.ImportFrom,
        cst.MatchAs,
        cst.MatchMapping,
        cst.MatchStar,
        cst.TypeAlias,
    }
)
_READ = _BINDING | {
    cst.AnnAssign,
    cst.AugAssign,
    cst.DictComp,
    cst.GeneratorExp,
    cst.Global,
    cst.If,
    cst.Lambda,
    cst.ListComp,
    cst.Name,
    cst.Nonlocal,
    cst.SetComp,
}


_AROUND_STATEMENTS = frozenset(
    {
        cst.ClassDef,
        cst.Else,
        cst.ExceptHandler,
        cst.ExceptStarHandler,
        cst.Finally,
        cst.For,
        cst.FunctionDef,
        cst.If,
        cst.IndentedBlock,
        cst.Match,
        cst.MatchCase,
        cst.SimpleStatementLine,
        cst.SimpleStatementSuite,
        cst.Try,
        cst.TryStar,
        cst.While,
        cst.With,
    }
)


def bound_in(body: Iterable[cst.CSTNode], *, declares: bool) -> Bound:
    """Return the names a body binds, without those of the functions and classes in it.

    `declares` says that an annotation alone makes a name one of the scope's own, as it does in a
    function.
    """
    bound = Bound()
    pending = [(node, bound.names, False) for node in body]
    while pending:
        node, names, stored = pending.pop()
        if type(node) not in _READ:
            children = children_with_targets(node, stored=stored)
            pending += [(child, names, is_target) for child, is_target in children]
            continue
        if isinstance(node, cst.Name):
            if stored:
                names.add(node.value)
            continue
        names.update(names_bound_by(node))
        match node:
            case cst.FunctionDef() | cst.ClassDef() | cst.Lambda():
                continue
            case cst.Global(names=items) | cst.Nonlocal(names=items):
                bound.elsewhere.update(item.name.value for item in items)
            case cst.If(test=test, body=inner, orelse=orelse) if is_type_checking(test):
                pending.append((inner, bound.checked, False))
                if orelse is not None:
                    pending.append((orelse, names, False))
            case cst.AnnAssign(target=cst.Name(value=name), value=None):
                if declares:
                    names.add(name)
            case cst.AugAssign(target=cst.Name(), value=value):
                pending.append((value, names, False))
            case cst.ListComp() | cst.SetComp() | cst.DictComp() | cst.GeneratorExp():
                names.update(_assigned_inside(node))
            case _:
                children = children_with_targets(node, stored=stored)
                pending += [(child, names, is_target) for child, is_target in children]
    return bound


def names_bound_by(node: cst.CSTNode) -> Iterable[str]:
    """Return the names that a node itself binds, not its children."""
    return _names_bound_by(node) if type(node) in _BINDING else ()


def _names_bound_by(node: cst.CSTNode) -> Iterator[str]:
    match node:
        case cst.FunctionDef(name=name) | cst.ClassDef(name=name) | cst.TypeAlias(name=name):
            yield name.value
        case cst.Import() | cst.ImportFrom():
            for imported in imported_names(node):
                yield imported.bound
        case (
            cst.ExceptHandler(name=cst.AsName(name=cst.Name(value=name)))
            | cst.ExceptStarHandler(name=cst.AsName(name=cst.Name(value=name)))
            | cst.MatchAs(name=cst.Name(value=name))
            | cst.MatchStar(name=cst.Name(value=name))
            | cst.MatchMapping(rest=cst.Name(value=name))
        ):
            yield name
        case _:
            return


def globals_declared(body: cst.CSTNode) -> Iterator[str]:
    """Yield the names that functions of a module declare `global`."""
    for node in children_of(body):
        if isinstance(node, cst.Global):
            yield from (item.name.value for item in node.names)
        elif type(node) in _AROUND_STATEMENTS:
            yield from globals_declared(node)


def _assigned_inside(node: cst.CSTNode) -> Iterator[str]:
    """Yield what `:=` binds inside a comprehension, which is bound around it."""
    for each in walk(node):
        if type(each) is cst.NamedExpr and isinstance(each.target, cst.Name):
            yield each.target.value

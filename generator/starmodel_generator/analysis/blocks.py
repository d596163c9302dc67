"""Statements of a scope, through the blocks that do not open a scope of their own.

`if`, `try`, `for`, `while`, `with` and `match` at module or class level hold
definitions of that same module or class. Scanning goes by a stack, so a chain
of ten thousand `elif` is as good as one.
"""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import libcst as cst

from starmodel_generator.analysis.tree import SmallOrCompound, last_name, statements_of

_BLOCKS = frozenset({cst.If, cst.Try, cst.TryStar, cst.For, cst.While, cst.With, cst.Match})


class Statement(NamedTuple):
    """A statement and the innermost block it stands in, `None` for the scope itself."""

    node: SmallOrCompound
    container: str | None
    type_checking: bool


def scope_statements(body: cst.BaseSuite | cst.Module) -> Iterator[Statement]:
    """Yield the statements of a scope in the order of the text; blocks are opened, not given."""
    stack = [(statements_of(body), _Block(None, type_checking=False))]
    while stack:
        statements, block = stack.pop()
        for statement in statements:
            if type(statement) in _BLOCKS:
                stack.append((statements, block))
                inner = _blocks(statement, block)
                stack.extend((statements_of(suite), its) for suite, its in reversed(inner))
                break
            yield Statement(statement, block.container, block.type_checking)


class _Block(NamedTuple):
    container: str | None
    type_checking: bool


def _blocks(
    node: SmallOrCompound, around: _Block
) -> list[tuple[cst.BaseSuite | cst.Module, _Block]]:
    match node:
        case cst.If():
            return _branches(node, around)
        case cst.Try() | cst.TryStar():
            parts = [node, *node.handlers, node.orelse, node.finalbody]
            block = around._replace(container="try")
            return [(part.body, block) for part in parts if part is not None]
        case cst.For() | cst.While():
            block = around._replace(container="for" if isinstance(node, cst.For) else "while")
            return [(part.body, block) for part in (node, node.orelse) if part is not None]
        case cst.With():
            return [(node.body, around._replace(container="with"))]
        case cst.Match():
            return [(case.body, around._replace(container="match")) for case in node.cases]
        case _:
            return []


def _branches(node: cst.If, around: _Block) -> list[tuple[cst.BaseSuite | cst.Module, _Block]]:
    """Return the branch of an `if` and those of every `elif` and `else` after it."""
    branches: list[tuple[cst.BaseSuite | cst.Module, _Block]] = []
    branch: cst.If | cst.Else | None = node
    while branch is not None:
        for_checkers = isinstance(branch, cst.If) and is_type_checking(branch.test)
        block = _Block("if", around.type_checking or for_checkers)
        branches.append((branch.body, block))
        branch = branch.orelse if isinstance(branch, cst.If) else None
    return branches


def is_type_checking(test: cst.BaseExpression) -> bool:
    """Return whether a condition holds for type checkers alone: `TYPE_CHECKING`."""
    return last_name(test) == "TYPE_CHECKING"


class Numbering:
    """Gives the second thing of a role and a name in one scope the name `add#2`."""

    def __init__(self) -> None:
        self._seen: Counter[tuple[str, str]] = Counter()

    def which(self, role: str, name: str) -> str:
        """Return the name to put into a place for this occurrence."""
        self._seen[role, name] += 1
        count = self._seen[role, name]
        return name if count == 1 else f"{name}#{count}"

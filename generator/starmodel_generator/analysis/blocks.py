"""Statements of a scope, through the blocks that do not open a scope of their own.

`if`, `try`, `for`, `while`, `with` and `match` at module or class level hold
definitions of that same module or class. Scanning goes by a stack, so a chain
of ten thousand `elif` is as good as one.
"""

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_BLOCKS = frozenset(
    {
        ast.If,
        ast.Try,
        ast.TryStar,
        ast.For,
        ast.AsyncFor,
        ast.While,
        ast.With,
        ast.AsyncWith,
        ast.Match,
    }
)


class Statement(NamedTuple):
    """A statement and the innermost block it stands in, `None` for the scope itself."""

    node: ast.stmt
    container: str | None
    type_checking: bool


def scope_statements(body: Sequence[ast.stmt]) -> Iterator[Statement]:
    """The statements of a scope in source order; blocks are opened, not given."""
    stack: list[tuple[Sequence[ast.stmt], int, str | None, bool]] = [(body, 0, None, False)]
    while stack:
        statements, index, container, type_checking = stack.pop()
        while index < len(statements) and type(statements[index]) not in _BLOCKS:
            yield Statement(statements[index], container, type_checking)
            index += 1
        if index < len(statements):
            stack.append((statements, index + 1, container, type_checking))
            blocks = _blocks(statements[index], type_checking)
            stack.extend((inner, 0, name, checking) for inner, name, checking in reversed(blocks))


def _blocks(node: ast.stmt, type_checking: bool) -> list[tuple[Sequence[ast.stmt], str, bool]]:
    match node:
        case ast.If():
            for_checkers = type_checking or is_type_checking(node.test)
            return [(node.body, "if", for_checkers), (node.orelse, "if", type_checking)]
        case ast.Try() | ast.TryStar():
            handlers = [handler.body for handler in node.handlers]
            parts = [node.body, *handlers, node.orelse, node.finalbody]
            return [(part, "try", type_checking) for part in parts]
        case ast.For() | ast.AsyncFor():
            return [(node.body, "for", type_checking), (node.orelse, "for", type_checking)]
        case ast.While():
            return [(node.body, "while", type_checking), (node.orelse, "while", type_checking)]
        case ast.With() | ast.AsyncWith():
            return [(node.body, "with", type_checking)]
        case ast.Match():
            return [(case.body, "match", type_checking) for case in node.cases]
        case _:
            return []


def is_type_checking(test: ast.expr) -> bool:
    """Whether a condition holds for type checkers alone: `TYPE_CHECKING`."""
    match test:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name == "TYPE_CHECKING"
        case _:
            return False


class Numbering:
    """Gives the second thing of a role and a name in one scope the name `add#2`."""

    def __init__(self) -> None:
        self._seen: Counter[tuple[str, str]] = Counter()

    def which(self, role: str, name: str) -> str:
        """The name to put into a place for this occurrence."""
        self._seen[role, name] += 1
        count = self._seen[role, name]
        return name if count == 1 else f"{name}#{count}"

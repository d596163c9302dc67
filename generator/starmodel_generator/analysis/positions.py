"""From places to spans, worked out only for what a diagnostic points at.

A place's steps are walked down the module's syntax tree. The roles:

- in a scope (module, class, function): `class`, `def` (async ones too),
  `assign`, `import`, each with a name;
- of a class: `base` and `decorator` with an index from 0, `keyword` with a name;
- of a function: `parameter` with a name, `decorator` with an index, `returns` 0;
- of a parameter: `annotation` 0, `default` 0; of an assignment: `annotation` 0,
  `value` 0;
- of an expression: `function` 0, `argument` n, `keyword` name of a call; `value`
  0, `item` n of a subscript; `item` n of a list, a tuple or a set; `key` n and
  `item` n of a dict; `left` 0 and `right` 0 of an operation; `operand` 0 of
  `-x`;
- a position: `line`, `column`, `end_line`, `end_column`, 1-based.

A step that leads nowhere ends the walk: the span is then of the nearest thing
around it.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from starmodel_generator.analysis.assignments import assigned_names
from starmodel_generator.analysis.blocks import scope_statements
from starmodel_generator.analysis.functions import parameters_of
from starmodel_generator.analysis.syntax import parse_module, parser_warnings_silenced
from starmodel_generator.analysis.text import SourceText
from starmodel_generator.diagnostics import Diagnostic, Place, Related, SourceSpan, Step


class _Parameter(NamedTuple):
    node: ast.arg
    default: ast.expr | None


class _Assigned(NamedTuple):
    name: ast.Name
    statement: ast.stmt


_Node: TypeAlias = ast.AST | _Parameter | _Assigned

_IDENTIFIER = re.compile(r"\w+")
_DEFINITION = re.compile(r"(?:async[\s\\]+)?(?:def|class)[\s\\]+(\w+)")


def locate(text: str, place: Place) -> SourceSpan:
    """The span of a place in its module's text; the nearest one around it if it is not there."""
    return _Locator(text, place.path).span(place)


def with_spans(
    diagnostics: Iterable[Diagnostic], texts: Mapping[str, str]
) -> tuple[Diagnostic, ...]:
    """The diagnostics with their spans filled in, `texts` being the sources by path.

    Those that have a span keep it; those whose file is not among `texts` stay
    without.
    """
    locators: dict[str, _Locator] = {}

    def span_of(place: Place | None, span: SourceSpan | None) -> SourceSpan | None:
        if span is not None or place is None or place.path not in texts:
            return span
        if place.path not in locators:
            locators[place.path] = _Locator(texts[place.path], place.path)
        return locators[place.path].span(place)

    def related_with_span(related: Related) -> Related:
        return replace(related, span=span_of(related.place, related.span))

    return tuple(
        replace(
            diagnostic,
            span=span_of(diagnostic.place, diagnostic.span),
            related=tuple(map(related_with_span, diagnostic.related)),
        )
        for diagnostic in diagnostics
    )


class _Locator:
    """One module's text, parsed when the first place is looked for."""

    def __init__(self, text: str, path: str) -> None:
        self._path = path
        self._text = SourceText(text)
        with parser_warnings_silenced():
            tree = parse_module(text, path)
        self._tree = None if isinstance(tree, Diagnostic) else tree

    def span(self, place: Place) -> SourceSpan:
        """The span of a place of this module."""
        position = place.steps[len(place.named_steps) :]
        if position:
            return self._given(position)
        node: _Node | None = self._tree
        if node is None:
            return SourceSpan(self._path, 1, 1, 1, 1)
        for role, which in _pairs(place.steps):
            following = _step(node, role, which)
            if following is None:
                break
            node = following
        return self._span(node)

    def _given(self, steps: tuple[Step, ...]) -> SourceSpan:
        values = {role: which for role, which in _pairs(steps) if isinstance(which, int)}
        line, column = values.get("line", 1), values.get("column", 1)
        end_column = values.get("end_column", column)
        return SourceSpan(self._path, line, column, values.get("end_line", line), end_column)

    def _span(self, node: _Node) -> SourceSpan:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            return self._name_span(node)
        if isinstance(node, _Parameter):
            return self._identifier(node.node.lineno, node.node.col_offset)
        if isinstance(node, ast.keyword) and node.arg is not None:
            return self._identifier(node.lineno, node.col_offset)
        if isinstance(node, _Assigned):
            return self._text.span(self._path, node.name)
        if isinstance(node, ast.expr | ast.alias | ast.keyword):
            return self._text.span(self._path, node)
        return SourceSpan(self._path, 1, 1, 1, len(self._text.lines[0]) + 1)

    def _name_span(self, node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> SourceSpan:
        """The name after `class` or `def`, which the tree has no position for."""
        start = self._text.column(node.lineno, node.col_offset)
        rest = "\n".join(self._text.lines[node.lineno - 1 : node.lineno + 2])
        match = _DEFINITION.match(rest, start)
        if match is None:
            return SourceSpan(self._path, node.lineno, start + 1, node.lineno, start + 2)
        before = rest[: match.start(1)]
        line = node.lineno + before.count("\n")
        column = len(before) - (before.rfind("\n") + 1) + 1
        return SourceSpan(self._path, line, column, line, column + len(match[1]))

    def _identifier(self, line: int, offset: int) -> SourceSpan:
        """The identifier that starts there, as long as it is in the text."""
        start = self._text.column(line, offset)
        match = _IDENTIFIER.match(self._text.lines[line - 1], start)
        end = start + 1 if match is None else match.end()
        return SourceSpan(self._path, line, start + 1, line, end + 1)


def _pairs(steps: Sequence[Step]) -> Iterator[tuple[str, Step]]:
    for index, (role, which) in enumerate(pairwise(steps)):
        if index % 2 == 0 and isinstance(role, str):
            yield role, which


def _step(node: _Node, role: str, which: Step) -> _Node | None:
    if isinstance(which, str):
        return _named(node, role, which)
    return _indexed(node, role, which)


def _named(node: _Node, role: str, which: str) -> _Node | None:
    match role, node:
        case "class" | "def" | "assign" | "import", ast.Module() | ast.ClassDef():
            return _defined(node.body, role, which)
        case "class" | "def" | "assign" | "import", ast.FunctionDef() | ast.AsyncFunctionDef():
            return _defined(node.body, role, which)
        case "parameter", ast.FunctionDef(args=arguments) | ast.AsyncFunctionDef(args=arguments):
            for argument, _, default in parameters_of(arguments):
                if argument.arg == which:
                    return _Parameter(argument, default)
            return None
        case "keyword", ast.Call(keywords=keywords) | ast.ClassDef(keywords=keywords):
            return next((each for each in keywords if (each.arg or "**") == which), None)
        case _:
            return None


def _defined(body: Sequence[ast.stmt], role: str, which: str) -> _Node | None:
    """What a scope defines under that name, in the way the facts number it."""
    name, _, count = which.partition("#")
    missing = int(count) if count.isdecimal() else 1
    for statement in scope_statements(body):
        for found_name, found in _definitions(statement.node, role):
            if found_name == name:
                missing -= 1
                if missing == 0:
                    return found
    return None


def _definitions(node: ast.stmt, role: str) -> Iterator[tuple[str, _Node]]:
    match role, node:
        case "class", ast.ClassDef(name=name):
            yield name, node
        case "def", ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            yield name, node
        case "import", ast.Import(names=aliases):
            for alias in aliases:
                yield alias.asname or alias.name.partition(".")[0], alias
        case "import", ast.ImportFrom(names=aliases):
            for alias in aliases:
                yield alias.asname or alias.name, alias
        case "assign", _:
            for target, _ in assigned_names(node):
                yield target.id, _Assigned(target, node)
        case _:
            return


def _indexed(node: _Node, role: str, which: int) -> _Node | None:
    children = _children(node, role)
    return children[which] if 0 <= which < len(children) else None


def _children(node: _Node, role: str) -> Sequence[ast.expr]:
    match role, node:
        case "annotation", _Parameter(node=ast.arg(annotation=ast.expr() as annotation)):
            return [annotation]
        case "default", _Parameter(default=ast.expr() as default):
            return [default]
        case "annotation", _Assigned(statement=ast.AnnAssign(annotation=annotation)):
            return [annotation]
        case "value", _Assigned(statement=statement):
            value = getattr(statement, "value", None)
            return [value] if isinstance(value, ast.expr) else []
        case "returns", ast.FunctionDef() | ast.AsyncFunctionDef():
            return [] if node.returns is None else [node.returns]
        case "decorator", ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
            return node.decorator_list
        case "base", ast.ClassDef(bases=bases):
            return bases
        case _, ast.keyword(value=value):
            return _parts(value, role)
        case _, ast.expr():
            return _parts(node, role)
        case _:
            return []


def _parts(node: ast.expr, role: str) -> Sequence[ast.expr]:
    """The parts of an expression, by the names that its fact gives them."""
    match role, node:
        case "function", ast.Call(func=function):
            return [function]
        case "argument", ast.Call(args=arguments):
            return arguments
        case "value", ast.Subscript(value=value):
            return [value]
        case "item", ast.Subscript(slice=index):
            return index.elts if isinstance(index, ast.Tuple) else [index]
        case "item", ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
            return items
        case "item", ast.Dict(values=values):
            return values
        case "key", ast.Dict(keys=keys, values=values):
            return [value if key is None else key for key, value in zip(keys, values, strict=True)]
        case "left", ast.BinOp(left=left):
            return [left]
        case "right", ast.BinOp(right=right):
            return [right]
        case "operand", ast.UnaryOp(operand=operand):
            return [operand]
        case _:
            return []

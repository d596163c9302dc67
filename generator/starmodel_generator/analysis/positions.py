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
- of a function: `node` with the number of a node of its body in the order of the text; of a
  module: `node` with the number that the scan of its names gave it.

A step that leads nowhere ends the walk: the span is then of the nearest thing
around it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice, pairwise
from typing import NamedTuple, TypeAlias

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

from starmodel_generator.analysis.assignments import assigned_names
from starmodel_generator.analysis.blocks import scope_statements
from starmodel_generator.analysis.effects.function_body import walk_body
from starmodel_generator.analysis.expressions import positional_arguments
from starmodel_generator.analysis.functions import Parameter, parameters_of
from starmodel_generator.analysis.imports import imported_names
from starmodel_generator.analysis.scopes.name_scan import scanned_node
from starmodel_generator.analysis.syntax import parse_module, parser_warnings_silenced
from starmodel_generator.analysis.tree import SmallOrCompound, index_items, starred_or_value
from starmodel_generator.diagnostics.diagnostic import Diagnostic, Place, Related, SourceSpan, Step


class _Assigned(NamedTuple):
    name: cst.Name
    statement: cst.CSTNode


_Node: TypeAlias = cst.CSTNode | Parameter | _Assigned


def locate(text: str, place: Place) -> SourceSpan:
    """Return the span of a place in its module's text; the nearest one around it if it is not there."""
    return _Locator(text, place.path).span(place)


def with_spans(
    diagnostics: Iterable[Diagnostic], texts: Mapping[str, str]
) -> tuple[Diagnostic, ...]:
    """Return the diagnostics with their spans filled in, `texts` being the sources by path.

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
        self._first_line = text.partition("\n")[0]
        self._tree: cst.Module | None = None
        self._ranges: Mapping[cst.CSTNode, CodeRange] = {}
        with parser_warnings_silenced():
            tree = parse_module(text, path)
        if isinstance(tree, cst.Module):
            wrapper = MetadataWrapper(tree, unsafe_skip_copy=True)
            self._ranges = wrapper.resolve(PositionProvider)
            self._tree = tree

    def span(self, place: Place) -> SourceSpan:
        """Return the span of a place of this module."""
        node: _Node | None = self._tree
        if node is None:
            return SourceSpan(self._path, 1, 1, 1, 1)
        for role, which in _pairs(place.steps):
            following = _step(node, role, which)
            if following is None:
                break
            node = following
        return self._span(node)

    def _span(self, node: _Node) -> SourceSpan:
        match node:
            case cst.ClassDef(name=name) | cst.FunctionDef(name=name) | _Assigned(name=name):
                return self._range(name, name)
            case Parameter():
                return self._range(node.node.name, node.node.name)
            case cst.Arg(keyword=cst.Name() as keyword):
                return self._range(keyword, keyword)
            case cst.Arg(value=value) | cst.StarredDictElement(value=value):
                return self._span(value)
            case cst.Tuple(lpar=[first, *_], rpar=[*_, last]):
                return self._range(first, last)
            case cst.GeneratorExp(lpar=[first, *_], rpar=[*_, last]):
                return self._range(first, last)
            case cst.BaseExpression() | cst.ImportAlias() | cst.ImportStar():
                return self._range(node, node)
            case cst.StarredElement() | cst.BaseSlice():
                return self._range(node, node)
            case _:
                return SourceSpan(self._path, 1, 1, 1, len(self._first_line) + 1)

    def _range(self, first: cst.CSTNode, last: cst.CSTNode) -> SourceSpan:
        start, end = self._ranges[first].start, self._ranges[last].end
        return SourceSpan(self._path, start.line, start.column + 1, end.line, end.column + 1)


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
        case "class" | "def" | "assign" | "import", cst.Module():
            return _defined(node, role, which)
        case "class" | "def" | "assign" | "import", cst.ClassDef(body=body) | cst.FunctionDef(
            body=body
        ):
            return _defined(body, role, which)
        case "parameter", cst.FunctionDef(params=parameters):
            return next((each for each in parameters_of(parameters) if each.name == which), None)
        case "keyword", cst.Call(args=arguments) | cst.ClassDef(keywords=arguments):
            return next((each for each in arguments if _keyword_name(each) == which), None)
        case _:
            return None


def _keyword_name(argument: cst.Arg) -> str | None:
    if argument.star == "**":
        return "**"
    return None if argument.keyword is None else argument.keyword.value


def _defined(body: cst.BaseSuite | cst.Module, role: str, which: str) -> _Node | None:
    """Return what a scope defines under that name, in the way the facts number it."""
    name, _, count = which.partition("#")
    missing = int(count) if count.isdecimal() else 1
    for statement in scope_statements(body):
        for found_name, found in _definitions(statement.node, role):
            if found_name == name:
                missing -= 1
                if missing == 0:
                    return found
    return None


def _definitions(node: SmallOrCompound, role: str) -> Iterator[tuple[str, _Node]]:
    match role, node:
        case "class", cst.ClassDef(name=name):
            yield name.value, node
        case "def", cst.FunctionDef(name=name):
            yield name.value, node
        case "import", cst.Import() | cst.ImportFrom():
            for imported in imported_names(node):
                yield imported.bound, imported.node
        case "assign", _:
            for target, _ in assigned_names(node):
                yield target.value, _Assigned(target, node)
        case _:
            return


def _indexed(node: _Node, role: str, which: int) -> _Node | None:
    if role == "node" and isinstance(node, cst.Module):
        return scanned_node(node, which)
    if role == "node" and isinstance(node, cst.FunctionDef):
        return next((found.node for found in islice(walk_body(node), which, None)), None)
    children = _children(node, role)
    return children[which] if 0 <= which < len(children) else None


def _children(node: _Node, role: str) -> Sequence[cst.CSTNode]:
    match role, node:
        case "annotation", Parameter(annotation=cst.BaseExpression() as annotation):
            return [annotation]
        case "default", Parameter(default=cst.BaseExpression() as default):
            return [default]
        case "annotation", _Assigned(statement=cst.AnnAssign(annotation=annotation)):
            return [annotation.annotation]
        case "value", _Assigned(
            statement=cst.AnnAssign(value=cst.BaseExpression() as value)
            | cst.Assign(value=value)
            | cst.TypeAlias(value=value)
        ):
            return [value]
        case "returns", cst.FunctionDef(returns=cst.Annotation(annotation=annotation)):
            return [annotation]
        case "decorator", cst.ClassDef(decorators=found) | cst.FunctionDef(decorators=found):
            return [each.decorator for each in found]
        case "base", cst.ClassDef(bases=bases):
            return [each.value for each in bases]
        case _, cst.Arg(value=value):
            return _parts(value, role)
        case _, cst.BaseExpression():
            return _parts(node, role)
        case _:
            return []


def _parts(node: cst.BaseExpression, role: str) -> Sequence[cst.CSTNode]:
    """Return the parts of an expression, by the names that its fact gives them."""
    match role, node:
        case "function", cst.Call(func=function):
            return [function]
        case "argument", cst.Call(args=arguments):
            return [each.value for each in positional_arguments(arguments)]
        case "value", cst.Subscript(value=value):
            return [value]
        case "item", cst.Subscript():
            return index_items(node)
        case "item", cst.List(elements=items) | cst.Tuple(elements=items) | cst.Set(elements=items):
            return [starred_or_value(each) for each in items]
        case "item", cst.Dict(elements=items):
            return [each.value for each in items]
        case "key", cst.Dict(elements=items):
            return [each.key if isinstance(each, cst.DictElement) else each.value for each in items]
        case "left", cst.BinaryOperation(left=left):
            return [left]
        case "right", cst.BinaryOperation(right=right):
            return [right]
        case "operand", cst.UnaryOperation(expression=operand):
            return [operand]
        case _:
            return []

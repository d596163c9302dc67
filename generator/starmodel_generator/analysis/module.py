"""From a source file to its facts.

Nothing of the file is imported or run. A file that is no Python gives a
diagnostic and no facts, and never hides another file's.
"""

import gc
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import libcst as cst

from starmodel_generator.analysis.assignments import read_assignment
from starmodel_generator.analysis.blocks import Numbering, scope_statements
from starmodel_generator.analysis.classes import read_class
from starmodel_generator.analysis.docstrings import read_docstring
from starmodel_generator.analysis.effects.call_graph import ModuleBodies
from starmodel_generator.analysis.effects.module_scope import module_scope
from starmodel_generator.analysis.facts import (
    AssignmentFact,
    FunctionFacts,
    ImportFact,
    ModuleFacts,
)
from starmodel_generator.analysis.functions import read_function
from starmodel_generator.analysis.imports import package_of, read_import
from starmodel_generator.analysis.scopes.exports import read_exports
from starmodel_generator.analysis.scopes.name_scan import scan_names
from starmodel_generator.analysis.scopes.scope_bindings import names_bound_by
from starmodel_generator.analysis.suppressions import find_suppressions
from starmodel_generator.analysis.syntax import parse_module, parser_warnings_silenced
from starmodel_generator.analysis.tree import FunctionNode
from starmodel_generator.diagnostics.diagnostic import Diagnostic, Place
from starmodel_generator.project.sources import SourceFile


@dataclass(frozen=True, slots=True)
class AnalysisResult:
    """What a file says, or why it cannot be read (`facts` is then `None`)."""

    facts: ModuleFacts | None
    diagnostics: tuple[Diagnostic, ...] = ()


def analyse(source: SourceFile) -> AnalysisResult:
    """Return the facts of one file; a file that is no Python gives diagnostics instead."""
    with parser_warnings_silenced():
        return _analyse(source)


def analyse_all(sources: Iterable[SourceFile]) -> list[AnalysisResult]:
    """Return the results of many files, in the order they were given.

    The collector is kept from looking for cycles among the syntax trees of a
    thousand files, which have none that matter before the run ends.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        with parser_warnings_silenced():
            return [_analyse(source) for source in sources]
    finally:
        if was_enabled:
            gc.enable()


def _analyse(source: SourceFile) -> AnalysisResult:
    if source.problem is not None:
        return AnalysisResult(None, (source.problem,))
    tree = parse_module(source.text, source.path)
    if isinstance(tree, Diagnostic):
        return AnalysisResult(None, (tree,))
    return AnalysisResult(_read_module(tree, source))


class _ClassNode(NamedTuple):
    node: cst.ClassDef
    place: Place
    container: str | None
    type_checking: bool


class _FunctionDefinition(NamedTuple):
    node: FunctionNode
    place: Place
    container: str | None


def _read_module(tree: cst.Module, source: SourceFile) -> ModuleFacts:
    top = Place(source.path)
    numbering = Numbering()
    imports: list[ImportFact] = []
    assignments: list[AssignmentFact] = []
    functions: list[_FunctionDefinition] = []
    steps: list[ImportFact | str] = []
    package = package_of(source.module, is_package=source.is_package)
    for statement in scope_statements(tree):
        node = statement.node
        if isinstance(node, cst.Import | cst.ImportFrom):
            found = read_import(
                node,
                package=package,
                type_checking=statement.type_checking,
                place=top,
                numbering=numbering,
                container=statement.container,
            )
            imports += found
            steps += found
            continue
        steps += names_bound_by(node)
        if isinstance(node, cst.FunctionDef):
            place = top.at("def", numbering.which("def", node.name.value))
            functions.append(_FunctionDefinition(node, place, statement.container))
        else:
            added = read_assignment(statement, place=top, numbering=numbering)
            assignments += added
            steps += [fact.name for fact in added if fact.value is not None]
    classes = list(_classes(tree, top, None))
    # Of a class below `if TYPE_CHECKING:` and another of its name the other is there at run time.
    there = {each.node.name.value for each in classes if not each.type_checking}
    classes = [
        each for each in classes if not each.type_checking or each.node.name.value not in there
    ]
    scanned = scan_names(tree, source.path)
    is_lazy = sys.version_info >= (3, 14) or any(
        fact.module == "__future__" and fact.name == "annotations" for fact in imports
    )
    scope = module_scope(tree, (each.node for each in classes), imports)
    bodies = ModuleBodies(scope, scanned.members)
    return ModuleFacts(
        name=source.module,
        path=source.path,
        is_package=source.is_package,
        docstring=read_docstring(tree),
        imports=tuple(imports),
        assignments=tuple(assignments),
        classes=tuple(
            [
                read_class(
                    node,
                    place=place,
                    container=container,
                    outcome_of=bodies.outcome_of,
                    is_lazy=is_lazy,
                )
                for node, place, container, _ in classes
            ]
        ),
        functions=tuple(_read_functions(functions, bodies)),
        exports=read_exports(tree),
        suppressions=find_suppressions(source.text),
        missing=scanned.missing,
        uses=scanned.uses,
        changes=scanned.changes,
        names=scanned.names,
        steps=tuple(steps),
    )


def _read_functions(
    functions: Sequence[_FunctionDefinition], bodies: ModuleBodies
) -> Iterator[FunctionFacts]:
    for node, place, container in functions:
        yield read_function(
            node,
            place=place,
            container=container,
            outcome=bodies.outcome_of(node, place),
            is_method=False,
        )


def _classes(
    body: cst.BaseSuite | cst.Module, place: Place, scope: str | None
) -> Iterator[_ClassNode]:
    """Every class of a scope and of the scopes inside it, in source order."""
    numbering = Numbering()
    for statement in scope_statements(body):
        node = statement.node
        if isinstance(node, cst.ClassDef):
            its_place = place.at("class", numbering.which("class", node.name.value))
            container = scope or statement.container
            yield _ClassNode(node, its_place, container, statement.type_checking)
            yield from _classes(node.body, its_place, f"class {node.name.value}")
        elif isinstance(node, cst.FunctionDef):
            its_place = place.at("def", numbering.which("def", node.name.value))
            yield from _classes(node.body, its_place, f"function {node.name.value}")

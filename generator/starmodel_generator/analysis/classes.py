"""Classes with their bodies, in source order."""

import ast
from collections.abc import Callable
from dataclasses import replace

from starmodel_generator.analysis.assignments import read_assignment
from starmodel_generator.analysis.blocks import Numbering, scope_statements
from starmodel_generator.analysis.docstrings import read_docstring, read_text_statement
from starmodel_generator.analysis.expressions import read_expression
from starmodel_generator.analysis.facts import AssignmentFact, ClassFacts, FunctionFacts
from starmodel_generator.analysis.functions import FunctionNode, Outcome, read_function
from starmodel_generator.analysis.hidden import BodyNames
from starmodel_generator.analysis.text import SourceText
from starmodel_generator.diagnostics import Place


def read_class(
    node: ast.ClassDef,
    *,
    text: SourceText,
    place: Place,
    container: str | None,
    outcome_of: Callable[[FunctionNode], Outcome],
    is_lazy: bool,
) -> ClassFacts:
    """The facts of a class; classes inside it are facts of their own.

    `is_lazy` says whether annotations of the module are evaluated when they are asked for.
    """
    attributes: list[AssignmentFact] = []
    methods: list[FunctionFacts] = []
    names = BodyNames(is_lazy=is_lazy)
    numbering = Numbering()
    last: list[AssignmentFact] = []
    for statement in scope_statements(node.body):
        current = statement.node
        if isinstance(current, ast.FunctionDef | ast.AsyncFunctionDef):
            methods.append(
                read_function(
                    current,
                    text=text,
                    place=place.at("def", numbering.which("def", current.name)),
                    container=statement.container,
                    outcome=outcome_of(current),
                    is_method=True,
                )
            )
            names.define(methods[-1])
            last = []
            continue
        docstring = read_text_statement(current)
        if docstring is not None and last and last[0].container == statement.container:
            documented = [replace(fact, docstring=docstring) for fact in last]
            attributes[-len(last) :] = documented
            last = []
            continue
        last = read_assignment(statement, text=text, place=place, numbering=numbering)
        attributes += last
        if not statement.type_checking:
            for fact in last:
                names.assign(fact)
    return ClassFacts(
        name=node.name,
        bases=tuple([read_expression(base, text) for base in node.bases]),
        keywords=tuple(
            [(each.arg or "**", read_expression(each.value, text)) for each in node.keywords]
        ),
        decorators=tuple([read_expression(each, text) for each in node.decorator_list]),
        docstring=read_docstring(node.body),
        attributes=tuple(attributes),
        methods=tuple(methods),
        place=place,
        container=container,
        type_parameters=tuple([each.name for each in getattr(node, "type_params", ())]),
        hidden=names.found(),
    )

"""Classes with their bodies, in source order."""

from collections.abc import Callable
from dataclasses import replace

import libcst as cst

from starmodel_generator.analysis.assignments import read_assignment
from starmodel_generator.analysis.blocks import Numbering, scope_statements
from starmodel_generator.analysis.docstrings import read_docstring, read_text_statement
from starmodel_generator.analysis.expressions import (
    read_expression,
    read_keywords,
    read_positional,
)
from starmodel_generator.analysis.facts import AssignmentFact, ClassFacts, FunctionFacts
from starmodel_generator.analysis.functions import Outcome, read_function
from starmodel_generator.analysis.scopes.shadowed_names import BodyNames
from starmodel_generator.analysis.tree import FunctionNode
from starmodel_generator.diagnostics.diagnostic import Place


def read_class(
    node: cst.ClassDef,
    *,
    place: Place,
    container: str | None,
    outcome_of: Callable[[FunctionNode, Place], Outcome],
    is_lazy: bool,
) -> ClassFacts:
    """Return the facts of a class; classes inside it are facts of their own.

    `is_lazy` says whether annotations of the module are evaluated when they are asked for.
    """
    attributes: list[AssignmentFact] = []
    methods: list[FunctionFacts] = []
    names = BodyNames(is_lazy=is_lazy)
    numbering = Numbering()
    last: list[AssignmentFact] = []
    for statement in scope_statements(node.body):
        current = statement.node
        if isinstance(current, cst.FunctionDef):
            its_place = place.at("def", numbering.which("def", current.name.value))
            methods.append(
                read_function(
                    current,
                    place=its_place,
                    container=statement.container,
                    outcome=outcome_of(current, its_place),
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
        last = read_assignment(statement, place=place, numbering=numbering)
        attributes += last
        if not statement.type_checking:
            for fact in last:
                names.assign(fact)
    parameters = node.type_parameters.params if node.type_parameters is not None else ()
    arguments = [*node.bases, *node.keywords]
    return ClassFacts(
        name=node.name.value,
        bases=read_positional(arguments),
        keywords=read_keywords(arguments),
        decorators=tuple([read_expression(each.decorator) for each in node.decorators]),
        docstring=read_docstring(node.body),
        attributes=tuple(attributes),
        methods=tuple(methods),
        place=place,
        container=container,
        type_parameters=tuple([each.param.name.value for each in parameters]),
        hidden=names.found(),
    )

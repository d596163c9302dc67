"""Names given an annotation or a value at module or class level."""

from collections.abc import Iterator

import libcst as cst

from starmodel_generator.analysis.blocks import Numbering, Statement
from starmodel_generator.analysis.expressions import read_expression
from starmodel_generator.analysis.facts import (
    AssignmentFact,
    Expression,
    NameExpression,
    OpaqueExpression,
)
from starmodel_generator.analysis.tree import SmallOrCompound
from starmodel_generator.diagnostics.diagnostic import Place


def read_assignment(
    statement: Statement, *, place: Place, numbering: Numbering
) -> list[AssignmentFact]:
    """Return the facts of a statement, one for each name; none if it assigns to no name.

    A name that is unpacked (`a, b = pair`) has an Opaque value, and so has
    `type X[T] = ...`. `x += 1` gives no fact: it binds no name that was not
    there.
    """
    node = statement.node
    names = list(assigned_names(node))
    if not names:
        return []
    annotation: Expression | None = None
    value: Expression | None = None
    is_alias = False
    if isinstance(node, cst.AnnAssign):
        annotation = read_expression(node.annotation.annotation)
        is_alias = _is_type_alias(annotation)
        value = None if node.value is None else read_expression(node.value)
    elif isinstance(node, cst.Assign):
        value = read_expression(node.value)
    elif isinstance(node, cst.TypeAlias):
        is_generic = node.type_parameters is not None
        value = OpaqueExpression("...") if is_generic else read_expression(node.value)
        is_alias = True
    return [
        AssignmentFact(
            name=name.value,
            annotation=annotation,
            value=value if whole else OpaqueExpression("..."),
            place=place.at("assign", numbering.which("assign", name.value)),
            is_alias=is_alias,
            container=statement.container,
        )
        for name, whole in names
    ]


def assigned_names(node: SmallOrCompound) -> Iterator[tuple[cst.Name, bool]]:
    """Yield the names a statement binds, and whether each gets the whole value."""
    if isinstance(node, cst.AnnAssign):
        if isinstance(node.target, cst.Name):
            yield node.target, True
    elif isinstance(node, cst.Assign):
        for target in node.targets:
            yield from _target_names(target.target, whole=True)
    elif isinstance(node, cst.TypeAlias):
        yield node.name, True


def _target_names(target: cst.CSTNode, *, whole: bool) -> Iterator[tuple[cst.Name, bool]]:
    if isinstance(target, cst.Name):
        yield target, whole
    elif isinstance(target, cst.Tuple | cst.List):
        for item in target.elements:
            yield from _target_names(item.value, whole=False)


def _is_type_alias(annotation: Expression) -> bool:
    if not isinstance(annotation, NameExpression):
        return False
    return annotation.name.rpartition(".")[2] == "TypeAlias"

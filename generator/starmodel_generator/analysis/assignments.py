"""Names given an annotation or a value at module or class level."""

import ast
import sys
from collections.abc import Iterator

from starmodel_generator.analysis.blocks import Numbering, Statement
from starmodel_generator.analysis.expressions import read_expression
from starmodel_generator.analysis.facts import (
    AssignmentFact,
    Expression,
    NameExpression,
    OpaqueExpression,
)
from starmodel_generator.analysis.text import SourceText
from starmodel_generator.diagnostics import Place


def read_assignment(
    statement: Statement, *, text: SourceText, place: Place, numbering: Numbering
) -> list[AssignmentFact]:
    """The facts of a statement, one for each name; none if it assigns to no name.

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
    if isinstance(node, ast.AnnAssign):
        annotation = read_expression(node.annotation, text)
        is_alias = _is_type_alias(annotation)
        value = None if node.value is None else read_expression(node.value, text)
    elif isinstance(node, ast.Assign):
        value = read_expression(node.value, text)
    else:
        aliased = aliased_type(node)
        value = OpaqueExpression("...") if aliased is None else read_expression(aliased, text)
        is_alias = True
    return [
        AssignmentFact(
            name=name.id,
            annotation=annotation,
            value=value if whole else OpaqueExpression("..."),
            place=place.at("assign", numbering.which("assign", name.id)),
            is_alias=is_alias,
            container=statement.container,
        )
        for name, whole in names
    ]


def assigned_names(node: ast.stmt) -> Iterator[tuple[ast.Name, bool]]:
    """The names a statement binds, and whether each gets the whole value."""
    if isinstance(node, ast.AnnAssign):
        if isinstance(node.target, ast.Name):
            yield node.target, True
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            yield from _target_names(target, whole=True)
    else:
        alias = alias_name(node)
        if alias is not None:
            yield alias, True


def _target_names(target: ast.expr, *, whole: bool) -> Iterator[tuple[ast.Name, bool]]:
    if isinstance(target, ast.Name):
        yield target, whole
    elif isinstance(target, ast.Tuple | ast.List):
        for item in target.elts:
            yield from _target_names(item, whole=False)
    elif isinstance(target, ast.Starred):
        yield from _target_names(target.value, whole=False)


def _is_type_alias(annotation: Expression) -> bool:
    if not isinstance(annotation, NameExpression):
        return False
    return annotation.name.rpartition(".")[2] == "TypeAlias"


if sys.version_info >= (3, 12):

    def alias_name(node: ast.stmt) -> ast.Name | None:
        """`X` of `type X = ...`."""
        return node.name if isinstance(node, ast.TypeAlias) else None

    def aliased_type(node: ast.stmt) -> ast.expr | None:
        """What `type X = ...` stands for, where it has no parameters of its own."""
        if not isinstance(node, ast.TypeAlias) or node.type_params:
            return None
        return node.value

else:

    def alias_name(node: ast.stmt) -> ast.Name | None:
        """`X` of `type X = ...`, which this Python does not parse."""
        return None

    def aliased_type(node: ast.stmt) -> ast.expr | None:
        """What `type X = ...` stands for; this Python does not parse it."""
        return None

"""The view of `operations.py`: the table of operations for transports other than HTTP."""

from typing import NamedTuple

from starmodel_generator.emission.context import Context
from starmodel_generator.emission.entity.operation_rows import OperationRow, exposed_rows
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import Group, Layout, named
from starmodel_generator.emission.python.literals import python_string


class OperationsView(NamedTuple):
    """Everything that `operations.py.j2` lays out."""

    imports: str
    operations: tuple[Layout, ...]


def operations_view(context: Context) -> OperationsView:
    """Decide which operations are in the table."""
    names = ModuleNames(context.first_party)
    names.define("OPERATIONS")
    function = names.use("starmodel.web.operations.operation", "Operation")
    return OperationsView(
        operations=tuple(_operation(row, function) for row in exposed_rows(context)),
        imports=names.import_block(),
    )


def _operation(row: OperationRow, function: str) -> Layout:
    items: list[Layout] = [
        python_string(row.name),
        python_string(row.route),
        python_string(row.about),
        named("access", python_string(row.access)),
    ]
    if row.effect != "any":
        items.append(named("effect", python_string(row.effect)))
    return Group(f"{function}(", tuple(items), ")")

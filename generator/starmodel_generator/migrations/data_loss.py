"""What is gone once migrations are taken back, whatever is applied afterwards."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from starmodel_generator.migrations.autodetector import diff_schemas
from starmodel_schemas import DatabaseSchema


class DataLoss(NamedTuple):
    """A table that goes, or a column of one; `table` is its name while it is still there."""

    table: str
    column: str | None = None

    def __str__(self) -> str:
        return f"column {self.table}.{self.column}" if self.column else f"table {self.table}"


def data_losses(schemas: Sequence[DatabaseSchema]) -> tuple[DataLoss, ...]:
    """Return what goes on the way from the last of these schemas back to the first, step by step."""
    found: list[DataLoss] = []
    for before, after in reversed([*pairwise(schemas)]):
        steps = diff_schemas(before, after).down
        found += [
            DataLoss(change.old.name, column.name)
            for change in steps.changed
            for column in change.dropped
        ]
        found += [DataLoss(table.name) for table in steps.dropped]
    tables = {loss.table for loss in found if loss.column is None}
    return tuple(loss for loss in found if loss.column is None or loss.table not in tables)

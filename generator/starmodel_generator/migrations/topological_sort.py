"""Tables in an order in which each comes after those that it refers to."""

from collections.abc import Sequence

from starmodel_schemas import ForeignKeySchema, TableSchema


def in_order(
    tables: Sequence[TableSchema],
) -> tuple[tuple[TableSchema, ...], tuple[tuple[TableSchema, ForeignKeySchema], ...]]:
    """Return the tables so that references lead back, and the references for which that cannot be.

    Where references go in a circle, one of them leads to a later table; it has to be added, or
    dropped, by itself. References to a table itself, or to one not among `tables`, do not count.
    """
    names = {table.name for table in tables}
    pending = list(tables)
    placed: set[str] = set()
    ordered: list[TableSchema] = []
    late: list[tuple[TableSchema, ForeignKeySchema]] = []
    while pending:
        ready = next((table for table in pending if not _open(table, names, placed)), None)
        table = ready or pending[0]
        late += [(table, key) for key in _open(table, names, placed)]
        pending.remove(table)
        placed.add(table.name)
        ordered.append(table)
    return tuple(ordered), tuple(late)


def _open(table: TableSchema, names: set[str], placed: set[str]) -> list[ForeignKeySchema]:
    return [
        key
        for key in table.foreign_keys
        if key.table in names and key.table != table.name and key.table not in placed
    ]

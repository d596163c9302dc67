"""Unique values that pass from row to row in one commit: a new order, two that swap.

A database compares unique values with each statement, and SQLite knows no constraint that waits for
the commit. So before anything else a row whose value another one takes steps aside: a column that may
be empty is emptied, a number becomes one behind all others. Then it gets its own value, new or not, or goes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from starmodel.application.store import Write
from starmodel.stores.sql.builders import update
from starmodel.stores.sql.drivers.driver import Statement
from starmodel.stores.sql.tables.codec import LARGEST_INTEGER
from starmodel.stores.sql.tables.column import Column, quote
from starmodel.stores.sql.tables.table import VERSION, EntityTable, Index

_GAP = 1_000_000
"""How far behind the others: right behind them is where somebody else adds a row meanwhile."""

_LAST = LARGEST_INTEGER - _GAP


class Aside(NamedTuple):
    """How a row steps aside.

    Attributes:
        places: Those of the columns of a unique index, in the table.
        place: That of the one among them that the row gives up, to get its own value afterwards.
        is_number: Whether it becomes a number behind all others; else it is emptied.
        statement: What does it. It takes the greatest number that others get, twice, if it is a
            number, then the key of the row and its version.
    """

    places: tuple[int, ...]
    place: int
    is_number: bool
    statement: Statement


class Stepping(Protocol):
    """What is needed of the statements of a table."""

    @property
    def asides(self) -> Sequence[Aside]:
        """How its rows step aside."""
        ...

    def find_key(self, text: str) -> object | None:
        """Return the value of the key column for an id."""
        ...

    def values_at(self, values: Mapping[str, Any], places: Iterable[int]) -> tuple[object, ...]:
        """Return what the columns at some places have of the values of fields."""
        ...


def asides_of(table: EntityTable[Any]) -> tuple[Aside, ...]:
    """Return how the rows of a table step aside, for each unique index of which one can."""
    if not table.is_record:
        return ()
    places = {column.name: place for place, column in enumerate(table.columns)}
    found: list[Aside] = []
    for index in table.indexes:
        column = _spare_column(table, index) if index.unique else None
        if column is not None:
            value = "NULL" if column.nullable else _behind_all(table, column, index)
            condition = f"{table.key.quoted} = ? AND {VERSION.quoted} = ?"
            statement = update(
                table.name, {column.name: value}, condition, reads=[table.name], is_single=True
            )
            listed = tuple([places[name] for name in index.columns])
            found.append(Aside(listed, places[column.name], not column.nullable, statement))
    return tuple(found)


def step_aside(
    tables: Mapping[str, Stepping], writes: Sequence[Write]
) -> Iterator[tuple[int, int, Statement]]:
    """Return what has to be done before all writes.

    Each comes with the index of the write it is for, and the place of the column it changes.
    """
    by_entity: dict[str, list[int]] = {}
    for index, write in enumerate(writes):
        by_entity.setdefault(write.key.entity, []).append(index)
    for entity, indexes in by_entity.items():
        table = tables.get(entity)
        if table is None or len(indexes) < 2:
            continue
        # Of two who change the same rows neither waits for the other in the middle.
        ordered = sorted(indexes, key=lambda index: writes[index].key.id)
        for aside in table.asides:
            contended = _contended(table, aside, writes, ordered)
            greatest: tuple[int, ...] = ()
            if aside.is_number and contended:
                given = [
                    values for index in ordered if (values := writes[index].values) is not None
                ]
                numbers: list[Any] = [table.values_at(values, [aside.place])[0] for values in given]
                greatest = (min(max(numbers), _LAST),) * 2
            for index in contended:
                write = writes[index]
                key = table.find_key(write.key.id)
                yield index, aside.place, aside.statement.bind(*greatest, key, write.expected)


def _contended(
    table: Stepping, aside: Aside, writes: Sequence[Write], indexes: Iterable[int]
) -> list[int]:
    """Return the writes of rows whose value in an index another write takes."""
    left: dict[int, tuple[object, ...]] = {}
    taken: set[tuple[object, ...]] = set()
    for index in indexes:
        write = writes[index]
        is_there = write.expected and write.base
        before = table.values_at(write.base, aside.places) if is_there else None
        after = None if write.values is None else table.values_at(write.values, aside.places)
        if before == after:
            continue
        # What is empty is equal to nothing.
        if after is not None and None not in after:
            taken.add(after)
        if before is not None and None not in before:
            left[index] = before
    return [index for index, before in left.items() if before in taken]


def _spare_column(table: EntityTable[Any], index: Index) -> Column | None:
    """Return the column of an index that a row can give up for a moment."""
    named = {column.name: column for column in table.columns}
    columns = [named[name] for name in index.columns if named[name] is not table.key]
    empty = [column for column in columns if column.nullable and column.part is None]
    compared = [column for check in table.checks for column in (check.column, check.other)]
    numbers = [column for column in columns if _is_free_number(column) and column not in compared]
    return next(iter([*empty, *numbers]), None)


def _is_free_number(column: Column) -> bool:
    """Return whether a column can hold any number behind those that are there."""
    is_plain = column.kind == "integer" and column.write is None and column.foreign_key is None
    is_required = is_plain and not column.nullable
    return is_required and all(check.kind in ("gt", "ge") for check in column.checks)


def _behind_all(table: EntityTable[Any], column: Column, index: Index) -> str:
    """Write a number behind all others, among the rows that are alike in the other columns.

    Where another index has the column as well, it is behind those of the whole table.
    """
    rows, own = quote(f"all_{table.name}"), f"{table.quoted}.{column.quoted}"
    last = f"max({rows}.{column.quoted})"
    is_shared = sum(each.unique and column.name in each.columns for each in table.indexes) > 1
    others = [] if is_shared else [name for name in index.columns if name != column.name]
    alike = " AND ".join(
        [f"{rows}.{quote(name)} = {table.quoted}.{quote(name)}" for name in others]
    )
    where = f" WHERE {alike}" if alike else ""
    number = (
        f"CASE WHEN {last} > {_LAST} THEN {own}"
        f" WHEN {last} < CAST(? AS BIGINT) THEN CAST(? AS BIGINT) + {_GAP} ELSE {last} + {_GAP} END"
    )
    return f"(SELECT {number} FROM {table.quoted} AS {rows}{where})"

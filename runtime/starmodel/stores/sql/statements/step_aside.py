"""Unique values that pass from row to row in one commit: a new order, two that swap.

A database compares unique values with each statement, and SQLite knows no constraint that waits for
the commit. So before anything else a row whose value another one takes steps aside: a column that may
be empty is emptied, a number becomes one behind all others, a text one that nobody has. Then it gets its
own value, new or not, or goes.
"""

import secrets
import string
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, Protocol

from starmodel.application.store import Write
from starmodel.stores.sql.builders import update
from starmodel.stores.sql.drivers.driver import Statement
from starmodel.stores.sql.tables.codec import LARGEST_INTEGER
from starmodel.stores.sql.tables.column import Column, quote
from starmodel.stores.sql.tables.table import VERSION, EntityTable, Index

_GAP = 1_000_000
"""How far behind the others: right behind them is where somebody else adds a row meanwhile."""

_LAST = LARGEST_INTEGER - _GAP

_TEXT_LENGTH = 16
_LETTERS = string.ascii_lowercase + string.digits
# Where few characters have to do: those that Unicode leaves to everybody's own use.
_PRIVATE_LETTERS = [chr(code) for code in range(0xE000, 0xF900)]


class Aside(NamedTuple):
    """How a row steps aside.

    Attributes:
        places: Those of the columns of a unique index, in the table.
        place: That of the one among them that the row gives up, to get its own value afterwards.
        becomes: What that becomes: a number behind all others, a text that nobody has.
        length: How many characters that text has.
        statement: What does it. It takes the greatest number that others get, twice, if it is a
            number, or the text; then the key of the row and its version.
    """

    places: tuple[int, ...]
    place: int
    becomes: Literal["empty", "number", "text"]
    length: int
    statement: Statement

    def text(self) -> str:
        """Return a text that nobody has, as far as chance can tell."""
        letters = _LETTERS if self.length >= _TEXT_LENGTH else _PRIVATE_LETTERS
        return "".join([secrets.choice(letters) for _ in range(self.length)])


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
            is_text = column.kind == "text"
            becomes: Literal["empty", "number", "text"] = "text" if is_text else "number"
            value = "?" if is_text else _behind_all(table, column, index)
            if column.nullable:
                becomes, value = "empty", "NULL"
            condition = f"{table.key.quoted} = ? AND {VERSION.quoted} = ?"
            statement = update(
                table.name, {column.name: value}, condition, reads=[table.name], is_single=True
            )
            listed = tuple([places[name] for name in index.columns])
            length = _text_length(column) if becomes == "text" else 0
            found.append(Aside(listed, places[column.name], becomes, length, statement))
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
            given: tuple[object, ...] = ()
            if aside.becomes == "number" and contended:
                numbers: list[Any] = [
                    table.values_at(values, [aside.place])[0]
                    for index in ordered
                    if (values := writes[index].values) is not None
                ]
                given = (min(max(numbers), _LAST),) * 2
            for index in contended:
                write = writes[index]
                key = table.find_key(write.key.id)
                if aside.becomes == "text":
                    given = (aside.text(),)
                yield index, aside.place, aside.statement.bind(*given, key, write.expected)


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
    others = [column for column in columns if column not in compared]
    numbers = [column for column in others if _is_free_number(column)]
    texts = [column for column in others if _text_length(column)]
    return next(iter([*empty, *numbers, *texts]), None)


def _is_free_number(column: Column) -> bool:
    """Return whether a column can hold any number behind those that are there."""
    is_plain = column.kind == "integer" and column.write is None and column.foreign_key is None
    is_required = is_plain and not column.nullable
    return is_required and all(check.kind in ("gt", "ge") for check in column.checks)


def _text_length(column: Column) -> int:
    """Return how many characters a text has that stands in for another; 0 where none can."""
    is_free = column.kind == "text" and column.foreign_key is None and not column.nullable
    if not is_free or any(check.kind != "length" for check in column.checks):
        return 0
    least = max([check.values[0] or 0 for check in column.checks], default=0)
    return max(least, min([_TEXT_LENGTH, *column.size]))


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

"""The texts of statements as PostgreSQL wants them.

Parameters have numbers, and statements that are carried out together become one, so that a
change and its record take one journey to the server and back instead of four.
"""

from collections.abc import Sequence
from typing import NamedTuple

from starmodel.stores.sql.drivers.driver import Statement

MISMATCH = "somebody else was faster in part"
"""What PostgreSQL complains of where a part of a combined statement did not do what it should;
the number of the part follows."""

_MAX_PARTS = 12

Shape = tuple[tuple[str, int | None], ...]
"""The texts of some statements, and how many rows each expects."""


class Single(NamedTuple):
    """One statement.

    `returns` is whether the rows it gives were asked for. `is_whole` is whether it does nothing
    where it does not do what is expected, so that it needs no transaction around it.
    """

    sql: str
    returns: bool
    is_whole: bool


class Combined(NamedTuple):
    """Several statements as one.

    It gives one row, or none where the first part did not do what it should. `places` has the
    part of each column; parts that are not among them return nothing. `targets` are the tables
    that are written to.
    """

    sql: str
    places: tuple[int, ...]
    targets: tuple[str, ...]


def number(sql: str, first: int = 1) -> str:
    """Write `$1`, `$2` and so on for each `?`, beginning with `first`."""
    head, *others = sql.split("?")
    return head + "".join([f"${place}{text}" for place, text in enumerate(others, first)])


def single(statement: Statement) -> Single:
    """Return the text of a statement by itself, which gives a row for each row that is changed."""
    expects = statement.expects
    is_whole = expects is None or (expects == 1 and statement.is_single)
    if statement.table and not statement.returns:
        sql = statement.sql if expects is None else f"{statement.sql} RETURNING 1"
        return Single(number(sql), False, is_whole)
    return Single(number(statement.sql), True, is_whole)


def combine(statements: Sequence[Statement]) -> Combined | None:
    """Make one statement of several; `None` where it might not do the same.

    All its parts see the database as it was before. So no part may read what another writes, and
    two may write to the same table only if they are the same but for the row.
    """
    if not 1 < len(statements) <= _MAX_PARTS:
        return None
    for place, statement in enumerate(statements):
        if not statement.table or (statement.expects is None and statement.returns):
            return None
        for other, another in enumerate(statements):
            if other == place or statement.table not in (another.table, *another.reads):
                continue
            if another.sql != statement.sql or not _is_of_its_own(statement):
                return None
    return _follow(statements) or _guard(statements)


def _follow(statements: Sequence[Statement]) -> Combined | None:
    """Let inserts depend on whether the first part did what it should: a mismatch is no error."""
    first, *others = statements
    if first.expects != 1 or not first.is_single:
        return None
    parts = [number(_returning(first))]
    position = 1 + len(first.parameters)
    for place, other in enumerate(others, 1):
        if other.expects is not None or other.selected is None:
            return None
        head, end = other.selected
        selected = f"{head} WHERE (SELECT count(*) FROM part0) = 1{end}"
        parts.append(f"part{place} AS ({number(selected, position)})")
        position += len(other.parameters)
    parts[0] = f"part0(v) AS ({parts[0]})"
    places = (0,) if first.returns else ()
    return Combined(f"WITH {', '.join(parts)} SELECT v FROM part0", places, _targets(statements))


def _guard(statements: Sequence[Statement]) -> Combined | None:
    """Let a part that did not do what it should undo all of them, by an error."""
    parts: list[str] = []
    columns: list[str] = []
    places: list[int] = []
    guards: list[str] = []
    position = 1
    for place, statement in enumerate(statements):
        if statement.expects is None:
            parts.append(f"part{place} AS ({number(statement.sql, position)})")
        else:
            if statement.returns:
                if statement.expects != 1:
                    return None
                columns.append(f"(SELECT v FROM part{place})")
                places.append(place)
            parts.append(f"part{place}(v) AS ({number(_returning(statement), position)})")
            # Numbers come last, where the driver finds them; the lowest is the first.
            guards.append(
                f"CASE (SELECT count(*) FROM part{place}) WHEN {statement.expects} THEN ''"
                f" ELSE '{MISMATCH} {place}; ' END"
            )
        position += len(statement.parameters)
    if guards:
        columns.append(f"nullif(concat({', '.join(guards)}), '')::integer")
    sql = f"WITH {', '.join(parts)} SELECT {', '.join(columns) or '1'}"
    return Combined(sql, tuple(places), _targets(statements))


def _returning(statement: Statement) -> str:
    """Return the text of a statement that returns something of each row."""
    return statement.sql if statement.returns else f"{statement.sql} RETURNING 1"


def _targets(statements: Sequence[Statement]) -> tuple[str, ...]:
    return tuple(statement.table for statement in statements)


def _is_of_its_own(statement: Statement) -> bool:
    """Return whether another statement with the same text concerns another row."""
    return statement.is_single and (statement.operation == "insert" or statement.expects == 1)

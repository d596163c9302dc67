"""The texts of statements as PostgreSQL wants them.

Parameters have numbers, and statements that are carried out together become one, so that a
change and its record take one journey to the server and back instead of four.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from starmodel.stores.sql.drivers.driver import Statement

MISMATCH = "somebody else was faster in part"
"""What PostgreSQL complains of where a part of a combined statement did not do what it should;
the number of the part follows."""

_MOST_PARTS = 12
_TOKEN = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\w+|\?|[()]|[^\w?()'"]""", re.DOTALL)
_TARGET = re.compile(r'\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+("(?:[^"]|"")*"|\w+)', re.I)
_RETURNS_ONE = re.compile(r'\bRETURNING\s+("(?:[^"]|"")*"|\w+)\s*$', re.I)
_RETURNS = re.compile(r"\bRETURNING\b", re.I)
_VALUES = re.compile(r"\bVALUES\s*\(", re.I)
_CONFLICT = re.compile(r"\bON\s+CONFLICT\b", re.I)
_BY_VERSION = re.compile(
    r'\bWHERE\s+("(?:[^"]|"")*"|\w+)\s*=\s*\?\s+AND\s+"?row_version"?\s*=\s*\?', re.I
)

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
    """Write `$1`, `$2` and so on for each `?` that is a parameter, beginning with `first`."""
    if "?" not in sql:
        return sql
    parts: list[str] = []
    for token in _TOKEN.findall(sql):
        if token == "?":
            token = f"${first}"
            first += 1
        parts.append(token)
    return "".join(parts)


def single(sql: str, expects: int | None) -> Single:
    """Give the text of a statement by itself, which gives a row for each row that is changed."""
    returns = _RETURNS.search(sql) is not None or _TARGET.match(sql) is None
    is_whole = expects is None or (expects == 1 and _is_of_one_row(sql))
    if expects is not None and not returns:
        return Single(f"{number(sql)} RETURNING 1", False, is_whole)
    return Single(number(sql), returns, is_whole)


def target_of(sql: str) -> str:
    """Give the name of the table that a statement writes to, an empty text if it writes to none."""
    found = _TARGET.match(sql)
    return _unquote(found[1]) if found else ""


def combine(statements: Sequence[Statement]) -> Combined | None:
    """Make one statement of several; `None` where it might not do the same.

    All its parts see the database as it was before. So no part may read what another writes, and
    two may write to the same table only if they are the same but for the row.
    """
    if not 1 < len(statements) <= _MOST_PARTS:
        return None
    targets = [target_of(statement.sql) for statement in statements]
    words = [_words(statement.sql) for statement in statements]
    for place, (target, statement) in enumerate(zip(targets, statements, strict=True)):
        if not target or (statement.expects is None and _RETURNS.search(statement.sql)):
            return None
        for other, text in enumerate(words):
            is_same = statements[other].sql == statement.sql
            if other != place and target in text and not (is_same and _is_of_its_own(statement)):
                return None
    return _follow(statements, targets) or _guard(statements, targets)


def _follow(statements: Sequence[Statement], targets: Sequence[str]) -> Combined | None:
    """Let inserts depend on whether the first part did what it should: a mismatch is no error."""
    first, *others = statements
    column = _RETURNS_ONE.search(first.sql)
    if (
        first.expects != 1
        or not _is_of_one_row(first.sql)
        or any(other.expects is not None for other in others)
    ):
        return None
    condition = " WHERE (SELECT count(*) FROM part0) = 1"
    parts = [number(first.sql if column else f"{first.sql} RETURNING 1")]
    position = 1 + len(first.parameters)
    for other in others:
        selected = _select(other.sql, condition)
        if selected is None:
            return None
        parts.append(number(selected, position))
        position += len(other.parameters)
    return Combined(f"{_with(parts)} SELECT v FROM part0", (0,) if column else (), tuple(targets))


def _guard(statements: Sequence[Statement], targets: Sequence[str]) -> Combined | None:
    """Let a part that did not do what it should undo all of them, by an error."""
    parts: list[str] = []
    columns: list[str] = []
    places: list[int] = []
    guards: list[str] = []
    position = 1
    for place, statement in enumerate(statements):
        sql = number(statement.sql, position)
        position += len(statement.parameters)
        if statement.expects is not None:
            if _RETURNS_ONE.search(sql):
                if statement.expects != 1:
                    return None
                columns.append(f"(SELECT v FROM part{place})")
                places.append(place)
            elif _RETURNS.search(sql):
                return None
            else:
                sql += " RETURNING 1"
            # Numbers come last, where the driver finds them; the lowest is the first.
            guards.append(
                f"CASE (SELECT count(*) FROM part{place}) WHEN {statement.expects} THEN ''"
                f" ELSE '{MISMATCH} {place}; ' END"
            )
        parts.append(sql)
    if guards:
        columns.append(f"nullif(concat({', '.join(guards)}), '')::integer")
    return Combined(
        f"{_with(parts)} SELECT {', '.join(columns) or '1'}", tuple(places), tuple(targets)
    )


def _with(parts: Sequence[str]) -> str:
    listed = [
        f"part{place}{'(v)' if _RETURNS.search(sql) else ''} AS ({sql})"
        for place, sql in enumerate(parts)
    ]
    return f"WITH {', '.join(listed)}"


def _select(sql: str, condition: str) -> str | None:
    """Write an `INSERT ... VALUES (...)` so that it depends on a condition."""
    found = _values_of(sql)
    if found is None:
        return None
    start, end = found
    values = _VALUES.sub("SELECT ", sql[start : end - 1], count=1)
    return f"{sql[:start]}{values}{condition}{sql[end:]}"


def _is_of_its_own(statement: Statement) -> bool:
    """Tell whether another statement with the same text concerns another row."""
    is_plain = _values_of(statement.sql) is not None and not _CONFLICT.search(statement.sql)
    return is_plain or (statement.expects == 1 and _is_of_one_row(statement.sql))


def _is_of_one_row(sql: str) -> bool:
    """Tell whether a statement cannot change more than one row."""
    return _BY_VERSION.search(sql) is not None or _values_of(sql) is not None


def _values_of(sql: str) -> tuple[int, int] | None:
    """Give where `VALUES (...)` of an insert of one row begins and ends."""
    found = _VALUES.search(sql)
    if found is None or sql.lstrip()[:6].upper() != "INSERT":
        return None
    depth = 1
    end = found.end()
    for token in _TOKEN.findall(sql, end):
        end += len(token)
        depth += (token == "(") - (token == ")")
        if depth == 0:
            break
    return None if depth or sql[end:].lstrip()[:1] == "," else (found.start(), end)


def _words(sql: str) -> set[str]:
    return {_unquote(token) for token in _TOKEN.findall(sql)}


def _unquote(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name.lower()

"""Expressions of an author's that only one of the databases understands.

SQLite is asked itself: it comes with Python, and prepares the expression over empty tables. What
of SQLite PostgreSQL does not have is known by name.
"""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing

from starmodel_generator.database.sql_text import identifier
from starmodel_generator.migrations.backfill.backfill_options import is_literal
from starmodel_generator.migrations.migration_plan import Finding, MigrationOptions, TableChange
from starmodel_schemas import DatabaseSchema

_SHARED = frozenset(
    "abs acos asin atan atan2 avg ceil ceiling coalesce concat concat_ws cos count cume_dist date"
    " degrees dense_rank exp first_value floor lag last_value lead length ln lower ltrim max min"
    " mod nth_value ntile nullif octet_length percent_rank pi power radians rank replace round"
    " row_number rtrim sign sin sqrt string_agg substr substring sum tan trim trunc upper".split()
)
"""Functions that both databases have, and mean the same by."""

_MAX_ARGUMENTS = {"date": 1, "max": 1, "min": 1}
"""With more arguments these are SQLite's alone."""

_TEXT = re.compile(r"'(?:[^']|'')*'")
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_PATH = re.compile(r"->>?\s*'\$")
_CALL = re.compile(r"\b([a-z_]\w*)\s*\(", re.IGNORECASE)
_SYNTAX: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), words)
    for pattern, words in (
        (r"==", "`==` is written `=` there"),
        (r"`|\[[a-z_]\w*\]", 'names are quoted by `"` there'),
        (r"\b(?:glob|regexp|match)\b(?!\s*\()", "`GLOB`, `REGEXP` and `MATCH` are SQLite's"),
        (r"\b(?:rowid|_rowid_)\b", "it has no `rowid`"),
        (r"\bcollate\s+(?:nocase|binary|rtrim)\b", "the collation is SQLite's"),
        (r"\bas\s+(?:blob|datetime)\b", "it has no such type"),
        (r"\bx''", "a blob is written `'\\x...'` there"),
        (
            r"\bis\s+(?!not\b|null\b|true\b|false\b|distinct\b|unknown\b)"
            r"|\bis\s+not\s+(?!null\b|true\b|false\b|distinct\b|unknown\b)",
            "`IS` compares with `NULL`, `TRUE` and `FALSE` alone there",
        ),
    )
)


def check_backfills(
    new: DatabaseSchema, changed: Sequence[TableChange], answers: MigrationOptions
) -> Iterator[Finding]:
    """Warn of each expression that one of the databases would refuse."""
    texts = {key: text for key, text in answers.backfills.items() if not is_literal(text)}
    if not texts:
        return
    tables = {table.name: [column.name for column in table.columns] for table in new.tables}
    for change in changed:
        known = tables[change.new.name]
        known += [column.name for column in change.current.columns if column.name not in known]
    with closing(_empty_database(tables)) as database:
        for key, text in texts.items():
            table = key.rpartition(".")[0]
            if table not in tables:
                continue
            problem = _problem_of_sqlite(text, table, database)
            if problem is not None:
                yield _finding(key, "SQLite", "PostgreSQL", problem)
            names = {*tables, *(name for columns in tables.values() for name in columns)}
            problem = _problem_of_postgresql(text, names, database)
            if problem is not None:
                yield _finding(key, "PostgreSQL", "SQLite", problem)


def _empty_database(tables: dict[str, list[str]]) -> sqlite3.Connection:
    database = sqlite3.connect(":memory:")
    for table, columns in tables.items():
        database.execute(
            f"CREATE TABLE {identifier(table)} ({', '.join(map(identifier, columns))})"
        )
    return database


def _problem_of_sqlite(text: str, table: str, database: sqlite3.Connection) -> str | None:
    try:
        database.execute(f"EXPLAIN SELECT ({text}) FROM {identifier(table)}").close()
    except (sqlite3.Error, sqlite3.Warning) as error:
        return str(error)
    return None


def _problem_of_postgresql(text: str, names: set[str], database: sqlite3.Connection) -> str | None:
    """Say the first thing in an expression that is SQLite's alone."""
    known = {name.lower() for (name,) in database.execute("SELECT name FROM pragma_function_list")}
    bare = _TEXT.sub("''", text)
    for quoted in _QUOTED.findall(bare):
        if quoted.replace('""', '"') not in names:
            return f"`\"{quoted}\"` is the name of a column there, and a text is written `'...'`"
    bare = _QUOTED.sub("q", bare)
    for call in _CALL.finditer(bare):
        name = call[1].lower()
        is_shared = name in _SHARED and (
            name not in _MAX_ARGUMENTS or _arguments(bare[call.end() :]) <= _MAX_ARGUMENTS[name]
        )
        if name in known and not is_shared:
            return f"`{name}()` is SQLite's"
    if _PATH.search(text):
        return "a path into JSON is written `'{a,b}'` there, with `#>>`"
    return next((words for pattern, words in _SYNTAX if pattern.search(bare)), None)


def _arguments(text: str) -> int:
    """Count the arguments of a call, of which `text` is what follows the bracket."""
    depth, count = 0, 1
    for character in text:
        if character == "," and not depth:
            count += 1
        depth += (character == "(") - (character == ")")
        if depth < 0:
            break
    return count


def _finding(key: str, database: str, other: str, problem: str) -> Finding:
    return Finding(
        "dialect",
        "one-database",
        key,
        f"what rows get in `{key}` cannot be read by {database}: {problem}",
        f"if {other} is not the only database of the app, use what both have: `||`, `coalesce`,"
        " `CASE`, `CAST`, `substr`, `lower`, `current_timestamp`",
    )

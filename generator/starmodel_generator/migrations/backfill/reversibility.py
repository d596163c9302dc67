"""Whether SQLite can give back what an expression put into a column: it would take anything.

PostgreSQL refuses what is of another type by itself.
"""

from dataclasses import dataclass

from starmodel_generator.database.sql_text import is_wide
from starmodel_generator.migrations.backfill.backfill_options import is_literal
from starmodel_generator.migrations.conversions.conversion import type_words
from starmodel_schemas import ColumnSchema, ColumnType, NumericColumnType, TextColumnType

_MOMENT = "datetime(substr({}, 1, 19)) IS NOT substr({}, 1, 19) OR substr({}, 20) GLOB '*[^.0-9]*'"
_WHOLE = "typeof({}) NOT IN ('integer', 'null')"
_UNREADABLE = {
    "bool": "{} NOT IN (0, 1)",
    "integer": _WHOLE,
    "float": "typeof({}) NOT IN ('real', 'integer', 'null')",
    "bytes": "typeof({}) NOT IN ('blob', 'null')",
    "date": "date({}) IS NOT {}",
    "time": "time(substr({}, 1, 8)) IS NOT substr({}, 1, 8) OR substr({}, 9) GLOB '*[^.0-9]*'",
    "datetime": _MOMENT,
    "naive_datetime": _MOMENT,
    "interval": _WHOLE,
    "uuid": "length({}) <> 32 OR {} GLOB '*[^0-9a-f]*'",
    "json": "NOT json_valid({})",
}
_EXAMPLES = {
    "date": "2024-12-31",
    "time": "23:59:59",
    "datetime": "2024-12-31 23:59:59, in UTC",
    "naive_datetime": "2024-12-31 23:59:59",
    "uuid": "32 digits from 0 to f",
}


@dataclass(frozen=True, slots=True)
class PostCheck:
    """What must hold of a column's values once rows have them: none is met by `unreadable`."""

    column: str
    unreadable: str
    problem: str


def post_check(given: str, column: ColumnSchema, table: str) -> PostCheck | None:
    """Return what to look for behind an expression; a literal was read, and a text is always one."""
    if is_literal(given) or isinstance(column.type, TextColumnType):
        return None
    kind = _kind(column.type)
    like = f", like {_EXAMPLES[kind]}" if kind in _EXAMPLES else ""
    unreadable = _UNREADABLE[kind]
    if isinstance(column.type, NumericColumnType) and is_wide(column.type):
        unreadable = (
            "typeof({}) NOT IN ('text', 'null') OR ltrim({}, '-') GLOB '*[^0-9]*'"
            f" OR length(ltrim({{}}, '-')) <> {column.type.precision}"
        )
    return PostCheck(
        column.name,
        unreadable,
        f"{table}.{column.name} would have values that are no {type_words(column.type)}{like}",
    )


def _kind(type_: ColumnType) -> str:
    assert not isinstance(type_, TextColumnType)
    return "integer" if isinstance(type_, NumericColumnType) else type_.name

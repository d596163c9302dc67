"""What an author says that rows get: a value of the column's type, or an expression over the row.

A value is read here, and written as each database keeps it. An expression stays as it is.
"""

import json
import re
import sys
from datetime import datetime, time
from decimal import Context, Decimal, InvalidOperation
from typing import Literal, NamedTuple, TypeAlias, assert_never

from pydantic import TypeAdapter

from starmodel_generator.database.sql_text import (
    CURRENT_TIMESTAMP,
    NOW,
    Sql,
    identifier,
    literal,
    quoted,
)
from starmodel_generator.migrations.backfill.backfill_values import placeholder_value
from starmodel_schemas import (
    ColumnSchema,
    ColumnType,
    LengthCheck,
    NumericColumnType,
    PlainColumnType,
    TableSchema,
    TextColumnType,
)
from starmodel_schemas.json_shape import ColumnShape

_TEXT = re.compile(r"'((?:[^']|'')*)'")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_WORD = re.compile(r"true|false", re.IGNORECASE)
_EXACT = Context(prec=200)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)

_Form: TypeAlias = Literal["text", "number", "word"]


class _Written(NamedTuple):
    """A literal: how it is written, and what stands in it."""

    form: _Form
    value: str


_EXAMPLES: dict[str, str] = {
    "bool": "false",
    "integer": "0",
    "float": "0",
    "bytes": "''",
    "date": "'2024-12-31'",
    "time": "'23:59:59'",
    "datetime": "'2024-12-31 23:59:59+00:00'",
    "naive_datetime": "'2024-12-31 23:59:59'",
    "interval": "0",
    "uuid": "'00000000-0000-0000-0000-000000000000'",
    "json": "'[]'",
}
_ID_LENGTH = 36
"""An id of the store's own has 35 characters, a UUID 36."""


def backfill_value(text: str, column: ColumnSchema) -> Sql:
    """Return what both databases are told: a literal as they keep it, an expression as it is."""
    text = text.strip()
    if text.lower() == CURRENT_TIMESTAMP and column.type == PlainColumnType(name="datetime"):
        return NOW
    written = _literal(text)
    if written is None:
        return Sql.same(text)
    try:
        return _read(written, column.type)
    except (ValueError, InvalidOperation):
        return Sql.same(text)


def is_literal(text: str) -> bool:
    """Return whether it is a value, and no expression."""
    return _literal(text) is not None


def is_of_type(text: str, column: ColumnSchema) -> bool:
    """Return whether it may be what the column holds; of an expression nobody can tell without rows."""
    written = _literal(text)
    if written is None:
        return True
    try:
        _read(written, column.type)
    except (ValueError, InvalidOperation):
        return False
    return True


def example(type_: ColumnType) -> str:
    """A value of a type, as one gives it."""
    match type_:
        case TextColumnType():
            return "''"
        case NumericColumnType():
            return f"{Decimal(0):.{type_.scale}f}"
        case PlainColumnType():
            return _EXAMPLES[type_.name]
        case _:
            assert_never(type_)


def suggestion(column: ColumnSchema, table: TableSchema) -> str:
    """Return the option that gives rows a value which the column takes; its author puts the right one."""
    value = _suggested(column, table).replace('"', '\\"')
    return f'--backfill {table.name}.{column.name}="{value}"'


def _suggested(column: ColumnSchema, table: TableSchema) -> str:
    for key in table.foreign_keys:
        if key.column == column.name:
            target = identifier(key.target)
            return f"(SELECT {target} FROM {identifier(key.table)} ORDER BY {target} LIMIT 1)"
    if is_unique(column, table) and table.primary_key == ("id",):
        count = f"(SELECT count(*) FROM {identifier(table.name)} AS other"
        count += f" WHERE other.id <= {identifier(table.name)}.id)"
        match column.type:
            case TextColumnType() if _longest(column, table) >= _ID_LENGTH:
                return "CAST(id AS text)"
            case TextColumnType():
                return f"CAST({count} AS text)"
            case NumericColumnType() | PlainColumnType(name="integer" | "float"):
                return count
            case PlainColumnType():
                pass
    if column.shape is not None:
        return _empty_json(column.shape)
    if isinstance(column.type, PlainColumnType) and column.type.name not in ("integer", "float"):
        return example(column.type)
    fitting = placeholder_value(column, table)
    return example(column.type) if fitting is None else fitting.postgresql


def is_unique(column: ColumnSchema, table: TableSchema) -> bool:
    """Return whether no two rows may have the same value in a column."""
    return any(index.unique and index.columns == (column.name,) for index in table.indexes)


def _longest(column: ColumnSchema, table: TableSchema) -> int:
    """Return how many characters a text may have."""
    return min(
        check.maximum
        for check in (*table.checks, LengthCheck(name="", column=column.name, maximum=sys.maxsize))
        if isinstance(check, LengthCheck)
        and check.column == column.name
        and check.maximum is not None
    )


def _empty_json(shape: ColumnShape) -> str:
    """A text literal with the JSON that is nearest to nothing and of that shape."""
    match shape.kind:
        case "dict" | "object":
            return "'{}'"
        case "optional" | "any":
            return "'null'"
        case "scalar" if shape.name in ("bool", "int", "float"):
            return "'false'" if shape.name == "bool" else "'0'"
        case "scalar":
            return "'\"\"'"
        case "choices":
            return quoted(json.dumps(shape.values[0]))
        case "union":
            return _empty_json(shape.members[0])
        case _:
            return "'[]'"


def _literal(text: str) -> _Written | None:
    text = text.strip()
    while text.startswith("(") and text.endswith(")"):
        text = text[1:-1].strip()
    if found := _TEXT.fullmatch(text):
        return _Written("text", found[1].replace("''", "'"))
    if _NUMBER.fullmatch(text):
        return _Written("number", text)
    return _Written("word", text.lower()) if _WORD.fullmatch(text) else None


def _read(written: _Written, type_: ColumnType) -> Sql:
    """Return the value of a literal.

    Raises:
        ValueError, InvalidOperation: It is none of the type.
    """
    if isinstance(type_, TextColumnType):
        if written.form != "text" or len(written.value) > (type_.max_length or sys.maxsize):
            raise ValueError(written.value)
        return Sql.same(quoted(written.value))
    if isinstance(type_, NumericColumnType):
        return literal(str(_number(written, type_.scale)), type_)
    match type_.name:
        case "integer":
            return literal(int(_number(written, 0)), type_)
        case "interval":
            if written.form == "text":
                return literal(written.value, type_)
            return Sql.same(str(int(_number(written, 0))))
        case "float":
            return literal(float(_number(written)), type_)
        case "bool":
            values = {"true": True, "1": True, "false": False, "0": False}
            if written.value.lower() not in values:
                raise ValueError(written.value)
            return literal(values[written.value.lower()], type_)
        case "json":
            if written.form == "text":
                json.loads(written.value)
            return Sql.same(quoted(written.value))
        case _:
            if written.form != "text":
                raise ValueError(written.value)
            _check(written.value, type_)
            return literal(written.value, type_)


def _number(written: _Written, scale: int | None = None) -> Decimal:
    """A number, with no more digits after the point than there is place for."""
    number = Decimal(written.value)
    if not number.is_finite() or (
        scale is not None and number != number.quantize(Decimal(1).scaleb(-scale), context=_EXACT)
    ):
        raise ValueError(written.value)
    return number


def _check(text: str, type_: PlainColumnType) -> None:
    """See to what reads more than the databases would: numbers as times, zones where none is."""
    if type_.name in ("date", "datetime", "naive_datetime") and not _DAY.match(text):
        raise ValueError(text)
    if type_.name == "naive_datetime" and TypeAdapter(datetime).validate_python(text).tzinfo:
        raise ValueError(text)
    if type_.name == "time" and (":" not in text or TypeAdapter(time).validate_python(text).tzinfo):
        raise ValueError(text)

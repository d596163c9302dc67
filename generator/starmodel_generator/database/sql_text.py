"""Values, names and conditions as the SQL of both databases.

What differs does so because SQLite keeps decimals as scaled integers or texts, instants as text in UTC,
and bytes in its own notation.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from typing import TypeVar, assert_never
from uuid import UUID

from pydantic import TypeAdapter

from starmodel_generator.database.sql_keywords import RESERVED
from starmodel_schemas import (
    CheckSchema,
    ChoicesCheck,
    ColumnsCheck,
    ColumnSchema,
    ColumnType,
    CompareCheck,
    LengthCheck,
    NumericColumnType,
    PlainColumnType,
    TextColumnType,
)
from starmodel_schemas.types import LiteralValue

_PLAIN_NAME = re.compile(r"[a-z_][a-z0-9_]*")
_EXACT = Context(prec=200)
_MICROSECOND = timedelta(microseconds=1)
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of SQL, as SQLite and as PostgreSQL have it."""

    sqlite: str
    postgresql: str

    @classmethod
    def same(cls, text: str) -> "Sql":
        """Return the same for both."""
        return cls(text, text)

    @property
    def is_same(self) -> bool:
        """Whether both have it alike."""
        return self.sqlite == self.postgresql

    def join(self, template: str) -> "Sql":
        """Put it in the place of `{}`."""
        return Sql(template.replace("{}", self.sqlite), template.replace("{}", self.postgresql))


CURRENT_TIMESTAMP = "current_timestamp"
"""The default of a moment that is the time at which the database writes it."""

NOW = Sql("strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'", "current_timestamp")


def identifier(name: str) -> str:
    """A name of a table or a column, in quotation marks where it needs them."""
    if _PLAIN_NAME.fullmatch(name) and name not in RESERVED:
        return name
    return '"' + name.replace('"', '""') + '"'


def quoted(text: str) -> str:
    """A text as a literal."""
    return "'" + text.replace("'", "''") + "'"


def literal(value: bool | int | float | str, type_: ColumnType) -> Sql:
    """A value of a column, as `ColumnSchema.backfill` writes it."""
    match type_:
        case TextColumnType():
            return Sql.same(quoted(str(value)))
        case NumericColumnType():
            return _numeric(Decimal(str(value)), type_)
        case PlainColumnType():
            return _plain(value, type_)
        case _:
            assert_never(type_)


def column_default(column: ColumnSchema) -> Sql | None:
    """Return what DEFAULT says of a column; `None` where it has none."""
    if column.server_default is None:
        return None
    value = literal(column.server_default, column.type)
    # Without brackets SQLite takes literals alone.
    return value.join("({})") if value == NOW else value


def _numeric(value: Decimal, type_: NumericColumnType, operator: str = "=") -> Sql:
    scaled = value.scaleb(type_.scale, _EXACT)
    if is_wide(type_):
        rounding = ROUND_FLOOR if operator in (">", "<=") else ROUND_CEILING
        text = ordered_text(int(scaled.to_integral_value(rounding)), type_.precision)
        return Sql(quoted(text), f"{value:f}")
    return Sql(f"{scaled.normalize(_EXACT):f}", f"{value:f}")


def is_wide(type_: NumericColumnType) -> bool:
    """Return whether a decimal has more digits than an integer of SQLite, which keeps it as a text."""
    return type_.precision > 18


def ordered_text(number: int, digits: int) -> str:
    """Write a whole number as the store does: as a text in the order of the numbers."""
    if abs(number) >= 10**digits:
        # A limit that no such number reaches: what comes behind all digits, or before any sign.
        return ":" if number > 0 else ""
    return f"{number:0{digits}d}" if number >= 0 else f"-{10**digits - 1 + number:0{digits}d}"


def _plain(value: bool | int | float | str, type_: PlainColumnType) -> Sql:
    match type_.name:
        case "bool":
            return Sql.same("TRUE" if value in (True, "true") else "FALSE")
        case "integer":
            return Sql.same(str(int(value)))
        case "float":
            return _float(float(value))
        case "bytes":
            digits = str(value).encode().hex()
            return Sql(f"X'{digits}'", f"'\\x{digits}'")
        case "date":
            return Sql.same(quoted(_read(date, value).isoformat()))
        case "time":
            return Sql.same(quoted(_read(time, value).isoformat(timespec="microseconds")))
        case "datetime" if value == CURRENT_TIMESTAMP:
            return NOW
        case "datetime":
            instant = _read(datetime, value)
            instant = instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
            text = instant.replace(tzinfo=None).isoformat(" ", "microseconds")
            return Sql(quoted(text), quoted(f"{text}+00"))
        case "naive_datetime":
            return Sql.same(quoted(_read(datetime, value).isoformat(" ", "microseconds")))
        case "interval":
            return Sql.same(str(_read(timedelta, value) // _MICROSECOND))
        case "uuid":
            return Sql.same(quoted(UUID(str(value)).hex))
        case "json":
            return Sql.same(quoted(str(value)))
        case _:
            assert_never(type_.name)


def _float(value: float) -> Sql:
    text = repr(value)
    if text.strip("-") == "inf":
        return Sql(text.replace("inf", "9e999"), quoted(text.replace("inf", "Infinity")))
    return Sql("NULL", "'NaN'") if text == "nan" else Sql.same(text)


def _read(kind: type[_Value], value: object) -> _Value:
    return TypeAdapter(kind).validate_python(value, strict=False)


def condition(check: CheckSchema, type_: ColumnType) -> Sql:
    """Return what a check asks of its column."""
    column = identifier(check.column)
    match check:
        case CompareCheck():
            return _bound(check, type_).join(f"{column} {check.operator} {{}}")
        case ColumnsCheck():
            return Sql.same(f"{column} {check.operator} {identifier(check.other)}")
        case LengthCheck():
            return Sql.same(_length(column, check))
        case ChoicesCheck():
            values = ", ".join(_choice(value) for value in check.values if value is not None)
            return Sql.same(f"{column} IN ({values})")
        case _:
            assert_never(check)


def _bound(check: CompareCheck, type_: ColumnType) -> Sql:
    value = check.value
    if isinstance(type_, NumericColumnType):
        return _numeric(Decimal(value), type_, check.operator)
    if isinstance(type_, PlainColumnType):
        if type_.name == "interval":
            return literal(float(value), type_)
        if type_.name in ("integer", "float"):
            return Sql.same(value)
    return literal(value, type_)


def _length(column: str, check: LengthCheck) -> str:
    if check.minimum is not None and check.maximum is not None:
        return f"length({column}) BETWEEN {check.minimum} AND {check.maximum}"
    if check.minimum is not None:
        return f"length({column}) >= {check.minimum}"
    return f"length({column}) <= {check.maximum}"


def _choice(value: LiteralValue) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return quoted(value) if isinstance(value, str) else str(value)

"""What rows that are there already get in a column that is new, or that is now required."""

from decimal import Decimal

from starmodel_generator.database.sql_text import Sql, literal, quoted
from starmodel_schemas import (
    ChoicesCheck,
    ColumnSchema,
    CompareCheck,
    LengthCheck,
    NumericColumnType,
    PlainColumnType,
    TableSchema,
    TextColumnType,
)

_ZEROS: dict[str, bool | int | float | str] = {
    "bool": False,
    "integer": 0,
    "float": 0.0,
    "bytes": "",
    "date": "1970-01-01",
    "time": "00:00:00",
    "datetime": "1970-01-01T00:00:00Z",
    "naive_datetime": "1970-01-01T00:00:00",
    "interval": "PT0S",
    "json": "null",
}


def default_value(column: ColumnSchema) -> Sql | None:
    """Return the column's default, where that is a literal."""
    if column.backfill is not None:
        return literal(column.backfill, column.type)
    return Sql.same("1") if column.name == "row_version" and not column.path else None


def placeholder_value(column: ColumnSchema, table: TableSchema) -> Sql | None:
    """A value for a required column whose values are gone, on the way back.

    It is the emptiest one that the column's checks allow; `None` where there is none that many
    rows could have: in a unique column, or in a reference.
    """
    if any(key.column == column.name for key in table.foreign_keys):
        return None
    if any(index.unique and index.columns == (column.name,) for index in table.indexes):
        return None
    checks = [check for check in table.checks if check.column == column.name]
    for check in checks:
        if isinstance(check, ChoicesCheck):
            values = [value for value in check.values if value is not None]
            return literal(values[0], column.type) if values else None
    match column.type:
        case TextColumnType():
            shortest = max((_shortest(check) for check in checks), default=0)
            return Sql.same(quoted("-" * shortest))
        case NumericColumnType() | PlainColumnType(name="integer" | "float"):
            return _number(column, [check for check in checks if isinstance(check, CompareCheck)])
        case PlainColumnType(name="uuid"):
            return Sql.same(quoted("0" * 32))
        case PlainColumnType():
            return literal(_ZEROS[column.type.name], column.type) if not checks else None


def _shortest(check: object) -> int:
    return (check.minimum or 0) if isinstance(check, LengthCheck) else 0


def _number(column: ColumnSchema, checks: list[CompareCheck]) -> Sql | None:
    """0, or else a bound that may be reached."""
    candidates = [Decimal(0), *(Decimal(check.value) for check in checks)]
    candidates += [candidate + step for candidate in candidates[1:] for step in (1, -1)]
    for candidate in candidates:
        if all(_holds(candidate, check) for check in checks):
            if isinstance(column.type, PlainColumnType) and column.type.name == "integer":
                return Sql.same(str(int(candidate)))
            return literal(str(candidate), column.type)
    return None


def _holds(value: Decimal, check: CompareCheck) -> bool:
    bound = Decimal(check.value)
    match check.operator:
        case ">":
            return value > bound
        case ">=":
            return value >= bound
        case "<":
            return value < bound
        case "<=":
            return value <= bound

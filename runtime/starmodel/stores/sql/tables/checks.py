"""CHECK constraints as SQL, for the tables that the store makes and for those of row classes."""

from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from typing import Any, Literal

from starmodel.stores.sql.tables.codec import is_wide, ordered_text
from starmodel.stores.sql.tables.column import Check, Column, quote
from starmodel.stores.sql.tables.table import Comparison

_CONTEXT = Context(prec=200)
_COMPARISONS = {"gt": ">", "ge": ">=", "lt": "<", "le": "<="}


def condition(
    check: Check, column: Column, name: str, dialect: Literal["sqlite", "postgresql"]
) -> str:
    """Write what a column's check asks; `name` is that of the column as SQL is to have it."""
    if check.kind == "length":
        least, most = check.values
        if least is not None and most is not None:
            return f"length({name}) BETWEEN {least} AND {most}"
        return f"length({name}) <= {most}" if least is None else f"length({name}) >= {least}"
    if check.kind == "choices":
        return f"{name} IN ({', '.join(map(_literal, check.values))})"
    operator = _COMPARISONS[check.kind]
    return f"{name} {operator} {_bound(column, check.values[0], dialect, operator)}"


def comparison(
    check: Comparison,
    dialect: Literal["sqlite", "postgresql"],
    quoted: Callable[[str], str] = quote,
) -> str:
    """Write what is compared of a row; `quoted` writes the name of a column."""
    other = check.other
    if isinstance(other, Column):
        text = quoted(other.name)
    else:
        text = _bound(check.column, other, dialect, check.operator)
    return f"{quoted(check.column.name)} {check.operator} {text}"


def _bound(column: Column, value: Any, dialect: str, operator: str) -> str:
    """Write the limit of a number; a decimal is a whole number of its smallest unit on SQLite."""
    if column.kind != "numeric":
        return str(value)
    number = Decimal(str(value))
    precision, scale = column.size
    if dialect == "sqlite" and is_wide(precision):
        return f"'{ordered_text(_whole(number, scale, operator), precision)}'"
    return f"{number.scaleb(column.size[1]).normalize() if dialect == 'sqlite' else number:f}"


def _whole(number: Decimal, scale: int, operator: str) -> int:
    """Return the whole number of units that says the same as a limit of more places."""
    rounding = ROUND_FLOOR if operator in (">", "<=") else ROUND_CEILING
    return int(number.scaleb(scale, _CONTEXT).to_integral_value(rounding))


def _literal(value: bool | int | str) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"

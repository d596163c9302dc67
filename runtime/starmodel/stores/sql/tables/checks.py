"""CHECK constraints as SQL, for the tables that the store makes and for those of row classes."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Literal

from starmodel.stores.sql.tables.column import Check, Column, quote
from starmodel.stores.sql.tables.table import Comparison

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
    return f"{name} {_COMPARISONS[check.kind]} {_bound(column, check.values[0], dialect)}"


def comparison(
    check: Comparison,
    dialect: Literal["sqlite", "postgresql"],
    quoted: Callable[[str], str] = quote,
) -> str:
    """Write what is compared of a row; `quoted` writes the name of a column."""
    other = check.other
    text = quoted(other.name) if isinstance(other, Column) else _bound(check.column, other, dialect)
    return f"{quoted(check.column.name)} {check.operator} {text}"


def _bound(column: Column, value: Any, dialect: str) -> str:
    """Write the limit of a number; a decimal is a whole number of its smallest unit on SQLite."""
    if column.kind != "numeric":
        return str(value)
    number = Decimal(str(value))
    return f"{number.scaleb(column.size[1]).normalize() if dialect == 'sqlite' else number:f}"


def _literal(value: bool | int | str) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"

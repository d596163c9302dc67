"""Columns and indexes as SQLAlchemy has them, made of those of an entity's table."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import SchemaItem
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from starmodel.stores.sql.tables.checks import comparison, condition
from starmodel.stores.sql.tables.column import Check, Column, OnDelete
from starmodel.stores.sql.tables.column_types import ExactNumeric, JSONValue, Micros, UTCDateTime
from starmodel.stores.sql.tables.table import (
    Comparison,
    EntityTable,
    LinkTable,
    check_name,
    foreign_key_name,
)

_TYPES: dict[str, Callable[..., TypeEngine[Any]]] = {
    "text": sa.String,
    "integer": sa.BigInteger,
    "numeric": ExactNumeric,
    "bool": sa.Boolean,
    "float": sa.Double,
    "bytes": sa.LargeBinary,
    "date": sa.Date,
    "time": sa.Time,
    "datetime": UTCDateTime,
    "naive_datetime": sa.DateTime,
    "interval": Micros,
    "uuid": sa.Uuid,
    "json": JSONValue,
}
_ON_DELETE: dict[OnDelete, str] = {
    "restrict": "RESTRICT",
    "cascade": "CASCADE",
    "set_null": "SET NULL",
}


class _Condition(sa.ColumnElement[bool]):
    """What a column's check asks, as each database has it."""

    inherit_cache = False

    def __init__(self, check: Check, column: Column) -> None:
        self.check = check
        self.column = column


@compiles(_Condition)
def _compile(element: _Condition, compiler: SQLCompiler, **_: Any) -> str:
    dialect = "sqlite" if compiler.dialect.name == "sqlite" else "postgresql"
    name = compiler.preparer.quote(element.column.name)
    sql = condition(element.check, element.column, name, dialect)
    # Not as a `text`, in which `:word` would be a parameter.
    return compiler.process(sa.literal_column(sql, sa.Boolean()))


class _Comparison(sa.ColumnElement[bool]):
    """What is compared of a row, as each database has it."""

    inherit_cache = False

    def __init__(self, check: Comparison) -> None:
        self.check = check


@compiles(_Comparison)
def _compile_comparison(element: _Comparison, compiler: SQLCompiler, **_: Any) -> str:
    dialect = "sqlite" if compiler.dialect.name == "sqlite" else "postgresql"
    sql = comparison(element.check, dialect, compiler.preparer.quote)
    return compiler.process(sa.literal_column(sql, sa.Boolean()))


class _Default(sa.ColumnElement[Any]):
    """What a row gets where a statement leaves a column out, as each database has it."""

    inherit_cache = False

    def __init__(self, sql: tuple[str, str]) -> None:
        self.sql = sql


@compiles(_Default)
def _compile_default(element: _Default, compiler: SQLCompiler, **_: Any) -> str:
    return element.sql[compiler.dialect.name != "sqlite"]


def column_of(column: Column, table: EntityTable[Any] | LinkTable) -> sa.Column[Any]:
    """Return a column of a table with its constraints; it belongs to no table of SQLAlchemy's."""
    constraints: list[SchemaItem] = [
        sa.CheckConstraint(_Condition(check, column), name=check_name(table.name, column, check))
        for check in column.checks
    ]
    if column.foreign_key is not None:
        constraints.append(
            sa.ForeignKey(
                ".".join(column.foreign_key),
                name=foreign_key_name(table.name, column),
                ondelete=_ON_DELETE[column.on_delete],
            )
        )
    if column.identity:
        # SQLite numbers the rows of a column of this very type alone.
        number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
        return sa.Column(column.name, number, sa.Identity(), *constraints, primary_key=True)
    is_unlimited = column.kind == "text" and not column.size
    return sa.Column(
        column.name,
        sa.Text() if is_unlimited else _TYPES[column.kind](*column.size),
        *constraints,
        primary_key=column in table.primary_key,
        nullable=column.nullable,
        server_default=None if column.server_default is None else _Default(column.server_default),
        # Ids are given by the app; PostgreSQL would make a sequence for whole numbers.
        autoincrement=False,
    )


def table_arguments(table: EntityTable[Any] | LinkTable) -> tuple[SchemaItem, ...]:
    """Return the indexes of a table, and the checks of its rows, for its `__table_args__`."""
    return (
        *(sa.Index(index.name, *index.columns, unique=index.unique) for index in table.indexes),
        *(sa.CheckConstraint(_Comparison(check), name=check.name) for check in table.checks),
    )

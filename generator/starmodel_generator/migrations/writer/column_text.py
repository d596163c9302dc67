"""Types, columns and constraints as the SQLAlchemy expressions of a revision.

Only SQLAlchemy's own types stand there, with a variant where the two databases differ, so that
an old revision runs whatever becomes of the app.
"""

from typing import assert_never

from starmodel_generator.database.sql_text import Sql, column_default, condition, is_wide
from starmodel_generator.emission.python.layout import Group, Layout, Parts, named, prefixed
from starmodel_generator.emission.python.literals import python_string
from starmodel_generator.emission.sql.sql_layout import sql_layout, without_parameters
from starmodel_schemas import (
    CheckSchema,
    ColumnSchema,
    ColumnType,
    ForeignKeySchema,
    IndexSchema,
    NumericColumnType,
    PlainColumnType,
    TableSchema,
    TextColumnType,
)

_PLAIN_TYPES = {
    "bool": "sa.Boolean()",
    "integer": "sa.BigInteger()",
    "float": "sa.Double()",
    "bytes": "sa.LargeBinary()",
    "date": "sa.Date()",
    "time": "sa.Time()",
    "datetime": "sa.DateTime(timezone=True)",
    "naive_datetime": "sa.DateTime()",
    "interval": "sa.BigInteger()",
    "uuid": "sa.Uuid()",
    "json": 'sa.Text().with_variant(postgresql.JSONB(), "postgresql")',
}
IDENTITY_TYPE = 'sa.BigInteger().with_variant(sa.Integer(), "sqlite")'
"""SQLite numbers the rows of a column of this very type alone."""

_ON_DELETE = {"restrict": "RESTRICT", "cascade": "CASCADE", "set_null": "SET NULL"}


def type_text(type_: ColumnType) -> str:
    """A column's type."""
    match type_:
        case TextColumnType(max_length=None):
            return "sa.Text()"
        case TextColumnType():
            return f"sa.String({type_.max_length})"
        case NumericColumnType():
            exact = f"sa.Numeric({type_.precision}, {type_.scale})"
            kind = "sa.Text()" if is_wide(type_) else "sa.BigInteger()"
            return f'{exact}.with_variant({kind}, "sqlite")'
        case PlainColumnType():
            return _PLAIN_TYPES[type_.name]
        case _:
            assert_never(type_)


def column_text(
    column: ColumnSchema, *, is_key: bool = False, nullable: bool | None = None
) -> Layout:
    """A column; with `nullable`, which overrides its own, it is one without a default yet."""
    items: list[Layout] = [python_string(column.name), type_text(column.type)]
    if column.identity:
        items[1:] = [IDENTITY_TYPE, "sa.Identity()"]
    elif is_key and column.type == PlainColumnType(name="integer"):
        # Ids are given by the app; without this, PostgreSQL would make a sequence.
        items.append("autoincrement=False")
    items.append(f"nullable={column.nullable if nullable is None else nullable}")
    if column.server_default is not None and nullable is None:
        items.append(named("server_default", default_text(column)))
    return Group("sa.Column(", tuple(items), ")")


def default_text(column: ColumnSchema) -> Layout:
    """What a row gets where a statement does not say; `None` for nothing."""
    value = column_default(column)
    return "None" if value is None else Group("sa.text(", (choice_layout(value),), ")")


def choice_layout(sql: Sql) -> Layout:
    """SQL that may differ between the databases, by the variable `sqlite`."""
    if sql.is_same:
        return sql_layout(sql.sqlite)
    one, other = (python_string(without_parameters(text)) for text in (sql.sqlite, sql.postgresql))
    return Parts("", "()", (one, "if sqlite", f"else {other}"), always=False)


def check_condition(check: CheckSchema, table: TableSchema) -> Sql:
    """Return what a check of a table asks."""
    types = {column.name: column.type for column in table.columns}
    return condition(check, types[check.column])


def check_text(check: CheckSchema, table: TableSchema) -> Layout:
    """A check as a part of a table."""
    text = choice_layout(check_condition(check, table))
    return Group("sa.CheckConstraint(", (text, named("name", python_string(check.name))), ")")


def key_text(key: ForeignKeySchema) -> Layout:
    """A reference as a part of a table."""
    items: tuple[Layout, ...] = (
        f"[{python_string(key.column)}]",
        f"[{python_string(f'{key.table}.{key.target}')}]",
        f"name={python_string(key.name)}",
        f"ondelete={python_string(_ON_DELETE[key.on_delete])}",
    )
    return Group("sa.ForeignKeyConstraint(", items, ")")


def key_arguments(key: ForeignKeySchema) -> tuple[Layout, ...]:
    """A reference as arguments of `batch.create_foreign_key`."""
    return (
        python_string(key.name),
        python_string(key.table),
        f"[{python_string(key.column)}]",
        f"[{python_string(key.target)}]",
        f"ondelete={python_string(_ON_DELETE[key.on_delete])}",
    )


def index_text(index: IndexSchema) -> Layout:
    """An index as a part of a table."""
    columns = tuple(python_string(column) for column in index.columns)
    unique = ("unique=True",) if index.unique else ()
    return Group("sa.Index(", (python_string(index.name), *columns, *unique), ")")


def primary_key_text(table: TableSchema) -> Layout:
    """Return the primary key as a part of a table."""
    columns = tuple(python_string(column) for column in table.primary_key)
    return Group("sa.PrimaryKeyConstraint(", columns, ")")


def table_options(table: TableSchema) -> tuple[Layout, ...]:
    """Return what a table has besides its parts: on SQLite no number of a deleted row is used again."""
    is_numbered = any(column.identity for column in table.columns)
    return ("sqlite_autoincrement=True",) if is_numbered else ()


def table_text(table: TableSchema, name: str) -> Layout:
    """A table as it is before it changes, as a variable: what SQLite has to write anew."""
    items: tuple[Layout, ...] = (
        python_string(table.name),
        "sa.MetaData()",
        *(column_text(column, is_key=column.name in table.primary_key) for column in table.columns),
        primary_key_text(table),
        *(check_text(check, table) for check in table.checks),
        *(key_text(key) for key in table.foreign_keys),
        *(index_text(index) for index in table.indexes),
        *table_options(table),
    )
    return prefixed(f"{name} = ", Group("sa.Table(", items, ")"))

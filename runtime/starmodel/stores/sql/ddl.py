"""The statements that make the tables of entities, as migrations would.

A temporary database has its tables from here, so that it needs no library; any other one has them
from its migrations.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from starmodel.stores.sql.drivers.driver import Dialect
from starmodel.stores.sql.tables.checks import comparison, condition
from starmodel.stores.sql.tables.column import Column, OnDelete, quote
from starmodel.stores.sql.tables.table import (
    EntityTable,
    Index,
    LinkTable,
    check_name,
    foreign_key_name,
)

_TYPES: dict[Dialect, dict[str, str]] = {
    "sqlite": {
        "text": "TEXT",
        "integer": "BIGINT",
        "numeric": "BIGINT",
        "bool": "BOOLEAN",
        "float": "DOUBLE",
        "bytes": "BLOB",
        "date": "DATE",
        "time": "TIME",
        "datetime": "DATETIME",
        "naive_datetime": "DATETIME",
        "interval": "BIGINT",
        "uuid": "CHAR(32)",
        "json": "TEXT",
    },
    "postgresql": {
        "text": "TEXT",
        "integer": "BIGINT",
        "numeric": "NUMERIC",
        "bool": "BOOLEAN",
        "float": "DOUBLE PRECISION",
        "bytes": "BYTEA",
        "date": "DATE",
        "time": "TIME WITHOUT TIME ZONE",
        "datetime": "TIMESTAMP WITH TIME ZONE",
        "naive_datetime": "TIMESTAMP WITHOUT TIME ZONE",
        "interval": "BIGINT",
        "uuid": "UUID",
        "json": "JSONB",
    },
}
_ON_DELETE: dict[OnDelete, str] = {
    "restrict": "RESTRICT",
    "cascade": "CASCADE",
    "set_null": "SET NULL",
}


def create_tables(tables: Sequence[EntityTable[Any]], dialect: Dialect) -> Iterator[str]:
    """Write what makes the tables and their indexes; references between them come last.

    SQLite takes a reference to a table that is not there yet, and adds none later.
    """
    later: list[str] = []
    for entity in tables:
        for table in (entity, *entity.links):
            yield _create(table, dialect, later)
            for index in table.indexes:
                yield _create_index(table, index)
    yield from later


def _create(table: EntityTable[Any] | LinkTable, dialect: Dialect, later: list[str]) -> str:
    parts = [
        f"{column.quoted} {_type(column, dialect)}{'' if column.nullable else ' NOT NULL'}"
        for column in table.written
    ]
    parts.append(f"PRIMARY KEY ({', '.join([column.quoted for column in table.primary_key])})")
    parts += [
        f"CONSTRAINT {quote(check_name(table.name, column, check))}"
        f" CHECK ({condition(check, column, column.quoted, dialect)})"
        for column in table.written
        for check in column.checks
    ]
    parts += [
        f"CONSTRAINT {quote(check.name)} CHECK ({comparison(check, dialect)})"
        for check in table.checks
    ]
    references = [
        f"CONSTRAINT {quote(foreign_key_name(table.name, column))} {_reference(column)}"
        for column in table.written
        if column.foreign_key is not None
    ]
    if dialect == "sqlite":
        parts += references
    else:
        later += [f"ALTER TABLE {table.quoted} ADD {reference}" for reference in references]
    listed = ",\n    ".join(parts)
    return f"CREATE TABLE {table.quoted} (\n    {listed}\n)"


def _create_index(table: EntityTable[Any] | LinkTable, index: Index) -> str:
    kind = "UNIQUE INDEX" if index.unique else "INDEX"
    columns = ", ".join(map(quote, index.columns))
    return f"CREATE {kind} {quote(index.name)} ON {table.quoted} ({columns})"


def _type(column: Column, dialect: Dialect) -> str:
    size = ", ".join(map(str, column.size))
    if column.kind == "text" and size:
        return f"VARCHAR({size})"
    if column.kind == "numeric" and dialect == "postgresql":
        return f"NUMERIC({size})"
    return _TYPES[dialect][column.kind]


def _reference(column: Column) -> str:
    assert column.foreign_key is not None
    table, target = column.foreign_key
    return (
        f"FOREIGN KEY ({column.quoted}) REFERENCES {quote(table)} ({quote(target)})"
        f" ON DELETE {_ON_DELETE[column.on_delete]}"
    )

"""The statements that make the tables of entities, as migrations would.

A temporary database has its tables from here, so that it needs no library; any other one has them
from its migrations.
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from starmodel.stores.sql.drivers.driver import Dialect
from starmodel.stores.sql.tables.column import Column, OnDelete, VersionCheck, integer, quote
from starmodel.stores.sql.tables.table import EntityTable, LinkTable

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
_COMPARISONS = {"gt": ">", "ge": ">=", "lt": "<", "le": "<="}
_POSITION = integer("position")


def create_tables(tables: Sequence[EntityTable[Any]], dialect: Dialect) -> Iterator[str]:
    """Write what makes the tables and their indexes; references between them come last.

    SQLite takes a reference to a table that is not there yet, and adds none later.
    """
    later: list[str] = []
    for table in tables:
        foreign_keys = [
            (table.foreign_key_name(column), column)
            for column in table.columns
            if column.foreign_key is not None
        ]
        checks = [
            f"CONSTRAINT {quote(table.check_name(column, check.kind))}"
            f" CHECK ({_condition(column, check, dialect)})"
            for column in table.columns
            for check in column.checks
        ]
        key = [table.key]
        yield _create(table.name, table.written, key, checks, foreign_keys, dialect, later)
        for index in table.indexes:
            yield _create_index(index.name, table.name, index.columns, unique=index.unique)
        for link in table.links:
            yield from _create_link(link, dialect, later)
    yield from later


def _create_link(link: LinkTable, dialect: Dialect, later: list[str]) -> Iterator[str]:
    key = (link.owner, link.target)
    foreign_keys = [(f"fk_{link.table}_{column.name}", column) for column in key]
    yield _create(link.table, (*key, _POSITION), key, (), foreign_keys, dialect, later)
    name = link.target.name
    yield _create_index(f"ix_{link.table}_{name}", link.table, (name,), unique=False)


def _create(
    name: str,
    columns: Iterable[Column],
    key: Iterable[Column],
    checks: Iterable[str],
    foreign_keys: Iterable[tuple[str, Column]],
    dialect: Dialect,
    later: list[str],
) -> str:
    parts = [
        f"{column.quoted} {_type(column, dialect)}{'' if column.nullable else ' NOT NULL'}"
        for column in columns
    ]
    parts.append(f"PRIMARY KEY ({', '.join([column.quoted for column in key])})")
    parts += checks
    references = [f"CONSTRAINT {quote(name)} {_reference(column)}" for name, column in foreign_keys]
    if dialect == "sqlite":
        parts += references
    else:
        later += [f"ALTER TABLE {quote(name)} ADD {reference}" for reference in references]
    listed = ",\n    ".join(parts)
    return f"CREATE TABLE {quote(name)} (\n    {listed}\n)"


def _create_index(name: str, table: str, columns: Iterable[str], *, unique: bool) -> str:
    kind = "UNIQUE INDEX" if unique else "INDEX"
    return f"CREATE {kind} {quote(name)} ON {quote(table)} ({', '.join(map(quote, columns))})"


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


def _condition(column: Column, check: VersionCheck, dialect: Dialect) -> str:
    name = column.quoted
    if check.kind == "length":
        least, most = check.values
        if least is not None and most is not None:
            return f"length({name}) BETWEEN {least} AND {most}"
        return f"length({name}) <= {most}" if least is None else f"length({name}) >= {least}"
    if check.kind == "choices":
        return f"{name} IN ({', '.join(map(_literal, check.values))})"
    return f"{name} {_COMPARISONS[check.kind]} {_bound(column, check.values[0], dialect)}"


def _bound(column: Column, value: Any, dialect: Dialect) -> str:
    """Write the limit of a number; a decimal is a whole number of its smallest unit on SQLite."""
    if column.kind != "numeric":
        return str(value)
    number = Decimal(str(value))
    return f"{number.scaleb(column.size[1]).normalize() if dialect == 'sqlite' else number:f}"


def _literal(value: bool | int | str) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"

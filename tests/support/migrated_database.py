"""A database under test, SQLite or PostgreSQL: rows in and out as plain values, and its schema."""

import asyncio
import contextlib
import json
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg  # pyright: ignore[reportMissingTypeStubs]
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from starmodel_schemas import ColumnType, DatabaseSchema, NumericColumnType, PlainColumnType

Row = dict[str, Any]
Rows = Mapping[str, Sequence[Row]]

_DRIVER: Any = asyncpg
_MICROSECOND = timedelta(microseconds=1)


class Database(ABC):
    """A database of its own, empty at first."""

    url: str
    dialect: str

    @abstractmethod
    def run(self, statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a statement by itself; the rows that it gives."""

    @abstractmethod
    def fill(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Insert many rows of values as the columns keep them."""

    @abstractmethod
    def reflect(self) -> dict[str, Any]:
        """The schema as the database tells it, without order."""

    @abstractmethod
    def encode(self, value: Any, type_: ColumnType) -> Any:
        """A value as the column keeps it."""

    @abstractmethod
    def decode(self, value: Any, type_: ColumnType) -> Any:
        """What `encode` was given."""

    @abstractmethod
    def placeholders(self, count: int) -> str:
        """The parameters of a statement."""

    def insert(self, schema: DatabaseSchema, rows: Rows) -> None:
        for table in schema.tables:
            for row in rows.get(table.name, ()):
                values = {"row_version": 1, **row} if table.entity else row
                types = {column.name: column.type for column in table.columns}
                names = ", ".join(f'"{name}"' for name in values)
                self.run(
                    f'INSERT INTO "{table.name}" ({names}) VALUES ({self.placeholders(len(values))})',
                    [self.encode(value, types[name]) for name, value in values.items()],
                )

    def select(self, schema: DatabaseSchema) -> dict[str, list[Row]]:
        """All rows of all tables, those of a table in the order of its key."""
        found: dict[str, list[Row]] = {}
        for table in schema.tables:
            names = [column.name for column in table.columns if column.name != "row_version"]
            types = {column.name: column.type for column in table.columns}
            listed = ", ".join(f'"{name}"' for name in names)
            order = ", ".join(f'"{name}"' for name in table.primary_key)
            found[table.name] = [
                {
                    name: self.decode(value, types[name])
                    for name, value in zip(names, row, strict=True)
                }
                for row in self.run(f'SELECT {listed} FROM "{table.name}" ORDER BY {order}')
            ]
        return found


class SQLiteDatabase(Database):
    """A SQLite file."""

    dialect = "sqlite"

    def __init__(self, path: Path) -> None:
        self.path = path
        self.url = f"sqlite:///{path}"

    def run(self, statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(self.path)) as connection, connection:
            connection.execute("PRAGMA foreign_keys=ON")
            return connection.execute(statement, parameters).fetchall()

    def fill(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        statement = (
            f'INSERT INTO "{table}" ({", ".join(columns)})'
            f" VALUES ({self.placeholders(len(columns))})"
        )
        with contextlib.closing(sqlite3.connect(self.path)) as connection, connection:
            connection.executemany(statement, rows)

    def reflect(self) -> dict[str, Any]:
        engine = sa.create_engine(self.url, poolclass=sa.NullPool)
        with engine.connect() as connection:
            return reflected(connection)

    def encode(self, value: Any, type_: ColumnType) -> Any:
        match value:
            case Decimal() if isinstance(type_, NumericColumnType):
                return int(value.scaleb(type_.scale))
            case UUID():
                return value.hex
            case timedelta():
                return value // _MICROSECOND
            case datetime():
                naive = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
                return naive.isoformat(" ", "microseconds")
            case time():
                return value.isoformat("microseconds")
            case date():
                return value.isoformat()
            case list() | dict():
                return json.dumps(value)
            case _:
                return value

    def decode(self, value: Any, type_: ColumnType) -> Any:
        if value is None:
            return None
        if isinstance(type_, NumericColumnType):
            assert isinstance(value, int)
            return Decimal(value).scaleb(-type_.scale)
        if not isinstance(type_, PlainColumnType):
            return value
        match type_.name:
            case "bool":
                return bool(value)
            case "date":
                return date.fromisoformat(value)
            case "time":
                return time.fromisoformat(value)
            case "datetime":
                return datetime.fromisoformat(value).replace(tzinfo=UTC)
            case "naive_datetime":
                return datetime.fromisoformat(value)
            case "interval":
                return value * _MICROSECOND
            case "uuid":
                return UUID(value)
            case "json":
                return json.loads(value)
            case _:
                return value

    def placeholders(self, count: int) -> str:
        return ", ".join("?" * count)


class PostgreSQLDatabase(Database):
    """A database of a PostgreSQL server."""

    dialect = "postgresql"

    def __init__(self, url: str) -> None:
        self.url = url

    def run(self, statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        async def fetch() -> list[tuple[Any, ...]]:
            connection = await _DRIVER.connect(self.url)
            try:
                return [tuple(row) for row in await connection.fetch(statement, *parameters)]
            finally:
                await connection.close()

        return asyncio.run(fetch())

    def fill(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        async def copy() -> None:
            connection = await _DRIVER.connect(self.url)
            try:
                await connection.copy_records_to_table(table, records=rows, columns=columns)
                await connection.execute(f'ANALYZE "{table}"')
            finally:
                await connection.close()

        asyncio.run(copy())

    def reflect(self) -> dict[str, Any]:
        async def look() -> dict[str, Any]:
            engine = create_async_engine(
                "postgresql+asyncpg://",
                async_creator=lambda: _DRIVER.connect(self.url),
                poolclass=sa.NullPool,
            )
            async with engine.connect() as connection:
                return await connection.run_sync(reflected)

        return asyncio.run(look())

    def encode(self, value: Any, type_: ColumnType) -> Any:
        if type_ == PlainColumnType(name="json") and value is not None:
            return json.dumps(value)
        return value // _MICROSECOND if isinstance(value, timedelta) else value

    def decode(self, value: Any, type_: ColumnType) -> Any:
        if type_ == PlainColumnType(name="json") and value is not None:
            return json.loads(value)
        if type_ == PlainColumnType(name="interval") and value is not None:
            return value * _MICROSECOND
        return value

    def placeholders(self, count: int) -> str:
        return ", ".join(f"${number}" for number in range(1, count + 1))


def reflected(connection: sa.Connection) -> dict[str, Any]:
    """The tables as SQLAlchemy's inspector sees them, comparable."""
    inspector = sa.inspect(connection)
    return {
        name: {
            "columns": _sorted(
                (column["name"], str(column["type"]), column["nullable"], column.get("default"))
                for column in inspector.get_columns(name)
            ),
            "key": inspector.get_pk_constraint(name)["constrained_columns"],
            "checks": _sorted(
                (check["name"], check["sqltext"]) for check in inspector.get_check_constraints(name)
            ),
            "indexes": _sorted(
                (index["name"], index["column_names"], bool(index["unique"]))
                for index in inspector.get_indexes(name)
            ),
            "references": _sorted(
                (key["name"], key["constrained_columns"], key["referred_table"], key.get("options"))
                for key in inspector.get_foreign_keys(name)
            ),
        }
        for name in sorted(inspector.get_table_names())
        if name != "alembic_version"
    }


def _sorted(items: Iterable[tuple[Any, ...]]) -> list[str]:
    return sorted(map(repr, items))

"""The store that keeps entities in an SQL database."""

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from starmodel.application import EntityPersistenceBackend, Key, Stored, Write
from starmodel.errors import (
    ArgumentError,
    ConfigurationError,
    Conflict,
    ConstraintViolation,
    InvalidState,
    NotFound,
    Unavailable,
)
from starmodel.stores.sql.column import Codec, Column, NotStorable
from starmodel.stores.sql.driver import (
    Contention,
    Dialect,
    Driver,
    DriverError,
    Mismatch,
    Row,
    Statement,
    Unreachable,
    Violation,
)
from starmodel.stores.sql.table import EXPIRES_AT, EntityTable

TOMBSTONE_DAYS = 30.0
"""How long it is remembered which version a deleted row had."""

_RETRY_AFTER = 2.0
_OWN_TABLES = (
    "CREATE TABLE IF NOT EXISTS starmodel_tombstone (entity VARCHAR(200) NOT NULL,"
    " id VARCHAR(400) NOT NULL, version BIGINT NOT NULL, deleted_at BIGINT NOT NULL,"
    " PRIMARY KEY (entity, id))",
)
_BURY = (
    "INSERT INTO starmodel_tombstone (entity, id, version, deleted_at) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (entity, id) DO UPDATE SET version = excluded.version,"
    " deleted_at = excluded.deleted_at"
)
_FORGET = "DELETE FROM starmodel_tombstone WHERE deleted_at < ?"
_EXPIRY = Column(EXPIRES_AT, "", "datetime")


class SQLModelBackend(EntityPersistenceBackend):
    """Keeps entities in the tables of a database.

    Args:
        driver: The database.
        tables: Where each entity is kept.
        clock: Seconds since 1970.

    What is committed together is one transaction. A row has its version in a column, and every
    change is made on the condition that it is the expected one.
    """

    def __init__(
        self,
        driver: Driver,
        tables: Iterable[EntityTable],
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.driver = driver
        self._clock = clock
        self._tables = {
            table.definition.name: _Bound(table, driver.dialect, clock) for table in tables
        }

    async def open(self) -> None:
        """Connect, and make the store's own tables where they are missing."""
        await self.driver.open()
        await self._execute([Statement(sql, ()) for sql in _OWN_TABLES])

    async def close(self) -> None:
        """Disconnect, once everything is written."""
        await self.driver.close()

    async def load(self, key: Key) -> Stored | None:
        """Give what is stored under the key, `None` if it is missing."""
        table = self._table(key)
        id = table.find_id(key.id)
        if id is None:
            return None
        statements = table.table.statements
        rows = await self._fetch(statements.select, (id, *table.now()))
        if not rows:
            return None
        [row] = rows
        links = [
            [target for (target,) in await self._fetch(link.select, (id,))]
            for link in table.table.link_statements
        ]
        return Stored(table.read(row, links), row[len(table.table.columns)])

    async def version(self, key: Key) -> int:
        """Give the version stored under the key, `0` if it is missing."""
        table = self._table(key)
        id = table.find_id(key.id)
        if id is None:
            return 0
        rows = await self._fetch(table.table.statements.version, (id, *table.now()))
        return rows[0][0] if rows else 0

    async def commit(self, writes: Sequence[Write]) -> list[int]:
        """Carry out all the writes, or none, and give the new version of each.

        Raises:
            Conflict: The version of some key is not the expected one.
            InvalidState: A database cannot hold a value of an entity exactly.
            ConstraintViolation: What is stored besides does not allow it.
            Unavailable: The database does not answer.
        """
        statements: list[Statement] = []
        owners: list[Write] = []
        firsts: list[int] = []
        for write in writes:
            firsts.append(len(statements))
            statements += self._table(write.key).write(write)
            owners += [write] * (len(statements) - len(owners))
        try:
            results = await self.driver.execute(statements)
        except Mismatch as mismatch:
            key = owners[mismatch.index].key
            raise Conflict(key.entity, key.id) from None
        except Contention:
            raise Conflict(writes[0].key.entity, writes[0].key.id) from None
        except Violation as violation:
            key = owners[violation.index].key
            raise self._table(key).refuse(violation) from None
        except Unreachable as error:
            raise Unavailable(_RETRY_AFTER) from error
        return [
            write.expected + 1 if write.values is None else results[first][0][0]
            for write, first in zip(writes, firsts, strict=True)
        ]

    async def delete_expired(self) -> int:
        """Delete every row whose time is up, and give their number."""
        count = 0
        now = int(self._clock())
        for table in self._tables.values():
            if table.expires:
                [rows] = await self._execute(
                    [Statement(table.table.statements.delete_expired, table.now())]
                )
                graves = [
                    Statement(_BURY, (table.name, table.id_text(id), version, now))
                    for id, version in rows
                ]
                if graves:
                    await self._execute(graves)
                count += len(rows)
        await self._execute([Statement(_FORGET, (now - int(TOMBSTONE_DAYS * 24 * 3600),))])
        return count

    def _table(self, key: Key) -> "_Bound":
        table = self._tables.get(key.entity)
        if table is None:
            raise ConfigurationError(f"There is no table for {key.entity} in this database.")
        return table

    async def _fetch(self, sql: str, parameters: Sequence[object]) -> list[Row]:
        try:
            return await self.driver.fetch(sql, parameters)
        except DriverError as error:
            raise Unavailable(_RETRY_AFTER) from error

    async def _execute(self, statements: Sequence[Statement]) -> list[list[Row]]:
        try:
            return await self.driver.execute(statements)
        except DriverError as error:
            raise Unavailable(_RETRY_AFTER) from error


class _Bound:
    """A table in a database of a certain kind."""

    def __init__(self, table: EntityTable, dialect: Dialect, clock: Callable[[], float]) -> None:
        self.table = table
        self.name = table.definition.name
        self.expires = table.definition.ttl is not None
        self._clock = clock
        self._writers: list[Codec | None] = [column.writer(dialect) for column in table.columns]
        self._readers = [
            (place, read)
            for place, column in enumerate(table.columns)
            if (read := column.reader(dialect)) is not None
        ]
        self._write_key = table.key.writer(dialect)
        self._read_key = table.key.reader(dialect)
        self._write_expiry = _EXPIRY.writer(dialect)

    def now(self) -> tuple[object, ...]:
        """What a statement has to know of the present time, if anything."""
        return (self._moment(self._clock()),) if self.expires else ()

    def find_id(self, text: str) -> object | None:
        """Give the key column's value of an id, `None` where there can be no such row."""
        try:
            value = self.table.key.check(self.table.read_key(text))
        except ValueError:
            return None
        # Written differently, it would be another key to everything but the database.
        if str(value) != text:
            return None
        return value if self._write_key is None else self._write_key(value)

    def id_text(self, value: Any) -> str:
        """Give the id of a key column's value."""
        return str(value if self._read_key is None else self._read_key(value))

    def read(self, row: Row, links: Sequence[Sequence[Any]]) -> dict[str, Any]:
        """Give the values of the fields for a row."""
        values = list(row[: len(self.table.columns)])
        for place, read in self._readers:
            if values[place] is not None:
                values[place] = read(values[place])
        return self.table.from_row([*values, *links])

    def write(self, write: Write) -> list[Statement]:
        """Give the statements that carry out a write; the first returns the new version."""
        statements, key = self.table.statements, write.key
        id = self.find_id(key.id)
        if id is None:
            raise NotFound(key.entity, key.id)
        if write.values is None:
            version = write.expected + 1
            return [
                Statement(statements.delete, (id, write.expected, *self.now()), 1),
                Statement(_BURY, (self.name, key.id, version, int(self._clock()))),
            ]
        values = self._encode(write)
        links = self._link(write, id)
        expiry: tuple[object, ...] = ()
        if self.expires:
            expiry = (None if write.ttl is None else self._moment(self._clock() + write.ttl),)
        if write.expected:
            parameters = (*values, *expiry, id, write.expected, *self.now())
            return [Statement(statements.update, parameters, 1), *links]
        parameters = (*values, self.name, key.id, *expiry, id, *self.now())
        return [Statement(statements.insert, parameters, 1), *links]

    def refuse(self, violation: Violation) -> ConstraintViolation:
        """Say which fields a violated constraint is about."""
        table = self.table
        fields: tuple[str, ...] = ()
        if violation.constraint is not None:
            fields = table.constraints.get(violation.constraint, ())
        if not fields:
            found = [table.fields[name] for name in violation.columns if name in table.fields]
            fields = tuple(dict.fromkeys(found))
        message, type = _MESSAGES[violation.kind]
        errors = [ArgumentError(field, message, type) for field in fields]
        return ConstraintViolation(self.name, tuple(errors) or (ArgumentError("", message, type),))

    def _encode(self, write: Write) -> list[object]:
        values = list(self.table.to_row(write.values or {}))
        for place, (column, encode) in enumerate(
            zip(self.table.columns, self._writers, strict=True)
        ):
            value = values[place]
            if value is None:
                continue
            try:
                value = column.check(value)
            except NotStorable as error:
                problem = ArgumentError(column.field, str(error), "not_storable")
                raise InvalidState(write.key.entity, (problem,)) from None
            values[place] = value if encode is None else encode(value)
        return values

    def _link(self, write: Write, id: object) -> list[Statement]:
        """Write the rows of the link tables anew."""
        statements: list[Statement] = []
        values = write.values or {}
        for link, texts in zip(self.table.links, self.table.link_statements, strict=True):
            if write.expected:
                statements.append(Statement(texts.delete, (id,)))
            targets: Iterable[Any] = dict.fromkeys(cast("list[Any]", values[link.field]))
            statements += [
                Statement(texts.insert, (id, getattr(target, "id", target), position))
                for position, target in enumerate(targets)
            ]
        return statements

    def _moment(self, seconds: float) -> object:
        moment = datetime.fromtimestamp(seconds, UTC)
        return moment if self._write_expiry is None else self._write_expiry(moment)


_MESSAGES = {
    "unique": ("This is taken.", "unique"),
    "foreign_key": ("What this refers to is not there, or it is still referred to.", "reference"),
    "check": ("This is not allowed here.", "check"),
    "not_null": ("This is missing.", "missing"),
}

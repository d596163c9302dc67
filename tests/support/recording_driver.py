"""A driver that notes what a database is asked."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple

from starmodel.stores.sql.drivers.driver import Driver, Row, Statement, Transaction


class Asked(NamedTuple):
    """A statement as the store wrote it."""

    sql: str
    parameters: tuple[object, ...]


class RecordingDriver(Driver):
    """Hands everything on to another driver.

    Attributes:
        asked: What it was asked, in order.
    """

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self.dialect = driver.dialect
        self.is_temporary = driver.is_temporary
        self.asked: list[Asked] = []

    async def open(self) -> None:
        await self._driver.open()

    async def close(self) -> None:
        await self._driver.close()

    async def fetch(self, sql: str, parameters: Sequence[object]) -> Sequence[Row]:
        self.asked.append(Asked(sql, tuple(parameters)))
        return await self._driver.fetch(sql, parameters)

    async def execute(self, statements: Sequence[Statement]) -> list[Sequence[Row]]:
        self.asked += [Asked(statement.sql, statement.parameters) for statement in statements]
        return await self._driver.execute(statements)

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Transaction]:
        async with self._driver.transaction() as transaction:
            yield _Recording(transaction, self.asked)


class _Recording(Transaction):
    def __init__(self, transaction: Transaction, asked: list[Asked]) -> None:
        self._transaction = transaction
        self._asked = asked

    async def fetch(self, sql: str, parameters: Sequence[object]) -> Sequence[Row]:
        self._asked.append(Asked(sql, tuple(parameters)))
        return await self._transaction.fetch(sql, parameters)

    async def execute(self, statements: Sequence[Statement]) -> list[Sequence[Row]]:
        self._asked += [Asked(statement.sql, statement.parameters) for statement in statements]
        return await self._transaction.execute(statements)

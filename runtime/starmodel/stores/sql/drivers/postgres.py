"""PostgreSQL, through asyncpg.

A change and what goes with it are one journey to the server and back, in the transaction that
PostgreSQL makes for every statement. Each connection prepares a text once. The server may be
started anew at any time: what is under way then fails, and nothing that comes later.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Hashable, Sequence
from contextlib import asynccontextmanager
from itertools import groupby
from typing import Any, TypeVar
from urllib.parse import urlsplit

from starmodel.errors import ConfigurationError
from starmodel.stores.sql.drivers.driver import (
    ConnectionLost,
    Dialect,
    Driver,
    DriverError,
    Row,
    RowCountMismatch,
    Statement,
    Transaction,
    Verbatim,
)
from starmodel.stores.sql.drivers.postgres_connection import Connection, connect, read_url
from starmodel.stores.sql.drivers.postgres_cte import (
    Combined,
    Shape,
    Single,
    combine,
    number,
    single,
)
from starmodel.stores.sql.drivers.postgres_errors import (
    DATABASE_ERRORS,
    ConnectionBroken,
    is_refused,
    translate,
)
from starmodel.stores.sql.drivers.postgres_pool import Pool
from starmodel.stores.sql.drivers.postgres_pooler import connect_and_detect_pooler

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)

_MAX_TEXTS = 2000


class PostgresDriver(Driver):
    """A PostgreSQL database.

    Args:
        url: `postgresql://user:password@host:port/database`; see `read_url` for what may follow.
        pool_size: How many connections there are at most, where the URL does not say.
        pool_timeout: Seconds to wait for one of them, where the URL does not say.

    Raises:
        ConfigurationError: The URL is not one of PostgreSQL.
    """

    dialect: Dialect = "postgresql"

    def __init__(self, url: str, *, pool_size: int = 10, pool_timeout: float = 10.0) -> None:
        self._address = address = read_url(url)
        self.bus_url = address.url
        self._pool = Pool(
            self._connect,
            size=address.pool_size or pool_size,
            patience=address.pool_timeout or pool_timeout,
        )
        # Whether there is a pooler in between; known with the first connection.
        self._is_pooled: bool | None = None
        self._texts: dict[str, str] = {}
        self._singles: dict[tuple[str, int | None], Single] = {}
        self._combined: dict[Shape, Combined | None] = {}

    async def open(self) -> None:
        """Connect.

        Raises:
            ConfigurationError: The server does not know the user, the password or the database, or
                a pooler in front of it keeps no sessions.
            Unreachable: There is no server.
        """
        try:
            await self._pool.open()
        except DATABASE_ERRORS as error:
            where = urlsplit(self._address.url)
            place = f"{where.hostname or 'localhost'}:{where.port or 5432}{where.path}"
            if is_refused(error):
                raise ConfigurationError(
                    f"PostgreSQL at {place} refuses to connect: {error}"
                ) from error
            raise ConnectionLost(f"There is no PostgreSQL at {place}: {error}") from error

    async def close(self) -> None:
        """Disconnect, once what is under way has ended."""
        await self._pool.close()

    async def fetch(self, sql: str, parameters: Sequence[object]) -> Sequence[Row]:
        """Return the rows of one query; where a connection breaks under it, on another one."""
        text = self.text(sql)
        try:
            return await self._use(lambda connection: run(connection, text, parameters))
        except ConnectionBroken:
            return await self._use(lambda connection: run(connection, text, parameters))

    async def execute(self, statements: Sequence[Statement]) -> list[Sequence[Row]]:
        """Execute the statements as one transaction, all or nothing.

        Where the connection breaks under it nobody knows whether they are committed, so it is
        not tried again.
        """
        if len(statements) == 1:
            [statement] = statements
            text = self.single(statement)
            if text.is_whole:
                rows = await self._use(
                    lambda connection: run(connection, text.sql, statement.parameters)
                )
                return [_checked(rows, statement, text, 0)]
        elif (combined := self._combine(statements)) is not None:
            return await self._use(
                lambda connection: _run_combined(connection, combined, statements)
            )
        async with self.transaction() as transaction:
            return await transaction.execute(statements)

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator["PostgresTransaction"]:
        """Begin a transaction that stays open; leaving the block without `execute` rolls back.

        It has a connection to itself: what the unit of work reads meanwhile, it should read
        there, or all connections may be taken by those who wait for another one.
        """
        transaction = PostgresTransaction(self, await self._begin())
        try:
            yield transaction
        except BaseException as error:
            await transaction.end(error)
            raise
        await transaction.end()

    def text(self, sql: str) -> str:
        """Return a query as PostgreSQL wants it."""
        if isinstance(sql, Verbatim):
            # asyncpg takes no other class.
            return str(sql)
        text = self._texts.get(sql)
        return _keep(self._texts, sql, number(sql)) if text is None else text

    def single(self, statement: Statement) -> Single:
        """Return a statement as PostgreSQL wants it."""
        shape = (statement.sql, statement.expects)
        text = self._singles.get(shape)
        return _keep(self._singles, shape, single(statement)) if text is None else text

    def _combine(self, statements: Sequence[Statement]) -> Combined | None:
        shape = tuple([(statement.sql, statement.expects) for statement in statements])
        try:
            return self._combined[shape]
        except KeyError:
            return _keep(self._combined, shape, combine(statements))

    async def _connect(self) -> Connection:
        if self._is_pooled is None:
            connection, self._is_pooled = await connect_and_detect_pooler(self._address)
            return connection
        return await connect(self._address, is_pooled=self._is_pooled)

    async def _acquire(self) -> Connection:
        connection = self._pool.take()
        if connection is not None:
            return connection
        try:
            return await self._pool.acquire()
        except DATABASE_ERRORS as error:
            raise ConnectionLost(f"PostgreSQL cannot be reached: {error}") from error

    async def _use(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Lend a connection for one statement."""
        connection = self._pool.take() or await self._acquire()
        try:
            result = await work(connection)
        except ConnectionLost:
            self._pool.discard(connection)
            raise
        except Exception:
            self._pool.release(connection)
            raise
        except BaseException:
            self._pool.retire(connection)
            raise
        self._pool.release(connection)
        return result

    async def _begin(self) -> Connection:
        try:
            return await self._begin_on(await self._acquire())
        except ConnectionBroken:
            # The server has closed it meanwhile, and nothing was done yet.
            return await self._begin_on(await self._acquire())

    async def _begin_on(self, connection: Connection) -> Connection:
        try:
            await command(connection, "BEGIN")
        except DriverError:
            self._pool.discard(connection)
            raise
        except BaseException:
            self._pool.retire(connection)
            raise
        return connection

    async def give_back(self, connection: Connection, error: BaseException | None = None) -> None:
        """Take back a connection whose transaction is over, or is to be rolled back."""
        if isinstance(error, ConnectionLost):
            self._pool.discard(connection)
            return
        if error is not None and not isinstance(error, Exception):
            self._pool.retire(connection)
            return
        if connection.is_in_transaction():
            try:
                await command(connection, "ROLLBACK")
            except DriverError:
                # The server rolls back what is not committed when it is closed.
                self._pool.discard(connection)
                return
            except BaseException:
                self._pool.retire(connection)
                raise
        self._pool.release(connection)


class PostgresTransaction(Transaction):
    """A transaction that stays open, on a connection of its own until it is over."""

    def __init__(self, driver: PostgresDriver, connection: Connection) -> None:
        self._driver = driver
        self._connection: Connection | None = connection

    async def fetch(self, sql: str, parameters: Sequence[object]) -> Sequence[Row]:
        """Return the rows of a query, within the transaction."""
        return await run(self._running(), self._driver.text(sql), parameters)

    async def execute(self, statements: Sequence[Statement]) -> list[Sequence[Row]]:
        """Execute the statements and commit; either way the transaction is over."""
        connection = self._running()
        try:
            results = await self._carry_out(connection, statements)
            await command(connection, "COMMIT")
        except BaseException as error:
            await self.end(error)
            raise
        await self.end()
        return results

    async def end(self, error: BaseException | None = None) -> None:
        """Release the connection; roll back what was not committed."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await self._driver.give_back(connection, error)

    def _running(self) -> Connection:
        if self._connection is None:
            raise DriverError("The transaction is over.")
        return self._connection

    async def _carry_out(
        self, connection: Connection, statements: Sequence[Statement]
    ) -> list[Sequence[Row]]:
        results: list[Sequence[Row]] = []
        for _, group in groupby(statements, lambda each: (each.sql, each.expects)):
            same = list(group)
            text = self._driver.single(same[0])
            if len(same) > 1 and same[0].expects is None and not text.returns:
                await _run_many(connection, text.sql, same, len(results))
                results += [[] for _ in same]
                continue
            for statement in same:
                place = len(results)
                rows = await run(connection, text.sql, statement.parameters, place)
                results.append(_checked(rows, statement, text, place))
        return results


async def run(
    connection: Connection,
    text: str,
    parameters: Sequence[object],
    index: int = 0,
    targets: tuple[str, ...] = (),
) -> Sequence[Row]:
    """Run a statement, and raise what its error means."""
    try:
        return await connection.fetch(text, *parameters)
    except DATABASE_ERRORS as error:
        is_lost = connection.is_closed()
        raise translate(error, is_lost=is_lost, index=index, targets=targets) from error


async def command(connection: Connection, text: str) -> None:
    """Run a statement without parameters, and raise what its error means."""
    try:
        await connection.execute(text)
    except DATABASE_ERRORS as error:
        raise translate(error, is_lost=connection.is_closed()) from error


async def _run_many(
    connection: Connection, text: str, statements: Sequence[Statement], index: int
) -> None:
    try:
        await connection.executemany(text, [statement.parameters for statement in statements])
    except DATABASE_ERRORS as error:
        raise translate(error, is_lost=connection.is_closed(), index=index) from error


async def _run_combined(
    connection: Connection, combined: Combined, statements: Sequence[Statement]
) -> list[Sequence[Row]]:
    parameters: list[object] = []
    for statement in statements:
        parameters += statement.parameters
    rows = await run(connection, combined.sql, parameters, targets=combined.targets)
    if not rows:
        raise RowCountMismatch(0)
    results: list[Sequence[Row]] = [[] for _ in statements]
    for place, value in zip(combined.places, rows[0], strict=False):
        results[place] = [(value,)]
    return results


def _checked(rows: Sequence[Row], statement: Statement, text: Single, index: int) -> Sequence[Row]:
    if statement.expects is not None and len(rows) != statement.expects:
        raise RowCountMismatch(index)
    return rows if text.returns else []


def _keep(kept: dict[K, Any], key: K, value: T) -> T:
    if len(kept) >= _MAX_TEXTS:
        kept.clear()
    kept[key] = value
    return value

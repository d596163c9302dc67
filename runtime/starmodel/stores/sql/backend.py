"""The store that keeps entities in an SQL database."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from operator import itemgetter
from pathlib import Path
from typing import Any, ClassVar

from starmodel.application.documents.record_text import read_record
from starmodel.application.search import Search
from starmodel.application.store import (
    EMPTY_READ_SET,
    Committed,
    EntityPersistenceBackend,
    IdempotencyRecord,
    Key,
    ReadSet,
    Stored,
    Write,
)
from starmodel.domain import CommandRecord, new_id
from starmodel.errors import Conflict, DuplicateRequest, LockContention, Unavailable
from starmodel.stores.sql import outbox
from starmodel.stores.sql.builders import delete, placeholders
from starmodel.stores.sql.constraint_errors import constraint_error
from starmodel.stores.sql.drivers.database_url import driver_for
from starmodel.stores.sql.drivers.driver import (
    ConnectionLost,
    Contention,
    Driver,
    Row,
    RowCountMismatch,
    Transaction,
    Violation,
)
from starmodel.stores.sql.expiry import delete_expired_rows
from starmodel.stores.sql.reading import TableReader
from starmodel.stores.sql.setup import prepare
from starmodel.stores.sql.statements.commit_plan import Plan, plan
from starmodel.stores.sql.statements.on_delete import relate
from starmodel.stores.sql.statements.search_locks import search_locks, search_turn
from starmodel.stores.sql.statements.statements import TableStatements, handed_out
from starmodel.stores.sql.tables.table import EntityTable

logger = logging.getLogger("starmodel.sql")

FLUSH_SECONDS = 0.1
"""For how long records that were published may stay in the outbox."""

_RETRY_AFTER = 2.0
_READ_ATTEMPTS = 4
_SEARCH_ATTEMPTS = 20
_DELETED_AT_ONCE = 256


class SQLModelBackend(TableReader):
    """Keeps entities in the tables of a database.

    What an event changes is one transaction, with the records that tell of it. A row has its
    version in a column, and every change is made on the condition that it is the expected one.

    Args:
        database: Its URL, or a driver.
        tables: Where each entity is kept.
        root: The project's folder, which relative paths of a SQLite file and of the migrations
            count from; the current folder where it is `None`.
        migrations: The project's folder of migrations; a database that lacks one is not opened.
        clock: Seconds since 1970.
        outbox: Whether records are kept until they are published.

    Raises:
        ConfigurationError: The URL is none of a database, or its library is not installed.
    """

    has_outbox: ClassVar[bool] = True

    def __init__(
        self,
        database: str | Driver,
        tables: Iterable[EntityTable[Any]],
        *,
        root: str | Path | None = None,
        migrations: str | Path | None = None,
        clock: Callable[[], float] = time.time,
        outbox: bool = True,
    ) -> None:
        self.driver = driver_for(database, root) if isinstance(database, str) else database
        super().__init__(
            {table.entity: TableStatements(table, self.driver.dialect) for table in tables}, clock
        )
        relate(self.tables)
        self.is_shared = not self.driver.is_temporary
        self.bus_url = self.driver.bus_url
        self._migrations = None if migrations is None else Path(root or "", migrations)
        self._has_outbox = outbox
        self._done: list[str] = []
        self._flushing: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect, and make the store's own tables where they are missing.

        Raises:
            ConfigurationError: The database cannot be opened, or a migration is missing in it.
            Unavailable: It cannot be reached.
        """
        try:
            await self.driver.open()
            await prepare(self.driver, self.tables.values(), self._migrations)
        except ConnectionLost as error:
            await self.driver.close()
            raise Unavailable(_RETRY_AFTER) from error
        except BaseException:
            await self.driver.close()
            raise

    async def close(self) -> None:
        """Finish what is under way, and disconnect."""
        if self._flushing is not None:
            await self._flushing
        await self._delete_published()
        await self.driver.close()

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[EntityPersistenceBackend]:
        """Return a view of the store that is one transaction until it commits."""
        try:
            async with self.driver.transaction() as transaction:
                yield _View(self, transaction)
        except Contention:
            raise LockContention("", "") from None
        except ConnectionLost as error:
            raise Unavailable(_RETRY_AFTER) from error

    async def commit(self, writes: Sequence[Write]) -> list[int]:
        """Execute all the writes, or none, and return the new version of each."""
        return [*(await self.commit_event(writes, ())).versions]

    async def commit_event(
        self,
        writes: Sequence[Write],
        records: Sequence[CommandRecord],
        idempotency: IdempotencyRecord | None = None,
        reads: ReadSet = EMPTY_READ_SET,
    ) -> Committed:
        """Execute the writes of an event, and keep its records and its receipt, all or none.

        Raises:
            Conflict: The version of some key is not the expected one, or others refer to a record.
            InvalidState: A database would not keep some value as it is.
            ConstraintViolation: What else is stored does not allow it.
            DuplicateRequest: The receipt's key was committed before.
            Unavailable: The database does not answer; what was asked may be done or not.
        """
        return await self.carry_out(writes, records, idempotency, reads, self.driver)

    async def carry_out(
        self,
        writes: Sequence[Write],
        records: Sequence[CommandRecord],
        receipt: IdempotencyRecord | None,
        reads: ReadSet,
        transaction: Driver | Transaction,
    ) -> Committed:
        """Do what `commit_event` does, in a transaction that may have begun before."""
        kept = records if self._has_outbox else ()
        tickets = [new_id() for _ in kept]
        pairs = [*zip(tickets, kept, strict=True)]
        statements = outbox.OUTBOX_STATEMENTS[self.driver.dialect]
        planned = plan(self.tables, statements, writes, pairs, receipt, self.clock(), reads)
        try:
            results = await transaction.execute(planned.statements)
        except RowCountMismatch as mismatch:
            key = planned.read.get(mismatch.index) or writes[planned.owners[mismatch.index]].key
            raise Conflict(key.entity, key.id) from None
        except Contention:
            raise LockContention(writes[0].key.entity, writes[0].key.id) from None
        except Violation as violation:
            await self._refuse(violation, planned, writes, receipt)
            raise
        except ConnectionLost as error:
            raise Unavailable(_RETRY_AFTER) from error
        versions = planned.versions(results)
        for record in records:
            index = planned.places.get((record.entity, record.id))
            if index is not None:
                record.version = versions[index]
        return Committed(versions, tickets)

    async def next_numbers(self, entity: str, count: int, above: int = 0) -> list[int]:
        """Hand out numbers that are to be the ids of new records of an entity."""
        try:
            results = await self.driver.execute(self.table_of(entity).next_numbers(count, above))
        except Contention:
            raise LockContention(entity, "") from None
        except ConnectionLost as error:
            raise Unavailable(_RETRY_AFTER) from error
        return handed_out(entity, count, results[-1])

    def published(self, outbox_ids: Sequence[str]) -> None:
        """Forget records that have been published, together with others in a moment."""
        self._done += outbox_ids
        if self._done and self._flushing is None:
            self._flushing = asyncio.get_running_loop().create_task(self._flush())

    async def pending(self, age: float, lease: float = 0.0) -> Sequence[tuple[str, CommandRecord]]:
        """Return records that were committed at least `age` seconds ago and not published."""
        statements = outbox.OUTBOX_STATEMENTS[self.driver.dialect]
        now = statements.clock(self.clock())
        # Mostly there are none, and to look keeps nobody from writing.
        if not await self.fetch(statements.is_pending, (*now, age)):
            return []
        claim = statements.claim.bind(*now, age - lease, *now, age)
        try:
            [rows] = await self.driver.execute([claim])
        except (Contention, ConnectionLost) as error:
            raise Unavailable(_RETRY_AFTER) from error
        done = {*self._done}
        return [
            (id, read_record(body, version))
            for id, version, body in sorted(rows, key=itemgetter(0))
            if id not in done
        ]

    async def unpublished(self, age: float) -> int:
        """Return how many records were committed at least `age` seconds ago and not published."""
        statements = outbox.OUTBOX_STATEMENTS[self.driver.dialect]
        now = statements.clock(self.clock())
        [(count,)] = await self.fetch(statements.count, (*now, age))
        return int(count)

    async def find_idempotency_record(self, key: str) -> IdempotencyRecord | None:
        """Return the receipt that was committed under a key in the last 24 hours."""
        rows = await self.fetch(outbox.SELECT_IDEMPOTENCY_RECORD, (key,))
        for entity, id, created in rows:
            return IdempotencyRecord(key, entity, id, bool(created))
        return None

    async def delete_expired(self) -> int:
        """Delete every row whose time is up, and return their number.

        What is left of rows that were deleted long ago, and of old requests, goes as well.
        """
        try:
            return await delete_expired_rows(self.driver, self.tables.values(), self.clock())
        except ConnectionLost as error:
            raise Unavailable(_RETRY_AFTER) from error

    async def fetch(self, sql: str, parameters: Sequence[object]) -> Sequence[Row]:
        """Return the rows of a query, which is asked again where others were in the way.

        Raises:
            Unavailable: The database does not answer.
        """
        attempts = 0
        while True:
            try:
                return await self.driver.fetch(sql, parameters)
            except Contention as error:
                attempts += 1
                if attempts == _READ_ATTEMPTS:
                    raise Unavailable(_RETRY_AFTER) from error
            except ConnectionLost as error:
                raise Unavailable(_RETRY_AFTER) from error

    async def _refuse(
        self,
        violation: Violation,
        planned: Plan,
        writes: Sequence[Write],
        receipt: IdempotencyRecord | None,
    ) -> None:
        """Raise what a violated constraint means."""
        if receipt is not None and violation.index == planned.receipt:
            before = await self.find_idempotency_record(receipt.key)
            if before is not None:
                raise DuplicateRequest(before.entity, before.id, created=before.created) from None
            raise LockContention(receipt.entity, receipt.id) from None
        write = writes[planned.owners[violation.index]]
        if violation.kind == "unique" and violation.index in planned.asides:
            # Somebody else has taken the number, or the text, meanwhile.
            raise Conflict(write.key.entity, write.key.id) from None
        field = planned.fields[violation.index]
        raise await constraint_error(violation, write, field, self.tables, self.fetch) from None

    async def _flush(self) -> None:
        await asyncio.sleep(FLUSH_SECONDS)
        await self._delete_published()
        self._flushing = None
        self.published(())

    async def _delete_published(self) -> None:
        while self._done:
            tickets = self._done[:_DELETED_AT_ONCE]
            size = 1 if len(tickets) == 1 else 16 if len(tickets) <= 16 else _DELETED_AT_ONCE
            published = delete(outbox.OUTBOX, f"id IN ({placeholders(size)})")
            filled = (*tickets, *tickets[:1] * (size - len(tickets)))
            try:
                await self.driver.execute([published.bind(*filled)])
            except Exception as error:
                # They stay, and are published once more later on.
                logger.warning("What was published is still in the outbox: %s", error)
            del self._done[: len(tickets)]


class _View(TableReader):
    """The store within one transaction, which ends with a commit."""

    has_outbox: ClassVar[bool] = True
    locks: ClassVar[bool] = True

    def __init__(self, backend: SQLModelBackend, transaction: Transaction) -> None:
        super().__init__(backend.tables, backend.clock)
        self._backend = backend
        self._transaction = transaction
        self._suffix = " FOR UPDATE" if backend.driver.dialect == "postgresql" else ""

    async def lock(self, key: Key) -> Stored | None:
        return await self.load_row(key, self._suffix)

    async def search_locked(self, search: Search) -> list[tuple[Key, Stored]]:
        if not self._suffix:
            return await self.search(search)
        turn = search_turn(search.entity)
        await self.fetch(turn.sql, turn.parameters)
        for _ in range(_SEARCH_ATTEMPTS):
            # Rows first, as in every commit: nobody who holds one waits for who waits for it. If
            # others fit by then, all is released.
            await self.fetch("SAVEPOINT search", ())
            found = await self.search_rows(search, self._suffix)
            await self.lock_searches(search.entity)
            again = await self.search(search)
            if [(key, each.version) for key, each in again] == [
                (key, each.version) for key, each in found
            ]:
                return found
            await self.fetch("ROLLBACK TO search", ())
        raise LockContention(search.entity, "")

    async def lock_searches(self, entity: str) -> None:
        for statement in search_locks([], [entity], self._backend.driver.dialect):
            await self.fetch(statement.sql, statement.parameters)

    async def next_numbers(self, entity: str, count: int, above: int = 0) -> list[int]:
        rows: Sequence[Row] = ()
        for statement in self.table_of(entity).next_numbers(count, above):
            rows = await self.fetch(statement.sql, statement.parameters)
        return handed_out(entity, count, rows)

    async def commit(self, writes: Sequence[Write]) -> list[int]:
        return [*(await self.commit_event(writes, ())).versions]

    async def commit_event(
        self,
        writes: Sequence[Write],
        records: Sequence[CommandRecord],
        idempotency: IdempotencyRecord | None = None,
        reads: ReadSet = EMPTY_READ_SET,
    ) -> Committed:
        transaction = self._transaction
        return await self._backend.carry_out(writes, records, idempotency, reads, transaction)

    async def fetch(self, sql: str, parameters: Sequence[object]) -> Sequence[Row]:
        try:
            return await self._transaction.fetch(sql, parameters)
        except Contention:
            # The transaction is lost with it, so the event has to begin anew.
            raise LockContention("", "") from None
        except ConnectionLost as error:
            raise Unavailable(_RETRY_AFTER) from error

"""The port of drivers: how statements reach a database, and what can go wrong there.

A driver knows nothing of entities. Statements have `?` where a parameter goes and nowhere else, in
text that no request has a part in; a driver whose database writes them otherwise rewrites each text
once.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Literal, NamedTuple, TypeAlias

Dialect: TypeAlias = Literal["sqlite", "postgresql"]
ViolationKind: TypeAlias = Literal["unique", "foreign_key", "check", "not_null"]
Row: TypeAlias = Sequence[Any]


Operation: TypeAlias = Literal["select", "insert", "upsert", "update", "delete"]


class Verbatim(str):
    """The text of a query that is written for its database already, `?` or not."""

    __slots__ = ()


class Statement(NamedTuple):
    """One statement of a transaction, and what it does, so that nobody has to read its text.

    Attributes:
        sql: Its text.
        parameters: What goes into it.
        expects: The number of rows that it must change, or return where it returns rows; `None`
            where any will do.
        operation: What it does; `None` where that is not said.
        table: The table that it writes to, if it does.
        returns: The one expression that it returns of each row it changes, if it does.
        reads: The tables that it reads besides.
        is_single: Whether it concerns one row at most.
        selected: Of the insert of one row the same as `INSERT ... SELECT`, in two pieces: a
            condition can stand between them.
        is_certain: Whether nothing that is stored can be a reason to refuse it.
    """

    sql: str
    parameters: tuple[object, ...] = ()
    expects: int | None = None
    operation: Operation | None = None
    table: str = ""
    returns: str = ""
    reads: frozenset[str] = frozenset()
    is_single: bool = False
    selected: tuple[str, str] | None = None
    is_certain: bool = False

    def bind(self, *parameters: object) -> "Statement":
        """Return the statement with its parameters."""
        return Statement._make((self[0], parameters, *self[2:]))


class DriverError(Exception):
    """The database did not do what it was asked to; nothing of the transaction is left."""


class RowCountMismatch(DriverError):
    """The statement at `index` changed or returned another number of rows than it expects."""

    def __init__(self, index: int) -> None:
        super().__init__(index)
        self.index = index


class Violation(DriverError):
    """A constraint of the database refused the statement at `index`.

    `constraint` is its name and `columns` are those it is about, as far as the database tells:
    SQLite names the columns of a unique one and the name of a check, and nothing of a foreign
    key. `table` is the one that has the constraint, where that is known.
    """

    def __init__(
        self,
        kind: ViolationKind,
        constraint: str | None = None,
        columns: tuple[str, ...] = (),
        *,
        table: str | None = None,
        index: int = 0,
    ) -> None:
        super().__init__(kind, constraint, columns)
        self.kind: ViolationKind = kind
        self.constraint = constraint
        self.columns = columns
        self.table = table
        self.index = index


class Contention(DriverError):
    """Others were in the way: a lock, a deadlock, a serialization failure. Try it again."""


class ConnectionLost(DriverError):
    """The database cannot be reached, or cannot work. The cause is chained, and logged."""


class Transaction(ABC):
    """One transaction that stays open, and keeps others from what it has locked."""

    @abstractmethod
    async def fetch(self, sql: str, parameters: Sequence[object]) -> Sequence[Row]:
        """Return the rows of a query, within the transaction."""

    @abstractmethod
    async def execute(self, statements: Sequence[Statement]) -> list[Sequence[Row]]:
        """Execute the statements and commit; on any error all is rolled back.

        It ends the transaction, so it is called at most once, and is the last call.
        """


class Driver(ABC):
    """A database, reached from one event loop.

    Every method raises `Contention` or `ConnectionLost` where the database does; `RowCountMismatch` and
    `Violation` come out of `execute` alone.
    """

    dialect: Dialect
    is_temporary: bool = False
    """Whether the database is new and empty whenever it is opened."""
    bus_url: str = ""
    """Where its processes can tell each other of changes; empty where it has one process only."""

    @abstractmethod
    async def open(self) -> None:
        """Connect. Called once, before anything else."""

    @abstractmethod
    async def close(self) -> None:
        """Finish what was begun, and disconnect. Closing it again does nothing."""

    @abstractmethod
    async def fetch(self, sql: str, parameters: Sequence[object]) -> Sequence[Row]:
        """Return the rows of one query, outside of any transaction, as of the last commit."""

    @abstractmethod
    async def execute(self, statements: Sequence[Statement]) -> list[Sequence[Row]]:
        """Execute the statements as one transaction, all or nothing.

        Gives the rows that each statement returned. Where it returns, they are committed. Where
        it is cancelled, they may be committed or not.
        """

    @abstractmethod
    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """Begin a transaction that stays open; leaving the block without `execute` rolls back.

        On SQLite it locks the database against all other writers, so be quick; on PostgreSQL
        it locks what is fetched `FOR UPDATE`.
        """

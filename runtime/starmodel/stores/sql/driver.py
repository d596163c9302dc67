"""The port of database drivers: statements in, rows out, one transaction at a time."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

from starmodel.errors import StarModelError

Dialect: TypeAlias = Literal["sqlite", "postgresql"]
Row: TypeAlias = Sequence[Any]
ViolationKind: TypeAlias = Literal["unique", "foreign_key", "check", "not_null"]


class Statement(NamedTuple):
    """One statement of a transaction.

    `sql` has `?` for each of the parameters. Where `expects` is a number, so many rows have to
    be changed or returned, or nothing of the transaction is.
    """

    sql: str
    parameters: Sequence[object]
    expects: int | None = None


class DriverError(StarModelError):
    """What a database says no with. A store turns it into an error that names entities."""


class Mismatch(DriverError):
    """The statement at `index` did not concern as many rows as it expects."""

    def __init__(self, index: int) -> None:
        super().__init__(f"Statement {index} met other rows than it expects.")
        self.index = index


class Violation(DriverError):
    """A constraint does not allow it.

    `constraint` is its name and `columns` are the columns it is about, as far as the database
    says; SQLite names neither for a foreign key. `index` is that of the statement.
    """

    def __init__(
        self,
        kind: ViolationKind,
        index: int,
        constraint: str | None = None,
        columns: tuple[str, ...] = (),
    ) -> None:
        super().__init__(f"Statement {index} breaks a constraint: {kind} {constraint or ''}.")
        self.kind: ViolationKind = kind
        self.index = index
        self.constraint = constraint
        self.columns = columns


class Contention(DriverError):
    """Somebody else was in the way; the same work may succeed when it is done again."""


class Unreachable(DriverError):
    """The database does not answer."""


class Driver(ABC):
    """A database.

    Every method may raise `Contention` and `Unreachable`.
    """

    dialect: Dialect

    @abstractmethod
    async def open(self) -> None:
        """Connect."""

    @abstractmethod
    async def close(self) -> None:
        """Disconnect, once what is under way has ended."""

    @abstractmethod
    async def fetch(self, sql: str, parameters: Sequence[object]) -> list[Row]:
        """Read rows, as they are by now."""

    @abstractmethod
    async def execute(self, statements: Sequence[Statement]) -> list[list[Row]]:
        """Carry out the statements in one transaction, and give the rows that each returned.

        Raises:
            Mismatch, Violation: One of them could not be carried out; nothing was changed.
        """

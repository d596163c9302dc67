"""Statements of an author's own, on the connections that the store has.

SQLAlchemy makes the text and reads the rows, as in a session of its own, but it has no connection
and would wait for one in the wrong way. So it is run until it asks for the rows of a query; they
are fetched as the store fetches them; then it is run again and finds them there.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar, TypeVarTuple, cast, overload

from starmodel.errors import ConfigurationError
from starmodel.stores.sql.backend import SQLModelBackend
from starmodel.stores.sql.drivers.driver import Row, Verbatim

try:
    import sqlalchemy as sa
    from sqlalchemy.dialects.postgresql.base import PGDialect
    from sqlalchemy.dialects.sqlite.base import SQLiteDialect
    from sqlalchemy.engine import Engine, make_url
    from sqlalchemy.orm import Session
    from sqlalchemy.pool import NullPool
    from sqlalchemy.sql.dml import UpdateBase
    from sqlalchemy.sql.visitors import iterate
    from sqlmodel import select
    from sqlmodel.sql.expression import SelectOfScalar
except ModuleNotFoundError as error:
    raise ConfigurationError(
        f"Statements of one's own need a library that is not installed: {error.name}. Run"
        ' `pip install "starmodel-runtime[sql]"`.'
    ) from error

if TYPE_CHECKING:
    from starmodel.application import Services

__all__ = ["fetch", "select"]

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_MAX_QUERIES = 20


@overload
async def fetch(  # pyright: ignore[reportOverlappingOverload]: as SQLModel has it
    services: "Services", statement: "SelectOfScalar[T]"
) -> list[T]: ...


@overload
async def fetch(
    services: "Services", statement: "sa.Select[*Ts] | sa.CompoundSelect[*Ts]"
) -> "list[sa.Row[*Ts]]": ...


async def fetch(services: "Services", statement: Any) -> list[Any]:
    """Return what a `select` finds, as of the last commit.

    Of `select(ProductRow)` these are rows, which belong to nobody: to change one changes nothing
    stored. Of `select(ProductRow.name, ProductRow.price)` they are tuples.

    Args:
        services: The app's services.
        statement: The statement: one of `starmodel.query`, of SQLModel or of SQLAlchemy.

    Raises:
        ConfigurationError: It would change something, or the app has no entities in SQL.
        Unavailable: The database does not answer.
    """
    _make_sure_it_reads(statement)
    backend = _backend_of(services)
    dialect = backend.driver.dialect
    engine = _SQLITE if dialect == "sqlite" else _POSTGRES
    results: list[Sequence[Row]] = []
    while True:
        try:
            return _run(statement, engine, results)
        except _Wanted as wanted:
            if len(results) == _MAX_QUERIES:
                raise ConfigurationError("The statement needs too many queries.") from None
            sql, parameters = wanted.sql, wanted.parameters
        results.append(await backend.fetch(Verbatim(sql), parameters))


def _run(statement: Any, engine: Engine, results: Sequence[Sequence[Row]]) -> list[Any]:
    with Session(engine, autoflush=False) as session:
        connection: Any = session.connection().connection.dbapi_connection
        connection.results = iter(results)
        result = session.execute(statement)
        is_single = isinstance(statement, SelectOfScalar)
        found: Sequence[Any] = result.scalars().all() if is_single else result.all()
        session.expunge_all()
        return [*found]


class _Wanted(Exception):
    """The rows of this query are wanted."""

    def __init__(self, sql: str, parameters: Sequence[object]) -> None:
        super().__init__(sql)
        self.sql = sql
        self.parameters = parameters


class _Library:
    """What SQLAlchemy looks for in a database's library."""

    class Error(Exception):
        """It would be raised by a database."""

    Binary = bytes


class _Connection:
    """What SQLAlchemy takes for a connection: the rows of the queries that were fetched."""

    results: Iterator[Sequence[Row]] = iter(())

    def cursor(self) -> "_Cursor":
        return _Cursor(self)

    def commit(self) -> None:
        """Nothing was begun."""

    rollback = close = commit


class _Cursor:
    """Hands out the rows of one query."""

    arraysize = 1
    rowcount = -1
    description: Sequence[tuple[Any, ...]] | None = None

    def __init__(self, connection: _Connection) -> None:
        self._connection = connection
        self._rows: Iterator[Row] = iter(())

    def run(self, sql: str, parameters: Sequence[object], names: Sequence[str]) -> None:
        rows = next(self._connection.results, None)
        if rows is None:
            raise _Wanted(sql, parameters)
        self._rows = iter(rows)
        self.description = [(name, *[None] * 6) for name in names]

    def fetchone(self) -> tuple[Any, ...] | None:
        row = next(self._rows, None)
        return None if row is None else tuple(row)

    def fetchmany(self, size: int = 1) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in islice(self._rows, size)]

    def fetchall(self) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self._rows]

    def close(self) -> None:
        self._rows = iter(())


def _execute(cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
    names = [column.keyname for column in context.compiled._result_columns]
    cursor.run(statement, [*parameters], names)


def _engine(dialect: Any) -> Engine:
    dialect.dbapi = _Library
    dialect.do_execute = _execute
    # asyncpg gives a Decimal; to make sure, SQLAlchemy would make it of a float.
    dialect.supports_native_decimal = dialect.name == "postgresql"
    pool: Any = NullPool(cast("Any", _Connection))
    return Engine(pool, dialect, make_url(f"{dialect.name}://"))


_SQLITE = _engine(SQLiteDialect(paramstyle="qmark"))
_POSTGRES = _engine(PGDialect(paramstyle="numeric_dollar"))


def _make_sure_it_reads(statement: object) -> None:
    if not isinstance(statement, sa.SelectBase) or isinstance(statement, sa.TextualSelect):
        kind = type(statement).__name__
        raise ConfigurationError(
            f"`fetch` takes a select, and this is a {kind}. What changes entities is done in their"
            " events, so that it is checked and published."
        )
    for part in iterate(statement):
        if isinstance(part, UpdateBase):
            raise ConfigurationError(
                "`fetch` only reads, and this select has a part that changes something. What"
                " changes entities is done in their events, so that it is checked and published."
            )


def _backend_of(services: "Services") -> SQLModelBackend:
    for backend in services.persistence.backends:
        if isinstance(backend, SQLModelBackend):
            return backend
    raise ConfigurationError("This app has no entities in SQL, so there is nothing to select from.")

"""What migrations do about full-text indexes."""

from collections.abc import Iterable, Sequence

from alembic import op

from starmodel.stores.sql.drivers.driver import Dialect
from starmodel.stores.sql.statements.full_text import create_statements, drop_statements


def create_search_index(table: str, key: str, columns: Sequence[str]) -> None:
    """Index the words of some columns, those of the rows that are there among them."""
    _execute(create_statements(table, key, columns, _dialect()))


def drop_search_index(table: str) -> None:
    """Take the index away; the rows stay as they are."""
    _execute(drop_statements(table, _dialect()))


def _dialect() -> Dialect:
    return "sqlite" if op.get_context().dialect.name == "sqlite" else "postgresql"


def _execute(statements: Iterable[str]) -> None:
    for statement in statements:
        op.execute(statement)

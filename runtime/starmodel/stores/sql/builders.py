"""The statements that change a table, as values: what each does is known without reading its text.

Names are quoted, and values are parameters, so a `?` in a text is always a parameter.
"""

from collections.abc import Iterable, Mapping, Sequence

from starmodel.stores.sql.drivers.driver import Operation, Statement
from starmodel.stores.sql.tables.column import quote


def insert(
    table: str,
    values: Mapping[str, str],
    *,
    key: Sequence[str] = (),
    returns: str = "",
    reads: Iterable[str] = (),
    expects: int | None = None,
) -> Statement:
    """Write the insert of one row.

    Args:
        table: The table's name.
        values: The expression for each column: `?`, or a query of the tables in `reads`.
        key: The columns of its key, if a row that is there with the same one is to be changed.
        returns: What it gives of the new row.
        reads: The tables that its expressions read.
        expects: How many rows it has to add.
    """
    end = _on_conflict(key, values) + (f" RETURNING {returns}" if returns else "")
    head = f"INSERT INTO {quote(table)} ({_names(values)})"
    listed = ", ".join(values.values())
    return Statement(
        f"{head} VALUES ({listed}){end}",
        expects=expects,
        operation="upsert" if key else "insert",
        table=table,
        returns=returns,
        reads=frozenset(reads),
        is_single=True,
        selected=(f"{head} SELECT {listed}", end),
    )


def insert_from(
    table: str,
    values: Mapping[str, str],
    source: str,
    *,
    key: Sequence[str] = (),
    reads: Iterable[str] = (),
) -> Statement:
    """Write the insert of a row for each one of a query, which `source` continues: `FROM ...`."""
    return Statement(
        f"INSERT INTO {quote(table)} ({_names(values)}) SELECT {', '.join(values.values())}"
        f" {source}{_on_conflict(key, values)}",
        operation="upsert" if key else "insert",
        table=table,
        reads=frozenset(reads),
    )


def update(
    table: str,
    values: Mapping[str, str],
    condition: str,
    *,
    reads: Iterable[str] = (),
    is_single: bool = False,
) -> Statement:
    """Write the update of the rows for which a condition holds; a single one has to be there."""
    settings = ", ".join([f"{quote(name)} = {value}" for name, value in values.items()])
    sql = f"UPDATE {quote(table)} SET {settings} WHERE {condition}"
    return _change("update", sql, table, reads=reads, is_single=is_single)


def delete(
    table: str,
    condition: str,
    *,
    reads: Iterable[str] = (),
    is_single: bool = False,
    returns: str = "",
) -> Statement:
    """Write the deletion of the rows for which a condition holds; a single one has to be there."""
    returning = f" RETURNING {returns}" if returns else ""
    sql = f"DELETE FROM {quote(table)} WHERE {condition}{returning}"
    return _change("delete", sql, table, reads=reads, is_single=is_single, returns=returns)


def placeholders(count: int) -> str:
    """Write that many parameters: `?, ?, ?`."""
    return ", ".join(["?"] * count)


def _change(
    operation: Operation,
    sql: str,
    table: str,
    *,
    reads: Iterable[str],
    is_single: bool,
    returns: str = "",
) -> Statement:
    return Statement(
        sql,
        expects=1 if is_single else None,
        operation=operation,
        table=table,
        returns=returns,
        reads=frozenset(reads),
        is_single=is_single,
    )


def _names(values: Iterable[str]) -> str:
    return ", ".join(map(quote, values))


def _on_conflict(key: Sequence[str], values: Iterable[str]) -> str:
    if not key:
        return ""
    others = [quote(name) for name in values if name not in key]
    settings = ", ".join([f"{name} = excluded.{name}" for name in others])
    return f" ON CONFLICT ({_names(key)}) DO UPDATE SET {settings}"

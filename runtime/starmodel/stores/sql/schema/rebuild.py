"""Write a SQLite table anew and lose nothing: triggers, views, indexes and what was added by hand.

SQLite changes little about a table that is there. Alembic's batch mode makes a new one, copies
the rows and drops the old one, and with it what it was not told of: triggers, indexes on
expressions, collations, columns and constraints that somebody added. Here it is told.

Importing this module makes Alembic use it for SQLite.
"""

import re
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic.ddl.sqlite import SQLiteImpl
from sqlalchemy.exc import SAWarning

if TYPE_CHECKING:
    from alembic.operations.batch import ApplyBatchImpl, BatchOperationsImpl
    from sqlalchemy.engine import Connection

_TEMPORARY = "_alembic_tmp_"
_AUTOINCREMENT = re.compile(r"\bPRIMARY\s+KEY\b.*\bAUTOINCREMENT\b", re.IGNORECASE | re.DOTALL)
_COLLATION = re.compile(r'\bCOLLATE\s+("?)(\w+)\1', re.IGNORECASE)
_READ_OTHERWISE = re.compile(r"(?<![:\w\\]):\w+(?![:\w])|\\:\w*(?![:\w])")
"""A parameter, or a backslash that hides one: what SQLAlchemy would take out of a text."""


class PreservingSQLite(SQLiteImpl):
    """Alembic's SQLite, which keeps what stands around a table that is written anew."""

    __dialect__ = "sqlite"
    transactional_ddl = True

    _kept: tuple[str, ...] = ()
    # Whether the table that is being written anew numbers its rows.
    _numbers = False

    def requires_recreate_in_batch(self, batch_op: "BatchOperationsImpl") -> bool:
        """Return whether the table is written anew; if so, from a copy that has all that is there."""
        needed = super().requires_recreate_in_batch(batch_op)
        copied: sa.Table | None = batch_op.copy_from  # pyright: ignore[reportUnknownMemberType]
        if needed and copied is not None and (connection := self._live()):
            complete(copied, connection)
        return needed

    def cast_for_batch_migrate(self, existing: Any, existing_transfer: Any, new_type: Any) -> None:
        """Convert as Alembic does; a text keeps its collation."""
        collation = getattr(existing.type, "collation", None)
        if isinstance(new_type, sa.String) and new_type.collation is None:
            new_type.collation = collation
        parent: Any = super()
        parent.cast_for_batch_migrate(existing, existing_transfer, new_type)

    def prep_table_for_batch(self, batch_impl: "ApplyBatchImpl", table: sa.Table) -> None:
        """Let the new table go on to number its rows, unless it is told otherwise."""
        super().prep_table_for_batch(batch_impl, table)
        new = batch_impl.new_table
        assert new is not None
        # It has an answer to every name, and lists those that were given one.
        if "sqlite_autoincrement" not in [*new.dialect_kwargs] and self._is_numbered(table):
            new.dialect_kwargs["sqlite_autoincrement"] = True
        self._numbers = bool(new.dialect_kwargs.get("sqlite_autoincrement"))

    def drop_table(self, table: sa.Table, **kw: Any) -> None:
        """Drop a table; what hangs on one that is written anew is set aside first."""
        if self._numbers:
            self._hand_on_numbers(table.name)
            self._numbers = False
        connection = self._live()
        if connection is not None and self._has_successor(table.name, connection):
            self._set_aside(table, connection)
        super().drop_table(table, **kw)

    def rename_table(self, old_table_name: Any, new_table_name: Any, schema: Any = None) -> None:
        """Rename a table; what was set aside comes back when the new one has its name."""
        super().rename_table(old_table_name, new_table_name, schema=schema)
        connection = self._live()
        if connection is not None and str(old_table_name).startswith(_TEMPORARY):
            for statement in self._kept:
                connection.exec_driver_sql(statement)
            self._kept = ()

    def _is_numbered(self, table: sa.Table) -> bool:
        """Return whether a table as it is numbers its rows, and uses no number again."""
        if table.dialect_kwargs.get("sqlite_autoincrement"):
            return True
        connection = self._live()
        if connection is None:
            return False
        sql = connection.exec_driver_sql(
            "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (table.name,)
        ).scalar()
        parts = definitions(sql or "")
        return any(_AUTOINCREMENT.search(part) for part in parts)

    def _hand_on_numbers(self, name: str) -> None:
        """Let the successor of a table go on behind the last number, whose row may be gone."""
        old, new = (
            f"'{text.replace(chr(39), chr(39) * 2)}'" for text in (name, successor_of(name))
        )
        last = f"FROM sqlite_sequence WHERE name = {old}"
        for statement in (
            f"DELETE FROM sqlite_sequence WHERE name = {new} AND EXISTS (SELECT 1 {last})",
            f"INSERT INTO sqlite_sequence (name, seq) SELECT {new}, seq {last}",
        ):
            self.execute(_text(statement))

    def _live(self) -> "Connection | None":
        """Return the database; `None` where SQL is written for a review."""
        return None if self.as_sql else self.connection

    def _has_successor(self, name: str, connection: "Connection") -> bool:
        found = connection.exec_driver_sql(
            "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (successor_of(name),)
        )
        return found.first() is not None

    def _set_aside(self, table: sa.Table, connection: "Connection") -> None:
        """Remember the indexes nobody told of; take triggers and views away for a while.

        All of them, since one of another table that speaks of this one keeps SQLite from
        renaming its successor.
        """
        told = {index.name for index in table.indexes}
        rows = connection.exec_driver_sql(
            "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL"
            " AND type IN ('index', 'view', 'trigger')"
            " ORDER BY CASE type WHEN 'index' THEN 0 WHEN 'view' THEN 1 ELSE 2 END, rowid"
        ).all()
        kept: list[str] = []
        for kind, name, owner, sql in rows:
            if kind == "index" and (owner != table.name or name in told):
                continue
            kept.append(sql)
        for kind, name, _, _ in reversed(rows):
            if kind != "index":
                quoted = str(name).replace('"', '""')
                connection.exec_driver_sql(f'DROP {kind} IF EXISTS "{quoted}"')
        self._kept = tuple(kept)


def successor_of(name: str) -> str:
    """Return what Alembic calls a table while it is written anew."""
    return f"{_TEMPORARY}{name}"[:50]


def complete(table: sa.Table, connection: "Connection") -> None:
    """Add to a table's description what the database has besides."""
    inspector = sa.inspect(connection)
    for found in inspector.get_columns(table.name):
        default = found.get("default")
        if found["name"] not in table.columns:
            table.append_column(sa.Column(found["name"], found["type"], nullable=found["nullable"]))
        column = table.columns[found["name"]]
        if found["nullable"] and not column.primary_key:
            # Taken back, it came without a value.
            column.nullable = True
        if default is not None and column.server_default is None:
            column.server_default = sa.DefaultClause(_text(default))
    checks = {item.name for item in table.constraints if isinstance(item, sa.CheckConstraint)}
    known = {str(name) for name in checks if name is not None}
    for check in inspector.get_check_constraints(table.name):
        if check["name"] not in known and not _is_told(table, check["sqltext"]):
            table.append_constraint(
                sa.CheckConstraint(_text(check["sqltext"]), name=check["name"] or None)
            )
    uniques = [item for item in table.constraints if isinstance(item, sa.UniqueConstraint)]
    with warnings.catch_warnings():
        # It has no word for an index on an expression, which is kept as its SQL.
        warnings.simplefilter("ignore", SAWarning)
        found_uniques = inspector.get_unique_constraints(table.name)
    for unique in found_uniques:
        if not any([*item.columns.keys()] == unique["column_names"] for item in uniques):
            table.append_constraint(
                sa.UniqueConstraint(*unique["column_names"], name=unique["name"])
            )
    references = [[*item.column_keys] for item in table.foreign_key_constraints]
    for key in inspector.get_foreign_keys(table.name):
        if key["constrained_columns"] not in references:
            targets = [f"{key['referred_table']}.{name}" for name in key["referred_columns"]]
            table.append_constraint(
                sa.ForeignKeyConstraint(
                    key["constrained_columns"], targets, name=key["name"], **key.get("options", {})
                )
            )
    for name, collation in _collations(table.name, connection):
        kind = table.columns[name].type
        if isinstance(kind, sa.String):
            kind.collation = collation


def _text(sql: str) -> sa.TextClause:
    return sa.text(_READ_OTHERWISE.sub(r"\\\g<0>", sql))


def _is_told(table: sa.Table, sql: str) -> bool:
    """Return whether a check without a name is among those of the table."""
    return any(
        isinstance(item, sa.CheckConstraint) and str(item.sqltext) == sql
        for item in table.constraints
    )


def _collations(name: str, connection: "Connection") -> Iterator[tuple[str, str]]:
    """The columns of a table that have a collation; SQLite tells it only in the table's SQL."""
    sql = connection.exec_driver_sql(
        "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (name,)
    ).scalar_one()
    for definition in definitions(sql):
        found = _COLLATION.search(definition)
        column = re.match(r'\s*(?:"((?:[^"]|"")+)"|(\w+))', definition)
        if found and column and (column[1] or column[2].upper() not in _TABLE_CONSTRAINTS):
            yield (column[1] or column[2]).replace('""', '"'), found[2]


_TABLE_CONSTRAINTS = frozenset({"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"})


def definitions(sql: str) -> list[str]:
    """Return the parts between the outer brackets of a CREATE TABLE, as they are divided by commas."""
    parts: list[str] = []
    depth, part = 0, ""
    for piece in re.findall(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\[[^\]]*\]|`[^`]*`|.", sql, re.S):
        if piece == ")":
            depth -= 1
        if piece == "," and depth == 1:
            parts.append(part)
            part = ""
        elif depth >= 1:
            part += piece
        if piece == "(":
            depth += 1
    return [*parts, part.rstrip()]

"""The statements that change one table: rows first, then the table, then its indexes.

PostgreSQL alters a table where it is. SQLite writes it anew for most changes, which is what
`batch_alter_table` does; the table that it copies from stands in the revision, so that no
database is needed to write the SQL.
"""

from collections.abc import Callable

from starmodel_generator.database.sql_text import Sql, identifier, quoted
from starmodel_generator.emission.python.layout import Group, Layout, Parts, lay_out, prefixed
from starmodel_generator.emission.python.literals import python_string
from starmodel_generator.migrations.migration_plan import AlteredColumn, TableChange, Update
from starmodel_generator.migrations.writer.batch_text import (
    COPY,
    INDENT,
    MARGIN,
    batch_steps,
    batch_text,
    call_text,
    drop_check,
)
from starmodel_generator.migrations.writer.column_text import (
    choice_layout,
    column_text,
    sql_layout,
    table_text,
)
from starmodel_schemas import CheckSchema, ColumnSchema, IndexSchema, TableSchema


def drop_index(index: IndexSchema, table: str, indent: int = MARGIN) -> str:
    """Drop an index by its name."""
    name, owner = python_string(index.name), f"table_name={python_string(table)}"
    return call_text("op.drop_index(", name, owner, indent=indent)


def create_index(index: IndexSchema, table: str, indent: int = MARGIN) -> str:
    """Create an index."""
    columns = Group("[", tuple(python_string(column) for column in index.columns), "]")
    unique: tuple[Layout, ...] = ("unique=True",) if index.unique else ()
    items: tuple[Layout, ...] = (python_string(index.name), python_string(table), columns, *unique)
    return call_text("op.create_index(", *items, indent=indent)


def drop_indexes(change: TableChange) -> list[str]:
    """Drop the indexes of a table, before anything has another name."""
    return _index_lines(change.dropped_indexes, change.old.name, change, drop_index)


def rename_parts(change: TableChange) -> list[str]:
    """Rename constraints and indexes, which SQLite cannot."""
    body: list[str] = []
    for rename in change.renames:
        before, after = identifier(rename.before.name), identifier(rename.after.name)
        sql = f"ALTER TABLE {identifier(change.new.name)} RENAME CONSTRAINT {before} TO {after}"
        if isinstance(rename.before, IndexSchema):
            sql = f"ALTER INDEX {before} RENAME TO {after}"
        body.append(execute(Sql.same(sql), 2 * MARGIN))
    return on_postgresql(body)


def _index_lines(
    indexes: tuple[IndexSchema, ...],
    table: str,
    change: TableChange,
    write: Callable[[IndexSchema, str, int], str],
) -> list[str]:
    both = [write(index, table, MARGIN) for index in indexes if not change.is_only_renamed(index)]
    renamed = [write(item, table, 2 * MARGIN) for item in indexes if change.is_only_renamed(item)]
    return [*both, *_on_sqlite(renamed)]


def change_lines(change: TableChange) -> list[str]:
    """Everything behind the renames."""
    table = change.new.name
    added = [item.column for item in change.added if not item.needs_empty_table]
    lines = [_add_column(table, column) for column in added]
    current = _with_columns(
        change,
        [column.model_copy(update={"nullable": True, "server_default": None}) for column in added],
    )
    # A row may get a value that the old check does not know.
    early = _checks_in_the_way(change)
    if early:
        lines.append(lay_out(table_text(current, COPY), MARGIN))
        lines.append(batch_text(table, [drop_check(check) for check in early]))
        checks = tuple(check for check in current.checks if check not in early)
        current = current.model_copy(update={"checks": checks})
    lines += [
        _update(table, Update(item.column.name, item.value))
        for item in change.added
        if item.value is not None
    ]
    lines += [_update(table, update) for update in change.updates]
    moved = [
        item
        for item in change.altered
        if item.conversion and item.conversion.sqlite and item.after.name not in change.rekeyed
    ]
    aside = _names_aside(moved, current)
    lines += _conversions(change, aside)
    lines += _numbering(change, begins=False)
    if change.needs_batch:
        if aside:
            columns = [
                item.after.model_copy(update={"name": aside[item.after.name], "nullable": True})
                for item in moved
            ]
            current = current.model_copy(update={"columns": (*current.columns, *columns)})
        lines.append(lay_out(table_text(current, COPY), MARGIN))
        order = tuple(aside.get(column.name, column.name) for column in change.new.columns)
        steps = batch_steps(change, aside, early)
        options = tuple(
            f'table_kwargs={{"sqlite_autoincrement": {item.after.identity}}}'
            for item in change.altered
            if item.is_renumbered
        )
        lines.append(batch_text(table, steps, order if aside else (), options))
    lines += _numbering(change, begins=True)
    lines += _index_lines(change.created_indexes, table, change, create_index)
    return [*lines, *_proofs(change)]


def _with_columns(change: TableChange, added: list[ColumnSchema]) -> TableSchema:
    """Return the table behind the renames and the dropped indexes, with new columns."""
    table = change.current
    return table.model_copy(
        update={
            "columns": (*table.columns, *added),
            "indexes": tuple(
                index for index in table.indexes if index not in change.dropped_indexes
            ),
        }
    )


def _add_column(table: str, column: ColumnSchema) -> str:
    return call_text("op.add_column(", python_string(table), column_text(column, nullable=True))


def _checks_in_the_way(change: TableChange) -> list[CheckSchema]:
    updated = {update.column for update in change.updates}
    return [check for check in change.dropped_checks if check.column in updated]


def _update(table: str, update: Update) -> str:
    where = update.where or Sql.same("")
    start = f"UPDATE {identifier(table)} SET {identifier(update.column)} = "
    middle = " WHERE " if update.where else ""
    sql = Sql(
        start + update.value.sqlite + middle + where.sqlite,
        start + update.value.postgresql + middle + where.postgresql,
    )
    return execute(sql)


def execute(sql: Sql, indent: int = MARGIN) -> str:
    """Write the execution of SQL."""
    layout = choice_layout(sql)
    if isinstance(layout, Parts):
        # The brackets of the call do for its parts as well.
        return lay_out(prefixed("op.execute", layout._replace(always=True)), indent)
    return call_text("op.execute(", layout, indent=indent)


def _numbering(change: TableChange, *, begins: bool) -> list[str]:
    """Return what PostgreSQL does where it begins to number rows, or ceases to."""
    table = identifier(change.new.name)
    body: list[str] = []
    for item in change.altered:
        if not item.is_renumbered or item.after.identity != begins:
            continue
        column = identifier(item.after.name)
        alter = f"ALTER TABLE {table} ALTER COLUMN {column} "
        if not begins:
            body.append(execute(Sql.same(f"{alter}DROP IDENTITY"), 2 * MARGIN))
            continue
        body.append(execute(Sql.same(f"{alter}ADD GENERATED BY DEFAULT AS IDENTITY"), 2 * MARGIN))
        sequence = f"pg_get_serial_sequence({quoted(table)}, {quoted(item.after.name)})"
        following = f"SELECT coalesce(max({column}), 0) + 1 FROM {table}"
        body.append(
            execute(Sql.same(f"SELECT setval({sequence}, ({following}), false)"), 2 * MARGIN)
        )
    return on_postgresql(body)


def _names_aside(moved: list[AlteredColumn], table: TableSchema) -> dict[str, str]:
    """Return where SQLite puts converted values before they take the place of the old ones."""
    taken = {column.name for column in table.columns}
    names: dict[str, str] = {}
    for item in moved:
        name = f"{item.after.name}_converted"
        while name in taken:
            name += "_"
        names[item.after.name] = name
    return names


def _conversions(change: TableChange, aside: dict[str, str]) -> list[str]:
    """Return what SQLite needs besides: it converts nothing, and minds nothing."""
    table = change.new.name
    body: list[str] = []
    for item in change.altered:
        if item.conversion is None:
            continue
        column = identifier(item.after.name)
        if item.conversion.misfit and item.before.type != item.after.type:
            words = f"{table}.{item.after.name} has values {item.conversion.risk}"
            body.append(_refuse(table, item.after.name, item.conversion.misfit, words))
        if item.after.name in change.rekeyed and item.conversion.sqlite:
            # A column of a key cannot go aside, and SQLite minds no values that fit its type less.
            value = item.conversion.sqlite.replace("{}", column)
            update = f"UPDATE {identifier(table)} SET {column} = {value}"
            body.append(execute(Sql.same(update), 2 * MARGIN))
        elif item.after.name in aside and item.conversion.sqlite:
            name = aside[item.after.name]
            new = item.after.model_copy(update={"name": name})
            body.append(
                call_text(
                    "op.add_column(",
                    python_string(table),
                    column_text(new, nullable=True),
                    indent=2 * MARGIN,
                )
            )
            value = item.conversion.sqlite.replace("{}", column)
            update = f"UPDATE {identifier(table)} SET {identifier(name)} = {value}"
            body.append(execute(Sql.same(update), 2 * MARGIN))
    return _on_sqlite(body)


def _proofs(change: TableChange) -> list[str]:
    """Return what SQLite is asked last: whether it can give back what expressions made."""
    table = change.new.name
    return _on_sqlite(
        [
            _refuse(table, proof.column, proof.unreadable, proof.problem)
            for proof in change.post_checks
        ]
    )


def _refuse(table: str, column: str, misfit: str, words: str) -> str:
    where = misfit.replace("{}", identifier(column))
    count = f"SELECT count(*) FROM {identifier(table)} WHERE {where}"
    return lay_out(Group("refuse(", (sql_layout(count), python_string(words)), ")"), 2 * MARGIN)


def _on_sqlite(body: list[str]) -> list[str]:
    return _under("if sqlite:", body)


def on_postgresql(body: list[str]) -> list[str]:
    """Return statements for PostgreSQL alone."""
    return _under("if not sqlite:", body)


def _under(head: str, body: list[str]) -> list[str]:
    if not body:
        return []
    return ["\n".join([head, *(f"{INDENT * 2}{line}" for line in body)])]

"""The body of `upgrade` or `downgrade`: every step as an operation of Alembic."""

from itertools import pairwise

from starmodel_generator.database.sql_text import Sql, identifier
from starmodel_generator.emission.python.layout import Group, Layout, lay_out
from starmodel_generator.emission.python.literals import python_string
from starmodel_generator.migrations.migration_plan import NewIds, Steps, TableChange
from starmodel_generator.migrations.writer.batch_text import (
    COPY,
    MARGIN,
    batch_text,
    call_text,
    comment_lines,
)
from starmodel_generator.migrations.writer.column_text import (
    check_text,
    column_text,
    key_arguments,
    key_text,
    primary_key_text,
    table_options,
    table_text,
)
from starmodel_generator.migrations.writer.table_change_text import (
    change_lines,
    create_index,
    drop_indexes,
    execute,
    on_postgresql,
    rename_parts,
)
from starmodel_schemas import ForeignKeySchema, PlainColumnType, TableSchema


def steps_lines(steps: Steps) -> list[str]:
    """Return the statements, each beginning in the first column."""
    lines: list[str] = []
    # What is in two rounds has its index back behind the second.
    reindexed = {
        change.old.name: change for change in steps.changed if change.reindexes or steps.then
    }
    for table in (*(change.old for change in reindexed.values()), *steps.dropped):
        if table.searchable:
            lines.append(call_text("drop_search_index(", python_string(table.name)))
    for change in steps.changed:
        lines += drop_indexes(change)
    for change in steps.changed:
        old, new = change.old.name, change.new.name
        if change.is_renamed:
            # SQLite takes names that differ only by case for the same.
            names = [old, f"_{new}", new] if old.casefold() == new.casefold() else [old, new]
            for former, name in pairwise(names):
                lines.append(call_text("op.rename_table(", *map(python_string, (former, name))))
        for former, name in change.renamed:
            lines.append(
                call_text(
                    "op.alter_column(",
                    python_string(new),
                    python_string(former),
                    f"new_column_name={python_string(name)}",
                )
            )
        lines += rename_parts(change)
    lines += _loosened(steps)
    late = [key for _, key in steps.late_keys]
    for table in steps.created:
        lines += _create(table, late)
    for table in steps.created:
        keys = [key for owner, key in steps.late_keys if owner == table]
        if keys:
            lines += _circle(_without(table, keys), [_added_key(key) for key in keys])
    for change in steps.changed:
        lines += _notes(change)
        lines += change_lines(change)
    for ids in steps.new_ids:
        lines += _given(ids)
    for change in steps.then:
        lines += [*drop_indexes(change), *change_lines(change)]
    lines += _tightened(steps)
    for table in (*steps.created, *(change.new for change in reindexed.values())):
        if table.searchable:
            listed = Group("[", tuple(map(python_string, table.searchable)), "]")
            names = (python_string(table.name), python_string(table.primary_key[0]))
            lines.append(call_text("create_search_index(", *names, listed))
    for table in steps.dropped:
        keys = [key for owner, key in steps.loose_keys if owner == table]
        if keys:
            lines += _circle(table, [_dropped_key(key) for key in keys])
    lines += [call_text("op.drop_table(", python_string(table.name)) for table in steps.dropped]
    return lines


def _loosened(steps: Steps) -> list[str]:
    """Drop the references to ids that become others, which PostgreSQL would hold on to."""
    keys: dict[tuple[str, str], ForeignKeySchema] = {}
    for change in (*steps.changed, *steps.then):
        for key in change.dropped_keys:
            if change.is_rekeyed(key):
                keys.setdefault((change.new.name, key.column), key)
    return on_postgresql(
        [
            call_text(
                "op.drop_constraint(",
                python_string(key.name),
                python_string(table),
                'type_="foreignkey"',
                indent=2 * MARGIN,
            )
            for (table, _), key in keys.items()
        ]
    )


def _tightened(steps: Steps) -> list[str]:
    """Add the references to ids that have become others."""
    return on_postgresql(
        [
            call_text(
                "op.create_foreign_key(",
                key_arguments(key)[0],
                python_string(change.new.name),
                *key_arguments(key)[1:],
                indent=2 * MARGIN,
            )
            for change in steps.then or steps.changed
            for key in change.added_keys
            if change.is_rekeyed(key)
        ]
    )


_NEW_IDS = "starmodel_new_ids"
_RANDOM_UUID = Sql(
    "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2)"
    " || '-' || substr('89ab', 1 + abs(random() % 4), 1) || substr(hex(randomblob(2)), 2)"
    " || '-' || hex(randomblob(6)))",
    "CAST(gen_random_uuid() AS text)",
)
# With a mark in front, no new number is an old text that is still to be replaced.
_NEXT_NUMBER = Sql.same("'#' || CAST(row_number() OVER (ORDER BY id) AS text)")


def _given(ids: NewIds) -> list[str]:
    """Give new values to ids that are texts now, and to all that refers to them."""
    table = identifier(ids.table)
    is_number = ids.type == PlainColumnType(name="integer")
    made = (_NEXT_NUMBER if is_number else _RANDOM_UUID).join(
        f"CREATE TABLE {_NEW_IDS} AS SELECT id AS old_id, {{}} AS new_id FROM {table}"
    )
    holders = [*((identifier(one), identifier(other)) for one, other in ids.references)]
    holders.append((table, "id"))
    statements = [
        f"CREATE INDEX ix_{_NEW_IDS} ON {_NEW_IDS} (old_id)",
        *(
            f"UPDATE {holder} SET {column} ="
            f" (SELECT new_id FROM {_NEW_IDS} WHERE old_id = {holder}.{column})"
            for holder, column in holders
        ),
        f"DROP TABLE {_NEW_IDS}",
    ]
    if is_number:
        statements += [
            f"UPDATE {holder} SET {column} = substr({column}, 2)" for holder, column in holders
        ]
    return [
        comment_lines(f"Every row of {ids.table} gets a new id, and so does what refers to it."),
        *(execute(sql) for sql in (made, *map(Sql.same, statements))),
    ]


def _notes(change: TableChange) -> list[str]:
    """Return what a reader should know of columns that nothing is done to, or less than one would think."""
    table = change.new.name
    restored = [added.column for added in change.added if added.lacks_values]
    restored += [item.after for item in change.altered if item.lacks_values]
    notes = [
        f"{table}.{column.name} was required. It comes back optional: no value fits every row."
        for column in restored
    ]
    notes += [
        f"{table}.{item.after.name} is JSON: rows that are there keep what they have."
        for item in change.reshaped
    ]
    return [comment_lines(note) for note in notes]


def _create(table: TableSchema, late: list[ForeignKeySchema]) -> list[str]:
    keys = [key for key in table.foreign_keys if key not in late]
    created = call_text(
        "op.create_table(",
        python_string(table.name),
        *(column_text(column, is_key=column.name in table.primary_key) for column in table.columns),
        primary_key_text(table),
        *(check_text(check, table) for check in table.checks),
        *map(key_text, keys),
        *table_options(table),
    )
    return [created, *(create_index(index, table.name) for index in table.indexes)]


def _without(table: TableSchema, keys: list[ForeignKeySchema]) -> TableSchema:
    kept = tuple(key for key in table.foreign_keys if key not in keys)
    return table.model_copy(update={"foreign_keys": kept})


def _circle(table: TableSchema, steps: list[Layout]) -> list[str]:
    """Add or drop the references of a table that go in a circle."""
    return [lay_out(table_text(table, COPY), MARGIN), batch_text(table.name, steps)]


def _added_key(key: ForeignKeySchema) -> Layout:
    return Group("batch.create_foreign_key(", key_arguments(key), ")")


def _dropped_key(key: ForeignKeySchema) -> Layout:
    return f'batch.drop_constraint({python_string(key.name)}, type_="foreignkey")'

"""The body of `upgrade` or `downgrade`: every step as an operation of Alembic."""

from itertools import pairwise

from starmodel_generator.emission.python.layout import Group, Layout, lay_out
from starmodel_generator.emission.python.literals import python_string
from starmodel_generator.migrations.migration_plan import Steps, TableChange
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
    on_postgresql,
    rename_parts,
)
from starmodel_schemas import ForeignKeySchema, TableSchema


def steps_lines(steps: Steps) -> list[str]:
    """Return the statements, each beginning in the first column."""
    lines: list[str] = []
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
    lines += on_postgresql(
        [
            call_text(
                "op.drop_constraint(",
                python_string(key.name),
                python_string(change.new.name),
                'type_="foreignkey"',
                indent=2 * MARGIN,
            )
            for change in steps.changed
            for key in change.dropped_keys
            if change.is_rekeyed(key)
        ]
    )
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
    lines += on_postgresql(
        [
            call_text(
                "op.create_foreign_key(",
                key_arguments(key)[0],
                python_string(change.new.name),
                *key_arguments(key)[1:],
                indent=2 * MARGIN,
            )
            for change in steps.changed
            for key in change.added_keys
            if change.is_rekeyed(key)
        ]
    )
    for table in steps.dropped:
        keys = [key for owner, key in steps.loose_keys if owner == table]
        if keys:
            lines += _circle(table, [_dropped_key(key) for key in keys])
    lines += [call_text("op.drop_table(", python_string(table.name)) for table in steps.dropped]
    return lines


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

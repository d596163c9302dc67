"""Constraints and indexes that only get another name, since their table or column does."""

from collections.abc import Collection, Iterator

from starmodel_generator.database.sql_text import condition
from starmodel_generator.migrations.migration_plan import Rename
from starmodel_schemas import CheckSchema, ColumnsCheck, TableSchema


def renames(current: TableSchema, new: TableSchema, touched: Collection[str]) -> tuple[Rename, ...]:
    """Return what stays as it is under another name.

    `current` is the table as it was, with its columns under their new names. What is about a column
    of `touched`, whose values change, is made anew.
    """
    taken = {part.name for part in (*current.checks, *current.foreign_keys, *current.indexes)}
    found = (*_checks(current, new), *_keys(current, new), *_indexes(current, new))
    return tuple(
        rename
        for columns, rename in found
        if rename.after.name not in taken and not columns.intersection(touched)
    )


def checks_of(table: TableSchema) -> list[tuple[CheckSchema, str]]:
    """Return the checks with what they say in SQLite, which depends on the type of the column."""
    types = {column.name: column.type for column in table.columns}
    return [(check, condition(check, types[check.column]).sqlite) for check in table.checks]


def columns_of(check: CheckSchema) -> set[str]:
    """Return the columns that a check is about."""
    return {check.column, check.other} if isinstance(check, ColumnsCheck) else {check.column}


def _checks(current: TableSchema, new: TableSchema) -> Iterator[tuple[set[str], Rename]]:
    after = {(check.column, text): check for check, text in checks_of(new)}
    for check, text in checks_of(current):
        if found := after.get((check.column, text)):
            yield columns_of(check), Rename(check, found)


def _keys(current: TableSchema, new: TableSchema) -> Iterator[tuple[set[str], Rename]]:
    for key in current.foreign_keys:
        for found in new.foreign_keys:
            if found == key.model_copy(update={"name": found.name}):
                yield {key.column}, Rename(key, found)


def _indexes(current: TableSchema, new: TableSchema) -> Iterator[tuple[set[str], Rename]]:
    for index in current.indexes:
        for found in new.indexes:
            if found == index.model_copy(update={"name": found.name}):
                yield {*index.columns}, Rename(index, found)

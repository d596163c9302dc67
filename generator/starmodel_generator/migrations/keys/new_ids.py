"""Ids whose values become others: a number has nothing to say of the UUID that it becomes.

They are texts on the way, with all that refers to them, and get their new values as texts.
"""

from collections.abc import Collection, Mapping, Sequence

from starmodel_generator.migrations.conversions.conversion import type_words
from starmodel_generator.migrations.conversions.type_conversions import conversion
from starmodel_generator.migrations.keys.key_checks import key_types
from starmodel_generator.migrations.migration_plan import Finding, MigrationOptions, NewIds
from starmodel_generator.migrations.rename_detection import Matching
from starmodel_schemas import (
    ColumnType,
    DatabaseSchema,
    PlainColumnType,
    TableSchema,
    TextColumnType,
)

_TEXT = TextColumnType()
_CODE = "new-ids"


def tables_with_new_ids(
    old: DatabaseSchema, new: DatabaseSchema, matching: Matching, answers: MigrationOptions
) -> dict[str, str]:
    """Return the tables whose ids get other values, each with its former name.

    That is where none can be converted, and where the author says so.
    """
    before = {table.name: table for table in old.tables}
    found: dict[str, str] = {}
    for table in new.tables:
        former = matching.tables.get(table.name)
        if (
            former is None
            or table.entity is None
            or before[former].primary_key != table.primary_key
        ):
            continue
        [one], [other] = key_types(before[former]), key_types(table)
        is_said = f"{_CODE}:{table.name}" in answers.accepted
        if _kind(one) != _kind(other) and (is_said or conversion(one, other) is None):
            found[table.name] = former
    return found


def check_new_ids(tables: Mapping[str, str]) -> list[Finding]:
    """Return what is to be known of ids that get other values."""
    return [
        Finding(
            "lossy",
            _CODE,
            table,
            f"every id of `{table}` becomes another, with all that refers to it: addresses that"
            " people have kept, and what other programs know, lead nowhere",
            f"say that it is meant: `--accept {_CODE}:{table}`",
        )
        for table in tables
    ]


def with_text_ids(schema: DatabaseSchema, tables: Collection[str]) -> DatabaseSchema:
    """Return a schema in which the ids of some tables are texts, and what refers to them is as well."""
    text = {"type": _TEXT, "identity": False}
    changed: list[TableSchema] = []
    for table in schema.tables:
        held = {key.column for key in table.foreign_keys if key.table in tables}
        held |= {*table.primary_key} if table.name in tables else set()
        columns = tuple(
            column.model_copy(update=text) if column.name in held else column
            for column in table.columns
        )
        changed.append(table.model_copy(update={"columns": columns}))
    return DatabaseSchema(tables=tuple(changed))


def new_ids(schema: DatabaseSchema, tables: Sequence[str]) -> tuple[NewIds, ...]:
    """Return which ids get values of what type, and the columns that hold them; texts stay as they are."""
    types = {table.name: key_types(table)[0] for table in schema.tables if table.name in tables}
    return tuple(
        NewIds(
            name,
            type,
            tuple(
                (table.name, key.column)
                for table in schema.tables
                for key in table.foreign_keys
                if key.table == name
            ),
        )
        for name, type in types.items()
        if not isinstance(type, TextColumnType)
    )


def _kind(type: ColumnType) -> str:
    return type.name if isinstance(type, PlainColumnType) else type_words(_TEXT)

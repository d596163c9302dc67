"""Which columns hold ids whose type changes, and when they cannot."""

from collections.abc import Sequence

from starmodel_generator.migrations.conversions.conversion import type_words
from starmodel_generator.migrations.conversions.type_conversions import conversion
from starmodel_generator.migrations.migration_plan import Finding, TableChange
from starmodel_schemas import ColumnType, TableSchema


def key_types(table: TableSchema) -> list[ColumnType]:
    """Return the types of the columns that rows are found by."""
    return [column.type for column in table.columns if column.name in table.primary_key]


def rekeyed(table: TableSchema, tables: set[str]) -> frozenset[str]:
    """Return the columns that hold ids of some tables: the table's own, and those that refer to one."""
    own = table.primary_key if table.entity is not None and table.name in tables else ()
    return frozenset([*own, *(key.column for key in table.foreign_keys if key.table in tables)])


def check_key(change: TableChange, created: Sequence[TableSchema]) -> list[Finding]:
    """Return why the ids of a table cannot become others."""
    table = change.new
    if change.current.primary_key != table.primary_key:
        text = f"the primary key of `{table.name}` changes, which other tables may refer to"
        help = "give the entity another name and copy the rows, in a migration by hand"
        return [_refused(table, text, f"{help}: `starmodel migrate new --empty`")]
    item = next((each for each in change.altered if each.after.name in table.primary_key), None)
    if table.entity is None or item is None or item.before.type == item.after.type:
        return []
    words = f"{type_words(item.before.type)} to {type_words(item.after.type)}"
    text = f"the ids of `{table.name}` change from {words}"
    known = conversion(item.before.type, item.after.type)
    if known is not None and known.loss:
        text += f": values {known.loss}, and other tables may refer to them"
        return [_refused(table, text, "leave the type as it is, or make it wider")]
    if any(key.table == table.name for other in created for key in other.foreign_keys):
        text += ", and a new table refers to them"
        return [_refused(table, text, "do it in two migrations, the ids first")]
    return []


def _refused(table: TableSchema, text: str, help: str) -> Finding:
    return Finding("refused", "primary-key", table.name, text, help)

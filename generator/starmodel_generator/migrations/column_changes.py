"""What becomes of one column: how it is added, or altered."""

from dataclasses import dataclass, replace

from starmodel_generator.database.sql_text import Sql, condition, identifier
from starmodel_generator.migrations.backfill.backfill_options import backfill_value
from starmodel_generator.migrations.backfill.backfill_values import default_value, placeholder_value
from starmodel_generator.migrations.conversions.conversion import AS_IT_IS, Conversion
from starmodel_generator.migrations.conversions.type_conversions import conversion
from starmodel_generator.migrations.migration_plan import (
    AddedColumn,
    AlteredColumn,
    MigrationOptions,
    Update,
)
from starmodel_schemas import ChoicesCheck, ColumnSchema, TableSchema, TextColumnType

_NOTHING = Conversion("NULL", "NULL")
"""No row has a value."""


@dataclass(frozen=True, slots=True)
class Alteration:
    """A column that changes, and what its rows need first."""

    change: AlteredColumn | None
    updates: tuple[Update, ...] = ()


def backfill(column: ColumnSchema, table: TableSchema, answers: MigrationOptions) -> Sql | None:
    """Return what the author says that rows get."""
    given = answers.backfills.get(f"{table.name}.{column.name}")
    return None if given is None else backfill_value(given, column)


def added_column(
    column: ColumnSchema, table: TableSchema, answers: MigrationOptions, *, restores: bool
) -> AddedColumn:
    """Return how a column is added; on the way back a value is made up where there is no other.

    Where none can be made up either, the column that comes back is optional: rows have no value.
    """
    given = None if restores else backfill(column, table, answers)
    value = given or default_value(column)
    if value is None and restores and not column.nullable:
        value = placeholder_value(column, table)
        if value is None:
            return AddedColumn(_optional(column), None, lacks_values=True)
    return AddedColumn(column, value)


def _optional(column: ColumnSchema) -> ColumnSchema:
    return column.model_copy(update={"nullable": True})


def altered_column(
    before: ColumnSchema,
    after: ColumnSchema,
    table: TableSchema,
    answers: MigrationOptions,
    *,
    restores: bool,
) -> Alteration | None:
    """Return how a column gets its new type and nullability; `None` where nothing changes."""
    given = None if restores else backfill(after, table, answers)
    if restores and backfill(after, table, answers) is not None and before.type == after.type:
        # The author had rows mapped to other values; only one of the old ones can be told.
        given = placeholder_value(after, table)
    updates: list[Update] = []
    converted: Conversion | None = None
    lacks_values = False
    if before.type != after.type:
        converted = conversion(before.type, after.type)
        if isinstance(before.type, TextColumnType) and isinstance(after.type, TextColumnType):
            if converted and converted.sqlite:
                updates.append(_cut(after))
            converted = AS_IT_IS
        elif given is not None:
            converted = Conversion(given.sqlite, given.postgresql)
            given = None
        elif converted is None:
            converted = replacement(after, table, restores=restores)
            if restores and not after.nullable and converted == _NOTHING:
                after, lacks_values = _optional(after), True
    elif given is not None:
        updates += _choices(before, after, table, given)
    if before.nullable and not after.nullable:
        filled = (
            given or default_value(after) or (placeholder_value(after, table) if restores else None)
        )
        if filled is not None and converted is not None and _is_moving(converted):
            converted = _filled(converted, filled)
        elif filled is not None:
            where = Sql.same(f"{identifier(after.name)} IS NULL")
            words = "give {} a value in rows that have none"
            updates.append(Update(after.name, filled, where, words))
    is_same = (before.nullable, before.server_default) == (after.nullable, after.server_default)
    if converted is None and is_same and before.identity == after.identity:
        return Alteration(None, tuple(updates)) if updates else None
    return Alteration(AlteredColumn(before, after, converted, lacks_values), tuple(updates))


def replacement(column: ColumnSchema, table: TableSchema, *, restores: bool) -> Conversion:
    """No old value says anything about the new one: all rows get the same."""
    value = default_value(column)
    if value is None and restores and not column.nullable:
        value = placeholder_value(column, table)
    return _NOTHING if value is None else Conversion(value.sqlite, value.postgresql)


def _is_moving(converted: Conversion) -> bool:
    return converted.sqlite is not None or converted.postgresql is not None


def _filled(converted: Conversion, value: Sql) -> Conversion:
    """Return the same, with a value of the new type for rows that have none."""
    return replace(
        converted,
        sqlite=f"coalesce({converted.sqlite or '{}'}, {value.sqlite})",
        postgresql=f"coalesce({converted.postgresql or '{}'}, {value.postgresql})",
    )


def _cut(column: ColumnSchema) -> Update:
    assert isinstance(column.type, TextColumnType)
    name, longest = identifier(column.name), column.type.max_length
    return Update(
        column.name,
        Sql.same(f"substr({name}, 1, {longest})"),
        Sql.same(f"length({name}) > {longest}"),
        f"cut {{}} to {longest} characters",
    )


def _choices(
    before: ColumnSchema, after: ColumnSchema, table: TableSchema, given: Sql
) -> list[Update]:
    """Rows whose value is none of the choices get what the author says."""
    return [
        Update(
            after.name,
            given,
            Sql.same("NOT " + condition(check, after.type).sqlite),
            "give {} another value in rows where it is none of the choices",
        )
        for check in table.checks
        if isinstance(check, ChoicesCheck) and check.column == before.name
    ]

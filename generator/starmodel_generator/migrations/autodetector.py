"""The difference between two database schemas: the way there, the way back, and what to know.

Nothing here needs a database, or SQLAlchemy.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from starmodel_generator.migrations.backfill.reversibility import PostCheck, post_check
from starmodel_generator.migrations.column_changes import added_column, altered_column
from starmodel_generator.migrations.constraint_renames import checks_of, columns_of, renames
from starmodel_generator.migrations.keys.key_checks import check_key, key_types, rekeyed
from starmodel_generator.migrations.keys.new_ids import (
    check_new_ids,
    new_ids,
    tables_with_new_ids,
    with_text_ids,
)
from starmodel_generator.migrations.migration_plan import (
    NO_ANSWERS,
    Finding,
    MigrationOptions,
    Plan,
    Reshaping,
    Steps,
    TableChange,
)
from starmodel_generator.migrations.portability import check_backfills
from starmodel_generator.migrations.rename_detection import Matching, match
from starmodel_generator.migrations.safety_checks import (
    check_change,
    check_dropped_tables,
)
from starmodel_generator.migrations.topological_sort import in_order
from starmodel_schemas import (
    CheckSchema,
    ColumnsCheck,
    DatabaseSchema,
    ForeignKeySchema,
    IndexSchema,
    TableSchema,
)

EMPTY = DatabaseSchema(tables=())


def diff_schemas(
    old: DatabaseSchema, new: DatabaseSchema, answers: MigrationOptions = NO_ANSWERS
) -> Plan:
    """Compute how to get from one schema to the other, and back again.

    The findings are in the order of the new schema's tables. Those that `answers` accepts are
    marked so; those that a backfill settles are not there at all.
    """
    matching, conflicts = match(old, new)
    ids = tables_with_new_ids(old, new, matching, answers)
    up = _steps(old, new, matching, answers, [*ids], restores=False)
    down = _steps(new, old, matching.reversed(), answers, [*ids.values()], restores=True)
    found: list[Finding] = [*conflicts, *check_new_ids(ids)]
    for change in up.changed:
        found += check_change(change, answers)
        found += check_key(change, up.created)
    found += check_dropped_tables(up.dropped, up.created)
    found += check_backfills(new, up.changed, answers)
    findings = [
        replace(
            finding,
            accepted=finding.kind != "refused"
            and not finding.is_warning
            and finding.key in answers.accepted,
        )
        for finding in found
    ]
    return Plan(up, down, tuple(dict.fromkeys(findings)))


def _steps(
    old: DatabaseSchema,
    new: DatabaseSchema,
    matching: Matching,
    answers: MigrationOptions,
    with_new_ids: Sequence[str],
    *,
    restores: bool,
) -> Steps:
    """Return the way from one schema to another; the ids of some tables are texts on the way."""
    if not with_new_ids:
        return _direct_steps(old, new, matching, answers, restores=restores)
    middle = with_text_ids(new, with_new_ids)
    first = _direct_steps(old, middle, matching, answers, restores=restores)
    same, _ = match(middle, new)
    then = _direct_steps(middle, new, same, NO_ANSWERS, restores=restores)
    return replace(first, new_ids=new_ids(new, with_new_ids), then=then.changed)


def _direct_steps(
    old: DatabaseSchema,
    new: DatabaseSchema,
    matching: Matching,
    answers: MigrationOptions,
    *,
    restores: bool,
) -> Steps:
    before = {table.name: table for table in old.tables}
    created, late = in_order([table for table in new.tables if table.name not in matching.tables])
    kept = set(matching.tables.values())
    dropped, loose = in_order([table for table in old.tables if table.name not in kept])
    with_other_ids = {
        table.name
        for table in new.tables
        if table.name in matching.tables
        and key_types(before[matching.tables[table.name]]) != key_types(table)
    }
    changes = (
        replace(
            _change(
                before[matching.tables[table.name]], table, matching, answers, restores=restores
            ),
            rekeyed=rekeyed(table, with_other_ids),
        )
        for table in new.tables
        if table.name in matching.tables
    )
    changed = tuple(change for change in changes if not change.is_empty)
    return Steps(created, changed, tuple(reversed(dropped)), late, loose)


def _change(
    old: TableSchema,
    new: TableSchema,
    matching: Matching,
    answers: MigrationOptions,
    *,
    restores: bool,
) -> TableChange:
    current = _under_new_names(old, new.name, matching)
    before = {column.name: column for column in current.columns}
    after = {column.name: column for column in new.columns}
    added = [
        added_column(column, new, answers, restores=restores)
        for column in new.columns
        if column.name not in before
    ]
    altered = [
        result
        for name, column in before.items()
        if name in after
        and (result := altered_column(column, after[name], new, answers, restores=restores))
    ]
    moved = {item.change.after.name for item in altered if item.change and item.change.is_moved}
    old_checks, new_checks = checks_of(current), checks_of(new)
    fixed_checks = {check.name for check, text in new_checks if (check, text) in old_checks} - {
        check.name for check in current.checks if not moved.isdisjoint(columns_of(check))
    }
    fixed_keys = [
        key for key in current.foreign_keys if key in new.foreign_keys and key.column not in moved
    ]
    fixed_indexes = [
        index
        for index in current.indexes
        if index in new.indexes and moved.isdisjoint(index.columns)
    ]
    updates = tuple(update for item in altered for update in item.updates)
    return TableChange(
        old,
        current,
        new,
        renamed=tuple(
            (former, name) for name, former in matching.columns[new.name].items() if former != name
        ),
        added=tuple(added),
        dropped=tuple(column for name, column in before.items() if name not in after),
        altered=tuple(item.change for item in altered if item.change),
        reshaped=tuple(
            Reshaping(column, after[name])
            for name, column in before.items()
            if name in after
            and column.type == after[name].type
            and column.shape != after[name].shape
        ),
        updates=updates,
        post_checks=() if restores else _proofs(new, answers),
        dropped_checks=_without(current.checks, fixed_checks),
        added_checks=_without(new.checks, fixed_checks),
        dropped_keys=tuple(key for key in current.foreign_keys if key not in fixed_keys),
        added_keys=tuple(key for key in new.foreign_keys if key not in fixed_keys),
        dropped_indexes=tuple(index for index in current.indexes if index not in fixed_indexes),
        created_indexes=tuple(index for index in new.indexes if index not in fixed_indexes),
        renames=renames(current, new, moved.union(update.column for update in updates)),
    )


def _proofs(table: TableSchema, answers: MigrationOptions) -> tuple[PostCheck, ...]:
    """Return what to look for where the author gives an expression."""
    given = {
        column.name: (answers.backfills.get(f"{table.name}.{column.name}"), column)
        for column in table.columns
    }
    proofs = (post_check(text, column, table.name) for text, column in given.values() if text)
    return tuple(proof for proof in proofs if proof)


def _without(checks: tuple[CheckSchema, ...], names: set[str]) -> tuple[CheckSchema, ...]:
    return tuple(check for check in checks if check.name not in names)


def _under_new_names(old: TableSchema, name: str, matching: Matching) -> TableSchema:
    """Return the table as it is once tables and columns have their new names, and nothing else changed."""
    tables = {former: after for after, former in matching.tables.items()}
    columns = _renamed(matching, name)
    return TableSchema(
        name=name,
        entity=old.entity,
        primary_key=tuple(columns.get(column, column) for column in old.primary_key),
        columns=tuple(
            column.model_copy(update={"name": columns.get(column.name, column.name)})
            for column in old.columns
        ),
        checks=tuple(_check_under_new_names(check, columns) for check in old.checks),
        indexes=tuple(
            IndexSchema(
                name=index.name,
                columns=tuple(columns.get(column, column) for column in index.columns),
                unique=index.unique,
            )
            for index in old.indexes
        ),
        foreign_keys=tuple(
            _key_under_new_names(key, columns, tables, matching) for key in old.foreign_keys
        ),
        searchable=tuple(columns.get(column, column) for column in old.searchable),
    )


def _check_under_new_names(check: CheckSchema, columns: Mapping[str, str]) -> CheckSchema:
    named = {"column": columns.get(check.column, check.column)}
    if isinstance(check, ColumnsCheck):
        named["other"] = columns.get(check.other, check.other)
    return check.model_copy(update=named)


def _key_under_new_names(
    key: ForeignKeySchema,
    columns: Mapping[str, str],
    tables: Mapping[str, str],
    matching: Matching,
) -> ForeignKeySchema:
    target = tables.get(key.table, key.table)
    targets = _renamed(matching, target) if key.table in tables else {}
    return key.model_copy(
        update={
            "column": columns.get(key.column, key.column),
            "table": target,
            "target": targets.get(key.target, key.target),
        }
    )


def _renamed(matching: Matching, table: str) -> dict[str, str]:
    """Return the new names of a table's columns by their old names."""
    return {former: name for name, former in matching.columns[table].items()}

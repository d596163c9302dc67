"""What the rows of a table have to fit: new bounds, unique indexes and references.

Nothing can be lost by these: a migration whose rows do not fit stops, and changes nothing.
"""

from decimal import Decimal

from starmodel_generator.migrations.migration_plan import Finding, MigrationOptions, TableChange
from starmodel_schemas import (
    CheckSchema,
    ChoicesCheck,
    ColumnsCheck,
    CompareCheck,
    LengthCheck,
    TextColumnType,
)


def check_rows(change: TableChange, answers: MigrationOptions) -> list[Finding]:
    """Return what rows that are there may not keep."""
    return [*_checks(change, answers), *_uniques(change), *_references(change)]


def _checks(change: TableChange, answers: MigrationOptions) -> list[Finding]:
    old = {(check.column, check.kind): check for check in change.current.checks}
    added = {item.column.name for item in change.added}
    findings: list[Finding] = []
    for check in change.added_checks:
        subject = f"{change.new.name}.{check.column}"
        if check.column in added:
            continue
        before = [
            other
            for other in change.current.checks
            if other.column == check.column and _is_like(other, check)
        ]
        if _is_cut(check, change) and isinstance(check, LengthCheck):
            # No row is too long any more.
            check = check.model_copy(update={"maximum": None})
            if check.minimum is None:
                continue
        if before and not _is_tighter(before[0], check):
            continue
        if isinstance(check, ChoicesCheck) and (check.column, "choices") in old:
            if subject not in answers.backfills:
                findings.append(_fewer_choices(before[0], check, subject))
            continue
        findings.append(
            Finding(
                "data",
                "new-check",
                subject,
                f"`{subject}` has to be {_check_words(check)}: rows where it is not keep the"
                " migration from being applied",
                "look for them in the database first",
            )
        )
    return findings


def _is_cut(check: CheckSchema, change: TableChange) -> bool:
    """Return whether the migration cuts values to the length that a check asks for."""
    return isinstance(check, LengthCheck) and any(
        item.after.name == check.column
        and isinstance(item.before.type, TextColumnType)
        and isinstance(item.after.type, TextColumnType)
        and item.after.type.max_length == check.maximum
        for item in change.altered
    )


def _is_like(one: CheckSchema, other: CheckSchema) -> bool:
    if isinstance(one, CompareCheck) and isinstance(other, CompareCheck):
        return one.operator[0] == other.operator[0]
    return one.kind == other.kind


def _is_tighter(old: CheckSchema, new: CheckSchema) -> bool:
    """Return whether a value may pass the old check and not the new one."""
    match old, new:
        case CompareCheck(), CompareCheck():
            try:
                before, after = Decimal(old.value), Decimal(new.value)
            except ArithmeticError:
                return old.value != new.value
            if before == after:
                return old.operator.endswith("=") and not new.operator.endswith("=")
            return (after > before) == new.operator.startswith(">")
        case LengthCheck(), LengthCheck():
            shorter = new.maximum is not None and (old.maximum is None or new.maximum < old.maximum)
            return shorter or (new.minimum or 0) > (old.minimum or 0)
        case ChoicesCheck(), ChoicesCheck():
            return not set(old.values) <= set(new.values)
        case _:
            return True


def _fewer_choices(old: CheckSchema, new: ChoicesCheck, subject: str) -> Finding:
    values = old.values if isinstance(old, ChoicesCheck) else ()
    gone = ", ".join(repr(value) for value in values if value not in new.values)
    return Finding(
        "data",
        "fewer-choices",
        subject,
        f"`{subject}` can no longer be {gone}: rows where it is keep the migration from being"
        " applied",
        f"say what they get with `--backfill {subject}=\"'...'\"`, or change them first",
    )


def _check_words(check: CheckSchema) -> str:
    match check:
        case CompareCheck():
            return f"{check.operator} {check.value}"
        case ColumnsCheck():
            return f"{check.operator} `{check.other}`"
        case LengthCheck(minimum=None):
            return f"at most {check.maximum} long"
        case LengthCheck(maximum=None):
            return f"at least {check.minimum} long"
        case LengthCheck():
            return f"between {check.minimum} and {check.maximum} long"
        case ChoicesCheck():
            return "one of " + ", ".join(repr(value) for value in check.values)


def _uniques(change: TableChange) -> list[Finding]:
    old = {frozenset(index.columns) for index in change.current.indexes if index.unique}
    return [
        Finding(
            "data",
            "new-unique",
            f"{change.new.name}.{'+'.join(index.columns)}",
            f"`{' and '.join(index.columns)}` of `{change.new.name}` must be unique: rows with the"
            " same value keep the migration from being applied",
            "look for them in the database first",
        )
        for index in change.created_indexes
        if index.unique and frozenset(index.columns) not in old
    ]


def _references(change: TableChange) -> list[Finding]:
    """References that a column that was there gets."""
    old = {(key.column, key.table) for key in change.current.foreign_keys}
    added = {item.column.name for item in change.added}
    return [
        Finding(
            "data",
            "new-reference",
            f"{change.new.name}.{key.column}",
            f"`{change.new.name}.{key.column}` has to name a row of `{key.table}`: rows where it"
            " does not keep the migration from being applied",
            "look for them in the database first",
        )
        for key in change.added_keys
        if (key.column, key.table) not in old and key.column not in added
    ]

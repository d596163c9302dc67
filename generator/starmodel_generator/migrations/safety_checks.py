"""What there is to know about a change before it is written: values that go, rows that may not fit."""

from collections.abc import Iterable, Sequence

from starmodel_generator.database.sql_text import identifier
from starmodel_generator.migrations.backfill.backfill_options import is_unique, suggestion
from starmodel_generator.migrations.conversions.conversion import type_words
from starmodel_generator.migrations.conversions.type_conversions import conversion
from starmodel_generator.migrations.json_shape_changes import problems
from starmodel_generator.migrations.migration_plan import (
    AddedColumn,
    AlteredColumn,
    Finding,
    FindingKind,
    MigrationOptions,
    Reshaping,
    TableChange,
)
from starmodel_generator.migrations.row_checks import check_rows
from starmodel_schemas import (
    ColumnSchema,
    TableSchema,
    TextColumnType,
)

_MAX_PROBLEMS = 3
"""So many are named of what changes in one column."""


def check_dropped_tables(
    dropped: Sequence[TableSchema], created: Sequence[TableSchema]
) -> list[Finding]:
    """Tables that go, with all rows."""
    findings: list[Finding] = []
    for table in dropped:
        columns = {column.name for column in table.columns}
        alike = [
            other.name
            for other in created
            if other.entity is not None
            and table.entity is not None
            and len(columns.intersection(column.name for column in other.columns)) * 2
            > len(columns)
        ]
        hint = (
            f"if its rows are those of `{alike[0]}` now, give that entity"
            f' `renamed_from="{_class_name(table)}"` in its `model_config`; else '
            if len(alike) == 1
            else ""
        )
        findings.append(
            _finding(
                "destructive",
                "drop-table",
                table.name,
                f"the table `{table.name}` is dropped, with all its rows",
                hint,
            )
        )
    return findings


def check_change(change: TableChange, answers: MigrationOptions) -> list[Finding]:
    """Return what a table that stays may lose, and what its rows have to fit."""
    table = change.new.name
    findings: list[Finding] = []
    for column in change.dropped:
        findings.append(_dropped(column, change))
    for added in change.added:
        if added.needs_empty_table:
            findings.append(_without_value(added, change))
    for item in change.altered:
        given = f"{table}.{item.after.name}" in answers.backfills
        findings += _altered(item, change, is_given=given)
    for item in change.reshaped:
        findings += _reshaped(item, change)
    return [*findings, *check_rows(change, answers)]


def _dropped(column: ColumnSchema, change: TableChange) -> Finding:
    table = change.new.name
    alike = [added.column for added in change.added if added.column.type == column.type]
    hint = ""
    same = _same_field(column, change)
    if same is not None:
        hint = (
            f"its field has the column `{same.name}` now: rows keep their values with"
            f' `--backfill {table}.{same.name}="{_converted(column, same)}"`. Beside that, or'
            " without it, "
        )
    elif alike:
        hint = (
            f"if its values are those of `{_field_name(alike[0])}` now, write"
            f' `{_field_name(alike[0])}: ... = Field(renamed_from="{_field_name(column)}")`;'
            " else "
        )
    return _finding(
        "destructive",
        "drop-column",
        f"{table}.{column.name}",
        f"the column `{table}.{column.name}` is dropped, with its values",
        hint,
    )


def _same_field(column: ColumnSchema, change: TableChange) -> ColumnSchema | None:
    """Return the new column of a field that was a `Ref`, or that has become one."""
    pair = {f"{column.name}_id", column.name.removesuffix("_id")} - {column.name}
    keys = {key.column for key in (*change.current.foreign_keys, *change.new.foreign_keys)}
    return next(
        (
            added.column
            for added in change.added
            if added.column.name in pair
            and added.column.path == column.path
            and not keys.isdisjoint({added.column.name, column.name})
        ),
        None,
    )


def _converted(before: ColumnSchema, after: ColumnSchema) -> str:
    """Write what makes values of one column those of another."""
    name = identifier(before.name).replace('"', '\\"')
    if isinstance(after.type, TextColumnType) and not isinstance(before.type, TextColumnType):
        return f"CAST({name} AS text)"
    return name


def _without_value(added: AddedColumn, change: TableChange) -> Finding:
    table = change.new
    option = suggestion(added.column, table)
    for dropped in change.dropped:
        if _same_field(dropped, change) == added.column:
            option = (
                f'--backfill {table.name}.{added.column.name}="{_converted(dropped, added.column)}"'
            )
    subject = f"{table.name}.{added.column.name}"
    return Finding(
        "missing",
        "new-required-column",
        subject,
        f"`{subject}` is new and required: nobody says what the rows that are there get",
        f"{_default_words(added.column, table)}say it once: `{option}` (an SQL"
        " expression over the row's columns). Where the table is known to be empty:"
        f" `--accept new-required-column:{subject}`",
    )


def _altered(item: AlteredColumn, change: TableChange, *, is_given: bool) -> list[Finding]:
    subject = f"{change.new.name}.{item.after.name}"
    findings: list[Finding] = []
    before, after = item.before.type, item.after.type
    if before != after and not is_given:
        known = conversion(before, after)
        words = f"`{subject}` changes from {type_words(before)} to {type_words(after)}"
        if known is None:
            findings.append(
                _finding(
                    "destructive",
                    "replace-column",
                    subject,
                    f"{words}: no value can be converted, so all of them go",
                    f'say how with `--backfill {subject}="..."`, an SQL expression over the row\'s'
                    " columns; else ",
                )
            )
        elif known.loss:
            findings.append(
                _finding("lossy", "change-type", subject, f"{words}: values {known.loss}")
            )
        if known and known.risk:
            findings.append(
                Finding(
                    "data",
                    "convert-values",
                    subject,
                    f"{words}: values {known.risk} keep the migration from being applied",
                    "look for them in the database first"
                    + (
                        f"; or give all of them new ids: `--accept new-ids:{change.new.name}`"
                        if item.after.name in change.new.primary_key and change.new.entity
                        else ""
                    ),
                )
            )
    needs_value = item.before.nullable and not item.after.nullable
    if needs_value and not is_given and item.after.backfill is None:
        findings.append(
            Finding(
                "missing",
                "require-value",
                subject,
                f"`{subject}` is required now: nobody says what rows without a value get",
                f"{_default_words(item.after, change.new)}say it once:"
                f" `{suggestion(item.after, change.new)}`. Where every row has a value: `--accept require-value:{subject}`",
            )
        )
    return findings


def _reshaped(item: Reshaping, change: TableChange) -> list[Finding]:
    """Return what an older migration does not say cannot be compared."""
    if item.before.shape is None or item.after.shape is None:
        return []
    found = list(dict.fromkeys(problems(item.before.shape, item.after.shape)))
    if not found:
        return []
    subject = f"{change.new.name}.{item.after.name}"
    words = "; ".join(found[:_MAX_PROBLEMS]) + ("; ..." if len(found) > _MAX_PROBLEMS else "")
    return [
        _finding(
            "destructive",
            "change-shape",
            subject,
            f"`{subject}` is JSON, of which {words}: rows that are there keep what they have, which"
            " may not be readable any more, or lose a part of it when they are saved",
            "leave what is there and add to it (a part with a default, another choice), or change"
            " the rows as well, in a migration by hand (`starmodel migrate new --empty`); then ",
        )
    ]


def _finding(kind: FindingKind, code: str, subject: str, message: str, hint: str = "") -> Finding:
    return Finding(
        kind, code, subject, message, f"{hint}say that it is meant: `--accept {code}:{subject}`"
    )


def _class_name(table: TableSchema) -> str:
    return (table.entity or table.name).rpartition(".")[2]


def _field_name(column: ColumnSchema) -> str:
    return column.path[-1] if column.path else column.name


def _default_words(column: ColumnSchema, table: TableSchema) -> str:
    """Say whether a default of the field would do for the rows that are there."""
    if is_unique(column, table):
        return "each row needs a value of its own, which a default cannot give; "
    return (
        "give the field a default that is a literal (a `default_factory` makes values for new"
        " records only), or "
    )


def acceptable(findings: Iterable[Finding]) -> list[str]:
    """Return what `--accept` may be given."""
    return sorted({item.key for item in findings if item.kind != "refused" and not item.is_warning})


def unused(
    answers: MigrationOptions, findings: Iterable[Finding], backfilled: Iterable[str]
) -> list[str]:
    """Answers that nothing asks for, as they were given: a misspelt one must not pass unseen."""
    asked = {finding.key for finding in findings if not finding.is_warning}
    return [
        *(f"--accept {key}" for key in sorted(answers.accepted - asked)),
        *(f"--backfill {key}" for key in sorted(answers.backfills.keys() - set(backfilled))),
    ]

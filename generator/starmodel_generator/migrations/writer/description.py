"""The steps of a migration in words, and a short name for it."""

import re
from collections.abc import Iterator

from starmodel_generator.migrations.conversions.conversion import type_words
from starmodel_generator.migrations.migration_plan import Steps, TableChange

_LONGEST = 27
"""Characters of a name; with its number it fits the 32 of Alembic's version table."""


def describe(steps: Steps) -> tuple[str, ...]:
    """One line for each step, in the order in which they are done."""
    return tuple(_lines(steps))


def _lines(steps: Steps) -> Iterator[str]:
    for change in steps.changed:
        if change.is_renamed:
            yield f"rename table {change.old.name} to {change.new.name}"
    for table in steps.created:
        yield f"create table {table.name}"
    for change in steps.changed:
        yield from _changes(change)
    for ids in steps.new_ids:
        yield f"give every row of {ids.table} a new id, with all that refers to it"
    for change in steps.then:
        yield from _changes(change)
    for table in steps.dropped:
        yield f"drop table {table.name}"


def _changes(change: TableChange) -> Iterator[str]:
    table = change.new.name
    for former, name in change.renamed:
        yield f"rename column {table}.{former} to {name}"
    for added in change.added:
        yield f"add column {table}.{added.column.name}, {type_words(added.column.type)}"
    for column in change.dropped:
        yield f"drop column {table}.{column.name}"
    for item in change.altered:
        if item.before.type != item.after.type:
            before, after = type_words(item.before.type), type_words(item.after.type)
            yield f"change column {table}.{item.after.name} from {before} to {after}"
        if item.before.nullable != item.after.nullable:
            word = "optional" if item.after.nullable else "required"
            yield f"make column {table}.{item.after.name} {word}"
        if item.is_renumbered:
            verb = "number" if item.after.identity else "no longer number"
            yield f"{verb} the rows of {table} by {item.after.name}"
        if item.before.server_default != item.after.server_default:
            column = f"{table}.{item.after.name}"
            is_gone = item.after.server_default is None
            yield f"{'take its default from' if is_gone else 'give a default to'} column {column}"
    for item in change.reshaped:
        yield f"note what {table}.{item.after.name} holds now, which is JSON"
    for update in change.updates:
        yield update.words.replace("{}", f"{table}.{update.column}")
    yield from _constraints(change)
    if change.current.searchable != change.new.searchable:
        listed = ", ".join(change.new.searchable)
        yield f"index the words of {table}: {listed}" if listed else f"index no words of {table}"


def without_values(steps: Steps) -> tuple[str, ...]:
    """Return the required columns that come back optional, since nobody knows what rows should have."""
    return tuple(
        f"{change.new.name}.{column.name}"
        for change in steps.changed
        for column in (
            *(added.column for added in change.added if added.lacks_values),
            *(item.after for item in change.altered if item.lacks_values),
        )
    )


def _constraints(change: TableChange) -> Iterator[str]:
    for rename in change.renames:
        kind = _CONSTRAINTS[type(rename.before).__name__]
        yield f"rename {kind} {rename.before.name} to {rename.after.name}"
    for verb, items in (
        ("drop", (*change.dropped_checks, *change.dropped_keys, *change.dropped_indexes)),
        ("add", (*change.added_checks, *change.added_keys, *change.created_indexes)),
    ):
        for item in items:
            if not change.is_only_renamed(item):
                yield f"{verb} {_CONSTRAINTS[type(item).__name__]} {item.name}"


_CONSTRAINTS = {
    "CompareCheck": "check",
    "ColumnsCheck": "check",
    "LengthCheck": "check",
    "ChoicesCheck": "check",
    "ForeignKeySchema": "reference",
    "IndexSchema": "index",
}


def short_name(text: str) -> str:
    """A text as a part of a file's name: `Add a SKU!` as `add_a_sku`."""
    words = re.findall(r"[a-z0-9]+", text.lower())
    name = ""
    for word in words:
        longer = f"{name}_{word}" if name else word[:_LONGEST]
        if len(longer) > _LONGEST:
            break
        name = longer
    return name or "migration"


def summary(steps: Steps) -> str:
    """Return what a migration is called that nobody gave a name: `create product`, `add product sku`."""
    changed = steps.changed or steps.then
    tables = [
        *(table.name for table in steps.created),
        *(change.new.name for change in changed),
        *(table.name for table in steps.dropped),
    ]
    if len(tables) == len(steps.created):
        return _listed("create", tables)
    if len(tables) == len(steps.dropped):
        return _listed("drop", tables)
    if len(tables) == 1:
        return _summary_of(changed[0])
    return _listed("change", tables)


def _listed(verb: str, tables: list[str]) -> str:
    if len(tables) <= 2:
        return f"{verb} {' and '.join(tables)}"
    return f"{verb} {tables[0]} and {len(tables) - 1} more"


def _summary_of(change: TableChange) -> str:
    table = change.new.name
    if change.is_renamed:
        return f"rename {change.old.name} to {table}"
    edits = [
        *(f"rename {table} {former} to {name}" for former, name in change.renamed),
        *(f"add {table} {added.column.name}" for added in change.added),
        *(f"drop {table} {column.name}" for column in change.dropped),
        *(f"change {table} {item.after.name}" for item in (*change.altered, *change.reshaped)),
    ]
    return edits[0] if len(edits) == 1 else f"change {table}"

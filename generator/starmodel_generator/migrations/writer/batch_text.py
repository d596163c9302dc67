"""The steps that change a table in one go, and what they are written with."""

import textwrap
from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from starmodel_generator.database.sql_text import identifier
from starmodel_generator.emission.python.layout import LINE_LENGTH, Group, Layout, lay_out, named
from starmodel_generator.emission.python.literals import python_string
from starmodel_generator.migrations.migration_plan import AlteredColumn, TableChange
from starmodel_generator.migrations.writer.column_text import (
    IDENTITY_TYPE,
    check_condition,
    choice_layout,
    column_text,
    default_text,
    key_arguments,
    sql_layout,
    type_text,
)
from starmodel_schemas import CheckSchema, ColumnSchema, ForeignKeySchema

MARGIN = 4
COPY = "before"
"""The variable that holds the table as it was."""

INDENT = " " * MARGIN


class Branch(NamedTuple):
    """Steps that differ between the databases."""

    sqlite: tuple[Layout, ...]
    postgresql: tuple[Layout, ...]


Step: TypeAlias = Layout | Branch
_Part: TypeAlias = tuple[CheckSchema | ForeignKeySchema, Layout]


def call_text(head: str, *items: Layout, indent: int = MARGIN) -> str:
    """A call in a function's body."""
    return lay_out(Group(head, items, ")"), indent)


def comment_lines(text: str) -> str:
    """A comment in a function's body, over several lines where it is long."""
    # Which hyphens stand between letters depends on the version of Python.
    lines = textwrap.wrap(
        text,
        LINE_LENGTH - MARGIN - len("# "),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return f"\n{INDENT}".join(f"# {line}" for line in lines)


def batch_text(
    table: str, steps: Sequence[Step], order: tuple[str, ...] = (), options: tuple[Layout, ...] = ()
) -> str:
    """A `with` block that changes a table in one go."""
    items: list[Layout] = [python_string(table), f"copy_from={COPY}", *options]
    if order:
        columns = Group("(", tuple(python_string(name) for name in order), ")")
        items.append(Group("partial_reordering=[", (columns,), "]"))
    head = lay_out(Group("with op.batch_alter_table(", tuple(items), ") as batch:"), MARGIN)
    return "\n".join([head, *(line for step in steps for line in _step_lines(step))])


def _step_lines(step: Step) -> list[str]:
    margin = INDENT * 2
    if not isinstance(step, Branch):
        return [margin + lay_out(step, 2 * MARGIN)]
    inner = margin + INDENT
    lines = [f"{margin}if sqlite:", *(inner + lay_out(item, 3 * MARGIN) for item in step.sqlite)]
    if step.postgresql:
        lines += [
            f"{margin}else:",
            *(inner + lay_out(item, 3 * MARGIN) for item in step.postgresql),
        ]
    return lines


def drop_check(check: CheckSchema) -> Layout:
    """Drop a check by its name."""
    return f'batch.drop_constraint({python_string(check.name)}, type_="check")'


def batch_steps(change: TableChange, aside: dict[str, str], early: list[CheckSchema]) -> list[Step]:
    """Return what is dropped, added and altered; `aside` are the columns that SQLite moved, by name, and
    `early` the checks that are gone already."""
    drops: list[_Part] = [
        (check, drop_check(check)) for check in change.dropped_checks if check not in early
    ]
    drops += [
        (key, f'batch.drop_constraint({python_string(key.name)}, type_="foreignkey")')
        for key in change.dropped_keys
    ]
    steps = _steps_of(drops, change)
    steps += [f"batch.drop_column({python_string(column.name)})" for column in change.dropped]
    for added in change.added:
        if added.needs_empty_table:
            column = column_text(added.column)
            steps.append(Group("batch.add_column(", (column,), ")"))
        else:
            # SQLite adds no column with a default that it has to work out.
            changes: list[Layout] = []
            if not added.column.nullable:
                changes.append("nullable=False")
            if added.column.server_default is not None:
                changes.append(named("server_default", default_text(added.column)))
            if changes:
                steps.append(_alter(added.column.name, *changes))
    for item in change.altered:
        steps += _altered(item, aside)
    additions: list[_Part] = [
        (
            check,
            Group(
                "batch.create_check_constraint(",
                (python_string(check.name), choice_layout(check_condition(check, change.new))),
                ")",
            ),
        )
        for check in change.added_checks
    ]
    additions += [
        (key, Group("batch.create_foreign_key(", key_arguments(key), ")"))
        for key in change.added_keys
    ]
    return _together([*steps, *_steps_of(additions, change)])


def _steps_of(parts: list[_Part], change: TableChange) -> list[Step]:
    """Return what both databases do to constraints.

    SQLite alone does it where PostgreSQL renames, or does it before all tables and after them.
    """
    both: list[Step] = []
    alone: list[Layout] = []
    for part, step in parts:
        is_alone = change.is_only_renamed(part) or change.is_rekeyed(part)
        (alone if is_alone else both).append(step)
    return [*both, Branch(tuple(alone), ())] if alone else both


def _together(steps: list[Step]) -> list[Step]:
    """Return what stands one after the other and is for SQLite alone, as one branch."""
    found: list[Step] = []
    for step in steps:
        last = found[-1] if found else None
        if (
            isinstance(step, Branch)
            and isinstance(last, Branch)
            and not (step.postgresql or last.postgresql)
        ):
            found[-1] = Branch((*last.sqlite, *step.sqlite), ())
        else:
            found.append(step)
    return found


def _alter(column: str, *items: Layout) -> Layout:
    return Group("batch.alter_column(", (python_string(column), *items), ")")


def _type(column: ColumnSchema) -> str:
    return IDENTITY_TYPE if column.identity else type_text(column.type)


def _altered(item: AlteredColumn, aside: dict[str, str]) -> list[Step]:
    """Return the alterations of a column; one that SQLite moved takes the old one's name there."""
    name = item.after.name
    steps: list[Layout] = []
    is_retyped = item.before.type != item.after.type
    has_new_default = item.before.server_default != item.after.server_default
    if is_retyped and item.before.server_default is not None:
        # PostgreSQL converts values, and no defaults.
        steps.append(_alter(name, "server_default=None"))
        has_new_default = item.after.server_default is not None
    if is_retyped:
        arguments: list[Layout] = [f"type_={_type(item.after)}"]
        using = item.conversion.postgresql if item.conversion else None
        if using is not None:
            sql = sql_layout(using.replace("{}", identifier(name)))
            arguments.append(named("postgresql_using", sql))
        arguments.append(f"existing_type={_type(item.before)}")
        steps.append(_alter(name, *arguments))
    elif item.is_renumbered:
        types = f"type_={_type(item.after)}", f"existing_type={_type(item.before)}"
        return [Branch((_alter(name, *types),), ())]
    if item.before.nullable != item.after.nullable:
        # A step of its own: PostgreSQL would ask for a value before the conversion gives one, and
        # refuse a conversion that gives none.
        place = 0 if item.after.nullable else len(steps)
        steps.insert(place, _alter(name, f"nullable={item.after.nullable}"))
    if has_new_default:
        steps.append(_alter(name, named("server_default", default_text(item.after))))
    if name not in aside:
        return [*steps]
    moved_default: list[Layout] = []
    if item.after.server_default is not None:
        moved_default.append(named("server_default", default_text(item.after)))
    moved = (
        f"batch.drop_column({python_string(name)})",
        _alter(
            aside[name],
            f"new_column_name={python_string(name)}",
            f"nullable={item.after.nullable}",
            *moved_default,
        ),
    )
    return [Branch(moved, tuple(steps))]

"""Which table and which column of the old schema is which of the new one.

The same name is the same thing; another name is the same thing where `renamed_from` says so and
the old name is gone. Once it was applied, a `renamed_from` that stays in the source says nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from starmodel_generator.migrations.migration_plan import Finding
from starmodel_schemas import DatabaseSchema, TableSchema


@dataclass(frozen=True, slots=True)
class Matching:
    """What became of what: old names by new names, of tables and of each table's columns.

    `columns` is keyed by the table's new name. What is in neither was added, or dropped.
    """

    tables: Mapping[str, str]
    columns: Mapping[str, Mapping[str, str]]

    def reversed(self) -> "Matching":
        """Return the same for the way back."""
        return Matching(
            {old: new for new, old in self.tables.items()},
            {
                old: {before: after for after, before in self.columns[new].items()}
                for new, old in self.tables.items()
            },
        )


@dataclass(frozen=True, slots=True)
class _Named:
    """A thing with a name and what it was called before."""

    name: str
    renamed_from: str | None


def match(old: DatabaseSchema, new: DatabaseSchema) -> tuple[Matching, tuple[Finding, ...]]:
    """Pair tables and columns; renames that cannot be followed are findings."""
    findings: list[Finding] = []
    before = {table.name: table for table in old.tables}
    tables = _pair(
        [_Named(table.name, table.renamed_from) for table in new.tables],
        {name: table.renamed_from for name, table in before.items()},
        "",
        findings,
    )
    _pair_link_tables(before, new, tables)
    columns = {
        table.name: _columns(before[tables[table.name]], table, findings)
        for table in new.tables
        if table.name in tables
    }
    for table in new.tables:
        if table.name in tables and table.entity is None:
            _pair_link_columns(before[tables[table.name]], table, columns[table.name])
    return Matching(tables, columns), tuple(findings)


def _columns(old: TableSchema, new: TableSchema, findings: list[Finding]) -> dict[str, str]:
    return _pair(
        [_Named(column.name, column.renamed_from) for column in new.columns],
        {column.name: column.renamed_from for column in old.columns},
        f"{new.name}.",
        findings,
    )


def _pair(
    after: list[_Named], before: Mapping[str, str | None], owner: str, findings: list[Finding]
) -> dict[str, str]:
    """Return the old names by the new ones."""
    pairs = {item.name: item.name for item in after if item.name in before}
    names = {item.name for item in after}
    for item in after:
        former = item.renamed_from
        if former is None or former == item.name or former not in before:
            continue
        subject = f"{owner}{item.name}"
        if item.name in before:
            if before[item.name] != former:
                findings.append(_taken(subject, former))
        elif former in names:
            findings.append(_again(subject, former))
        elif former in pairs.values():
            findings.append(_twice(subject, former))
        else:
            pairs[item.name] = former
    return {item.name: pairs[item.name] for item in after if item.name in pairs}


def _taken(subject: str, former: str) -> Finding:
    return Finding(
        "refused",
        "rename",
        subject,
        f"`{subject}` is renamed from `{former}`, but was there already",
        "rename it to a name that is free, write the migration, and go on from there; or take"
        " `renamed_from` away, if it says what is not so",
    )


def _again(subject: str, former: str) -> Finding:
    return Finding(
        "refused",
        "rename",
        subject,
        f"`{subject}` is renamed from `{former}`, but there is still something of that name",
        f"if `{former}` is something new, take it out, write the migration that renames, and put"
        " it back then; if it is what it was, take `renamed_from` away",
    )


def _twice(subject: str, former: str) -> Finding:
    return Finding(
        "refused",
        "rename",
        subject,
        f"`{subject}` is renamed from `{former}`, and so is something else",
        "only one of them can have its values; take `renamed_from` away from the other",
    )


def _pair_link_tables(
    before: Mapping[str, TableSchema], new: DatabaseSchema, tables: dict[str, str]
) -> None:
    """A link table is named after its entity, and goes with it where that is renamed."""
    free = [
        table
        for table in before.values()
        if table.entity is None and table.name not in tables.values()
    ]
    for table in new.tables:
        if table.entity is not None or table.name in tables:
            continue
        targets = [tables.get(key.table) for key in table.foreign_keys]
        alike = [other for other in free if [key.table for key in other.foreign_keys] == targets]
        # Only where an entity's new name explains the table's.
        renamed = any(key.table != tables.get(key.table) for key in table.foreign_keys)
        if len(alike) == 1 and renamed:
            tables[table.name] = alike[0].name
            free.remove(alike[0])


def _pair_link_columns(old: TableSchema, new: TableSchema, pairs: dict[str, str]) -> None:
    """The columns of a link table are known by their place among its references."""
    for former, key in zip(old.foreign_keys, new.foreign_keys, strict=False):
        if key.column not in pairs and former.column not in pairs.values():
            pairs[key.column] = former.column

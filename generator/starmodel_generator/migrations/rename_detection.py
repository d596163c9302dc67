"""Which table and which column of the old schema is which of the new one.

The same name is the same thing; another name is the same thing where `renamed_from` says so and
the old name is gone. Once it was applied, a `renamed_from` that stays in the source says nothing.
What only gets another `db_name` is known by its entity and its field, and needs no `renamed_from`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from starmodel_generator.migrations.migration_plan import Finding
from starmodel_schemas import ColumnSchema, DatabaseSchema, TableSchema
from starmodel_schemas.naming import snake_case


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
        [_Named(table.name, _former_table(table, before)) for table in new.tables],
        {name: table.renamed_from for name, table in before.items()},
        "",
        findings,
    )
    findings += _passed_tables(before, new)
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


def _former_table(table: TableSchema, before: Mapping[str, TableSchema]) -> str | None:
    """Return what a table was called: as its author says, or of the same entity, which has a `db_name`."""
    former = table.renamed_from
    if table.entity is None or table.name in before or former in before:
        return former
    same = {other.entity: other.name for other in before.values()}
    if former is not None:
        # It was the table of an entity of that name, which had a `db_name`.
        module = table.entity.rpartition(".")[0]
        named = {
            snake_case(entity.rpartition(".")[2]): name
            for entity, name in same.items()
            if entity is not None and entity.rpartition(".")[0] == module
        }
        return named.get(former, former)
    return same.get(table.entity)


def _former_column(column: ColumnSchema, old: TableSchema, new: TableSchema) -> str | None:
    """Return what a column was called: as its author says, or of the same field, which has a `db_name`."""
    former = column.renamed_from
    names = {each.name for each in old.columns}
    if not column.path or column.name in names or former in names:
        return former
    if former is not None:
        # It was the column of a field of that name, which had a `db_name`.
        return next((each.name for each in old.columns if former in _own_names(each)), former)
    same = next((each for each in old.columns if each.path == column.path), None)
    if same is None:
        return None
    is_named = any(each.name not in _own_names(each) for each in (same, column))
    return same.name if is_named or (_is_key(same, old) and _is_key(column, new)) else None


def _own_names(column: ColumnSchema) -> tuple[str, ...]:
    """Return what a column is called if its field has no `db_name`, alone or as a reference."""
    name = "_".join(column.path)
    return (name, f"{name}_id") if name else ()


def _is_key(column: ColumnSchema, table: TableSchema) -> bool:
    return any(key.column == column.name for key in table.foreign_keys)


def _passed_tables(before: Mapping[str, TableSchema], new: DatabaseSchema) -> Iterator[Finding]:
    """Tables whose name was that of another entity, which has another table now."""
    entities = {table.entity for table in new.tables}
    for table in new.tables:
        former = before.get(table.name)
        if former is None or former.entity is None or former.entity == table.entity:
            continue
        if former.entity in entities:
            yield _passed(table.name, former.entity.rpartition(".")[2])


def _passed_columns(old: TableSchema, new: TableSchema) -> Iterator[Finding]:
    """Columns whose name was that of another field, which has another column now."""
    before = {column.name: column for column in old.columns}
    after = {column.path: column for column in new.columns}
    for column in new.columns:
        former = before.get(column.name)
        if former is None or not former.path or former.path == column.path:
            continue
        elsewhere = after.get(former.path)
        is_named = any(
            each is not None and each.name not in _own_names(each)
            for each in (former, column, elsewhere)
        )
        if elsewhere is not None and is_named:
            yield _passed(f"{new.name}.{column.name}", ".".join(former.path))


def _passed(subject: str, former: str) -> Finding:
    return Finding(
        "refused",
        "rename",
        subject,
        f"`{subject}` is the name that `{former}` had in the database, which has another one now",
        "names pass from one to another in two migrations: give one of them a name that is free,"
        " write the migration, and go on from there",
    )


def _columns(old: TableSchema, new: TableSchema, findings: list[Finding]) -> dict[str, str]:
    findings += _passed_columns(old, new)
    return _pair(
        [_Named(column.name, _former_column(column, old, new)) for column in new.columns],
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

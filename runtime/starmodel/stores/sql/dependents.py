"""What the deletion of a row does to the rows that refer to it.

The database deletes them, or clears their references. That changes them, so their versions have
to show it, and what is deleted has to leave its version behind.
"""

from collections.abc import Mapping

from starmodel.stores.sql.column import quote
from starmodel.stores.sql.statements import BURY, TOMB, TableStatements


def relate(tables: Mapping[str, TableStatements]) -> None:
    """Settle for every table what comes before a deletion, and which tables it depends on."""
    for table in tables.values():
        table.before_delete = tuple(_before_delete(table.entity, "?", tables, {table.entity}))
        table.depth = _depth(table.entity, tables, ())


def _depth(entity: str, tables: Mapping[str, TableStatements], path: tuple[str, ...]) -> int:
    """Give how many tables come before this one, since it refers to them."""
    if entity in path or entity not in tables:
        return 0
    below = (*path, entity)
    targets = {*tables[entity].references.values()} - {entity}
    return max((1 + _depth(target, tables, below) for target in targets), default=0)


def _before_delete(
    entity: str, keys: str, tables: Mapping[str, TableStatements], seen: set[str]
) -> list[tuple[str, bool]]:
    found: list[tuple[str, bool]] = []
    for child in tables.values():
        table = child.table
        for reference in table.references:
            if reference.entity != entity or reference.on_delete == "restrict":
                continue
            column = quote(reference.column)
            condition = f"{column} = ?" if keys == "?" else f"{column} IN ({keys})"
            if reference.on_delete == "set_null":
                change = f"{column} = NULL, row_version = row_version + 1"
                found.append((f"UPDATE {table.quoted} SET {change} WHERE {condition}", False))
            elif table.entity not in seen:
                rows = f"FROM {table.quoted} WHERE {condition}"
                rest = f"{table.key.quoted} {rows}"
                below = {*seen, table.entity}
                found += _before_delete(table.entity, f"SELECT {rest}", tables, below)
                name = table.entity.replace("'", "''")
                found.append(
                    (
                        f"{TOMB} SELECT '{name}', CAST({table.key.quoted} AS TEXT),"
                        f" row_version + 1, CAST(? AS DOUBLE PRECISION) {rows} {BURY}",
                        True,
                    )
                )
    return found

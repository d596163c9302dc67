"""What the deletion of a row does to the rows that refer to it.

The database deletes them, or clears their references. That changes them, so their versions have
to show it, and what is deleted has to leave its version behind.
"""

from collections.abc import Iterator, Mapping, Sequence

from starmodel.application.store import Write
from starmodel.application.unit_of_work.batch_loader import ids_of
from starmodel.stores.sql.statements.cascade import cascaded, literal
from starmodel.stores.sql.statements.statements import BURY, TOMB, Dependent, TableStatements
from starmodel.stores.sql.tables.column import quote


def relate(tables: Mapping[str, TableStatements]) -> None:
    """Settle for every table what comes before a deletion, and which tables it depends on."""
    for table in tables.values():
        table.before_delete = tuple(_before_delete(table.entity, tables))
        table.depth = _depth(table.entity, tables, ())


def leaving(
    tables: Mapping[str, TableStatements], writes: Sequence[Write]
) -> dict[str, list[object]]:
    """Give the keys of the rows that a commit deletes, by their entities."""
    keys: dict[str, list[object]] = {}
    for write in writes:
        if write.values is None and write.key.entity in tables:
            found = keys.setdefault(write.key.entity, [])
            found.append(tables[write.key.entity].find_key(write.key.id))
    return keys


def referring_first(
    tables: Mapping[str, TableStatements], writes: Sequence[Write], order: Sequence[int]
) -> list[int]:
    """Put each deletion before those of the rows that its own refers to.

    Otherwise one that the database deletes along with another is gone when its turn comes.
    A reference that would be cleared asks for no order. `order` counts where nothing else does.
    """
    places = {(writes[index].key.entity, writes[index].key.id): index for index in order}
    referring: dict[int, list[int]] = {}
    for index in order:
        for target in _targets(tables, writes[index]):
            if target in places and places[target] != index:
                referring.setdefault(places[target], []).append(index)
    if not referring:
        return [*order]
    settled: dict[int, None] = {}
    for index in order:
        # Without recursion, since a tree of rows may be deeper than Python's stack.
        path = [(index, iter(referring.get(index, ())))]
        entered = {index}
        while path:
            current, others = path[-1]
            other = next((one for one in others if one not in entered), None)
            if other is None:
                settled[current] = None
                path.pop()
            elif other not in settled:
                entered.add(other)
                path.append((other, iter(referring.get(other, ()))))
    return [*settled]


def _targets(tables: Mapping[str, TableStatements], write: Write) -> Iterator[tuple[str, str]]:
    """Give entity and id of what a row refers to, as far as its stored values are known."""
    statements = tables.get(write.key.entity)
    if statements is None:
        return
    table = statements.table
    kept = [each for each in table.references if each.on_delete != "set_null"]
    for reference in (*kept, *table.links):
        for id in ids_of(write.base.get(reference.field)):
            yield reference.entity, id


def _depth(entity: str, tables: Mapping[str, TableStatements], path: tuple[str, ...]) -> int:
    """Give how many tables come before this one, since it refers to them."""
    if entity in path or entity not in tables:
        return 0
    below = (*path, entity)
    targets = {*tables[entity].references.values()} - {entity}
    return max((1 + _depth(target, tables, below) for target in targets), default=0)


def _before_delete(entity: str, tables: Mapping[str, TableStatements]) -> list[Dependent]:
    """Give what comes before the deletion of one row, for everybody who refers to what goes."""
    reached = cascaded(entity, tables)
    if not reached.is_endless:
        return _before_each(entity, "?", tables, buries_all=True)
    found: list[Dependent] = []
    for gone in reached.entities:
        keys = reached.keys(gone)
        found += _before_each(gone, keys, tables, buries_all=False)
        table = tables[gone].table
        found.append(_buried(tables[gone], f"{table.key.quoted} IN ({keys})"))
    return found


def _before_each(
    entity: str, keys: str, tables: Mapping[str, TableStatements], *, buries_all: bool
) -> list[Dependent]:
    """Go through those who refer to rows of a table.

    With `buries_all` those that go along leave their versions behind, and those who refer to
    them are gone through as well.
    """
    found: list[Dependent] = []
    for child in tables.values():
        table = child.table
        for link in table.links:
            if link.entity == entity:
                owners = f"SELECT {quote(link.owner)} FROM {link.quoted}"
                owners += f" WHERE {_is_one(link.target.quoted, keys)}"
                found.append(_changed(child, "", f"{table.key.quoted} IN ({owners})"))
        for reference in table.references:
            if reference.entity != entity or reference.on_delete == "restrict":
                continue
            column = quote(reference.column)
            condition = _is_one(column, keys)
            if reference.on_delete == "set_null":
                found.append(_changed(child, f"{column} = NULL, ", condition))
            elif buries_all:
                below = f"SELECT {table.key.quoted} FROM {table.quoted} WHERE {condition}"
                found += _before_each(table.entity, below, tables, buries_all=True)
                found.append(_buried(child, condition))
    return found


def _buried(child: TableStatements, condition: str) -> Dependent:
    """Keep the versions of rows that are deleted along with another."""
    table = child.table
    sql = (
        f"{TOMB} SELECT {literal(table.entity)}, CAST({table.key.quoted} AS TEXT),"
        f" row_version + 1, CAST(? AS DOUBLE PRECISION) FROM {table.quoted} WHERE {condition}"
        f" {BURY}"
    )
    return Dependent(sql, with_time=True)


def _is_one(column: str, keys: str) -> str:
    return f"{column} = ?" if keys == "?" else f"{column} IN ({keys})"


def _changed(child: TableStatements, settings: str, condition: str) -> Dependent:
    """Write the change of rows that stay."""
    table = child.table
    sql = f"UPDATE {table.quoted} SET {settings}row_version = row_version + 1 WHERE {condition}"
    return Dependent(sql, stays=(table.entity, table.key.quoted))

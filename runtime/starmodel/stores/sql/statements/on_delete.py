"""What the deletion of a row does to the rows that refer to it.

The database deletes them, or clears their references. That changes them, so their versions have
to show it, and what is deleted has to leave its version behind.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from starmodel.application.store import Write
from starmodel.application.unit_of_work.batch_loader import ids_of
from starmodel.stores.sql.builders import insert_from, update
from starmodel.stores.sql.outbox import TOMBSTONES
from starmodel.stores.sql.statements.cascade import cascaded, literal
from starmodel.stores.sql.statements.statements import TOMBSTONE_KEY, Dependent, TableStatements
from starmodel.stores.sql.tables.column import quote
from starmodel.stores.sql.tables.table import VERSION, LinkTable, ReferenceColumn


def relate(tables: Mapping[str, TableStatements]) -> None:
    """Determine for every table what comes before a deletion, and which tables it depends on."""
    for table in tables.values():
        table.others = tables
        table.before_delete = tuple(_before_delete(table.entity, tables))
        table.depth = _depth(table.entity, tables, ())


def deleted_keys(
    tables: Mapping[str, TableStatements], writes: Sequence[Write]
) -> dict[str, list[object]]:
    """Return the keys of the rows that a commit deletes, by their entities."""
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
    return _others_first(order, referring)


def referred_first(
    tables: Mapping[str, TableStatements], writes: Sequence[Write], order: Sequence[int]
) -> tuple[list[int], dict[int, set[str]]]:
    """Put each new row behind those that it refers to; `order` counts where nothing else does.

    Comes with the fields of rows that refer to one behind them all the same, where rows refer to
    each other.
    """
    places = {(writes[index].key.entity, writes[index].key.id): index for index in order}
    found = {
        index: [
            (reference.field, places[target])
            for reference, target in _references(tables, writes[index], writes[index].values)
            if places.get(target, index) != index
        ]
        for index in order
    }
    if not any(found.values()):
        return [*order], {}
    referred = {index: [target for _, target in each] for index, each in found.items()}
    turns = {index: turn for turn, index in enumerate(_others_first(order, referred))}
    early = {
        index: {field for field, target in each if turns[target] > turns[index]}
        for index, each in found.items()
    }
    return [*turns], {index: fields for index, fields in early.items() if fields}


def _others_first(order: Sequence[int], others: Mapping[int, Sequence[int]]) -> list[int]:
    """Put each behind its others, as far as they are not behind it for the same reason."""
    if not others:
        return [*order]
    settled: dict[int, None] = {}
    for index in order:
        # Without recursion, since a tree of rows may be deeper than Python's stack.
        path = [(index, iter(others.get(index, ())))]
        entered = {index}
        while path:
            current, waiting = path[-1]
            other = next((one for one in waiting if one not in entered), None)
            if other is None:
                settled[current] = None
                path.pop()
            elif other not in settled:
                entered.add(other)
                path.append((other, iter(others.get(other, ()))))
    return [*settled]


def _targets(tables: Mapping[str, TableStatements], write: Write) -> Iterator[tuple[str, str]]:
    """Return entity and id of what a row refers to, as far as its stored values are known."""
    for reference, target in _references(tables, write, write.base):
        if isinstance(reference, LinkTable) or reference.on_delete != "set_null":
            yield target


def _references(
    tables: Mapping[str, TableStatements], write: Write, values: Mapping[str, object] | None
) -> Iterator[tuple[ReferenceColumn | LinkTable, tuple[str, str]]]:
    """Return the fields of a row that refer to others, with entity and id of each of these."""
    statements = tables.get(write.key.entity)
    if statements is not None and values:
        for reference in (*statements.table.references, *statements.table.links):
            for id in ids_of(values.get(reference.field)):
                yield reference, (reference.entity, id)


def _depth(entity: str, tables: Mapping[str, TableStatements], path: tuple[str, ...]) -> int:
    """Return how many tables come before this one, since it refers to them."""
    if entity in path or entity not in tables:
        return 0
    below = (*path, entity)
    targets = {*tables[entity].references.values()} - {entity}
    return max((1 + _depth(target, tables, below) for target in targets), default=0)


def _before_delete(entity: str, tables: Mapping[str, TableStatements]) -> list[Dependent]:
    """Return what comes before the deletion of one row, for everybody who refers to what goes."""
    reached = cascaded(entity, tables)
    if not reached.is_endless:
        return _before_each(entity, _ONE, tables, buries_all=True)
    found: list[Dependent] = []
    reads = frozenset(tables[each].table.name for each in reached.entities)
    for gone in reached.entities:
        keys = _Keys(reached.keys(gone), reads)
        found += _before_each(gone, keys, tables, buries_all=False)
        found.append(_tombstone(tables[gone], tables[gone].table.key.quoted, keys))
    return found


class _Keys(NamedTuple):
    """The keys of rows that go: a parameter, or a query and the tables that it reads."""

    sql: str
    reads: frozenset[str] = frozenset()

    def has(self, column: str) -> str:
        """Write the condition that a column holds one of them."""
        return f"{column} = ?" if self.sql == "?" else f"{column} IN ({self.sql})"

    def below(self, table: str, selected: str, column: str) -> "_Keys":
        """Write the query for a column of the rows of a table that refer to them by another."""
        sql = f"SELECT {selected} FROM {quote(table)} WHERE {self.has(column)}"
        return _Keys(sql, self.reads | {table})


_ONE = _Keys("?")


def _before_each(
    entity: str, keys: _Keys, tables: Mapping[str, TableStatements], *, buries_all: bool
) -> list[Dependent]:
    """Go through those who refer to rows of a table.

    With `buries_all` those that go along leave their versions behind, and those who refer to
    them are gone through as well.
    """
    found: list[Dependent] = []
    for child in tables.values():
        table = child.table
        key = table.key.quoted
        for link in table.links:
            if link.entity == entity:
                owners = keys.below(link.name, link.owner.quoted, link.target.quoted)
                found.append(_changed(child, {}, key, owners))
        for reference in table.references:
            if reference.entity != entity or reference.on_delete == "restrict":
                continue
            column = quote(reference.column)
            if reference.on_delete == "set_null":
                found.append(_changed(child, {reference.column: "NULL"}, column, keys))
            elif buries_all:
                below = keys.below(table.name, key, column)
                found += _before_each(table.entity, below, tables, buries_all=True)
                found.append(_tombstone(child, column, keys))
    return found


def _tombstone(child: TableStatements, column: str, keys: _Keys) -> Dependent:
    """Keep the versions of rows that are deleted along with another."""
    table = child.table
    values = {
        "entity": literal(table.entity),
        "id": f"CAST({table.key.quoted} AS TEXT)",
        "version": "row_version + 1",
        "deleted_at": "CAST(? AS DOUBLE PRECISION)",
    }
    source = f"FROM {table.quoted} WHERE {keys.has(column)}"
    reads = keys.reads | {table.name}
    statement = insert_from(TOMBSTONES, values, source, key=TOMBSTONE_KEY, reads=reads)
    return Dependent(statement, with_time=True)


def _changed(
    child: TableStatements, values: Mapping[str, str], column: str, keys: _Keys
) -> Dependent:
    """Write the change of rows that stay."""
    table = child.table
    settings = {**values, VERSION.name: f"{VERSION.quoted} + 1"}
    statement = update(table.name, settings, keys.has(column), reads=keys.reads)
    return Dependent(statement, kept_rows=(table.entity, table.key.quoted))

"""Making sure, within a commit, that what an event has read is still so.

The rows are locked as they are compared, on PostgreSQL: those that are only read for sharing, so
that many may rely on one row at once. All rows that a commit needs are locked here, in an order
that everybody keeps to, so that of two events neither waits for the other while that one waits
for it. Searches are made again behind all of that, so that nobody can be what was not found and
rely on what is written here. On SQLite whoever writes is alone, and the same statements only
compare.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from starmodel.application.store import Key, ReadSet, ReferrerCount, Write
from starmodel.application.unit_of_work.batch_loader import ids_of
from starmodel.errors import ConfigurationError
from starmodel.stores.sql.builders import placeholders
from starmodel.stores.sql.drivers.driver import Statement
from starmodel.stores.sql.statements.search_locks import search_locks
from starmodel.stores.sql.statements.statements import TableStatements

_BATCHES = (1, 4, 16, 64)


class Comparison(NamedTuple):
    """A statement that finds as many rows as it expects, unless that of `key` is not as it was."""

    statement: Statement
    key: Key


class _Rows:
    """The rows of one table that a commit needs, with their versions."""

    def __init__(self) -> None:
        self.versions: dict[Key, int] = {}
        self.is_changed = False
        # Also for those who are about to refer to one of them, or for one that goes.
        self.is_closed = False

    @property
    def suffix(self) -> str:
        """How they are locked, all in one way: two statements would lock in no order."""
        if self.is_closed:
            return " FOR UPDATE"
        return " FOR NO KEY UPDATE" if self.is_changed else " FOR SHARE"


def check(
    tables: Mapping[str, TableStatements], writes: Sequence[Write], reads: ReadSet, now: float
) -> Iterator[Comparison]:
    """Return the statements that compare what was read, for a commit of some writes.

    Versions come first. Once its row is locked, nobody can begin to refer to a record, nor
    commit what they have begun: then those who do are counted.

    Raises:
        ConfigurationError: There is no table for an entity.
    """
    rows: dict[str, _Rows] = {}
    absent: list[Key] = []
    for key, version in reads.versions:
        if version:
            rows.setdefault(key.entity, _Rows()).versions[key] = version
        else:
            absent.append(key)
    for write in writes:
        if write.expected:
            found = rows.setdefault(write.key.entity, _Rows())
            found.versions[write.key] = write.expected
            found.is_changed = True
            found.is_closed |= write.values is None
    for relation in reads.referrers:
        found = rows.setdefault(relation.target.key.entity, _Rows())
        found.versions[relation.target.key] = relation.target.version
        found.is_closed = True
    for entity in sorted(rows):
        found = rows[entity]
        yield from _compare(_table(tables, entity), found, now)
    for relation in dict.fromkeys(reads.referrers):
        key = relation.target.key
        owner = _table(tables, key.entity).find_key(key.id)
        yield Comparison(_count(_table(tables, relation.entity), relation, owner, now), key)
    for key in absent:
        yield Comparison(_miss(_table(tables, key.entity), key, now), key)
    if reads.searches:
        yield from _search_again(tables, writes, reads, now)


def _search_again(
    tables: Mapping[str, TableStatements], writes: Sequence[Write], reads: ReadSet, now: float
) -> Iterator[Comparison]:
    """Lock what new references lead to, as the database will do, then tables; then compare."""
    checks = [(_table(tables, each.search.entity), each) for each in reads.searches]
    dialect = checks[0][0].dialect
    if dialect == "postgresql":
        for entity, ids in sorted(_referred(tables, writes).items()):
            yield Comparison(_keep(tables[entity], sorted(ids)), Key(entity, "", ""))
    searched = {each.search.entity for each in reads.searches}
    for lock in search_locks(searched, _written(tables, writes), dialect):
        yield Comparison(lock, writes[0].key)
    for table, each in checks:
        key = table.table.definition.key("")
        yield Comparison(table.compare(each, now), key)


def _referred(
    tables: Mapping[str, TableStatements], writes: Sequence[Write]
) -> dict[str, set[str]]:
    """Return the ids of what the writes refer to and did not before, by entity."""
    found: dict[str, set[str]] = {}
    for write in writes:
        for field, entity in _table(tables, write.key.entity).references.items():
            new = set[str]() if write.values is None else {*ids_of(write.values.get(field))}
            new.difference_update(ids_of(write.base.get(field)) if write.expected else ())
            if new and entity in tables:
                found.setdefault(entity, set()).update(new)
    return found


def _written(tables: Mapping[str, TableStatements], writes: Sequence[Write]) -> set[str]:
    """Return the tables of entities whose rows are written, or change with what is deleted."""
    found = {write.key.entity for write in writes}
    for write in writes:
        if write.values is None:
            for statement, *_ in _table(tables, write.key.entity).before_delete:
                found |= {statement.table, *statement.reads}
    return found & tables.keys()


def _keep(table: TableStatements, ids: Sequence[str]) -> Statement:
    key = table.key.quoted
    keys = [value for id in ids if (value := table.find_key(id)) is not None]
    holes = placeholders(len(keys))
    found = f"{key} IN ({holes})" if keys else "1 = 0"
    sql = f"SELECT 1 FROM {table.table.quoted} WHERE {found} ORDER BY {key} FOR KEY SHARE"
    return Statement(sql, tuple(keys), operation="select")


def _compare(table: TableStatements, rows: _Rows, now: float) -> Iterator[Comparison]:
    key = table.key.quoted
    alive, moment = _alive(table, now)
    lock = f" ORDER BY {key}{rows.suffix}" if table.dialect == "postgresql" else ""
    wanted = sorted((table.find_key(each.id), each) for each in rows.versions)
    while wanted:
        size = next((size for size in _BATCHES if size >= len(wanted)), _BATCHES[-1])
        batch, wanted = wanted[:size], wanted[size:]
        pairs = [(value, rows.versions[each]) for value, each in batch]
        # A pair may stand there several times, so that there are few different statements.
        pairs += pairs[:1] * (size - len(pairs))
        either = " OR ".join([f"({key} = ? AND row_version = ?)"] * size)
        sql = f"SELECT 1 FROM {table.table.quoted} WHERE ({either}){alive}{lock}"
        parameters = tuple(value for pair in pairs for value in pair)
        found = Statement(sql, (*parameters, *moment), len(batch), "select")
        yield Comparison(found, batch[0][1])


def _count(table: TableStatements, relation: ReferrerCount, owner: object, now: float) -> Statement:
    alive, moment = _alive(table, now)
    found = f"SELECT count(*) FROM {table.table.quoted} WHERE {table.refers(relation.field)}{alive}"
    sql = f"SELECT 1 WHERE ({found}) = ?"
    return Statement(sql, (owner, *moment, relation.number), 1, "select")


def _miss(table: TableStatements, key: Key, now: float) -> Statement:
    alive, moment = _alive(table, now)
    sql = f"SELECT 1 FROM {table.table.quoted} WHERE {table.key.quoted} = ?{alive}"
    return Statement(sql, (table.find_key(key.id), *moment), 0, "select")


def _alive(table: TableStatements, now: float) -> tuple[str, tuple[object, ...]]:
    """Return the condition that the time of a row is not up, and what it takes."""
    if not table.table.has_expiry:
        return "", ()
    return " AND (row_expires_at IS NULL OR row_expires_at > ?)", (table.moment(now),)


def _table(tables: Mapping[str, TableStatements], entity: str) -> TableStatements:
    table = tables.get(entity)
    if table is None:
        raise ConfigurationError(f"There is no table for {entity} in this database.")
    return table

"""Making sure, within a commit, that what an event has read is still so.

The rows are locked as they are compared, on PostgreSQL: those that are only read for sharing, so
that many may rely on one row at once. All rows that a commit needs are locked here, in an order
that everybody keeps to, so that of two events neither waits for the other while that one waits
for it. On SQLite whoever writes is alone, and the same statements only compare.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from starmodel.application.store import Key, Reads, Write
from starmodel.errors import ConfigurationError
from starmodel.stores.sql.driver import Statement
from starmodel.stores.sql.statements import TableStatements


class Comparison(NamedTuple):
    """A statement that finds as many rows as it expects, unless that of `key` is not as it was."""

    statement: Statement
    key: Key


class _Rows:
    """The rows of one table that a commit needs, with their versions."""

    def __init__(self) -> None:
        self.versions: dict[Key, int] = {}
        self.is_changed = False
        self.is_read = False
        # Also for those who are about to refer to one of them, or for one that goes.
        self.is_closed = False

    @property
    def suffix(self) -> str:
        """How they are locked, all in one way: two statements would lock in no order."""
        if self.is_closed:
            return " FOR UPDATE"
        return " FOR NO KEY UPDATE" if self.is_changed else " FOR SHARE"


def check(
    tables: Mapping[str, TableStatements], writes: Sequence[Write], reads: Reads, now: float
) -> Iterator[Comparison]:
    """Give the statements that compare what was read, for a commit of some writes.

    Versions come first. Once its row is locked, nobody can begin to refer to a record, nor
    commit what they have begun: then those who do are counted.

    Raises:
        ConfigurationError: There is no table for an entity.
    """
    rows: dict[str, _Rows] = {}
    absent: list[Key] = []
    for key, version in reads.checks:
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
    for relation in reads.relations:
        found = rows.setdefault(relation.owner.key.entity, _Rows())
        found.versions[relation.owner.key] = relation.owner.version
        found.is_closed = True
    for entity in sorted(rows):
        found = rows[entity]
        table = _table(tables, entity)
        suffix = found.suffix if table.dialect == "postgresql" else ""
        wanted = sorted(found.versions)
        while wanted:
            size = table.most_compared(len(wanted))
            batch, wanted = wanted[:size], wanted[size:]
            pairs = [(table.find_key(key.id), found.versions[key]) for key in batch]
            yield Comparison(table.compare(pairs, size, suffix, now), batch[0])
    for relation in dict.fromkeys(reads.relations):
        target = _table(tables, relation.owner.key.entity).find_key(relation.owner.key.id)
        table = _table(tables, relation.entity)
        counted = table.count_by(relation.field, target, relation.number, now)
        yield Comparison(counted, relation.owner.key)
    for key in absent:
        table = _table(tables, key.entity)
        yield Comparison(table.miss(table.find_key(key.id), now), key)


def _table(tables: Mapping[str, TableStatements], entity: str) -> TableStatements:
    table = tables.get(entity)
    if table is None:
        raise ConfigurationError(f"There is no table for {entity} in this database.")
    return table

"""Saving into the table of one entity: its statements for one kind of database.

Those of generated code are taken as they are, and completed by what the store adds: the version
that a new row begins with, the time it lives for, and the records it is linked with.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from starmodel.application.store import Write
from starmodel.errors import ArgumentError, InvalidState
from starmodel.stores.sql.drivers.driver import Dialect, Statement
from starmodel.stores.sql.outbox import add_new
from starmodel.stores.sql.statements.search_statement import TableSearches
from starmodel.stores.sql.statements.selection import codec_of
from starmodel.stores.sql.tables.codec import NotStorable
from starmodel.stores.sql.tables.column import quote
from starmodel.stores.sql.tables.table import EntityTable, LinkTable

TOMB = "INSERT INTO starmodel_tombstone (entity, id, version, deleted_at)"
BURY = (
    "ON CONFLICT (entity, id) DO UPDATE SET version = excluded.version,"
    " deleted_at = excluded.deleted_at"
)
"""What is left of a deleted row is the version it had."""

Leaving: TypeAlias = Mapping[str, Sequence[object]]
"""The keys of rows that are deleted, by their entities."""

NOBODY: Leaving = {}

_MOST_TEXTS = 500


class Step(NamedTuple):
    """One statement of a save; `field` is the one whose links it writes."""

    statement: Statement
    field: str | None = None


class Dependent(NamedTuple):
    """What has to be done with rows that refer to one that is deleted.

    It takes the time, if `with_time`, and then the key of that one. Where it changes rows that
    stay, `stays` has their entity and the column of their key: those that are deleted as well
    are left as they are, since their version is still asked for.
    """

    sql: str
    with_time: bool = False
    stays: tuple[str, str] | None = None

    def statement(self, key: object, now: float, leaving: Leaving = NOBODY) -> Statement:
        """Write it for one deletion; `leaving` are the keys of all rows that are deleted."""
        if self.with_time:
            return Statement(self.sql, (now, key))
        entity, column = self.stays or ("", "")
        others = leaving.get(entity, ())
        if not others:
            return Statement(self.sql, (key,))
        holes = ", ".join(["?"] * len(others))
        return Statement(f"{self.sql} AND {column} NOT IN ({holes})", (key, *others))


class TableStatements(TableSearches):
    """How the table of one entity is read and written.

    Attributes:
        insert: Adds a row, and returns its version.
        add_record: Keeps the record of a row that is new in the same transaction.
        before_delete: What has to be done with the rows that refer to one that is deleted.
        depth: How many tables come before this one, since it refers to them.
    """

    def __init__(self, table: EntityTable[Any], dialect: Dialect) -> None:
        super().__init__(table, dialect)
        self.before_delete: tuple[Dependent, ...] = ()
        self.depth = 0
        self.add_record = add_new(table.quoted, table.key.quoted)
        self._encoders = [codec_of(column, dialect).encode for column in table.columns]
        self._first = 1 if table.is_record else 0
        is_alive = " AND (row_expires_at IS NULL OR row_expires_at > ?)" if table.has_expiry else ""
        quoted, key = table.quoted, table.key.quoted
        self._tail = f" WHERE {key} = ? AND row_version = ?{is_alive}"
        self._full_update = table.update + is_alive
        self._delete = table.delete + is_alive
        floor = (
            "(SELECT coalesce(max(version), 0) + 1 FROM starmodel_tombstone"
            " WHERE entity = ? AND id IN (?, ''))"
        )
        holes = ", ".join(["?"] * (self._width + 1 - self._first))
        self.insert = (
            f"{table.insert.partition(' VALUES ')[0]} VALUES"
            f" ({holes}, {floor}{', ?' if table.has_expiry else ''}) RETURNING row_version"
        )
        self._bury_expired = (
            f"{TOMB} SELECT CAST(? AS TEXT), CAST({key} AS TEXT), row_version,"
            f" CAST(? AS DOUBLE PRECISION) FROM {quoted}"
            f" WHERE {key} = ? AND row_expires_at <= ? {BURY}"
        )
        self._drop_expired = f"DELETE FROM {quoted} WHERE {key} = ? AND row_expires_at <= ?"
        self._link_texts = [
            (
                f"DELETE FROM {link.quoted} WHERE {quote(link.owner)} = ?",
                f"INSERT INTO {link.quoted} ({quote(link.owner)}, {link.target.quoted}, position)"
                " VALUES (?, ?, ?)",
            )
            for link in table.links
        ]
        self._updates: dict[tuple[int, ...], str] = {}

    def save(self, write: Write, now: float, leaving: Leaving = NOBODY) -> list[Step]:
        """Give the statements of a write. One of an insert returns the version.

        `leaving` are the keys of all rows that the commit deletes.

        Raises:
            InvalidState: A database would not keep some value as it is.
        """
        key = self.find_key(write.key.id)
        if key is None:
            error = ArgumentError("id", "This cannot be an id.", "not_storable")
            raise InvalidState(self.entity, (error,))
        if write.values is None:
            return self._remove(key, write.expected, now, leaving)
        try:
            given = self.table.to_row(write.values)
        except NotStorable as refused:
            error = ArgumentError("", refused.message, refused.type)
            raise InvalidState(self.entity, (error,)) from None
        if write.expected:
            return self._change(key, write, given, now)
        return self._add(key, write, given, now)

    def _add(self, key: object, write: Write, given: Sequence[Any], now: float) -> list[Step]:
        row = self._encode(given, range(self._width))
        holder: tuple[object, ...] = () if self.table.is_record else (key,)
        parameters = (*holder, *row, self.entity, str(key), *self._expires(write, now))
        steps: list[Step] = []
        if self.table.has_expiry:
            moment = self.moment(now)
            buried = Statement(self._bury_expired, (self.entity, now, key, moment))
            steps = [Step(buried), Step(Statement(self._drop_expired, (key, moment)))]
        steps.append(Step(Statement(self.insert, parameters, 1)))
        return steps + self._link(key, given, ()) if self.table.links else steps

    def _change(self, key: object, write: Write, given: Sequence[Any], now: float) -> list[Step]:
        before = self.table.to_row(write.base) if write.base else None
        first, width = self._first, self._width
        changed: Sequence[int] = range(first, width)
        if before is not None:
            changed = [place for place in changed if given[place] is not before[place]]
        row = self._encode(given, changed)
        if before is not None and changed:
            stored = self._encode(before, changed)
            different = [
                index
                for index, value in enumerate(row)
                if value != stored[index] or type(value) is not type(stored[index])
            ]
            changed = [changed[index] for index in different]
            row = [row[index] for index in different]
        sql = self._full_update if len(changed) == width - first else self._update_of(changed)
        alive = (self.moment(now),) if self.table.has_expiry else ()
        version = (write.expected + 1, *self._expires(write, now), key, write.expected)
        steps = [Step(Statement(sql, (*row, *version, *alive), 1))]
        return steps + self._link(key, given, before) if self.table.links else steps

    def _remove(self, key: object, expected: int, now: float, leaving: Leaving) -> list[Step]:
        alive = (self.moment(now),) if self.table.has_expiry else ()
        before = [Step(each.statement(key, now, leaving)) for each in self.before_delete]
        tomb = (self.entity, str(key), expected + 1, now)
        return [
            *before,
            Step(Statement(self._delete, (key, expected, *alive), 1)),
            Step(Statement(f"{TOMB} VALUES (?, ?, ?, ?) {BURY}", tomb)),
        ]

    def _link(self, key: object, given: Sequence[Any], before: Sequence[Any] | None) -> list[Step]:
        """Write links anew where they differ from those before: none, or unknown ones."""
        steps: list[Step] = []
        for index, link in enumerate(self.table.links):
            drop, add = self._link_texts[index]
            ids = self._targets(link, given[self._width + index])
            if before and ids == self._targets(link, before[self._width + index]):
                continue
            if before is None or before:
                steps.append(Step(Statement(drop, (key,)), link.field))
            steps += [
                Step(Statement(add, (key, id, position)), link.field)
                for position, id in enumerate(ids)
            ]
        return steps

    def _targets(self, link: LinkTable, ids: Iterable[Any]) -> list[Any]:
        encode = codec_of(link.target, self.dialect).encode
        try:
            targets = [*ids] if encode is None else [encode(id) for id in ids]
        except NotStorable as refused:
            error = ArgumentError(link.field, refused.message, refused.type)
            raise InvalidState(self.entity, (error,)) from None
        if len({*targets}) != len(targets):
            error = ArgumentError(link.field, "Something is in it twice.", "unique")
            raise InvalidState(self.entity, (error,))
        return targets

    def _encode(self, given: Sequence[Any], places: Iterable[int]) -> list[Any]:
        encoders = self._encoders
        row: list[Any] = []
        errors: list[ArgumentError] = []
        for place in places:
            value = given[place]
            encode = encoders[place]
            if value is None or encode is None:
                row.append(value)
                continue
            try:
                row.append(encode(value))
            except NotStorable as refused:
                field = self.table.columns[place].field
                errors.append(ArgumentError(field, refused.message, refused.type))
        if errors:
            raise InvalidState(self.entity, tuple(errors))
        return row

    def _update_of(self, places: Sequence[int]) -> str:
        """Give the statement that changes some columns alone."""
        chosen = (*places,)
        text = self._updates.get(chosen)
        if text is None:
            columns = self.table.columns
            names = [columns[place].quoted for place in chosen] + ["row_version"]
            names += ["row_expires_at"] if self.table.has_expiry else []
            settings = ", ".join([f"{name} = ?" for name in names])
            text = f"UPDATE {self.table.quoted} SET {settings}{self._tail}"
            if len(self._updates) >= _MOST_TEXTS:
                self._updates.clear()
            self._updates[chosen] = text
        return text

    def _expires(self, write: Write, now: float) -> tuple[object, ...]:
        if not self.table.has_expiry:
            return ()
        return (None if write.ttl is None else self.moment(now + write.ttl),)

    def select_expired(self, now: float) -> Statement:
        """Give the query for the keys of rows whose time is up, at most 1,000 of them."""
        table = self.table
        sql = f"SELECT {self.key.quoted} FROM {table.quoted} WHERE row_expires_at <= ? LIMIT 1000"
        return Statement(sql, (self.moment(now),))

    def drop_expired(self, key: object, now: float) -> list[Statement]:
        """Give the statements that delete a row if its time is up; the last counts."""
        moment = self.moment(now)
        return [
            Statement(self._bury_expired, (self.entity, now, key, moment)),
            *(each.statement(key, now) for each in self.before_delete),
            Statement(f"{self._drop_expired} RETURNING 1", (key, moment)),
        ]

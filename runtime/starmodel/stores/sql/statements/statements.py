"""Saving into the table of one entity: its statements for one kind of database.

They follow from the columns, once, when the app starts.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from operator import attrgetter
from typing import Any, NamedTuple, TypeAlias

from pydantic import BaseModel

from starmodel.application.copying import deep_equal
from starmodel.application.store import Write
from starmodel.errors import ArgumentError, ConfigurationError, InvalidState
from starmodel.stores.sql.builders import delete, insert, insert_from, placeholders, update
from starmodel.stores.sql.drivers.driver import Dialect, Row, Statement
from starmodel.stores.sql.drivers.sqlite_writer import SEQUENCES
from starmodel.stores.sql.outbox import OUTBOX_STATEMENTS, TOMBSTONES
from starmodel.stores.sql.statements.search_statement import TableSearches
from starmodel.stores.sql.statements.selection import codec_of
from starmodel.stores.sql.statements.step_aside import Aside, asides_of
from starmodel.stores.sql.tables.codec import Convert, NotStorable, check_class
from starmodel.stores.sql.tables.column import Column
from starmodel.stores.sql.tables.table import EXPIRES_AT, VERSION, EntityTable

TOMBSTONE_KEY = ("entity", "id")
_ADD_TOMBSTONE = insert(
    TOMBSTONES,
    dict.fromkeys(("entity", "id", "version", "deleted_at"), "?"),
    key=TOMBSTONE_KEY,
)
"""What is left of a deleted row is the version it had."""

_BEGIN_NUMBERS = (
    f"INSERT INTO {SEQUENCES} (name, seq) SELECT ?, 0"
    f" WHERE NOT EXISTS (SELECT 1 FROM {SEQUENCES} WHERE name = ?)"
)
"""SQLite itself counts on from there: https://www.sqlite.org/autoinc.html"""

_NEXT_NUMBERS = (
    "SELECT nextval(CAST(pg_get_serial_sequence(?, ?) AS regclass))"
    " FROM generate_series(1, CAST(? AS bigint))"
)
_SKIP_NUMBERS = (
    "SELECT setval(CAST(pg_get_serial_sequence(?, ?) AS regclass), CAST(? AS bigint))"
    " WHERE CAST(? AS bigint) >"
    " coalesce(pg_sequence_last_value(CAST(pg_get_serial_sequence(?, ?) AS regclass)), 0)"
)
"""PostgreSQL's sequence does not learn of a number that an insert came with."""

DeletedKeys: TypeAlias = Mapping[str, Sequence[object]]
"""The keys of rows that are deleted, by their entities."""

Values: TypeAlias = Mapping[str, Any]
"""The values of fields, by their names."""

NO_DELETED_KEYS: DeletedKeys = {}

_MAX_TEXTS = 500


class Step(NamedTuple):
    """One statement of a save; `field` is the one whose links it writes."""

    statement: Statement
    field: str | None = None


class Dependent(NamedTuple):
    """What has to be done with rows that refer to one that is deleted.

    It takes the time, if `with_time`, and then the key of that one. Where it changes rows that
    stay, `kept_rows` has their entity and the column of their key: those that are deleted as well
    are left as they are, since their version is still asked for.
    """

    statement: Statement
    with_time: bool = False
    kept_rows: tuple[str, str] | None = None

    def bind(self, key: object, now: float, leaving: DeletedKeys = NO_DELETED_KEYS) -> Statement:
        """Write it for one deletion; `leaving` are the keys of all rows that are deleted."""
        if self.with_time:
            return self.statement.bind(now, key)
        entity, column = self.kept_rows or ("", "")
        others = leaving.get(entity, ())
        if not others:
            return self.statement.bind(key)
        sql = f"{self.statement.sql} AND {column} NOT IN ({placeholders(len(others))})"
        return self.statement._replace(sql=sql, parameters=(key, *others))


class TableStatements(TableSearches):
    """How the table of one entity is read and written.

    Attributes:
        insert: Adds a row, and returns its version.
        add_record: Keeps the record of a row that is new in the same transaction.
        before_delete: What has to be done with the rows that refer to one that is deleted.
        depth: How many tables come before this one, since it refers to them.
        asides: How a row steps aside whose unique value another one takes.
    """

    def __init__(self, table: EntityTable[Any], dialect: Dialect) -> None:
        super().__init__(table, dialect)
        self.before_delete: tuple[Dependent, ...] = ()
        self.depth = 0
        self.add_record = OUTBOX_STATEMENTS[dialect].add_new(table.name, table.key.name)
        self._first = 1 if table.is_record else 0
        classes = {each.columns[0].name: each.cls for each in table.embedded}
        self._writers = [
            writer_of(column, dialect, classes.get(column.name)) for column in table.columns
        ]
        key, expires = table.key.quoted, EXPIRES_AT.quoted
        is_alive = f" AND ({expires} IS NULL OR {expires} > ?)" if table.has_expiry else ""
        self._by_version = f"{key} = ? AND {VERSION.quoted} = ?{is_alive}"
        self.insert = _insert(table)
        # Places and fields of what an update may change.
        self._changeable = tuple(enumerate(self._fields))[self._first :]
        self.update = self._update_of(range(self._first, self._width))
        self.delete = delete(table.name, self._by_version, is_single=True)
        is_over = f"{key} = ? AND {expires} <= ?"
        buried = {
            "entity": "CAST(? AS TEXT)",
            "id": f"CAST({key} AS TEXT)",
            "version": VERSION.quoted,
            "deleted_at": "CAST(? AS DOUBLE PRECISION)",
        }
        source = f"FROM {table.quoted} WHERE {is_over}"
        reads = [table.name]
        self._bury_expired = insert_from(TOMBSTONES, buried, source, key=TOMBSTONE_KEY, reads=reads)
        self._drop_expired = delete(table.name, is_over)
        self._count_expired = delete(table.name, is_over, returns="1")
        self._link_writers = [writer_of(link.target, dialect) or _unchanged for link in table.links]
        self.links = [
            (
                delete(link.name, f"{link.owner.quoted} = ?"),
                insert(
                    link.name,
                    dict.fromkeys((link.owner.name, link.target.name, "position"), "?"),
                ),
            )
            for link in table.links
        ]
        self._updates: dict[tuple[int, ...], Statement] = {}
        self.asides: tuple[Aside, ...] = asides_of(table)

    def values_at(self, values: Values, places: Iterable[int]) -> tuple[object, ...]:
        """Return what the columns at some places have of the values of fields.

        Raises:
            InvalidState: A database would not keep some value as it is.
        """
        return tuple(self._encode(values, places))

    def save(
        self,
        write: Write,
        now: float,
        leaving: DeletedKeys = NO_DELETED_KEYS,
        early: Collection[str] = (),
        moved: Collection[int] = (),
    ) -> list[Step]:
        """Return the statements of a write. One of an insert returns the version.

        `leaving` are the keys of all rows that the commit deletes, `early` the fields of a new row
        that refer to others which are not there yet: `refer` follows for these. `moved` are the
        places of columns that the row gave up when it stepped aside: they are written in any case.

        Raises:
            InvalidState: A database would not keep some value as it is.
        """
        key = self.find_key(write.key.id)
        if key is None:
            error = ArgumentError("id", "This cannot be an id.", "not_storable")
            raise InvalidState(self.entity, (error,))
        if write.values is None:
            return self._remove(key, write.expected, now, leaving)
        if write.expected:
            return self._change(key, write, write.values, now, moved)
        values = write.values
        if early:
            nothing = {link.field: () for link in self.table.links if link.field in early}
            values = {**values, **dict.fromkeys(self._cleared(early)), **nothing}
        return self._add(key, write, values, now)

    def refer(self, write: Write, early: Collection[str]) -> list[Step]:
        """Return what lets a new row refer to others, through the fields that `save` has left out."""
        key, values = self.find_key(write.key.id), write.values or {}
        steps: list[Step] = []
        for field, column in self._cleared(early).items():
            [target] = self._encode(values, [self.table.columns.index(column)])
            by_key = f"{self.key.quoted} = ?"
            change = update(self.table.name, {column.name: "?"}, by_key, is_single=True)
            steps.append(Step(change.bind(target, key), field))
        left = {link.field: () for link in self.table.links if link.field not in early}
        return steps + self._link(key, {**values, **left}, {}) if self.table.links else steps

    def _cleared(self, early: Collection[str]) -> dict[str, Column]:
        """Return the fields that may be empty until the row may refer to others, with their columns."""
        return {
            column.field: column
            for column in self.table.columns
            if column.refers and column.nullable and column.field in early
        }

    def next_numbers(self, count: int, above: int) -> list[Statement]:
        """Return what hands out numbers for new rows, greater than `above`.

        The rows of the last statement have these numbers, or the highest of them alone.
        """
        name, key = self.table.name, self.key.name
        if self.dialect == "sqlite":
            return [
                Statement(_BEGIN_NUMBERS, (name, name), operation="insert", table=SEQUENCES),
                Statement(
                    f"UPDATE {SEQUENCES} SET seq = ? + max(seq, ?,"
                    f" (SELECT coalesce(max({self.key.quoted}), 0) FROM {self.table.quoted}))"
                    " WHERE name = ? RETURNING seq",
                    (count, above, name),
                    operation="update",
                    table=SEQUENCES,
                    returns="seq",
                ),
            ]
        handed_out = Statement(_NEXT_NUMBERS, (self.table.quoted, key, count), operation="select")
        if not above:
            return [handed_out]
        owner = (self.table.quoted, key)
        skipped = Statement(_SKIP_NUMBERS, (*owner, above, above, *owner), operation="select")
        return [skipped, handed_out]

    def _add(self, key: object, write: Write, values: Values, now: float) -> list[Step]:
        row = self._encode(values, range(self._width))
        holder: tuple[object, ...] = () if self.table.is_record else (key,)
        parameters = (*holder, *row, self.entity, str(key), *self._expires(write, now))
        steps: list[Step] = []
        if self.table.has_expiry:
            moment = self.moment(now)
            buried = self._bury_expired.bind(self.entity, now, key, moment)
            steps = [Step(buried), Step(self._drop_expired.bind(key, moment))]
        steps.append(Step(self.insert.bind(*parameters)))
        return steps + self._link(key, values, {}) if self.table.links else steps

    def _change(
        self, key: object, write: Write, values: Values, now: float, moved: Collection[int]
    ) -> list[Step]:
        before = write.base
        first, width = self._first, self._width
        changed: Sequence[int] = range(first, width)
        if before:
            changed = [
                place
                for place, field in self._changeable
                if values[field] is not before[field]
                and not deep_equal(values[field], before[field])
            ]
        row = self._encode(values, changed)
        if before and changed:
            stored = self._encode(before, changed)
            different = [
                index
                for index, value in enumerate(row)
                if value != stored[index] or type(value) is not type(stored[index])
            ]
            changed = [changed[index] for index in different]
            row = [row[index] for index in different]
        if moved:
            changed = sorted({*changed, *moved})
            row = self._encode(values, changed)
        statement = self.update
        if len(changed) != width - first:
            chosen = (*changed,)
            statement = self._updates.get(chosen) or self._keep_update(chosen)
        alive = (self.moment(now),) if self.table.has_expiry else ()
        version = (write.expected + 1, *self._expires(write, now), key, write.expected)
        steps = [Step(statement.bind(*row, *version, *alive))]
        return steps + self._link(key, values, before or None) if self.table.links else steps

    def _remove(self, key: object, expected: int, now: float, leaving: DeletedKeys) -> list[Step]:
        alive = (self.moment(now),) if self.table.has_expiry else ()
        before = [Step(each.bind(key, now, leaving)) for each in self.before_delete]
        return [
            *before,
            Step(self.delete.bind(key, expected, *alive)),
            Step(_ADD_TOMBSTONE.bind(self.entity, str(key), expected + 1, now)),
        ]

    def _link(self, key: object, values: Values, before: Values | None) -> list[Step]:
        """Write links anew where they differ from those before: none, or unknown ones."""
        steps: list[Step] = []
        for link, write, (drop, add) in zip(
            self.table.links, self._link_writers, self.links, strict=True
        ):
            field = link.field
            if before and values[field] is before[field]:
                continue
            ids = self._targets(field, write, values[field])
            if before and ids == self._targets(field, write, before[field]):
                continue
            if before is None or before:
                steps.append(Step(drop.bind(key), field))
            steps += [Step(add.bind(key, id, position), field) for position, id in enumerate(ids)]
        return steps

    def _targets(self, field: str, write: Convert, references: Iterable[Any]) -> list[Any]:
        try:
            targets = [write(reference) for reference in references]
        except NotStorable as refused:
            error = ArgumentError(field, refused.message, refused.type)
            raise InvalidState(self.entity, (error,)) from None
        if len({*targets}) != len(targets):
            error = ArgumentError(field, "Something is in it twice.", "unique")
            raise InvalidState(self.entity, (error,))
        return targets

    def _encode(self, values: Values, places: Iterable[int]) -> list[Any]:
        """Return what the database has of the columns at some places."""
        fields, writers = self._fields, self._writers
        row: list[Any] = []
        errors: list[ArgumentError] = []
        for place in places:
            value = values[fields[place]]
            write = writers[place]
            if value is None or write is None:
                row.append(value)
                continue
            try:
                row.append(write(value))
            except NotStorable as refused:
                errors.append(ArgumentError(fields[place], refused.message, refused.type))
        if errors:
            raise InvalidState(self.entity, tuple(errors))
        return row

    def _update_of(self, places: Iterable[int]) -> Statement:
        """Return the statement that changes some columns alone."""
        columns = [self.table.columns[place] for place in places]
        columns += [VERSION, EXPIRES_AT] if self.table.has_expiry else [VERSION]
        values = {column.name: "?" for column in columns}
        return update(self.table.name, values, self._by_version, is_single=True)

    def _keep_update(self, places: tuple[int, ...]) -> Statement:
        if len(self._updates) >= _MAX_TEXTS:
            self._updates.clear()
        statement = self._updates[places] = self._update_of(places)
        return statement

    def _expires(self, write: Write, now: float) -> tuple[object, ...]:
        if not self.table.has_expiry:
            return ()
        return (None if write.ttl is None else self.moment(now + write.ttl),)

    def select_expired(self, now: float) -> Statement:
        """Return the query for the keys of rows whose time is up, at most 1,000 of them."""
        sql = (
            f"SELECT {self.key.quoted} FROM {self.table.quoted}"
            f" WHERE {EXPIRES_AT.quoted} <= ? LIMIT 1000"
        )
        return Statement(sql, (self.moment(now),), operation="select")

    def drop_expired(self, key: object, now: float) -> list[Statement]:
        """Return the statements that delete a row if its time is up; the last counts."""
        moment = self.moment(now)
        return [
            self._bury_expired.bind(self.entity, now, key, moment),
            *(each.bind(key, now) for each in self.before_delete),
            self._count_expired.bind(key, moment),
        ]


def writer_of(
    column: Column, dialect: Dialect, cls: type[BaseModel] | None = None
) -> Convert | None:
    """Return what makes what the database has of the value of a column's field.

    `cls` is the class that the value must have, of a value object whose first column it is.
    """
    part = None if column.part is None else attrgetter(column.part)
    encode = codec_of(column, dialect).encode
    checked = None if cls is None else partial(check_class, cls=cls)
    steps: list[Convert] = [
        step for step in (checked, part, column.write, encode) if step is not None
    ]
    if len(steps) < 2:
        return steps[0] if steps else None
    if len(steps) == 2 and part is None:
        # What is written of a value that is there is there as well.
        first, second = steps
        return lambda value: second(first(value))

    def write(value: Any) -> Any:
        for step in steps:
            if value is None:
                return None
            value = step(value)
        return value

    return write


def handed_out(entity: str, count: int, rows: Sequence[Row]) -> list[int]:
    """Return the numbers that the statements of `next_numbers` have given.

    Raises:
        ConfigurationError: The database does not number the rows of this table.
    """
    numbers: list[int | None] = [row[0] for row in rows]
    last = numbers[-1] if numbers else 0
    if last is None:
        raise ConfigurationError(
            f"The database has no running numbers for the ids of {entity}. Run `starmodel migrate"
            " new` and `starmodel migrate up`."
        )
    return (
        [*range(last - count + 1, last + 1)] if len(numbers) == 1 else sorted(filter(None, numbers))
    )


def _unchanged(value: Any) -> Any:
    return value


def _insert(table: EntityTable[Any]) -> Statement:
    """Write the insert of a row: its version begins above the one that it had once."""
    values = {column.name: "?" for column in table.written}
    values[VERSION.name] = (
        f"(SELECT coalesce(max(version), 0) + 1 FROM {TOMBSTONES}"
        " WHERE entity = ? AND id IN (?, ''))"
    )
    return insert(table.name, values, returns=VERSION.quoted, reads=[TOMBSTONES], expects=1)

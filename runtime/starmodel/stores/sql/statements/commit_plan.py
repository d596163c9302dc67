"""What is to be done for one commit, in an order that references between rows allow."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from starmodel.application.documents.record_text import write_record
from starmodel.application.store import EMPTY_READ_SET, IdempotencyRecord, Key, ReadSet, Write
from starmodel.domain import CommandRecord
from starmodel.errors import ConfigurationError
from starmodel.stores.sql.drivers.driver import Row, Statement
from starmodel.stores.sql.outbox import INSERT_IDEMPOTENCY_RECORD, OutboxStatements
from starmodel.stores.sql.statements.on_delete import (
    deleted_keys,
    referred_first,
    referring_first,
)
from starmodel.stores.sql.statements.read_set import check
from starmodel.stores.sql.statements.statements import TableStatements
from starmodel.stores.sql.statements.step_aside import step_aside


class Plan(NamedTuple):
    """The statements of one commit, and what each is for.

    Attributes:
        statements: What to do, in order.
        owners: For each statement, the index of the write that it belongs to.
        fields: For each statement, the field whose links it writes.
        known: The new version of each write; `None` where a statement tells it.
        outbox_places: The index of the statement that tells the version of a write.
        places: The index of each write by entity and id.
        receipt: The index of the statement that keeps the receipt.
        read: For each statement that only reads, what is not as it was if it finds too few rows.
        asides: The indexes of the statements by which rows step aside.
    """

    statements: list[Statement]
    owners: list[int]
    fields: list[str | None]
    known: list[int | None]
    outbox_places: dict[int, int]
    places: dict[tuple[str, str], int]
    receipt: int | None
    read: dict[int, Key]
    asides: set[int]

    def versions(self, results: Sequence[Sequence[Row]]) -> list[int]:
        """Return the new version of each write, by what the statements returned."""
        return [
            results[self.outbox_places[index]][0][0] if version is None else version
            for index, version in enumerate(self.known)
        ]


def plan(
    tables: Mapping[str, TableStatements],
    outbox: OutboxStatements,
    writes: Sequence[Write],
    records: Sequence[tuple[str, CommandRecord]],
    receipt: IdempotencyRecord | None,
    now: float,
    reads: ReadSet = EMPTY_READ_SET,
) -> Plan:
    """Determine what is to be done for a commit.

    What was read is compared before anything is written. Rows whose unique values others take step
    aside. What is new comes first, a row before
    those that refer to it, where it can; then what is changed; then what is deleted, a row before those that
    it refers to. Records come with the tickets they are kept under.

    Raises:
        InvalidState: A database would not keep some value as it is.
        ConfigurationError: There is no table for an entity.
    """
    result = Plan([], [], [], [None] * len(writes), {}, {}, None, {}, set())
    if reads.versions or reads.referrers or reads.searches:
        for statement, key in check(tables, writes, reads, now):
            result.read[len(result.statements)] = key
            _add(result, statement, 0, None)
    order: Sequence[int] = range(len(writes))
    early: dict[int, set[str]] = {}
    moved: dict[int, set[int]] = {}
    if len(writes) > 1:
        order, early = _ordered(tables, writes)
        for index, place, statement in step_aside(tables, writes):
            moved.setdefault(index, set()).add(place)
            result.asides.add(len(result.statements))
            _add(result, statement, index, None)
    deleted = deleted_keys(tables, writes)
    for index in order:
        write = writes[index]
        table = tables.get(write.key.entity)
        if table is None:
            raise ConfigurationError(f"There is no table for {write.key.entity} in this database.")
        result.places[write.key.entity, write.key.id] = index
        is_new = write.values is not None and not write.expected
        if not is_new:
            if early:
                _refer(result, tables, writes, early)
            result.known[index] = write.expected + 1
        away, behind = moved.get(index, ()), early.get(index, ())
        for statement, field in table.save(write, now, deleted, behind, away):
            if is_new and statement.returns:
                result.outbox_places[index] = len(result.statements)
            _add(result, statement, index, field)
    if early:
        _refer(result, tables, writes, early)
    for ticket, record in records:
        _add(result, _record(tables, outbox, writes, result, ticket, record, now), 0, None)
    if receipt is None:
        return result
    key, entity, id, created = receipt
    _add(result, INSERT_IDEMPOTENCY_RECORD.bind(key, now, entity, id, int(created)), 0, None)
    return result._replace(receipt=len(result.statements) - 1)


def _refer(
    result: Plan,
    tables: Mapping[str, TableStatements],
    writes: Sequence[Write],
    early: dict[int, set[str]],
) -> None:
    """Let new rows refer to those that came behind them, once all are there."""
    for index, fields in early.items():
        for statement, field in tables[writes[index].key.entity].refer(writes[index], fields):
            _add(result, statement, index, field)
    early.clear()


def _add(result: Plan, statement: Statement, owner: int, field: str | None) -> None:
    result.statements.append(statement)
    result.owners.append(owner)
    result.fields.append(field)


def _record(
    tables: Mapping[str, TableStatements],
    outbox: OutboxStatements,
    writes: Sequence[Write],
    result: Plan,
    ticket: str,
    record: CommandRecord,
    now: float,
) -> Statement:
    """Keep a record, with the version that is known, or with the one that the row has got."""
    body = write_record(record)
    index = result.places.get((record.entity, record.id))
    if index is None:
        return outbox.add(ticket, record.version, body, now)
    version = result.known[index]
    if version is not None:
        return outbox.add(ticket, version, body, now)
    table = tables[record.entity]
    key = table.find_key(writes[index].key.id)
    return table.add_record.bind(ticket, body, key, *outbox.clock(now))


def _ordered(
    tables: Mapping[str, TableStatements], writes: Sequence[Write]
) -> tuple[list[int], dict[int, set[str]]]:
    """Return the order of the writes, and the fields of new rows that refer to one behind them."""

    # Of two who change the same rows neither waits for the other in the middle.
    def turn(index: int) -> tuple[int, int, str, str]:
        write = writes[index]
        entity, _, id = write.key
        table = tables.get(entity)
        depth = 0 if table is None else table.depth
        if write.values is None:
            return (2, -depth, entity, id)
        return (1, 0, entity, id) if write.expected else (0, depth, "", "")

    order = sorted(range(len(writes)), key=turn)
    stays = [index for index in order if writes[index].values is not None]
    new = [index for index in stays if not writes[index].expected]
    first, early = referred_first(tables, writes, new)
    gone = referring_first(tables, writes, order[len(stays) :])
    return [*first, *stays[len(new) :], *gone], early

"""What a database refused, in words for whoever fills in a form."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from starmodel.application.store import Write
from starmodel.application.unit_of_work.batch_loader import NO_SUCH_RECORD
from starmodel.errors import ArgumentError, Conflict, ConstraintViolation, StarModelError
from starmodel.stores.sql.drivers.driver import Row, Violation
from starmodel.stores.sql.statements.statements import TableStatements
from starmodel.stores.sql.tables.column import quote
from starmodel.stores.sql.tables.table import EntityTable

Fetch = Callable[[str, Sequence[object]], Awaitable[Sequence[Row]]]

_MESSAGES = {
    "unique": ("This is taken already.", "unique"),
    "check": ("This is not allowed.", "check"),
    "not_null": ("This is required.", "missing"),
}
_IN_USE = "{} still refers to it."


async def constraint_error(
    violation: Violation,
    write: Write,
    field: str | None,
    statements: Mapping[str, TableStatements],
    fetch: Fetch,
) -> StarModelError:
    """Return the error to raise for a violated constraint, with the fields that it is about.

    Args:
        violation: What the database said.
        write: What it said that of.
        field: The field whose links the statement wrote, if it wrote links.
        statements: All tables, by entity.
        fetch: Asks the database, which may say too little by itself.
    """
    entity = write.key.entity
    own = statements[entity]
    table = own.table
    if violation.kind == "unique" and field is None and _is_key(violation, own):
        return Conflict(entity, write.key.id)
    if violation.kind == "foreign_key":
        if write.values is None:
            found = await _referring(violation, write, statements, fetch)
            message = _IN_USE.format("Something else" if found is None else _one(found))
            return ConstraintViolation(entity, (ArgumentError("", message, "referenced"),))
        fields = (field,) if field else _fields(violation, own)
        fields = fields or await _dangling(write, own, statements, fetch)
        message, type = NO_SUCH_RECORD
    else:
        fields = (field,) if field else _fields(violation, own)
        message, type = _MESSAGES[violation.kind]
    known = [*dict.fromkeys([name for name in fields if name in table.definition.cls.model_fields])]
    if violation.kind == "unique" and len(known) > 1:
        return ConstraintViolation(entity, _combined(known, own.table))
    errors = [ArgumentError(name, message, type) for name in known]
    return ConstraintViolation(entity, (*errors,) or (ArgumentError("", message, type),))


def _is_key(violation: Violation, own: TableStatements) -> bool:
    key = own.key.name
    return violation.columns == (key,) or violation.constraint == f"{own.table.name}_pkey"


def _combined(names: Sequence[str], table: EntityTable[Any]) -> tuple[ArgumentError, ...]:
    """Say of each field that no other record may have what it and the others have together.

    What is private is named to nobody; `Field(private=True)` is what has no `repr`.
    """
    fields = table.definition.cls.model_fields
    errors: list[ArgumentError] = []
    for name in names:
        others = [_label(other) for other in names if other != name and fields[other].repr]
        words = " and ".join(others) or "something else"
        message = f"The combination with {words} is taken already."
        errors.append(ArgumentError(name, message, "unique"))
    return tuple(errors)


def _label(name: str) -> str:
    """Write what a field is called on forms: `placed_at` or `placedAt` as `Placed at`."""
    words = re.sub("(?<=[a-z0-9])[A-Z]", lambda match: f" {match[0].lower()}", name)
    words = words.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def _one(entity: str) -> str:
    """Write one of an entity's records at the start of a sentence: `An order line`."""
    words = entity.replace("_", " ")
    return f"{'An' if words[:1] in 'aeiou' else 'A'} {words}"


def _fields(violation: Violation, own: TableStatements) -> tuple[str, ...]:
    table = own.table
    named = table.constraints.get(violation.constraint or "")
    if named is not None:
        return named
    fields = {column.name: column.field for column in table.columns}
    return tuple(fields[name] for name in violation.columns if name in fields)


async def _dangling(
    write: Write,
    own: TableStatements,
    statements: Mapping[str, TableStatements],
    fetch: Fetch,
) -> tuple[str, ...]:
    """Find the references that lead nowhere, since SQLite does not tell which one did."""
    assert write.values is not None
    columns = {column.name: column for column in own.table.columns}
    found: list[str] = []
    for reference in own.table.references:
        target = statements.get(reference.entity)
        value = write.values[reference.field]
        if target is None or value is None:
            continue
        id_of = columns[reference.column].write
        key = target.find_key(str(value if id_of is None else id_of(value)))
        sql = f"SELECT 1 FROM {target.table.quoted} WHERE {quote(target.key.name)} = ?"
        if key is None or not await fetch(sql, (key,)):
            found.append(reference.field)
    return tuple(found)


async def _referring(
    violation: Violation,
    write: Write,
    statements: Mapping[str, TableStatements],
    fetch: Fetch,
) -> str | None:
    """Find the entity whose records keep another from being deleted.

    PostgreSQL names the table. SQLite does not, so the tables are asked which of them has a row
    that refers to it, as of the last commit; a table that only follows from others has none.
    """
    key = statements[write.key.entity].find_key(write.key.id)
    for entity, other in statements.items():
        table = other.table
        for reference in table.references:
            if reference.entity != write.key.entity or reference.on_delete != "restrict":
                continue
            if violation.table is not None:
                if violation.table == table.name:
                    return entity
                continue
            sql = f"SELECT 1 FROM {table.quoted} WHERE {quote(reference.column)} = ? LIMIT 1"
            if await fetch(sql, (key,)):
                return entity
    return None

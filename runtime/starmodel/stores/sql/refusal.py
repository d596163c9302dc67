"""What a database refused, in words for whoever fills in a form."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from starmodel.application.store import Write
from starmodel.errors import ArgumentError, Conflict, ConstraintViolation, StarModelError
from starmodel.stores.sql.column import quote
from starmodel.stores.sql.driver import Row, Violation
from starmodel.stores.sql.statements import TableStatements

Fetch = Callable[[str, Sequence[object]], Awaitable[Sequence[Row]]]

_MESSAGES = {
    "unique": ("This is taken already.", "unique"),
    "check": ("This is not allowed.", "check"),
    "not_null": ("This is required.", "missing"),
}
_MISSING = ("There is no such record.", "foreign_key")
_IN_USE = ArgumentError("", "Something else still refers to it.", "referenced")


async def refusal_of(
    violation: Violation,
    write: Write,
    field: str | None,
    statements: Mapping[str, TableStatements],
    fetch: Fetch,
) -> StarModelError:
    """Give the error to raise for a violated constraint, with the fields that it is about.

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
            return ConstraintViolation(entity, (_IN_USE,))
        fields = (field,) if field else _fields(violation, own)
        fields = fields or await _dangling(write, own, statements, fetch)
        message, type = _MISSING
    else:
        fields = (field,) if field else _fields(violation, own)
        message, type = _MESSAGES[violation.kind]
    known = [name for name in fields if name in table.definition.cls.model_fields]
    errors = [ArgumentError(name, message, type) for name in dict.fromkeys(known)]
    return ConstraintViolation(entity, (*errors,) or (ArgumentError("", message, type),))


def _is_key(violation: Violation, own: TableStatements) -> bool:
    key = own.key.name
    return violation.columns == (key,) or violation.constraint == f"{own.table.name}_pkey"


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
    row: Sequence[Any] = own.table.to_row(write.values)
    places = {column.name: place for place, column in enumerate(own.table.columns)}
    found: list[str] = []
    for reference in own.table.references:
        target = statements.get(reference.entity)
        value = row[places[reference.column]]
        if target is None or value is None:
            continue
        key = target.find_key(str(value))
        sql = f"SELECT 1 FROM {target.table.quoted} WHERE {quote(target.key.name)} = ?"
        if key is None or not await fetch(sql, (key,)):
            found.append(reference.field)
    return tuple(found)

"""Which rows go when one is deleted, where tables refer to themselves or to each other in a ring.

How deep that goes only the rows can tell, so the database is asked to follow them.
"""

from collections.abc import Mapping
from typing import NamedTuple

from starmodel.stores.sql.statements.statements import TableStatements
from starmodel.stores.sql.tables.column import quote


class _Step(NamedTuple):
    """A reference that takes its row along: from a row of `target` to one of `entity`."""

    target: str
    entity: str
    column: str


class Cascade:
    """What the deletion of a row of one entity takes along.

    Attributes:
        entities: Those whose rows may go, the entity itself among them.
        is_endless: Whether a row may take along another one of its own table, however far off.
    """

    __slots__ = ("_entity", "_is_text", "_steps", "_tables", "entities", "is_endless")

    def __init__(
        self, entity: str, steps: list[_Step], tables: Mapping[str, TableStatements]
    ) -> None:
        self._entity = entity
        self._tables = tables
        self.entities = [*_reached(entity, steps)]
        self._steps = [step for step in steps if step.target in self.entities]
        self.is_endless = any(
            step.target in _reached(step.entity, self._steps) for step in self._steps
        )
        kinds = {tables[each].key.kind for each in self.entities}
        # Ids of several kinds stand in one column as text.
        self._is_text = len(kinds) > 1 or "text" in kinds

    def keys(self, entity: str) -> str:
        """Write the query for the keys of rows of one entity that go; it takes that of the first."""
        first = self._tables[self._entity].table
        key = first.key.quoted
        begun = f"SELECT {literal(self._entity)}, {self._key_of(self._entity)} FROM {first.quoted}"
        steps = " UNION ALL ".join(map(self._write, self._steps))
        return (
            f"WITH RECURSIVE gone (entity, id) AS ({begun} WHERE {key} = ?"
            " UNION SELECT step.entity, step.id FROM gone"
            f" JOIN ({steps}) step ON step.target = gone.entity AND step.parent = gone.id)"
            f" SELECT {self._read(entity)} FROM gone WHERE entity = {literal(entity)}"
        )

    def _write(self, step: _Step) -> str:
        parent = quote(step.column)
        if self._is_text and self._tables[step.target].key.kind != "text":
            parent = f"CAST({parent} AS TEXT)"
        return (
            f"SELECT {literal(step.target)} AS target, {parent} AS parent,"
            f" {literal(step.entity)} AS entity, {self._key_of(step.entity)} AS id"
            f" FROM {self._tables[step.entity].table.quoted}"
        )

    def _key_of(self, entity: str) -> str:
        key = self._tables[entity].key.quoted
        return f"CAST({key} AS TEXT)" if self._is_text else key

    def _read(self, entity: str) -> str:
        table = self._tables[entity]
        if not self._is_text or table.key.kind == "text":
            return "id"
        if table.key.kind == "integer":
            return "CAST(id AS BIGINT)"
        # On SQLite a UUID is a text anyway.
        return "CAST(id AS UUID)" if table.dialect == "postgresql" else "id"


def cascaded(entity: str, tables: Mapping[str, TableStatements]) -> Cascade:
    """Find out what the deletion of a row of an entity takes along."""
    steps = [
        _Step(reference.entity, child.entity, reference.column)
        for child in tables.values()
        for reference in child.table.references
        if reference.on_delete == "cascade" and reference.entity in tables
    ]
    return Cascade(entity, steps, tables)


def literal(text: str) -> str:
    """Write a text as SQL has it."""
    return "'" + text.replace("'", "''") + "'"


def _reached(entity: str, steps: list[_Step]) -> dict[str, None]:
    """Return the entities that steps lead to from one, itself first."""
    found = {entity: None}
    waiting = [entity]
    while waiting:
        target = waiting.pop()
        for step in steps:
            if step.target == target and step.entity not in found:
                found[step.entity] = None
                waiting.append(step.entity)
    return found

"""The table of an entity: its columns, its statements, and the mapping both ways."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from starmodel.application import EntityDefinition
from starmodel.stores.sql.column import Column

ToRow: TypeAlias = Callable[[Mapping[str, Any]], tuple[Any, ...]]
"""Gives the values of the columns, in their order, for the values of the fields."""

FromRow: TypeAlias = Callable[[Sequence[Any]], dict[str, Any]]
"""Gives the values of the fields for those of the columns."""

VERSION = "row_version"
EXPIRES_AT = "row_expires_at"


class LinkTable(NamedTuple):
    """The table of a many-to-many relation.

    `field` holds the ids of the others, in order; `owner` and `target` are the columns with the
    two ids. Each of the others occurs once.
    """

    field: str
    name: str
    owner: str
    target: str


class TableStatements(NamedTuple):
    """The statements of one table.

    Their parameters are, in this order: the values of the columns, the time of expiry where rows
    have one, the key, the expected version, and the present time where rows expire. Between the
    values and the rest, an insert takes the entity's name and the id in its tombstone.
    """

    select: str
    version: str
    insert: str
    update: str
    delete: str
    delete_expired: str


class LinkStatements(NamedTuple):
    """The statements of one link table."""

    select: str
    insert: str
    delete: str


class EntityTable:
    """Where an entity is kept.

    Args:
        definition: The entity.
        name: The table's name.
        key: The column with the id of the record, or of the holder.
        columns: All other columns that hold values of fields.
        to_row: The mapping to the columns.
        from_row: The mapping back; it is given the columns, then the ids of each link table.
        read_key: Makes the key column's value of an id; raises `ValueError` if it is none.
        links: The tables of many-to-many relations.
        constraints: The fields that a named constraint is about.
    """

    def __init__(
        self,
        definition: EntityDefinition[Any],
        *,
        name: str,
        key: Column,
        columns: Sequence[Column],
        to_row: ToRow,
        from_row: FromRow,
        read_key: Callable[[str], object] = str,
        links: Sequence[LinkTable] = (),
        constraints: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        self.definition = definition
        self.name = name
        self.key = key
        self.read_key = read_key
        self.columns = tuple(columns)
        self.to_row = to_row
        self.from_row = from_row
        self.links = tuple(links)
        self.constraints = dict(constraints or {})
        self.fields: Mapping[str, str] = {column.name: column.field for column in (key, *columns)}
        self.statements = _statements(
            name, key.name, [column.name for column in columns], definition.ttl is not None
        )
        self.link_statements = tuple(map(_link_statements, self.links))

    def __repr__(self) -> str:
        return f"<EntityTable {self.name}>"


def quote(name: str) -> str:
    """Write a name as an identifier of standard SQL."""
    return '"' + name.replace('"', '""') + '"'


def _statements(name: str, key: str, columns: Sequence[str], expires: bool) -> TableStatements:
    table, id = quote(name), quote(key)
    listed = [quote(column) for column in columns]
    known = ", ".join([*listed, VERSION])
    alive = f" AND ({EXPIRES_AT} IS NULL OR {EXPIRES_AT} > ?)" if expires else ""
    end = [EXPIRES_AT] if expires else []
    # A row that comes back starts above what was deleted, so that its version never goes back.
    floor = "(SELECT coalesce(max(version), 0) + 1 FROM starmodel_tombstone"
    floor += " WHERE entity = ? AND id = ?)"
    marks = ", ".join([*["?"] * len(listed), floor, *["?"] * len(end), "?"])
    insert = f"INSERT INTO {table} ({', '.join([*listed, VERSION, *end, id])}) VALUES ({marks})"
    if expires:
        again = [f"{column} = excluded.{column}" for column in [*listed, *end]]
        again.append(f"{VERSION} = {table}.{VERSION} + 1")
        insert += (
            f" ON CONFLICT ({id}) DO UPDATE SET {', '.join(again)} WHERE {table}.{EXPIRES_AT} <= ?"
        )
    else:
        insert += f" ON CONFLICT ({id}) DO NOTHING"
    changes = [f"{column} = ?" for column in [*listed, *end]]
    changes.append(f"{VERSION} = {VERSION} + 1")
    return TableStatements(
        select=f"SELECT {known} FROM {table} WHERE {id} = ?{alive}",
        version=f"SELECT {VERSION} FROM {table} WHERE {id} = ?{alive}",
        insert=f"{insert} RETURNING {VERSION}",
        update=f"UPDATE {table} SET {', '.join(changes)}"
        f" WHERE {id} = ? AND {VERSION} = ?{alive} RETURNING {VERSION}",
        delete=f"DELETE FROM {table} WHERE {id} = ? AND {VERSION} = ?{alive}",
        delete_expired=f"DELETE FROM {table} WHERE {EXPIRES_AT} <= ? RETURNING {id}, {VERSION}",
    )


def _link_statements(link: LinkTable) -> LinkStatements:
    table, owner, target = quote(link.name), quote(link.owner), quote(link.target)
    return LinkStatements(
        select=f"SELECT {target} FROM {table} WHERE {owner} = ? ORDER BY position",
        insert=f"INSERT INTO {table} ({owner}, {target}, position) VALUES (?, ?, ?)",
        delete=f"DELETE FROM {table} WHERE {owner} = ?",
    )

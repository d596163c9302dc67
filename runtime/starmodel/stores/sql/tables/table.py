"""The table of one entity: what generated code says of it, and what follows from that."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, Literal, NamedTuple, TypeAlias, TypeVar

from starmodel.application.definition import EntityDefinition
from starmodel.domain import Entity
from starmodel.stores.sql.tables.column import Column, quote, text

E = TypeVar("E", bound=Entity)

OnDelete: TypeAlias = Literal["restrict", "cascade", "set_null"]

HOLDER = text("holder")
"""The key of what is kept once for each session, each actor, or for all."""


class ReferenceColumn(NamedTuple):
    """A field that refers to another record, and its column.

    `entity` is the name of the entity it leads to, as in `EntityDefinition.name`; `on_delete`
    is what happens to this row when that record is deleted.
    """

    field: str
    column: str
    entity: str
    on_delete: OnDelete = "restrict"


class LinkTable(NamedTuple):
    """A field that refers to many records, and the table that holds the pairs, in their order.

    `owner` is the name of the column with the id of this entity; `target` is the column with
    the id of the other one, whose name is `entity`.
    """

    field: str
    table: str
    owner: str
    target: Column
    entity: str

    @property
    def quoted(self) -> str:
        """The table's name as SQL writes it."""
        return quote(self.table)


class EntityTable(Generic[E]):
    """How the instances of an entity are kept in a table.

    Its statements are written out by generated code, with `?` for each parameter and over as many
    lines as are good to read:

    - `select` gives `columns` in order, then `row_version`, then `row_expires_at` if the entity
      has a time to live, by the key.
    - `insert` takes the key if that is a holder, then `columns`, `row_version`, and
      `row_expires_at` if there is one.
    - `update` sets all `columns` but the key, then `row_version`, and `row_expires_at` if there
      is one, by the key and the version.
    - `delete` goes by the key and the version.

    Args:
        definition: The entity.
        row: Its row class.
        name: The table's name.
        columns: The columns that hold values of fields, in order; of a record, `id` is the
            first of them.
        select, insert, update, delete: Its statements.
        to_row: Gives the values of `columns`, and after them for each of `links` the list of
            ids, of the values of fields.
        from_row: Gives the values of fields of such a row.
        references: The fields that refer to one other record.
        links: The fields that refer to many.
        constraints: The fields that each constraint is about, by its name.
    """

    __slots__ = (
        "columns",
        "constraints",
        "definition",
        "delete",
        "from_row",
        "has_expiry",
        "insert",
        "is_record",
        "key",
        "links",
        "name",
        "references",
        "row",
        "select",
        "to_row",
        "update",
    )

    def __init__(
        self,
        definition: EntityDefinition[E],
        row: type[Any],
        *,
        name: str,
        columns: Sequence[Column],
        select: str,
        insert: str,
        update: str,
        delete: str,
        to_row: Callable[[Mapping[str, Any]], tuple[Any, ...]],
        from_row: Callable[[Sequence[Any]], dict[str, Any]],
        references: Sequence[ReferenceColumn] = (),
        links: Sequence[LinkTable] = (),
        constraints: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        self.definition = definition
        self.row = row
        self.name = name
        self.columns = tuple(columns)
        self.select = _on_one_line(select)
        self.insert = _on_one_line(insert)
        self.update = _on_one_line(update)
        self.delete = _on_one_line(delete)
        self.to_row = to_row
        self.from_row = from_row
        self.references = tuple(references)
        self.links = tuple(links)
        self.constraints: Mapping[str, tuple[str, ...]] = constraints or {}
        self.is_record = definition.is_record
        self.has_expiry = definition.ttl is not None
        self.key = self.columns[0] if self.is_record else HOLDER

    def __repr__(self) -> str:
        return f"<EntityTable {self.name}>"

    @property
    def entity(self) -> str:
        """The name of the entity, as it stands in keys."""
        return self.definition.name

    @property
    def quoted(self) -> str:
        """The table's name as SQL writes it."""
        return quote(self.name)

    @property
    def settable(self) -> tuple[Column, ...]:
        """The columns that a save can change: all but the key."""
        return self.columns[1:] if self.is_record else self.columns


def _on_one_line(sql: str) -> str:
    """Write a statement as the store completes it, and as logs show it."""
    return " ".join(sql.split()).replace("( ", "(").replace(" )", ")")

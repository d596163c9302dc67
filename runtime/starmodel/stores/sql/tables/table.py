"""The table of one entity: what generated code says of it, and what follows from that."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Generic, NamedTuple, TypeAlias, TypeVar

from starmodel.application.definition import EntityDefinition
from starmodel.domain import Entity
from starmodel.stores.sql.tables.column import (
    Check,
    Column,
    Embedded,
    Links,
    OnDelete,
    instant,
    integer,
    quote,
    text,
)

E = TypeVar("E", bound=Entity)

HOLDER = text("holder")
"""The key of what is kept once for each session, each actor, or for all."""

VERSION = integer("row_version")
EXPIRES_AT = instant("row_expires_at", nullable=True)
POSITION = integer("position")
"""Where in its owner's list a record of a link table stands, from 0."""

Part: TypeAlias = Column | Embedded | Links


class ReferenceColumn(NamedTuple):
    """A field that refers to another record, and its column.

    `entity` is the name of the entity it leads to, as in `EntityDefinition.name`; `on_delete`
    is what happens to this row when that record is deleted.
    """

    field: str
    column: str
    entity: str
    on_delete: OnDelete = "restrict"


class Index(NamedTuple):
    """An index, on one column or on several."""

    name: str
    columns: tuple[str, ...]
    unique: bool


class LinkTable(NamedTuple):
    """A field that refers to many records, and the table that holds the pairs, in their order.

    `owner` is the column with the id of this entity, `target` the column with the id of the other
    one, whose name is `entity`.
    """

    field: str
    name: str
    owner: Column
    target: Column
    entity: str

    @property
    def quoted(self) -> str:
        """The table's name as SQL writes it."""
        return quote(self.name)

    @property
    def written(self) -> tuple[Column, ...]:
        """All columns of a row, in the order in which the table has them."""
        return (self.owner, self.target, POSITION)

    @property
    def primary_key(self) -> tuple[Column, ...]:
        """The columns that no two rows have alike."""
        return (self.owner, self.target)

    @property
    def indexes(self) -> tuple[Index, ...]:
        """All indexes: that of the owners is the key's."""
        name = self.target.name
        return (Index(f"ix_{self.name}_{name}", (name,), False),)


class EntityTable(Generic[E]):
    """How the instances of an entity are kept in the table of its name.

    A row has `columns` in order, then `row_version`, then `row_expires_at` if the entity has a
    time to live. It is found by `key`: the id of a record, else the holder, which comes first.

    Args:
        definition: The entity.
        columns: What holds the values of fields, in order; `id` is the first of them.
        indexes, unique: The columns of each index over several, and of each unique one.

    Attributes:
        columns: The columns that hold values of fields, in order.
        embedded: The value objects that have several of them.
        references: The fields that refer to one other record.
        links: The fields that refer to many.
        fields: The fields that are kept, in order.
        indexes: All indexes.
        constraints: The fields that each constraint is about, by its name.
    """

    __slots__ = (
        "columns",
        "constraints",
        "definition",
        "embedded",
        "fields",
        "has_expiry",
        "indexes",
        "is_record",
        "key",
        "links",
        "name",
        "references",
    )

    def __init__(
        self,
        definition: EntityDefinition[E],
        columns: Sequence[Part],
        *,
        indexes: Sequence[tuple[str, ...]] = (),
        unique: Sequence[tuple[str, ...]] = (),
    ) -> None:
        self.definition = definition
        self.name = definition.name
        self.is_record = definition.is_record
        self.has_expiry = definition.ttl is not None
        self.fields = tuple(each.field for each in columns)
        self.columns = tuple(_flattened(columns))
        self.embedded = tuple(each for each in columns if isinstance(each, Embedded))
        self.key = self.columns[0] if self.is_record else HOLDER
        self.links = tuple(self._link(each) for each in columns if isinstance(each, Links))
        self.references = tuple(
            ReferenceColumn(each.field, each.name, each.foreign_key[0], each.on_delete)
            for each in self.columns
            if each.refers and each.foreign_key is not None
        )
        several = [
            *((each.name,) for each in self.columns if each.index),
            *indexes,
        ]
        uniques = [*((each.name,) for each in self.columns if each.unique), *unique]
        self.indexes = (
            *(Index("_".join(["ix", self.name, *names]), names, False) for names in several),
            *(Index("_".join(["uq", self.name, *names]), names, True) for names in uniques),
        )
        self.constraints: Mapping[str, tuple[str, ...]] = dict(self._constraints())

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
    def written(self) -> tuple[Column, ...]:
        """All columns of a row, in the order in which the table has them."""
        return (
            *(() if self.is_record else (self.key,)),
            *self.columns,
            VERSION,
            *((EXPIRES_AT,) if self.has_expiry else ()),
        )

    @property
    def primary_key(self) -> tuple[Column, ...]:
        """The columns that no two rows have alike."""
        return (self.key,)

    def link_table(self, field: str) -> LinkTable:
        """Return the table of a field that refers to many records."""
        return next(link for link in self.links if link.field == field)

    def _link(self, links: Links) -> LinkTable:
        field, target = links
        assert target.foreign_key is not None
        entity, _ = target.foreign_key
        other = f"other_{entity}_id" if entity == self.name else f"{entity}_id"
        owner = replace(
            self.columns[0],
            name=f"{self.name}_id",
            checks=(),
            unique=False,
            index=False,
            foreign_key=(self.name, self.columns[0].name),
            on_delete="cascade",
        )
        return LinkTable(field, f"{self.name}_{field}", owner, replace(target, name=other), entity)

    def _constraints(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        fields = {column.name: column.field for column in self.columns}
        for column in self.columns:
            for check in column.checks:
                yield check_name(self.name, column, check), (column.field,)
            if column.foreign_key is not None:
                yield foreign_key_name(self.name, column), (column.field,)
        for index in self.indexes:
            if index.unique:
                yield index.name, tuple(dict.fromkeys(fields[name] for name in index.columns))


def check_name(table: str, column: Column, check: Check) -> str:
    """Return the name of a CHECK constraint of a column."""
    return f"ck_{table}_{column.name}_{check.kind}"


def foreign_key_name(table: str, column: Column) -> str:
    """Return the name of the constraint of a column that refers to another table."""
    return f"fk_{table}_{column.name}"


def _flattened(parts: Sequence[Part]) -> Iterator[Column]:
    for part in parts:
        if isinstance(part, Embedded):
            yield from part.columns
        elif isinstance(part, Column):
            yield part

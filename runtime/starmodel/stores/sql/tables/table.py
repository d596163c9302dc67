"""The table of one entity: what generated code says of it, and what follows from that."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Generic, Literal, NamedTuple, TypeAlias, TypeVar

from starmodel.application.definition import EntityDefinition
from starmodel.application.queries.searchable import SearchField, references
from starmodel.domain import Entity
from starmodel.stores.sql.tables.column import (
    Check,
    Column,
    Embedded,
    Links,
    Number,
    OnDelete,
    instant,
    integer,
    quote,
    text,
)
from starmodel.stores.sql.tables.search_fields import search_fields

E = TypeVar("E", bound=Entity)

HOLDER = text("holder")
"""The key of what is kept once for each session, each actor, or for all."""

VERSION = integer("row_version")
EXPIRES_AT = instant("row_expires_at", nullable=True)
POSITION = integer("position")
"""Where in its owner's list a record of a link table stands, from 0."""

Part: TypeAlias = Column | Embedded | Links
Operator: TypeAlias = Literal["<", "<=", ">", ">="]
Compared: TypeAlias = tuple[str, Operator, Number | str]
Indexed: TypeAlias = Sequence[tuple[str, ...]] | Mapping[str, str | tuple[str, ...]]


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


class Comparison(NamedTuple):
    """A CHECK constraint of a row: a column compared with a number, or with another column."""

    name: str
    column: Column
    operator: Operator
    other: Number | Column


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

    @property
    def checks(self) -> tuple[Comparison, ...]:
        """What is compared of a row: nothing."""
        return ()


class EntityTable(Generic[E]):
    """How the instances of an entity are kept in a table, which is called as the entity.

    A row has `columns` in order, then `row_version`, then `row_expires_at` if the entity has a
    time to live. It is found by `key`: the id of a record, else the holder, which comes first.

    Args:
        definition: The entity.
        columns: What holds the values of fields, in order; `id` is the first of them.
        indexes, unique: The columns of each index over several, and of each unique one, by their
            names where one has a name of its own.
        db_name: What the table is called, where that is not as the entity.
        checks: What is compared of a row besides the limits of columns, by the names of the
            constraints: a column, how, and a number or another column.
        searchable: The columns whose words are in an index of their own, which `q` searches.

    Attributes:
        name: What the table is called.
        columns: The columns that hold values of fields, in order.
        embedded: The value objects that have several of them.
        references: The fields that refer to one other record.
        links: The fields that refer to many.
        fields: The fields that are kept, in order.
        indexes: All indexes.
        checks: What is compared of a row besides the limits of columns.
        constraints: The fields that each constraint is about, by its name.
        searchable: The columns whose words `q` searches; none where it looks into all texts.
    """

    __slots__ = (
        "checks",
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
        "searchable",
    )

    def __init__(
        self,
        definition: EntityDefinition[E],
        columns: Sequence[Part],
        *,
        db_name: str | None = None,
        indexes: Indexed = (),
        unique: Indexed = (),
        checks: Mapping[str, Compared] = MappingProxyType({}),
        searchable: Sequence[str] = (),
    ) -> None:
        self.searchable = tuple(searchable)
        self.definition = definition
        self.name = definition.name if db_name is None else db_name
        self.is_record = definition.is_record
        self.has_expiry = definition.ttl is not None
        self.fields = tuple(each.field for each in columns)
        self.columns = tuple(_flattened(columns))
        self.embedded = tuple(each for each in columns if isinstance(each, Embedded))
        self.key = self.columns[0] if self.is_record else HOLDER
        self.links = tuple(self._link(each) for each in columns if isinstance(each, Links))
        self.references = tuple(
            ReferenceColumn(each.field, each.name, each.refers, each.on_delete)
            for each in self.columns
            if each.refers is not None
        )
        self.indexes = (
            *self._indexed([(each.name,) for each in self.columns if each.index], unique=False),
            *self._indexed(indexes, unique=False),
            *self._indexed([(each.name,) for each in self.columns if each.unique], unique=True),
            *self._indexed(unique, unique=True),
        )
        named = {each.name: each for each in self.columns}
        self.checks = tuple(
            Comparison(
                name, named[column], operator, named[other] if isinstance(other, str) else other
            )
            for name, (column, operator, other) in checks.items()
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

    def search_fields(self) -> Mapping[str, SearchField]:
        """Return how each field can be searched that has a column or a link table of its own."""
        links = {link.field: references(None) for link in self.links}
        return {**dict(search_fields(self.columns)), **links}

    def _link(self, links: Links) -> LinkTable:
        field, target = links
        entity = target.refers
        assert entity is not None
        other = f"other_{entity}_id" if entity == self.entity else f"{entity}_id"
        owner_name = f"{self.entity}_id"
        owner = replace(
            self.columns[0],
            name=owner_name,
            attribute=owner_name,
            checks=(),
            unique=False,
            index=False,
            foreign_key=(self.name, self.columns[0].name),
            on_delete="cascade",
            identity=False,
        )
        target = replace(target, name=other, attribute=other)
        return LinkTable(field, f"{self.entity}_{field}", owner, target, entity)

    def _indexed(self, indexes: Indexed, *, unique: bool) -> Iterator[Index]:
        if isinstance(indexes, Mapping):
            for name, columns in indexes.items():
                listed = (columns,) if isinstance(columns, str) else columns
                yield Index(name, listed, unique)
            return
        for columns in indexes:
            yield Index("_".join(["uq" if unique else "ix", self.name, *columns]), columns, unique)

    def _constraints(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        fields = {column.name: column.field for column in self.columns}
        for column in self.columns:
            for check in column.checks:
                yield check_name(self.name, column, check), (column.field,)
            if column.foreign_key is not None:
                yield foreign_key_name(self.name, column), (column.field,)
        for name, column, _, other in self.checks:
            fields_of = [column.field, *([other.field] if isinstance(other, Column) else [])]
            yield name, tuple(dict.fromkeys(fields_of))
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

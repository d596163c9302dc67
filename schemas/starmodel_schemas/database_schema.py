"""The tables of a database, as plain values: what is emitted, and what migrations compare.

Nothing here names a dialect: how a type is spelt in SQLite and in PostgreSQL is decided where
SQL is written. A `DatabaseSchema` is kept beside the migrations, so old ones stay readable.
"""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from starmodel_schemas.json_shape import ColumnShape
from starmodel_schemas.model import SchemaModel
from starmodel_schemas.types import LiteralValue, OnDelete

DATABASE_VERSION = 1

PlainColumnName: TypeAlias = Literal[
    "bool",
    "integer",
    "float",
    "bytes",
    "date",
    "time",
    "datetime",
    "naive_datetime",
    "interval",
    "uuid",
    "json",
]


class PlainColumnType(SchemaModel):
    """A type without parameters.

    `integer` has 64 bits. `datetime` is an instant, kept in UTC; `naive_datetime` is a date and
    a time of day without a zone. `interval` is kept as whole microseconds.
    """

    kind: Literal["plain"] = "plain"
    name: PlainColumnName


class TextColumnType(SchemaModel):
    """Text of any length, or of at most `max_length` characters."""

    kind: Literal["text"] = "text"
    max_length: int | None = None


class NumericColumnType(SchemaModel):
    """An exact decimal of at most `precision` digits (18), `scale` of them after the point.

    SQLite keeps it as an integer of `10 ** scale`ths, since its numbers are floats.
    """

    kind: Literal["numeric"] = "numeric"
    precision: int
    scale: int


ColumnType: TypeAlias = Annotated[
    PlainColumnType | TextColumnType | NumericColumnType, Field(discriminator="kind")
]


class ColumnSchema(SchemaModel):
    """One column.

    `path` leads to its value: `("price",)`, `("dimensions", "width")` for a part of a value
    object; it is empty for columns of the store's own (`row_version`, `row_expires_at`) and of
    link tables. `backfill` is what rows that exist already get when the column is added: the
    field's default where that is a literal, `None` if there is none, and `"current_timestamp"` for
    the time at which it is added. `server_default` is what a new row gets where the statement does
    not say, written in the same way. A `bytes`, date, time,
    `Decimal`, UUID or timedelta default stands there as text, as JSON would have it. `shape` is
    what a `json` column holds; `None` for others, and where an older migration does not say.
    An `identity` has values that the database hands out, one number after the other.
    """

    name: str
    type: ColumnType
    path: tuple[str, ...] = ()
    nullable: bool = False
    backfill: bool | int | float | str | None = None
    server_default: bool | int | float | str | None = None
    renamed_from: str | None = None
    shape: ColumnShape | None = None
    identity: bool = False


Operator: TypeAlias = Literal[">", ">=", "<", "<="]


class CompareCheck(SchemaModel):
    """`column >= value`; the value is written as in `Constraints`."""

    kind: Literal["compare"] = "compare"
    name: str
    column: str
    operator: Operator
    value: str


class ColumnsCheck(SchemaModel):
    """`column >= other`: two columns of one row."""

    kind: Literal["columns"] = "columns"
    name: str
    column: str
    operator: Operator
    other: str


class LengthCheck(SchemaModel):
    """The length of a text in characters, or of bytes, within limits."""

    kind: Literal["length"] = "length"
    name: str
    column: str
    minimum: int | None = None
    maximum: int | None = None


class ChoicesCheck(SchemaModel):
    """The value is one of these: the values of an enum, or of a `Literal`."""

    kind: Literal["choices"] = "choices"
    name: str
    column: str
    values: tuple[LiteralValue, ...]


CheckSchema: TypeAlias = Annotated[
    CompareCheck | ColumnsCheck | LengthCheck | ChoicesCheck, Field(discriminator="kind")
]


class IndexSchema(SchemaModel):
    """An index on one column or several; `unique` ones are constraints as well."""

    name: str
    columns: tuple[str, ...]
    unique: bool = False


class ForeignKeySchema(SchemaModel):
    """A reference to the row of another table, or of the same one."""

    name: str
    column: str
    table: str
    target: str
    on_delete: OnDelete = "restrict"


class TableSchema(SchemaModel):
    """One table: an entity's, or the link table of a many-to-many relation.

    `entity` is the qualified name of the entity; `None` for a link table. `primary_key` names
    its columns in order. `renamed_from` is the table's former name. `searchable` are the columns
    whose words stand in one full-text index.
    """

    name: str
    entity: str | None = None
    primary_key: tuple[str, ...]
    columns: tuple[ColumnSchema, ...]
    checks: tuple[CheckSchema, ...] = ()
    indexes: tuple[IndexSchema, ...] = ()
    foreign_keys: tuple[ForeignKeySchema, ...] = ()
    renamed_from: str | None = None
    searchable: tuple[str, ...] = ()


class DatabaseSchema(SchemaModel):
    """Every table of an app: entity by entity in schema order, link tables after their entity."""

    version: Literal[1] = DATABASE_VERSION
    tables: tuple[TableSchema, ...]

"""The columns of an entity's table, as generated code writes them: `numeric("price", 12, 2, ge=0)`.

A column says all there is to say of it, once: what it holds, its constraints, and how its values
are made of those of a field and read again. The statements, the tables of a temporary database and
the meaning of a violated constraint follow from that.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum, Flag
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, TypedDict, Unpack
from uuid import UUID

from pydantic import BaseModel, SecretBytes, SecretStr

from starmodel.domain import Ref
from starmodel.stores.sql.tables.codec import (
    POSTGRESQL,
    SQLITE,
    Codec,
    Convert,
    NotStorable,
    exact,
    scaled,
)

if TYPE_CHECKING:
    from starmodel.application import EntityDefinition

__all__ = ["Codec", "Column", "NotStorable"]

OnDelete: TypeAlias = Literal["restrict", "cascade", "set_null"]
KeyKind: TypeAlias = Literal["text", "integer", "uuid"]
Number: TypeAlias = int | float | Decimal


class Options(TypedDict, total=False):
    """What can be said of every column.

    `db_name` is what it is called in the database, where that is not as the field. `index` and
    `unique` give it an index of its own. `foreign_key` is the `"table.column"` that it refers to,
    `on_delete` what happens to its row when that one is deleted; `refers` is whether that is the id
    of a record of an entity, or the name of that entity where its table is called otherwise.
    `server_default` is SQL for what a row gets where a statement leaves the column out; where they
    differ, that of SQLite and that of PostgreSQL.
    """

    db_name: str
    nullable: bool
    index: bool
    unique: bool
    choices: Sequence[bool | int | str]
    foreign_key: str
    on_delete: OnDelete
    refers: bool | str
    server_default: str | tuple[str, str]


class NumberOptions(Options, total=False):
    """What can be said of a column of numbers, its limits included."""

    gt: Number
    ge: Number
    lt: Number
    le: Number


class Check(NamedTuple):
    """A CHECK constraint of a column.

    `kind` is the last part of its name: `gt`, `ge`, `lt` or `le` with the number to compare with,
    `length` with the least and the most or `None`, `choices` with the values that are allowed.
    """

    kind: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One column that holds the value of a field, or a part of it.

    Attributes:
        name: Its name.
        kind: What it holds, in the words of the schema: `"text"`, `"numeric"`, `"datetime"`...
        sqlite, postgresql: How its values are written and read there.
        field: The field whose value it holds, or a part of whose value: errors name it.
        part: The name of that part, of a value object that has a column for each of its fields.
        write: Makes what the column holds of the value; `None` where that is the same.
        read: Makes the value again.
        size: The most characters of a text, or the precision and the scale of a decimal.
        nullable: Whether it may hold nothing.
        index, unique: Whether it has an index of its own, and of which kind.
        checks: Its CHECK constraints.
        foreign_key: The table and the column that it refers to.
        on_delete: What happens to its row when that one is deleted.
        refers: The name of the entity to a record of which it refers, by its id.
        attribute: What row classes call it.
        identity: Whether the database hands out its values, one number after the other.
        server_default: SQL for what a row gets where a statement leaves it out, in SQLite and in
            PostgreSQL.
        elements: The type of the values of a list, by which events find its record.
    """

    name: str
    kind: str
    sqlite: Codec
    postgresql: Codec
    field: str
    part: str | None = None
    write: Convert | None = None
    read: Convert | None = None
    size: tuple[int, ...] = ()
    nullable: bool = False
    index: bool = False
    unique: bool = False
    checks: tuple[Check, ...] = ()
    foreign_key: tuple[str, str] | None = None
    on_delete: OnDelete = "restrict"
    refers: str | None = None
    attribute: str = ""
    identity: bool = False
    server_default: tuple[str, str] | None = None
    elements: Any = None

    def __repr__(self) -> str:
        return f"<Column {self.name} {self.kind}>"

    @property
    def quoted(self) -> str:
        """Its name as SQL writes it."""
        return quote(self.name)

    def parse(self, text: str) -> Any | None:
        """Read the text of a key, as it stands in a URL; `None` where it cannot be one."""
        codec = POSTGRESQL.get(self.kind)
        if codec is None or codec.encode is None:
            return None
        try:
            value = codec.encode(text)
        except NotStorable:
            return None
        # Two texts must not be keys of one row.
        return value if str(value) == text else None


@dataclass(frozen=True, slots=True)
class Embedded:
    """A value object that has a column for each of its fields, `cls` its class."""

    field: str
    cls: type[BaseModel]
    columns: tuple[Column, ...]


class Links(NamedTuple):
    """A field that refers to many records, in a table of their own; `target` has the other's id."""

    field: str
    target: Column


def quote(name: str) -> str:
    """Write a name as SQL has it, whatever words the database keeps for itself."""
    return '"' + name.replace('"', '""') + '"'


def text(
    name: str,
    field: str | None = None,
    *,
    min_length: int | None = None,
    max_length: int | None = None,
    size: int | None = None,
    secret: bool = False,
    read: Convert | None = None,
    **options: Unpack[Options],
) -> Column:
    """Text; its length is counted in characters.

    `size` is a length that is not checked. A `secret` one is a `SecretStr` in Python. `read` makes a
    value of the text whose text it is: a URL, an IP address.
    """
    checks = _length(min_length, max_length)
    column = _column(
        "text", name, field, options, checks, _size(size if max_length is None else max_length)
    )
    if secret:
        return _secret(column, SecretStr)
    return column if read is None else replace(column, write=str, read=read)


def binary(
    name: str,
    field: str | None = None,
    *,
    min_length: int | None = None,
    max_length: int | None = None,
    secret: bool = False,
    **options: Unpack[Options],
) -> Column:
    """Bytes; where they are `secret`, they are `SecretBytes` in Python."""
    column = _column("bytes", name, field, options, _length(min_length, max_length))
    return _secret(column, SecretBytes) if secret else column


def integer(name: str, field: str | None = None, **options: Unpack[NumberOptions]) -> Column:
    """A whole number of 64 bits."""
    return _column("integer", name, field, options, _bounds(options))


def identity(name: str, **options: Unpack[Options]) -> Column:
    """A whole number that the database hands out to each new row, and never again."""
    return replace(_column("integer", name, None, options), identity=True)


def double(name: str, field: str | None = None, **options: Unpack[NumberOptions]) -> Column:
    """A float."""
    return _column("float", name, field, options, _bounds(options))


def numeric(
    name: str,
    precision: int,
    scale: int,
    field: str | None = None,
    **options: Unpack[NumberOptions],
) -> Column:
    """An exact decimal of `precision` digits, `scale` of them after the point."""
    column = _column("numeric", name, field, options, _bounds(options), (precision, scale))
    return replace(
        column, sqlite=scaled(precision, scale), postgresql=Codec(exact(precision, scale))
    )


def boolean(name: str, field: str | None = None, **options: Unpack[Options]) -> Column:
    """True or false."""
    return _column("bool", name, field, options)


def date(name: str, field: str | None = None, **options: Unpack[Options]) -> Column:
    """A date."""
    return _column("date", name, field, options)


def time(name: str, field: str | None = None, **options: Unpack[Options]) -> Column:
    """A time of day without a zone."""
    return _column("time", name, field, options)


def instant(name: str, field: str | None = None, **options: Unpack[Options]) -> Column:
    """A moment, kept in UTC: the schema's `datetime`."""
    return _column("datetime", name, field, options)


def naive_datetime(name: str, field: str | None = None, **options: Unpack[Options]) -> Column:
    """A date and a time of day without a zone."""
    return _column("naive_datetime", name, field, options)


def interval(name: str, field: str | None = None, **options: Unpack[Options]) -> Column:
    """A span of time, kept as whole microseconds."""
    return _column("interval", name, field, options)


def uuid(name: str, field: str | None = None, **options: Unpack[Options]) -> Column:
    """A UUID; the id of a reference may be given as text."""
    return _column("uuid", name, field, options)


def enum(name: str, cls: type[Enum], **options: Unpack[Options]) -> Column:
    """Return the value of an enum's member: all are texts, whole numbers or booleans."""
    values = [member.value for member in cls]
    kind = {str: "text", int: "integer", bool: "bool"}[type(values[0])]
    options.setdefault("choices", values)
    return replace(_column(kind, name, None, options), write=attrgetter("value"), read=cls)


def flags(name: str, cls: type[Flag], **options: Unpack[Options]) -> Column:
    """Members of a `Flag`, kept as one whole number."""
    return replace(_column("integer", name, None, options), write=attrgetter("value"), read=cls)


def json(
    name: str,
    *,
    write: Convert | None = None,
    read: Convert | None = None,
    elements: Any = None,
    **options: Unpack[Options],
) -> Column:
    """JSON, which `write` makes of the value, and of which `read` makes it again.

    `elements` is the type of a list's values, where an event may find the record by these.
    """
    column = _column("json", name, None, options)
    return replace(column, write=write, read=read, elements=elements)


def anything(
    name: str,
    *,
    write: Convert | None = None,
    read: Convert | None = None,
    **options: Unpack[Options],
) -> Column:
    """JSON of a value of any type; what JSON cannot keep as it is is refused."""
    column = json(name, write=write, read=read, **options)
    return replace(column, sqlite=SQLITE["anything"], postgresql=POSTGRESQL["anything"])


def reference(
    field: str,
    target: "EntityDefinition[Any]",
    key: KeyKind = "text",
    *,
    size: int | None = None,
    **options: Unpack[Options],
) -> Column:
    """Return the id of the record of `target` that a field refers to; `key` is what its ids are."""
    cls: type[Any] = target.cls

    def read(id: str | int | UUID) -> Ref[Any]:
        return Ref(id, cls)

    options.setdefault("foreign_key", f"{target.name}.id")
    options["refers"] = target.name
    column = _column(key, f"{field}_id", field, options, size=_size(size))
    return replace(column, write=attrgetter("id"), read=read)


def links(
    field: str,
    target: "EntityDefinition[Any]",
    key: KeyKind = "text",
    *,
    size: int | None = None,
    foreign_key: str | None = None,
) -> Links:
    """Return the records of `target` that a field refers to, in order; they have a table of their own."""
    options: Options = {"on_delete": "cascade"}
    if foreign_key is not None:
        options["foreign_key"] = foreign_key
    return Links(field, reference(field, target, key, size=size, **options))


def embedded(
    field: str, cls: type[BaseModel], columns: Sequence[Column], *, db_name: str | None = None
) -> Embedded:
    """A value object that has a column for each of its fields, `dimensions_width` for `width`.

    `db_name` is what the columns' names begin with, where that is not the field's name.
    """
    prefix = field if db_name is None else db_name
    return Embedded(
        field,
        cls,
        tuple(
            replace(
                each,
                name=f"{prefix}_{each.name}",
                field=field,
                part=each.field,
                attribute=f"{field}_{each.attribute}",
            )
            for each in columns
        ),
    )


def _column(
    kind: str,
    name: str,
    field: str | None,
    options: Options,
    checks: tuple[Check, ...] = (),
    size: tuple[int, ...] = (),
) -> Column:
    table, _, target = options.get("foreign_key", "").rpartition(".")
    choices = options.get("choices")
    refers = options.get("refers", False)
    default = options.get("server_default")
    return Column(
        options.get("db_name", name),
        kind,
        SQLITE.get(kind, Codec()),
        POSTGRESQL.get(kind, Codec()),
        field=name if field is None else field,
        size=size,
        nullable=options.get("nullable", False),
        index=options.get("index", False),
        unique=options.get("unique", False),
        checks=checks if choices is None else (Check("choices", tuple(choices)),),
        foreign_key=(table, target) if table else None,
        on_delete=options.get("on_delete", "restrict"),
        refers=table if refers is True else refers or None,
        attribute=name,
        server_default=(default, default) if isinstance(default, str) else default,
    )


def _secret(column: Column, cls: type[SecretStr | SecretBytes]) -> Column:
    return replace(column, write=cls.get_secret_value, read=cls)


def _size(length: int | None) -> tuple[int, ...]:
    return () if length is None else (length,)


def _length(minimum: int | None, maximum: int | None) -> tuple[Check, ...]:
    # Nothing is shorter than nothing.
    least = minimum or None
    return () if least is None and maximum is None else (Check("length", (least, maximum)),)


def _bounds(options: NumberOptions) -> tuple[Check, ...]:
    found = {kind: options.get(kind) for kind in ("gt", "ge", "lt", "le")}
    return tuple(Check(kind, (value,)) for kind, value in found.items() if value is not None)

"""The columns of an entity's table, as generated code writes them: `numeric("price", 12, 2)`.

Each knows how its values are written and read on either database.
"""

from typing import Any

from starmodel.stores.sql.tables.codec import POSTGRESQL, SQLITE, Codec, NotStorable, exact, scaled

__all__ = ["Codec", "Column", "NotStorable"]


class Column:
    """One column that holds the value of a field, or a part of it.

    Attributes:
        name: Its name.
        field: The field whose value it holds, or a part of whose value: errors name it.
        kind: What it holds, in the words of the schema: `"text"`, `"numeric"`, `"datetime"`...
        sqlite, postgresql: How its values are written and read there.
    """

    __slots__ = ("field", "kind", "name", "postgresql", "sqlite")

    def __init__(
        self, kind: str, name: str, field: str | None, sqlite: Codec, postgresql: Codec
    ) -> None:
        self.kind = kind
        self.name = name
        self.field = name if field is None else field
        self.sqlite = sqlite
        self.postgresql = postgresql

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


def quote(name: str) -> str:
    """Write a name as SQL has it, whatever words the database keeps for itself."""
    return '"' + name.replace('"', '""') + '"'


def _plain(kind: str, name: str, field: str | None) -> Column:
    return Column(kind, name, field, SQLITE[kind], POSTGRESQL[kind])


def text(name: str, field: str | None = None) -> Column:
    """Text; an enum of texts, or the id of a reference, as well."""
    return _plain("text", name, field)


def integer(name: str, field: str | None = None) -> Column:
    """A whole number of 64 bits."""
    return _plain("integer", name, field)


def numeric(name: str, precision: int, scale: int, field: str | None = None) -> Column:
    """An exact decimal of at most 18 digits, `scale` of them after the point."""
    return Column("numeric", name, field, scaled(precision, scale), Codec(exact(precision, scale)))


def boolean(name: str, field: str | None = None) -> Column:
    """True or false."""
    return _plain("bool", name, field)


def double(name: str, field: str | None = None) -> Column:
    """A float."""
    return _plain("float", name, field)


def binary(name: str, field: str | None = None) -> Column:
    """Bytes."""
    return _plain("bytes", name, field)


def date(name: str, field: str | None = None) -> Column:
    """A date."""
    return _plain("date", name, field)


def time(name: str, field: str | None = None) -> Column:
    """A time of day without a zone."""
    return _plain("time", name, field)


def instant(name: str, field: str | None = None) -> Column:
    """A moment, kept in UTC: the schema's `datetime`."""
    return _plain("datetime", name, field)


def naive_datetime(name: str, field: str | None = None) -> Column:
    """A date and a time of day without a zone."""
    return _plain("naive_datetime", name, field)


def interval(name: str, field: str | None = None) -> Column:
    """A span of time, kept as whole microseconds."""
    return _plain("interval", name, field)


def uuid(name: str, field: str | None = None) -> Column:
    """A UUID; the id of a reference may be given as text."""
    return _plain("uuid", name, field)


def json(name: str, field: str | None = None) -> Column:
    """JSON, which generated code has made of the value."""
    return _plain("json", name, field)


def anything(name: str, field: str | None = None) -> Column:
    """A value of any type; what JSON cannot keep as it is is refused."""
    return Column("json", name, field, SQLITE["anything"], POSTGRESQL["anything"])

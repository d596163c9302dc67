"""Searching the table of one entity: the text of a query, made of what the table declares.

Whatever a request says is a parameter, or picks one of the pieces that are written here.

The databases are made to agree. Texts are compared by their code points, on PostgreSQL with
`COLLATE "C"`, so an index there serves them if its column has that collation. Ids are left to the
column's own, for every list needs their index, and those that are made here are hexadecimal. NULL
comes after all values, which is where PostgreSQL has it; SQLite is told so and still uses its
indexes.

A page begins behind the last row of the one before. The condition for that begins with a range of
the first key, which an index of that key alone can serve, and rows without a value in it are a
query of their own: an OR would keep both databases from using the index.
"""

from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeAlias

from pydantic_core import to_jsonable_python

from starmodel.application.search import Condition, Order, Search
from starmodel.application.store import SearchCheck, Stored, StoredWithRelated
from starmodel.errors import ArgumentError, ConfigurationError, InvalidArguments
from starmodel.stores.sql.builders import placeholders
from starmodel.stores.sql.drivers.driver import Dialect, Row, Statement
from starmodel.stores.sql.statements.full_text import condition
from starmodel.stores.sql.statements.related_fields import RelatedField, related_field
from starmodel.stores.sql.statements.row_json import RowSerializer
from starmodel.stores.sql.statements.selection import TableQueries, codec_of, steps_of
from starmodel.stores.sql.tables.codec import (
    NotStorable,
    check_integer,
    check_text,
    encode_json,
)
from starmodel.stores.sql.tables.column import Column
from starmodel.stores.sql.tables.table import EntityTable, LinkTable

Piece: TypeAlias = tuple[str, Sequence[object]]
"""A piece of a query, and its parameters."""

MAX_PREPARED = 512
"""How many searches of one table are kept as SQL."""

_COMPARISONS = {"eq": "=", "ne": "<>", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_SIZES = (1, 4, 16, 64, 100)
_MANY = (1, 16, 128, 1024, 8192)
_NOTHING: Piece = ("1 = 0", ())


class PreparedSearch(NamedTuple):
    """A search with its queries, and what it takes from other tables."""

    search: Search
    queries: Sequence[Piece]
    related: Mapping[str, RelatedField]


class TableSearches(TableQueries):
    """How the records of one table are searched."""

    def __init__(self, table: EntityTable[Any], dialect: Dialect) -> None:
        super().__init__(table, dialect)
        self._like = "LIKE" if dialect == "sqlite" else 'COLLATE "default" ILIKE'
        self._links = {link.field: link for link in table.links}
        self.others: Mapping[str, TableSearches] = {}
        self._related: dict[str, RelatedField] = {}
        self._pictures: dict[tuple[str, ...], RowSerializer] = {}
        self._prepared: dict[int, PreparedSearch] = {}
        shared = Counter(column.field for column in table.columns)
        self._columns = {each.field: each for each in table.columns if shared[each.field] == 1}
        self._places = {
            field: f"{table.quoted}.{column.quoted}" for field, column in self._columns.items()
        }
        self._sorted = {
            field: self._sortable(place, self._columns[field])
            for field, place in self._places.items()
        }

    def search(self, search: Search, now: float) -> Iterator[Piece]:
        """Return the queries for the records that fit, one after the other until there are enough.

        Each takes one more parameter: how many rows are still wanted.

        Raises:
            InvalidArguments: A value is compared that cannot be stored.
            ConfigurationError: A field has no column of its own.
        """
        pieces = self._conditions(search, now)
        order = f" ORDER BY {', '.join(map(self._order, search.order))}"
        source = self.source
        others = [each.sql for each in self.related(search).values()]
        if others:
            selected = ", ".join([self.selected, *others])
            source = f"SELECT {selected} FROM {self.table.quoted}"
        for begun in self._beginnings(search):
            where, parameters = _joined([*pieces, *begun])
            yield self._query(source, where, order), parameters

    def related(self, search: Search) -> dict[str, RelatedField]:
        """Return what a search takes from other tables: what it sorts by, and what comes along."""
        names = [*(one.field for one in search.order), *search.selected]
        for name in names:
            self._place(name)
        return {name: self._related[name] for name in names if name in self._related}

    def with_related(self, others: Mapping[str, RelatedField], stored: Stored, row: Row) -> Stored:
        """Return what a row holds, with what it has from other tables."""
        values: dict[str, object] = {}
        for place, (name, other) in enumerate(others.items(), len(row) - len(others)):
            value = row[place]
            for step in steps_of(other.column, self.dialect):
                value = value if step is None or value is None else step(value)
            values[name] = value
        return StoredWithRelated(stored, values)

    def count(self, search: Search, now: float) -> Piece:
        """Return the query for the number of records that fit, `search.limit` at most.

        Raises:
            InvalidArguments: A value is compared that cannot be stored.
            ConfigurationError: A field has no column of its own.
        """
        where, parameters = _joined(self._conditions(search, now))
        found = f"SELECT 1 FROM {self.table.quoted}{where} LIMIT ?"
        return f"SELECT count(*) FROM ({found}) AS found", (*parameters, search.limit)

    def compare(self, check: SearchCheck, now: float) -> Statement:
        """Return the query that gives as many rows as it expects, unless others fit than before.

        Raises:
            InvalidArguments: A value is compared that cannot be stored.
            ConfigurationError: A field has no column of its own.
        """
        search, number, ids = check
        if not ids:
            sql, parameters = self.count(search, now)
            return Statement(f"SELECT 1 WHERE ({sql}) = ?", (*parameters, number), 1, "select")
        where, parameters = _joined(self._conditions(search, now))
        order = f" ORDER BY {', '.join(map(self._order, search.order))}"
        key = self.key.quoted
        first = f"SELECT {key} FROM {self.table.quoted}{where}{order} LIMIT ?"
        keys = [self.find_key(id) for id in ids]
        size = next((size for size in _SIZES if size >= len(keys)), len(keys))
        holes = ", ".join(["?"] * size)
        # A key may stand there several times, so that there are few different queries.
        wanted = (*keys, *keys[:1] * (size - len(keys)))
        sql = f"SELECT 1 FROM ({first}) AS found WHERE {key} IN ({holes})"
        return Statement(sql, (*parameters, search.limit, *wanted), len(keys), "select")

    def _conditions(self, search: Search, now: float) -> list[Piece]:
        pieces = [self._condition(condition) for condition in search.conditions]
        if search.text:
            pieces.append(self._containing(search.text, search.texts))
        if search.left_out:
            pieces.append(self._without(search.left_out))
        if self.table.has_expiry:
            alive = "(row_expires_at IS NULL OR row_expires_at > ?)"
            pieces.append((alive, (self.moment(now),)))
        return pieces

    def prepared_search(self, search: Search, now: float) -> PreparedSearch:
        """Return what `search` and `related` give; for the very same search that is asked again, the same.

        Equal ones are not the same: `1`, `1.0` and `True` are equal, and stored as different things.
        """
        prepared = self._prepared.get(id(search))
        if prepared is None or prepared.search is not search:
            prepared = PreparedSearch(search, [*self.search(search, now)], self.related(search))
            # Where records expire, the time is among the parameters.
            if not self.table.has_expiry:
                if len(self._prepared) >= MAX_PREPARED:
                    del self._prepared[next(iter(self._prepared))]
                self._prepared[id(search)] = prepared
        return prepared

    def serializer(self, fields: tuple[str, ...]) -> RowSerializer:
        """Return what writes these fields of a row as JSON has them."""
        picture = self._pictures.get(fields)
        if picture is None:
            picture = self._pictures[fields] = RowSerializer(self.table, self.dialect, fields)
        return picture

    def _query(self, source: str, where: str, order: str) -> str:
        if not self.table.links:
            return f"{source}{where}{order} LIMIT ?"
        # SQLite would look up the links of all rows before it sorts them, and so does PostgreSQL
        # where there are hardly any links.
        key = f"{self.table.quoted}.{self.key.quoted}"
        found = f"SELECT {key} FROM {self.table.quoted}{where}{order} LIMIT ?"
        return f"{source} WHERE {key} IN ({found}){order}"

    def _condition(self, condition: Condition) -> Piece:
        field, operator, value = condition
        link = self._links.get(field)
        if link is not None:
            return self._linked(link, condition)
        place = self._place(field)
        related = self._related.get(field)
        if related is not None and related.reference:
            return self._referred(related, condition)
        if operator == "isnull":
            return (f"{place} IS NULL" if value else f"{place} IS NOT NULL"), ()
        if operator == "contains" and self._columns[field].kind == "json":
            return self._holding(place, condition)
        if operator in ("contains", "startswith"):
            pattern = _pattern(str(value), is_start=operator == "startswith")
            return self._matches(place), (self._compared(field, pattern, condition.name),)
        if operator == "in":
            return self._among(place, condition)
        encoded = self._compared(field, value, condition.name)
        if operator == "ne":
            # What has no value is not equal to any.
            return f"({place} <> ? OR {place} IS NULL)", (encoded,)
        if operator != "eq":
            place = self._sorted[field]
        return f"{place} {_COMPARISONS[operator]} ?", (encoded,)

    def _holding(self, place: str, condition: Condition) -> Piece:
        """Ask for one of the values that are kept as a list of JSON."""
        value = to_jsonable_python(condition.value)
        with _refused_as(condition.name):
            check = check_text if isinstance(value, str) else check_integer
            check(value)
        if self.dialect == "sqlite":
            return f"EXISTS (SELECT 1 FROM json_each({place}) WHERE value = ?)", (value,)
        return f"{place} @> CAST(? AS JSONB)", (encode_json([value]),)

    def _linked(self, link: LinkTable, condition: Condition) -> Piece:
        key = f"{self.table.quoted}.{self.key.quoted}"
        owners = f"SELECT {link.owner.quoted} FROM {link.quoted} WHERE {link.target.quoted} = ?"
        value = self._compared_in(link.target, condition.value, condition.name)
        return f"{key} IN ({owners})", (value,)

    def _referred(self, related: RelatedField, condition: Condition) -> Piece:
        """Compare a field of what is referred to; where nothing is, there is no value."""
        other = self.others[related.entity]
        text, values = other._condition(condition._replace(field=related.column.field))
        keys = f"SELECT {other.key.quoted} FROM {other.table.quoted} WHERE {text}"
        found = f"{related.reference} IN ({keys})"
        if condition.operator == "ne" or (condition.operator == "isnull" and condition.value):
            found = f"({found} OR {related.reference} IS NULL)"
        return found, values

    def _among(self, place: str, condition: Condition) -> Piece:
        """Compare with several values; there are few texts of it, so some are given twice."""
        values: Any = condition.value
        encoded = [self._compared(condition.field, value, condition.name) for value in values]
        if not encoded:
            return _NOTHING
        size = next((size for size in _SIZES if size >= len(encoded)), len(encoded))
        holes = ", ".join(["?"] * size)
        return f"{place} IN ({holes})", encoded + encoded[:1] * (size - len(encoded))

    def _without(self, ids: Sequence[object]) -> Piece:
        encoded = [self._compared("id", id, "id") for id in ids]
        size = next((size for size in _MANY if size >= len(encoded)), len(encoded))
        place = f"{self.table.quoted}.{self.key.quoted}"
        filled = encoded + encoded[:1] * (size - len(encoded))
        return f"{place} NOT IN ({placeholders(size)})", filled

    def _containing(self, text: str, fields: Sequence[str]) -> Piece:
        table = self.table
        if table.searchable:
            with _refused_as("q"):
                check_text(text)
            return condition(table.name, self.key.name, table.searchable, text, self.dialect)
        pattern = _pattern(text)
        encoded = [self._compared(field, pattern, "q") for field in fields]
        if not encoded:
            return _NOTHING
        choices = [self._matches(self._place(field)) for field in fields]
        return f"({' OR '.join(choices)})", encoded

    def _matches(self, place: str) -> str:
        return f"{place} {self._like} ? ESCAPE '\\'"

    def _order(self, order: Order) -> str:
        self._place(order.field)
        text = self._sorted[order.field]
        if order.descending:
            return f"{text} DESC NULLS FIRST" if order.nullable else f"{text} DESC"
        return f"{text} NULLS LAST" if order.nullable else text

    def _beginnings(self, search: Search) -> list[list[Piece]]:
        """Return what holds for the rows behind those of `after`: a list for each query."""
        if search.after is None:
            return [[]]
        keys = [
            (order, None if value is None else self._compared(order.field, value, "cursor"))
            for order, value in zip(search.order, search.after, strict=True)
        ]
        first, value = keys[0]
        place = self._place(first.field)
        if not first.nullable or (first.descending and value is not None):
            return [[self._behind(keys)]]
        if value is None:
            ties: list[Piece] = [(f"{place} IS NULL", ()), self._behind(keys[1:])]
            return [ties, [(f"{place} IS NOT NULL", ())]] if first.descending else [ties]
        return [
            [self._behind([(first._replace(nullable=False), value), *keys[1:]])],
            [(f"{place} IS NULL", ())],
        ]

    def _behind(self, keys: Sequence[tuple[Order, object]]) -> Piece:
        """Compare with a row: it comes first by the first key, or by the others among equals."""
        (order, value), *others = keys
        place = self._sorted[order.field]
        sign = "<" if order.descending else ">"
        is_open = order.nullable and not order.descending
        if not others:
            return f"{place} {sign} ?", (value,)
        text, values = self._behind(others)
        if value is None:
            if order.descending:
                return f"({place} IS NOT NULL OR ({text}))", values
            return f"({place} IS NULL AND ({text}))", values
        unknown = f" OR {place} IS NULL" if is_open else ""
        reached = f"{place} {sign}= ?{unknown}"
        passed = f"({place} {sign} ?{unknown} OR ({text}))"
        if is_open:
            reached = f"({reached})"
        return f"{reached} AND {passed}", (value, value, *values)

    def _place(self, field: str) -> str:
        place = self._places.get(field)
        if place is None and self.others:
            found = related_field(field, self, self.others)
            if found is not None:
                self._related[field] = found
                self._columns[field] = found.column
                self._sorted[field] = self._sortable(found.sql, found.column)
                place = self._places[field] = found.sql
        if place is None:
            raise ConfigurationError(f"{self.entity} has no column for {field} to search in.")
        return place

    def _sortable(self, place: str, column: Column) -> str:
        is_told = column.kind == "text" and column is not self.key
        return f'{place} COLLATE "C"' if is_told and self.dialect == "postgresql" else place

    def _compared(self, field: str, value: object, name: str) -> object:
        self._place(field)
        return self._compared_in(self._columns[field], value, name)

    def _compared_in(self, column: Column, value: object, name: str) -> object:
        encode = codec_of(column, self.dialect).encode
        with _refused_as(name):
            return value if encode is None else encode(value)


@contextmanager
def _refused_as(name: str) -> Generator[None]:
    """Say of a value that cannot be stored which filter it was for."""
    try:
        yield
    except NotStorable as refused:
        error = ArgumentError(name, refused.message, refused.type)
        raise InvalidArguments((error,)) from None


def _joined(pieces: Sequence[Piece]) -> Piece:
    """Return conditions as a `WHERE`; no conditions, no text."""
    conditions = " AND ".join([text for text, _ in pieces])
    where = f" WHERE {conditions}" if conditions else ""
    return where, [value for _, values in pieces for value in values]


def _pattern(text: str, *, is_start: bool = False) -> str:
    """Write the pattern of what contains a text, in which nothing else means anything."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"{escaped}%" if is_start else f"%{escaped}%"

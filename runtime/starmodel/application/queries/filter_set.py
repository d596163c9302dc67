"""What a list of records is asked for, and what can be asked of each entity.

`FilterSet` says what there is; every query is held against it, wherever it comes from: a name or a
value that does not belong there goes no further.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypedDict, TypeVar, cast

from pydantic_core import ValidationError, to_json

from starmodel.application.definition import EntityDefinition
from starmodel.application.queries.cursor import BACKWARD, read_cursor, refused, write_cursor
from starmodel.application.queries.searchable import (
    MAX_CHARACTERS,
    MAX_CHOICES,
    MAX_CONTAINED,
    SearchField,
)
from starmodel.application.search import Condition, Operator, Order, Search, filter_name
from starmodel.application.store import StoredWithRelated
from starmodel.domain import Entity
from starmodel.domain.type_guards import is_sequence, is_set
from starmodel.errors import ArgumentError, InvalidArguments
from starmodel.where import Conditions

if TYPE_CHECKING:
    from starmodel.application.store import Stored

E = TypeVar("E", bound=Entity)

DEFAULT_LIMIT = 50
"""How many records a page has where nothing is said."""

MAX_LIMIT = 200
"""How many it has at most."""

NAMES = frozenset({"actor", "cursor", "datastar", "include", "limit", "q", "sort"})
"""What a query is asked besides its filters, and what HTTP has there: no filter is called so."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for.

    Attributes:
        filters: What records have to be like: `{"status": Status.ACTIVE, "price__lt": 5}`.
        q: What one of their texts contains.
        sort: The fields to sort by, with `-` in front where it is descending.
        include: The references whose records come along.
        limit: How many records there are at most.
        cursor: Where the page before ended, or the page that follows begins.
        lookups: What stands in other tables and comes along with each state: `lines__count`.
    """

    filters: Mapping[str, object] = field(default_factory=dict[str, object])
    q: str | None = None
    sort: Sequence[str] = ()
    include: Sequence[str] = ()
    limit: int = DEFAULT_LIMIT
    cursor: str | None = None
    lookups: Sequence[str] = ()

    @property
    def is_backward(self) -> bool:
        """Whether the cursor leads back: the page is the one that ends before it."""
        return self.cursor is not None and self.cursor.startswith(BACKWARD)

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> "Query":
        """Return the query of what generated functions take: filters, and the rest by name."""
        rest = {name: asked[name] for name in _REST if name in asked}
        filters = {name: value for name, value in asked.items() if name not in rest}
        return cls(filters, **rest)


@dataclass(frozen=True, slots=True)
class KeptQuery(Query):
    """A query that is kept to be asked again, of one filter set, and never changed.

    Attributes:
        searched: What the filter set has made of it, once it was asked.
    """

    searched: "tuple[Search, bytes] | None" = field(
        default=None, init=False, repr=False, compare=False
    )


_REST = ("q", "sort", "include", "limit", "cursor")


class Paging(TypedDict, total=False):
    """What every query takes besides its filters.

    `sort` names the fields to sort by, with `-` in front where it is descending.
    `limit` says how many records there are on a page: 50 where nothing is said, at most 200.
    `cursor` is the `next` of the page before, or the `previous` of the page that follows, with the
    same filters and the same sort.
    """

    sort: Sequence[str]
    limit: int
    cursor: str | None


class FilterSet(Generic[E]):
    """How the records of one entity can be found: `FilterSet(PRODUCT, ["-price"], name=text(), ...)`.

    Attributes:
        definition: The entity.
        order_by: What its records are sorted by where nobody says, with `-` in front where it is
            descending.
        fields: How each field can be searched, the id among them.
        filters: The field and the operator of each filter, by its name.
        sorts: The fields that records can be sorted by.
        texts: The fields that `q` searches.
        includes: The entities that fields refer to.
        lookups: The fields that are no fields of the records, but stand in other tables.
    """

    __slots__ = (
        "definition",
        "fields",
        "filters",
        "includes",
        "lookups",
        "order_by",
        "sorts",
        "texts",
    )

    def __init__(
        self,
        definition: EntityDefinition[E],
        order_by: Sequence[str] = (),
        /,
        **fields: SearchField,
    ) -> None:
        self.definition = definition
        self.order_by = order_by
        self.fields: Mapping[str, SearchField] = fields
        self.filters: dict[str, tuple[str, Operator]] = {}
        for name, one in fields.items():
            for operator in one.operators:
                called = filter_name(name, operator)
                # What is the name of a field stands for that field.
                if called not in (NAMES if called == name else fields):
                    self.filters[called] = (name, operator)
        self.sorts = tuple(name for name, one in fields.items() if one.is_sorted)
        self.texts = tuple(
            name for name, one in fields.items() if one.kind == "text" and not one.is_related
        )
        self.lookups = tuple(name for name, one in fields.items() if one.is_related)
        self.includes: dict[str, EntityDefinition[Any]] = {
            name: one.target for name, one in fields.items() if one.target is not None
        }

    def __repr__(self) -> str:
        return f"<Queries of {self.definition.name}>"

    def conditions(self, name: str, value: object) -> Iterator[Condition]:
        """Return what a filter asks: one condition, or those of `where` on a field.

        A list of what a field contains is a condition for each of them.

        Raises:
            InvalidArguments: There is no such filter, or a value does not fit.
        """
        if not isinstance(value, Conditions):
            if name not in self.filters:
                raise self.unknown_filter(name)
            yield from self._conditions(name, *self.filters[name], value)
            return
        operators = self.fields[name].operators if name in self.fields else ()
        for operator, operand in value.operands.items():
            called = f"{name}__{operator}"
            if operator not in operators:
                raise self.unknown_filter(called)
            yield from self._conditions(called, name, cast("Operator", operator), operand)

    def _conditions(
        self, name: str, place: str, operator: Operator, value: object
    ) -> Iterator[Condition]:
        check = self.fields[place].check
        try:
            if operator == "in":
                values = _list_of(name, value, MAX_CHOICES)
                yield Condition(place, operator, [check(operator, one) for one in values])
            elif operator == "contains" and is_sequence(value):
                for one in _list_of(name, value, MAX_CONTAINED):
                    yield Condition(place, operator, check(operator, one))
            else:
                yield Condition(place, operator, check(operator, value))
        except ValidationError as error:
            detail = error.errors(include_url=False, include_context=False, include_input=False)[0]
            raise _invalid(name, f"{detail['msg']}.", detail["type"]) from None

    def unknown_filter(self, name: str) -> InvalidArguments:
        """Make the error for a filter that there is not; it names those of its field, or fields."""
        for place in sorted(self.fields, key=len, reverse=True):
            if name == place or name.startswith(f"{place}__"):
                own = [one for one, (field, _) in self.filters.items() if field == place]
                return unknown(name, "filter", own)
        return unknown(name, "field to filter by", self.fields)

    def order(self, sort: Sequence[str]) -> tuple[Order, ...]:
        """Return what records are sorted by; the id comes last, in the direction before it.

        Raises:
            InvalidArguments: A field is named twice, or records cannot be sorted by it.
        """
        orders: dict[str, Order] = {}
        is_descending = False
        for name in sort or self.order_by:
            place = name.removeprefix("-")
            is_descending = place != name
            if place not in self.sorts:
                raise unknown("sort", "field to sort by", self.sorts)
            if place in orders:
                raise _invalid("sort", "A field is named twice.", "duplicate")
            orders[place] = Order(place, is_descending, self.fields[place].nullable)
        orders.setdefault("id", Order("id", is_descending))
        names = [*orders]
        # Nothing is left to be decided behind the id.
        return tuple(orders[name] for name in names[: names.index("id") + 1])

    def search(self, query: Query) -> tuple[Search, bytes]:
        """Return what the store is asked for, and what a cursor has to belong to.

        There is one record more than the page has, if there is a further page. Where the cursor
        leads back, the order is turned around, and so are the records that are found.

        Raises:
            InvalidArguments: The query asks for what there is not.
        """
        if not isinstance(query, KeptQuery):
            return self._search(query)
        if query.searched is None:
            object.__setattr__(query, "searched", self._search(query))
            assert query.searched is not None
        return query.searched

    def _search(self, query: Query) -> tuple[Search, bytes]:
        if type(query.limit) is not int or not 1 <= query.limit <= MAX_LIMIT:
            raise _invalid("limit", f"Enter a number from 1 to {MAX_LIMIT}.", "limit")
        for name in query.include:
            if name not in self.includes:
                raise unknown("include", "reference", self.includes)
        if len({*query.include}) != len(query.include):
            raise _invalid("include", "A field is named twice.", "duplicate")
        filters = query.filters.items()
        conditions = tuple([one for each in filters for one in self.conditions(*each)])
        text = query.q or ""
        if text and not self.texts:
            raise _invalid("q", "There are no texts to search.", "unknown")
        if len(text) > MAX_CHARACTERS:
            raise _invalid("q", f"Enter at most {MAX_CHARACTERS} characters.", "string_too_long")
        order = self.order(query.sort)
        asked = to_json([self.definition.name, sorted(conditions, key=_name), text, order])
        after = None
        if query.cursor is not None:
            after = self._after(query.cursor.removeprefix(BACKWARD), order, asked)
        if query.is_backward:
            order = tuple([one._replace(descending=not one.descending) for one in order])
        entity, limit = self.definition.name, query.limit + 1
        selected = tuple([name for name in query.lookups if name in self.lookups])
        return Search(entity, order, limit, conditions, text, self.texts, after, selected), asked

    def cursor(
        self, asked: bytes, order: Sequence[Order], stored: "Stored", *, backward: bool = False
    ) -> str:
        """Write the cursor of the page that comes after a record, or of the one before it."""
        cursor = write_cursor(asked, self.place(order, stored))
        return f"{BACKWARD}{cursor}" if backward else cursor

    def place(self, order: Sequence[Order], stored: "Stored") -> tuple[object, ...]:
        """Return where a record stands among others: what `Search.after` takes."""
        values, fields = stored.values, self.fields
        if isinstance(stored, StoredWithRelated):
            values = {**values, **stored.related}
        return tuple([fields[one.field].written(values[one.field]) for one in order])

    def _after(self, cursor: str, order: Sequence[Order], asked: bytes) -> tuple[object, ...]:
        values = read_cursor(asked, cursor)
        if len(values) != len(order):
            raise refused()
        try:
            return tuple(
                (
                    None
                    if value is None and one.nullable
                    else self.fields[one.field].check_json(to_json(value))
                )
                for one, value in zip(order, values, strict=True)
            )
        except ValidationError:
            raise refused() from None


class ColumnFilterSet(FilterSet[E]):
    """The same for an entity whose public state is its fields, as they are stored.

    Nothing is computed and nothing has parts, so lists are read without making entities.
    """

    __slots__ = ("names",)

    def __init__(
        self,
        definition: EntityDefinition[E],
        order_by: Sequence[str] = (),
        /,
        **fields: SearchField,
    ) -> None:
        super().__init__(definition, order_by, **fields)
        self.names = tuple(name for name, one in fields.items() if not one.is_related)


def unknown(name: str, what: str, known: Iterable[str]) -> InvalidArguments:
    """Make the error for a name that was made up, which says the names there are."""
    names = ", ".join(known) or "none"
    return _invalid(name, f"There is no such {what}. There are: {names}.", "unknown")


def _list_of(name: str, value: object, most: int) -> Sequence[object]:
    if not (is_sequence(value) or is_set(value)):
        raise _invalid(name, "Give a list.", "list_type")
    if len(value) > most:
        raise _invalid(name, f"Give at most {most} items.", "too_long")
    return [*value]


def _name(condition: Condition) -> str:
    return condition.name


def _invalid(name: str, message: str, type: str) -> InvalidArguments:
    return InvalidArguments((ArgumentError(name, message, type),))

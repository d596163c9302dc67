"""What a store is asked for when records are searched: values, and nothing of how it is done."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple, Protocol, TypeAlias

Operator: TypeAlias = Literal[
    "eq", "ne", "in", "lt", "le", "gt", "ge", "contains", "startswith", "isnull", "has"
]
"""How a field is compared. `has` is for references to several records: that one is among them."""


class Condition(NamedTuple):
    """What has to be true of a field.

    `value` is of the field's type, but for an enum its value, and for a reference the id as
    text. It is a list of them for `in`, a bool for `isnull`, and for `contains` a part of a text or
    one of the values that the field holds.
    """

    field: str
    operator: Operator
    value: object

    @property
    def name(self) -> str:
        """What the filter is called outside: `price__lt`."""
        return filter_name(self.field, self.operator)


class Order(NamedTuple):
    """A field to sort by. `None` comes after all values, where it is descending before them."""

    field: str
    descending: bool = False
    nullable: bool = False


class Search(NamedTuple):
    """What records to give, and which of them.

    Attributes:
        entity: Which kind.
        order: What they are sorted by; the last one is the id.
        limit: How many there are at most.
        conditions: What is true of all of them.
        text: What one of the fields `texts` contains, whatever the case; empty for anything.
        texts: The fields in which that text is looked for.
        after: The values of `order` that they come after; `None` to begin with the first.
        selected: What stands in other tables and comes along with each: `lines__count`.
        left_out: The ids of records that are not asked for.
    """

    entity: str
    order: tuple[Order, ...]
    limit: int
    conditions: tuple[Condition, ...] = ()
    text: str = ""
    texts: tuple[str, ...] = ()
    after: tuple[object, ...] | None = None
    selected: tuple[str, ...] = ()
    left_out: tuple[object, ...] = ()


class Searchable(Protocol):
    """What the records of one entity can be found by; a `FilterSet` is one."""

    @property
    def filters(self) -> Mapping[str, tuple[str, Operator]]:
        """The field and the operator of each filter, by its name."""
        ...

    def conditions(self, name: str, value: object) -> Iterable[Condition]:
        """Return what a filter asks.

        Raises:
            InvalidArguments: There is no such filter, or a value does not fit.
        """
        ...

    def order(self, sort: Sequence[str]) -> tuple[Order, ...]:
        """Return what records are sorted by; the id comes last.

        Raises:
            InvalidArguments: Records cannot be sorted by a field.
        """
        ...


def filter_name(field: str, operator: Operator) -> str:
    """Name a filter: `status`, `price__lt`."""
    return field if operator in ("eq", "has") else f"{field}__{operator}"

"""What a query compares a field with, where that is more than equality with one value.

As in `price=where.ge(1) & where.lt(5)`, or `name=where.contains("tea")`. Which of these a field
takes says its type among the generated filters, such as `where.Ordered[Decimal]`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Self, TypeAlias, TypeVar, cast, overload

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Conditions:
    """Conditions that all have to hold: operators, each with what it compares with."""

    operands: Mapping[str, object]

    def named(self, name: str) -> Iterator[tuple[str, object]]:
        """Return them for a field as HTTP calls them: `price__lt`."""
        for operator, operand in self.operands.items():
            yield f"{name}__{operator}", operand

    def __and__(self, other: Self) -> Self:
        """Return both conditions as one.

        Raises:
            ValueError: Both have the same operator, and it is not `contains`.
        """
        operands = dict(self.operands)
        for operator, operand in other.operands.items():
            if operator == "contains" and operator in operands:
                operand = [*_several(operands[operator]), *_several(operand)]
            elif operator in operands:
                raise ValueError(f"`{operator}` can be asked of a field once.")
            operands[operator] = operand
        return type(self)(operands)


class Matching(Conditions, Generic[T_co]):
    """Conditions on a text."""

    @overload
    def __rand__(self, other: Self) -> Self: ...
    @overload
    def __rand__(self, other: "Matching[T]") -> "Matching[T | T_co]": ...
    def __rand__(self, other: "Matching[Any]") -> "Matching[Any]":
        """Return both conditions as one; for type checkers, where `other` fits more fields."""
        return other.__and__(self)


class Ordering(Matching[T_co]):
    """Conditions on what has an order; a text has one as well."""


class Equality(Ordering[T_co]):
    """Conditions on anything that can be compared."""


class Contains(Matching[T_co]):
    """Containing a value, or several: what a field is asked that holds any number of them."""


class Presence(Conditions):
    """Whether there is a value at all."""


Text: TypeAlias = str | Matching[str]
"""A text, or conditions on it."""

Ordered: TypeAlias = T | Ordering[T]
"""A number, a date, a time or a span of time, or conditions on it."""

Exact: TypeAlias = T | Equality[T]
"""A value that is compared as a whole, or conditions on it."""


def ne(value: T) -> Equality[T]:
    """Not equal; what is `None` is not equal to anything."""
    return Equality({"ne": value})


def one_of(values: Sequence[T]) -> Equality[T]:
    """Equal to one of at most 100 values; over HTTP it is called `in`."""
    # A text is one value and no several; it is refused where it is read.
    return Equality({"in": values if isinstance(values, str) else [*values]})


def lt(value: T) -> Ordering[T]:
    """Less than a value, before it."""
    return Ordering({"lt": value})


def le(value: T) -> Ordering[T]:
    """Less than a value, or equal to it."""
    return Ordering({"le": value})


def gt(value: T) -> Ordering[T]:
    """Greater than a value, after it."""
    return Ordering({"gt": value})


def ge(value: T) -> Ordering[T]:
    """Greater than a value, or equal to it."""
    return Ordering({"ge": value})


def contains(value: T) -> Contains[T]:
    """Containing a text, whatever the case, or as a list the very value; with `&` several."""
    return Contains({"contains": value})


def startswith(text: str) -> Matching[str]:
    """Beginning with a text, whatever the case."""
    return Matching({"startswith": text})


def is_null(value: bool = True) -> Presence:
    """Being `None`, or with `False` not being so; over HTTP it is called `isnull`."""
    return Presence({"isnull": value})


def _several(operand: object) -> list[object]:
    return cast("list[object]", operand) if isinstance(operand, list) else [operand]


def named(filters: Mapping[str, object]) -> dict[str, object]:
    """Return filters as HTTP calls them, one for each operator: `price__lt` and `price__ge`."""
    found: dict[str, object] = {}
    for name, value in filters.items():
        if isinstance(value, Conditions):
            found.update(value.named(name))
        else:
            found[name] = value
    return found

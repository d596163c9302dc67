"""Where a value comes from: which fields of an entity it is, or holds, a part of."""

from collections.abc import Iterable
from functools import reduce
from typing import NamedTuple

ENTITY = ""
"""The root of the entity itself."""

UNKNOWN_FIELD = "*"
"""The root of a part that is of some field nobody knows."""


class Origin(NamedTuple):
    """Where a value comes from.

    `roots` are fields; `ENTITY` is the entity itself, and a root that ends in
    a dot a whole parameter. `is_part` is true for the thing itself, false for
    a new container or object that only holds such things.
    """

    roots: frozenset[str]
    is_part: bool

    @property
    def is_entity(self) -> bool:
        """Whether it may be the entity itself."""
        return self.is_part and ENTITY in self.roots

    def joined(self, other: "Origin") -> "Origin":
        """Return what a value may be that is the one or the other."""
        return Origin(self.roots | other.roots, self.is_part or other.is_part)


def field_of(root: str, name: str) -> str:
    """Return the root of an attribute: a whole thing gives its field, a part stays what it is."""
    return root + name if root == ENTITY or root.endswith(".") else root


def element_of(value: Origin | None) -> Origin | None:
    """Return what iterating or subscripting gives."""
    if value is None:
        return None
    if value.is_part:
        return Origin(
            frozenset(field_of(root, UNKNOWN_FIELD) for root in value.roots), is_part=True
        )
    return Origin(value.roots, is_part=True)


def parts_of(values: Iterable[Origin | None]) -> Origin | None:
    """Return what a call gives that may hand back any part of what it got."""
    whole = merged(values)
    return None if whole is None else Origin(whole.roots, is_part=True)


def holding(values: Iterable[Origin | None]) -> Origin | None:
    """A new container or object made of the values."""
    whole = merged(values)
    return None if whole is None else Origin(whole.roots, is_part=False)


def merged(values: Iterable[Origin | None]) -> Origin | None:
    """Return what a value may be that is any of them; `None` if none is of the entity."""
    found = [value for value in values if value is not None]
    return reduce(Origin.joined, found) if found else None

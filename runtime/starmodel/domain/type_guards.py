"""Questions about a value of which nothing is known, asked so that a type checker learns from it."""

from collections.abc import Mapping, Sequence, Set
from typing import TypeGuard


def is_mapping(value: object) -> TypeGuard[Mapping[object, object]]:
    """Return whether a value is a mapping."""
    return isinstance(value, Mapping)


def is_sequence(value: object) -> TypeGuard[Sequence[object]]:
    """Return whether a value is a list or a tuple; a text is none."""
    return isinstance(value, list | tuple)


def is_set(value: object) -> TypeGuard[Set[object]]:
    """Return whether a value is a set, frozen or not."""
    return isinstance(value, set | frozenset)

"""The fields of an entity, each once: how it is shown, what asks for it, and what a list does with it.

The page of a record, the forms and the list take from there what they need.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field, replace
from typing import Any, Self

from starmodel.frozen import frozen
from starmodel.ui.components.fields import Field
from starmodel.ui.components.inputs import Input
from starmodel.ui.names import Signal


@frozen(kw_only=True)
class EntityField:
    """A field of an entity, on all its pages.

    Args:
        shown: Shows its value: on the page of a record, and in its column of the list.
        input: Asks for its value; none where nobody gives it.
        frozen: Whether only the form that makes a record asks for it.
        column: Whether the list has a column for it.
        filter: Whether the list can be filtered by it; by default where it has a column.
        sort: Whether the list can be sorted by it; by default where it has a column. A link is
            sorted by what its record has: `"customer__name"`.
    """

    shown: Field = field(kw_only=False)
    input: Input | None = field(default=None, kw_only=False)
    frozen: bool = False
    column: bool = True
    filter: bool | None = None
    sort: bool | str | None = None

    def replace(self, **changes: Any) -> Self:
        """Return the same field with some of its properties changed."""
        return replace(self, **changes)

    @property
    def name(self) -> str:
        """The name of the field."""
        return self.shown.name


class Fields:
    """The fields of an entity, in the order in which they are shown.

    Args:
        fields: Them.
    """

    def __init__(self, *fields: EntityField) -> None:
        self._fields = fields

    def __iter__(self) -> Iterator[EntityField]:
        return iter(self._fields)

    def without(self, *names: str) -> Fields:
        """Return the fields that are not called so."""
        return Fields(*[each for each in self if each.name not in names])

    def replace(self, **fields: EntityField) -> Fields:
        """Return the same fields, some of them replaced by others, by name.

        Raises:
            ValueError: There is no field of that name.
        """
        for name in fields.keys() - {each.name for each in self}:
            raise ValueError(f"There is no field {name!r} to be replaced.")
        return Fields(*[fields.get(each.name, each) for each in self])

    @property
    def shown(self) -> Sequence[Field]:
        """What shows them, for a record."""
        return [each.shown for each in self]

    @property
    def inputs(self) -> Sequence[Input]:
        """What asks for those that can be changed, for the form that edits a record."""
        return [each.input for each in self if each.input is not None and not each.frozen]

    @property
    def new_inputs(self) -> Sequence[Input]:
        """What asks for those that a new record has; first come those that are never changed."""
        frozen = [each.input for each in self if each.input is not None and each.frozen]
        return [*frozen, *self.inputs]

    @property
    def columns(self) -> Sequence[Signal]:
        """Those that have a column in the list."""
        return [_signal(each) for each in self if each.column]

    @property
    def filters(self) -> Sequence[Signal]:
        """Those that the list can be filtered by."""
        return [_signal(each) for each in self if _or_column(each.filter, each)]

    @property
    def sorts(self) -> Sequence[str]:
        """What the list can be sorted by."""
        found = [(each, _or_column(each.sort, each)) for each in self]
        return [sort if isinstance(sort, str) else _signal(each) for each, sort in found if sort]


def _signal(field: EntityField) -> Signal:
    """Return the signal of a field.

    Raises:
        TypeError: It is named by a text.
    """
    signal = field.shown.of
    if not isinstance(signal, Signal):
        raise TypeError(f"A list takes the field {signal!r} by its signal.")
    return signal


def _or_column(value: bool | str | None, field: EntityField) -> bool | str:
    return field.column if value is None else value

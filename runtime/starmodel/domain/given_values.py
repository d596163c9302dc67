"""What callers give by name, and what stands for an argument that nobody gave."""

from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from typing import Never

    from typing_extensions import TypeVar as DefaultedTypeVar

    # Only type checkers need to know that it may be left out.
    Or = DefaultedTypeVar("Or", default=Never)
else:
    Or = TypeVar("Or")
"""What else may stand for a field: an expression on a page, nothing for a command."""


class UnsetType(Enum):
    """The type of `UNSET`."""

    UNSET = "unset"

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = UnsetType.UNSET
"""An argument that is not given: a default counts, or a field stays as it is."""


def drop_unset(values: Mapping[str, object]) -> dict[str, object]:
    """Return the values that are not `UNSET`, by name."""
    return {name: value for name, value in values.items() if value is not UNSET}


def check_fields(declared: type[Any], fields: Mapping[str, object]) -> None:
    """Go on if all fields are those of a `TypedDict`, as type checkers see to as well.

    Raises:
        TypeError: Others are among them, or `UNSET` is given for one.
    """
    others = fields.keys() - declared.__optional_keys__
    if others:
        names = ", ".join(sorted(others))
        raise TypeError(f"{declared.__name__} has no {names}.")
    unset = [name for name, value in fields.items() if value is UNSET]
    if unset:
        raise TypeError(f"UNSET is no value of {', '.join(unset)}; leave out what is not given.")


def without(fields: Mapping[str, object], *names: str) -> dict[str, object]:
    """Return the fields that are not called so: what is private stands in no record."""
    return {name: value for name, value in fields.items() if name not in names}

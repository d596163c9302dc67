"""What stands for an argument that nobody gave."""

from enum import Enum
from typing import Final


class UnsetType(Enum):
    """The type of `UNSET`."""

    UNSET = "unset"

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = UnsetType.UNSET
"""An argument that is not given: a default counts, or a field stays as it is."""


def drop_unset(**values: object) -> dict[str, object]:
    """Return the values that are not `UNSET`, by name."""
    return {name: value for name, value in values.items() if value is not UNSET}

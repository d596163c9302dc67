"""What stands for an argument that nobody gave."""

from enum import Enum
from typing import Final


class Omitted(Enum):
    """The type of `OMITTED`."""

    OMITTED = "omitted"

    def __repr__(self) -> str:
        return "OMITTED"


OMITTED: Final = Omitted.OMITTED
"""An argument that is not given: a default counts, or a field stays as it is."""


def given(**values: object) -> dict[str, object]:
    """Give the values that are not `OMITTED`, by name."""
    return {name: value for name, value in values.items() if value is not OMITTED}

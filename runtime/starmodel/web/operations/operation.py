"""One operation: an event, a read or a list, as transports other than HTTP have it."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Effect: TypeAlias = Literal["any", "none", "create", "update", "delete"]
"""What an operation does to what is stored; of an event of the author's, `"any"`, unless it is a GET."""


@dataclass(frozen=True, slots=True)
class Operation:
    """A row of the generated table of operations.

    Which handler runs it, with which arguments, is said once: by the route.

    Attributes:
        name: What callers call it: `counter.increment`.
        route: Method and path of its route: `POST /counter/increment`.
        about: What it does, in a sentence.
        access: Who may, for whoever reads the table; the command sees to it.
        effect: What it does to what is stored.
    """

    name: str
    route: str
    about: str
    access: str
    effect: Effect = "any"

"""Who acts, and who may."""

from collections.abc import Callable
from enum import Enum
from typing import Any, TypeAlias

from starmodel.frozen import frozen


class Access(Enum):
    """The two answers to "who may do this" that need no function."""

    PUBLIC = "public"
    """Everybody."""

    AUTHENTICATED = "authenticated"
    """Every actor that has been identified."""


@frozen(eq=True)
class Actor:
    """Whoever sent a request.

    `id` is `None` for somebody nobody has identified. `roles` are the app's own words.
    """

    id: str | None = None
    roles: frozenset[str] = frozenset()

    @property
    def is_authenticated(self) -> bool:
        """Whether anybody has said who this is."""
        return self.id is not None


ANONYMOUS = Actor()
"""The actor of a request that nobody has identified."""

Policy: TypeAlias = Callable[[Actor, Any], bool]
"""A rule of the author's: `(actor, entity) -> bool`, true where it is allowed."""

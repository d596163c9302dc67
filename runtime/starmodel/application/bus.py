"""The port of event buses."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from starmodel.domain import CommandRecord

Handler: TypeAlias = Callable[[CommandRecord], Awaitable[None] | None]
"""A subscriber: an ordinary function or a coroutine function, which is settled when it
subscribes."""


class EventBus(ABC):
    """Tells subscribers what was committed.

    What a bus carries are hints; the store holds the truth. A record may be lost (a crash
    between commit and publication, a broken connection), so a subscriber that must not miss
    anything compares versions with the store.
    """

    @abstractmethod
    async def publish(self, record: CommandRecord) -> None:
        """Hand a record to every subscriber, in the order in which they subscribed.

        A subscriber that raises is logged; it stops neither the others nor the publisher.
        """

    @abstractmethod
    def subscribe(self, handler: Handler) -> Callable[[], None]:
        """Call `handler` with every record published from now on.

        Returns a function that ends the subscription; calling it again does nothing. The same
        handler may subscribe more than once, and is then called more than once.
        """

    async def open(self) -> None:
        """Connect. Called once, before anything is published."""

    async def close(self) -> None:
        """Disconnect. Called once, after everything was published."""

"""The port of event buses."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from starmodel.domain import CommandRecord

Handler: TypeAlias = Callable[[CommandRecord], Awaitable[None] | None]
"""A subscriber: an ordinary function or a coroutine function, which is settled when it
subscribes."""

Lost: TypeAlias = Callable[[str], None]
"""Is told why records of other nodes may have been missed: a sentence for the log."""


class EventBus(ABC):
    """Tells subscribers what was committed.

    What a bus carries are hints; the store holds the truth. A record may be lost (a crash
    between commit and publication, a broken connection), so a subscriber that must not miss
    anything compares versions with the store.

    A bus may connect several processes, its nodes. What comes from another one says what has
    changed and not by what: it has no arguments, and its actor is nobody.
    """

    is_shared: bool = True
    """Whether it connects all processes that serve an app."""

    @property
    def is_connected(self) -> bool:
        """Whether other nodes are told of what is published now, and not some time later."""
        return True

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        defining = next(
            base for base in cls.__mro__ if vars(base).keys() & {"publish", "publish_now"}
        )
        if "publish_now" not in vars(defining):
            # So that its own method is called, which it may have from a mixin.
            cls.publish_now = EventBus.publish_now

    def publish_now(self, record: CommandRecord) -> bool:
        """Do what `publish` does, if that takes no waiting, and return whether it was done."""
        return False

    @abstractmethod
    async def publish(self, record: CommandRecord) -> None:
        """Hand a record to every subscriber, in the order in which they subscribed.

        A subscriber that raises is logged; it stops neither the others nor the publisher. Those
        on other nodes are not waited for.
        """

    @abstractmethod
    def subscribe(
        self, handler: Handler, *, everywhere: bool = False, lost: Lost | None = None
    ) -> Callable[[], None]:
        """Call `handler` with every record published from now on.

        Returns a function that ends the subscription; calling it again does nothing. The same
        handler may subscribe more than once, and is then called more than once.

        Args:
            handler: The subscriber.
            everywhere: Whether it is called with what other nodes publish, too. Without it, a
                record is handed to the subscribers of one node, the one that committed: an audit
                log has one line for each event, however many nodes there are.
            lost: Is called where records of other nodes may have been missed, so that everything
                they could have told of has to be compared with the store.
        """

    async def open(self) -> None:
        """Connect. Called once, before anything is published."""

    async def close(self) -> None:
        """Disconnect. Called once, after everything was published."""

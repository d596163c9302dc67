"""A bus for one process: subscribers are called there and then."""

import inspect
import logging
from collections.abc import Awaitable, Callable
from typing import cast

from starmodel.application.bus import EventBus, Handler, Lost
from starmodel.domain import CommandRecord

logger = logging.getLogger("starmodel.bus")


class InProcessBus(EventBus):
    """Calls its subscribers before `publish` returns.

    Those that are ordinary functions come first, so that a slow coroutine does not hold up
    the broadcast; within each kind they are called in the order in which they subscribed.
    """

    is_shared = False

    def __init__(self) -> None:
        # Tuples, replaced as a whole: subscribers may come and go while a record is published.
        self._functions: tuple[Handler, ...] = ()
        self._coroutines: tuple[Handler, ...] = ()

    def publish_now(self, record: CommandRecord) -> bool:
        """Call every subscriber, unless some are coroutine functions; return whether it did."""
        if self._coroutines:
            return False
        for handler in self._functions:
            try:
                handler(record)
            except Exception:
                logger.exception("A subscriber failed on %s.%s", record.entity, record.event)
        return True

    async def publish(self, record: CommandRecord) -> None:
        """Call every subscriber, and wait for those that are coroutine functions."""
        for handler in self._functions:
            try:
                handler(record)
            except Exception:
                logger.exception("A subscriber failed on %s.%s", record.entity, record.event)
        for handler in self._coroutines:
            try:
                await cast("Awaitable[None]", handler(record))
            except Exception:
                logger.exception("A subscriber failed on %s.%s", record.entity, record.event)

    def subscribe(
        self, handler: Handler, *, everywhere: bool = False, lost: Lost | None = None
    ) -> Callable[[], None]:
        """Call `handler` with every record published from now on; call the result to end it.

        There is one node, and nothing is lost on the way to it.
        """
        is_coroutine = inspect.iscoroutinefunction(handler) or inspect.iscoroutinefunction(
            type(handler).__call__
        )
        if is_coroutine:
            self._coroutines += (handler,)
        else:
            self._functions += (handler,)
        is_subscribed = True

        def unsubscribe() -> None:
            nonlocal is_subscribed
            if is_subscribed:
                is_subscribed = False
                if is_coroutine:
                    self._coroutines = _without(self._coroutines, handler)
                else:
                    self._functions = _without(self._functions, handler)

        return unsubscribe


def _without(handlers: tuple[Handler, ...], handler: Handler) -> tuple[Handler, ...]:
    """Leave out one occurrence of the handler."""
    index = handlers.index(handler)
    return handlers[:index] + handlers[index + 1 :]

"""A process that is told to end lets its open streams go first.

Servers wait for open connections before they tell an app to shut down, and a live stream never
closes by itself. So the signal is heard here too, before the server's own handler.
"""

import asyncio
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Shutdown:
    """Hears SIGTERM and SIGINT in front of the server.

    The server's handler is called as before; whatever it does, it does. Only the main thread of
    a process can hear signals, so in any other thread this does nothing.

    Args:
        begin: Called in the event loop as soon as a signal came: let go of what never ends.
        insist: Called after half of `timeout`: drop what has not ended.
        timeout: Seconds for which uvicorn waits for what still runs, at most; then it cancels it, and
            ends the app as always.
    """

    def __init__(
        self, begin: Callable[[], None], insist: Callable[[], None], *, timeout: float
    ) -> None:
        self._begin = begin
        self._insist = insist
        self._timeout = timeout
        self._loop: asyncio.AbstractEventLoop | None = None
        self._previous: dict[int, Callable[[int, FrameType | None], object]] = {}
        self._timers: list[asyncio.TimerHandle] = []

    def install(self) -> None:
        """Start hearing. Called in the loop that serves, once the server's handlers are there."""
        if threading.current_thread() is not threading.main_thread():
            return
        self._loop = asyncio.get_running_loop()
        for number in SIGNALS:
            previous = signal.getsignal(number)
            # Otherwise nobody waits for anything: the signal ends the process, or is ignored.
            if callable(previous):
                self._previous[number] = previous
                signal.signal(number, self._hear)

    def restore(self) -> None:
        """Stop hearing, and return the signals back to whoever had them."""
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        for number, previous in self._previous.items():
            # Somebody who came later and put his own handler over ours keeps it.
            if signal.getsignal(number) == self._hear:
                signal.signal(number, previous)
        self._previous.clear()
        self._loop = None

    def _hear(self, number: int, frame: FrameType | None) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._drain)
        previous = self._previous[number]
        if _is_of_uvicorn(previous):
            self._limit_graceful_shutdown(previous)
        previous(_number_for(previous, number), frame)

    def _drain(self) -> None:
        if self._timers or self._loop is None:
            return
        self._begin()
        self._timers = [self._loop.call_later(self._timeout / 2, self._insist)]

    def _limit_graceful_shutdown(self, handler: Callable[..., object]) -> None:
        """Have uvicorn wait for running requests no longer than we do, where it would wait for ever.

        It looks at its setting after the signal. A second Ctrl-C would do as well, and have it leave
        without a word to the app.
        """
        config: Any = getattr(getattr(handler, "__self__", None), "config", None)
        limit = getattr(config, "timeout_graceful_shutdown", None)
        if config is not None and (limit is None or limit > self._timeout):
            config.timeout_graceful_shutdown = self._timeout


def _number_for(previous: Callable[..., object], number: int) -> int:
    """Return the number to tell a handler.

    uvicorn raises the signal once more when it has ended in good order, and the process dies of
    SIGTERM after all. Told of SIGURG, which does nothing by default, it ends the same way, and
    the process exits with 0.
    """
    harmless = getattr(signal, "SIGURG", None)
    if number == signal.SIGTERM and harmless is not None and _is_of_uvicorn(previous):
        return harmless
    return number


def _is_of_uvicorn(handler: Callable[..., object]) -> bool:
    return getattr(handler, "__module__", "").partition(".")[0] == "uvicorn"

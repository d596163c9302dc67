"""Signals are heard in front of the server's own handlers, and given back afterwards."""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType, SimpleNamespace
from typing import cast

import pytest

from starmodel.web.app.shutdown import Shutdown


@pytest.fixture
def heard() -> Iterator[list[int]]:
    """What the server's own handlers heard; they are in place while the test runs."""
    numbers: list[int] = []

    def handle(number: int, frame: FrameType | None) -> None:
        numbers.append(number)

    previous = {n: signal.signal(n, handle) for n in (signal.SIGTERM, signal.SIGINT)}
    yield numbers
    for number, handler in previous.items():
        signal.signal(number, handler)


def run(
    events: list[str], during: Callable[[], object], *, timeout: float = 9.0, wait: float = 0.0
) -> None:
    async def main() -> None:
        shutdown = Shutdown(
            lambda: events.append("begin"), lambda: events.append("insist"), timeout=timeout
        )
        shutdown.install()
        during()
        await asyncio.sleep(0)
        await asyncio.sleep(wait)
        shutdown.restore()

    asyncio.run(main())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_begins_the_end_and_reaches_the_server(
    heard: list[int], number: signal.Signals
) -> None:
    before = signal.getsignal(number)
    events: list[str] = []

    def twice() -> None:
        signal.raise_signal(number)
        signal.raise_signal(number)

    run(events, twice)
    assert events == ["begin"]
    assert heard == [number, number]
    assert signal.getsignal(number) is before


def test_uvicorn_is_told_of_a_signal_that_kills_nobody(heard: list[int]) -> None:
    handler = cast("Callable[..., object]", signal.getsignal(signal.SIGTERM))
    handler.__module__ = "uvicorn.server"
    events: list[str] = []
    run(events, lambda: signal.raise_signal(signal.SIGTERM), timeout=0.04, wait=0.1)
    assert events == ["begin", "insist"]
    assert heard == [signal.SIGURG]


@pytest.mark.parametrize(("limit", "expected"), [(None, 9.0), (20, 9.0), (3, 3)])
def test_uvicorn_waits_no_longer_than_the_app(
    heard: list[int], limit: float | None, expected: float
) -> None:
    class Server:
        config = SimpleNamespace(timeout_graceful_shutdown=limit)

        def handle_exit(self, number: int, frame: FrameType | None) -> None:
            heard.append(number)

    Server.handle_exit.__module__ = "uvicorn.server"
    signal.signal(signal.SIGTERM, Server().handle_exit)
    run([], lambda: signal.raise_signal(signal.SIGTERM))
    assert heard == [signal.SIGURG]
    assert Server.config.timeout_graceful_shutdown == expected


def test_what_nobody_handles_is_left_alone() -> None:
    previous = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        seen: list[object] = []
        run([], lambda: seen.append(signal.getsignal(signal.SIGTERM)))
        assert seen == [signal.SIG_DFL]
    finally:
        signal.signal(signal.SIGTERM, previous)


def test_a_handler_that_came_later_is_kept(heard: list[int]) -> None:
    def later(number: int, frame: FrameType | None) -> None:
        heard.append(-number)

    run([], lambda: signal.signal(signal.SIGTERM, later))
    assert signal.getsignal(signal.SIGTERM) is later


def test_only_the_main_thread_hears(heard: list[int]) -> None:
    before = signal.getsignal(signal.SIGTERM)
    seen: list[object] = []
    thread = threading.Thread(
        target=run, args=([], lambda: seen.append(signal.getsignal(signal.SIGTERM)))
    )
    thread.start()
    thread.join()
    assert seen == [before]

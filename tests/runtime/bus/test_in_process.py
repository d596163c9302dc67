"""What only the bus in this process promises."""

import asyncio
from functools import partial

from starmodel import CommandRecord, InProcessBus
from starmodel.domain import ANONYMOUS

RECORD = CommandRecord("counter", "s1", "increment", {}, ANONYMOUS, 0.0, 1, ())


class AsyncListener:
    """A callable object, and a method, that are coroutine functions."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    async def __call__(self, record: CommandRecord) -> None:
        await asyncio.sleep(0)
        self.heard.append("object")

    async def method(self, name: str, record: CommandRecord) -> None:
        await asyncio.sleep(0)
        self.heard.append(name)


async def test_everybody_has_heard_when_publish_returns() -> None:
    bus = InProcessBus()
    listener = AsyncListener()
    bus.subscribe(listener)
    bus.subscribe(partial(listener.method, "partial"))
    bus.subscribe(lambda record: listener.heard.append("function"))
    await bus.publish(RECORD)
    assert listener.heard == ["function", "object", "partial"]


def test_publishing_to_functions_never_waits() -> None:
    bus = InProcessBus()
    bus.subscribe(lambda record: None)
    publishing = bus.publish(RECORD)
    try:
        publishing.send(None)
    except StopIteration:
        return
    raise AssertionError("it waited")

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


def test_functions_are_told_at_once_and_nobody_is_where_one_is_waited_for() -> None:
    bus, heard = InProcessBus(), list[str]()
    bus.subscribe(lambda record: heard.append(record.event))
    assert bus.publish_now(RECORD)
    assert heard == ["increment"]
    bus.subscribe(AsyncListener())
    assert not bus.publish_now(RECORD)
    assert heard == ["increment"]


class AuditedBus(InProcessBus):
    """Overrides what every bus has, and knows of nothing else."""

    async def publish(self, record: CommandRecord) -> None:
        await super().publish(record)


def test_a_bus_that_overrides_publish_is_asked_by_that() -> None:
    assert not AuditedBus().publish_now(RECORD)


class Audited:
    """A mixin that is no bus itself."""

    async def publish(self, record: CommandRecord) -> None: ...


class MixedBus(Audited, InProcessBus): ...


def test_a_bus_that_gets_publish_from_a_mixin_is_asked_by_that() -> None:
    assert not MixedBus().publish_now(RECORD)

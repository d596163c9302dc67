"""What every event bus must do, run against each of them.

A new adapter is one line in `BUSES`: a function that makes a bus.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable

import pytest

from starmodel import CommandRecord, EventBus, InProcessBus
from starmodel.domain import ANONYMOUS, Fragment

BUSES: dict[str, Callable[[], EventBus]] = {
    "in process": InProcessBus,
}


def record(version: int, **arguments: object) -> CommandRecord:
    fragment = Fragment("<p>", "#a", "append")
    return CommandRecord(
        "counter", "s1", "increment", arguments, ANONYMOUS, 1.5, version, ("count",), fragment
    )


@pytest.fixture(params=BUSES.values(), ids=list(BUSES))
async def bus(request: pytest.FixtureRequest) -> AsyncIterator[EventBus]:
    """An open bus, and wait until everything has arrived."""
    bus = request.param()
    await bus.open()
    try:
        yield bus
    finally:
        await bus.close()


async def eventually(condition: Callable[[], bool]) -> None:
    """Wait for what another process may have to carry first."""
    for _ in range(200):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came to that")


async def test_functions_and_coroutines_get_every_record_in_order(bus: EventBus) -> None:
    heard: list[CommandRecord] = []
    heard_late: list[CommandRecord] = []

    async def hear_late(record: CommandRecord) -> None:
        await asyncio.sleep(0)
        heard_late.append(record)

    bus.subscribe(heard.append)
    bus.subscribe(hear_late)
    sent = [record(number, amount=number) for number in range(1, 6)]
    for one in sent:
        await bus.publish(one)
    await eventually(lambda: len(heard) == len(heard_late) == 5)
    assert heard == heard_late == sent


async def test_nobody_has_to_listen(bus: EventBus) -> None:
    await bus.publish(record(1))


async def test_who_has_ended_the_subscription_hears_no_more(bus: EventBus) -> None:
    heard: list[int] = []
    staying: list[int] = []

    def hear(record: CommandRecord) -> None:
        heard.append(record.version)

    end_one, end_two = bus.subscribe(hear), bus.subscribe(hear)
    bus.subscribe(lambda record: staying.append(record.version))
    await bus.publish(record(1))
    end_one()
    end_one()
    await bus.publish(record(2))
    end_two()
    await bus.publish(record(3))
    await eventually(lambda: staying == [1, 2, 3])
    assert heard == [1, 1, 2]


async def test_a_subscriber_that_fails_is_logged_and_stops_nobody(
    bus: EventBus, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "starmodel"):
        heard: list[int] = []

        def fail(record: CommandRecord) -> None:
            raise RuntimeError("broken")

        async def fail_late(record: CommandRecord) -> None:
            raise RuntimeError("broken later")

        bus.subscribe(fail)
        bus.subscribe(fail_late)
        bus.subscribe(lambda record: heard.append(record.version))
        await bus.publish(record(1))
        await bus.publish(record(2))
        await eventually(lambda: heard == [1, 2])
    assert sum("counter.increment" in line.getMessage() for line in caplog.records) == 4
    assert "broken later" in caplog.text


async def test_subscribers_may_come_and_go_while_a_record_is_published(bus: EventBus) -> None:
    heard: list[str] = []

    def leave(record: CommandRecord) -> None:
        heard.append(f"first {record.version}")
        end()
        if record.version == 1:
            bus.subscribe(lambda record: heard.append(f"new {record.version}"))

    end = bus.subscribe(leave)
    bus.subscribe(lambda record: heard.append(f"second {record.version}"))
    await bus.publish(record(1))
    await bus.publish(record(2))
    await eventually(lambda: len(heard) == 4)
    assert heard == ["first 1", "second 1", "second 2", "new 2"]

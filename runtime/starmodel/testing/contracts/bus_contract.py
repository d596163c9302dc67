"""What a bus has to keep to: classes of tests, which are coroutines.

    class TestBus(RemoteBusContract):
        def make(self) -> EventBus:
            return NatsBus("nats://127.0.0.1:4222", lambda: [self.secret])

pytest runs what is derived, with anyio's plugin (`anyio_mode = "auto"`) or pytest-asyncio. What
becomes of a bus whose server goes away is for tests of your own, which can stop it.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from typing import ClassVar

import pytest

from starmodel.application import EventBus
from starmodel.domain import ANONYMOUS, Actor, CommandRecord, Fragment

PATIENCE = 5.0
"""Seconds after which something that should have been heard counts as lost."""

HOSTILE = (
    "a b",
    "\n\r\0\x01",
    "\u2028\U0001f600é",
    "'; DROP TABLE x; --",
    '{"a": 1}',
    "\\u0000\\",
    "x" * 600,
)
"""Texts that would end a message, or be taken for something else in it."""


def make_record(version: int, **arguments: object) -> CommandRecord:
    """Return what is published when an event was committed, with a fragment."""
    fragment = Fragment(f"<p>{version}</p>", "#log", "append")
    actor = Actor("ann", frozenset({"admin"}))
    return CommandRecord(
        "room", "r1", "say", arguments, actor, 1.5, version, ("lines",), fragment, version - 1
    )


async def eventually(condition: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Wait until something is so; fail where it never comes to that."""
    deadline = asyncio.get_running_loop().time() + patience
    while not condition():
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(f"it never came to that in {patience} s")
        await asyncio.sleep(0.005)


class BusContract:
    """What every bus does for the subscribers in its own process."""

    def make(self) -> EventBus:
        """Return a bus that is not open yet."""
        raise NotImplementedError

    @pytest.fixture
    async def bus(self) -> AsyncIterator[EventBus]:
        """An open bus."""
        bus = self.make()
        await bus.open()
        try:
            yield bus
        finally:
            await bus.close()

    async def test_functions_and_coroutines_get_every_record_in_order(self, bus: EventBus) -> None:
        """Each kind of subscriber is called with the record itself."""
        heard: list[CommandRecord] = []
        heard_late: list[CommandRecord] = []

        async def hear_late(record: CommandRecord) -> None:
            await asyncio.sleep(0)
            heard_late.append(record)

        bus.subscribe(heard.append)
        bus.subscribe(hear_late)
        sent = [make_record(number, amount=number) for number in range(1, 6)]
        for each in sent:
            await bus.publish(each)
        await eventually(lambda: len(heard) == len(heard_late) == 5)
        assert heard == heard_late == sent

    async def test_nobody_has_to_listen(self, bus: EventBus) -> None:
        """A record without subscribers is nothing special."""
        await bus.publish(make_record(1))

    async def test_who_has_ended_the_subscription_hears_no_more(self, bus: EventBus) -> None:
        """Each subscription is ended by itself, and only once."""
        heard: list[int] = []
        staying: list[int] = []

        def hear(record: CommandRecord) -> None:
            heard.append(record.version)

        end_one, end_two = bus.subscribe(hear), bus.subscribe(hear, everywhere=True)
        bus.subscribe(lambda record: staying.append(record.version))
        await bus.publish(make_record(1))
        end_one()
        end_one()
        await bus.publish(make_record(2))
        end_two()
        await bus.publish(make_record(3))
        await eventually(lambda: staying == [1, 2, 3])
        assert heard == [1, 1, 2]

    async def test_a_subscriber_that_fails_is_logged_and_stops_nobody(
        self, bus: EventBus, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Whatever a subscriber raises is in the log, with the event that it was about."""
        with caplog.at_level(logging.ERROR, "starmodel"):
            heard: list[int] = []

            def fail(record: CommandRecord) -> None:
                raise RuntimeError("broken")

            async def fail_late(record: CommandRecord) -> None:
                raise RuntimeError("broken later")

            bus.subscribe(fail, everywhere=True)
            bus.subscribe(fail_late)
            bus.subscribe(lambda record: heard.append(record.version))
            await bus.publish(make_record(1))
            await bus.publish(make_record(2))
            await eventually(lambda: heard == [1, 2])
        assert sum("room.say" in line.getMessage() for line in caplog.records) == 4
        assert "broken later" in caplog.text

    async def test_subscribers_may_come_and_go_while_a_record_is_published(
        self, bus: EventBus
    ) -> None:
        """Who comes meanwhile hears the next record first."""
        heard: list[str] = []

        def leave(record: CommandRecord) -> None:
            heard.append(f"first {record.version}")
            end()
            if record.version == 1:
                bus.subscribe(lambda record: heard.append(f"new {record.version}"))

        end = bus.subscribe(leave)
        bus.subscribe(lambda record: heard.append(f"second {record.version}"))
        await bus.publish(make_record(1))
        await bus.publish(make_record(2))
        await eventually(lambda: len(heard) == 4)
        assert heard == ["first 1", "second 1", "second 2", "new 2"]

    async def test_an_open_bus_is_connected(self, bus: EventBus) -> None:
        """Events may leave it to the bus to tell what changed."""
        await eventually(lambda: bus.is_connected)


class RemoteBusContract(BusContract):
    """What a bus does besides that has several nodes.

    Attributes:
        secret: A key that messages may be signed with.
        largest: How many characters of markup a fragment has that has to arrive whole.
    """

    secret: ClassVar[str] = "the secret that all nodes share, 40 chars"
    largest: ClassVar[int] = 500_000

    def make_stranger(self) -> EventBus:
        """Return a bus at the same place whose messages are signed with another key."""
        raise NotImplementedError

    @pytest.fixture
    async def other(self, bus: EventBus) -> AsyncIterator[EventBus]:
        """Another node, which knows of the first."""
        other = self.make()
        await other.open()
        try:
            await self.meet(bus, other)
            yield other
        finally:
            await other.close()

    async def meet(self, one: EventBus, other: EventBus) -> None:
        """Wait until two nodes hear each other."""
        heard: set[str] = set()
        ends = [
            one.subscribe(lambda record: heard.add(f"one {record.id}"), everywhere=True),
            other.subscribe(lambda record: heard.add(f"other {record.id}"), everywhere=True),
        ]
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while not {"one from other", "other from one"} <= heard:
            assert asyncio.get_running_loop().time() < deadline, "the nodes do not meet"
            for bus, id in ((one, "from one"), (other, "from other")):
                record = make_record(1)
                record.id = id
                await bus.publish(record)
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.2)
        for end in ends:
            end()

    async def test_other_nodes_are_told_once_and_in_order(
        self, bus: EventBus, other: EventBus
    ) -> None:
        """Who asked for it hears everywhere, all others where it was published."""
        here: list[int] = []
        there: list[int] = []
        once: list[int] = []
        lost: list[str] = []
        bus.subscribe(lambda record: here.append(record.version), everywhere=True)
        other.subscribe(
            lambda record: there.append(record.version), everywhere=True, lost=lost.append
        )
        bus.subscribe(lambda record: once.append(record.version))
        other.subscribe(lambda record: once.append(record.version))
        for number in range(1, 301):
            await bus.publish(make_record(number))
        await eventually(lambda: len(there) == 300)
        await asyncio.sleep(0.1)
        assert here == there == once == [*range(1, 301)]
        assert lost == []

    async def test_both_ways_at_once(self, bus: EventBus, other: EventBus) -> None:
        """Each node hears its own records and those of the other, each node's in order."""
        heard: tuple[list[int], list[int]] = ([], [])
        bus.subscribe(lambda record: heard[0].append(record.version), everywhere=True)
        other.subscribe(lambda record: heard[1].append(record.version), everywhere=True)

        async def publish(node: EventBus, first: int) -> None:
            for number in range(first, first + 100):
                await node.publish(make_record(number))
                await asyncio.sleep(0)

        await asyncio.gather(publish(bus, 1), publish(other, 1001))
        await eventually(lambda: len(heard[0]) == len(heard[1]) == 200)
        for each in heard:
            assert [number for number in each if number < 1000] == [*range(1, 101)]
            assert [number for number in each if number > 1000] == [*range(1001, 1101)]

    async def test_what_is_told_has_no_arguments_and_no_actor(
        self, bus: EventBus, other: EventBus
    ) -> None:
        """They stay where the event ran; all else arrives."""
        heard: list[CommandRecord] = []
        other.subscribe(heard.append, everywhere=True)
        sent = make_record(7, password="hidden")
        await bus.publish(sent)
        await eventually(lambda: len(heard) == 1)
        [record] = heard
        assert (record.arguments, record.actor) == ({}, ANONYMOUS)
        assert (record.entity, record.id, record.event) == ("room", "r1", "say")
        assert (record.version, record.previous, record.time) == (7, 6, 1.5)
        assert (record.changed, record.fragment) == (("lines",), sent.fragment)

    async def test_texts_arrive_as_they_are(self, bus: EventBus, other: EventBus) -> None:
        """Whatever is in them."""
        heard: list[CommandRecord] = []
        other.subscribe(heard.append, everywhere=True)
        for text in HOSTILE:
            fragment = Fragment(text, text, None)
            await bus.publish(
                CommandRecord("room", text, "say", {}, ANONYMOUS, 0.0, 1, (text,), fragment)
            )
        await eventually(lambda: len(heard) == len(HOSTILE))
        assert [each.id for each in heard] == [*HOSTILE]
        assert [each.changed for each in heard] == [(text,) for text in HOSTILE]
        assert [each.fragment for each in heard] == [Fragment(text, text) for text in HOSTILE]

    async def test_a_large_fragment_arrives_whole(self, bus: EventBus, other: EventBus) -> None:
        """In its turn, between others."""
        heard: list[CommandRecord] = []
        other.subscribe(heard.append, everywhere=True)
        large = "é" * (self.largest // 2)
        for number, html in enumerate(("before", large, "after", large), start=1):
            record = make_record(number)
            record.fragment = Fragment(html)
            await bus.publish(record)
        await eventually(lambda: len(heard) == 4)
        texts = [each.fragment.html for each in heard if each.fragment is not None]
        assert texts == ["before", large, "after", large]

    async def test_publishing_waits_for_no_other_node(self, bus: EventBus, other: EventBus) -> None:
        """A subscriber elsewhere that takes its time holds nobody up here."""

        async def hear_slowly(record: CommandRecord) -> None:
            await asyncio.sleep(0.5)

        other.subscribe(hear_slowly, everywhere=True)
        begin = asyncio.get_running_loop().time()
        for number in range(1, 21):
            await bus.publish(make_record(number))
        assert asyncio.get_running_loop().time() - begin < 0.4

    async def test_who_has_another_key_is_not_heard(
        self, bus: EventBus, caplog: pytest.LogCaptureFixture
    ) -> None:
        """He could put markup into every page."""
        heard: list[CommandRecord] = []
        bus.subscribe(heard.append, everywhere=True)
        stranger = self.make_stranger()
        with caplog.at_level(logging.ERROR, "starmodel.bus"):
            await stranger.open()
            try:
                await stranger.publish(make_record(1))
                await eventually(lambda: "secret key" in caplog.text)
                await asyncio.sleep(0.2)
            finally:
                await stranger.close()
        assert heard == []

    async def test_a_node_that_comes_back_is_heard(self, bus: EventBus) -> None:
        """Nodes come and go, and number their messages anew."""
        heard: list[int] = []
        bus.subscribe(lambda record: heard.append(record.version), everywhere=True)
        for number in (1, 2, 3):
            node = self.make()
            await node.open()
            await self.meet(bus, node)
            heard.clear()
            await node.publish(make_record(number))
            await node.close()
            await eventually(lambda: heard == [number])  # noqa: B023

"""What every bus between nodes does, whatever carries its messages: here it is a list."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence

import pytest

from starmodel import CommandRecord, EventBus
from starmodel.bus import remote
from starmodel.bus.remote import RemoteBus
from starmodel.domain import ANONYMOUS, Fragment
from starmodel.errors import ConfigurationError, Unavailable
from starmodel.testing.contracts.bus_contract import RemoteBusContract, eventually, make_record


class Medium:
    """What messages go through; it may be away, and lose some of them."""

    def __init__(self) -> None:
        self.listeners: set[asyncio.Queue[bytes | None]] = set()
        self.messages: list[bytes] = []
        self.is_away = False
        self.is_mute = False
        self.drop: Callable[[bytes], bool] = lambda message: False

    def fail(self) -> None:
        """Go away, and end all connections."""
        self.is_away = True
        for listener in self.listeners:
            listener.put_nowait(None)


class ListBus(RemoteBus):
    medium: Medium

    async def connect(self) -> None:
        if self.medium.is_away:
            raise ConnectionError("nobody is there")

    async def disconnect(self) -> None:
        pass

    async def send(self, batch: Sequence[bytes]) -> None:
        if self.medium.is_away:
            raise ConnectionError("nobody is there")
        for message in batch:
            self.medium.messages.append(message)
            if not self.medium.is_mute and not self.medium.drop(message):
                for listener in self.medium.listeners:
                    listener.put_nowait(message)

    async def receive(self) -> AsyncGenerator[bytes | None]:
        if self.medium.is_away:
            raise ConnectionError("nobody is there")
        arrived: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.medium.listeners.add(arrived)
        try:
            yield None
            while (message := await arrived.get()) is not None:
                yield message
        finally:
            self.medium.listeners.discard(arrived)


class TestListBus(RemoteBusContract):
    @pytest.fixture(autouse=True)
    def medium_of_all(self) -> None:
        self.medium = Medium()

    def make(self) -> EventBus:
        return self._make(self.secret)

    def make_stranger(self) -> EventBus:
        return self._make("another key")

    def _make(self, key: str) -> EventBus:
        bus = ListBus("list:", lambda: [key])
        bus.medium = self.medium
        return bus


class Pair:
    """Two nodes that know of each other, and what the second was told."""

    def __init__(self) -> None:
        self.medium = Medium()
        self.one = self.make("k")
        self.other = self.make("k")
        self.heard: list[int] = []
        self.lost: list[str] = []

    def make(self, *keys: str) -> ListBus:
        bus = ListBus("list:", lambda: keys)
        bus.medium = self.medium
        return bus

    async def open(self) -> None:
        await self.one.open()
        await self.other.open()
        await asyncio.sleep(0.05)
        self.other.subscribe(
            lambda record: self.heard.append(record.version),
            everywhere=True,
            lost=self.lost.append,
        )

    async def publish(self, *versions: int) -> None:
        for version in versions:
            await self.one.publish(make_record(version))


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    pair = Pair()
    await pair.open()
    yield pair
    await pair.one.close()
    await pair.other.close()


async def test_a_number_that_is_skipped_is_noticed(pair: Pair) -> None:
    pair.medium.drop = lambda message: b'"say",1.5,2,' in message
    await pair.publish(1, 2, 3)
    await eventually(lambda: pair.heard == [1, 3])
    assert pair.lost == ["1 messages of a node"]


async def test_a_last_number_that_is_lost_is_noticed_by_the_next_sign_of_life(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(remote, "HEARTBEAT", 0.1)
    pair = Pair()
    await pair.open()
    pair.medium.drop = lambda message: b'"say",1.5,2,' in message
    await pair.publish(1, 2)
    await eventually(lambda: pair.lost == ["1 messages of a node"])
    assert pair.heard == [1]
    await asyncio.sleep(0.5)
    assert pair.lost == ["1 messages of a node"]
    await pair.one.close()
    await pair.other.close()


async def test_an_outage_is_made_up_for(pair: Pair, caplog: pytest.LogCaptureFixture) -> None:
    pair.medium.fail()
    await eventually(lambda: not pair.other.is_connected)
    begin = asyncio.get_running_loop().time()
    await pair.publish(1, 2, 3)
    assert asyncio.get_running_loop().time() - begin < 0.1
    await eventually(lambda: not pair.one.is_connected)
    assert pair.heard == []
    pair.medium.is_away = False
    await eventually(lambda: pair.one.is_connected and pair.other.is_connected)
    assert "the bus was away" in pair.lost
    # One line for each end, however often it tries.
    assert caplog.text.count("are not heard for now") == 2


async def test_what_is_sent_twice_is_heard_once(pair: Pair) -> None:
    await pair.publish(1)
    await eventually(lambda: pair.heard == [1])
    for message in pair.medium.messages[-1:] * 3:
        for listener in pair.medium.listeners:
            listener.put_nowait(message)
    await pair.publish(2)
    await eventually(lambda: pair.heard == [1, 2])
    assert pair.lost == []


async def test_what_nobody_can_read_is_no_end(pair: Pair) -> None:
    for message in (b"", b" ", b"x", b"a b c d", b"\xff\xfe", b"0" * 32 + b" a b c d"):
        for listener in pair.medium.listeners:
            listener.put_nowait(message)
    await pair.publish(1)
    await eventually(lambda: pair.heard == [1])
    assert pair.lost == []


async def test_a_node_that_falls_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "HEARTBEAT", 0.05)
    pair = Pair()
    await pair.open()
    pair.medium.drop = lambda message: pair.one._node in message  # pyright: ignore
    await eventually(lambda: pair.lost == ["a node has fallen silent"])
    await pair.one.close()
    await pair.other.close()


async def test_a_connection_that_says_nothing_is_replaced(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A firewall may have forgotten it."""
    monkeypatch.setattr(remote, "HEARTBEAT", 0.05)
    pair = Pair()
    await pair.open()
    pair.medium.is_mute = True
    await eventually(lambda: not pair.other.is_connected)
    pair.medium.is_mute = False
    await eventually(lambda: pair.other.is_connected and "the bus was away" in pair.lost)
    await pair.publish(1)
    await eventually(lambda: pair.heard == [1])
    await pair.one.close()
    await pair.other.close()


async def test_who_is_alone_sends_nothing_but_signs_of_life(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(remote, "ALONE_AFTER", 0.05)
    pair = Pair()
    await pair.one.open()
    await pair.publish(1)
    await asyncio.sleep(0.1)
    sent = len(pair.medium.messages)
    await pair.publish(2, 3)
    await asyncio.sleep(0.05)
    assert len(pair.medium.messages) == sent
    # Whoever comes hears that there was something, and what there is from then on.
    lost: list[str] = []
    heard: list[int] = []
    pair.other.subscribe(
        lambda record: heard.append(record.version), everywhere=True, lost=lost.append
    )
    await pair.other.open()
    await eventually(lambda: lost == ["a node was there before"])
    await pair.publish(4)
    await eventually(lambda: heard == [4])
    await pair.one.close()
    await pair.other.close()


async def test_a_subscriber_may_take_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "HEARTBEAT", 0.1)
    pair = Pair()
    await pair.open()
    done: list[int] = []

    async def hear_slowly(record: CommandRecord) -> None:
        await asyncio.sleep(0.7)
        done.append(record.version)

    pair.other.subscribe(hear_slowly, everywhere=True)
    await pair.publish(1, 2)
    await eventually(lambda: done == [1, 2])
    await pair.one.close()
    await pair.other.close()


async def test_keys_may_be_changed_one_node_after_the_other() -> None:
    pair = Pair()
    pair.one, pair.other = pair.make("old"), pair.make("old", "new")
    await pair.open()
    await pair.publish(1)
    await eventually(lambda: pair.heard == [1])
    await pair.one.close()
    await pair.other.close()


async def test_a_bus_that_does_not_hear_itself_does_not_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(remote, "ECHO_SECONDS", 0.1)
    pair = Pair()
    pair.medium.is_mute = True
    with pytest.raises(ConfigurationError, match="does not come back"):
        await pair.one.open()

    async def fail() -> None:
        raise OSError("it was gone already")

    monkeypatch.setattr(pair.other, "disconnect", fail)
    with pytest.raises(ConfigurationError, match="does not come back"):
        await pair.other.open()
    pair.medium.is_away = True
    with pytest.raises(Unavailable) as caught:
        await pair.one.open()
    assert caught.value.reason == "The bus cannot be reached: nobody is there"


async def test_without_a_key_nobody_is_told(caplog: pytest.LogCaptureFixture) -> None:
    pair = Pair()
    with pytest.raises(ConfigurationError, match="STARMODEL_SECRET_KEY"):
        await pair.make().open()
    bus = ListBus("list:", list, is_required=False)
    bus.medium = pair.medium
    heard: list[CommandRecord] = []
    bus.subscribe(heard.append, everywhere=True)
    with caplog.at_level(logging.WARNING, "starmodel.bus"):
        await bus.open()
    assert "STARMODEL_SECRET_KEY" in caplog.text
    await bus.publish(make_record(1))
    assert len(heard) == 1 and pair.medium.messages == [] and not bus.is_connected
    await bus.close()


async def test_a_fragment_that_is_far_too_large_stays(
    pair: Pair, caplog: pytest.LogCaptureFixture
) -> None:
    records: list[CommandRecord] = []
    pair.other.subscribe(records.append, everywhere=True)
    large = Fragment("x" * (remote.MAX_FRAGMENT + 1))
    await pair.one.publish(CommandRecord("a", "b", "c", {}, ANONYMOUS, 0.0, 1, (), large))
    await eventually(lambda: len(records) == 1)
    assert records[0].fragment is None
    assert "The fragment of a.c has 1000001 characters" in caplog.text

"""What is watched comes right again, where hints of other nodes or the store's newest values were lost."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import pytest

from starmodel import EntityPersistenceBackend, MemoryRepo
from starmodel.application import Key, Stored, Write
from starmodel.domain import Fragment
from starmodel.errors import Unavailable

from .world import BOARD, COUNTER, LETTER, NOTE, ROOM, Browser, Letter, Note, UnreliableBus, World


class AwayStore(MemoryRepo):
    """A store that does not answer, for so many questions."""

    def __init__(self) -> None:
        super().__init__()
        self.refusals = 0
        self.questions: list[int] = []

    async def versions(self, keys: Sequence[Key]) -> list[int]:
        self.questions.append(len(keys))
        if self.refusals:
            self.refusals -= 1
            raise Unavailable(1.0)
        return await super().versions(keys)


class ForgetfulStore(MemoryRepo):
    """A store that may lose what it has, or show what it had."""

    def forget(self, key: Key, values: dict[str, object]) -> None:
        self._others.clear()
        self.commit_now([Write(key, values, 0)])


class LaggingStore(ForgetfulStore):
    may_lag: ClassVar[bool] = True


async def eventually(browser: Browser, condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await browser.settle()
            await asyncio.sleep(0.01)


def lose(bus: UnreliableBus) -> None:
    assert bus.lost is not None
    bus.lost("a cable was cut")


async def test_lost_hints_are_made_up_for_at_once() -> None:
    bus, store = UnreliableBus(), AwayStore()
    async with World(bus=bus, store=store) as world:
        browser = await world.browse("counter", "board", session="a")
        other = await world.browse("counter", session="b")
        bus.is_working = False
        await world.change(COUNTER, "a", count=3)
        await world.change(BOARD, total=7, note="hidden")
        await browser.settle()
        assert browser.signals["counter"] == {"count": 0}
        lose(bus)
        await browser.settle()
        assert browser.signals["counter"] == {"count": 3}
        assert browser.signals["board"]["total"] == 7
        assert other.signals["counter"] == {"count": 0}
        # All at once: the store may be far away.
        assert store.questions == [3]


async def test_a_store_that_was_away_with_the_bus_is_asked_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bus, store = UnreliableBus(), AwayStore()
    async with World(bus=bus, store=store) as world:
        browser = await world.browse("counter")
        bus.is_working = False
        await world.change(COUNTER, "nobody", count=3)
        store.refusals = 2
        lose(bus)
        await eventually(browser, lambda: browser.signals["counter"] == {"count": 3})
        assert len(store.questions) == 3
        assert caplog.text.count("waits to be compared") == 1


@pytest.mark.parametrize(("definition", "cls"), [(NOTE, Note), (LETTER, Letter)])
async def test_lists_are_told_as_well(definition: Any, cls: Any) -> None:
    bus = UnreliableBus()
    async with World(bus=bus) as world:
        name = definition.name
        browser = await world.browse(name)
        before = browser.signals["_changes"][name]
        bus.is_working = False
        async with world.services.unit_of_work() as work:
            record = cls(text="new")
            work.add(definition, record)
            await work.commit(record, "create", {}, None)
        await browser.settle()
        assert browser.signals["_changes"][name] == before
        lose(bus)
        await browser.settle()
        told = browser.signals["_changes"][name]
        assert told != before
        if definition is NOTE:
            # A page that is made now has it from the beginning.
            assert world.parts.changes.token(name) == told


@pytest.mark.parametrize("store", [ForgetfulStore(), LaggingStore()])
async def test_a_store_that_lost_what_it_had_is_believed(store: ForgetfulStore) -> None:
    bus = UnreliableBus()
    async with World(bus=bus, store=store) as world:
        browser = await world.browse("board")
        for total in (1, 2, 3):
            await world.change(BOARD, total=total)
        await browser.settle()
        assert browser.signals["board"]["total"] == 3
        store.forget(BOARD.key(""), {"id": "", "total": 1, "note": ""})
        lose(bus)
        await browser.settle()
        # From a replica that may lag behind, the same is a look at the past.
        assert browser.signals["board"]["total"] == (3 if store.may_lag else 1)


class ClockedStore(EntityPersistenceBackend):
    """A store whose versions are made by a clock."""

    def __init__(self) -> None:
        self.kept: dict[Key, Stored] = {}

    async def load(self, key: Key) -> Stored | None:
        return self.kept.get(key)

    async def version(self, key: Key) -> int:
        return self.kept[key].version if key in self.kept else 0

    async def commit(self, writes: Sequence[Write]) -> list[int]:
        for write in writes:
            assert await self.version(write.key) == write.expected and write.values is not None
            self.kept[write.key] = Stored(write.values, write.expected + 1000)
        return [self.kept[write.key].version for write in writes]


async def test_versions_that_skip_numbers_are_no_gaps() -> None:
    async with World(store=ClockedStore()) as world:
        room = await world.make_room(topic="a", lines=["x"])
        browser = await world.browse(f"room:{room}")
        await world.change(ROOM, room, topic="b")
        await browser.settle()
        # What changed, and nothing else.
        assert browser.events[-1]["signals"] == ['{"room":{"topic":"b"}}']


async def told_in_this_order(
    world: World, bus: UnreliableBus, order: list[int], *, settles: bool = True
) -> Browser:
    """Say something for each number, and tell a page of it in another order."""
    browser = await world.browse("chat", "counter")
    bus.is_working = False
    for number in range(max(order) + 1):
        fragment = Fragment(f"{number}", "#chat", "append")
        await world.change(COUNTER, "nobody", fragment=fragment, count=number + 1)
    for number in order:
        bus.tell(bus.kept[number])
        if settles:
            await browser.settle()
    return browser


async def test_what_is_appended_stands_in_the_order_of_versions() -> None:
    bus = UnreliableBus()
    async with World(bus=bus) as world:
        browser = await told_in_this_order(world, bus, [1, 3, 2, 0, 5, 4])
        assert browser.chat == ["0", "1", "2", "3", "4", "5"]
        assert browser.signals["counter"] == {"count": 6}


async def test_a_change_that_never_comes_is_not_waited_for_long() -> None:
    bus = UnreliableBus()
    async with World(bus=bus) as world:
        browser = await told_in_this_order(world, bus, [0, 2, 5])
        assert browser.chat == ["0"]
        await eventually(browser, lambda: browser.chat == ["0", "2", "5"])
        assert browser.signals["counter"] == {"count": 6}
        # Whatever comes after all is not held back.
        bus.tell(bus.kept[1])
        await browser.settle()
        assert browser.chat[-1] == "1"


async def test_what_has_waited_comes_in_pieces_that_a_stream_can_take() -> None:
    bus = UnreliableBus()
    async with World(bus=bus) as world:
        # At once, before the first is waited for too long.
        browser = await told_in_this_order(world, bus, [*range(1, 200)], settles=False)
        assert browser.chat == []
        bus.tell(bus.kept[0])
        await eventually(browser, lambda: len(browser.chat) == 200)
        assert browser.chat == [str(number) for number in range(200)]

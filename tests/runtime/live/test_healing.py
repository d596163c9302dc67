"""What is watched comes right again, where hints of other nodes or the store's newest values were lost."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import pytest

from starmodel import EntityPersistenceBackend, MemoryRepo
from starmodel.application import Key, Stored, Write
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
        assert caplog.text.count("waits to be compared") == 2


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

"""What a page that lists records is told: that something has changed, and nothing else."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from starmodel import Actor
from starmodel.errors import InvalidArguments, Unauthenticated
from starmodel.web import live
from starmodel.web.collection import INTERVAL

from .world import NOTE, STAFF_NOTE, Browser, Note, World


def run(main: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(main, 20))


async def write(world: World, text: str) -> str:
    async with world.services.unit_of_work() as work:
        note = Note(text=text)
        work.add(NOTE, note)
        await work.commit(note, "create", {}, None)
        return note.id


async def hints(browser: Browser) -> list[int]:
    await browser.settle()
    return [
        int(body.rpartition(b":")[2].strip(b"}\n")) for body in browser.bodies if b"note" in body
    ]


def test_a_change_of_any_record_is_a_hint_that_holds_nothing_of_it() -> None:
    async def main() -> None:
        async with World() as world:
            browser = await world.browse("note", "counter")
            assert browser.signals == {"counter": {"count": 0}}
            id = await write(world, "a canary")
            assert await hints(browser) == [1]
            assert browser.signals["_changes"] == {"note": 1}

            # What follows at once is one hint more, however much it is.
            for number in range(10):
                await world.change(NOTE, id, text=f"canary {number}")
            assert await hints(browser) == [1]
            await asyncio.sleep(INTERVAL * 1.2)
            assert await hints(browser) == [1, 2]
            await asyncio.sleep(INTERVAL * 1.2)
            async with world.services.unit_of_work() as work:
                note = await work.load(NOTE, id)
                work.delete(note)
                await work.commit(note, "delete", {}, None)
            assert await hints(browser) == [1, 2, 3]
            assert b"canary" not in browser.text

            await browser.leave()
            assert repr(world.hub) == "<LiveHub, 0 streams of 0 topics>"
            await write(world, "nobody watches")

    run(main())


def test_a_page_that_comes_late_or_comes_back_is_told_to_look_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def main() -> None:
        async with World() as world:
            assert await hints(await world.browse("note")) == []
            await write(world, "while the page was on its way")
            assert len(await hints(await world.browse("note"))) == 1
            monkeypatch.setattr(live, "_RECENT", 0.0)
            await asyncio.sleep(0.01)
            first = await world.browse("note")
            assert await hints(first) == []
            # Its last event may have come from a process that is gone.
            for event_id in (first.text.partition(b"id: ")[2].decode().strip(), "other.1.x"):
                back = await world.browse("note", last_event_id=event_id)
                assert len(await hints(back)) == 1

    run(main())


def test_who_may_watch() -> None:
    async def main() -> None:
        async with World() as world:
            # The policy says no to every note; that there are changes anybody may know.
            await world.browse("note")
            with pytest.raises(Unauthenticated):
                await world.browse("staff_note")
            await world.browse("staff_note", actor=Actor("ann"))
            # Records in memory have no list.
            with pytest.raises(InvalidArguments):
                await world.browse("room")
            with pytest.raises(InvalidArguments):
                await world.browse("note:")
            assert STAFF_NOTE.name == "staff_note"

    run(main())

"""What a page that lists records is told: where their changes stand, and nothing else."""

import asyncio
import re
from collections.abc import Coroutine
from types import SimpleNamespace
from typing import Any

import pytest

from starmodel import Actor
from starmodel.errors import InvalidArguments, Unauthenticated
from starmodel.stores.sql.table import ReferenceColumn
from starmodel.web.changes import Changes
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
    """The numbers in the marks that a page was told, the one that it began with first."""
    await browser.settle()
    marks = [mark for body in browser.bodies for mark in re.findall(rb'"[0-9a-f]{8}\.(\d+)"', body)]
    return [int(mark) for mark in marks]


def test_a_change_of_any_record_is_a_hint_that_holds_nothing_of_it() -> None:
    async def main() -> None:
        async with World() as world:
            browser = await world.browse("note", "counter")
            assert browser.signals["counter"] == {"count": 0}
            id = await write(world, "a canary")
            assert await hints(browser) == [0, 1]
            assert browser.signals["_changes"] == {"note": world.parts.changes.mark("note")}

            # What follows at once is one hint more, however much it is.
            for number in range(10):
                await world.change(NOTE, id, text=f"canary {number}")
            assert await hints(browser) == [0, 1]
            await asyncio.sleep(INTERVAL * 1.2)
            assert await hints(browser) == [0, 1, 11]
            await asyncio.sleep(INTERVAL * 1.2)
            async with world.services.unit_of_work() as work:
                note = await work.load(NOTE, id)
                work.delete(note)
                await work.commit(note, "delete", {}, None)
            assert await hints(browser) == [0, 1, 11, 12]
            assert b"canary" not in browser.text

            await browser.leave()
            assert repr(world.hub) == "<LiveHub, 0 streams of 0 topics>"
            await write(world, "nobody watches")

    run(main())


def test_a_page_finds_out_what_changed_before_it_watched() -> None:
    async def main() -> None:
        async with World() as world:
            seen = world.parts.changes.mark("note")
            assert (await world.browse("note")).signals["_changes"] == {"note": seen}
            await write(world, "while the page was on its way")
            late = await world.browse("note")
            assert late.signals["_changes"] != {"note": seen}
            # A page that comes back is told the same, whatever it has seen last.
            for event_id in (late.text.partition(b"id: ")[2].decode().strip(), "other.1.x"):
                back = await world.browse("note", last_event_id=event_id)
                assert back.signals["_changes"] == late.signals["_changes"]

    run(main())


def test_marks_of_two_processes_differ() -> None:
    assert Changes().mark("note") != Changes().mark("note")


def test_what_the_database_deletes_along_is_a_hint_too() -> None:
    async def main() -> None:
        notes = table_of("note")
        pins = table_of("staff_note", ReferenceColumn("note", "note_id", "note", "cascade"))
        async with World(tables={"note": notes, "staff_note": pins}) as world:
            changes = world.parts.changes
            before = changes.mark("staff_note")
            id = await write(world, "one")
            await world.change(NOTE, id, text="two")
            assert changes.mark("staff_note") == before
            async with world.services.unit_of_work() as work:
                note = await work.load(NOTE, id)
                work.delete(note)
                await work.commit(note, "delete", {}, None)
            assert changes.mark("staff_note") != before

    run(main())


def table_of(entity: str, *references: ReferenceColumn) -> Any:
    """As much of a table as the hub looks at."""
    return SimpleNamespace(entity=entity, references=references, links=())


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

"""What a page that lists records is told: where their changes stand, and nothing else."""

import asyncio
import re
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from starmodel import Actor, CommandRecord, MemoryRepo
from starmodel.application import EntityDefinition, Key, Stored, Write
from starmodel.domain import ANONYMOUS
from starmodel.errors import InvalidArguments, Unauthenticated, Unavailable
from starmodel.stores.sql.tables.table import ReferenceColumn
from starmodel.web.live.change_counter import ChangeCounter
from starmodel.web.live.list_topic import INTERVAL

from .world import LETTER, NOTE, Browser, Letter, Note, World


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


async def test_a_change_of_any_record_is_a_hint_that_holds_nothing_of_it() -> None:
    async with World() as world:
        browser = await world.browse("note", "counter")
        assert browser.signals["counter"] == {"count": 0}
        id = await write(world, "a canary")
        assert await hints(browser) == [0, 1]
        assert browser.signals["_changes"] == {"note": world.parts.changes.token("note")}

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


async def test_a_page_finds_out_what_changed_before_it_watched() -> None:
    async with World() as world:
        seen = world.parts.changes.token("note")
        assert (await world.browse("note")).signals["_changes"] == {"note": seen}
        await write(world, "while the page was on its way")
        late = await world.browse("note")
        assert late.signals["_changes"] != {"note": seen}
        # A page that comes back is told the same, whatever it has seen last.
        for event_id in (late.text.partition(b"id: ")[2].decode().strip(), "other.1.x"):
            back = await world.browse("note", last_event_id=event_id)
            assert back.signals["_changes"] == late.signals["_changes"]


def test_marks_of_two_processes_differ() -> None:
    assert ChangeCounter().token("note") != ChangeCounter().token("note")


async def test_what_the_database_deletes_along_is_a_hint_too() -> None:
    notes = table_of("note")
    pins = table_of("staff_note", ReferenceColumn("note", "note_id", "note", "cascade"))
    async with World(tables={"note": notes, "staff_note": pins}) as world:
        changes = world.parts.changes
        before = changes.token("staff_note")
        id = await write(world, "one")
        await world.change(NOTE, id, text="two")
        assert changes.token("staff_note") == before
        async with world.services.unit_of_work() as work:
            note = await work.load(NOTE, id)
            work.delete(note)
            await work.commit(note, "delete", {}, None)
        assert changes.token("staff_note") != before


def table_of(entity: str, *references: ReferenceColumn) -> Any:
    """As much of a table as the hub looks at."""
    return SimpleNamespace(entity=entity, references=references, links=())


async def test_who_may_watch() -> None:
    async with World() as world:
        await world.browse("note")
        # Of whose letters he is told is another question.
        await world.browse("letter")
        with pytest.raises(Unauthenticated):
            await world.browse("staff_note")
        await world.browse("staff_note", actor=Actor("ann"))
        # Records in memory have no list.
        with pytest.raises(InvalidArguments):
            await world.browse("room")
        with pytest.raises(InvalidArguments):
            await world.browse("note:")


async def send(world: World, *readers: str, text: str = "") -> str:
    async with world.services.unit_of_work() as work:
        letter = Letter(text=text, readers=[*readers])
        work.add(LETTER, letter)
        await work.commit(letter, "send", {}, None)
        return letter.id


async def burn(world: World, definition: EntityDefinition[Any], id: str) -> None:
    async with world.services.unit_of_work() as work:
        entity = await work.load(definition, id)
        work.delete(entity)
        await work.commit(entity, "delete", {}, None)


class Readers:
    """Pages that list letters, and who of them was told of anything since it was last asked."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.browsers: dict[str, Browser] = {}
        self.seen: dict[str, int] = {}

    async def open(self, *names: str, watch: str = "letter") -> None:
        for name in names:
            actor = ANONYMOUS if name == "nobody" else Actor(name)
            self.browsers[name] = await self.world.browse(watch, actor=actor)
            self.seen[name] = len(self.browsers[name].bodies)

    async def told(self) -> set[str]:
        """Wait until everybody may be told again."""
        await asyncio.sleep(INTERVAL * 1.2)
        found: set[str] = set()
        for name, browser in self.browsers.items():
            if len(browser.bodies) > self.seen[name]:
                found.add(name)
            self.seen[name] = len(browser.bodies)
        return found


async def test_of_a_record_that_is_hidden_nobody_is_told_anything() -> None:
    async with World() as world:
        pages = Readers(world)
        await pages.open("ann", "bob", "nobody")
        id = await send(world, "ann", text="a canary")
        assert await pages.told() == {"ann"}
        await world.change(LETTER, id, text="another canary")
        assert await pages.told() == {"ann"}
        # Whoever may see it from now on, or could until now, is told.
        await world.change(LETTER, id, readers=["ann", "bob"])
        assert await pages.told() == {"ann", "bob"}
        await world.change(LETTER, id, readers=["bob"])
        assert await pages.told() == {"ann", "bob"}
        await world.change(LETTER, id, text="for bob")
        assert await pages.told() == {"bob"}
        await world.change(LETTER, id, readers=[])
        assert await pages.told() == {"bob"}
        await world.change(LETTER, id, text="for nobody")
        assert await pages.told() == set()
        await burn(world, LETTER, id)
        assert await pages.told() == set()
        gone = await send(world, "ann")
        assert await pages.told() == {"ann"}
        await burn(world, LETTER, gone)
        assert await pages.told() == {"ann"}
        for browser in pages.browsers.values():
            assert b"canary" not in browser.text
        for browser in pages.browsers.values():
            await browser.leave()
        await send(world, "ann")
        assert repr(world.hub) == "<LiveHub, 0 streams of 0 topics>"


async def test_what_happens_at_once_is_judged_as_a_whole() -> None:
    async with World() as world:
        pages = Readers(world)
        await pages.open("ann", "bob", "eve")
        id = await send(world)
        assert await pages.told() == set()
        # He could see it for no more than a moment, but his page may have.
        await world.change(LETTER, id, readers=["ann"])
        await world.change(LETTER, id, readers=["bob"])
        await burn(world, LETTER, id)
        assert await pages.told() == {"ann", "bob"}


async def test_how_long_a_hint_takes_tells_nothing_of_what_is_hidden() -> None:
    async with World() as world:
        pages = Readers(world)
        await pages.open("ann", "bob")
        for number in range(3):
            await send(world, "bob", text=str(number))
        browser = pages.browsers["ann"]
        before = len(browser.bodies)
        await send(world, "ann")
        await browser.settle()
        assert len(browser.bodies) == before + 1
        # His own changes come together, as they would in any list.
        for number in range(5):
            await send(world, "ann", text=str(number))
        await browser.settle()
        assert len(browser.bodies) == before + 1
        await asyncio.sleep(INTERVAL * 1.2)
        assert len(browser.bodies) == before + 2


async def test_no_mark_counts_what_is_hidden() -> None:
    async with World() as world:
        quiet = [world.parts.changes.token("letter") for _ in range(3)]
        for _ in range(7):
            await send(world)
        marks = [*quiet, *(world.parts.changes.token("letter") for _ in range(3))]
        assert len({*marks}) == 6
        assert {mark.partition(".")[2] for mark in marks} == {"0"}
        # So a page that comes late fetches once more, whatever it has missed.
        assert (await world.browse("letter")).signals["_changes"]["letter"] not in marks


async def test_what_is_deleted_along_with_a_hidden_record_is_told_to_whoever_could_see_that() -> (
    None
):
    letters = table_of("letter")
    notes = table_of("note", ReferenceColumn("letter", "letter_id", "letter", "cascade"))
    async with World(tables={"letter": letters, "note": notes}) as world:
        pages = Readers(world)
        await pages.open("ann", "nobody", watch="note")
        hidden, seen = await send(world), await send(world, "ann")
        assert await pages.told() == set()
        await burn(world, LETTER, hidden)
        assert await pages.told() == set()
        await burn(world, LETTER, seen)
        assert await pages.told() == {"ann"}
        # Notes themselves are everybody's.
        id = await write(world, "one")
        assert await pages.told() == {"ann", "nobody"}
        await burn(world, NOTE, id)
        assert await pages.told() == {"ann", "nobody"}
        marks = {world.parts.changes.token("note") for _ in range(2)}
        assert len(marks) == 2


async def test_what_another_process_tells_of_is_read_from_the_store() -> None:
    async with World() as world:
        id = await send(world, "ann")
        gone = await send(world, "ann")
        pages = Readers(world)
        await pages.open("ann", "bob")
        told = CommandRecord("letter", id, "x", {}, ANONYMOUS, 0.0, 2, ("text",))
        world.hub.on_record(told)
        assert await pages.told() == {"ann"}
        # What it was before nobody knows here.
        backend = world.services.persistence.backend_for(LETTER)
        key = LETTER.key(gone)
        await backend.commit([Write(key, None, await backend.version(key))])
        deleted = CommandRecord("letter", gone, "x", {}, ANONYMOUS, 0.0, 2, ("id", "text"))
        world.hub.on_record(deleted)
        assert await pages.told() == set()


async def test_a_policy_that_fails_and_a_store_that_is_away_tell_nobody(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(store: MemoryRepo, keys: Sequence[Key]) -> list[Stored | None]:
        raise Unavailable(1.0)

    async with World() as world:
        pages = Readers(world)
        await pages.open("ann")
        id = await send(world, "breaks")
        assert await pages.told() == set()
        assert "A policy of letter failed" in caplog.text
        with monkeypatch.context() as patch:
            patch.setattr(MemoryRepo, "load_all", away)
            await world.change(LETTER, id, readers=["ann"])
            assert await pages.told() == set()
        assert "Changes of letter are lost" in caplog.text
        await world.change(LETTER, id, text="next")
        assert await pages.told() == {"ann"}

"""A page that shows a record is told when that is deleted, and again when it is there once more."""

import pytest

from starmodel import Actor
from starmodel.domain import ANONYMOUS, Fragment
from starmodel.errors import NotFound, Unauthenticated

from .world import ROOM, STAFF_NOTE, Browser, Note, Room, World

PAGE = {"cookie": "s1", "host": "x", "referer": "http://x/room/1"}


async def delete(world: World, id: str, *, broadcast: Fragment | None = None) -> None:
    async with world.services.unit_of_work() as work:
        room = await work.load(ROOM, id)
        work.delete(room)
        await work.commit(room, "close", {}, None, broadcast=broadcast)


async def visit(world: World, watch: str, actor: Actor = ANONYMOUS) -> Browser:
    browser = Browser(world, [watch], PAGE)
    await browser.connect(actor)
    await browser.settle()
    return browser


def notices(browser: Browser) -> list[str]:
    return [one for one in browser.elements() if 'role="alert"' in one]


async def test_every_page_that_shows_a_record_is_told_of_its_deletion() -> None:
    async with World() as world:
        room = await world.make_room(topic="tea")
        pages = [await visit(world, f"room:{room}") for _ in range(3)]
        form = await visit(world, f"room:{room}&only=deletions")
        await world.change(ROOM, room, topic="cake")
        await form.settle()
        await delete(world, room, broadcast=Fragment("<p id=gone>"))
        for page in pages:
            await page.settle()
            assert len(notices(page)) == 1
            assert "This room has been deleted." in notices(page)[0]
            assert page.events[-2]["selector"] == ["body"]
            assert page.elements()[-1] == "<p id=gone>"
            assert page.signals["room"]["topic"] == "cake"
        await form.settle()
        assert form.elements() == notices(pages[0])
        assert "room" not in form.signals


async def test_a_page_that_comes_too_late_is_told_as_well() -> None:
    async with World() as world:
        room = await world.make_room(topic="tea")
        kept = await world.make_room(topic="cake")
        await delete(world, room)
        for watch in (f"room:{room}", f"room:{room}&only=deletions"):
            page = await visit(world, watch)
            assert len(notices(page)) == 1
            assert page.signals == {}
        both = await visit(world, f"room:{kept}&watch=room:{room}")
        assert len(notices(both)) == 1
        assert both.signals["room"]["topic"] == "cake"
        await world.change(ROOM, kept, topic="pie")
        await both.settle()
        assert both.signals["room"]["topic"] == "pie"
        # A program has shown nothing.
        with pytest.raises(NotFound):
            await world.browse(f"room:{room}")


async def test_a_record_that_comes_back_takes_the_notice_away() -> None:
    async with World() as world:
        room = await world.make_room(topic="tea")
        page = await visit(world, f"room:{room}")
        await delete(world, room)
        await page.settle()
        assert len(notices(page)) == 1
        async with world.services.unit_of_work() as work:
            again = Room(id=room, topic="cake")
            work.add(ROOM, again)
            await work.commit(again, "open", {}, None)
        await page.settle()
        removed = next(one for one in page.events if one.get("mode") == ["remove"])
        assert f'id="{removed["selector"][0].removeprefix("#")}"' in notices(page)[0]
        assert page.signals["room"]["topic"] == "cake"


async def test_who_may_not_read_records_is_told_of_none() -> None:
    async with World() as world:
        async with world.services.unit_of_work() as work:
            note = Note(text="x")
            work.add(STAFF_NOTE, note)
            await work.commit(note, "write", {}, None)
        with pytest.raises(Unauthenticated):
            await visit(world, f"staff_note:{note.id}")

"""Programs that read the live stream: the pieces are JSON, of the same topics as those of pages."""

import json
from typing import Any

import pytest

from starmodel.domain import Fragment
from starmodel.errors import NotFound

from .world import BOARD, COUNTER, NOTE, ROOM, Browser, Note, World

PROGRAM = {"cookie": "s1", "accept": "application/json", "datastar-request": "false"}


async def listen(world: World, *watch: str, **headers: str) -> Browser:
    program = Browser(world, watch, {**PROGRAM, **headers})
    await program.connect()
    await program.settle()
    return program


def told(program: Browser) -> list[Any]:
    """Return what the events say, each a JSON object on one line."""
    lines = program.text.decode().split("\n")
    return [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]


async def test_fields_come_whole_and_with_their_version() -> None:
    async with World() as world:
        program = await listen(world, "counter", "board")
        assert {"counter": {"count": 0}, "version": 0} in told(program)
        await world.change(COUNTER, "s1", count=3)
        await program.settle()
        assert told(program)[-1] == {"counter": {"count": 3}, "version": 1}
        await world.change(BOARD, "", total=1, note="<b>\n")
        await program.settle()
        fields = [one for one in told(program) if "board" in one]
        assert fields[-1] == {"board": {"total": 1, "note": "<b>\n"}, "version": 1}
        assert b"event:" not in program.text
        assert "private" not in program.text.decode() and "secret" not in program.text.decode()


async def test_pages_and_programs_are_told_of_the_same_change() -> None:
    async with World() as world:
        room = await world.make_room(topic="tea")
        page = await world.browse(f"room:{room}")
        program = await listen(world, f"room:{room}")
        await world.change(ROOM, room, topic="cake", lines=["one"])
        for each in (page, program):
            await each.settle()
        assert page.signals["room"] == {"topic": "cake", "lines": ["one"]}
        assert "<li>one</li>" in page.elements()[-1]
        # The markup of a field says nothing that the field does not.
        assert told(program)[-1] == {"room": {"topic": "cake", "lines": ["one"]}, "version": 2}
        assert "fragment" not in program.text.decode()


async def test_what_events_put_into_pages_is_told_as_a_fragment() -> None:
    async with World() as world:
        room = await world.make_room(topic="tea")
        program = await listen(world, f"room:{room}")
        await world.change(ROOM, room, fragment=Fragment("<p>hello</p>", "#log", "append"))
        await program.settle()
        fragment = {"html": "<p>hello</p>", "selector": "#log", "mode": "append"}
        assert {"fragment": fragment} in told(program)


async def test_a_deletion_is_told_and_so_is_a_record_that_comes_back() -> None:
    async with World() as world:
        room = await world.make_room(topic="tea")
        program = await listen(world, f"room:{room}")
        async with world.services.unit_of_work() as work:
            loaded = await work.load(ROOM, room)
            work.delete(loaded)
            await work.commit(loaded, "close", {}, None)
        await program.settle()
        assert told(program)[-1] == {"deleted": {"entity": "room", "id": room}}
        with pytest.raises(NotFound):
            await listen(world, f"room:{room}")


async def test_a_list_that_changed_is_told_by_a_token() -> None:
    async with World() as world:
        page = await world.browse("note")
        program = await listen(world, "note")
        (first,) = told(program)
        assert first == {"_changes": page.signals["_changes"]}
        async with world.services.unit_of_work() as work:
            note = Note(text="x")
            work.add(NOTE, note)
            await work.commit(note, "create", {}, None)
        for each in (page, program):
            await each.settle()
        assert told(program)[-1] == {"_changes": page.signals["_changes"]} != first
        for each in (page, program):
            await each.leave()
        assert "0 topics" in repr(world.hub)


async def test_a_program_that_was_away_gets_the_fragments_it_missed() -> None:
    async with World() as world:
        room = await world.make_room(topic="tea")
        program = await listen(world, f"room:{room}")
        (id,) = [
            line.removeprefix("id: ")
            for line in program.text.decode().split("\n")
            if line.startswith("id: ")
        ]
        await program.leave()
        await world.change(ROOM, room, fragment=Fragment("<p>missed</p>", "#log", "append"))
        again = await listen(world, f"room:{room}", **{"last-event-id": id})
        assert [one["fragment"]["html"] for one in told(again) if "fragment" in one] == [
            "<p>missed</p>"
        ]

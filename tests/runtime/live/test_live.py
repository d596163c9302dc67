"""What a page is told: snapshot first, then every change, and nothing it may not see."""

import asyncio
import random
from typing import Any

import pytest

from starmodel import Actor, MemoryRepo
from starmodel.domain import Fragment
from starmodel.errors import (
    InvalidArguments,
    NotFound,
    StarModelError,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
)
from starmodel.settings import Settings

from .world import BOARD, CHAT, COUNTER, ROOM, Browser, SlowStore, UnreliableBus, World

ANN = Actor("ann")
BOB = Actor("bob")


async def test_a_stream_begins_with_a_snapshot_of_everything_and_goes_on_with_changes() -> None:
    async with World() as world:
        room = await world.make_room(topic="tea", lines=["hello"])
        await world.change(COUNTER, "s1", count=3)
        browser = await world.browse("counter", f"room:{room}", "board", session="s1")
        assert browser.signals == {
            "counter": {"count": 3},
            "room": {"topic": "tea", "lines": ["hello"]},
            "board": {"total": 0, "note": ""},
        }
        assert len(browser.bodies) == 1
        assert 500 <= int(browser.events[0]["retry"][0]) <= 2000
        assert browser.elements() == [
            '<ul id="lines"><li>hello</li></ul>',
            '<p id="board">0</p>',
        ]

        await world.change(COUNTER, "s1", count=4)
        await browser.settle()
        assert browser.bodies[1:] == [
            b'event: datastar-patch-signals\ndata: signals {"counter":{"count":4}}\n\n'
        ]
        # Only what changed, and the markup of that field alone.
        await world.change(ROOM, room, topic="coffee")
        await browser.settle()
        assert browser.bodies[2:] == [
            b'event: datastar-patch-signals\ndata: signals {"room":{"topic":"coffee"}}\n\n'
        ]
        await world.change(ROOM, room, lines=["hello", "you"])
        await browser.settle()
        assert browser.signals["room"] == {"topic": "coffee", "lines": ["hello", "you"]}
        assert browser.elements()[-1] == '<ul id="lines"><li>hello</li><li>you</li></ul>'


async def test_sessions_and_private_fields_stay_apart() -> None:
    async with World() as world:
        mine = await world.browse("counter", session="s1")
        other = await world.browse("counter", session="s2")
        await world.change(COUNTER, "s1", count=1, secret="canary")
        await world.change(COUNTER, "s1", secret="canary-2")
        await mine.settle()
        assert mine.signals == {"counter": {"count": 1}}
        assert other.signals == {"counter": {"count": 0}}
        assert len(other.bodies) == 1
        # A change of private fields alone is none that anybody is told of.
        assert len(mine.bodies) == 2
        assert b"canary" not in mine.text + other.text


async def test_a_change_during_the_snapshot_is_not_lost() -> None:
    store = SlowStore()
    async with World(store=store) as world:
        await world.change(COUNTER, "s1", count=1)
        for change_first in (True, False):
            store.gate.clear()
            browser = Browser(world, ["counter"], {"cookie": "s1"})
            connecting = asyncio.create_task(browser.connect())
            await browser.settle()
            # The snapshot has been read, and has not arrived, when the change comes.
            store.gate.set()
            if change_first:
                await world.change(COUNTER, "s1", count=2)
                await connecting
            else:
                await connecting
                await world.change(COUNTER, "s1", count=3)
            await browser.settle()
            assert browser.signals["counter"]["count"] == (2 if change_first else 3)
            await browser.leave()


async def test_streams_that_come_at_once_share_what_is_read() -> None:
    store = SlowStore()
    async with World(store=store) as world:
        store.gate.clear()
        browsers = [Browser(world, ["board"], {"cookie": f"s{n}"}) for n in range(50)]
        connecting = [asyncio.create_task(browser.connect()) for browser in browsers]
        await browsers[0].settle()
        store.gate.set()
        await asyncio.gather(*connecting)
        await browsers[0].settle()
        # One read was under way when the other 49 asked; they share the next.
        assert store.loads == 2
        await world.change(BOARD, total=7)
        await browsers[0].settle()
        chunks = {id(browser.bodies[-1]) for browser in browsers}
        assert len(chunks) == 1
        assert all(browser.signals["board"]["total"] == 7 for browser in browsers)


async def test_a_slow_reader_gets_the_newest_state_and_no_backlog() -> None:
    async with World() as world:
        slow = await world.browse("board")
        quick = await world.browse("board")
        slow.reads.clear()
        for total in range(1, 101):
            await world.change(BOARD, total=total)
            await quick.settle()
        assert len(quick.bodies) == 101
        slow.reads.set()
        await slow.settle()
        # The one it was stuck with, and the newest.
        assert len(slow.bodies) == 3
        assert slow.signals == quick.signals == {"board": {"total": 100, "note": ""}}
        assert slow.elements()[-1] == '<p id="board">100</p>'


async def test_everybody_converges_and_no_version_goes_back() -> None:
    dice = random.Random(5)
    async with World() as world:
        seen: dict[int, int] = {}

        def never_back(browser: Browser) -> None:
            total = browser.signals["board"]["total"]
            assert total >= seen.get(id(browser), 0)
            seen[id(browser)] = total

        world.checks.append(never_back)
        browsers = [await world.browse("board", "counter") for _ in range(60)]
        for total in range(1, 301):
            await world.change(BOARD, total=total)
            browser = dice.choice(browsers)
            match dice.randrange(5):
                case 0:
                    browser.reads.clear()
                case 1:
                    browser.reads.set()
                case 2:
                    await browser.leave()
                    browsers.remove(browser)
                    browsers.append(await world.browse("board", "counter"))
                case _:
                    await asyncio.sleep(0)
        for browser in browsers:
            browser.reads.set()
        await browsers[0].settle()
        assert {browser.signals["board"]["total"] for browser in browsers} == {300}
        assert len(seen) > 60


async def test_hints_may_come_late_twice_in_disorder_or_never() -> None:
    bus = UnreliableBus()
    settings = Settings(live_keep_alive=0.05)
    async with World(bus=bus, settings=settings) as world:
        browser = await world.browse("counter", session="s1")
        totals: list[int] = []
        world.checks.append(lambda browser: totals.append(browser.signals["counter"]["count"]))
        bus.is_working = False
        for count in range(1, 5):
            await world.change(COUNTER, "s1", count=count)
        for number in (2, 0, 3, 3, 1):
            bus.tell(bus.kept[number])
            await browser.settle()
        assert totals == [4]
        # Lost for good: the comparison with the store finds out.
        await world.change(COUNTER, "s1", count=5)
        await asyncio.sleep(0.12)
        assert totals == [4, 5]


async def test_what_expires_or_is_deleted() -> None:
    async with World(settings=Settings(live_keep_alive=0.05)) as world:
        room = await world.make_room(topic="tea")
        browser = await world.browse("counter", f"room:{room}", session="s1")
        await world.change(COUNTER, "s1", count=9)
        await browser.settle()
        async with world.services.unit_of_work() as work:
            counter = await work.load(COUNTER, "s1")
            work.delete(counter)
            await work.commit(counter, "forget", {}, None)
        await browser.settle()
        assert browser.signals["counter"] == {"count": 0}
        await world.change(COUNTER, "s1", count=2)
        await browser.settle()
        assert browser.signals["counter"] == {"count": 2}

        async with world.services.unit_of_work() as work:
            gone = await work.load(ROOM, room)
            work.delete(gone)
            await work.commit(gone, "close", {}, None, broadcast=Fragment("<p id=gone>"))
        await browser.settle()
        assert browser.signals["room"]["topic"] == "tea"
        assert browser.elements()[-1] == "<p id=gone>"
        await asyncio.sleep(0.12)
        assert browser.bodies[-1] == b": keep-alive\n\n"


async def test_who_loses_access_is_told_nothing_more() -> None:
    async with World() as world:
        room = await world.make_room(topic="tea")
        ann = await world.browse(f"room:{room}", "counter", actor=ANN, session="a")
        bob = await world.browse(f"room:{room}", "counter", actor=BOB, session="b")
        bob.reads.clear()
        await world.change(ROOM, room, topic="canary 1", fragment=Fragment("<b>canary 2</b>"))
        await world.change(ROOM, room, lines=["canary 3"])
        before = len(bob.events)
        # Nobody is shown who is banned; what waits for him is withdrawn all the same.
        await world.change(ROOM, room, banned=["bob"])
        await ann.settle()
        await world.change(ROOM, room, topic="canary 4")
        bob.reads.set()
        await world.change(ROOM, room, topic="canary 5", fragment=Fragment("<b>canary 6</b>"))
        await world.change(COUNTER, "b", count=1)
        await bob.settle()
        assert ann.signals["room"] == {"topic": "canary 5", "lines": ["canary 3"]}
        # What was on its way when he was banned arrives; what waited does not.
        told = [event for event in bob.events[before:] if "canary" in str(event)]
        assert len(told) <= 2
        assert b"canary 4" not in bob.text
        assert b"canary 5" not in bob.text
        assert b"canary 6" not in bob.text
        assert bob.signals["counter"] == {"count": 1}
        # There is no such room for him any more.
        with pytest.raises(NotFound):
            await world.browse(f"room:{room}", actor=BOB)

        # He keeps his place in nothing: neither when he goes nor when others come.
        await ann.leave()
        ann = await world.browse(f"room:{room}", actor=ANN, session="a")
        await bob.leave()
        await world.change(ROOM, room, topic="canary 7")
        await ann.settle()
        assert ann.signals["room"]["topic"] == "canary 7"


@pytest.mark.parametrize("only", ["values", "values:room", "values:board&only=values:room"])
async def test_a_page_with_a_layout_of_its_own_gets_no_markup_of_fields(only: str) -> None:
    async with World() as world:
        room = await world.make_room(topic="tea", lines=["hello"])
        # What the board itself is rendered to is sent all the same.
        own = await world.browse(f"room:{room}", f"board&only={only}")
        generated = await world.browse(f"room:{room}", "board")
        assert len(own.elements()) == 1 and len(generated.elements()) == 2
        await world.change(ROOM, room, lines=["hello", "there"])
        for browser in (own, generated):
            await browser.settle()
            assert browser.signals["room"]["lines"] == ["hello", "there"]
        assert len(own.elements()) == 1 and len(generated.elements()) == 3
        await own.leave()
        await generated.leave()
        assert not world.hub._topics  # pyright: ignore[reportPrivateUsage]


async def test_fragments_reach_every_watcher_once_and_in_order() -> None:
    async with World() as world:
        room = await world.make_room(topic="tea")
        browsers = [await world.browse(f"room:{room}") for _ in range(3)]
        browsers[1].reads.clear()
        for number in range(50):
            await world.change(ROOM, room, fragment=line(number))
            await browsers[0].settle()
        browsers[1].reads.set()
        await browsers[0].settle()
        for browser in browsers:
            assert lines_of(browser) == [f"<li>{number}</li>" for number in range(50)]

        # More than may wait: the page gets the newest state instead.
        browsers[2].reads.clear()
        for number in range(100):
            await world.change(ROOM, room, topic=str(number), fragment=line(number))
            await browsers[0].settle()
        browsers[2].reads.set()
        await browsers[0].settle()
        assert browsers[2].signals["room"]["topic"] == "99"
        assert len(lines_of(browsers[2])) < 150
        assert len(lines_of(browsers[0])) == 150


async def test_an_entity_that_renders_itself_is_shown_once() -> None:
    async with World() as world:
        browser = await world.browse("board")
        await world.change(BOARD, total=1)
        await browser.settle()
        # This change brings what shows it, so it is not rendered as well.
        await world.change(BOARD, total=2, fragment=line(2))
        await browser.settle()
        assert browser.elements() == [
            '<p id="board">0</p>',
            '<p id="board">1</p>',
            "<li>2</li>",
        ]
        browser.reads.clear()
        for total in (3, 4, 5):
            await world.change(BOARD, total=total, fragment=line(total))
            await browser.settle()
        browser.reads.set()
        await browser.settle()
        # 4 and 5 came together: rendered, so neither is appended on top of that.
        assert browser.elements()[3:] == ["<li>3</li>", '<p id="board">5</p>']


@pytest.mark.parametrize("seed", range(8))
async def test_a_list_that_grows_by_fragments_is_the_same_on_every_page(seed: int) -> None:
    dice = random.Random(seed)

    class DawdlingStore(MemoryRepo):
        async def load(self, key: Any) -> Any:
            stored = await super().load(key)
            for _ in range(dice.randrange(6)):
                await asyncio.sleep(0)
            return stored

    async with World(store=DawdlingStore()) as world:
        browsers = [await world.browse("chat") for _ in range(12)]
        saying: list[asyncio.Task[None]] = []
        for number in range(120):
            say = world.say(number, with_fragment=dice.random() < 0.8)
            saying.append(asyncio.create_task(say))
            browser = dice.choice(browsers)
            match dice.randrange(8):
                case 0 | 1:
                    browser.reads.clear()
                case 2 | 3:
                    browser.reads.set()
                case 4:
                    await browser.leave()
                    ids = [event["id"][0] for event in browser.events if "id" in event]
                    browsers.remove(browser)
                    browsers.append(await world.browse("chat", last_event_id=ids[-1]))
                case _:
                    await asyncio.sleep(0.001)
        await asyncio.gather(*saying, return_exceptions=True)
        for browser in browsers:
            browser.reads.set()
        stored = await world.services.read(CHAT)
        assert len(stored.entity.lines) > 60
        lines = [str(line) for line in stored.entity.lines]
        async with asyncio.timeout(5):
            while any(browser.chat != lines for browser in browsers):
                await browsers[0].settle()


async def test_a_fragment_that_comes_after_its_rendering_is_not_shown_again() -> None:
    bus = UnreliableBus()
    async with World(bus=bus) as world:
        bus.is_working = False
        await world.say(1, with_fragment=True)
        await world.say(2, with_fragment=True)
        browser = await world.browse("chat")
        bus.tell(bus.kept[0])
        bus.tell(bus.kept[1])
        await browser.settle()
        assert browser.chat == ["1", "2"]


async def test_a_rendering_that_fails_costs_only_itself(caplog: pytest.LogCaptureFixture) -> None:
    async with World() as world:
        room = await world.make_room(topic="explode", lines=["a"])
        browser = await world.browse(f"room:{room}")
        assert browser.signals["room"]["lines"] == ["a"]
        bad = Fragment("<li>x</li>", None, "append")
        await world.change(ROOM, room, topic="fine", lines=["b"], fragment=bad)
        await browser.settle()
        assert browser.signals["room"]["lines"] == ["b"]
        assert browser.elements() == ['<ul id="lines"><li>b</li></ul>']
    assert "could not be rendered" in caplog.text
    assert "The fragment of room.change is none" in caplog.text


async def test_a_page_that_was_away_gets_the_fragments_it_missed() -> None:
    async with World() as world:
        room = await world.make_room(topic="tea")
        other = await world.make_room(topic="coffee")
        browser = await world.browse(f"room:{room}")
        await world.change(ROOM, room, fragment=line(1))
        await browser.settle()
        last_id = [event["id"][0] for event in browser.events if "id" in event][-1]
        await browser.leave()
        for number in (2, 3):
            await world.change(ROOM, room, fragment=line(number))
            await world.change(ROOM, other, fragment=line(99))
        again = await world.browse(f"room:{room}", last_event_id=last_id)
        assert lines_of(again) == ["<li>2</li>", "<li>3</li>"]
        await world.change(ROOM, room, fragment=line(4))
        await again.settle()
        assert lines_of(again)[2:] == ["<li>4</li>"]
        # Ids of another process, and ids that were never given, mean nothing.
        for strange in ("00000000.0", "x", "", ".", last_id.split(".")[0] + ".٣", "9" * 500):
            fresh = await world.browse(f"room:{room}", last_event_id=strange)
            assert lines_of(fresh) == []


async def test_no_id_of_an_event_tells_what_goes_on_elsewhere() -> None:
    async with World() as world:
        hidden = await world.make_room(banned=["ann"])
        ids: list[str] = []
        for _ in range(4):
            ids.append((await world.browse("counter", actor=ANN)).events[0]["id"][0])
            await world.change(ROOM, hidden, fragment=line(1))
        numbers = [int(id.split(".")[1], 16) for id in ids]
        assert numbers != sorted(numbers) or max(numbers) - min(numbers) > 1000
        assert len({id.partition(".")[2] for id in ids}) == 4


async def test_a_page_with_two_streams_is_told_everything_once() -> None:
    async with World() as world:
        room = await world.make_room(topic="tea")
        first = await world.browse(f"room:{room}", session="s1")
        first_id = first.events[0]["id"][0]
        second = await world.browse(f"room:{room}", session="s1", last_event_id=first_id)
        stranger = await world.browse(f"room:{room}", session="s2", last_event_id=first_id)
        await world.change(ROOM, room, fragment=line(1))
        await first.settle()
        assert lines_of(first) == []
        assert lines_of(second) == lines_of(stranger) == ["<li>1</li>"]
        assert not first.is_ended


@pytest.mark.parametrize(
    ("watch", "error"),
    [
        ([], InvalidArguments),
        ([""], InvalidArguments),
        (["nothing"], InvalidArguments),
        (["counter:s2"], InvalidArguments),
        (["counter:"], InvalidArguments),
        (["room"], InvalidArguments),
        (["room:"], InvalidArguments),
        (["room:" + "x" * 201], InvalidArguments),
        (["room:nobody"], NotFound),
        (["counter", "room:nobody"], NotFound),
        (["members"], Unauthenticated),
        (["counter", "members"], Unauthenticated),
        ([f"room:{number}" for number in range(65)], InvalidArguments),
    ],
)
async def test_what_cannot_be_watched_is_refused_before_the_stream_begins(
    watch: list[str], error: type[StarModelError]
) -> None:
    async with World() as world:
        with pytest.raises(error):
            await world.browse(*watch)
        assert len(world.hub) == 0
        assert "0 topics" in repr(world.hub)


async def test_the_same_entity_twice_is_watched_once() -> None:
    async with World() as world:
        browser = await world.browse("counter", "counter", "members", actor=ANN)
        assert len(browser.events) == 2


async def test_streams_are_limited() -> None:
    settings = Settings(live_streams=4, live_streams_per_session=2)
    async with World(settings=settings) as world:
        first = await world.browse("board", session="s1")
        await world.browse("board", session="s1")
        with pytest.raises(TooManyRequests):
            await world.browse("board", session="s1")
        await first.leave()
        await world.browse("board", session="s1")
        await world.browse("board", session="s2")
        await world.browse("board", session="s3")
        with pytest.raises(Unavailable):
            await world.browse("board", session="s4")


async def test_signs_of_life_and_readers_that_are_stuck() -> None:
    settings = Settings(live_keep_alive=0.03, live_send_timeout=0.1)
    async with World(settings=settings) as world:
        fine = await world.browse("board")
        stuck = await world.browse("board")
        stuck.reads.clear()
        await world.change(BOARD, total=1)
        await asyncio.sleep(0.25)
        assert len(world.hub) == 1
        assert stuck.task is not None
        assert stuck.task.done()
        assert stuck.task.exception() is None
        assert fine.text.count(b": keep-alive\n\n") >= 3


async def test_a_store_that_fails_is_made_up_for(caplog: pytest.LogCaptureFixture) -> None:
    class FailingStore(SlowStore):
        is_down = False

        async def load(self, key: Any) -> Any:
            if self.is_down:
                raise OSError("connection lost")
            return await super().load(key)

        async def version(self, key: Any) -> int:
            if self.is_down:
                raise OSError("connection lost")
            return await super().version(key)

    store, bus = FailingStore(), UnreliableBus()
    async with World(store=store, bus=bus, settings=Settings(live_keep_alive=0.05)) as world:
        browser = await world.browse("board")
        bus.is_working = False
        await world.change(BOARD, total=1)
        store.is_down = True
        bus.tell(bus.kept[0])
        await asyncio.sleep(0.12)
        assert browser.signals["board"]["total"] == 0
        store.is_down = False
        await asyncio.sleep(0.12)
        assert browser.signals["board"]["total"] == 1
    assert "could not be read" in caplog.text
    assert "could not be compared" in caplog.text


async def test_nothing_is_left_of_those_who_go() -> None:
    async with World() as world:
        tasks = len(asyncio.all_tasks())
        browsers = [
            await world.browse("board", "counter", session=f"s{number}") for number in range(1000)
        ]
        for browser in browsers[::2]:
            await browser.leave()
        assert repr(world.hub) == "<LiveHub, 500 streams of 501 topics>"
        # A writer and a listener each, and the one that looks after all of them.
        await browsers[0].settle()
        assert len(asyncio.all_tasks()) == tasks + 2 * 500 + 1
        await world.change(BOARD, total=1)
        await browsers[0].settle()
        assert sum(browser.signals["board"]["total"] for browser in browsers) == 500
        for browser in browsers[1::2]:
            await browser.leave()
        assert repr(world.hub) == "<LiveHub, 0 streams of 0 topics>"
        assert not vars(world.hub)["_sessions"]


async def test_a_stream_that_is_never_written_leaves_nothing() -> None:
    async with World() as world:
        browser = Browser(world, ["board"], {})
        # As for a HEAD request: the application closes what it does not write.
        stream = await browser.ask()
        await stream.close()
        await stream.close()
        assert len(world.hub) == 0


async def test_a_request_that_is_given_up_leaves_nothing() -> None:
    store = SlowStore()
    async with World(store=store) as world:
        store.gate.clear()
        browser = Browser(world, ["board"], {})
        connecting = asyncio.create_task(browser.connect())
        await browser.settle()
        assert len(world.hub) == 1
        connecting.cancel()
        await asyncio.wait([connecting])
        assert len(world.hub) == 0
        store.gate.set()


async def test_when_the_process_ends_every_page_is_told_when_to_come_back() -> None:
    async with World() as world:
        browsers = [await world.browse("board") for _ in range(100)]
        browsers[0].reads.clear()
        await world.change(BOARD, total=1)
        await world.change(BOARD, total=2)
        world.hub.drain()
        await browsers[0].settle()
        assert all(browser.is_ended for browser in browsers[1:])
        # What was committed before is still sent.
        assert all(browser.signals["board"]["total"] == 2 for browser in browsers[1:])
        times = {int(browser.events[-1]["retry"][0]) for browser in browsers[1:]}
        assert len(times) > 20
        assert all(500 <= time <= 1200 for time in times)
        with pytest.raises(Unavailable):
            await world.browse("board")
        assert len(world.hub) == 1
        world.hub.abort()
        await browsers[1].settle()
        assert len(world.hub) == 0


def line(number: int) -> Fragment:
    return Fragment(f"<li>{number}</li>", "#lines", "append")


def lines_of(browser: Browser) -> list[str]:
    return [text for text in browser.elements() if text.startswith("<li>")]

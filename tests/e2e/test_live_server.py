"""Live streams on a real server: many of them, and an end in good order."""

import re
import signal
import threading
import time

import pytest

from .server import Server, read_until

LIVE = "/live?watch=counter"
END = b"0\r\n\r\n"


def test_two_thousand_streams_change_leave_and_end() -> None:
    with Server() as server:
        streams = [server.open_stream(LIVE) for _ in range(2000)]
        snapshots = read_until(streams, b'"count":0')
        assert all(b"retry: " in text for text in snapshots.values())

        status, _ = server.request("POST", "/counter/increment?amount=5")
        assert status == 200
        changes = read_until(streams, b'{"counter":{"count":5}}')
        assert sum(b'"count":5' in text for text in changes.values()) == 2000

        leaving, staying = streams[::2], streams[1::2]
        for stream in leaving:
            stream.close()
        time.sleep(0.5)
        # Each stream has its request and a listener; the rest is the server's, and this request.
        _, report = server.request("GET", "/report")
        assert report.startswith(b"<LiveHub, 1000 streams of 1 topics>")
        tasks = int(report.split()[-2])
        assert tasks < 2 * 1000 + 12

        # An event that runs when the signal comes is finished and answered.
        answers: list[tuple[int, bytes]] = []
        path = "/counter/increment?milliseconds=800"
        event = threading.Thread(target=lambda: answers.append(server.request("POST", path)))
        event.start()
        time.sleep(0.3)
        code, seconds, errors = server.stop()
        event.join()
        assert (code, errors) == (0, "")
        assert seconds < 10
        assert answers[0][0] == 200
        assert b'"count":6' in answers[0][1]
        farewells = read_until(staying, END)
        times = [re.search(rb"retry: (\d+)\n\n", text) for text in farewells.values()]
        assert len({int(time[1]) for time in times if time is not None}) > 300
        assert all(text.endswith(END) for text in farewells.values())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("options", [("--loop", "asyncio", "--http", "h11"), ()])
def test_any_loop_and_either_signal(number: signal.Signals, options: tuple[str, ...]) -> None:
    with Server(options=options) as server:
        streams = [server.open_stream(LIVE) for _ in range(20)]
        read_until(streams, b'"count":0')
        code, seconds, errors = server.stop(number)
        assert (code, errors) == (0, "")
        assert seconds < 3
        assert all(text.endswith(END) for text in read_until(streams, END).values())


def test_who_does_not_read_holds_nobody_up() -> None:
    environment = {"STARMODEL_DRAIN_TIMEOUT": "2", "STARMODEL_LIVE_KEEP_ALIVE": "300"}
    with Server(environment=environment) as server:
        for _ in range(5):
            server.open_stream(LIVE, buffer=4096)
        reading = [server.open_stream(LIVE) for _ in range(5)]
        read_until(reading, b'"count":0')
        for size in range(60_000, 60_060):
            server.request("POST", f"/counter/increment?size={size}")
            read_until(reading, b'xxx"}}\n\n')
        code, seconds, _ = server.stop()
        assert code == 0
        assert seconds < 3


def test_who_does_not_read_is_closed() -> None:
    environment = {"STARMODEL_LIVE_KEEP_ALIVE": "0.3", "STARMODEL_LIVE_SEND_TIMEOUT": "0.6"}
    with Server(environment=environment) as server:
        server.open_stream(LIVE, buffer=4096)
        for size in range(60_000, 60_060):
            server.request("POST", f"/counter/increment?size={size}")
        time.sleep(1.5)
        assert b"0 streams of 0 topics" in server.request("GET", "/report")[1]
        assert server.stop()[0] == 0


def test_an_event_that_never_ends_is_given_up() -> None:
    with Server(environment={"STARMODEL_DRAIN_TIMEOUT": "1"}) as server:
        server.open_stream(LIVE)
        answers: list[tuple[int, bytes]] = []
        event = threading.Thread(
            target=lambda: answers.append(
                server.request("POST", "/counter/increment?milliseconds=60000")
            ),
        )
        event.start()
        time.sleep(0.3)
        code, seconds, errors = server.stop()
        event.join()
        assert code == 0
        assert seconds < 4
        [(status, body)] = answers
        assert (status, b"This is not available at the moment." in body) == (200, True)
        # uvicorn says that it has cancelled something, and ends in good order.
        assert "Traceback" not in errors and "lifespan" not in errors

"""What a handler sees of a request."""

import asyncio
import gzip
from typing import Any

import pytest
from web_world import DATASTAR, JSON, Client, make_app

from starmodel.web.http.http_request import combine
from starmodel.web.http.negotiation import prefers_json
from starmodel.web.http.response import until_disconnect

TYPE = {"content-type": "application/json"}


def test_headers_of_one_name_are_combined_as_rfc_9110_says() -> None:
    pairs = [(b"cookie", b"a=1"), (b"origin", b"https://a"), (b"cookie", b"b=2"), (b"x", b"1")]
    assert combine([*pairs, (b"origin", b"https://b")]) == {
        b"cookie": b"a=1; b=2",
        b"origin": b"https://a, https://b",
        b"x": b"1",
    }


async def test_cookies_in_two_headers_are_both_read() -> None:
    client = Client(make_app())
    await client.post("/counter/increment", {"amount": 5})
    cookie = f"starmodel={client.cookies['starmodel']}"
    answer = await client.send(
        "GET", "/counter", b"", JSON, [("cookie", "theme=dark"), ("cookie", cookie)]
    )
    assert answer.json["state"]["count"] == 5
    assert answer.header("set-cookie") is None


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ([b'{"amount": 1' + b" " * 300_000 + b"}"], {}),
        ([b'{"amount": 1' + b" " * 300_000 + b"}"], {"content-length": "14"}),
        ([b'{"amount": 1', b" " * 200_000, b" " * 200_000, b"}"], {}),
        ([b'{"amount": 1', b" " * 200_000, b" " * 200_000, b"}"], {"content-length": "14"}),
        ([b'{"amount": 1', b"}"], {"content-length": "300000"}),
        ([b'{"amount": 1', b"}"], {"content-length": "9" * 5000}),
        ([b'{"amount": 1', b"}"], {"content-length": "-5"}),
    ],
    ids=["one", "one-lies", "many", "many-lies", "says-so", "absurd", "negative"],
)
async def test_a_body_is_bounded_whatever_its_length_claims_to_be(
    body: list[bytes], headers: dict[str, str]
) -> None:
    client = Client(make_app())
    answer = await client.send("POST", "/counter/increment", body, JSON, TYPE, headers)
    assert answer.status == 413
    assert (await client.ask("/counter"))["state"]["count"] == 0


async def test_a_body_that_comes_in_pieces_is_put_together() -> None:
    client = Client(make_app())
    pieces = [b'{"amou', b'nt": ', b"", b"7}"]
    answer = await client.send("POST", "/counter/increment", pieces, DATASTAR, TYPE)
    assert answer.signals["counter"] == {"count": 7}


async def test_no_more_is_read_than_is_allowed() -> None:
    """A client that never stops sending is not listened to for long."""

    app = make_app()
    given = 0

    async def receive() -> dict[str, Any]:
        nonlocal given
        given += 1
        return {"type": "http.request", "body": b"x" * 65_536, "more_body": True}

    statuses: list[int] = []

    async def send(message: Any) -> None:
        statuses.append(message.get("status", 0))

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/counter/increment",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json"), (b"accept", b"application/json")],
    }
    await app(scope, receive, send)
    assert statuses[0] == 413
    assert given <= 6


@pytest.mark.parametrize("coding", ["gzip", "GZIP", "br", "deflate, identity", "x", "aws-chunked"])
async def test_a_packed_body_is_not_understood(coding: str) -> None:
    client = Client(make_app())
    packed = gzip.compress(b'{"amount": 1}')
    headers = {"content-encoding": coding}
    for body in (packed, b'{"amount": 1}'):
        for kind in (TYPE, {"content-type": "application/x-www-form-urlencoded"}):
            answer = await client.send("POST", "/counter/increment", body, JSON, kind, headers)
            assert answer.status == 415
            assert answer.json["detail"] == "The body must be sent as it is, not packed."
    assert (await client.ask("/counter"))["state"]["count"] == 0


@pytest.mark.parametrize("coding", ["identity", "Identity, identity", ""])
async def test_a_body_that_says_it_is_not_packed_is_read(coding: str) -> None:
    client = Client(make_app())
    headers = {"content-encoding": coding}
    answer = await client.send("POST", "/counter/increment", b'{"amount": 2}', JSON, TYPE, headers)
    assert answer.json["state"]["count"] == 2


@pytest.mark.parametrize("more", [{"more_body": True}, {"body": b"", "more_body": True}])
async def test_a_server_that_never_comes_to_an_end_is_not_asked_for_ever(
    more: dict[str, Any],
) -> None:
    app = make_app()
    asked = turns = 0
    statuses: list[int] = []

    async def receive() -> dict[str, Any]:
        nonlocal asked
        asked += 1
        return {"type": "http.request", **more}

    async def send(message: Any) -> None:
        statuses.append(message.get("status", 0))

    async def count_turns() -> None:
        nonlocal turns
        while not statuses:
            turns += 1
            await asyncio.sleep(0)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/counter/increment",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json"), (b"accept", b"application/json")],
    }
    await asyncio.gather(app(scope, receive, send), count_turns())
    assert statuses[0] == 400
    assert asked < 2_000
    assert turns > 5


async def test_a_server_that_repeats_itself_after_the_end_is_asked_now_and_then() -> None:
    """Nobody else would have a turn, and what is streamed would never be sent."""

    asked = 0

    async def receive() -> dict[str, Any]:
        nonlocal asked
        asked += 1
        if asked == 12:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": b"", "more_body": False}

    waiting = asyncio.ensure_future(until_disconnect(receive))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    assert 3 <= asked <= 8
    await waiting
    assert asked == 12


async def test_a_client_that_goes_while_it_sends_changes_nothing() -> None:
    app = make_app()
    messages: list[dict[str, Any]] = [
        {"type": "http.request", "body": b'{"amount": 4}', "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    statuses: list[int] = []

    async def send(message: Any) -> None:
        statuses.append(message.get("status", 0))

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/counter/increment",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json"), (b"accept", b"application/json")],
    }
    await app(scope, receive, send)
    assert statuses[0] == 400


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("application/json", True),
        ("application/json, text/plain, */*", True),
        ("application/json;q=0.9, text/html;q=0.8", True),
        ("APPLICATION/JSON", True),
        ("application/*", True),
        ("text/html, application/json", False),
        ("application/json, text/html", True),
        ("text/html;q=0.5, application/json;q=0.5", False),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", False),
        ("application/json;q=0", False),
        ("application/json;q=nonsense", False),
        ("application/json;q=7", False),
        ("text/event-stream, text/html, application/json", False),
        ("text/html", False),
        ("image/*", False),
        ("", False),
        (",,;;q=,=", False),
    ],
)
def test_who_wants_json(accept: str, expected: bool) -> None:
    assert prefers_json(accept.encode()) is expected


@pytest.mark.parametrize(
    ("referer", "location"),
    [
        ("http://shop.example/tasks?show=open", "/tasks?show=open"),
        ("http://SHOP.example/tasks", "/tasks"),
        ("http://shop.example:80/tasks", "/tasks"),
        ("https://shop.example/tasks", "/tasks"),
        ("http://shop.example/tasks#part", "/counter"),
        ("http://shop.example", "/counter"),
        ("http://shop.example//evil.example/", "/counter"),
        ("http://shop.example/\\evil.example", "/counter"),
        ("http://evil.example/tasks", "/counter"),
        ("http://shop.example@evil.example/tasks", "/counter"),
        ("http://shop.example.evil.example/tasks", "/counter"),
        ("http://shop.example:8000/tasks", "/counter"),
        ("javascript:alert(1)//shop.example/", "/counter"),
        ("//shop.example/tasks", "/counter"),
        ("/tasks", "/counter"),
        ("http://shop.example/a b", "/counter"),
        ("http://shop.example/a\tb", "/counter"),
        ("http://shop.example/\x7f", "/counter"),
        ("http://shop.example/é", "/counter"),
        ("ftp://shop.example/tasks", "/counter"),
        ("", "/counter"),
    ],
)
async def test_a_form_leads_back_to_its_own_page_and_never_to_another_site(
    referer: str, location: str
) -> None:
    answer = await Client(make_app()).submit("/counter/increment", {"amount": "1"}, referer=referer)
    assert (answer.status, answer.header("location")) == (303, location)


@pytest.mark.parametrize(
    "query",
    ["amount=%ff", "amount=%ed%a0%80", "&" * 2000, "x=" + "1" * 70_000, "amount=" + "9" * 66_000],
)
async def test_a_query_string_that_cannot_be_read_is_refused(query: str) -> None:
    client = Client(make_app())
    answer = await client.send("POST", f"/counter/increment?{query}", b"", JSON)
    assert answer.status in (400, 413)

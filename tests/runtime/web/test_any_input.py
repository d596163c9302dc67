"""Whatever is sent, nothing breaks: no 5xx, no exception, nothing in our log."""

import asyncio
import logging
import random
from urllib.parse import quote_from_bytes

import pytest
from web_world import Answer, Client, make_app

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", ""]
PATHS = [
    *("/counter", "/counter/increment", "/counter/rename", "/counter/peek", "/counter/steps"),
    *("/counter/any", "/board", "/board/post", "/room/open", "/room/x", "/room/x/name", "/live"),
    *(
        "/",
        "//",
        "/counter//",
        "/room/",
        "/room//name",
        "/_starmodel/x",
        "/%",
        "/room/%",
        "/room/%zz",
    ),
    *("/room/%00", "/room/%c0%af", "/" + "a/" * 200, "/room/" + "y" * 5000),
]
PIECES = [
    *(
        b"amount",
        b"title",
        b"note",
        b"count",
        b"watch",
        b"datastar",
        b"=",
        b"&",
        b"%",
        b"%00",
        b"%ff",
    ),
    *(
        b"{",
        b"}",
        b"[",
        b"]",
        b'"',
        b":",
        b",",
        b"\\",
        b"\\u0000",
        b"\\ud800",
        b"null",
        b"true",
        b"-",
    ),
    *(
        b"1",
        b"9" * 400,
        b"1e999",
        b"NaN",
        b"\0",
        b"\r\n",
        b"\xff",
        b"\xf0\x9f\x98\x80",
        b"__proto__",
    ),
    *(
        b'{"amount":1}',
        b'{"title":"x"}',
        b"counter",
        b"room:x",
        b"--b\r\n",
        b"--b--\r\n",
        b"; ",
        b"+",
    ),
    *(b'Content-Disposition: form-data; name="title"\r\n\r\n', b"x" * 3000, b"/", b"?", b"#", b" "),
]
HEADERS: dict[str, list[str]] = {
    "content-type": [
        *(
            "application/json",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=b",
        ),
        *(
            "multipart/form-data",
            "text/plain",
            "",
            "application/json; charset=\xff",
            ";;;=",
            "\xff",
        ),
        *(
            'multipart/form-data; boundary="',
            "multipart/form-data; boundary*=UTF-8''%ff",
            "," * 3000,
        ),
    ],
    "accept": [
        "application/json",
        "text/html",
        "*/*",
        "",
        ";q=",
        "\xff",
        "," * 3000,
        "a/b;q=x;q=1",
    ],
    "datastar-request": ["true", "false", ""],
    "cookie": [
        "starmodel=x",
        "starmodel=",
        "starmodel=a.b.c",
        "=;=;",
        "\xff",
        ";" * 3000,
        "starmodel",
    ],
    "content-length": ["0", "-1", "x", "9" * 400, "", "\xb2"],
    "origin": ["http://shop.example", "null", "\xff", "http://["],
    "referer": ["http://shop.example/x", "http://[", "\xff", "http://shop.example/" + "(" * 3000],
    "host": ["", "\xff", "["],
    "last-event-id": ["x", "1", "\xff", "a:b:c", "9" * 400],
    "x-user": ["ann"],
}


def anything(seed: random.Random) -> bytes:
    return b"".join(seed.choice(PIECES) for _ in range(seed.randrange(12)))


async def send_anything(client: Client, seed: random.Random) -> Answer:
    path = seed.choice(PATHS)
    if seed.random() < 0.5:
        query = anything(seed)
        path += "?" + (quote_from_bytes(query, safe="=&%") if seed.random() < 0.7 else "a=b&a&&=")
    headers = [(name, seed.choice(HEADERS[name])) for name in HEADERS if seed.random() < 0.4]
    # Datastar's streams have no end of their own, so their reader goes away.
    return await client.send(
        seed.choice(METHODS),
        path,
        [anything(seed) for _ in range(seed.randrange(1, 4))],
        headers,
        disconnect_after=1,
    )


async def test_whatever_is_sent(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        seed = random.Random(11)
        client = Client(make_app())
        statuses: dict[int, int] = {}
        for _ in range(3_000):
            if seed.random() < 0.3:
                client.cookies.clear()
            answer = await asyncio.wait_for(send_anything(client, seed), 5)
            statuses[answer.status] = statuses.get(answer.status, 0) + 1
            assert answer.status < 500
        assert {200, 400, 403, 404, 405, 415, 422} <= set(statuses), statuses
    assert [record for record in caplog.records if record.name.startswith("starmodel")] == []

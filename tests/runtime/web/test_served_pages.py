"""What must hold of every page while it is served: for whom it is, and what it costs."""

import asyncio
import sys
from collections.abc import Iterator
from html import unescape
from types import FrameType
from typing import Any

import pytest
from generated_world import generate_world
from listed_entities import Author, Book, Diary
from sql_tables import Store

from starmodel import Actor, Ref, StateStore
from starmodel.application import Key, Write
from starmodel.settings import Settings
from starmodel.testing import Client
from starmodel.ui import Navigation
from starmodel.web import Request, Resource, WebApplication

generated = generate_world("listed_entities")
RESOURCES: list[Resource] = [
    getattr(generated(f"{name}.routes"), f"{name}_resource") for name in ("author", "book", "diary")
]
PEOPLE = ("ann", "bob", "cleo", "dan")
HTML = {"accept": "text/html", "sec-fetch-site": "same-origin"}
FORM = {**HTML, "content-type": "application/x-www-form-urlencoded"}
BUILDERS = ("/htpy/", "/fasthtml/", "/fastcore/", "/monsterui/", "/datastar_py/")


async def identify(request: Request) -> Actor:
    # Others are served while it is found out who this is.
    await asyncio.sleep(0)
    name = request.headers.get(b"x-name")
    return Actor() if name is None else Actor(name.decode())


def signed_in(request: Request) -> str:
    return f"Signed in as {request.actor.id}"


@pytest.fixture(
    params=[(ui, way) for ui in ("default", "monsterui") for way in ("datastar", "htmx")]
)
def client(request: pytest.FixtureRequest) -> Iterator[Client]:
    kit, frontend = request.param
    store = Store("sqlite://", [one.table for one in RESOURCES if one.table is not None])
    app = WebApplication(
        RESOURCES,
        Settings(ui=kit, frontend=frontend),
        stores={StateStore.SERVER_SQL: store},
        identify=identify,
        navigation=Navigation("Diaries", aside=[signed_in]),
    )
    things: list[Any] = [
        Author(id="a", name="Ada"),
        *[
            Book(id=f"b{number}", title=f"Book {number}", author=Ref(Author(id="a", name="")))
            for number in range(3)
        ],
        *[Diary(id=f"d-{who}", title=f"Of {who} alone", owner=who) for who in PEOPLE],
    ]
    with Client(app) as client:
        writes = [
            Write(Key(type(one).__name__.lower(), "record", one.id), dict(one.__dict__), 0)
            for one in things
        ]
        client.run(store.commit(writes))
        yield client


PAGES = (
    "/",
    "/book",
    "/book?q=1&sort=-title&columns=title,pages&pages__ge=0",
    "/book/b1",
    "/book/b1/edit",
    "/book/b1/delete",
    "/book/new?author=a",
    "/author/a",
    "/diary",
    "/book/nothing",
    "/book?sort=nothing",
    "/nowhere",
)

SENT = (
    ("/book/b1/edit", b"pages=x&version=1"),
    ("/book/b1/edit", b"title=other&version=0"),
    ("/book/b1/move", b""),
    ("/book/batch", b"event=delete&id=b1&id=b2"),
    ("/book/batch", b"event=lend&id=b1&id=nothing"),
)


def test_no_library_builds_elements_while_a_request_is_served(client: Client) -> None:
    def visit() -> set[str]:
        called: set[str] = set()

        def note(frame: FrameType, event: str, _: object) -> None:
            path = frame.f_code.co_filename
            if event == "call" and any(name in path for name in BUILDERS):
                called.add(f"{path}: {frame.f_code.co_name}")

        before = sys.getprofile()
        sys.setprofile(note)
        try:
            for path in PAGES:
                client.request("GET", path, headers={**HTML, "x-name": "ann"})
            for path, body in SENT:
                client.request("POST", path, body=body, headers=FORM)
        finally:
            sys.setprofile(before)
        return called

    assert visit(), "What builds pages was not noticed when they were built."
    assert visit() == set()


def test_nobody_sees_what_is_another_s(client: Client) -> None:
    app = client.app

    async def page(who: str, path: str) -> str:
        scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "query_string": b"",
            "headers": [(b"x-name", who.encode()), (b"accept", b"text/html")],
        }
        chunks: list[bytes] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            await asyncio.sleep(0)
            chunks.append(message.get("body", b""))

        await app(scope, receive, send)
        return b"".join(chunks).decode()

    async def all_at_once() -> None:
        asked = [
            (who, path)
            for _ in range(3)
            for who in PEOPLE
            for path in ("/", "/diary", f"/diary/d-{who}", "/nowhere", "/book", "/diary.csv")
        ]
        found = await asyncio.gather(*[page(*one) for one in asked])
        for (who, path), html in zip(asked, found, strict=True):
            if not path.endswith(".csv"):
                assert f"Signed in as {who}" in html, path
            for other in PEOPLE:
                if other != who:
                    assert f"Of {other} alone" not in html, (path, who)
                    assert f"Signed in as {other}" not in html, (path, who)

    client.run(all_at_once())


READS = (
    "/diary/d-bob",
    "/diary/d-bob/edit",
    "/diary/d-bob/delete",
    "/diary",
    "/diary?q=bob",
    "/diary?owner=bob",
    "/diary.csv",
    "/diary/options",
    "/diary/options?q=bob",
)


@pytest.mark.parametrize("accept", ["text/html", "application/json", "text/event-stream"])
def test_no_address_tells_what_may_not_be_read(client: Client, accept: str) -> None:
    for path in READS:
        for name in ({}, {"x-name": "ann"}):
            answer = client.request("GET", path, headers={"accept": accept, **name})
            assert "Of bob" not in answer.text, path
    for event in ("event=delete&id=d-bob", "event=delete&id=d-bob&confirmed=true"):
        for name in ({}, {"x-name": "ann"}):
            answer = client.request(
                "POST", "/diary/batch", body=event.encode(), headers={**FORM, **name}
            )
            assert "Of bob" not in answer.text
    answer = client.request("GET", "/diary/d-bob", headers={**HTML, "x-name": "bob"})
    assert "Of bob alone" in answer.text


WRITES = (
    ("/book/batch", b"event=delete&id=b1&confirmed=true"),
    ("/book/batch", b"one=lend+b1"),
    ("/book/b1/edit", b"title=stolen&version=1"),
    ("/book/b1/delete", b""),
    ("/book/b1/lend", b""),
    ("/book", b"title=stolen&author=a"),
)


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_no_other_site_changes_anything(client: Client, site: str) -> None:
    for path, body in WRITES:
        answer = client.request("POST", path, body=body, headers={**FORM, "sec-fetch-site": site})
        assert answer.status == 403, path
        old = {name: value for name, value in FORM.items() if name != "sec-fetch-site"}
        answer = client.request("POST", path, body=body, headers={**old, "origin": "http://evil"})
        assert answer.status == 403, path
    listed = client.request("GET", "/book", headers=HTML).text
    assert listed.count("Book 1") and "stolen" not in listed


EVIL = (
    "http://evil.example/book",
    "//evil.example/book",
    "http://localhost//evil.example",
    "http://localhost/\\evil.example",
    "http://localhost@evil.example/",
    "javascript:alert(1)",
)


@pytest.mark.parametrize("referer", EVIL)
def test_no_referer_leads_to_another_site(client: Client, referer: str) -> None:
    for name, value in (("/book/b1/lend", b""), ("/book/batch?q=%0d%0aX:1", b"event=lend&id=b2")):
        answer = client.request("POST", name, body=value, headers={**FORM, "referer": referer})
        location = answer.headers.get("location", "/")
        assert location.startswith("/book") and "\n" not in location
    for path in ("/nowhere", "/book/nothing", "/book/b1"):
        html = client.request("GET", path, headers={**HTML, "referer": referer}).text
        assert "evil" not in html and "javascript:" not in html


def test_a_message_that_somebody_else_has_set_is_a_text(client: Client) -> None:
    answer = client.request("POST", "/book/b1/edit", body=b"title=x&version=1", headers=FORM)
    name = answer.headers["set-cookie"].partition("=")[0]
    hostile = "</script><script>alert(1)</script>' + $x + @get('/x') {{x}} \x00\x02 \u202e hx-on:"
    for value in (hostile.encode(), b"\xff\xfe", b"x" * 4000, b'{"a": 1}'):
        cookie = f"{name}=" + "".join([f"%{byte:02x}" for byte in value])
        answer = client.request("GET", "/book/b1", headers={**HTML, "cookie": cookie})
        assert answer.status == 200
        assert "<script>alert" not in answer.text
        assert "no-cache" in answer.headers["cache-control"]
        assert "private" in answer.headers["cache-control"]
    assert "@get('/x')" not in unescape(answer.text)

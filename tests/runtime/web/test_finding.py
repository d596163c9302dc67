"""Queries over HTTP: what an address means, and what is answered."""

from collections.abc import Iterator
from datetime import date, timedelta
from html import unescape
from re import findall, search
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from found_app import Recorded, found_app
from found_entities import Author, Book, Tag, Thing
from library_queries import VALUES

from starmodel import Ref
from starmodel.application import Key, Write
from starmodel.application.queries.searchable import MAX_CHOICES
from starmodel.domain import Entity
from starmodel.testing import Client
from starmodel.web.http.http_request import read_pairs


@pytest.fixture
def store() -> Recorded:
    return Recorded()


@pytest.fixture
def client(store: Recorded) -> Iterator[Client]:
    """A client in front of an app with twelve books."""
    tags = [Tag(id=f"t{number}", name=f"Tag {number}") for number in range(3)]
    authors = [Author(id=f"a{number}", name=f"Author {number}") for number in range(3)]
    books = [
        Book(
            id=f"b{number:02}",
            title=f"Book {number}",
            author=Ref(authors[number % 3]),
            tags=[Ref(tags[number % 3])],
            pages=number,
        )
        for number in range(12)
    ]
    with Client(found_app(store)) as client:
        client.run(save(store, *tags, *authors, *books))
        store.asked.clear()
        yield client


async def save(store: Recorded, *entities: Entity) -> None:
    def key(entity: Entity) -> Key:
        return Key(type(entity).__name__.lower(), "record", str(entity.id))

    await store.commit([Write(key(entity), dict(entity.__dict__), 0) for entity in entities])


def found(client: Client, query: str) -> list[str]:
    answer = client.get(f"/book?{query}")
    assert answer.status == 200, answer.text
    return [item["id"] for item in answer.json["items"]]


def errors(client: Client, query: str, path: str = "/book") -> list[tuple[str, str]]:
    answer = client.get(f"{path}?{query}")
    assert answer.status == 422, answer.text
    return [(error["name"], error["type"]) for error in answer.json["errors"]]


def test_a_list_as_json(client: Client) -> None:
    answer = client.get("/book?limit=1&sort=-pages&include=author,tags&tags=t2")
    assert answer.headers["content-type"] == "application/json"
    assert "accept" in answer.headers["vary"]
    body: dict[str, Any] = answer.json
    following = body.pop("next")
    assert body == {
        "items": [
            {
                "id": "b11",
                "title": "Book 11",
                "author": "a2",
                "editor": None,
                "tags": ["t2"],
                "pages": 11,
            }
        ],
        "included": {
            "author": {"a2": {"id": "a2", "name": "Author 2"}},
            "tags": {"t2": {"id": "t2", "name": "Tag 2"}},
        },
    }
    query = f"limit=9&sort=-pages&tags=t2&cursor={following}"
    last = client.get(f"/book?{query}").json
    assert [item["id"] for item in last["items"]] == ["b08", "b05", "b02"]
    assert last["next"] is None
    assert "included" not in last


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("pages=3", ["b03"]),
        ("pages__in=3,5,99", ["b03", "b05"]),
        ("pages__in=[3,%225%22]", ["b03", "b05"]),
        ("pages__in=", []),
        ("pages__in=[]", []),
        ("pages__ge=10&sort=-id", ["b11", "b10"]),
        ("title=Book+7", ["b07"]),
        ("title__in=Book 7,Book 8", ["b07", "b08"]),
        ('title__in=["Book 7","a, b"]', ["b07"]),
        ("title__contains=OOK%201", ["b01", "b10", "b11"]),
        ("q=k 1&sort=-title&limit=2", ["b11", "b10"]),
        ("q=&limit=1", ["b00"]),
        ("author=a1&pages__lt=6", ["b01", "b04"]),
        ("author__in=a1,a2&pages__le=2", ["b01", "b02"]),
        ("editor__isnull=false", []),
        ("editor__isnull=true&limit=2", ["b00", "b01"]),
        ("sort=author&limit=1", None),
        ("limit=1&datastar=%7B%7D", ["b00"]),
        ("limit=&cursor=&sort=&include=&pages=1", ["b01"]),
    ],
)
def test_an_address_means(client: Client, query: str, expected: list[str] | None) -> None:
    query = quote(query, safe="=&%+[]")
    if expected is None:
        assert errors(client, query) == [("sort", "unknown")]
    else:
        assert found(client, query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("colour=red", [("colour", "unknown")]),
        ("title__like=x", [("title__like", "unknown")]),
        ("actor=ann", [("actor", "unknown")]),
        ("Title=x", [("Title", "unknown")]),
        ("title%20=x", [("title ", "unknown")]),
        ("pages=x&pages__lt=y", [("pages", "int_parsing"), ("pages__lt", "int_parsing")]),
        ("pages=1&pages=1", [("pages", "duplicate")]),
        ("sort=id&sort=id", [("sort", "duplicate")]),
        ("limit=1&limit=1", [("limit", "duplicate")]),
        ("pages=", [("pages", "missing")]),
        ("pages=99999999999999999999", [("pages", "int_parsing_size")]),
        ("pages=" + "9" * 5000, [("pages", "int_parsing_size")]),
        ("pages__in=1,,2", [("pages__in", "missing")]),
        ("pages__in=[1", [("pages__in", "json_invalid")]),
        ("pages__in=" + ",".join(["1"] * (MAX_CHOICES + 1)), [("pages__in", "too_long")]),
        ("editor__isnull=perhaps", [("editor__isnull", "bool_parsing")]),
        ("limit=0", [("limit", "limit")]),
        ("limit=201", [("limit", "limit")]),
        ("limit=-1", [("limit", "limit")]),
        ("limit=1e2", [("limit", "limit")]),
        ("limit=%D9%A3", [("limit", "limit")]),
        ("sort=title,,id", [("sort", "unknown")]),
        ("sort=+title", [("sort", "unknown")]),
        ("include=secret", [("include", "unknown")]),
        ("include=author,author", [("include", "duplicate")]),
        (
            "&".join(f"a{number}=" for number in range(500)),
            [(f"a{n}", "unknown") for n in range(20)],
        ),
        ("cursor=abc", [("cursor", "cursor")]),
        ("title=a%00b", [("title", "string_nul")]),
        ("q=" + "x" * 201, [("q", "string_too_long")]),
    ],
)
def test_an_address_does_not_mean(
    client: Client, query: str, expected: list[tuple[str, str]]
) -> None:
    assert errors(client, query) == expected


def test_what_is_wrong_says_what_is_right(client: Client) -> None:
    answer = client.get("/book?colour=red")
    [error] = answer.json["errors"]
    assert error["message"].endswith("There are: id, title, author, editor, tags, pages.")
    page = client.request("GET", "/book?<b>=1", headers={"accept": "text/html"})
    assert page.status == 422
    assert "<b>=" not in page.text and "There are: id" in page.text


def test_every_value_of_every_type_is_found_by_its_text(client: Client, store: Recorded) -> None:
    things: list[Thing] = []
    for field, values in VALUES.items():
        for place, value in enumerate(values):
            thing = Thing(id=f"{field}{place}")
            vars(thing)[field] = value
            things.append(thing)
    client.run(save(store, *things))
    for thing in things:
        field = thing.id.rstrip("0123456789")
        value = getattr(thing, field)
        text = value.isoformat() if isinstance(value, date) else thing.model_dump_json()
        if not isinstance(value, date):
            dumped: Any = thing.model_dump(mode="json")[field]
            text = str(dumped).lower() if isinstance(dumped, bool) else str(dumped)
        query = urlencode({field: text})
        answer = client.get(f"/thing?{query}")
        assert answer.status == 200, (field, value, answer.text)
        assert thing.id in [item["id"] for item in answer.json["items"]], (field, text)
        following = client.get(f"/thing?{urlencode({'sort': field, 'limit': 1})}")
        assert following.status == 200 and following.json["next"]


def test_a_span_is_found_by_its_seconds_too(client: Client, store: Recorded) -> None:
    spans = [*VALUES["span"], timedelta(days=100_000_000, microseconds=1)]
    things = [Thing(id=str(place), span=span) for place, span in enumerate(spans)]
    client.run(save(store, *things))
    for thing in things:
        assert thing.span is not None
        micros = thing.span // timedelta(microseconds=1)
        sign, seconds = "-" if micros < 0 else "", divmod(abs(micros), 10**6)
        query = urlencode({"span": f"{sign}{seconds[0]}.{seconds[1]:06}"})
        assert [one["id"] for one in client.get(f"/thing?{query}").json["items"]] == [thing.id]
    wrong = [("span", "time_delta_parsing")]
    assert errors(client, "span=99999999999999999999", "/thing") == wrong
    assert errors(client, "span=1.5.5", "/thing") == wrong


def listed(page: str) -> list[str]:
    """The ids of the books that a page shows."""
    return findall('<tr id="book-(.*?)">', page)


def test_a_list_as_a_page(client: Client) -> None:
    page = client.page("/book?author=a1&title__contains=&pages__ge=&limit=2&sort=-pages")
    assert listed(page) == ["b10", "b07"]
    assert page.count(">Author 1</a>") == 2
    link = search('<a [^>]*href="([^"]*cursor=[^"]*)"', page)
    assert link is not None
    address = unescape(link[1])
    query = dict(read_pairs(address.partition("?")[2].encode(), 10_000))
    assert [*query] == ["author", "limit", "sort", "cursor"]
    assert listed(client.page(address)) == ["b04", "b01"]


def test_a_list_for_datastar(client: Client) -> None:
    answer = client.act("/book?pages=3", method="GET")
    assert answer.status == 200
    assert listed(answer.text) == ["b03"]
    answer = client.act("/book?pages=x", method="GET")
    assert answer.status == 200
    assert answer.signals["errors"] == {"book": {"find": {"_": "Pages: Enter a whole number."}}}


def test_a_filter_by_a_record_shows_what_it_is_called_where_nothing_fits(
    client: Client, store: Recorded
) -> None:
    client.page("/book?author=a1&pages=7000")
    assert any('FROM "author"' in sql or "FROM author" in sql for sql, _ in store.asked)


def test_a_list_takes_three_statements(client: Client, store: Recorded) -> None:
    client.get("/book?include=author,editor,tags")
    assert len(store.asked) == 3
    store.asked.clear()
    client.page("/book")
    assert len(store.asked) == 3

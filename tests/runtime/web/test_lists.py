"""Lists as people use them without a script: pages, columns, files, and many records at once."""

import csv
from collections.abc import Iterator
from html import unescape
from io import StringIO
from re import findall, search
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from generated_world import generate_world
from listed_entities import Author, Book, Diary
from sql_tables import Store

from starmodel import Actor, Ref, StateStore
from starmodel.application import Key, Write, readable
from starmodel.domain import Entity
from starmodel.testing import Client
from starmodel.testing.client import ClientResponse
from starmodel.web import Request, Resource, WebApplication, list_routes
from starmodel.web.app.list_export import harmless
from starmodel.web.http.response import PIECE

generated = generate_world("listed_entities")
NAMES = ("author", "book", "diary")
RESOURCES: list[Resource] = [
    getattr(generated(f"{name}.routes"), f"{name}_resource") for name in NAMES
]
BOOKS = generated("book.pages").BOOKS
QUERIES = generated("book.queries").BOOK_FILTER_SET
COMMANDS = generated("book.commands")
HTML = {"accept": "text/html"}


def identify(request: Request) -> Actor:
    name = request.headers.get(b"x-name")
    return Actor() if name is None else Actor(name.decode())


def serving(resources: list[Resource], *entities: Entity) -> Iterator[Client]:
    store = Store("sqlite://", [one.table for one in RESOURCES if one.table is not None])
    app = WebApplication(resources, stores={StateStore.SERVER_SQL: store}, identify=identify)
    with Client(app) as client:
        writes = [
            Write(
                Key(type(entity).__name__.lower(), "record", str(entity.id)),
                dict(entity.__dict__),
                0,
            )
            for entity in entities
        ]
        client.run(store.commit(writes))
        yield client


AUTHORS = [Author(id=f"a{number}", name=f"Author {number}") for number in range(3)]


def books(count: int) -> list[Book]:
    return [
        Book(
            id=f"b{number:03}",
            title=f"Book {number:03}",
            author=Ref(AUTHORS[number % 3]),
            pages=number,
        )
        for number in range(count)
    ]


@pytest.fixture
def client() -> Iterator[Client]:
    yield from serving(RESOURCES, *AUTHORS, *books(12))


def varied(*entities: Entity, **changes: Any) -> Iterator[Client]:
    """Serve the books by another list."""
    page = BOOKS.replace(**changes)
    routes = list_routes(QUERIES, page, {"delete": COMMANDS.delete, "lend": COMMANDS.lend})
    others = [one for one in RESOURCES if one.definition.name != "book"]
    definition = RESOURCES[1].definition
    table = RESOURCES[1].table
    resource = Resource(definition, routes=routes, table=table, queries=QUERIES)
    yield from serving([*others, resource], *entities)


def titles(html: str) -> list[str]:
    return findall(r'<th scope="row"><a href="[^"]*">([^<]*)</a>', html)


def link(html: str, rel: str) -> str | None:
    found = search(rf'rel="{rel}" href="([^"]*)"', html)
    return None if found is None else unescape(found[1])


def head(html: str) -> list[str]:
    thead = html.partition("<thead>")[2].partition("</thead>")[0]
    return [one for one in findall(r">([^<>]+)<", thead) if one not in ("Actions", "Select all")]


def send(
    client: Client, fields: list[tuple[str, str]], path: str = "/book/batch", **headers: str
) -> ClientResponse:
    return client.request(
        "POST",
        path,
        body=urlencode(fields).encode(),
        headers={
            "content-type": "application/x-www-form-urlencoded",
            "sec-fetch-site": "same-origin",
            **HTML,
            **headers,
        },
    )


def test_rows_are_the_same_however_many_of_them_are_read_in_a_turn(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = client.page("/book?author=a1")
    assert len(titles(page)) == 4 and page.count('<a href="/author/a1">Author 1</a>') == 4
    monkeypatch.setattr(readable, "_TURN", 0.0)
    assert client.page("/book?author=a1") == page


def test_a_large_page_is_sent_in_pieces_and_whole() -> None:
    texts = [f"<{number}> \u20ac " * 9000 for number in range(12)]
    long = [Author(id=f"l{number:02}", name=text) for number, text in enumerate(texts)]
    for client in serving(RESOURCES, *long):
        answer = client.request("GET", "/author", headers=HTML)
        assert len(answer.body) > 12 * 9000 * 8 > 2 * PIECE
        assert answer.headers["content-length"] == str(len(answer.body))
        assert [unescape(each) for each in titles(answer.text)] == texts
        assert client.request("HEAD", "/author", headers=HTML).body == b""


def test_pages_lead_on_and_back(client: Client) -> None:
    first = client.page("/book?sort=-pages&limit=5")
    assert titles(first) == [f"Book {number:03}" for number in (11, 10, 9, 8, 7)]
    assert link(first, "prev") is link(first, "start") is None
    second = client.page(str(link(first, "next")))
    third = client.page(str(link(second, "next")))
    assert titles(third) == ["Book 001", "Book 000"]
    assert link(third, "next") is None
    again = client.page(str(link(third, "prev")))
    assert titles(again) == titles(second)
    assert link(again, "next") == link(second, "next")
    begun = client.page(str(link(again, "prev")))
    assert titles(begun) == titles(first)
    assert link(begun, "prev") is None
    assert link(begun, "start") is None
    assert link(second, "start") == "/book?sort=-pages&limit=5"


@pytest.mark.parametrize(
    ("headers", "count"),
    [
        (
            {"user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Mobile/15E148"},
            20,
        ),
        ({"user-agent": "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0"}, 20),
        (
            {
                "user-agent": "Mozilla/5.0 (Linux; Android 10; K) Chrome/140",
                "sec-ch-ua-mobile": "?1",
            },
            20,
        ),
        ({"user-agent": "Mozilla/5.0 (X11; Linux x86_64) Mobi", "sec-ch-ua-mobile": "?0"}, 50),
        ({}, 50),
    ],
)
def test_a_phone_pages_earlier(headers: dict[str, str], count: int) -> None:
    for client in serving(RESOURCES, *AUTHORS, *books(60)):
        first = client.get("/book", headers={**HTML, **headers}).text
        assert len(titles(first)) == count
        second = client.get(str(link(first, "next")), headers={**HTML, **headers}).text
        assert titles(second)[0] == f"Book {count:03}"
        asked = client.get("/book?limit=30", headers={**HTML, **headers}).text
        assert len(titles(asked)) == 30
        answer = client.get("/book", headers={"accept": "application/json", **headers})
        assert len(answer.json["items"]) == 50


def test_a_list_is_sorted_by_what_its_component_says_first() -> None:
    for client in varied(*AUTHORS, *books(3), sort="-pages"):
        page = client.page("/book")
        assert titles(page) == ["Book 002", "Book 001", "Book 000"]
        assert search(r'aria-sort="descending"><a id="sort-pages" href="/book\?sort=pages"', page)
        assert titles(client.page("/book?sort=pages"))[0] == "Book 000"
        answer = client.request("GET", "/book.csv", headers=HTML)
        assert "Book 002" in answer.text.splitlines()[1]
    with pytest.raises(ValueError, match=r"sorted by '-author'; it can be sorted by: .*pages"):
        next(varied(sort="-author"))


def test_records_are_counted_where_a_list_says_up_to_how_many() -> None:
    for client in varied(*AUTHORS, *books(12), count=10):
        assert "5 of more than 10 books" in client.page("/book?limit=5")
        assert "2 of 4 books" in client.page("/book?limit=2&author=a0")
        assert ">4 books<" in client.page("/book?author=a0")


def test_an_address_chooses_columns(client: Client) -> None:
    assert head(client.page("/book"))[:2] == ["Title", "Author"]
    page = client.page("/book?q=Book&columns=pages,title")
    assert head(page) == ["Title", "Pages"]
    assert 'href="/book?q=Book&amp;columns=pages%2Ctitle&amp;sort=title"' in page
    # A form sends each that is ticked.
    assert head(client.page("/book?columns=title&columns=notes")) == ["Title", "Notes"]
    chooser = page.partition("<summary>Columns</summary>")[2].partition("</form>")[0]
    assert '<input type="hidden" name="q" value="Book">' in chooser
    assert 'name="columns"' in chooser
    assert findall(r'value="(\w+)" checked', chooser) == ["title", "pages"]
    assert "cover" not in chooser
    assert "Columns: " not in page
    answer = client.request("GET", "/book?columns=cover", headers=HTML)
    assert answer.status == 422
    assert client.get("/book?columns=title").status == 422


def test_a_list_shows_eight_columns_at_most() -> None:
    by_name = BOOKS.of.by_name
    assert len(BOOKS.replace(columns=[*by_name.values()]).shown) == min(
        8, len([each for each in by_name.values() if not each.is_file])
    )


def rows(answer: ClientResponse) -> list[list[str]]:
    assert answer.status == 200, answer.text
    text = answer.body.decode("utf-8-sig")
    return [*csv.reader(StringIO(text, newline=""))]


def test_a_file_has_all_pages_of_a_list() -> None:
    hostile = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", 'a "b", c\r\nd', "日本 😀", "<b>"]
    more = [
        Book(id=f"x{place}", title=title, author=Ref(AUTHORS[0]), pages=-5, shelf=title)
        for place, title in enumerate(hostile)
    ]
    for client in serving(RESOURCES, *AUTHORS, *books(450), *more):
        answer = client.request("GET", "/book.csv?sort=pages&limit=3", headers=HTML)
        assert answer.headers["content-disposition"] == 'attachment; filename="book.csv"'
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-type"].startswith("text/csv")
        found = rows(answer)
        assert found[0][:3] == ["Title", "Author", "Pages"]
        assert len(found) == 1 + 450 + len(more)
        assert found[-1][:3] == ["Book 449", "Author 2", "449"]
        assert {row[0].removeprefix("'") for row in found[1 : 1 + len(more)]} == {*hostile}
        assert not any(row[0].startswith(("=", "+", "-", "@", "\t")) for row in found)
        assert {row[2] for row in found[1 : 1 + len(more)]} == {"-5"}
        # The same query and the same columns as the page, which leads there.
        page = client.page("/book?author=a1&columns=title&columns=pages")
        address = unescape(search(r'href="(/book\.csv[^"]*)"', page)[1])  # type: ignore[index]
        assert dict(parse_qsl(urlsplit(address).query)) == {
            "author": "a1",
            "columns": "title,pages",
        }
        found = rows(client.request("GET", address, headers=HTML))
        assert found[0] == ["Title", "Pages"]
        assert len(found) == 151
        assert client.request("GET", "/book.csv?no=1", headers=HTML).status == 422


def test_a_file_has_what_its_reader_may_read() -> None:
    diaries = [
        Diary(id=f"{owner}{number}", title=f"{owner} {number}", owner=owner)
        for owner in ("ann", "bob")
        for number in range(3)
    ]
    for client in serving(RESOURCES, *diaries):
        answer = client.request("GET", "/diary.csv", headers={**HTML, "x-name": "ann"})
        assert [row[0] for row in rows(answer)] == ["Title", "ann 0", "ann 1", "ann 2"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("=1", "'=1"), ("\r1", "'\r1"), ("a=1", "a=1"), ("", ""), (" =1", " =1")],
)
def test_texts_are_no_formulas(text: str, expected: str) -> None:
    assert harmless(text) == expected


def test_an_event_is_asked_for_of_many_records(client: Client) -> None:
    page = client.page("/book?author=a0&limit=3")
    form = page.partition(' id="book-batch"')[2].partition("</form>")[0]
    assert 'action="/book/batch?author=a0&amp;limit=3"' in form
    assert findall(r'name="event" value="(\w+)"', form) == ["lend", "delete"]
    assert len(findall(r'name="id" value="\w+" form="book-batch"', page)) == 3
    assert 'name="all" form="book-batch"' in page
    fields = [("event", "lend"), ("id", "b000"), ("id", "b003"), ("id", "b000")]
    answer = send(client, fields, "/book/batch?author=a0&limit=3")
    assert answer.status == 303
    assert answer.headers["location"] == "/book?author=a0&limit=3"
    assert client.get("/book/b003").json["state"]["is_lent"] is True
    answer = send(
        client, [("event", "lend"), *[("id", f"b00{n}") for n in (0, 1, 3)], ("id", "no")]
    )
    assert answer.status == 200
    assert "1 done, 3 refused" in answer.text
    assert answer.text.count("Somebody has it already.") == 2
    assert "<dt>Book 000</dt>" in answer.text
    assert client.get("/book/b001").json["state"]["is_lent"] is True
    told = send(
        client, [("event", "lend"), ("id", "b001"), ("id", "b002")], accept="application/json"
    )
    assert told.json == {
        "done": ["b002"],
        "refused": [{"id": "b001", "reason": "Somebody has it already."}],
    }


def test_metrics_count_each_record_of_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STARMODEL_METRICS", "true")
    for client in serving(RESOURCES, *AUTHORS, *books(3)):
        send(client, [("event", "lend"), ("id", "b000")])
        send(client, [("event", "lend"), *[("id", f"b00{n}") for n in range(3)], ("id", "no")])
        figures = client.get("/_starmodel/metrics").text
        counted = 'starmodel_events_total{entity="book",event="lend",outcome="%s"} %s'
        assert counted % ("done", "3.0") in figures
        assert counted % ("refused", "2.0") in figures
        assert "starmodel_outbox_records 0.0" in figures


def test_a_row_has_buttons_of_its_own(client: Client) -> None:
    page = client.page("/book?limit=2")
    assert findall(r'form="book-batch" name="one" value="([^"]*)"', page) == [
        "lend b000",
        "lend b001",
    ]
    answer = send(client, [("id", "b001"), ("one", "lend b000")], "/book/batch?limit=2")
    assert (answer.status, answer.headers["location"]) == (303, "/book?limit=2")
    assert client.get("/book/b000").json["state"]["is_lent"] is True
    assert client.get("/book/b001").json["state"]["is_lent"] is False
    assert send(client, [("one", "move b001")]).status == 422
    assert send(client, [("one", "delete b001")]).text.count("<li>Book 001</li>") == 1
    assert client.get("/book/b001").status == 200


def test_many_records_are_deleted_after_a_question(client: Client) -> None:
    fields = [("event", "delete"), ("id", "b000"), ("id", "b001")]
    asked = send(client, fields, "/book/batch?q=Book")
    assert asked.status == 200
    assert "Delete 2 books?" in asked.text
    assert "<li>Book 000</li>" in asked.text
    assert client.get("/book/b000").status == 200
    form = asked.text.partition("<form")[2].partition("</form>")[0]
    assert 'action="/book/batch?q=Book"' in form
    hidden = findall(r'name="(\w+)" value="(\w+)"', form)
    assert hidden == [("event", "delete"), ("confirmed", "true"), *fields[1:]]
    answer = send(client, hidden, "/book/batch?q=Book")
    assert (answer.status, answer.headers["location"]) == (303, "/book?q=Book")
    assert client.get("/book/b000").status == client.get("/book/b001").status == 404
    assert client.get("/book/b002").status == 200


def test_a_batch_that_means_nothing_is_refused(client: Client) -> None:
    assert send(client, [("event", "lend")]).status == 303
    assert send(client, [("event", "move"), ("id", "b000")]).status == 422
    assert send(client, [("id", "b000")]).status == 422
    many = [("id", f"x{number}") for number in range(201)]
    assert send(client, [("event", "lend"), *many]).status == 422
    foreign = send(client, [("event", "lend"), ("id", "b000")], **{"sec-fetch-site": "cross-site"})
    assert foreign.status == 403
    assert client.get("/book/b000").json["state"]["is_lent"] is False


def test_each_record_of_a_batch_is_checked_for_access() -> None:
    diaries = [Diary(id=owner, title=f"Of {owner}", owner=owner) for owner in ("ann", "bob")]
    for client in serving(RESOURCES, *diaries):
        fields = [("event", "delete"), ("id", "ann"), ("id", "bob"), ("confirmed", "true")]
        asked = send(client, fields[:-1], "/diary/batch", **{"x-name": "ann"})
        # What may not be read is named by its id, which was sent.
        assert "<li>Of ann</li><li>bob</li>" in asked.text
        answer = send(client, fields, "/diary/batch", **{"x-name": "ann"})
        assert "1 done, 1 refused" in answer.text
        assert client.get("/diary/ann", headers={"x-name": "ann"}).status == 404
        assert client.get("/diary/bob", headers={"x-name": "bob"}).status == 200


def test_a_record_shows_what_refers_to_it() -> None:
    lent = [Book(id="of-a2", title="The one", author=Ref(AUTHORS[2]))]
    first = [book for book in books(90) if book.author.id == "a0"]
    for client in serving(RESOURCES, *AUTHORS, *first, *lent):
        page = client.page("/author/a0")
        section = page.partition('<section class="children" id="author-books"')[2]
        section = section.partition("</section>")[0]
        assert len(titles(section)) == 20
        assert "The first 20 of 30 books" in section
        assert 'href="/book?author=a0"' in section
        assert 'href="/book/new?author=a0"' in section
        assert head(section)[:2] == ["Title", "Pages"]
        assert 'name="id"' not in section
        assert "/live?watch=author:a0&amp;watch=book" in page
        one = client.page("/author/a2")
        assert titles(one) == ["The one"]
        assert ">1 book<" in one
        assert "There are no books yet." in client.page("/author/a1")
        form = client.page("/book/new?author=a0")
        assert "Author 0" in form


def test_a_list_calls_what_it_refers_to_by_its_label(client: Client) -> None:
    assert client.page("/book?limit=2").count(">Author 0<") == 1


def multipart(
    client: Client, path: str, parts: list[tuple[str, str | bytes]], **headers: str
) -> ClientResponse:
    """Send a form as a browser does; bytes are a file, and `b""` one that was not chosen."""
    body = b""
    for name, value in parts:
        body += b'--xyz\r\nContent-Disposition: form-data; name="%s"' % name.encode()
        if isinstance(value, bytes):
            body += b'; filename="%s"' % (b"a.bin" if value else b"")
            body += b"\r\nContent-Type: application/octet-stream"
        body += b"\r\n\r\n%s\r\n" % (value if isinstance(value, bytes) else value.encode())
    return client.request(
        "POST",
        path,
        body=body + b"--xyz--\r\n",
        headers={
            "content-type": "multipart/form-data; boundary=xyz",
            "sec-fetch-site": "same-origin",
            **HTML,
            **headers,
        },
    )


COVER = bytes(range(256)) * 500


def test_a_file_is_kept_downloaded_and_removed(client: Client) -> None:
    form = client.page("/book/new")
    assert 'enctype="multipart/form-data"' in form
    assert "Remove what is stored" not in form
    fields: list[tuple[str, str | bytes]] = [("title", "Ä/b\r\n"), ("author", "a0"), ("pages", "1")]
    made = multipart(client, "/book", [*fields, ("cover", COVER)])
    assert made.status == 303, made.text
    path = made.headers["location"]
    page = client.page(path)
    assert f'href="{path}/cover" download>128 kB' in page
    assert len(page) < 40_000
    answer = client.request("GET", f"{path}/cover", headers=HTML)
    assert answer.body == COVER
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith("attachment; filename*=UTF-8''%C3%84-b")
    assert len(client.page("/book?limit=200")) < 100_000

    assert 'type="checkbox" name="cover" value=""' in client.page(f"{path}/edit")


def test_a_stored_file_is_replaced_or_removed(client: Client) -> None:
    cover = "/book/b000/cover"
    assert client.request("GET", cover, headers=HTML).status == 404
    fields: list[tuple[str, str | bytes]] = [
        ("title", "Book 000"),
        ("author", "a0"),
        ("pages", "0"),
    ]

    def save(*parts: tuple[str, str | bytes]) -> int:
        edit = client.page("/book/b000/edit")
        version = search(r'name="version" value="(\d+)"', edit)[1]  # type: ignore[index]
        shown = unescape(search(r'name="_shown" value="([^"]*)"', edit)[1])  # type: ignore[index]
        more: list[tuple[str, str | bytes]] = [("version", version), ("_shown", shown)]
        return multipart(client, "/book/b000/edit", [*more, *fields, *parts]).status

    assert save(("cover", b"first")) == 303
    assert client.request("GET", cover, headers=HTML).body == b"first"
    # The box beside it, and another file: the file counts.
    assert save(("cover", b"second"), ("cover", "")) == 303
    assert client.request("GET", cover, headers=HTML).body == b"second"
    assert save(("cover", b"")) == 303
    assert client.request("GET", cover, headers=HTML).body == b"second"
    assert save(("cover", b""), ("cover", "")) == 303
    assert client.request("GET", cover, headers=HTML).status == 404
    assert client.get("/book/b000").json["state"]["cover"] is None


def test_a_file_that_is_too_large_is_refused(client: Client) -> None:
    fields: list[tuple[str, str | bytes]] = [("title", "A"), ("author", "a0")]
    assert multipart(client, "/book", [*fields, ("cover", b"x" * 9_000_000)]).status == 303
    assert multipart(client, "/book", [*fields, ("cover", b"x" * 11_000_000)]).status == 413
    # Where no file is asked for, the limit is that of all other requests.
    assert multipart(client, "/book/b000/move", [("shelf", "x" * 300_000)]).status == 413


def test_a_new_page_leads_to_another_one(client: Client) -> None:
    assert 'name="_again"' in client.page("/book/new")
    fields = [("title", "Another"), ("author", "a0"), ("_again", "true")]
    answer = send(client, fields, "/book")
    assert (answer.status, answer.headers["location"]) == (303, "/book/new")
    assert "Another" in client.page("/book?q=Another")
    refused = send(client, [("title", "None"), ("_again", "true")], "/book")
    assert refused.status == 422


@pytest.mark.parametrize(
    "text", ['"><script>alert(1)</script>', "{{7*7}}", "'||alert(1)||'", "\x00\x1f", "日本"]
)
def test_a_form_begins_with_what_its_address_says(client: Client, text: str) -> None:
    page = client.page(
        f"/book/new?{urlencode({'title': text, 'author': text, 'pages': text, 'no': text})}"
    )
    assert "<script>alert" not in page
    area = search(r"<textarea[^>]* name=\"title\"[^>]*>([^<]*)</textarea>", page)
    assert area is not None
    # What no document may hold is the browser's to replace.
    assert (
        area[1]
        .replace("&#39;", "'")
        .replace("&#34;", '"')
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        == text
    )


def test_a_file_is_no_text(client: Client) -> None:
    parts: list[tuple[str, str | bytes]] = [("title", b"a file"), ("author", "a0")]
    assert multipart(client, "/book", parts).status == 422
    parts = [
        ("title", "T"),
        ("author", "a0"),
        ("shelf", b"a file"),
        ("cover", b"1"),
        ("cover", b"2"),
    ]
    assert multipart(client, "/book", parts).status == 422


def test_a_file_is_no_part_of_the_data_of_a_page(client: Client) -> None:
    assert "cover" not in search(r"<main[^>]*>", client.page("/book/b000"))[0]  # type: ignore[index]
    with client.live("book:b000") as stream:
        first = stream.next()
        assert "b000" in str(first)
        assert "cover" not in stream.signals["book"]
        answer = client.request(
            "PATCH",
            "/book/b000",
            json_body={"cover": "AAAA", "shelf": "A"},
            headers={"accept": "text/event-stream", "datastar-request": "true"},
        )
        assert answer.status == 200
        assert "AAAA" not in answer.text
        news = ""
        while "3 bytes" not in news or stream.signals["book"].get("shelf") != "A":
            news += str(stream.next())
        assert "AAAA" not in news
        assert "/book/b000/cover" in news
    assert client.get("/book/b000").json["state"]["cover"] == "AAAA"


def test_a_file_that_comes_too_late_is_asked_for_again(client: Client) -> None:
    edit = client.page("/book/b000/edit")
    version = search(r'name="version" value="(\d+)"', edit)[1]  # type: ignore[index]
    shown = unescape(search(r'name="_shown" value="([^"]*)"', edit)[1])  # type: ignore[index]
    client.request(
        "PATCH", "/book/b000", json_body={"title": "Theirs"}, headers={"accept": "application/json"}
    )
    answer = multipart(
        client,
        "/book/b000/edit",
        [
            ("version", version),
            ("_shown", shown),
            ("title", "Mine"),
            ("author", "a0"),
            ("pages", "0"),
            ("cover", COVER),
        ],
    )
    assert answer.status == 409
    assert "Mine" in answer.text
    assert len(answer.text) < 40_000
    assert client.request("GET", "/book/b000/cover", headers=HTML).status == 404
    # A form that does not fit says so, and has nothing of the file either.
    answer = multipart(client, "/book", [("title", "A"), ("cover", COVER)])
    assert answer.status == 422
    assert len(answer.text) < 40_000

"""No text of a request is ever part of a statement: it is a parameter, or it is refused."""

from collections.abc import Iterator
from itertools import count, product
from random import Random
from typing import Any
from urllib.parse import urlencode

import pytest
from found_app import BOOKS, THINGS, Recorded, found_app, services_of
from found_entities import Thing
from random_schemas import hostile_text

from starmodel.application import Key, Write
from starmodel.application.queries.find import find
from starmodel.errors import InvalidArguments
from starmodel.testing import Client

MARK = "zqx"
"""Is in every text, and in no statement."""

STARTS = ["", "'", '"', "`", "\\", "')", "'))", '")', "1", "1)", "%", "$1", "?", ":id", "a,b"]
ENDS = [
    " OR 1=1 --",
    "; DROP TABLE thing; --",
    " UNION SELECT id, id, id, id, id, id, id, id, id, id, id, id, id, id, 1 FROM thing --",
    " UNION ALL SELECT sqlite_version() /*",
    "' AND (SELECT count(*) FROM pg_sleep(10)) > 0 --",
    "; ATTACH DATABASE '/tmp/x' AS x; --",
    "; COPY thing TO PROGRAM 'id'; --",
    " LIMIT 1 OFFSET 1",
    "; PRAGMA foreign_keys = OFF",
    "%' ESCAPE '_",
    "||(SELECT secret FROM author)||",
    "'; UPDATE thing SET name = 'hacked",
    " DESC, (SELECT 1)",
    " COLLATE NOCASE",
    "::text",
    "$$; SELECT 1; $$",
]
NUMBERS = count()
WRITTEN = [f"{start}{MARK}{next(NUMBERS)}{end}" for start, end in product(STARTS, ENDS)]
DRAWN = [f"{hostile_text(Random(seed))}{MARK}{seed}" for seed in range(40)]
TEXTS = [text.encode("utf-8", "replace").decode() for text in (*WRITTEN, *DRAWN)]
PARTS = [
    "name", "name__ne", "name__lt", "name__le", "name__gt", "name__ge", "name__in",
    "name__contains", "name__startswith", "id", "id__ne", "id__in", "q",
]  # fmt: skip


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Recorded:
    url = "sqlite://" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    return Recorded(url)


@pytest.fixture
def client(store: Recorded) -> Iterator[Client]:
    with Client(found_app(store)) as client:

        async def save() -> None:
            things = [Thing(id=str(number), name=f"Thing {number}") for number in range(3)]
            await store.commit(
                [Write(Key("thing", "record", one.id), dict(one.__dict__), 0) for one in things]
            )

        client.run(save())
        store.asked.clear()
        yield client


def ask(client: Client, path: str, **query: str) -> int:
    return client.get(f"{path}?{urlencode(query, errors='replace')}").status


def test_texts_are_parameters_of_few_statements(client: Client, store: Recorded) -> None:
    assert len({*TEXTS}) >= 200
    for text in TEXTS:
        for name in PARTS:
            assert ask(client, "/thing", **{name: text}) in (200, 422), (name, text)
        for name in ("author", "author__in", "editor__ne", "tags", "title__contains"):
            assert ask(client, "/book", **{name: text}) in (200, 422), (name, text)
    statements = {sql for sql, _ in store.asked}
    assert not [sql for sql in statements if MARK in sql]
    # One for each parameter; a list may have one value, or up to four, or up to 16.
    assert len(statements) <= len(PARTS) + 5 + 6
    given = [value for _, values in store.asked for value in values if MARK in str(value)]
    assert len(given) > 200 * 10
    assert ask(client, "/thing") == 200
    assert [item["name"] for item in client.get("/thing").json["items"]] == [
        f"Thing {number}" for number in range(3)
    ]


def test_what_is_no_text_and_every_name_is_refused(client: Client, store: Recorded) -> None:
    others = [name for name in THINGS.filters if not name.startswith(("name", "id"))]
    for text in TEXTS:
        assert ask(client, "/thing", **dict.fromkeys(others, text)) == 422
        assert ask(client, "/thing", sort=text) == 422
        assert ask(client, "/thing", sort=f"name,{text}") == 422
        assert ask(client, "/thing", include=text) == 422
        assert ask(client, "/book", include=f"author,{text}") == 422
        assert ask(client, "/thing", limit=text) == 422
        assert ask(client, "/thing", cursor=text) == 422
        assert ask(client, "/thing", **{text: "1"}) == 422
        assert ask(client, "/thing", **{f"name__{text}": "1"}) == 422
    for text in TEXTS[::12]:
        for name in others:
            assert ask(client, "/thing", **{name: text}) == 422, (name, text)
    assert store.asked == []


def test_names_from_python_are_held_against_what_is_declared(
    client: Client, store: Recorded
) -> None:
    services = services_of(store)

    async def refused(**query: Any) -> None:
        with pytest.raises(InvalidArguments):
            await find(services, BOOKS, query.pop("filters", {}), **query)

    for text in TEXTS:
        client.run(refused(filters={text: 1}))
        client.run(refused(sort=[text]))
        client.run(refused(include=[text]))
        client.run(refused(cursor=text))
    assert store.asked == []

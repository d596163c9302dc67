"""Lists whose `q` searches words by an index: over HTTP, on pages, in what pickers offer."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from found_project import imported
from postgres_server import Server
from shop_project import CONFIG, Shop, starmodel

from starmodel.testing import Client

PACKAGE = "catalogue"
ENTITIES = '''
from starmodel import Access, Entity, EntityConfig, Field, Ref, StateStore


class Series(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    name: str = Field(max_length=80, searchable=True)


class Book(Entity):
    """A book."""

    model_config = EntityConfig(
        store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True, order_by="title"
    )

    title: str = Field(max_length=200, searchable=True)
    text: str | None = Field(default=None, searchable=True)
    author: str = ""
    note: str = Field(default="canary", private=True)
    series: Ref[Series] | None = Field(default=None, on_delete="cascade")


class Shelf(Entity):
    """Is called by what no index has."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    name: str = Field(max_length=80)
    notes: str = Field(default="", searchable=True)


class Order(Entity):
    """Has numbers for ids, and a table and a column with names of their own."""

    model_config = EntityConfig(
        store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True, db_name="All Orders"
    )

    id: int | None = Field(default=None, primary_key=True)
    words: str = Field(default="", searchable=True, db_name="Order Words")
'''
Load = Callable[[str], Any]
BOOKS = [
    ("Tea for two", "Red and green; served in Österreich at 25.5 degrees", "Ann"),
    ("Green apples", None, "Tea Merchant"),
    ("A manual", "See https://example.com/tea-time/12abc, or write to jo.doe@example.com.", "Bob"),
    ("日本 and v2", "don't stop_the music", "Canary"),
]
FOUND = {
    "tea": "manual two",
    "TEA": "manual two",
    "te": "manual two",
    "ea": "",
    "green": "apples two",
    "green tea": "two",
    "tea gre": "two",
    # Only the last word may be begun.
    "gre tea": "",
    "österr": "two",
    "ÖSTERREICH": "two",
    "25": "two",
    "25.5": "two",
    "example": "manual",
    "com": "manual",
    "example.com": "manual",
    "time": "manual",
    "12": "manual",
    "12abc": "manual",
    "jo.doe@example.com": "manual",
    "日本": "v2",
    "日": "v2",
    "v": "v2",
    "don't": "v2",
    "stop": "v2",
    "ann": "",
    "canary": "",
}
HOSTILE = [
    '"',
    "'",
    '"tea',
    "tea*",
    "*",
    "tea AND",
    "NOT tea",
    "NEAR(tea, two)",
    "title:tea",
    "-tea",
    "tea & !two",
    "tea | ",
    "(",
    "tea:*",
    "\\",
    "^tea",
    "{title} : tea",
    "; DROP TABLE book; --",
    "%",
    "_",
    "😀",
    "»",
    "« » tea",
    " ",
    "\t\n",
    "'tea' <-> 'two'",
    "a" * 200,
    "é" * 200,
    "- " * 100,
    "te\u0301a",
    "\u200b",
    "0x1F",
    "1e5",
    "-5",
    "tea OR two",
    '""',
    "''",
    "\x01",
]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("catalogue")
    shop = Shop(folder)
    (folder / "shop").rename(folder / PACKAGE)
    shop.write(f"{PACKAGE}/entities.py", ENTITIES)
    shop.write("pyproject.toml", CONFIG.replace("shop/", f"{PACKAGE}/"))
    for command in (("generate",), ("migrate", "new", "first")):
        done = shop.starmodel(*command)
        assert done.code == 0, done.err
    return folder


@pytest.fixture(scope="module")
def load(project: Path) -> Iterator[Load]:
    with imported(project, PACKAGE) as load:
        yield load


@pytest.fixture(scope="module", params=["sqlite", "postgresql", "temporary"])
def client(request: pytest.FixtureRequest, project: Path, load: Load) -> Iterator[Client]:
    """A client in front of the app, with the books; also where the app makes its tables itself."""
    with ExitStack() as stack:
        urls = {"sqlite": f"sqlite:///{project / 'app.db'}", "temporary": "sqlite://"}
        if request.param == "postgresql":
            server: Server = request.getfixturevalue("postgres_server")
            urls["postgresql"] = stack.enter_context(server.database())
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setenv("STARMODEL_DATABASE_URL", urls[request.param])
        if request.param != "temporary":
            done = starmodel(project, "migrate", "up")
            assert done.code == 0, done.err
        client = stack.enter_context(Client(load("generated.app").create_app()))
        for title, text, author in BOOKS:
            add(client, "book", title=title, text=text, author=author)
        yield client


def add(client: Client, entity: str, **fields: object) -> str:
    answer = client.post(f"/{entity}", fields)
    assert answer.status == 201, answer.text
    return str(answer.json["state"]["id"])


def titles(client: Client, q: str, **more: object) -> str:
    answer = client.get(f"/book?{urlencode({'q': q, **more})}")
    assert answer.status == 200, (q, answer.text)
    return " ".join(sorted(item["title"].split()[-1] for item in answer.json["items"]))


def test_words_are_found_whatever_the_case_and_the_last_one_as_it_is_typed(client: Client) -> None:
    for asked, expected in FOUND.items():
        assert titles(client, asked) == expected, asked


def test_what_is_searched_for_has_no_syntax(client: Client) -> None:
    for asked in HOSTILE:
        assert titles(client, asked) in ("", "manual two", "two", "apples manual two v2"), asked
    # It is a word like others.
    assert titles(client, "NOT tea") == titles(client, "tea OR two") == ""
    assert titles(client, "tea AND") == "two"
    assert client.get("/book?q=%00").status == 422
    assert client.get(f"/book?q={'a' * 201}").status == 422


def test_a_change_is_found_at_once_and_what_is_deleted_never(client: Client) -> None:
    series = add(client, "series", name="Purple")
    id = add(client, "book", title="Yellow one", series=series)
    assert titles(client, "yellow") == "one"
    sent = {"text": "orange", "title": "Blue one"}
    answer = client.request(
        "PATCH", f"/book/{id}", json_body=sent, headers={"accept": "application/json"}
    )
    assert answer.status == 200, answer.text
    assert [titles(client, each) for each in ("yellow", "orange", "blue orange")] == [
        "",
        "one",
        "one",
    ]
    # The database deletes it along.
    assert (
        client.request("DELETE", f"/series/{series}", headers={"accept": "application/json"}).status
        == 204
    )
    assert titles(client, "orange") == ""


def test_numbers_and_names_of_ones_own(client: Client) -> None:
    ids = [add(client, "order", words=words) for words in ("two teas", "tea", "coffee")]
    answer = client.get("/order?q=tea&sort=-id").json
    assert [str(item["id"]) for item in answer["items"]] == [ids[1], ids[0]]


def test_pages_of_what_is_found_follow_one_another(client: Client) -> None:
    seen: list[str] = []
    cursor = ""
    while True:
        address = urlencode({"q": "te", "limit": 1, "sort": "-title", "cursor": cursor})
        page = client.get(f"/book?{address}").json
        seen += [item["title"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = page["next"]
    assert seen == ["Tea for two", "A manual"]
    assert titles(client, "te", title__startswith="a") == "manual"


def test_a_page_and_a_picker_search_as_one_types(client: Client) -> None:
    page = client.page("/book?q=gree")
    assert "Green apples" in page and "A manual" not in page
    add(client, "series", name="Garden stories")
    answer = client.act("/series/options?list=x&q=sto", method="GET")
    assert "Garden stories" in answer.text
    add(client, "shelf", name="Upper shelf", notes="dusty")
    add(client, "shelf", name="Lower shelf", notes="upper one is full")
    answer = client.act("/shelf/options?list=x&q=UPP", method="GET")
    assert "Upper shelf" in answer.text and "Lower shelf" not in answer.text
    assert "Upper shelf" in client.act("/shelf/options?list=x&q=", method="GET").text


def test_generated_code_says_what_is_searched(project: Path) -> None:
    generated = project / PACKAGE / "generated"
    table = (generated / "book" / "table.py").read_text()
    assert '    searchable=[\n        "title",\n        "text",\n    ],\n' in table
    [revision] = (project / "migrations" / "versions").glob("*.py")
    assert 'create_search_index("book", "id", ["title", "text"])' in revision.read_text()

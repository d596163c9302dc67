"""What is found by the values of lists: by an event, over HTTP, on a page and by a client."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import httpx
import pytest
from found_project import imported
from postgres_server import Server
from shop_project import CONFIG, Shop

from starmodel.testing import Client

PACKAGE = "bookshelf"
ENTITIES = '''
from datetime import date
from enum import Enum, IntEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import HttpUrl

from starmodel import Access, Entity, EntityConfig, Field, StateStore, UnitOfWork, event


class Mood(Enum):
    LIGHT = "light"
    DARK = "dark"


class Grade(IntEnum):
    LOW = 1
    HIGH = 10


class Book(Entity):
    """A book."""

    model_config = EntityConfig(
        store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud={"create", "update"}
    )

    title: str
    words: list[str] = Field(default_factory=list[str])
    pages: set[int] = Field(default_factory=set[int])
    moods: tuple[Mood, ...] = ()
    grades: list[Grade] | None = None
    sizes: frozenset[Literal["s", "l"]] = frozenset()
    answers: list[bool] = Field(default_factory=list[bool])
    days: list[date] = Field(default_factory=list[date])
    keys: list[UUID | None] = Field(default_factory=list[UUID | None])
    links: list[HttpUrl] = Field(default_factory=list[HttpUrl])
    short: list[Annotated[str, Field(max_length=3)]] = Field(default_factory=list[str])
    ratios: list[float] = Field(default_factory=list[float])
    hidden: list[Mood] = Field(default_factory=list[Mood], private=True)

    @event(access=Access.PUBLIC)
    @staticmethod
    async def hide(work: UnitOfWork, word: str) -> list[str]:
        """Hide what has a word, and hear what was hidden before and is dark by now."""
        before = await work.find(Book, words__contains=word)
        for book in before:
            book.hidden.append(Mood.DARK)
        found = await work.find(Book, hidden__contains=Mood.DARK, sort="title")
        return [book.title for book in found]
'''
Load = Callable[[str], Any]

BOOKS: list[dict[str, Any]] = [
    {"title": "none"},
    {
        "title": "one",
        "words": ["red", 'quo"te', "back\\slash", "über", "a,b", "line\nbreak"],
        "pages": [1, -5, 2**53],
        "moods": ["light"],
        "grades": [1, 10],
        "sizes": ["s"],
        "answers": [True],
        "days": ["2024-02-29"],
        "keys": [str(UUID(int=7)), None],
        "links": ["https://example.com"],
        "short": ["abc"],
    },
    {
        "title": "two",
        "words": ["red", "blue", "Red wine", "1", "true", "%", "[]"],
        "pages": [11],
        "moods": ["dark", "light"],
        "grades": [],
        "sizes": ["l", "s"],
        "answers": [False, True],
        "days": ["2024-03-01"],
        "keys": [],
    },
    {"title": "three", "words": ["redder", "", "😀"], "grades": [10], "answers": [False]},
]
FOUND: list[tuple[list[tuple[str, str]], str]] = [
    ([("words__contains", "red")], "one two"),
    ([("words__contains", "red"), ("words__contains", "blue")], "two"),
    ([("words__contains", "red"), ("words__contains", "redder")], ""),
    ([("words__contains", "Red")], ""),
    ([("words__contains", 'quo"te')], "one"),
    ([("words__contains", "back\\slash")], "one"),
    ([("words__contains", "über")], "one"),
    ([("words__contains", "a,b")], "one"),
    ([("words__contains", "line\nbreak")], "one"),
    ([("words__contains", "1")], "two"),
    ([("words__contains", "%")], "two"),
    ([("words__contains", "[]")], "two"),
    ([("words__contains", "😀")], "three"),
    ([("words__contains", "")], "three"),
    ([("words__contains", "' OR 1=1 --")], ""),
    ([("pages__contains", "1")], "one"),
    ([("pages__contains", "-5")], "one"),
    ([("pages__contains", str(2**53))], "one"),
    ([("pages__contains", str(2**53 + 1))], ""),
    ([("moods__contains", "light")], "one two"),
    ([("moods__contains", "light"), ("moods__contains", "dark")], "two"),
    ([("grades__contains", "10")], "one three"),
    ([("grades__isnull", "true")], "none"),
    ([("sizes__contains", "l")], "two"),
    ([("answers__contains", "true")], "one two"),
    ([("answers__contains", "false")], "three two"),
    ([("days__contains", "2024-02-29")], "one"),
    ([("keys__contains", str(UUID(int=7)))], "one"),
    ([("links__contains", "https://EXAMPLE.com")], "one"),
    ([("short__contains", "abc"), ("title__contains", "n"), ("title__contains", "o")], "one"),
]
REFUSED = [
    ("pages__contains", "x"),
    ("pages__contains", str(2**64)),
    ("moods__contains", "green"),
    ("grades__contains", "5"),
    ("sizes__contains", "m"),
    ("answers__contains", "perhaps"),
    ("days__contains", "2024-02-30"),
    ("keys__contains", "7"),
    ("links__contains", "no url"),
    ("words__contains", "\0"),
    ("words", "red"),
    ("words__startswith", "red"),
    ("ratios__contains", "1.5"),
    ("hidden__contains", "dark"),
]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bookshelf")
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


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def client(request: pytest.FixtureRequest, project: Path, load: Load) -> Iterator[Client]:
    """A client in front of the app, with the books."""
    with ExitStack() as stack:
        url = f"sqlite:///{project / 'app.db'}"
        if request.param == "postgresql":
            server: Server = request.getfixturevalue("postgres_server")
            url = stack.enter_context(server.database())
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setenv("STARMODEL_DATABASE_URL", url)
        done = Shop.starmodel(shop_at(project), "migrate", "up")
        assert done.code == 0, done.err
        client = stack.enter_context(Client(load("generated.app").create_app()))
        for book in BOOKS:
            assert client.post("/book", book).status == 201
        yield client


def shop_at(folder: Path) -> Shop:
    """Return a project that is there, without writing anything."""
    shop = Shop.__new__(Shop)
    shop.root = folder
    return shop


def titles(answer: Any) -> str:
    return " ".join(sorted(item["title"] for item in answer.json["items"]))


def test_a_list_is_found_by_its_very_values(client: Client) -> None:
    for asked, expected in FOUND:
        answer = client.get(f"/book?{urlencode(asked)}")
        assert (answer.status, titles(answer)) == (200, expected), asked
    asked = urlencode([("words__contains", "red"), ("limit", 1), ("sort", "title")])
    first = client.get(f"/book?{asked}").json
    second = client.get(f"/book?{asked}&cursor={first['next']}").json
    assert [each["items"][0]["title"] for each in (first, second)] == ["one", "two"]


def test_what_no_list_could_hold_is_refused(client: Client) -> None:
    for name, text in REFUSED:
        answer = client.get(f"/book?{urlencode([(name, text)])}")
        assert answer.status == 422, (name, text)
    many = urlencode([("words__contains", "red")] * 21)
    assert client.get(f"/book?{many}").status == 422


def test_an_event_finds_what_is_stored_and_what_it_has_changed(client: Client) -> None:
    answer = client.post("/book/hide", {"word": "redder"})
    assert answer.json["result"] == ["three"]
    answer = client.post("/book/hide", {"word": "blue"})
    assert answer.json["result"] == ["three", "two"]


def test_a_page_asks_for_one_value_of_a_list(client: Client) -> None:
    page = client.page("/book?words__contains=red&words__contains=blue&moods__contains=dark")
    assert "two" in page and "three" not in page
    assert 'href="/book?words__contains=red&amp;moods__contains=dark"' in page
    form = page[page.index("<form") : page.index("</form>")]
    assert 'name="words__contains"' in form and 'name="moods__contains"' in form
    assert '<option value="dark" selected' in form
    assert 'name="ratios' not in form
    page = client.page("/book?days__contains=2024-02-29&pages__contains=1&pages__contains=-5")
    # What is asked without an input above the list can be dropped one by one.
    for left in ("pages__contains=1", "pages__contains=-5"):
        assert f'href="/book?days__contains=2024-02-29&amp;{left}"' in page


def test_the_typed_client_asks_the_same(client: Client, load: Load) -> None:
    module = load("generated.client")

    async def find(**filters: Any) -> list[str]:
        transport = httpx.ASGITransport(client.app)
        async with httpx.AsyncClient(transport=transport) as http:
            typed = module.AsyncClient("http://bookshelf.test", http=http)
            page = await typed.book.find(**filters)
            return sorted(item.title for item in page.items)

    where = module.where
    assert client.run(find(words=where.contains("a,b"))) == ["one"]
    both = where.contains("red") & where.contains("blue")
    assert client.run(find(words=both, title=where.contains("w"))) == ["two"]
    mood = load("generated.client.book").Mood
    assert client.run(find(moods=where.contains(mood.DARK))) == ["two"]
    assert client.run(find(pages=where.contains(11))) == ["two"]

"""Generated queries: what is written, and the same query from Python, over HTTP and by a client."""

import ast
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from html import unescape
from pathlib import Path
from re import findall
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

import black
import httpx
import pytest
from found_project import NAMES, imported, make_found_project
from listed_shop import LISTED_SHOP
from postgres_server import Server
from random_schemas import SchemaMaker
from shop_project import starmodel

from starmodel import Actor
from starmodel.application import Services
from starmodel.application.queries.filter_set import NAMES as QUERY_NAMES
from starmodel.application.queries.filter_set import ColumnFilterSet, FilterSet
from starmodel.errors import InvalidArguments, Unauthenticated
from starmodel.testing import Client
from starmodel.web import Request
from starmodel_generator.emission.context import Context
from starmodel_generator.emission.entity.filters import QUERY_NAMES as KNOWN_NAMES
from starmodel_generator.emission.entity.filters import filters_of, sorts_of
from starmodel_generator.emission.python.formatting import is_vouched_for
from starmodel_generator.emission.render import render
from starmodel_generator.emission.server.queries_module import queries_view
from starmodel_generator.emission.templating import environment
from starmodel_schemas import AppSchema, EntitySchema

from .test_pages import SETTINGS, in_a_database

PACKAGE = "magazine"
TEMPLATE = environment().get_template("queries.py.j2")
DATABASE = "STARMODEL_DATABASE_URL"
Load = Callable[[str], Any]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("found")
    make_found_project(folder, PACKAGE)
    return folder


@pytest.fixture(scope="module")
def load(project: Path) -> Iterator[Load]:
    with imported(project, PACKAGE) as load:
        yield load


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, project: Path) -> Iterator[str]:
    """A database with the app's tables."""
    with ExitStack() as stack:
        url = f"sqlite:///{project / 'app.db'}"
        if request.param == "postgresql":
            server: Server = request.getfixturevalue("postgres_server")
            url = stack.enter_context(server.database())
        done = starmodel(project, "migrate", "up", environment={DATABASE: url})
        assert done.code == 0, done.err
        stack.enter_context(pytest.MonkeyPatch.context()).setenv(DATABASE, url)
        yield url


@pytest.fixture(scope="module")
def client(url: str, load: Load) -> Iterator[Client]:
    """A client in front of the app, with 30 posts."""
    with Client(load("generated.app").create_app(identify=identify)) as client:
        fill(client)
        yield client


def identify(request: Request) -> Actor:
    """Say who sent a request."""
    return Actor(request.headers.get(b"x-actor", b"").decode() or None)


def services_of(client: Client) -> Services:
    app: Any = client.app
    return app.services


def text_of(entity: EntitySchema, context: Context) -> str:
    return TEMPLATE.render(header="# Generated.", view=queries_view(entity, context))


def test_lists_have_a_page_where_their_entity_has_one(project: Path) -> None:
    generated = project / PACKAGE / "generated"
    routes = (generated / "post" / "routes.py").read_text()
    assert "        *web.list_routes(POST_FILTER_SET, pages.POSTS, {" in routes
    routes = (generated / "note" / "routes.py").read_text()
    assert "        web.query_route(NOTE_FILTER_SET),\n" in routes


def test_only_records_in_a_database_have_queries(project: Path) -> None:
    found = {path.parent.name for path in (project / PACKAGE).rglob("queries.py")}
    assert found == {*NAMES}
    files = {file.path for file in render(LISTED_SHOP, SETTINGS)}
    assert {path for path in files if path.endswith("queries.py")} == {
        f"shop/generated/{entity.snake_name}/queries.py" for entity in LISTED_SHOP.entities
    }


def apps() -> Iterator[AppSchema]:
    yield LISTED_SHOP
    for seed in range(40):
        yield in_a_database(SchemaMaker(seed, hostile=seed % 2 == 0, longest=2).app(1))


def test_queries_are_what_black_gives() -> None:
    compared = 0
    for app in apps():
        context = Context(app, SETTINGS)
        for entity in app.entities:
            text = text_of(entity, context)
            ast.parse(text)
            if is_vouched_for(text):
                compared += 1
                assert black.format_str(text, mode=black.Mode()) == text
    assert compared > 30


def test_private_and_computed_fields_are_in_no_query() -> None:
    for app in apps():
        context = Context(app, SETTINGS)
        for entity in app.entities:
            hidden = {field.name for field in entity.fields if field.private or field.computed}
            shown = {one.field.name for one in filters_of(entity, context)}
            assert not hidden & (shown | {field.name for field in sorts_of(entity, context)})


def test_the_generator_and_the_runtime_agree(load: Load) -> None:
    assert KNOWN_NAMES == QUERY_NAMES
    for name in NAMES:
        module = load(f"generated.{name}.queries")
        cls = name.capitalize()
        queries: FilterSet[Any] = getattr(module, f"{name.upper()}_FILTER_SET")
        named = {*getattr(module, f"{cls}Filters").__annotations__} - QUERY_NAMES
        plain = {name for name in queries.fields if name not in QUERY_NAMES}
        more = {name for name, (place, _) in queries.filters.items() if place in QUERY_NAMES}
        assert named == plain | more
        taken = getattr(module, f"{cls}Filters").__annotations__.keys()
        assert ("include" in taken) is bool(queries.includes)
        assert ("q" in taken) is bool(queries.texts)


def make(client: Client, path: str, **fields: Any) -> str:
    answer = client.post(path, fields)
    assert answer.status == 201, answer.text
    return answer.json["state"]["id"]


def fill(client: Client) -> None:
    """Make authors, tags and 30 posts."""
    authors = [make(client, "/author", name=f"Author {number}") for number in range(3)]
    tags = [make(client, "/tag", name=f"Tag {number}") for number in range(3)]
    for number in range(30):
        more: dict[str, Any] = {}
        if number % 2:
            more = {
                "editor": authors[0],
                "rank": 10,
                "grade": 2,
                "extra": {"a": 1},
                "at": f"2024-05-{number:02}T10:00:00.000001+02:00",
                "local": f"2024-05-{number:02}T10:00:00",
                "day": f"2024-05-{number:02}",
                "hour": f"{number % 24:02}:30:00.000001",
                "span": f"PT{number}.5S",
                "key": str(UUID(int=number)),
                "blob": "AAEC",
                "summary": f"ü, {number}",
            }
        make(
            client,
            "/post",
            title=f"Post {number % 10}, 100% {number}",
            author=authors[number % 3],
            tags=[tags[number % 3], tags[(number + 1) % 3]],
            stage="active" if number % 3 else "draft",
            level="high" if number % 5 == 0 else "low",
            is_long=number % 4 == 0,
            words=number % 7,
            ratio=number / 8,
            price=f"{number}.25",
            limit=number % 3,
            **more,
        )


CASES: dict[str, tuple[dict[str, Any], Callable[[Any], bool]]] = {
    "title": ({"title": "Post 3, 100% 3"}, lambda post: post.title == "Post 3, 100% 3"),
    "in with commas": (
        {"title__in": ["Post 3, 100% 3", "Post 4, 100% 4", "x"]},
        lambda post: post.title in ("Post 3, 100% 3", "Post 4, 100% 4"),
    ),
    "contains": ({"title__contains": "T 1, 100%"}, lambda post: "Post 1, 100%" in post.title),
    "startswith": ({"title__startswith": "pOST 2"}, lambda post: post.title[5] == "2"),
    "q": ({"q": ", 13"}, lambda post: ", 13" in f"{post.summary}"),
    "enum": ({"stage": "active"}, lambda post: post.stage.value == "active"),
    "enum of numbers": ({"rank": 10}, lambda post: post.rank == 10),
    "no enum": ({"rank__ne": 10}, lambda post: post.rank != 10),
    "several": (
        {"stage__in": ["active"], "level__in": ["high"]},
        lambda post: (post.stage.value == "active" and post.level == "high"),
    ),
    "literal": ({"level__ne": "low"}, lambda post: post.level != "low"),
    "literal of numbers": ({"grade__in": [2]}, lambda post: post.grade == 2),
    "bool": ({"is_long": True}, lambda post: post.is_long),
    "not": ({"is_long__ne": True}, lambda post: not post.is_long),
    "int": ({"words__ge": 3, "words__lt": 5}, lambda post: 3 <= post.words < 5),
    "ints": ({"words__in": [1, 5]}, lambda post: post.words in (1, 5)),
    "a field called limit": ({"limit__in": [2]}, lambda post: post.limit == 2),
    "float": ({"ratio__gt": 1.5}, lambda post: post.ratio > 1.5),
    "Decimal": ({"price__le": Decimal("7.25")}, lambda post: post.price <= Decimal("7.25")),
    "datetime": (
        {"at__gt": datetime(2024, 5, 9, 8, 0, 0, 1, tzinfo=UTC)},
        lambda post: post.at is not None and post.at.day > 9,
    ),
    "naive datetime": (
        {"local__le": datetime(2024, 5, 9, 10)},
        lambda post: post.local is not None and post.local.day <= 9,
    ),
    "date": (
        {"day__in": [date(2024, 5, 1), date(2024, 5, 3)]},
        lambda post: post.day is not None and post.day.day in (1, 3),
    ),
    "time": (
        {"hour": time(5, 30, 0, 1)},
        lambda post: post.hour is not None and post.hour.hour == 5,
    ),
    "timedelta": (
        {"span__ge": timedelta(seconds=25, milliseconds=500)},
        lambda post: post.span is not None and post.span.seconds >= 25,
    ),
    "UUID": ({"key__in": [UUID(int=7)]}, lambda post: post.key == UUID(int=7)),
    "no reference": ({"editor__isnull": True}, lambda post: post.editor is None),
    "no bytes": ({"blob__isnull": False}, lambda post: post.blob is not None),
    "no JSON": ({"extra__isnull": False}, lambda post: post.extra is not None),
    "all": ({"sort": ["-words", "title"]}, lambda _: True),
    "none": ({"title": "none", "sort": ["at", "-key"]}, lambda _: False),
}


def in_address(value: Any) -> str:
    """Write what a query is asked as an address has it."""
    if isinstance(value, list):
        texts = [in_address(one) for one in cast("list[object]", value)]
        return json.dumps(texts) if "," in "".join(texts) else ",".join(texts)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date | time):
        return value.isoformat()
    return f"PT{value.total_seconds()}S" if isinstance(value, timedelta) else str(value)


def test_the_same_query_in_every_way(client: Client, load: Load) -> None:
    find = load("generated.post.queries").find_posts
    entities = load("entities")
    services = services_of(client)
    by_id = {post.id: post for post in client.run(find(services, limit=200, sort=["id"])).items}
    assert [*by_id] == sorted(by_id) and len(by_id) == 30
    for name, (query, fits) in CASES.items():
        expected = [id for id, post in by_id.items() if fits(post)]
        typed = {
            key: entities.Stage(value) if key == "stage" else value for key, value in query.items()
        }
        found = [post.id for post in client.run(find(services, **typed)).items]
        address = {key: in_address(value) for key, value in query.items()}
        answer = client.get(f"/post?{urlencode(address)}")
        assert answer.status == 200, (name, answer.text)
        assert [item["id"] for item in answer.json["items"]] == found, name
        assert sorted(found) == expected, name
        page = client.page(f"/post?{urlencode(address)}")
        assert findall(r'<tr id="post-([^"]+)"', page) == found, name
        assert len(found) < 30 or name == "all"


SCENES: list[dict[str, Any]] = [
    {},
    {
        "stage": "active",
        "rank": 10,
        "level": "high",
        "is_long": True,
        "words": -(2**63),
        "ratio": 1e308,
        "price": "999999999.999999999",
        "at": "0001-01-01T00:00:00Z",
        "local": "9999-12-31T23:59:59.999999",
        "day": "0001-01-01",
        "hour": "23:59:59",
        "span": "-P1DT0.000001S",
        "key": str(UUID(int=7)),
    },
    {
        "is_long": False,
        "ratio": 5e-324,
        "price": "0.000000001",
        "at": "2024-03-31T02:30:00.000001+05:30",
        "local": "2024-03-31T02:30:00",
        "hour": "00:00:00.000001",
        "span": "P99999999DT0.5S",
    },
]


def test_states_that_are_read_without_entities_are_the_same(client: Client, load: Load) -> None:
    module = load("generated.scene.queries")
    assert isinstance(module.SCENE_FILTER_SET, ColumnFilterSet)
    assert isinstance(load("generated.tag.queries").TAG_FILTER_SET, ColumnFilterSet)
    assert not isinstance(load("generated.post.queries").POST_FILTER_SET, ColumnFilterSet)
    author = client.get("/author?limit=1").json["items"][0]["id"]
    tags = [tag["id"] for tag in client.get("/tag").json["items"]]
    entities, services = load("entities"), services_of(client)
    chapters = [entities.Chapter(id=UUID(int=number), number=number) for number in range(3)]

    async def save() -> None:
        definition = load("generated.chapter.state").CHAPTER
        async with services.unit_of_work() as work:
            for chapter in chapters:
                work.add(definition, chapter)
            await work.commit(chapters[0], "make", {}, None)

    client.run(save())
    for number, fields in enumerate(SCENES):
        more: dict[str, Any] = {}
        if number:
            ids = [str(chapter.id) for chapter in chapters]
            more = {"chapter": ids[1], "chapters": ids[:0:-1], "tags": tags[::-1]}
        sent = {"title": f"Scene {number}", "author": author, **fields, **more}
        # Chapters are for those who are signed in, and so is to refer to one.
        assert client.post("/scene", sent).status == (409 if more else 201)
        if more:
            assert client.post("/scene", sent, headers={"x-actor": "ann"}).status == 201
    state = load("generated.scene.state").scene_state
    items = client.run(module.find_scenes(services, sort=["title"])).items
    answer = client.get("/scene?sort=title&include=author,tags,chapters").json
    assert answer["items"] == json.loads(json.dumps([state(item) for item in items]))
    assert [[*item] for item in answer["items"]] == [[*state(item)] for item in items]
    assert {*answer["included"]["author"]} == {author}
    assert {*answer["included"]["tags"]} == {*tags}
    # They are for those who are signed in.
    assert answer["included"]["chapters"] == {}
    for sort in ("at", "-price", "span", "-hour", "ratio,-words"):
        walked: list[str] = []
        following: str | None = ""
        while following is not None:
            page = client.get(f"/scene?sort={sort}&limit=1&cursor={following}").json
            walked += [item["title"] for item in page["items"]]
            following = page["next"]
        found = client.run(module.find_scenes(services, sort=sort.split(","))).items
        assert walked == [item.title for item in found]


def test_a_walk_with_what_comes_along(client: Client) -> None:
    found: list[str] = []
    address = "/post?sort=-at,title&limit=7&include=author,editor,tags"
    following: str | None = ""
    while following is not None:
        answer = client.get(f"{address}&cursor={following}").json
        found += [item["id"] for item in answer["items"]]
        following = answer["next"]
        for item in answer["items"]:
            included = answer["included"]
            assert included["author"][item["author"]]["name"].startswith("Author")
            assert "password" not in included["author"][item["author"]]
            assert {*item["tags"]} <= {*included["tags"]}
            assert (item["editor"] is None) or item["editor"] in included["editor"]
            assert "password" not in item and item["double"] == item["words"] * 2
    assert len(found) == len({*found}) == 30


def test_what_generated_pages_link_to(client: Client) -> None:
    page = client.page("/post")
    links = {unescape(link) for link in findall(r'href="(/post\?[^"]+)"', page)}
    sorts = ("title", "stage", "rank", "level", "grade", "is_long")
    assert links == {f"/post?sort={name}" for name in sorts}
    author = client.get("/author?limit=1").json["items"][0]
    links |= {
        unescape(link)
        for link in findall(r'href="(/post\?[^"]+)"', client.page(f"/author/{author['id']}"))
    }
    assert f"/post?author={author['id']}" in links
    names = findall(r'name="([^"]+)"', page[page.index("<form") : page.index("</form>")])
    filled = urlencode([(name, "1") for name in names if "level" not in name])
    assert len(names) > 5
    for link in (*links, f"/post?{urlencode(dict.fromkeys(names, ''))}"):
        assert client.request("GET", link, headers={"accept": "text/html"}).status == 200, link
    answer = client.act(f"/post?{filled}", method="GET")
    assert "There is no such" not in answer.text
    options = client.act("/author/options?list=x&q=author%201", method="GET")
    assert "Author 1" in options.text and "Author 2" not in options.text


def test_a_list_without_a_page(client: Client, load: Load) -> None:
    note = load("entities").Note

    async def save() -> None:
        definition = load("generated.note.state").NOTE
        async with services_of(client).unit_of_work() as work:
            for number in range(6):
                work.add(definition, note(id=f"n{number}", text="x", is_secret=number % 2 == 0))
            last = note(id="n9", text="y")
            work.add(definition, last)
            await work.commit(last, "make", {}, None)

    client.run(save())
    answer = client.get("/note?limit=3")
    assert [item["id"] for item in answer.json["items"]] == ["n1", "n3", "n5"]
    answer = client.get(f"/note?limit=9&cursor={answer.json['next']}")
    assert [item["id"] for item in answer.json["items"]] == ["n9"]
    assert answer.json["next"] is None
    assert client.request("GET", "/note", headers={"accept": "text/html"}).status == 404


def test_a_list_for_those_who_are_signed_in(client: Client, load: Load) -> None:
    assert client.get("/chapter").status == 401
    find = load("generated.chapter.queries").find_chapters
    services = services_of(client)
    with pytest.raises(Unauthenticated):
        client.run(find(services))
    with pytest.raises(InvalidArguments):
        client.run(find(services, actor=Actor("ann"), before="no UUID"))


def test_what_is_private_or_computed_is_refused(client: Client) -> None:
    for query in ("password=x", "double=2", "sort=password", "sort=double", "include=password"):
        assert client.get(f"/post?{query}").status == 422
    for query in ("size=1", "size__width=1", "notes=x", "blob=x", "extra=1", "sort=blob"):
        assert client.get(f"/post?{query}").status == 422


def test_the_typed_client_asks_the_same(client: Client, load: Load) -> None:
    app: Any = client.app
    find = load("generated.post.queries").find_posts

    async def ask() -> None:
        http = httpx.AsyncClient(transport=httpx.ASGITransport(app))
        typed = load("generated.client").AsyncClient("http://magazine.test", http=http)
        for name, (query, _) in CASES.items():
            expected = await find(app.services, **{**query, "limit": 5})
            page = await typed.post.find(**{**query, "limit": 5})
            assert [post.id for post in page.items] == [post.id for post in expected.items], name
            assert page.next == expected.next
            if page.next is not None:
                following = await typed.post.find(**query, cursor=page.next, include=["tags"])
                assert following.items[0].id not in [post.id for post in page.items]
                assert following.included["tags"]
        await http.aclose()

    client.run(ask())

"""Generated apps that are served below a path: nothing they answer leads out of it."""

import re
from collections.abc import Callable, Iterator, MutableMapping
from html import unescape
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx
import pytest
from counter.generated.app import RESOURCES, SETTINGS
from counter.generated.app import create_app as create_counter
from counter.generated.client import AsyncClient
from counter.generated.counter import bindings
from counter.generated.counter.state import COUNTER
from crud_project import CrudProject
from fastapi import FastAPI
from fasthtml.common import FastHTML
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route
from tasks.main import app as tasks_app

from starmodel.bus.in_process import InProcessBus
from starmodel.testing import Client, ClientResponse
from starmodel.web import WebApplication
from starmodel.web.adapters.starlette import StarletteAdapter

JSON = {"accept": "application/json"}
_ADDRESS = re.compile(
    r"""\s(?:href|src|action|source|new)="([^"]*)"|@(?:get|post|put|patch|delete)\('([^']*)"""
)


class Place(NamedTuple):
    """A way to serve an app below a path."""

    client: Callable[[Any], Client]
    prefix: str
    is_repeated: bool = False
    """Whether requests of the client lack the prefix, as behind a proxy that takes it away."""


class WithoutRootPath:
    """A server of the old kind: the path in its scope does not begin with the root path."""

    def __init__(self, app: Any, root_path: str) -> None:
        self.app = app
        self.root_path = root_path

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        await self.app({**scope, "root_path": self.root_path}, receive, send)


def mounted(make: Callable[[], Any], path: str) -> Callable[[Any], Client]:
    def client(app: Any) -> Client:
        outer = make()
        outer.router.routes.insert(0, Mount(path, app))
        return Client(outer)

    return client


def nested(app: Any) -> Client:
    inner = Starlette(routes=[Mount("/eu", app)])
    return Client(Starlette(routes=[Mount("/shop", inner)]))


def proxied(app: Any) -> Client:
    return Client(app, root_path="/shop")


def proxied_with_slash(app: Any) -> Client:
    return Client(WithoutRootPath(app, "/shop/"), base_url="http://testserver/shop")


def proxied_unstripped(app: Any) -> Client:
    return Client(app, base_url="http://testserver/shop", root_path="/shop")


def old_server(root_path: str) -> Callable[[Any], Client]:
    def client(app: Any) -> Client:
        return Client(WithoutRootPath(app, root_path))

    return client


def make_fasthtml() -> FastHTML:
    return FastHTML(secret_key="x" * 32)


PLACES = {
    "starlette": Place(mounted(Starlette, "/shop"), "/shop"),
    "fastapi": Place(mounted(FastAPI, "/shop"), "/shop"),
    "fasthtml": Place(mounted(make_fasthtml, "/shop"), "/shop"),
    "nested": Place(nested, "/shop/eu"),
    "as an entity": Place(mounted(Starlette, "/product"), "/product"),
    "proxy": Place(proxied, "/shop", True),
    "proxy, slash": Place(proxied_with_slash, "/shop", True),
    "proxy that strips nothing": Place(proxied_unstripped, "/shop", True),
    "old": Place(old_server("/shop"), "/shop", True),
    "old, as an entity": Place(old_server("/tag"), "/tag", True),
}


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest) -> Place:
    return PLACES[request.param]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CrudProject]:
    project = CrudProject(tmp_path_factory.mktemp("below"), "belowshop")
    project.make()
    with project.imported():
        yield project


@pytest.fixture
def app(project: CrudProject) -> WebApplication:
    return project.load("generated.app").create_app()


class CountedBus(InProcessBus):
    """A bus that counts how often it was opened and closed."""

    opened = closed = 0

    async def open(self) -> None:
        self.opened += 1
        await super().open()

    async def close(self) -> None:
        self.closed += 1
        await super().close()


class Visit:
    """A client that asks for addresses as a browser sees them."""

    def __init__(self, place: Place, client: Client) -> None:
        self.place = place
        self.client = client

    def request(self, method: str, address: str, **options: Any) -> ClientResponse:
        prefix = self.place.prefix
        assert address.startswith(prefix), address
        path = address.removeprefix(prefix) if self.place.is_repeated else address
        return self.client.request(method, path or "/", **options)

    def page(self, address: str) -> str:
        answer = self.request("GET", address, headers={"accept": "text/html"})
        assert answer.status == 200, (address, answer.text)
        return answer.text


def addresses(html: str) -> set[str]:
    found = {unescape(one or other) for one, other in _ADDRESS.findall(unescape(html))}
    # A fragment alone is a place in the page itself.
    return {each for each in found if not urlsplit(each).netloc and urlsplit(each).path}


def test_everything_a_browser_finds_is_below_the_prefix(place: Place, app: WebApplication) -> None:
    with place.client(app) as client:
        visit = Visit(place, client)
        sku = place.prefix.replace("/", "-") + str(id(place))
        made = visit.request(
            "POST", f"{place.prefix}/product", json_body={"name": "Tea", "sku": sku}, headers=JSON
        )
        assert made.status == 201
        location = made.headers["location"]
        assert location.startswith(f"{place.prefix}/product/")
        assert visit.request("GET", location, headers=JSON).json["state"]["name"] == "Tea"

        waiting = {f"{place.prefix}/{name}" for name in ("product", "tag", "counter", "basket")}
        waiting |= {f"{place.prefix}/product?limit=1", location}
        seen: set[str] = set()
        while waiting:
            address = waiting.pop()
            seen.add(address)
            answer = visit.request("GET", address, headers={"accept": "text/html"})
            assert answer.status in (200, 405), address
            if answer.headers.get("content-type", "").startswith("text/html"):
                found = addresses(answer.text)
                assert all(each.startswith(f"{place.prefix}/") for each in found), found
                # Streams do not end.
                found = {each for each in found if "/live?" not in each}
                # To this one a list sends what is done with several records.
                found = {each for each in found if "/batch" not in each}
                # There is no home page to go back to.
                waiting |= found - seen - {f"{place.prefix}/"}
        paths = {each.removeprefix(place.prefix).partition("?")[0] for each in seen}
        assert {"/product", "/product/new", "/counter/increment", "/basket/add"} < paths
        assert any(path.startswith("/_starmodel/style-") for path in paths)


def test_actions_and_forms_lead_below_the_prefix(place: Place, app: WebApplication) -> None:
    with place.client(app) as client:
        visit, prefix = Visit(place, client), place.prefix
        form = {"accept": "text/html"}
        moved = visit.request("POST", f"{prefix}/counter/increment", form={}, headers=form)
        assert (moved.status, moved.headers["location"]) == (303, f"{prefix}/counter")
        assert f"Path={prefix};" in moved.headers["set-cookie"]
        back = {**form, "host": "testserver", "referer": f"http://testserver{prefix}/desk?a=b"}
        moved = visit.request("POST", f"{prefix}/counter/increment", form={}, headers=back)
        assert moved.headers["location"] == f"{prefix}/desk?a=b"
        assert visit.request("GET", f"{prefix}/counter", headers=JSON).state == {"count": 2}

        tag = {"name": f"tag {id(place)}"}
        moved = visit.request("POST", f"{prefix}/tag", form=tag, headers=form)
        assert moved.status == 303
        record = moved.headers["location"]
        again = visit.request("POST", f"{prefix}/tag", form=tag, headers=form)
        assert again.status == 409
        assert f'action="{prefix}/tag"' in again.text
        moved = visit.request("POST", f"{record}/edit", form={"name": tag["name"]}, headers=form)
        assert moved.headers["location"] == record

        datastar = {"datastar-request": "true"}
        jump = visit.request(
            "POST", f"{prefix}/tag", json_body={"name": f"2 {tag}"[:40]}, headers=datastar
        )
        assert f"{prefix}/tag/".replace("/", "\\u002f") in jump.text
        options = visit.request("GET", f"{prefix}/tag/options?q=tag", headers=JSON)
        assert options.json["options"]
        shown = {**datastar, "referer": f"http://testserver{record}", "host": "testserver"}
        gone = visit.request("DELETE", record, headers=shown)
        assert f"{prefix}/tag".replace("/", "\\u002f") in gone.text
        lost = visit.request("GET", record, headers=form)
        assert lost.status == 404
        assert addresses(lost.text) >= {f"{prefix}/", f"{prefix}/tag"}
        assert all(each.startswith(f"{prefix}/") for each in addresses(lost.text))


def test_ids_that_are_encoded(place: Place, app: WebApplication) -> None:
    with place.client(app) as client:
        visit, name = Visit(place, client), f"a/b {id(place)}"[:20]
        made = visit.request("POST", f"{place.prefix}/shelf", json_body={"id": name}, headers=JSON)
        assert made.status == 201, made.text
        state = visit.request("GET", made.headers["location"], headers=JSON).json["state"]
        assert state["id"] == name
        assert visit.request("DELETE", made.headers["location"], headers=JSON).status == 204


def test_a_path_that_looks_like_the_prefix_is_not_below_it(app: WebApplication) -> None:
    outer = Starlette(routes=[Mount("/shop", app)])
    with Client(outer) as client:
        assert client.get("/shopping/counter").status == 404
        assert client.get("/counter").status == 404
        assert client.get("/shop/counter").status == 200
        assert client.get("/shop/shop/counter").status == 200


def test_a_mounted_app_begins_with_its_first_request() -> None:
    outer = Starlette(routes=[Mount("/shop", create_counter())])
    with (
        Client(outer, base_url="http://testserver/shop") as client,
        client.live("counter") as stream,
    ):
        stream.next()
        client.act("/counter/increment?amount=3")
        stream.next()
        assert stream.signals["counter"]["count"] == 3


def test_a_mounted_app_begins_and_ends_with_the_one_around_it() -> None:
    bus = CountedBus()
    shop = create_counter(bus=bus)
    outer = Starlette(routes=[Mount("/shop", shop)], lifespan=shop.lifespan)
    with Client(outer) as client:
        assert (bus.opened, bus.closed) == (1, 0)
        assert client.get("/shop/counter").status == 200
        assert (bus.opened, bus.closed) == (1, 0)
    assert (bus.opened, bus.closed) == (1, 1)


async def test_two_apps_of_a_host_keep_their_sessions_apart() -> None:
    one, other = create_counter(), create_counter()
    site = create_counter().in_front_of(
        Starlette(routes=[Mount("/one", one), Mount("/other", other)])
    )

    transport = httpx.ASGITransport(site)
    async with httpx.AsyncClient(transport=transport, base_url="http://t") as http:
        for path, amount in (("/one", 1), ("/other", 10), ("", 100), ("/one", 2)):
            answer = await http.post(f"{path}/counter/increment", json={"amount": amount})
            assert answer.status_code == 200
        for path, count in (("/one", 3), ("/other", 10), ("", 100)):
            answer = await http.get(f"{path}/counter", headers=JSON)
            assert answer.json()["state"]["count"] == count


def pages_of_a_host(**options: Any) -> Starlette:
    """An app with pages of its own that use the bindings, and the generated routes before it."""

    async def asynchronous(request: Request) -> HTMLResponse:
        await starmodel.read(request, COUNTER)
        return HTMLResponse(content())

    def in_a_thread(request: Request) -> HTMLResponse:
        return HTMLResponse(content())

    def content() -> str:
        button = f'<button data-on:click="{bindings.increment(amount=2)}">+</button>'
        return f'<!doctype html><main data-init="{bindings.live()}">{button}</main>'

    routes = [Route("/", asynchronous), Route("/thread", in_a_thread)]
    app = Starlette(routes=routes, **options)
    starmodel = StarletteAdapter().configure_app(app, RESOURCES, SETTINGS)
    return app


@pytest.mark.parametrize("path", ["/", "/thread"])
def test_pages_of_ones_own_link_below_the_prefix(path: str) -> None:
    async def passing(request: Request, call_next: Any) -> Any:
        return await call_next(request)

    app = pages_of_a_host(middleware=[Middleware(BaseHTTPMiddleware, dispatch=passing)])
    with Client(Starlette(routes=[Mount("/shop", app)])) as client:
        html = client.page(f"/shop{path}")
        assert "@post('/shop/counter/increment?amount=2')" in html
        assert "@get('/shop/live?watch=counter'" in html
        assert all(each.startswith("/shop/") for each in addresses(html))
    assert bindings.increment() == "@post('/counter/increment')"
    with Client(pages_of_a_host()) as client:
        assert "@post('/counter/increment?amount=2')" in client.page(path)


def test_the_session_of_a_page_of_ones_own_is_that_of_the_app() -> None:
    with Client(Starlette(routes=[Mount("/shop", pages_of_a_host())])) as client:
        client.page("/shop/")
        assert list(client.cookies) == ["starmodel.shop"]
        client.post("/shop/counter/increment", {"amount": 4})
        assert client.get("/shop/counter").state["count"] == 4
        assert list(client.cookies) == ["starmodel.shop"]


@pytest.mark.parametrize("order", [("/one", "", "/other"), ("/other", "/one", "")])
def test_what_renders_itself_links_below_the_prefix_it_is_watched_from(
    order: tuple[str, ...],
) -> None:
    """One app at two prefixes and at none; each item of its list has actions of its own."""
    mounts = [Mount("/one", tasks_app), Mount("/other", tasks_app), Mount("", tasks_app)]
    with Client(tasks_app):
        for prefix in order:
            with (
                Client(Starlette(routes=mounts), base_url=f"http://testserver{prefix}") as client,
                client.live("task_list") as stream,
            ):
                assert f"@post('{prefix}/task_list/add'" in unescape(client.page("/"))
                # Its own answer, and what others are told.
                client.act("/task_list/add?title=Tea")
                told = ""
                while "Tea" not in told:
                    told = unescape(stream.next().data.get("elements", ""))
                assert f"@post('{prefix}/task_list/toggle?" in told
                assert told.count("@post('/") == told.count(f"@post('{prefix}/")


async def test_the_typed_client_takes_a_base_url_with_a_path() -> None:
    outer = Starlette(routes=[Mount("/shop", create_counter())])
    for base_url in ("http://testserver/shop", "http://testserver/shop/"):
        async with httpx.AsyncClient(transport=httpx.ASGITransport(outer)) as http:
            counter = AsyncClient(base_url, http=http).counter
            assert (await counter.increment(amount=2)).state.count == 2
            assert (await counter.increment(amount=3)).state.count == 5
            assert (await counter.read()).state.count == 5

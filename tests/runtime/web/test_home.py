"""Where the host has no home page, the address of the app shows which pages there are."""

import asyncio
import re
from typing import Any

import pytest
from fastapi import FastAPI
from fasthtml.common import FastHTML
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from web_world import DATASTAR, HTML, JSON, Answer, Client, make_app, resources

from starmodel.settings import Settings
from starmodel.web import WebApplication
from starmodel.web.adapters.fastapi import FastAPIAdapter
from starmodel.web.adapters.fasthtml import FastHTMLAdapter
from starmodel.web.adapters.starlette import StarletteAdapter


def ask(app: Any, path: str = "/", method: str = "GET", *headers: Any) -> Answer:
    return asyncio.run(Client(app).send(method, path, b"", *headers))


def answer(status: int) -> Any:
    async def page(request: Any) -> PlainTextResponse:
        return PlainTextResponse("mine", status)

    return page


@pytest.mark.parametrize(
    "host", [None, Starlette(), FastAPI(), FastHTML(secret_key="x", default_hdrs=False)]
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_address_shows_the_pages(host: Any, method: str) -> None:
    found = ask(make_app(host=host), "/", method, HTML)
    assert found.status == 200
    if method == "HEAD":
        assert found.body == b""
        return
    page = found.text.partition("<main")[2]
    assert re.findall('<h2><a href="([^"]*)">([^<]*)</a></h2>', page) == [
        ("/counter", "Counter"),
        ("/room", "New room"),
    ]
    # The board is for programs alone.
    assert "board" not in page


def test_the_only_page_is_the_home_page() -> None:
    found = ask(WebApplication(resources()[:1], Settings()), "/", "GET", HTML)
    assert (found.status, found.body) == (303, b"")
    assert found.header("location") == "/counter"


@pytest.mark.parametrize("host", [None, Starlette()])
def test_an_app_may_do_without(host: Any) -> None:
    found = ask(make_app(Settings(home=False), host=host), "/", "GET", HTML)
    assert found.status == 404
    assert 'href="/"' not in found.text.partition("<main")[2]


def test_a_ready_app_has_its_own_page_for_what_is_not_there() -> None:
    for app in (
        StarletteAdapter().create_app(resources(), Settings()),
        FastHTMLAdapter().create_app(resources(), Settings()),
        FastAPIAdapter().create_app(resources(), Settings()),
    ):
        found = ask(app, "/nothing/here", "GET", HTML)
        assert found.status == 404
        assert "There is nothing at this address." in found.text
        assert 'aria-label="Main"' in found.text
        assert found.header("cache-control") == "no-store"
        assert ask(app, "/nothing/here", "GET", JSON).status == 404


@pytest.mark.parametrize("host", [None, Starlette()])
def test_other_addresses_and_programs_find_nothing(host: Any) -> None:
    app = make_app(host=host)
    assert ask(app, "/nothing", "GET", HTML).status == 404
    assert ask(app, "/", "POST", HTML).status == 404
    assert ask(app, "/", "GET", JSON).status == 404
    assert ask(app, "/", "GET", DATASTAR).status == 404


@pytest.mark.parametrize("status", [200, 404, 500])
def test_a_home_page_of_ones_own_is_left_alone(status: int) -> None:
    for route in (
        Route("/", answer(status)),
        Mount("/", Starlette(routes=[Route("/", answer(status))])),
    ):
        found = ask(make_app(host=Starlette(routes=[route])), "/", "GET", HTML)
        assert (found.status, found.body) == (status, b"mine")


@pytest.mark.parametrize("serve", ["app", "application"])
@pytest.mark.parametrize("has_home", [True, False])
def test_an_app_of_ones_own(serve: str, has_home: bool) -> None:
    app = Starlette(routes=[Route("/", answer(200))] if has_home else [])
    application = StarletteAdapter().configure_app(app, resources(), Settings())
    found = ask(app if serve == "app" else application, "/", "GET", HTML)
    assert found.status == 200
    assert (found.body == b"mine") == has_home


def test_an_app_without_a_page_leads_nowhere() -> None:
    app = StarletteAdapter().create_app([], Settings())
    assert ask(app, "/", "GET", HTML).status == 404


HOSTS: list[Any] = [None, Starlette(), FastAPI(), FastHTML(secret_key="x", default_hdrs=False)]


@pytest.mark.parametrize("around", [Starlette, FastAPI])
@pytest.mark.parametrize("host", HOSTS)
def test_an_app_below_a_path_shows_its_pages(host: Any, around: Any) -> None:
    found = ask(around(routes=[Mount("/shop", make_app(host=host))]), "/shop/", "GET", HTML)
    assert found.status == 200
    assert '<a href="/shop/counter">' in found.text


@pytest.mark.parametrize("status", [200, 404, 500])
def test_a_home_page_of_ones_own_below_a_path_is_left_alone(status: int) -> None:
    app = make_app(host=Starlette(routes=[Route("/", answer(status))]))
    found = ask(Starlette(routes=[Mount("/shop", app)]), "/shop/", "GET", HTML)
    assert (found.status, found.body) == (status, b"mine")


@pytest.mark.parametrize("path", ["/shop", "/shop/", "/shop/shop", "/shop/shop/"])
def test_a_proxy_may_leave_the_prefix_in_place(path: str) -> None:
    app = make_app()

    async def serve(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, "root_path": "/shop"}, receive, send)

    found = ask(serve, path, "GET", HTML)
    assert found.status == 200
    assert '<a href="/shop/counter">' in found.text

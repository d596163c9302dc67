"""Pages of the host's own that show entities: in FastHTML, Starlette and FastAPI."""

# pyright: basic
# FastHTML's components have no types that strict checking could use.

import html
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import httpx
import pytest
from fastapi import Depends, FastAPI
from fasthtml.common import H2, A, FastHTML, Li, P, Titled, Ul
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route
from web_entities import Board, Counter, Room
from web_world import SECRET, generated, identify, resources

from starmodel import Entity, ui
from starmodel.errors import ConfigurationError
from starmodel.settings import Settings
from starmodel.ui.kits.default import DefaultKit
from starmodel.web import WebApplication
from starmodel.web.adapters.fastapi import FastAPIAdapter, entity
from starmodel.web.adapters.fasthtml import FastHTMLAdapter
from starmodel.web.adapters.starlette import StarletteAdapter, page, read

COUNTER = generated("counter.pages")
ROOM = generated("room.pages")
SETTINGS = Settings(secret_key=SECRET)
KNOWN = {"x-user": "ann"}


def fasthtml_app() -> Any:
    app: Any = FastHTML(secret_key=SECRET, default_hdrs=False)

    @app.get("/")
    def index(counter: Counter) -> Any:
        return Titled("Mine", P(counter.count, id="count"), COUNTER.INCREMENT)

    @app.get("/board")
    async def board(board: Board, counter: Counter) -> Any:
        return Titled("Board", P(counter.count), Ul(*map(Li, board.notes)))

    @app.get("/rooms/{id}")
    def by_id(room: Room) -> Any:
        return Titled("Room", ROOM.ROOM.of(room))

    @app.get("/halls/{room_id}")
    def by_name(hall: Room) -> Any:
        return H2(hall.topic), P("a list of markup")

    @app.get("/nowhere")
    def nowhere(room: Room) -> Any:
        return P(room.topic)

    @app.get("/plain")
    def plain() -> Any:
        return Titled("Plain", ROOM.OPEN)

    FastHTMLAdapter().configure_app(app, resources(), SETTINGS, identify=identify)
    return app


def starlette_app() -> Any:
    async def index(request: Request) -> HTMLResponse:
        counter = await read(request, Counter)
        return page(request, "Mine", P(counter.count, id="count"), COUNTER.INCREMENT, "<text>")

    async def board(request: Request) -> HTMLResponse:
        board, counter = await read(request, Board), await read(request, Counter)
        return page(request, "Board", P(counter.count), Ul(*map(Li, board.notes)))

    async def by_id(request: Request) -> HTMLResponse:
        return page(request, "Room", ROOM.ROOM.of(await read(request, Room)))

    async def with_counter(request: Request) -> HTMLResponse:
        room, _ = await read(request, Room), await read(request, Counter)
        return page(request, "Room", ROOM.ROOM.of(room), COUNTER.INCREMENT)

    async def by_name(request: Request) -> HTMLResponse:
        room = await read(request, Room, request.path_params["room_id"])
        return page(request, "Room", H2(room.topic), P("a list of markup"))

    async def nowhere(request: Request) -> HTMLResponse:
        return page(request, "Room", (await read(request, Room)).topic)

    async def plain(request: Request) -> HTMLResponse:
        return page(request, "Plain", ROOM.OPEN)

    app = Starlette(
        routes=[
            Route("/", index),
            Route("/board", board),
            Route("/rooms/{id}", by_id),
            Route("/rooms/{id}/counter", with_counter),
            Route("/halls/{room_id}", by_name),
            Route("/nowhere", nowhere),
            Route("/plain", plain),
        ]
    )
    StarletteAdapter().configure_app(app, resources(), SETTINGS, identify=identify)
    return app


OwnCounter = Annotated[Counter, Depends(entity(Counter))]
OneRoom = Annotated[Room, Depends(entity(Room))]


def fastapi_app() -> Any:
    app = FastAPI()

    @app.get("/", response_class=HTMLResponse)
    def index(request: Request, counter: OwnCounter) -> HTMLResponse:
        return page(request, "Mine", P(counter.count, id="count"), COUNTER.INCREMENT)

    @app.get("/board")
    async def board(
        request: Request, board: Annotated[Board, Depends(entity(Board))], counter: OwnCounter
    ) -> HTMLResponse:
        return page(request, "Board", P(counter.count), Ul(*map(Li, board.notes)))

    @app.get("/rooms/{id}")
    def by_id(request: Request, room: OneRoom) -> HTMLResponse:
        return page(request, "Room", ROOM.ROOM.of(room))

    @app.get("/halls/{room_id}")
    def by_name(request: Request, room: OneRoom) -> HTMLResponse:
        return page(request, "Room", H2(room.topic), P("a list of markup"))

    @app.get("/nowhere")
    def nowhere(request: Request, room: OneRoom) -> HTMLResponse:
        return page(request, "Room", room.topic)

    @app.get("/plain")
    def plain(request: Request) -> HTMLResponse:
        return page(request, "Plain", ROOM.OPEN)

    FastAPIAdapter().configure_app(app, resources(), SETTINGS, identify=identify)
    return app


APPS = {"fasthtml": fasthtml_app, "starlette": starlette_app, "fastapi": fastapi_app}


@asynccontextmanager
async def visiting(app: Any) -> AsyncGenerator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    headers = {"accept": "text/html", "sec-fetch-site": "same-origin"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://shop.example", headers=headers
    ) as client:
        yield client


@pytest.fixture(params=APPS)
async def client(request: pytest.FixtureRequest) -> AsyncGenerator[httpx.AsyncClient]:
    async with visiting(APPS[request.param]()) as client:
        yield client


def text_of(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text)


def signals_of(text: str) -> str:
    """The one declaration of what the page shows."""
    (found,) = re.findall(r"<(?:body|main)\b[^>]*? data-signals=(.*?)>", text, re.DOTALL)
    return found


async def open_room(client: httpx.AsyncClient, topic: str) -> str:
    made = await client.post("/room/open", headers={"accept": "application/json"})
    id = str(made.json()["state"]["id"])
    await client.post(f"/room/{id}/name", data={"title": topic})
    return id


async def test_what_a_handler_asks_for_is_declared_and_followed(client: httpx.AsyncClient) -> None:
    first = await client.get("/")
    assert first.headers["set-cookie"].startswith("starmodel=")
    await client.post("/counter/increment", data={"amount": "3"})
    text = text_of(await client.get("/"))
    assert '<p id="count">3</p>' in text
    assert '"count":3' in signals_of(text)
    assert '"increment":{"amount":"","_":""}' in signals_of(text)
    assert text.count("/live?") == 1 and "/live?watch=counter&only=values'" in text
    assert text.count("<body") == 1 and text.count("<main") == 1
    assert '<form class="event"' in text and 'action="/counter/increment"' in text
    assert text.count("/_starmodel/style-") == 1 and text.count("/datastar.js") == 1
    assert '<html lang="en">' in text
    assert text.count('name="viewport"') == 1 and text.count('role="status"') == 1
    assert '"session' not in signals_of(text) and "the-secret" not in text


async def test_markup_is_asked_for_of_what_is_shown_as_a_record() -> None:
    async with visiting(starlette_app()) as client:
        id = await open_room(client, "Tea")
        text = text_of(await client.get(f"/rooms/{id}/counter"))
    assert f"/live?watch=room:{id}&watch=counter&only=values:counter'" in text


async def test_one_stream_follows_everything(client: httpx.AsyncClient) -> None:
    text = text_of(await client.get("/board", headers=KNOWN))
    assert "/live?watch=board&watch=counter&only=values'" in text
    assert '"notes":[]' in signals_of(text) and '"count":0' in signals_of(text)


async def test_who_may_not_read_gets_a_page(client: httpx.AsyncClient) -> None:
    answer = await client.get("/board")
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "<h1>" in answer.text
    answer = await client.get("/rooms/there-is-none")
    assert answer.status_code == 404
    assert "<h1>" in answer.text


async def test_a_record_is_named_by_the_path(client: httpx.AsyncClient) -> None:
    id = await open_room(client, "Tea & <b>")
    text = (await client.get(f"/rooms/{id}")).text
    assert 'data-text="$room.topic">Tea &amp; &lt;b&gt;</dd>' in text
    # With the markup of fields, for which the record has the places.
    assert f"/live?watch=room:{id}'" in html.unescape(text)
    assert f'action="/room/{id}/name"' in text
    assert "<h2>Tea &amp; &lt;b&gt;</h2>" in (await client.get(f"/halls/{id}")).text
    assert (await client.get("/nowhere")).status_code == 500


async def test_a_form_alone_brings_what_it_needs(client: httpx.AsyncClient) -> None:
    text = text_of(await client.get("/plain"))
    assert "/live" not in text
    assert 'data-signals__ifmissing="' in text
    assert '"errors": ({"room":{"open":{"_":""}}})' in text
    assert 'action="/room/open"' in text


async def test_texts_are_escaped() -> None:
    async with visiting(starlette_app()) as client:
        assert "&lt;text&gt;" in (await client.get("/")).text


async def test_the_front_end_gets_elements_alone() -> None:
    async with visiting(fasthtml_app()) as client:
        text = (await client.get("/", headers={"datastar-request": "true"})).text
        assert '<p id="count">0</p>' in text
        assert "<body" not in text and "<head" not in text


async def test_below_a_path(client: httpx.AsyncClient) -> None:
    app: Any = client._transport.app  # pyright: ignore
    async with visiting(Starlette(routes=[Mount("/shop", app)])) as outside:
        answer = await outside.get("/shop/")
        assert "Path=/shop" in answer.headers["set-cookie"]
        text = text_of(answer)
        assert 'action="/shop/counter/increment"' in text
        assert "@post('/shop/counter/increment'" in text
        assert "@get('/shop/live?watch=counter&only=values'" in text
        assert 'href="/shop/_starmodel/style-' in text
        assert "/shop/shop" not in text


async def test_parts_below_a_path() -> None:
    async def index(request: Request) -> HTMLResponse:
        counter = await read(request, Counter)
        links = [ui.LinkButton("All", "/all"), A("Mine", href="/mine")]
        shown = COUNTER.COUNTER.replace(extra=[P(ui.LinkButton("Help", "/help"))]).of(counter)
        card = ui.Card([links, ui.LinkButton("Far", "//far.example"), shown], "Card")
        dialog = ui.Dialog("rules", "Rules", COUNTER.INCREMENT, href="/rules")
        return page(request, "Mine", card, ui.Breadcrumbs([("Up", "/up")], "Here"), dialog)

    app = Starlette(routes=[Route("/", index)])
    StarletteAdapter().configure_app(app, resources(), SETTINGS)
    async with visiting(Starlette(routes=[Mount("/shop", app)])) as client:
        text = text_of(await client.get("/shop/"))
        for address in ("/shop/all", "/shop/help", "/shop/up", "/shop/rules", "//far.example"):
            assert text.count(f'href="{address}"') == 1, address
        # The author's framework writes the author's own addresses.
        assert 'href="/mine"' in text
        assert text.count('action="/shop/counter/increment"') == 2
        assert "/shop/shop" not in text and "$counter.count" in text


async def test_apps_with_the_same_entity_do_not_meet() -> None:
    class Loud(DefaultKit):
        classes = {**DefaultKit.classes, "form": "loud"}

    def make(kit: DefaultKit) -> Any:
        app: Any = FastHTML(secret_key=SECRET, default_hdrs=False)

        @app.get("/")
        def index(counter: Counter) -> Any:
            return Titled("Mine", P(counter.count, id="count"), COUNTER.INCREMENT)

        FastHTMLAdapter().configure_app(app, resources(), SETTINGS, ui=kit)
        return app

    async with visiting(make(DefaultKit())) as one, visiting(make(Loud())) as other:
        await one.get("/")
        await one.post("/counter/increment", data={"amount": "3"})
        other.cookies = one.cookies
        for _ in range(2):
            assert '<p id="count">3</p>' in (text := (await one.get("/")).text)
            assert 'class="event"' in text and "loud" not in text
            assert '<p id="count">0</p>' in (text := (await other.get("/")).text)
            assert 'class="loud"' in text


async def test_an_entity_that_nobody_asked_for_is_shown_as_it_is() -> None:
    app: Any = FastHTML(secret_key=SECRET, default_hdrs=False)

    @app.get("/")
    def index() -> Any:
        return Titled("Rooms", *[ROOM.ROOM.of(Room(id=id, topic=id)) for id in ("one", "two")])

    FastHTMLAdapter().configure_app(app, resources(), SETTINGS)
    async with visiting(app) as client:
        text = text_of(await client.get("/"))
        assert "<dd>one</dd>" in text and "<dd>two</dd>" in text
        assert 'action="/room/one/name"' in text and 'action="/room/two/name"' in text
        assert "/live" not in text and "$room.topic" not in text


async def test_an_entity_of_another_app_is_refused() -> None:
    class Stray(Entity):
        pass

    async def index(request: Request) -> HTMLResponse:
        with pytest.raises(ConfigurationError, match="Stray is no entity of the app"):
            await read(request, Stray)
        with pytest.raises(ConfigurationError, match="did not come through the app"):
            await read({}, Counter)
        return HTMLResponse("fine")

    app = Starlette(routes=[Route("/", index)])
    StarletteAdapter().configure_app(app, resources(), SETTINGS)
    async with visiting(app) as client:
        assert (await client.get("/")).text == "fine"


def test_components_outside_of_a_request() -> None:
    form = COUNTER.INCREMENT.__html__()
    assert form.startswith('<form class="event"') and "data-on:submit" in form
    assert str(COUNTER.INCREMENT.__ft__()) == form
    shown = COUNTER.COUNTER.of(
        generated("counter.state").counter_state(Counter.model_construct(count=7))
    )
    assert "<dd>7</dd>" in shown.__html__() and 'data-text="$counter' not in shown.__html__()
    with pytest.raises(TypeError, match="give its state"):
        COUNTER.COUNTER.of(Counter.model_construct()).__html__()
    with pytest.raises(TypeError, match="say which, by `of"):
        ROOM.NAME.__html__()
    with pytest.raises(TypeError, match="say which, by `of"):
        COUNTER.COUNTER.__html__()
    assert 'action="/room/x%2Fy/name"' in ROOM.NAME.of({"id": "x/y"}).__html__()


def test_a_component_is_compiled_once_for_an_app() -> None:
    made: list[str] = []

    class Counting(DefaultKit):
        def form(self, *given: Any, **named: Any) -> Any:
            made.append("form")
            return super().form(*given, **named)

    app = WebApplication(resources(), SETTINGS, ui=Counting())
    for _ in range(3):
        app.renderer.embed(COUNTER.INCREMENT, None)
    assert made == ["form"]


def test_markup_of_ones_own_between_fields() -> None:
    bindings = generated("counter.bindings")
    fields = [ui.Number(bindings.count), P("between", id="own"), ui.Text(bindings.title)]
    counter = COUNTER.COUNTER.replace(fields=fields, extra=[P("below"), "<text>"])
    state = generated("counter.state").counter_state(Counter.model_construct(count=7, title="T"))
    text = counter.of(state).__html__()
    assert text.count("<dl") == 2
    assert text.index("<dd>7") < text.index('<p id="own">') < text.index("<dd>T")
    assert "<p>below</p>&lt;text&gt;" in text

"""The sample shop, generated and served: its own client calls it, a browser reads its pages."""

import importlib
import re
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from corpus import sample_settings
from sample_shop import SCHEMA, SOURCES

from starmodel_generator.emission import render

HTML = {"accept": "text/html"}
DATASTAR = {"datastar-request": "true"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Any]]:
    """Imports modules of the generated shop by their name below `lampshop`."""
    root = tmp_path_factory.mktemp("shop")
    files = SOURCES | {file.path: file.text for file in render(SCHEMA, sample_settings())}
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text.lstrip("\n"), encoding="utf-8")
    patch = pytest.MonkeyPatch()
    patch.setattr(sys, "path", [str(root), *sys.path])
    patch.setenv("STARMODEL_SECRET_KEY", "a-secret-of-this-test-and-of-nothing-else")
    yield lambda name: importlib.import_module(f"lampshop.{name}")
    patch.undo()
    for name in [name for name in sys.modules if name.partition(".")[0] == "lampshop"]:
        del sys.modules[name]


class Visit:
    """A client of one app, with the raw connection below it and everything it was sent."""

    def __init__(self, shop: Callable[[str], Any], actor: str = "owner") -> None:
        self.app = shop("generated.app").create_app()
        self.received = b""
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app),
            base_url="http://shop.test",
            headers={"x-actor": actor},
            event_hooks={"response": [self.note]},
        )
        self.client = shop("generated.client").AsyncClient("http://shop.test", http=self.http)

    async def note(self, response: httpx.Response) -> None:
        self.received += await response.aread()


@asynccontextmanager
async def visiting(shop: Callable[[str], Any], actor: str = "owner") -> AsyncGenerator[Visit]:
    visit = Visit(shop, actor)

    async with visit.http:
        yield visit


async def test_every_kind_of_event_through_the_client(shop: Callable[[str], Any]) -> None:
    cart, product = shop("generated.client.cart"), shop("generated.client.product")
    moment = datetime(2024, 1, 31, 10, 30, tzinfo=UTC)

    async with visiting(shop) as visit:
        client = visit.client
        lamp = await client.product.open(name="Lamp", price=Decimal("9.90"))
        assert lamp.state.status is product.Status.DRAFT
        assert lamp.state.warranty == timedelta(days=365)
        assert lamp.state.position == (0, 0.5)
        added = await client.cart.add(product=lamp.state.id, quantity=3)
        assert added.result == Decimal("29.70")
        assert added.state.products == {"Lamp": 3}
        note = cart.Note(text="hi", at=moment, answers=[cart.Note(text="ho")])
        wished = await client.cart.wish(note=note, urgent=True)
        assert wished.result.answers[0].length == 2
        assert wished.state.wishes[0].at == moment
        assert (await client.cart.pay(password="abc")).result == "sent 3 stars"
        counted = await client.cart.count_up(to=3)
        assert counted.result == [0, 1, 2]
        assert counted.state.total == Decimal("100.00")
        priced = await client.product.set_price(
            lamp.state.id,
            price=Decimal("1.50"),
            since=date(2024, 2, 3),
            size=product.Size.LARGE,
            tags={"b", "a"},
        )
        assert priced.result == priced.state
        assert priced.state.released == date(2024, 2, 3)
        assert priced.state.size is product.Size.LARGE
        assert priced.state.tags == {"a", "b"}
        assert (await client.product.label_as(lamp.state.id, label="used")).result == "used"
        assert (await client.product.read(lamp.state.id)).version == 3
        await client.board.say(line="first")
        assert (await client.board.search(text="fir")).result == ["first"]
        assert (await client.board.sign()).result == "signed"
        assert (await client.board.work_through()).result is None
        assert (await client.board.read()).state.lines == ["first", "owner /board/sign"]


async def test_what_is_refused_is_a_problem(shop: Callable[[str], Any]) -> None:
    problem = shop("generated.client").Problem

    async def refused(call: Awaitable[Any]) -> Any:
        with pytest.raises(problem) as caught:
            await call
        return caught.value

    async with visiting(shop) as visit:
        lamp = await visit.client.product.open(name="Lamp", price=Decimal(1))
        unfit = await refused(visit.client.cart.add(product=lamp.state.id, quantity=100))
        assert (unfit.status, [error.name for error in unfit.errors]) == (422, ["quantity"])
        assert (await refused(visit.client.cart.add(product="nothing"))).status == 404
        assert (await refused(visit.client.product.read("nothing"))).status == 404

    async with visiting(shop, "") as visit:
        opened = await refused(visit.client.product.open(name="Lamp", price=Decimal(1)))
        assert opened.status == 401

    async with visiting(shop, "guest") as visit:
        opened = await refused(visit.client.product.open(name="Lamp", price=Decimal(1)))
        assert opened.status == 403


async def test_pages_forms_and_datastar(shop: Callable[[str], Any]) -> None:
    async with visiting(shop) as visit:
        form = await visit.http.get("/product", headers=HTML)
        assert form.status_code == 200
        assert "/product/open" in form.text
        made = await visit.http.post("/product/open", data={"name": "<Lamp>", "price": "1.5"})
        assert made.status_code == 303
        page = await visit.http.get(made.headers["location"], headers=HTML)
        assert "&lt;Lamp&gt;" in page.text
        assert (await visit.http.get("/cart", headers=HTML)).status_code == 200
        assert (await visit.http.get("/board", headers=HTML)).status_code == 404
        said = await visit.http.post("/board/say?line=x", headers=DATASTAR)
        assert (said.status_code, said.content) == (204, b"")
        steps = await visit.http.post("/cart/count_up?to=2", headers=DATASTAR)
        totals = re.findall(r'"total":"([^"]+)"', steps.text)
        assert totals == ["0", "1", "100.00"]
        # What was done is said once, at the end.
        *before, last = steps.text.strip().split("\n\n")
        assert "_message" not in "".join(before)
        assert '"_message":"Count up: done."' in last
        shown = await visit.http.post("/board/work_through", headers=DATASTAR)
        assert shown.text.count("event: datastar-patch-elements") == 2
        assert "selector #progress" in shown.text


async def test_private_values_are_in_no_byte_sent(shop: Callable[[str], Any]) -> None:
    cart = shop("generated.client.cart")

    async with visiting(shop) as visit:
        await visit.client.cart.wish(note=cart.Note(text="hi"))
        await visit.client.cart.read()
        await visit.http.get("/cart", headers=HTML)
        await visit.http.post("/cart/pay?password=hunter2", headers=DATASTAR)
    assert visit.received
    for secret in (b"4711", b"card_number", b"undisclosed", b"hunter2"):
        assert secret not in visit.received


def test_bindings_say_what_routes_take(shop: Callable[[str], Any]) -> None:
    product, cart = shop("generated.product.bindings"), shop("generated.cart.bindings")
    entities = shop("entities")
    action = product.set_price("a/b", price=Decimal("1.5"), size=entities.Size.LARGE)
    assert action == "@post('/product/a%2Fb/re_price?price=1.5&size=2')"
    assert product.watch("x") == "product:x"
    assert cart.total == "$cart.total"
    assert cart.live().startswith("@get('/live?watch=cart'")
    assert '"total":"0.00"' in cart.signals()
    assert "4711" not in cart.signals()


def test_the_sync_client_sends_the_same(shop: Callable[[str], Any]) -> None:
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, json={"state": {"lines": []}, "version": 7, "result": ["a"]})

    http = httpx.Client(transport=httpx.MockTransport(answer))
    with shop("generated.client").Client("http://shop.test/", http=http) as client:
        found = client.board.search(text="a b")
    assert (found.version, found.result) == (7, ["a"])
    assert str(sent[0].url) == "http://shop.test/board/search?text=a+b"
    assert sent[0].headers["accept"] == "application/json"
    assert not http.is_closed
    http.close()

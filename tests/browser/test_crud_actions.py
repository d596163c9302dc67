"""A page of the author's own that makes, changes and deletes records with the bindings."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from crud_project import CrudProject
from playwright.sync_api import Browser, Request, expect
from served_app import ServedApp

from .visitor import Visitor

PACKAGE = "deskshop"
SITE = f'''
from html import escape

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starmodel.settings import Settings
from starmodel.web import WebApplication
from starmodel.web.datastar.actions import Expression

from {PACKAGE}.generated.app import configure_app
from {PACKAGE}.generated.product import bindings
from {PACKAGE}.generated.product.state import PRODUCT


async def desk(request: Request) -> HTMLResponse:
    id = request.path_params["id"]
    snapshot = await app.read(request, PRODUCT, id)
    actions = {{
        "sell": bindings.sell(id, quantity=1),
        "create": bindings.create(name="Made here", sku=Expression("$sku")),
        "rename": bindings.update(id, name="Renamed"),
        "delete": bindings.delete(id),
    }}
    buttons = "".join(
        f'<button data-on:click="{{escape(action)}}">{{name}}</button>'
        for name, action in actions.items()
    )
    # A signal of the page is called like a field, and has nothing to do with it.
    return HTMLResponse(
        f"<!doctype html><script type=module src={{Settings().datastar_url}}></script>"
        f'<body data-signals="{{escape(bindings.signals(snapshot.state))}}"'
        """ data-signals:sku="'BY-PAGE'" data-signals:price="'999'">"""
        f'<p data-text="{{bindings.name}}"></p><b data-text="{{bindings.stock}}"></b>'
        f'<i data-text="{{bindings.price}}"></i>{{buttons}}'
    )


app: WebApplication = configure_app(Starlette(routes=[Route("/desk/{{id}}", desk)]))
'''


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedApp]:
    project = CrudProject(tmp_path_factory.mktemp("desk"), PACKAGE)
    project.make()
    project.shop.write(f"{PACKAGE}/site.py", SITE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STARMODEL_DATABASE_URL", project.url)
        with ServedApp(project.folder, f"{PACKAGE}.site:app") as served:
            yield served


def key_of(request: Request) -> str:
    return request.headers.get("idempotency-key", "")


def test_each_click_counts_once_and_sends_what_it_says(browser: Browser, app: ServedApp) -> None:
    sent: dict[str, Any] = {"name": "Tea", "sku": "first"}
    path = httpx.post(f"{app.url}/product", json=sent).headers["location"]
    visitor = Visitor(browser, app.url)
    page = visitor.open(path.replace("/product/", "/desk/"))
    expect(page.locator("b")).to_have_text("5")
    for left in ("4", "3"):
        page.get_by_role("button", name="sell").click()
        expect(page.locator("b")).to_have_text(left)
    first, second = (key_of(request) for request in visitor.posts)
    assert first and second and first != second
    # The same request once more, as a retry would send it.
    again = page.evaluate(
        "([url, key]) => fetch(url, {method: 'POST', headers: {'Datastar-Request': 'true',"
        " 'Idempotency-Key': key}}).then((answer) => answer.text())",
        [visitor.posts[-1].url, second],
    )
    assert '"stock":3' in again

    page.get_by_role("button", name="rename").click()
    expect(page.locator("p")).to_have_text("Renamed")
    expect(page.locator("i")).to_have_text("1.00")
    assert visitor.posts[-1].method == "PATCH"

    with page.expect_response(lambda response: response.request.method == "DELETE"):
        page.get_by_role("button", name="delete").click()
    expect(page.locator("p")).to_have_text("Renamed")
    assert visitor.posts[-1].method == "DELETE"
    assert httpx.get(app.url + path, headers={"accept": "application/json"}).status_code == 404

    page.get_by_role("button", name="create").click()
    page.wait_for_url("**/product/*")
    made = httpx.get(
        app.url + page.url.removeprefix(app.url), headers={"accept": "application/json"}
    )
    assert made.json()["state"]["sku"] == "BY-PAGE"
    assert made.json()["state"]["price"] == "1.00"
    assert all(key_of(request) for request in visitor.posts[:2] + visitor.posts[3:])
    assert visitor.errors == []
    visitor.context.close()

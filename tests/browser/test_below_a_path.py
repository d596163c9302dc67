"""A generated app below a path, in a browser: behind `uvicorn --root-path`, and in a `Mount`."""

from collections.abc import Iterator

import pytest
from crud_project import CrudProject
from playwright.sync_api import Browser, expect
from served_app import ServedApp

from .visitor import Arrive, Visitor, shown

PACKAGE = "pathshop"
SITE = f"""
from starlette.applications import Starlette
from starlette.routing import Mount

from {PACKAGE}.generated.app import create_app

shop = create_app()
app = Starlette(routes=[Mount("/shop", shop)])
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> CrudProject:
    project = CrudProject(tmp_path_factory.mktemp("path"), PACKAGE)
    project.make()
    project.shop.write(f"{PACKAGE}/site.py", SITE)
    return project


@pytest.fixture(params=["root path", "mount"])
def app(request: pytest.FixtureRequest, project: CrudProject) -> Iterator[ServedApp]:
    is_mounted = request.param == "mount"
    with ServedApp(
        project.folder,
        f"{PACKAGE}.site:app" if is_mounted else f"{PACKAGE}.generated.app:create_app",
        STARMODEL_DATABASE_URL=project.url,
        UVICORN_ROOT_PATH="" if is_mounted else "/shop",
    ) as served:
        yield served
        assert served.stop() == 0


@pytest.fixture
def visitor(browser: Browser, app: ServedApp) -> Iterator[Arrive]:
    one = Visitor(browser, f"{app.url}/shop")
    yield lambda: one
    one.context.close()
    assert one.errors == []


def test_a_click_is_seen_in_two_tabs(visitor: Arrive) -> None:
    somebody = visitor()
    one, other = somebody.open("/basket"), somebody.open("/basket")
    one.get_by_label("Count").fill("4")
    one.get_by_role("button", name="Add").click()
    for page in (one, other):
        expect(shown(page, "Words")).to_have_text("4")
    assert {cookie.get("path") for cookie in somebody.context.cookies()} == {"/shop"}


def test_records_are_made_found_edited_and_deleted(visitor: Arrive, app: ServedApp) -> None:
    somebody = visitor()
    sku = f"SKU-{app.port}"
    page, watching = somebody.open("/product"), somebody.open(f"/product?sku={sku}")
    # An empty list has the way to its first record as well as the bar above it.
    page.get_by_role("link", name="New product").last.click()
    page.get_by_label("Name").fill("Tea")
    page.get_by_label("Sku").fill(sku)
    page.get_by_role("button", name="Create product").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tea")
    expect(watching.locator("tbody th")).to_have_text(["Tea"])
    page.get_by_role("button", name="Sell").click()
    expect(shown(page, "Stock")).to_have_text("4")
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Name").fill("Green tea")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Green tea")
    watching.get_by_role("link", name="Name", exact=True).click()
    expect(watching.locator("tbody th")).to_have_text(["Green tea"])
    page.get_by_role("link", name="Delete").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Delete product").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Products")
    assert page.url == f"{app.url}/shop/product"
    expect(watching.locator("tbody th")).to_have_count(0)

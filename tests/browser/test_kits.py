"""Kits as they are seen: axe-core on every kind of page, in both schemes, on desktop and phone.

`STARMODEL_PICTURES` names a folder that pictures of the pages go to.
"""

import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import htpy as h
import pytest
from browser_setup import AXE, npm_file
from migrated_database import SQLiteDatabase
from monsterui.all import Theme
from playwright.sync_api import Browser, Page, Request, Route, expect
from served_app import ServedApp, run, run_starmodel
from shop_example import ShopExample

from starmodel.ui.components.pages import Navigation, NavigationItem
from starmodel.ui.kits.monsterui import MonsterUIKit

from .visitor import Visitor, answer_elsewhere

KITS = ("default", "monsterui")
DESKTOP = {"width": 1200, "height": 800}
PHONE = {"width": 390, "height": 780}
SCREENS: dict[str, dict[str, Any]] = {
    "light": {"viewport": DESKTOP},
    "dark": {"viewport": DESKTOP, "color_scheme": "dark"},
    "phone": {"viewport": PHONE, "has_touch": True},
    "phone-dark": {"viewport": PHONE, "has_touch": True, "color_scheme": "dark"},
}
DARK = {"light": "dark", "phone": "phone-dark"}
"""The screens that differ in nothing but their scheme."""
PAGES = (
    "list",
    "record",
    "new",
    "errors",
    "picker",
    "edit",
    "delete",
    "dialog",
    "empty",
    "missing",
)

COLOURS = ("color-contrast", "link-in-text-block")
"""The rules of axe-core that are about colours."""
DARKNESS = """Math.max(
    ...getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/g).slice(0, 3).map(Number))"""
"""The lightest of the three colours behind a page."""
PRODUCT = "main a[href^='/product/']:not([href$='/new'])"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> ShopExample:
    folder = tmp_path_factory.mktemp("kits")
    shop = ShopExample(folder, SQLiteDatabase(folder / "shop.db"))
    run_starmodel(shop.folder, "generate")
    shop.make_tables()
    run(shop.folder, "shop.seed", **shop.environment)
    return shop


@pytest.fixture(scope="module", params=KITS)
def kit(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def app(shop: ShopExample, kit: str) -> Iterator[ServedApp]:
    with shop.server(STARMODEL_UI=kit) as served:
        yield served


@pytest.fixture(scope="module", params=DARK)
def screen(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def visitor(browser: Browser, app: ServedApp, screen: str) -> Iterator[Visitor]:
    # axe-core is put into the page, which its policy would not allow.
    visitor = Visitor(browser, app.url, bypass_csp=True, **SCREENS[screen])
    yield visitor
    visitor.context.close()


@pytest.fixture
def somebody(visitor: Visitor) -> Iterator[Visitor]:
    visitor.errors.clear()
    yield visitor
    for page in visitor.context.pages:
        page.close()
    assert [error for error in visitor.errors if "404" not in error] == []


@cache
def a_product(url: str) -> str:
    """Return the path of a product of an app."""
    with urlopen(f"{url}/product") as answer:
        found = re.search(r'href="(/product/(?!new\b)[^"/?]+)"', answer.read().decode())
    assert found is not None
    return found[1]


def visit(somebody: Visitor, name: str) -> Page:
    """Open a page, and do to it what its name says."""
    product = a_product(somebody.url)
    paths = {
        "list": "/product",
        "record": product,
        "dialog": product,
        "edit": f"{product}/edit",
        "delete": f"{product}/delete",
        "empty": "/order_line",
        "missing": "/product/nothing",
    }
    page = somebody.open(paths.get(name, "/product/new"))
    if name == "dialog":
        page.get_by_role("link", name="Delete", exact=True).click()
        expect(page.get_by_role("dialog")).to_be_visible()
    elif name == "picker":
        tags = page.get_by_role("combobox", name="Tags")
        tags.click()
        page.get_by_role("option", name="black").click()
        expect(page.get_by_role("button", name="Remove black")).to_be_visible()
        tags.click()
        expect(page.get_by_role("option", name="gift")).to_be_visible()
    elif name == "errors":
        page.locator("form[method=post]").first.evaluate("form => { form.noValidate = true }")
        page.get_by_label("Price").fill("-1")
        page.get_by_role("button", name="Create product").click()
        expect(page.get_by_text("Enter at least 0.")).to_be_visible()
    return page


def findings(page: Page, *rules: str) -> list[str]:
    """Return what axe-core finds on a page, by some rules or all of them: the rule, and where."""
    if not page.evaluate("'axe' in globalThis"):
        page.evaluate(npm_file(*AXE).decode())
    only = {"runOnly": {"type": "rule", "values": rules}} if rules else {}
    found: list[dict[str, Any]] = page.evaluate(
        "async (only) => (await axe.run(only)).violations", only
    )
    return [
        f"{rule['id']}: {node['html'][:200]} {[one['message'] for one in node['any']]}"
        for rule in found
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("name", PAGES)
def test_pages(somebody: Visitor, kit: str, screen: str, name: str) -> None:
    page = visit(somebody, name)

    def picture(screen: str) -> None:
        if folder := os.environ.get("STARMODEL_PICTURES"):
            path = Path(folder, f"{kit}-{name}-{screen}.png")
            page.screenshot(path=path, full_page=name != "dialog")

    picture(screen)
    assert findings(page) == []
    width = SCREENS[screen]["viewport"]["width"]
    assert page.evaluate("document.documentElement.scrollWidth") == width
    # Nothing but colours is another in the other scheme.
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"{DARKNESS} < 40")
    page.evaluate("document.getAnimations().forEach((one) => one.finish())")
    picture(DARK[screen])
    assert findings(page, *COLOURS) == []


def test_the_policy_allows_what_pages_load(browser: Browser, app: ServedApp, kit: str) -> None:
    visitor = Visitor(browser, app.url, color_scheme="dark")
    page = visitor.open("/product")
    expect(page.get_by_role("heading", level=1)).to_have_text("Products")
    is_dark = page.evaluate("getComputedStyle(document.body).colorScheme")
    assert is_dark == ("dark" if kit == "monsterui" else "light dark")
    ground: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert all(int(part) < 40 for part in ground.strip("rgb()").split(","))
    visitor.context.close()
    assert visitor.errors == []


def test_a_phone_shows_records_at_once(browser: Browser, app: ServedApp) -> None:
    visitor = Visitor(browser, app.url, viewport=PHONE)
    page = visitor.open("/product")
    box = page.locator("tbody tr").first.bounding_box()
    assert box is not None and box["y"] + box["height"] <= PHONE["height"]
    # The columns to be shown, one of which is the status, have inputs too.
    status = page.get_by_role("search").get_by_label("Status")
    expect(status).to_be_hidden()
    page.get_by_text("More filters").click()
    expect(status).to_be_visible()
    expect(page.locator("tbody td").get_by_text("Price").first).to_be_visible()

    # What can be done with a record comes before its last field.
    page.locator(PRODUCT).first.click()
    action = page.get_by_role("button", name="Restock").bounding_box()
    last = page.locator("dt").last.bounding_box()
    assert action is not None and last is not None and action["y"] < last["y"]
    visitor.context.close()


def test_the_menu_needs_no_script(browser: Browser, app: ServedApp) -> None:
    visitor = Visitor(browser, app.url, viewport=PHONE, java_script_enabled=False)
    page = visitor.open("/product")
    customers = page.get_by_role("link", name="Customers")
    expect(customers).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    customers.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Customers")
    visitor.context.close()
    wide = Visitor(browser, app.url, viewport=DESKTOP, java_script_enabled=False)
    page = wide.open("/product")
    expect(page.get_by_role("button", name="Menu")).to_be_hidden()
    expect(page.get_by_role("link", name="Products")).to_have_attribute("aria-current", "page")
    wide.context.close()


def test_a_page_has_one_primary_button(browser: Browser, app: ServedApp) -> None:
    visitor = Visitor(browser, app.url, viewport=DESKTOP)
    for name in ("list", "record", "new", "edit"):
        page = visit(visitor, name)
        filled = page.evaluate("""() => [...document.querySelectorAll("main a, main button")]
              .filter((one) => one.getClientRects().length && !one.closest("dialog"))
              .filter((one) => {
                const drawn = new OffscreenCanvas(1, 1).getContext("2d");
                drawn.fillStyle = getComputedStyle(one).backgroundColor;
                drawn.fillRect(0, 0, 1, 1);
                const [red, , blue] = drawn.getImageData(0, 0, 1, 1).data;
                return blue - red > 60;
              })
              .map((one) => one.textContent)""")
        assert len(filled) == 1, (name, filled)
    visitor.context.close()


def test_every_page_is_as_wide_as_every_other(browser: Browser, app: ServedApp) -> None:
    visitor = Visitor(browser, app.url, viewport=DESKTOP)
    lefts = {
        visit(visitor, name)
        .get_by_role("heading", level=1)
        .evaluate("one => one.getBoundingClientRect().x")
        for name in ("list", "record", "new", "edit", "delete", "empty")
    }
    assert len(lefts) == 1
    visitor.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_theme_of_monsterui_can_be_read(browser: Browser, scheme: Any) -> None:
    found: dict[str, list[str]] = {}
    page = browser.new_page(color_scheme=scheme)
    for theme in Theme:
        kit = MonsterUIKit(theme=theme)
        kinds = ("primary", "secondary", "danger")
        parts = [
            kit.notice({}, "3 added."),
            [kit.badge(kind, kind) for kind in ("neutral", "success", "warning", "danger")],
            [kit.button(kind, {}, kind=kind) for kind in kinds],
            kit.alert(h.a(href="/")["Read this"]),
            kit.card([kit.hint("hint", "A number."), kit.error({}, "Wrong")]),
        ]
        navigation = kit.navigation(Navigation("Shop", [NavigationItem("Things", "/")]), "/", None)
        content = [navigation, kit.masthead("Thing", {}, "A lead."), kit.main({}, parts)]
        document = kit.document(title="Thing", head=kit.head(), content=content).__html__()

        def answer(
            route: Route, request: Request, kit: MonsterUIKit = kit, document: str = document
        ) -> None:
            asset = kit.assets.get(urlsplit(request.url).path)
            if not request.url.startswith("http://kit.test/"):
                answer_elsewhere(route, request)
            elif asset is None:
                route.fulfill(body=document, content_type="text/html")
            else:
                route.fulfill(body=asset.body, content_type=asset.content_type)

        page.unroute_all()
        page.route("**/*", answer)
        page.goto("http://kit.test/")
        if problems := findings(page, *COLOURS):
            found[theme.name] = problems
    page.close()
    assert found == {}

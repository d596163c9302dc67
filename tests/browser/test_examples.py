"""The examples as their readers try them: served, opened in two tabs, used."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from served_app import ROOT, ServedApp, run, run_starmodel

from .visitor import Visitor, shown


@contextmanager
def two_tabs(
    browser: Browser, example: str, app: str, path: str, *, sessions: int = 1, **environment: str
) -> Generator[tuple[Page, Page], None, None]:
    """Serve an example and open it twice, in one browser session or in two."""
    with ServedApp(ROOT / "examples" / example, app, log=None, **environment) as served:
        visitors = [
            Visitor(browser, served.url, viewport={"width": 900, "height": 620})
            for _ in range(sessions)
        ]
        yield visitors[0].open(path), visitors[-1].open(path)
        errors = [error for visitor in visitors for error in visitor.errors]
        for visitor in visitors:
            visitor.context.close()
        # What the tests make the server refuse is answered with 200; nothing else is an error.
        assert errors == []


@pytest.fixture
def picture(screenshots: Path) -> Path:
    return screenshots / "counter.png"


def test_counter(browser: Browser, picture: Path) -> None:
    app = "counter.generated.app:create_app"
    with two_tabs(browser, "counter", app, "/counter") as (one, other):
        one.get_by_label("Amount").fill("41")
        one.get_by_role("button", name="Increment").click()
        expect(shown(one, "Count")).to_have_text("41")
        expect(shown(other, "Count")).to_have_text("41")
        other.get_by_role("button", name="Increment").click()
        expect(shown(one, "Count")).to_have_text("42")
        expect(shown(one, "Update count")).to_have_text("2")
        one.screenshot(path=picture)


def test_tasks(browser: Browser, screenshots: Path) -> None:
    with two_tabs(browser, "tasks", "tasks.main:app", "/") as (one, other):
        for title in ("Buy <b>milk</b> & eggs", "Water the plants"):
            one.get_by_label("What is to be done?").fill(title)
            one.keyboard.press("Enter")
            expect(other.locator("#tasks li", has_text=title)).to_be_visible()
        other.get_by_label("Buy <b>milk</b> & eggs", exact=True).check()
        expect(one.locator("#tasks li .done")).to_have_text("Buy <b>milk</b> & eggs")
        expect(one.get_by_text("1 left")).to_be_visible()
        one.get_by_role("button", name="Open").click()
        expect(other.locator("#tasks li")).to_have_count(1)
        expect(other.get_by_role("button", name="Open")).to_have_attribute("aria-pressed", "true")
        one.screenshot(path=screenshots / "tasks.png")
        other.get_by_role("button", name="Remove Water the plants").click()
        expect(one.locator("#tasks li")).to_have_count(0)
        one.get_by_role("button", name="All").click()
        one.get_by_role("button", name="Clear finished").click()
        expect(other.locator("#tasks li")).to_have_count(0)


def test_chat(browser: Browser, screenshots: Path) -> None:
    with two_tabs(browser, "chat", "chat.main:app", "/chat_room", sessions=2) as (ada, bob):
        for page, author, text in ((ada, "Ada", "Hello <i>all</i>"), (bob, "Bob", "Hi!")):
            page.get_by_label("Your name").fill(author)
            page.get_by_label("Message").fill(text)
            page.keyboard.press("Enter")
            for viewer in (ada, bob):
                expect(viewer.locator("#messages li", has_text=text)).to_have_count(1)
        expect(ada.get_by_text("2 messages so far")).to_be_visible()
        ada.reload()
        expect(ada.locator("#messages p")).to_have_text(["Hello <i>all</i>", "Hi!"])
        ada.screenshot(path=screenshots / "chat.png")


def test_dashboard(browser: Browser, screenshots: Path) -> None:
    with two_tabs(browser, "dashboard", "dashboard.main:app", "/") as (one, other):
        # The browser cannot know that more than nothing is asked for.
        error = one.locator("#dashboard-record_order-amount--error")
        one.get_by_label("Amount").fill("0")
        one.get_by_label("Region").select_option("North")
        one.get_by_role("button", name="Record order").click()
        expect(error).to_have_text("Enter more than 0.")
        one.get_by_label("Amount").fill("1000.50")
        expect(error).to_have_text("")
        one.get_by_role("button", name="Record order").click()
        expect(shown(other, "Revenue")).to_have_text("14,221.75")
        expect(other.locator("#region-north")).to_contain_text("5,211.00")
        one.get_by_role("button", name="Recalculate").click()
        expect(one.locator("#log li")).to_have_text(
            [
                "Started.",
                "North: below target.",
                "South: target reached.",
                "West: below target.",
                "Done.",
            ]
        )
        expect(other.locator("progress")).to_have_attribute("value", "100")
        one.screenshot(path=screenshots / "dashboard.png", full_page=True)


def test_shop(browser: Browser, screenshots: Path, tmp_path: Path) -> None:
    database = {"STARMODEL_DATABASE_URL": f"sqlite:///{tmp_path / 'shop.db'}"}
    shop = ROOT / "examples" / "shop"
    run_starmodel(shop, "migrate", "up", **database)
    run(shop, "shop.seed", **database)
    path = "/product?sort=name"
    with two_tabs(browser, "shop", "shop.main:app", path, sessions=1, **database) as (
        one,
        other,
    ):
        names = ["Assam", "Bamboo whisk", "Darjeeling First Flush", "Gyokuro", "Sencha", "Teapot"]
        expect(one.locator("tbody th")).to_have_text(names)
        one.screenshot(path=screenshots / "shop.png")
        one.goto(one.url.replace("/product?sort=name", "/order/new"))
        one.get_by_role("combobox", name="Customer").fill("ada")
        one.get_by_role("option", name="Ada Lovelace").click()
        one.get_by_role("button", name="Create order").click()
        expect(one.get_by_role("link", name="Ada Lovelace")).to_be_visible()
        expect(shown(one, "Status")).to_have_text("Open")
        order = one.url
        for product, quantity in (("Teapot", "2"), ("Bamboo whisk", "1")):
            one.get_by_role("combobox", name="Product").fill(product)
            one.get_by_role("option", name=product).click()
            one.get_by_label("Quantity").fill(quantity)
            one.get_by_role("button", name="Add line").click()
            expect(one.get_by_label("Quantity")).to_have_value("")
        # The whole order or nothing: there is no whisk left.
        one.get_by_role("button", name="Place").click()
        expect(one.get_by_text("There are only 0 of Bamboo whisk.")).to_be_visible()
        expect(shown(one, "Status")).to_have_text("Open")
        one.screenshot(path=screenshots / "order.png", full_page=True)
        stock = other.locator("tr", has_text="Teapot").get_by_role("cell").nth(3)
        expect(stock).to_contain_text("12")

        one.get_by_role("link", name="Show all").click()
        expect(one.locator("tbody tr")).to_have_count(2)
        one.screenshot(path=screenshots / "lines.png", full_page=True)
        one.locator("tbody tr", has_text="Bamboo whisk").get_by_role("link").first.click()
        one.get_by_role("link", name="Delete").click()
        one.screenshot(path=screenshots / "delete.png", full_page=True)
        one.get_by_role("button", name="Delete").click()
        expect(one.get_by_role("heading", name="Order lines")).to_be_visible()
        one.goto(order)
        one.get_by_role("button", name="Place").click()
        expect(shown(one, "Status")).to_have_text("Placed")
        # The list in the other tab follows.
        expect(stock).to_contain_text("10")

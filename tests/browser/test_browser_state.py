"""Entities that browsers keep, in real ones: reloaded, in several tabs, tampered with."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from generated_world import generate_world
from playwright.sync_api import Browser, Page, expect
from served_app import ROOT, ServedApp, generate

from .visitor import Arrive, shown, visiting

ENTITIES = ROOT / "tests/cases/browser/entities.py"
KEY = "starmodel/basket"
DISCARD = """
    @event
    def discard(self, work: UnitOfWork) -> None:
        \"""Forget the text.\"""
        work.delete(self)
"""


@pytest.fixture(scope="module")
def kept_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose entities are in the browser."""
    folder = tmp_path_factory.mktemp("kept")
    source = folder / "entities.py"
    source.write_text(
        ENTITIES.read_text().replace("StateStore, event", "StateStore, UnitOfWork, event") + DISCARD
    )
    generate(folder, source)
    return folder


@pytest.fixture(scope="module")
def app(kept_project: Path, request: pytest.FixtureRequest) -> Iterator[ServedApp]:
    """The app, with the front end that a test asks for."""
    frontend = getattr(request, "param", "datastar")
    with ServedApp(kept_project, STARMODEL_FRONTEND=frontend) as served:
        yield served


@pytest.fixture
def visitor(browser: Browser, app: ServedApp) -> Iterator[Arrive]:
    with visiting(browser, app.url) as arrive:
        yield arrive


def add(page: Page, sku: str, amount: int) -> None:
    # A page in the back is drawn once a second.
    page.bring_to_front()
    form = page.locator("#basket-add")
    form.get_by_label("Sku").fill(sku)
    form.get_by_label("Amount").fill(str(amount))
    form.get_by_role("button").click()


def expect_count(page: Page, count: int) -> None:
    expect(shown(page, "Count")).to_have_text(str(count))


@pytest.mark.parametrize("app", ["datastar", "htmx"], indirect=True)
def test_a_state_outlives_its_page_and_is_in_every_tab(visitor: Arrive) -> None:
    one = visitor()
    page = one.open("/basket")
    expect_count(page, 0)
    add(page, "tea", 2)
    expect_count(page, 2)
    expect(page.get_by_role("cell", name="tea")).to_be_visible()

    page.reload()
    expect_count(page, 2)
    expect(page.get_by_role("cell", name="tea")).to_be_visible()

    other = one.open("/basket")
    expect_count(other, 2)
    add(other, "milk", 3)
    expect_count(other, 5)
    expect_count(page, 5)
    expect(page.get_by_role("cell", name="milk")).to_be_visible()
    add(page, "tea", 1)
    expect_count(page, 6)
    expect_count(other, 6)
    page.get_by_role("button", name="Clear").click()
    expect_count(page, 0)
    expect_count(other, 0)
    expect(page.get_by_text("1 of it")).to_have_count(0)
    expect(page.get_by_role("cell", name="milk")).to_have_count(0)

    # Whoever else uses the browser later has a session of his own.
    add(page, "tea", 7)
    expect_count(page, 7)
    expect_count(other, 7)
    one.context.clear_cookies()
    page.reload()
    expect(page.get_by_role("status")).to_contain_text("could not be read")
    expect_count(page, 0)
    assert page.evaluate(f"localStorage.getItem('{KEY}')") is None
    add(page, "tea", 1)
    expect_count(page, 1)


def test_what_was_tampered_with_is_not_taken(visitor: Arrive) -> None:
    page = visitor().open("/basket")
    add(page, "tea", 2)
    expect_count(page, 2)
    kept = page.evaluate(f"localStorage.getItem('{KEY}')")
    bent = kept[:10] + ("A" if kept[10] != "A" else "B") + kept[11:]
    page.evaluate(f"localStorage.setItem('{KEY}', '{bent}')")
    add(page, "tea", 2)
    expect(page.get_by_text("cannot be read").first).to_be_visible()
    expect_count(page, 2)
    page.reload()
    expect(page.get_by_role("status")).to_contain_text("could not be read")
    expect_count(page, 0)
    page.evaluate("void (Storage.prototype.setItem = () => { throw new Error('full'); })")
    add(page, "milk", 1)
    expect(page.get_by_text("no room left")).to_be_visible()
    expect_count(page, 0)
    page.reload()
    # An older one is ours, so it is taken: it is no place for money.
    page.evaluate(f"localStorage.setItem('{KEY}', '{kept}')")
    page.reload()
    expect_count(page, 2)


def test_an_action_of_ones_own_takes_it_along(visitor: Arrive) -> None:
    """A page with the component of the entity may have buttons of the author's."""
    page = visitor().open("/basket")
    add(page, "tea", 2)
    expect_count(page, 2)
    action = generate_world("kept_entities", ENTITIES)("basket.bindings").add(sku="milk")
    page.evaluate(
        """(action) => {
            const button = document.createElement("button");
            button.setAttribute("data-on:click", action);
            button.textContent = "Milk, please";
            document.querySelector("main").append(button);
        }""",
        action,
    )
    page.get_by_text("Milk, please").click()
    expect_count(page, 3)
    page.reload()
    expect_count(page, 3)


def test_a_tab_keeps_a_state_to_itself(visitor: Arrive) -> None:
    one = visitor()
    page = one.open("/draft")
    page.get_by_label("Text").fill("Dear <b>you</b>")
    page.get_by_role("button").filter(has_text="Write").click()
    expect(shown(page, "Text")).to_have_text("Dear <b>you</b>")
    page.reload()
    expect(shown(page, "Text")).to_have_text("Dear <b>you</b>")
    other = one.open("/draft")
    expect(other.locator("sm-browser-state output")).to_have_text('""')
    expect(shown(other, "Text")).not_to_have_text("Dear <b>you</b>")


@pytest.mark.parametrize("app", ["datastar", "htmx"], indirect=True)
def wait_until_forgotten(page: Page) -> None:
    # The policy of a page with htmx forbids what `wait_for_function` evaluates there.
    for _ in range(200):
        if page.evaluate("sessionStorage.getItem('starmodel/draft')") is None:
            return
        page.wait_for_timeout(25)
    raise AssertionError("The page still keeps what was deleted.")


def test_what_an_event_deletes_is_gone(visitor: Arrive) -> None:
    page = visitor().open("/draft")
    # What was deleted can be begun anew, and deleted again.
    for text in ("Dear you", "Dear me"):
        page.get_by_label("Text").fill(text)
        page.get_by_role("button").filter(has_text="Write").click()
        expect(shown(page, "Text")).to_have_text(text)
        page.get_by_role("button").filter(has_text="Discard").click()
        wait_until_forgotten(page)
        expect(page.locator("sm-browser-state output")).to_have_text('"-"')
        expect(shown(page, "Text")).not_to_have_text(text)
    page.reload()
    expect(page.locator("sm-browser-state output")).to_have_text('""')
    expect(shown(page, "Text")).not_to_have_text("Dear me")


def test_what_an_action_of_ones_own_deletes_is_gone(visitor: Arrive) -> None:
    page = visitor().open("/draft")
    page.get_by_label("Text").fill("Dear you")
    page.get_by_role("button").filter(has_text="Write").click()
    expect(shown(page, "Text")).to_have_text("Dear you")
    action = generate_world("kept_entities", ENTITIES)("draft.bindings").write(text="")
    page.evaluate(
        """(action) => {
            const button = document.createElement("button");
            button.setAttribute("data-on:click", action);
            button.textContent = "Away with it";
            document.querySelector("main").append(button);
        }""",
        action.replace("/draft/write?text=", "/draft/discard"),
    )
    page.get_by_text("Away with it").click()
    wait_until_forgotten(page)
    expect(shown(page, "Text")).not_to_have_text("Dear you")

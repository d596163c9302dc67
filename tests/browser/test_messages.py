"""Messages, errors, the home page and the way back, in a real browser, with script and without."""

from collections.abc import Iterator

import httpx
import pytest
from crud_project import CrudProject
from frame_entities import ENTITIES
from playwright.sync_api import Browser, Page, expect
from served_app import ServedApp

from .visitor import Arrive, visiting

PACKAGE = "messageshop"
HOSTILE = "<img src=x onerror=alert(1)> ${1} @post('/x')"


@pytest.fixture(scope="module", params=["datastar", "htmx"])
def app(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServedApp]:
    project = CrudProject(tmp_path_factory.mktemp("messages"), PACKAGE, entities=ENTITIES)
    project.make()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STARMODEL_DATABASE_URL", project.url)
        patch.setenv("STARMODEL_FRONTEND", request.param)
        with ServedApp(project.folder, f"{PACKAGE}.generated.app:create_app") as served:
            yield served


def is_rejected(error: str) -> bool:
    return error.startswith("Failed to load resource: the server responded with a status of 4")


@pytest.fixture
def visitor(browser: Browser, app: ServedApp) -> Iterator[Arrive]:
    with visiting(browser, app.url, expected=is_rejected) as arrive:
        yield arrive


def make(app: ServedApp, name: str) -> str:
    return httpx.post(f"{app.url}/product", json={"name": name}).headers["location"]


def says(page: Page, text: str) -> None:
    expect(page.locator(".notice")).to_have_text(text)


@pytest.mark.parametrize("has_script", [True, False])
def test_every_step_says_what_it_did(visitor: Arrive, has_script: bool) -> None:
    page = visitor(java_script_enabled=has_script).open("/")
    page.get_by_role("link", name="New product").click()
    page.get_by_label("Name").fill(HOSTILE)
    page.get_by_role("button", name="Create product").click()
    says(page, "Product created.")
    page.get_by_label("Quantity").fill("3")
    page.get_by_role("button", name="Restock").click()
    says(page, f"3 added to {HOSTILE}")
    if not has_script:
        page.get_by_label("Quantity").fill("5")
        page.reload()
        says(page, "")
    page.get_by_role("link", name="Edit").click()
    says(page, "")
    page.get_by_label("Price in cents").fill("7")
    page.get_by_role("button", name="Save").click()
    says(page, "Saved.")
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete product").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Products")
    says(page, f"{HOSTILE} deleted.")
    page.reload()
    says(page, "")
    expect(page.locator("img")).to_have_count(0)


def test_two_tabs_each_say_their_own(visitor: Arrive, app: ServedApp) -> None:
    somebody = visitor()
    paths = [make(app, name) for name in ("One", "Two")]
    shown = [somebody.open(path) for path in paths]
    listed = somebody.open("/product")
    for place, page in enumerate(shown, start=1):
        page.get_by_label("Quantity").fill(str(place))
        page.get_by_role("button", name="Restock").click()
    says(shown[0], "1 added to One")
    says(shown[1], "2 added to Two")
    shown[0].get_by_role("link", name="Delete").click()
    shown[0].get_by_role("button", name="Delete product").click()
    # The list in the other tab has fetched itself anew, and taken nothing away.
    says(shown[0], "One deleted.")
    expect(listed.get_by_role("link", name="One", exact=True)).to_have_count(0)
    says(listed, "")


def test_a_deleted_record_says_so_wherever_it_is_shown(visitor: Arrive, app: ServedApp) -> None:
    somebody = visitor()
    path = make(app, "Gone soon")
    pages = [somebody.open(f"{path}{end}") for end in ("", "/edit", "/delete")]
    listed = somebody.open("/product")
    row = listed.get_by_role("link", name="Gone soon", exact=True)
    expect(row).to_have_count(1)
    httpx.delete(f"{app.url}{path}", headers={"accept": "application/json"})
    for page in pages:
        told = page.get_by_role("alert").filter(has_text="has been deleted")
        expect(told).to_be_visible()
        # It stands above what leads away from here, not over it.
        assert told.evaluate("""one => one.getBoundingClientRect().bottom
                <= document.querySelector("nav").getBoundingClientRect().top""")
    expect(row).to_have_count(0)
    expect(listed.get_by_text("has been deleted")).to_have_count(0)


def test_an_error_has_the_apps_frame_and_a_list_tells_of_it(
    visitor: Arrive, app: ServedApp
) -> None:
    somebody = visitor()
    page = somebody.open("/product?sort=zzz")
    expect(page.get_by_role("alert")).to_contain_text("Sort: There is no such field")
    page.get_by_role("main").get_by_role("link", name="All products").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Products")
    page = somebody.open("/product/none")
    assert page.locator("html").get_attribute("lang") == "en"
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Products").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Products")


def test_the_form_of_an_event_loses_nothing_without_a_script(
    visitor: Arrive, app: ServedApp
) -> None:
    path = make(app, "Desk")
    somebody = visitor(java_script_enabled=False)
    page = somebody.open(f"{path}")
    box = page.get_by_label("Quantity")
    box.evaluate("one => one.removeAttribute('max')")
    box.fill("4000")
    page.get_by_role("button", name="Restock").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Desk")
    expect(box).to_have_value("4000")
    expect(page.get_by_text("Enter at most 1000.")).to_be_visible()
    box.fill("4")
    page.get_by_role("button", name="Restock").click()
    says(page, "4 added to Desk")
    expect(page.get_by_text("Enter at most 1000.")).to_have_count(0)


def test_a_message_goes_and_a_refusal_ends_with_the_next_event(
    visitor: Arrive, app: ServedApp
) -> None:
    page = visitor().open(make(app, "Bench"))
    page.get_by_label("Quantity").fill("3")
    page.get_by_role("button", name="Restock").click()
    says(page, "3 added to Bench")
    page.get_by_role("button", name="Dismiss").click()
    expect(page.get_by_text("3 added to Bench")).to_be_hidden()
    page.get_by_role("button", name="Retire").click()
    expect(page.get_by_text("There are 3 left.")).to_be_visible()
    page.get_by_label("Quantity").fill("2")
    page.get_by_role("button", name="Restock").click()
    expect(page.get_by_text("2 added to Bench")).to_be_visible()
    expect(page.get_by_text("There are 3 left.")).to_have_count(0)
    # It says what went well, which nobody need read.
    expect(page.get_by_text("2 added to Bench")).to_be_hidden(timeout=15_000)


def test_the_first_link_leads_past_the_navigation(visitor: Arrive, app: ServedApp) -> None:
    page = visitor().open(make(app, "Bench"))
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Edit")).to_be_focused()


@pytest.mark.parametrize("has_script", [True, False])
def test_breadcrumbs_keep_the_filters(visitor: Arrive, app: ServedApp, has_script: bool) -> None:
    make(app, "Lamp")
    page = visitor(java_script_enabled=has_script).open("/product?q=Lamp&sort=-name")
    page.get_by_role("link", name="Lamp", exact=True).first.click()
    page.get_by_role("navigation", name="Breadcrumb").get_by_role("link", name="Products").click()
    expect(page).to_have_url(f"{app.url}/product?q=Lamp&sort=-name")


def test_breadcrumbs_keep_the_filters_further_away(visitor: Arrive, app: ServedApp) -> None:
    make(app, "Lantern")
    page = visitor().open("/product?q=Lantern")
    page.get_by_role("link", name="Lantern", exact=True).first.click()
    page.get_by_role("link", name="Edit").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lantern")
    page.get_by_role("navigation", name="Breadcrumb").get_by_role("link", name="Products").click()
    expect(page).to_have_url(f"{app.url}/product?q=Lantern")
    page.get_by_label("Main").get_by_role("link", name="Products").click()
    page.get_by_role("link", name="Lantern", exact=True).first.click()
    page.get_by_role("link", name="Edit").click()
    page.get_by_role("navigation", name="Breadcrumb").get_by_role("link", name="Products").click()
    expect(page).to_have_url(f"{app.url}/product")

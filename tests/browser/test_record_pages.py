"""Lists and forms of records, as people use them: in a real browser with the real Datastar."""

import shutil
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from served_app import ServedApp
from stocked_project import DATABASE, make_stocked_project, url_of

from starmodel.ui.formats import duration_text
from starmodel.web.datastar.actions import live_action

from .test_accessibility import FACTS, PHONE
from .test_hostile_texts import naughty_texts
from .visitor import Arrive, answer_elsewhere, shown, visiting

REJECTED = "Failed to load resource: the server responded with a status of 4"
"""What a browser itself says of a page with a status that is an error."""

PATHS = ("/product", "/product/p01", "/product/new", "/product/p01/edit", "/order/o1", "/order/new")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop in a database, with its goods."""
    folder = tmp_path_factory.mktemp("stocked")
    make_stocked_project(folder)
    return folder


@pytest.fixture
def app(project: Path, tmp_path: Path) -> Iterator[ServedApp]:
    """The app as it is at first, with a database of its own."""
    database = tmp_path / DATABASE
    shutil.copy(project / DATABASE, database)
    with ServedApp(project, STARMODEL_DATABASE_URL=url_of(database)) as served:
        yield served


def is_rejected(error: str) -> bool:
    return error.startswith(REJECTED)


@pytest.fixture
def visitor(browser: Browser, app: ServedApp) -> Iterator[Arrive]:
    with visiting(browser, app.url, expected=is_rejected) as arrive:
        yield arrive


def test_a_list_is_searched_filtered_sorted_and_paged_without_a_load(visitor: Arrive) -> None:
    page = visitor().open("/product?limit=12")
    page.evaluate("window.isTheSame = true")
    titles = page.locator("tbody th")
    expect(titles).to_have_count(12)
    expect(page.get_by_role("status").last).to_have_text("12 products on this page")

    page.get_by_label("Search").fill("oak")
    expect(titles).to_have_count(6)
    expect(page.get_by_role("status").last).to_have_text("6 products")
    page.get_by_role("combobox", name="Status").select_option("Active")
    expect(titles).to_have_text(["Oak desk", "Oak shelf", "Oak mirror"])

    price = page.get_by_role("columnheader", name="Price")
    page.get_by_role("link", name="Price").click()
    expect(price).to_have_attribute("aria-sort", "ascending")
    page.get_by_role("link", name="Price").click()
    expect(price).to_have_attribute("aria-sort", "descending")
    expect(titles).to_have_text(["Oak mirror", "Oak shelf", "Oak desk"])
    # Whoever goes through the page with the keyboard is still where he was.
    expect(page.get_by_role("link", name="Price")).to_be_focused()

    page.get_by_text("More filters").click()
    page.get_by_label("Price from").fill("10.5")
    expect(titles).to_have_text(["Oak mirror", "Oak shelf"])
    asked = "limit=12 q=oak status=active sort=-price price__ge=10.5"
    assert {*query(page)[1:].split("&")} == {*asked.split()}
    expect(page.get_by_label("Search")).to_have_value("oak")
    page.get_by_label("Search").fill("nothing of the kind")
    expect(page.get_by_text("No products fit.")).to_be_visible()
    assert page.evaluate("window.isTheSame")

    # The address says it all.
    again = visitor().open(f"/product{query(page)}")
    expect(again.get_by_text("No products fit.")).to_be_visible()
    expect(again.get_by_label("Price from")).to_have_value("10.5")
    again.get_by_role("link", name="Show all products").click()
    expect(again.locator("tbody th")).to_have_count(48)


def test_pages_of_a_list_are_part_of_the_history(visitor: Arrive) -> None:
    page = visitor().open("/product?sort=name&limit=12")
    page.evaluate("window.isTheSame = true")
    titles = page.locator("tbody th")
    expect(titles.first).to_have_text("Brass bench")
    page.get_by_role("link", name="Next page").click()
    expect(titles.first).to_have_text("Copper bench")
    page.get_by_role("link", name="Next page").click()
    expect(titles.first).to_have_text("Marble bench")
    assert page.evaluate("window.isTheSame")
    page.go_back()
    expect(titles.first).to_have_text("Copper bench")
    page.get_by_role("link", name="First page").click()
    expect(titles.first).to_have_text("Brass bench")
    # A filter begins at the first page again.
    page.get_by_role("link", name="Next page").click()
    expect(titles.first).to_have_text("Copper bench")
    page.get_by_label("Search").fill("bench")
    expect(titles).to_have_count(8)
    assert query(page) == "?sort=name&limit=12&q=bench"


def test_a_filter_that_does_not_fit_is_told(visitor: Arrive) -> None:
    page = visitor().open("/product?limit=12")
    page.get_by_text("More filters").click()
    field = page.get_by_label("Price from")
    field.evaluate("element => element.type = 'text'")
    field.fill("dear")
    error = page.locator(".filters > .error")
    expect(error).to_have_text("Price from: Enter a number.")
    expect(page.locator("tbody th")).to_have_count(12)
    field.fill("10")
    expect(error).to_have_text("")


def test_a_list_follows_what_happens_elsewhere(visitor: Arrive) -> None:
    watching = visitor().open("/product?q=stool&sort=name")
    expect(watching.get_by_text("No products fit.")).to_be_visible()
    somebody = visitor()
    page = somebody.open("/product/new")
    create(page, "Aardvark stool", "A-1")
    row = watching.locator("tbody tr")
    expect(row.locator("th")).to_have_text("Aardvark stool")

    press(page, "Restock", quantity="7")
    expect(shown(page, "Stock")).to_have_text("7")
    expect(row.locator("td:has(.cell-label:text-is('Stock')) > span")).to_have_text("7")
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete product").click()
    expect(watching.get_by_text("No products fit.")).to_be_visible()


def test_a_list_catches_up_with_what_happened_before_it_watched(visitor: Arrive) -> None:
    somebody = visitor()
    held: list[Route] = []
    somebody.context.route(lambda address: "/live?" in address, lambda route: held.append(route))
    page = somebody.open("/product?q=stool")
    expect(page.get_by_text("No products fit.")).to_be_visible()
    answer = page.request.post(
        f"{somebody.url}/product",
        data={"name": "Early stool", "sku": "E-1"},
        headers={"accept": "application/json", "sec-fetch-site": "same-origin"},
    )
    assert answer.status == 201
    assert len(held) == 1
    held[0].continue_()
    expect(page.locator("tbody th")).to_have_text(["Early stool"])


OWN_PAGE = """<!doctype html>
<script type="module" src="https://x/datastar@1"></script>
<body data-init="{live}"><p>A page of one's own</p></body>"""


def test_every_page_that_shows_a_record_says_that_it_was_deleted(visitor: Arrive) -> None:
    somebody = visitor()
    own = escape(live_action("order:o1"))
    somebody.context.route(
        "**/own",
        lambda route: route.fulfill(body=OWN_PAGE.format(live=own), content_type="text/html"),
    )
    line = somebody.open("/order/o1").request.get(
        f"{somebody.url}/order_line?order=o1", headers={"accept": "application/json"}
    )
    line = line.json()["items"][0]["id"]
    paths = ("/order/o1", "/order/o1/edit", "/order/o1/delete", "/own")
    pages = [somebody.open(path) for path in paths]
    # The database deletes it with its order. A browser has six connections for all its pages.
    somebody = visitor()
    cascaded = somebody.open(f"/order_line/{line}")
    listed = somebody.open("/order")
    expect(listed.locator("#order-o1")).to_be_visible()
    expect(shown(cascaded, "Quantity")).to_be_visible()
    held: list[Route] = []
    late = visitor()
    late.context.route(lambda address: "/live?" in address, lambda route: held.append(route))
    late_pages = [late.open(path) for path in ("/order/o1", "/order/o1/edit")]

    answer = listed.request.delete(
        f"{somebody.url}/order/o1",
        headers={"accept": "application/json", "sec-fetch-site": "same-origin"},
    )
    assert answer.status == 204
    for page in pages:
        expect(page.get_by_text("This order has been deleted.")).to_be_visible()
    expect(cascaded.get_by_text("This order line has been deleted.")).to_be_visible()
    expect(listed.locator("#order-o1")).to_have_count(0)
    expect(listed.get_by_text("has been deleted")).to_have_count(0)
    for route in held:
        route.continue_()
    for page in late_pages:
        expect(page.get_by_text("This order has been deleted.")).to_be_visible()
        expect(page.locator(".notice")).to_have_text("")


def test_every_click_has_a_key_of_its_own(visitor: Arrive) -> None:
    somebody = visitor()
    page = somebody.open("/product/p05")
    before = int(shown(page, "Stock").inner_text())
    for clicks in (1, 2):
        press(page, "Restock", quantity="7")
        expect(shown(page, "Stock")).to_have_text(str(before + 7 * clicks))
    keys = [post.headers["idempotency-key"] for post in somebody.posts]
    assert len(keys) == len(set(keys)) == 2


def test_what_is_typed_before_the_script_starts_is_kept(visitor: Arrive) -> None:
    somebody = visitor()
    waiting: list[Route] = []
    somebody.context.route(
        lambda address: "/datastar@" in address, lambda route: waiting.append(route)
    )
    page = somebody.context.new_page()
    page.goto(f"{somebody.url}/product/new", wait_until="commit")
    page.get_by_label("Name").fill("An early bird")
    page.get_by_label("Status").select_option("Retired")
    page.get_by_label("Is fragile").check()
    page.get_by_label("Price").fill("3")
    for route in waiting:
        answer_elsewhere(route, route.request)
    expect(page.locator("form")).to_have_attribute("aria-busy", "false")
    create(page, "An early bird", "E-1")
    expect(page.get_by_role("heading", level=1)).to_have_text("An early bird")
    expect(shown(page, "Status")).to_have_text("Retired")
    expect(shown(page, "Is fragile")).to_have_text("Yes")
    expect(shown(page, "Price")).to_have_text("3.00")


def test_a_form_that_does_not_fit_keeps_what_was_typed(visitor: Arrive) -> None:
    page = visitor().open("/product/new")
    page.get_by_label("Available from").fill("2027-01-31T10:30")
    page.get_by_label("Is fragile").check()
    page.get_by_label("Width").fill("12")
    page.get_by_label("Status").select_option("Retired")
    create(page, "Another desk", "WA-DE-0")
    sku = page.get_by_label("Sku")
    expect(sku).to_have_accessible_description("This is taken already.")
    expect(sku).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Name")).to_have_value("Another desk")
    sku.fill("NEW-1")
    page.get_by_role("button", name="Create product").click()
    page.wait_for_url("**/product/*")
    expect(page.get_by_role("heading", level=1)).to_have_text("Another desk")
    expect(shown(page, "Available from")).to_have_text("31/01/2027, 10:30:00")
    expect(shown(page, "Dimensions").locator("dd")).to_have_text(["12", "0", "0"])
    expect(shown(page, "Is fragile")).to_have_text("Yes")
    expect(shown(page, "Status")).to_have_text("Retired")


def test_only_what_was_changed_is_sent(visitor: Arrive) -> None:
    somebody = visitor(timezone_id="Europe/Oslo")
    page = somebody.open("/product/p01/edit")
    expect(page.get_by_label("Available from")).to_have_value("2026-03-14T10:30")
    page.get_by_label("Name").fill("Walnut light")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Walnut light")
    sent = somebody.posts[-1]
    assert sent.headers["idempotency-key"]
    state: dict[str, Any] = page.request.get(
        page.url, headers={"accept": "application/json"}
    ).json()["state"]
    assert state["available_from"] == "2026-03-14T09:30:00.123456+00:00"


def test_whoever_comes_second_takes_theirs_or_keeps_his_own(visitor: Arrive) -> None:
    first, second = (visitor().open("/product/p02/edit") for _ in range(2))
    first.get_by_label("Price").fill("12.5")
    first.get_by_label("Status").select_option("Retired")
    first.get_by_label("Is fragile").check()
    first.get_by_label("Available from").fill("2027-01-31T10:30")
    first.get_by_label("Width").fill("7")
    pick(first, "Tags", "lamp")
    first.get_by_role("button", name="Save").click()
    first.wait_for_url("**/product/p02")
    second.get_by_label("Price").fill("13")
    second.get_by_label("Status").select_option("Draft")
    second.get_by_label("Name").fill("A chair of one's own")
    second.get_by_label("Available from").fill("2028-01-31T10:30")
    second.get_by_label("Width").fill("8")
    pick(second, "Tags", "kids")
    second.get_by_role("button", name="Save").click()

    notice = second.get_by_role("alert").filter(has_text="Somebody else has changed this.")
    expect(notice).to_be_focused()
    price = second.get_by_label("Price")
    expect(price).to_have_accessible_description("It is now: 12.50")
    expect(price).to_have_value("13")
    expect(second.get_by_label("Name")).to_have_value("A chair of one's own")
    expect(second.get_by_label("Width")).to_have_value("8")
    expect(second.locator(".chips button")).to_have_text(["sale", "vintage", "kids"])
    # What was not touched is as the other one has left it.
    expect(second.get_by_label("Is fragile")).to_be_checked()
    for label in ("Status", "Available from", "Tags", "Width"):
        field = second.locator(".field, fieldset").filter(has=second.get_by_label(label)).first
        field.get_by_role("button", name="Take theirs").click()
        expect(field.get_by_role("button", name="Take theirs")).to_have_count(0)
    expect(second.get_by_label("Status")).to_have_value("retired")
    expect(second.get_by_label("Available from")).to_have_value("2027-01-31T10:30")
    expect(second.get_by_label("Width")).to_have_value("7")
    expect(second.locator(".chips button")).to_have_text(["sale", "vintage", "lamp"])
    second.get_by_role("button", name="Save").click()
    second.wait_for_url("**/product/p02")
    for page in (first, second):
        expect(shown(page, "Price")).to_have_text("13.00")
        expect(shown(page, "Name")).to_have_text("A chair of one's own")
        expect(shown(page, "Status")).to_have_text("Retired")
        expect(shown(page, "Tags").get_by_role("link")).to_have_text(["sale", "vintage", "lamp"])


def test_a_picked_record_can_be_taken_from_the_other(visitor: Arrive) -> None:
    first, second = (visitor().open("/order/o1/edit") for _ in range(2))
    for page, name in ((first, "Grace Hopper"), (second, "Alan Turing")):
        pick(page, "Customer", name)
        page.get_by_role("button", name="Save").click()
    customer = second.get_by_role("combobox", name="Customer")
    expect(customer).to_have_accessible_description("It is now: Grace Hopper")
    expect(customer).to_have_value("Alan Turing")
    second.get_by_role("button", name="Take theirs").click()
    expect(customer).to_have_value("Grace Hopper")
    expect(customer).to_have_accessible_description("")
    second.get_by_role("link", name="Discard what I typed").click()
    expect(second.get_by_role("alert").filter(has_text="Somebody else")).to_have_count(0)
    expect(second.get_by_role("combobox", name="Customer")).to_have_value("Grace Hopper")


def test_a_picker_for_what_may_not_be_listed_says_why(visitor: Arrive) -> None:
    page = visitor().open("/order/new")
    options = page.get_by_role("option")
    picker = page.get_by_role("combobox", name="Customer")
    statuses = [401, 403]
    page.route("**/customer/options?*", lambda route: route.fulfill(status=statuses[0]))
    picker.fill("gra")
    expect(options).to_have_text(["Sign in first.", "Create new…"])
    expect(options.first).to_be_disabled()
    statuses.pop(0)
    picker.fill("grac")
    expect(options).to_have_text(["You may not read this.", "Create new…"])
    page.unroute("**/customer/options?*")
    picker.fill("grace")
    expect(options).to_have_text(["Grace Hopper", "Create new…"])


def test_a_script_writes_durations_as_the_server_does(visitor: Arrive) -> None:
    seconds = [0, 1.5, 59, 7500, 86400, 359999, 360000, 360001.000001, 9e9, -1, -90.25, 1e-6]
    found = (
        visitor()
        .open("/product")
        .evaluate("(values) => values.map((one) => starmodel.format.duration(one))", seconds)
    )
    assert found == [duration_text(value) for value in seconds]


def test_deleting_asks_first(visitor: Arrive) -> None:
    page = visitor().open("/product/p01")
    page.get_by_role("link", name="Delete").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Delete this product?")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Delete product").click()
    expect(dialog.locator(".error")).to_have_text("An order line still refers to it.")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()

    page.goto(page.url.replace("p01", "p05"))
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete product").click()
    page.wait_for_url("**/product")
    page.get_by_label("Search").fill("walnut b")
    expect(page.get_by_text("No products fit.")).to_be_visible()


def test_a_picker_is_used_with_the_keyboard(visitor: Arrive) -> None:
    page = visitor().open("/order/o1/edit")
    picker = page.get_by_role("combobox", name="Customer")
    expect(picker).to_have_value("Ada Lovelace")
    expect(picker).to_have_attribute("aria-expanded", "false")
    picker.fill("ada")
    options = page.get_by_role("option")
    expect(options).to_have_text(["Ada Lovelace", "Ada Yonath", "Create new…"])
    expect(picker).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    last = options.nth(1).get_attribute("id")
    expect(picker).to_have_attribute("aria-activedescendant", last or "")
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(picker).to_have_value("ada")
    page.keyboard.press("ArrowDown")
    # Four records, and the way to one that is not there yet.
    expect(options).to_have_count(5)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(picker).to_have_value("Grace Hopper")
    expect(picker).to_be_focused()
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Save").click()
    expect(shown(page, "Customer").get_by_role("link")).to_have_text("Grace Hopper")

    # It offers no more than twenty, and forgets what it offered when it is left.
    product = page.get_by_role("combobox", name="Product")
    product.click()
    expect(options).to_have_count(21)
    page.get_by_label("Quantity").fill("3")
    expect(options).to_have_count(0)
    product.fill("brass l")
    expect(options).to_have_text(["Brass lamp", "Create new…"])
    options.first.click()
    expect(product).to_have_value("Brass lamp")
    page.get_by_role("button", name="Add line").click()
    expect(product).to_have_value("")
    page.get_by_role("link", name="Show all").click()
    expect(page.get_by_role("combobox", name="Order")).to_have_value("o1")
    expect(page.locator("tbody tr").first).to_contain_text("Brass lamp")


def test_several_records_are_picked(visitor: Arrive) -> None:
    page = visitor().open("/product/p01/edit")
    chosen = page.locator(".chips button")
    expect(chosen).to_have_text(["lamp", "office"])
    picker = page.get_by_role("combobox", name="Tags")
    for text, label in (("kid", "kids"), ("kid", "kids"), ("out", "outdoor")):
        picker.fill(text)
        expect(page.get_by_role("listbox").get_by_role("option")).to_have_text(
            [label, "Create new…"]
        )
        page.keyboard.press("Enter")
        expect(picker).to_have_value("")
    expect(chosen).to_have_text(["lamp", "office", "kids", "outdoor"])
    page.get_by_role("button", name="Remove office").click()
    expect(picker).to_be_focused()
    page.get_by_role("button", name="Save").click()
    links = shown(page, "Tags").get_by_role("link")
    expect(links).to_have_text(["lamp", "kids", "outdoor"])
    links.first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("lamp")


def test_links_to_other_records_follow_a_change(visitor: Arrive) -> None:
    watching = visitor().open("/order/o1")
    expect(shown(watching, "Customer")).to_have_text("Ada Lovelace")
    page = visitor().open("/order/o1/edit")
    page.get_by_role("combobox", name="Customer").fill("grace")
    expect(page.get_by_role("option")).to_have_text(["Grace Hopper", "Create new…"])
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Save").click()
    expect(shown(watching, "Customer").get_by_role("link")).to_have_text("Grace Hopper")


def test_everything_works_without_a_script(visitor: Arrive) -> None:
    page = visitor(java_script_enabled=False).open("/product")
    page.get_by_label("Search").fill("oak")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("tbody th")).to_have_count(6)
    page.get_by_role("link", name="Price").click()
    page.get_by_label("Search").fill("walnut")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("tbody th").first).to_have_text("Walnut desk")
    assert page.url.endswith("&sort=price")

    page.get_by_role("link", name="New product").click()
    page.get_by_label("Is fragile").check()
    page.get_by_label("Status").select_option("Retired")
    page.get_by_label("Width").fill("7")
    page.get_by_role("textbox", name="Tags").fill("t1\nt2")
    create(page, "Plain", "WA-DE-0")
    expect(page.get_by_label("Sku")).to_have_accessible_description("This is taken already.")
    expect(page.get_by_label("Name")).to_have_value("Plain")
    expect(page.get_by_label("Width")).to_have_value("7")
    expect(page.get_by_role("textbox", name="Tags")).to_have_value("t1\nt2")
    expect(page.get_by_label("Is fragile")).to_be_checked()
    expect(page.get_by_label("Status")).to_have_value("retired")
    create(page, "Plain", "PL-1")
    expect(page.get_by_role("heading", level=1)).to_have_text("Plain")
    expect(shown(page, "Tags").get_by_role("link")).to_have_text(["lamp", "sale"])
    expect(shown(page, "Dimensions").locator("dd")).to_have_text(["7", "0", "0"])

    url = page.url
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Price").fill("99")
    other = visitor(java_script_enabled=False).open("/")
    other.goto(page.url)
    page.get_by_role("button", name="Save").click()
    assert page.url == url
    expect(shown(page, "Price")).to_have_text("99.00")
    other.get_by_label("Price").fill("98")
    other.get_by_role("button", name="Save").click()
    expect(other.get_by_label("Price")).to_have_accessible_description("It is now: 99.00")
    other.get_by_role("button", name="Save").click()
    expect(shown(other, "Price")).to_have_text("98.00")
    other.get_by_role("link", name="Delete").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("Delete this product?")
    other.get_by_role("button", name="Delete product").click()
    assert other.url.endswith("/product")

    # What a picker for a time would lose is not lost, for there is none.
    page.goto(url.rpartition("/")[0] + "/p01/edit")
    with page.expect_navigation():
        page.get_by_role("button", name="Save").click()
    assert "2026-03-14T09:30:00.123456+00:00" in page.content()


@pytest.mark.parametrize("path", PATHS)
def test_everything_has_a_name_and_a_place(visitor: Arrive, path: str) -> None:
    page = visitor().open(path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    facts = page.evaluate(FACTS)
    assert facts == {
        "language": "en",
        "headings": 1,
        "mains": 1,
        "unlabelled": [],
        "nameless": [],
        "twice": [],
        "lost": [],
        "tables": 0,
        "small": [],
    }
    for button in page.get_by_role("button").all():
        assert button.inner_text().strip()


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_wider_than_a_phone(visitor: Arrive, path: str) -> None:
    page = visitor(viewport=PHONE, has_touch=True).open(path)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    # Only the row of what a list is sorted by may be wider, and it is moved by itself.
    wide = page.evaluate(
        "[...document.querySelectorAll('body *')]"
        ".filter((element) => !element.parentElement.closest('.records thead tr')"
        " && element.getBoundingClientRect().right > innerWidth + 1)"
        ".map((one) => one.outerHTML.slice(0, 80))"
    )
    assert wide == []


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("light", {}),
        ("dark", {"color_scheme": "dark"}),
        ("phone", {"viewport": PHONE, "device_scale_factor": 2}),
        ("phone-dark", {"viewport": PHONE, "device_scale_factor": 2, "color_scheme": "dark"}),
    ],
)
def test_pictures(visitor: Arrive, screenshots: Path, name: str, options: dict[str, Any]) -> None:
    somebody = visitor(**{"viewport": {"width": 1200, "height": 800}, **options})
    for path in PATHS:
        page = somebody.open(path)
        picture = path.strip("/").replace("/", "-")
        page.screenshot(path=screenshots / f"{picture}-{name}.png", full_page=True)
        page.close()


def test_hostile_texts_stay_texts(visitor: Arrive) -> None:
    somebody = visitor()
    page = somebody.open("/product/p00/edit")
    texts = [
        *(text.replace("\0", "").strip()[:120] or "x" for text in naughty_texts(18)),
        "\"'><script>window.hacked = 1</script>",
        "{{1}} ${1} @post('/x') $_form.product ]]> --> &amp;",
    ]
    for place, text in enumerate(texts):
        answer = page.request.post(
            f"{somebody.url}/product",
            data={"name": text, "sku": f"N-{place}", "description": text},
            headers={"accept": "application/json", "sec-fetch-site": "same-origin"},
        )
        assert answer.status == 201
        id = answer.json()["state"]["id"]
        expected = " ".join(text.split())
        for path in (f"/product?sku__contains=N-{place}", f"/product/{id}", f"/product/{id}/edit"):
            page.goto(somebody.url + path)
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            assert page.evaluate("window.hacked") is None
            assert page.locator("#forged").count() == 0
            if path.endswith("edit"):
                field = page.get_by_label("Description")
                value = field.input_value()
                assert value == text.replace("\r\n", "\n").replace("\r", "\n")
            elif "?" in path:
                # The list has as many rows as fit; the newest is among them.
                titles = page.locator("tbody th").all_inner_texts()
                assert expected in [" ".join(title.split()) for title in titles]


def create(page: Page, name: str, sku: str) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Sku").fill(sku)
    page.get_by_role("button", name="Create product").click()


def pick(page: Page, label: str, record: str) -> None:
    picker = page.get_by_role("combobox", name=label)
    picker.fill(record)
    options = page.get_by_role("listbox").get_by_role("option")
    options.filter(has_text=record).click()
    expect(options).to_have_count(0)


def press(page: Page, event: str, **values: str) -> None:
    for name, value in values.items():
        page.get_by_label(name.capitalize()).fill(value)
    page.get_by_role("button", name=event, exact=True).click()


def query(page: Page) -> str:
    """The query of the address, which the page itself may have changed."""
    return str(page.evaluate("location.search"))

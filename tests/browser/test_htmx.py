"""Generated pages under htmx, as people use them: in a real browser with the real scripts."""

import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from served_app import ServedApp
from stocked_project import DATABASE, make_stocked_project, url_of

from .test_hostile_texts import naughty_texts
from .visitor import Arrive, Visitor, add_stock, shown, visiting

JSON = {"accept": "application/json", "sec-fetch-site": "same-origin"}


@pytest.fixture(scope="module")
def stocked_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop in a database, with its goods."""
    folder = tmp_path_factory.mktemp("stocked")
    make_stocked_project(folder)
    return folder


@pytest.fixture
def stocked(stocked_project: Path, browser: Browser, tmp_path: Path) -> Iterator[Arrive]:
    """Makes visitors of the shop in a database, as it is at first."""
    database = tmp_path / DATABASE
    shutil.copy(stocked_project / DATABASE, database)
    url = url_of(database)
    with (
        ServedApp(stocked_project, STARMODEL_DATABASE_URL=url, STARMODEL_FRONTEND="htmx") as app,
        visiting(browser, app.url, expected=is_gone) as arrive,
    ):
        yield arrive


@pytest.fixture(scope="module")
def app(project: Path) -> Iterator[ServedApp]:
    """The shop in memory."""
    with ServedApp(project, STARMODEL_FRONTEND="htmx") as served:
        yield served


def is_gone(error: str) -> bool:
    """Return whether a page could not be fetched anew, as its record had just been deleted."""
    return error.endswith("status of 404 (Not Found)")


def is_refused(error: str) -> bool:
    """Return whether a browser or htmx says of a request that it had no answer, or a bad one."""
    return "Failed to load resource" in error or "htmx:error" in error or "htmx:sse:error" in error


REMOVES_HEADING = '{"detail": "<hx-partial hx-target=h1 hx-swap=delete></hx-partial>"}'


NOTE_STEPS = """
    window.steps = []
    const progress = document.getElementById('progress'), form = document.getElementById('order-work_through')
    new MutationObserver(() => steps.push([progress.childElementCount, form.ariaBusy]))
        .observe(progress, {childList: true})
"""


def fulfill(route: Route, *, status: int, body: str) -> None:
    route.fulfill(status=status, body=body, content_type="application/problem+json")


def press(page: Page, button: str) -> None:
    """Press a button, and wait until its form is done."""
    form = page.locator("form").filter(has=page.get_by_role("button", name=button, exact=True))
    form.get_by_role("button", name=button, exact=True).click()
    expect(form).not_to_have_attribute("aria-busy", "true")


def opened(somebody: Visitor, path: str) -> Page:
    """Open a page, and wait until its live stream has begun."""
    with somebody.context.expect_event("response", lambda answer: "/live?" in answer.url):
        return somebody.open(path)


def test_no_expression_is_allowed_and_none_is_needed(visitor: Arrive) -> None:
    page = visitor().open("/counter")
    answer = page.reload()
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert "unsafe-eval" not in policy
    sources = policy.partition("script-src ")[2].partition(";")[0].split()
    assert sources == [
        "'self'",
        *page.locator("script:not([type])").evaluate_all(
            "scripts => scripts.map(script => script.src)"
        ),
    ]
    assert "datastar" not in page.content()


def test_two_tabs_count_together(visitor: Arrive) -> None:
    somebody = visitor()
    second, first = opened(somebody, "/counter"), opened(somebody, "/counter")
    first.get_by_label("Amount").fill("12345")
    press(first, "Increment")
    for page in (first, second):
        expect(shown(page, "Count")).to_have_text("12,345")
    expect(first.get_by_label("Amount")).to_have_value("1")
    assert somebody.posts[-1].headers["idempotency-key"]
    press(first, "Increment")
    expect(shown(second, "Count")).to_have_text("12,346")
    keys = [post.headers["idempotency-key"] for post in somebody.posts]
    assert len(set(keys)) == 2
    expect(shown(visitor().open("/counter"), "Count")).to_have_text("0")


def test_a_value_reads_the_same_at_first_and_later(visitor: Arrive) -> None:
    somebody = visitor(timezone_id="Europe/Oslo")
    watching, page = opened(somebody, "/order"), opened(somebody, "/order")
    page.locator("#order-plan-status").select_option("In progress")
    page.locator("#order-plan-urgency").select_option("High")
    page.locator("#order-plan-due").fill("2027-02-28")
    page.locator("#order-plan-opens").fill("23:15")
    page.locator("#order-plan-created_at").fill("2026-07-01T12:00")
    page.locator("#order-plan-wait").fill("1:30:00")
    press(page, "Plan")
    page.locator("#order-describe-note").fill("Two\nlines <b>&amp;</b>")
    page.locator("#order-describe-approved").select_option("No")
    press(page, "Describe")
    page.locator("#order-tag-labels").fill("new\n <b>bold</b>")
    add_stock(page, "desk", "2")
    page.locator("#order-tag-password").fill("secret")
    press(page, "Tag")
    expect(page.locator("#order-tag-password")).to_have_value("")
    page.locator("#order-add_line-product").fill("A </td><script>alert(1)</script> & more")
    page.locator("#order-add_line-price").fill("19.90")
    press(page, "Add line")
    later = {
        "Status": "In progress",
        "Urgency": "High",
        "Paid": "Yes",
        "Approved": "No",
        "Due": "28/02/2027",
        "Opens": "23:15",
        "Created at": "01/07/2026, 12:00:00",
        "Wait": "1:30:00",
        "Weight in kg": "0.5",
        "Note": "Two lines <b>&amp;</b>",
        "Total": "19.90",
    }
    for each in (page, watching, somebody.open("/order")):
        for label, text in later.items():
            expect(shown(each, label)).to_have_text(text)
        expect(shown(each, "Labels").locator("li")).to_have_text(["new", "<b>bold</b>"])
        expect(shown(each, "Lines").locator("tbody td span").first).to_have_text(
            "A </td><script>alert(1)</script> & more"
        )
    # Back to nothing, which a page must be able to follow.
    page.locator("#order-plan-status").select_option("Draft")
    press(page, "Plan")
    for label in ("Urgency", "Due"):
        expect(shown(watching, label)).to_have_text("")


def test_an_error_stands_beside_its_input_until_it_is_mended(visitor: Arrive) -> None:
    page = visitor().open("/order")
    field, error = page.locator("#order-plan-wait"), page.locator("#order-plan-wait--error")
    page.locator("#order-plan-status").select_option("Draft")
    page.locator("#order-plan-due").fill("2027-02-28")
    field.fill("soon")
    press(page, "Plan")
    expect(error).not_to_have_text("")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#order-plan-due")).to_have_value("2027-02-28")
    expect(page.locator("#order-plan-due")).to_have_attribute("aria-invalid", "false")
    field.press("End")
    field.type("er")
    expect(error).to_have_text("")
    expect(field).to_have_attribute("aria-invalid", "false")
    press(page, "Plan")
    expect(error).not_to_have_text("")
    field.evaluate("field => field.value = '0:10:00'")  # which nobody typed
    press(page, "Plan")
    expect(error).to_have_text("")
    expect(shown(page, "Wait")).to_have_text("0:10:00")

    # What is wrong in a row stands beside the whole mapping.
    add_stock(page, "desk", "")
    page.locator("#order-tag-password").fill("pw")
    press(page, "Tag")
    group = page.get_by_role("group", name="Stock")
    expect(group.get_by_role("alert")).to_have_text("Entry 1: Enter a whole number.")
    expect(page.locator("#order-tag-password")).to_have_value("pw")
    group.get_by_label("Value").fill("2")
    expect(group.get_by_role("alert")).to_have_text("")
    press(page, "Tag")
    expect(page.locator("#order-tag-password")).to_have_value("")
    expect(shown(page, "Stock").locator("dd")).to_have_text(["2"])

    page.locator("#order-add_line-product").fill("broken")
    page.locator("#order-add_line-price").fill("1")
    press(page, "Add line")
    form = page.locator("#order-add_line")
    expect(form.locator("> .error")).to_contain_text("Something went wrong. It has been noted as ")
    assert "what nobody may read" not in page.content()
    expect(page.locator("#order-add_line-product")).to_have_value("broken")


def test_a_form_that_waits_is_marked_and_is_sent_once(visitor: Arrive) -> None:
    somebody = visitor()
    page = somebody.open("/order")
    page.locator("#order-add_line-product").fill("slow")
    page.locator("#order-add_line-price").fill("1")
    form = page.locator("#order-add_line")
    button = form.get_by_role("button", name="Add line")
    button.dblclick()
    expect(form).to_have_attribute("aria-busy", "true")
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(form).to_have_attribute("aria-busy", "false")
    expect(button).to_have_attribute("aria-disabled", "false")
    assert len(somebody.posts) == 1


def test_fragments_are_appended_while_the_event_runs(visitor: Arrive) -> None:
    somebody = visitor()
    watching, page = opened(somebody, "/order"), opened(somebody, "/order")
    page.evaluate(NOTE_STEPS)
    page.get_by_role("button", name="Work through").click()
    steps = page.locator("#progress > div")
    expect(steps).to_have_text([f"Step {step} of 3" for step in (1, 2, 3)])
    expect(page.locator("#order-work_through")).to_have_attribute("aria-busy", "false")
    assert page.evaluate("steps") == [[1, "true"], [2, "true"], [3, "true"]]
    expect(shown(watching, "Weight in kg")).to_have_text("0.75")


def test_no_answer_and_a_lost_stream_are_told(browser: Browser, app: ServedApp) -> None:
    with visiting(browser, app.url, expected=is_refused) as arrive:
        somebody = arrive()
        page = opened(somebody, "/counter")
        notice = page.locator(".notice")
        refuse = {403: "You may not do this.", 500: "No answer. Please try again."}
        for status, text in refuse.items():
            answer = partial(fulfill, status=status, body=REMOVES_HEADING)
            page.route("**/counter/increment", answer)
            press(page, "Increment")
            expect(notice).to_have_text(text)
            page.unroute("**/counter/increment")
        expect(page.get_by_role("heading", level=1)).to_have_text("Counter")
        press(page, "Increment")
        expect(notice).to_have_text("Increment: done.")
        before = int(shown(page, "Count").inner_text())
        app.stop()
        expect(notice).to_have_text("Reconnecting ...")
        press(page, "Increment")
        expect(notice).to_have_text("No answer. Please try again.")
        app.start()
        # What was in memory is gone with the process.
        expect(shown(page, "Count")).to_have_text("0", timeout=20_000)
        expect(notice).not_to_have_text("Reconnecting ...")
        assert before > 0


def test_a_stream_that_could_not_begin_begins_later(browser: Browser, app: ServedApp) -> None:
    with visiting(browser, app.url, expected=is_refused) as arrive:
        somebody = arrive()
        somebody.context.route("**/live?*", lambda route: route.fulfill(status=503, body="{}"))
        page, other = somebody.open("/counter"), somebody.open("/counter")
        expect(page.locator(".notice")).to_have_text("Reconnecting ...")
        somebody.context.unroute("**/live?*")
        expect(page.locator(".notice")).to_have_text("", timeout=10_000)
        press(other, "Increment")
        expect(shown(page, "Count")).to_have_text("1")


def test_a_record_is_made_edited_and_deleted(stocked: Arrive) -> None:
    page = stocked().open("/product/new")
    page.get_by_label("Name").fill("A <b>new</b> desk")
    page.get_by_label("Sku").fill("WA-DE-0")
    create = page.get_by_role("button", name="Create product")
    create.click()
    expect(page.locator("#product-create-sku--error")).not_to_have_text("")
    page.locator("#product-create-sku").fill("NEW-1")
    expect(page.locator("#product-create-sku--error")).to_have_text("")
    create.click()
    expect(shown(page, "Name")).to_have_text("A <b>new</b> desk")
    expect(page.get_by_role("heading", level=1)).to_have_text("A <b>new</b> desk")

    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Price").fill("12.5")
    page.get_by_label("Status").select_option("Active")
    page.get_by_role("button", name="Save").click()
    expect(shown(page, "Price")).to_have_text("12.50")
    expect(shown(page, "Status")).to_have_text("Active")
    page.get_by_label("Quantity").fill("7")
    press(page, "Restock")
    expect(shown(page, "Stock")).to_have_text("7")
    expect(page.get_by_label("Quantity")).to_have_value("")

    page.get_by_role("link", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete product").click()
    page.wait_for_url("**/product")
    page.goto(page.url + "/p01")
    page.get_by_role("link", name="Delete").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Delete product").click()
    expect(dialog.locator(".error")).to_have_text("An order line still refers to it.")


def test_whoever_comes_second_keeps_what_he_typed(stocked: Arrive) -> None:
    first, second = (stocked().open("/product/p02/edit") for _ in range(2))
    first.get_by_label("Price").fill("12.5")
    first.get_by_label("Width").fill("7")
    first.get_by_role("button", name="Save").click()
    first.wait_for_url("**/product/p02")
    second.get_by_label("Price").fill("13")
    second.get_by_label("Name").fill("A chair of one's own")
    second.get_by_role("button", name="Save").click()
    notice = second.get_by_role("alert").filter(has_text="Somebody else has changed this.")
    expect(notice).to_be_focused()
    price = second.get_by_label("Price")
    expect(price).to_have_accessible_description("It is now: 12.50")
    expect(price).to_have_value("13")
    expect(second.get_by_label("Width")).to_have_value("7")
    second.get_by_role("button", name="Save").click()
    second.wait_for_url("**/product/p02")
    for page in (first, second):
        expect(shown(page, "Price")).to_have_text("13.00")
        expect(shown(page, "Name")).to_have_text("A chair of one's own")


def test_records_are_picked_and_links_follow(stocked: Arrive) -> None:
    watching = opened(stocked(), "/order/o1")
    somebody = stocked()
    fetched: list[str] = []
    somebody.context.on("request", lambda request: fetched.append(request.url))
    page = somebody.open("/order/o1/edit")
    page.get_by_role("combobox", name="Customer").fill("grace")
    expect(page.get_by_role("option").first).to_have_text("Grace Hopper")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Save").click()
    for each in (page, watching):
        expect(shown(each, "Customer").get_by_role("link")).to_have_text("Grace Hopper")
    product = page.get_by_role("combobox", name="Product")
    product.fill("brass l")
    page.get_by_role("option", name="Brass lamp").click()
    page.get_by_label("Quantity").fill("3")
    press(page, "Add line")
    expect(product).to_have_value("")
    # What is shown as it is needs not be fetched once more.
    assert len([url for url in fetched if url.endswith("/order/o1")]) == 1


def test_a_list_follows_what_happens_elsewhere(stocked: Arrive) -> None:
    page = opened(stocked(), "/tag")
    rows = page.locator("tbody th")
    expect(rows).to_have_count(8)
    page.evaluate("window.isTheSame = true")
    made = page.request.post(f"{page.url}", data={"name": "marble"}, headers=JSON)
    assert made.status == 201
    expect(rows).to_have_count(9)
    page.get_by_label("Search").fill("l")
    expect(rows.filter(has_text="marble")).to_have_count(1)
    page.get_by_label("Search").fill("marble")
    expect(rows).to_have_count(1)
    address = page.url.partition("/tag")[0] + made.headers["location"]
    assert page.request.delete(address, headers=JSON).status == 204
    expect(rows).to_have_count(0)
    assert page.evaluate("window.isTheSame")


def test_every_page_that_shows_a_record_says_that_it_was_deleted(stocked: Arrive) -> None:
    somebody = stocked()
    pages = [opened(somebody, f"/order/o1{path}") for path in ("", "/edit", "/delete")]
    url = f"{somebody.url}/order/o1"
    assert pages[0].request.delete(url, headers=JSON).status == 204
    for page in pages:
        expect(page.get_by_text("This order has been deleted.")).to_be_visible()


def test_hostile_texts_stay_texts(stocked: Arrive) -> None:
    somebody = stocked()
    page = opened(somebody, "/product/p03")
    elements, accepted = page.locator("*").count(), 0
    for number, text in enumerate(naughty_texts(60)):
        answer = page.request.patch(
            f"{somebody.url}/product/p03",
            data={"description": text, "sku": f"s{number}"},
            headers=JSON,
        )
        if answer.status == 422:
            continue
        accepted += 1
        expect(shown(page, "SKU")).to_have_text(f"s{number}")
        told = shown(page, "Description").evaluate("element => element.textContent")
        stored = page.request.get(f"{somebody.url}/product/p03", headers=JSON).json()
        assert told == stored["state"]["description"]
        assert page.locator("*").count() == elements
    assert accepted > 30

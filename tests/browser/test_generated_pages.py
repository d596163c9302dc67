"""Generated pages, as people use them: in a real browser with the real Datastar script."""

from pathlib import Path
from urllib.parse import parse_qsl

from playwright.sync_api import Page, expect
from served_app import ServedApp

from .visitor import Arrive, Visitor, add_stock, shown


def test_two_tabs_count_together(visitor: Arrive) -> None:
    somebody = visitor()
    second, first = somebody.open("/counter"), somebody.open("/counter")
    first.get_by_label("Amount").fill("5")
    first.get_by_role("button", name="Increment").click()
    for page in (first, second):
        expect(shown(page, "Count")).to_have_text("5")

    # Whoever has another session has another counter.
    expect(shown(visitor().open("/counter"), "Count")).to_have_text("0")


def test_every_public_field_is_shown_and_nothing_else(visitor: Arrive) -> None:
    served = visitor(java_script_enabled=False).open("/order")
    alive = visitor().open("/order")
    assert served.title() == alive.title() == "Order"
    expect(alive.get_by_role("heading", level=1)).to_have_text("Order")
    lead = 'An order, from the "first" product to the <parcel> {with} \\ everything.'
    expect(alive.locator(".lead")).to_have_text(lead)

    expected = {
        "Title": "New order",
        "Note": "",
        "Status": "Draft",
        "Priority": "Low",
        "Urgency": "",
        "Paid": "No",
        "Approved": "",
        "Weight in kg": "0",
        "Due": "",
        "Opens": "09:30",
        "Wait": "0:05:00",
        "Number": "123e4567-e89b-12d3-a456-426614174000",
        "Size": "M",
        "Street": "12 Mill Lane",
        "City": "Oxford",
        "Billing": "",
        "Labels": "",
        "Stock": "",
        "Matrix": "",
        "Anything": "",
        "Pieces": "0",
        "Total": "0.00",
    }
    for label, text in expected.items():
        expect(shown(served, label)).to_have_text(text)
        expect(shown(alive, label)).to_have_text(text)
    expect(shown(served, "Created at")).to_have_text("2026-03-14 09:30 UTC")
    expect(shown(alive, "Created at")).to_have_text("14/03/2026, 09:30:00")
    expect(shown(alive, "Lines").locator("tbody")).to_have_text("None")
    assert "a secret of the house" not in alive.content()


def test_what_has_parts_changes_in_every_tab(visitor: Arrive) -> None:
    somebody = visitor()
    second, first = somebody.open("/order"), somebody.open("/order")
    first.locator("#order-tag-labels").fill("new\n\n <b>bold</b> ")
    add_stock(first, "desk", "2")
    first.locator("#order-tag-password").fill("secret")
    press(first, "Tag")
    for quantity, product in ((1, "Desk"), (2, "A </td><script>alert(1)</script> & more")):
        first.locator("#order-add_line-product").fill(product)
        first.locator("#order-add_line-price").fill("19.90")
        first.locator("#order-add_line-quantity").fill(str(quantity))
        press(first, "Add line")
        # When it has been taken, the form is as it was at first.
        expect(first.locator("#order-add_line-product")).to_have_value("")
        expect(first.locator("#order-add_line-quantity")).to_have_value("1")
    press(first, "Move")
    for page in (first, second):
        rows = shown(page, "Lines").locator("tbody tr")
        expect(rows.nth(0).locator("td > :not(.cell-label)")).to_have_text(
            ["Desk", "1", "19.90", "Draft", "14/03/2026, 09:30:00", "new<b>bold</b>"]
        )
        expect(rows.nth(1).locator("td > :not(.cell-label)").first).to_have_text(
            "A </td><script>alert(1)</script> & more"
        )
        expect(shown(page, "Labels").locator("li")).to_have_text(["new", "<b>bold</b>"])
        expect(shown(page, "Stock").locator("dd")).to_have_text(["2", "1", "2"])
        expect(shown(page, "Matrix").locator("> ul > li")).to_have_text(["12", "24"])
        expect(shown(page, "Billing").locator("dd")).to_have_text(["1 Bill Street", "York"])
        expect(shown(page, "Anything").locator("li")).to_have_text(["1", "2.5", "Yes", ""])
        expect(shown(page, "Total")).to_have_text("59.70")
        expect(shown(page, "Weight in kg")).to_have_text("1")
    press(first, "Move")
    expect(shown(second, "Billing")).to_have_text("")


def test_every_input_sends_what_it_holds_and_only_that(visitor: Arrive) -> None:
    somebody = visitor(timezone_id="Europe/Oslo")
    page = somebody.open("/order")
    page.locator("#order-plan-status").select_option("In progress")
    page.locator("#order-plan-urgency").select_option("High")
    page.locator("#order-plan-size").select_option("s")
    page.locator("#order-plan-due").fill("2027-02-28")
    page.locator("#order-plan-opens").fill("23:15")
    page.locator("#order-plan-created_at").fill("2026-07-01T12:00")
    page.locator("#order-plan-wait").fill("1:30:00")
    press(page, "Plan")
    expect(shown(page, "Status")).to_have_text("In progress")
    assert last_form(somebody) == {
        "status": "in_progress",
        "priority": "3",
        "urgency": "3",
        "size": "s",
        "due": "2027-02-28",
        "opens": "23:15",
        "created_at": "2026-07-01T10:00:00.000Z",
        "number": "",
        "wait": "1:30:00",
    }
    expect(shown(page, "Priority")).to_have_text("High")
    expect(shown(page, "Urgency")).to_have_text("High")
    expect(shown(page, "Due")).to_have_text("28/02/2027")
    expect(shown(page, "Opens")).to_have_text("23:15")
    expect(shown(page, "Wait")).to_have_text("1:30:00")
    expect(shown(page, "Created at")).to_have_text("01/07/2026, 12:00:00")

    # Back to nothing, which a page must be able to follow, and forth again.
    for urgency, text in (("", ""), ("Low", "Low")):
        page.locator("#order-plan-status").select_option("In progress")
        page.locator("#order-plan-urgency").select_option(label=urgency or "—")
        page.locator("#order-plan-due").fill("")
        press(page, "Plan")
        expect(shown(page, "Urgency")).to_have_text(text)
        expect(shown(page, "Due")).to_have_text("")

    page.locator("#order-describe-note").fill("Two\nlines; with $title and @get('/x') — fin")
    page.locator("#order-describe-paid").uncheck()
    page.locator("#order-describe-approved").select_option("No")
    press(page, "Describe")
    expect(shown(page, "Note")).to_have_text("Two lines; with $title and @get('/x') — fin")
    expect(shown(page, "Approved")).to_have_text("No")
    assert "paid" not in last_form(somebody), "a box that is not ticked is not sent"

    page.locator("#order-tag-pieces").fill("900719925474099311")
    page.locator("#order-tag-password").fill("pw")
    press(page, "Tag")
    expect(page.locator("#order-tag-password")).to_have_value("")
    assert last_form(somebody) == {
        "labels": "",
        "_rows": "stock",
        "password": "pw",
        "pieces": "900719925474099311",
    }


def test_an_error_stands_beside_its_input(visitor: Arrive) -> None:
    page = visitor().open("/order")
    field, error = page.locator("#order-plan-wait"), page.locator("#order-plan-wait--error")
    page.locator("#order-plan-status").select_option("Draft")
    page.locator("#order-plan-due").fill("2027-02-28")
    field.fill("soon")
    press(page, "Plan")
    expect(error).not_to_have_text("")
    expect(error).to_have_role("alert")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(
        f"Hours, minutes and seconds. {error.text_content()}"
    )
    expect(page.locator("#order-plan-due")).to_have_value("2027-02-28")
    expect(page.locator("#order-plan-due")).to_have_attribute("aria-invalid", "false")
    field.fill("0:10:00")
    expect(error).to_have_text("")
    expect(field).to_have_attribute("aria-invalid", "false")
    press(page, "Plan")
    expect(shown(page, "Wait")).to_have_text("0:10:00")

    # What is wrong in a row stands beside the whole mapping.
    add_stock(page, "desk", "")
    page.locator("#order-tag-password").fill("pw")
    press(page, "Tag")
    group = page.get_by_role("group", name="Stock")
    expect(group.get_by_role("alert")).to_have_text("Entry 1: Enter a whole number.")
    expect(group).to_have_accessible_description(group.get_by_role("alert").inner_text())
    expect(page.locator("#order-tag-password")).to_have_value("pw")
    group.get_by_label("Value").fill("2")
    expect(group.get_by_role("alert")).to_have_text("")
    press(page, "Tag")
    expect(shown(page, "Stock").locator("dd")).to_have_text(["2"])

    # What belongs to no input stands below the form, and says nothing of what went wrong inside.
    page.locator("#order-add_line-product").fill("broken")
    page.locator("#order-add_line-price").fill("1")
    press(page, "Add line")
    expect(page.locator("#order-add_line > .error")).to_contain_text("Something went wrong.")
    expect(page.locator("#order-add_line-product")).to_have_value("broken")
    assert "what nobody may read" not in page.content()
    page.locator("#order-add_line-product").fill("whole")
    press(page, "Add line")
    expect(page.locator("#order-add_line > .error")).to_have_text("")


def test_a_form_waits_while_it_runs(visitor: Arrive) -> None:
    somebody = visitor()
    page = somebody.open("/order")
    page.locator("#order-add_line-product").fill("slow")
    page.locator("#order-add_line-price").fill("1")
    button = page.get_by_role("button", name="Add line")
    button.click()
    expect(button).to_be_disabled()
    expect(page.locator("#order-add_line")).to_have_attribute("aria-busy", "true")
    button.click(force=True)
    expect(button).to_be_enabled()
    # It has kept the focus all along, so that it can be pressed again with the keyboard.
    expect(button).to_be_focused()
    assert len(somebody.posts) == 1
    expect(shown(page, "Lines").locator("tbody tr")).to_have_count(1)

    press(page, "Work through")
    form = page.locator("#order-work_through")
    expect(form).to_have_attribute("aria-busy", "true")
    expect(form.locator("#progress > div")).to_have_text(
        ["Step 1 of 3", "Step 2 of 3", "Step 3 of 3"]
    )
    expect(shown(page, "Weight in kg")).to_have_text("0.75")
    expect(form).to_have_attribute("aria-busy", "false")
    expect(page.locator(".notice")).to_have_text("Work through: done.")


def test_forms_work_without_a_script(visitor: Arrive) -> None:
    page = visitor(java_script_enabled=False).open("/order")
    page.locator("#order-describe-note").fill("Plain")
    page.locator("#order-describe-paid").uncheck()
    press(page, "Describe")
    expect(shown(page, "Note")).to_have_text("Plain")
    expect(shown(page, "Paid")).to_have_text("No")
    page.locator("#order-tag-labels").fill("one\ntwo")
    page.locator("#order-tag-stock-0-key").fill("desk")
    page.locator("#order-tag-stock-0-value").fill("1")
    page.locator("#order-tag-password").fill("pw")
    press(page, "Tag")
    expect(shown(page, "Labels").locator("li")).to_have_text(["one", "two"])
    expect(shown(page, "Stock").locator("dd")).to_have_text(["1"])
    page.locator("#order-plan-status").select_option("draft")
    press(page, "Plan")
    expect(shown(page, "Priority")).to_have_text("High")
    press(page, "Move")
    expect(shown(page, "Billing")).to_contain_text("York")
    assert page.url.endswith("/order")


def test_a_record_is_made_and_has_a_page_of_its_own(visitor: Arrive) -> None:
    page = visitor().open("/parcel")
    expect(page.get_by_role("heading", level=1)).to_have_text("New parcel")
    page.get_by_label("Title").fill("A box")
    press(page, "Send")
    page.wait_for_url("**/parcel/*")
    expect(shown(page, "Title")).to_have_text("A box")
    elsewhere = visitor().open(page.url.partition("/parcel")[1] + page.url.partition("/parcel")[2])
    page.get_by_label("City").fill("Bergen")
    page.get_by_label("City").press("Enter")
    for one in (page, elsewhere):
        expect(shown(one, "Stops").locator("td > :not(.cell-label)")).to_have_text(
            ["Depot", "Bergen"]
        )


def test_a_page_says_when_it_is_cut_off_and_comes_back(
    visitor: Arrive, app: ServedApp, screenshots: Path
) -> None:
    somebody = visitor()
    page = somebody.open("/counter")
    notice = page.locator(".notice")
    press(page, "Increment")
    expect(shown(page, "Count")).to_have_text("1")
    assert app.stop() == 0
    expect(notice).to_have_text("Reconnecting ...", timeout=15_000)
    page.screenshot(path=screenshots / "counter-cut-off.png")

    # The stream tries to come back meanwhile, and its notice may take the place of this one.
    for attempt in range(5):
        press(page, "Increment")
        try:
            expect(notice).to_have_text("No answer. Please try again.", timeout=2_000)
            break
        except AssertionError:
            assert attempt < 4, "the notice was never seen"
    expect(page.get_by_role("button", name="Increment")).to_be_enabled()
    sent = len(somebody.posts)
    app.start()
    expect(notice).to_have_text("", timeout=15_000)
    # Nothing was sent again by itself: the count is the new process's, and stays so.
    page.wait_for_timeout(1500)
    expect(shown(page, "Count")).to_have_text("0")
    assert len(somebody.posts) == sent
    press(page, "Increment")
    expect(shown(page, "Count")).to_have_text("1")
    # The browser notes in its console that nobody answered; that is all there may be.
    assert all(
        "Failed to" in error or "Fetch" in error or "failed" in error for error in somebody.errors
    )
    somebody.errors.clear()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def last_form(somebody: Visitor) -> dict[str, str]:
    """Return the fields of the form that was sent last."""
    return dict(parse_qsl(somebody.posts[-1].post_data or "", keep_blank_values=True))

"""What `starmodel.js` does in a browser, on pages of plain HTML that no front end is on."""

import json
import math
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from browser_setup import datastar_script
from playwright.sync_api import Browser, Locator, Page, Route, expect

import starmodel.ui
from starmodel.ui.formats import Format, FormatName

from .visitor import Visitor, visiting

URL = "http://site.test"
SCRIPT = (Path(starmodel.ui.__file__).parent / "starmodel.js").read_text()
POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; form-action 'self'"
DATASTAR_POLICY = "default-src 'none'; script-src 'self' 'unsafe-eval'; connect-src 'self'"
EXPECTED = ("status of 4", "status of 5", "ERR_FAILED", "The specified value")
"""What a browser itself says of answers and of values that no input shows."""
PEOPLE = {"c1": "Ada Lovelace", "c2": "Grace Hopper", "c3": "<b>Edsger</b>"}


def is_expected(error: str) -> bool:
    return any(each in error for each in EXPECTED)


Handler = Callable[[Route, dict[str, str]], None]


def html(
    route: Route, body: str, status: int = 200, *, policy: str = POLICY, head: str = ""
) -> None:
    route.fulfill(
        status=status,
        content_type="text/html; charset=utf-8",
        headers={"content-security-policy": policy},
        body=f'<!doctype html><html lang="en"><title>A page</title>'
        f'<script type="module" src="/starmodel.js"></script>{head}<body>{body}</body></html>',
    )


class Site:
    """Answers requests of a browser by their path; `asked` has the addresses of those."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.asked: list[str] = []
        self.sent: list[dict[str, list[str]]] = []
        self.handlers: dict[str, Handler] = {"/customer/options": self.options}
        visitor.context.route(f"{URL}/**", self._answer)

    def options(self, route: Route, query: dict[str, str]) -> None:
        assert route.request.headers["accept"] == "application/json"
        found = [
            {"id": id, "label": label}
            for id, label in PEOPLE.items()
            if query["q"].lower() in label.lower()
        ]
        route.fulfill(json={"options": found})

    def serve(self, path: str, body: str) -> None:
        self.handlers[path] = lambda route, query: html(route, body)

    def open(self, body: str, path: str = "/") -> Page:
        self.serve(urlsplit(path).path, body)
        page = self.visitor.open(path)
        page.wait_for_function("globalThis.starmodel !== undefined")
        return page

    def _answer(self, route: Route) -> None:
        address = urlsplit(route.request.url)
        if address.path == "/starmodel.js":
            route.fulfill(content_type="text/javascript", body=SCRIPT)
            return
        if route.request.method == "POST":
            body = route.request.post_data or ""
            self.sent.append(parse_qs(body, keep_blank_values=True))
        self.asked.append(address.path + (f"?{address.query}" if address.query else ""))
        query = {name: each[0] for name, each in parse_qs(address.query, True).items()}
        handler = self.handlers.get(address.path)
        if handler is None:
            route.fulfill(status=404, body="")
        else:
            handler(route, query)


@pytest.fixture(scope="module")
def one_visitor(browser: Browser) -> Iterator[Visitor]:
    """One session for the pages of all tests: a page of its own is as good as a session here."""
    visitor = Visitor(browser, URL)
    yield visitor
    visitor.context.close()


@pytest.fixture
def site(one_visitor: Visitor) -> Iterator[Site]:
    one_visitor.errors.clear()
    yield Site(one_visitor)
    for page in one_visitor.context.pages:
        page.close()
    one_visitor.context.unroute(f"{URL}/**")
    assert [error for error in one_visitor.errors if not is_expected(error)] == []


@pytest.fixture(params=["UTC", "America/New_York", "Asia/Kolkata"])
def zoned_site(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Site]:
    with visiting(browser, URL, expected=is_expected) as arrive:
        yield Site(arrive(timezone_id=request.param))


def sent_by(page: Page) -> dict[str, str]:
    """Return what the form of a page would send now."""
    return page.evaluate("Object.fromEntries(new FormData(document.querySelector('form')))")


def listen(page: Page) -> None:
    """Note each event that an input with a name is told."""
    page.evaluate("""() => {
        globalThis.told = [];
        for (const type of ['input', 'change'])
            document.addEventListener(type, ({target}) => told.push(`${type} ${target.name}`));
    }""")


# --- Pickers ------------------------------------------------------------------------------------


def picker(value: str = "", chosen: Any = None, attributes: str = "", inner: str = "") -> str:
    return (
        f"<form action='/done' method='post'>"
        f"<sm-picker source='/customer/options' {attributes}"
        f" chosen='{escape(json.dumps(chosen or {}))}'><label for='x'>Customer</label>"
        f"<input id='x' name='customer' value='{value}' class='wide' aria-describedby='hint' {inner}>"
        "</sm-picker><p id='hint'>Who pays.</p><input name='other' aria-label='Other'>"
        "<button>Save</button><button type='reset'>Reset</button></form>"
    )


def several(text: str = "", chosen: Any = None, inner: str = "") -> str:
    return (
        "<form action='/done' method='post'><sm-picker source='/customer/options' several"
        f" chosen='{escape(json.dumps(chosen or {}))}'><label for='x'>People</label>"
        f"<textarea id='x' name='people' {inner}>{text}</textarea></sm-picker>"
        "<button>Save</button><button type='reset'>Reset</button></form>"
    )


def combobox(page: Page) -> Locator:
    return page.get_by_role("combobox")


def options(page: Page) -> Locator:
    return page.get_by_role("option")


def test_a_picker_shows_what_its_value_is_called(site: Site) -> None:
    page = site.open(picker("c1", {"c1": "Ada Lovelace"}, inner="required"))
    box = page.get_by_role("combobox", name="Customer")
    expect(box).to_have_value("Ada Lovelace")
    expect(box).to_have_id("x")
    expect(box).to_have_class("wide")
    expect(box).to_have_attribute("required", "")
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_have_accessible_description("Who pays.")
    carrier = page.locator("[name=customer]")
    expect(carrier).to_be_hidden()
    expect(carrier).not_to_have_attribute("required", "")
    assert sent_by(page) == {"customer": "c1", "other": ""}
    page.get_by_text("Customer").click()
    expect(box).to_be_focused()


def test_a_picker_finds_and_takes_with_the_keyboard(site: Site) -> None:
    page = site.open(picker())
    listen(page)
    box = combobox(page)
    box.press("ArrowDown")
    expect(options(page)).to_have_text([*PEOPLE.values()])
    expect(box).to_have_attribute("aria-expanded", "true")
    for key, name in (
        ("ArrowDown", "Ada Lovelace"),
        ("ArrowDown", "Grace Hopper"),
        ("ArrowUp", "Ada Lovelace"),
        ("ArrowUp", "<b>Edsger</b>"),
        ("ArrowDown", "Ada Lovelace"),
        ("ArrowDown", "Grace Hopper"),
    ):
        box.press(key)
        active = page.locator(f"#{box.get_attribute('aria-activedescendant')}")
        expect(active).to_have_text(name)
        expect(page.get_by_role("option", selected=True)).to_have_text(name)
    box.press("Enter")
    expect(box).to_have_value("Grace Hopper")
    expect(box).to_be_focused()
    expect(options(page)).to_have_count(0)
    expect(box).to_have_attribute("aria-expanded", "false")
    assert sent_by(page)["customer"] == "c2"
    assert page.evaluate("told") == ["input customer", "change customer"]


def test_a_picker_looks_for_what_is_typed_once_it_rests(site: Site) -> None:
    page = site.open(picker())
    # At once, since a busy machine may take longer over a letter than the picker waits.
    combobox(page).focus()
    combobox(page).evaluate("""(box) => {
        for (const letter of "grace h") {
            box.value += letter;
            box.dispatchEvent(new InputEvent("input", {bubbles: true}));
        }
    }""")
    expect(options(page)).to_have_text(["Grace Hopper"])
    assert site.asked[1:] == ["/customer/options?q=grace+h"]
    page.keyboard.press("Enter")
    expect(combobox(page)).to_have_value("Grace Hopper")


def test_tab_takes_the_option_and_goes_on(site: Site) -> None:
    page = site.open(picker())
    combobox(page).press("ArrowDown")
    expect(options(page)).to_have_count(3)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Other")).to_be_focused()
    expect(combobox(page)).to_have_value("Ada Lovelace")
    assert sent_by(page)["customer"] == "c1"


def test_escape_closes_the_list_and_not_the_dialog_around(site: Site) -> None:
    page = site.open(
        f"<a href='/else' aria-haspopup='dialog' aria-controls='d'>Open</a><dialog id='d'>{picker()}</dialog>"
    )
    page.get_by_role("link").click()
    combobox(page).click()
    expect(options(page)).to_have_count(3)
    page.keyboard.press("Escape")
    expect(options(page)).to_have_count(0)
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_an_option_is_taken_with_the_mouse(site: Site) -> None:
    page = site.open(picker("c1", {"c1": "Ada Lovelace"}))
    combobox(page).click()
    page.get_by_role("option", name="Grace").click()
    expect(combobox(page)).to_have_value("Grace Hopper")
    expect(combobox(page)).to_be_focused()
    assert sent_by(page)["customer"] == "c2"


def test_a_text_that_is_no_record_is_not_sent(site: Site) -> None:
    page = site.open(picker("c1", {"c1": "Ada Lovelace"}))
    listen(page)
    box = combobox(page)
    box.fill("nobody")
    expect(options(page)).to_have_text(["Nothing found"])
    page.keyboard.press("Enter")
    expect(box).to_have_value("nobody")
    page.get_by_label("Other").focus()
    fault = "Nothing is called “nobody”. Choose from the list, or leave this empty."
    expect(page.get_by_role("alert")).to_have_text(fault)
    expect(box).to_have_value("nobody")
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(box).to_have_accessible_description(f"Who pays. {fault}")
    expect(options(page)).to_have_count(0)
    page.get_by_role("button", name="Save").click()
    expect(box).to_be_focused()
    assert site.sent == []
    # Nor by a form that lets everything pass.
    page.locator("form").evaluate("form => { form.noValidate = true }")
    page.get_by_role("button", name="Save").click()
    expect(box).to_be_focused()
    assert site.sent == []
    assert page.evaluate("told") == []
    box.fill("")
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(box).to_have_accessible_description("Who pays.")
    page.get_by_label("Other").focus()
    assert sent_by(page)["customer"] == ""
    assert page.evaluate("told") == ["input customer", "change customer"]


@pytest.mark.parametrize("is_pressed", [True, False])
@pytest.mark.parametrize("inner", ["", "required"])
def test_the_one_record_that_a_text_finds_is_sent(site: Site, inner: str, is_pressed: bool) -> None:
    site.serve("/done", "<h1>Done</h1>")
    page = site.open(picker("c1", {"c1": "Ada Lovelace"}, inner=inner))
    combobox(page).fill("grace")
    if is_pressed:
        expect(options(page)).to_have_count(1)
        page.keyboard.press("Escape")
        page.keyboard.press("Enter")
    else:
        page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading")).to_have_text("Done")
    assert site.sent == [{"customer": ["c2"], "other": [""]}]


def test_a_text_that_finds_several_is_not_sent(site: Site) -> None:
    page = site.open(picker())
    combobox(page).fill("e")
    page.get_by_role("button", name="Save").click()
    fault = "Several fit “e”. Choose one from the list, or leave this empty."
    expect(page.get_by_role("alert")).to_have_text(fault)
    page.get_by_role("button", name="Reset").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(combobox(page)).to_have_value("")
    # One that is called just so is meant, though others are called like it.
    site.handlers["/customer/options"] = lambda route, _: route.fulfill(
        json={"options": [{"id": "1", "label": "Oak lamp"}, {"id": "2", "label": "Oak"}]}
    )
    combobox(page).fill("oak")
    page.get_by_label("Other").focus()
    expect(combobox(page)).to_have_value("Oak")
    assert sent_by(page)["customer"] == "2"
    assert site.sent == []


def test_enter_does_not_submit_before_the_options_are_there(site: Site) -> None:
    page = site.open(picker("c1", {"c1": "Ada Lovelace"}))
    combobox(page).fill("grace")
    page.keyboard.press("Enter")
    expect(options(page)).to_have_text(["Grace Hopper"])
    page.keyboard.press("Enter")
    expect(combobox(page)).to_have_value("Grace Hopper")
    assert site.sent == []


def test_a_required_picker_holds_the_form_back(site: Site) -> None:
    page = site.open(picker(inner="required"))
    page.get_by_role("button", name="Save").click()
    expect(combobox(page)).to_be_focused()
    assert site.sent == []


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (401, "Sign in first."),
        (403, "You may not read this."),
        (500, "No answer. Please try again."),
        (0, "No answer. Please try again."),
    ],
)
def test_a_picker_reports_why_it_finds_nothing(site: Site, status: int, text: str) -> None:
    def refuse(route: Route, query: dict[str, str]) -> None:
        route.fulfill(status=status, body="") if status else route.abort()

    site.handlers["/customer/options"] = refuse
    page = site.open(picker())
    combobox(page).click()
    expect(options(page)).to_have_text([text])
    expect(options(page)).to_be_disabled()


def test_an_answer_that_is_overtaken_is_dropped(site: Site) -> None:
    held: list[Route] = []

    def answer(route: Route, query: dict[str, str]) -> None:
        if query["q"] == "ada":
            held.append(route)
        else:
            site.options(route, query)

    site.handlers["/customer/options"] = answer
    page = site.open(picker())
    with page.expect_request("**/customer/options?q=ada"):
        combobox(page).fill("ada")
    combobox(page).fill("grace")
    expect(options(page)).to_have_text(["Grace Hopper"])
    held[0].fulfill(json={"options": [{"id": "c1", "label": "Ada Lovelace"}]})
    page.wait_for_timeout(100)
    expect(options(page)).to_have_text(["Grace Hopper"])


def test_options_for_an_earlier_text_are_not_taken(site: Site) -> None:
    page = site.open(picker())
    combobox(page).fill("ada")
    expect(options(page)).to_have_text(["Ada Lovelace"])
    combobox(page).fill("grace")
    page.keyboard.press("Enter")
    assert sent_by(page)["customer"] == ""
    expect(options(page)).to_have_text(["Grace Hopper"])
    page.keyboard.press("Enter")
    assert sent_by(page)["customer"] == "c2"


def test_whoever_left_the_picker_is_offered_nothing(site: Site) -> None:
    page = site.open(picker())
    combobox(page).fill("ada")
    page.get_by_label("Other").focus()
    page.wait_for_timeout(300)
    expect(options(page)).to_have_count(0)
    expect(combobox(page)).to_have_value("Ada Lovelace")
    assert len(site.asked) == 2


def test_what_is_typed_stays_while_another_window_has_the_focus(site: Site) -> None:
    page = site.open(picker("c1", {"c1": "Ada Lovelace"}))
    combobox(page).fill("gra")
    page.evaluate("document.hasFocus = () => false")
    page.get_by_label("Other").focus()
    expect(combobox(page)).to_have_value("gra")


def test_what_is_hidden_stays_so_whatever_the_style_sheet_says(site: Site) -> None:
    page = site.open(several())
    page.evaluate("""() => {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync('textarea, ul { display: block; min-height: 1em }');
        document.adoptedStyleSheets.unshift(sheet);
    }""")
    expect(page.locator("textarea")).to_be_hidden()
    expect(page.locator(".options")).to_be_hidden()
    expect(page.locator(".chips")).to_be_hidden()
    combobox(page).press("ArrowDown")
    page.get_by_role("option", name="Grace").click()
    expect(page.locator(".chips")).to_be_visible()
    expect(page.locator(".options")).to_be_hidden()


def test_several_are_chips(site: Site) -> None:
    page = site.open(several("c1\nc2", PEOPLE, "required"))
    listen(page)
    chips = page.locator("ul.chips button")
    expect(chips).to_have_text(["Ada Lovelace", "Grace Hopper"])
    expect(combobox(page)).not_to_have_attribute("required", "")
    combobox(page).fill("edsger")
    expect(options(page)).to_have_text(["<b>Edsger</b>"])
    page.keyboard.press("Enter")
    expect(chips).to_have_text([*PEOPLE.values()])
    expect(combobox(page)).to_have_value("")
    assert sent_by(page) == {"people": "c1\nc2\nc3"}
    page.get_by_role("button", name="Remove Ada Lovelace").click()
    expect(chips).to_have_text(["Grace Hopper", "<b>Edsger</b>"])
    expect(combobox(page)).to_be_focused()
    assert page.evaluate("told") == ["input people", "change people"] * 2
    for name in ("Remove Grace Hopper", "Remove <b>Edsger</b>"):
        page.get_by_role("button", name=name).focus()
        page.keyboard.press("Enter")
    assert sent_by(page) == {"people": ""}
    expect(combobox(page)).to_have_attribute("required", "")
    combobox(page).fill("nobody")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("nobody")
    assert site.sent == []
    page.get_by_role("button", name="Reset").click()
    expect(combobox(page)).to_have_value("")
    expect(chips).to_have_text(["Ada Lovelace", "Grace Hopper"])
    assert sent_by(page) == {"people": "c1\nc2"}


def test_the_same_is_not_picked_twice(site: Site) -> None:
    page = site.open(several("c2", PEOPLE))
    combobox(page).fill("grace")
    page.get_by_role("option").click()
    expect(page.locator("ul.chips button")).to_have_text(["Grace Hopper"])


def test_ids_that_lines_cannot_hold_are_json(site: Site) -> None:
    odd = ["a\nb", " c", "[d"]
    page = site.open(several(escape(json.dumps(odd)), {"a\nb": "One", " c": "Two"}))
    expect(page.locator("ul.chips button")).to_have_text(["One", "Two", "[d"])
    page.get_by_role("button", name="Remove One").click()
    assert json.loads(sent_by(page)["people"]) == [" c", "[d"]
    page.get_by_role("button", name="Remove Two").click()
    assert json.loads(sent_by(page)["people"]) == ["[d"]


def test_a_reset_brings_the_first_choice_back(site: Site) -> None:
    page = site.open(picker("c1", {"c1": "Ada Lovelace"}))
    combobox(page).fill("grace")
    page.get_by_role("option").click()
    page.get_by_role("button", name="Reset").click()
    expect(combobox(page)).to_have_value("Ada Lovelace")
    assert sent_by(page)["customer"] == "c1"


@pytest.mark.parametrize("way", ["keyboard", "mouse"])
def test_one_that_is_missing_is_made_in_another_tab(site: Site, way: str) -> None:
    site.serve("/customer/new", "<h1>New</h1>")
    page = site.open(picker(attributes="new='/customer/new'"))
    combobox(page).fill("nobody")
    expect(options(page)).to_have_text(["Nothing found", "Create new…"])
    with page.context.expect_page() as opened:
        if way == "mouse":
            page.get_by_text("Create new…").click()
        else:
            page.keyboard.press("Enter")
            page.keyboard.press("ArrowDown")
            page.keyboard.press("Enter")
    expect(opened.value.get_by_role("heading")).to_have_text("New")
    expect(options(page)).to_have_count(0)


@pytest.mark.parametrize("kept", [True, False])
def test_a_picker_that_is_moved_or_made_again_works(site: Site, kept: bool) -> None:
    page = site.open(picker("c1", {"c1": "Ada Lovelace"}, inner="required"))
    combobox(page).fill("grace")
    page.get_by_role("option").click()
    # As a front end's history does: the page is kept as text, and comes back with what was made.
    page.evaluate(
        "document.body.append(document.querySelector('form'))"
        if kept
        else "document.body.innerHTML = document.body.innerHTML"
    )
    box = combobox(page)
    expect(box).to_have_count(1)
    expect(box).to_have_value("Grace Hopper" if kept else "Ada Lovelace")
    expect(box).to_have_id("x")
    expect(box).to_have_attribute("required", "")
    box.fill("edsger")
    expect(options(page)).to_have_count(1)
    page.keyboard.press("Enter")
    assert sent_by(page)["customer"] == "c3"


@pytest.mark.parametrize("reused", ["[role=combobox]", "[name=customer]"])
@pytest.mark.parametrize("is_inside", [True, False])
def test_a_picker_that_is_morphed_works(site: Site, reused: str, is_inside: bool) -> None:
    page = site.open(picker("c1", {"c1": "Ada Lovelace"}))
    page.evaluate(
        """([reused, isInside]) => {
            const picker = document.querySelector('sm-picker');
            const input = document.querySelector(reused);
            picker.setAttribute('chosen', '{"c2": "Grace Hopper"}');
            for (const {name} of [...input.attributes]) input.removeAttribute(name);
            const given = {id: 'x', name: 'customer', value: 'c2', 'aria-invalid': 'true'};
            for (const name in given) input.setAttribute(name, given[name]);
            input.value = 'c2';
            const made = picker.querySelector('.combobox');
            if (isInside) {
                made.replaceChildren(input);
                picker.replaceChildren(picker.querySelector('label'), made);
            } else picker.replaceChildren(picker.querySelector('label'), input);
        }""",
        [reused, is_inside],
    )
    box = combobox(page)
    expect(box).to_have_count(1)
    expect(box).to_have_value("Grace Hopper")
    expect(box).to_have_attribute("aria-invalid", "true")
    assert sent_by(page)["customer"] == "c2"
    box.fill("ada")
    expect(options(page)).to_have_text(["Ada Lovelace"])
    page.keyboard.press("Enter")
    assert sent_by(page)["customer"] == "c1"
    assert len(site.asked) == 2


def test_what_a_front_end_says_of_the_input_is_said_of_the_picker(site: Site) -> None:
    page = site.open(picker())
    page.evaluate("document.querySelector('[name=customer]').setAttribute('aria-invalid', 'true')")
    expect(combobox(page)).to_have_attribute("aria-invalid", "true")
    page.evaluate("document.querySelector('[name=customer]').removeAttribute('aria-invalid')")
    expect(combobox(page)).not_to_have_attribute("aria-invalid", "true")
    page.evaluate("""() => {
        const input = document.querySelector('[name=customer]');
        input.value = 'c9';
        input.dispatchEvent(new Event('input', {bubbles: true}));
    }""")
    expect(combobox(page)).to_have_value("c9")


# --- Values as text -----------------------------------------------------------------------------

NUMBERS = [0, 1, -1, 9999, 10000, -12345, 1234567, 2**53, 0.0, -0.0, 1.0, 0.1, 1e5, 12345.5, 1e20]
LARGE = [1e21, 1.5e300, 1e-6, 1e-7, 5e-324, 1.7976931348623157e308, 123456789.125, -1e15]
DECIMALS = ["0", "12345.50", "-1234567890123456.10", "9999.99", "1E+5", "NaN", "00012345", "5.", ""]
SHORT = [0.0, 1.0, 90.0, 5400.0, 0.5, 0.000001, 0.0000005, 0.0000015, 0.0000025, -1.5, 86399.999999]
LONG = [359999.999999, 359999.9999999, 360000.0, 1e9, -86400.25, 8.64e13, 86399999999999.99, 3]
TIMES = ["09:30", "09:30:00", "09:30:05", "23:59:59.999999", "09:30:05.5+00:00", "00:00:00Z"]
ZONED = ["09:30:00+05:30", "09:30:00.000001-03:00", ""]
LABELS = {"draft": "Draft", "true": "On", "1": "One", "__proto__": "Odd"}
CASES: list[tuple[FormatName, list[Any]]] = [
    ("text", ["", "a", " <b>&amp; ", "ünïcode 🎈", None]),
    ("number", [*NUMBERS, *LARGE, *DECIMALS, None]),
    ("boolean", [True, False, None]),
    ("choice", ["draft", "other", "toString", "__proto__", True, False, 1, 2, None, ""]),
    ("time", [*TIMES, *ZONED, None]),
    ("duration", [*SHORT, *LONG, None]),
]


@pytest.mark.parametrize(("name", "values"), CASES, ids=[name for name, _ in CASES])
def test_values_are_written_as_on_the_server(
    site: Site, name: FormatName, values: list[Any]
) -> None:
    page = site.open("")
    labels = LABELS if name == "choice" else {}
    written = page.evaluate(
        "([name, values, labels]) =>"
        " JSON.parse(values).map((one) => starmodel.format[name](one, JSON.parse(labels)))",
        [name, json.dumps(values), json.dumps(labels)],
    )
    expected = [Format(name, labels).text(value) for value in values]
    assert dict(zip(map(repr, values), written, strict=True)) == dict(
        zip(map(repr, values), expected, strict=True)
    )


def test_many_numbers_are_written_as_on_the_server(site: Site) -> None:
    page = site.open("")
    steps = range(-320, 300)
    numbers = [digits * 10.0**power for power in steps for digits in (1, 1.2345678901234567, -7.5)]
    seconds = [sign * 1.1**power for power in range(-200, 330) for sign in (1, -1)]
    many: list[tuple[FormatName, list[float]]] = [("number", numbers), ("duration", seconds)]
    for name, values in many:
        assert all(map(math.isfinite, values))
        written = page.evaluate(
            f"(values) => JSON.parse(values).map((one) => starmodel.format.{name}(one))",
            json.dumps(values),
        )
        assert written == [Format(name).text(value) for value in values]


def test_days_and_moments_are_written_as_the_reader_does(zoned_site: Site) -> None:
    page = zoned_site.open("")
    write = "([name, value]) => starmodel.format[name](value)"
    assert page.evaluate(write, ["date", "2026-03-14"]) == "14/03/2026"
    assert page.evaluate(write, ["date", "2026-13-14"]) == "2026-13-14"
    text = "2026-03-14T09:30:00.123456+00:00"
    local = page.evaluate("(text) => new Date(text).toLocaleString()", text)
    assert page.evaluate(write, ["datetime", text]) == local != ""
    assert page.evaluate(write, ["datetime", "no date"]) == "no date"
    for name in ("date", "datetime", "number", "duration", "time", "text", "choice", "boolean"):
        for nothing in ("", None):
            assert page.evaluate(write, [name, nothing]) == ""


def test_keys_differ(site: Site) -> None:
    page = site.open("")
    keys = page.evaluate("Array.from({length: 200}, starmodel.key)")
    assert len(set(keys)) == 200
    assert not page.evaluate("isSecureContext")  # where `crypto.randomUUID` is missing


def test_moments_in_the_page_are_written_as_the_reader_does(zoned_site: Site) -> None:
    page = zoned_site.open(
        "<p><time class='local' datetime='2026-03-14T09:30:00+00:00'>2026-03-14 09:30 UTC</time>"
        "<time datetime='2026-03-14T09:30:00+00:00'>as it is</time></p>"
    )

    def local(text: str) -> str:
        return page.evaluate("(text) => new Date(text).toLocaleString()", text)

    times = page.locator("time")
    first = local("2026-03-14T09:30:00+00:00")
    expect(times).to_have_text([first, "as it is"])
    page.evaluate("document.querySelector('time').firstChild.data = 'morphed'")
    expect(times.first).to_have_text(first)
    page.evaluate("document.querySelector('time').textContent = 'morphed'")
    expect(times.first).to_have_text(first)
    page.evaluate("document.querySelector('time').dateTime = '2027-01-01T00:00:00Z'")
    expect(times.first).to_have_text(local("2027-01-01T00:00:00Z"))
    page.evaluate("""() => {
        const li = document.createElement('li');
        li.innerHTML = "<time class='local' datetime='2028-01-01T00:00:00Z'>new</time>";
        document.body.append(li);
    }""")
    expect(times.last).to_have_text(local("2028-01-01T00:00:00Z"))


# --- Exact values -------------------------------------------------------------------------------


def datetime_form(value: str, attributes: str = "") -> str:
    return (
        "<form action='/done' method='post'><sm-datetime><label for='seen'>Seen</label>"
        f"<input type='datetime-local' id='seen' name='seen' value='{value}' {attributes}>"
        "</sm-datetime><button>Save</button><button type='reset'>Reset</button></form>"
    )


LOCAL_TEXT = {0: "2026-03-14T09:30", 240: "2026-03-14T05:30", -330: "2026-03-14T15:00"}
"""What 9:30 UTC is, by how many minutes a zone is behind."""


@pytest.mark.parametrize(
    "text", ["2026-03-14T09:30:00.123456+00:00", "2026-03-14T09:30:00Z", "2026-03-14T10:30+01:00"]
)
def test_an_instant_is_shown_in_the_readers_zone_and_sent_as_it_was(
    zoned_site: Site, text: str
) -> None:
    page = zoned_site.open(datetime_form(text, "required"))
    shown = LOCAL_TEXT[page.evaluate("new Date('2026-03-14T09:30Z').getTimezoneOffset()")]
    seen = page.get_by_label("Seen")
    expect(seen).to_have_value(shown)
    assert sent_by(page) == {"seen": text}
    seen.fill("2027-01-02T03:04")
    instant = page.evaluate("new Date('2027-01-02T03:04').toISOString()")
    assert sent_by(page) == {"seen": instant}
    seen.fill("")
    assert sent_by(page) == {"seen": ""}
    page.get_by_role("button", name="Reset").click()
    expect(seen).to_have_value(shown)
    zoned_site.serve("/done", "<h1>Done</h1>")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading")).to_have_text("Done")
    assert zoned_site.sent == [{"seen": [text]}]


def test_seconds_are_shown_where_there_are_any(site: Site) -> None:
    page = site.open(datetime_form("2026-03-14T09:30:07.5+00:00"))
    expect(page.get_by_label("Seen")).to_have_value("2026-03-14T09:30:07")
    assert sent_by(page) == {"seen": "2026-03-14T09:30:07.5+00:00"}


@pytest.mark.parametrize("text", ["", "0000-01-01T00:00:00Z", "no date"])
def test_an_instant_that_no_input_shows_is_sent_as_it_was(site: Site, text: str) -> None:
    page = site.open(datetime_form(text))
    expect(page.get_by_label("Seen")).to_have_value("")
    assert sent_by(page) == {"seen": text}
    page.get_by_label("Seen").fill("2027-01-02T03:04")
    assert sent_by(page) == {"seen": "2027-01-02T03:04:00.000Z"}


@pytest.mark.parametrize(
    ("kind", "text", "shown", "typed"),
    [
        ("time", "09:30:05.123456", "09:30:05.123", "10:00"),
        ("time", "09:30:00", "09:30:00", "10:00"),
        (
            "datetime-local",
            "2026-03-14T09:30:05.123456",
            "2026-03-14T09:30:05.123",
            "2027-01-02T03:04",
        ),
        ("datetime-local", "2026-03-14T09:30:00", "2026-03-14T09:30", "2027-01-02T03:04"),
        ("number", "1234567890123456.10", "1234567890123456.10", "2"),
        ("number", "Infinity", "", "2"),
        ("date", "20260-1-1", "", "2026-03-14"),
    ],
)
def test_what_an_input_cannot_show_is_sent_as_it_was(
    site: Site, kind: str, text: str, shown: str, typed: str
) -> None:
    page = site.open(
        f"<form><label>It <input type='{kind}' name='it' value='{text}' required step='any'></label>"
        "<button type='reset'>Reset</button></form>"
    )
    it = page.get_by_label("It")
    expect(it).to_have_value(shown)
    assert sent_by(page) == {"it": text}
    assert page.evaluate("document.querySelector('form').checkValidity()") is (shown != "")
    it.fill(typed)
    assert sent_by(page) == {"it": typed}
    page.get_by_role("button").click()
    assert sent_by(page) == {"it": text}
    # What a front end puts there later counts as well.
    page.evaluate(
        "([kind, text]) => document.querySelector('form').innerHTML ="
        " `<input type='${kind}' name='it' value='${text}' aria-label='Late'>`",
        [kind, text],
    )
    expect(page.get_by_label("Late")).to_have_value(shown)
    assert sent_by(page) == {"it": text}


def test_a_morphed_value_is_taken_up_unless_something_was_typed(site: Site) -> None:
    page = site.open(datetime_form("2026-03-14T09:30:00+00:00"))
    change = "(text) => document.querySelector('#seen').setAttribute('value', text)"
    page.evaluate(change, "2026-03-14T10:30:00.5+00:00")
    expect(page.get_by_label("Seen")).to_have_value("2026-03-14T10:30")
    assert sent_by(page) == {"seen": "2026-03-14T10:30:00.5+00:00"}
    page.get_by_label("Seen").fill("2027-01-02T03:04")
    page.evaluate(change, "2026-03-14T11:30:00+00:00")
    page.wait_for_timeout(50)
    assert sent_by(page) == {"seen": "2027-01-02T03:04:00.000Z"}


# --- Lists --------------------------------------------------------------------------------------

NAMES = ["Anvil", "Bell", "Candle", "Drum"]


class Products:
    """A list page as a server renders it: searched by `q`, filtered, sorted, two on a page."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.names = NAMES
        self.tokens = ["t1", ""]
        self.hold = False
        self.held: list[Callable[[], None]] = []
        self.fail: tuple[int, str] | None = None
        site.handlers["/product"] = self.answer

    def answer(self, route: Route, query: dict[str, str]) -> None:
        if self.hold:
            self.held.append(lambda: html(route, self.body(query)))
        elif self.fail is None:
            html(route, self.body(query))
        elif self.fail[0] == 0:
            route.abort()
        else:
            html(route, self.fail[1], self.fail[0])

    def body(self, query: dict[str, str]) -> str:
        names = [name for name in self.names if query.get("q", "").lower() in name.lower()]
        names.sort(reverse=query.get("sort") == "-name")
        start = int(query.get("cursor", "0"))
        rows = "".join(
            f"<tr><td><input type='checkbox' name='id' value='{name}' aria-label='Choose {name}'>"
            f"<td><a id='row-{name}' href='/product/{name}'>{name}</a></tr>"
            for name in names[start : start + 2]
        )
        kept = {name: value for name, value in query.items() if name != "cursor"}

        def address(**changes: str) -> str:
            return "/product?" + "&".join(f"{k}={v}" for k, v in {**kept, **changes}.items())

        sort = "name" if query.get("sort") == "-name" else "-name"
        chosen = {"c1": "Ada"} if query.get("customer") == "c1" else {}
        statuses = "".join(
            f"<option value='{value}'{' selected' if query.get('status') == value else ''}>{value}"
            for value in ("", "new", "old")
        )
        hidden = f"<input type='hidden' name='sort' value='{escape(query.get('sort', ''))}'>"
        return (
            f"<sm-list part='product-list'><form role='search' action='/product'>{hidden}"
            f"<input name='q' type='search' aria-label='Search' value='{escape(query.get('q', ''))}'>"
            f"<select name='status' aria-label='Status'>{statuses}</select>"
            f"<label><input type='checkbox' name='stocked' value='yes'> Stocked</label>"
            f"<sm-picker source='/customer/options' chosen='{json.dumps(chosen)}'>"
            f"<label for='c'>Customer</label><input id='c' name='customer'"
            f" value='{query.get('customer', '')}'></sm-picker>"
            f"<button>Look</button><p role='alert'></p></form>"
            f"<section id='product-list'><a id='sort' href='{escape(address(sort=sort))}'>Name</a>"
            f"<table><thead><tr><th><input type='checkbox' name='all' aria-label='All'></thead>"
            f"<tbody>{rows}</tbody></table>"
            f"<a id='next' href='{escape(address(cursor=str(start + 2)))}'>Next page</a>"
            f"<a href='/elsewhere'>Elsewhere</a><p id='now'>{','.join(self.names)}</p></section>"
            + "".join(f"<output hidden>{token}</output>" for token in self.tokens)
            + "</sm-list><div role='alert'>of the page</div>"
        )

    def open(self, address: str = "/product") -> Page:
        page = self.site.visitor.open(address)
        page.wait_for_function("globalThis.starmodel !== undefined")
        # What is gone as soon as the page is loaded anew.
        page.evaluate("globalThis.isSame = true")
        self.site.asked.clear()
        return page


@pytest.fixture
def products(site: Site) -> Products:
    return Products(site)


def rows(page: Page) -> Locator:
    return page.locator("tbody tr")


def at(page: Page) -> str:
    return page.url.removeprefix(URL)


def is_same(page: Page) -> bool:
    return page.evaluate("globalThis.isSame === true")


def set_token(page: Page, text: str, place: int = 0) -> None:
    page.evaluate(
        "([text, place]) => document.querySelectorAll('output')[place].textContent = text",
        [text, place],
    )


def test_typing_searches_and_keeps_the_caret(products: Products) -> None:
    page = products.open("/product?limit=2&sort=-name&cursor=2")
    expect(rows(page)).to_have_text(["Bell", "Anvil"])
    entries = page.evaluate("history.length")
    search = page.get_by_label("Search")
    search.press_sequentially("nl")
    page.keyboard.press("ArrowLeft")
    expect(rows(page)).to_have_count(0)
    page.keyboard.press("Delete")
    expect(rows(page)).to_have_text(["Candle", "Anvil"])
    expect(search).to_be_focused()
    expect(search).to_have_value("n")
    assert search.evaluate("(input) => input.selectionStart") == 1
    assert at(page) == "/product?limit=2&sort=-name&q=n"
    assert products.site.asked == [
        "/product?limit=2&sort=-name&q=nl",
        "/product?limit=2&sort=-name&q=n",
    ]
    assert page.evaluate("history.length") == entries
    search.fill("")
    expect(rows(page)).to_have_text(["Drum", "Candle"])
    assert at(page) == "/product?limit=2&sort=-name"
    page.get_by_label("Status").focus()  # `change` comes late, and is no news
    page.wait_for_timeout(400)
    assert len(products.site.asked) == 3 and is_same(page)


def test_what_is_chosen_is_looked_for_at_once(products: Products) -> None:
    page = products.open()
    page.get_by_label("Status").select_option("new")
    expect(page.locator("sm-list")).not_to_have_attribute("aria-busy", "true")
    assert at(page) == "/product?status=new"
    page.get_by_label("Stocked").check()
    assert at(page) == "/product?status=new&stocked=yes"
    page.get_by_label("Stocked").uncheck()
    assert at(page) == "/product?status=new"
    page.get_by_role("combobox", name="Customer").fill("grace")
    page.get_by_role("option", name="Grace").click()
    assert at(page) == "/product?status=new&customer=c2"
    page.wait_for_timeout(400)
    assert [each for each in products.site.asked if "options" not in each] == [
        "/product?status=new",
        "/product?status=new&stocked=yes",
        "/product?status=new",
        "/product?status=new&customer=c2",
    ]
    assert is_same(page)


def test_submitting_looks_again(products: Products) -> None:
    page = products.open()
    page.get_by_label("Search").fill("bell")
    page.keyboard.press("Enter")
    expect(rows(page)).to_have_text(["Bell"])
    page.get_by_role("button", name="Look").click()
    page.wait_for_timeout(400)
    assert products.site.asked == ["/product?q=bell"] * 2
    assert is_same(page)


def test_links_of_the_list_replace_it_and_the_way_back_works(products: Products) -> None:
    page = products.open("/product?customer=c1")
    expect(page.get_by_role("combobox", name="Customer")).to_have_value("Ada")
    page.get_by_label("Search").fill("l")
    expect(page).to_have_url(f"{URL}/product?q=l&customer=c1")
    expect(page.locator("sm-list[aria-busy]")).to_have_count(0)
    page.get_by_role("link", name="Next page").press("Enter")
    expect(rows(page)).to_have_text(["Candle"])
    expect(page.get_by_role("link", name="Next page")).to_be_focused()
    assert at(page) == "/product?q=l&customer=c1&cursor=2"
    page.get_by_role("link", name="Name").click()
    expect(rows(page)).to_have_text(["Candle", "Bell"])
    assert at(page) == "/product?q=l&customer=c1&sort=-name"
    page.get_by_label("Search").fill("")
    page.get_by_label("Status").select_option("old")
    page.get_by_role("combobox", name="Customer").fill("")
    page.get_by_label("Search").focus()
    expect(rows(page)).to_have_text(["Drum", "Candle"])
    assert at(page) == "/product?sort=-name&status=old"
    page.go_back()
    expect(rows(page)).to_have_text(["Candle"])
    assert at(page) == "/product?q=l&customer=c1&cursor=2"
    expect(page.get_by_label("Search")).to_have_value("l")
    expect(page.get_by_label("Status")).to_have_value("")
    expect(page.get_by_role("combobox", name="Customer")).to_have_value("Ada")
    page.go_back()
    expect(rows(page)).to_have_text(["Anvil", "Bell"])
    page.go_forward()
    page.go_forward()
    expect(rows(page)).to_have_text(["Drum", "Candle"])
    expect(page.get_by_label("Status")).to_have_value("old")
    expect(page.get_by_role("combobox", name="Customer")).to_have_value("")
    assert is_same(page)


def test_the_inputs_say_what_a_link_asks_for(products: Products) -> None:
    page = products.open("/product?q=l&status=old&stocked=yes&customer=c1")
    page.get_by_label("Stocked").evaluate("(box) => box.checked = true")
    page.evaluate("document.querySelector('#next').href = '/product?q=b'")
    page.get_by_role("link", name="Next page").click()
    expect(rows(page)).to_have_text(["Bell"])
    expect(page.get_by_label("Search")).to_have_value("b")
    expect(page.get_by_label("Status")).to_have_value("")
    expect(page.get_by_label("Stocked")).not_to_be_checked()
    expect(page.get_by_role("combobox", name="Customer")).to_have_value("")
    page.evaluate("document.querySelector('#next').href = '/product?customer=c1'")
    page.get_by_role("link", name="Next page").click()
    expect(page.get_by_role("combobox", name="Customer")).to_have_value("Ada")
    expect(page.locator("sm-list[aria-busy]")).to_have_count(0)  # whose answer brings its own link
    entries = page.evaluate("history.length")
    page.evaluate("document.querySelector('#next').href = '/product?customer=c1'")
    page.get_by_role("link", name="Next page").click()
    assert page.evaluate("history.length") == entries


def test_a_search_keeps_further_values_of_a_filter(products: Products) -> None:
    page = products.open("/product?q=n&q=l&status=new")
    search = page.get_by_label("Search")
    for typed, first in (("a", "q=a&"), ("", ""), ("d", "q=d&")):
        search.fill(typed)
        page.wait_for_url(f"{URL}/product?{first}status=new&q=l")
    expect(page.locator("sm-list[aria-busy]")).to_have_count(0)  # whose answer brings its own link
    page.evaluate("document.querySelector('#next').href = '/product?q=d'")
    page.get_by_role("link", name="Next page").click()
    search.fill("e")
    page.wait_for_url(f"{URL}/product?q=e")


def test_a_moment_is_looked_for_in_the_readers_zone(zoned_site: Site) -> None:
    def answer(route: Route, query: dict[str, str]) -> None:
        value = escape(query.get("seen__ge", ""))
        html(
            route,
            "<sm-list part='found'><form role='search' action='/visit'>"
            "<sm-datetime kind='datetime-local' zoned><label for='seen'>Seen from</label>"
            f"<input type='text' id='seen' name='seen__ge' value='{value}'></sm-datetime>"
            f"<button>Look</button></form><section id='found'>after {value}</section></sm-list>",
        )

    zoned_site.handlers["/visit"] = answer
    page = zoned_site.visitor.open("/visit?seen__ge=2026-03-14T09:30:00Z")
    seen = page.get_by_label("Seen from")
    zone = page.evaluate("new Date('2026-03-14T09:30Z').getTimezoneOffset()")
    expect(seen).to_have_value(LOCAL_TEXT[zone])
    seen.fill("2027-01-02T03:04")
    instant = page.evaluate("new Date('2027-01-02T03:04').toISOString()")
    expect(page.locator("#found")).to_have_text(f"after {instant}")
    expect(seen).to_have_value("2027-01-02T03:04")
    seen.fill("")
    expect(page.locator("#found")).to_have_text("after")
    assert page.url == f"{URL}/visit"


def test_other_links_are_the_browsers(products: Products) -> None:
    page = products.open()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Next page").click(modifiers=["ControlOrMeta"])
    opened.value.close()
    assert at(page) == "/product"
    products.site.serve("/elsewhere", "<h1>Elsewhere</h1>")
    page.get_by_role("link", name="Elsewhere").click()
    expect(page.get_by_role("heading")).to_be_visible()
    page.go_back()
    page.evaluate("document.querySelector('#next').target = '_blank'")
    with page.context.expect_page():
        page.get_by_role("link", name="Next page").click()


def test_a_list_is_busy_until_the_last_answer_is_there(products: Products) -> None:
    page = products.open()
    products.hold = True
    busy = page.locator("sm-list[aria-busy=true]")
    page.get_by_label("Search").fill("bell")
    page.keyboard.press("Enter")
    page.get_by_label("Search").fill("drum")
    page.keyboard.press("Enter")
    page.wait_for_timeout(100)
    first, last = products.held
    expect(busy).to_have_count(1)
    last()
    expect(rows(page)).to_have_text(["Drum"])
    expect(busy).to_have_count(0)
    first()
    page.wait_for_timeout(100)
    expect(rows(page)).to_have_text(["Drum"])


ERRORS = [
    (
        (422, "<div role='alert'>all</div><sm-list><p role='alert'> No price. </p></sm-list>"),
        "No price.",
    ),
    ((404, "<p role='alert'>Gone.</p>"), "Gone."),
    ((401, ""), "Sign in first."),
    ((403, "<sm-list></sm-list>"), "You may not read this."),
    ((200, "<h1>Something else</h1>"), "No answer. Please try again."),
    ((500, ""), "No answer. Please try again."),
    ((0, ""), "No answer. Please try again."),
]


@pytest.mark.parametrize(("fail", "text"), ERRORS)
def test_trouble_is_reported_until_it_is_over(
    products: Products, fail: tuple[int, str], text: str
) -> None:
    page = products.open()
    products.fail = fail
    page.get_by_label("Search").fill("bell")
    alert = page.locator("form [role=alert]")
    expect(alert).to_have_text(text)
    expect(rows(page)).to_have_text(["Anvil", "Bell"])
    expect(page.locator("sm-list[aria-busy]")).to_have_count(0)
    products.fail = None
    page.keyboard.press("Enter")
    expect(rows(page)).to_have_text(["Bell"])
    expect(alert).to_have_text("")


def test_a_change_elsewhere_refreshes_the_list_alone(products: Products) -> None:
    page = products.open("/product?q=l")
    page.evaluate("document.querySelector('[name=q]').value = 'typed'")
    products.names = ["Lamp", "Lute"]
    set_token(page, "t2")
    expect(rows(page)).to_have_text(["Lamp", "Lute"])
    assert products.site.asked == ["/product?q=l"] and at(page) == "/product?q=l"
    expect(page.get_by_label("Search")).to_have_value("typed")
    set_token(page, "")
    set_token(page, "t2", 1)
    set_token(page, "t3", 1)
    set_token(page, "t4", 1)
    starts = """() => performance.getEntriesByType("resource")
        .filter((one) => one.initiatorType === "fetch").map((one) => one.startTime)"""
    page.wait_for_function(f"() => ({starts})().length > 1")
    first, second = page.evaluate(starts)
    assert second - first > 990  # at most one in a second; timers and clocks are rounded
    set_token(page, "", 1)
    page.wait_for_timeout(1300)
    assert len(products.site.asked) == 2 and is_same(page)


def test_a_refresh_waits_for_what_somebody_asked_for_and_for_dialogs(products: Products) -> None:
    page = products.open()
    products.hold = True
    page.get_by_role("link", name="Next page").click()
    set_token(page, "t2")
    page.wait_for_timeout(200)
    assert len(products.held) == 1
    products.hold = False
    # It opens as soon as the answer is shown, before the refresh that waits for it.
    page.evaluate("""() => new MutationObserver((_, observer) => {
        const list = document.querySelector('#product-list');
        if (!list?.textContent.includes('Candle')) return;
        observer.disconnect();
        const dialog = document.createElement('dialog');
        list.append(dialog);
        dialog.showModal();
    }).observe(document.body, {childList: true, subtree: true, characterData: true})""")
    products.held[0]()
    expect(page.locator("dialog")).to_be_visible()
    expect(rows(page)).to_have_text(["Candle", "Drum"])
    page.wait_for_timeout(1500)
    assert len(products.site.asked) == 1
    expect(page.locator("dialog")).to_be_visible()
    products.names = [*NAMES, "Easel"]
    page.keyboard.press("Escape")
    expect(page.locator("#now")).to_contain_text("Easel")


def test_a_refresh_leaves_alone_what_is_typed_into_a_picker(products: Products) -> None:
    page = products.open("/product?customer=c1")
    box = page.get_by_role("combobox", name="Customer")
    box.fill("gra")
    products.names = ["Lamp"]
    set_token(page, "t2")
    expect(rows(page)).to_have_text(["Lamp"])
    expect(box).to_have_value("gra")
    page.get_by_role("option", name="Grace").click()
    expect(page).to_have_url(f"{URL}/product?customer=c2")


def test_rows_are_chosen_and_stay_chosen(products: Products) -> None:
    page = products.open()
    everything = page.get_by_label("All")
    anvil, bell = page.get_by_label("Choose Anvil"), page.get_by_label("Choose Bell")
    everything.press("Space")
    expect(anvil).to_be_checked()
    expect(bell).to_be_checked()
    anvil.uncheck()
    expect(everything).not_to_be_checked()
    assert everything.evaluate("(box) => box.indeterminate")
    products.names = ["Anvil", "Bell", "Candle"]
    set_token(page, "t2")
    expect(page.locator("#now")).to_have_text("Anvil,Bell,Candle")
    expect(bell).to_be_checked()
    expect(anvil).not_to_be_checked()
    expect(anvil).to_be_focused()
    assert everything.evaluate("(box) => box.indeterminate")
    anvil.check()
    expect(everything).to_be_checked()
    everything.uncheck()
    expect(bell).not_to_be_checked()
    assert at(page) == "/product" and len(products.site.asked) == 1


# --- The rest -----------------------------------------------------------------------------------


def test_parts_are_fetched_once_for_all_that_changed(site: Site) -> None:
    count = 0

    def answer(route: Route, query: dict[str, str]) -> None:
        nonlocal count
        count += 1
        html(
            route,
            "".join(
                f"<sm-refresh part='{part}'><output hidden>{part}</output></sm-refresh>"
                f"<ul id='{part}'><li><a id='in-{part}' href='/x'>{count}</a></li></ul>"
                for part in ("tags", "lines")
            )
            + f"<p id='rest'>{count}</p>",
        )

    site.handlers["/record"] = answer
    page = site.visitor.open("/record?a=1#part")
    page.wait_for_function("globalThis.starmodel !== undefined")
    page.locator("#in-lines").focus()
    set_token(page, "one")
    set_token(page, "two", 1)
    expect(page.locator("li")).to_have_text(["2", "2"])
    expect(page.locator("#rest")).to_have_text("1")
    expect(page.locator("#in-lines")).to_be_focused()
    set_token(page, "")
    expect(page.locator("li")).to_have_text(["3", "2"])
    site.handlers["/record"] = lambda route, query: html(route, "", 500)
    set_token(page, "three")
    page.wait_for_timeout(300)
    site.handlers["/record"] = answer
    set_token(page, "four")
    expect(page.locator("li")).to_have_text(["4", "2"])
    assert site.asked == ["/record?a=1"] * 5


@pytest.mark.parametrize(
    ("control", "values", "sent"),
    [
        ("<input name='it' value='mine'>", [["it", "theirs"]], {"it": "theirs"}),
        ("<input name='it' value='mine'>", [["it", None]], {"it": ""}),
        ("<input name='it' type='checkbox'>", [["it", True]], {"it": "on"}),
        ("<input name='it' type='checkbox' checked>", [["it", False]], {}),
        ("<select name='it'><option>a<option>b</select>", [["it", "b"]], {"it": "b"}),
        ("<textarea name='it'>mine</textarea>", [["it", "a\nb"]], {"it": "a\nb"}),
        ("<input name='it' type='time'>", [["it", "09:30:05.123456"]], {"it": "09:30:05.123456"}),
        (
            "<sm-datetime><input name='it' type='datetime-local'></sm-datetime>",
            [["it", "2026-03-14T09:30:00.5+00:00"]],
            {"it": "2026-03-14T09:30:00.5+00:00"},
        ),
        (
            "<input name='it.a' value='1'><input name='it.b' value='2'>",
            [["it.a", "3"], ["it.b", "4"]],
            {"it.a": "3", "it.b": "4"},
        ),
    ],
)
def test_what_is_stored_is_taken(
    site: Site, control: str, values: list[list[object]], sent: dict[str, str]
) -> None:
    page = site.open(
        f"<form><div>{control}<sm-stored values='{escape(json.dumps(values))}'>"
        "<button type='button'>Take theirs</button></sm-stored></div></form>"
    )
    listen(page)
    page.get_by_role("button").press("Enter")
    assert sent_by(page) == sent
    assert page.evaluate("told") == [
        f"{kind} {name}" for name, _ in values for kind in ("input", "change")
    ]
    expect(page.locator("sm-stored")).to_have_count(0)
    assert page.evaluate("document.activeElement.name") == values[-1][0]


@pytest.mark.parametrize("zone", ["America/New_York"])
def test_an_instant_that_is_taken_is_shown_in_the_readers_zone(browser: Browser, zone: str) -> None:
    with visiting(browser, URL) as arrive:
        page = Site(arrive(timezone_id=zone)).open(
            datetime_form("").replace(
                "<button>",
                """<sm-stored values='[["seen", "2026-03-14T09:30:00Z"]]'>"""
                "<button type='button'>Take theirs</button></sm-stored><button>",
            )
        )
        page.get_by_role("button", name="Take").click()
        expect(page.get_by_label("Seen")).to_have_value("2026-03-14T05:30")
        assert sent_by(page) == {"seen": "2026-03-14T09:30:00Z"}


@pytest.mark.parametrize(
    ("values", "shown", "sent"),
    [
        ([["customer", "c7", "Barbara"]], "Barbara", "c7"),
        ([["customer", ""]], "", ""),
        ([["customer", None, None]], "", ""),
    ],
)
def test_a_record_that_is_stored_is_taken(
    site: Site, values: list[list[object]], shown: str, sent: str
) -> None:
    stored = (
        f"<sm-stored values='{escape(json.dumps(values))}'>"
        "<button type='button'>Take theirs</button></sm-stored>"
    )
    page = site.open(picker("c1", PEOPLE).replace("<p id", f"{stored}<p id"))
    listen(page)
    page.get_by_role("button", name="Take").click()
    expect(combobox(page)).to_have_value(shown)
    expect(combobox(page)).to_be_focused()
    assert sent_by(page)["customer"] == sent
    assert page.evaluate("told") == ["input customer", "change customer"]


def test_records_that_are_stored_are_taken(site: Site) -> None:
    values = [["people", [["c7", "Barbara"], ["c2", "Grace"]]]]
    stored = (
        f"<sm-stored values='{escape(json.dumps(values))}'>"
        "<button type='button'>Take theirs</button></sm-stored>"
    )
    page = site.open(several("c1", PEOPLE).replace("<button>", f"{stored}<button>"))
    page.get_by_role("button", name="Take").click()
    expect(page.locator(".chips button")).to_have_text(["Barbara", "Grace"])
    assert sent_by(page) == {"people": "c7\nc2"}


def test_a_conflict_is_focused_when_it_appears(site: Site) -> None:
    conflict = "<div class='conflict' role='alert' tabindex='-1'>Somebody else</div>"
    page = site.open(f"<form><input aria-label='It'></form>{conflict}")
    expect(page.locator(".conflict")).to_be_focused()
    page.get_by_label("It").focus()
    page.evaluate(
        "(html) => document.body.innerHTML = `<main><section>${html}</section></main>`", conflict
    )
    expect(page.locator(".conflict")).to_be_focused()


def test_a_link_opens_its_dialog(site: Site) -> None:
    site.serve("/new", "<h1>New</h1>")
    page = site.open(
        "<a href='/new' aria-haspopup='dialog' aria-controls='d'><b>New</b></a>"
        "<a href='/new' aria-haspopup='dialog' aria-controls='none'>Other</a>"
        "<dialog id='d'><form method='post'><input name='a' required aria-label='A'>"
        "<button formmethod='dialog' formnovalidate>Cancel</button></form></dialog>"
    )
    for _ in range(2):
        page.get_by_text("New").click()
        expect(page.get_by_role("dialog")).to_be_visible()
        expect(page.get_by_label("A")).to_be_focused()
        page.get_by_role("button", name="Cancel").click()
        expect(page.get_by_role("dialog")).to_be_hidden()
    with page.context.expect_page():
        page.get_by_text("New").click(modifiers=["ControlOrMeta"])
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.get_by_text("Other").click()
    expect(page.get_by_role("heading")).to_have_text("New")


def test_a_form_without_a_front_end_is_sent_once(site: Site) -> None:
    held: list[Route] = []
    site.handlers["/done"] = lambda route, query: held.append(route)
    page = site.open(
        "<form action='/done' method='post'><input name='a'><button>Save</button></form>"
    )
    save = page.get_by_role("button")
    page.evaluate("""() => {
        const save = document.querySelector('button');
        save.click();
        save.click();
        save.click();
    }""")
    page.wait_for_timeout(300)
    assert len(site.sent) == len(held) == 1
    html(held[0], "<h1>Done</h1>")
    expect(page.get_by_role("heading")).to_be_visible()
    page.go_back()
    expect(save).not_to_have_attribute("aria-disabled", "true")
    site.serve("/done", "<h1>Done</h1>")
    save.click()
    expect(page.get_by_role("heading")).to_be_visible()
    assert len(site.sent) == 2


def test_a_page_that_comes_back_may_send_again(site: Site) -> None:
    page = site.open("<form action='/done' method='post'><button>Save</button></form>")
    page.evaluate("""() => {
        addEventListener('submit', (event) => event.preventDefault());
        document.querySelector('button').click();
    }""")
    expect(page.get_by_role("button")).to_have_attribute("aria-disabled", "true")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(page.get_by_role("button")).not_to_have_attribute("aria-disabled", "true")


def test_what_a_front_end_sends_it_may_send_again(site: Site) -> None:
    page = site.open("<form action='/done' method='post'><button>Save</button></form>")
    page.evaluate("""() => {
        globalThis.count = 0;
        document.querySelector('form').addEventListener('submit', (event) => {
            event.preventDefault();
            count += 1;
        });
    }""")
    page.get_by_role("button").dblclick()
    assert page.evaluate("count") == 2
    expect(page.get_by_role("button")).not_to_have_attribute("aria-disabled", "true")


NOTICE = (
    "<sm-notice><p role=status {0}>{1}</p><button hidden type=button>Close</button></sm-notice>"
    "<button>Other</button>"
)


def test_a_message_of_success_goes_after_a_while(site: Site) -> None:
    site.serve("/", NOTICE.format("brief", "Saved."))
    page = site.visitor.context.new_page()
    page.clock.install()
    page.goto(f"{URL}/")
    message, closer = page.get_by_role("status"), page.get_by_role("button", name="Close")
    expect(closer).to_be_visible()
    # Not while somebody reads it.
    page.get_by_text("Saved.").hover()
    page.clock.run_for(20_000)
    expect(message).to_be_visible()
    page.get_by_role("button", name="Other").hover()
    page.clock.run_for(100)
    closer.focus()
    page.clock.run_for(20_000)
    expect(message).to_be_visible()
    page.get_by_role("button", name="Other").focus()
    page.clock.run_for(7_000)
    expect(message).to_be_visible()
    page.clock.run_for(2_000)
    expect(page.get_by_text("Saved.")).to_be_hidden()
    # The next one is told, even where it says the same.
    page.evaluate("""async () => {
        const status = document.querySelector("[role=status]");
        status.textContent = "";
        await null;
        status.textContent = "Saved.";
    }""")
    expect(message).to_be_visible()
    closer.click()
    expect(page.get_by_text("Saved.")).to_be_hidden()


def test_any_other_message_stays_until_it_is_closed(site: Site) -> None:
    site.serve("/", NOTICE.format("", "Reconnecting ..."))
    page = site.visitor.context.new_page()
    page.clock.install()
    page.goto(f"{URL}/")
    expect(page.get_by_role("button", name="Close")).to_be_visible()
    page.clock.run_for(60_000)
    expect(page.get_by_role("status")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_text("Reconnecting ...")).to_be_hidden()


@pytest.mark.parametrize("is_checked", [True, False])
def test_files_that_are_too_large_are_not_sent(site: Site, is_checked: bool) -> None:
    inputs = "".join(
        f"<input type=file id={name} name={name} aria-label={name} {limit}>"
        for name, limit in (("one", ""), ("two", ""), ("small", "maxsize=2000"))
    )
    page = site.open(
        "<meta name=max-upload content=1500000>"
        "<form action='/done' method='post' enctype='multipart/form-data'"
        f" {'' if is_checked else 'novalidate'}>{inputs}"
        "<button>Save</button><button type=reset>Reset</button></form>"
    )

    def choose(name: str, size: int) -> None:
        page.get_by_label(name).set_input_files(
            {"name": name, "mimeType": "text/plain", "buffer": b"x" * size}
        )

    def says(*texts: str) -> None:
        expect(page.get_by_role("alert")).to_have_text(texts)
        page.get_by_role("button", name="Save").click()
        page.wait_for_timeout(50)
        assert (site.sent != []) is (not texts)

    choose("one", 1_500_001)
    says("This file has 1.6 MB; it may have 1.5 MB.")
    expect(page.get_by_label("one")).to_have_attribute("aria-invalid", "true")
    choose("one", 900_000)
    choose("two", 700_000)
    says("The files have 1.6 MB together; they may have 1.5 MB.")
    page.get_by_role("button", name="Reset").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    choose("small", 2_001)
    says("This file has 2.1 kB; it may have 2 kB.")
    choose("small", 2_000)
    says()


def test_whoever_adds_another_goes_on_with_the_first_input(site: Site) -> None:
    form = (
        "<main><form method=post action='/new'><input type=hidden name=key><input name=title"
        " aria-label=Title><button>Save</button><button name=_again value=true>Another</button>"
        "</form></main>"
    )
    page = site.open(form, "/new")
    page.get_by_role("button", name="Save").click()
    page.wait_for_load_state()
    title = page.get_by_label("Title")
    expect(title).not_to_be_focused()
    page.get_by_role("button", name="Another").click()
    expect(title).to_be_focused()
    page.reload()
    expect(title).not_to_be_focused()


def test_the_pages_work_without_the_script(browser: Browser) -> None:
    with visiting(browser, URL, expected=is_expected) as arrive:
        site = Site(arrive(java_script_enabled=False))
        site.serve("/done", "<h1>Done</h1>")
        site.serve("/", picker("c1", {"c1": "Ada"}))
        page = site.visitor.open("/")
        page.get_by_label("Customer").fill("c2")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("heading")).to_have_text("Done")
        assert site.sent == [{"customer": ["c2"], "other": [""]}]
        products = Products(site)
        page.goto(f"{URL}/product?limit=2")
        page.get_by_label("Search").fill("bell")
        page.keyboard.press("Enter")
        expect(rows(page)).to_have_text(["Bell"])
        assert products.site.asked[-1].startswith("/product?sort=&q=bell&")


@pytest.mark.parametrize("name", ["elements", "method", "matches", "closest", "action", "id"])
def test_an_input_may_be_called_like_something_of_a_form(site: Site, name: str) -> None:
    site.serve("/done", "<h1>Done</h1>")
    page = site.open("<main></main>")
    page.evaluate(
        """(name) => {
            document.querySelector('main').innerHTML =
                `<form action='/done' method='post'><input name='${name}' type='time'`
                + ` value='09:30:00.123456' step='any'><time class='local'`
                + ` datetime='2026-03-14T09:30:00Z'></time><button>Save</button></form>`;
        }""",
        name,
    )
    expect(page.locator("time")).not_to_be_empty()
    page.get_by_role("button").click()
    expect(page.get_by_role("heading")).to_have_text("Done")
    assert site.sent == [{name: ["09:30:00.123456"]}]


def test_datastar_sends_and_morphs_what_was_made(site: Site) -> None:
    def body(customer: str, seen: str) -> str:
        return (
            "<form id='f' data-on:submit=\"@post('/done', {contentType: 'form'})\">"
            f"<sm-picker source='/customer/options' chosen='{json.dumps(PEOPLE)}'>"
            f"<label for='x'>Customer</label><input id='x' name='customer' value='{customer}'"
            " required data-attr:aria-invalid=\"$wrong ? 'true' : false\"></sm-picker>"
            "<sm-datetime><input type='datetime-local' name='seen' aria-label='Seen'"
            f" value='{seen}'></sm-datetime><button>Save</button></form>"
        )

    def answer(route: Route, query: dict[str, str]) -> None:
        morphed = body("c1", "2027-01-01T00:00:00.5+00:00")
        route.fulfill(
            content_type="text/event-stream",
            body="event: datastar-patch-signals\ndata: signals {wrong: true}\n\n"
            f"event: datastar-patch-elements\ndata: elements {morphed}\n\n",
        )

    site.handlers["/done"] = answer
    site.handlers["/datastar.js"] = lambda route, query: route.fulfill(
        content_type="text/javascript", body=datastar_script()
    )
    first = "<div data-signals:wrong='false'></div>" + body(
        "c2", "2026-03-14T09:30:00.123456+00:00"
    )
    site.handlers["/"] = lambda route, query: html(
        route,
        first,
        policy=DATASTAR_POLICY,
        head="<script type='module' src='/datastar.js'></script>",
    )
    page = site.visitor.open("/")
    box = combobox(page)
    expect(box).to_have_value("Grace Hopper")
    box.fill("edsger")
    page.get_by_role("option").click()
    expect(box).to_have_value("<b>Edsger</b>")
    page.get_by_role("button", name="Save").click()
    expect(box).to_have_value("Ada Lovelace")
    expect(box).to_have_count(1)
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Seen")).to_have_value("2027-01-01T00:00")
    page.get_by_role("button", name="Save").click()
    page.wait_for_timeout(200)
    box.fill("grace")
    expect(options(page)).to_have_text(["Grace Hopper"])
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Save").click()
    page.wait_for_timeout(200)
    assert site.sent == [
        {"customer": ["c3"], "seen": ["2026-03-14T09:30:00.123456+00:00"]},
        {"customer": ["c1"], "seen": ["2027-01-01T00:00:00.5+00:00"]},
        {"customer": ["c2"], "seen": ["2027-01-01T00:00:00.5+00:00"]},
    ]

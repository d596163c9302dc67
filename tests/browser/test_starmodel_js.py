"""What `starmodel.js` does in a browser, on pages of plain HTML that no front end is on."""

import json
import math
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

import starmodel.ui
from starmodel.ui.formats import Format, FormatName

from .visitor import Visitor, visiting

URL = "http://site.test"
SCRIPT = (Path(starmodel.ui.__file__).parent / "starmodel.js").read_text()
POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; form-action 'self'"
EXPECTED = ("status of 4", "status of 5", "ERR_FAILED", "does not conform to the required format")
"""What a browser itself says of answers and of values that no input shows."""
PEOPLE = {"c1": "Ada Lovelace", "c2": "Grace Hopper", "c3": "<b>Edsger</b>"}



def is_expected(error: str) -> bool:
    return any(each in error for each in EXPECTED)


Handler = Callable[[Route, dict[str, str]], None]


def html(route: Route, body: str, status: int = 200) -> None:
    route.fulfill(
        status=status,
        content_type="text/html; charset=utf-8",
        headers={"content-security-policy": POLICY},
        body=f'<!doctype html><html lang="en"><title>A page</title>'
        f'<script type="module" src="/starmodel.js"></script><body>{body}</body></html>',
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


@pytest.fixture
def site(browser: Browser) -> Iterator[Site]:
    with visiting(browser, URL, expected=is_expected) as arrive:
        yield Site(arrive())


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
    combobox(page).press_sequentially("grace h", delay=20)
    expect(options(page)).to_have_text(["Grace Hopper"])
    assert site.asked[1:] == ["/customer/options?q=grace%20h"]
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


def test_a_text_that_is_no_record_is_given_up_on_leaving(site: Site) -> None:
    page = site.open(picker("c1", {"c1": "Ada Lovelace"}))
    listen(page)
    box = combobox(page)
    box.fill("nobody")
    expect(options(page)).to_have_text(["Nothing found"])
    page.keyboard.press("Enter")
    expect(box).to_have_value("nobody")
    page.get_by_label("Other").focus()
    expect(box).to_have_value("Ada Lovelace")
    expect(options(page)).to_have_count(0)
    assert page.evaluate("told") == []
    box.fill("")
    page.get_by_label("Other").focus()
    assert sent_by(page)["customer"] == ""
    assert page.evaluate("told") == ["input customer", "change customer"]


def test_enter_in_a_closed_picker_submits_what_was_picked(site: Site) -> None:
    site.serve("/done", "<h1>Done</h1>")
    page = site.open(picker("c1", {"c1": "Ada Lovelace"}))
    combobox(page).fill("nobody")
    expect(options(page)).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading")).to_have_text("Done")
    assert site.sent == [{"customer": ["c1"], "other": [""]}]


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
    combobox(page).fill("ada")
    page.wait_for_timeout(400)
    assert len(held) == 1
    combobox(page).fill("grace")
    expect(options(page)).to_have_text(["Grace Hopper"])
    held[0].fulfill(json={"options": [{"id": "c1", "label": "Ada Lovelace"}]})
    page.wait_for_timeout(200)
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
    page.wait_for_timeout(400)
    expect(options(page)).to_have_count(0)
    assert len(site.asked) == 1


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
    page.get_by_role("button", name="Save").focus()
    expect(combobox(page)).to_have_value("")
    page.get_by_role("button", name="Reset").click()
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
def test_a_picker_that_is_morphed_works(site: Site, reused: str) -> None:
    page = site.open(picker("c1", {"c1": "Ada Lovelace"}))
    page.evaluate(
        """(reused) => {
            const picker = document.querySelector('sm-picker');
            const input = document.querySelector(reused);
            picker.setAttribute('chosen', '{"c2": "Grace Hopper"}');
            for (const {name} of [...input.attributes]) input.removeAttribute(name);
            const given = {id: 'x', name: 'customer', value: 'c2', 'aria-invalid': 'true'};
            for (const name in given) input.setAttribute(name, given[name]);
            input.value = 'c2';
            picker.replaceChildren(picker.querySelector('label'), input);
        }""",
        reused,
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
NUMBERS += [1e21, 1.5e300, 1e-6, 1e-7, 5e-324, 1.7976931348623157e308, 123456789.125, -1e15]
DECIMALS = ["0", "12345.50", "-1234567890123456.10", "9999.99", "1E+5", "NaN", "00012345", "5.", ""]
SECONDS = [0.0, 1.0, 90.0, 5400.0, 0.5, 0.000001, 0.0000005, 0.0000015, 0.0000025, -1.5, 86399.999999]
SECONDS += [359999.999999, 359999.9999999, 360000.0, 1e9, -86400.25, 8.64e13, 86399999999999.99, 3]
TIMES = ["09:30", "09:30:00", "09:30:05", "23:59:59.999999", "09:30:05.5+00:00", "00:00:00Z"]
TIMES += ["09:30:00+05:30", "09:30:00.000001-03:00", ""]
LABELS = {"draft": "Draft", "true": "On", "1": "One", "__proto__": "Odd"}
CASES: list[tuple[FormatName, list[Any]]] = [
    ("text", ["", "a", " <b>&amp; ", "ünïcode 🎈", None]),
    ("number", [*NUMBERS, *DECIMALS, None]),
    ("boolean", [True, False, None]),
    ("choice", ["draft", "other", "toString", "__proto__", True, False, 1, 2, None, ""]),
    ("time", [*TIMES, None]),
    ("duration", [*SECONDS, None]),
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
    for name, values in (("number", numbers), ("duration", seconds)):
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


LOCAL_TEXT = {
    "UTC": "2026-03-14T09:30",
    "America/New_York": "2026-03-14T05:30",
    "Asia/Kolkata": "2026-03-14T15:00",
}


@pytest.mark.parametrize(
    "text", ["2026-03-14T09:30:00.123456+00:00", "2026-03-14T09:30:00Z", "2026-03-14T10:30+01:00"]
)
def test_an_instant_is_shown_in_the_readers_zone_and_sent_as_it_was(
    zoned_site: Site, text: str
) -> None:
    page = zoned_site.open(datetime_form(text, "required"))
    zone = page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone")
    zone = {"Asia/Calcutta": "Asia/Kolkata"}.get(zone, zone)
    seen = page.get_by_label("Seen")
    expect(seen).to_have_value(LOCAL_TEXT[zone])
    assert sent_by(page) == {"seen": text}
    seen.fill("2027-01-02T03:04")
    instant = page.evaluate("new Date('2027-01-02T03:04').toISOString()")
    assert sent_by(page) == {"seen": instant}
    seen.fill("")
    assert sent_by(page) == {"seen": ""}
    page.get_by_role("button", name="Reset").click()
    expect(seen).to_have_value(LOCAL_TEXT[zone])
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
        ("datetime-local", "2026-03-14T09:30:05.123456", "2026-03-14T09:30:05.123", "2027-01-02T03:04"),
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

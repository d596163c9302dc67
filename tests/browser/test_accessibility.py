"""Generated pages for everybody: by keyboard, by ear, on a phone, in the dark."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .visitor import Arrive, shown

PHONE = {"width": 360, "height": 740}

FOCUSABLE = "a[href], input, select, textarea, button, [tabindex]"

REACHABLE = (
    "all => [...document.querySelectorAll(all)].filter((one) => one.getClientRects().length)"
)
"""What of it is shown."""

FACTS = """() => {
  const controls = [...document.querySelectorAll("input, select, textarea")]
    .filter((control) => control.type !== "hidden" && !control.hidden);
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  const references = [...document.querySelectorAll("[aria-describedby]")]
    .flatMap((element) => element.getAttribute("aria-describedby").split(" "));
  // What is typed into a picker is not sent: a hidden input beside it is.
  const isPicker = (control) => control.closest("sm-picker")?.querySelector("[name][hidden]");
  return {
    language: document.documentElement.lang,
    headings: document.querySelectorAll("h1").length,
    mains: document.querySelectorAll("main").length,
    unlabelled: controls.filter((control) => control.labels.length !== 1).map((one) => one.id),
    nameless: controls.filter((control) => !control.name && !isPicker(control)).map((one) => one.id),
    twice: ids.filter((id, place) => ids.indexOf(id) !== place),
    lost: references.filter((id) => !document.getElementById(id)),
    tables: [...document.querySelectorAll("th")].filter((cell) => !cell.scope).length,
    small: [...document.querySelectorAll("button, .button, summary, input, select, textarea")]
      .filter((one) => one.getClientRects().length)
      .map((one) => (one.type === "checkbox" ? one.labels[0] : one))
      .filter((one) => one.getBoundingClientRect().height < 44)
      .map((one) => one.id || one.textContent.trim()),
  };
}"""

COLOURS = """() => {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(
    ["canvas", "surface", "sunken", "text", "muted", "edge", "accent", "accent-strong",
     "on-accent", "danger"].map((name) => [name, style.getPropertyValue("--sm-" + name).trim()]),
  );
}"""

READABLE = [
    *[(text, ground) for text in ("text", "muted", "danger") for ground in ("canvas", "surface")],
    ("accent", "surface"),
    ("text", "sunken"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("canvas", "text"),
]
"""Pairs of texts and what they stand on: 4.5 to 1 at least (WCAG 1.4.3)."""

VISIBLE = [("edge", "surface"), ("accent", "canvas"), ("accent", "surface"), ("danger", "surface")]
"""Pairs of borders or outlines and what they stand on: 3 to 1 at least (WCAG 1.4.11)."""


@pytest.mark.parametrize("path", ["/counter", "/order", "/parcel"])
def test_everything_has_a_name_and_a_place(visitor: Arrive, path: str) -> None:
    page = visitor().open(path)
    assert page.evaluate(FACTS) == {
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


def test_the_keyboard_is_enough(visitor: Arrive) -> None:
    page = visitor().open("/order")
    count: int = page.evaluate(f"{REACHABLE}.length", FOCUSABLE)
    visited: list[int] = []
    while len(visited) < count:
        page.keyboard.press("Tab")
        place: int = page.evaluate(f"{REACHABLE}.indexOf(document.activeElement)", FOCUSABLE)
        # A date has parts of its own, which the key goes through one by one.
        if not visited or visited[-1] != place:
            visited.append(place)
            style = "getComputedStyle(document.activeElement).outlineStyle"
            assert page.evaluate(style) == "solid"
    assert visited == list(range(count))

    page.locator("#order-rename-title").focus()
    page.keyboard.type("By hand")
    page.keyboard.press("Enter")
    expect(shown(page, "Title")).to_have_text("By hand")
    expect(page.locator("#order-rename-title")).to_be_focused()
    page.get_by_role("button", name="Move").focus()
    page.keyboard.press("Space")
    expect(shown(page, "Billing")).to_contain_text("York")
    expect(page.get_by_role("button", name="Move")).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_can_be_told_apart(visitor: Arrive, scheme: str) -> None:
    page = visitor(color_scheme=scheme).open("/counter")
    colours: dict[str, str] = page.evaluate(COLOURS)
    weak = {
        (over, under): round(found, 2)
        for pairs, least in ((READABLE, 4.5), (VISIBLE, 3.0))
        for over, under in pairs
        if (found := contrast(colours[over], colours[under])) < least
    }
    assert not weak


@pytest.mark.parametrize("path", ["/counter", "/order", "/parcel"])
def test_nothing_is_wider_than_a_phone(visitor: Arrive, path: str) -> None:
    page = visitor(viewport=PHONE, has_touch=True).open(path)
    if path == "/order":
        _fill_the_table(page)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    # Only a table may be wider, and it is moved by itself.
    wide = page.evaluate(
        "[...document.querySelectorAll('body *')].filter((element) => !element.closest('.table')"
        " && element.getBoundingClientRect().right > innerWidth + 1).map((one) => one.tagName)"
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
    for path in ("/counter", "/order"):
        page = somebody.open(path)
        if path == "/order":
            _fill_the_table(page)
        page.screenshot(path=screenshots / f"{path[1:]}-{name}.png", full_page=True)
        page.emulate_media(media="print")
        expect(page.locator(".events")).to_be_hidden()
        expect(page.locator(".state")).to_be_visible()


def contrast(first: str, second: str) -> float:
    """The contrast of two colours, as WCAG 2.2 defines it."""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """The relative luminance of `#rrggbb`."""
    assert len(colour) == 7, colour
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _fill_the_table(page: Page) -> None:
    for product, price in (("Walnut desk", "349.00"), ("Lampwithaverylongname" * 4, "9.90")):
        page.locator("#order-add_line-product").fill(product)
        page.locator("#order-add_line-price").fill(price)
        page.get_by_role("button", name="Add line").click()
        expect(page.locator("#order-add_line-product")).to_have_value("")
    expect(shown(page, "Lines").locator("tbody tr")).to_have_count(2)

"""Lists and forms of records, as people use them: in a real browser with the real Datastar."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from listed_project import make_listed_project
from playwright.sync_api import Browser, Page, expect
from served_app import ServedApp

from .test_accessibility import FACTS, PHONE
from .test_hostile_texts import naughty_texts
from .visitor import Arrive, Visitor, shown

REJECTED = "Failed to load resource: the server responded with a status of 4"
"""What a browser itself says of a page with a status that is an error."""

PATHS = ("/product", "/product/p01", "/product/new", "/product/p01/edit", "/order/o1", "/order/new")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("listed")
    make_listed_project(folder)
    return folder


@pytest.fixture
def app(project: Path) -> Iterator[ServedApp]:
    """The app as it is at first; it keeps nothing."""
    with ServedApp(project, "listed_app:create_app") as served:
        yield served


@pytest.fixture
def visitor(browser: Browser, app: ServedApp) -> Iterator[Arrive]:
    visitors: list[Visitor] = []

    def arrive(**options: Any) -> Visitor:
        visitors.append(Visitor(browser, app.url, **options))
        return visitors[-1]

    yield arrive
    for one in visitors:
        one.context.close()
    errors = [error for one in visitors for error in one.errors]
    assert [error for error in errors if not error.startswith(REJECTED)] == []


def test_a_list_is_searched_filtered_sorted_and_paged_without_a_load(visitor: Arrive) -> None:
    page = visitor().open("/product")
    page.evaluate("window.isTheSame = true")
    titles = page.locator("tbody th")
    expect(titles).to_have_count(12)
    expect(page.get_by_role("status").last).to_have_text("12 products on this page")

    page.get_by_label("Search").fill("oak")
    expect(titles).to_have_count(6)
    expect(page.get_by_role("status").last).to_have_text("6 products")
    page.get_by_label("Status").select_option("Active")
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
    assert query(page) == "?q=oak&status=active&sort=-price&price__ge=10.5"
    expect(page.get_by_label("Search")).to_have_value("oak")
    page.get_by_label("Search").fill("nothing of the kind")
    expect(page.get_by_text("No products fit.")).to_be_visible()
    assert page.evaluate("window.isTheSame")

    # The address says it all.
    again = visitor().open(f"/product{query(page)}")
    expect(again.get_by_text("No products fit.")).to_be_visible()
    expect(again.get_by_label("Price from")).to_have_value("10.5")
    again.get_by_role("link", name="Show all products").click()
    expect(again.locator("tbody th")).to_have_count(12)


def test_pages_of_a_list_are_part_of_the_history(visitor: Arrive) -> None:
    page = visitor().open("/product?sort=name")
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
    assert query(page) == "?sort=name&q=bench"


def test_a_filter_that_does_not_fit_is_told(visitor: Arrive) -> None:
    page = visitor().open("/product")
    page.get_by_text("More filters").click()
    field = page.get_by_label("Price from")
    field.evaluate("element => element.type = 'text'")
    field.fill("dear")
    error = page.locator(".filters > .error")
    expect(error).to_have_text("price__ge: Enter a number.")
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
    expect(row.locator("[data-label=Stock]")).to_have_text("7")
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete product").click()
    expect(watching.get_by_text("No products fit.")).to_be_visible()


def test_a_form_that_does_not_fit_keeps_what_was_typed(visitor: Arrive) -> None:
    page = visitor().open("/product/new")
    page.get_by_label("Available from").fill("2027-01-31T10:30")
    page.get_by_label("Is fragile").check()
    page.get_by_label("Width").fill("12")
    page.get_by_label("Status").select_option("Retired")
    create(page, "Another desk", "WA-DE-0")
    sku = page.get_by_label("Sku")
    expect(sku).to_have_accessible_description("This is taken.")
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
    assert sent.post_data_json == {"name": "Walnut light", "version": "1"}
    assert sent.headers["idempotency-key"]
    state: dict[str, Any] = page.request.get(
        page.url, headers={"accept": "application/json"}
    ).json()["state"]
    assert state["available_from"] == "2026-03-14T09:30:00.123456Z"


def test_whoever_comes_second_sees_what_differs(visitor: Arrive) -> None:
    first, second = (visitor().open("/product/p02/edit") for _ in range(2))
    first.get_by_label("Price").fill("12.5")
    first.get_by_role("button", name="Save").click()
    first.wait_for_url("**/product/p02")
    second.get_by_label("Price").fill("13")
    second.get_by_label("Name").fill("A chair of one's own")
    second.get_by_role("button", name="Save").click()
    expect(second.get_by_label("Price")).to_have_accessible_description("It is now: 12.5")
    expect(second.locator(".buttons + .error")).to_contain_text("Somebody else has changed this.")
    expect(second.get_by_label("Name")).to_have_value("A chair of one's own")
    second.get_by_role("button", name="Save").click()
    second.wait_for_url("**/product/p02")
    expect(shown(second, "Price")).to_have_text("13")
    expect(shown(first, "Price")).to_have_text("13")
    expect(shown(first, "Name")).to_have_text("A chair of one's own")


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
    expect(dialog.locator(".error")).to_have_text("There is still order line that needs it.")
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
    expect(options).to_have_text(["Ada Lovelace", "Ada Yonath"])
    expect(picker).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(options.last).to_have_attribute("aria-selected", "true")
    last = options.last.get_attribute("id")
    expect(picker).to_have_attribute("aria-activedescendant", last or "")
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(picker).to_have_value("ada")
    page.keyboard.press("ArrowDown")
    expect(options).to_have_count(4)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(picker).to_have_value("Ada Yonath")
    expect(picker).to_be_focused()
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Save").click()
    expect(shown(page, "Customer").get_by_role("link")).to_have_text("Ada Yonath")

    # It offers no more than twenty, and forgets what it offered when it is left.
    product = page.get_by_role("combobox", name="Product")
    product.click()
    expect(options).to_have_count(20)
    page.get_by_label("Quantity").fill("3")
    expect(options).to_have_count(0)
    product.fill("brass l")
    expect(options).to_have_text(["Brass lamp"])
    options.click()
    expect(product).to_have_value("Brass lamp")
    page.get_by_role("button", name="Add line").click()
    expect(product).to_have_value("")
    page.get_by_role("link", name="Show lines").click()
    expect(page.get_by_role("list", name="Filters")).to_have_text("Order: o1")
    expect(page.locator("tbody tr").first).to_contain_text("Brass lamp")
    page.get_by_role("link", name="Drop the filter").click()
    expect(page.get_by_role("list", name="Filters")).to_be_hidden()


def test_several_records_are_picked(visitor: Arrive) -> None:
    page = visitor().open("/product/p01/edit")
    chosen = page.locator(".chips button")
    expect(chosen).to_have_text(["lamp", "office"])
    picker = page.get_by_role("combobox", name="Tags")
    for text, label in (("kid", "kids"), ("kid", "kids"), ("out", "outdoor")):
        picker.fill(text)
        expect(page.get_by_role("listbox").get_by_role("option")).to_have_text([label])
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
    expect(page.get_by_role("option")).to_have_text(["Grace Hopper"])
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
    expect(page.get_by_label("Sku")).to_have_accessible_description("This is taken.")
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
    expect(shown(page, "Price")).to_have_text("99")
    other.get_by_label("Price").fill("98")
    other.get_by_role("button", name="Save").click()
    expect(other.get_by_label("Price")).to_have_accessible_description("It is now: 99")
    other.get_by_role("button", name="Save").click()
    expect(shown(other, "Price")).to_have_text("98")
    other.get_by_role("link", name="Delete").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("Delete this product?")
    other.get_by_role("button", name="Delete product").click()
    assert other.url.endswith("/product")

    # What a picker for a time would lose is not lost, for there is none.
    page.goto(url.rpartition("/")[0] + "/p01/edit")
    page.get_by_role("button", name="Save").click()
    assert "2026-03-14T09:30:00.123456Z" in page.content()


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
    wide = page.evaluate(
        "[...document.querySelectorAll('body *')]"
        ".filter((element) => element.getBoundingClientRect().right > innerWidth + 1)"
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


def press(page: Page, event: str, **values: str) -> None:
    for name, value in values.items():
        page.get_by_label(name.capitalize()).fill(value)
    page.get_by_role("button", name=event, exact=True).click()


def query(page: Page) -> str:
    """The query of the address, which the page itself may have changed."""
    return str(page.evaluate("location.search"))

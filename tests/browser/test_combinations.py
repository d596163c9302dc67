"""What people do with generated pages, under each kit with each front end.

Walks that scripts take part in are the same for all four combinations. What only the kit or only the
front end decides is tried on two of them, which have both of both.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect
from served_app import ServedApp
from stocked_project import DATABASE, make_stocked_project, url_of

from .test_accessibility import PHONE
from .test_kits import findings
from .visitor import Arrive, Visitor, shown, visiting

COMBINATIONS = [(kit, way) for kit in ("default", "monsterui") for way in ("datastar", "htmx")]
each_once = pytest.mark.parametrize(
    "app", [COMBINATIONS[0], COMBINATIONS[3]], ids="-".join, indirect=True
)
JSON = {"accept": "application/json", "sec-fetch-site": "same-origin"}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop in a database, with its goods."""
    folder = tmp_path_factory.mktemp("stocked")
    make_stocked_project(folder)
    return folder


@pytest.fixture(scope="module", params=COMBINATIONS, ids="-".join)
def app(
    request: pytest.FixtureRequest, project: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServedApp]:
    """The app under one kit with one front end."""
    kit, frontend = request.param
    database = tmp_path_factory.mktemp("database") / DATABASE
    shutil.copy(project / DATABASE, database)
    with ServedApp(
        project,
        STARMODEL_DATABASE_URL=url_of(database),
        STARMODEL_UI=kit,
        STARMODEL_FRONTEND=frontend,
    ) as served:
        yield served


@pytest.fixture
def visitor(browser: Browser, app: ServedApp) -> Iterator[Arrive]:
    with visiting(browser, app.url, expected=is_gone) as arrive:
        yield arrive


def is_gone(error: str) -> bool:
    """Return whether a page is told that its record was deleted, or changed by somebody else."""
    return error.endswith(
        ("status of 404 (Not Found)", "status of 409 (Conflict)", "(Unprocessable Entity)")
    )


def opened(somebody: Visitor, path: str) -> Page:
    """Open a page, and wait until its live stream has begun."""
    with somebody.context.expect_event("response", lambda answer: "/live?" in answer.url):
        return somebody.open(path)


def reach(page: Page, role: Any, name: str) -> None:
    """Press the tabulator key until something has the focus."""
    wanted = page.get_by_role(role, name=name, exact=True).first
    expect(wanted).to_be_visible()
    # Looking for it by its name at each step would take longer than the steps.
    element = wanted.element_handle()
    for _ in range(80):
        if element.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"No way leads to the {role} {name!r} by keyboard.")


def test_records_by_keyboard_alone(visitor: Arrive) -> None:
    somebody = visitor()
    page = somebody.open("/product")
    keys = page.keyboard
    reach(page, "link", "New product")
    keys.press("Enter")
    page.wait_for_url("**/product/new")
    reach(page, "textbox", "Name")
    keys.type("Elm stool")
    reach(page, "textbox", "SKU")
    keys.type("WA-DE-0")
    reach(page, "combobox", "Status")
    keys.type("Act")
    reach(page, "combobox", "Tags")
    keys.type("lam")
    expect(page.get_by_role("listbox").get_by_role("option", name="lamp")).to_be_visible()
    keys.press("Enter")
    expect(page.get_by_role("button", name="Remove lamp")).to_be_visible()
    reach(page, "button", "Create product")
    keys.press("Enter")
    # What is wrong stands beside its input, until that is mended.
    error = page.locator("#product-create-sku--error")
    expect(error).not_to_have_text("")
    sku = page.get_by_role("textbox", name="SKU", exact=True)
    expect(sku).to_have_attribute("aria-invalid", "true")
    expect(sku).to_have_accessible_description(error.inner_text())
    element = sku.element_handle()
    keys.press("Shift+Tab")
    while not element.evaluate("element => element === document.activeElement"):
        keys.press("Shift+Tab")
    keys.press("ControlOrMeta+A")
    keys.type("ELM-1")
    expect(error).to_have_text("")
    reach(page, "button", "Create product")
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Elm stool")
    expect(page.get_by_text("Product created.")).to_be_visible()
    expect(shown(page, "Status")).to_have_text("Active")
    expect(shown(page, "Tags").get_by_role("link")).to_have_text("lamp")

    path = page.url.removeprefix(somebody.url)
    watching = opened(somebody, path)
    reach(page, "spinbutton", "Quantity")
    keys.type("12345")
    keys.press("Enter")
    expect(page.get_by_role("spinbutton", name="Quantity")).to_be_focused()
    keys.press("ControlOrMeta+A")
    keys.type("7")
    keys.press("Enter")
    for each in (page, watching):
        expect(shown(each, "Stock")).to_have_text("7")
    expect(page.get_by_text("Restock: done.")).to_be_visible()

    page.goto(somebody.url + path)
    reach(page, "link", "Edit")
    keys.press("Enter")
    page.wait_for_url("**/edit")
    reach(page, "textbox", "Name")
    keys.press("ControlOrMeta+A")
    keys.type("Ash stool")
    reach(page, "button", "Save")
    keys.press("Enter")
    for each in (page, watching):
        expect(each.get_by_role("heading", level=1)).to_have_text("Ash stool")
    reach(page, "link", "Delete")
    keys.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    keys.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("link", name="Delete", exact=True)).to_be_focused()
    keys.press("Enter")
    expect(dialog).to_be_visible()
    reach(page, "button", "Delete product")
    keys.press("Enter")
    page.wait_for_url("**/product")
    expect(page.get_by_text("Ash stool deleted.")).to_be_visible()
    expect(watching.get_by_text("This product has been deleted.")).to_be_visible()


def test_whoever_comes_second_keeps_what_he_typed(visitor: Arrive) -> None:
    first, second = (visitor().open("/product/p02/edit") for _ in range(2))
    first.get_by_label("Price").fill("12.5")
    first.get_by_role("button", name="Save").click()
    expect(shown(first, "Price")).to_have_text("12.50")
    second.get_by_label("Price").fill("13")
    second.get_by_role("button", name="Save").click()
    notice = second.get_by_role("alert").filter(has_text="Somebody else has changed this.")
    expect(notice).to_be_focused()
    price = second.get_by_label("Price")
    expect(price).to_have_accessible_description("It is now: 12.50")
    expect(price).to_have_value("13")
    second.get_by_role("button", name="Save").click()
    for page in (second, first):
        expect(shown(page, "Price")).to_have_text("13.00")


def test_a_list_is_searched_sorted_filtered_and_followed(visitor: Arrive) -> None:
    somebody = visitor()
    page = opened(somebody, "/product?limit=12")
    titles = page.locator("tbody th")
    page.evaluate("window.isTheSame = true")
    page.get_by_role("link", name="Name", exact=True).click()
    expect(titles.first).to_have_text("Brass bench")
    page.get_by_role("link", name="Name", exact=True).click()
    expect(titles.first).to_have_text("Walnut shelf")
    page.get_by_role("link", name="Next page").click()
    expect(titles.first).not_to_have_text("Walnut shelf")
    page.get_by_role("link", name="Previous page").click()
    expect(titles.first).to_have_text("Walnut shelf")
    page.get_by_label("Search").fill("oak")
    expect(titles).to_have_count(6)
    page.locator("#product-find-status").select_option("Retired")
    expect(titles).to_have_text(["Oak lamp", "Oak bench"])
    assert "q=oak" in page.url and "status=retired" in page.url
    page.locator("#product-find-status").select_option("Any")
    expect(titles).to_have_count(6)
    # What is made elsewhere, and fits, comes in.
    made = page.request.post(
        f"{somebody.url}/product", data={"name": "Oak & <b>ash</b>", "sku": "OA"}, headers=JSON
    )
    assert made.status == 201
    expect(titles.filter(has_text="Oak & <b>ash</b>")).to_have_count(1)
    page.request.delete(somebody.url + made.headers["location"], headers=JSON)
    expect(titles).to_have_count(6)
    assert page.evaluate("window.isTheSame")


@each_once
def test_without_a_script(visitor: Arrive) -> None:
    page = visitor(java_script_enabled=False).open("/product?limit=12")
    page.get_by_label("Search").fill("linen")
    page.get_by_role("button", name="Search").click()
    titles = page.locator("tbody th")
    expect(titles).to_have_count(6)
    page.get_by_role("link", name="New product").click()
    page.get_by_label("Name").fill("Elm stool")
    page.get_by_label("Sku").fill("WA-DE-0")
    page.get_by_role("button", name="Create product").click()
    sku = page.get_by_label("Sku")
    expect(page.locator("#product-create-sku--error")).not_to_have_text("")
    expect(sku).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Name")).to_have_value("Elm stool")
    sku.fill("ELM-2")
    page.get_by_role("button", name="Create product").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Elm stool")
    expect(page.get_by_text("Product created.")).to_be_visible()
    page.get_by_label("Quantity").fill("7")
    page.get_by_role("button", name="Restock").click()
    expect(shown(page, "Stock")).to_have_text("7")
    page.get_by_role("link", name="Edit").click()
    stale = page.context.new_page()
    stale.goto(page.url)
    page.get_by_label("Price").fill("12.5")
    page.get_by_role("button", name="Save").click()
    expect(shown(page, "Price")).to_have_text("12.50")
    stale.get_by_label("Price").fill("13")
    stale.get_by_role("button", name="Save").click()
    expect(stale.get_by_text("Somebody else has changed this.")).to_be_visible()
    expect(stale.get_by_label("Price")).to_have_value("13")
    stale.get_by_role("button", name="Save").click()
    expect(shown(stale, "Price")).to_have_text("13.00")
    stale.get_by_role("link", name="Delete").click()
    stale.get_by_role("button", name="Delete product").click()
    expect(stale.get_by_text("Elm stool deleted.")).to_be_visible()


@each_once
def test_nobody_is_kept_out_and_a_phone_is_wide_enough(browser: Browser, app: ServedApp) -> None:
    # axe-core is put into the page, which its policy would not allow.
    with visiting(browser, app.url, expected=is_gone) as arrive:
        somebody = arrive(bypass_csp=True, viewport=PHONE)
        page = somebody.open("/")
        # Long words, and rows of records that refer to one.
        fields = {"name": "W" * 120, "sku": "M" * 32}
        long = page.request.post(f"{somebody.url}/product", data=fields, headers=JSON)
        long_path = long.headers["location"]
        page.close()
        paths = ("/", "/product?limit=12", "/order/o1", "/product/p01/edit", "/nothing")
        for path in (*paths, "/tag/t1", long_path, f"{long_path}/edit", f"{long_path}/delete"):
            page = somebody.open(path)
            assert findings(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"], path
            page.close()
        page = somebody.open("/")
        page.request.delete(f"{somebody.url}{long_path}", headers=JSON)


@each_once
def test_row_actions_stay_in_sight(visitor: Arrive) -> None:
    page = visitor(viewport={"width": 760, "height": 800}).open("/product?limit=12")
    table = page.get_by_role("region", name="Products")
    assert table.evaluate("one => one.scrollWidth > one.clientWidth")
    row = page.locator("tbody tr").first
    edit = row.get_by_role("link", name="Edit")
    # It is on top, within the window.
    assert edit.evaluate("""one => {
        const box = one.getBoundingClientRect();
        return one === document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    }""")
    heading = page.get_by_role("columnheader", name="Actions")
    left = "one => one.getBoundingClientRect().x + parseFloat(getComputedStyle(one).paddingLeft)"
    assert abs(heading.evaluate(left) - edit.evaluate("one => one.getBoundingClientRect().x")) < 1
    # A tick stands beside the first line of the name.
    middle = """one => {
        const line = document.createRange();
        line.selectNodeContents(one);
        const box = one.matches("input") ? one.getBoundingClientRect() : line.getClientRects()[0];
        return box.y + box.height / 2;
    }"""
    tick, name = row.get_by_role("checkbox"), row.locator("th a")
    assert abs(tick.evaluate(middle) - name.evaluate(middle)) < 4
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    assert abs(tick.evaluate(middle) - name.evaluate(middle)) < 12
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


@each_once
def test_long_texts_are_cut_in_lists_and_headings(visitor: Arrive) -> None:
    somebody = visitor(viewport=PHONE)
    page = somebody.open("/product")
    text = "Something that has very much to say about itself. "
    fields = {"name": (text * 3)[:120], "sku": "LONG", "description": text * 30}
    made = page.request.post(f"{somebody.url}/product", data=fields, headers=JSON)
    path = made.headers["location"]
    lines = """one => one.getBoundingClientRect().height
        / parseFloat(getComputedStyle(one).lineHeight)"""
    for width in (PHONE["width"], 1280):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{somebody.url}/product?columns=name,description&q=LONG")
        cell = page.locator("tbody td > span").filter(has_text="very much")
        expect(cell).to_have_text(fields["description"].strip())
        assert cell.evaluate(lines) < 3.5
        page.goto(f"{somebody.url}{path}")
        assert page.get_by_role("heading", level=1).evaluate(lines) < 3.5
        here = page.locator("nav[aria-label=Breadcrumb] [aria-current]")
        assert here.evaluate(lines) < 1.5
        assert page.evaluate("document.documentElement.scrollWidth") == width
    page.request.delete(f"{somebody.url}{path}", headers=JSON)


HOSTILE = (
    "</script><img src=x onerror=hacked=1>'+(hacked=1)+'${hacked=1}{{7*7}}",
    "\"' onfocus=hacked=1 hx-on:load=hacked=1 data-init=hacked=1 @get('/x') $product.name;",
    "\x02\x020\x03\u202e\u2066 </textarea></select><svg/onload=hacked=1> \\u003c\u2028&lt;b&gt;",
)
PATHS = (
    "/product?q={0}&sort=name",
    "/product?q={0}&columns=name,sku,tags",
    "/product/{1}",
    "/product/{1}/edit",
    "/product/{1}/delete",
    "/product/new?tags={2}&name={0}",
    "/tag/{2}",
    "/order/{3}",
    "/{0}",
)


@each_once
def test_hostile_texts_stay_texts(visitor: Arrive) -> None:
    somebody = visitor()
    page = somebody.open("/customer")
    request = page.request
    asked: list[str] = []
    somebody.context.on("request", lambda one: asked.append(one.url))

    def make(path: str, **fields: object) -> str:
        answer = request.post(f"{somebody.url}{path}", data=fields, headers=JSON)
        assert answer.status == 201, answer.text()
        return answer.headers["location"].rpartition("/")[2]

    def shapes(text: str) -> list[object]:
        tag = make("/tag", name=text[:40])
        product = make("/product", name=text, sku=text[:31], description=text, tags=[tag])
        customer = make("/customer", name=text, email=f"{text}@example.org")
        order = make("/order", customer=customer, note=text)
        found: list[object] = []
        for path in PATHS:
            address = path.format(quote(text, safe=""), product, tag, order)
            page.goto(somebody.url + address)
            if "/product/" in path and path.endswith("{1}"):
                told = page.get_by_role("heading", level=1).evaluate("one => one.textContent")
                assert told == text
            found.append(
                (path, page.evaluate("[...document.querySelectorAll('*')].map(one => one.tagName)"))
            )
        assert page.evaluate("window.hacked") is None
        assert not [url for url in asked if url.endswith("/x")]
        for path, id in (
            ("order", order),
            ("customer", customer),
            ("product", product),
            ("tag", tag),
        ):
            assert request.delete(f"{somebody.url}/{path}/{id}", headers=JSON).status == 204
        return found

    plain = shapes("plain words")
    for text in HOSTILE:
        assert shapes(text) == plain

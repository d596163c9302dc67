"""Lists and mappings in forms: a row of inputs for each item, with a script and without."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from served_app import ServedApp, generate, run_starmodel
from stocked_project import DATABASE, url_of

from .visitor import Arrive, visiting

HERE = Path(__file__).parent

ROWS_OF = "sm-items[name={}]"
LINE = {"product": "Pen", "quantity": 2, "price": "1.50", "unit": "piece", "is_gift": False}
ORDER: dict[str, Any] = {
    "title": "One",
    "lines": [
        {**LINE, "product": "two\r\nlines\n", "at": "09:30:05.123456"},
        {**LINE, "product": "Ink", "unit": "crate", "is_gift": True, "at": None},
    ],
    "marks": {"a\nb": 1, "__proto__": 2, "c.d": 12345678901234567},
    "words": {"": "", "x": "a\r\nb "},
    "remarks": ["a\r\nb", "", " c "],
    "extra": None,
}

both = pytest.mark.parametrize("scripts", [True, False])


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rows")
    generate(folder, HERE / "rows_entities.py")
    url = url_of(folder / DATABASE)
    for command in (("new", "first"), ("up",)):
        run_starmodel(folder, "migrate", *command, STARMODEL_DATABASE_URL=url)
    return folder


@pytest.fixture(scope="module")
def app(project: Path) -> Iterator[ServedApp]:
    """The app, for all tests: each has an order of its own."""
    with ServedApp(project, STARMODEL_DATABASE_URL=url_of(project / DATABASE)) as served:
        yield served


@pytest.fixture
def visitor(browser: Browser, app: ServedApp) -> Iterator[Arrive]:
    with visiting(browser, app.url, expected=lambda error: "status of 4" in error) as arrive:
        yield arrive


def ask(app: ServedApp, method: str, path: str, body: object = None) -> Any:
    request = Request(
        app.url + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"accept": "application/json", "content-type": "application/json"},
    )
    with urlopen(request) as answer:
        return json.loads(answer.read())["state"]


@pytest.fixture
def order(app: ServedApp) -> Any:
    return ask(app, "GET", f"/order/{ask(app, 'POST', '/order', ORDER)['id']}")


def rows(page: Page, name: str) -> Locator:
    return page.locator(f"{ROWS_OF.format(name)} li")


def new_row(page: Page, name: str, scripts: bool) -> Locator:
    """Return a row that is empty."""
    if scripts:
        page.locator(ROWS_OF.format(name)).get_by_role("button", name="Add").click()
        return rows(page, name).last
    return page.locator(f"{ROWS_OF.format(name)} noscript li").first


def save(page: Page, button: str = "Save") -> None:
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("link", name="Edit")).to_be_visible()


@both
def test_what_nobody_touched_stays(
    app: ServedApp, order: Any, visitor: Arrive, scripts: bool
) -> None:
    page = visitor(java_script_enabled=scripts).open(f"/order/{order['id']}/edit")
    page.get_by_label("Title").fill("Two")
    save(page)
    assert ask(app, "GET", f"/order/{order['id']}") == {**order, "title": "Two"}


@both
def test_one_part_of_one_row(app: ServedApp, order: Any, visitor: Arrive, scripts: bool) -> None:
    page = visitor(java_script_enabled=scripts).open(f"/order/{order['id']}/edit")
    rows(page, "lines").nth(0).get_by_label("Quantity").fill("7")
    rows(page, "marks").nth(1).get_by_label("Value").fill("3")
    rows(page, "remarks").nth(2).get_by_role("textbox").fill("d\ne")
    save(page)
    first, second = order["lines"]
    assert ask(app, "GET", f"/order/{order['id']}") == {
        **order,
        "lines": [{**first, "quantity": 7}, second],
        "marks": {**order["marks"], "__proto__": 3},
        "remarks": ["a\r\nb", "", "d\ne"],
    }


@both
def test_rows_are_added(app: ServedApp, order: Any, visitor: Arrive, scripts: bool) -> None:
    page = visitor(java_script_enabled=scripts).open(f"/order/{order['id']}/edit")
    row = new_row(page, "lines", scripts)
    row.get_by_label("Product").fill("Cap")
    row.get_by_label("At").fill("10:15")
    row = new_row(page, "words", scripts)
    row.get_by_label("Key").fill("y")
    row = new_row(page, "extra", scripts)
    row.get_by_label("Product").fill("Bag")
    save(page)
    cap = {**LINE, "product": "Cap", "quantity": 1, "price": "0.00", "at": "10:15:00"}
    assert ask(app, "GET", f"/order/{order['id']}") == {
        **order,
        "lines": [*order["lines"], cap],
        "words": {**order["words"], "y": ""},
        "extra": [{**cap, "product": "Bag", "at": None}],
    }


def test_rows_are_removed(app: ServedApp, order: Any, visitor: Arrive) -> None:
    page = visitor().open(f"/order/{order['id']}/edit")
    rows(page, "lines").first.get_by_role("button", name="Remove").click()
    expect(rows(page, "lines").get_by_role("button", name="Remove")).to_be_focused()
    for _ in range(3):
        rows(page, "marks").first.get_by_role("button", name="Remove").click()
    save(page)
    expected: dict[str, Any] = {**order, "lines": order["lines"][1:], "marks": {}}
    assert ask(app, "GET", f"/order/{order['id']}") == expected


def test_a_row_that_is_emptied_is_removed(app: ServedApp, order: Any, visitor: Arrive) -> None:
    page = visitor(java_script_enabled=False).open(f"/order/{order['id']}/edit")
    row = rows(page, "lines").first
    for label in ("Product", "Quantity", "Price", "At"):
        row.get_by_label(label).fill("")
    row.get_by_label("Unit").select_option("")
    row.get_by_label("Is gift").select_option("")
    save(page)
    state = ask(app, "GET", f"/order/{order['id']}")
    assert state == {**order, "lines": order["lines"][1:]}


@both
def test_an_error_stands_beside_the_list(
    app: ServedApp, order: Any, visitor: Arrive, scripts: bool
) -> None:
    page = visitor(java_script_enabled=scripts).open(f"/order/{order['id']}/edit")
    row = new_row(page, "lines", scripts)
    row.get_by_label("Quantity").fill("5")
    row.get_by_label("Product").fill("")
    page.get_by_role("button", name="Save").click()
    list_ = page.get_by_role("group", name="Lines")
    expect(list_.get_by_role("alert")).to_contain_text("Item 3, Product")
    # What was typed is still there.
    expect(rows(page, "lines").nth(2).get_by_label("Quantity")).to_have_value("5")
    rows(page, "lines").nth(2).get_by_label("Product").fill("Cap")
    save(page)
    assert ask(app, "GET", f"/order/{order['id']}")["lines"][2]["product"] == "Cap"
    assert ask(app, "GET", f"/order/{order['id']}")["lines"][:2] == order["lines"]


def test_a_key_is_there_once(app: ServedApp, order: Any, visitor: Arrive) -> None:
    page = visitor().open(f"/order/{order['id']}/edit")
    row = new_row(page, "words", True)
    row.get_by_label("Key").fill("x")
    page.get_by_role("button", name="Save").click()
    alert = page.get_by_role("group", name="Words").get_by_role("alert")
    expect(alert).to_have_text("This is given twice.")


def test_what_is_stored_meanwhile_can_be_taken(app: ServedApp, order: Any, visitor: Arrive) -> None:
    page = visitor().open(f"/order/{order['id']}/edit")
    rows(page, "lines").first.get_by_label("Quantity").fill("9")
    theirs = [{**order["lines"][1], "product": "a\r\nb"}, *order["lines"]]
    ask(app, "PATCH", f"/order/{order['id']}", {"lines": theirs, "marks": {"z": 4}})
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Somebody else has changed this.")).to_be_visible()
    expect(rows(page, "lines")).to_have_count(2)
    expect(rows(page, "marks")).to_have_count(1)
    list_ = page.get_by_role("group", name="Lines")
    list_.get_by_role("button", name="Take theirs").click()
    expect(rows(page, "lines")).to_have_count(3)
    save(page)
    state = ask(app, "GET", f"/order/{order['id']}")
    assert state == {**order, "lines": theirs, "marks": {"z": 4}}


@both
def test_one_s_own_rows_are_kept(
    app: ServedApp, order: Any, visitor: Arrive, scripts: bool
) -> None:
    page = visitor(java_script_enabled=scripts).open(f"/order/{order['id']}/edit")
    rows(page, "lines").first.get_by_label("Quantity").fill("9")
    ask(app, "PATCH", f"/order/{order['id']}", {"lines": order["lines"][1:]})
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Somebody else has changed this.")).to_be_visible()
    save(page)
    lines = ask(app, "GET", f"/order/{order['id']}")["lines"]
    assert [line["quantity"] for line in lines] == [9, 2]
    assert lines[1] == order["lines"][1]


@both
def test_a_new_record_has_its_defaults(app: ServedApp, visitor: Arrive, scripts: bool) -> None:
    page = visitor(java_script_enabled=scripts).open("/order/new")
    page.get_by_label("Title").fill("New")
    save(page, "Create order")
    made = ask(app, "GET", f"/order/{page.url.rpartition('/')[2]}")
    empty: dict[str, Any] = {
        "lines": [],
        "marks": {"first": 1},
        "words": {},
        "remarks": [],
        "extra": None,
    }
    assert made == {"id": made["id"], "title": "New", **empty}


@both
def test_an_event_takes_rows(app: ServedApp, visitor: Arrive, scripts: bool) -> None:
    # There is one desk.
    product = "Cap" if scripts else "Hat"
    page = visitor(java_script_enabled=scripts).open("/desk")
    new_row(page, "lines", scripts).get_by_label("Product").fill(product)
    page.get_by_role("button", name="Replace all").click()
    expect(page.get_by_role("cell", name=product)).to_be_visible()
    (line,) = ask(app, "GET", "/desk")["lines"]
    assert (line["product"], line["quantity"]) == (product, 1)

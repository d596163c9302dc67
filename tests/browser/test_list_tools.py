"""What people do with a list beyond reading it: chosen columns, files, many records at once."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, expect
from served_app import ServedApp, generate, run_starmodel
from stocked_project import DATABASE, make_stocked_project, url_of

from .test_accessibility import FACTS, PHONE
from .visitor import Arrive, visiting


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop in a database, with its goods."""
    folder = tmp_path_factory.mktemp("stocked")
    make_stocked_project(folder)
    return folder


@pytest.fixture(scope="module")
def app(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedApp]:
    """The app for all tests that leave the products as they are."""
    database = tmp_path_factory.mktemp("database") / DATABASE
    shutil.copy(project / DATABASE, database)
    with ServedApp(project, STARMODEL_DATABASE_URL=url_of(database)) as served:
        yield served


@pytest.fixture
def visitor(browser: Browser, app: ServedApp) -> Iterator[Arrive]:
    with visiting(browser, app.url) as arrive:
        yield arrive


@pytest.fixture
def first_visitor(browser: Browser, project: Path, tmp_path: Path) -> Iterator[Arrive]:
    """Makes visitors of the app as it is at first, with a database of its own."""
    database = tmp_path / DATABASE
    shutil.copy(project / DATABASE, database)
    with (
        ServedApp(project, STARMODEL_DATABASE_URL=url_of(database)) as served,
        visiting(browser, served.url) as arrive,
    ):
        yield arrive


@pytest.mark.parametrize("options", [{}, {"java_script_enabled": False}])
def test_a_list_leads_back_and_to_chosen_columns(visitor: Arrive, options: dict[str, Any]) -> None:
    page = visitor(**options).open("/product?sort=name&limit=12")
    titles = page.locator("tbody th")
    expect(page.get_by_role("link", name="Previous page")).to_have_count(0)
    page.get_by_role("link", name="Next page").click()
    expect(titles.first).to_have_text("Copper bench")
    page.get_by_role("link", name="Next page").click()
    expect(titles.first).to_have_text("Marble bench")
    page.get_by_role("link", name="Previous page").click()
    expect(titles.first).to_have_text("Copper bench")
    page.get_by_role("link", name="Previous page").click()
    expect(titles.first).to_have_text("Brass bench")
    expect(page.get_by_role("link", name="First page")).to_have_count(0)

    page.get_by_text("Columns", exact=True).click()
    boxes = page.locator(".column-chooser, details:has(.column-choice)")
    boxes.get_by_label("Sku").uncheck()
    boxes.get_by_label("Tags").check()
    boxes.get_by_role("button", name="Show these columns").click()
    expect(page.get_by_role("columnheader", name="Tags")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Sku")).to_have_count(0)
    expect(titles).to_have_count(12)
    # Whoever searches on keeps them.
    page.get_by_label("Search").fill("oak")
    page.get_by_label("Search").press("Enter")
    expect(titles).to_have_count(6)
    expect(page.get_by_role("columnheader", name="Tags")).to_be_visible()
    assert "columns=" in page.url


def test_a_list_is_taken_to_a_file(visitor: Arrive) -> None:
    page = visitor().open("/product?q=oak&columns=name,price")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as CSV").click()
    assert download.value.suggested_filename == "product.csv"
    lines = Path(download.value.path()).read_text("utf-8-sig").splitlines()
    assert lines[0] == "Name,Price"
    assert len(lines) == 7


@pytest.mark.parametrize("options", [{}, {"java_script_enabled": False}])
def test_many_records_are_deleted_at_once(first_visitor: Arrive, options: dict[str, Any]) -> None:
    page = first_visitor(**options).open("/product?q=oak&sort=name")
    titles = page.locator("tbody th")
    expect(titles).to_have_count(6)
    names = titles.all_inner_texts()
    page.get_by_label(f"Select {names[0]}").check()
    page.get_by_label(f"Select {names[2]}").check()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Delete 2 products?")
    expect(page.locator("main li")).to_have_text([names[0], names[2]])
    page.get_by_role("link", name="Cancel").click()
    expect(titles).to_have_count(6)
    page.get_by_label(f"Select {names[0]}").check()
    page.get_by_label(f"Select {names[2]}").check()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete product").click()
    refused = page.get_by_role("link", name="Back to the products")
    if refused.count():
        # One that was ordered is needed by its order.
        refused.click()
    expect(page.get_by_label("Search")).to_have_value("oak")
    assert titles.count() < 6


def test_all_rows_are_ticked_at_once(visitor: Arrive) -> None:
    page = visitor().open("/tag")
    rows = page.locator("tbody tr")
    count = rows.count()
    page.get_by_label("Select all").check()
    expect(page.locator("tbody input:checked")).to_have_count(count)
    page.locator("tbody input").first.uncheck()
    assert page.get_by_label("Select all").evaluate("(all) => all.indeterminate")


def test_a_row_leads_to_what_can_be_done(visitor: Arrive) -> None:
    page = visitor().open("/product?q=Oak desk")
    page.get_by_role("link", name="Edit Oak desk").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Edit product")


def test_tools_of_a_list_are_accessible(
    browser: Browser, visitor: Arrive, screenshots: Path
) -> None:
    for name, options in {"desktop": {}, "phone": {"viewport": PHONE}}.items():
        page = visitor(**options).open("/product?limit=12")
        page.screenshot(path=screenshots / f"list-tools-{name}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.get_by_text("Columns", exact=True).click()
        facts = page.evaluate(FACTS)
        assert facts["unlabelled"] == facts["twice"] == facts["lost"] == []
        if name == "phone":
            assert facts["small"] == []


def test_a_record_shows_what_refers_to_it_and_follows(visitor: Arrive) -> None:
    page = visitor().open("/order/o1")
    lines = page.locator("#order-lines")
    expect(lines.get_by_role("heading")).to_have_text("Lines")
    rows = lines.locator("tbody tr")
    before = rows.count()
    page.evaluate("window.isTheSame = true")
    somebody = visitor()
    other = somebody.open("/order/o1")
    form = other.locator("form").filter(has=other.get_by_role("button", name="Add line"))
    form.get_by_role("combobox").click()
    form.get_by_role("option").first.click()
    form.get_by_label("Quantity").fill("3")
    form.get_by_role("button", name="Add line").click()
    expect(other.locator("#order-lines tbody tr")).to_have_count(before + 1)
    expect(rows).to_have_count(before + 1)
    assert page.evaluate("window.isTheSame")

    lines.get_by_role("link", name="Show all").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Order lines")
    expect(page.locator("tbody tr")).to_have_count(before + 1)


def test_a_new_record_begins_with_the_one_that_it_refers_to(visitor: Arrive) -> None:
    page = visitor().open("/customer")
    page.locator("tbody th a").first.click()
    name = page.get_by_role("heading", level=1).inner_text()
    page.locator("#customer-orders").get_by_role("link", name="New order").click()
    expect(page.get_by_role("combobox", name="Customer")).to_have_value(name)
    page.get_by_role("button", name="Create order").click()
    expect(page.get_by_role("link", name=name)).to_be_visible()


def test_a_page_that_is_up_to_date_is_not_fetched_again(visitor: Arrive) -> None:
    somebody = visitor()
    asked: list[str] = []
    somebody.context.on("request", lambda request: asked.append(request.url))
    page = somebody.open("/order/o1")
    page.wait_for_timeout(1500)
    assert [url for url in asked if url.endswith("/order/o1")] == [f"{somebody.url}/order/o1"]


@pytest.mark.parametrize("options", [{}, {"java_script_enabled": False}])
def test_one_record_is_made_after_another(visitor: Arrive, options: dict[str, Any]) -> None:
    page = visitor(**options).open("/tag/new")
    kind = "plain" if options else "live"
    for name in (f"first {kind} word", f"second {kind} word"):
        page.get_by_label("Name").fill(name)
        page.get_by_role("button", name="Create and add another").click()
        expect(page.get_by_label("Name")).to_have_value("")
        expect(page.get_by_role("status")).to_have_text("Tag created.")
    page.goto(page.url.replace("/tag/new", f"/tag?q={kind} word"))
    expect(page.locator("tbody th")).to_have_text([f"first {kind} word", f"second {kind} word"])


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedApp]:
    """An app whose books have covers."""
    folder = tmp_path_factory.mktemp("library")
    generate(folder, Path(__file__).parents[1] / "support" / "listed_entities.py")
    url = url_of(folder / DATABASE)
    run_starmodel(folder, "migrate", "new", "first", STARMODEL_DATABASE_URL=url)
    run_starmodel(folder, "migrate", "up", STARMODEL_DATABASE_URL=url)
    with ServedApp(folder, STARMODEL_DATABASE_URL=url) as served:
        yield served


@pytest.mark.parametrize("options", [{}, {"java_script_enabled": False}])
def test_a_file_is_sent_and_downloaded(
    browser: Browser, library: ServedApp, options: dict[str, Any]
) -> None:
    content = bytes(range(256)) * 2000
    chosen = FilePayload(name="cover.png", mimeType="image/png", buffer=content)
    with visiting(browser, library.url) as arrive:
        page = arrive(**options).open("/author/new")
        page.get_by_label("Name").fill("Ada")
        page.get_by_role("button", name="Create author").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Ada")
        page.get_by_role("link", name="New book").click()
        page.get_by_label("Title").fill("On engines")
        page.get_by_label("Cover").set_input_files(chosen)
        page.get_by_role("button", name="Create book").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("On engines")
        with page.expect_download() as download:
            page.get_by_role("link", name="512 kB").click()
        assert Path(download.value.path()).read_bytes() == content
        assert len(page.content()) < 50_000

        page.get_by_role("link", name="Edit").click()
        page.get_by_label("Pages").fill("7")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("link", name="512 kB")).to_be_visible()
        page.get_by_role("link", name="Edit").click()
        page.get_by_label("Remove what is stored").check()
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("On engines")
        expect(page.get_by_role("link", name="512 kB")).to_have_count(0)


def test_a_large_file_shows_how_far_it_is(browser: Browser, library: ServedApp) -> None:
    content = bytes(range(256)) * 8_000
    chosen = FilePayload(name="cover.png", mimeType="image/png", buffer=content)
    with visiting(browser, library.url, expected=lambda error: "422" in error) as arrive:
        page = arrive().open("/author/new")
        page.get_by_label("Name").fill("Grace")
        page.get_by_role("button", name="Create author").click()
        page.get_by_role("link", name="New book").click()
        page.get_by_label("Cover").set_input_files(chosen)
        page.get_by_label("Title").fill("On compilers")
        page.get_by_label("Pages").evaluate("input => { input.type = 'text'; }")
        page.get_by_label("Pages").fill("many")
        page.get_by_role("button", name="Create book").click()
        expect(page.get_by_label("Pages")).to_have_attribute("aria-invalid", "true")
        expect(page.get_by_label("Title")).to_have_value("On compilers")

        network: Any = page.context.new_cdp_session(page)
        slow = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": 500_000}
        network.send("Network.emulateNetworkConditions", {"offline": False, **slow})
        page.get_by_label("Pages").fill("7")
        page.get_by_label("Cover").set_input_files(chosen)
        page.get_by_role("button", name="Create book").click()
        bar = page.get_by_role("progressbar", name="Sending")
        expect(bar).to_be_visible()
        page.wait_for_function("document.querySelector('progress.upload').value > 0.2")
        page.get_by_role("button", name="Create book").click(force=True)
        expect(page.get_by_role("heading", level=1)).to_have_text("On compilers")
        expect(page.get_by_role("link", name="2.0 MB")).to_be_visible()
        page.get_by_role("link", name="Books").first.click()
        expect(page.get_by_role("link", name="On compilers", exact=True)).to_have_count(1)


def test_a_new_name_is_said_everywhere_on_a_page(browser: Browser, library: ServedApp) -> None:
    with visiting(browser, library.url) as arrive:
        page = arrive().open("/author")
        made = page.request.post(
            f"{library.url}/author",
            data={"name": "Augusta"},
            headers={"accept": "application/json"},
        )
        path = made.headers["location"]
        page.goto(f"{library.url}{path}")
        expect(page).to_have_title(re.compile("^Augusta"))
        page.request.patch(f"{library.url}{path}", data={"name": "Countess"})
        expect(page.get_by_role("heading", level=1)).to_have_text("Countess")
        expect(page).to_have_title(re.compile("^Countess"))
        breadcrumb = page.get_by_role("navigation", name="Breadcrumb")
        expect(breadcrumb.locator("[aria-current]")).to_have_text("Countess")
        page.get_by_role("link", name="Delete").click()
        expect(page.get_by_role("dialog")).to_contain_text("Countess will be deleted.")


def test_a_list_is_filtered_by_what_it_refers_to(browser: Browser, library: ServedApp) -> None:
    with visiting(browser, library.url) as arrive:
        page = arrive().open("/book")

        def make(path: str, **fields: str) -> str:
            answer = page.request.post(
                library.url + path,
                data=fields,
                headers={"accept": "application/json", "sec-fetch-site": "same-origin"},
            )
            return answer.headers["location"].rpartition("/")[2]

        authors = {name: make("/author", name=name) for name in ("Grace", "Emmy")}
        for number in range(3):
            for name, id in authors.items():
                make("/book", title=f"{name} {number}", author=id)
        titles = page.locator("tbody th")
        box = page.get_by_role("combobox", name="Author")
        box.fill("Emm")
        page.get_by_role("option", name="Emmy").click()
        expect(titles).to_have_text(["Emmy 0", "Emmy 1", "Emmy 2"])
        assert page.url.endswith(f"/book?author={authors['Emmy']}")
        # The list follows what fits, and the box says what the record is called.
        make("/book", title="Grace 3", author=authors["Grace"])
        make("/book", title="Emmy 3", author=authors["Emmy"])
        expect(titles).to_have_text([f"Emmy {number}" for number in range(4)])
        again = arrive().open(page.url.removeprefix(library.url))
        expect(again.get_by_role("combobox", name="Author")).to_have_value("Emmy")
        again.get_by_role("combobox", name="Author").fill("")
        again.get_by_label("Search").fill("Grace 3")
        expect(again.locator("tbody th")).to_have_text(["Grace 3"])

        plain = arrive(java_script_enabled=False).open("/book?q=mmy")
        plain.get_by_role("textbox", name="Author").fill(authors["Emmy"])
        plain.get_by_role("button", name="Search").click()
        expect(plain.locator("tbody th")).to_have_count(4)
        plain.get_by_role("link", name="Title").click()
        expect(plain.get_by_role("textbox", name="Author")).to_have_value(authors["Emmy"])
        assert "q=mmy" in plain.url


@pytest.mark.parametrize("options", [{}, {"java_script_enabled": False}])
def test_a_row_has_a_button_for_what_needs_no_argument(
    browser: Browser, library: ServedApp, options: dict[str, Any], screenshots: Path
) -> None:
    title = f"Lent {len(options)}"
    with visiting(browser, library.url) as arrive:
        page = arrive(**options).open("/author/new")
        page.get_by_label("Name").fill(title)
        page.get_by_role("button", name="Create author").click()
        page.get_by_role("link", name="New book").click()
        page.get_by_label("Title").fill(title)
        page.get_by_role("button", name="Create book").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        page.goto(f"{library.url}/book?q=Lent")
        page.screenshot(path=screenshots / f"row-buttons-{len(options)}.png")
        page.get_by_role("button", name=f"Lend {title}").click()
        row = page.locator("tbody tr").filter(has_text=title)
        expect(row.locator("td", has_text="Is lent")).to_contain_text("Yes")
        assert page.url.endswith("/book?q=Lent")
        # It has been lent already: a page says that it was refused, and leads back.
        page.get_by_role("button", name=f"Lend {title}").click()
        expect(page.get_by_text("Somebody has it already.")).to_be_visible()
        page.get_by_role("link", name="Back to the books").click()
        expect(row).to_have_count(1)

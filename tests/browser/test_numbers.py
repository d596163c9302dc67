"""Records with running numbers, as people make, find, edit, pick and delete them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from served_app import ServedApp, generate, run_starmodel
from stocked_project import DATABASE, url_of

from .visitor import Arrive, shown, visiting

CASE = Path(__file__).parents[1] / "cases" / "numbers" / "entities.py"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("numbers")
    generate(folder, CASE)
    url = url_of(folder / DATABASE)
    for command in (["new", "first"], ["up"]):
        run_starmodel(folder, "migrate", *command, STARMODEL_DATABASE_URL=url)
    return folder


@pytest.fixture
def visitor(browser: Browser, project: Path) -> Iterator[Arrive]:
    with (
        ServedApp(project, STARMODEL_DATABASE_URL=url_of(project / DATABASE)) as served,
        visiting(browser, served.url) as arrive,
    ):
        yield arrive


@pytest.mark.parametrize("has_script", [True, False])
def test_records_are_made_picked_edited_and_deleted(visitor: Arrive, has_script: bool) -> None:
    page = visitor(java_script_enabled=has_script).open("/tag/new")
    ids: list[str] = []
    for name in ("gift", "tea"):
        page.get_by_label("Name").fill(f"{name} {has_script}")
        page.get_by_role("button", name="Create tag").click()
        page.wait_for_url(re.compile(r"/tag/\d+$"))
        ids.append(page.url.rpartition("/")[2])
        page.goto(page.url.replace(f"/tag/{ids[-1]}", "/tag/new"))
    assert int(ids[1]) == int(ids[0]) + 1

    page.goto(page.url.replace("/tag/new", "/product/new"))
    page.get_by_label("Name").fill(f"Sencha {has_script}")
    if has_script:
        picker = page.get_by_role("combobox", name="Tags")
        picker.fill("tea")
        page.get_by_role("option").first.click()
    else:
        page.get_by_label("Tags").fill(ids[1])
    page.get_by_role("button", name="Create product").click()
    page.wait_for_url(re.compile(r"/product/\d+$"))
    number = page.url.rpartition("/")[2]
    expect(shown(page, "ID")).to_have_text(number)
    tags = shown(page, "Tags").get_by_role("link")
    expect(tags).to_have_text([f"tea {has_script}"])
    expect(tags).to_have_attribute("href", f"/tag/{ids[1]}")

    page.get_by_role("link", name="Edit").click()
    page.wait_for_url(f"**/product/{number}/edit")
    page.get_by_label("Price").fill("2.50")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(f"**/product/{number}")
    expect(shown(page, "Price")).to_have_text("2.50")

    page.goto(page.url.replace(f"/product/{number}", "/product?sort=-id"))
    row = page.locator("tbody tr").first
    expect(row).to_contain_text(f"Sencha {has_script}")
    link = row.get_by_role("link", name=f"Sencha {has_script}", exact=True)
    expect(link).to_have_attribute("href", f"/product/{number}")
    link.click()
    page.wait_for_url(f"**/product/{number}")
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete product").click()
    page.wait_for_url("**/product")
    expect(page.get_by_role("link", name=f"Sencha {has_script}")).to_have_count(0)


def test_a_page_follows_its_record_and_what_refers_to_it(visitor: Arrive) -> None:
    page = visitor().open("/product/new")
    page.get_by_label("Name").fill("Gyokuro")
    page.get_by_role("button", name="Create product").click()
    page.wait_for_url(re.compile(r"/product/\d+$"))
    address = page.url
    other = visitor().open(address.partition(page.url.split("/product")[0])[2] + "/edit")
    other.get_by_label("Name").fill("Gyokuro, first flush")
    other.get_by_role("button", name="Save").click()
    expect(shown(page, "Name")).to_have_text("Gyokuro, first flush")

    page.goto(address.partition("/product")[0] + "/order/new")
    product = page.get_by_role("combobox", name="Product")
    product.fill("gyo")
    page.get_by_role("option").first.click()
    page.get_by_role("button", name="Place").click()
    page.wait_for_url(re.compile(r"/order/\d+$"))
    number = page.url.rpartition("/")[2]
    expect(shown(page, "ID")).to_have_text(number)
    expect(page.locator("tbody tr")).to_contain_text("Gyokuro, first flush")
    with page.expect_response("**/split"):
        page.get_by_role("button", name="Split").click()
    page.goto(address.partition("/product")[0] + f"/order?follows={number}")
    expect(page.locator("tbody tr")).to_have_count(1)
    picker = page.get_by_role("combobox", name="Follows")
    expect(picker).to_have_value(number)

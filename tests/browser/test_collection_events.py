"""The forms below a list, of events that are about its records as a whole."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, Page, expect
from served_app import ServedApp, generate

from .visitor import Arrive, visiting

HERE = Path(__file__).parent

both = pytest.mark.parametrize("scripts", [True, False])


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("queue")
    generate(folder, HERE / "queue_entities.py")
    return folder


@pytest.fixture
def app(project: Path) -> Iterator[ServedApp]:
    with ServedApp(project, STARMODEL_DATABASE_URL="sqlite://") as served:
        for place, name in enumerate(("Ann", "Bob", "Eve")):
            request = Request(
                f"{served.url}/ticket",
                data=json.dumps({"name": name, "place": place}).encode(),
                headers={"accept": "application/json", "content-type": "application/json"},
            )
            urlopen(request).close()
        yield served


@pytest.fixture
def visitor(browser: Browser, app: ServedApp) -> Iterator[Arrive]:
    with visiting(browser, app.url, expected=lambda error: "status of 422" in error) as arrive:
        yield arrive


def expect_names(page: Page, *names: str) -> None:
    expect(page.locator("#ticket-list tbody th")).to_have_text([*names])


@both
def test_many_are_put_in_order_by_a_form_below_the_list(visitor: Arrive, scripts: bool) -> None:
    page = visitor(java_script_enabled=scripts).open("/ticket")
    expect_names(page, "Ann", "Bob", "Eve")
    form = page.locator("#ticket-reorder")
    form.get_by_label("Names").fill("Eve\nZoe")
    form.get_by_role("button").click()
    form = page.locator("#ticket-reorder")
    expect(form.get_by_text("There is no ticket of Zoe.")).to_be_visible()
    expect(form.get_by_label("Names")).to_have_value("Eve\nZoe")
    expect_names(page, "Ann", "Bob", "Eve")
    form.get_by_label("Names").fill("Eve\nAnn\nBob")
    form.get_by_role("button").click()
    expect(page.get_by_role("status").first).to_have_text("Reorder: done.")
    expect_names(page, "Eve", "Ann", "Bob")
    expect(page.get_by_text("There is no ticket of Zoe.")).to_have_count(0)


def test_everybody_who_looks_at_the_list_sees_it(visitor: Arrive) -> None:
    other = visitor().open("/ticket")
    expect_names(other, "Ann", "Bob", "Eve")
    page = visitor().open("/ticket")
    page.get_by_role("button", name="Call all").click()
    expect(page.get_by_role("status").first).to_have_text("3 may come in.")
    expect(other.get_by_text("There are no tickets yet.")).to_be_visible()

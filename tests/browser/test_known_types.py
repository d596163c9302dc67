"""URLs, e-mail addresses and flags on a page: links to the web alone, and live like the rest."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from served_app import ServedApp, generate

from .visitor import Arrive, shown, visiting

ENTITIES = Path(__file__).parent / "known_entities.py"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("known")
    generate(folder, ENTITIES)
    return folder


@pytest.fixture
def visitor(browser: Browser, project: Path) -> Iterator[Arrive]:
    with (
        ServedApp(project) as app,
        visiting(browser, app.url, expected=lambda error: "status of 4" in error) as arrive,
    ):
        yield arrive


def keep(at: Page, **typed: str) -> None:
    for name, text in typed.items():
        at.locator(f"#bookmark-keep-{name}").fill(text)
    at.get_by_role("button", name="Keep").click()


def test_a_link_changes_in_every_tab(visitor: Arrive) -> None:
    first, second = visitor().open("/bookmark"), visitor().open("/bookmark")
    link = shown(second, "Page").locator("a")
    expect(link).to_have_attribute("href", "https://example.com/first")
    keep(first, page='https://example.com/a?b="c"', owner="bob@example.com", rights="3")
    expect(link).to_have_attribute("href", "https://example.com/a?b=%22c%22")
    expect(shown(second, "Owner")).to_have_text("bob@example.com")
    expect(shown(second, "Rights")).to_have_text("Read, Write")


def test_a_script_is_no_link(visitor: Arrive) -> None:
    first, second = visitor().open("/bookmark"), visitor().open("/bookmark")
    keep(
        first,
        page="https://example.com/",
        owner="bob@example.com",
        source="javascript:document.title='run'",
    )
    expect(shown(second, "Source")).to_have_text("javascript:document.title='run'")
    assert shown(second, "Source").locator("a").count() == 0


def test_a_browser_asks_for_what_an_address_is(visitor: Arrive) -> None:
    page = visitor().open("/bookmark")
    for name, kind in (("page", "url"), ("owner", "email"), ("rights", "number")):
        expect(page.locator(f"#bookmark-keep-{name}")).to_have_attribute("type", kind)
    page.locator("form").first.evaluate("form => form.noValidate = true")
    keep(page, page="ftp://example.com/", owner="nobody")
    expect(page.locator("#bookmark-keep-page--error")).not_to_be_empty()
    expect(page.locator("#bookmark-keep-owner--error")).not_to_be_empty()

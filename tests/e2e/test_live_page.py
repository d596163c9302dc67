"""A page in a real browser, with the real Datastar engine, stays live."""

from collections.abc import Iterator

import pytest
from browser_setup import chromium, datastar_path
from playwright.sync_api import Browser, Page, expect, sync_playwright
from ports import free_port

from .server import Server

QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu", *QUIET]
        )
        yield browser
        browser.close()


def start(port: int) -> Server:
    return Server(port=port, environment={"DATASTAR_ENGINE": str(datastar_path())})


def shows(page: Page, count: int) -> None:
    expect(page.locator("#count")).to_have_text(str(count), timeout=15_000)


def test_pages_come_back_when_the_server_does(browser: Browser) -> None:
    port = free_port()
    pages = [browser.new_context().new_page() for _ in range(2)]
    errors: list[str] = []
    for page in pages:
        page.on("pageerror", lambda error: errors.append(str(error)))
    with start(port) as server:
        for page in pages:
            page.goto(f"http://127.0.0.1:{port}/")
            page.evaluate("window.isTheSame = true")
            shows(page, 0)
        server.request("POST", "/counter/increment?amount=3")
        for page in pages:
            shows(page, 3)
        assert server.stop()[0] == 0
    pages[0].wait_for_timeout(1500)
    with start(port) as server:
        # A new process knows nothing of the old one; the pages show what it knows.
        for page in pages:
            shows(page, 0)
        server.request("POST", "/counter/increment?amount=7")
        for page in pages:
            shows(page, 7)
            assert page.evaluate("window.isTheSame")
        server.process.kill()
        server.process.wait()
    with start(port) as server:
        # Also after a crash, where nobody could say goodbye.
        server.request("POST", "/counter/increment?amount=9")
        for page in pages:
            shows(page, 9)
        for page in pages:
            page.context.close()
    assert errors == []


def test_a_tab_that_was_hidden_catches_up_and_keeps_one_stream(browser: Browser) -> None:
    with start(free_port()) as server:
        page = browser.new_context().new_page()
        page.goto(f"http://127.0.0.1:{server.port}/")
        shows(page, 0)
        for is_hidden in (True, False):
            page.evaluate(
                "hidden => {"
                " Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});"
                " document.dispatchEvent(new Event('visibilitychange')) }",
                is_hidden,
            )
            page.wait_for_timeout(300)
            streams = 0 if is_hidden else 1
            assert f"{streams} streams".encode() in server.request("GET", "/report")[1]
            server.request("POST", "/counter/increment")
        shows(page, 2)
        page.context.close()

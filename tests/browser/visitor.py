"""Somebody with a browser, who visits an app."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from browser_setup import FRANKEN_UI, datastar_script, htmx_file, npm_file
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, Route


class Visitor:
    """One browser session, with as many pages as are opened.

    `errors` holds what went wrong on them: a script that failed, or anything their policy does
    not allow. `posts` are the requests that may change something.
    """

    def __init__(self, browser: Browser, url: str, **options: Any) -> None:
        self.url = url
        self.errors: list[str] = []
        self.posts: list[Request] = []
        self.has_script = options.get("java_script_enabled", True)
        settings: dict[str, Any] = {"locale": "en-GB", "timezone_id": "UTC", **options}
        self.context: BrowserContext = browser.new_context(**settings)
        self.context.set_default_timeout(10_000)
        self.context.route(lambda address: not address.startswith(url), answer_elsewhere)

    def open(self, path: str) -> Page:
        """Open a page of the app, and wait until its script has started."""
        page = self.context.new_page()
        page.on("console", lambda message: self._note(message.type, message.text))
        page.on("pageerror", lambda error: self._note("error", str(error)))
        page.on("request", self._note_request)
        page.goto(self.url + path)
        if self.has_script:
            # Datastar starts in a timer, which was set before the page was loaded.
            page.evaluate("new Promise((done) => setTimeout(done))")
        return page

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.errors.append(text)

    def _note_request(self, request: Request) -> None:
        if request.method != "GET":
            self.posts.append(request)


Arrive = Callable[..., Visitor]
"""Makes a visitor; takes the options of Playwright's `new_context`."""


def shown(page: Page, label: str) -> Locator:
    """Return the element that shows a field, by its label."""
    return page.locator(f"xpath=//dt[normalize-space(text()) = '{label}']/following-sibling::dd[1]")


def add_stock(page: Page, key: str, value: str) -> None:
    """Add a row to the mapping in the form that tags an order."""
    group = page.get_by_role("group", name="Stock")
    group.get_by_role("button", name="Add").click()
    group.get_by_label("Key").last.fill(key)
    group.get_by_label("Value").last.fill(value)


def answer_elsewhere(route: Route, request: Request) -> None:
    """Respond to a request that leaves the app: with what front ends and kits load, or not at all."""
    _, is_htmx, htmx_path = request.url.partition("/htmx.org@4.0.1/dist/")
    kind = "text/javascript"
    if "/datastar@" in request.url:
        body = datastar_script()
    elif is_htmx:
        body = htmx_file(htmx_path)
    elif request.url.endswith("/".join(FRANKEN_UI)):
        body, kind = npm_file(*FRANKEN_UI), "text/css"
    else:
        route.abort()
        return
    route.fulfill(
        body=body,
        content_type=kind,
        headers={"access-control-allow-origin": "*"},
    )


@contextmanager
def visiting(
    browser: Browser, url: str, *, expected: Callable[[str], bool] = lambda error: False
) -> Generator[Arrive]:
    """Make visitors of an app; what goes wrong on their pages fails the test at its end.

    Errors for which `expected` is true are what the test is about.
    """
    visitors: list[Visitor] = []

    def arrive(**options: Any) -> Visitor:
        visitors.append(Visitor(browser, url, **options))
        return visitors[-1]

    yield arrive
    for one in visitors:
        one.context.close()
    errors = [error for one in visitors for error in one.errors if not expected(error)]
    assert errors == [], "\n".join(errors)

"""A browser, and an app for it to visit.

Nothing is loaded from the network: Datastar's address is answered with the very script, and
whatever else is not the app's own is refused.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser_setup import chromium
from playwright.sync_api import Browser, sync_playwright
from served_app import ServedApp, generate

from .visitor import Arrive, visiting

HERE = Path(__file__).parent
QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for one module; while it runs, nothing else in this thread can be async."""
    path = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", *QUIET]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def screenshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that pictures of pages go to; `STARMODEL_PICTURES` names one to keep them in."""
    kept = os.environ.get("STARMODEL_PICTURES")
    return Path(kept) if kept else tmp_path_factory.mktemp("screenshots")


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with its generated code."""
    folder = tmp_path_factory.mktemp("shop")
    generate(folder, HERE / "shop_entities.py")
    return folder


@pytest.fixture(scope="module")
def app(project: Path) -> Iterator[ServedApp]:
    with ServedApp(project) as served:
        yield served


@pytest.fixture
def visitor(browser: Browser, app: ServedApp) -> Iterator[Arrive]:
    """Makes visitors; what went wrong on their pages fails the test at its end."""
    with visiting(browser, app.url) as arrive:
        yield arrive

"""From nothing to a list with create, edit and delete: `init`, one entity, `run`, a browser."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, expect
from served_app import PACKAGES, run

from .visitor import Arrive, Visitor, shown

ENTITY = '''\
from decimal import Decimal

from starmodel import Access, Entity, EntityConfig, Field, StateStore


class Plant(Entity):
    """Something that grows in the garden."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    name: str = Field(min_length=1, max_length=80)
    height: Decimal = Field(default=Decimal("0.0"), ge=0, max_digits=6, decimal_places=1)
    origin: str = ""
    is_edible: bool = False
    notes: str = ""
'''
PATIENCE = 120


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """The address of the app, as `starmodel run` says it."""
    run(tmp_path, "starmodel_generator", "init", "garden")
    project = tmp_path / "garden"
    (project / "garden/entities.py").write_text(ENTITY)
    log = tmp_path / "said"
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("STARMODEL_DATABASE_URL", "STARMODEL_SECRET_KEY")
    }
    environment["PYTHONPATH"] = os.pathsep.join(PACKAGES)
    with log.open("w") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "starmodel_generator", "run", "--port", "0"],
            cwd=project,
            env=environment,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
    try:
        yield address(process, log)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0, log.read_text()


def address(process: "subprocess.Popen[bytes]", log: Path) -> str:
    """Return the address as soon as something answers there."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        found = re.search(r"Open (http\S+)/plant\b", log.read_text())
        if found is not None:
            with urlopen(f"{found[1]}/plant", timeout=PATIENCE) as answer:
                assert answer.status == 200
            return found[1]
        time.sleep(0.05)
    raise AssertionError(log.read_text())


@pytest.fixture
def visitor(browser: Browser, url: str) -> Iterator[Arrive]:
    one = Visitor(browser, url)
    yield lambda: one
    one.context.close()
    assert one.errors == []


def test_one_entity_is_all_it_takes(visitor: Arrive) -> None:
    assert len(ENTITY.splitlines()) == 15
    somebody = visitor()
    page = somebody.open("/plant")
    expect(page.get_by_role("heading", level=1)).to_have_text("Plants")
    expect(page.get_by_text("There are no plants yet.")).to_be_visible()

    watching = somebody.open("/plant")
    # An empty list has the way to its first record as well as the bar above it.
    page.get_by_role("link", name="New plant").last.click()
    page.get_by_label("Name").fill("Rosemary")
    page.get_by_label("Height").fill("31.5")
    page.get_by_label("Is edible").check()
    page.get_by_role("button", name="Create plant").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Rosemary")
    expect(shown(page, "Height")).to_have_text("31.5")
    expect(watching.locator("tbody th")).to_have_text(["Rosemary"])

    breadcrumb = page.get_by_role("navigation", name="Breadcrumb")
    breadcrumb.get_by_role("link", name="Plants").click()
    row = page.locator("tbody tr")
    expect(row).to_have_count(1)
    expect(row.get_by_role("cell", name="Yes", exact=True)).to_be_visible()
    row.get_by_role("link", name="Rosemary", exact=True).click()
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Notes").fill("By the south wall.")
    page.get_by_label("Height").fill("40")
    page.get_by_role("button", name="Save").click()
    expect(shown(page, "Height")).to_have_text("40.0")
    expect(shown(page, "Notes")).to_have_text("By the south wall.")
    expect(watching.get_by_role("cell", name="40.0", exact=True)).to_be_visible()

    page.get_by_role("link", name="Delete").click()
    dialog = page.get_by_role("dialog", name="Delete this plant?")
    expect(dialog).to_contain_text("Rosemary will be deleted.")
    dialog.get_by_role("button", name="Delete plant").click()
    expect(page.get_by_text("There are no plants yet.")).to_be_visible()
    expect(watching.get_by_text("There are no plants yet.")).to_be_visible()

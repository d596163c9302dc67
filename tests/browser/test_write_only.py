"""Passwords on generated pages, as people type them: under both front ends, and without scripts."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from account_project import ENTITIES
from playwright.sync_api import Browser, expect
from served_app import ServedApp, generate

from .visitor import Visitor

SECRET = "canary-7f3a9c"


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("accounts")
    source = folder / "entities.py"
    source.write_text(ENTITIES, encoding="utf-8")
    project = folder / "project"
    project.mkdir()
    generate(project, source)
    return project


@pytest.fixture(scope="module", params=["datastar", "htmx"])
def app(request: pytest.FixtureRequest, accounts: Path) -> Iterator[ServedApp]:
    frontend: str = request.param
    with ServedApp(
        accounts, STARMODEL_DATABASE_URL="sqlite://", STARMODEL_FRONTEND=frontend
    ) as served:
        yield served


def ask(app: ServedApp, path: str, body: Any) -> Any:
    headers = {"accept": "application/json", "content-type": "application/json"}
    request = Request(app.url + path, json.dumps(body).encode(), headers)
    with urlopen(request) as answer:
        return json.loads(answer.read())


def signs_in(app: ServedApp, id: str, password: str) -> bool:
    return ask(app, f"/account/{id}/sign_in", {"password": password})["result"]


@pytest.mark.parametrize("scripts", [True, False])
def test_a_password_is_typed_kept_and_never_shown(
    browser: Browser, app: ServedApp, scripts: bool
) -> None:
    visitor = Visitor(browser, app.url, java_script_enabled=scripts)
    page = visitor.open("/account/new")
    email = f"{'with' if scripts else 'without'}@example.org"
    page.get_by_label("Email").fill(email)
    password = page.locator("input[name=password]")
    expect(password).to_have_attribute("type", "password")
    password.fill(f"told {SECRET}")
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_text("This is not valid.").first).to_be_visible()
    assert SECRET not in page.content()
    page.locator("input[name=password]").fill(SECRET)
    page.get_by_role("button", name="Create account").click()
    page.wait_for_url("**/account/*")
    expect(page.get_by_role("heading", name=email)).to_be_visible()
    id = page.url.rpartition("/")[2]
    assert signs_in(app, id, SECRET)

    page = visitor.open(f"/account/{id}/edit")
    for name in ("password", "api_key", "number"):
        expect(page.locator(f"input[name={name}]")).to_have_value("")
    page.get_by_label("Email").fill(f"new-{email}")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name=f"new-{email}")).to_be_visible()
    assert signs_in(app, id, SECRET)

    page = visitor.open(f"/account/{id}/edit")
    page.locator("input[name=password]").fill(f"{SECRET} again")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(f"**/account/{id}")
    assert signs_in(app, id, f"{SECRET} again")
    for path in (f"/account/{id}", f"/account/{id}/edit", "/account"):
        assert SECRET not in visitor.open(path).content()
    visitor.context.close()

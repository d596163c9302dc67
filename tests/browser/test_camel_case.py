"""Names in camelCase on pages: shown live, edited, refused and filtered, by both front ends."""

from collections.abc import Iterator

import httpx
import pytest
from crud_project import CrudProject
from playwright.sync_api import Browser, expect
from served_app import ServedApp

from .visitor import Arrive, visiting

ENTITIES = '''
from typing import Annotated

from pydantic import BaseModel

from starmodel import Access, Entity, EntityConfig, Field, Scope, StateStore, event


class HomeAddress(BaseModel):
    streetName: str = ""
    houseNumber: int = Field(default=1, ge=1)


class ContactPerson(Entity):
    """Somebody to call."""

    model_config = EntityConfig(
        store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True, namespace="theContact"
    )

    firstName: str = Field(min_length=1, multiline=False)
    callCount: int = 0
    homeAddress: HomeAddress = Field(default_factory=HomeAddress)

    @event
    def addCalls(self, callCount: Annotated[int, Field(ge=1)] = 1) -> None:
        """Count calls."""
        self.callCount += callCount


class PageCounter(Entity):
    """Counts."""

    model_config = EntityConfig(scope=Scope.GLOBAL, access=Access.PUBLIC, namespace="PageCounter")

    clickCount: int = 0

    @event
    def countUp(self, byHowMany: int = 1) -> None:
        """Count."""
        self.clickCount += byHowMany
'''


@pytest.fixture(scope="module", params=["datastar", "htmx"])
def app(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServedApp]:
    package = f"camel_{request.param}"
    project = CrudProject(tmp_path_factory.mktemp("camel"), package, entities=ENTITIES)
    project.make()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STARMODEL_DATABASE_URL", project.url)
        patch.setenv("STARMODEL_FRONTEND", request.param)
        with ServedApp(project.folder, f"{package}.generated.app:create_app") as served:
            yield served


@pytest.fixture
def visitor(browser: Browser, app: ServedApp) -> Iterator[Arrive]:
    with visiting(browser, app.url) as arrive:
        yield arrive


def test_a_record(app: ServedApp, visitor: Arrive) -> None:
    page = visitor().open("/contact_person/new")
    page.get_by_label("First name").fill("Ada")
    page.get_by_label("Street name").fill("Elm Street")
    page.get_by_label("House number").fill("7")
    page.get_by_role("button", name="Create contact person").click()
    expect(page.locator(".notice")).to_have_text("Contact person created.")
    expect(page.locator("main")).to_contain_text("Elm Street")
    address = page.url
    page.get_by_label("Call count").fill("0")
    page.get_by_label("Call count").evaluate("input => input.removeAttribute('min')")
    page.get_by_role("button", name="Add calls").click()
    expect(page.get_by_text("Enter at least 1.")).to_be_visible()
    page.get_by_label("Call count").fill("3")
    page.get_by_role("button", name="Add calls").click()
    expect(page.get_by_text("Enter at least 1.")).not_to_be_visible()
    expect(page.locator("main dl.state")).to_contain_text("3")
    # What another changes is shown live.
    path = address.removeprefix(app.url)
    httpx.patch(f"{app.url}{path}", json={"firstName": "Grace"}).raise_for_status()
    expect(page.locator("main")).to_contain_text("Grace")
    page = visitor().open(f"{path}/edit")
    page.get_by_label("House number").fill("9")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("9")
    state = httpx.get(f"{app.url}{path}", headers={"accept": "application/json"}).json()["state"]
    assert state == {
        "id": state["id"],
        "firstName": "Grace",
        "callCount": 3,
        "homeAddress": {"streetName": "Elm Street", "houseNumber": 9},
    }
    page = visitor().open("/contact_person?firstName__contains=rac&sort=-callCount")
    expect(page.get_by_role("link", name="Grace", exact=True)).to_be_visible()
    page = visitor().open("/contact_person?firstName=Nobody")
    expect(page.get_by_role("link", name="Grace", exact=True)).not_to_be_visible()


def test_signals_under_a_namespace_in_capitals(app: ServedApp, visitor: Arrive) -> None:
    page, other = visitor().open("/page_counter"), visitor().open("/page_counter")
    page.get_by_label("By how many").fill("40")
    page.get_by_role("button", name="Count up").click()
    expect(page.locator("main dl.state")).to_contain_text("40")
    expect(other.locator("main dl.state")).to_contain_text("40")

"""The other side of a unique reference: loaded in events, shown on pages, counted in lists."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from found_project import imported
from shop_project import CONFIG, Shop

from starmodel.testing import Client

PACKAGE = "members"
ENTITIES = '''
from typing import ClassVar

from starmodel import Access, Entity, EntityConfig, Field, One, Ref, StateStore, event


class Member(Entity):
    model_config = EntityConfig(
        store=StateStore.SERVER_SQL,
        access=Access.PUBLIC,
        crud={"create", "delete"},
        lookups=["profile__count"],
    )

    name: str = Field(max_length=80)
    profile: ClassVar[One["Profile"]]

    @event(access=Access.PUBLIC)
    async def describe(self, text: str) -> bool:
        """Say something about a member who has a profile."""
        profile = await self.profile.load()
        if profile is None:
            return False
        profile.text = text
        return True


class Profile(Entity):
    model_config = EntityConfig(
        store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud={"create"}, label="text"
    )

    text: str = Field(max_length=200)
    member: Ref[Member] = Field(unique=True, on_delete="cascade")
'''
Load = Callable[[str], Any]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("members")
    shop = Shop(folder)
    (folder / "shop").rename(folder / PACKAGE)
    shop.write(f"{PACKAGE}/entities.py", ENTITIES)
    shop.write("pyproject.toml", CONFIG.replace("shop/", f"{PACKAGE}/"))
    done = shop.starmodel("generate")
    assert done.code == 0, done.err
    return folder


@pytest.fixture(scope="module")
def client(project: Path) -> Iterator[Client]:
    """A client in front of the app, whose database is in memory."""
    with imported(project, PACKAGE) as load, pytest.MonkeyPatch.context() as patch:
        patch.setenv("STARMODEL_DATABASE_URL", "sqlite://")
        with Client(load("generated.app").create_app()) as client:
            yield client


def add(client: Client, entity: str, **fields: object) -> str:
    answer = client.post(f"/{entity}", fields)
    assert answer.status == 201, answer.text
    return str(answer.json["state"]["id"])


def test_an_event_loads_the_one_that_there_is(client: Client) -> None:
    ann, bob = (add(client, "member", name=name) for name in ("Ann", "Bob"))
    profile = add(client, "profile", text="Runs", member=ann)
    for id, expected in ((ann, True), (bob, False)):
        answer = client.post(f"/member/{id}/describe", {"text": "Swims"})
        assert answer.json["result"] is expected
    assert client.get(f"/profile/{profile}").json["state"]["text"] == "Swims"
    second = client.post("/profile", {"text": "x", "member": ann})
    assert (second.status, "taken" in second.text) == (409, True)
    found = client.get("/member?profile__count=0").json["items"]
    assert [item["name"] for item in found] == ["Bob"]


def test_a_page_shows_it_or_the_way_to_a_new_one(client: Client) -> None:
    id = add(client, "member", name="Cid")
    page = client.page(f"/member/{id}")
    assert "There is no profile yet." in page
    assert f"/profile/new?member={id}" in page
    add(client, "profile", text="Climbs", member=id)
    page = client.page(f"/member/{id}")
    assert "Climbs" in page and "There is no profile" not in page
    assert f"/profile/new?member={id}" not in page and "Show all" not in page


def test_generated_code_says_that_it_is_one(project: Path) -> None:
    generated = project / PACKAGE / "generated" / "member"
    assert '    one={"profile": (Profile, "member")},\n' in (generated / "state.py").read_text()
    pages = (generated / "pages.py").read_text()
    assert 'ui.Related("profile", to="/profile", by="member", single=True)' in pages

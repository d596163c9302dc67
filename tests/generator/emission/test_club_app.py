"""A generated club, over HTTP: rows that refer to each other, locks of several rows, own ids."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack
from decimal import Decimal
from typing import Any

import pytest
from crud_project import CrudProject

from starmodel.testing import Client, ClientResponse

JSON = {"accept": "application/json"}
ENTITIES = '''
from decimal import Decimal

from pydantic import BaseModel

from starmodel import Access, Entity, EntityConfig, Field, Ref, StateStore, UnitOfWork, event

class Category(Entity):
    """May be below another, or below itself."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    name: str
    parent: Ref["Category"] | None = Field(default=None, on_delete="set_null")


class Team(Entity):
    """Is led by one of its players."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    name: str
    lead: Ref["Player"] | None = Field(default=None, on_delete="set_null")

    @event
    async def disband(self, work: UnitOfWork) -> None:
        """Delete the lead, and then the team."""
        if self.lead is not None:
            work.delete(await self.lead.load())
        work.delete(self)


class Player(Entity):
    """Goes with its team."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    team: Ref[Team] = Field(on_delete="cascade")


class Folder(Entity):
    """Goes with the one that it is in."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    id: str
    above: Ref["Folder"] | None = Field(default=None, on_delete="cascade")

    @event
    async def empty(self, work: UnitOfWork, other: "Folder") -> None:
        """Delete this and another."""
        work.delete(self)
        work.delete(other)


class Tag(Entity):
    """A word."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    name: str


class Post(Entity):
    """Has tags."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    title: str
    tags: list[Ref[Tag]] = Field(default_factory=list)

    @event
    async def remove(self, work: UnitOfWork) -> None:
        """Delete the post and its tags."""
        for tag in self.tags:
            work.delete(await tag.load())
        work.delete(self)


class Rate(BaseModel):
    """What is kept in columns of its own."""

    percent: Decimal = Field(default=Decimal(0), max_digits=5, decimal_places=1)


class Account(Entity):
    """Pays to others."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    id: str
    total: Decimal = Field(default=Decimal(1000), max_digits=12, decimal_places=2)
    limit: Decimal | None = Field(default=None, max_digits=18, decimal_places=8)
    rate: Rate = Field(default_factory=Rate)

    @event(lock=True)
    def pay(self, amount: Decimal, other: "Account", tip_to: "Account | None" = None) -> None:
        """Pay something to another."""
        self.total -= amount
        other.total += amount

    @event
    def open_another(self, work: UnitOfWork, called: str) -> None:
        """Add an account."""
        work.add(Account(id=called))


class Secret(Entity):
    """Something for those who are known."""

    model_config = EntityConfig(
        store=StateStore.SERVER_SQL, access=Access.AUTHENTICATED, crud={"create"}, page=False
    )

    id: str


class Board(Entity):
    """Everybody may post to it, and those who are known may post secrets."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    text: str = ""

    @event
    def show(self, secret: Secret) -> None:
        self.text = secret.id

    @event
    def show_some(self, secret: Secret | None = None) -> None:
        self.text = "" if secret is None else secret.id
'''


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def project(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CrudProject]:
    folder = tmp_path_factory.mktemp("club")
    with ExitStack() as stack:
        url = ""
        if request.param == "postgresql":
            url = stack.enter_context(request.getfixturevalue("postgres_server").database())
        project = CrudProject(folder, f"{request.param}club", url, ENTITIES)
        project.make()
        yield stack.enter_context(project.imported())


@pytest.fixture
def client(project: CrudProject) -> Iterator[Client]:
    with Client(project.load("generated.app").create_app()) as client:
        yield client


def make(client: Client, entity: str, **fields: Any) -> str:
    """Make a record, and return its path."""
    answer = client.post(f"/{entity}", fields)
    assert answer.status == 201, answer.text
    return answer.headers["location"]


def id_of(path: str) -> str:
    return path.rpartition("/")[2]


def patch(client: Client, path: str, **changes: Any) -> ClientResponse:
    return client.request("PATCH", path, json_body=changes, headers=JSON)


def delete(client: Client, path: str) -> int:
    return client.request("DELETE", path, headers=JSON).status


def test_a_record_that_refers_to_itself_can_be_deleted(client: Client) -> None:
    path, other = make(client, "category", name="C"), make(client, "category", name="D")
    assert patch(client, path, parent=id_of(path)).status == 200
    assert patch(client, other, parent=id_of(path)).status == 200
    assert delete(client, path) == 204
    assert client.get(path).status == 404
    left = client.get(other).json
    assert (left["state"]["parent"], left["version"]) == (None, 3)


def led_team(client: Client) -> tuple[str, str]:
    team = make(client, "team", name="T")
    player = make(client, "player", team=id_of(team))
    assert patch(client, team, lead=id_of(player)).status == 200
    return team, player


def test_a_team_can_be_deleted_whose_lead_goes_with_it(client: Client) -> None:
    team, player = led_team(client)
    assert delete(client, team) == 204
    assert client.get(player).status == 404
    team, player = led_team(client)
    assert delete(client, player) == 204
    left = client.get(team).json
    assert (left["state"]["lead"], left["version"]) == (None, 3)


def test_an_event_can_delete_both_of_two_that_refer_to_each_other(client: Client) -> None:
    team, player = led_team(client)
    answer = client.post(f"{team}/disband", {})
    assert answer.status == 200, answer.text
    assert client.get(team).status == client.get(player).status == 404


@pytest.mark.parametrize("names", ["ab", "ba"])
def test_whoever_goes_with_another_can_be_deleted_beside_it(client: Client, names: str) -> None:
    above = make(client, "folder", id=f"{names}-{names[0]}")
    below = make(client, "folder", id=f"{names}-{names[1]}", above=id_of(above))
    answer = client.post(f"{above}/empty", {"other": id_of(below)})
    assert answer.status == 200, answer.text
    assert client.get(above).status == client.get(below).status == 404


def test_the_deletion_of_a_tag_is_a_new_version_of_its_posts(client: Client) -> None:
    tag, other = (id_of(make(client, "tag", name=name)) for name in ("x", "y"))
    posts = [make(client, "post", title="P", tags=tags) for tags in ([tag, other], [other])]
    assert delete(client, f"/tag/{tag}") == 204
    assert [client.get(post).json["version"] for post in posts] == [2, 1]
    assert client.get(posts[0]).json["state"]["tags"] == [other]
    stale = patch(client, posts[0], title="mine", tags=[other], version=1)
    assert (stale.status, stale.json["version"]) == (409, 2), stale.text


def test_a_post_and_its_tags_can_be_deleted_at_once(client: Client) -> None:
    tags = [id_of(make(client, "tag", name=name)) for name in ("x", "y")]
    post = make(client, "post", title="P", tags=tags)
    answer = client.post(f"{post}/remove", {})
    assert answer.status == 200, answer.text
    assert client.get(post).status == client.get(f"/tag/{tags[0]}").status == 404


def test_what_is_locked_is_said_before_anything_is_loaded(project: CrudProject) -> None:
    text = (project.folder / project.package / "generated/account/commands.py").read_text()
    locked = "as work:\n        work.lock(ACCOUNT, id, other_id, tip_to_id)\n        for _ in work.attempts():\n"
    assert locked in text
    assert text.count("work.lock(") == 1


async def test_crossing_payments_do_not_wait_for_each_other(project: CrudProject) -> None:
    app = project.load("generated.app").create_app()
    account = project.load("generated.account.state").ACCOUNT
    commands = project.load("generated.account.commands")
    names = ["crossing-a", "crossing-b", "crossing-c"]
    pairs = [(turn % 3, (turn + 1 + turn % 2) % 3) for turn in range(100)]
    totals = {name: Decimal(1000) for name in names}

    async def pay(turn: int, payer: str, other: str) -> Any:
        totals[payer] -= turn
        totals[other] += turn
        return await commands.pay(app.services, payer, other_id=other, amount=Decimal(turn))

    await app.services.open()
    try:
        for name in names:
            await commands.create(app.services, id=name)
        began = time.monotonic()
        outcomes = await asyncio.gather(
            *(pay(turn, names[one], names[other]) for turn, (one, other) in enumerate(pairs))
        )
        assert time.monotonic() - began < 10
        assert len(outcomes) == 100
        for name in names:
            stored = await app.services.read(account, name)
            assert stored.entity.total == totals[name]
    finally:
        await app.services.close()


def test_a_record_is_added_by_itself(client: Client) -> None:
    path = make(client, "account", id="first")
    assert client.post(f"{path}/open_another", {"called": "second"}).status == 200
    assert client.get("/account/second").status == 200


@pytest.mark.parametrize("id", ["", "new", "options", ".", ".."])
def test_what_leads_elsewhere_is_no_id(client: Client, id: str) -> None:
    answer = client.post("/account", {"id": id})
    assert answer.status == 422, answer.text
    assert [(error["name"], error["message"]) for error in answer.json["errors"]] == [
        ("id", "This cannot be an id.")
    ]
    path = make(client, "account", id=f"{id}-opener-of-another")
    assert client.post(f"{path}/open_another", {"called": id}).status == 422


def test_whoever_may_read_none_is_not_told_which_there_are(client: Client) -> None:
    ann = {**JSON, "x-actor": "ann"}
    assert client.post("/secret", {"id": "s"}, headers=ann).status == 201
    board = make(client, "board")
    for event in ("show", "show_some"):
        for id in ("s", "nobody"):
            answer = client.post(f"{board}/{event}", {"secret": id})
            assert answer.status == 401, answer.text
        answer = client.post(f"{board}/{event}", {"secret": "nobody"}, headers=ann)
        assert answer.status == 404, answer.text
        assert client.post(f"{board}/{event}", {"secret": "s"}, headers=ann).status == 200
    assert client.post(f"{board}/show_some", {}).status == 200


@pytest.mark.parametrize(
    ("total", "limit", "percent"),
    [
        ("1E+3", "1E-8", "12.5"),
        ("12.5", "0", "-0"),
        ("-0", "-0.000", "1E+1"),
        ("0.00", None, "0"),
        ("1234567890.12", "-1", "-9999.9"),
    ],
)
def test_every_answer_writes_a_decimal_as_it_is_kept(
    client: Client, total: str, limit: str | None, percent: str
) -> None:
    given = {"total": total, "limit": limit, "rate": {"percent": percent}}
    path = make(client, "account", id=f"decimal-{total}")
    changed = patch(client, path, **given).json["state"]
    made = client.post("/account", {"id": f"made-{total}", **given}).json["state"]
    assert client.get(path).json["state"] == changed
    assert made == {**changed, "id": made["id"]}
    found = client.get("/account?limit=100").json["items"]
    assert changed in found
    assert made in found
    assert changed["total"] == f"{Decimal(total) + 0:.2f}"
    assert changed["limit"] == (None if limit is None else f"{Decimal(limit) + 0:.8f}")

"""Generated apps whose records say when they were made and changed, in memory and in SQL."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import pytest
from crud_project import CrudProject

from starmodel.testing import Client

ENTITIES = """
from collections.abc import Iterator

from pydantic import AwareDatetime

from starmodel import Access, Entity, EntityConfig, Field, Scope, StateStore, UnitOfWork, event


class Note(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    text: str = ""
    seen: int = Field(default=0, writable=False)
    created_at: AwareDatetime = Field(now="create")
    updated_at: AwareDatetime = Field(now="update")

    @event
    def see(self, times: int = 1) -> None:
        self.seen += times

    @event
    def see_often(self, times: int) -> Iterator[int]:
        for _ in range(times):
            self.seen += 1
            yield self.seen

    @event
    def copy_old(self, work: UnitOfWork, at: AwareDatetime) -> None:
        note = Note(text="old")
        note.created_at = at
        work.add(note)

    @event
    def forge(self, at: AwareDatetime) -> None:
        self.seen += 1
        self.updated_at = at


class Tally(Entity):
    count: int = 0
    begun_at: AwareDatetime | None = Field(default=None, now="create")
    counted_at: AwareDatetime | None = Field(default=None, now="update")

    @event
    def add(self, amount: int = 1) -> None:
        self.count += amount


class Room(Entity):
    model_config = EntityConfig(scope=Scope.RECORD, access=Access.PUBLIC)

    title: str
    opened_at: AwareDatetime = Field(now="create")

    @event
    @classmethod
    def open(cls, title: str) -> "Room":
        return cls(title=title)
"""
EARLIER = ENTITIES.replace('    created_at: AwareDatetime = Field(now="create")\n', "", 1).replace(
    "        note.created_at = at\n", ""
)
BEGIN = 1_800_000_000.0


class Clock:
    def __init__(self) -> None:
        self.now = BEGIN

    def __call__(self) -> float:
        return self.now


def at(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def project(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CrudProject]:
    folder = tmp_path_factory.mktemp("moments")
    with ExitStack() as stack:
        url = ""
        if request.param == "postgresql":
            url = stack.enter_context(request.getfixturevalue("postgres_server").database())
        project = CrudProject(folder, f"moments_{request.param}", url, ENTITIES)
        project.make()
        yield stack.enter_context(project.imported())


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(project: CrudProject, clock: Clock) -> Iterator[Client]:
    with Client(project.load("generated.app").create_app(clock=clock)) as client:
        yield client


def moments(state: dict[str, Any]) -> tuple[datetime, datetime]:
    created, updated = (
        datetime.fromisoformat(state[f"{name}_at"]) for name in ("created", "updated")
    )
    return created, updated


def test_a_record_says_when_it_was_made_and_changed(client: Client, clock: Clock) -> None:
    made = client.post("/note", {"text": "a", "created_at": at(1), "updated_at": at(1)}).json
    begin = datetime.fromtimestamp(BEGIN, UTC)
    assert moments(made["state"]) == (begin, begin)
    path = f"/note/{made['state']['id']}"
    clock.now = BEGIN + 60.5
    changed = client.request(
        "PATCH",
        path,
        json_body={"text": "b", "created_at": at(2), "updated_at": at(2)},
        headers={"accept": "application/json"},
    ).json
    later = datetime.fromtimestamp(BEGIN + 60.5, UTC)
    assert moments(changed["state"]) == (begin, later)
    assert moments(client.get(path).json["state"]) == (begin, later)
    clock.now = BEGIN + 90
    assert client.post(f"{path}/see", {"times": 0}).json["version"] == 2
    assert moments(client.get(path).json["state"]) == (begin, later)
    client.post(f"{path}/forge", {"at": at(5)})
    assert moments(client.get(path).json["state"])[1] == datetime.fromtimestamp(BEGIN + 90, UTC)
    clock.now = BEGIN + 120
    client.post(f"{path}/see_often", {"times": 2})
    state = client.get(path).json["state"]
    assert (state["seen"], moments(state)[1]) == (3, datetime.fromtimestamp(BEGIN + 120, UTC))
    assert "created_at" not in client.page(f"{path}/edit").split("<form")[1].split("</form")[0]
    assert "Created at" in client.page(path)


def test_what_the_authors_code_gives_stays(client: Client, clock: Clock) -> None:
    id = client.post("/note", {"text": "a"}).json["state"]["id"]
    client.post(f"/note/{id}/copy_old", {"at": at(77)})
    (old,) = client.get("/note?text=old&sort=-created_at").json["items"]
    assert moments(old) == (
        datetime.fromtimestamp(77, UTC),
        datetime.fromtimestamp(BEGIN, UTC),
    )


def test_what_is_in_memory_says_so_too(client: Client, clock: Clock) -> None:
    assert client.get("/tally").state == {"count": 0, "begun_at": None, "counted_at": None}
    clock.now = BEGIN + 1
    client.post("/tally/add")
    clock.now = BEGIN + 2
    client.post("/tally/add")
    client.post("/tally/add", {"amount": 0})
    assert client.get("/tally").state == {
        "count": 2,
        "begun_at": at(BEGIN + 1),
        "counted_at": at(BEGIN + 2),
    }
    room = client.post("/room/open", {"title": "Hall"}).json["state"]
    assert datetime.fromisoformat(room["opened_at"]) == datetime.fromtimestamp(BEGIN + 2, UTC)


def test_two_who_change_it_at_once_do_not_fight_over_the_time(
    client: Client, project: CrudProject, clock: Clock
) -> None:
    id = client.post("/note", {"text": "a"}).json["state"]["id"]
    note = project.load("generated.note.state").NOTE
    services: Any = client.app
    services = services.services

    async def run() -> None:
        async with services.unit_of_work() as slow:
            mine = await slow.load(note, id)
            mine.seen += 1
            async with services.unit_of_work() as fast:
                theirs = await fast.load(note, id)
                theirs.text = "theirs"
                await fast.commit(theirs, "see", {})
            clock.now = BEGIN + 30
            await slow.checkpoint(mine, "see", {})

    client.run(run())
    state = client.get(f"/note/{id}").json["state"]
    assert (state["text"], state["seen"]) == ("theirs", 1)
    assert moments(state)[1] == datetime.fromtimestamp(BEGIN + 30, UTC)


def test_rows_that_are_there_get_the_time_of_the_migration(
    request: pytest.FixtureRequest, project: CrudProject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("migrated")
    with ExitStack() as stack:
        url = ""
        if "postgresql" in project.package:
            url = stack.enter_context(request.getfixturevalue("postgres_server").database())
        earlier = CrudProject(folder, f"{project.package}_earlier", url, EARLIER)
        earlier.make()
        with earlier.imported(), Client(earlier.load("generated.app").create_app()) as client:
            id = client.post("/note", {"text": "a"}).json["state"]["id"]
        earlier.shop.write(f"{earlier.package}/entities.py", ENTITIES)
        variables = {"STARMODEL_DATABASE_URL": earlier.url}
        for command in (("generate",), ("migrate", "new", "second"), ("migrate", "up")):
            done = earlier.shop.starmodel(*command, environment=variables)
            assert done.code == 0, done.err
        with earlier.imported(), Client(earlier.load("generated.app").create_app()) as client:
            state = client.get(f"/note/{id}").json["state"]
            made = datetime.fromisoformat(state["created_at"])
            assert abs((datetime.now(UTC) - made).total_seconds()) < 60
            assert client.post(f"/note/{id}/see").status == 200


def test_a_class_has_a_time_without_a_store(project: CrudProject) -> None:
    note = project.load("entities").Note()
    assert note.created_at.tzinfo is UTC
    assert project.load("entities").Tally().begun_at is None

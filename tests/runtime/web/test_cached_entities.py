"""A generated app whose entities in SQL have caches, on two nodes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from generated_world import generate_world
from stored_project import make_tables

from starmodel import StateStore
from starmodel.application import Key, Stored
from starmodel.stores.sql.backend import SQLModelBackend
from starmodel.testing import Client

SOURCE = Path(__file__).parents[2] / "cases/cached/entities.py"
NAMES = ("article", "notice", "author")


@pytest.fixture(params=["sqlite", "postgresql"])
def nodes(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    redis_url: str,
) -> Iterator[list[Client]]:
    """Two apps on one database, with one Redis for their caches."""
    url = f"sqlite:///{tmp_path / 'app.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    world = generate_world("cached_entities", SOURCE)
    tables = [getattr(world(f"{name}.table"), f"{name.upper()}_TABLE") for name in NAMES]
    make_tables(url, tables)
    monkeypatch.setenv("STARMODEL_REDIS_URL", redis_url)
    monkeypatch.setenv("STARMODEL_REDIS_PREFIX", f"test-{uuid4().hex}")
    monkeypatch.setenv("STARMODEL_SECRET_KEY", "k" * 40)

    def node() -> Client:
        store = SQLModelBackend(url, tables)
        return Client(world("app").create_app(stores={StateStore.SERVER_SQL: store}))

    with node() as one, node() as two:
        yield [one, two]


class Loads:
    """Counts what an app asks its database for."""

    def __init__(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        self.number = 0
        app: Any = client.app
        [store] = [each for each in app.services.persistence.backends if each.has_outbox]
        load = store.load

        async def counted(key: Key) -> Stored | None:
            self.number += 1
            return await load(key)

        monkeypatch.setattr(store, "load", counted)

    def take(self) -> int:
        """Return the number, and begin anew."""
        number, self.number = self.number, 0
        return number


def test_what_one_node_changes_another_shows(
    nodes: list[Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = nodes
    loads = Loads(one, monkeypatch), Loads(two, monkeypatch)
    article = one.post("/article", {"title": "Tea", "price": "2.50"}).state["id"]
    path = f"/article/{article}"
    state = {"id": article, "title": "Tea", "price": "2.50"}
    for _ in range(3):
        assert one.get(path).state == state
        # All nodes share it.
        assert two.get(path).state == state
    assert [each.take() for each in loads] == [1, 0]
    assert "cost" not in two.get(path).text

    renamed = two.post(f"{path}/rename", {"title": "Coffee"})
    assert renamed.state["title"] == "Coffee"
    assert [each.take() for each in loads] == [0, 1], "events decide by what is stored"
    for client in (two, one):
        answer = client.get(path)
        assert answer.state["title"] == "Coffee"
        assert answer.version == renamed.version
        assert "Coffee" in client.page(path)
    assert sum(each.take() for each in loads) == 1

    notice = one.post("/notice", {"text": "New", "article": article}).state["id"]
    for each in loads:
        each.take()
    assert one.get(f"/notice/{notice}").state["article"] == article
    assert two.get(f"/notice/{notice}").state["article"] == article
    assert [each.take() for each in loads] == [1, 0]
    assert one.request("DELETE", path).status == 409
    other = one.post("/article", {"title": "Milk"}).state["id"]
    assert two.get(f"/article/{other}").status == 200
    assert one.request("DELETE", f"/article/{other}", headers={"accept": "*/*"}).status in (
        200,
        204,
    )
    for client in (one, two):
        assert client.get(f"/article/{other}").status == 404


def test_a_process_remembers_for_itself(
    nodes: list[Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, _ = nodes
    loads = Loads(one, monkeypatch)
    author = one.post("/author", {"name": "Ann"}).state["id"]
    for _ in range(3):
        assert one.get(f"/author/{author}").state["name"] == "Ann"
    assert loads.take() == 1
    one.post(f"/author/{author}/rename", {"name": "Bob"})
    assert loads.take() == 1
    for _ in range(3):
        assert one.get(f"/author/{author}").state["name"] == "Bob"
    assert loads.take() == 1


@pytest.mark.parametrize(
    ("workers", "variables", "is_refused"),
    [
        (2, {"STARMODEL_BUS": "process"}, True),
        (1, {"STARMODEL_BUS": "process"}, False),
        (2, {}, False),
        (2, {"STARMODEL_BUS": "process", "STARMODEL_MEMORY": "per process"}, False),
    ],
)
def test_a_cache_in_memory_needs_a_bus_that_all_processes_share(
    workers: int,
    variables: dict[str, str],
    is_refused: bool,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr("starmodel.web.app.app_state.worker_count", lambda: workers)
    settings = {
        "STARMODEL_REDIS_URL": "redis://127.0.0.1:1/0",
        "STARMODEL_SECRET_KEY": "k" * 40,
    }
    for name, value in (settings | variables).items():
        monkeypatch.setenv(name, value)
    world = generate_world("cached_entities", SOURCE)
    tables = [getattr(world(f"{name}.table"), f"{name.upper()}_TABLE") for name in NAMES]
    url = f"sqlite:///{tmp_path / 'app.db'}"
    make_tables(url, tables)
    store = SQLModelBackend(url, tables)
    client = Client(world("app").create_app(stores={StateStore.SERVER_SQL: store}))
    if is_refused:
        with pytest.raises(RuntimeError, match="keep its own Author in a cache"):
            client.__enter__()
    else:
        with client:
            assert client.get("/author").status == 200

"""The same address, asked again: what is kept of it is the same for all who ask, and nothing else."""

from collections.abc import Iterator

import pytest
from found_app import RESOURCES, Recorded, found_app
from found_entities import Tag
from generated_world import generate_world
from guarded_entities import Loan, Note, Shelf
from sql_tables import Store

from starmodel import Actor, Entity, Ref, StateStore
from starmodel.application import Key, Write
from starmodel.application.queries.filter_set import Query
from starmodel.application.queries.find import find_states
from starmodel.testing import Client
from starmodel.web import Resource, WebApplication
from starmodel.web.routing.request import Request

PAGE = {"accept": "text/html"}
DATASTAR = {"datastar-request": "true"}
TAGS = next(one.queries for one in RESOURCES if one.definition.name == "tag")
generated = generate_world("guarded_entities")
GUARDED: list[Resource] = [
    getattr(generated(f"{name}.routes"), f"{name}_resource") for name in ("note", "shelf", "loan")
]


def identify(request: Request) -> Actor:
    name = request.headers.get(b"x-name", b"").decode()
    return Actor(name or None)


async def save(store: Store, *entities: Entity) -> None:
    def key(entity: Entity) -> Key:
        return Key(type(entity).__name__.lower(), "record", str(entity.id))

    await store.commit([Write(key(entity), dict(entity.__dict__), 0) for entity in entities])


def ids(client: Client, path: str, **headers: str) -> list[str]:
    answer = client.get(path, headers=headers)
    assert answer.status == 200, answer.text
    return [item["id"] for item in answer.json["items"]]


@pytest.fixture
def store() -> Recorded:
    return Recorded()


@pytest.fixture
def client(store: Recorded) -> Iterator[Client]:
    with Client(found_app(store)) as client:
        client.run(save(store, Tag(id="t1", name="One"), Tag(id="t2", name="")))
        yield client


@pytest.fixture
def guarded() -> Iterator[Client]:
    """A client of an app with a note of ann's and one of bob's, and what leads to them."""
    store = Store("sqlite://", [one.table for one in GUARDED if one.table is not None])
    app = WebApplication(GUARDED, stores={StateStore.SERVER_SQL: store}, identify=identify)
    notes = [Note(id=f"of-{name}", title=f"Title of {name}", owner=name) for name in ("ann", "bob")]
    loans = [Loan(id=f"l-{note.owner}", title="A loan", note=Ref(note)) for note in notes]
    with Client(app) as client:
        client.run(save(store, *notes, *loans, Shelf(id="s1", title="A shelf")))
        yield client


def test_a_policy_is_asked_for_each_who_asks(guarded: Client) -> None:
    for _ in range(2):
        assert ids(guarded, "/note?sort=title", **{"x-name": "ann"}) == ["of-ann"]
        assert ids(guarded, "/note?sort=title", **{"x-name": "bob"}) == ["of-bob"]
        assert ids(guarded, "/note?sort=title") == []


def test_whoever_is_not_signed_in_is_refused_what_was_shown_before(guarded: Client) -> None:
    for headers in ({}, PAGE):
        asked = guarded.get("/shelf?sort=title", headers={**headers, "x-name": "ann"})
        assert "A shelf" in asked.text
        asked = guarded.get("/shelf?sort=title", headers=headers)
        assert asked.status == 401
        assert "A shelf" not in asked.text


@pytest.mark.parametrize("kind", [PAGE, DATASTAR])
def test_a_page_tells_nobody_what_others_may_read(guarded: Client, kind: dict[str, str]) -> None:
    for _ in range(2):
        for name, other in (("ann", "bob"), ("bob", "ann")):
            # One is among the rows, the other what the list is filtered by.
            for path in ("/loan", f"/loan?note=of-{name}", f"/loan?note=of-{other}"):
                text = guarded.get(path, headers={**kind, "x-name": name}).text
                assert f"Title of {other}" not in text
                assert (f"Title of {name}" in text) == (not path.endswith(other))


def test_what_is_included_is_for_who_asks(guarded: Client) -> None:
    for _ in range(2):
        for name in ("ann", "bob"):
            answer = guarded.get("/loan?include=note", headers={"x-name": name})
            assert [*answer.json["included"]["note"]] == [f"of-{name}"]


def test_an_empty_value_asks_for_something_in_json_alone(client: Client) -> None:
    for _ in range(2):
        page = client.get("/tag?name=", headers=PAGE).text
        assert 'id="tag-t1"' in page and 'id="tag-t2"' in page
        assert ids(client, "/tag?name=") == ["t2"]


def test_each_error_is_told_each_time(client: Client) -> None:
    for query, status in (("nope=1", 422), ("limit=0", 422), ("cursor=abc", 422), ("%ff=1", 400)):
        for _ in range(2):
            assert client.get(f"/tag?{query}").status == status


def test_a_cursor_belongs_to_one_query_also_where_both_are_known(client: Client) -> None:
    cursor = client.get("/tag?limit=1").json["next"]
    for _ in range(2):
        assert ids(client, f"/tag?limit=1&cursor={cursor}") == ["t2"]
        assert client.get(f"/tag?limit=1&sort=-id&cursor={cursor}").status == 422


def test_a_page_shows_what_has_changed_since(client: Client, store: Recorded) -> None:
    before = client.get("/tag?sort=-name", headers=PAGE).text
    client.run(save(store, Tag(id="t3", name="Three")))
    after = client.get("/tag?sort=-name", headers=PAGE).text
    assert "Three" not in before
    assert after.index("Three") < after.index(">One<")
    assert 'aria-sort="descending"' in after
    assert 'aria-sort="descending"' not in client.get("/tag?sort=name", headers=PAGE).text


def test_the_next_page_follows_from_what_is_there(client: Client, store: Recorded) -> None:
    first = client.get("/tag?limit=2", headers=PAGE).text
    client.run(save(store, Tag(id="t3", name="Three")))
    assert 'rel="next"' not in first
    assert 'rel="next"' in client.get("/tag?limit=2", headers=PAGE).text


def test_each_app_writes_addresses_below_its_own_prefix(client: Client) -> None:
    store = Recorded()
    with Client(found_app(store), root_path="/shop") as below:
        below.run(save(store, Tag(id="t1", name="One")))
        for _ in range(2):
            assert 'href="/tag?sort=name"' in client.get("/tag", headers=PAGE).text
            assert 'href="/shop/tag?sort=name"' in below.get("/tag", headers=PAGE).text


def test_each_app_asks_its_own_store(client: Client) -> None:
    store = Recorded()
    with Client(found_app(store)) as other:
        other.run(save(store, Tag(id="t9", name="Nine")))
        for _ in range(2):
            assert ids(client, "/tag?sort=id") == ["t1", "t2"]
            assert ids(other, "/tag?sort=id") == ["t9"]


def test_a_query_of_the_authors_may_change_between_two_times(
    client: Client, store: Recorded
) -> None:
    app = found_app(store)
    assert TAGS is not None
    filters: dict[str, object] = {"name": "One"}
    query = Query(filters)

    async def names() -> list[str]:
        page = await find_states(app.services, TAGS, query)
        return [state["name"] for state in page.items]

    assert client.run(names()) == ["One"]
    filters["name"] = ""
    assert client.run(names()) == [""]


def test_what_was_read_is_never_changed_by_an_answer(client: Client) -> None:
    answers = [client.get("/tag?name__in=One,&limit=1&sort=-name").text for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]

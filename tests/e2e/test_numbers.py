"""Records with running numbers, over HTTP and in events, on SQLite and on PostgreSQL."""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import httpx
import pytest
from found_project import imported
from migrated_database import Database
from shop_project import Shop

from starmodel import ANONYMOUS, CommandRecord, MemoryRepo, StateStore
from starmodel.errors import Conflict, UnnumberedRecord
from starmodel.testing import Client

CASE = Path(__file__).parents[1] / "cases" / "numbers" / "entities.py"
LARGEST = 2**63 - 1


class Numbered(NamedTuple):
    """The app of the case, with a database that was migrated for it."""

    client: Client
    database: Database
    load: Callable[[str], Any]
    served: Any

    @property
    def services(self) -> Any:
        return self.served.services

    def make(self, path: str, **arguments: object) -> int:
        """Run an event that makes a record; its number."""
        answer = self.client.post(path, arguments)
        assert answer.status == 201, answer.text
        assert answer.headers["location"] == f"/{path.split('/')[1]}/{answer.state['id']}"
        return answer.state["id"]

    def delete(self, path: str) -> None:
        assert self.client.request("DELETE", path).status == 204

    def ids(self, path: str) -> list[int]:
        """Get a list; the ids in it."""
        answer = self.client.get(path)
        assert answer.status == 200, answer.text
        return [item["id"] for item in answer.json["items"]]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """The case as a project, with its generated code and its first migration."""
    shop = Shop(tmp_path_factory.mktemp("numbers"))
    shutil.copy(CASE, shop.root / "shop" / "entities.py")
    for command in (["generate"], ["migrate", "new"]):
        done = shop.starmodel(*command)
        assert done.code == 0, done.err
    return shop


@pytest.fixture(scope="module")
def load(shop: Shop) -> Iterator[Callable[[str], Any]]:
    """Imports modules of the project."""
    with imported(shop.root, "shop") as load:
        yield load


@pytest.fixture
def numbered(
    database: Database, shop: Shop, load: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Numbered]:
    monkeypatch.setenv("STARMODEL_DATABASE_URL", database.url)
    monkeypatch.setenv("STARMODEL_SECRET_KEY", "a secret for tests, known to everybody")
    done = shop.starmodel("migrate", "up")
    assert done.code == 0, done.err
    served = load("generated.app").create_app()
    with Client(served) as client:
        yield Numbered(client, database, load, served)


def test_records_are_numbered_one_after_the_other(numbered: Numbered) -> None:
    client = numbered.client
    assert [numbered.make("/tag", name=name) for name in ("tea", "gift", "new")] == [1, 2, 3]
    assert numbered.make("/product", name="Sencha", tags=[1, "3"]) == 1
    state = client.get("/product/1").state
    assert state == {"id": 1, "name": "Sencha", "price": "0.00", "tags": ["1", "3"]}
    changed = client.request("PATCH", "/product/1", json_body={"tags": ["2"], "version": 1})
    assert changed.status == 200, changed.text
    assert client.get("/product/1").state["tags"] == ["2"]
    assert client.get("/tag?q=gift").json["items"] == [{"id": 2, "name": "gift"}]

    # A deleted number is never handed out again, and what it named is gone.
    numbered.delete("/tag/3")
    assert numbered.make("/tag", name="newer") == 4
    assert client.get("/tag/3").status == 404
    assert numbered.ids("/tag?sort=-id") == [4, 2, 1]


def test_what_is_no_number_of_a_record_is_not_found(numbered: Numbered) -> None:
    numbered.make("/tag", name="tea")
    client = numbered.client
    for id in (
        "2",
        "abc",
        "01",
        "-1",
        "1.0",
        "%201",
        "1_0",
        f"{LARGEST}",
        f"{LARGEST + 1}",
        "9" * 80,
    ):
        for path in (f"/tag/{id}", f"/tag/{id}/edit"):
            page = client.request("GET", path, headers={"accept": "text/html"})
            assert page.status == 404, path
        assert client.get(f"/tag/{id}").status == 404, id
        assert client.request("PATCH", f"/tag/{id}", json_body={"name": "x"}).status == 404, id
        assert client.request("DELETE", f"/tag/{id}").status == 404, id
    assert numbered.ids("/tag") == [1]


def test_no_client_gives_a_number(numbered: Numbered) -> None:
    client = numbered.client
    refused = client.post("/tag", {"name": "tea", "id": 7})
    assert refused.status == 422
    assert [error["name"] for error in refused.json["errors"]] == ["id"]
    assert numbered.ids("/tag") == []
    # As a program sends it that has an object of its own, with nothing in the place of the id.
    assert numbered.make("/tag", name="tea", id=None) == 1
    client.request("PATCH", "/tag/1", json_body={"name": "coffee", "id": 9})
    assert client.get("/tag").json["items"] == [{"id": 1, "name": "coffee"}]


def test_a_number_of_ones_own_is_given_by_whoever_makes_the_record(numbered: Numbered) -> None:
    client = numbered.client
    assert numbered.make("/room", id=101, name="Kitchen") == 101
    assert client.post("/room", {"name": "Hall"}).status == 422
    assert client.post("/room", {"id": 0, "name": "Hall"}).status == 422
    assert client.post("/room", {"id": "hall"}).status == 422
    again = client.post("/room", {"id": 101, "name": "Hall"})
    assert (again.status, again.json["errors"][0]["name"]) == (409, "id")
    assert client.get("/room").json["items"] == [{"id": 101, "name": "Kitchen"}]


def test_what_refers_to_a_new_record_is_saved_with_it(numbered: Numbered) -> None:
    client = numbered.client
    product = numbered.make("/product", name="Sencha")
    assert numbered.make("/order/place", product=product, quantity=2) == 1
    assert numbered.make("/order/place", product=str(product)) == 2
    line = {"id": 1, "order": "1", "product": "1", "quantity": 2}
    assert client.get("/order_line?order=1").json["items"] == [line]

    split = client.post("/order/1/split")
    assert (split.status, split.result) == (200, 3)
    assert client.get("/order/3").state == {"id": 3, "customer": "somebody", "follows": "1"}
    assert client.get("/order_line?order=3").json["items"] == [{**line, "id": 3, "order": "3"}]
    assert client.post("/order/3/replace", {"other": 2}).status == 200
    assert client.get("/order/2").state["follows"] == "3"
    assert client.post("/order/3/replace", {"other": "abc"}).status == 404

    # What the database deletes and clears along with it.
    numbered.delete("/order/1")
    assert numbered.ids("/order_line?sort=id") == [2, 3]
    assert client.get("/order/3").state["follows"] is None


def test_lists_are_filtered_sorted_and_paged_by_numbers(numbered: Numbered) -> None:
    client = numbered.client
    order = numbered.make("/order")
    names = [f"product {number}" for number in range(12)]
    assert client.post(f"/order/{order}/stock", {"names": names}).status == 200
    assert numbered.ids("/product?sort=id") == [*range(1, 13)]
    assert numbered.ids("/product?id=11") == [11]
    assert numbered.ids("/product?id__in=2,10&sort=-id") == [10, 2]
    assert client.get("/product?id=abc").status == 422
    seen: list[int] = []
    path = "/product?sort=-id&limit=5"
    while path:
        answer = client.get(path).json
        seen += [item["id"] for item in answer["items"]]
        path = f"/product?sort=-id&limit=5&cursor={answer['next']}" if answer["next"] else ""
    assert seen == [*range(12, 0, -1)]
    options = client.get("/product/options?q=product 7").json["options"]
    assert options == [{"id": "8", "label": "product 7"}]

    line = numbered.make("/order_line", order=order, product=12)
    for given in ("1", order):
        assert numbered.ids(f"/order_line?order={given}") == [line]
    assert numbered.ids("/order_line?product__in=11,12") == [line]
    assert client.get("/order_line?order=abc").status == 422
    included = client.get("/order_line?include=product").json["included"]["product"]
    assert included["12"]["id"] == 12
    assert client.post("/order_line", {"order": order, "product": 99}).status == 409
    assert client.post("/order_line", {"order": "abc", "product": 12}).status == 422
    assert client.post("/order_line", {"order": 10**30, "product": 12}).status == 422


def test_a_number_that_an_author_gives_is_skipped_from_then_on(numbered: Numbered) -> None:
    client = numbered.client
    order = numbered.make("/order")
    given = client.post(f"/order/{order}/stock", {"names": ["a", "b", "c"], "first": 40})
    assert given.status == 200, given.text
    assert numbered.ids("/product?sort=id") == [40, 41, 42]
    assert client.post(f"/order/{order}/stock", {"names": ["d"], "first": 7}).status == 200
    assert numbered.make("/product", name="e") == 43
    taken = client.post(f"/order/{order}/stock", {"names": ["f"], "first": 7})
    assert (taken.status, taken.json["errors"][0]["name"]) == (409, "id")


def test_the_pages_of_a_record_are_at_its_number(numbered: Numbered) -> None:
    client = numbered.client
    names = [f"product {number}" for number in range(3)]
    order = numbered.make("/order")
    client.post(f"/order/{order}/stock", {"names": names, "first": 12345})
    listed = client.page("/product")
    assert 'href="/product/12345"' in listed
    # An address is copied from what is shown, so there is no separator in it.
    assert "12345" in client.page("/product/12345")
    assert "12,345" not in client.page("/product/12345") + listed
    assert 'name="id"' not in client.page("/product/new")
    made = client.submit("/product", {"name": "by form", "price": "1.50"})
    assert (made.status, made.headers["location"]) == (303, "/product/12348")
    picked = client.page("/order_line/new?order=1")
    assert 'value="1"' in picked
    for path in ("/order", "/order/1", "/order/1/edit", "/order_line", "/room/new", "/order/new"):
        client.page(path)
    exported = client.request("GET", "/product.csv", headers={"accept": "text/csv"})
    if exported.status == 200:
        assert "12345" in exported.text


def test_a_hook_after_the_creation_knows_the_number(numbered: Numbered) -> None:
    assert numbered.make("/badge", name="Ada") == 1
    made = numbered.client.post("/badge", {"name": "Bob"})
    assert made.state == {"id": 2, "name": "Bob", "code": "B-0002"}
    assert numbered.client.get("/badge/1").state["code"] == "B-0001"


def test_a_repeated_request_answers_with_the_same_record(numbered: Numbered) -> None:
    client = numbered.client
    key = {"idempotency-key": "a-click"}
    first = client.post("/tag", {"name": "tea"}, headers=key)
    again = client.post("/tag", {"name": "tea"}, headers=key)
    assert (first.status, first.state["id"]) == (201, 1)
    assert again.state == first.state
    assert again.headers["location"] == "/tag/1"
    assert numbered.ids("/tag") == [1]


def test_what_is_published_and_watched_has_the_number(numbered: Numbered) -> None:
    told: list[CommandRecord] = []

    async def note(record: CommandRecord) -> None:
        told.append(record)

    numbered.services.bus.subscribe(note)
    product = numbered.make("/product", name="Sencha")
    numbered.make("/order/place", product=product)
    found = [(record.entity, record.id, record.event, record.version) for record in told]
    assert found == [
        ("product", "1", "create", 1),
        ("order", "1", "place", 1),
        ("order_line", "1", "order.place", 1),
    ]
    assert "id" in told[0].changed
    with numbered.client.live(f"product:{product}") as stream:
        assert stream.next().signals["product"]["id"] == 1
        numbered.client.request("PATCH", "/product/1", json_body={"name": "Gyokuro"})
        assert stream.next().signals["product"] == {"name": "Gyokuro"}


def test_the_number_is_there_after_flush_and_after_the_commit(numbered: Numbered) -> None:
    entities = numbered.load("entities")
    Order, OrderLine, Ref = entities.Order, entities.OrderLine, entities.Ref
    product = numbered.make("/product", name="Sencha")

    async def run() -> None:
        async with numbered.services.unit_of_work(ANONYMOUS) as work:
            order, other = Order(customer="Ada"), Order(customer="Bob")
            other.follows = Ref(order)
            line = OrderLine(order=order, product=product)
            assert order.id is None
            assert line.order == Ref(order) != Ref(other)
            with pytest.raises(UnnumberedRecord):
                _ = line.order.id
            for record in (line, other, order):
                work.add(record)
            await work.flush()
            numbers = order.id, other.id, line.id, line.order.id
            assert numbers == (2, 1, 1, "2")
            work.add(order)
            assert await order.lines.load() == [line]
            assert await line.order.load() is order
            outcome = await work.commit(order, "write", {})
            assert outcome is not None
            assert (outcome.id, outcome.state["id"], outcome.version) == ("2", 2, 1)
        async with numbered.services.unit_of_work(ANONYMOUS) as work:
            lines = [OrderLine(order=Ref(2), product=product) for _ in range(11)]
            order = await work.load(Order, 2)
            for each in lines:
                work.add(each)
            assert await work.commit(order, "fill", {}) is not None
            assert [each.id for each in lines] == [*range(2, 13)]
        async with numbered.services.unit_of_work(ANONYMOUS) as work:
            order = await work.load(Order, "2")
            assert order is await work.load(Order, 2)
            # By number, and not as texts are sorted.
            assert [each.id for each in await order.lines.load()] == [*range(1, 13)]
            stray = OrderLine(order=Order(), product=product)
            work.add(stray)
            with pytest.raises(UnnumberedRecord, match="no number yet"):
                await work.commit(order, "stray", {})

    numbered.client.run(run())
    assert numbered.client.get("/order/1").state["follows"] == "2"


def test_new_records_are_found_by_their_numbers(numbered: Numbered) -> None:
    entities = numbered.load("entities")
    Order, OrderLine, Ref = entities.Order, entities.OrderLine, entities.Ref
    product = numbered.make("/product", name="Sencha")
    old = numbered.make("/order/place", product=product)

    async def run() -> None:
        async with numbered.services.unit_of_work(ANONYMOUS) as work:
            order = Order(customer="Ada")
            work.add(order)
            for quantity in (3, 1):
                work.add(OrderLine(order=Ref(order), product=product, quantity=quantity))
            found = await work.find(OrderLine, order=order, sort="quantity")
            assert [(line.id, line.quantity) for line in found] == [(3, 1), (2, 3)]
            assert await work.count(OrderLine, order=Ref(old)) == 1
            assert await work.count(OrderLine, product=product) == 3
            assert await work.find_one(Order, id=2) is order
            everything = await work.find(Order, sort="-id")
            assert [each.id for each in everything] == [2, 1]
            assert not await work.exists(OrderLine, order=99)
            assert await work.commit(order, "fill", {}) is not None

    numbered.client.run(run())
    assert numbered.ids("/order_line?order=2&sort=id") == [2, 3]


def test_new_records_refer_to_each_other(numbered: Numbered) -> None:
    entities = numbered.load("entities")
    Order, Ref = entities.Order, entities.Ref

    async def run() -> None:
        async with numbered.services.unit_of_work(ANONYMOUS) as work:
            one, other, third = Order(customer="1"), Order(customer="2"), Order(customer="3")
            one.follows, other.follows, third.follows = Ref(other), Ref(one), Ref(third)
            for order in (one, other, third):
                work.add(order)
            assert await work.commit(one, "tie", {}) is not None

    numbered.client.run(run())
    found = numbered.client.get("/order?sort=id").json["items"]
    assert [(order["id"], order["follows"]) for order in found] == [(1, "2"), (2, "1"), (3, "3")]
    assert numbered.client.get("/order/1").version == 1


def test_events_at_once_get_numbers_of_their_own(numbered: Numbered) -> None:
    commands = numbered.load("generated.product.commands")

    async def make(number: int) -> int:
        outcome = await commands.create(numbered.services, name=f"product {number}")
        return outcome.state["id"]

    async def run() -> list[int]:
        return await asyncio.gather(*map(make, range(40)))

    assert sorted(numbered.client.run(run())) == [*range(1, 41)]


def test_a_number_that_is_taken_behind_the_apps_back_is_passed_over(numbered: Numbered) -> None:
    values = "VALUES (1, 'by hand', 1)"
    numbered.database.run(f"INSERT INTO tag (id, name, row_version) {values}")
    assert numbered.make("/tag", name="tea") == 2


def test_other_programs_are_given_numbers_as_well(numbered: Numbered) -> None:
    numbered.make("/tag", name="tea")
    numbered.database.run("INSERT INTO tag (name, row_version) VALUES ('by hand', 1)")
    assert numbered.make("/tag", name="gift") == 3
    assert numbered.ids("/tag?sort=id") == [1, 2, 3]


def test_a_failed_event_leaves_nothing_but_a_missing_number(numbered: Numbered) -> None:
    numbered.make("/tag", name="tea")
    assert numbered.client.post("/tag", {"name": "tea"}).status == 409
    assert numbered.make("/tag", name="gift") in (2, 3)
    assert len(numbered.ids("/tag")) == 2


def test_row_classes_read_and_write_the_same_rows(numbered: Numbered) -> None:
    from starmodel.query import fetch, select

    rows = numbered.load("generated.product.rows")
    numbered.make("/product", name="Sencha")
    found = numbered.client.run(fetch(numbered.services, select(rows.ProductRow)))
    assert [(row.id, row.name) for row in found] == [(1, "Sencha")]


def test_the_typed_client_takes_numbers(numbered: Numbered) -> None:
    clients = numbered.load("generated.client")

    async def run() -> None:
        transport = httpx.ASGITransport(app=numbered.served)
        async with (
            httpx.AsyncClient(transport=transport) as http,
            clients.AsyncClient("http://localhost", http=http) as shop,
        ):
            tag = (await shop.tag.create(name="tea")).state
            product = (await shop.product.create(name="Sencha", tags=[tag.id])).state
            assert (tag.id, product.id, product.tags) == (1, 1, ["1"])
            order = (await shop.order.place(product=product.id, quantity=2)).state
            assert (await shop.order.split(order.id)).result == 2
            assert (await shop.order.read("2")).state.follows == "1"
            found = await shop.order_line.find(order=order.id, product=product.id)
            assert [line.id for line in found.items] == [1]
            with pytest.raises(clients.Problem) as caught:
                await shop.product.read(99)
            assert caught.value.status == 404

    numbered.client.run(run())


def test_records_in_memory_are_numbered_too(numbered: Numbered) -> None:
    client = numbered.client
    assert [numbered.make("/visit/arrive", name=name) for name in ("Ada", "Bob")] == [1, 2]
    assert client.post("/visit/2/enter").state == {"id": 2, "name": "Bob", "rooms": 1}
    assert client.get("/visit/3").status == 404
    assert client.get("/visit/abc").status == 404


def test_entities_of_sql_run_on_memory(numbered: Numbered) -> None:
    app = numbered.load("generated.app")
    served = app.create_app(stores={StateStore.SERVER_SQL: MemoryRepo()})
    with Client(served) as client:
        assert client.post("/tag", {"name": "tea"}).state["id"] == 1
        assert client.get("/tag/1").state == {"id": 1, "name": "tea"}


def test_a_conflict_over_a_number_runs_the_event_again(numbered: Numbered) -> None:
    """What another program takes between the reservation and the commit costs an attempt."""
    store = numbered.services.persistence.backend_for(numbered.load("generated.tag.state").TAG)
    handed_out = store.next_numbers
    calls: list[int] = []

    async def slow(entity: str, count: int, above: int = 0) -> list[int]:
        numbers = await handed_out(entity, count, above)
        if not calls:
            values = f"VALUES ({numbers[0]}, 'faster', 1)"
            insert = f"INSERT INTO tag (id, name, row_version) {values}"
            await asyncio.to_thread(numbered.database.run, insert)
        calls.append(numbers[0])
        return numbers

    with patch.object(store, "next_numbers", slow):
        assert numbered.make("/tag", name="tea") == 2
    assert calls == [1, 2]
    assert numbered.ids("/tag?sort=id") == [1, 2]


def test_a_given_number_that_is_taken_is_refused(numbered: Numbered) -> None:
    entities = numbered.load("entities")

    async def run() -> None:
        async with numbered.services.unit_of_work(ANONYMOUS) as work:
            first, second = entities.Tag(id=5, name="a"), entities.Tag(id=5, name="b")
            work.add(first)
            with pytest.raises(Conflict):
                work.add(second)

    numbered.client.run(run())

"""The lists of the generated shop: how many statements they take, and how the database works."""

import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from time import perf_counter
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest
from found_project import imported
from migrated_database import Database, SQLiteDatabase
from recording_driver import Asked, RecordingDriver
from shop_example import ShopExample

from starmodel import StateStore
from starmodel.stores.sql.backend import SQLModelBackend
from starmodel.stores.sql.drivers.database_url import driver_for
from starmodel.stores.sql.drivers.postgres_cte import number
from starmodel.testing import Client

PRODUCTS, TAGS, CUSTOMERS, ORDERS = 100_000, 10, 20, 50
COLUMNS = {
    "tag": "id, name, row_version",
    "product": "id, name, sku, price, stock, status,"
    " dimensions_width, dimensions_height, dimensions_depth, row_version",
    "product_tags": "product_id, tag_id, position",
    "customer": "id, name, email, row_version",
    "order": "id, customer_id, status, note, row_version",
    "order_line": "id, order_id, product_id, quantity, price, row_version",
}
WORDS = "wood lamp outdoor office vintage walnut oak brass linen kettle bowl".split()
STATUSES = ("draft", "active", "active", "retired")
CENT = Decimal("0.01")


def goods(dialect: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of each table."""
    draw = random.Random(3)

    def price() -> object:
        cents = draw.randint(0, 99_999)
        return cents if dialect == "sqlite" else cents * CENT

    def name() -> str:
        return f"{draw.choice(WORDS)} {draw.choice(WORDS)} {draw.randint(0, 9999)}"

    products = [
        (f"p{n:06}", name(), f"S{n}", price(), n % 50, draw.choice(STATUSES), 0, 0, 0, 1)
        for n in range(PRODUCTS)
    ]
    return {
        "tag": [(f"t{n}", f"tag {n}", 1) for n in range(TAGS)],
        "product": products,
        "product_tags": [(product[0], f"t{n % TAGS}", 0) for n, product in enumerate(products)],
        "customer": [(f"c{n:02}", f"Ada {n}", f"ada{n}@example.org", 1) for n in range(CUSTOMERS)],
        "order": [(f"o{n:02}", f"c{n % CUSTOMERS:02}", "open", "", 1) for n in range(ORDERS)],
        "order_line": [
            (f"l{n}-{m}", f"o{n:02}", products[n * m][0], m, price(), 1)
            for n in range(ORDERS)
            for m in (1, 2, 3)
        ],
    }


class Stocked(NamedTuple):
    """A shop with 100,000 products, in this process."""

    client: Client
    services: Any
    queries: Any
    driver: RecordingDriver
    database: Database

    @property
    def asked(self) -> list[Asked]:
        """What the database was asked, apart from what is left in the outbox."""
        return [asked for asked in self.driver.asked if "starmodel_outbox" not in asked.sql]

    def ask(self, path: str) -> dict[str, Any]:
        """Get a list as JSON."""
        self.driver.asked.clear()
        answer = self.client.get(path)
        assert answer.status == 200, answer.text
        return answer.json

    def plan(self) -> list[str]:
        """Describe how the database carries out the first statement that it was asked."""
        sql, parameters = self.asked[0]
        if self.database.dialect == "sqlite":
            return [row[3] for row in self.database.run(f"EXPLAIN QUERY PLAN {sql}", parameters)]
        return [row[0] for row in self.database.run(f"EXPLAIN {number(sql)}", parameters)]


@pytest.fixture(scope="module")
def load(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Any]]:
    """Imports a module of the shop: once for both databases, since SQLAlchemy remembers classes."""
    folder = tmp_path_factory.mktemp("imported")
    shop = ShopExample(folder, SQLiteDatabase(folder / "unused.db"))
    with imported(shop.folder, "shop") as load:
        yield load


@pytest.fixture(scope="module")
def stocked(shared_shop: ShopExample, load: Callable[[str], Any]) -> Iterator[Stocked]:
    database = shared_shop.database
    for table, rows in goods(database.dialect).items():
        database.fill(table, COLUMNS[table].split(", "), rows)
    driver = RecordingDriver(driver_for(database.url))
    app = load("generated.app")
    tables = [resource.table for resource in app.RESOURCES]
    store = SQLModelBackend(driver, tables, migrations=shared_shop.folder / "migrations")
    served = app.create_app(stores={StateStore.SERVER_SQL: store})
    with Client(served) as client:
        queries = load("generated.order.queries")
        yield Stocked(client, served.services, queries, driver, database)


def test_fifty_orders_with_their_customers_take_two_statements(stocked: Stocked) -> None:
    found = stocked.ask("/order?include=customer&limit=50")
    assert len(stocked.asked) == 2
    assert [order["id"] for order in found["items"]] == [f"o{n:02}" for n in range(ORDERS)]
    assert {*found["included"]["customer"]} == {f"c{n:02}" for n in range(CUSTOMERS)}
    assert all(order["customer"] in found["included"]["customer"] for order in found["items"])

    stocked.driver.asked.clear()
    page = stocked.client.page("/order?limit=50")
    assert len(stocked.asked) <= 3
    assert page.count("Ada 7") >= 2

    stocked.driver.asked.clear()
    finding = stocked.queries.find_orders(stocked.services, include=["customer"], limit=50)
    page = stocked.client.run(finding)
    assert len(stocked.asked) == 2
    assert [page.included["customer"][order.customer.id].name for order in page.items][:2] == [
        "Ada 0",
        "Ada 1",
    ]


def test_lines_with_all_they_refer_to_take_three(stocked: Stocked) -> None:
    found = stocked.ask("/order_line?include=order,product&limit=100")
    assert len(stocked.asked) == 3
    assert len(found["items"]) == 100
    assert {*found["included"]} == {"order", "product"}
    found = stocked.ask("/product?include=tags&limit=200")
    assert len(stocked.asked) == 2
    assert len(found["included"]["tags"]) == TAGS


def walk(stocked: Stocked, query: str, pages: int) -> list[dict[str, Any]]:
    """Ask for some pages, and print how long each took and how it is carried out."""
    cursor, times, items = "", list[str](), list[dict[str, Any]]()
    for number_of_page in range(pages):
        begun = perf_counter()
        found = stocked.ask(f"/product?{query}&limit=50{cursor}")
        times.append(f"{(perf_counter() - begun) * 1000:.1f}")
        items += found["items"]
        assert not any("count(*)" in sql.lower() for sql, _ in stocked.asked)
        assert len(stocked.asked) == 1
        if number_of_page in (0, pages - 1):
            print(f"{query}, page {number_of_page + 1}:", *stocked.plan(), sep="\n    ")
        if found["next"] is None:
            break
        cursor = f"&cursor={quote(found['next'])}"
    print(f"{stocked.database.dialect}: {query}: {' '.join(times)} ms")
    return items


def test_a_page_that_an_index_serves_reads_nothing_else(stocked: Stocked) -> None:
    items = walk(stocked, "status=active&sort=name", 6)
    assert len(items) == len({item["id"] for item in items}) == 300
    keys = [(item["name"], item["id"]) for item in items]
    assert keys == sorted(keys) and {item["status"] for item in items} == {"active"}
    if stocked.database.dialect == "sqlite":
        plan = "\n".join(stocked.plan())
        assert "SCAN" not in plan
        assert "ix_product_status_name (status=? AND name>?)" in plan


@pytest.mark.parametrize("query", ["sort=name", "sort=-price", "status=active&sort=-price"])
def test_any_sort_walks_through_all_there_is(stocked: Stocked, query: str) -> None:
    items = walk(stocked, query, 6)
    assert len(items) == len({item["id"] for item in items}) == 300
    if query.endswith("price"):
        prices = [Decimal(item["price"]) for item in items]
        assert prices == sorted(prices, reverse=True)


@pytest.mark.parametrize(("query", "count"), [("q=walnut", 150), ("q=no such thing", 0)])
def test_a_search_reads_no_more_than_it_must(stocked: Stocked, query: str, count: int) -> None:
    items = walk(stocked, quote(query, safe="="), 3)
    assert len(items) == count
    assert all("walnut" in item["name"] for item in items)

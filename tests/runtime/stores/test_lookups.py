"""Lists that are searched and sorted by what stands in other tables, on both databases."""

import re
from collections.abc import AsyncIterator, Callable
from datetime import date
from decimal import Decimal
from functools import cmp_to_key
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from generated_world import generate_world
from sql_tables import Store

from starmodel import Ref, StateStore, where
from starmodel.application import Services
from starmodel.errors import InvalidArguments
from starmodel.web import Resource, WebApplication

CASE = Path(__file__).parents[2] / "cases/lookups/entities.py"
generated = generate_world("looked_up_entities", CASE)
NAMES = ("customer", "label", "order")
RESOURCES: list[Resource] = [
    getattr(generated(f"{name}.routes"), f"{name}_resource") for name in NAMES
]
CUSTOMER, LABEL, ORDER = [each.definition for each in RESOURCES]
find_orders: Any = generated("order.queries").find_orders
find_customers: Any = generated("customer.queries").find_customers
find_labels: Any = generated("label.queries").find_labels

Row = dict[str, Any]
Tier: Any = CUSTOMER.cls.__pydantic_fields__["tier"].annotation


def make_app(url: str) -> WebApplication:
    store = Store(url, [each.table for each in RESOURCES])
    return WebApplication(RESOURCES, stores={StateStore.SERVER_SQL: store})


@pytest.fixture(params=["sqlite", "postgresql"])
async def app(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[WebApplication]:
    """An app with four customers, and fourteen orders of theirs or of nobody's."""
    url = f"sqlite:///{tmp_path / 'app.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    app = make_app(url)
    async with app.services as services:
        await fill(services)
        yield app


async def fill(services: Services) -> None:
    customer, label, order = CUSTOMER.cls, LABEL.cls, ORDER.cls
    customers = [
        customer(name="Zoe", tier=Tier.PAID, since=date(2020, 1, 1), credit=Decimal("9.50")),
        customer(name="ann", since=date(2024, 2, 29), credit=Decimal("10.00")),
        customer(name="Ann", tier=Tier.PAID, credit=Decimal("-1.25")),
        customer(name="Bob"),
    ]
    labels = [label(id="x", word="x"), label(id="y", word="y")]
    orders: list[Any] = []
    for number in range(14):
        one = order(id=f"o{number:02}", title=f"Order {number % 3}")
        if number % 5 != 4:
            one.customer = Ref(customers[(number * 7) % 3])
        if number > 6:
            one.instead_of = Ref(orders[number // 3])
        if number % 2:
            one.labels = [Ref(labels[0])]
        orders.append(one)
    async with services.unit_of_work() as work:
        for each in (*customers, *labels, *orders):
            work.add(each)
        assert await work.commit(orders[0], "filled", {}) is not None


async def rows(services: Services) -> list[Row]:
    """Return what can be asked of each order, worked out by Python."""
    orders = (await find_orders(services, limit=200)).items
    customers = {str(one.id): one for one in (await find_customers(services)).items}
    by_id = {one.id: one for one in orders}
    found: list[Row] = []
    for one in orders:
        own = None if one.customer is None else customers[one.customer.id]
        before = None if one.instead_of is None else by_id[one.instead_of.id]
        found.append(
            {
                "id": one.id,
                "title": one.title,
                "customer__name": own and own.name,
                "customer__tier": own and own.tier.value,
                "customer__since": own and own.since,
                "customer__credit": None if own is None else own.credit,
                "instead_of__title": before and before.title,
                "later__count": sum(
                    other.instead_of is not None and other.instead_of.id == one.id
                    for other in orders
                ),
            }
        )
    return found


def in_order(rows: list[Row], sort: list[str]) -> list[str]:
    """Return the ids of rows as lists have them: nothing comes after all values."""
    is_down = sort[-1].startswith("-")
    names = [*sort, "-id" if is_down else "id"]

    def compare(one: Row, other: Row) -> int:
        for name in names:
            field, sign = name.removeprefix("-"), -1 if name.startswith("-") else 1
            mine, its = ((row[field] is None, row[field]) for row in (one, other))
            if mine != its:
                return sign if mine > its else -sign
        return 0

    return [row["id"] for row in sorted(rows, key=cmp_to_key(compare))]


LOOKUPS = (
    "customer__name",
    "customer__tier",
    "customer__since",
    "customer__credit",
    "instead_of__title",
    "later__count",
)
SORTS = [
    *([f"{sign}{name}"] for name in LOOKUPS for sign in ("", "-")),
    ["customer__tier", "-later__count"],
    ["title", "customer__name"],
    ["-customer__name", "title"],
]


async def test_pages_follow_each_other_both_ways_whatever_they_are_sorted_by(
    app: WebApplication,
) -> None:
    services = app.services
    known = await rows(services)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as http:
        for sort in SORTS:
            wanted = in_order(known, sort)
            found: list[str] = []
            pages: list[Any] = []
            cursor = None
            while True:
                page = await find_orders(services, sort=sort, limit=3, cursor=cursor)
                pages.append(page)
                found += [one.id for one in page.items]
                cursor = page.next
                if cursor is None:
                    break
            assert found == wanted, sort
            for later, earlier in zip(reversed(pages), list(reversed(pages))[1:], strict=False):
                back = await find_orders(services, sort=sort, limit=3, cursor=later.previous)
                assert [one.id for one in back.items] == [one.id for one in earlier.items], sort
            heard: list[str] = []
            query = {"sort": ",".join(sort), "limit": "4"}
            while True:
                answer = await http.get(
                    f"/order?{urlencode(query)}", headers={"accept": "application/json"}
                )
                heard += [one["id"] for one in answer.json()["items"]]
                if answer.json()["next"] is None:
                    break
                query["cursor"] = answer.json()["next"]
            assert heard == wanted, sort


async def test_filters_ask_what_stands_elsewhere(app: WebApplication) -> None:
    services = app.services
    known = await rows(services)

    def is_there(test: Callable[[Any], bool]) -> Callable[[Any], bool]:
        return lambda value: value is not None and test(value)

    cases: list[tuple[str, object, Callable[[Any], bool]]] = [
        ("customer__name", "Ann", lambda value: value == "Ann"),
        ("customer__name", where.contains("AN"), is_there(lambda value: "an" in value.lower())),
        ("customer__name", where.startswith("z"), is_there(lambda value: value[0] == "Z")),
        ("customer__name", where.ne("Ann"), lambda value: value != "Ann"),
        ("customer__name", where.one_of(["Ann", "Bob"]), lambda value: value in ("Ann", "Bob")),
        ("customer__name", where.ge("Zoe"), is_there(lambda value: value >= "Zoe")),
        ("customer__tier", Tier.PAID, lambda value: value == "paid"),
        ("customer__tier", where.ne(Tier.PAID), lambda value: value != "paid"),
        ("customer__since", where.is_null(), lambda value: value is None),
        ("customer__since", where.is_null(False), lambda value: value is not None),
        ("customer__since", where.lt(date(2024, 1, 1)), is_there(lambda v: v < date(2024, 1, 1))),
        ("customer__credit", where.gt(Decimal("9.5")), is_there(lambda v: v > Decimal("9.5"))),
        ("instead_of__title", "Order 2", lambda value: value == "Order 2"),
        ("later__count", 0, lambda value: value == 0),
        ("later__count", where.ge(1) & where.lt(3), lambda value: 1 <= value < 3),
        ("later__count", where.one_of([2, 3]), lambda value: value in (2, 3)),
        ("later__count", where.ne(0), lambda value: value != 0),
    ]
    for name, value, fits in cases:
        page = await find_orders(services, sort=["id"], **{name: value})
        wanted = [row["id"] for row in known if fits(row[name])]
        assert [one.id for one in page.items] == wanted, (name, value)
    page = await find_orders(services, customer__name="ann", title="Order 1", q="order")
    assert {one.title for one in page.items} <= {"Order 1"}
    # `q` is about the record's own texts.
    assert (await find_orders(services, q="Zoe")).items == []


async def test_many_are_counted_through_references_and_link_tables(app: WebApplication) -> None:
    services = app.services
    # What the class says they are sorted by: who has most comes first, then the names.
    page = await find_customers(services)
    assert [one.name for one in page.items] == ["Ann", "Zoe", "ann", "Bob"]
    counted = await find_customers(services, orders__count=where.gt(3), sort=["-name"])
    assert [one.name for one in counted.items] == ["ann", "Zoe", "Ann"]
    assert (await find_customers(services, orders__count=where.gt(4))).items == []
    labels = await find_labels(services, sort=["-orders__count"])
    assert [one.word for one in labels.items] == ["x", "y"]
    assert [one.word for one in (await find_labels(services, orders__count=7)).items] == ["x"]


async def test_over_http_they_are_filters_like_all_others(app: WebApplication) -> None:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as http:
        http.headers["accept"] = "application/json"
        answer = await http.get("/order?customer__name__contains=zo&later__count__ge=1&sort=id")
        assert answer.status_code == 200
        known = await rows(app.services)
        assert [one["id"] for one in answer.json()["items"]] == [
            row["id"] for row in known if row["customer__name"] == "Zoe" and row["later__count"]
        ]
        for query in ("customer__secret=x", "customer__orders__count=1", "later__count=many"):
            assert (await http.get(f"/order?{query}")).status_code == 422
        assert (await http.get("/order?sort=customer__secret")).status_code == 422
        page = (await http.get("/order?sort=customer__name", headers={"accept": "text/html"})).text
        assert 'id="sort-customer__name"' in page and 'aria-sort="ascending"' in page
        assert "sort=-customer__name" in page and 'id="sort-instead_of__title"' in page
        csv = await http.get("/order.csv?sort=-customer__name", headers={"accept": "text/csv"})
        assert csv.status_code == 200 and len(csv.text.splitlines()) == 15
        told = {row["id"]: row["later__count"] for row in known}
        titles = {row["title"] for row in known}
        lines = [line.split(",") for line in csv.text.splitlines()]
        assert lines[0][-1] == "Later"
        assert sorted(line[-1] for line in lines[1:]) == sorted(map(str, told.values()))
        assert {line[0] for line in lines[1:]} == titles
        # Programs get the state, as the client knows it.
        assert "later__count" not in (await http.get("/order")).json()["items"][0]
        module: Any = generated("client")
        client = module.AsyncClient("http://testserver", http=http)
        lower: Any = generated("client.where").lt(0)
        found = await client.order.find(customer__credit=lower, sort="title", limit=2)
        assert len(found.items) == 2 and found.next is not None


async def test_pages_have_a_column_of_how_many_there_are(app: WebApplication) -> None:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as http:
        http.headers["accept"] = "text/html"
        page = (await http.get("/customer?sort=-orders__count")).text
        assert 'id="sort-orders__count"' in page and ">Orders</a>" in page
        assert re.findall(">Orders</b><span>([^<]*)</span>", page) == ["4", "4", "4", "0"]
        known = await rows(app.services)
        first = next(row for row in known if row["later__count"])
        # Below a record those that refer to it have it as well.
        page = (await http.get(f"/order/{first['id']}")).text
        assert len(re.findall(">Later</b><span>[0-9]+</span>", page)) == first["later__count"]


async def test_inside_an_event_there_are_the_records_own_fields(app: WebApplication) -> None:
    async with app.services.unit_of_work() as work:
        assert await work.find(ORDER, title="Order 1", limit=1)
        with pytest.raises(TypeError, match="customer__name"):
            await work.find(ORDER, customer__name="Zoe")
        assert len(await work.find(CUSTOMER, sort="name")) == 4
    with pytest.raises(InvalidArguments):
        await find_orders(app.services, sort=["customer__secret"])

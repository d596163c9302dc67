"""The generated shop when its server is killed, and when its database goes away, under load.

`STARMODEL_TEST_ROUNDS=50` makes as many rounds of each instead of a few.
"""

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from migrated_database import PostgreSQLDatabase
from postgres_server import OwnServer
from shop_example import ShopExample
from shop_program import Page, Program, Reply

ROUNDS = int(os.environ.get("STARMODEL_TEST_ROUNDS", "2"))
BUYERS = 8
KEEP_ALIVE = 0.5
DRAINED = 15.0
"""Seconds after which whoever came next has published what was left."""


class Trade:
    """Buyers and clerks who do not take silence for an answer, and know what was answered.

    Attributes:
        stock: How many of each product there should be.
        placed: The orders that were placed.
        versions: The highest version of each product and order that was acknowledged.
        is_over: Set it to have everybody finish what he is at.
    """

    def __init__(self, program: Program, customer: str, stock: dict[str, int]) -> None:
        self.program = program
        self.customer = customer
        self.stock = Counter(stock)
        self.placed: dict[str, dict[str, int]] = {}
        self.versions: dict[str, int] = {}
        self.answered = 0
        self.is_over = False

    async def go_on(self) -> None:
        """Restock and buy until it is over."""
        while not self.is_over:
            await (self.restock() if random.random() < 0.4 else self.buy())

    async def until(self, answered: int) -> None:
        """Wait until so many requests were answered."""
        async with asyncio.timeout(DRAINED):
            while self.answered < answered:
                await asyncio.sleep(0.05)

    async def restock(self) -> None:
        """Put more of something on the shelf."""
        product, quantity = random.choice([*self.stock]), random.randint(2, 9)
        path = f"/product/{product}/restock"
        self.note(product, await self.program.insist("POST", path, quantity=quantity))
        self.stock[product] += quantity

    async def buy(self) -> None:
        """Make an order of some products, and place it."""
        reply = await self.program.insist("POST", "/order", customer=self.customer)
        assert reply.status == 201, reply
        order = reply.state["id"]
        lines = {id: random.randint(1, 3) for id in random.sample([*self.stock], 3)}
        for product, quantity in lines.items():
            path = f"/order/{order}/add_line"
            self.note(
                order,
                await self.program.insist("POST", path, product=product, quantity=quantity),
            )
        reply = await self.program.insist("POST", f"/order/{order}/place")
        if reply.status == 422:
            assert "There are only" in reply.body["detail"]
            return
        self.note(order, reply)
        self.placed[order] = lines
        self.stock.subtract(lines)

    def note(self, id: str, reply: Reply) -> None:
        """Record an answer."""
        assert reply.status == 200, reply
        self.versions[id] = max(self.versions.get(id, 0), reply.version)
        self.answered += 1


async def begin(program: Program) -> Trade:
    """Open the shop: five products, of which there are few."""
    stock = {await program.stock(f"tea-{number}", 40): 40 for number in range(5)}
    return Trade(program, await program.customer(), stock)


def check_acknowledged(shop: ShopExample, versions: dict[str, int], placed: set[str]) -> None:
    """See that what was acknowledged is stored, before anybody else has a chance to mend it."""
    run = shop.database.run
    stored = dict(
        run('SELECT id, row_version FROM product UNION SELECT id, row_version FROM "order"')
    )
    assert {id for id, version in versions.items() if stored.get(id, 0) < version} == set()
    found = {id for (id,) in run("SELECT id FROM \"order\" WHERE status = 'placed'")}
    assert placed <= found
    if shop.database.dialect == "sqlite":
        assert run("PRAGMA integrity_check") == [("ok",)]
        assert run("PRAGMA foreign_key_check") == []


def check_books(shop: ShopExample, trade: Trade) -> None:
    """See that everything was done, as a whole, and once."""
    run = shop.database.run
    assert dict(run("SELECT id, stock FROM product")) == dict(trade.stock)
    orders = dict(run('SELECT id, status FROM "order"'))
    assert {id for id, status in orders.items() if status == "placed"} == {*trade.placed}
    lines: dict[str, dict[str, int]] = {}
    for order, product, quantity in run("SELECT order_id, product_id, quantity FROM order_line"):
        assert product not in lines.setdefault(order, {}), "a line was added twice"
        lines[order][product] = quantity
    assert {order: lines[order] for order in trade.placed} == trade.placed
    # An order is made in one event, and its lines in three more.
    assert {len(each) for each in lines.values()} == {3} and {*lines} == {*orders}


async def drain(shop: ShopExample) -> None:
    """Wait until nothing is left in the outbox."""
    async with asyncio.timeout(DRAINED):
        while await asyncio.to_thread(shop.count, "starmodel_outbox"):
            await asyncio.sleep(0.1)


async def test_a_killed_server_loses_nothing_and_does_nothing_twice(shop: ShopExample) -> None:
    server = shop.telling_server()

    with server:
        async with Program(server.url) as program:
            await asyncio.to_thread(shop.keep_journal)
            trade = await begin(program)
            buyers = [asyncio.create_task(trade.go_on()) for _ in range(BUYERS)]
            for _ in range(ROUNDS):
                await asyncio.sleep(random.uniform(0.3, 1.2))
                before = trade.answered
                await asyncio.to_thread(server.kill)
                known = {**trade.versions}, {*trade.placed}
                await asyncio.to_thread(check_acknowledged, shop, *known)
                await asyncio.to_thread(server.start)
                await trade.until(before + BUYERS)
            trade.is_over = True
            await asyncio.gather(*buyers)
            await asyncio.to_thread(check_books, shop, trade)
            assert len(trade.placed) > ROUNDS
            await drain(shop)
            # Nothing was published that was not committed, and all that was committed was.
            assert shop.told() == {*await asyncio.to_thread(shop.journal)}
    assert shop.logged() == ""


async def test_another_process_tells_of_what_a_killed_one_could_not(shop: ShopExample) -> None:
    doomed, survivor = shop.telling_server(), shop.telling_server()

    with doomed, survivor:
        async with Program(doomed.url) as program:
            await asyncio.to_thread(shop.keep_journal)
            trade = await begin(program)
            buyers = [asyncio.create_task(trade.go_on()) for _ in range(BUYERS)]
            await trade.until(5 * BUYERS)
            await asyncio.to_thread(doomed.kill)
            program.gives_up = True
            ends = await asyncio.gather(*buyers, return_exceptions=True)
            assert all(isinstance(end, httpx.TransportError) for end in ends), ends
        await drain(shop)
        assert shop.told() == {*await asyncio.to_thread(shop.journal)}
    assert shop.logged() == ""


@pytest.fixture
def shop_on_own_server(own_postgres_server: OwnServer, tmp_path: Path) -> Iterator[ShopExample]:
    with own_postgres_server.database() as url:
        yield ShopExample(tmp_path, PostgreSQLDatabase(url)).make_tables()


@pytest.mark.parametrize("way", ["stop", "kill"])
async def test_while_the_database_is_away_the_answer_is_503(
    own_postgres_server: OwnServer, shop_on_own_server: ShopExample, way: str
) -> None:
    database, shop = own_postgres_server, shop_on_own_server
    with shop.server(STARMODEL_LIVE_KEEP_ALIVE=str(KEEP_ALIVE)) as server:
        outages: list[tuple[float, float]] = []
        async with Program(server.url) as program:
            trade = await begin(program)
            product = next(iter(trade.stock))
            async with Page(server.url, f"product:{product}", "product", "order") as page:
                buyers = [asyncio.create_task(trade.go_on()) for _ in range(BUYERS)]
                for _ in range((ROUNDS + 1) // 2):
                    await asyncio.sleep(0.6)
                    began, before = time.monotonic(), trade.answered
                    await asyncio.to_thread(getattr(database, way))
                    await asyncio.sleep(0.6)
                    await asyncio.to_thread(database.start)
                    outages.append((began, time.monotonic()))
                    await trade.until(before + BUYERS)
                trade.is_over = True
                await asyncio.gather(*buyers)
                await asyncio.to_thread(check_books, shop, trade)
                await drain(shop)
                await asyncio.sleep(2 * KEEP_ALIVE)
                # It was open all the while.
                assert page.signals["product"]["stock"] == trade.stock[product]
                assert page.text.count("retry: ") == 1
        assert len(program.refused) >= len(outages)
        for refusal in program.refused:
            # The end of an outage is noticed a moment later.
            assert any(
                began <= refusal.answered and refusal.sent < ended + 0.3 for began, ended in outages
            )
        assert server.is_running
    # Of all that was refused there is a line, and not a page.
    assert "is not available: " in shop.logged()
    assert "Traceback" not in shop.logged()

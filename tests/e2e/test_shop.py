"""The generated shop, served by two processes at once: nothing lost, nothing by halves.

`STARMODEL_TEST_ROUNDS=20` makes as many rounds of what is random instead of one.
"""

import asyncio
import os
import random
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count, cycle
from typing import Any
from uuid import uuid4

import pytest
from served_app import ServedApp
from shop_example import ShopExample, Told
from shop_program import Page, Program, Reply

ROUNDS = int(os.environ.get("STARMODEL_TEST_ROUNDS", "1"))
WORKERS = 8
"""Of each server, and of each kind."""

KEEP_ALIVE = 0.4
FLUSHED = 0.5
"""Seconds after which what was published has left the outbox."""


@pytest.fixture(scope="module")
def processes(shared_shop: ShopExample) -> Iterator[tuple[str, str]]:
    """The addresses of two processes that share a database."""
    servers = [shared_shop.server(STARMODEL_LIVE_KEEP_ALIVE=str(KEEP_ALIVE)) for _ in range(2)]
    with ThreadPoolExecutor(2) as both:
        try:
            deque(both.map(ServedApp.start, servers))
            shared_shop.keep_journal()
            yield servers[0].url, servers[1].url
        finally:
            deque(both.map(ServedApp.stop, servers))
    assert shared_shop.logged() == ""


@pytest.fixture
def servers(processes: tuple[str, str], shared_shop: ShopExample) -> Iterator[tuple[str, str]]:
    """The same, and what they log is an error."""
    yield processes
    # Two processes in each other's way are nothing to write home about.
    assert shared_shop.logged() == ""


@pytest.fixture
def shop(shared_shop: ShopExample) -> ShopExample:
    return shared_shop


@pytest.mark.parametrize("round", range(ROUNDS))
async def test_two_processes_lose_no_update_of_a_hot_row(
    servers: tuple[str, str], round: int
) -> None:
    times, numbers = 12, count(1)

    async with Program(servers[0]) as one, Program(servers[1]) as other:
        id = await one.stock("Sencha", 1)
        path = f"/product/{id}"

        async def restock(program: Program) -> list[tuple[Reply, dict[str, Any]]]:
            quantities = [random.randint(1, 9) for _ in range(times)]
            return [
                (await program.post(f"{path}/restock", quantity=each), {"stock": each})
                for each in quantities
            ]

        async def reprice(program: Program) -> list[tuple[Reply, dict[str, Any]]]:
            prices = [f"{next(numbers)}.25" for _ in range(times)]
            return [(await program.patch(path, price=each), {"price": each}) for each in prices]

        async def rename(program: Program) -> list[tuple[Reply, dict[str, Any]]]:
            names = [f"Sencha {next(numbers)}" for _ in range(times)]
            return [(await program.patch(path, name=each), {"name": each}) for each in names]

        done = [
            each
            for group in await asyncio.gather(
                *[
                    work(program)
                    for work in (restock, reprice, rename)
                    for program in (one, other)
                    for _ in range(WORKERS // (1 if work is restock else 4))
                ]
            )
            for each in group
        ]
        assert {reply.status for reply, _ in done} == {200}
        # The versions are a row without gaps, and each state is the one before with one change.
        done.sort(key=lambda each: each[0].version)
        assert [reply.version for reply, _ in done] == list(range(3, len(done) + 3))
        state = {"name": "Sencha", "price": "0.00", "stock": 1}
        for reply, change in done:
            if "stock" in change:
                change = {"stock": state["stock"] + change["stock"]}
            state |= change
            assert state == {name: reply.state[name] for name in state}
        for program in (one, other):
            found = await program.get(path)
            assert found["version"] == len(done) + 2
            assert found["state"] == done[-1][0].state


async def test_a_request_that_is_sent_again_is_carried_out_once(servers: tuple[str, str]) -> None:
    async with Program(servers[0]) as one, Program(servers[1]) as other:
        programs = (one, other) * 6
        id = await one.stock("Sencha", 1)
        path, once, made_once = f"/product/{id}", uuid4().hex, uuid4().hex
        replies = await asyncio.gather(
            *(program.post(f"{path}/restock", once, quantity=3) for program in programs)
        )
        assert {(reply.state["stock"], reply.version) for reply in replies} == {(4, 3)}
        later = await other.patch(path, price="2.00")
        assert (await one.post(f"{path}/restock", once, quantity=3)).version == later.version

        values = {"name": "Assam", "sku": uuid4().hex}
        made = await asyncio.gather(
            *(program.post("/product", made_once, **values) for program in programs)
        )
        assert {reply.status for reply in made} == {201}
        assert len({reply.state["id"] for reply in made}) == 1
        assert (await one.post("/product", **values)).status == 409
        found = await other.get(f"/product?sku={values['sku']}")
        assert len(found["items"]) == 1


async def test_an_order_that_lacks_stock_fails_whole(
    shop: ShopExample, servers: tuple[str, str]
) -> None:
    async with Program(servers[0]) as program:
        shelf = [await program.stock(name, 10) for name in ("Sencha", "Assam")]
        shelf.append(await program.stock("Teapot", 1))
        ada = await program.customer()
        order, key = await program.order(ada, dict.fromkeys(shelf, 2)), uuid4().hex
        await asyncio.sleep(FLUSHED)
        told = {*await asyncio.to_thread(shop.journal)}
        watched = ["product", "order", f"order:{order}", *(f"product:{id}" for id in shelf)]
        async with Page(servers[0], *watched) as page:
            await page.wait_for(f'"{shelf[2]}"')
            before, shown = await asyncio.to_thread(shop.dump), page.signals
            assert before["starmodel_outbox"] == []

            refused = await program.post(f"/order/{order}/place", key)
            assert refused.status == 422
            assert refused.body["detail"] == "There are only 1 of Teapot."
            assert await asyncio.to_thread(shop.dump) == before
            await asyncio.sleep(2 * KEEP_ALIVE)
            assert page.signals == shown
            assert page.text.count("event: ") == len(watched)

            await program.post(f"/product/{shelf[2]}/restock", quantity=4)
            # The key of what was refused was not used up.
            placed = await program.post(f"/order/{order}/place", key)
            assert placed.state["status"] == "placed"
            await page.wait_for('"status":"placed"')
            await page.wait_for('"stock":3')
        await asyncio.sleep(FLUSHED)
        after = await asyncio.to_thread(shop.dump)
        changed = {name for name in after if after[name] != before[name]}
        assert changed == {"order", "product", "journal", "starmodel_idempotency"}
        found = [await program.get(f"/product/{id}") for id in shelf]
        assert [each["state"]["stock"] for each in found] == [8, 8, 3]
        assert {*await asyncio.to_thread(shop.journal)} - told == {
            Told("order", order, 2),
            *(Told("product", id, each["version"]) for id, each in zip(shelf, found, strict=True)),
            Told("product", shelf[2], found[2]["version"] - 1),
        }


async def test_an_order_that_the_database_refuses_fails_whole(
    shop: ShopExample, servers: tuple[str, str]
) -> None:
    async with Program(servers[0]) as program:
        shelf = [await program.stock(name, 10) for name in ("Sencha", "Assam", "Teapot")]
        ada = await program.customer()
        order, key = await program.order(ada, dict.fromkeys(shelf, 2)), uuid4().hex
        await asyncio.sleep(FLUSHED)
        before = await asyncio.to_thread(shop.dump)
        steps = [
            ("UPDATE", "order", "1 = 1"),
            *(("UPDATE", "product", f"new.id = '{id}'") for id in shelf),
            ("INSERT", "starmodel_outbox", "1 = 1"),
            ("INSERT", "starmodel_idempotency", "1 = 1"),
        ]
        watched = ["product", f"order:{order}", *(f"product:{id}" for id in shelf)]
        async with Page(servers[0], *watched) as page:
            await page.wait_for(f'"{shelf[2]}"')
            shown = page.text
            for step in steps:
                await asyncio.to_thread(shop.break_at, *step)
                refused = await program.post(f"/order/{order}/place", key)
                assert refused.status == 409, step
                await asyncio.to_thread(shop.mend, step[1])
                assert await asyncio.to_thread(shop.dump) == before
            await asyncio.sleep(FLUSHED)
            assert page.text.count("event: ") == shown.count("event: ")
        placed = await program.post(f"/order/{order}/place", key)
        assert placed.state["status"] == "placed"


@pytest.mark.parametrize("round", range(ROUNDS))
async def test_of_those_who_want_the_last_ones_somebody_gets_them(
    servers: tuple[str, str], round: int
) -> None:
    stock, orders = 12, 24

    async with Program(servers[0]) as one, Program(servers[1]) as other:
        programs = (one, other)
        names = {await one.stock(name, stock): name for name in ("Sencha", "Assam", "Teapot")}
        ada = await one.customer()

        async def order(number: int) -> tuple[str, dict[str, int]]:
            chosen = random.sample([*names], random.randint(2, 3))
            lines = {id: random.randint(1, 2) for id in chosen}
            return await programs[number % 2].order(ada, lines), lines

        asked = await asyncio.gather(*map(order, range(orders)))
        replies = await asyncio.gather(
            *(
                program.post(f"/order/{id}/place")
                for (id, _), program in zip(asked, programs * orders, strict=False)
            )
        )
        left = {id: (await one.get(f"/product/{id}"))["state"]["stock"] for id in names}
        taken: Counter[str] = Counter()
        placed: list[str] = []
        for (id, lines), reply in zip(asked, replies, strict=True):
            if reply.status == 200:
                placed.append(id)
                taken.update(lines)
                continue
            assert reply.status == 422
            words = {f"There are only {n} of {name}." for n in (0, 1) for name in names.values()}
            assert reply.body["detail"] in words
            # Stock only went down, so what was not enough then is not enough now.
            assert any(left[product] < quantity for product, quantity in lines.items())
        assert {id: left[id] + taken[id] for id in names} == dict.fromkeys(names, stock)
        assert min(left.values()) >= 0 and len(placed) < orders
        for id, _ in asked:
            status = (await other.get(f"/order/{id}"))["state"]["status"]
            assert status == ("placed" if id in placed else "open")

        # All of them are given back at once.
        back = await asyncio.gather(
            *(
                program.post(f"/order/{id}/cancel")
                for id, program in zip(placed, programs * orders, strict=False)
            )
        )
        assert {reply.status for reply in back} == {200}
        for id in names:
            assert (await other.get(f"/product/{id}"))["state"]["stock"] == stock


@pytest.mark.parametrize("round", range(ROUNDS))
async def test_no_line_slips_into_an_order_that_is_being_placed(
    servers: tuple[str, str], round: int
) -> None:
    async with Program(servers[0]) as one, Program(servers[1]) as other:
        sencha, assam = [await one.stock(name, 100) for name in ("Sencha", "Assam")]
        ada = await one.customer()
        orders = [await one.order(ada, {sencha: 1}) for _ in range(15)]
        for number, order in enumerate(orders):
            placed, added = await asyncio.gather(
                one.post(f"/order/{order}/place"),
                (one, other)[number % 2].post(
                    f"/order/{order}/add_line", product=assam, quantity=1
                ),
            )
            assert placed.status == 200
            assert added.status == 200 or added.body["detail"] == "The order is closed."
        # What is in a placed order was taken from the shelf.
        sold = (await one.get(f"/order_line?product={assam}"))["items"]
        left = (await one.get(f"/product/{assam}"))["state"]["stock"]
        assert left + len(sold) == 100


async def test_a_walk_meets_everything_once_while_others_come_and_go(
    shop: ShopExample, servers: tuple[str, str]
) -> None:
    staying = {f"p{number:03}" for number in range(150)}
    columns = "id, name, sku, price, stock, status, row_version".split(", ")
    columns += ["dimensions_width", "dimensions_height", "dimensions_depth"]
    await asyncio.to_thread(
        shop.database.fill,
        "product",
        columns,
        [
            (id, random.choice("abcdefgh"), id, 1, random.randint(0, 9), "active", 1, 0, 0, 0)
            for id in staying
        ],
    )

    async with Program(servers[0]) as one, Program(servers[1]) as other:
        is_over = False
        times = [0] * 6

        async def come_and_go(place: int, program: Program) -> None:
            while not is_over:
                name = random.choice("abcdefgh")
                id = await program.create("product", name=name, sku=uuid4().hex)
                await program.post(f"/product/{id}/restock", quantity=random.randint(1, 9))
                await program.delete(f"/product/{id}")
                times[place] += 1

        crowd = [
            asyncio.create_task(come_and_go(place, each))
            for place, each in enumerate((one, other) * 3)
        ]
        sorts = cycle(("name", "-stock,name", "status", "-price"))
        for walk in count():
            # On a busy machine some get their turn late.
            if walk >= 4 * ROUNDS and min(times) > 1:
                break
            sort = next(sorts)
            met: list[str] = []
            cursor: str | None = ""
            while cursor is not None:
                after = f"&cursor={cursor}" if cursor else ""
                page = await one.get(f"/product?sort={sort}&limit=6{after}")
                met += [item["id"] for item in page["items"]]
                cursor = page["next"]
                one, other = other, one
            assert Counter(id for id in met if id in staying) == dict.fromkeys(staying, 1)
        is_over = True
        await asyncio.gather(*crowd)


async def test_a_page_of_one_process_sees_what_another_changed(servers: tuple[str, str]) -> None:
    async with Program(servers[0]) as program:
        sencha, assam = [await program.stock(name, 5) for name in ("Sencha", "Assam")]
        async with (
            Page(servers[0], f"product:{sencha}", "product") as near,
            Page(servers[1], f"product:{sencha}", f"product:{assam}", "product") as far,
        ):
            await far.wait_for("_changes")
            mark = near.signals["_changes"]["product"]
            await program.post(f"/product/{sencha}/restock", quantity=2)
            await near.wait_for('"stock":7')
            assert near.signals["_changes"]["product"] != mark
            # The bus is that of one process: another one notices with the next sign of life.
            await far.wait_for('"stock":7')
            assert far.text.count(": keep-alive") <= 1
            deleted = await program.delete(f"/product/{assam}")
            assert deleted.status == 204
            await asyncio.sleep(2 * KEEP_ALIVE)
            assert far.text.count('"stock":7') == 1

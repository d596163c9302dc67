"""One event: all or nothing, on fresh state, and told afterwards."""

import asyncio
import logging

import pytest

from starmodel import Actor, CommandRecord, MemoryRepo, StateStore, UnitOfWork
from starmodel.application import CommandResult, Services, Write
from starmodel.domain import ANONYMOUS, Fragment
from starmodel.errors import ConfigurationError, Conflict, InvalidState, NotFound, StaleVersion

from .shop import CART, COUNTER, PRODUCT, SHARED, Counter, Gift, Line, Product, Shop

ANN = Actor("ann")


class Stray(Product):
    """Is no entity of the app."""


async def increment(services: Services, amount: int = 1, pause: bool = False) -> CommandResult[int]:
    """What a generated command looks like."""
    async with services.unit_of_work(ANN) as work:
        for _ in work.attempts():
            counter = await work.load(COUNTER, "s1")
            if pause:
                await asyncio.sleep(0)
            counter.count += amount
            outcome = await work.commit(counter, "increment", {"amount": amount}, counter.count)
            if outcome is not None:
                return outcome
        raise work.last_conflict


async def test_an_event_is_stored_answered_and_told() -> None:
    shop = Shop()
    outcome = await increment(shop.services, 3)
    assert (outcome.id, outcome.version, outcome.result, outcome.created) == ("s1", 1, 3, False)
    assert outcome.state == {"count": 3, "note": ""}
    assert outcome.changed == {"count": 3}
    assert shop.records == [
        CommandRecord("counter", "s1", "increment", {"amount": 3}, ANN, 12.5, 1, ("count",), None)
    ]
    assert (await increment(shop.services)).version == 2
    assert (await shop.stored(COUNTER, "s1"))["count"] == 4


async def test_a_unit_of_work_says_which_fields_are_not_as_they_were_loaded() -> None:
    shop = Shop()
    await increment(shop.services)
    async with shop.services.unit_of_work(ANN) as work:
        counter = await work.load(COUNTER, "s1")
        assert work.changed_fields(counter) == set()
        counter.note = "new"
        counter.count += 0
        assert work.changed_fields(counter) == {"note"}
        new = await work.load(COUNTER, "s2")
        assert work.changed_fields(new) >= {"count", "note"}


async def test_an_event_that_changes_nothing_is_told_and_not_stored() -> None:
    shop = Shop()
    first = await increment(shop.services, 0)
    assert (first.version, first.changed, first.state) == (0, {}, {"count": 0, "note": ""})
    await increment(shop.services, 5)
    idle = await increment(shop.services, 0)
    assert (idle.version, idle.changed, idle.state) == (1, {}, {"count": 5, "note": ""})
    told = [(record.previous, record.version, record.changed) for record in shop.records]
    assert told == [(0, 0, ()), (0, 1, ("count",)), (1, 1, ())]


async def test_a_private_field_is_stored_and_not_told() -> None:
    shop = Shop()
    async with shop.services.unit_of_work() as work:
        counter = await work.load(COUNTER, "s1")
        counter.secret = 7
        outcome = await work.commit(counter, "hide", {}, None)
    assert outcome is not None
    assert (outcome.version, outcome.changed) == (1, {})
    assert "secret" not in outcome.state
    # It was saved all the same: whoever counts versions has to know.
    [record] = shop.records
    assert (record.previous, record.version, record.changed) == (0, 1, ())
    assert (await shop.stored(COUNTER, "s1"))["secret"] == 7


async def test_leaving_without_a_commit_forgets_everything() -> None:
    shop = Shop()
    version = await shop.change(CART, "s1", lines=[Line(sku="a")])
    before = await shop.stored(CART, "s1")
    product = Product()
    shop.records.clear()
    with pytest.raises(ZeroDivisionError):
        async with shop.services.unit_of_work() as work:
            cart = await work.load(CART, "s1")
            work.add(PRODUCT, product)
            cart.lines[0].amount = 99
            cart.lines[0].tags.append("x")
            cart.labels["a"] = [1]
            cart.lines.append(Line(sku="b"))
            raise ZeroDivisionError
    assert await shop.stored(CART, "s1") == before
    assert await shop.store.version(CART.key("s1")) == version
    assert await shop.store.load(PRODUCT.key(product.id)) is None
    assert shop.records == []


async def test_an_entity_left_invalid_is_not_stored(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "starmodel"):
        shop = Shop()
        await increment(shop.services)
        shop.records.clear()
        async with shop.services.unit_of_work() as work:
            counter = await work.load(COUNTER, "s1")
            counter.note = "far too long for it"
            counter.secret = 4711
            with pytest.raises(InvalidState) as caught:
                await work.commit(counter, "spoil", {}, None)
        assert caught.value.entity == "counter"
        assert [(error.name, error.type) for error in caught.value.errors] == [
            ("note", "string_too_long"),
            ("", "invalid"),
        ]
        assert "far too long" not in str(caught.value)
        assert "4711" not in str(caught.value)
        assert caught.value.__cause__ is None
        assert (await shop.stored(COUNTER, "s1"))["note"] == ""
        assert shop.records == []
    assert "counter.spoil left the entity invalid" in caplog.text
    assert "4711" not in caplog.text


async def test_a_value_object_left_invalid_is_noticed_where_it_is() -> None:
    shop = Shop()
    await shop.change(CART, "s1", lines=[Line(sku="a"), Gift(sku="b", card="hi")])
    for spoil in (0, "many"):
        async with shop.services.unit_of_work() as work:
            cart = await work.load(CART, "s1")
            cart.lines[1].amount = spoil  # pyright: ignore[reportAttributeAccessIssue]
            with pytest.raises(InvalidState) as caught:
                await work.commit(cart, "spoil", {}, None)
        assert [error.name for error in caught.value.errors] == ["lines"]
    assert (await shop.stored(CART, "s1"))["lines"][1] == Gift(sku="b", card="hi")


async def test_what_validation_gives_is_stored_and_shown() -> None:
    shop = Shop()
    async with shop.services.unit_of_work() as work:
        counter = await work.load(COUNTER, "s1")
        counter.count = "12"  # pyright: ignore[reportAttributeAccessIssue]
        outcome = await work.commit(counter, "set", {}, None)
    assert outcome is not None
    assert outcome.changed == {"count": 12}
    assert (await shop.stored(COUNTER, "s1"))["count"] == 12
    # Another way of writing the same is no change.
    async with shop.services.unit_of_work() as work:
        counter = await work.load(COUNTER, "s1")
        counter.count = "12"  # pyright: ignore[reportAttributeAccessIssue]
        outcome = await work.commit(counter, "set", {}, None)
    assert outcome is not None
    assert (outcome.version, outcome.changed) == (1, {})


async def test_changes_deep_inside_are_noticed_and_computed_fields_follow() -> None:
    shop = Shop()
    await shop.change(CART, "s1", lines=[Line(sku="a"), Line(sku="b")], labels={"x": [1]})
    async with shop.services.unit_of_work() as work:
        cart = await work.load(CART, "s1")
        cart.lines[1].amount = 4
        outcome = await work.commit(cart, "more", {}, None)
    assert outcome is not None
    assert outcome.changed == {
        "lines": [
            {"sku": "a", "amount": 1, "tags": []},
            {"sku": "b", "amount": 4, "tags": []},
        ],
        "total": 5,
    }
    async with shop.services.unit_of_work() as work:
        cart = await work.load(CART, "s1")
        cart.labels["x"].append(2)
        outcome = await work.commit(cart, "label", {}, None)
    assert outcome is not None
    assert outcome.changed == {"labels": {"x": [1, 2]}}


async def test_nothing_that_was_in_anybodys_hands_leads_into_the_store() -> None:
    shop = Shop()
    mine = [Line(sku="a", tags=["t"])]
    labels = {"x": [1]}
    async with shop.services.unit_of_work() as work:
        cart = await work.load(CART, "s1")
        cart.lines = mine
        cart.labels = labels
        outcome = await work.commit(cart, "fill", {"lines": mine}, cart.lines)
    assert outcome is not None
    snapshot = await shop.services.read(CART, "s1")
    other = await shop.services.read(CART, "s1")
    before = await shop.stored(CART, "s1")

    for line in (mine[0], cart.lines[0], outcome.result[0], snapshot.entity.lines[0]):
        line.sku = "changed"
        line.tags.append("changed")
    for lists in (labels, cart.labels, outcome.state["labels"], snapshot.state["labels"]):
        lists["x"].append(99)  # pyright: ignore
    outcome.state["lines"].clear()  # pyright: ignore
    outcome.changed["lines"].clear()  # pyright: ignore
    snapshot.state["lines"].clear()  # pyright: ignore
    assert await shop.stored(CART, "s1") == before
    assert (await shop.services.read(CART, "s1")).state == other.state


async def test_several_entities_are_committed_all_or_none() -> None:
    async def buy(shop: Shop, id: str, amount: int) -> CommandResult[None] | None:
        async with shop.services.unit_of_work() as work:
            cart = await work.load(CART, "s1")
            product = await work.load(PRODUCT, id)
            cart.lines.append(Line(sku=product.name, amount=amount))
            product.stock -= amount
            return await work.commit(cart, "buy", {"amount": amount}, None)

    shop = Shop()
    product = await make(shop, Product(name="tea"))
    outcome = await buy(shop, product.id, 2)
    assert outcome is not None
    assert outcome.state["total"] == 2
    assert (await shop.stored(PRODUCT, product.id))["stock"] == 3
    assert [(record.entity, record.id, record.event) for record in shop.records[1:]] == [
        ("cart", "s1", "buy"),
        ("product", product.id, "cart.buy"),
    ]
    assert shop.records[2].changed == ("stock",)

    with pytest.raises(InvalidState) as caught:
        await buy(shop, product.id, 4)
    assert caught.value.entity == "product"
    assert (await shop.stored(CART, "s1"))["lines"][0].amount == 2
    assert len((await shop.stored(CART, "s1"))["lines"]) == 1
    assert len(shop.records) == 3


async def test_what_is_saved_beside_an_unchanged_subject_is_told_as_well() -> None:
    shop = Shop()
    async with shop.services.unit_of_work() as work:
        shared = await work.load(SHARED)
        counter = await work.load(COUNTER, "s1")
        shared.count += 1
        outcome = await work.commit(counter, "tell", {}, None)
    assert outcome is not None
    assert outcome.version == 0
    assert [(record.entity, record.id, record.changed) for record in shop.records] == [
        ("counter", "s1", ()),
        ("shared", "", ("count",)),
    ]


async def make(shop: Shop, product: Product) -> Product:
    async with shop.services.unit_of_work() as work:
        work.add(PRODUCT, product)
        outcome = await work.commit(product, "open", {}, None)
    assert outcome is not None
    return product


async def test_a_record_is_made_found_and_deleted() -> None:
    shop = Shop()
    product = Product(name="tea")
    async with shop.services.unit_of_work() as work:
        work.add(PRODUCT, product)
        with pytest.raises(Conflict):
            work.add(PRODUCT, product)
        outcome = await work.commit(product, "open", {}, None)
    assert outcome is not None
    assert (outcome.id, outcome.created, outcome.version) == (product.id, True, 1)
    assert outcome.changed == outcome.state == {"id": product.id, "name": "tea", "stock": 5}
    assert shop.records[0].changed == ("id", "name", "stock")

    async with shop.services.unit_of_work() as work:
        again = await work.load(PRODUCT, product.id)
        assert again is not product
        work.delete(again)
        with pytest.raises(NotFound):
            await work.load(PRODUCT, product.id)
        outcome = await work.commit(again, "close", {}, None)
    assert outcome is not None
    assert (outcome.version, outcome.created) == (2, False)
    assert shop.records[1].version == 2
    assert set(shop.records[1].changed) == {"id", "name", "stock"}
    async with shop.services.unit_of_work() as work:
        with pytest.raises(NotFound):
            await work.load(PRODUCT, product.id)


async def test_a_record_is_added_with_or_without_its_class() -> None:
    shop = Shop(definitions=[PRODUCT])
    one, two, three = (Product(name=name) for name in ("one", "two", "three"))
    async with shop.services.unit_of_work() as work:
        work.add(one)
        work.add(Product, two)
        work.add(PRODUCT, three)
        await work.commit(one, "open", {}, None)
    for product in (one, two, three):
        assert await shop.store.load(PRODUCT.key(product.id)) is not None


@pytest.mark.parametrize("id", ["", ".", "..", "new", "options"])
async def test_an_id_that_leads_elsewhere_is_refused(id: str) -> None:
    shop = Shop()
    with pytest.raises(InvalidState) as caught:
        await make(shop, Product(id=id))
    [error] = caught.value.errors
    assert (error.name, error.message) == ("id", "This cannot be an id.")
    assert len(shop.store) == 0


async def test_a_deleted_session_entity_is_as_new() -> None:
    shop = Shop()
    await increment(shop.services, 5)
    async with shop.services.unit_of_work() as work:
        counter = await work.load(COUNTER, "s1")
        work.delete(counter)
        outcome = await work.commit(counter, "forget", {}, None)
    assert outcome is not None
    assert (outcome.state, outcome.changed) == ({"count": 0, "note": ""}, {"count": 0})
    assert (await increment(shop.services)).version > outcome.version


async def test_an_id_that_is_taken_is_a_conflict_at_once() -> None:
    shop = Shop()
    await make(shop, Product(id="tea"))
    with pytest.raises(Conflict):
        await make(shop, Product(id="tea"))
    assert len(shop.records) == 1


async def test_a_record_keeps_its_id() -> None:
    shop = Shop()
    await make(shop, Product(id="tea"))
    async with shop.services.unit_of_work() as work:
        product = await work.load(PRODUCT, "tea")
        product.id = "coffee"
        with pytest.raises(InvalidState) as caught:
            await work.commit(product, "rename", {}, None)
    assert caught.value.errors[0].name == "id"


@pytest.mark.parametrize("seconds", [0, 0.0005])
async def test_no_update_is_lost_among_eight_workers_and_none_is_refused(seconds: float) -> None:
    async def worker(services: Services, key: str) -> None:
        for _ in range(100):
            async with services.unit_of_work() as work:
                for _ in work.attempts():
                    counter = await work.load(COUNTER, key)
                    before = counter.count
                    await asyncio.sleep(seconds)
                    counter.count = before + 1
                    if await work.commit(counter, "increment", {}, None) is not None:
                        break

    shop = Shop()
    await asyncio.gather(*(worker(shop.services, "s1") for _ in range(8)))
    assert (await shop.stored(COUNTER, "s1"))["count"] == 800
    assert [record.version for record in shop.records] == [*range(1, 801)]
    assert vars(shop.store)["_locks"] == {}


async def test_two_who_want_the_same_two_in_another_order_both_get_them() -> None:
    async def move(services: Services, first: str, second: str) -> None:
        for _ in range(50):
            async with services.unit_of_work() as work:
                for _ in work.attempts():
                    one = await work.load(COUNTER, first)
                    await asyncio.sleep(0)
                    other = await work.load(COUNTER, second)
                    await asyncio.sleep(0)
                    one.count += 1
                    other.count -= 1
                    if await work.commit(one, "move", {}, None) is not None:
                        break

    shop = Shop()
    there = [move(shop.services, "a", "b") for _ in range(4)]
    back = [move(shop.services, "b", "a") for _ in range(4)]
    await asyncio.gather(*there, *back)
    assert [(await shop.stored(COUNTER, key))["count"] for key in "ab"] == [0, 0]
    assert vars(shop.store)["_locks"] == {}


async def test_loading_at_once_with_a_lock_locks_once_and_lets_go() -> None:
    async def move(services: Services) -> None:
        for _ in range(20):
            async with services.unit_of_work() as work:
                for _ in work.attempts():
                    one, other = await asyncio.gather(
                        work.load(COUNTER, "s1", lock=True), work.load(COUNTER, "s2", lock=True)
                    )
                    await asyncio.sleep(0.0005)
                    one.count += 1
                    other.count += 1
                    if await work.commit(one, "move", {}, None) is not None:
                        break

    shop = Shop()
    async with asyncio.timeout(5):
        await asyncio.gather(*(move(shop.services) for _ in range(4)))
    for key in ("s1", "s2"):
        assert (await shop.stored(COUNTER, key))["count"] == 80
    assert vars(shop.store)["_locks"] == {}


async def test_whoever_raises_after_a_conflict_lets_go() -> None:
    shop = Shop()
    await increment(shop.services)
    attempts = 0
    with pytest.raises(ZeroDivisionError):
        async with shop.services.unit_of_work() as work:
            for _ in work.attempts():
                counter = await work.load(COUNTER, "s1")
                attempts += 1
                if attempts == 2:
                    raise ZeroDivisionError
                await increment(shop.services)
                counter.count += 1
                await work.commit(counter, "increment", {}, None)
    await asyncio.wait_for(increment(shop.services), 1)
    assert vars(shop.store)["_locks"] == {}


class AlwaysLate(MemoryRepo):
    """A store in which somebody else is always faster."""

    def __init__(self) -> None:
        super().__init__()
        self.attempts = 0

    async def commit(self, writes: "list[Write]") -> list[int]:  # type: ignore[override]
        self.attempts += 1
        raise Conflict(writes[0].key.entity, writes[0].key.id)


async def test_after_eight_attempts_the_caller_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    def highest(low: float, high: float) -> float:
        waits.append(high)
        return 0.0

    monkeypatch.setattr("starmodel.application.unit_of_work.loading.random.uniform", highest)

    late = AlwaysLate()
    shop = Shop({"counter": late})
    with pytest.raises(Conflict):
        await increment(shop.services)
    assert late.attempts == 8
    assert shop.records == []
    assert waits == sorted(waits)
    assert len(waits) == 7
    assert waits[0] < 0.01
    assert waits[-1] == 0.1


async def test_the_event_is_run_again_on_fresh_state() -> None:
    shop = Shop()
    seen: list[int] = []
    async with shop.services.unit_of_work() as work:
        for attempt in range(2):
            counter = await work.load(COUNTER, "s1")
            seen.append(counter.count)
            counter.count += 1
            if attempt == 0:
                await shop.change(COUNTER, "s1", count=10)
            outcome = await work.commit(counter, "increment", {}, None)
            assert (outcome is None) == (attempt == 0)
    assert seen == [0, 10]
    assert (await shop.stored(COUNTER, "s1"))["count"] == 11


async def test_loading_twice_gives_the_same_object_even_at_once() -> None:
    shop = Shop()
    await increment(shop.services)
    async with shop.services.unit_of_work() as work:
        one, two = await asyncio.gather(work.load(COUNTER, "s1"), work.load(COUNTER, "s1"))
        assert one is two is await work.load(COUNTER, "s1")
        assert await work.load(COUNTER, "s2") is not one


async def test_an_author_may_load_by_class() -> None:
    shop = Shop(definitions=[PRODUCT])
    await make(shop, Product(id="tea"))
    async with shop.services.unit_of_work() as work:
        assert (await work.load(Product, "tea")).stock == 5
        work.add(Product, Product(id="coffee"))
        with pytest.raises(ConfigurationError, match="Counter is not an entity of this app"):
            await work.load(Counter, "s1")


async def test_mistakes_of_the_caller_are_said() -> None:
    shop = Shop({"shared": MemoryRepo()})
    async with shop.services.unit_of_work() as work:
        with pytest.raises(ConfigurationError, match="not loaded in this unit of work"):
            await work.commit(Counter(), "increment", {}, None)
        with pytest.raises(ConfigurationError, match=r"Only a Scope\.RECORD is added"):
            work.add(COUNTER, Counter())
        with pytest.raises(ConfigurationError, match="needs the record"):
            work.add(PRODUCT)  # pyright: ignore
        with pytest.raises(ConfigurationError, match="not an entity of this app"):
            work.add(Stray())
    async with shop.services.unit_of_work() as work:
        counter = await work.load(COUNTER, "s1")
        shared = await work.load(SHARED)
        counter.count = shared.count = 1
        with pytest.raises(ConfigurationError, match="different stores"):
            await work.commit(counter, "both", {}, None)
    assert await shop.store.load(COUNTER.key("s1")) is None


async def test_whether_anything_was_changed() -> None:
    shop = Shop()
    async with shop.services.unit_of_work() as work:
        cart = await work.load(CART, "s1")
        assert not work.is_changed()
        cart.labels["x"] = []
        assert work.is_changed()


async def test_the_fragment_travels_with_the_record_of_the_subject() -> None:
    shop = Shop()
    fragment = Fragment("<li>", "#list", "append")
    async with shop.services.unit_of_work() as work:
        counter = await work.load(COUNTER, "s1")
        await work.commit(counter, "say", {}, None, broadcast=fragment)
    assert shop.records[0].fragment is fragment


async def test_the_unit_of_work_can_be_replaced() -> None:
    class Audited(UnitOfWork):
        __slots__ = ()

    shop = Shop()
    services = Services(shop.services.persistence, shop.services.bus, unit_of_work=Audited)
    work = services.unit_of_work(ANN)
    assert type(work) is Audited
    assert work.actor is ANN
    assert services.unit_of_work().actor is ANONYMOUS
    await increment(services)


async def test_ttl_counts_from_the_last_save() -> None:
    now = 0.0

    store = MemoryRepo(clock=lambda: now)
    shop = Shop({StateStore.SERVER_MEMORY: store})
    definition = type(COUNTER)(
        Counter,
        name="counter",
        namespace="counter",
        store=COUNTER.store,
        scope=COUNTER.scope,
        state=COUNTER.state,
        ttl=10,
    )
    first = await shop.change(definition, "s1", count=1)
    now = 9
    await shop.change(definition, "s1", count=2)
    now = 18
    assert (await shop.services.read(definition, "s1")).state["count"] == 2
    now = 19
    snapshot = await shop.services.read(definition, "s1")
    assert (snapshot.state["count"], snapshot.version) == (0, 0)
    assert await shop.change(definition, "s1", count=1) > first + 1


async def test_a_caller_who_saw_an_older_version_is_told_what_differs() -> None:
    shop = Shop()
    await increment(shop.services, 3)
    await increment(shop.services, 4)
    async with shop.services.unit_of_work(ANN) as work:
        counter = await work.load(COUNTER, "s1")
        work.expect(counter, 2, {"count": 1})
        work.expect(counter, None, {"count": 1})
        with pytest.raises(StaleVersion) as caught:
            work.expect(counter, 1, {"count": 1, "note": "", "secret": 5})
    assert caught.value.differs == {"count": 7}
    assert (caught.value.entity, caught.value.id, caught.value.version) == ("counter", "s1", 2)

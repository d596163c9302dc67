"""Generators: each step is stored, and lives with what others do in between."""

import asyncio

import pytest

from starmodel.application import CommandResult, EntityDefinition, UnitOfWork
from starmodel.errors import Conflict, InvalidState, NotFound

from .shop import CART, COUNTER, PRODUCT, SHARED, Cart, Counter, Line, Product, Shop
from .test_unit_of_work import make


async def step(work: UnitOfWork, entity: Cart | Counter | Product) -> CommandResult[str]:
    return await work.checkpoint(entity, "run", {}, "step")


async def test_every_step_is_stored_and_told() -> None:
    shop = Shop()
    async with shop.services.unit_of_work() as work:
        counter = await work.load(COUNTER, "s1")
        for number in range(1, 4):
            counter.count = number
            outcome = await step(work, counter)
            assert (outcome.version, outcome.changed) == (number, {"count": number})
            assert (await shop.stored(COUNTER, "s1"))["count"] == number
        outcome = await step(work, counter)
        assert (outcome.version, outcome.changed) == (3, {})
        counter.count = 99
    assert [record.changed for record in shop.records] == [("count",)] * 3 + [()]
    # What came after the last step is gone.
    assert (await shop.stored(COUNTER, "s1"))["count"] == 3


@pytest.mark.parametrize("definition", [COUNTER, SHARED])
async def test_changes_of_others_to_other_fields_are_taken_over(
    definition: EntityDefinition[Counter],
) -> None:
    shop = Shop()
    async with shop.services.unit_of_work() as work:
        counter = await work.load(definition, "s1")
        counter.count = 1
        await step(work, counter)
        await shop.change(definition, "s1", note="theirs", secret=5)
        counter.count = 2
        outcome = await step(work, counter)
        assert outcome.state == {"count": 2, "note": "theirs"}
        assert outcome.changed == {"count": 2}
        assert (counter.note, counter.secret) == ("theirs", 5)
    values = await shop.stored(definition, "s1")
    assert (values["count"], values["note"], values["secret"]) == (2, "theirs", 5)


async def test_a_step_that_changed_nothing_does_not_mind_the_others() -> None:
    shop = Shop()
    async with shop.services.unit_of_work() as work:
        counter = await work.load(COUNTER, "s1")
        counter.count = 1
        await step(work, counter)
        await shop.change(COUNTER, "s1", count=7)
        await step(work, counter)
        counter.note = "mine"
        await step(work, counter)
        assert (counter.count, counter.note) == (7, "mine")


async def test_two_who_change_the_same_field_conflict() -> None:
    shop = Shop()
    async with shop.services.unit_of_work() as work:
        counter = await work.load(COUNTER, "s1")
        counter.count = 2
        version = await shop.change(COUNTER, "s1", count=3)
        with pytest.raises(Conflict):
            await step(work, counter)
    assert (await shop.stored(COUNTER, "s1"))["count"] == 3
    assert await shop.store.version(COUNTER.key("s1")) == version


async def test_two_who_give_a_field_the_same_value_have_not_agreed_on_it() -> None:
    shop = Shop()
    async with shop.services.unit_of_work() as work:
        counter = await work.load(COUNTER, "s1")
        counter.count += 1
        version = await shop.change(COUNTER, "s1", count=1)
        # Both have counted one on, which would be 2.
        with pytest.raises(Conflict):
            await step(work, counter)
    assert await shop.store.version(COUNTER.key("s1")) == version


async def test_lists_count_as_one_field_and_stay_apart_from_the_store() -> None:
    shop = Shop()
    await shop.change(CART, "s1", lines=[Line(sku="a")], labels={"x": [1]})
    async with shop.services.unit_of_work() as work:
        cart = await work.load(CART, "s1")
        kept = cart.lines
        cart.lines.append(Line(sku="b"))
        await shop.change(CART, "s1", labels={"x": [2]})
        outcome = await step(work, cart)
        assert outcome.state["total"] == 2
        assert cart.labels == {"x": [2]}
        # The author's own list is still the entity's, and never the store's.
        assert cart.lines is kept
        kept[0].tags.append("late")
        cart.labels["x"].append(9)
        assert (await shop.stored(CART, "s1"))["lines"][0].tags == []
        assert (await shop.stored(CART, "s1"))["labels"] == {"x": [2]}

        kept[0].amount = 5
        await shop.change(CART, "s1", lines=[])
        with pytest.raises(Conflict):
            await step(work, cart)


async def test_what_validation_made_of_a_value_is_put_into_the_live_entity() -> None:
    shop = Shop()
    async with shop.services.unit_of_work() as work:
        counter = await work.load(COUNTER, "s1")
        counter.count = "12"  # pyright: ignore[reportAttributeAccessIssue]
        await step(work, counter)
        assert counter.count == 12
        counter.count += 1
        assert (await step(work, counter)).changed == {"count": 13}


async def test_an_invalid_step_is_not_stored_and_the_ones_before_are() -> None:
    shop = Shop()
    product = await make(shop, Product())
    async with shop.services.unit_of_work() as work:
        product = await work.load(PRODUCT, product.id)
        product.stock = 1
        await step(work, product)
        product.stock = -1
        with pytest.raises(InvalidState):
            await step(work, product)
    assert (await shop.stored(PRODUCT, product.id))["stock"] == 1


async def test_a_record_that_is_deleted_meanwhile_is_not_found() -> None:
    shop = Shop()
    id = (await make(shop, Product())).id
    async with shop.services.unit_of_work() as work:
        product = await work.load(PRODUCT, id)
        async with shop.services.unit_of_work() as other:
            doomed = await other.load(PRODUCT, id)
            other.delete(doomed)
            await other.commit(doomed, "delete", {}, None)
        product.stock = 1
        with pytest.raises(NotFound):
            await step(work, product)


async def test_a_session_that_expired_meanwhile_goes_on() -> None:
    shop = Shop()
    await shop.change(COUNTER, "s1", note="kept")
    async with shop.services.unit_of_work() as work:
        counter = await work.load(COUNTER, "s1")
        async with shop.services.unit_of_work() as other:
            doomed = await other.load(COUNTER, "s1")
            other.delete(doomed)
            gone = await other.commit(doomed, "delete", {}, None)
            assert gone is not None
        counter.count = 3
        outcome = await step(work, counter)
        assert outcome.version > gone.version
        assert outcome.changed == {"count": 3, "note": "kept"}


async def test_two_generators_share_an_entity() -> None:
    async def count(shop: Shop) -> None:
        async with shop.services.unit_of_work() as work:
            counter = await work.load(COUNTER, "s1")
            for number in range(20):
                counter.count = number
                await step(work, counter)
                await asyncio.sleep(0)

    async def write(shop: Shop) -> None:
        async with shop.services.unit_of_work() as work:
            counter = await work.load(COUNTER, "s1")
            for number in range(20):
                counter.note = str(number)
                await step(work, counter)
                await asyncio.sleep(0)

    shop = Shop()
    await asyncio.gather(count(shop), write(shop))
    values = await shop.stored(COUNTER, "s1")
    assert (values["count"], values["note"]) == (19, "19")

"""Reading, and which entity is kept where."""

import pytest

from starmodel import (
    Access,
    Actor,
    Entity,
    InProcessBus,
    MemoryRepo,
    PersistenceManager,
    Scope,
    StateStore,
)
from starmodel.application import Services, Write
from starmodel.errors import ConfigurationError, NotFound, Unauthenticated

from .shop import COUNTER, PRODUCT, SHARED, Product, Shop, define, product_state
from .test_unit_of_work import make


def owns(actor: Actor, product: Product) -> bool:
    return actor.id == product.name


async def test_reading_stores_nothing() -> None:
    shop = Shop()
    snapshot = await shop.services.read(COUNTER, "s1")
    assert (snapshot.id, snapshot.version, snapshot.definition) == ("s1", 0, COUNTER)
    assert snapshot.state == {"count": 0, "note": ""}
    snapshot.entity.count = 9
    assert len(shop.store) == 0
    assert shop.records == []
    assert (await shop.services.read(SHARED)).id == ""


async def test_a_record_has_to_be_there() -> None:
    shop = Shop()
    with pytest.raises(NotFound) as caught:
        await shop.services.read(PRODUCT, "tea")
    assert (caught.value.entity, caught.value.id) == ("product", "tea")


async def test_reading_asks_for_access() -> None:
    shop = Shop()
    await make(shop, Product(id="tea", name="ann"))
    policy = define(Product, product_state, Scope.RECORD, access=owns)
    known = define(Product, product_state, Scope.RECORD, access=Access.AUTHENTICATED)
    read = shop.services.read
    assert (await read(policy, "tea", Actor("ann"))).version == 1
    assert (await read(known, "tea", Actor("bob"))).version == 1
    for actor in (Actor("bob"), Actor()):
        for id in ("tea", "made up"):
            with pytest.raises(NotFound):
                await read(policy, id, actor)
    # Whoever is nobody may sign in, whichever product it is.
    for id in ("tea", "made up"):
        with pytest.raises(Unauthenticated):
            await read(known, id)


def test_the_store_of_an_entity_is_found_by_its_name_before_its_kind() -> None:
    memory, own = MemoryRepo(), MemoryRepo()
    persistence = PersistenceManager({StateStore.SERVER_MEMORY: memory, "shared": own})
    assert persistence.backend_for(COUNTER) is memory
    assert persistence.backend_for(SHARED) is own
    assert persistence.backends == [memory, own]


def test_an_entity_without_a_store_is_said_how_to_get_one() -> None:
    definition = define(Entity, lambda entity: {}, Scope.SESSION, store=StateStore.CUSTOM)
    with pytest.raises(ConfigurationError, match=r"stores=\{StateStore\.CUSTOM: \.\.\.\}"):
        PersistenceManager({}).backend_for(definition)


class Watched(MemoryRepo):
    def __init__(self, log: list[str], name: str, fails: bool = False) -> None:
        super().__init__()
        self.log = log
        self.name = name
        self.fails = fails

    async def open(self) -> None:
        if self.fails:
            raise OSError("no connection")
        self.log.append(f"open {self.name}")

    async def close(self) -> None:
        self.log.append(f"close {self.name}")


async def test_every_store_is_opened_and_closed_once() -> None:
    log: list[str] = []
    one, two = Watched(log, "one"), Watched(log, "two")
    services = Services(PersistenceManager({"a": one, "b": two, "c": one}), InProcessBus())
    await services.open()
    await services.close()
    assert log == ["open one", "open two", "close two", "close one"]


async def test_a_block_opens_everything_and_closes_it_also_after_an_error() -> None:
    log: list[str] = []
    services = Services(PersistenceManager({"a": Watched(log, "one")}), InProcessBus())
    with pytest.raises(ZeroDivisionError):
        async with services as opened:
            assert opened is services
            assert log == ["open one"]
            _ = 1 / 0
    assert log == ["open one", "close one"]


async def test_when_a_store_cannot_be_opened_the_others_are_closed() -> None:
    log: list[str] = []
    one, two = Watched(log, "one"), Watched(log, "two", fails=True)
    with pytest.raises(OSError, match="no connection"):
        await PersistenceManager({"a": one, "b": two}).open()
    assert log == ["open one", "close one"]


async def test_expired_entries_are_swept_from_every_store() -> None:
    now = 0.0
    one, two = MemoryRepo(clock=lambda: now), MemoryRepo(clock=lambda: now)
    for store in (one, two):
        await store.commit([Write(COUNTER.key("s1"), {}, 0, ttl=5)])
    now = 6.0
    assert await PersistenceManager({"a": one, "b": two}).delete_expired() == 2

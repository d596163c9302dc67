"""Saving with StarModel: the store alone, and a whole event."""

from benchmarks.stocked import ITEM, ITEM_TABLE, POSTGRESQL, SQLITE, create_table, first_items
from benchmarks.way import Way
from starmodel import InProcessBus, PersistenceManager, StateStore
from starmodel.application import Services, Write
from starmodel.stores.sql.backend import SQLModelBackend
from starmodel.stores.sql.drivers.driver import Statement


class Store(Way):
    """Load the values, change one, compare-and-set."""

    name = "store"

    def __init__(self, url: str) -> None:
        self.store = SQLModelBackend(url, [ITEM_TABLE])

    async def open(self) -> None:
        await fill(self.store)

    async def save(self, id: str) -> None:
        key = ITEM.key(id)
        stored = await self.store.load(key)
        assert stored is not None
        item = ITEM.hydrate(stored.values)
        item.stock += 1
        await self.store.commit([Write(key, vars(item), stored.version, None, stored.values)])

    async def close(self) -> None:
        await self.store.close()


class Event(Way):
    """What a generated command does: validation, the record in the outbox, the bus."""

    name = "event"

    def __init__(self, url: str) -> None:
        self.store = SQLModelBackend(url, [ITEM_TABLE])
        persistence = PersistenceManager({StateStore.SERVER_SQL: self.store})
        self.services = Services(persistence, InProcessBus(), definitions=[ITEM])

    async def open(self) -> None:
        await fill(self.store)
        await self.services.bus.open()

    async def save(self, id: str) -> None:
        async with self.services.unit_of_work() as work:
            while True:
                item = await work.load(ITEM, id)
                item.stock += 1
                outcome = await work.commit(item, "restock", {"amount": 1}, None)
                if outcome is not None:
                    return

    async def close(self) -> None:
        await self.services.close()


async def fill(store: SQLModelBackend) -> None:
    """Open a store, with the first items in it."""
    driver = store.driver
    await driver.open()
    dialect = SQLITE if driver.dialect == "sqlite" else POSTGRESQL
    if driver.dialect == "postgresql":
        await driver.execute([Statement("DROP TABLE IF EXISTS item")])
    await driver.execute([Statement(create_table(dialect))])
    await driver.close()
    await store.open()
    await store.commit([Write(ITEM.key(item.id), vars(item), 0) for item in first_items()])

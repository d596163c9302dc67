"""Entities of every shape, and an app without web around them."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic import BaseModel, PrivateAttr, computed_field

from starmodel import (
    CommandRecord,
    Entity,
    EntityConfig,
    EntityPersistenceBackend,
    Field,
    InProcessBus,
    MemoryRepo,
    PersistenceManager,
    Scope,
    StateStore,
)
from starmodel.application import EntityDefinition, Services


class Counter(Entity):
    """Holds immutable values only."""

    count: int = 0
    note: str = Field(default="", max_length=10)
    secret: int = Field(default=0, private=True, le=100)


class Line(BaseModel):
    sku: str
    amount: int = Field(default=1, ge=1)
    tags: list[str] = []


class Gift(Line):
    card: str = ""


class Cart(Entity):
    """Holds value objects, and works out a field."""

    lines: list[Line] = []
    labels: dict[str, list[int]] = {}
    coupon: str = Field(default="", private=True)
    _seen: int = PrivateAttr(default=0)

    @computed_field
    @property
    def total(self) -> int:
        return sum(line.amount for line in self.lines)


class Product(Entity):
    model_config = EntityConfig(scope=Scope.RECORD)

    name: str = "thing"
    stock: int = Field(default=5, ge=0)


def counter_state(counter: Counter) -> Mapping[str, object]:
    return {"count": counter.count, "note": counter.note}


def line_state(line: Line) -> Mapping[str, object]:
    return {"sku": line.sku, "amount": line.amount, "tags": line.tags}


def cart_state(cart: Cart) -> Mapping[str, object]:
    # It gives the entity's own lists away, which is the worst that a state function may do.
    return {
        "lines": [line_state(line) for line in cart.lines],
        "labels": cart.labels,
        "total": cart.total,
    }


def product_state(product: Product) -> Mapping[str, object]:
    return {"id": product.id, "name": product.name, "stock": product.stock}


def define(
    cls: type[Any], state: Callable[[Any], Mapping[str, object]], scope: Scope, **options: Any
) -> EntityDefinition[Any]:
    name = cls.__name__.lower()
    return EntityDefinition(
        cls,
        name=options.pop("name", name),
        namespace=name,
        store=options.pop("store", StateStore.SERVER_MEMORY),
        scope=scope,
        state=state,
        **options,
    )


COUNTER: EntityDefinition[Counter] = define(Counter, counter_state, Scope.SESSION)
SHARED: EntityDefinition[Counter] = define(Counter, counter_state, Scope.GLOBAL, name="shared")
CART: EntityDefinition[Cart] = define(Cart, cart_state, Scope.SESSION)
PRODUCT: EntityDefinition[Product] = define(Product, product_state, Scope.RECORD)


class Shop:
    """Services over a store in memory, and a list of what the bus was told."""

    def __init__(
        self,
        stores: Mapping[StateStore | str, EntityPersistenceBackend] | None = None,
        definitions: Iterable[EntityDefinition[Any]] = (),
    ) -> None:
        self.store = MemoryRepo()
        self.records: list[CommandRecord] = []
        bus = InProcessBus()
        bus.subscribe(self.records.append)
        self.services = Services(
            PersistenceManager({StateStore.SERVER_MEMORY: self.store, **(stores or {})}),
            bus,
            definitions=definitions,
            clock=lambda: 12.5,
        )

    async def stored(self, definition: EntityDefinition[Any], holder: str = "") -> dict[str, Any]:
        """The stored values, in copies of their own."""
        stored = await self.store.load(definition.key(holder))
        assert stored is not None
        return {**vars(definition.hydrate(stored.values))}

    async def change(
        self, definition: EntityDefinition[Any], holder: str = "", **values: object
    ) -> int:
        """What somebody else does in between; returns the version."""
        async with self.services.unit_of_work() as work:
            entity = await work.load(definition, holder)
            for name, value in values.items():
                setattr(entity, name, value)
            outcome = await work.commit(entity, "change", {}, None)
            assert outcome is not None
            return outcome.version

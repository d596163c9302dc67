"""What is in the shop of `stocked_entities` at first: `python -m shop.goods`, run beside it."""

# pyright: basic, reportMissingImports=false
# The package `shop` is there only where the tests have made it.

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

from shop.entities import Customer, Dimensions, Order, OrderLine, Product, Ref, Status, Tag
from shop.generated.app import create_app

from starmodel import Entity

WORDS = "wood lamp sale outdoor office kids new vintage".split()
MATERIALS = "Walnut Oak Brass Linen Marble Steel Cedar Copper".split()
KINDS = "desk lamp chair shelf mirror bench".split()
NAMES = ("Ada Lovelace", "Grace Hopper", "Alan Turing", "Ada Yonath")
STATUSES = (Status.DRAFT, Status.ACTIVE, Status.ACTIVE, Status.RETIRED)
MOMENT = datetime(2026, 3, 14, 9, 30, 0, 123456, UTC)


def goods() -> Iterator[Entity]:
    tags = [Tag(id=f"t{number}", name=word) for number, word in enumerate(WORDS)]
    yield from tags
    names = [(material, kind) for material in MATERIALS for kind in KINDS]
    for number, (material, kind) in enumerate(names):
        chosen = {number % 8, (number * 3 + 1) % 8} if number % 5 else ()
        yield Product(
            id=f"p{number:02}",
            name=f"{material} {kind}",
            sku=f"{material[:2]}-{kind[:2]}-{number}".upper(),
            price=Decimal(990 + 7 * number) / 100,
            stock=number * 3 % 17,
            status=STATUSES[number % 4],
            is_fragile=number % 3 == 0,
            description="" if number % 2 else f"A {kind} that was made by hand. " * 5,
            available_from=MOMENT if number % 2 else None,
            dimensions=Dimensions(width=number * 10, height=50, depth=20),
            tags=[Ref(tags[place]) for place in chosen],
        )
    for number, name in enumerate(NAMES):
        yield Customer(id=f"c{number}", name=name, email=f"c{number}@example.org")
    yield Order(id="o1", customer=Ref("c0"), note="By noon, please.")
    yield OrderLine(id="l1", order=Ref("o1"), product=Ref("p01"), quantity=2)


async def main() -> None:
    services = create_app().services
    await services.open()
    try:
        async with services.unit_of_work() as work:
            stock = list(goods())
            for one in stock:
                work.add(type(one), one)
            await work.commit(stock[0], "seed", {}, None)
    finally:
        await services.close()


if __name__ == "__main__":
    asyncio.run(main())

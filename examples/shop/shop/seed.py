"""Some goods to begin with: `python -m shop.seed`, once `starmodel migrate up` was run."""

import asyncio
from decimal import Decimal

from shop.entities import Customer, Dimensions, Product, Status, Tag
from shop.generated.app import create_app
from shop.generated.product.queries import find_products
from starmodel import Ref
from starmodel.application import Services

TAGS = {name: Tag(name=name) for name in ("tea", "green", "black", "tools", "gift")}

PRODUCTS = [
    ("Sencha", "TEA-001", "7.50", 120, (80, 120, 50), ("tea", "green")),
    ("Gyokuro", "TEA-002", "19.90", 25, (80, 120, 50), ("tea", "green", "gift")),
    ("Assam", "TEA-003", "5.20", 200, (80, 120, 50), ("tea", "black")),
    ("Darjeeling First Flush", "TEA-004", "14.00", 40, (80, 120, 50), ("tea", "black", "gift")),
    ("Teapot", "TOOL-001", "34.00", 12, (220, 140, 140), ("tools", "gift")),
    ("Bamboo whisk", "TOOL-002", "16.50", 0, (60, 110, 60), ("tools",)),
]

CUSTOMERS = [("Ada Lovelace", "ada@example.org"), ("Grace Hopper", "grace@example.org")]


async def seed(services: Services) -> None:
    """Add everything, all or nothing."""
    async with services.unit_of_work() as work:
        for tag in TAGS.values():
            work.add(tag)
        for name, sku, price, stock, (width, height, depth), tags in PRODUCTS:
            product = Product(
                name=name,
                sku=sku,
                price=Decimal(price),
                stock=stock,
                status=Status.ACTIVE,
                dimensions=Dimensions(width=width, height=height, depth=depth),
                tags=[Ref(TAGS[tag]) for tag in tags],
            )
            work.add(product)
        customers = [Customer(name=name, email=email) for name, email in CUSTOMERS]
        for customer in customers:
            work.add(customer)
        await work.commit(customers[0], "seed", {}, None)


async def main() -> None:
    """Open the app's database, and add the goods if there are none."""
    async with create_app().services as services:
        if (await find_products(services, limit=1)).items:
            print("There are goods in the shop already.")
        else:
            await seed(services)
            print(f"{len(PRODUCTS)} products and {len(CUSTOMERS)} customers were added.")


if __name__ == "__main__":
    asyncio.run(main())

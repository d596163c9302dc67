"""What a list of one's own is tried on."""

from decimal import Decimal

from starmodel import Access, Entity, EntityConfig, Field, StateStore


class Product(Entity):
    """Something the shop sells."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    name: str
    price: Decimal = Field(default=Decimal("0.00"), max_digits=12, decimal_places=2)
    stock: int = 0
    manual: bytes = b""

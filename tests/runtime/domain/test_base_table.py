"""The mark of an entity in SQL: the class stays a plain model."""

import pytest
from pydantic import BaseModel, ValidationError

from starmodel import BaseTable, Entity, EntityConfig, Field, event


class Product(Entity, BaseTable, table=True):
    model_config = EntityConfig(
        crud={"create", "delete"},
        indexes=[("name", "stock")],
        unique=[("name", "shelf")],
        renamed_from="Item",
        respond="ack",
    )

    name: str = Field(min_length=1)
    shelf: str = "A"
    stock: int = Field(default=0, ge=0)

    @event(lock=True)
    def restock(self, quantity: int) -> None:
        self.stock += quantity


class Book(Product):
    pages: int = 0


class Shelf(BaseTable, Entity, table=True, title="A shelf"):
    row: int = 0


def test_it_validates_and_registers_nothing() -> None:
    assert type(Product) is type(BaseModel)
    assert not hasattr(Product, "metadata") and not hasattr(Product, "__tablename__")
    product = Product(name="tea")
    product.restock(2)
    assert product.model_dump() == {"id": product.id, "name": "tea", "shelf": "A", "stock": 2}
    with pytest.raises(ValidationError):
        Product(name="")
    with pytest.raises(ValidationError):
        Product.model_validate({"stock": 1})
    with pytest.raises(ValidationError):
        Product(name="tea", stock=float("inf"))  # pyright: ignore[reportArgumentType]


def test_configuration_is_kept_and_inherited_whatever_the_order_of_the_bases() -> None:
    assert Product.model_config.get("crud") == {"create", "delete"}
    assert Product.model_config.get("unique") == [("name", "shelf")]
    assert Book.model_config.get("renamed_from") == "Item"
    assert Book(name="tea", pages=3).pages == 3
    assert Shelf.model_config.get("allow_inf_nan") is False
    assert Shelf.model_config.get("title") == "A shelf"

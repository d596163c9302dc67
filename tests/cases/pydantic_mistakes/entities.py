"""One of each of the things that pydantic and SQLModel can do, and that are not done."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    field_serializer,
    field_validator,
    model_validator,
)
from sqlmodel import Field as SQLField

from starmodel import Access, Entity, EntityConfig, Field, StateStore, event

Thousands = BeforeValidator(lambda text: str(text).replace(".", ""))


class Part(BaseModel):
    model_config = ConfigDict(alias_generator=str.upper, extra="allow")

    _cache: dict[str, int] = {}
    weight: float = float("inf")
    code: Annotated[str, PlainSerializer(str.upper)] = ""

    @field_serializer("weight")
    def in_grams(self, weight: float) -> str:
        return f"{weight} g"


class Product(Entity):
    __tablename__ = "goods"
    __table_args__ = {"schema": "shop"}
    model_config = EntityConfig(
        store=StateStore.SERVER_SQL,
        access=Access.PUBLIC,
        crud=True,
        extra="forbid",
        use_enum_values=True,
        json_encoders={Decimal: str},
    )

    _seen: int = 0
    stock: Annotated[int, Thousands] = 0
    slug: str = Field(default="", alias="path")
    note: str = SQLField(default="", sa_column_kwargs={"server_default": "none"})
    limit_to: float = float("inf")
    price: Decimal = Field(default=Decimal("1.005"), max_digits=6, decimal_places=2)
    counted: int = 2**64
    parts: list[Part] = [Part(code="a\0")]

    @field_validator("stock", mode="before")
    @classmethod
    def read(cls, stock: Any) -> Any:
        return stock

    @model_validator(mode="before")
    @classmethod
    def fill(cls, values: Any) -> Any:
        return {"slug": "made", **values}

    @event
    def see(self) -> int:
        self._seen += 1
        return self._seen

    @event
    def add(self, amount: Annotated[int, Field(alias="count")]) -> None:
        self.stock += amount

"""The rules for what pydantic and SQLModel can do: sources that break them, and that keep them."""

RECORD = "store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True"

PYDANTIC_CASES: dict[str, tuple[str, str, str]] = {
    "SM220": (
        """
        from pydantic import field_serializer
        class Card(BaseModel):
            number: str = ""
            @field_serializer("number")
            def mask(self, number: str) -> str: return number[-4:]
        class Account(Entity):
            card: Card | None = None
        """,
        'field_serializer("number")',
        """
        from datetime import date
        from pydantic import field_serializer
        class Card(Entity):
            day: date = date(2026, 1, 31)
            @field_serializer("day")
            def write(self, day: date) -> str: return f"{day:%d.%m.%Y}"
            number: str = Field("", private=True)
            @computed_field
            @property
            def shown(self) -> str: return self.number[-4:]
        """,
    ),
    "SM221": (
        f"""
        from typing import Annotated
        from pydantic import BeforeValidator
        class Product(Entity):
            model_config = EntityConfig({RECORD})
            stock: Annotated[int, BeforeValidator(lambda value, info: value)] = 0
        """,
        "Annotated[int, BeforeValidator(lambda value, info: value)]",
        f"""
        from typing import Annotated
        from pydantic import AfterValidator, BeforeValidator
        class Size(BaseModel):
            width: Annotated[int, BeforeValidator(str)] = 0
        class Product(Entity):
            model_config = EntityConfig({RECORD})
            stock: Annotated[int, AfterValidator(abs)] = 0
            price: Annotated[int, BeforeValidator(str)] = 0
            counted: Annotated[int, BeforeValidator(str)] = Field(0, writable=False)
            size: Size = Field(default_factory=Size)
        class Counter(Entity):
            count: Annotated[int, BeforeValidator(str)] = 0
        """,
    ),
    "SM222": (
        """
        class Room(Entity):
            _seen: int = 0
            @event
            def see(self) -> int:
                self._seen += 1
                return self._seen
        """,
        "_seen",
        """
        from pydantic import PrivateAttr
        class Room(Entity):
            _limit: int = 3
            _LIMITS: ClassVar[list[int]] = [1]
            _area: int = PrivateAttr()
            _cache: dict[str, int] = PrivateAttr(default_factory=dict)  # starmodel: ignore[SM222]
            width: int = 0
            def model_post_init(self, context: Any) -> None:
                self._area = self.width * self.width
        """,
    ),
    "SM223": (
        """
        class Cart(Entity):
            model_config = EntityConfig(extra="allow")
        """,
        "extra",
        """
        class Cart(Entity):
            model_config = EntityConfig(extra="ignore")
            rest: dict[str, str] = {}
        """,
    ),
    "SM224": (
        """
        from sqlalchemy import CheckConstraint
        class Product(Entity, BaseTable, table=True):
            __table_args__ = (CheckConstraint("name <> ''", name="ck_named"),)
            model_config = EntityConfig(access=Access.PUBLIC)
            name: str = ""
        """,
        '(CheckConstraint("name <> \'\'", name="ck_named"),)',
        """
        from sqlalchemy import CheckConstraint
        class Product(Entity, BaseTable, table=True):
            __tablename__ = "goods"
            __table_args__ = (CheckConstraint("least <= most", name="ck_span"),)
            model_config = EntityConfig(access=Access.PUBLIC)
            least: int = 0
            most: int = 0
        """,
    ),
    "SM225": (
        f"""
        class Product(Entity):
            model_config = EntityConfig({RECORD}, frozen=True)
            name: str = ""
        """,
        "frozen",
        """
        class Product(Entity):
            model_config = EntityConfig(
                store=StateStore.SERVER_SQL,
                access=Access.PUBLIC,
                crud={"create", "delete"},
                frozen=True,
            )
            name: str = ""
        """,
    ),
    "SM226": (
        """
        from typing import Annotated
        from elsewhere import Loud
        class Cart(Entity):
            name: Annotated[str, Loud()] = ""
        """,
        "Annotated[str, Loud()]",
        """
        from typing import Annotated
        class Unit:
            def __init__(self, name: str) -> None: ...
        class Cart(Entity):
            width: Annotated[int, Unit("cm"), "across"] = 0
        """,
    ),
    "SM142": (
        """
        from pydantic import field_validator
        class Cart(Entity):
            count: int = 0
            @field_validator("count", mode="plain")
            @classmethod
            def read(cls, value: Any) -> Any: return value
        """,
        "count",
        """
        from typing import Annotated
        from pydantic import PlainValidator, field_validator
        def as_code(value: Any) -> str: return str(value)
        class Cart(Entity):
            count: int | None = None
            code: Annotated[str, PlainValidator(as_code)] = ""
            name: Annotated[str, PlainValidator(str), Field(max_length=3)] = ""
            @field_validator("count", mode="plain")
            @classmethod
            def read(cls, value: Any) -> int: return int(value)
        """,
    ),
}

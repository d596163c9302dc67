"""A project as people write them: entities among routes, over packages, in every style at once."""

import random
from textwrap import dedent

import pytest
from linked_project import facts_of, link_sources

from starmodel_generator.linking.link import LinkSettings, link
from starmodel_schemas import AppSchema

FILES = {
    "shop/__init__.py": "from shop.entities import Product as Product\n",
    "shop/shared/__init__.py": """
        from .enums import *
        from .money import Money as Cash, VAT
        from . import money
    """,
    "shop/shared/enums.py": '''
        from enum import Enum, IntEnum, StrEnum, auto
        __all__ = ["Status", "Level"]
        class Status(StrEnum):
            """How it stands."""
            ACTIVE = auto()
            SOLD_OUT = "sold-out"
            GONE = SOLD_OUT
        class Level(IntEnum):
            LOW = auto()
            HIGH = 10
            HIGHER = auto()
        class Hidden(Enum):
            A = 1
    ''',
    "shop/shared/money.py": '''
        from __future__ import annotations
        from decimal import Decimal
        from pydantic import BaseModel, Field
        VAT = Decimal("0.19")
        class Money(BaseModel):
            """An amount in a currency."""
            amount: Decimal = Field(Decimal("0"), max_digits=12, decimal_places=2)
            currency: str = "EUR"
            parts: list[Money] = []
    ''',
    "shop/base.py": '''
        from datetime import datetime, timezone
        from pydantic import AwareDatetime
        from starmodel import Entity, Field, event
        def now() -> datetime: return datetime.now(timezone.utc)
        class Stamped(Entity):
            created: AwareDatetime = Field(default_factory=now)
            model_config = {"ttl": 60}
        class Renaming:
            name: str = "unnamed"
            @event
            def rename(self, name: str) -> None:
                """Give another name."""
                self.name = name
    ''',
    "shop/services.py": "class Mailer: ...\ndef make_mailer() -> Mailer: return Mailer()\n",
    "shop/policies.py": "def may_edit(actor, entity) -> bool: return True\n",
    "shop/entities/__init__.py": "from .product import Product\nfrom .cart import *\n",
    "shop/entities/product.py": '''
        from __future__ import annotations

        import datetime as dt
        import typing as t
        from typing import TYPE_CHECKING, Annotated, NewType, Optional
        from uuid import UUID

        import starmodel as sm
        from fasthtml.common import FT, Div, fast_app
        from pydantic import PositiveInt, computed_field, conint, field_validator
        from starmodel import Access, Scope, event
        from starmodel.domain import EntityConfig

        import shop.services
        from shop import policies
        from shop.base import Renaming, Stamped
        from shop.shared import VAT, Cash, Level, Status, money

        if TYPE_CHECKING:
            from starmodel import Actor, Request, UnitOfWork
            from shop.entities.cart import Cart

        app, rt = fast_app(live=True)
        while input("go?"): raise SystemExit
        Sku = NewType("Sku", str)
        Names: t.TypeAlias = "list[Annotated[str, sm.Field(max_length=5)]]"

        @rt("/")
        def get(): return Div("Hello")

        class Product(Renaming, Stamped):
            """A thing to sell.

                Indented.
            """
            model_config = EntityConfig(scope=Scope.RECORD, access=policies.may_edit)
            sku: Sku = Sku("x")
            status: Status = Status.ACTIVE
            level: Level = Level.HIGH
            price: money.Money = Cash()
            names: Names = ["a"]
            vat: t.Annotated[float, "share"] = float(VAT)
            maybe: Optional["PositiveInt"] = None
            stock: Annotated[int, sm.Field(ge=0)] = sm.Field(-1 + 2, title="Stock", description="Left")
            key: UUID | None = None
            _hidden: int = 3
            secret: str = sm.Field("", private=True)

            @computed_field
            @property
            def gross(self) -> float:
                """With tax."""
                return 1.0

            @field_validator("sku")
            @classmethod
            def check(cls, v): return v

            @event
            @classmethod
            def open(cls, name: str, *, price: "Cash | None" = None) -> t.Self:
                return cls()

            @event(method="PATCH", path="/p/{id}/adjust", access=Access.PUBLIC)
            async def adjust_stock(
                self,
                by: conint(gt=-5),
                unit: UnitOfWork,
                request: "Request",
                who: Optional[Actor] = None,
                cart: "Cart" = None,
                mailer: shop.services.Mailer = None,
            ) -> int:
                self.stock += by
                return self.stock

            @event
            def show(self, level: Level = Level.LOW, password: str = "") -> FT:
                return Div()

            @event
            async def steps(self) -> t.AsyncIterator[Div | None]:
                yield

            @event(method="GET")
            def peek(self) -> dict[str, int]:
                return {"a": self.stock}
    ''',
    "shop/entities/cart.py": """
        from starmodel import *
        from shop.base import Stamped
        __all__ = ["Cart"]
        class Cart(Stamped):
            products: list[str] = []
            @event
            def add(self, product: "Product", amount: int = 1) -> None:
                self.products.append(product.id)
        from shop.entities.product import Product
    """,
}
SETTINGS = LinkSettings(providers={"shop.services.Mailer": "shop.services:make_mailer"})


def test_a_whole_project() -> None:
    linked = link_sources(FILES, settings=SETTINGS)
    assert linked.codes == []
    assert [entity.name for entity in linked.app.entities] == ["Cart", "Product"]
    product = linked.entity("Product")
    assert [field.name for field in product.fields] == [
        *("created", "name", "sku", "status", "level", "price", "names", "vat", "maybe"),
        *("stock", "key", "secret", "gross"),
    ]
    assert [f"{event.method} {event.path}" for event in product.events] == [
        "POST /product/{id}/rename",
        "POST /product/open",
        "PATCH /p/{id}/adjust",
        "POST /product/{id}/show",
        "POST /product/{id}/steps",
        "GET /product/{id}/peek",
    ]
    assert (product.ttl, product.scope, product.doc) == (
        60.0,
        "RECORD",
        "A thing to sell.\n\nIndented.",
    )
    assert [each.name for each in linked.app.enums] == ["Level", "Status"]
    assert [each.name for each in linked.app.objects] == ["Money"]
    assert linked.event("Cart", "add").parameters[0].source.kind == "entity"


def test_the_schema_survives_json() -> None:
    schema = link_sources(FILES, settings=SETTINGS).app
    assert AppSchema.model_validate_json(schema.model_dump_json()) == schema


def test_the_order_of_files_does_not_matter() -> None:
    facts = [facts_of(path, dedent(text)) for path, text in FILES.items()]
    expected = None
    for seed in range(5):
        shuffled = facts.copy()
        random.Random(seed).shuffle(shuffled)
        modules = {module.name: module for module in shuffled}
        entities = sorted(
            (module for module in shuffled if module.path.startswith("shop/entities/")),
            key=lambda module: module.path,
        )
        result = link(entities, modules.get, SETTINGS)
        assert result.schema is not None
        expected = expected or result.schema.model_dump_json()
        assert result.schema.model_dump_json() == expected


@pytest.mark.parametrize(
    "text",
    [
        *('"""', "\\", "\n", "{{ x }}", "</script>", "*/", "\u2028", "\ud800", "'; DROP TABLE x"),
        *("\0", "x" * 100_000, "😀", "\r\n", "%s", "$count"),
    ],
)
def test_hostile_texts_are_data(text: str) -> None:
    # Python 3.13 itself cannot compile half a surrogate pair in a docstring.
    docstring = "pass" if text == "\ud800" else ascii(text)
    linked = link_sources(f"""
from enum import Enum
from typing import Literal
from starmodel import Entity, Field, event
class Kind(Enum):
    A = {text!a}
class Thing(Entity):
    {docstring}
    x: str = {text!a}
    y: list[str] = [{text!a}]
    k: Literal[{text!a}] = {text!a}
    kind: Kind = Kind.A
    f: str = Field("", description={text!a}, title={text!a})
    @event
    def go(self, a: str = {text!a}) -> None:
        {docstring}
""")
    assert linked.codes == []
    thing = linked.entity("Thing")
    values = [
        getattr(linked.field("Thing", "x").default, "value", None),
        linked.app.enums[0].members[0].value,
        linked.field("Thing", "f").description,
        linked.field("Thing", "f").title,
        getattr(thing.events[0].parameters[0].default, "value", None),
        *getattr(linked.field("Thing", "k").type, "values", ()),
        *eval(getattr(linked.field("Thing", "y").default, "expression", "")),
    ]
    assert values == [text] * 7


def test_messages_shorten_what_they_quote() -> None:
    long = "x" * 50_000
    linked = link_sources(f"""
        from typing import Literal
        from starmodel import *
        class Thing(Entity):
            a: int = "{long}"
            b: Literal["{long}", b""] = 1
            c: dict["{long}", int] = 1
            @event(mode="{long}")
            def go(self, d: int = f("{long}")) -> None: ...
    """)
    assert linked.codes == ["SM214", "SM202", "SM107", "SM311", "SM204", "SM107"]
    assert sorted(len(each.message) for each in linked.diagnostics)[-2] < 200

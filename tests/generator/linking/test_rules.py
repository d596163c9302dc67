"""Every rule: a source that breaks it, what the caret then points at, and one that keeps it."""

from textwrap import dedent
from typing import NamedTuple

import pytest
from find_rule_cases import FIND_CASES
from linked_project import link_sources
from pydantic_rule_cases import PYDANTIC_CASES
from sql_rule_cases import SQL_CASES

from starmodel_generator.diagnostics.rules import entity_rules, pydantic_rules, sql_rules
from starmodel_generator.diagnostics.rules.registry import rules_of

HEAD = """\
from typing import Any, ClassVar, Literal, Self
from starmodel import Access, Actor, BaseTable, Entity, EntityConfig, Field, Many, One, Ref
from starmodel import Scope, StateStore, event
from pydantic import BaseModel, computed_field

"""
"""What stands above every source that does not import anything itself."""


class Case(NamedTuple):
    """Two sources; `at` is the text under the carets in the bad one."""

    bad: str
    at: str
    good: str


CASES: dict[str, Case] = {
    "SM101": Case(
        """
        def make(): ...
        class Cart(make(Entity)):
            pass
        """,
        "make(Entity)",
        """
        def make(): ...
        class Other(make()):
            pass
        class Cart(Entity):
            pass
        """,
    ),
    "SM102": Case(
        """
        from starmodel import event
        from shopkit import *
        class Cart(Basket):
            @event
            def clear(self) -> None: ...
        """,
        "Basket",
        """
        from starmodel import *
        from shopkit import *
        class Cart(Entity):
            @event
            def clear(self) -> None: ...
        """,
    ),
    "SM103": Case(
        """
        if True:
            class Cart(Entity):
                count: int = 0
        """,
        "Cart",
        """
        try:
            import numpy
        except ImportError:
            numpy = None
        class Cart(Entity):
            count: int = 0
        """,
    ),
    "SM104": Case(
        """
        def make():
            class Cart(Entity):
                count: int = 0
        """,
        "Cart",
        """
        def make():
            class Helper(BaseModel):
                count: int = 0
        class Cart(Entity):
            pass
        """,
    ),
    "SM105": Case(
        """
        class Cart(Entity):
            count: int = 0
        class Cart(Entity):
            total: int = 0
        """,
        "Cart",
        """
        class Cart(Entity):
            count: int = 0
        class Cart2(Entity):
            total: int = 0
        """,
    ),
    "SM107": Case(
        """
        class Cart(Enity):
            @event
            def clear(self) -> None: ...
        """,
        "Enity",
        """
        class Cart(Entity):
            @event
            def clear(self) -> None: ...
        """,
    ),
    "SM108": Case(
        """
        from toolkit import Audited
        class Cart(Audited, Entity):
            count: int = 0
        """,
        "Audited",
        """
        from abc import ABC
        from typing import Generic
        class Audited: ...
        class Cart(Audited, Entity):
            count: int = 0
        """,
    ),
    "SM109": Case(
        """
        class Cart(BaseModel):
            @event
            def clear(self) -> None: ...
        """,
        "Cart",
        """
        class Clearing:
            @event
            def clear(self) -> None: ...
        class Cart(Clearing, Entity):
            pass
        """,
    ),
    "SM110": Case(
        """
        from abc import ABC
        class Base(Entity, ABC):
            pass
        class Cart(Base):
            @event
            def take(self, other: Base) -> None: ...
        """,
        "Base",
        """
        class Stock(Entity):
            pass
        class Cart(Entity):
            @event
            def take(self, other: Stock) -> None: ...
        """,
    ),
    "SM111": Case(
        """
        class Cart(Entity):
            model_config = EntityConfig(scop=Scope.SESSION)
        """,
        "scop",
        """
        class Cart(Entity):
            model_config = EntityConfig(scope=Scope.SESSION, str_strip_whitespace=True)
        """,
    ),
    "SM112": Case(
        """
        class Cart(Entity):
            model_config = {"scope": "session"}
        """,
        '"session"',
        """
        HOUR = 60 * 60
        class Cart(Entity):
            model_config = {"scope": Scope.SESSION, "ttl": 2 * HOUR}
        """,
    ),
    "SM147": Case(
        """
        class Cart(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_REDIS, renamed_from="Basket")
        """,
        "renamed_from",
        """
        class Cart(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_REDIS)
            count: int = Field(default=0, renamed_from="number")
        """,
    ),
    "SM114": Case(
        """
        class Cart(Entity):
            model_config = EntityConfig(scope=Scope.USER)
        """,
        "scope",
        """
        class Cart(Entity):
            model_config = EntityConfig(scope=Scope.SESSION)
        """,
    ),
    "SM115": Case(
        """
        def may(actor: Actor) -> bool: return True
        class Cart(Entity):
            model_config = EntityConfig(access=may)
        """,
        "access",
        """
        def may(actor: Actor, cart: "Cart") -> bool: return True
        class Cart(Entity):
            model_config = EntityConfig(access=may)
        """,
    ),
    "SM116": Case(
        """
        def cart_page(state): ...
        class Cart(Entity):
            model_config = EntityConfig(page="shop.entities:card_page")
        """,
        "page",
        """
        def cart_page(state): ...
        class Cart(Entity):
            model_config = EntityConfig(page="shop.entities:cart_page")
        """,
    ),
    "SM117": Case(
        """
        class Cart(BaseModel, Entity):
            count: int = 0
        """,
        "Cart",
        """
        class Cart(Entity, BaseModel):
            count: int = 0
        """,
    ),
    "SM135": Case(
        """
        class Account(Entity):
            model_config = EntityConfig(
                store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True
            )
            password: str = Field(write_only=True, unique=True)
        """,
        "password",
        """
        class Account(Entity):
            model_config = EntityConfig(
                store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True
            )
            password: str = Field(write_only=True)
            pin: int | None = Field(default=None, write_only=True, exclude=True)
        """,
    ),
    "SM136": Case(
        """
        class Account(Entity):
            model_config = EntityConfig(
                store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud={"delete"}
            )
            password: str = Field(write_only=True)
        """,
        "password",
        """
        class Account(Entity):
            model_config = EntityConfig(
                store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud={"update"}
            )
            password: str = Field(default="", write_only=True)
        """,
    ),
    "SM137": Case(
        """
        from pydantic import SecretStr
        class Account(Entity):
            keys: list[SecretStr] = []
        """,
        "keys",
        """
        from pydantic import SecretStr
        class Account(Entity):
            key: SecretStr | None = None
            @event
            def set(self, key: SecretStr) -> None: ...
        """,
    ),
    "SM138": Case(
        """
        from datetime import date
        class Note(Entity):
            made_on: date = Field(now="create")
        """,
        "made_on",
        """
        from pydantic import AwareDatetime
        class Note(Entity):
            made_at: AwareDatetime = Field(now="create")
            seen_at: AwareDatetime | None = Field(default=None, now="update")
        """,
    ),
    "SM139": Case(
        """
        from datetime import date
        class Note(Entity):
            day: date = Field(server_default=date(2026, 1, 1))
        """,
        "Field(server_default=date(2026, 1, 1))",
        """
        from pydantic import AwareDatetime
        class Note(Entity):
            stars: int = Field(server_default=3)
            seen_at: AwareDatetime = Field(server_default="CURRENT_TIMESTAMP")
        """,
    ),
    "SM201": Case(
        """
        class Cart(Entity):
            count = 0
        """,
        "count",
        """
        from typing import ClassVar
        class Cart(Entity):
            limit: ClassVar[int] = 3
            _hidden = 3
            shown = property(lambda self: 1)
            count: int = 0
        """,
    ),
    "SM202": Case(
        """
        from pathlib import Path
        class Cart(Entity):
            folder: Path | None = None
        """,
        "Path | None",
        """
        class Cart(Entity):
            folder: str | None = None
        """,
    ),
    "SM203": Case(
        """
        class Cart(Entity):
            @event
            def add(self, names: list[str] = []) -> None: ...
        """,
        "[]",
        """
        class Cart(Entity):
            names: list[str] = []
            @event
            def add(self, names: tuple[str, ...] = ()) -> None: ...
        """,
    ),
    "SM204": Case(
        """
        from time import time
        class Cart(Entity):
            @event
            def add(self, at: float = time()) -> None: ...
        """,
        "time()",
        """
        from time import time
        class Cart(Entity):
            at: float = time()
            @event
            def add(self, at: float = -1.5) -> None: ...
        """,
    ),
    "SM205": Case(
        """
        from datetime import date
        class Cart(Entity):
            when: str | date = ""
        """,
        "str | date",
        """
        class Card(BaseModel):
            kind: Literal["card"] = "card"
        class Cash(BaseModel):
            kind: Literal["cash"] = "cash"
        class Cart(Entity):
            when: int | str | None = None
            paid: Card | Cash = Field(Cash(), discriminator="kind")
        """,
    ),
    "SM206": Case(
        """
        from datetime import datetime
        class Cart(Entity):
            opened: datetime | None = None
        """,
        "datetime | None",
        """
        from pydantic import AwareDatetime
        class Cart(Entity):
            opened: AwareDatetime | None = None
        """,
    ),
    "SM207": Case(
        """
        class Cart(Entity):
            unit_price: float = 0.0
        """,
        "float",
        """
        from decimal import Decimal
        class Cart(Entity):
            unit_price: Decimal = Decimal("0")
            weight: float = 0.0
        """,
    ),
    "SM208": Case(
        """
        class Cart(Entity):
            @computed_field
            @property
            def total(self): return 1
        """,
        "total",
        """
        class Cart(Entity):
            @computed_field
            @property
            def total(self) -> int: return 1
        """,
    ),
    "SM209": Case(
        """
        class Cart(Entity):
            count: int = Field(0, alias="n".join("ab"))
        """,
        'Field(0, alias="n".join("ab"))',
        """
        class Cart(Entity):
            count: int = Field(0, alias="n")
        """,
    ),
    "SM210": Case(
        """
        class Cart(Entity):
            names: list = []
        """,
        "list",
        """
        class Cart(Entity):
            names: list[str] = []
        """,
    ),
    "SM211": Case(
        """
        class Cart(Entity):
            count: int = Field(0, privat=True)
        """,
        "Field(0, privat=True)",
        """
        class Cart(Entity):
            count: int = Field(0, private=True, json_schema_extra={"a": 1})
        """,
    ),
    "SM212": Case(
        """
        class Cart(Entity):
            name: str = Field("", ge=3)
        """,
        "name",
        """
        LIMIT = 3
        class Cart(Entity):
            name: str = Field("", max_length=LIMIT)
        """,
    ),
    "SM213": Case(
        """
        from enum import Enum
        class Size(Enum):
            SMALL = (1, 2)
        class Cart(Entity):
            size: Size | None = None
        """,
        "(1, 2)",
        """
        from enum import Enum
        class Size(Enum):
            SMALL = 1
            LARGE = "large"
        class Cart(Entity):
            size: Size | None = None
        """,
    ),
    "SM214": Case(
        """
        class Cart(Entity):
            name: str = None
        """,
        "None",
        """
        class Cart(Entity):
            name: str | None = None
            share: float = 1
        """,
    ),
    "SM215": Case(
        """
        class Cart(Entity):
            model_config = EntityConfig(scope=Scope.RECORD, access=Access.PUBLIC)
            id: int = 0
        """,
        "int",
        """
        class Cart(Entity):
            model_config = EntityConfig(scope=Scope.RECORD, access=Access.PUBLIC)
            id: str = "one"
        class Room(Entity):
            model_config = EntityConfig(scope=Scope.RECORD, access=Access.PUBLIC)
            id: int
        class Seat(Entity):
            model_config = EntityConfig(scope=Scope.RECORD, access=Access.PUBLIC)
            id: int | None = Field(default=None, primary_key=True)
        """,
    ),
    "SM216": Case(
        """
        class Cart(Entity):
            owner: str
        """,
        "owner",
        """
        class Cart(Entity):
            model_config = EntityConfig(scope=Scope.RECORD, access=Access.PUBLIC)
            owner: str
        """,
    ),
    "SM240": Case(
        """
        class Key(BaseModel):
            label: str
            pin: str = Field(private=True)
        class Cart(Entity):
            @event
            def lock(self, keys: list[Key]) -> None: ...
        """,
        "pin",
        """
        class Key(BaseModel):
            label: str
            pin: str = Field(default="", private=True)
            made: str = Field(default="", writable=False)
        class Seal(BaseModel):
            number: int = Field(writable=False)
        class Cart(Entity):
            seals: list[Seal] = []
            @event
            def lock(self, keys: list[Key]) -> None: ...
        """,
    ),
    "SM227": Case(
        """
        class Note(Entity):
            model_config = EntityConfig(
                store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True
            )
            text: str = ""
            def before_create(self, text: str) -> None: ...
        """,
        "before_create",
        """
        from starmodel import UnitOfWork
        class Note(Entity):
            model_config = EntityConfig(
                store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True
            )
            text: str = ""
            async def before_create(self, work: UnitOfWork, actor: Actor) -> None: ...
            def after_delete(self): ...
        """,
    ),
    "SM228": Case(
        """
        class Note(Entity):
            text: str = ""
            def before_update(self) -> None: ...
        """,
        "before_update",
        """
        class Note(Entity):
            model_config = EntityConfig(
                store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud={"update"}
            )
            text: str = ""
            def before_update(self) -> None: ...
        """,
    ),
    "SM250": Case(
        """
        class Cart(Entity):
            model_config = EntityConfig(
                store=StateStore.CLIENT_LOCAL, scope=Scope.GLOBAL, access=Access.PUBLIC
            )
        """,
        "scope",
        """
        class Cart(Entity):
            model_config = EntityConfig(store=StateStore.CLIENT_LOCAL, scope=Scope.SESSION, ttl=60)
        """,
    ),
    "SM251": Case(
        """
        class Cart(Entity):
            model_config = EntityConfig(store=StateStore.CLIENT_SESSION)
            discount: int = Field(default=0, private=True)
        """,
        "discount",
        """
        class Cart(Entity):
            model_config = EntityConfig(store=StateStore.CLIENT_SESSION)
            discount: int = 0
        """,
    ),
    "SM252": Case(
        """
        class Cart(Entity):
            model_config = EntityConfig(store=StateStore.CLIENT_SESSION)
            count: int = 0
            @event(method="GET")
            def total(self) -> int:
                return self.count
        """,
        "total",
        """
        class Cart(Entity):
            model_config = EntityConfig(store=StateStore.CLIENT_SESSION, respond="patch")
            count: int = 0
            @event
            def total(self) -> int:
                return self.count
        """,
    ),
    "SM253": Case(
        """
        class Cart(Entity):
            model_config = EntityConfig(store=StateStore.CLIENT_SESSION)
            count: int = 0
        class Till(Entity):
            total: int = 0
            @event
            def pay(self, cart: Cart) -> None:
                self.total += cart.count
        """,
        "pay",
        """
        class Till(Entity):
            total: int = 0
        class Cart(Entity):
            model_config = EntityConfig(store=StateStore.CLIENT_SESSION)
            count: int = 0
            @event
            def look(self, till: Till) -> None:
                self.count = till.total
        """,
    ),
    "SM254": Case(
        """
        class Cart(Entity):
            model_config = EntityConfig(cache="redis")
            count: int = 0
        """,
        "cache",
        """
        class Cart(Entity):
            model_config = EntityConfig(
                store=StateStore.SERVER_SQL, access=Access.PUBLIC, cache="redis"
            )
            count: int = 0
        """,
    ),
    "SM255": Case(
        """
        class Shelf(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
        class Book(Entity):
            model_config = EntityConfig(
                store=StateStore.SERVER_SQL, access=Access.PUBLIC, cache="memory"
            )
            shelf: Ref[Shelf] | None = Field(default=None, on_delete="set_null")
        """,
        "shelf",
        """
        class Shelf(Entity):
            model_config = EntityConfig(
                store=StateStore.SERVER_SQL, access=Access.PUBLIC, cache="memory"
            )
        class Book(Entity):
            model_config = EntityConfig(
                store=StateStore.SERVER_SQL, access=Access.PUBLIC, cache="memory"
            )
            shelf: Ref[Shelf] | None = None
        """,
    ),
    "SM301": Case(
        """
        class Cart(Entity):
            @event
            def add(self, amount) -> None: ...
        """,
        "amount",
        """
        class Cart(Entity):
            @event
            def add(self, amount: int) -> None: ...
            def plain(self, amount): ...
        """,
    ),
    "SM302": Case(
        """
        class Cart(Entity):
            @event
            def clear(self): ...
        """,
        "clear",
        """
        class Cart(Entity):
            @event
            def clear(self) -> None: ...
        """,
    ),
    "SM303": Case(
        """
        import time
        class Cart(Entity):
            @event
            async def add(self) -> None:
                time.sleep(1)
        """,
        "time.sleep(1)",
        """
        import asyncio
        class Cart(Entity):
            @event
            async def add(self) -> None:
                await asyncio.sleep(1)
        """,
    ),
    "SM304": Case(
        """
        from time import sleep
        class Cart(Entity):
            @event
            def add(self) -> None:
                sleep(1)
        """,
        "sleep(1)",
        """
        class Cart(Entity):
            count: int = 0
            @event
            def add(self) -> None:
                self.count += 1
        """,
    ),
    "SM305": Case(
        """
        class Cart(Entity):
            @event
            def add(self, *names: str) -> None: ...
        """,
        "names",
        """
        class Cart(Entity):
            @event
            def add(self, *, names: list[str]) -> None: ...
        """,
    ),
    "SM306": Case(
        """
        class Cart(Entity):
            @event
            def _add(self) -> None: ...
        """,
        "_add",
        """
        class Cart(Entity):
            def _add(self) -> None: ...
        """,
    ),
    "SM307": Case(
        """
        class Cart(Entity):
            count: int = 0
            @event(method="GET")
            def peek(self) -> int:
                self.count += 1
                return self.count
        """,
        "self.count",
        """
        class Cart(Entity):
            count: int = 0
            @event(method="GET")
            def peek(self, times: int = 2) -> int:
                return self.double() * times
            def double(self) -> int:
                return self.count * 2
        """,
    ),
    "SM308": Case(
        """
        from toolkit import retry
        class Cart(Entity):
            @retry(3)
            @event
            def add(self) -> None: ...
        """,
        "retry(3)",
        """
        from toolkit import retry
        from typing import override
        class Cart(Entity):
            @override
            @event
            @retry(3)
            def add(self) -> None: ...
        """,
    ),
    "SM309": Case(
        """
        class Cart(Entity):
            @event
            async def add(self) -> None:
                self.load()
            async def load(self) -> None: ...
        """,
        "self.load()",
        """
        class Cart(Entity):
            @event
            async def add(self) -> None:
                await self.load()
            async def load(self) -> None: ...
        """,
    ),
    "SM310": Case(
        """
        class Cart(Entity):
            @event
            def add(self, amount: int, /) -> None: ...
        """,
        "amount",
        """
        class Cart(Entity):
            @event
            def add(self, /, amount: int) -> None: ...
        """,
    ),
    "SM311": Case(
        """
        class Cart(Entity):
            @event(pth="/add")
            def add(self) -> None: ...
        """,
        "pth",
        """
        class Cart(Entity):
            @event(path="/cart/add-one", method="PUT", selector="#cart", mode="append", name="plus")
            def add(self) -> None: ...
        """,
    ),
    "SM312": Case(
        """
        class Cart(Entity):
            @event
            @property
            def add(self) -> int: ...
        """,
        "property",
        """
        class Cart(Entity):
            @property
            def add(self) -> int: ...
        """,
    ),
    "SM313": Case(
        """
        class Cart(Entity):
            @event
            @classmethod
            def start(cls) -> Self: ...
        """,
        "start",
        """
        class Cart(Entity):
            model_config = EntityConfig(scope=Scope.RECORD, access=Access.PUBLIC)
            @event
            @classmethod
            def start(cls) -> Self: ...
        """,
    ),
    "SM314": Case(
        """
        class Cart(Entity):
            @event
            def add(self) -> int:
                yield 1
        """,
        "int",
        """
        from collections.abc import AsyncIterator
        from typing import Iterator
        class Cart(Entity):
            @event
            def add(self) -> Iterator[int]:
                yield 1
            @event
            async def more(self) -> AsyncIterator[None]:
                yield
        """,
    ),
    "SM401": Case(
        """
        class Account(Entity):
            api_key: str = ""
        """,
        "api_key",
        """
        class Account(Entity):
            api_key: str = Field("", private=True)
            password_hash: str = Field("", exclude=True)
            has_password: bool = False
            token_count: int = 0
            shown: str = ""
            reset_token: str = ""  # starmodel: ignore[secret-signal] shown on purpose
        """,
    ),
    "SM402": Case(
        """
        class Cart(Entity): ...
        class Basket(Entity):
            model_config = EntityConfig(namespace="cart")
        """,
        "model_config",
        """
        class Cart(Entity): ...
        class Basket(Entity):
            model_config = EntityConfig(namespace="my_basket")
        """,
    ),
    "SM405": Case(
        """
        class Board(Entity):
            model_config = EntityConfig(scope=Scope.GLOBAL)
        """,
        "model_config",
        """
        class Board(Entity):
            model_config = EntityConfig(scope=Scope.GLOBAL, access=Access.AUTHENTICATED)
        """,
    ),
    "SM601": Case(
        """
        class Cart(Entity):
            @event
            def add(self) -> None: ...
            @event(path="/cart/add")
            def plus(self) -> None: ...
        """,
        "plus",
        """
        class Cart(Entity):
            @event
            def add(self) -> None: ...
            @event(path="/cart/add", method="DELETE")
            def remove(self) -> None: ...
        """,
    ),
    "SM602": Case(
        """
        class Cart(Entity):
            @event
            def add(self, services: int) -> None: ...
        """,
        "services",
        """
        class Cart(Entity):
            @event
            def add(self, list: int, id: str, date: str) -> None: ...
        """,
    ),
    "SM603": Case(
        """
        class HTTPCart(Entity): ...
        class HttpCart(Entity): ...
        """,
        "HttpCart",
        """
        class HTTPCart(Entity): ...
        class HttpsCart(Entity): ...
        """,
    ),
    "SM605": Case(
        """
        class Cart(Entity):
            ItemCount: int = 0
        """,
        "ItemCount",
        """
        class Cart(Entity):
            item_count2: int = 0
            itemCount: int = 0
            model_config = EntityConfig(namespace="Cart")
        """,
    ),
    "SM607": Case(
        """
        from datetime import date
        class Cart(Entity):
            date: date | None = None
        """,
        "date | None",
        """
        import datetime as dt
        class Cart(Entity):
            date: dt.date | None = None
        """,
    ),
    "SM606": Case(
        """
        class Cart(Entity):
            @event
            def add(self) -> None: ...
            @event(name="add", path="/cart/other")
            def plus(self) -> None: ...
        """,
        "plus",
        """
        class Cart(Entity):
            @event
            def add(self) -> None: ...
            @event(name="sum")
            def plus(self) -> None: ...
        """,
    ),
}

CASES.update(
    {code: Case(*case) for code, case in (SQL_CASES | PYDANTIC_CASES | FIND_CASES).items()}
)
ALL_RULES = [
    rule for family in (entity_rules, pydantic_rules, sql_rules) for rule in rules_of(family)
]

ACROSS_MODULES = {"SM106", "SM604"}
"""Rules that one module cannot break; `test_projects` does."""


def source(text: str) -> str:
    """The text of a case, with the imports of `HEAD` where it has no star import of its own."""
    return dedent(text) if "import *" in text else HEAD + dedent(text)


@pytest.mark.parametrize("code", sorted(CASES))
def test_broken_rule_is_reported_where_it_is_broken(code: str) -> None:
    linked = link_sources(source(CASES[code].bad))
    assert code in linked.codes, [each.message for each in linked.diagnostics]
    assert linked.pointed(code) == CASES[code].at


@pytest.mark.parametrize("code", sorted(CASES))
def test_kept_rule_is_silent(code: str) -> None:
    linked = link_sources(source(CASES[code].good))
    assert code not in linked.codes, [each.message for each in linked.diagnostics]
    assert [each.message for each in linked.diagnostics if each.severity == "error"] == []


def test_every_rule_has_a_case() -> None:
    assert {rule.code for rule in ALL_RULES} == CASES.keys() | ACROSS_MODULES


@pytest.mark.parametrize("code", sorted(CASES))
def test_errors_keep_the_schema_from_being_made_and_warnings_do_not(code: str) -> None:
    linked = link_sources(source(CASES[code].bad))
    final = [e for e in linked.diagnostics if e.severity == "error" and not e.suppressible]
    assert (linked.schema is None) == bool(final)


@pytest.mark.parametrize("code", sorted(CASES))
def test_messages_name_the_subject_and_say_what_to_do(code: str) -> None:
    linked = link_sources(source(CASES[code].bad))
    diagnostic = next(each for each in linked.diagnostics if each.code == code)
    assert "`" in diagnostic.message
    assert not diagnostic.message.endswith(".")
    assert diagnostic.help

"""A shop whose records are made, changed and deleted by `crud`, generated and with its database."""

import importlib
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import pytest
from shop_project import CONFIG, Shop

SECRET_KEY = "a secret for tests, known to everybody"
ENTITIES = '''
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import Enum

from pydantic import BaseModel, field_validator

from starmodel import (
    Access,
    Actor,
    Entity,
    EntityConfig,
    Field,
    Ref,
    Refused,
    Scope,
    StateStore,
    event,
)


class Status(Enum):
    DRAFT = "draft"
    ACTIVE = "active"


class Size(BaseModel):
    width: int = Field(default=0, ge=0)
    height: int = Field(default=0, ge=0)


def next_code() -> str:
    return "code-1"


def may_edit(actor: Actor, note: "Note") -> bool:
    return note.owner == actor.id


class Tag(Entity):
    """A word that products are found by."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    name: str = Field(min_length=1, max_length=40, unique=True)


class Product(Entity):
    """Something the shop sells."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    name: str = Field(min_length=1, max_length=120)
    sku: str = Field(max_length=32, unique=True)
    price: Decimal = Field(default=Decimal("1.00"), max_digits=12, decimal_places=2, ge=0)
    stock: int = Field(default=5, ge=0, writable=False)
    status: Status = Status.DRAFT
    is_fragile: bool = False
    released: date | None = None
    size: Size = Field(default_factory=Size)
    code: str = Field(default_factory=next_code)
    tags: list[Ref[Tag]] = Field(default_factory=list[Ref[Tag]])
    main_tag: Ref[Tag] | None = None
    cost: Decimal = Field(default=Decimal(0), max_digits=12, decimal_places=2, private=True)

    @field_validator("sku")
    @classmethod
    def is_sold(cls, sku: str) -> str:
        if sku == "secret":
            raise ValueError("This word is not for sale.")
        return sku.upper()

    @event(lock=True)
    def sell(self, quantity: int = 1) -> int:
        """Take some of it from the shelf."""
        if quantity > self.stock:
            raise Refused(f"There are only {self.stock} left.")
        self.stock -= quantity
        return self.stock

    @event
    def stock_up(self, to: int) -> Iterator[int]:
        """Put more on the shelf, piece by piece."""
        while self.stock < to:
            self.stock += 1
            yield self.stock


class Note(Entity):
    """What somebody wrote, and nobody else may see."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=may_edit, crud=True)

    owner: str
    text: str = ""


class Letter(Entity):
    """Something for those who are known."""

    model_config = EntityConfig(
        store=StateStore.SERVER_SQL, access=Access.AUTHENTICATED, crud={"create", "delete"}, page=False
    )

    text: str = Field(max_length=100)


class Shelf(Entity):
    """Is called by an id of one's own."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    id: str = Field(min_length=1, max_length=20)
    row: int = 0


class Basket(Entity):
    """What a visitor wants."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, scope=Scope.SESSION)

    words: int = 0

    @event
    def add(self, count: int = 1) -> None:
        self.words += count


class Counter(Entity):
    """Is in no database."""

    count: int = 0

    @event
    def increment(self) -> None:
        self.count += 1
'''
IDENTIFY = """
from starmodel import Actor
from starmodel.domain import ANONYMOUS
from starmodel.web import Request


def identify(request: Request) -> Actor:
    name = request.headers.get(b"x-actor", b"").decode()
    return Actor(name) if name else ANONYMOUS
"""


class CrudProject:
    """The project in a folder, with its database.

    SQLAlchemy knows each class of rows once in a process, so each project that is imported needs
    a package of its own.
    """

    def __init__(
        self, folder: Path, package: str = "crudshop", url: str = "", entities: str = ENTITIES
    ) -> None:
        self.folder = folder
        self.entities = entities
        self.package = package
        self.url = url or f"sqlite:///{folder / 'app.db'}"
        self.shop = Shop(folder)

    def make(self, *, migrated: bool = True) -> None:
        """Write it, generate its code and its first migration, and make its tables.

        A temporary database has no migrations: its tables are made when it is opened.
        """
        package, shop = self.package, self.shop
        (self.folder / "shop").rename(self.folder / package)
        shop.write(f"{package}/entities.py", self.entities)
        shop.write(f"{package}/identity.py", IDENTIFY)
        config = CONFIG.replace("shop/", f"{package}/")
        config += f'web = "starlette"\nidentify = "{package}.identity:identify"\n'
        shop.write("pyproject.toml", config)
        variables = {"STARMODEL_DATABASE_URL": self.url}
        migrations = (("migrate", "new", "first"), ("migrate", "up")) if migrated else ()
        for command in (("generate",), *migrations):
            done = shop.starmodel(*command, environment=variables)
            assert done.code == 0, done.err

    def load(self, name: str) -> Any:
        """Import a module of the project: `generated.app`."""
        return importlib.import_module(f"{self.package}.{name}")

    @contextmanager
    def imported(self) -> Generator[Self]:
        """Make the project one that can be imported, and its database that of its apps."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("STARMODEL_DATABASE_URL", self.url)
            patch.setenv("STARMODEL_SECRET_KEY", SECRET_KEY)
            patch.setattr(sys, "path", [str(self.folder), *sys.path])
            patch.chdir(self.folder)
            # There may be an example of the same name.
            for name in [name for name in sys.modules if name.partition(".")[0] == self.package]:
                patch.delitem(sys.modules, name)
            yield self
            for name in [name for name in sys.modules if name.partition(".")[0] == self.package]:
                del sys.modules[name]

"""A magazine whose posts are found in every way there is, generated and with its database."""

import importlib
import os
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from shop_project import CONFIG, Shop

ENTITIES = '''
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Literal
from uuid import UUID, uuid4

from pydantic import AwareDatetime, BaseModel, NaiveDatetime, computed_field

from starmodel import (
    Access,
    Actor,
    Entity,
    EntityConfig,
    Field,
    Many,
    Ref,
    Scope,
    StateStore,
    event,
)


class Stage(Enum):
    DRAFT = "draft"
    ACTIVE = "active"


class Rank(IntEnum):
    LOW = 1
    HIGH = 10


class Size(BaseModel):
    width: int = 0
    height: int = 0


class Tag(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    name: str = Field(max_length=40)


class Author(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    name: str
    password: str = Field(default="", private=True)
    posts: Many["Post", "author"]


class Post(Entity):
    """What is written."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    title: str = Field(min_length=1, index=True)
    author: Ref[Author]
    editor: Ref[Author] | None = None
    tags: list[Ref[Tag]] = Field(default_factory=list[Ref[Tag]])
    stage: Stage = Stage.DRAFT
    rank: Rank | None = None
    level: Literal["low", "high"] = "low"
    grade: Literal[1, 2, None] = None
    is_long: bool = False
    size: Size = Field(default_factory=Size)
    notes: list[str] = Field(default_factory=list[str])
    extra: dict[str, int] | None = None
    words: int = 0
    ratio: float = 0.0
    price: Decimal = Field(default=Decimal("0.00"), max_digits=12, decimal_places=2)
    at: AwareDatetime | None = None
    local: NaiveDatetime | None = None
    day: date | None = None
    hour: time | None = None
    span: timedelta | None = None
    key: UUID | None = None
    blob: bytes | None = None
    summary: str | None = None
    limit: int = 0
    password: str = Field(default="", private=True)

    @computed_field
    @property
    def double(self) -> int:
        return self.words * 2


def may_read(actor: Actor, note: "Note") -> bool:
    return not note.is_secret


class Note(Entity):
    """Has no page."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=may_read, page=False)

    text: str
    is_secret: bool = False


class Chapter(Entity):
    """Has a key of its own."""

    model_config = EntityConfig(
        store=StateStore.SERVER_SQL, access=Access.AUTHENTICATED, crud={"create"}
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    number: int
    before: Ref["Chapter"] | None = None


class Scene(Entity):
    """Is nothing but columns."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud={"create"})

    title: str
    author: Ref[Author]
    chapter: Ref[Chapter] | None = None
    chapters: list[Ref[Chapter]] = Field(default_factory=list[Ref[Chapter]])
    tags: list[Ref[Tag]] = Field(default_factory=list[Ref[Tag]])
    stage: Stage = Stage.DRAFT
    rank: Rank | None = None
    level: Literal["low", "high"] = "low"
    is_long: bool | None = None
    words: int = 0
    ratio: float = 0.0
    price: Decimal = Field(default=Decimal("0.00"), max_digits=18, decimal_places=9)
    at: AwareDatetime | None = None
    local: NaiveDatetime | None = None
    day: date | None = None
    hour: time | None = None
    span: timedelta | None = None
    key: UUID | None = None
    password: str = Field(default="", private=True)


class Visit(Entity):
    """Is no record, so that there is no list of them."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, scope=Scope.SESSION)

    count: int = 0

    @event
    def come(self) -> None:
        self.count += 1
'''
NAMES = ("tag", "author", "post", "note", "chapter", "scene")


def make_found_project(folder: Path, package: str) -> Shop:
    """Write the project, and generate its code and its first migration."""
    shop = Shop(folder)
    (folder / "shop").rename(folder / package)
    shop.write(f"{package}/entities.py", ENTITIES)
    shop.write("pyproject.toml", CONFIG.replace("shop/", f"{package}/") + 'web = "starlette"\n')
    for command in (("generate",), ("migrate", "new", "first")):
        done = shop.starmodel(*command)
        assert done.code == 0, done.err
    return shop


@contextmanager
def imported(folder: Path, package: str) -> Generator[Callable[[str], Any]]:
    """Return what imports a module of the project by its name: `load("generated.app")`."""
    here = Path.cwd()
    sys.path.insert(0, str(folder))
    os.chdir(folder)

    def load(name: str) -> ModuleType:
        return importlib.import_module(f"{package}.{name}")

    try:
        yield load
    finally:
        os.chdir(here)
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name.partition(".")[0] == package]:
            del sys.modules[name]

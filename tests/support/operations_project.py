"""A project whose operations are asked for by JSON-RPC, MCP and the command line."""

from pathlib import Path

from shop_project import Shop

ENTITIES = '''
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel

from starmodel import Access, Actor, Entity, EntityConfig, Field, Ref, Refused, Request, Scope, StateStore, event


class Size(BaseModel):
    width: int = Field(default=0, ge=0)


class Counter(Entity):
    """A counter of one's own."""

    count: int = 0

    @event
    def increment(self, amount: int = 1) -> int:
        """Add to the count.

        More of this is nobody's business.
        """
        self.count += amount
        return self.count

    @event
    def explode(self) -> None:
        """Fail."""
        raise RuntimeError("the password is hunter2")

    @event
    def climb(self, steps: int = 3) -> Iterator[int]:
        """Add one, several times."""
        for _ in range(steps):
            self.count += 1
            yield self.count

    @event
    def whisper(self, request: Request, actor: Actor) -> str:
        """Tell who asks."""
        return f"{actor.id} {request.headers.get(b'user-agent', b'').decode()}"


class Board(Entity):
    """A board that everybody sees."""

    model_config = EntityConfig(scope=Scope.GLOBAL, access=Access.PUBLIC)

    lines: list[str] = []

    @event(method="GET")
    def longest(self, among: list[str] | None = None) -> str:
        """Find the longest line."""
        return max([*self.lines, *(among or [])], key=len, default="")

    @event(access=Access.AUTHENTICATED)
    def write(self, line: Annotated[str, Field(max_length=20)]) -> None:
        """Put a line below the others."""
        self.lines.append(line)


def is_clerk(actor: Actor, note: "Note") -> bool:
    return "clerk" in actor.roles


def may_edit(actor: Actor, note: "Note") -> bool:
    return actor.id is not None and note.owner in ("", actor.id)


class Note(Entity):
    """A note."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    title: str = Field(min_length=1, max_length=40, description="What it is about.")
    price: Decimal = Field(default=Decimal("0"), ge=0, max_digits=8, decimal_places=2)
    tags: list[str] = []
    size: Size = Size()
    before: Ref["Note"] | None = None
    owner: str = ""
    role: str = ""

    @event(access=is_clerk)
    def stamp(self) -> str:
        """Put a stamp on it."""
        print("stamped")
        return "stamped"

    @event(access=may_edit)
    def sign(self, actor: Actor) -> None:
        """Make it one's own."""
        if self.owner:
            raise Refused("It is signed already.")
        self.owner = actor.id or ""
'''

IDENTIFY = '''
from starmodel import ANONYMOUS, Actor, Request


def identify(request: Request) -> Actor:
    """Believe whoever says who he is: this is a test."""
    name = request.headers.get(b"x-user", b"").decode()
    return Actor(name) if name else ANONYMOUS
'''


def make(folder: Path, package: str, *settings: str) -> Shop:
    """Make the project with a package of this name, generate its code, and migrate its database.

    `settings` are lines of its configuration.
    """
    shop = Shop(folder)
    for path in ("shop/entities.py", "shop/__init__.py"):
        (folder / path).unlink()
    (folder / "shop").rmdir()
    shop.write(f"{package}/__init__.py", "")
    shop.write(f"{package}/entities.py", ENTITIES)
    shop.write(f"{package}/users.py", IDENTIFY)
    config = [
        "[tool.starmodel]",
        f'entities = ["{package}/entities.py"]',
        'web = "starlette"',
        f'identify = "{package}.users:identify"',
        *settings,
    ]
    shop.write("pyproject.toml", "\n".join([*config, ""]))
    done = shop.starmodel("generate")
    assert done.code == 0, done.err
    for command in ("new", "up"):
        done = shop.starmodel("migrate", command)
        assert done.code == 0, done.err
    return shop

"""Events in all their forms: decorators, parameters, returns, creation, what they write."""

import pytest
from linked_project import Linked, link_sources

from starmodel_generator.linking.link import LinkSettings
from starmodel_schemas import (
    AnyType,
    ArgumentSource,
    AuthenticatedAccess,
    Constraints,
    EntitySource,
    EntityType,
    EnumType,
    ExpressionDefault,
    HolderAccess,
    ListType,
    LiteralDefault,
    ObjectType,
    OptionalType,
    ProviderSource,
    PublicAccess,
    RequiredDefault,
    ScalarType,
    SuppliedSource,
)

HEAD = """
import abc
from collections.abc import AsyncGenerator, AsyncIterator, Generator
from enum import Enum
from typing import *
import starmodel
from pydantic import BaseModel, PositiveInt
from starmodel import *
from shop.services import Mailer, Clock
import httpx

T = 3
class Kind(Enum):
    A = "a"
class Line(BaseModel):
    name: str = ""
class Room(Entity):
    model_config = EntityConfig(scope=Scope.RECORD, access=Access.PUBLIC)
    name: str = ""
class Board(Entity):
    model_config = EntityConfig(scope=Scope.GLOBAL, access=Access.AUTHENTICATED)
"""
SETTINGS = LinkSettings(
    providers={
        "shop.services.Mailer": "shop.services.make_mailer",
        "httpx.Client": "shop.services.make_client",
    }
)


def linked_events(body: str, config: str = "") -> Linked:
    lines = "\n".join("    " + line for line in body.strip("\n").split("\n"))
    thing = f"class Thing(Entity):\n    count: int = 0\n    tags: list[str] = []\n    {config}\n{lines}\n"
    files = {
        "shop/entities.py": f"{HEAD}\n{thing}",
        "shop/services.py": "class Mailer: ...\nclass Clock: ...\n",
    }
    return link_sources(files, settings=SETTINGS)


def test_everything_a_decorator_may_say() -> None:
    linked = linked_events("""
@event(
    method="patch", path="/thing/all", selector="#list > li", mode="append",
    access=Access.AUTHENTICATED, name="every_thing", respond="ack",
)
async def everything(self) -> None:
    '''First line.

        Indented.
    '''
""")
    event = linked.event("Thing", "everything")
    assert event.model_dump(include={"method", "path", "selector", "mode", "name", "respond"}) == {
        "method": "PATCH",
        "path": "/thing/all",
        "selector": "#list > li",
        "mode": "append",
        "name": "every_thing",
        "respond": "ack",
    }
    assert event.access == AuthenticatedAccess()
    assert event.is_async and not event.is_generator
    assert event.doc == "First line.\n\nIndented."
    assert event.signature == "everything() -> None"


def test_paths_follow_scope_and_name() -> None:
    linked = link_sources("""
        from typing import Self
        from starmodel import *
        class ShopOrder(Entity):
            model_config = EntityConfig(scope=Scope.RECORD, access=Access.PUBLIC)
            @event
            def addItem(self) -> None: ...
            @event
            @classmethod
            def open(cls) -> Self: ...
            @event(name="shut")
            def close(self) -> None: ...
    """)
    order = linked.entity("ShopOrder")
    assert [(event.function, event.name, event.path) for event in order.events] == [
        ("addItem", "add_item", "/shop_order/{id}/add_item"),
        ("open", "open", "/shop_order/open"),
        ("close", "shut", "/shop_order/{id}/shut"),
    ]


def test_access_is_the_events_the_classes_or_the_holders() -> None:
    linked = linked_events("@event\ndef go(self) -> None: ...")
    assert linked.event("Thing", "go").access == HolderAccess()
    linked = linked_events(
        "@event\ndef go(self) -> None: ...\n@event(access=Access.PUBLIC)\ndef other(self) -> None: ...",
        "model_config = EntityConfig(access=Access.AUTHENTICATED)",
    )
    assert linked.event("Thing", "go").access == AuthenticatedAccess()
    assert linked.event("Thing", "other").access == PublicAccess()


def test_respond_comes_from_event_class_or_configuration() -> None:
    source = """
        from starmodel import *
        class Thing(Entity):
            {config}
            @event
            def plain(self) -> None: ...
            @event(respond="patch")
            def patched(self) -> None: ...
    """
    for config, settings, expected in [
        ("count: int = 0", LinkSettings(), "patch"),
        ("count: int = 0", LinkSettings(respond="ack"), "ack"),
        ("model_config = {'respond': 'ack'}", LinkSettings(), "ack"),
        ("model_config = {'respond': 'patch'}", LinkSettings(respond="ack"), "patch"),
    ]:
        linked = link_sources(source.format(config=config), settings=settings)
        assert linked.event("Thing", "plain").respond == expected
        assert linked.event("Thing", "patched").respond == "patch"


def test_arguments() -> None:
    linked = linked_events("""
@event
def go(
    self,
    name: str,
    lines: "list[Line]",
    kind: Kind = Kind.A,
    amount: PositiveInt = 2 + T,
    note: Annotated[str | None, Field(max_length=9, description="A note")] = None,
    *,
    pair: tuple[int, str] = (1, "x"),
    password: str = "",
    pin: Annotated[str, Field(private=True)] = "",
) -> None: ...
""")
    parameters = {each.name: each for each in linked.event("Thing", "go").parameters}
    assert list(parameters) == [
        *("name", "lines", "kind", "amount", "note", "pair", "password", "pin"),
    ]
    assert parameters["name"].default == RequiredDefault()
    assert parameters["lines"].type == ListType(item=ObjectType(object="shop.entities.Line"))
    assert parameters["kind"].type == EnumType(enum="shop.entities.Kind")
    assert parameters["kind"].default == ExpressionDefault(
        expression="Kind.A", imports=("shop.entities.Kind",)
    )
    assert parameters["amount"].default == LiteralDefault(value=5)
    assert parameters["amount"].constraints == Constraints(gt="0")
    assert parameters["note"].type == OptionalType(item=ScalarType(name="str"))
    assert parameters["note"].description == "A note"
    assert parameters["note"].constraints == Constraints(max_length=9)
    assert parameters["pair"].default == ExpressionDefault(expression='(1, "x")')
    assert [name for name, each in parameters.items() if each.keyword_only] == [
        *("pair", "password", "pin"),
    ]
    assert [name for name, each in parameters.items() if each.private] == ["password", "pin"]
    assert all(each.source == ArgumentSource() for each in parameters.values())


def test_what_the_runtime_supplies_is_known_by_its_type() -> None:
    linked = linked_events("""
@event
def go(
    self,
    name: str,
    unit: UnitOfWork,
    req: "starmodel.Request",
    who: Actor | None = None,
    again: "Optional[Actor]" = None,
    room: Room = None,
    maybe: "Room | None" = None,
    board: Annotated[Board, "shared"] = None,
    mail: Mailer = None,
    client: httpx.Client = None,
) -> None: ...
""")
    parameters = {each.name: each for each in linked.event("Thing", "go").parameters}
    sources = {name: each.source for name, each in parameters.items() if name != "name"}
    room = "shop.entities.Room"
    assert sources == {
        "unit": SuppliedSource(what="unit_of_work"),
        "req": SuppliedSource(what="request"),
        "who": SuppliedSource(what="actor"),
        "again": SuppliedSource(what="actor"),
        "room": EntitySource(entity=room),
        "maybe": EntitySource(entity=room),
        "board": EntitySource(entity="shop.entities.Board"),
        "mail": ProviderSource(function="shop.services.make_mailer"),
        "client": ProviderSource(function="shop.services.make_client"),
    }
    assert parameters["unit"].type == AnyType()
    assert parameters["room"].type == EntityType(entity=room)
    assert parameters["maybe"].type == OptionalType(item=EntityType(entity=room))
    assert parameters["maybe"].default == LiteralDefault(value=None)


def test_a_type_without_a_provider_is_refused() -> None:
    linked = linked_events("@event\ndef go(self, clock: Clock) -> None: ...")
    assert linked.codes == ["SM202"]
    assert "`Clock`, which is a plain class" in linked.diagnostics[0].message


@pytest.mark.parametrize(
    ("written", "is_async", "step"),
    [
        ("Iterator[int]", False, ScalarType(name="int")),
        ("'Iterator[int]'", False, ScalarType(name="int")),
        ("Iterable[Line]", False, ObjectType(object="shop.entities.Line")),
        ("Generator[int, None, None]", False, ScalarType(name="int")),
        ("AsyncIterator[None]", True, None),
        ("AsyncGenerator[int, None]", True, ScalarType(name="int")),
        ("AsyncGenerator", True, AnyType()),
    ],
)
def test_generators_give_steps(written: str, is_async: bool, step: object) -> None:
    start = "async def" if is_async else "def"
    event = linked_events(f"@event\n{start} go(self) -> {written}:\n    yield").event("Thing", "go")
    assert (event.is_generator, event.is_async, event.returns) == (True, is_async, step)


@pytest.mark.parametrize(
    ("definition", "code"),
    [
        ("async def go(self) -> Iterator[int]:\n    yield 1", "SM314"),
        ("def go(self) -> list[int]:\n    yield 1", "SM314"),
        ("def go(self):\n    yield 1", "SM302"),
        ("def go(self):\n    return 1", "SM302"),
        ("def go(self) -> 'Thing':\n    return self", "SM202"),
        ("def go(self, other: 'Thing') -> None: ...", "SM202"),
        ("def go(self, count: int = None) -> None: ...", "SM214"),
        ("def go(self, count: int = Field(3)) -> None: ...", "SM202"),
        ("def go(self, count: ClassVar[int]) -> None: ...", "SM202"),
        ("def go(self, room: list[Room]) -> None: ...", "SM202"),
    ],
)
def test_forms_that_are_refused(definition: str, code: str) -> None:
    assert linked_events(f"@event\n{definition}").codes == [code]


def test_unannotated_results_are_anything_unless_there_are_none() -> None:
    linked = linked_events("""
@event
def nothing(self):
    self.count += 1
@event
def something(self):
    return self.count
""")
    assert linked.event("Thing", "nothing").returns is None
    assert linked.event("Thing", "something").returns == AnyType()
    assert [each.severity for each in linked.diagnostics] == ["warning", "warning"]


@pytest.mark.parametrize("decorators", ["@event\n@classmethod", "@classmethod\n@event"])
@pytest.mark.parametrize("returns", ["Self", "'Thing'", "'Self'"])
def test_creation(decorators: str, returns: str) -> None:
    record = "model_config = EntityConfig(scope=Scope.RECORD, access=Access.PUBLIC)"
    linked = linked_events(f"{decorators}\ndef open(cls, count: int) -> {returns}: ...", record)
    event = linked.event("Thing", "open")
    assert (event.is_creation, event.writes, event.path) == (True, True, "/thing/open")
    assert event.returns == EntityType(entity="shop.entities.Thing")


def test_inherited_creation_is_of_the_own_class() -> None:
    source = """
        from typing import Self
        from abc import ABC
        from starmodel import *
        class Base(Entity, ABC):
            model_config = EntityConfig(scope=Scope.RECORD, access=Access.PUBLIC)
            @event
            @classmethod
            def open(cls) -> {returns}: ...
        class Room(Base): ...
    """
    event = link_sources(source.format(returns="Self")).event("Room", "open")
    assert event.returns == EntityType(entity="shop.entities.Room")
    assert link_sources(source.format(returns="'Base'")).codes == ["SM313"]
    # One that makes no record is about all of them.
    assert link_sources(source.format(returns="int")).codes == ["SM219"]


def test_decorators_in_any_order() -> None:
    linked = linked_events("""
@override
@event
@no_type_check
def one(self) -> None: ...
@event()
@final
def two(self) -> None: ...
@starmodel.event(name="third")
def three(self) -> None: ...
""")
    assert linked.codes == []
    assert [event.name for event in linked.entity("Thing").events] == ["one", "two", "third"]


@pytest.mark.parametrize(
    ("body", "writes"),
    [
        ("pass", False),
        ("return self.count", False),
        ("self.count += 1", True),
        ("self.tags.append('a')", True),
        ("self.helper()", True),
        ("self.reader()", False),
        ("return sorted(self.tags)", False),
        ("return self.model_dump()", False),
        ("other(self)", True),
        ("return reads(self.tags)", False),
        ("writes(self.tags)", True),
        ("return self.shown", False),
        ("return self.moving", True),
        ("super().helper()", True),
        ("return super().reader()", False),
        ("return [line.size() for line in self.lines]", False),
        ("return [line.grow() for line in self.lines]", True),
        ("setattr(self, 'count', 1)", True),
    ],
)
def test_what_writes_is_followed_through_calls(body: str, writes: bool) -> None:
    files = {
        "shop/tools.py": """
            def reads(tags): return len(tags)
            def writes(tags): tags.append("x")
        """,
        "shop/base.py": """
            from pydantic import BaseModel
            from starmodel import Entity
            class Line(BaseModel):
                n: int = 0
                def size(self) -> int: return self.n
                def grow(self) -> None: self.n += 1
            class Base(Entity):
                name: str = ""
                def helper(self) -> None: self.deeper()
                def deeper(self) -> None: self.name = "x"
                def reader(self) -> str: return self.name.upper()
        """,
        "shop/entities.py": f"""
            from starmodel import event
            from shop.base import Base, Line
            from shop.tools import reads, writes
            from toolkit import other
            class Thing(Base):
                count: int = 0
                tags: list[str] = []
                lines: list[Line] = []
                @property
                def shown(self) -> str: return self.name
                @property
                def moving(self) -> int:
                    self.count += 1
                    return self.count
                @event
                def go(self) -> None:
                    {body}
        """,
    }
    assert link_sources(files).event("Thing", "go").writes is writes
    files["shop/entities.py"] = files["shop/entities.py"].replace("@event", "@event(method='GET')")
    assert (link_sources(files).codes == ["SM307"]) is writes


def test_entities_and_units_of_work_let_a_get_event_write() -> None:
    linked = linked_events("""
@event(method="GET")
def one(self, room: Room) -> None:
    room.name = "x"
@event(method="GET")
def two(self, work: UnitOfWork) -> None: ...
@event(method="GET")
def three(self, actor: Actor, room: Room) -> str:
    return room.name
""")
    assert [each.message for each in linked.diagnostics if each.code == "SM307"] == [
        "event `Thing.one` answers GET, but may change the entity `room`",
        "event `Thing.two` answers GET, but may change other entities through `work`",
    ]

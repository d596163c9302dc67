"""What is left of rows that go along with another, in tables that refer to each other in a ring."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from sql_tables import define

from starmodel import Entity, Field, Ref
from starmodel.application.store import Key, Write
from starmodel.stores.sql.backend import SQLModelBackend
from starmodel.stores.sql.ddl import create_tables
from starmodel.stores.sql.drivers.driver import Statement
from starmodel.stores.sql.tables import column
from starmodel.stores.sql.tables.table import EntityTable


class Owner(Entity):
    """Has nodes, which go when it goes."""


class Node(Entity):
    """Goes when its parent goes; forgets its friend when that one goes."""

    owner: Ref[Owner] | None = None
    parent: Ref["Node"] | None = None
    friend: Ref["Node"] | None = None


class Hen(Entity):
    """Goes when its egg goes."""

    id: UUID = Field()  # pyright: ignore
    egg: Ref["Egg"] | None = None


class Egg(Entity):
    """Goes when its hen goes."""

    hen: Ref[Hen] | None = None


OWNER, NODE, HEN, EGG = define(Owner), define(Node), define(Hen), define(Egg)
TABLES: tuple[EntityTable[Any], ...] = (
    EntityTable(OWNER, [column.text("id")]),
    EntityTable(
        NODE,
        [
            column.text("id", size=40),
            column.reference("owner", OWNER, nullable=True, on_delete="cascade"),
            column.reference("parent", NODE, size=40, nullable=True, on_delete="cascade"),
            column.reference("friend", NODE, size=40, nullable=True, on_delete="set_null"),
        ],
    ),
    EntityTable(
        HEN,
        [column.uuid("id"), column.reference("egg", EGG, nullable=True, on_delete="cascade")],
    ),
    EntityTable(
        EGG,
        [
            column.text("id"),
            column.reference("hen", HEN, "uuid", nullable=True, on_delete="cascade"),
        ],
    ),
)


class World:
    """A store, and what is done with it."""

    def __init__(self, store: SQLModelBackend) -> None:
        self.store = store

    async def make(self) -> None:
        if not self.store.driver.is_temporary:
            made = create_tables(TABLES, self.store.driver.dialect)
            await self.store.driver.execute([Statement(sql) for sql in made])

    async def save(self, entity: Entity, times: int = 1) -> int:
        """Save a new entity, and then as often as is asked for; returns its version."""
        version = 0
        for _ in range(times):
            write = Write(key(entity), dict(entity.__dict__), version)
            [version] = await self.store.commit([write])
        return version

    async def delete(self, *entities: Entity) -> None:
        writes = [
            Write(key(one), None, await self.store.version(key(one)), None, dict(one.__dict__))
            for one in entities
        ]
        await self.store.commit(writes)


def key(entity: Entity) -> Key:
    return Key(type(entity).__name__.lower(), "record", str(entity.id))


@pytest.fixture(params=["sqlite", "postgresql"])
async def world(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[World]:
    """An open, empty store."""
    url = "sqlite://" if request.param == "sqlite" else request.getfixturevalue("postgres_url")

    world = World(SQLModelBackend(url, TABLES))
    await world.store.open()
    try:
        await world.make()
        yield world
    finally:
        await world.store.close()


async def test_versions_go_on_all_the_way_down_a_tree(world: World) -> None:
    top = Node(id="top")
    children = [Node(id=f"child-{number}", parent=Ref(top)) for number in range(2)]
    deep = Node(id="deep", parent=Ref("child-1"))
    friend = Node(id="friend", friend=Ref(deep))
    await world.save(top)
    for times, node in enumerate((*children, deep, friend), 2):
        assert await world.save(node, times) == times
    await world.delete(top)
    assert [await world.store.version(key(one)) for one in (*children, deep)] == [0, 0, 0]
    # It stays, and has changed.
    stored = await world.store.load(key(friend))
    assert stored is not None and (stored.values["friend"], stored.version) == (None, 6)
    assert await world.save(top) == 3
    assert [await world.save(one) for one in (*children, deep)] == [4, 5, 6]


async def test_a_tree_may_begin_below_another_record_and_lose_some_of_it(world: World) -> None:
    owner = Owner(id="o")
    top = Node(id="top", owner=Ref(owner))
    child = Node(id="child", parent=Ref(top), friend=Ref("child"))
    for each in (owner, top, child):
        await world.save(each)
    await world.delete(owner, child)
    assert [await world.save(one) for one in (owner, top, child)] == [3, 3, 3]


async def test_a_record_may_refer_to_itself(world: World) -> None:
    node = Node(id="n", parent=Ref("n"), friend=Ref("n"))
    assert await world.save(node, 3) == 3
    await world.delete(node)
    assert await world.save(node) == 5


async def test_versions_go_on_around_a_ring_of_tables(world: World) -> None:
    ids = [UUID(int=number) for number in range(3)]
    first = Hen(id=ids[0])
    chain: list[Entity] = [first]
    for number in (1, 2):
        egg = Egg(id=f"r{number}", hen=Ref(str(ids[number - 1])))
        chain += [egg, Hen(id=ids[number], egg=Ref(egg))]
    for each in chain:
        assert await world.save(each, 2) == 2
    # The ring is closed: the first one refers to the last but one.
    closed = Hen(id=ids[0], egg=Ref("r2"))
    await world.store.commit([Write(key(closed), dict(closed.__dict__), 2)])
    await world.delete(first)
    assert await world.save(first) == 5
    assert [await world.save(each) for each in chain[1:]] == [4, 4, 4, 4]

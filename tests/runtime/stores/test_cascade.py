"""What is left of rows that go along with another, in tables that refer to each other in a ring."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID

import pytest
from sql_tables import define, table

from starmodel import Entity, Field, Ref
from starmodel.application.store import Key, Write
from starmodel.stores.sql.backend import SQLModelBackend
from starmodel.stores.sql.drivers.driver import Statement
from starmodel.stores.sql.tables import column
from starmodel.stores.sql.tables.table import EntityTable, ReferenceColumn


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


def id_of(reference: Ref[Any] | None) -> str | None:
    return None if reference is None else reference.id


def ref(id: object) -> Ref[Any] | None:
    return None if id is None else Ref(str(id))


TABLES: tuple[EntityTable[Any], ...] = (
    table(
        define(Owner),
        (column.text("id"),),
        lambda values: (values["id"],),
        lambda row: {"id": row[0]},
    ),
    table(
        define(Node),
        (
            column.text("id"),
            column.text("owner_id", "owner"),
            column.text("parent_id", "parent"),
            column.text("friend_id", "friend"),
        ),
        lambda values: (
            values["id"],
            *(id_of(values[name]) for name in ("owner", "parent", "friend")),
        ),
        lambda row: {
            "id": row[0],
            **{name: ref(row[1 + at]) for at, name in enumerate(("owner", "parent", "friend"))},
        },
        references=(
            ReferenceColumn("owner", "owner_id", "owner", "cascade"),
            ReferenceColumn("parent", "parent_id", "node", "cascade"),
            ReferenceColumn("friend", "friend_id", "node", "set_null"),
        ),
    ),
    table(
        define(Hen),
        (column.uuid("id"), column.text("egg_id", "egg")),
        lambda values: (values["id"], id_of(values["egg"])),
        lambda row: {"id": row[0], "egg": ref(row[1])},
        references=(ReferenceColumn("egg", "egg_id", "egg", "cascade"),),
    ),
    table(
        define(Egg),
        (column.text("id"), column.uuid("hen_id", "hen")),
        lambda values: (values["id"], id_of(values["hen"])),
        lambda row: {"id": row[0], "hen": ref(row[1])},
        references=(ReferenceColumn("hen", "hen_id", "hen", "cascade"),),
    ),
)
MADE = """
CREATE TABLE owner (id TEXT PRIMARY KEY, row_version BIGINT NOT NULL);
CREATE TABLE node (id VARCHAR(40) PRIMARY KEY,
    owner_id TEXT REFERENCES owner (id) ON DELETE CASCADE,
    parent_id VARCHAR(40) REFERENCES node (id) ON DELETE CASCADE,
    friend_id VARCHAR(40) REFERENCES node (id) ON DELETE SET NULL, row_version BIGINT NOT NULL);
CREATE TABLE hen (id {uuid} PRIMARY KEY, egg_id TEXT {ring}, row_version BIGINT NOT NULL);
CREATE TABLE egg (id TEXT PRIMARY KEY,
    hen_id {uuid} REFERENCES hen (id) ON DELETE CASCADE, row_version BIGINT NOT NULL)
"""
RING = "REFERENCES egg (id) ON DELETE CASCADE"
LATER = f"ALTER TABLE hen ADD FOREIGN KEY (egg_id) {RING}"


class World:
    """A store, and what is done with it."""

    def __init__(self, store: SQLModelBackend) -> None:
        self.store = store

    async def make(self) -> None:
        is_sqlite = self.store.driver.dialect == "sqlite"
        kind, ring = ("CHAR(32)", RING) if is_sqlite else ("UUID", "")
        made = MADE.format(uuid=kind, ring=ring).split(";")
        later = [] if is_sqlite else [LATER]
        await self.store.driver.execute([Statement(sql) for sql in (*made, *later)])

    async def save(self, entity: Entity, times: int = 1) -> int:
        """Save a new entity, and then as often as is asked for; give its version."""
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


Check = Callable[[World], Coroutine[Any, Any, None]]
Run = Callable[[Check], None]


@pytest.fixture(params=["sqlite", "postgresql"])
def run(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a coroutine on an open, empty store."""
    url = "sqlite://" if request.param == "sqlite" else request.getfixturevalue("postgres_url")

    def run_on_store(check: Check) -> None:
        async def main() -> None:
            world = World(SQLModelBackend(url, TABLES))
            await world.store.open()
            try:
                await world.make()
                await check(world)
            finally:
                await world.store.close()

        asyncio.run(main())

    return run_on_store


def test_versions_go_on_all_the_way_down_a_tree(run: Run) -> None:
    async def check(world: World) -> None:
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

    run(check)


def test_a_tree_may_begin_below_another_record_and_lose_some_of_it(run: Run) -> None:
    async def check(world: World) -> None:
        owner = Owner(id="o")
        top = Node(id="top", owner=Ref(owner))
        child = Node(id="child", parent=Ref(top), friend=Ref("child"))
        for each in (owner, top, child):
            await world.save(each)
        await world.delete(owner, child)
        assert [await world.save(one) for one in (owner, top, child)] == [3, 3, 3]

    run(check)


def test_a_record_may_refer_to_itself(run: Run) -> None:
    async def check(world: World) -> None:
        node = Node(id="n", parent=Ref("n"), friend=Ref("n"))
        assert await world.save(node, 3) == 3
        await world.delete(node)
        assert await world.save(node) == 5

    run(check)


def test_versions_go_on_around_a_ring_of_tables(run: Run) -> None:
    async def check(world: World) -> None:
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

    run(check)

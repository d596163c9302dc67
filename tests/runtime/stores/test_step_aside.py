"""Unique values that pass between rows in one commit, in SQLite and in PostgreSQL."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from itertools import repeat
from typing import Any

import pytest
from sql_tables import Store

from starmodel import Access, Entity, InProcessBus, PersistenceManager, Scope, StateStore
from starmodel.application import EntityDefinition, Services
from starmodel.errors import ConstraintViolation
from starmodel.stores.sql.drivers.driver import Row, Statement, Violation
from starmodel.stores.sql.statements.step_aside import Aside
from starmodel.stores.sql.tables import column
from starmodel.stores.sql.tables.table import EntityTable


class Task(Entity):
    """A task at a place of a list, and perhaps one of a board."""

    list_name: str = "a"
    place: int = 0
    slot: int | None = None
    code: str = ""
    rank: int = 0
    page: int = 0
    shelf: str = ""
    sign: str = ""
    label: str = ""
    size: str = ""


def task_state(task: Task) -> Mapping[str, object]:
    return dict(vars(task))


TASK = EntityDefinition(
    Task,
    name="task",
    namespace="task",
    store=StateStore.SERVER_SQL,
    scope=Scope.RECORD,
    state=task_state,
    access=Access.PUBLIC,
)
UNIQUE = [("list_name", "place"), ("page", "rank"), ("shelf", "rank")]
TASK_TABLE = EntityTable(
    TASK,
    [
        column.text("id"),
        column.text("list_name", max_length=20),
        column.integer("place", ge=0),
        column.integer("slot", nullable=True, ge=1, le=9, unique=True),
        column.text("code", unique=True),
        column.integer("rank"),
        column.integer("page"),
        column.text("shelf"),
        column.text("sign", max_length=1, unique=True),
        column.text("label", min_length=20, max_length=40, unique=True),
        column.text("size", choices=[f"s{n}" for n in range(17)], unique=True),
    ],
    unique=UNIQUE,
)


def task(id: str, n: int, **values: int) -> Task:
    """Return a task whose unique texts are its own, the nth of all."""
    texts = {"sign": "123456789ABCDEFGH"[n], "label": f"label of {id} " * 2, "size": f"s{n}"}
    return Task(id=id, code=id, shelf=id, **texts, **values)  # type: ignore[arg-type]


class World:
    """An app with four tasks at the places 0 to 3 of the list `a`, and on a page each."""

    def __init__(self, url: str) -> None:
        self.store = Store(url, (TASK_TABLE,))
        self.services = Services(
            PersistenceManager({StateStore.SERVER_SQL: self.store}),
            InProcessBus(),
            definitions=[TASK],
        )

    async def change(
        self,
        changed: Mapping[str, Mapping[str, Any]],
        gone: str = "",
        new: str = "",
        place: int = 0,
    ) -> None:
        """Change tasks, delete some, and add one that takes a place, in one commit."""
        async with self.services.unit_of_work() as work:
            for _ in work.attempts():
                tasks = {id: await work.load(TASK, id) for id in {**changed, **dict.fromkeys(gone)}}
                for id, values in changed.items():
                    vars(tasks[id]).update(values)
                for id in gone:
                    work.delete(tasks[id])
                if new:
                    tasks[new] = task(new, 4 + place, place=place, page=9 + place)
                    work.add(TASK, tasks[new])
                subject = next(iter(tasks.values()))
                if await work.commit(subject, "change", {}) is not None:
                    break

    async def read(self, field: str) -> dict[str, Any]:
        """Return what a column holds, by the ids of the tasks."""
        rows = await self.store.driver.fetch(f'SELECT id, "{field}" FROM task ORDER BY id', ())
        return {str(id): value for id, value in rows}


@pytest.fixture(params=["sqlite", "postgresql"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    url = "sqlite://" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    world = World(url)
    await world.services.open()
    try:
        async with world.services.unit_of_work() as work:
            tasks = [task(id, n, place=n, slot=n + 1, page=n) for n, id in enumerate("abcd")]
            for each in tasks:
                work.add(TASK, each)
            await work.commit(tasks[0], "make", {})
        yield world
    finally:
        await world.services.close()


@pytest.mark.parametrize("order", ["bacd", "dcba", "dabc", "bcda", "abdc"])
async def test_places_pass_from_row_to_row(world: World, order: str) -> None:
    places = {id: place for place, id in enumerate(order)}
    await world.change({id: {"place": place} for id, place in places.items()})
    assert await world.read("place") == places
    # Each has one version more, and no more than that.
    assert set((await world.read("row_version")).values()) <= {1, 2}


async def test_what_may_be_empty_is_so_for_a_moment(world: World) -> None:
    slots = {"a": 2, "b": 1, "c": 4, "d": 3}
    await world.change({id: {"slot": slot} for id, slot in slots.items()})
    assert await world.read("slot") == slots


async def test_two_constraints_at_once(world: World) -> None:
    await world.change({"a": {"place": 1, "slot": 2}, "b": {"place": 0, "slot": 1}})
    assert await world.read("place") == {"a": 1, "b": 0, "c": 2, "d": 3}
    assert await world.read("slot") == {"a": 2, "b": 1, "c": 3, "d": 4}


async def test_the_place_of_what_is_deleted_is_free(world: World) -> None:
    await world.change({"b": {"place": 0}}, gone="a")
    assert await world.read("place") == {"b": 0, "c": 2, "d": 3}
    await world.change({"b": {"place": 5}}, new="e")
    assert await world.read("place") == {"b": 5, "c": 2, "d": 3, "e": 0}


async def test_who_changes_another_column_keeps_the_value_it_gave_up(world: World) -> None:
    await world.change({"a": {"list_name": "b"}, "b": {"place": 0}})
    assert await world.read("list_name") == {"a": "b", "b": "a", "c": "a", "d": "a"}
    assert await world.read("place") == {"a": 0, "b": 0, "c": 2, "d": 3}


async def test_two_numbers_that_are_unique_together(world: World) -> None:
    await world.change({"a": {"page": 5, "rank": 1}, "b": {"page": 5, "rank": 2}})
    await world.change({"a": {"rank": 2}, "b": {"rank": 1}})
    assert await world.read("page") == {"a": 5, "b": 5, "c": 2, "d": 3}
    assert await world.read("rank") == {"a": 2, "b": 1, "c": 0, "d": 0}


async def test_a_number_in_two_constraints(world: World) -> None:
    # What is behind all others of the shelf is taken on the page.
    await world.change({"b": {"shelf": "a", "rank": 2}, "c": {"page": 0, "rank": 3}})
    await world.change({"a": {"rank": 2}, "b": {"rank": 0}})
    assert await world.read("rank") == {"a": 2, "b": 0, "c": 3, "d": 0}


async def test_any_order_is_stored_as_it_is(world: World) -> None:
    chance = random.Random(1)
    rows: dict[str, dict[str, Any]] = {
        id: {"list_name": "a", "place": n, "slot": n + 1, "rank": 0, "page": n, "shelf": id}
        for n, id in enumerate("abcd")
    }
    for _ in range(120):
        changed = {id: dict(row) for id, row in rows.items()}
        chosen = chance.sample([*rows], chance.randint(2, 4))
        for field in rows["a"]:
            given = [rows[id][field] for id in chosen]
            chance.shuffle(given)
            if chance.random() < 0.3:
                given[0] = _other(field, chance)
            if chance.random() < 0.5:
                for id, value in zip(chosen, given, strict=True):
                    changed[id][field] = value
        if not all(map(_is_unique, repeat(changed.values()), [*UNIQUE, ("slot",)])):
            continue
        rows = changed
        await world.change({id: rows[id] for id in chosen})
        for field in rows["a"]:
            assert await world.read(field) == {id: row[field] for id, row in rows.items()}


def _is_unique(rows: Iterable[Mapping[str, Any]], fields: Iterable[str]) -> bool:
    values = [value for row in rows if None not in (value := tuple(row[name] for name in fields))]
    return len({*values}) == len(values)


def _other(field: str, chance: random.Random) -> object:
    if field in ("list_name", "shelf"):
        return chance.choice("ab")
    return chance.choice([None, 7, 8]) if field == "slot" else chance.randint(0, 4)


async def test_who_steps_aside_is_in_nobody_s_way(world: World) -> None:
    places = {"a": 1, "b": 0, "c": 4, "d": 5}
    await world.change({id: {"place": place} for id, place in places.items()})
    assert await world.read("place") == places
    await world.change({"a": {"place": 4}, "c": {"place": 1}, "b": {"place": 6}}, new="e")
    assert await world.read("place") == {"a": 4, "b": 6, "c": 1, "d": 5, "e": 0}


async def test_somebody_else_adds_a_row_at_the_end_meanwhile(world: World) -> None:
    for place in range(4, 12):
        first, second = ("a", "b") if place % 2 else ("b", "a")
        await asyncio.gather(
            world.change({first: {"place": 0}, second: {"place": 1}}),
            world.change({}, new=f"n{place}", place=place),
        )
    assert sorted((await world.read("place")).values()) == [*range(12)]


async def test_who_finds_no_place_to_step_aside_tries_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute, refused = world.store.driver.execute, [True]

    async def refuse_once(statements: Sequence[Statement]) -> list[Sequence[Row]]:
        if refused and refused.pop():
            places = [each.operation for each in statements]
            raise Violation("unique", "task_list_name_place_key", index=places.index("update"))
        return await execute(statements)

    monkeypatch.setattr(world.store.driver, "execute", refuse_once)
    await world.change({"a": {"place": 1}, "b": {"place": 0}})
    assert not refused
    assert await world.read("place") == {"a": 1, "b": 0, "c": 2, "d": 3}


async def test_a_value_that_another_row_keeps_is_taken(world: World) -> None:
    with pytest.raises(ConstraintViolation) as caught:
        await world.change({"a": {"place": 1}, "b": {"place": 2}})
    assert caught.value.errors[0].type == "unique"
    assert await world.read("place") == {"a": 0, "b": 1, "c": 2, "d": 3}


async def test_texts_pass_from_row_to_row(world: World) -> None:
    codes = {"a": "b", "b": "c", "c": "a", "d": "d"}
    await world.change({id: {"code": code} for id, code in codes.items()})
    assert await world.read("code") == codes
    # In one letter there is place as well, and beside a text of another shape.
    signs = {"a": "2", "b": "1", "c": "4", "d": "3"}
    await world.change({id: {"sign": sign} for id, sign in signs.items()})
    assert await world.read("sign") == signs
    await world.change({"a": {"label": "label of b " * 2}, "b": {"label": "label of a " * 2}})
    assert (await world.read("label"))["a"] == "label of b " * 2


async def test_the_text_of_what_is_deleted_is_free(world: World) -> None:
    await world.change({"b": {"code": "a"}}, gone="a")
    assert await world.read("code") == {"b": "a", "c": "c", "d": "d"}


async def test_a_text_of_a_few_cannot_step_aside(world: World) -> None:
    with pytest.raises(ConstraintViolation) as caught:
        await world.change({"a": {"size": "s1"}, "b": {"size": "s0"}})
    assert [error.name for error in caught.value.errors] == ["size"]
    assert (await world.read("size"))["a"] == "s0"


async def test_a_text_that_stands_in_for_another_is_taken_by_chance(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = ["3", "3", "x", "y"]

    def next_text(_: Aside) -> str:
        return texts.pop(0)

    monkeypatch.setattr(Aside, "text", next_text)
    await world.change({"a": {"sign": "2"}, "b": {"sign": "1"}})
    assert await world.read("sign") == {"a": "2", "b": "1", "c": "3", "d": "4"}
    assert texts == []


async def test_behind_the_largest_number_there_is_no_place(world: World) -> None:
    await world.change({"d": {"place": 2**63 - 1}})
    with pytest.raises(ConstraintViolation):
        await world.change({"a": {"place": 1}, "b": {"place": 0}})
    assert (await world.read("place"))["a"] == 0

"""How much one request reads for those records that its actor may see, and who waits for it."""

import asyncio
import time
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest

from starmodel import Access, Actor, Entity, EntityConfig, MemoryRepo, Ref, Scope, StateStore
from starmodel.application import EntityDefinition, Key, PersistenceManager, Services, Stored
from starmodel.application.queries.filter_set import FilterSet, Query
from starmodel.application.queries.find import (
    RelatedStates,
    find_each,
    find_page,
    find_related,
    find_states,
)
from starmodel.application.queries.searchable import exact, references, text
from starmodel.application.readable import MAX_READ, Reading
from starmodel.application.search import Search
from starmodel.bus.in_process import InProcessBus
from starmodel.domain import ANONYMOUS
from starmodel.errors import QueryTooBroad

ASKED: list[str] = []
SLOWNESS = 0.0


def may_see(actor: Actor, patient: "Patient") -> bool:
    ASKED.append(patient.id)
    if SLOWNESS:
        time.sleep(SLOWNESS)
    return actor.id == patient.owner


class Patient(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, scope=Scope.RECORD, access=may_see)

    owner: str = ""


class Visit(Entity):
    model_config = EntityConfig(
        store=StateStore.SERVER_SQL, scope=Scope.RECORD, access=Access.PUBLIC
    )

    patients: list[Ref[Patient]]


PATIENT = EntityDefinition(
    Patient,
    name="patient",
    namespace="patient",
    store=StateStore.SERVER_SQL,
    scope=Scope.RECORD,
    state=lambda patient: {"id": patient.id, "owner": patient.owner},
    access=may_see,
)
VISIT = EntityDefinition(
    Visit,
    name="visit",
    namespace="visit",
    store=StateStore.SERVER_SQL,
    scope=Scope.RECORD,
    state=lambda visit: {"id": visit.id, "patients": [one.id for one in visit.patients]},
    access=Access.PUBLIC,
)
PATIENTS = FilterSet(PATIENT, id=exact(str), owner=text())
VISITS = FilterSet(VISIT, id=exact(str), patients=references(PATIENT))


class Table(MemoryRepo):
    """Gives records by their ids, as a database does, and notes how many it has given."""

    def __init__(self, rows: dict[str, list[Entity]]) -> None:
        super().__init__()
        self.rows = rows
        self.given = 0

    async def search(self, search: Search) -> list[tuple[Key, Stored]]:
        after = "" if search.after is None else str(search.after[0])
        found = [row for row in self.rows[search.entity] if row.id > after][: search.limit]
        self.given += len(found)
        return [(Key(search.entity, "record", row.id), Stored(vars(row), 1)) for row in found]

    async def load_all(self, keys: Sequence[Key]) -> list[Stored | None]:
        rows = {row.id: Stored(vars(row), 1) for row in self.rows[keys[0].entity]}
        self.given += len(keys)
        return [rows.get(key.id) for key in keys]


def patients(number: int, *seen: int) -> list[Entity]:
    """Make patients, some of which ann may see."""
    return [
        Patient(id=f"{place:06}", owner="ann" if place in seen else "bob")
        for place in range(number)
    ]


def clinic(rows: list[Entity], visits: Sequence[Entity] = ()) -> tuple[Services, Table]:
    ASKED.clear()
    table = Table({"patient": rows, "visit": [*visits]})
    stores = PersistenceManager({StateStore.SERVER_SQL: table})
    return Services(stores, InProcessBus(), definitions=[PATIENT, VISIT]), table


ANN = Actor("ann")


@pytest.mark.parametrize("limit", [1, 50, 200])
@pytest.mark.parametrize(
    ("number", "seen", "is_found"),
    [
        (0, (), True),
        (MAX_READ, (), True),
        (MAX_READ, (0, MAX_READ - 1), True),
        (MAX_READ + 1, (), False),
        (MAX_READ + 1, (MAX_READ,), False),
        (5 * MAX_READ, (4 * MAX_READ,), False),
    ],
)
async def test_so_many_records_are_looked_through_and_no_more(
    number: int, seen: tuple[int, ...], limit: int, is_found: bool
) -> None:
    services, table = clinic(patients(number, *seen))
    finding = find_page(services, PATIENTS, Query(limit=limit), actor=ANN)
    if is_found:
        page = await finding
        assert [one.id for one in page.items] == [f"{place:06}" for place in seen[:limit]]
    else:
        with pytest.raises(QueryTooBroad) as caught:
            await finding
        assert "2,000" in str(caught.value)
        assert "filters" in str(caught.value)
        assert len(ASKED) == MAX_READ
    assert len(ASKED) <= MAX_READ
    assert table.given <= MAX_READ + 1


async def test_a_page_that_is_full_early_asks_for_no_more() -> None:
    services, _ = clinic(patients(9000, *range(3000)))
    page = await find_page(services, PATIENTS, Query(limit=200), actor=ANN)
    assert len(page.items) == 200
    assert len(ASKED) == 201
    page = await find_page(services, PATIENTS, Query(limit=200, cursor=page.next), actor=ANN)
    assert page.items[0].id == "000200"


async def test_what_comes_along_counts_with_it() -> None:
    ids = [Ref(f"{place:06}", Patient) for place in range(MAX_READ + 100)]
    visits = [Visit(id="a", patients=ids[:MAX_READ]), Visit(id="b", patients=ids)]
    services, table = clinic(patients(MAX_READ + 100, 7), visits)
    asked = Query(limit=1, include=["patients"])
    page = await find_states(services, VISITS, asked, actor=ANN)
    assert [*page.included["patients"]] == ["000007"]
    asked = Query(include=["patients"])
    ASKED.clear()
    with pytest.raises(QueryTooBroad):
        await find_states(services, VISITS, asked, actor=ANN)
    assert not ASKED

    # A page shows the ids of those that are not looked at.
    table.given = 0
    states = [VISIT.state(visit) for visit in visits]
    related = await find_related(services, VISITS, states, actor=ANN)
    assert [*related["patients"]] == ["000007"]
    assert len(ASKED) == table.given == MAX_READ

    services, table = clinic(patients(MAX_READ, 1, 3), visits)
    reading = Reading(ANN)
    await find_page(services, PATIENTS, Query(limit=1, filters={}), reading=reading)
    await find_related(services, VISITS, states, reading=reading)
    assert table.given == MAX_READ


async def test_what_records_refer_to_is_found_once_however_they_are_read() -> None:
    visits = [
        Visit(id=f"{first}", patients=[Ref(f"{place:06}", Patient) for place in range(first, 10)])
        for first in range(5)
    ]
    services, table = clinic(patients(10, 3, 7), visits)
    states = [VISIT.state(visit) for visit in visits]
    related = RelatedStates(services, VISITS, Reading(ANN))
    for state in states:
        await related.add([state])
    assert len(ASKED) == table.given == 10
    assert related.found == await find_related(services, VISITS, states, actor=ANN)
    assert [*related.found["patients"]] == ["000003", "000007"]


async def test_what_is_used_one_by_one_counts_with_what_else_is_read() -> None:
    services, _ = clinic(patients(10, 3, 7))
    reading, used = Reading(ANN), list[Any]()

    async def use(states: Sequence[Any]) -> None:
        used.extend(states)

    await find_each(services, PATIENTS, Query(), use, reading=reading)
    assert [state["id"] for state in used] == ["000003", "000007"]
    assert reading.left == MAX_READ - 10


@pytest.mark.parametrize(("slowness", "number"), [(0.0001, MAX_READ), (0.003, 100)])
async def test_everybody_else_has_his_turn_meanwhile(
    monkeypatch: pytest.MonkeyPatch, slowness: float, number: int
) -> None:
    services, _ = clinic(patients(number))
    monkeypatch.setattr(f"{__name__}.SLOWNESS", slowness)
    asked: list[int] = []

    async def others() -> None:
        while True:
            asked.append(len(ASKED))
            await asyncio.sleep(0)

    task = asyncio.ensure_future(others())
    await find_page(services, PATIENTS, Query(), actor=ANN)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    most = max(later - earlier for earlier, later in pairwise(asked))
    # A turn is two milliseconds, or as long as the policy takes once.
    assert most <= max(1, 0.002 / slowness + 1)
    assert len(asked) >= number / most


async def test_nobody_reads_what_only_those_may_who_are_signed_in() -> None:
    definition = EntityDefinition(
        Patient,
        name="patient",
        namespace="patient",
        store=StateStore.SERVER_SQL,
        scope=Scope.RECORD,
        state=PATIENT.state,
        access=Access.AUTHENTICATED,
    )
    _, table = clinic(patients(3))
    assert await Reading(ANONYMOUS).load_all(table, definition, ["000001"]) == {}
    assert table.given == 0
    assert [*await Reading(ANN).load_all(table, definition, ["000001"])] == ["000001"]

"""Running numbers in a unit of work, over a store in memory."""

import copy
import pickle
from collections.abc import Mapping
from typing import Any

import pytest

from starmodel import (
    Access,
    Entity,
    EntityPersistenceBackend,
    Field,
    InProcessBus,
    MemoryRepo,
    Ref,
    Scope,
    StateStore,
)
from starmodel.application import EntityDefinition, Key, PersistenceManager, Services, Stored, Write
from starmodel.errors import ConfigurationError, Conflict, InvalidState, UnnumberedRecord


class Seat(Entity):
    id: int | None = Field(default=None, primary_key=True)  # pyright: ignore
    name: str = ""
    beside: Ref["Seat"] | None = None


class Ticket(Entity):
    seat: Ref[Seat]


def state(seat: Seat) -> Mapping[str, object]:
    return {"id": seat.id, "name": seat.name}


SEAT = EntityDefinition(
    Seat,
    name="seat",
    namespace="seat",
    store=StateStore.SERVER_MEMORY,
    scope=Scope.RECORD,
    state=state,
    access=Access.PUBLIC,
)


class Unnumbering(EntityPersistenceBackend):
    """A store that can do no more than it must."""

    async def load(self, key: Key) -> Stored | None:
        return None

    async def commit(self, writes: Any) -> list[int]:
        return [1 for _ in writes]

    async def version(self, key: Key) -> int:
        return 0


def services_of(store: EntityPersistenceBackend) -> Services:
    stores = PersistenceManager({StateStore.SERVER_MEMORY: store})
    return Services(stores, InProcessBus(), definitions=[SEAT])


@pytest.fixture
def services() -> Services:
    return services_of(MemoryRepo())


async def add(services: Services, *seats: Seat) -> list[int | None]:
    async with services.unit_of_work() as work:
        for seat in seats:
            work.add(seat)
        assert await work.commit(seats[0], "add", {}) is not None
    return [seat.id for seat in seats]


async def test_numbers_are_there_after_the_commit(services: Services) -> None:
    assert await add(services, Seat(), Seat(), Seat()) == [1, 2, 3]
    assert await add(services, Seat(id=10), Seat(), Seat(id=7)) == [10, 11, 7]
    assert await add(services, Seat()) == [12]
    async with services.unit_of_work() as work:
        work.delete(seat := await work.load(Seat, 12))
        await work.commit(seat, "remove", {})
    assert await add(services, Seat()) == [13]


async def test_flush_numbers_what_was_added_and_no_more(services: Services) -> None:
    async with services.unit_of_work() as work:
        await work.flush()
        first, second, left = Seat(), Seat(), Seat()
        first.beside = Ref(second)
        work.add(first)
        await work.flush()
        assert (first.id, second.id) == (1, None)
        work.add(second)
        work.add(left)
        work.delete(left)
        await work.flush()
        assert (second.id, left.id) == (2, None)
        assert first.beside.id == "2"
        assert await work.load(Seat, 2) is second
        outcome = await work.commit(first, "add", {})
        assert outcome is not None and outcome.id == "1"
    assert await add(services, Seat()) == [3]


async def test_a_generator_goes_on_with_its_number(services: Services) -> None:
    async with services.unit_of_work() as work:
        seat = Seat(name="a")
        work.add(seat)
        outcome = await work.checkpoint(seat, "fill", {})
        assert (outcome.id, outcome.state, outcome.version) == ("1", {"id": 1, "name": "a"}, 1)
        seat.name = "b"
        assert (await work.checkpoint(seat, "fill", {})).version == 2
        other = Seat()
        work.add(other)
        await work.checkpoint(seat, "fill", {})
        assert other.id == 2


async def test_a_record_is_added_once(services: Services) -> None:
    async with services.unit_of_work() as work:
        seat = Seat()
        work.add(seat)
        work.add(SEAT, seat)
        await work.flush()
        work.add(seat)
        with pytest.raises(Conflict):
            work.add(Seat(id=1))
        with pytest.raises(InvalidState):
            seat.name = 7  # pyright: ignore
            await work.commit(seat, "add", {})
    assert await add(services, Seat()) == [2]


async def test_a_record_that_others_are_faster_with_gets_another_number() -> None:
    store = MemoryRepo()
    services = services_of(store)
    runs: list[int | None] = []
    async with services.unit_of_work() as work:
        for _ in work.attempts():
            seat = Seat()
            work.add(seat)
            await work.flush()
            runs.append(seat.id)
            if len(runs) == 1:
                await store.commit([Write(SEAT.key(1), {"id": 1, "name": "", "beside": None}, 0)])
            if await work.commit(seat, "add", {}) is not None:
                break
    assert runs == [1, 2]


async def test_a_store_that_numbers_nothing_says_so() -> None:
    services = services_of(Unnumbering())
    with pytest.raises(ConfigurationError, match="does not number its records"):
        await add(services, Seat())


def test_a_reference_to_what_has_no_number_yet() -> None:
    seat, other = Seat(), Seat()
    reference = Ref(seat)
    assert (reference.is_new, repr(reference)) == (True, "Ref[Seat](new)")
    assert reference == Ref(seat)
    assert reference not in (Ref(other), Ref(1), None)
    for given in (seat, reference):
        assert Seat.model_validate({"beside": given}).beside == reference
    for ask in (lambda: reference.id, lambda: str(reference), lambda: hash(reference)):
        with pytest.raises(UnnumberedRecord, match="This Seat has no number yet"):
            ask()
    with pytest.raises(UnnumberedRecord):
        pickle.dumps(reference)
    with pytest.raises(AttributeError):
        _ = reference.number  # pyright: ignore
    seat.id = 12
    assert (reference.id, reference.is_new, repr(reference)) == ("12", False, "Ref[Seat]('12')")
    assert reference == Ref(12) and reference == copy.deepcopy(reference)
    assert Seat.model_validate({"beside": 12}).beside == reference
    assert Seat(beside=reference).model_dump(mode="json")["beside"] == "12"


@pytest.mark.parametrize("id", ["abc", "1.0", "", " 1", "1_0", "\u0663", "1" * 30, 1.0, True])
def test_what_refers_to_no_number(id: object) -> None:
    with pytest.raises(ValueError, match="should refer to one Seat"):
        Ticket.model_validate({"seat": id})


def test_one_number_is_written_in_one_way() -> None:
    ids: list[object] = ["012", "12", 12, "-0", Ref("012", Seat)]
    found = [Ticket.model_validate({"seat": id}).seat.id for id in ids]
    assert found == ["12", "12", "12", "0", "12"]

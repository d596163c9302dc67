"""Finding records: a page of a list, and what comes along with it.

Nothing here knows a database. The store of the entity searches; what is included is loaded by its
ids; who may see a record is settled here, for all stores alike.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from pydantic_core import to_jsonable_python

from starmodel.application.authorization import authorize, needs_signing_in
from starmodel.application.definition import EntityDefinition
from starmodel.application.queries.filter_set import ColumnFilterSet, FilterSet, Query
from starmodel.application.readable import AT_ONCE, MAX_READ, Reading
from starmodel.application.search import Search
from starmodel.application.store import EntityPersistenceBackend, Stored, StoredWithRelated
from starmodel.application.unit_of_work.batch_loader import ids_in
from starmodel.domain import ANONYMOUS, Access, Actor, Entity
from starmodel.domain.type_guards import is_sequence
from starmodel.errors import QueryTooBroad

if TYPE_CHECKING:
    from starmodel.application.services import Services

E = TypeVar("E", bound=Entity)

_FEW = 20  # records whose values are those of columns, and are written at once

State: TypeAlias = Mapping[str, Any]
"""The public fields of a record, as JSON has them."""

States: TypeAlias = Mapping[str, Mapping[str, State]]
"""The public states of records that are referred to: by the name of the field, then by id."""


class QueryPage(Generic[E]):
    """A page of a list.

    Attributes:
        items: The records, in order.
        included: What they refer to: by the name of the field, then by id. Whatever is gone or
            may not be read is not there.
        next: The cursor of the next page; `None` on the last one.
        previous: The cursor of the page before; `None` on the first one.
    """

    __slots__ = ("included", "items", "next", "previous")

    def __init__(
        self,
        items: Sequence[E],
        included: Mapping[str, Mapping[str, Entity]],
        next: str | None,
        previous: str | None = None,
    ) -> None:
        self.items = items
        self.included = included
        self.next = next
        self.previous = previous


class StatesPage:
    """The same, with the public states of the records instead of these."""

    __slots__ = ("included", "items", "next", "previous")

    def __init__(
        self,
        items: Sequence[State],
        included: States,
        next: str | None,
        previous: str | None = None,
    ) -> None:
        self.items = items
        self.included = included
        self.next = next
        self.previous = previous


async def find(
    services: "Services",
    queries: FilterSet[E],
    asked: Mapping[str, object],
    *,
    actor: Actor = ANONYMOUS,
    **more: object,
) -> QueryPage[E]:
    """Return a page of the records that fit; see `Query` and `find_page`.

    `asked` and `more` have the filters, and what else there is in a `Query`, by name.
    """
    return await find_page(services, queries, Query.of({**asked, **more}), actor=actor)


async def find_page(
    services: "Services",
    queries: FilterSet[E],
    query: Query,
    *,
    actor: Actor = ANONYMOUS,
    reading: Reading | None = None,
) -> QueryPage[E]:
    """Return a page of the records that fit.

    Where a policy decides about each record, it is asked until the page is full, so nothing in the
    answer tells of records that the actor may not read: neither how many there are, nor where.

    Args:
        services: The app's services.
        queries: What can be asked of the entity.
        query: What is asked.
        actor: Who asks.
        reading: What the same request reads besides; then it says who asks.

    Raises:
        InvalidArguments: The query asks for what there is not.
        QueryTooBroad: Too many records would have to be read for those that the actor may read.
        Unauthenticated: Nobody is signed in, and the records are for those who are.
        Unavailable: The database does not answer.
    """
    reading = reading or Reading(actor)
    found, following, previous = await _find(services, queries, query, reading)
    items = [item for _, item in found]
    included = {}
    if query.include:
        wanted = {name: [ids_in(item, name) for item in items] for name in query.include}
        included = await _load(services, queries, wanted, reading)
    return QueryPage(items, included, following, previous)


async def _find(
    services: "Services", queries: FilterSet[E], query: Query, reading: Reading
) -> tuple[list[tuple[Stored, E]], str | None, str | None]:
    """Return the records of a page with what is stored of each, and the cursors around it."""
    definition = queries.definition
    _authorize(definition, reading.actor)
    search, asked = queries.search(query)
    backend = services.persistence.backend_for(definition)
    if isinstance(definition.access, Access):
        found: list[tuple[Stored, E]] = []
        for _, stored in await backend.search(search):
            found.append((stored, definition.hydrate(stored.values)))
            if reading.is_due():
                await reading.give_way()
    else:
        found = await _find_readable(backend, queries, search, reading)
    is_further = len(found) > query.limit
    del found[query.limit :]
    if query.is_backward:
        found.reverse()
    following, previous = _cursors(
        queries, query, search, asked, is_further, len(found), lambda place: found[place][0]
    )
    return found, following, previous


def _cursors(
    queries: FilterSet[Any],
    query: Query,
    search: Search,
    asked: bytes,
    is_further: bool,
    count: int,
    stored: Callable[[int], Stored],
) -> tuple[str | None, str | None]:
    """Return the cursors of the next page and of the one before.

    Args:
        queries: What can be asked of the entity.
        query: What is asked.
        search: The search that was made of it.
        asked: What a cursor has to belong to.
        is_further: Whether there are more records in the direction that was searched.
        count: How many records the page has.
        stored: Gives what is stored of one of them, by its place on the page.
    """
    if not count:
        return None, None
    is_backward = query.is_backward
    has_next = is_further or is_backward
    has_previous = is_further if is_backward else query.cursor is not None
    following = queries.cursor(asked, search.order, stored(count - 1)) if has_next else None
    previous = None
    if has_previous:
        previous = queries.cursor(asked, search.order, stored(0), backward=True)
    return following, previous


async def _find_readable(
    backend: EntityPersistenceBackend, queries: FilterSet[E], search: Search, reading: Reading
) -> list[tuple[Stored, E]]:
    """Return as many records as are searched for, of those that the actor may read."""
    definition = queries.definition
    readable: list[tuple[Stored, E]] = []
    wanted = search.limit
    while True:
        # One more than may be looked at tells whether there is one more.
        search = search._replace(limit=min(search.limit, reading.left + 1))
        found = await backend.search(search)
        looked_at = found[: reading.left]
        reading.left -= len(looked_at)
        for _, stored in looked_at:
            item = definition.hydrate(stored.values)
            if await reading.may_read(definition, item):
                readable.append((stored, item))
                if len(readable) == wanted:
                    return readable
        if len(looked_at) < len(found):
            raise QueryTooBroad(MAX_READ)
        if len(found) < search.limit:
            return readable
        after = queries.place(search.order, found[-1][1])
        search = search._replace(after=after, limit=AT_ONCE)


async def find_states(
    services: "Services",
    queries: FilterSet[Any],
    query: Query,
    *,
    actor: Actor = ANONYMOUS,
    reading: Reading | None = None,
) -> StatesPage:
    """Return the public states of the records that fit, where nobody needs more; see `find_page`."""
    page = await _find_columns(services, queries, query, actor, reading)
    if page is not None:
        return page
    states: list[State] = []

    async def keep(state: State) -> None:
        states.append(state)

    reading = reading or Reading(actor)
    included, *cursors = await _find_one_by_one(services, queries, query, reading, keep)
    return StatesPage(states, included, *cursors)


async def find_each(
    services: "Services",
    queries: FilterSet[Any],
    query: Query,
    use: Callable[[Sequence[State]], Awaitable[None]],
    *,
    actor: Actor = ANONYMOUS,
    reading: Reading | None = None,
) -> StatesPage:
    """Have the states that `find_states` returns used, some at a time, and return the page around them.

    However much each of them holds, no more than one of them is held at a time; of records without
    long values it is a few.
    """
    reading = reading or Reading(actor)
    page = await _find_columns(services, queries, query, actor, reading)
    if page is not None:
        states, page.items = page.items, ()
        for start in range(0, len(states), _FEW):
            await use(states[start : start + _FEW])
            if reading.is_due():
                await reading.give_way()
        return page
    included, *cursors = await _find_one_by_one(
        services, queries, query, reading, lambda state: use([state])
    )
    return StatesPage((), included, *cursors)


async def _find_one_by_one(
    services: "Services",
    queries: FilterSet[Any],
    query: Query,
    reading: Reading,
    use: Callable[[State], Awaitable[None]],
) -> tuple[States, str | None, str | None]:
    """Use the public states of a page; returns those of what they refer to, and the cursors."""
    definition = queries.definition
    wanted: dict[str, list[Sequence[str]]] = {name: [] for name in query.include}

    async def take(stored: Stored, item: Entity) -> None:
        await use(_with_lookups(definition.state(item), stored, query))
        for name, ids in wanted.items():
            ids.append(ids_in(item, name))
        if reading.is_due():
            await reading.give_way()

    if isinstance(definition.access, Access):
        _authorize(definition, reading.actor)
        search, asked = queries.search(query)
        backend = services.persistence.backend_for(definition)
        found, read = await backend.search_lazily(search)
        count = min(found, query.limit)

        def stored(place: int) -> Stored:
            return read(count - 1 - place if query.is_backward else place)

        for place in range(count):
            each = stored(place)
            await take(each, definition.adopt(each.values))
        following, previous = _cursors(
            queries, query, search, asked, found > query.limit, count, stored
        )
    else:
        records, following, previous = await _find(services, queries, query, reading)
        for each, item in records:
            await take(each, item)
    included: States = {}
    if wanted:
        included = _states_of(queries, await _load(services, queries, wanted, reading))
    return included, following, previous


async def find_related(
    services: "Services",
    queries: FilterSet[Any],
    states: Iterable[State],
    *,
    include: Iterable[str] | None = None,
    actor: Actor = ANONYMOUS,
    reading: Reading | None = None,
) -> States:
    """Return the public states of what records refer to, for the pages that show them.

    Args:
        services: The app's services.
        queries: What their fields refer to.
        states: The public states of the records.
        include: The fields; all that refer to records if nothing is said. Then records are left
            out rather than too many of them read.
        actor: Who is to see them; what he may not read is left out.
        reading: What the same request reads besides; then it says who is to see them.

    Raises:
        QueryTooBroad: Too many records would have to be read for those that the actor may read.
    """
    names = queries.includes if include is None else include
    if not names:
        return {}
    known = [*states]
    wanted = {name: [_ids_of(state.get(name)) for state in known] for name in names}
    reading = reading or Reading(actor)
    loaded = await _load(services, queries, wanted, reading, is_partial=include is None)
    return _states_of(queries, loaded)


class RelatedStates:
    """The public states of what records refer to, found some at a time, each of them once.

    Args:
        services: The app's services.
        queries: What the fields of the records refer to.
        reading: What the same request reads besides; it says who is to see them.

    Attributes:
        found: What was found, as `find_related` returns it.
    """

    __slots__ = ("_asked", "_queries", "_reading", "_services", "found")

    def __init__(self, services: "Services", queries: FilterSet[Any], reading: Reading) -> None:
        self._services = services
        self._queries = queries
        self._reading = reading
        self._asked: dict[str, set[str]] = {name: set() for name in queries.includes}
        self.found: dict[str, dict[str, State]] = {name: {} for name in queries.includes}

    async def add(self, records: Iterable[State]) -> None:
        """Find what further records refer to."""
        wanted: dict[str, list[list[str]]] = {name: [] for name in self._asked}
        for record in records:
            for name, asked in self._asked.items():
                ids = [id for id in _ids_of(record.get(name)) if id not in asked]
                asked.update(ids)
                wanted[name].append(ids)
        loaded = await _load(self._services, self._queries, wanted, self._reading, is_partial=True)
        for name, states in _states_of(self._queries, loaded).items():
            self.found[name].update(states)


async def _find_columns(
    services: "Services",
    queries: FilterSet[Any],
    query: Query,
    actor: Actor,
    reading: Reading | None,
) -> StatesPage | None:
    """Find states without making entities; `None` where something has to be asked of these."""
    definition = queries.definition
    if not (isinstance(queries, ColumnFilterSet) and isinstance(definition.access, Access)):
        return None
    _authorize(definition, actor if reading is None else reading.actor)
    search, asked = queries.search(query)
    backend = services.persistence.backend_for(definition)
    found = await backend.search_states(search, queries.names)
    if found is None:
        return None
    states, read = found
    is_further = len(states) > query.limit
    del states[query.limit :]
    count, is_backward = len(states), query.is_backward
    if is_backward:
        states.reverse()

    def stored(place: int) -> Stored:
        return read(count - 1 - place if is_backward else place)

    following, previous = _cursors(queries, query, search, asked, is_further, count, stored)
    if query.lookups:
        states = [
            {**_with_lookups(state, stored(place), query)} for place, state in enumerate(states)
        ]
    included: States = {}
    if query.include:
        included = await find_related(
            services, queries, states, include=query.include, actor=actor, reading=reading
        )
    return StatesPage(states, included, following, previous)


async def count_records(
    services: "Services",
    queries: FilterSet[Any],
    query: Query,
    *,
    limit: int,
    actor: Actor = ANONYMOUS,
) -> int | None:
    """Return how many records fit, on all pages; at most `limit` are counted.

    It is one statement, and `None` where it would tell what nobody may know: where a policy
    decides about each record, or where the store cannot count.

    Raises:
        InvalidArguments: The query asks for what there is not.
        Unauthenticated: Nobody is signed in, and the records are for those who are.
    """
    definition = queries.definition
    if not isinstance(definition.access, Access):
        return None
    _authorize(definition, actor)
    search, _ = queries.search(query)
    backend = services.persistence.backend_for(definition)
    return await backend.count(search._replace(after=None, limit=limit))


async def _load(
    services: "Services",
    queries: FilterSet[Any],
    wanted: Mapping[str, Iterable[Sequence[str]]],
    reading: Reading,
    *,
    is_partial: bool = False,
) -> dict[str, dict[str, Entity]]:
    """Load what fields refer to, by their names: what is of one kind is loaded together.

    Where it is too much, `is_partial` says to leave some of it out.
    """
    ids = {name: dict.fromkeys(id for one in each for id in one) for name, each in wanted.items()}
    by_kind: dict[EntityDefinition[Any], dict[str, None]] = {}
    for name, found in ids.items():
        by_kind.setdefault(queries.includes[name], {}).update(found)
    entities: dict[EntityDefinition[Any], dict[str, Entity]] = {}
    for definition, found in by_kind.items():
        chosen = [*found]
        if callable(definition.access):
            if len(chosen) > reading.left and not is_partial:
                raise QueryTooBroad(MAX_READ)
            chosen = chosen[: reading.left]
            reading.left -= len(chosen)
        backend = services.persistence.backend_for(definition)
        entities[definition] = await reading.load_all(backend, definition, chosen)
    included: dict[str, dict[str, Entity]] = {}
    for name, found in ids.items():
        there = entities[queries.includes[name]]
        included[name] = {id: there[id] for id in found if id in there}
    return included


def _with_lookups(state: State, stored: Stored, query: Query) -> State:
    """Return a state with what came along from other tables, as JSON has it."""
    if not isinstance(stored, StoredWithRelated):
        return state
    names = [name for name in query.lookups if name in stored.related]
    return {**state, **{name: to_jsonable_python(stored.related[name]) for name in names}}


def _authorize(definition: EntityDefinition[Any], actor: Actor) -> None:
    """Refuse who is not signed in, where that is what it takes; a policy is asked for each record."""
    authorize(actor, not needs_signing_in(definition.access, actor))


def _states_of(
    queries: FilterSet[Any], included: Mapping[str, Mapping[str, Entity]]
) -> dict[str, dict[str, State]]:
    return {
        name: {id: queries.includes[name].state(entity) for id, entity in entities.items()}
        for name, entities in included.items()
    }


def _ids_of(value: object) -> Sequence[str]:
    if isinstance(value, str):
        return [value]
    return [str(id) for id in value] if is_sequence(value) else []

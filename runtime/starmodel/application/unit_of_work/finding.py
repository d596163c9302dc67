"""The half of a unit of work that finds records, and remembers what it has decided by.

The database says which of the records fit as they are stored; what the event has added, changed or
deleted counts as it is now. So nothing is written before the commit, and there the search is made
once more: if others fit by then, the event is run again.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, TypeVar

from starmodel.application.definition import EntityDefinition
from starmodel.application.readable import Turns
from starmodel.application.search import Condition, Search, Searchable
from starmodel.application.store import SearchCheck
from starmodel.application.unit_of_work.batch_loader import BatchLoader
from starmodel.application.unit_of_work.loading import Loading
from starmodel.application.unit_of_work.matching import fits, in_order
from starmodel.application.unit_of_work.tracking import TrackedEntity
from starmodel.domain import Entity
from starmodel.errors import ConfigurationError, InvalidArguments

E = TypeVar("E", bound=Entity)

MAX_FOUND = 1_000
"""How many records are found at most where an event does not say how many it wants."""

_ALL = 2**63 - 1


class Finding(Loading):
    """Finds records by the filters of their lists: `status=Status.OPEN`, `price__lt=5`.

    All fields that have a column of their own are among them, private ones too, and nobody's
    policy is asked: an event decides for itself. `None` is what is not there.
    """

    async def find(
        self,
        definition: EntityDefinition[E] | type[E],
        /,
        *,
        sort: str | Sequence[str] = (),
        limit: int | None = None,
        lock: bool = False,
        **filters: object,
    ) -> list[E]:
        """Return the records that fit, to be changed at will.

        Args:
            definition: What they are.
            sort: The fields to sort by, with `-` in front where it is descending.
            limit: How many there are at most; without it there are all of them.
            lock: Whether nobody else changes them, nor decides by what fits, until this unit of
                work commits or ends; see `load`.
            filters: What they have to be like.

        Raises:
            TypeError: There is no such filter, or a value does not fit.
            ConfigurationError: Records of this entity cannot be found; or more than 1,000 fit and
                there is no `limit`.
            Conflict: Others were in the way of the lock for too long.
        """
        definition, searchable = self._found_by(definition)
        if limit is not None and (type(limit) is not int or limit < 1):
            raise TypeError(f"work.find({definition.cls.__name__}, limit={limit!r}): at least 1.")
        call = f"work.find({definition.cls.__name__}"
        found = await self._find_all(
            definition, searchable, call, filters, sort, limit or MAX_FOUND + 1, lock=lock
        )
        if limit is None and len(found) > MAX_FOUND:
            raise ConfigurationError(
                f"{call}, ...) finds more than {MAX_FOUND:,} records. Say with `limit` how many"
                " there may be, or narrow it down by more filters."
            )
        return found

    async def find_one(
        self,
        definition: EntityDefinition[E] | type[E],
        /,
        *,
        sort: str | Sequence[str] = (),
        lock: bool = False,
        **filters: object,
    ) -> E | None:
        """Return the first of the records that fit, `None` if there is none; see `find`."""
        definition, searchable = self._found_by(definition)
        call = f"work.find_one({definition.cls.__name__}"
        found = await self._find_all(definition, searchable, call, filters, sort, 1, lock=lock)
        return found[0] if found else None

    async def count(
        self, definition: EntityDefinition[Any] | type[Entity], /, **filters: object
    ) -> int:
        """Return how many records fit; see `find`."""
        return await self._count("count", definition, filters, _ALL)

    async def exists(
        self, definition: EntityDefinition[Any] | type[Entity], /, **filters: object
    ) -> bool:
        """Return whether any record fits; see `find`."""
        return await self._count("exists", definition, filters, 1) > 0

    async def _find_all(
        self,
        definition: EntityDefinition[E],
        searchable: Searchable,
        call: str,
        filters: Mapping[str, object],
        sort: str | Sequence[str],
        limit: int,
        *,
        lock: bool,
    ) -> list[E]:
        try:
            order = searchable.order(sort.split(",") if isinstance(sort, str) and sort else sort)
        except InvalidArguments as error:
            _refuse(call, error)
        if self._unnumbered:
            await self.flush()
        changed, search = self._search(definition, searchable, call, filters, limit)
        search = search._replace(order=order)
        backend = self._services.persistence.backend_for(definition)
        if lock or definition.name in self._wanted_searches:
            stored_ones = await self._locked(
                backend, definition.key(""), lambda held: held.search(backend, search)
            )
        else:
            stored_ones = await self._source(backend).search(search)
        ids = tuple([key.id for key, _ in stored_ones])
        check = SearchCheck(search, limit, ids)
        if len(ids) < limit:
            check = SearchCheck(search._replace(limit=len(ids) + 1), len(ids))
        self._searches = [*self._searches, (backend, check)]
        turns = Turns()
        entities: list[E] = []
        for key, stored in stored_ones:
            tracked = self._tracked.get(key)
            if tracked is None:
                tracked = TrackedEntity(definition, key, backend, stored, None)
                self._tracked[key] = tracked
            entities.append(tracked.entity)
            await turns.give_way()
        if changed:
            entities = in_order([*entities, *changed], order)[:limit]
        if self._neighbours is None:
            self._neighbours = BatchLoader()
        self._neighbours.add(definition.name, [*entities])
        return entities

    async def _count(
        self,
        name: str,
        cls: EntityDefinition[Any] | type[Entity],
        filters: Mapping[str, object],
        limit: int,
    ) -> int:
        definition, searchable = self._found_by(cls)
        call = f"work.{name}({definition.cls.__name__}"
        if self._unnumbered:
            await self.flush()
        changed, search = self._search(definition, searchable, call, filters, limit)
        if len(changed) >= limit:
            return limit
        backend = self._services.persistence.backend_for(definition)
        if definition.name in self._wanted_searches:
            await self._locked(
                backend,
                definition.key(""),
                lambda held: held.view_of(backend).lock_searches(definition.name),
            )
        number = await self._source(backend).count(search)
        if number is None:
            number = len(await self._source(backend).search(search))
        if number < limit:
            search = search._replace(limit=number + 1)
        self._searches = [*self._searches, (backend, SearchCheck(search, number))]
        return len(changed) + number

    def _found_by(
        self, cls: EntityDefinition[E] | type[E]
    ) -> tuple[EntityDefinition[E], Searchable]:
        if not isinstance(cls, EntityDefinition):
            cls = self._services.definition_of(cls)
        return cls, self._services.searchable(cls)

    def _search(
        self,
        definition: EntityDefinition[Any],
        searchable: Searchable,
        call: str,
        filters: Mapping[str, object],
        limit: int,
    ) -> tuple[list[Any], Search]:
        """Return what was changed and fits, and the search for what was not changed."""
        conditions: list[Condition] = []
        for name, value in filters.items():
            if value is None and f"{name}__isnull" in searchable.filters:
                name, value = f"{name}__isnull", True
            try:
                conditions += searchable.conditions(name, value)
            except InvalidArguments as error:
                _refuse(call, error)
        changed = [
            each
            for each in self._tracked.values()
            if each.definition is definition and each.is_changed()
        ]
        left_out = tuple([each.base["id"] for each in changed if not each.is_new])
        there = [each.entity for each in changed if not each.is_deleted]
        fitting = [entity for entity in there if fits(conditions, entity)]
        search = Search(definition.name, (), limit, tuple(conditions), left_out=left_out)
        return fitting, search


def _refuse(call: str, error: InvalidArguments) -> NoReturn:
    """Raise what is wrong with a call: it is the author's, and not the caller's of the event."""
    [first, *_] = error.errors
    raise TypeError(f"{call}, {first.name}=...): {first.message}") from None

"""Reading entities from their tables: from the last commit, or within a transaction."""

from abc import abstractmethod
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from typing import Any

from starmodel.application.readable import AT_ONCE, Turns
from starmodel.application.search import Search
from starmodel.application.store import EntityPersistenceBackend, Key, Stored
from starmodel.errors import ConfigurationError
from starmodel.stores.sql.drivers.driver import Row
from starmodel.stores.sql.statements.search_statement import Piece, PreparedSearch
from starmodel.stores.sql.statements.statements import TableStatements

References = Mapping[str, Mapping[str, str]]


class TableReader(EntityPersistenceBackend):
    """The half of a store that reads; `fetch` says where from.

    Attributes:
        tables: What is done with the table of each entity, by the entity's name.
        clock: Seconds since 1970.
    """

    def __init__(self, tables: Mapping[str, TableStatements], clock: Callable[[], float]) -> None:
        self.tables = tables
        self.clock = clock

    @abstractmethod
    async def fetch(self, sql: str, parameters: Sequence[object]) -> Sequence[Row]:
        """Return the rows of a query.

        Raises:
            Unavailable: The database does not answer.
        """

    def table_of(self, entity: str) -> TableStatements:
        """Return what is done with the table of an entity.

        Raises:
            ConfigurationError: The database has no table for it.
        """
        table = self.tables.get(entity)
        if table is None:
            raise ConfigurationError(f"There is no table for {entity} in this database.")
        return table

    async def load(self, key: Key) -> Stored | None:
        """Return what is stored under the key, `None` if it is missing."""
        return await self.load_row(key)

    async def load_row(self, key: Key, suffix: str = "") -> Stored | None:
        """Return what is stored under the key by a query that ends in `suffix`."""
        table = self.table_of(key.entity)
        value = table.find_key(key.id)
        if value is None:
            return None
        rows = await self.fetch(table.select.sql + suffix, (value,))
        return table.read(rows[0], self.clock()) if rows else None

    async def version(self, key: Key) -> int:
        """Return the version stored under the key, `0` if it is missing."""
        table = self.table_of(key.entity)
        value = table.find_key(key.id)
        rows = () if value is None else await self.fetch(table.version.sql, (value,))
        if not rows or (len(rows[0]) > 1 and table.is_expired(rows[0][1], self.clock())):
            return 0
        return rows[0][0]

    async def load_all(self, keys: Sequence[Key]) -> list[Stored | None]:
        """Return what is stored under each of several keys of one entity, in their order."""
        if not keys:
            return []
        table = self.table_of(keys[0].entity)
        values = {value: key for key in keys if (value := table.find_key(key.id)) is not None}
        found: dict[Any, Stored] = {}
        async for rows in self._fetch_keys(table.select_keys, [*values]):
            found.update(self.read(table, rows))
        return [found.get(key) for key in keys]

    async def versions(self, keys: Sequence[Key]) -> list[int]:
        """Return the version stored under each of several keys: few queries for each entity."""
        values: dict[str, dict[Any, Key]] = {}
        for key in keys:
            value = self.table_of(key.entity).find_key(key.id)
            if value is not None:
                values.setdefault(key.entity, {})[value] = key
        found: dict[Key, int] = {}
        now = self.clock()
        for entity, wanted in values.items():
            table = self.table_of(entity)
            async for rows in self._fetch_keys(table.select_versions, [*wanted]):
                for value, version, *expiry in rows:
                    if not (expiry and table.is_expired(expiry[0], now)):
                        found[wanted[value]] = version
        return [found.get(key, 0) for key in keys]

    async def _fetch_keys(
        self, query: Callable[[int], tuple[str, int]], wanted: list[Any]
    ) -> AsyncIterator[Sequence[Row]]:
        """Fetch the rows of any number of keys, some at a time."""
        while wanted:
            sql, size = query(len(wanted))
            batch, wanted = wanted[:size], wanted[size:]
            yield await self.fetch(sql, (*batch, *batch[:1] * (size - len(batch))))

    async def find(self, entity: str, field: str, id: str) -> list[tuple[Key, Stored]]:
        """Return the records of an entity that refer to the record `id` through a field.

        It is one query, whatever their number. They are sorted by their ids.
        """
        table = self.table_of(entity)
        sql = table.select_by(field)
        if sql is None:
            raise ConfigurationError(f"{entity} has no field {field} that refers to records.")
        value = self.table_of(self.references(entity)[field]).find_key(id)
        if value is None:
            return []
        rows = await self.fetch(sql, (value,))
        found: list[tuple[Key, Stored]] = []
        turns = Turns()
        # There may be any number of them, and everybody else would have to wait.
        for start in range(0, len(rows), AT_ONCE):
            found += self.read(table, rows[start : start + AT_ONCE])
            await turns.give_way()
        return found

    async def search(self, search: Search) -> list[tuple[Key, Stored]]:
        """Return the records of an entity that fit, in the order that is asked for.

        It is one query; a second one where those that have no value follow others that have.
        """
        return await self.search_rows(search)

    async def search_rows(self, search: Search, suffix: str = "") -> list[tuple[Key, Stored]]:
        """Return the records that fit, by queries that end in `suffix`."""
        table = self.table_of(search.entity)
        now = self.clock()
        rows = await self._search(table.search(search, now), search.limit, suffix)
        others = table.related(search)
        turns = Turns()
        records: list[tuple[Key, Stored]] = []
        for row in rows:
            found = table.read_record(row, now)
            if found is not None:
                key, stored = found
                records.append((key, table.with_related(others, stored, row) if others else stored))
            if turns.is_due():
                await turns.give_way()
        return records

    async def search_states(
        self, search: Search, fields: tuple[str, ...]
    ) -> tuple[list[dict[str, object]], Callable[[int], Stored]]:
        """Return what JSON has of some fields of the records that fit, and what reads one whole."""
        table, now = self.table_of(search.entity), self.clock()
        prepared = table.prepared_search(search, now)
        rows = await self._search(prepared.queries, search.limit)
        return table.serializer(fields).serialize_all(rows), _reader(table, prepared, rows, now)

    async def search_lazily(self, search: Search) -> tuple[int, Callable[[int], Stored]]:
        """Return how many records fit, and what reads one of them."""
        table, now = self.table_of(search.entity), self.clock()
        prepared = table.prepared_search(search, now)
        rows = await self._search(prepared.queries, search.limit)
        return len(rows), _reader(table, prepared, rows, now)

    async def count(self, search: Search) -> int:
        """Return how many records fit; no more than `search.limit` are looked at."""
        sql, parameters = self.table_of(search.entity).count(search, self.clock())
        return (await self.fetch(sql, parameters))[0][0]

    async def _search(self, queries: Iterable[Piece], limit: int, suffix: str = "") -> list[Row]:
        rows: list[Row] = []
        for sql, parameters in queries:
            rows += await self.fetch(sql + suffix, (*parameters, limit - len(rows)))
            if len(rows) >= limit:
                break
        return rows

    def references(self, entity: str) -> Mapping[str, str]:
        """Return the fields of an entity that refer to others, each with the entity it leads to."""
        table = self.tables.get(entity)
        return {} if table is None else table.references

    def read(self, table: TableStatements, rows: Iterable[Row]) -> list[tuple[Key, Stored]]:
        """Return what rows of records hold; those whose time is up are left out."""
        now = self.clock()
        return [found for row in rows if (found := table.read_record(row, now)) is not None]


def _reader(
    table: TableStatements, prepared: PreparedSearch, rows: Sequence[Row], now: float
) -> Callable[[int], Stored]:
    """Return what reads the rows that a search found at `now`, by their places."""
    others = prepared.related

    def read(place: int) -> Stored:
        stored = table.read(rows[place], now)
        assert stored is not None, "the query has left out what has expired"
        return table.with_related(others, stored, rows[place]) if others else stored

    return read

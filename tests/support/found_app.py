"""An app that lists the records of `found_entities` over HTTP, as it is generated."""

from collections.abc import Sequence
from typing import Any

from generated_world import generate_world
from sql_tables import Store

from starmodel import StateStore
from starmodel.application import Services
from starmodel.application.queries.filter_set import FilterSet
from starmodel.stores.sql.drivers.driver import Row
from starmodel.web import Resource, WebApplication

generated = generate_world("found_entities")
BOOKS: FilterSet[Any] = generated("book.queries").BOOK_FILTER_SET
THINGS: FilterSet[Any] = generated("thing.queries").THING_FILTER_SET
RESOURCES: list[Resource] = [
    getattr(generated(f"{name}.routes"), f"{name}_resource")
    for name in ("tag", "author", "book", "thing")
]


class Recorded(Store):
    """A store that notes what it asks its database, the work on its own tables left out."""

    def __init__(self, database: str = "sqlite://") -> None:
        super().__init__(database, [one.table for one in RESOURCES if one.table is not None])
        self.asked: list[tuple[str, tuple[object, ...]]] = []

    async def fetch(self, sql: str, parameters: Sequence[object]) -> Sequence[Row]:
        """Record it, and fetch."""
        if "starmodel_" not in sql:
            self.asked.append((sql, tuple(parameters)))
        return await super().fetch(sql, parameters)


def found_app(store: Store) -> WebApplication:
    """Put the app together over a store."""
    return WebApplication(RESOURCES, stores={StateStore.SERVER_SQL: store})


def services_of(store: Store) -> Services:
    """Return what runs the app's queries without HTTP."""
    return found_app(store).services

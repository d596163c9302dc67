"""One entity on the web."""

from collections.abc import Sequence
from typing import Any

from starmodel.application import EntityDefinition
from starmodel.ui.pages import Record
from starmodel.web.routing.request import Route


class Resource:
    """One entity on the web: its routes, and what is shown of it beside its signals.

    Args:
        definition: The entity.
        routes: Its routes.
        page: The component of one: what is sent anew of it when a field changes.
        table: Its `EntityTable`, of an entity in SQL.
        queries: Its `FilterSet`, of an entity in SQL.
    """

    __slots__ = ("definition", "page", "queries", "routes", "table")

    def __init__(
        self,
        definition: EntityDefinition[Any],
        *,
        routes: Sequence[Route],
        page: Record | None = None,
        table: Any = None,
        queries: Any = None,
    ) -> None:
        self.definition = definition
        self.table = table
        self.queries = queries
        self.routes = tuple(routes)
        self.page = page
        for route in self.routes:
            route.belong_to(definition.namespace)

    def __repr__(self) -> str:
        return f"<Resource {self.definition.name}, {len(self.routes)} routes>"

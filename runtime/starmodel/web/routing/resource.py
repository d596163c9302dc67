"""One entity on the web."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from starmodel.application import EntityDefinition
from starmodel.web.routing.request import Route


class Resource:
    """One entity on the web: its routes, and what is shown of it beside its signals.

    Args:
        definition: The entity.
        routes: Its routes.
        fragments: Markup to send when a field changes: a function of the state for each field.
        table: Its `EntityTable`, of an entity in SQL.
        queries: Its `FilterSet`, of an entity in SQL.
    """

    __slots__ = ("definition", "fragments", "queries", "routes", "table")

    def __init__(
        self,
        definition: EntityDefinition[Any],
        *,
        routes: Sequence[Route],
        fragments: Mapping[str, Callable[[Any], str]] | None = None,
        table: Any = None,
        queries: Any = None,
    ) -> None:
        self.definition = definition
        self.table = table
        self.queries = queries
        self.routes = tuple(routes)
        self.fragments: Mapping[str, Callable[[Any], str]] = fragments or {}
        for route in self.routes:
            route.belong_to(definition.namespace)

    def __repr__(self) -> str:
        return f"<Resource {self.definition.name}, {len(self.routes)} routes>"

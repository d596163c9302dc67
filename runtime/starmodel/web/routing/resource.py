"""One entity on the web."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from starmodel.application import EntityDefinition, State
from starmodel.ui.components.pages import Record
from starmodel.ui.view import Related
from starmodel.web.routing.browser_state import with_browser_state
from starmodel.web.routing.request import Request, Route


class Resource:
    """One entity on the web: its routes, and what is shown of it beside its signals.

    Args:
        definition: The entity.
        routes: Its routes.
        page: The component of one: what is sent anew of it when a field changes.
        table: Its `EntityTable`, of an entity in SQL.
        document: Its `Document`, of an entity in Redis, in browsers or in a custom store.
        queries: Its `FilterSet`, of an entity in SQL.
    """

    def __init__(
        self,
        definition: EntityDefinition[Any],
        *,
        routes: Sequence[Route],
        page: Record | None = None,
        table: Any = None,
        document: Any = None,
        queries: Any = None,
    ) -> None:
        self.definition = definition
        self.table = table
        self.document = document
        self.queries = queries
        self.routes = tuple(routes)
        self.page = self._own_page() or page
        for route in self.routes:
            route.belong_to(definition.namespace)
            if definition.is_in_browser and route.event is not None:
                route.handler = with_browser_state(definition, route.handler)

    async def related(self, request: Request, state: State) -> Related:
        """Return what a state of it refers to, as far as whoever asks may see it.

        It is asked of entities with queries: those in SQL alone refer to others.
        """
        # The other entities need nothing of this.
        from starmodel.application.queries.find import find_related

        return await find_related(request.services, self.queries, [state], actor=request.actor)

    @cached_property
    def errors(self) -> Mapping[str, Mapping[str, str]]:
        """The errors of its events, all empty, by event."""
        namespace = self.definition.namespace
        return {
            route.event: route.errors({})[namespace][route.event]
            for route in self.routes
            if route.event is not None
        }

    @cached_property
    def files(self) -> frozenset[str]:
        """The fields that are files; no page has them among its data."""
        fields = () if self.page is None else self.page.by_name.values()
        return frozenset([each.name for each in fields if each.is_file])

    def _own_page(self) -> Record | None:
        """Return the component that the author has named in the place of the generated one."""
        return next((route.page for route in self.routes if isinstance(route.page, Record)), None)

    def __repr__(self) -> str:
        return f"<Resource {self.definition.name}, {len(self.routes)} routes>"

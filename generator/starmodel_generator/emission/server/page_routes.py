"""The routes of an entity that no author's event stands behind, as `routes.py` lists them.

Their handlers are the runtime's: `starmodel.web.app.entity_routes` for a page or a state, and
`starmodel.web.app.record_routes` for the lists, pages and `crud` of records in a database.
"""

from collections.abc import Iterator

from starmodel_generator.emission.context import Context
from starmodel_generator.emission.declaration_order import public_fields
from starmodel_generator.emission.entity.record_labels import (
    label_field,
    queries_constant,
    reference_of,
)
from starmodel_generator.emission.python.default_expressions import use_qualified
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import Group, Layout, named
from starmodel_generator.emission.python.literals import python_string
from starmodel_generator.emission.server.command_call import batch_events, takes_request
from starmodel_generator.planning import has_list, has_queries
from starmodel_schemas import EntitySchema, EventSchema

ENTITY_ROUTES = "starmodel.web.app.entity_routes"
RECORD_ROUTES = "starmodel.web.app.record_routes"


class PageRoutes:
    """Writes the routes of one entity's pages, and of `crud`, into its `routes.py`.

    Args:
        entity: The entity.
        context: The app.
        names: The names of the module.
    """

    def __init__(self, entity: EntitySchema, context: Context, names: ModuleNames) -> None:
        self.entity = entity
        self.context = context
        self.names = names
        self.own = context.names[entity.qualified_name]
        self.has_list = has_list(entity)
        self.label = label_field(entity)
        self.fields = f"{self.own.constant}_FIELDS"
        self.refers = any(reference_of(field.type) for field in public_fields(entity))

    def pages(self) -> Iterator[Layout]:
        """List the routes of pages and of reading: where records are listed, read and made."""
        if has_queries(self.entity):
            yield self._list()
        yield self._read()
        if self.entity.is_in_browser:
            yield self._call(ENTITY_ROUTES, "restore_route", self._definition())
        is_made = any(event.is_creation for event in self.entity.events)
        if self.has_list:
            label = [] if self.label is None else [f"label={python_string(self.label)}"]
            searched = [field.name for field in self.entity.fields if field.searchable]
            if label and searched and self.label not in searched:
                label.append("is_searched=False")
            yield self._call(RECORD_ROUTES, "options_route", self._queries(), *label)
            if is_made and not any(event.crud == "create" for event in self.entity.events):
                yield self._form("/new")
        elif is_made and self.entity.page != "host":
            yield self._form("")

    def crud(self, event: EventSchema) -> Layout:
        """Write the routes of an event that `crud` asks for, with those of its form."""
        kind = event.crud or "create"
        function = f"{kind}_routes"
        items: list[Layout] = [self._definition(), f"commands.{event.function}"]
        if kind != "delete":
            items.append(self.fields)
        if self.has_list:
            # The record says what it is called, besides which form there is.
            items.append(self.component("NEW" if kind == "create" else self.own.constant))
            if kind == "update":
                function = "edit_routes"
                items[0] = self._queries()
            if kind == "create" and self.refers:
                items.append(named("queries", self._queries()))
            items += self._own()
        if takes_request(self.entity, event):
            items.append("takes_request=True")
        if event.respond == "ack":
            items.append('respond="ack"')
        return self._call(RECORD_ROUTES, function, *items, star="*")

    def _list(self) -> Layout:
        if not self.has_list:
            return self._call(RECORD_ROUTES, "query_route", self._queries())
        items: list[Layout] = [self._queries(), self.component(self.own.list)]
        actions = [
            f"{python_string(event.name)}: commands.{event.function}"
            for event in batch_events(self.entity, self.context)
        ]
        if actions:
            items.append(Group("{", tuple(actions), "}"))
        return self._call(RECORD_ROUTES, "list_routes", *items, *self._own(), star="*")

    def _own(self) -> list[Layout]:
        """Name what the author has named as the page."""
        if self.entity.page == "generated":
            return []
        return [named("own", use_qualified(self.entity.page, self.names))]

    def _read(self) -> Layout:
        page = self.entity.page
        if page == "host":
            return self._call(ENTITY_ROUTES, "state_route", self._definition())
        if page != "generated" and not self.has_list:
            own = use_qualified(page, self.names)
            return self._call(ENTITY_ROUTES, "own_page_route", self._definition(), own)
        component = self.component(self.own.constant)
        if self.has_list:
            items = [self._queries(), component, *self._own()]
            return self._call(RECORD_ROUTES, "record_routes", *items, star="*")
        return self._call(ENTITY_ROUTES, "page_route", self._definition(), component)

    def component(self, name: str) -> str:
        """Import the module of the pages, and name one of its constants."""
        return f"{self.names.use(self.own.package, 'pages')}.{name}"

    def _form(self, way: str) -> Layout:
        path = python_string(f"/{self.entity.snake_name}{way}")
        return self._call(ENTITY_ROUTES, "form_route", path, self.component("NEW"))

    def _definition(self) -> str:
        return self.names.use(self.own.module("state"), self.own.constant)

    def _queries(self) -> str:
        return self.names.use(self.own.module("filters"), queries_constant(self.entity))

    def _call(self, module: str, function: str, *items: Layout, star: str = "") -> Layout:
        return Group(f"{star}{self.names.use(module, function)}(", items, ")")

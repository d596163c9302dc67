"""The handler of `GET /product`: a list of records, as a page or as JSON."""

from starmodel_generator.emission.context import Context
from starmodel_generator.emission.entity.record_labels import plural_words, queries_constant
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import Group, Layout
from starmodel_generator.emission.python.literals import docstring, python_string
from starmodel_generator.emission.server.page_routes import PageHandlerView
from starmodel_generator.planning import has_list
from starmodel_schemas import EntitySchema

FINDING = "starmodel.web.app.query_params"
"""The module of what answers queries."""


class ListRoute:
    """Writes the handler and the route into the `routes.py` of an entity in a database.

    Args:
        entity: The entity.
        context: The app.
        names: The names of the module.
    """

    def __init__(self, entity: EntitySchema, context: Context, names: ModuleNames) -> None:
        self.entity = entity
        self.names = names
        self.own = context.names[entity.qualified_name]
        self.has_page = has_list(entity)
        self.path = f"/{entity.snake_name}"
        self.handler_name = names.define(f"list_{entity.snake_name}")

    def handler(self) -> PageHandlerView:
        """Write the handler."""
        several = plural_words(self.entity)
        what = f"the {several} that fit, as a page or as JSON."
        return PageHandlerView(
            signature=Group(
                f"async def {self.handler_name}(", ("request: web.Request",), ") -> web.Response:"
            ),
            docstring=docstring(
                f"GET {self.path}: {what if self.has_page else f'the {several} that fit, as JSON.'}",
                4,
            ),
            statements=self._statements(),
        )

    def route(self) -> Layout:
        """Write the route; what is wrong with a query is shown where `find` has its errors."""
        kind = 'event="find"' if self.has_page else "json_only=True"
        items = ('"GET"', python_string(self.path), self.handler_name, kind)
        return Group("web.Route(", items, ")")

    def _statements(self) -> tuple[Layout, ...]:
        names = self.names
        module = names.use(self.own.package, "queries")
        queries = f"{module}.{queries_constant(self.entity)}"
        answer = f"return await {names.use(FINDING, 'answer_query')}(request, {queries})"
        if not self.has_page:
            return (answer,)
        snake = self.entity.snake_name
        list_page = self.own.module("list_page")
        page = names.use(list_page, f"{snake}_list_page")
        records = names.use(list_page, f"{snake}_list")
        return (
            "if request.wants_json:",
            f"    {answer}",
            f"view = await {names.use(FINDING, 'list_view')}(request, {queries})",
            Group(
                f"return {names.use('starmodel.web.ui.list_view', 'answer_list')}(",
                ("request", "view", page, records),
                ")",
            ),
        )

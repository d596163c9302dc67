"""The handlers of the pages of records in a database: to make, edit, delete and pick one."""

from collections.abc import Iterator
from dataclasses import dataclass

from starmodel_generator.emission.context import Context, an
from starmodel_generator.emission.declaration_order import public_fields
from starmodel_generator.emission.entity.endpoints import Endpoint, endpoints
from starmodel_generator.emission.entity.filters import texts_of
from starmodel_generator.emission.entity.record_labels import (
    find_function,
    label_field,
    queries_constant,
    record_words,
    reference_of,
)
from starmodel_generator.emission.forms.form_page import form_name
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import Group, Layout
from starmodel_generator.emission.python.literals import docstring, python_string
from starmodel_schemas import EntitySchema, EventSchema
from starmodel_schemas.naming import constant_case

ID = 'request.path_parameters["id"]'


@dataclass(frozen=True, slots=True)
class PageHandlerView:
    """A handler: its signature, its docstring and its statements."""

    signature: Layout
    docstring: str
    statements: tuple[Layout, ...]


class PageRoutes:
    """Writes the handlers and routes of one entity's pages into its `routes.py`.

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
        self.definition = self.own.constant
        self.events: dict[str, Endpoint] = {
            event.event.crud: event
            for event in endpoints(entity, context)
            if event.event.crud is not None
        }
        self.is_made = any(event.is_creation for event in entity.events)
        self.refers = any(reference_of(field.type) for field in public_fields(entity))
        self.path = f"/{entity.snake_name}"
        self.words = record_words(entity)

    def read_statements(self) -> tuple[Layout, ...]:
        """Write the answer to a request to see a record, once its snapshot has been read."""
        page = self.names.use(self.own.module("page"), self.own.page_function)
        if not self.refers:
            answer = self.names.use("starmodel.web", "answer_page")
            return (f"return {answer}(request, snapshot, {page})",)
        snake = self.entity.snake_name
        relations = self.names.use(self.own.module("page"), f"{snake}_relations")
        return (
            "if request.wants_json:",
            f"    return {self.names.use('starmodel.web', 'answer_state')}(snapshot)",
            self._state(),
            self._related(),
            Group(
                f"return {self.names.use('starmodel.web', 'answer_record')}(",
                (
                    "request",
                    f"lambda: {page}(state, related)",
                    f"lambda: {relations}(state, related)",
                ),
                ")",
            ),
        )

    def handlers(self) -> Iterator[PageHandlerView]:
        """Write the handlers."""
        snake = self.entity.snake_name
        if self.is_made:
            yield self._new()
        yield self._options()
        if "update" in self.events:
            yield self._edit()
            yield self._save()
            yield self._draft()
        if "delete" in self.events:
            form = self._form(form_name("delete", self.own.constant))
            answer = self.names.use("starmodel.web", "answer_form")
            label = label_field(self.entity)
            called = ["snapshot.id", *([f"snapshot.entity.{label}"] if label else [])]
            yield self._handler(
                f"confirm_{snake}",
                f"GET {self.path}/{{id}}/delete: the page that asks first.",
                self._read(),
                Group(f"return {answer}(", ("request", f"{form}.show({', '.join(called)})"), ")"),
            )
            yield self._handler(
                f"remove_{snake}",
                f"POST {self.path}/{{id}}/delete: what that page sends.",
                f"await {self.events['delete'].function}(request)",
                f"return {self.names.use('starmodel.web', 'lead_to')}"
                f"(request, {python_string(self.path)})",
            )

    def routes(self) -> Iterator[Layout]:
        """List the routes of the handlers."""
        snake = self.entity.snake_name
        if self.is_made:
            yield self._route("GET", "/new", f"new_{snake}")
        yield self._route("GET", "/options", f"{snake}_options")
        for kind, way, shown, sent in (
            ("update", "/{id}/edit", "edit", "save"),
            ("delete", "/{id}/delete", "confirm", "remove"),
        ):
            if kind in self.events:
                event = self.events[kind]
                yield self._route("GET", way, f"{shown}_{snake}")
                yield self._route("POST", way, f"{sent}_{snake}", *self._form_items(event))

    def _edit(self) -> PageHandlerView:
        snake = self.entity.snake_name
        page = self._form(f"edit_{snake}_page")
        answer = self.names.use("starmodel.web", "answer_form")
        return self._handler(
            f"edit_{snake}",
            f"GET {self.path}/{{id}}/edit: the page on which {an(self.words)} is edited.",
            f"draft = await read_{snake}_draft(request)",
            f"return {answer}(request, {page}(draft))",
        )

    def _save(self) -> PageHandlerView:
        snake = self.entity.snake_name
        names = self.names
        form = self.form_constant(self.events["update"].event)
        stale = names.use("starmodel.errors", "StaleVersion")
        answer = names.use("starmodel.web.ui.edit_conflict", "answer_conflict")
        lead_to = names.use("starmodel.web", "lead_to")
        page_path = names.use("starmodel.web", "page_path")
        return self._handler(
            f"save_{snake}",
            f"POST {self.path}/{{id}}/edit: what that page sends.",
            self._read(),
            f"request.stored = {self._state_of()}",
            "try:",
            f"    await {self.events['update'].function}(request)",
            f"except {stale} as stale:",
            f"    draft = await read_{snake}_draft(request)",
            f"    return {answer}(request, stale, {form}, draft)",
            Group(f"return {lead_to}(", ("request", f"{page_path}({self.definition}, {ID})"), ")"),
        )

    def _draft(self) -> PageHandlerView:
        """Write what reads a record for its form; what was typed may refer to others already."""
        snake = self.entity.snake_name
        draft = self._form(f"{snake}_draft")
        related = "related" if self.refers else "{}"
        form = self.form_constant(self.events["update"].event)
        return PageHandlerView(
            signature=Group(
                f"async def {self.names.define(f'read_{snake}_draft')}(",
                ("request: web.Request",),
                f") -> {self.names.use('starmodel.web.ui.form_state', 'Draft')}:",
            ),
            docstring=docstring("Give what the inputs of that page hold as things are now.", 4),
            statements=(
                self._read(),
                self._state(),
                *([self._related(f"{form}.typed(request)")] if self.refers else []),
                f"return {draft}(state, snapshot.version, {related})",
            ),
        )

    def _form_items(self, endpoint: Endpoint) -> tuple[str, ...]:
        """Write the arguments of a route that a form of ours leads to."""
        items = [f"event={python_string(endpoint.event.name)}"]
        if endpoint.arguments:
            items.append(f"arguments={constant_case(endpoint.function)}_ARGUMENTS")
        items.append(f"form={self.form_constant(endpoint.event)}")
        return tuple(items)

    def form_constant(self, event: EventSchema) -> str:
        """Name the form that leads to an event of `crud`."""
        return self._form(form_name(event.crud or "create", self.own.constant))

    def _new(self) -> PageHandlerView:
        snake = self.entity.snake_name
        answer = self.names.use("starmodel.web", "answer_form")
        page = (
            f"{self._form(form_name('create', self.own.constant))}.show()"
            if "create" in self.events
            else f"{self._form(f'new_{snake}_page')}()"
        )
        return self._handler(
            f"new_{snake}",
            f"GET {self.path}/new: the page on which {an(self.words)} is made.",
            f"return {answer}(request, {page})",
        )

    def _options(self) -> PageHandlerView:
        names = self.names
        find = f"{self._queries()}.{find_function(self.entity)}"
        most = names.use("starmodel.web.ui.picker", "MOST")
        answer = names.use("starmodel.web.ui.picker", "answer_options")
        label = label_field(self.entity)
        shown = "str(record.id)" if label is None else f"record.{label} or str(record.id)"
        items: list[Layout] = ["request.services", "actor=request.actor"]
        if texts_of(self.entity, self.context):
            items.append('q=request.query.get("q") or None')
        if label is not None:
            items.append(f"sort=[{python_string(label)}]")
        return self._handler(
            f"{self.entity.snake_name}_options",
            f"GET {self.path}/options: what a picker offers for what was typed.",
            Group(f"page = await {find}(", (*items, f"limit={most}"), ")"),
            f"options = [(str(record.id), {shown}) for record in page.items]",
            f"return {answer}(request, options)",
        )

    def _read(self) -> Layout:
        return Group(
            "snapshot = await request.services.read(",
            (self.definition, ID, "request.actor"),
            ")",
        )

    def _related(self, *others: str) -> Layout:
        queries = f"{self._queries()}.{queries_constant(self.entity)}"
        find = self.names.use("starmodel.application.queries.find", "find_related")
        return Group(
            f"related = await {find}(",
            (
                "request.services",
                queries,
                f"[{', '.join(['state', *others])}]",
                "actor=request.actor",
            ),
            ")",
        )

    def _state(self) -> Layout:
        return f"state = {self._state_of()}"

    def _state_of(self) -> str:
        state = self.names.use(self.own.module("state"), self.own.state_function)
        return f"{state}(snapshot.entity)"

    def _queries(self) -> str:
        return self.names.use(self.own.package, "queries")

    def _form(self, name: str) -> str:
        return self.names.use(self.own.module("form_page"), name)

    def _handler(self, name: str, says: str, *statements: Layout) -> PageHandlerView:
        return PageHandlerView(
            signature=Group(
                f"async def {self.names.define(name)}(",
                ("request: web.Request",),
                ") -> web.Response:",
            ),
            docstring=docstring(says, 4),
            statements=statements,
        )

    def _route(self, method: str, way: str, handler: str, *items: str) -> Layout:
        path = python_string(f"{self.path}{way}")
        return Group("web.Route(", (python_string(method), path, handler, *items), ")")

"""The view of `routes.py`: one HTTP handler per event, and the table of routes."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from starmodel_generator.emission.context import Context, EntityNames, an, projection_name
from starmodel_generator.emission.entity.argument_schema import CoreSchemas
from starmodel_generator.emission.entity.crud_arguments import (
    is_field_of_update,
    is_once,
    may_be_omitted,
)
from starmodel_generator.emission.entity.endpoints import Endpoint, endpoints
from starmodel_generator.emission.entity.projection import Projection
from starmodel_generator.emission.entity.record_labels import queries_constant
from starmodel_generator.emission.python.default_expressions import default_layout, use_qualified
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import (
    Group,
    Layout,
    conditional,
    flat,
    named,
    prefixed,
)
from starmodel_generator.emission.python.literals import docstring, python_string
from starmodel_generator.emission.python.type_expressions import (
    AuthorsClasses,
    is_fragment,
    is_nullable,
)
from starmodel_generator.emission.server.command_call import (
    command_parameter,
    holder_of,
    needs_session,
)
from starmodel_generator.emission.server.list_route import ListRoute
from starmodel_generator.emission.server.page_routes import PageHandlerView, PageRoutes
from starmodel_generator.emission.server.state_module import read_path
from starmodel_generator.planning import has_list, has_queries, is_in_sql
from starmodel_schemas import (
    AnyType,
    EntitySchema,
    EntityType,
    EventSchema,
    ObjectType,
    ParameterSchema,
    ScalarType,
    SuppliedSource,
)
from starmodel_schemas.naming import constant_case

HOLDER_VALUES = {
    "SESSION": "request.session",
    "RECORD": 'request.path_parameters["id"]',
}
"""What of a request says which instance of an entity is meant, by scope."""


@dataclass(frozen=True, slots=True)
class HandlerView:
    """The handler of one event."""

    signature: Layout
    docstring: str
    arguments: str | None
    command: Layout
    answer: Layout


@dataclass(frozen=True, slots=True)
class FormView:
    """The handler of the page on which a record is made."""

    signature: Layout
    docstring: str
    answer: Layout


@dataclass(frozen=True, slots=True)
class RoutesView:
    """Everything that `routes.py.j2` lays out."""

    name: str
    imports: str
    arguments: tuple[Layout, ...]
    read_signature: Layout
    read_docstring: str
    read: Layout
    answer_read: tuple[Layout, ...]
    handlers: tuple[HandlerView, ...]
    resource: str
    definition: str
    routes: tuple[Layout, ...]
    fragments: str | None
    parts: tuple[str, ...]
    form: FormView | None
    pages: tuple[PageHandlerView, ...]


def routes_view(entity: EntitySchema, context: Context) -> RoutesView:
    """Decide what the routes of an entity do."""
    return _Routes(entity, context).view()


@dataclass(frozen=True, slots=True)
class _Results(Projection):
    """Writes what JSON has of results, with the functions of the entity's state module."""

    own: EntityNames

    def instance(self, type_: ObjectType | EntityType, value: str) -> str:
        """Write what makes JSON of a value object or an entity."""
        if isinstance(type_, ObjectType):
            function = projection_name(self.context.objects[type_.object])
            return f"{self.names.use(self.own.module('state'), function)}({value})"
        return Projection.instance(self, type_, value)


class _Routes:
    """Makes the view of one entity's routes."""

    def __init__(self, entity: EntitySchema, context: Context) -> None:
        self.entity = entity
        self.context = context
        self.own: EntityNames = context.names[entity.qualified_name]
        self.endpoints = endpoints(entity, context)
        self.names = ModuleNames(
            context.first_party,
            [endpoint.function for endpoint in self.endpoints],
            context.classes,
        )
        classes = AuthorsClasses(self.names, context)
        self.results = _Results(self.names, context, classes, self.own)
        self.core_schemas = CoreSchemas(self.names, context, classes, entity)
        self.update_schemas = replace(self.core_schemas, for_update=True)
        self.reader = self.names.define(f"read_{entity.snake_name}")
        self.maker = f"{entity.snake_name}_form"
        is_paged = has_list(entity)
        self.pages = PageRoutes(entity, context, self.names) if is_paged else None
        self.list = ListRoute(entity, context, self.names) if has_queries(entity) else None

    def view(self) -> RoutesView:
        names = self.names
        names.use("starmodel.web", "Route")
        definition = names.use(self.own.module("state"), self.own.constant)
        if self.endpoints:
            names.use(self.own.package, "commands")
        handlers = tuple(self._handler(endpoint) for endpoint in self.endpoints)
        read, answer_read = self._read(definition)
        has_page = self.entity.page == "generated"
        has_form = has_page and self.pages is None and self._has_creations()
        form = self._form() if has_form else None
        return RoutesView(
            name=self.entity.name,
            arguments=tuple(
                self._arguments(endpoint) for endpoint in self.endpoints if endpoint.arguments
            ),
            read_signature=Group(
                f"async def {self.reader}(", ("request: web.Request",), ") -> web.Response:"
            ),
            read_docstring=docstring(self._read_words(), 4),
            read=read,
            answer_read=answer_read,
            handlers=handlers,
            resource=names.define(self.own.resource),
            definition=definition,
            routes=tuple(self._table()),
            form=form,
            pages=tuple(self._page_handlers()),
            fragments=names.use(self.own.module("page"), self.own.fragments) if has_page else None,
            parts=tuple(self._parts()),
            imports=names.import_block(),
        )

    def _page_handlers(self) -> Iterator[PageHandlerView]:
        if self.list is not None:
            yield self.list.handler()
        if self.pages is not None:
            yield from self.pages.handlers()

    def _parts(self) -> Iterator[str]:
        """What a resource in SQL has besides: its table, and how its records are found."""
        if is_in_sql(self.entity):
            yield f"table={self.names.use(self.own.module('table'), self.own.table)}"
        if has_queries(self.entity):
            module = self.names.use(self.own.package, "queries")
            yield f"queries={module}.{queries_constant(self.entity)}"

    def _arguments(self, endpoint: Endpoint) -> Layout:
        constant = self.names.define(_constant(endpoint))
        items = tuple(
            named(parameter.name, self._argument(parameter, endpoint.event))
            for parameter in endpoint.arguments
        )
        return Group(f"{constant} = web.Arguments(", items, ")")

    def _argument(self, parameter: ParameterSchema, event: EventSchema) -> Layout:
        schemas = self.update_schemas if event.crud == "update" else self.core_schemas
        items = [schemas.layout(parameter.type, parameter.constraints)]
        if is_field_of_update(event, parameter):
            return Group("web.UpdateArgument(", tuple(items), ")")
        default = default_layout(parameter.default, self.names)
        if may_be_omitted(event, parameter):
            default = self.names.use("starmodel.domain", "OMITTED")
        if default is not None:
            items.append(named("default", default))
        return Group("web.Argument(", tuple(items), ")")

    def _read(self, definition: str) -> tuple[Layout, tuple[Layout, ...]]:
        holder = HOLDER_VALUES.get(self.entity.scope)
        items: tuple[Layout, ...] = (definition, "actor=request.actor")
        if holder is not None:
            items = (definition, holder, "request.actor")
        read = Group("snapshot = await request.services.read(", items, ")")
        if self.pages is not None:
            return read, self.pages.read_statements()
        page = self._page()
        if page is None:
            return read, (f"return {self.names.use('starmodel.web', 'answer_state')}(snapshot)",)
        function = self.names.use("starmodel.web", "answer_page")
        return read, (Group(f"return {function}(", ("request", "snapshot", page), ")"),)

    def _page(self) -> str | None:
        """Name the function that makes the page; `None` where the host app has one."""
        if self.entity.page == "generated":
            return self.names.use(self.own.module("page"), self.own.page_function)
        if self.entity.page == "host":
            return None
        # The author's page is made of the entity itself, not of its public state.
        return f"lambda _: {use_qualified(self.entity.page, self.names)}(snapshot.entity, request)"

    def _has_creations(self) -> bool:
        return any(event.is_creation for event in self.entity.events)

    def _form(self) -> FormView:
        """Serve the page with the forms that make a record, where all records are."""
        names = self.names
        page = names.use(self.own.module("page"), f"new_{self.own.page_function}")
        answer = names.use("starmodel.web", "answer_form")
        return FormView(
            signature=Group(
                f"async def {names.define(self.maker)}(",
                ("request: web.Request",),
                ") -> web.Response:",
            ),
            docstring=docstring(
                f"GET /{self.entity.snake_name}: the page on which {an(self.entity.name)} is made.",
                4,
            ),
            answer=Group(f"return {answer}(", ("request", f"{page}()"), ")"),
        )

    def _table(self) -> Iterator[Layout]:
        """List the routes: where records are listed, read and made, then the events."""
        if self.list is not None:
            yield self.list.route()
        yield self._read_route()
        if self.pages is not None:
            yield from self.pages.routes()
        elif self.entity.page == "generated" and self._has_creations():
            path = python_string(f"/{self.entity.snake_name}")
            yield Group("web.Route(", ('"GET"', path, self.maker), ")")
        for endpoint in self.endpoints:
            yield self._route(endpoint)

    def _read_words(self) -> str:
        what = (
            "the state as JSON."
            if self.entity.page == "host"
            else "the page, or the state as JSON."
        )
        return f"GET {read_path(self.entity)}: {what}"

    def _read_route(self) -> Layout:
        items: list[Layout] = ['"GET"', python_string(read_path(self.entity)), self.reader]
        if self.entity.page == "host":
            items.append("json_only=True")
        return Group("web.Route(", tuple(items), ")")

    def _route(self, endpoint: Endpoint) -> Layout:
        event = endpoint.event
        items: list[Layout] = [
            python_string(endpoint.method),
            python_string(endpoint.path),
            endpoint.function,
            named("event", python_string(event.name)),
        ]
        if endpoint.arguments:
            items.append(f"arguments={_constant(endpoint)}")
        if self.pages is not None and event.crud == "create":
            items.append(f"form={self.pages.form_constant(event)}")
        if event.respond == "ack":
            items.append('respond="ack"')
        return Group("web.Route(", tuple(items), ")")

    def _handler(self, endpoint: Endpoint) -> HandlerView:
        event = endpoint.event
        answer = "web.Response"
        if event.is_generator:
            answer = "web.Response | web.StreamResponse"
        outcome = "outcomes = " if event.is_generator else "outcome = await "
        if event.crud == "delete":
            outcome = "await "
        return HandlerView(
            signature=Group(
                f"async def {self.names.define(endpoint.function)}(",
                ("request: web.Request",),
                f") -> {answer}:",
            ),
            docstring=docstring(endpoint.route, 4),
            arguments=_constant(endpoint) if endpoint.arguments else None,
            command=Group(
                f"{outcome}commands.{endpoint.function}(", self._command_items(endpoint), ")"
            ),
            answer=self._answer(event),
        )

    def _command_items(self, endpoint: Endpoint) -> tuple[Layout, ...]:
        """What the command is called with: who, which instance, and the arguments."""
        event = endpoint.event
        items: list[Layout] = ["request.services"]
        if holder_of(self.entity, event) is not None:
            items.append(HOLDER_VALUES[self.entity.scope])
        if needs_session(self.entity, event, self.context):
            items.append("request.session")
        for parameter in event.parameters:
            name = command_parameter(parameter, self.context)
            if name is None:
                continue
            if isinstance(parameter.source, SuppliedSource):
                items += ["request=request"] if "request=request" not in items else []
            else:
                items.append(f"{name}=arguments[{python_string(parameter.name)}]")
        items.append("actor=request.actor")
        if is_once(self.entity, event):
            items.append("idempotency_key=request.idempotency_key")
        return tuple(items)

    def _answer(self, event: EventSchema) -> Layout:
        definition = self.own.constant
        if event.crud == "delete":
            function = self.names.use("starmodel.web", "answer_deleted")
            others = [] if self.pages is None else [python_string(f"/{self.entity.snake_name}")]
            return Group(f"return {function}(", ("request", *others), ")")
        if event.is_creation:
            function = self.names.use("starmodel.web", "answer_created")
            return Group(f"return {function}(", ("request", definition, "outcome"), ")")
        if event.is_generator:
            function = self.names.use("starmodel.web", "answer_stream")
            items: list[Layout] = ["request", definition, "outcomes", *self._target(event)]
            result = self._result(event, "result")
            if result is not None and event.returns is not None:
                # Behind the last step there may be one more outcome, which has no result.
                if result != "result" and not is_nullable(event.returns):
                    result = conditional(("None", "result is None", flat(result)))
                items.append(named("result", prefixed("lambda result: ", result)))
            return Group(f"return await {function}(", tuple(items), ")")
        function = self.names.use("starmodel.web", "answer_event")
        items = ["request", definition, "outcome", *self._target(event)]
        result = self._result(event, "outcome.result")
        if result is not None:
            items.append(named("result", result))
        return Group(f"return {function}(", tuple(items), ")")

    def _target(self, event: EventSchema) -> list[Layout]:
        """Where a fragment goes that only shows itself at run time."""
        returns = event.returns
        is_text = isinstance(returns, ScalarType) and returns.name == "str"
        if not isinstance(returns, AnyType) and not is_text:
            return []
        items: list[Layout] = []
        if event.selector is not None:
            items.append(named("selector", python_string(event.selector)))
        if event.mode is not None:
            items.append(named("mode", python_string(event.mode)))
        return items

    def _result(self, event: EventSchema, value: str) -> Layout | None:
        """Write what of the result JSON clients get; `None` for nothing."""
        if event.returns is None or is_fragment(event.returns):
            return None
        is_own = event.returns == EntityType(entity=self.entity.qualified_name)
        if is_own and not event.is_generator:
            return "outcome.state"
        return self.results.layout(event.returns, value)


def _constant(endpoint: Endpoint) -> str:
    return f"{constant_case(endpoint.function)}_ARGUMENTS"

"""The view of `routes.py`: one HTTP handler per event of the author's, and the table of routes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from starmodel_generator.emission.context import Context, EntityNames, projection_name
from starmodel_generator.emission.entity.argument_schema import CoreSchemas
from starmodel_generator.emission.entity.crud_arguments import is_once, may_be_omitted
from starmodel_generator.emission.entity.endpoints import Endpoint, endpoints, is_optional
from starmodel_generator.emission.entity.projection import Projection
from starmodel_generator.emission.entity.record_labels import queries_constant
from starmodel_generator.emission.entity.sent_names import has_sent_aliases
from starmodel_generator.emission.python.default_expressions import default_layout
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
from starmodel_generator.emission.server.page_routes import PageRoutes
from starmodel_generator.planning import has_list, has_queries, is_document, is_in_sql
from starmodel_schemas import (
    AnyType,
    EntitySchema,
    EntitySource,
    EntityType,
    EventSchema,
    ObjectType,
    ParameterSchema,
    ScalarType,
    SuppliedSource,
)
from starmodel_schemas.crud import VERSION
from starmodel_schemas.naming import constant_case

HOLDER_VALUES = {
    "SESSION": "request.session",
    "RECORD": 'request.path_parameters["id"]',
}
"""What of a request says which instance of an entity is meant, by scope."""


class HandlerView(NamedTuple):
    """The handler of one event."""

    signature: Layout
    docstring: str
    arguments: str | None
    command: Layout
    answer: Layout


class RoutesView(NamedTuple):
    """Everything that `routes.py.j2` lays out."""

    docstring: str
    imports: str
    constants: tuple[Layout, ...]
    handlers: tuple[HandlerView, ...]
    resource: str
    definition: str
    routes: tuple[Layout, ...]
    parts: tuple[str, ...]


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
            schema = self.context.objects[type_.object]
            function = projection_name(schema)
            made = f"{self.names.use(self.own.module('state'), function)}({value})"
            if not has_sent_aliases(schema, self.context):
                return made
            send = self.names.use("starmodel.domain.field_aliases", "by_alias")
            return f"{send}({self.classes.name(type_)}, {made})"
        return self.sent(type_, Projection.instance(self, type_, value))

    def sent(self, type_: EntityType, state: str) -> str:
        """Write what puts aliases into the state of an entity, where it has any."""
        if not has_sent_aliases(self.context.entities[type_.entity], self.context):
            return state
        own = self.context.names[type_.entity]
        return f"{self.names.use(own.module('state'), own.constant)}.sent_state({state})"


class _Routes:
    """Makes the view of one entity's routes."""

    def __init__(self, entity: EntitySchema, context: Context) -> None:
        self.entity = entity
        self.context = context
        self.own: EntityNames = context.names[entity.qualified_name]
        self.endpoints = endpoints(entity, context)
        self.write_only = {field.name for field in entity.fields if field.write_only}
        self.names = ModuleNames(
            context.first_party,
            [endpoint.function for endpoint in self.endpoints],
            context.classes,
        )
        classes = AuthorsClasses(self.names, context)
        self.results = _Results(self.names, context, classes, self.own)
        self.core_schemas = CoreSchemas(self.names, context, classes, entity)
        self.update_schemas = replace(self.core_schemas, for_update=True)
        self.pages = PageRoutes(entity, context, self.names)

    def view(self) -> RoutesView:
        names = self.names
        names.use("starmodel.web", "Resource")
        definition = names.use(self.own.module("state"), self.own.constant)
        if self.endpoints:
            names.use(self.own.package, "commands")
        own = [endpoint for endpoint in self.endpoints if endpoint.event.crud is None]
        if own:
            for name in ("Request", "Response", "Route"):
                names.use("starmodel.web", name)
        return RoutesView(
            docstring=docstring(
                f"HTTP routes of {self.entity.name}{': one handler per event.' if own else '.'}", 0
            ),
            constants=tuple(self._constants(own)),
            handlers=tuple(self._handler(endpoint) for endpoint in own),
            resource=names.define(self.own.resource),
            definition=definition,
            routes=(*self.pages.pages(), *(self._route(endpoint) for endpoint in self.endpoints)),
            parts=tuple(self._parts()),
            imports=names.import_block(),
        )

    def _constants(self, own: list[Endpoint]) -> Iterator[Layout]:
        """Write what checks the arguments of each event, and the fields that `crud` writes."""
        for endpoint in own:
            if endpoint.arguments:
                yield self._arguments(endpoint)
        writing = {one.event.crud: one for one in self.endpoints}
        endpoint = writing.get("create") or writing.get("update")
        if endpoint is not None:
            changed = (
                {item.name for item in writing["update"].arguments} if "update" in writing else None
            )
            yield self._fields(endpoint, changed)

    def _parts(self) -> Iterator[str]:
        """Return what a resource has besides: its page, its table or document, its queries."""
        if self.entity.page != "host":
            yield f"page={self.pages.component(self.own.constant)}"
        if is_in_sql(self.entity):
            yield f"table={self.names.use(self.own.module('table'), self.own.table)}"
        if is_document(self.entity):
            yield f"document={self.names.use(self.own.module('document'), self.own.document)}"
        if has_queries(self.entity):
            constant = queries_constant(self.entity)
            yield f"queries={self.names.use(self.own.module('filters'), constant)}"

    def _arguments(self, endpoint: Endpoint) -> Layout:
        constant = self.names.define(_constant(endpoint))
        items = tuple(
            named(parameter.name, self._argument(parameter, endpoint.event))
            for parameter in endpoint.arguments
        )
        return Group(f"{constant} = web.Arguments(", items, ")")

    def _fields(self, endpoint: Endpoint, changed: set[str] | None) -> Layout:
        """Write the fields that an event of `crud` takes, of which an update takes `changed`."""
        items: list[Layout] = []
        for parameter in endpoint.arguments:
            if endpoint.event.crud == "update" and parameter.name == VERSION:
                continue
            extra: list[Layout] = []
            if changed is not None and parameter.name not in changed:
                extra.append("frozen=True")
            elif changed is not None:
                extra += self._schema_of_update(parameter)
            if parameter.name in self.write_only:
                extra.append("write_only=True")
            argument = self._argument(parameter, endpoint.event, extra)
            items.append(prefixed(f"{python_string(parameter.name)}: ", argument))
        head = self.names.define(self.pages.fields)
        if not items:
            head += f": dict[str, {self.names.use('starmodel.web', 'Argument')}]"
        return Group(f"{head} = {{", tuple(items), "}")

    def _schema_of_update(self, parameter: ParameterSchema) -> list[Layout]:
        """Write the schema that a field has in an update, where that is another one."""
        if parameter.is_read_by_class:
            schema = self.update_schemas.of_field(parameter)
            plain = self.core_schemas.of_field(parameter)
        else:
            schema = self.update_schemas.layout(parameter.type, parameter.constraints)
            plain = self.core_schemas.layout(parameter.type, parameter.constraints)
        if schema == plain:
            return []
        return [named("update", schema)]

    def _argument(
        self, parameter: ParameterSchema, event: EventSchema, extra: Iterable[Layout] = ()
    ) -> Layout:
        if not parameter.is_read_by_class:
            items = [self._schema(parameter)]
        elif event.crud is not None:
            items = [self.core_schemas.of_field(parameter)]
        else:
            items = [self.core_schemas.of_parameter(parameter, event)]
        default = default_layout(parameter.default, self.names)
        if event.crud == "create" and may_be_omitted(event, parameter):
            default = self.names.use("starmodel.domain", "UNSET")
        if default is not None:
            items.append(named("default", default))
        return Group("web.Argument(", (*items, *extra), ")")

    def _schema(self, parameter: ParameterSchema) -> Layout:
        source = parameter.source
        if (
            isinstance(source, EntitySource)
            and self.context.entities[source.entity].id_type == "int"
        ):
            # JSON has the id of such a record as a number.
            text = f"{self.names.use('pydantic_core', 'core_schema')}.str_schema("
            numbers = Group(text, ("coerce_numbers_to_str=True",), ")")
            if is_optional(parameter):
                return Group(text.replace("str_schema", "nullable_schema"), (numbers,), ")")
            return numbers
        return self.core_schemas.layout(parameter.type, parameter.constraints)

    def _route(self, endpoint: Endpoint) -> Layout:
        event = endpoint.event
        if event.crud is not None:
            return self.pages.crud(event)
        items: list[Layout] = [
            python_string(endpoint.method),
            python_string(endpoint.path),
            endpoint.function,
            named("event", python_string(event.name)),
        ]
        if endpoint.arguments:
            items.append(f"arguments={_constant(endpoint)}")
        if event.respond == "ack":
            items.append('respond="ack"')
        if self.entity.page == "generated":
            items.append(f"form={self.pages.component(endpoint.form)}")
        return Group("web.Route(", tuple(items), ")")

    def _handler(self, endpoint: Endpoint) -> HandlerView:
        event = endpoint.event
        answer = "web.Response"
        if event.is_generator:
            answer = "web.Response | web.StreamResponse"
        outcome = "outcomes = " if event.is_generator else "outcome = await "
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
        """Return what the command is called with: who, which instance, and the arguments."""
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
        if event.is_creation:
            function = self.names.use("starmodel.web", "respond_created")
            return Group(f"return {function}(", ("request", definition, "outcome"), ")")
        if event.is_generator:
            function = self.names.use("starmodel.web", "respond_stream")
            items: list[Layout] = ["request", definition, "outcomes", *self._target(event)]
            result = self._result(event, "result")
            if result is not None and event.returns is not None:
                # Behind the last step there may be one more outcome, which has no result.
                if result != "result" and not is_nullable(event.returns):
                    result = conditional(("None", "result is None", flat(result)))
                items.append(named("result", prefixed("lambda result: ", result)))
            return Group(f"return await {function}(", tuple(items), ")")
        function = self.names.use("starmodel.web", "respond_event")
        items = ["request", definition, "outcome", *self._target(event)]
        result = self._result(event, "outcome.result")
        if result is not None:
            items.append(named("result", result))
        if event.is_collection and not has_list(self.entity):
            items.append('location="/"')
        return Group(f"return {function}(", tuple(items), ")")

    def _target(self, event: EventSchema) -> list[Layout]:
        """Return where a fragment goes that only shows itself at run time."""
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
            return self.results.sent(EntityType(entity=self.entity.qualified_name), "outcome.state")
        return self.results.layout(event.returns, value)


def _constant(endpoint: Endpoint) -> str:
    return f"{constant_case(endpoint.function)}_ARGUMENTS"

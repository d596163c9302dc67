"""The view of a client module: how another program calls one entity.

The client package stands alone: it imports httpx and itself, and nothing of the server or the
author's entities. Value objects and enums are declared again, each in the module of the first
entity that uses it; other modules import it from there.
"""

from typing import NamedTuple

from starmodel_generator.emission.client.client_classes import (
    ArgumentClasses,
    ClientClasses,
    client_default,
    declared_classes,
    empty_collection,
    fields_module,
    filters_module,
    filters_name,
)
from starmodel_generator.emission.context import Context
from starmodel_generator.emission.declaration_order import (
    public_fields,
    references,
    state_fields,
)
from starmodel_generator.emission.entity.crud_arguments import (
    crud_words,
    fields_type,
    is_crud_field,
    is_once,
)
from starmodel_generator.emission.entity.endpoints import Endpoint, endpoints, entity_annotation
from starmodel_generator.emission.entity.protected_parts import ID
from starmodel_generator.emission.entity.record_labels import plural_words
from starmodel_generator.emission.entity.sent_names import read_names
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import Group, Layout, named, prefixed
from starmodel_generator.emission.python.literals import docstring, python_string, python_value
from starmodel_generator.emission.python.type_expressions import (
    annotation,
    id_annotation,
    is_fragment,
    is_nullable,
)
from starmodel_generator.emission.reachable_types import ReachableTypes
from starmodel_generator.emission.server.state_module import read_path
from starmodel_generator.planning import has_queries
from starmodel_schemas import (
    EntitySchema,
    EntitySource,
    EnumSchema,
    EventSchema,
    FieldSchema,
    ObjectSchema,
    ObjectType,
    OptionalType,
    ParameterSchema,
    RequiredDefault,
)
from starmodel_schemas.crud import VERSION


class EnumView(NamedTuple):
    """An enum of the author's, declared again."""

    name: str
    base: str
    docstring: str
    members: tuple[str, ...]


class ValueView(NamedTuple):
    """A frozen dataclass, which the transport reads from JSON and writes as JSON."""

    name: str
    docstring: str
    fields: tuple[Layout, ...]


class MethodView(NamedTuple):
    """A call of the app: where it goes, and its signature."""

    endpoint: Layout
    signature: Layout
    docstring: str


class ClientView(NamedTuple):
    """Everything that `client.py.j2` lays out."""

    name: str
    imports: str
    transport: str
    dataclass: str
    enums: tuple[EnumView, ...]
    values: tuple[ValueView, ...]
    docstring: str
    methods: tuple[MethodView, ...]


def client_view(entity: EntitySchema, context: Context) -> ClientView:
    """Decide what the client of an entity offers."""
    return _Client(entity, context).view()


class _Client:
    """Makes the view of one client module."""

    def __init__(self, entity: EntitySchema, context: Context) -> None:
        self.entity = entity
        self.context = context
        self.endpoints = endpoints(entity, context)
        self.fields = state_fields(entity)
        self.reach: ReachableTypes = context.reaches[entity.qualified_name]
        shapes = [self.fields, *(public_fields(schema) for schema in self.reach.objects)]
        taken = {field.name for shape in shapes for field in shape}
        taken |= {endpoint.function for endpoint in self.endpoints}
        taken |= {item.name for endpoint in self.endpoints for item in endpoint.arguments}
        self.parameters = {item.name for event in self.endpoints for item in event.arguments}
        self.names = ModuleNames(context.first_party, taken, context.classes)
        self.transport = self.names.use_module(".transport")
        self.classes = ClientClasses(self.names, context, entity)
        self.arguments = ArgumentClasses(self.names, context, entity)
        self.state_type = context.names[entity.qualified_name].state_type
        self.declared: set[str] = set()

    def view(self) -> ClientView:
        names = self.names
        entity = self.entity
        clients = [f"{entity.name}Client", f"Async{entity.name}Client"]
        enums = [schema for schema in self.reach.enums if self.classes.is_own(schema)]
        values = [schema for schema in self.reach.objects if self.classes.is_own(schema)]
        declared = [*declared_classes(entity, self.context), *clients]
        for name in (*declared, f"{entity.name}Endpoints"):
            names.define(name)
        enum_views = tuple(self._enum(schema) for schema in enums)
        value_views = [self._object(schema) for schema in values]
        value_views.append(self._state())
        methods = [self._read(), *(self._method(endpoint) for endpoint in self.endpoints)]
        if has_queries(entity):
            methods.insert(1, self._find())
        return ClientView(
            name=entity.name,
            transport=self.transport,
            dataclass=names.use("dataclasses", "dataclass"),
            docstring=docstring(entity.doc or f"Calls of {entity.name}.", 4),
            enums=enum_views,
            values=tuple(value_views),
            methods=tuple(methods),
            imports=names.import_block(),
        )

    def _enum(self, schema: EnumSchema) -> EnumView:
        return EnumView(
            name=schema.name,
            base=self.names.use("enum", "Flag" if schema.is_flag else "Enum"),
            docstring=docstring(schema.doc or f"Values of {schema.name}.", 4),
            members=tuple(
                f"{member.name} = {python_value(member.value)}" for member in schema.members
            ),
        )

    def _object(self, schema: ObjectSchema) -> ValueView:
        is_sent = schema.qualified_name in self.context.sent
        view = ValueView(
            name=schema.name,
            docstring=docstring(schema.doc or f"Values of {schema.name}.", 4),
            fields=tuple(self._field(one, with_default=is_sent) for one in public_fields(schema)),
        )
        self.declared.add(schema.qualified_name)
        return view

    def _state(self) -> ValueView:
        return ValueView(
            name=self.state_type,
            docstring=docstring(f"The public fields of {self.entity.name}.", 4),
            fields=tuple(self._field(field, with_default=False) for field in self.fields),
        )

    def _field(self, field: FieldSchema, *, with_default: bool) -> Layout:
        type_ = annotation(field.seen_type, self.names, self.classes)
        is_later = any(
            isinstance(reference, ObjectType)
            and reference.object not in self.declared
            and self.classes.is_own(self.context.objects[reference.object])
            for reference in references(field.seen_type)
        )
        is_made = field.computed or not field.writable
        if with_default and is_made and not is_nullable(field.type):
            # The app works it out; what a caller makes does not have it yet.
            type_ = f"{type_} | None"
        declared = f"{field.name}: {python_string(type_) if is_later else type_}"
        aliases = self._aliases(field, is_written=with_default and not is_made)
        if not with_default:
            return self._with_metadata(declared, (), aliases) if aliases else declared
        if is_made:
            # An id tells which one is meant of several; a new one has none yet.
            is_id = field.name == ID and not field.computed
            mark = f"{self.transport}.{'KNOWN' if is_id else 'READ_ONLY'}"
            metadata = f"{mark} | {aliases}" if aliases else mark
            return self._with_metadata(declared, ("default=None",), metadata)
        empty = empty_collection(field.default)
        if empty is not None:
            return self._with_metadata(declared, (f"default_factory=lambda: {empty}",), aliases)
        default = client_default(field.default, self.names, self.classes, self.context)
        if aliases:
            made = () if default is None else (named("default", default),)
            return self._with_metadata(declared, made, aliases)
        return declared if default is None else prefixed(f"{declared} = ", default)

    def _aliases(self, field: FieldSchema, *, is_written: bool) -> str:
        """Write what JSON calls a field, where that is not its name; `""` for nothing."""
        aliases = {"read": field.sent_as, "write": field.read_as if is_written else None}
        items = [f'"{key}": {python_string(name)}' for key, name in aliases.items() if name]
        return f"{{{', '.join(items)}}}" if items else ""

    def _with_metadata(self, declared: str, items: tuple[Layout, ...], metadata: str) -> Layout:
        function = self.names.use("dataclasses", "field")
        if metadata:
            items = (*items, f"metadata={metadata}")
        return Group(f"{declared} = {function}(", items, ")")

    def _read(self) -> MethodView:
        path = read_path(self.entity)
        is_record = self.entity.scope == "RECORD"
        return self._call(
            "read",
            ("self", f"id: {id_annotation(self.entity, self.names)}") if is_record else ("self",),
            f"{self.transport}.EntityResponse[{self.state_type}, None]",
            docstring("Read the public fields.", 8),
            (python_string("POST" if self.entity.is_in_browser else "GET"), python_string(path)),
        )

    def _find(self) -> MethodView:
        filters = self.names.use(filters_module(self.entity), filters_name(self.entity))
        words = f"Find {plural_words(self.entity)}, a page of them at a time."
        path = f"/{self.entity.snake_name}"
        return self._call(
            "find",
            ("self", f"**filters: {self.names.use('typing', 'Unpack')}[{filters}]"),
            f"{self.transport}.QueryPage[{self.state_type}]",
            docstring(words, 8),
            ('"GET"', python_string(path)),
        )

    def _method(self, endpoint: Endpoint) -> MethodView:
        event = endpoint.event
        parameters: list[Layout] = ["self"]
        if endpoint.has_id:
            parameters.append(f"id: {id_annotation(self.entity, self.names)}")
        arguments = [one for one in endpoint.arguments if not is_crud_field(event, one)]
        if arguments:
            parameters.append("*")
        parameters += [self._parameter(one, event) for one in arguments]
        fields = fields_type(self.entity, event)
        if fields is not None:
            declared = self.names.use(fields_module(self.entity), fields)
            parameters.append(f"**fields: {self.names.use('typing', 'Unpack')}[{declared}]")
        items: list[Layout] = [python_string(endpoint.method), python_string(endpoint.path)]
        if is_once(self.entity, event):
            items.append("once=True")
        if event.is_generator and event.returns is not None and not is_nullable(event.returns):
            items.append("skips_none=True")
        aliases = read_names(self.entity, event)
        if aliases:
            pairs = [f"{python_string(one)}: {python_string(as_)}" for one, as_ in aliases.items()]
            items.append(named("names", Group("{", tuple(pairs), "}")))
        state = "None" if event.is_collection else self.state_type
        answer = f"{self.transport}.EntityResponse[{state}, {self._result(event)}]"
        return self._call(
            endpoint.function,
            tuple(parameters),
            "None" if event.crud == "delete" else answer,
            self._words(event),
            tuple(items),
        )

    def _words(self, event: EventSchema) -> str:
        """Describe what an event does, and which method of the author's it is."""
        if event.crud is not None:
            return docstring(crud_words(self.entity, event), 8)
        runs = f"Runs {self.entity.name}.{event.signature}."
        return docstring(event.doc, 8, runs) if event.doc else docstring(runs, 8)

    def _call(
        self,
        name: str,
        parameters: tuple[Layout, ...],
        answer: str,
        text: str,
        items: tuple[Layout, ...],
    ) -> MethodView:
        if self.entity.is_in_browser:
            items = (*items, f"kept={python_string(self.entity.snake_name)}")
        return MethodView(
            endpoint=Group(f"@{self.transport}.endpoint(", items, ")"),
            signature=Group(f"def {name}(", parameters, f") -> {answer}:"),
            docstring=text,
        )

    def _parameter(self, parameter: ParameterSchema, event: EventSchema) -> Layout:
        """Write how an argument is declared."""
        type_ = parameter.type
        if event.crud == "update" and parameter.name == VERSION and isinstance(type_, OptionalType):
            type_ = type_.item  # Where it is not known it is not given.
        written = annotation(type_, self.names, self.arguments)
        if isinstance(parameter.source, EntitySource):
            written = entity_annotation(parameter, self.context, self.names)
        declared = f"{parameter.name}: {written}"
        if isinstance(parameter.default, RequiredDefault) and event.crud is None:
            return declared
        # Nothing is sent for what is not given: the default is the app's, and may change there.
        return f"{declared} | {self.transport}.UnsetType = {self.transport}.UNSET"

    def _result(self, event: EventSchema) -> str:
        """Write the type of what an event gives."""
        returns = event.returns
        if returns is None or is_fragment(returns) or event.is_creation:
            return "None"
        type_ = annotation(returns, self.names, self.classes)
        return f"{self.names.builtin('list')}[{type_}]" if event.is_generator else type_

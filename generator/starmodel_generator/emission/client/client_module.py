"""The view of a client module: how another program calls one entity.

The client package stands alone: it imports httpx and itself, and nothing of the server or the
author's entities. Value objects and enums are declared again, each in the module of the first
entity that uses it; other modules import it from there.
"""

from dataclasses import dataclass

from starmodel_generator.emission.client.client_classes import (
    ClientClasses,
    client_default,
    declared_classes,
    empty_collection,
)
from starmodel_generator.emission.client.client_find import FiltersView, find_view
from starmodel_generator.emission.context import Context
from starmodel_generator.emission.declaration_order import public_fields, references
from starmodel_generator.emission.entity.crud_arguments import VERSION, is_once, may_be_omitted
from starmodel_generator.emission.entity.endpoints import Endpoint, endpoints
from starmodel_generator.emission.entity.json_conversions import Decoding, Encoding
from starmodel_generator.emission.entity.protected_parts import ID
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import (
    Group,
    Layout,
    conditional,
    flat,
    named,
    prefixed,
)
from starmodel_generator.emission.python.literals import docstring, python_string, python_value
from starmodel_generator.emission.python.type_expressions import (
    annotation,
    is_fragment,
    is_nullable,
)
from starmodel_generator.emission.reachable_types import Reach
from starmodel_generator.emission.server.state_module import read_path, state_fields
from starmodel_generator.planning import has_queries
from starmodel_schemas import (
    EntitySchema,
    EnumSchema,
    EventSchema,
    FieldSchema,
    ObjectSchema,
    ObjectType,
    OptionalType,
    ParameterSchema,
    RequiredDefault,
)


@dataclass(frozen=True, slots=True)
class EnumView:
    """An enum of the author's, declared again."""

    name: str
    docstring: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ValueView:
    """A frozen dataclass with the way from JSON and, for what is sent, back."""

    name: str
    docstring: str
    fields: tuple[Layout, ...]
    from_json: tuple[Layout, ...]
    to_json: tuple[Layout, ...] | None
    json_type: str


@dataclass(frozen=True, slots=True)
class MethodView:
    """A call of the app: its signature twice, and what it sends."""

    signature: Layout
    async_signature: Layout
    docstring: str
    call: Layout
    async_call: Layout


@dataclass(frozen=True, slots=True)
class ClientView:
    """Everything that `client.py.j2` lays out."""

    name: str
    imports: str
    exports: Layout
    dataclass: str
    any: str
    enum: str
    typed_dict: str
    enums: tuple[EnumView, ...]
    values: tuple[ValueView, ...]
    filters: FiltersView | None
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
        self.reach: Reach = context.reaches[entity.qualified_name]
        shapes = [self.fields, *(public_fields(schema) for schema in self.reach.objects)]
        taken = {field.name for shape in shapes for field in shape}
        taken |= {endpoint.function for endpoint in self.endpoints}
        taken |= {item.name for endpoint in self.endpoints for item in endpoint.arguments}
        self.parameters = {item.name for event in self.endpoints for item in event.arguments}
        self.names = ModuleNames(context.first_party, taken, context.classes)
        self.classes = ClientClasses(self.names, context, entity)
        self.decoding = Decoding(self.names, context, self.classes)
        self.encoding = Encoding(self.names, context, self.classes)
        self.state_type = context.names[entity.qualified_name].state_type
        self.declared: set[str] = set()
        self.any = self.names.use("typing", "Any")

    def view(self) -> ClientView:
        names = self.names
        entity = self.entity
        names.use(".transport", "Transport")
        clients = [f"{entity.name}Client", f"Async{entity.name}Client"]
        enums = [schema for schema in self.reach.enums if self.classes.is_own(schema)]
        values = [schema for schema in self.reach.objects if self.classes.is_own(schema)]
        declared = [*declared_classes(entity, self.context), *clients]
        for name in declared:
            names.define(name)
        enum_views = tuple(self._enum(schema) for schema in enums)
        value_views = [self._object(schema) for schema in values]
        value_views.append(self._state())
        methods = [self._read(), *(self._method(endpoint) for endpoint in self.endpoints)]
        filters = None
        if has_queries(entity):
            find = find_view(entity, self.context, names, self.classes)
            filters = find.filters
            methods.insert(
                1,
                self._call(
                    "find", find.parameters, find.answer, find.docstring, "find", find.items
                ),
            )
        names.keep_apart(self.parameters)
        exports = sorted({*declared, *self.classes.borrowed})
        return ClientView(
            name=entity.name,
            dataclass=names.use("dataclasses", "dataclass"),
            docstring=docstring(entity.doc or f"Calls of {entity.name}.", 4),
            any=self.any,
            enum=names.use("enum", "Enum") if enums else "",
            typed_dict=names.use("typing", "TypedDict") if filters else "",
            enums=enum_views,
            values=tuple(value_views),
            filters=filters,
            methods=tuple(methods),
            exports=Group("__all__ = [", tuple(python_string(name) for name in exports), "]"),
            imports=names.import_block(),
        )

    def _enum(self, schema: EnumSchema) -> EnumView:
        return EnumView(
            name=schema.name,
            docstring=docstring(schema.doc or f"Values of {schema.name}.", 4),
            members=tuple(
                f"{member.name} = {python_value(member.value)}" for member in schema.members
            ),
        )

    def _object(self, schema: ObjectSchema) -> ValueView:
        fields = public_fields(schema)
        view = self._value(
            schema.name,
            docstring(schema.doc or f"Values of {schema.name}.", 4),
            fields,
            is_sent=schema.qualified_name in self.context.sent,
        )
        self.declared.add(schema.qualified_name)
        return view

    def _state(self) -> ValueView:
        doc = docstring(f"The public fields of {self.entity.name}.", 4)
        return self._value(self.state_type, doc, self.fields, is_sent=False)

    def _value(
        self,
        name: str,
        doc: str,
        fields: list[FieldSchema],
        *,
        is_sent: bool,
    ) -> ValueView:
        return ValueView(
            name=name,
            docstring=doc,
            fields=tuple(self._field(field, with_default=is_sent) for field in fields),
            from_json=tuple(
                named(
                    field.name,
                    self.decoding.layout(field.type, f"data[{python_string(field.name)}]"),
                )
                for field in fields
            ),
            to_json=(
                tuple(
                    self._sent(field)
                    for field in fields
                    if not field.computed and (field.writable or field.name == ID)
                )
                if is_sent
                else None
            ),
            json_type=self._json_type() if is_sent else "",
        )

    def _sent(self, field: FieldSchema) -> Layout:
        key, value = python_string(field.name), f"self.{field.name}"
        if field.writable:
            return prefixed(f"{key}: ", self.encoding.layout(field.type, value))
        # It tells which one is meant of several; a new one has none yet.
        sent = self.encoding.expression(field.type, value)
        return f"**({{}} if {value} is None else {{{key}: {sent}}})"

    def _json_type(self) -> str:
        return f"{self.names.builtin('dict')}[{self.names.builtin('str')}, {self.any}]"

    def _field(self, field: FieldSchema, *, with_default: bool) -> Layout:
        type_ = annotation(field.type, self.names, self.classes)
        is_later = any(
            isinstance(reference, ObjectType)
            and reference.object not in self.declared
            and self.classes.is_own(self.context.objects[reference.object])
            for reference in references(field.type)
        )
        is_made = field.computed or not field.writable
        if with_default and is_made and not is_nullable(field.type):
            # The app works it out; what a caller makes does not have it yet.
            type_ = f"{type_} | None"
        declared = f"{field.name}: {python_string(type_) if is_later else type_}"
        if not with_default:
            return declared
        if is_made:
            return f"{declared} = None"
        empty = empty_collection(field.default)
        if empty is not None:
            factory = self.names.use("dataclasses", "field")
            return Group(f"{declared} = {factory}(", (f"default_factory=lambda: {empty}",), ")")
        default = client_default(field.default, self.names, self.classes, self.context)
        return declared if default is None else prefixed(f"{declared} = ", default)

    def _read(self) -> MethodView:
        path = read_path(self.entity)
        parameters: tuple[Layout, ...] = ("self",)
        items: list[Layout] = [python_string(path), f"state={self.state_type}.from_json"]
        if self.entity.scope == "RECORD":
            parameters = ("self", f"id: {self.names.builtin('str')}")
            items.insert(1, "id=id")
        answer = f"http.Answer[{self.state_type}, None]"
        text = docstring(f"Read the public fields.\n\nGET {path}", 8)
        return self._call("read", parameters, answer, text, "read", tuple(items))

    def _method(self, endpoint: Endpoint) -> MethodView:
        if endpoint.event.crud == "delete":
            return self._delete(endpoint)
        parameters: list[Layout] = ["self"]
        if endpoint.has_id:
            parameters.append(f"id: {self.names.builtin('str')}")
        if endpoint.arguments:
            parameters.append("*")
        sent: list[Layout] = []
        for parameter in endpoint.arguments:
            declared, encoded = self._parameter(parameter, endpoint.event)
            parameters.append(declared)
            sent.append(prefixed(f"{python_string(parameter.name)}: ", encoded))
        result, decoded = self._result(endpoint)
        items: list[Layout] = [python_string(endpoint.method), python_string(endpoint.path)]
        if endpoint.has_id:
            items.append("id=id")
        items += [
            named("arguments", Group("{", tuple(sent), "}")),
            f"state={self.state_type}.from_json",
            f"result={decoded}",
        ]
        answer = f"http.Answer[{self.state_type}, {result}]"
        text = endpoint.docstring(8)
        send = "write" if is_once(self.entity, endpoint.event) else "send"
        return self._call(endpoint.function, tuple(parameters), answer, text, send, tuple(items))

    def _delete(self, endpoint: Endpoint) -> MethodView:
        parameters = ("self", f"id: {self.names.builtin('str')}")
        items = (python_string(endpoint.path), "id=id")
        return self._call("delete", parameters, "None", endpoint.docstring(8), "delete", items)

    def _call(
        self,
        name: str,
        parameters: tuple[Layout, ...],
        answer: str,
        text: str,
        method: str,
        items: tuple[Layout, ...],
    ) -> MethodView:
        return MethodView(
            signature=Group(f"def {name}(", parameters, f") -> {answer}:"),
            async_signature=Group(f"async def {name}(", parameters, f") -> {answer}:"),
            docstring=text,
            call=Group(f"return self._transport.{method}(", items, ")"),
            async_call=Group(f"return await self._transport.{method}(", items, ")"),
        )

    def _parameter(self, parameter: ParameterSchema, event: EventSchema) -> tuple[Layout, Layout]:
        """Write how an argument is declared, and how it is sent."""
        type_ = parameter.type
        if event.crud == "update" and parameter.name == VERSION and isinstance(type_, OptionalType):
            type_ = type_.item  # Where it is not known it is not given.
        encoded = self.encoding.layout(type_, parameter.name)
        declared = f"{parameter.name}: {annotation(type_, self.names, self.classes)}"
        if isinstance(parameter.default, RequiredDefault) and not may_be_omitted(event, parameter):
            return declared, encoded
        # Nothing is sent for what is not given: the default is the app's, and may change there.
        omitted = self.names.use(".transport", "Omitted")
        sentinel = self.names.use(".transport", "OMITTED")
        if encoded != parameter.name:
            encoded = conditional((sentinel, f"{parameter.name} is {sentinel}", flat(encoded)))
        return f"{declared} | {omitted} = {sentinel}", encoded

    def _result(self, endpoint: Endpoint) -> tuple[str, str]:
        """Write the type of what an event gives, and the function that reads it."""
        event = endpoint.event
        returns = event.returns
        if returns is None or is_fragment(returns) or event.is_creation:
            return "None", "lambda _: None"
        type_ = annotation(returns, self.names, self.classes)
        item = self.decoding.expression(returns, "item")
        if event.is_generator:
            kept = f"[{item} for item in result{'' if is_nullable(returns) else ' if item is not None'}]"
            return f"{self.names.builtin('list')}[{type_}]", f"lambda result: {kept}"
        if item == f"{type_}.from_json(item)":
            return type_, f"{type_}.from_json"
        return type_, f"lambda result: {self.decoding.expression(returns, 'result')}"

"""What an author would have written for a schema: the modules that generated code imports.

Method bodies raise; the modules are there to be imported and to be type-checked against.
"""

from collections.abc import Iterator

from starmodel_generator.emission.context import Context
from starmodel_generator.emission.declaration_order import objects_in_order
from starmodel_generator.emission.python.default_expressions import default_layout
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import flat
from starmodel_generator.emission.python.literals import python_value
from starmodel_generator.emission.python.type_expressions import AuthorsClasses, annotation
from starmodel_generator.planning import EmissionSettings
from starmodel_schemas import (
    AppSchema,
    Default,
    EntitySchema,
    EntitySource,
    EnumSchema,
    EventSchema,
    FactoryDefault,
    FieldSchema,
    FragmentType,
    ObjectSchema,
    ObjectType,
    ParameterSchema,
    PolicyAccess,
    ProviderSource,
    SuppliedSource,
    TypeRef,
)

SUPPLIED = {"unit_of_work": "UnitOfWork", "request": "Request", "actor": "Actor"}


def author_sources(app: AppSchema, settings: EmissionSettings) -> dict[str, str]:
    """Return the text of each module of the author's by its path."""
    context = Context(app, settings)
    references = [ObjectType(object=schema.qualified_name) for schema in app.objects]
    ordered = objects_in_order(list(references), context.objects)
    modules: dict[str, list[EnumSchema | ObjectSchema | EntitySchema]] = {}
    for schema in (*app.enums, *ordered, *app.entities):
        modules.setdefault(schema.module, []).append(schema)
    texts = {name: _Module(name, context).text(schemas) for name, schemas in modules.items()}
    for name, functions in _functions(app, settings).items():
        texts[name] = "\n\n".join(["from starmodel import *", *functions.values(), ""])
    files = {f"{name.replace('.', '/')}.py": text for name, text in texts.items()}
    for path in list(files):
        files.setdefault(f"{path.partition('/')[0]}/__init__.py", "")
    return files


def _functions(app: AppSchema, settings: EmissionSettings) -> dict[str, dict[str, str]]:
    """Write policies, providers, pages and adapters, by module and name."""
    found: dict[str, dict[str, str]] = {}

    def add(reference: str, text: str) -> None:
        module, _, name = reference.replace(":", ".").rpartition(".")
        found.setdefault(module, {})[name] = text.format(name=name)

    for entity in app.entities:
        for rule in (entity.access, *(event.access for event in entity.events)):
            if isinstance(rule, PolicyAccess):
                add(rule.function, "def {name}(actor: Actor, entity: Entity) -> bool: return True")
        for event in entity.events:
            for parameter in event.parameters:
                if isinstance(parameter.source, ProviderSource):
                    add(parameter.source.function, "def {name}() -> str: return ''")
        if ":" in entity.page:
            add(entity.page, "def {name}(entity: Entity, request: Request) -> str: return ''")
    for part, name in settings.adapters:
        text = "class {name}(InProcessBus): ..." if part == "bus" else "def {name}() -> float: ..."
        add(name, text)
    return found


class _Module:
    """Writes one module."""

    def __init__(self, name: str, context: Context) -> None:
        self.own_name = name
        self.context = context

    def text(self, schemas: list[EnumSchema | ObjectSchema | EntitySchema]) -> str:
        taken: set[str] = set()
        for schema in schemas:
            if not isinstance(schema, EnumSchema):
                taken |= {field.name for field in schema.fields}
            if isinstance(schema, EntitySchema):
                taken |= {event.function for event in schema.events}
        self.names = _Names(self.own_name, self.context.first_party, taken)
        self.classes = AuthorsClasses(self.names, self.context)
        bodies = ["\n".join(self.lines(schema)) for schema in schemas]
        imports = self.names.import_block()
        return "\n\n".join(["from __future__ import annotations", imports, *bodies, ""])

    def lines(self, schema: EnumSchema | ObjectSchema | EntitySchema) -> Iterator[str]:
        if isinstance(schema, EnumSchema):
            yield f"class {schema.name}({self.names.use('enum', 'Enum')}):"
            for member in schema.members:
                yield f"    {member.name} = {python_value(member.value)}"
            return
        is_entity = isinstance(schema, EntitySchema)
        base = "Entity" if is_entity else "BaseModel"
        yield f"class {schema.name}({self.names.use('starmodel' if is_entity else 'pydantic', base)}):"
        yield "    pass"
        for field in schema.fields:
            yield from self.field(field)
        if isinstance(schema, EntitySchema):
            for event in schema.events:
                yield from self.event(schema, event)

    def field(self, field: FieldSchema) -> Iterator[str]:
        type_ = self.annotation(field.type)
        if field.computed:
            yield f"    @{self.names.use('pydantic', 'computed_field')}"
            yield f"    @{self.names.builtin('property')}"
            yield f"    def {field.name}(self) -> {type_}: raise NotImplementedError"
        else:
            yield f"    {field.name}: {type_}{self.default(field.default)}"

    def event(self, entity: EntitySchema, event: EventSchema) -> Iterator[str]:
        yield f"    @{self.names.use('starmodel', 'event')}"
        if event.is_creation:
            yield f"    @{self.names.builtin('classmethod')}"
        parameters = [self.parameter(parameter) for parameter in event.parameters]
        first = "cls" if event.is_creation else "self"
        inside = ", ".join([first, "*", *parameters] if parameters else [first])
        gives = entity.name if event.is_creation else self.result(event.returns)
        if event.is_generator:
            kind = "AsyncIterator" if event.is_async else "Iterator"
            gives = f"{self.names.use('collections.abc', kind)}[{gives}]"
        start = "async def" if event.is_async else "def"
        yield f"    {start} {event.function}({inside}) -> {gives}:"
        yield "        raise NotImplementedError"
        if event.is_generator:
            yield "        yield"

    def parameter(self, parameter: ParameterSchema) -> str:
        match parameter.source:
            case EntitySource(entity=name):
                entity = self.context.entities[name]
                type_ = self.names.use(entity.module, entity.name)
                type_ += " | None" if self.default(parameter.default) else ""
            case SuppliedSource(what=what):
                type_ = self.names.use("starmodel", SUPPLIED[what])
            case ProviderSource():
                type_ = self.names.builtin("str")
            case _:
                type_ = self.annotation(parameter.type)
        return f"{parameter.name}: {type_}{self.default(parameter.default)}"

    def result(self, type_: TypeRef | None) -> str:
        if isinstance(type_, FragmentType):
            return self.names.use("starmodel.domain", "Fragment")
        return "None" if type_ is None else self.annotation(type_)

    def annotation(self, type_: TypeRef) -> str:
        return annotation(type_, self.names, self.classes)

    def default(self, default: Default) -> str:
        if isinstance(default, FactoryDefault):
            field = self.names.use("pydantic", "Field")
            return f" = {field}(default_factory=lambda: None)"
        layout = default_layout(default, self.names)
        return "" if layout is None else f" = {flat(layout)}"


class _Names(ModuleNames):
    """Names of a module that does not import itself."""

    def __init__(self, own: str, first_party: frozenset[str], taken: set[str]) -> None:
        super().__init__(first_party, taken)
        self.own = own

    def use(self, module: str, name: str) -> str:
        return name if module == self.own else super().use(module, name)
